/*
 * reader.c - see reader.h. Has each attachment read by a process (reader_process.h); owns nothing. Nothing of
 * the answer is trusted: the reader has just been in a stranger's hands.
 */
#include "desk/reader.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/descriptor.h"
#include "desk/counters.h"
#include "desk/json.h"
#include "desk/reader_process.h"
#include "rules/text.h"

#define MAX_ANSWERS 1001 /* documents in one answer */
#define MAX_NAME 500
#define MAX_MAILS_DEEP 2 /* a mail in the mail, and one in that */
#define STATUS_UNREADABLE "unreadable"
#define STATUS_LIMIT "limit"

static const char *const status_words[] = {"text",      "empty",      "scanned", STATUS_UNREADABLE,
					   "encrypted", STATUS_LIMIT, NULL};

/* --- the answer --- */

/* A type is shown to people and compared: nothing but what a type consists of. */
static gboolean
is_type(const char *type)
{
	return type != NULL && *type != '\0' && strlen(type) <= 100 &&
	       type[strspn(type, "abcdefghijklmnopqrstuvwxyz0123456789/.+-")] == '\0';
}

/* Adds one document of the answer and moves *text on; FALSE when the answer does not hold what it says. */
static gboolean
take_document(GPtrArray *texts, JsonObject *row, const char *name, const char **text, const char *end)
{
	const char *type = lsm_json_get(row, "type", NULL);
	const char *status = lsm_json_get(row, "status", "");
	gint64 octets = lsm_json_get_int(row, "octets", -1);

	if (!is_type(type) || !g_strv_contains(status_words, status) || octets < 0 || octets > end - *text)
		return FALSE;
	g_ptr_array_add(texts, lsm_attachment_text_new(name, type, status, *text, (gsize)octets));
	*text += octets;
	return TRUE;
}

static gboolean
take_members(GPtrArray *texts, JsonArray *members, const char *archive, const char **text, const char *end)
{
	guint count = members != NULL ? json_array_get_length(members) : 0;

	if (count > MAX_ANSWERS)
		return FALSE;
	for (guint i = 0; i < count; i++) {
		JsonNode *node = json_array_get_element(members, i);
		JsonObject *row = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
		g_autofree char *path = NULL;
		g_autofree char *name = NULL;

		if (row == NULL)
			return FALSE;
		path = g_strconcat(archive, "/", lsm_json_get(row, "name", ""), NULL);
		name = lsm_text_one_line(path, -1, MAX_NAME);
		if (!take_document(texts, row, name, text, end))
			return FALSE;
	}
	return TRUE;
}

/* FALSE, and nothing added: the answer is not what it should be. */
static gboolean
take_answer(GPtrArray *texts, const GByteArray *answer, const char *name)
{
	const char *text = (const char *)answer->data;
	const char *end = text + answer->len;
	const char *line_end = answer->len > 0 ? memchr(text, '\n', answer->len) : NULL;
	/* Within bounds: who took over the reader of PDF may answer with brackets alone. */
	g_autoptr(JsonObject) head =
		line_end != NULL ? lsm_json_parse(text, (gsize)(line_end - text), NULL) : NULL;
	guint before = texts->len;

	if (head == NULL)
		return FALSE;
	text = line_end + 1;
	if (take_document(texts, head, name, &text, end) &&
	    take_members(texts, lsm_json_get_array(head, "members"), name, &text, end))
		return TRUE;
	g_ptr_array_set_size(texts, (int)before);
	return FALSE;
}

/* --- attachments --- */

static const char *const other_types[] = {
	"image/",
	"audio/",
	"video/",
	"font/",
	"text/calendar",
	"application/pgp-",
	"application/pkcs7-",
	"application/x-pkcs7-",
	"message/delivery-status",
	"message/disposition-notification",
	"message/external-body",
	"message/partial",
	"multipart/",
};

static gboolean
may_be_document(const LsmAttachment *attachment)
{
	if (lsm_attachment_is_mail(attachment))
		return TRUE;
	if (attachment->size == 0)
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(other_types); i++)
		if (g_str_has_prefix(attachment->declared_type, other_types[i]))
			return FALSE;
	return TRUE;
}

static void
add_without_text(GPtrArray *texts, const LsmAttachment *attachment, const char *name, const char *status)
{
	g_ptr_array_add(texts, lsm_attachment_text_new(name, attachment->declared_type, status, "", 0));
}

/* The status to note when there is no answer; NULL: it was taken. */
static const char *
run(GPtrArray *texts, const char *program, int file, const char *name, gint64 deadline)
{
	g_autoptr(GByteArray) answer = NULL;
	int status = lsm_reader_process_run(program, file, deadline, &answer);

	if (g_get_monotonic_time() >= deadline || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU))
		return STATUS_LIMIT;
	if (answer == NULL || !WIFEXITED(status) || WEXITSTATUS(status) != 0 ||
	    !take_answer(texts, answer, name))
		return STATUS_UNREADABLE;
	return NULL;
}

