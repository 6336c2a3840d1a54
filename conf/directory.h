/*
 * directory.h - who is who: home bodies, people and their roles, other organizations.
 *
 * Read from directory.conf (DESIGN section 5); immutable once loaded, shared with the settings.
 * All strings are UTF-8; addresses are kept as written and compared with lsm_address_equal()
 * (local part and domain without case: that is how people write role addresses).
 * All returned pointers belong to the directory and live as long as it does.
 */
#ifndef LSM_CONF_DIRECTORY_H
#define LSM_CONF_DIRECTORY_H

#include <glib.h>

#include "conf/address.h"

typedef enum {
	LSM_LEVEL_ORGANIZATION, /* IETF, IESG, IAB ... */
	LSM_LEVEL_AREA,
	LSM_LEVEL_GROUP,   /* working group */
	LSM_LEVEL_RESEARCH /* the IRTF and its groups: do not initiate (A11) */
} LsmLevel;

/* Where a section begins. */
typedef struct {
	const char *file; /* one of lsm_directory_files() */
	guint line;
} LsmPlace;

typedef struct LsmBody LsmBody;
struct LsmBody {
	LsmLevel level;
	char *acronym;         /* title in the file: "IETF", "ops", "ippm" */
	char *name;            /* "Operations and Management"; "" when not given */
	gboolean initiates;    /* FALSE for research bodies */
	char **approvers;      /* own approvers: body's approvers, area's directors; may be empty */
	char **chairs;         /* chairs' addresses (aliases and people); may be empty */
	char *list;            /* mailing list address, or "" */
	char *successor;       /* acronym of the successor of a concluded group, or "" */
	const LsmBody *parent; /* group -> area, research group -> its research body; else NULL */
	gboolean is_concluded; /* of areas and groups: written, or a successor is */
	LsmPlace place;
};

typedef struct {
	char *title;         /* as written: the acronym of a body, an area or a group, or "coordinator" */
	const LsmBody *body; /* NULL for "coordinator" */
	gint64 from;         /* UNIX time, 0: since ever */
	gint64 until;        /* UNIX time, exclusive, 0: no end */
	LsmPlace place;
} LsmRole;

typedef struct {
	char *name;
	char **addresses;
	char **logins; /* exact strings of {auth_authen}; when empty in the file: the addresses */
	GArray *roles; /* of LsmRole */
	gboolean has_logins; /* logins stand in the file */
	LsmPlace place;
} LsmPerson;

typedef struct {
	char *name;   /* title: "ITU-T" */
	char **names; /* aliases, the title among them */
	char **domains;
	char *liaison_manager; /* address, or "" */
	char **send_to;        /* liaison addresses at the organization; may be empty */
	LsmPlace place;
} LsmOrganization;

typedef struct LsmDirectory LsmDirectory;

/*
 * The file (comments, quotes and lists as in the settings; confuse_check.h):
 *
 *   home "IETF" {                            one only
 *     domains = {"ietf.org", ...}            needed
 *     liaison-contact = "..."                needed
 *     body "IAB"   { level = organization | research (needed), name, approvers, chairs, list, initiates }
 *     area "ops"   { name, directors, list, concluded }
 *     group "ippm" { area = "ops", name, chairs, list, successor, concluded, initiates }
 *     group "cfrg" { level = research  body = "IRTF" ... }      no area
 *     person "A"   { addresses (needed), logins,
 *                    role "ops" { from = 2026-03-01  until = 2028-03-01 } }
 *   }
 *   organization "ITU-T" { names, domains, liaison-manager, send-to }
 *   include("groups.conf")                   in the home and outside of it (confuse_check.h)
 *
 * concluded: no, but yes where a successor stands.
 * initiates: yes, but no for research. A role's title is "coordinator" or an acronym: of an area or
 * body, whose approver the person is; of a group, whose chair. Dates are days in UTC: from is
 * the first day of the term, until the first day after it; each may be left out.
 */

/*
 * Parses one directory file's text. name: for messages. Errors as in settings.h, e.g.
 * "directory.conf:12: group \"ippm\": area \"opss\" is not defined; expected one of ops, wit".
 * Checked: addresses, dates, references between sections; acronyms, domains, names, lists,
 * and persons' addresses and logins that are used twice.
 * What is right to read and still not complete is found by directory_check.h.
 * name is also where included files are looked for; their contents are as of this call.
 */
LsmDirectory *lsm_directory_parse(const char *text, gsize length, const char *name, GError **error);
LsmDirectory *lsm_directory_load(const char *path, GError **error);
void lsm_directory_free(LsmDirectory *directory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmDirectory, lsm_directory_free)

const char *lsm_directory_home_name(const LsmDirectory *directory);
const char *lsm_directory_liaison_contact(const LsmDirectory *directory);
char **lsm_directory_home_domains(const LsmDirectory *directory);

