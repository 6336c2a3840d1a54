/*
 * printer.h - what reaches people's eyes: text from mails made harmless, tables, JSON.
 */
#ifndef LSM_CTL_PRINTER_H
#define LSM_CTL_PRINTER_H

#include <json-glib/json-glib.h>

/* Control characters, DEL, C1 and direction overrides become "?": a subject must not steer a terminal.
 * NULL gives "". Caller frees. */
char *lsm_printer_safe(const char *text);
/* Cut or padded to exactly width columns (wide characters counted as two), made harmless. Caller frees. */
char *lsm_printer_fit(const char *text, int width);
/* Columns that the text takes on a terminal. */
int lsm_printer_columns(const char *text);
/* What COLUMNS says (40 to 1000), for pagers, too; else the columns of the terminal (at least 40); standard when
 * standard output is none. */
int lsm_printer_width(int standard);

/* What a noun ends in behind so many: "1 mail", "2 mails". */
#define LSM_PRINTER_S(count) ((count) == 1 ? "" : "s")

/* How a piece of text stands out. */
typedef enum { LSM_STYLE_PLAIN, LSM_STYLE_HEAD, LSM_STYLE_LATE, LSM_STYLE_SOON } LsmPrinterStyle;
/* Prints text as it is, in that style where standard output is a terminal that can show it and NO_COLOR is not
 * set. */
void lsm_printer_put(const char *text, LsmPrinterStyle style);

/* One line of CSV as RFC 4180 has it, CR LF at its end. Text that a spreadsheet would take for a formula gets an
 * apostrophe in front. cells: count strings, NULL for empty. */
void lsm_printer_csv(const char *const *cells, guint count);

/* FALSE once nobody reads standard output any more, or the disk is full: long work may stop. */
gboolean lsm_printer_is_read(void);

/* One object on one line (JSON Lines), or indented. */
void lsm_printer_json(JsonObject *object, gboolean indented);
/* At most 12 columns: "in 13 days", "3 days late", beyond 99 days the date itself or "4 mo. late"; "" for NULL.
 * date: YYYY-MM-DD, now: UNIX time. days_out may be NULL. */
char *lsm_printer_due(const char *date, gint64 now, int *days_out);

#endif
