/*
 * mailbox.c - see mailbox.h. Owns nothing; one thread.
 */
#include "ctl/mailbox.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conf/error.h"

#define MAX_MAIL (64u << 20) /* octets of one mail that are kept; the rest is left out, like at the gate */
#define PIECE_SIZE 65536     /* a longer line comes in pieces */

typedef struct {
	LsmMailboxVisitor visit;
	gpointer data;
} Walk;

/* --- mbox --- */

static gboolean
visit_collected(const Walk *walk, GString *mail, gint64 offset, GError **error)
{
	g_autofree char *place = g_strdup_printf("@%" G_GINT64_FORMAT, offset);
	gboolean go_on = mail->len == 0 || walk->visit(place, mail->str, mail->len, walk->data, error);

	g_string_truncate(mail, 0);
	return go_on;
}

static gboolean
begins_mail(const char *line, gboolean after_empty)
{
	return after_empty && strncmp(line, "From ", 5) == 0;
}

/* ">From " loses one '>'. */
static gboolean
is_quoted(const char *line)
{
	return line[0] == '>' && strncmp(line + strspn(line, ">"), "From ", 5) == 0;
}

static void
collect(GString *mail, const char *piece, gsize length)
{
	if (mail->len < MAX_MAIL)
		g_string_append_len(mail, piece, (gssize)length);
}

/* Up to the line's end, or so much of it as there is room for; a NUL behind. Its length; 0 at the end. */
static gsize
read_piece(FILE *file, char piece[PIECE_SIZE + 1])
{
	gsize length = 0;
	int octet = 0;

	while (length < PIECE_SIZE && octet != '\n' && (octet = getc_unlocked(file)) != EOF)
		piece[length++] = (char)octet;
	piece[length] = '\0';
	return length;
}

/* mboxrd: a "From " line after an empty one begins a mail. */
static gboolean
walk_mbox(const Walk *walk, FILE *file, GError **error)
{
	g_autoptr(GString) mail = g_string_new(NULL);
	g_autofree char *piece = g_malloc(PIECE_SIZE + 1);
	gsize length;
	gint64 offset = 0, start = 0;
	gboolean after_empty = TRUE, begins_line = TRUE;

	while ((length = read_piece(file, piece)) > 0) {
		gsize quote = begins_line && is_quoted(piece) ? 1 : 0;

		if (!begins_line || !begins_mail(piece, after_empty))
			collect(mail, piece + quote, length - quote);
		else if (!visit_collected(walk, mail, start, error))
			return FALSE;
		else
			start = offset;
		after_empty = begins_line && (strcmp(piece, "\n") == 0 || strcmp(piece, "\r\n") == 0);
		begins_line = piece[length - 1] == '\n';
		offset += (gint64)length;
	}
	if (!ferror(file))
		return visit_collected(walk, mail, start, error);
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "reading: %s", g_strerror(errno));
	return FALSE;
}

static gboolean
walk_file(const Walk *walk, const char *path, GError **error)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	gboolean done;

	if (file == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "%s: %s", path, g_strerror(errno));
		return FALSE;
	}
	done = walk_mbox(walk, file, error);
	if (file != stdin)
		fclose(file);
	return done;
}

/* --- folders --- */

static int
compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *
names_in(const char *path, GError **error)
{
	g_autoptr(GError) problem = NULL;
	g_autoptr(GDir) folder = g_dir_open(path, 0, &problem);
	GPtrArray *names;
	const char *name;

	if (folder == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "%s", problem->message);
		return NULL;
	}
	names = g_ptr_array_new_with_free_func(g_free);
	while ((name = g_dir_read_name(folder)) != NULL)
		g_ptr_array_add(names, g_strdup(name));
	g_ptr_array_sort(names, compare_names);
	return names;
}

/* NULL where it cannot be read. What is behind MAX_MAIL stays unread. Caller frees. */
static GString *
read_mail(const char *path)
{
	FILE *file = fopen(path, "re");
	g_autoptr(GString) mail = file == NULL ? NULL : g_string_new(NULL);
	g_autofree char *piece = g_malloc(PIECE_SIZE);
	gsize length;

	while (mail != NULL && mail->len < MAX_MAIL && (length = fread(piece, 1, PIECE_SIZE, file)) > 0)
		g_string_append_len(mail, piece, (gssize)length);
	gboolean is_read = file != NULL && !ferror(file);
	if (file != NULL)
		fclose(file);
	return is_read ? g_steal_pointer(&mail) : NULL;
}

static gboolean
walk_folder(const Walk *walk, const char *path, GError **error)
{
	g_autoptr(GPtrArray) names = names_in(path, error);

	for (guint i = 0; names != NULL && i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		g_autofree char *file = g_build_filename(path, name, NULL);

		if (name[0] == '.' || !g_file_test(file, G_FILE_TEST_IS_REGULAR))
			continue;
		g_autoptr(GString) mail = read_mail(file);
		if (mail == NULL)
			fprintf(stderr, "liaisonctl: %s cannot be read; left out\n", file);
		else if (!walk->visit(name, mail->str, mail->len, walk->data, error))
			return FALSE;
	}
	return names != NULL;
}

static gboolean
walk_maildir(const Walk *walk, const char *path, GError **error)
{
	g_autofree char *current = g_build_filename(path, "cur", NULL);
	g_autofree char *fresh = g_build_filename(path, "new", NULL);

	if (!g_file_test(current, G_FILE_TEST_IS_DIR))
		return walk_folder(walk, path, error);
	return walk_folder(walk, current, error) &&
	       (!g_file_test(fresh, G_FILE_TEST_IS_DIR) || walk_folder(walk, fresh, error));
}

gboolean
lsm_mailbox_walk(const char *path, LsmMailboxVisitor visit, gpointer data, GError **error)
{
	const Walk walk = {visit, data};

	return g_file_test(path, G_FILE_TEST_IS_DIR) ? walk_maildir(&walk, path, error)
						     : walk_file(&walk, path, error);
}
