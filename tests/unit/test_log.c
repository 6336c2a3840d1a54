/*
 * test_log.c - one line an event, and nothing from a mail can forge one.
 */
#include <string.h>

#include "conf/error.h"
#include "conf/log.h"

typedef struct {
	const char *name;
	const char *value;
	const char *want;
} QuoteCase;

static const QuoteCase quote_cases[] = {
	{"plain", "LS-20261121-K7Q3M", "event=test key=LS-20261121-K7Q3M\n"},
	{"address", "<a+b@example.org>", "event=test key=<a+b@example.org>\n"},
	{"empty", "", "event=test key=\"\"\n"},
	{"blank", "two words", "event=test key=\"two words\"\n"},
	{"field", "x verdict=pass", "event=test key=\"x verdict=pass\"\n"},
	{"equal sign", "a=b", "event=test key=\"a=b\"\n"},
	{"quote", "say \"hi\"", "event=test key=\"say \\\"hi\\\"\"\n"},
	{"backslash", "a\\b", "event=test key=\"a\\\\b\"\n"},
	{"line", "a\nb: event=forged", "event=test key=\"a\\nb: event=forged\"\n"},
	{"CR and tab", "a\r\tb", "event=test key=\"a\\r\\tb\"\n"},
	{"controls", "\x01\x1b[2J\x7f", "event=test key=\"\\x01\\x1b[2J\\x7f\"\n"},
	{"percent", "%s%n%d", "event=test key=%s%n%d\n"},
	{"UTF-8", "Jürgen", "event=test key=\"Jürgen\"\n"},
	{"not UTF-8", "J\xfcrgen", "event=test key=\"J\\xfcrgen\"\n"},
	{"cut UTF-8", "J\xc3", "event=test key=\"J\\xc3\"\n"},
	{"C1 control",
	 "a\xc2\x85"
	 "b",
	 "event=test key=\"a\\xc2\\x85b\"\n"},
	{"line separator",
	 "a\xe2\x80\xa8"
	 "b",
	 "event=test key=\"a\\xe2\\x80\\xa8b\"\n"},
	{"right-to-left override",
	 "a\xe2\x80\xae"
	 "b",
	 "event=test key=\"a\\xe2\\x80\\xaeb\"\n"},
	{"left out", NULL, "event=test\n"},
};

static void
test_quoting(void)
{
	lsm_log_open(LSM_LOG_CAPTURE, "test", LOG_DEBUG);
	for (gsize i = 0; i < G_N_ELEMENTS(quote_cases); i++) {
		g_autofree char *line = NULL;

		lsm_log(LOG_INFO, NULL, "test", "key", quote_cases[i].value, NULL);
		line = lsm_log_captured();
		if (g_strcmp0(line, quote_cases[i].want) != 0)
			g_test_message("in row \"%s\"", quote_cases[i].name);
		g_assert_cmpstr(line, ==, quote_cases[i].want);
	}
}

static void
test_queue_id(void)
{
	g_autofree char *lines = NULL;

	lsm_log_open(LSM_LOG_CAPTURE, "test", LOG_DEBUG);
	lsm_log(LOG_INFO, "4Cxyz", "verdict", "case", "LS-1", "verdict", "note", NULL);
	lsm_log(LOG_INFO, "", "verdict", NULL);
	lsm_log(LOG_INFO, "a b\nc: event=forged", "verdict", NULL);
	lines = lsm_log_captured();
	g_assert_cmpstr(lines, ==,
			"4Cxyz: event=verdict case=LS-1 verdict=note\n"
			"event=verdict\n"
			"a?b?c??event?forged: event=verdict\n");
}

static void
test_priority(void)
{
	g_autofree char *lines = NULL;

	lsm_log_open(LSM_LOG_CAPTURE, "test", LOG_NOTICE);
	lsm_log(LOG_INFO, NULL, "dropped", NULL);
	lsm_log(LOG_NOTICE, NULL, "kept", NULL);
	lines = lsm_log_captured();
	g_assert_cmpstr(lines, ==, "event=kept\n");
}

