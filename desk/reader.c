/*
 * reader.c - see reader.h. Owns the child process and both ends of its pipe while an attachment is read.
 *
 * The attachment goes over in a sealed memory file and not in a pipe: nothing has to be written while the
 * answer is read, and a reader that dies early cannot stop the writer. Nothing of the answer is trusted: the
 * reader has just been in a stranger's hands.
 */
#include "desk/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/descriptor.h"
#include "conf/error.h"
#include "conf/log.h"
#include "desk/counters.h"
#include "desk/json.h"
#include "rules/text.h"

#define MAX_ANSWER (6 * 1024 * 1024) /* octets: the text's bound, and room for the line before it */
#define MAX_ANSWERS 1001             /* documents in one answer */
#define MAX_NAME 500
#define MAX_MAILS_DEEP 2 /* a mail in the mail, and one in that */
#define CHUNK 65536
#define NICENESS 10
#define PATIENCE_MS 100    /* for one that gets only what nobody else wants of the processors */
#define BUSY_SECONDS 30    /* a machine on which that was not enough is busy for so long */
#define EXIT_NOT_LOADED 69 /* the program's word for: needs a reader that was not asked for */
#define EXIT_BROKEN 70     /* ... and for: cannot read anything */
#define ALL_READERS "all"
#define STATUS_UNREADABLE "unreadable"
#define STATUS_LIMIT "limit"

static const char *const status_words[] = {"text",      "empty",      "scanned", STATUS_UNREADABLE,
					   "encrypted", STATUS_LIMIT, NULL};

/* What an attachment begins with whose reader takes long to load, and what the program calls that reader.
 * What is behind other beginnings, say in an archive, the program finds out. */
static const struct {
	const char *octets;
	gsize length;
	gsize within; /* of the first octets */
	const char *reader;
} heads[] = {
	{"%PDF-", 5, 1024, "pdf"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, 8, "doc"},
};

typedef struct {
	pid_t pid;
	int process; /* pidfd: to wait for it with a time limit */
	int answer;  /* our end of its standard output */
} Child;

/* --- the process --- */

