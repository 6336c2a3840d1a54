/*
 * export.h - the whole log as JSON Lines, from which another store is made that has the same root.
 *
 *   {"liaison-milter-log":1,"size":17,"root":"<64 hex digits>"}
 *   {"position":0,"event":{...},"salt":"<64 hex digits>","private":{...}}
 *   {"key":"identity","term":"...","case":"LS-20261121-K7Q3M"}
 *   {"content":"<SHA-256>","base64":"..."}
 *   {"end":{"events":17,"keys":40,"contents":9}}
 *
 * Events and private parts stand there byte for byte as they were hashed: a leaf is SHA-256 over an octet 0
 * and the text of "event"; its member "private" is SHA-256 over the salt's octets and the text of "private".
 * An event whose private part is erased has none here either. The keys are what the log does not say: how a
 * mail that comes again is known. Outbox and answer tokens stay behind: two hosts must not send the same
 * mail.
 */
#ifndef LSM_STORE_EXPORT_H
#define LSM_STORE_EXPORT_H

#include "store/log.h"

#define LSM_EXPORT_VERSION 1

/* One line without its end; valid during the call. FALSE: nobody takes more (an error of the taker's own). */
typedef gboolean (*LsmExportLine)(const char *line, gsize length, gpointer data);

typedef struct {
	gboolean with_contents;
	void (*progress)(guint64 events, gpointer data); /* or NULL */
	gpointer progress_data;
	LsmExportLine line;
	gpointer line_data;
} LsmExport;

/* TRUE when all was handed over. CORRUPT where the log is not what it must be; FALSE without error when the
 * taker wanted no more. head_out may be NULL. */
gboolean lsm_export_log(LsmStoreTxn *txn, const LsmExport *export, LsmLogHead *head_out, GError **error);

/*
 * Reads the same lines into an empty store, in slices, and says whether it has the root that the first line
 * names. Lines come one by one; nothing is trusted: CORRUPT names the line. After an error the store is to be
 * thrown away.
 */
typedef struct LsmImport LsmImport;
LsmImport *lsm_import_new(LsmStore *store);
void lsm_import_free(LsmImport *import);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmImport, lsm_import_free)

gboolean lsm_import_line(LsmImport *import, const char *line, gsize length, GError **error);
/* After the last line: commits, makes the indexes, compares. head_out: what the store has now. */
gboolean lsm_import_end(LsmImport *import, LsmLogHead *head_out, GError **error);
/* What came so far, and of how many events; for progress. */
guint64 lsm_import_events(const LsmImport *import, guint64 *of_out);
/* How many mails came. */
guint64 lsm_import_contents(const LsmImport *import);

#endif
