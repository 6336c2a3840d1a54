/*
 * layout.h - paragraphs and tables as lines of plain text, the same for every format.
 *
 * A paragraph is a line. A table's row is "label<TAB>value": the cells' n-th lines stand side by side with
 * one TAB between them, so that what a cell says on further lines stands on lines that begin with TABs. A row
 * of one cell is only its lines. A table in a cell is laid out first and then is lines of that cell.
 * Calls need not be balanced: what does not fit is ignored, and lsm_layout_free closes what is open.
 */
#ifndef LSM_EXTRACT_LAYOUT_H
#define LSM_EXTRACT_LAYOUT_H

#include "extract/result.h"

typedef struct LsmLayout LsmLayout;

LsmLayout *lsm_layout_new(LsmExtractResult *result);
void lsm_layout_free(LsmLayout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LsmLayout, lsm_layout_free)

/* FALSE: there is no room for more text, in this and the following calls. */
gboolean lsm_layout_add(LsmLayout *layout, const char *text, gssize length);

/* The same for text that flows: each run of white space is one blank, none at a line's begin. */
gboolean lsm_layout_add_flowing(LsmLayout *layout, const char *text, gsize length);

/* Ends the line; no empty lines are made in cells. */
void lsm_layout_end_line(LsmLayout *layout);
/* Ends the line where one was begun. */
void lsm_layout_break(LsmLayout *layout);

void lsm_layout_begin_row(LsmLayout *layout);
void lsm_layout_begin_cell(LsmLayout *layout);
void lsm_layout_end_row(LsmLayout *layout);

#endif
