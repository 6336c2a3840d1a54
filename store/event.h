/*
 * event.h - one event of the record: what happened to a statement, when, with which result.
 *
 * An event has a public part, one JSON object kept as the exact bytes that are hashed into the
 * log, and a private part (subject, addresses, reasons, texts) that stands beside the log under a
 * salt and can be erased. The public part holds only the salted digest of the private one, so that
 * nothing personal can be read or guessed from the log.
 *
 *   {"v":1,"type":"redirected","case":"LS-20261121-K7Q3M","time":"2026-11-21T10:00:00.000Z",
 *    "node":"mx1","state":"pending","way":"out","verdict":"redirect","rule_set":"bis-05",
 *    "rules":["approval.missing"],"private":"<64 hex digits>"}
 */
#ifndef LSM_STORE_EVENT_H
#define LSM_STORE_EVENT_H

#include <json-glib/json-glib.h>

/* The event types. To add one: a row here, and what it does to a case in case.c. Words are stable for ever. */
#define LSM_EVENT_TYPES(ROW)                                                                         \
	ROW(SEEN, "seen", "an incoming, sent-around or foreign statement was recorded")                   \
	ROW(PASSED, "passed", "an outgoing statement passed")                                             \
	ROW(REDIRECTED, "redirected", "recipients were withheld; contacts and approvers were asked")      \
	ROW(REJECTED, "rejected", "the mail server was told to refuse the mail")                          \
	ROW(DRAFTED, "drafted", "a statement was discussed at home before it was sent")                   \
	ROW(DOOR, "door", "another copy of a recorded statement came by, with new recipients")            \
	ROW(TAKEN, "taken", "the mail server took the milter's final reply")                              \
	ROW(NOT_APPLIED, "not-applied", "the mail server did not take the edits; the mail was deferred")  \
	ROW(RELEASED, "released", "a withheld recipient was handed to the mail server")                   \
	ROW(SENT, "sent", "a mail of ours was taken by the mail server")                                  \
	ROW(UNDELIVERED, "undelivered", "a mail of ours was refused for good")                            \
	ROW(REQUESTED, "requested", "those who can decide were asked")                                    \
	ROW(APPROVED, "approved", "somebody entitled approved, for one body or several")                  \
	ROW(REVIEWED, "reviewed", "a coordinator reviewed")                                               \
	ROW(REFUSED, "refused", "somebody entitled refused")                                              \
	ROW(CANCELLED, "cancelled", "the sender or a coordinator cancelled")                              \
	ROW(REPLACED, "replaced", "a corrected statement took its place")                                 \
	ROW(DELIVERED, "delivered", "a recipient's mail server took it")                                  \
	ROW(CONFIRMED, "confirmed", "a person confirmed or corrected what was read")                      \
	ROW(ACKNOWLEDGED, "acknowledged", "its sender was told, or the words for it were handed on")       \
	ROW(ASSIGNED, "assigned", "somebody follows it up")                                               \
	ROW(DISTRIBUTED, "distributed", "it was sent on to those that it is for")                         \
	ROW(ANSWERED, "answered", "an answer to it is on record")                                         \
	ROW(INFORMED, "informed", "an informal answer was seen in its thread")                            \
	ROW(ACTION_TAKEN, "action-taken", "an action was taken, with a comment or a link")                \
	ROW(CLOSED, "closed", "closed with a reason")                                                     \
	ROW(REOPENED, "reopened", "taken up again")                                                       \
	ROW(AGREED, "agreed", "the authority agreed to what was sent around us")                          \
	ROW(DISAGREED, "disagreed", "the authority disagreed with what was sent around us")               \
	ROW(REMINDED, "reminded", "somebody was reminded")                                                \
	ROW(NOTED, "noted", "a private note was added")                                                   \
	ROW(ANSWER_IGNORED, "answer-ignored", "a reply to the desk had no effect; why is beside it")      \
	ROW(NOT_STATEMENT, "not-a-statement", "a person says that this is no liaison statement")          \
	ROW(ERASED, "erased", "content or private data was erased")

typedef enum {
#define LSM_EVENT_ENUM(id, word, help) LSM_EVENT_##id,
	LSM_EVENT_TYPES(LSM_EVENT_ENUM)
#undef LSM_EVENT_ENUM
	LSM_EVENT_COUNT
} LsmEventType;

const char *lsm_event_type_name(LsmEventType type);
const char *lsm_event_type_help(LsmEventType type);
gboolean lsm_event_type_parse(const char *word, LsmEventType *type_out);

typedef struct {
	guint64 position;     /* in the log; G_MAXUINT64 while not yet appended */
	LsmEventType type;
	char *case_id;
	gint64 time;          /* microseconds since 1970, UTC */
	char *node;           /* host that wrote it */
	JsonObject *public;   /* further public members ("state", "way", "rules" ...); never NULL */
	JsonObject *private;  /* may be NULL: none, or erased */
	gboolean erased;      /* a private part existed and is gone */
	char *salted_digest;  /* of the private part, 64 hex digits; NULL: none, or not yet appended */
} LsmEvent;

/* Copies the strings; public and private start empty / NULL. The time is cut to the millisecond that the
 * bytes can hold, so that an event folds the same before and after it went through the log. */
LsmEvent *lsm_event_new(LsmEventType type, const char *case_id, gint64 time, const char *node);
void lsm_event_free(LsmEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmEvent, lsm_event_free)

/* UTC as "2026-11-21T10:00:00.000Z", which sorts as the time does (1970 to 9999, clamped); caller frees. */
char *lsm_event_time_render(gint64 time);
/* Exactly that form -> microseconds; FALSE on anything else. */
gboolean lsm_event_time_parse(const char *text, gint64 *time_out);

/*
 * The exact bytes of the public part: members in the order v, type, case, time, node, then the
 * further ones sorted by name, then private. salted_digest: 64 hex digits or NULL. A further member
 * under one of the fixed names is left out.
 */
GBytes *lsm_event_render(const LsmEvent *event, const char *salted_digest);

/* Reads what lsm_event_render wrote (or anything else: never trusts it). CORRUPT on what is not an event,
 * UNSUPPORTED on a newer one. The position and the private part are the log's to fill in. */
LsmEvent *lsm_event_parse(const void *data, gsize length, GError **error);

#endif
