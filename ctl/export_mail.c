/*
 * export_mail.c - the kept mails: mbox (mboxrd) and maildir.
 *
 * A mail for the public has the fields of the letter and no others: what a server wrote names queues, hosts
 * and envelopes, and people's own fields may name anything.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/descriptor.h"
#include "conf/error.h"
#include "ctl/export.h"
#include "store/content.h"

static const char *const letter_fields[] = {"From",
					    "To",
					    "Cc",
					    "Subject",
					    "Date",
					    "Message-ID",
					    "In-Reply-To",
					    "References",
					    "Reply-To",
					    "MIME-Version",
					    "Content-Type",
					    "Content-Transfer-Encoding",
					    "Content-Language",
					    "Content-Disposition",
					    "Content-ID",
					    "Content-Description"};

/* --- the mail as it is written --- */

static gboolean
is_letter_field(const char *line, gsize length)
{
	for (guint i = 0; i < G_N_ELEMENTS(letter_fields); i++) {
		gsize name = strlen(letter_fields[i]);
		if (length > name && line[name] == ':' &&
		    g_ascii_strncasecmp(line, letter_fields[i], name) == 0)
			return TRUE;
	}
	return FALSE;
}

/* One line with LF at its end, whatever ended it. */
static void
add_line(GString *out, const char *line, gsize length)
{
	while (length > 0 && line[length - 1] == '\r')
		length--;
	g_string_append_len(out, line, (gssize)length);
	g_string_append_c(out, '\n');
}

static GBytes *
mail_of(const char *data, gsize length, gboolean is_public)
{
	GString *out = g_string_sized_new(length);
	gboolean in_header = TRUE, is_kept = TRUE;

	for (const char *line = data, *end = data + length; line < end;) {
		const char *stop = memchr(line, '\n', (gsize)(end - line));
		gsize size = (gsize)((stop == NULL ? end : stop) - line);

		if (size == 0 || (size == 1 && *line == '\r'))
			in_header = FALSE;
		if (!in_header)
			is_kept = TRUE;
		else if (*line != ' ' && *line != '\t') /* else it goes on as its field does */
			is_kept = !is_public || is_letter_field(line, size);
		if (is_kept)
			add_line(out, line, size);
		line = stop == NULL ? end : stop + 1;
	}
	return g_string_free_to_bytes(out);
}

LsmFound
lsm_export_mail(const LsmExportJob *job, const LsmCase *item, GBytes **mail_out, GError **error)
{
	g_autoptr(GBytes) content = NULL;
	gsize length;

	*mail_out = NULL;
	if (item->content == NULL)
		return LSM_ABSENT;
	LsmFound found = lsm_content_get(job->txn, item->content, &content, error);
	if (found != LSM_FOUND)
		return found;
	const char *data = g_bytes_get_data(content, &length);
	*mail_out = mail_of(data, length, job->is_public);
	return LSM_FOUND;
}

/* --- mbox --- */

typedef struct {
	const LsmExportJob *job;
	GHashTable *present; /* maildir: names that are there, without their flags */
	GError *error;
} Mails;

/* mboxrd: every line of ">"s and "From " gets one more ">", so that it can be taken away again. */
static void
put_quoted(const char *data, gsize length)
{
	for (const char *line = data, *end = data + length; line < end;) {
		const char *stop = memchr(line, '\n', (gsize)(end - line));
		const char *next = stop == NULL ? end : stop + 1, *p = line;

		while (p < next && *p == '>')
			p++;
		if (next - p >= 5 && memcmp(p, "From ", 5) == 0)
			putchar('>');
		fwrite(line, 1, (gsize)(next - line), stdout);
		line = next;
	}
}

