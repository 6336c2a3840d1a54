/*
 * confuse_text.c - a configuration text that was checked: what libConfuse is given, and where all of it
 * stands.
 *
 * Owns the joined text, the names of its files, and the tables of pieces, lines and titles. No libConfuse
 * here. One thread while it is made, any afterwards. Cannot fail.
 */
#include "conf/confuse_text.h"

#include <string.h>

#include "conf/confuse_scan.h"
#include "conf/sha256.h"

/* Lines of the whole text from first on are those of file from line on, up to the next piece. */
typedef struct {
	guint first;
	const char *file;
	guint line;
} Piece;

struct LsmConfuseText {
	GString *plain;
	guint line_count;    /* of plain: line ends so far, and 1 */
	GArray *pieces;      /* of Piece, by first */
	GPtrArray *files;    /* of char * */
	LsmSha256 *included; /* NULL before the first, and once it is closed */
	char digest[LSM_SHA256_HEX_SIZE];
	GHashTable *lines;  /* path -> line */
	GHashTable *titles; /* path -> GPtrArray of char * */
};

LsmConfuseText *
lsm_confuse_text_new(void)
{
	LsmConfuseText *text = g_new0(LsmConfuseText, 1);

	text->plain = g_string_new(NULL);
	text->line_count = 1;
	text->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
	text->files = g_ptr_array_new_null_terminated(4, g_free, TRUE);
	text->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	text->titles =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	return text;
}

void
lsm_confuse_text_free(LsmConfuseText *text)
{
	if (text == NULL)
		return;
	g_hash_table_unref(text->titles);
	g_hash_table_unref(text->lines);
	g_clear_pointer(&text->included, lsm_sha256_free);
	g_ptr_array_unref(text->files);
	g_array_unref(text->pieces);
	g_string_free(text->plain, TRUE);
	g_free(text);
}

/* ---- making ---- */

const char *
lsm_confuse_text_add_file(LsmConfuseText *text, const char *name, const char *octets, gsize length)
{
	g_autofree char *head = g_strdup_printf("%" G_GSIZE_FORMAT "\n", length);
	char *kept = g_strdup(name);

	g_ptr_array_add(text->files, kept);
	if (octets == NULL)
		return kept;
	if (text->included == NULL)
		text->included = lsm_sha256_new();
	/* Each with its length in front: what moves from one file to the next counts. */
	lsm_sha256_add_text(text->included, head);
	lsm_sha256_add(text->included, octets, length);
	return kept;
}

guint
lsm_confuse_text_file_count(const LsmConfuseText *text)
{
	return text->files->len;
}

guint
lsm_confuse_text_begin_piece(LsmConfuseText *text, const char *file, guint line)
{
	Piece piece = {.file = file, .line = line};

	if (text->plain->len > 0 && text->plain->str[text->plain->len - 1] != '\n') {
		g_string_append_c(text->plain, '\n');
		text->line_count++;
	}
	piece.first = text->line_count;
	g_array_append_val(text->pieces, piece);
	return piece.first;
}

void
lsm_confuse_text_append(LsmConfuseText *text, const char *start, const char *end)
{
	for (const char *at = start; at < end; at++)
		text->line_count += *at == '\n';
	g_string_append_len(text->plain, start, end - start);
}

guint
lsm_confuse_text_note_line(LsmConfuseText *text, const char *path, guint line)
{
	guint earlier = GPOINTER_TO_UINT(g_hash_table_lookup(text->lines, path));

	if (earlier == 0)
		g_hash_table_insert(text->lines, g_strdup(path), GUINT_TO_POINTER(line));
	return earlier;
}

void
lsm_confuse_text_note_title(LsmConfuseText *text, const char *path, const char *title)
{
	GPtrArray *titles = g_hash_table_lookup(text->titles, path);

	if (titles == NULL) {
		titles = g_ptr_array_new_with_free_func(g_free);
		g_hash_table_insert(text->titles, g_strdup(path), titles);
	}
	g_ptr_array_add(titles, g_strdup(title));
}

void
lsm_confuse_text_close(LsmConfuseText *text)
{
	if (text->included != NULL)
		lsm_sha256_finish(text->included, text->digest);
	g_clear_pointer(&text->included, lsm_sha256_free);
}

/* ---- asking ---- */

const char *
lsm_confuse_text_plain(const LsmConfuseText *text)
{
	return text->plain->str;
}

const char *
lsm_confuse_text_name(const LsmConfuseText *text)
{
	return text->files->pdata[0];
}

const char *const *
lsm_confuse_text_files(const LsmConfuseText *text)
{
	return (const char *const *)text->files->pdata;
}

const char *
lsm_confuse_text_included_digest(const LsmConfuseText *text)
{
	return text->digest;
}

const GPtrArray *
lsm_confuse_text_titles(const LsmConfuseText *text, const char *path)
{
	return g_hash_table_lookup(text->titles, path);
}

guint
lsm_confuse_line(const LsmConfuseText *text, const char *first, ...)
{
	g_autoptr(GString) path = g_string_new(first);
	const char *name;
	va_list names;

	va_start(names, first);
	while ((name = va_arg(names, const char *)) != NULL)
		g_string_append_printf(path, LSM_CONFUSE_SEPARATOR "%s", name);
	va_end(names);
	return GPOINTER_TO_UINT(g_hash_table_lookup(text->lines, path->str));
}

/* The last piece that begins at this line or before it. */
static const Piece *
find_piece(const LsmConfuseText *text, guint line)
{
	guint low = 0;
	guint high = text->pieces->len;

	while (high - low > 1) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(text->pieces, Piece, middle).first <= line)
			low = middle;
		else
			high = middle;
	}
	return &g_array_index(text->pieces, Piece, low);
}

const char *
lsm_confuse_text_place(const LsmConfuseText *text, guint line, guint *line_out)
{
	const Piece *piece = find_piece(text, MAX(line, 1));

	*line_out = piece->line + (MAX(line, 1) - piece->first);
	return piece->file;
}

void
lsm_confuse_text_set_error(const LsmConfuseText *text, guint line, GError **error, const char *format, ...)
{
	g_autofree char *message = NULL;
	va_list arguments;
	guint line_there;
	const char *file = lsm_confuse_text_place(text, line, &line_there);

	va_start(arguments, format);
	message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	lsm_confuse_set_error(error, file, line_there, "%s", message);
}