char *
lsm_reader_find(const LsmSettings *settings)
{
	g_autofree char *self = NULL;
	g_autofree char *folder = NULL;
	g_autofree char *beside = NULL;

	if (access(settings->extractor, X_OK) == 0)
		return g_strdup(settings->extractor);
	self = g_file_read_link("/proc/self/exe", NULL);
	folder = self == NULL ? NULL : g_path_get_dirname(self);
	beside = folder == NULL ? NULL : g_build_filename(folder, "liaison-extract", NULL);
	return g_strdup(beside != NULL && access(beside, X_OK) == 0 ? beside : settings->extractor);
}

/* One mail's attachments on their way; a mail among them is read like the one that it stands in. */
typedef struct {
	GPtrArray *texts;
	const LsmSettings *settings;
	gint64 deadline;
	guint documents; /* read so far, of all mails together */
} Reading;

static void read_attachments(Reading *reading, const LsmMessage *message, const char *folder, int depth);

static gboolean
write_octets(const guint8 *octets, gsize length, gpointer file)
{
	return lsm_descriptor_write(GPOINTER_TO_INT(file), octets, length);
}

/* A file of many megabytes is decoded where the program finds it. */
static const char *
read_file(Reading *reading, const LsmMessage *message, guint index, const char *name)
{
	g_autofree char *extractor = lsm_reader_find(reading->settings);
	int file = lsm_reader_process_file();

	if (file >= 0 && !lsm_message_attachment_give(message, index, write_octets, GINT_TO_POINTER(file))) {
		close(file);
		return STATUS_UNREADABLE;
	}
	return run(reading->texts, extractor, file, name, reading->deadline);
}

static void
read_document(Reading *reading, const LsmMessage *message, guint index, const char *name)
{
	const LsmAttachment *attachment = g_ptr_array_index(message->attachments, index);
	const char *status = read_file(reading, message, index, name);

	lsm_counters_add(status == NULL                      ? LSM_COUNT_READER_READ
			 : strcmp(status, STATUS_LIMIT) == 0 ? LSM_COUNT_READER_LIMIT
							     : LSM_COUNT_READER_UNREADABLE,
			 1);
	if (status != NULL)
		add_without_text(reading->texts, attachment, name, status);
}

static void
read_mail(Reading *reading, const LsmMessage *message, guint index, const char *name, int depth)
{
	LsmMessage *mail = lsm_message_attached(message, index, reading->settings);
	const char *status = mail == NULL || (mail->headers->len == 0 && *mail->text == '\0')
				     ? STATUS_UNREADABLE
			     : mail->truncated ? STATUS_LIMIT
					       : "text";
	LsmAttachmentText *text =
		lsm_attachment_text_new(name, "message/rfc822", status, mail != NULL ? mail->text : "",
					mail != NULL ? strlen(mail->text) : 0);

	text->mail = mail;
	g_ptr_array_add(reading->texts, text);
	if (mail != NULL)
		read_attachments(reading, mail, name, depth + 1);
}

static void
read_attachment(Reading *reading, const LsmMessage *message, guint index, const char *name, int depth)
{
	const LsmAttachment *attachment = g_ptr_array_index(message->attachments, index);

	if (reading->documents++ >= LSM_READER_MAX_DOCUMENTS || g_get_monotonic_time() >= reading->deadline ||
	    (lsm_attachment_is_mail(attachment) && depth >= MAX_MAILS_DEEP))
		add_without_text(reading->texts, attachment, name, STATUS_LIMIT);
	else if (lsm_attachment_is_mail(attachment))
		read_mail(reading, message, index, name, depth);
	else
		read_document(reading, message, index, name);
}

static void
read_attachments(Reading *reading, const LsmMessage *message, const char *folder, int depth)
{
	for (guint i = 0; i < message->attachments->len; i++) {
		const LsmAttachment *attachment = g_ptr_array_index(message->attachments, i);
		const char *own = attachment->file_name != NULL ? attachment->file_name : "";
		g_autofree char *path = folder != NULL ? g_strconcat(folder, "/", own, NULL) : g_strdup(own);
		g_autofree char *name = lsm_text_one_line(path, -1, MAX_NAME);
		guint before = reading->texts->len;

		if (!may_be_document(attachment))
			continue;
		read_attachment(reading, message, i, name, depth);
		for (guint k = before; depth == 0 && k < reading->texts->len; k++) {
			LsmAttachmentText *text = g_ptr_array_index(reading->texts, k);

			text->part = i;
			text->is_inside = k > before;
		}
	}
}

GPtrArray *
lsm_reader_read(const LsmSettings *settings, const LsmMessage *message)
{
	return lsm_reader_read_until(settings, message,
				     g_get_monotonic_time() + LSM_READER_SECONDS * G_USEC_PER_SEC);
}

GPtrArray *
lsm_reader_read_until(const LsmSettings *settings, const LsmMessage *message, gint64 deadline)
{
	Reading reading = {g_ptr_array_new_with_free_func((GDestroyNotify)lsm_attachment_text_free), settings,
			   deadline, 0};

	if (settings->extractor[0] != '\0')
		read_attachments(&reading, message, NULL, 0);
	return reading.texts;
}
