/*
 * template.h - a complete liaison statement to begin with: the block and the header, filled from the
 * directory.
 */
#ifndef LSM_RULES_TEMPLATE_H
#define LSM_RULES_TEMPLATE_H

#include "conf/settings.h"

/* What somebody wants to send; all borrowed. Values are one line each. */
typedef struct {
	const LsmBody *from;
	const LsmOrganization *to;
	const char *to_name;  /* as it is to stand in "To:": "ITU-T SG15"; NULL: the organization's name */
	const char *purpose;  /* "information", "action" or "response" */
	const char *deadline; /* YYYY-MM-DD; NULL: two months ahead for action, else none */
	const char *in_response_to; /* NULL: nothing is answered */
	const char *reply_to;       /* where the answered one wants its answer (A18, A24); NULL: not known */
	const char *subject;        /* of the answered one; NULL: not known */
} LsmTemplate;

/* The block, ready to paste. What only the authors can know claims as little as possible: no consensus, and
 * that the group was told today. Caller frees. */
char *lsm_template_block(const LsmTemplate *wish, const LsmSettings *settings, gint64 now);

/*
 * A complete mail, LF at line ends, UTF-8: header (From, To, Cc, Subject), the block, and a place for the
 * text. Under the settings' rule set it lacks nothing but approval, once that the place is filled. Caller
 * frees.
 */
char *lsm_template_mail(const LsmTemplate *wish, const LsmSettings *settings, gint64 now);

#endif
