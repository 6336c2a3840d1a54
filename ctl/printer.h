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
/* Columns of the terminal; standard when standard output is none. */
int lsm_printer_width(int standard);
/* One object on one line (JSON Lines), or indented. */
void lsm_printer_json(JsonObject *object, gboolean indented);
/* "in 13 days", "3 days late", "" for NULL; date: YYYY-MM-DD, now: UNIX time. days_out may be NULL. */
char *lsm_printer_due(const char *date, gint64 now, int *days_out);

#endif
