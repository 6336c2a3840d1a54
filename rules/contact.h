/*
 * contact.h - addresses around a statement: whom it reaches, whose they are, and what they were meant to be.
 *
 * Addresses are compared folded (lsm_address_fold). Sets are as long as a sender likes; each is made once and
 * asked often.
 */
#ifndef LSM_RULES_CONTACT_H
#define LSM_RULES_CONTACT_H

#include "rules/rule.h"

/* Everybody whom the mail reaches: recipients of the envelope, To and Cc. A new set of folded addresses. */
GHashTable *lsm_contact_reached(const LsmCheckInput *input);
/* Who submits it knows of it: adds the addresses of From, envelope, login and the person behind it. */
void lsm_contact_add_sender(GHashTable *set, const LsmCheckInput *input);
/* The addresses of a field, folded; a new set. */
GHashTable *lsm_contact_named(const LsmStatement *statement, LsmFieldId field);
/* Adds the addresses of one set to another. */
void lsm_contact_join(GHashTable *set, GHashTable *more);

/* NULL and "" are in no set. */
gboolean lsm_contact_has(GHashTable *set, const char *address);
gboolean lsm_contact_has_any(GHashTable *set, char *const *addresses);

/* Is it a person's and not a role's? A guess where the directory does not know the address (A16). */
gboolean lsm_contact_is_personal(const LsmDirectory *directory, const char *address);

/* Whom to consult about statements to this organization (A5, W1): its liaison manager's alias, or the home's
 * liaison contact where none is known. organization may be NULL. Borrowed; "" when not even that is known. */
const char *lsm_contact_of_manager(const LsmSettings *settings, const LsmOrganization *organization);

/* The configured address that this one was probably meant to be (P9): a liaison contact, a liaison manager's
 * alias, an organization's address, or a role of a From body; NULL when it is one of them or none is near. */
const char *lsm_contact_meant(const LsmCheckInput *input, const char *address);

#endif
