/*
 * answer.h - what a person's reply to the desk says: one answer word, as mail programs really send it.
 *
 * The first line that the replier wrote must be an answer word of desk/act.def ("approve", "Approved.",
 * "*no*", "not a statement") and, where the step has arguments, name=value pairs behind it ("confirm
 * purpose=action deadline=2026-12-04"). Anything more on that line, or no such line, says nothing clear: the
 * program then helps and does nothing. What stands in quotes (">", below "... wrote:", a foreign header) was
 * not written by the replier.
 */
#ifndef LSM_DESK_ANSWER_H
#define LSM_DESK_ANSWER_H

#include <json-glib/json-glib.h>

#include "rules/message.h"

/* The word that only asks which answers there are; every other verb is a row of act.def. */
#define LSM_ANSWER_HELP "help"

typedef struct {
	char *line; /* the replier's first line, one line of at most 200 octets; "" when there is none */
	char *verb; /* of act.def, or LSM_ANSWER_HELP; NULL: not clear */
	JsonObject *args; /* strings and lists (values with commas) by argument name; never NULL */
	char *comment;    /* what the replier wrote below, at most 500 octets; NULL when nothing */
	char *token;      /* "Reply code: ..." in the text, quoted or not; NULL */
	char *tag;        /* letters in the [] at the end of the subject: "K7Q3M"; NULL */
} LsmAnswer;

/*
 * text: the mail's text, plain (LsmMessage.text). subject: decoded. A mail without a line of the replier's
 * own is answered by its subject when that is exactly an answer word: links of ours fill in both, and some
 * mail programs take over the subject only. Never fails; linear.
 */
LsmAnswer *lsm_answer_parse(const char *text, const char *subject);
void lsm_answer_free(LsmAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmAnswer, lsm_answer_free)

#endif
