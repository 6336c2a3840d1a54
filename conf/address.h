/*
 * address.h - mail addresses as strings: compare, check, take apart.
 *
 * Addresses are UTF-8, kept as written, and compared without case in both parts: that is how
 * people write role addresses. Nothing here allocates for the caller except lsm_address_fold().
 */
#ifndef LSM_CONF_ADDRESS_H
#define LSM_CONF_ADDRESS_H

#include <glib.h>

/* Comparison without case; NULL and "" equal nothing. */
gboolean lsm_address_equal(const char *a, const char *b);

/* What stands behind the last '@', or "". Points into address; NULL gives "". */
const char *lsm_address_domain(const char *address);

/* TRUE for local@domain with printable characters, no blanks, sane lengths (RFC 5321 4.5.3.1; UTF-8
 * allowed, RFC 6531). Quoted local parts and address literals are not taken: no role has one. */
gboolean lsm_address_is_valid(const char *address);

/* TRUE for a domain name of letters, digits and hyphens (UTF-8 allowed), at most 255 octets, no final dot. */
gboolean lsm_address_is_domain(const char *domain);

/* TRUE if text (one of the list) matches without case. list may be NULL. */
gboolean lsm_address_in_list(const char *address, char *const *list);

/* The form under which addresses, domains and acronyms are looked up: two are equal exactly if
 * their folds are. Octets that are not UTF-8 stay as they are. Caller frees. */
char *lsm_address_fold(const char *text);

/*
 * An address as it came by SMTP, as UTF-8 and back, whatever its octets are: one that is no UTF-8 becomes
 * "\xE9" (and a backslash before an x "\x5C"), so that different addresses stay different in JSON and text,
 * and can be sent to. UTF-8 stays as it is. Caller frees.
 */
char *lsm_address_from_octets(const char *octets);
char *lsm_address_to_octets(const char *address);

#endif
