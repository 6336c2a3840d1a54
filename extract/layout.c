/*
 * layout.c - see layout.h. Owns the rows that are open, innermost last; their text counts against the
 * result's bound as it comes in. One thread; never fails.
 */
#include "extract/layout.h"

#include <string.h>

#define MAX_NESTING 16 /* rows in cells; what is deeper runs on in the innermost */
#define MAX_CELLS 64   /* of a row; what is beyond them runs on in the last */

struct LsmLayout {
	LsmExtractResult *result;
	GPtrArray *rows; /* of GPtrArray of GString: the open rows' cells */
	guint ignored;   /* rows opened beyond MAX_NESTING */
	gsize held;      /* octets that went into cells; bounds the work, which copies a cell once a level */
};

static void
free_string(gpointer data)
{
	g_string_free(data, TRUE);
}

LsmLayout *
lsm_layout_new(LsmExtractResult *result)
{
	LsmLayout *layout = g_new0(LsmLayout, 1);

	layout->result = result;
	layout->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
	return layout;
}

void
lsm_layout_free(LsmLayout *layout)
{
	if (layout == NULL)
		return;
	layout->ignored = 0;
	while (layout->rows->len > 0)
		lsm_layout_end_row(layout);
	g_ptr_array_unref(layout->rows);
	g_free(layout);
}

/* Where text goes: the innermost open cell; NULL when no cell is open. */
static GString *
open_cell(LsmLayout *layout)
{
	for (guint level = layout->rows->len; level > 0; level--) {
		GPtrArray *cells = g_ptr_array_index(layout->rows, level - 1);

		if (cells->len > 0)
			return g_ptr_array_index(cells, cells->len - 1);
	}
	return NULL;
}

gboolean
lsm_layout_add(LsmLayout *layout, const char *text, gssize length)
{
	GString *cell = open_cell(layout);
	gsize octets = length < 0 ? strlen(text) : (gsize)length;

	if (cell == NULL)
		return lsm_extract_result_add(layout->result, text, (gssize)octets);
	if (octets > LSM_EXTRACT_MAX_TEXT - layout->held) {
		layout->result->over = TRUE;
		return FALSE;
	}
	layout->held += octets;
	g_string_append_len(cell, text, (gssize)octets);
	return TRUE;
}

/* What stands before the place where text goes; LF at the very beginning. */
static char
last_character(LsmLayout *layout)
{
	const GString *target = open_cell(layout);

	if (target == NULL)
		target = layout->result->text;
	return target->len == 0 ? '\n' : target->str[target->len - 1];
}

static gboolean
is_at_line_start(LsmLayout *layout)
{
	return last_character(layout) == '\n';
}

static gboolean
is_at_blank(LsmLayout *layout)
{
	return is_at_line_start(layout) || last_character(layout) == ' ';
}

gboolean
lsm_layout_add_flowing(LsmLayout *layout, const char *text, gsize length)
{
	const char *end = text + length;
	gboolean has_room = TRUE;

	while (text < end && has_room) {
		const char *word = text;

		while (text < end && !g_ascii_isspace(*text))
			text++;
		has_room = lsm_layout_add(layout, word, text - word);
		if (text < end && !is_at_blank(layout))
			has_room = lsm_layout_add(layout, " ", 1);
		while (text < end && g_ascii_isspace(*text))
			text++;
	}
	return has_room;
}

void
lsm_layout_break(LsmLayout *layout)
{
	if (!is_at_line_start(layout))
		lsm_layout_add(layout, "\n", 1);
}

void
lsm_layout_end_line(LsmLayout *layout)
{
	if (open_cell(layout) == NULL)
		lsm_layout_add(layout, "\n", 1);
	else
		lsm_layout_break(layout);
}

void
lsm_layout_begin_row(LsmLayout *layout)
{
	if (layout->rows->len >= MAX_NESTING) {
		layout->ignored++;
		return;
	}
	lsm_layout_break(layout);
	g_ptr_array_add(layout->rows, g_ptr_array_new_with_free_func(free_string));
}

void
lsm_layout_begin_cell(LsmLayout *layout)
{
	GPtrArray *cells;

	if (layout->rows->len == 0 || layout->ignored > 0)
		return;
	cells = g_ptr_array_index(layout->rows, layout->rows->len - 1);
	if (cells->len < MAX_CELLS)
		g_ptr_array_add(cells, g_string_new(NULL));
	else
		lsm_layout_add(layout, " ", 1);
}

/* Adds the cells' next lines side by side and moves the cursors on; FALSE when no cell had one. TABs are
 * only written before a cell that has something to say. */
static gboolean
add_side_by_side(LsmLayout *layout, const char **cursors, guint count)
{
	guint tabs = 0;
	gboolean any = FALSE;

	for (guint i = 0; i < count; i++, tabs++) {
		gsize length = strcspn(cursors[i], "\n");

		any |= cursors[i][0] != '\0';
		for (; length > 0 && tabs > 0; tabs--)
			lsm_layout_add(layout, "\t", 1);
		lsm_layout_add(layout, cursors[i], (gssize)length);
		cursors[i] += length + (cursors[i][length] == '\n' ? 1 : 0);
	}
	if (any)
		lsm_layout_end_line(layout);
	return any;
}

void
lsm_layout_end_row(LsmLayout *layout)
{
	g_autoptr(GPtrArray) cells = NULL;
	const char *cursors[MAX_CELLS];

	if (layout->ignored > 0) {
		layout->ignored--;
		return;
	}
	if (layout->rows->len == 0)
		return;
	cells = g_ptr_array_steal_index(layout->rows, layout->rows->len - 1);
	for (guint i = 0; i < cells->len; i++) {
		const GString *cell = g_ptr_array_index(cells, i);

		cursors[i] = cell->str;
		layout->held -= MIN(cell->len, layout->held);
	}
	while (add_side_by_side(layout, cursors, cells->len))
		;
}
