/* test_collect.c - gathering a mail under caps. */
#include "reading_fixture.h"

static LsmSettings *settings;

static char *
collected(const LsmCollector *collector)
{
	return g_strndup((const char *)collector->bytes->data, collector->bytes->len);
}

static const struct {
	const char *name;
	const char *mail;
	const char *want;
	guint want_fields;
} mails[] = {
	{"LF becomes CRLF", "A: 1\nB: 2\n\nx\ny\n", "A: 1\r\nB: 2\r\n\r\nx\r\ny\r\n", 2},
	{"CRLF stays", "A: 1\r\n\r\nx\r\n", "A: 1\r\n\r\nx\r\n", 1},
	{"folded lines stay folded", "A: 1\n 2\n\t3\nB: 4\n\n", "A: 1\r\n 2\r\n\t3\r\nB: 4\r\n\r\n", 2},
	{"mbox line is skipped", "From a@b Mon\nA: 1\n\nx", "A: 1\r\n\r\nx\r\n", 1},
	{"header ends where it cannot go on", "A: 1\nno field\nB: 2\n", "A: 1\r\n\r\nno field\r\nB: 2\r\n",
	 1},
	{"body only", "\nhello\n", "\r\nhello\r\n", 0},
	{"empty", "", "\r\n", 0},
	{"header only", "A: 1", "A: 1\r\n\r\n", 1},
	{"blank before the colon", "A : 1\n\n", "A: 1\r\n\r\n", 1},
	{"empty value", "A:\n\n", "A:\r\n\r\n", 1},
};

static void
test_mails(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
		g_autoptr(LsmCollector) collector =
			reading_collect(settings, mails[i].mail, strlen(mails[i].mail));
		g_autofree char *bytes = collected(collector);

		g_test_message("%s", mails[i].name);
		g_assert_cmpstr(bytes, ==, mails[i].want);
		g_assert_cmpuint(collector->fields->len, ==, mails[i].want_fields);
		g_assert_false(collector->truncated);
	}
}

static void
test_nul_in_header_is_dropped(void)
{
	static const char mail[] = "A: a\0b\n\nx\0y\n";
	g_autoptr(LsmCollector) collector = reading_collect(settings, mail, sizeof(mail) - 1);

	g_assert_cmpstr(lsm_collector_field(collector, "a"), ==, "ab");
	g_assert_cmpuint(collector->bytes->len, ==, strlen("A: ab\r\n\r\n") + 5);
}

static void
test_value_cannot_end_header(void)
{
	g_autoptr(LsmCollector) collector = lsm_collector_new(settings);
	g_autofree char *bytes = NULL;

	lsm_collector_add_field(collector, "A", " 1\nEvil: 2\n\nbody\r\n");
	lsm_collector_end_header(collector);
	bytes = collected(collector);
	g_assert_cmpstr(bytes, ==, "A: 1\r\n Evil: 2\r\n \r\n body\r\n\r\n");
	g_assert_false(lsm_collector_add_field(collector, "B\r\nC", "x"));
	g_assert_true(collector->truncated);
}

static void
test_fields(void)
{
	static const char mail[] = "Received: 1\nreceived:   2\nTo: x\n\n";
	g_autoptr(LsmCollector) collector = reading_collect(settings, mail, strlen(mail));

	g_assert_cmpstr(lsm_collector_field(collector, "RECEIVED"), ==, "1");
	g_assert_cmpstr(lsm_collector_field_at(collector, "Received", 1), ==, "2");
	g_assert_null(lsm_collector_field_at(collector, "Received", 2));
	g_assert_null(lsm_collector_field(collector, "Cc"));
}

static void
test_header_count_cap(void)
{
	g_autoptr(LsmCollector) collector = lsm_collector_new(settings);
	gboolean last = TRUE;

	for (int i = 0; i < 100000; i++)
		last = lsm_collector_add_field(collector, "A", " b");
	g_assert_false(last);
	g_assert_true(collector->truncated);
	g_assert_cmpuint(collector->fields->len, ==, (guint)settings->max_header_count);
}

static void
test_header_size_cap(void)
{
	g_autoptr(LsmCollector) collector = lsm_collector_new(settings);
	g_autofree char *huge = g_strnfill((gsize)settings->max_header_size, 'x');

	g_assert_true(lsm_collector_add_field(collector, "A", "1"));
	g_assert_false(lsm_collector_add_field(collector, "B", huge));
	g_assert_true(lsm_collector_add_field(collector, "C", "3"));
	g_assert_cmpuint(collector->fields->len, ==, 2);
	g_assert_true(collector->truncated);
}

