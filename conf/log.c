/*
 * log.c - one line an event, key=value.
 *
 * Owns the choice of the sink and the capture buffer. Uses syslog(3) and write(2). A line is
 * built in a buffer on the stack and handed over whole, so threads do not mix their lines. Any
 * thread may log; lsm_log_open() is called before threads exist. A sink that fails is not
 * reported: there is nowhere left to say it.
 */
#include "conf/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "conf/error.h"

#define LINE_MAX_OCTETS 4000
#define VALUE_MAX_OCTETS 1000
#define QUEUE_ID_MAX_OCTETS 64
#define CUT_MARK " cut=yes"

typedef struct {
	char text[LINE_MAX_OCTETS + sizeof CUT_MARK];
	gsize length;
	gboolean is_full; /* something was left out */
} Line;

static LsmLogSink current_sink = LSM_LOG_STDERR;
static const char *current_ident = "liaison-milter";
static int current_max_priority = LOG_INFO;

static pthread_mutex_t captured_lock = PTHREAD_MUTEX_INITIALIZER;
static GString *captured;

void
lsm_log_open(LsmLogSink sink, const char *ident, int max_priority)
{
	if (current_sink == LSM_LOG_SYSLOG)
		closelog();
	current_sink = sink;
	current_ident = ident;
	current_max_priority = max_priority;
	if (sink == LSM_LOG_SYSLOG)
		openlog(ident, LOG_PID | LOG_NDELAY, LOG_MAIL);
}

static void
put(Line *line, const char *text, gsize length)
{
	if (line->is_full || length > LINE_MAX_OCTETS - line->length) {
		line->is_full = TRUE;
		return;
	}
	memcpy(line->text + line->length, text, length);
	line->length += length;
}

static gboolean
is_plain(const char *value)
{
	if (*value == '\0')
		return FALSE;
	for (const char *at = value; *at != '\0'; at++)
		if (!g_ascii_isgraph(*at) || strchr("\"\\=", *at) != NULL)
			return FALSE;
	return TRUE;
}

/* Octets of the printable character at text, 0 when what stands there must be escaped. */
static gsize
printable_length(const char *text)
{
	gunichar character = g_utf8_get_char_validated(text, (gssize)strnlen(text, 6));

	if (character == (gunichar)-1 || character == (gunichar)-2)
		return 0;
	/* Format characters (bidirectional overrides) and line separators could disguise a line. */
	if (!g_unichar_isprint(character) || g_unichar_type(character) == G_UNICODE_FORMAT)
		return 0;
	if (character != ' ' && g_unichar_isspace(character))
		return 0;
	return (gsize)g_unichar_to_utf8(character, NULL);
}

static gsize
escape_octet(unsigned char octet, char escaped[4])
{
	static const char named[][2] = {{'\n', 'n'}, {'\r', 'r'}, {'\t', 't'}, {'"', '"'}, {'\\', '\\'}};
	static const char digits[] = "0123456789abcdef";

	escaped[0] = '\\';
	for (gsize i = 0; i < G_N_ELEMENTS(named); i++) {
		if ((unsigned char)named[i][0] == octet) {
			escaped[1] = named[i][1];
			return 2;
		}
	}
	escaped[1] = 'x';
	escaped[2] = digits[octet >> 4];
	escaped[3] = digits[octet & 0x0f];
	return 4;
}

static void
put_quoted(Line *line, const char *value)
{
	const char *at = value;
	gsize start = line->length;
	char escaped[4];

	put(line, "\"", 1);
	while (*at != '\0') {
		gsize length = strchr("\"\\", *at) != NULL ? 0 : printable_length(at);

		/* Counted as written: a value that is all escapes must not push the others out. */
		if (line->length - start >= VALUE_MAX_OCTETS) {
			put(line, "...", 3);
			break;
		}
		if (length > 0)
			put(line, at, length);
		else
			put(line, escaped, escape_octet((unsigned char)*at, escaped));
		at += MAX(length, 1);
	}
	put(line, "\"", 1);
}

