/*
 * cases.h - statements as rows: a table for eyes, CSV, or JSON Lines.
 */
#ifndef LSM_CTL_CASES_H
#define LSM_CTL_CASES_H

#include "conf/settings.h"
#include "store/case.h"

typedef enum { LSM_CASES_TABLE, LSM_CASES_CSV, LSM_CASES_JSON } LsmCasesForm;

LsmCasesForm lsm_cases_form(gboolean json, gboolean csv);

typedef struct LsmCases LsmCases;

/* limit: rows at most, 0: all. settings may be NULL; they say how long the mail server may take. now: UNIX time.
 * Nothing is printed before the first row. */
LsmCases *lsm_cases_new(LsmCasesForm form, guint limit, const LsmSettings *settings, gint64 now);
void lsm_cases_free(LsmCases *cases);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmCases, lsm_cases_free)

/* An LsmQueryVisitor: prints a row; the first is handed over at once. FALSE behind the last, and once nobody reads. */
gboolean lsm_cases_show(const LsmCase *item, const char *cursor, gpointer cases);

guint lsm_cases_shown(const LsmCases *cases);
/* "12 statements", "12 statements shown". */
void lsm_cases_print_count(const LsmCases *cases);
/* Does this page end the answer for one that goes on, or because nobody reads? */
gboolean lsm_cases_is_over(const LsmCases *cases);
/* The head where no row has brought it, and how to go on (of a table): "more: liaisonctl COMMAND ... --after ...". */
void lsm_cases_end(LsmCases *cases, const char *command);

#endif
