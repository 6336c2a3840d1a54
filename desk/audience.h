/*
 * audience.h - who is meant by a role in one statement, at a given time: names of roles -> addresses.
 */
#ifndef LSM_DESK_AUDIENCE_H
#define LSM_DESK_AUDIENCE_H

#include "conf/settings.h"
#include "store/case.h"

/* Several may be joined. Terms of roles are those of the directory at that time. */
typedef enum {
	LSM_AUDIENCE_SENDER = 1 << 0, /* whoever submitted or wrote it, if that is proved */
	LSM_AUDIENCE_ASKED = 1 << 1,  /* those who were asked to approve, and the liaison contact */
	LSM_AUDIENCE_APPROVERS =
		1 << 2, /* who may approve now for a From body that lacks it (A63-A66, A70) */
	LSM_AUDIENCE_COORDINATORS = 1 << 3, /* the liaison contact (P7) */
	LSM_AUDIENCE_MANAGERS = 1 << 4,     /* the liaison managers of the other organizations (A49) */
	LSM_AUDIENCE_ASSIGNEE = 1 << 5,
	LSM_AUDIENCE_CHAIRS = 1 << 6, /* of the home groups at either end */
	LSM_AUDIENCE_FROM_CONTACTS =
		1 << 7,                 /* lists and chairs of the From groups that got no copy of it (A15) */
	LSM_AUDIENCE_DIRECTORS = 1 << 8 /* who approves for the home bodies at either end: the last to ask */
} LsmAudience;

/* Adds the addresses to list (of char *, with a free function), each once in any case of its letters. */
void lsm_audience_add(GPtrArray *list, const LsmSettings *settings, const LsmCase *item, guint audience,
		      gint64 now);
/* A15: the lists and chairs of these bodies (of const LsmBody *), "need to be informed about the sending":
 * those that no copy reached. */
void lsm_audience_add_from_contacts(GPtrArray *list, const LsmSettings *settings, const GPtrArray *bodies,
				    char *const *reached, gint64 now);
/* Adds one address, unless NULL, no address, or there already; whether it was added. */
gboolean lsm_audience_add_address(GPtrArray *list, const char *address);
/* An empty list for them. */
GPtrArray *lsm_audience_new(void);

/* The home bodies among these names of a case (its from or to), borrowed. New array of const LsmBody *. */
GPtrArray *lsm_audience_bodies(const LsmSettings *settings, char *const *names);
/* The organizations among them. New array of const LsmOrganization *. */
GPtrArray *lsm_audience_organizations(const LsmSettings *settings, char *const *names);

#endif
