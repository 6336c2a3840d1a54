/*
 * act.h - what people do with a statement: one table of steps (act.def), one way to take them.
 *
 * A step is a verb ("approve", "assign") whoever brings it: a reply to the desk's address, liaisonctl or a
 * timer. Its row names the states in which it is possible, the roles that may take it, the event and the
 * state that follow, the answer words in mails, its arguments, and its help. Steps are idempotent: asked
 * twice, the second answer says what was so already, by whom and since when.
 */
#ifndef LSM_DESK_ACT_H
#define LSM_DESK_ACT_H

#include <json-glib/json-glib.h>

#include "desk/service.h"
#include "store/case.h"

/* Who may take a step; several may be joined. What somebody is, is asked at the time of the step. */
typedef enum {
	LSM_ROLE_APPROVER = 1 << 0,    /* of one of its From bodies (A63-A66, A70) */
	LSM_ROLE_COORDINATOR = 1 << 1, /* role "coordinator", or the liaison contact itself */
	LSM_ROLE_MANAGER = 1 << 2,     /* liaison manager of the other organization */
	LSM_ROLE_CHAIR = 1 << 3,       /* of a group that the statement is from or to */
	LSM_ROLE_SENDER = 1 << 4,      /* who submitted it: login, or authenticated From */
	LSM_ROLE_ASSIGNEE = 1 << 5,
	LSM_ROLE_OPERATOR = 1 << 6, /* root, the daemon's user, or a row of the setting "operators" */
	LSM_ROLE_DESK = 1 << 7      /* the desk itself, by a bounce or a timer: door "desk" */
} LsmActRole;

/* Who does it, and how we know. All strings are borrowed. */
typedef struct {
	const char *name;        /* for the record and the mails: "ad1@ietf.org", "root" */
	const LsmPerson *person; /* the directory's, or NULL */
	const char *address;     /* proven address (a reply's authenticated From), or NULL */
	gboolean is_operator;
	const char *door;     /* "mail", "command", or "desk": no person, see LSM_ROLE_DESK */
	const char *proxy_of; /* address of the approver for whom an operator acts, or NULL */
	const char *evidence; /* a proxy's evidence, a reply's Message-ID; or NULL */
} LsmActor;

/* Runs inside the step's write transaction, before the event: FALSE with error undoes the step. */
typedef gboolean (*LsmActGuard)(LsmStoreTxn *txn, const LsmCase *item, gpointer data, GError **error);

typedef struct {
	const char *verb;  /* a row of act.def */
	const char *typed; /* id as typed */
	const LsmActor *actor;
	JsonObject *args; /* strings and lists of strings by the row's argument names; may be NULL */
	LsmActGuard guard; /* or NULL; used to spend a token */
	gpointer guard_data;
} LsmAct;

/*
 * Takes a step. answer_out: {"id","state","already":bool,"by","at","text"}: text is one plain sentence that
 * says what is so now. Errors: USAGE (no such statement, arguments, or a step that its state does not allow: the
 * text says which are possible), DENIED (not in a role that may), and the store's.
 */
gboolean lsm_act(LsmService *service, const LsmAct *act, JsonObject **answer_out, GError **error);

/* One row of the table, for parsers of mails, commands and help texts. */
typedef struct {
	const char *verb;
	const char *words;   /* answer words in mails, blank-separated, any case; "" : not by mail */
	const char *arguments; /* "reason?" "purpose? deadline? to?" ...: name, "?" when optional */
	guint roles;         /* of LSM_ROLE_* */
	guint32 from_states; /* bits 1 << LSM_STATE_* in which it is possible */
	const char *help;    /* one line */
} LsmActRow;

/* Rows 0, 1, ...; NULL after the last. */
const LsmActRow *lsm_act_row(guint i);
/* By verb or by answer word, any case; NULL when there is none. */
const LsmActRow *lsm_act_find(const char *word);
/* The verbs that this actor may use on this case now; new array of const LsmActRow *. */
GPtrArray *lsm_act_possible(LsmService *service, const LsmCase *item, const LsmActor *actor);

#endif