static gboolean
put_mail(const LsmCase *item, const char *cursor G_GNUC_UNUSED, gpointer data)
{
	Mails *mails = data;
	g_autoptr(GBytes) mail = NULL;
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(item->since / G_USEC_PER_SEC);
	g_autofree char *day = NULL;
	gsize length;

	LsmFound found = lsm_export_mail(mails->job, item, &mail, &mails->error);
	if (found != LSM_FOUND)
		return found == LSM_ABSENT;
	/* asctime's form in English whatever the locale is; the envelope's sender is for nobody. */
	static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	day = g_date_time_format(time, "%H:%M:%S %Y");
	printf("From liaison-milter %s %s %2d %s\n", days[g_date_time_get_day_of_week(time) - 1],
	       months[g_date_time_get_month(time) - 1], g_date_time_get_day_of_month(time), day);
	const char *text = g_bytes_get_data(mail, &length);
	put_quoted(text, length);
	putchar('\n');
	return TRUE;
}

static gboolean
finish(Mails *mails, gboolean done, GError **error)
{
	if (mails->error == NULL)
		return done;
	g_propagate_error(error, mails->error);
	return FALSE;
}

gboolean
lsm_export_mbox(const LsmExportJob *job, GError **error)
{
	Mails mails = {job, NULL, NULL};
	gboolean done = lsm_export_each(job, put_mail, &mails, error);

	return finish(&mails, done, error);
}

/* --- maildir --- */

static gboolean
fail_file(GError **error, const char *path)
{
	g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "%s: %s", path, g_strerror(errno));
	return FALSE;
}

static gboolean
make_folders(const char *folder, GError **error)
{
	static const char *const names[] = {"", "tmp", "new", "cur"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(folder, names[i], NULL);
		if (g_mkdir(path, 0700) != 0 && errno != EEXIST)
			return fail_file(error, path);
	}
	return TRUE;
}

static gboolean
write_mail(const char *path, GBytes *mail, GError **error)
{
	gsize length;
	const char *data = g_bytes_get_data(mail, &length);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	gboolean done = fd >= 0 && lsm_descriptor_write(fd, data, length) && fsync(fd) == 0;

	if (!done)
		fail_file(error, path);
	if (fd >= 0)
		close(fd);
	if (!done)
		(void)g_unlink(path);
	return done;
}

/* What a folder holds; behind the colon stand flags, which readers of the mail change. */
static void
collect_names(GHashTable *present, const char *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
	const char *entry;

	while (entries != NULL && (entry = g_dir_read_name(entries)) != NULL)
		g_hash_table_add(present, g_strndup(entry, strcspn(entry, ":")));
}

/* The same name each time: a later export adds what is new, and a mail that somebody has read or answered stays.
 */
static gboolean
file_mail(const LsmCase *item, const char *cursor G_GNUC_UNUSED, gpointer data)
{
	Mails *mails = data;
	const char *folder = mails->job->folder;
	g_autoptr(GBytes) mail = NULL;
	g_autofree char *name = g_strdup_printf("%" G_GINT64_FORMAT ".%s.liaison-milter",
						item->since / G_USEC_PER_SEC, item->id);
	g_autofree char *part = g_build_filename(folder, "tmp", name, NULL);
	g_autofree char *path = g_build_filename(folder, "cur", name, NULL);
	g_autofree char *seen = g_strconcat(path, ":2,S", NULL);

	if (g_hash_table_contains(mails->present, name))
		return TRUE;
	LsmFound found = lsm_export_mail(mails->job, item, &mail, &mails->error);
	if (found != LSM_FOUND)
		return found == LSM_ABSENT;
	return write_mail(part, mail, &mails->error) &&
	       (g_rename(part, seen) == 0 || fail_file(&mails->error, seen));
}

gboolean
lsm_export_maildir(const LsmExportJob *job, GError **error)
{
	g_autoptr(GHashTable) present = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	Mails mails = {job, present, NULL};
	gboolean done;

	collect_names(present, job->folder, "cur");
	collect_names(present, job->folder, "new");
	done = make_folders(job->folder, error) && lsm_export_each(job, file_mail, &mails, error);
	return finish(&mails, done, error);
}