static void
test_error(void)
{
	g_autoptr(GError) error = g_error_new(LSM_ERROR, LSM_ERROR_TEMPORARY, "desk: no \"answer\"");
	g_autoptr(GError) foreign = g_error_new(G_FILE_ERROR, G_FILE_ERROR_IO, "%%n");
	g_autofree char *lines = NULL;

	lsm_log_open(LSM_LOG_CAPTURE, "test", LOG_INFO);
	lsm_log_error(error, "4Cxyz", "desk-lost", "retry", "yes", NULL);
	lsm_log_error(foreign, NULL, "other", NULL);
	lsm_log_error(NULL, NULL, "nothing", NULL);
	lines = lsm_log_captured();
	g_assert_cmpstr(lines, ==,
			"4Cxyz: event=desk-lost class=temporary text=\"desk: no \\\"answer\\\"\" retry=yes\n"
			"event=other class=unknown text=%n\n"
			"event=nothing\n");
}

/* A value of a megabyte is cut, still closed by its quote, and leaves room for the others. */
static void
test_long_values(void)
{
	static const char fillers[] = "a\x01 ";

	lsm_log_open(LSM_LOG_CAPTURE, "test", LOG_INFO);
	for (gsize i = 0; i < strlen(fillers); i++) {
		g_autofree char *huge = g_strnfill(1 << 20, fillers[i]);
		g_autofree char *line = NULL;

		lsm_log(LOG_INFO, NULL, "test", "one", huge, "two", huge, "three", "3", NULL);
		line = lsm_log_captured();
		g_assert_cmpuint(strlen(line), <, 2100);
		g_assert_true(g_str_has_suffix(line, "...\" three=3\n"));
		g_assert_nonnull(strstr(line, "...\" two=\""));
	}
}

static void
test_full_line(void)
{
	g_autofree char *huge = g_strnfill(5000, 'a');
	g_autofree char *line = NULL;

	lsm_log_open(LSM_LOG_CAPTURE, "test", LOG_INFO);
	lsm_log(LOG_INFO, NULL, "test", "a", huge, "b", huge, "c", huge, "d", huge, "e", "last", NULL);
	line = lsm_log_captured();
	g_assert_cmpuint(strlen(line), <, 4100);
	g_assert_null(strstr(line, " d="));
	g_assert_true(g_str_has_suffix(line, "...\" cut=yes\n"));
}

#define THREADS 4
#define LINES 500

static gpointer
log_many(gpointer data)
{
	for (int i = 0; i < LINES; i++)
		lsm_log(LOG_INFO, data, "busy", "text", "some words to mix up", NULL);
	return NULL;
}

static void
test_threads(void)
{
	GThread *threads[THREADS];
	g_autofree char *lines = NULL;
	g_auto(GStrv) each = NULL;

	lsm_log_open(LSM_LOG_CAPTURE, "test", LOG_INFO);
	for (int i = 0; i < THREADS; i++)
		threads[i] = g_thread_new("log", log_many, (gpointer) "queue");
	for (int i = 0; i < THREADS; i++)
		g_thread_join(threads[i]);
	lines = lsm_log_captured();
	each = g_strsplit(lines, "\n", -1);
	g_assert_cmpuint(g_strv_length(each), ==, THREADS * LINES + 1);
	for (int i = 0; i < THREADS * LINES; i++)
		g_assert_cmpstr(each[i], ==, "queue: event=busy text=\"some words to mix up\"");
}

/* The real sink, in a child whose standard error is read. */
static void
test_stderr(void)
{
	if (g_test_subprocess()) {
		lsm_log_open(LSM_LOG_STDERR, "liaison-milter/gate", LOG_INFO);
		lsm_log(LOG_INFO, "4Cxyz", "start", "text", "%s\n", NULL);
		return;
	}
	g_test_trap_subprocess(NULL, 0, 0);
	g_test_trap_assert_passed();
	g_test_trap_assert_stderr("*T*Z liaison-milter/gate[*]: 4Cxyz: event=start text=\"%s\\n\"\n*");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/log/quoting", test_quoting);
	g_test_add_func("/log/queue-id", test_queue_id);
	g_test_add_func("/log/priority", test_priority);
	g_test_add_func("/log/error", test_error);
	g_test_add_func("/log/long-values", test_long_values);
	g_test_add_func("/log/full-line", test_full_line);
	g_test_add_func("/log/threads", test_threads);
	g_test_add_func("/log/stderr", test_stderr);
	return g_test_run();
}
