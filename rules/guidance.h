/*
 * guidance.h - findings -> SMTP reply lines and text for mails. CR, LF, NUL and '%' are made harmless here
 * only.
 */
#ifndef LSM_RULES_GUIDANCE_H
#define LSM_RULES_GUIDANCE_H

#include "rules/verdict.h"

/*
 * The short reply of DESIGN section 3: at most 8 lines and 1,000 octets in all, ASCII, full sentences that
 * survive being joined into one paragraph; first line what was not done, last line the way out.
 * id: the case, or NULL in pre-flight (then the line says that none was recorded).
 */
char **lsm_guidance_reply(const LsmVerdict *verdict, const LsmCheckInput *input, const char *id);

/* What to do about a rule's finding, in full sentences; example dates are 40 days after now. Caller frees. */
char *lsm_guidance_fix(const LsmRule *rule, gint64 now);

/* One finding in one line of UTF-8, "DEADLINE: 2026-01-05 is over. Give a day ...": for lists and JSON.
 * Caller frees. */
char *lsm_guidance_finding(const LsmFinding *finding, gint64 now);

/* The procedure that a rule set stands for, as people call it: "rfc4053bis", "RFC 4053". */
const char *lsm_guidance_procedure(const LsmSettings *settings);

/* All findings of enforced rules for people: numbered, each with requirement, section, what lacks and what to
 * do; wrapped at 72 columns; "Nothing." when there are none. */
char *lsm_guidance_findings(const LsmVerdict *verdict, const LsmCheckInput *input);

/* The block to paste, filled with what was understood, gaps as "Purpose: For action | For information | In
 * response". */
char *lsm_guidance_block(const LsmCheckInput *input);

/*
 * Text file NAME (conf/guidance/NAME.txt or the site's) with {{key}} replaced by values; an unknown key
 * becomes
 * "". Values lose CR, NUL and other control characters (LF stays, so the result is for bodies only; in the
 * text's first line, "Subject: ...", values lose LF, too). Values are not looked at for keys.
 * vars: key, value, key, value, NULL. INPUT error when the text does not exist or cannot be read.
 */
char *lsm_guidance_text(const LsmSettings *settings, const char *name, const char *const *vars,
			GError **error);

/* One line made safe for a header field or reply: control characters and non-ASCII out, '%' to "percent", cut
 * at max octets. */
char *lsm_guidance_one_line(const char *text, gsize max);

#endif