/* A pair stands in the line whole or not at all: half a quoted value would swallow what follows. */
static void
put_pair(Line *line, const char *key, const char *value)
{
	gsize start = line->length;

	if (value == NULL)
		return;
	if (line->length > 0)
		put(line, " ", 1);
	put(line, key, strlen(key));
	put(line, "=", 1);
	if (strnlen(value, VALUE_MAX_OCTETS + 1) <= VALUE_MAX_OCTETS && is_plain(value))
		put(line, value, strlen(value));
	else
		put_quoted(line, value);
	if (line->is_full)
		line->length = start;
}

/* The queue id comes from the MTA's macro, and so from outside of the program. */
static void
put_queue_id(Line *line, const char *queue_id)
{
	if (queue_id == NULL || *queue_id == '\0')
		return;
	for (gsize i = 0; queue_id[i] != '\0' && i < QUEUE_ID_MAX_OCTETS; i++) {
		gboolean is_word = g_ascii_isalnum(queue_id[i]) || strchr("-._", queue_id[i]) != NULL;
		put(line, is_word ? queue_id + i : "?", 1);
	}
	put(line, ":", 1);
}

static void
put_pairs(Line *line, va_list pairs)
{
	const char *key;

	while ((key = va_arg(pairs, const char *)) != NULL)
		put_pair(line, key, va_arg(pairs, const char *));
}

static void
write_to_stderr(const Line *line)
{
	char text[sizeof line->text + 200];
	char stamp[32] = "";
	time_t now = time(NULL);
	struct tm parts;
	gssize written;

	if (gmtime_r(&now, &parts) != NULL)
		strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &parts);
	g_snprintf(text, sizeof text, "%s %.100s[%d]: %s\n", stamp, current_ident, (int)getpid(), line->text);
	written = write(STDERR_FILENO, text, strlen(text));
	(void)written;
}

static void
write_to_capture(const Line *line)
{
	pthread_mutex_lock(&captured_lock);
	if (captured == NULL)
		captured = g_string_new(NULL);
	g_string_append(captured, line->text);
	g_string_append_c(captured, '\n');
	pthread_mutex_unlock(&captured_lock);
}

static void
finish(Line *line, int priority)
{
	if (line->is_full) {
		memcpy(line->text + line->length, CUT_MARK, strlen(CUT_MARK));
		line->length += strlen(CUT_MARK);
	}
	line->text[line->length] = '\0';
	switch (current_sink) {
	case LSM_LOG_STDERR:
		write_to_stderr(line);
		break;
	case LSM_LOG_SYSLOG:
		syslog(priority, "%s", line->text);
		break;
	case LSM_LOG_CAPTURE:
		write_to_capture(line);
		break;
	}
}

void
lsm_log(int priority, const char *queue_id, const char *event, ...)
{
	Line line = {.length = 0};
	va_list pairs;

	if (priority > current_max_priority)
		return;
	put_queue_id(&line, queue_id);
	put_pair(&line, "event", event);
	va_start(pairs, event);
	put_pairs(&line, pairs);
	va_end(pairs);
	finish(&line, priority);
}

void
lsm_log_error(const GError *error, const char *queue_id, const char *event, ...)
{
	Line line = {.length = 0};
	int priority = lsm_error_priority(error);
	va_list pairs;

	if (priority > current_max_priority)
		return;
	put_queue_id(&line, queue_id);
	put_pair(&line, "event", event);
	if (error != NULL) {
		gboolean is_ours = error->domain == LSM_ERROR;
		put_pair(&line, "class",
			 is_ours ? lsm_error_class_name((LsmErrorClass)error->code) : "unknown");
		put_pair(&line, "text", error->message);
	}
	va_start(pairs, event);
	put_pairs(&line, pairs);
	va_end(pairs);
	finish(&line, priority);
}

char *
lsm_log_captured(void)
{
	char *text;

	pthread_mutex_lock(&captured_lock);
	text = captured != NULL ? g_string_free(captured, FALSE) : g_strdup("");
	captured = NULL;
	pthread_mutex_unlock(&captured_lock);
	return text;
}
