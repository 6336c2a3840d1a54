/*
 * late.c - see late.h. Owns the files of its folder; any process, any thread: names are unique, and
 * a file is complete once it has its final name.
 */
#include "desk/late.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/descriptor.h"
#include "conf/error.h"
#include "desk/decide.h"
#include "desk/json.h"

static const char clock_name[] = "waiting-since";

static char *
clock_path(const LsmSettings *settings)
{
	return g_build_filename(settings->late_journal, clock_name, NULL);
}

gboolean
lsm_late_is_patience_over(const LsmSettings *settings, gint64 now)
{
	g_autofree char *path = clock_path(settings);
	struct stat status;
	int fd;

	if (stat(path, &status) == 0)
		return now - status.st_mtime >= settings->incoming_patience;
	g_mkdir_with_parents(settings->late_journal, 0700);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0) {
		const struct timespec since[] = {{.tv_sec = now}, {.tv_sec = now}};

		futimens(fd, since);
		close(fd);
	}
	return settings->incoming_patience == 0;
}

void
lsm_late_note_success(const LsmSettings *settings)
{
	g_autofree char *path = clock_path(settings);

	if (unlink(path) != 0 && errno != ENOENT)
		errno = 0; /* at worst, the next outage counts as begun earlier: mail passes sooner and is
			      kept here */
}

static GBytes *
entry_head(const LsmEnvelope *envelope)
{
	g_autoptr(JsonObject) object = json_object_new();
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	g_auto(GStrv) recipients = NULL;

	for (guint i = 0; i < envelope->recipients->len; i++)
		g_strv_builder_add(builder, lsm_envelope_recipient(envelope, i)->argument);
	recipients = g_strv_builder_end(builder);
	lsm_json_set(object, "sender", envelope->sender);
	lsm_json_set_strings(object, "recipients", (const char *const *)recipients);
	lsm_json_set(object, "login", envelope->login);
	lsm_json_set(object, "client_address", envelope->client_address);
	lsm_json_set(object, "daemon_name", envelope->daemon_name);
	lsm_json_set(object, "queue_id", envelope->queue_id);
	return lsm_json_render(object);
}

static gboolean
sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gboolean done = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return done;
}

static gboolean
write_file(const char *path, GBytes *head, GBytes *mail)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	gboolean done;

	if (fd < 0)
		return FALSE;
	done = lsm_descriptor_write(fd, g_bytes_get_data(head, NULL), g_bytes_get_size(head)) &&
	       lsm_descriptor_write(fd, "\n", 1) &&
	       lsm_descriptor_write(fd, g_bytes_get_data(mail, NULL), g_bytes_get_size(mail)) && fsync(fd) == 0;
	return close(fd) == 0 && done;
}

gboolean
lsm_late_keep(const LsmSettings *settings, const LsmEnvelope *envelope, const LsmMessage *message,
	      GError **error)
{
	g_autoptr(GBytes) head = entry_head(envelope);
	g_autofree char *uuid = g_uuid_string_random();
	g_autofree char *name = g_strdup_printf("%" G_GINT64_FORMAT ".%s", g_get_real_time(), uuid);
	g_autofree char *temporary = g_strdup_printf("%s/.%s", settings->late_journal, name);
	g_autofree char *final = g_strdup_printf("%s/%s.mail", settings->late_journal, name);

	if (g_mkdir_with_parents(settings->late_journal, 0700) == 0 &&
	    write_file(temporary, head, message->bytes) && rename(temporary, final) == 0 &&
	    sync_folder(settings->late_journal))
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "%s: %s", final, g_strerror(errno));
	unlink(temporary);
	return FALSE;
}

static LsmEnvelope *
envelope_from_head(JsonObject *object)
{
	LsmEnvelope *envelope = lsm_envelope_new(lsm_json_get(object, "sender", ""));
	g_auto(GStrv) recipients = lsm_json_get_list(object, "recipients");

	for (guint i = 0; recipients[i] != NULL; i++)
		lsm_envelope_add_recipient(envelope, recipients[i]);
	envelope->login = g_strdup(lsm_json_get(object, "login", NULL));
	envelope->client_address = g_strdup(lsm_json_get(object, "client_address", NULL));
	envelope->daemon_name = g_strdup(lsm_json_get(object, "daemon_name", NULL));
	envelope->queue_id = g_strdup(lsm_json_get(object, "queue_id", NULL));
	return envelope;
}

static gboolean
record_mail(const LsmSettings *settings, LsmDesk *desk, JsonObject *head, const char *mail, gsize length,
	    GError **error)
{
	g_autoptr(LsmEnvelope) envelope = envelope_from_head(head);
	g_autoptr(LsmCollector) collector = lsm_collector_new(settings);
	g_autoptr(LsmMessage) message = NULL;
	g_autoptr(LsmDecision) decision = NULL;

	lsm_collector_add_mail(collector, mail, length);
	message = lsm_message_parse(collector, settings);
	decision = lsm_decide_recorded(message, envelope, settings, desk, g_get_real_time(), error);
	if (decision == NULL)
		return FALSE;
	/* The mail server took this one long ago: the cover mail may go at once. */
	return decision->ticket == NULL || lsm_desk_taken(desk, decision->ticket, error);
}

static gboolean
read_file(const LsmSettings *settings, LsmDesk *desk, const char *path, GError **error)
{
	g_autofree char *data = NULL;
	g_autoptr(JsonObject) head = NULL;
	gsize length;
	const char *line_end;

	if (!g_file_get_contents(path, &data, &length, error))
		return FALSE;
	line_end = memchr(data, '\n', length);
	if (line_end == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "%s: no envelope line", path);
		return FALSE;
	}
	head = lsm_json_parse(data, (gsize)(line_end - data), error);
	if (head == NULL) {
		g_prefix_error(error, "%s: ", path);
		return FALSE;
	}
	return record_mail(settings, desk, head, line_end + 1, length - (gsize)(line_end + 1 - data),
			   error) &&
	       g_unlink(path) == 0;
}

guint
lsm_late_read_in(const LsmSettings *settings, LsmDesk *desk, GError **error)
{
	g_autoptr(GDir) folder = g_dir_open(settings->late_journal, 0, NULL);
	const char *name;
	guint count = 0;

	while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
		g_autofree char *path = g_build_filename(settings->late_journal, name, NULL);

		if (name[0] == '.' || !g_str_has_suffix(name, ".mail"))
			continue;
		if (!read_file(settings, desk, path, error))
			return count;
		count++;
	}
	return count;
}
