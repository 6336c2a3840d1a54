/*
 * export.h - the ways in which the record is taken away; cmd_export.c's table, a function each.
 */
#ifndef LSM_CTL_EXPORT_H
#define LSM_CTL_EXPORT_H

#include "conf/settings.h"
#include "store/query.h"

/* What was asked for. All borrowed. */
typedef struct {
	LsmStoreTxn *txn;
	const LsmSettings *settings; /* NULL: there are none */
	const LsmQuery *query;
	gboolean has_query; /* a condition was given */
	guint limit;        /* statements, 0: all */
	gboolean is_public; /* only what everybody may see, see store/public.h */
	gboolean with_contents;
	const char *folder; /* of a format that makes one, else NULL */
	const char *domain; /* in whose name ids are made */
	gint64 now;         /* UNIX time */
} LsmExportJob;

/* Writes to standard output, or into the folder. FALSE with error; who stops reading ends it without one. */
typedef gboolean (*LsmExportRun)(const LsmExportJob *job, GError **error);

gboolean lsm_export_jsonl(const LsmExportJob *job, GError **error);
gboolean lsm_export_csv(const LsmExportJob *job, GError **error);
gboolean lsm_export_mbox(const LsmExportJob *job, GError **error);
gboolean lsm_export_maildir(const LsmExportJob *job, GError **error);
gboolean lsm_export_atom(const LsmExportJob *job, GError **error);
gboolean lsm_export_ical(const LsmExportJob *job, GError **error);
gboolean lsm_export_datatracker(const LsmExportJob *job, GError **error);

/* Return FALSE to end early; an error of the visitor's own is kept by itself. */
typedef gboolean (*LsmExportVisitor)(const LsmCase *item, const char *cursor, gpointer data);

/* The statements that fit, newest first; for the public only what it may see of them. */
gboolean lsm_export_each(const LsmExportJob *job, LsmExportVisitor visit, gpointer data, GError **error);

/* The kept mail with LF as its line end; for the public with the fields of the letter alone, none of its way.
 * LSM_ABSENT: none is kept. */
LsmFound lsm_export_mail(const LsmExportJob *job, const LsmCase *item, GBytes **mail_out, GError **error);

#endif
