/*
 * authres.h - does an Authentication-Results field of our own servers prove who is named in From?
 */
#ifndef LSM_RULES_AUTHRES_H
#define LSM_RULES_AUTHRES_H

#include "conf/settings.h"
#include "rules/message.h"

/*
 * TRUE when a field (RFC 8601) with one of the settings' authserv-ids, standing above all Received
 * fields, says dmarc=pass for the domain of From, or dkim=pass with a signing domain aligned with it
 * (equal, or one below the other), and none of them says dmarc=fail: then the other was brought along. A mail
 * with several From addresses proves none of them.
 * method_out (may be NULL): static string "dmarc" or "dkim".
 */
gboolean lsm_authres_proves_from(const LsmMessage *message, const LsmSettings *settings,
				 const char **method_out);

/* Is there a field with one of the settings' authserv-ids above all Received fields, whatever it says? */
gboolean lsm_authres_is_present(const LsmMessage *message, const LsmSettings *settings);

/* What one field's value proves; for tests. domain: that of From. NULL, "dmarc" or "dkim". */
const char *lsm_authres_read(const char *value, char *const *authserv_ids, const char *domain);

#endif