static void
test_size_cap(void)
{
	LsmSettings small = *settings;
	g_autoptr(LsmCollector) collector = lsm_collector_new(&small);

	small.max_message_size = 20;
	lsm_collector_add_field(collector, "A", " 1");
	g_assert_true(lsm_collector_add_body(collector, "0123456789", 10));
	g_assert_false(lsm_collector_add_body(collector, "0123456789", 10));
	g_assert_false(lsm_collector_add_body(collector, "x", 1));
	g_assert_cmpuint(collector->bytes->len, ==, 20);
	g_assert_true(collector->truncated);
}

/* The count must not depend on how the mail server cuts the body into chunks. */
static void
test_boundary_cap_in_any_chunks(void)
{
	static const char body[] = "--1\r\n-\r\n--2\r\nx--\r\n--3\r\n--4\r\nrest\r\n";
	LsmSettings small = *settings;

	small.max_boundary_lines = 3;
	for (gsize step = 1; step < sizeof(body); step++) {
		g_autoptr(LsmCollector) collector = lsm_collector_new(&small);
		g_autofree char *bytes = NULL;
		gboolean more = TRUE;

		for (gsize at = 0; at < sizeof(body) - 1 && more; at += step)
			more = lsm_collector_add_body(collector, body + at, MIN(step, sizeof(body) - 1 - at));
		bytes = collected(collector);
		g_test_message("chunks of %" G_GSIZE_FORMAT, step);
		g_assert_false(more);
		g_assert_cmpstr(bytes, ==, "\r\n--1\r\n-\r\n--2\r\nx--\r\n--3\r\n");
		g_assert_true(collector->truncated);
	}
}

static void
test_parse_limit(void)
{
	g_autoptr(GString) mail = g_string_new("A: 1\n\n--b\n");
	g_autoptr(LsmCollector) ordinary = NULL;
	g_autoptr(LsmCollector) hostile = NULL;

	ordinary = reading_collect(settings, mail->str, mail->len);
	g_assert_cmpuint(lsm_collector_parse_limit(ordinary), ==, ordinary->bytes->len);
	for (int i = 0; i < 20000; i++)
		g_string_append(mail, "a: b\n");
	hostile = reading_collect(settings, mail->str, mail->len);
	g_assert_cmpuint(lsm_collector_parse_limit(hostile), ==,
			 strlen("A: 1\r\n\r\n--b\r\n") + 10000 * strlen("a: b\r\n"));
	g_assert_cmpuint(hostile->bytes->len, >, lsm_collector_parse_limit(hostile));
}

static void
test_envelope(void)
{
	static const struct {
		const char *argument;
		const char *want;
	} addresses[] = {
		{"<a@b.example>", "a@b.example"},
		{"a@b.example", "a@b.example"},
		{" <a@b.example> ", "a@b.example"},
		{"<@x.example,@y.example:a@b.example>", "a@b.example"},
		{"<>", ""},
		{"", ""},
		{"<", "<"},
		{"<a\xff@b.example>", "a\\xFF@b.example"},
	};
	g_autoptr(LsmEnvelope) envelope = lsm_envelope_new("<>");
	g_autoptr(LsmEnvelope) nobody = lsm_envelope_new(NULL);

	g_assert_cmpstr(envelope->sender, ==, "");
	g_assert_cmpstr(nobody->sender, ==, "");
	for (guint i = 0; i < G_N_ELEMENTS(addresses); i++) {
		lsm_envelope_add_recipient(envelope, addresses[i].argument);
		g_assert_cmpstr(lsm_envelope_recipient(envelope, i)->address, ==, addresses[i].want);
		g_assert_cmpstr(lsm_envelope_recipient(envelope, i)->argument, ==, addresses[i].argument);
	}
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	settings = reading_settings_new();
	g_test_add_func("/collect/mails", test_mails);
	g_test_add_func("/collect/nul", test_nul_in_header_is_dropped);
	g_test_add_func("/collect/value-cannot-end-header", test_value_cannot_end_header);
	g_test_add_func("/collect/fields", test_fields);
	g_test_add_func("/collect/header-count", test_header_count_cap);
	g_test_add_func("/collect/header-size", test_header_size_cap);
	g_test_add_func("/collect/size", test_size_cap);
	g_test_add_func("/collect/boundaries", test_boundary_cap_in_any_chunks);
	g_test_add_func("/collect/parse-limit", test_parse_limit);
	g_test_add_func("/collect/envelope", test_envelope);
	status = g_test_run();
	reading_settings_free(settings);
	return status;
}
