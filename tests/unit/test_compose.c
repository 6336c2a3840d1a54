/*
 * test_compose.c - the mails we write: fields, line ends, encodings, and what hostile strings cannot do.
 */
#include <glib.h>
#include <string.h>

#include "conf/settings.h"
#include "desk/compose.h"
#include "rules/message.h"

#define DATE G_GINT64_CONSTANT(1795262400) /* 2026-11-21 12:00 UTC */

static char *const addressee[] = {"carol@example.org", NULL};

static LsmComposition
plain(void)
{
	return (LsmComposition){.from = "liaison-coordination@iab.org",
				.from_name = "IETF liaison desk",
				.to = addressee,
				.subject = "Waiting for approval: STAMP [K7Q3M]",
				.body = "Your statement is kept.\n\nReference: LS-20261121-K7Q3M\n",
				.message_id = "LS-20261121-K7Q3M.held.0011223344556677@ietf.org",
				.case_id = "LS-20261121-K7Q3M",
				.date = DATE};
}

static char *
compose(const LsmComposition *composition)
{
	g_autoptr(GBytes) bytes = lsm_compose_mail(composition);
	gsize length;
	const char *data = g_bytes_get_data(bytes, &length);

	g_assert_null(memchr(data, '\0', length));
	return g_strndup(data, length);
}

static LsmMessage *
parse(const char *mail)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmSettings) settings = lsm_settings_load(NULL, &error);
	g_autoptr(LsmCollector) collector = lsm_collector_new(settings);

	g_assert_no_error(error);
	lsm_collector_add_mail(collector, mail, strlen(mail));
	return lsm_message_parse(collector, settings);
}

/* Each CR is followed by LF and each LF is behind a CR; no line is longer than SMTP allows (RFC
 * 5321 4.5.3.1.6). */
static void
assert_lines(const char *mail, gboolean may_be_8bit)
{
	gsize start = 0;

	for (gsize i = 0; mail[i] != '\0'; i++) {
		if (mail[i] == '\n') {
			g_assert_cmpint(i > 0 ? mail[i - 1] : 0, ==, '\r');
			g_assert_cmpuint(i + 1 - start, <=, 1000);
			start = i + 1;
		}
		if (mail[i] == '\r')
			g_assert_cmpint(mail[i + 1], ==, '\n');
		if (!may_be_8bit && (guchar)mail[i] >= 0x80) {
			g_test_message("8-bit octet at %" G_GSIZE_FORMAT, i);
			g_test_fail();
			return;
		}
	}
}

static void
test_fields(void)
{
	LsmComposition composition = plain();
	g_autofree char *mail = compose(&composition);
	g_autoptr(LsmMessage) message = parse(mail);

	assert_lines(mail, FALSE);
	g_assert_cmpstr(lsm_message_from_address(message), ==, "liaison-coordination@iab.org");
	g_assert_cmpuint(message->to->len, ==, 1);
	g_assert_cmpstr(((LsmAddress *)g_ptr_array_index(message->to, 0))->address, ==, "carol@example.org");
	g_assert_cmpstr(message->subject, ==, composition.subject);
	g_assert_cmpstr(message->message_id, ==, composition.message_id);
	g_assert_cmpint(message->date, ==, DATE);
	g_assert_cmpstr(lsm_message_header(message, "Auto-Submitted", 0), ==, "auto-generated");
	g_assert_nonnull(strstr(message->text, "Your statement is kept."));
	g_assert_cmpuint(message->attachments->len, ==, 0);
}

static const struct {
	const char *name;
	const char *text;
} texts[] = {
	{"ASCII", "STAMP review"},
	{"umlauts", "Pr\xc3\xbc"
		    "fung \xe2\x80\x93 STAMP"},
	{"a line break", "x\nBcc: victim@example.org"},
	{"a CRLF", "x\r\nBcc: victim@example.org\r\n\r\nbody"},
	{"a CR", "x\rBcc: victim@example.org"},
	{"an encoded word", "=?utf-8?q?x=0D=0ABcc:_victim@example.org?="},
	{"control characters", "a\x01\x02\x7f"
			       "b"},
	{"a format", "%s%n%d"},
	{"not UTF-8", "a\xff\xfe"
		      "b"},
	{"nothing", ""},
	{"brackets and quotes", "\"<victim@example.org>\", other"},
};

static void
assert_no_more_fields(const char *mail)
{
	g_autoptr(LsmMessage) message = parse(mail);

	assert_lines(mail, FALSE);
	g_assert_cmpuint(lsm_message_header_count(message, "Bcc"), ==, 0);
	g_assert_cmpuint(lsm_message_header_count(message, "Subject"), ==, 1);
	g_assert_cmpuint(message->to->len, ==, 1);
	g_assert_nonnull(strstr(message->text, "Your statement is kept."));
}

