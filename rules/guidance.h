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

/* Our own text with "YYYY-MM-DD" replaced by such an example date. Caller frees. */
char *lsm_guidance_dated(const char *text, gint64 now);

/* One finding in one line of UTF-8, "DEADLINE: 2026-01-05 is over. Give a day ...": for lists and JSON.
 * Caller frees. */
char *lsm_guidance_finding(const LsmFinding *finding, gint64 now);

/* The procedure that a rule set stands for, as people call it: "rfc4053bis", "RFC 4053". */
const char *lsm_guidance_procedure(const LsmSettings *settings);

/* All findings of enforced rules for people: numbered, each with requirement, section, what lacks and what to
 * do; wrapped at 72 columns; "Nothing." when there are none. */
char *lsm_guidance_findings(const LsmVerdict *verdict, const LsmCheckInput *input);

/* The same in two paragraphs, each under its own heading and "" when empty: what stops it, and what does not (without
 * approval, for which the sender need do nothing). Caller frees. */
char *lsm_guidance_gaps(const LsmVerdict *verdict, const LsmCheckInput *input);
char *lsm_guidance_remarks(const LsmVerdict *verdict, const LsmCheckInput *input);
/* One of them, as number so and so. */
void lsm_guidance_numbered(GString *out, guint number, const LsmFinding *finding, const LsmCheckInput *input);

/* "Statements for Broadband Forum go to liaisons@bbf.example."; "" where the directory knows no address. */
char *lsm_guidance_where(const LsmCheckInput *input);
/* Where to try a statement before it is sent: the check address, if there is one, and the command. */
char *lsm_guidance_trial(const LsmSettings *settings);

/* The block to paste, filled with what was understood, gaps as "Purpose: For action | For information | In
 * response". */
char *lsm_guidance_block(const LsmCheckInput *input);
/* The block's From-Contacts: those that are written, and which of the From bodies' chairs, lists and approvers and
 * of the liaison manager or coordinators lacks (A14), each once. New strv. */
char **lsm_guidance_from_contacts(const LsmCheckInput *input);
/* The first of each address, in order; new strv. */
char **lsm_guidance_each_once(char *const *addresses);

/*
 * Text file NAME (conf/guidance/NAME.txt or the site's) with {{key}} replaced by values; an unknown key
 * becomes "". Values lose CR, NUL and other control characters (LF stays, so the result is for bodies only; in
 * the text's first line, "Subject: ...", values lose LF, too). Values are not looked at for keys.
 * A paragraph that a value makes wider than 76 columns is filled again; so is a line with a label ("Asked:
 * {{approvers}}", "  To:  {{to}}"), with the further lines below its value. A value of several lines stays as it
 * is. A line that is only a key without a value goes, and no two empty lines follow one another.
 * vars: key, value, key, value, NULL. INPUT error when the text does not exist or cannot be read.
 */
char *lsm_guidance_text(const LsmSettings *settings, const char *name, const char *const *vars,
			GError **error);

/* Such a text as its file has it, keys and all. is_site_out (may be NULL): it is the site's own. Errors as above. */
char *lsm_guidance_source(const LsmSettings *settings, const char *name, gboolean *is_site_out, GError **error);
/* The names of all texts that are built in, in the order of the alphabet; new strv. */
char **lsm_guidance_names(void);

/* May that text use the value {{key}}? No only of a text of the program's own: a site's may use all, and need not be
 * readable where this is asked (the gate sees few files). */
gboolean lsm_guidance_may_use(const LsmSettings *settings, const char *name, const char *key);

/* A rule as a sender reads it: heading, what to do, why, an example with addresses of the settings' directory,
 * and its section; at most 76 columns. Caller frees. */
char *lsm_guidance_rule(const LsmRule *rule, const LsmSettings *settings, gint64 now);

/* Adds text as indented lines of at most 72 columns, broken at blanks; a longer word stands alone. */
void lsm_guidance_wrap(GString *out, const char *text);

/* One line made safe for a header field or reply: control characters and non-ASCII out, '%' to "percent", cut
 * at max octets. */
char *lsm_guidance_one_line(const char *text, gsize max);

#endif
