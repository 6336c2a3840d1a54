/*
 * report_rows.h - what the statements of a period come to: how many each effect, rule, sender, organization and
 * group had, and which of them to look at. No printing.
 */
#ifndef LSM_CTL_REPORT_ROWS_H
#define LSM_CTL_REPORT_ROWS_H

#include "rules/rule.h"
#include "store/case.h"

#define LSM_REPORT_EFFECTS (LSM_EFFECT_REJECT + 1)

typedef enum {
	LSM_REPORT_BY_EFFECT,
	LSM_REPORT_BY_RULE,
	LSM_REPORT_BY_SENDER,
	LSM_REPORT_BY_ORGANIZATION,
	LSM_REPORT_BY_GROUP,
	LSM_REPORT_TABLES
} LsmReportTable;

/* "effect" "rule" "sender" "organization" "group": for --by, JSON and CSV. The rows of effects are "would reject",
 * for what was only watched, "reject" ... */
const char *lsm_report_table_name(LsmReportTable table);

typedef struct {
	char *name;
	guint64 statements;                   /* without the wrong ones */
	guint64 would[LSM_REPORT_EFFECTS];    /* of those only watched: what enforcing would have done */
	guint64 did[LSM_REPORT_EFFECTS];      /* of those enforced */
	guint64 wrong;                        /* a person said that it is no statement */
	GArray *samples;                      /* of LsmReportSample, what was or would be stopped first */
} LsmReportRow;

typedef struct {
	char *id;
	LsmEffect effect;
} LsmReportSample;

typedef struct {
	GHashTable *tables[LSM_REPORT_TABLES]; /* name -> LsmReportRow */
	guint samples;                         /* kept a row */
	guint64 watched, enforced, wrong;
	guint64 others;      /* drafts, list copies, tools' mail: never more than recorded */
	gint64 first, last;  /* when the first and the last of them were recorded, microseconds; 0: none */
} LsmReport;

LsmReport *lsm_report_new(guint samples);
void lsm_report_free(LsmReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmReport, lsm_report_free)

/* Counts one case; in any order, of samples with the same effect the first ones stay. */
void lsm_report_add(LsmReport *report, const LsmCase *item);

/* Those with the most that was or would be stopped first, then the most statements. Borrowed rows. */
GPtrArray *lsm_report_rows(const LsmReport *report, LsmReportTable table);

/* How many of it were or would be kept from somebody. */
guint64 lsm_report_stopped(const LsmReportRow *row);

#endif