static void
test_hostile_subject(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		LsmComposition composition = plain();
		g_autofree char *mail = NULL;

		g_test_message("%s", texts[i].name);
		composition.subject = texts[i].text;
		mail = compose(&composition);
		assert_no_more_fields(mail);
	}
}

static void
test_hostile_name(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		LsmComposition composition = plain();
		g_autofree char *mail = NULL;

		g_test_message("%s", texts[i].name);
		composition.from_name = texts[i].text;
		mail = compose(&composition);
		assert_no_more_fields(mail);
	}
}

/* Addresses of the directory and of logins are checked before; here they still cannot break out. */
static void
test_hostile_addressee(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		LsmComposition composition = plain();
		g_autofree char *address = g_strdup_printf("%s@example.org", texts[i].text);
		char *const to[] = {address, NULL};
		g_autofree char *mail = NULL;
		g_autoptr(LsmMessage) message = NULL;

		g_test_message("%s", texts[i].name);
		composition.to = to;
		mail = compose(&composition);
		message = parse(mail);
		g_assert_cmpuint(lsm_message_header_count(message, "Bcc"), ==, 0);
		g_assert_nonnull(strstr(message->text, "Your statement is kept."));
	}
}

static const struct {
	const char *name;
	const char *body;
} bodies[] = {
	{"ASCII", "One line.\n"},
	{"no line end", "One line."},
	{"dots", ".\n..\nFrom here\n"},
	{"umlauts", "Pr\xc3\xbc"
		    "fung\n"},
	{"not UTF-8", "a \xff\xfe b\n"},
	{"blanks at line ends", "a  \nb\t\n"},
	{"empty", ""},
	{"CRLF already", "a\r\nb\r\n"},
	{"a boundary", "--x\nContent-Type: text/html\n\n--x--\n"},
};

static void
test_bodies(void)
{
	g_autofree char *long_line = g_strnfill(5000, 'x');

	for (guint i = 0; i <= G_N_ELEMENTS(bodies); i++) {
		LsmComposition composition = plain();
		g_autofree char *mail = NULL;

		composition.body = i < G_N_ELEMENTS(bodies) ? bodies[i].body : long_line;
		g_test_message("%s", i < G_N_ELEMENTS(bodies) ? bodies[i].name : "a long line");
		mail = compose(&composition);
		assert_lines(mail, FALSE);
	}
}

/* The original goes along as the octets that it is. */
static void
test_attached(void)
{
	static const char original[] =
		"From: carol@example.org\r\nSubject: STAMP\r\nX-Odd:  kept   as it is \r\n"
		"Content-Type: multipart/mixed; boundary=\"x\"\r\n\r\n"
		"\xc3\xa9 8-bit\r\n--x\r\nnever closed\r\n";
	LsmComposition composition = plain();
	g_autofree char *mail = NULL;
	g_autoptr(LsmMessage) message = NULL;

	composition.attached = g_bytes_new_static(original, strlen(original));
	mail = compose(&composition);
	assert_lines(mail, TRUE);
	g_assert_nonnull(strstr(mail, original));
	message = parse(mail);
	g_assert_cmpuint(message->attachments->len, ==, 1);
	g_assert_true(((LsmAttachment *)g_ptr_array_index(message->attachments, 0))->is_message);
	g_assert_nonnull(strstr(message->text, "Your statement is kept."));
	g_bytes_unref(composition.attached);
}

/* A boundary that the original happens to hold would cut it: each mail makes one of its own. */
static void
test_boundaries_differ(void)
{
	LsmComposition composition = plain();
	g_autofree char *first = NULL;
	g_autofree char *second = NULL;
	g_autoptr(LsmMessage) message = NULL;

	composition.attached = g_bytes_new_static("Subject: x\r\n\r\ny\r\n", 17);
	first = compose(&composition);
	g_bytes_unref(composition.attached);
	composition.attached = g_bytes_new_static(first, strlen(first));
	second = compose(&composition);
	g_bytes_unref(composition.attached);
	message = parse(second);
	g_assert_nonnull(strstr(second, first));
	g_assert_cmpuint(message->attachments->len, ==, 1);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/compose/fields", test_fields);
	g_test_add_func("/compose/hostile-subject", test_hostile_subject);
	g_test_add_func("/compose/hostile-name", test_hostile_name);
	g_test_add_func("/compose/hostile-addressee", test_hostile_addressee);
	g_test_add_func("/compose/bodies", test_bodies);
	g_test_add_func("/compose/attached", test_attached);
	g_test_add_func("/compose/boundaries-differ", test_boundaries_differ);
	return g_test_run();
}