const LsmPlace *lsm_directory_home_place(const LsmDirectory *directory);

/* The files that it was read from, the first the one that was named; NULL-terminated. */
const char *const *lsm_directory_files(const LsmDirectory *directory);

/* SHA-256 (hex) over the files that the first one includes; "" when it includes none. */
const char *lsm_directory_included_digest(const LsmDirectory *directory);

/* Iteration: 0 <= i < count. */
guint lsm_directory_body_count(const LsmDirectory *directory);
const LsmBody *lsm_directory_body(const LsmDirectory *directory, guint i);
guint lsm_directory_organization_count(const LsmDirectory *directory);
const LsmOrganization *lsm_directory_organization(const LsmDirectory *directory, guint i);

guint lsm_directory_person_count(const LsmDirectory *directory);
const LsmPerson *lsm_directory_person(const LsmDirectory *directory, guint i);

/* By exact acronym, any case; NULL when absent. */
const LsmBody *lsm_directory_find_body(const LsmDirectory *directory, const char *acronym);

/*
 * What a person wrote in a From: or To: field -> bodies named in it, in order of appearance,
 * each once: "IETF IPPM Working Group" -> ippm (not IETF as well: the narrowest wins, unless
 * "and" stands between the two); "IETF" -> IETF; "IPPM and QUIC WGs" -> ippm, quic; "Operations &
 * Management Area" -> ops. Case and punctuation do not count; words with '@' or "://" and draft names are
 * passed over. A bare acronym counts only as a whole word; an area's acronym, and a group's that is a
 * common English word ("spring"), only beside "WG", "Working Group", "RG", "Area" or a top body
 * ("IETF", "IRTF"); a name of one word ("Security") only before "Area" or "Working Group".
 * text: any octets. Returns a new array of const LsmBody * (free with g_ptr_array_unref).
 */
GPtrArray *lsm_directory_match_bodies(const LsmDirectory *directory, const char *text);

/* Organizations named in a text by title or alias (whole words, any case and punctuation), in order, each
 * once: "ITU-T SG 13" -> ITU-T. New array of const LsmOrganization *. */
GPtrArray *lsm_directory_match_organizations(const LsmDirectory *directory, const char *text);

/* The organization to whose domains (or their subdomains) or send-to addresses this address belongs, or NULL.
 */
const LsmOrganization *lsm_directory_organization_of(const LsmDirectory *directory, const char *address);

/* The group whose list, chairs or approver addresses contain it exactly, narrowest first; NULL when none. */
const LsmBody *lsm_directory_body_of(const LsmDirectory *directory, const char *address);

const LsmPerson *lsm_directory_find_person(const LsmDirectory *directory, const char *address);
const LsmPerson *lsm_directory_find_login(const LsmDirectory *directory, const char *login);
/* Does a login that is no person's prove the mailbox of which it is spelled as the address? Where that is in a home
 * domain and nobody's; or a person's whose logins are the addresses, in other letter case. */
gboolean lsm_directory_is_mailbox_login(const LsmDirectory *directory, const char *login);

/* TRUE if the address's domain is a home domain or below one. */
gboolean lsm_directory_is_home_address(const LsmDirectory *directory, const char *address);

/* TRUE for a group's mailing list of ours. */
gboolean lsm_directory_is_home_list(const LsmDirectory *directory, const char *address);

/* TRUE for addresses at which liaison mail is expected on our side: the liaison contact and the
 * liaison managers' aliases. */
gboolean lsm_directory_is_home_liaison_address(const LsmDirectory *directory, const char *address);

/* TRUE for an organization's send-to address. */
gboolean lsm_directory_is_organization_liaison_address(const LsmDirectory *directory, const char *address);

/*
 * Whose agreement a statement of this body needs (A63-A66, DESIGN section 5): the addresses of
 * which one suffices. group -> its area's directors; area -> its directors; IETF, IESG, IAB -> their
 * approvers; research -> the parent research body's approvers, or its own. Empty: no approval path is known.
 */
char **lsm_directory_approvers(const LsmDirectory *directory, const LsmBody *body);

/* TRUE from the first day of the term to the day before its end. */
gboolean lsm_role_is_in_term(const LsmRole *role, gint64 now);

/* Does this person hold, at that time, an address or role by which they may approve for the body?
 * By a role of the file for the approving body within its term; only when the file gives none for that
 * body, by an address of theirs standing among the approvers. So a term decides where one is written,
 * and a director's address may stay in the area's list when it ends. */
gboolean lsm_directory_may_approve(const LsmDirectory *directory, const LsmPerson *person,
				   const LsmBody *body, gint64 now);

/* Does the address or the person behind it hold any role at home at that time (chair, approver, manager,
 * coordinator, role in its term)? As above, a written term decides over an address in a list. */
gboolean lsm_directory_has_role(const LsmDirectory *directory, const char *address, gint64 now);

#endif