/* The octets as a file without a name that nobody can change any more; -1 and errno. */
static int
seal(GBytes *bytes)
{
	int fd = memfd_create("attachment", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	gsize length;
	const guint8 *data = g_bytes_get_data(bytes, &length);

	if (fd < 0)
		return -1;
	if (lsm_descriptor_write(fd, data, length) && lseek(fd, 0, SEEK_SET) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0)
		return fd;
	close(fd);
	return -1;
}

typedef struct {
	const char *program;
	const char *readers;
	int policy; /* of the processor's time: SCHED_IDLE or SCHED_OTHER */
	int input, output;
	pid_t pid;
} Start;

/* For this thread, and what comes of it; to one that is nicer already nothing changes. */
static void
be_nice(int policy)
{
	/* struct sched_attr of sched_setattr(2), for which libc has no name yet. */
	struct {
		guint32 size, policy;
		guint64 flags;
		gint32 nice;
		guint32 priority;
		guint64 runtime, deadline, period;
	} attributes = {.size = sizeof attributes, .policy = (guint32)policy, .nice = NICENESS};

	(void)syscall(SYS_sched_setattr, 0, &attributes, 0);
}

/* Starts the program with its three descriptors, without our environment, signal mask and dispositions.
 * Returns its errno. */
static gpointer
spawn(gpointer data)
{
	Start *start = data;
	char *const arguments[] = {(char *)start->program, (char *)start->readers, NULL};
	char *const environment[] = {NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int code;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, start->input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, start->output, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	be_nice(start->policy);
	code = posix_spawn(&start->pid, start->program, &actions, &attributes, arguments, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return GINT_TO_POINTER(code);
}

/* By a thread of its own: who was nice once cannot take that back. 0, or an errno. */
static int
spawn_nicely(Start *start)
{
	GThread *thread = g_thread_try_new("reader", spawn, start, NULL);

	return thread != NULL ? GPOINTER_TO_INT(g_thread_join(thread)) : EAGAIN;
}

/* FALSE and errno. */
static gboolean
child_start(Child *child, const char *program, const char *readers, int policy, GBytes *bytes)
{
	Start start = {program, readers, policy, seal(bytes), -1, -1};
	int ends[2];
	int code;

	if (start.input < 0)
		return FALSE;
	if (pipe2(ends, O_CLOEXEC) != 0) {
		close(start.input);
		return FALSE;
	}
	start.output = ends[1];
	code = spawn_nicely(&start);
	close(start.input);
	close(ends[1]);
	child->answer = ends[0];
	if (code != 0) {
		close(ends[0]);
		errno = code;
		return FALSE;
	}
	child->pid = start.pid;
	child->process = pidfd_open(child->pid, 0);
	return TRUE;
}

/* TRUE: there is something to read there, or the end was reached; FALSE: the time is up. */
static gboolean
wait_for(int fd, gint64 deadline)
{
	struct pollfd ready = {fd, POLLIN, 0};

	for (;;) {
		gint64 left = (deadline - g_get_monotonic_time() + 999) / 1000;
		int n;

		if (left <= 0)
			return FALSE;
		n = poll(&ready, 1, (int)MIN(left, G_MAXINT));
		if (n > 0 || (n < 0 && errno != EINTR))
			return TRUE;
	}
}

/* All that the child writes; NULL when the time is up before its end, or when it writes too much. */
static GByteArray *
child_read(const Child *child, gint64 deadline)
{
	g_autoptr(GByteArray) answer = g_byte_array_new();
	g_autofree guint8 *chunk = g_malloc(CHUNK);

	while (answer->len <= MAX_ANSWER && wait_for(child->answer, deadline)) {
		ssize_t n = read(child->answer, chunk, CHUNK);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return NULL;
		if (n == 0)
			return g_steal_pointer(&answer);
		g_byte_array_append(answer, chunk, (guint)n);
	}
	return NULL;
}

/* Ends it where it has not ended, and collects it. Its wait status, or -1. */
static int
child_end(const Child *child, gboolean is_wanted, gint64 deadline)
{
	int status = -1;

	if (!is_wanted || child->process < 0 || !wait_for(child->process, deadline))
		kill(child->pid, SIGKILL);
	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (child->process >= 0)
		close(child->process);
	close(child->answer);
	return status;
}

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
	g_autoptr(JsonParser) parser = json_parser_new();
	guint before = texts->len;
	JsonNode *root;

	if (line_end == NULL || !g_utf8_validate(text, line_end - text, NULL) ||
	    !json_parser_load_from_data(parser, text, line_end - text, NULL))
		return FALSE;
	root = json_parser_get_root(parser);
	text = line_end + 1;
	if (root != NULL && JSON_NODE_HOLDS_OBJECT(root) &&
	    take_document(texts, json_node_get_object(root), name, &text, end) &&
	    take_members(texts, lsm_json_get_array(json_node_get_object(root), "members"), name, &text, end))
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

static const char *
readers_of(GBytes *bytes)
{
	gsize length;
	const guint8 *data = g_bytes_get_data(bytes, &length);

	for (gsize i = 0; i < G_N_ELEMENTS(heads); i++)
		if (memmem(data, MIN(length, heads[i].within), heads[i].octets, heads[i].length) != NULL)
			return heads[i].reader;
	return "none";
}

static void
tell_failure(const char *program, const char *text)
{
	lsm_log(LOG_WARNING, NULL, "extractor-failed", "program", program, "text", text, NULL);
}

/* Runs the program on the octets. Its wait status, and its answer or NULL; -1 when it was not started. */
static int
run_once(const char *program, const char *readers, int policy, GBytes *bytes, gint64 deadline,
	 GByteArray **answer_out)
{
	Child child;
	int status;

	*answer_out = NULL;
	if (!child_start(&child, program, readers, policy, bytes)) {
		tell_failure(program, g_strerror(errno));
		return -1;
	}
	*answer_out = child_read(&child, deadline);
	status = child_end(&child, *answer_out != NULL, deadline);
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_BROKEN)
		tell_failure(program, "exit status 70; run by hand, it says why");
	return status;
}

/* Mail that is not read does not wait for an attachment that is: its reader gets what nobody else wants of
 * the processors (SCHED_IDLE: it is off as soon as somebody wakes up, where a nice process may end its turn
 * first). On a busy machine that is nothing, so what is not read soon is begun anew as a nice process among
 * others. */
static int
run_aside(const char *program, const char *readers, GBytes *bytes, gint64 deadline, GByteArray **answer_out)
{
	static gint busy_until; /* in seconds of the monotonic clock, for all threads */
	gint64 now = g_get_monotonic_time();
	gint64 patience = MIN(deadline, now + PATIENCE_MS * 1000);
	int status;

	if (now / G_USEC_PER_SEC < g_atomic_int_get(&busy_until))
		return run_once(program, readers, SCHED_OTHER, bytes, deadline, answer_out);
	status = run_once(program, readers, SCHED_IDLE, bytes, patience, answer_out);
	if (g_get_monotonic_time() < patience || patience == deadline)
		return status;
	g_clear_pointer(answer_out, g_byte_array_unref);
	g_atomic_int_set(&busy_until, (gint)(now / G_USEC_PER_SEC) + BUSY_SECONDS);
	return run_once(program, readers, SCHED_OTHER, bytes, deadline, answer_out);
}

static gboolean
has_missed(int status)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NOT_LOADED;
}

/* With the readers that the first octets ask for, and when that was not enough, with all. The status to note
 * when there is no answer; NULL: it was taken. */
static const char *
run(GPtrArray *texts, const char *program, GBytes *bytes, const char *name, gint64 deadline)
{
	g_autoptr(GByteArray) answer = NULL;
	int status = run_aside(program, readers_of(bytes), bytes, deadline, &answer);

	if (has_missed(status)) {
		g_clear_pointer(&answer, g_byte_array_unref);
		status = run_aside(program, ALL_READERS, bytes, deadline, &answer);
	}
	if (g_get_monotonic_time() >= deadline || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU))
		return STATUS_LIMIT;
	if (answer == NULL || !WIFEXITED(status) || WEXITSTATUS(status) != 0 ||
	    !take_answer(texts, answer, name))
		return STATUS_UNREADABLE;
	return NULL;
}

/* Where the settings say; a tool that was built and not installed finds the reader beside itself. */
static char *
find_extractor(const LsmSettings *settings)
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

static void
read_document(Reading *reading, const LsmMessage *message, guint index, const char *name)
{
	const LsmAttachment *attachment = g_ptr_array_index(message->attachments, index);
	g_autoptr(GBytes) bytes = lsm_message_attachment_bytes(message, index);
	g_autofree char *extractor = find_extractor(reading->settings);
	const char *status = bytes != NULL
				     ? run(reading->texts, extractor, bytes, name, reading->deadline)
				     : STATUS_UNREADABLE;

	lsm_counters_add(status == NULL		  ? LSM_COUNT_READER_READ
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
	LsmAttachmentText *text = lsm_attachment_text_new(name, "message/rfc822", status,
							  mail != NULL ? mail->text : "",
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
	Reading reading = {
		g_ptr_array_new_with_free_func((GDestroyNotify)lsm_attachment_text_free), settings, deadline, 0};

	if (settings->extractor[0] != '\0')
		read_attachments(&reading, message, NULL, 0);
	return reading.texts;
}
