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

#define PLAIN_FIELDS                                                                                         \
	"Date: Sat, 21 Nov 2026 12:00:00 +0000\r\n"                                                          \
	"From: IETF liaison desk <liaison-coordination@iab.org>\r\n"

/* As GMime 3.2 writes these mails, "@" for the boundary: what is plain enough not to need it comes out the
 * same. */
static const struct {
	const char *name;
	const char *from_name; /* or NULL */
	const char *subject;   /* or NULL */
	const char *body;
	const char *attached; /* or NULL */
	const char *want;
} octets[] = {
	{"plain", NULL, NULL, "One.\n.\n\nTwo, without an end", NULL,
	 PLAIN_FIELDS "Subject: Waiting for approval: STAMP [K7Q3M]\r\n"
		      "To: carol@example.org\r\n"
		      "Message-Id: <LS-20261121-K7Q3M.held.0011223344556677@ietf.org>\r\n"
		      "Auto-Submitted: auto-generated\r\n"
		      "Precedence: bulk\r\n"
		      "X-Liaison-Record: LS-20261121-K7Q3M\r\n"
		      "MIME-Version: 1.0\r\n"
		      "Content-Type: text/plain; charset=us-ascii\r\n"
		      "\r\n"
		      "One.\r\n.\r\n\r\nTwo, without an end\r\n"},
	{"two parts", NULL, NULL, "One.\n", "Subject: x\r\n\r\nCRLF\r\nLF\nnone",
	 PLAIN_FIELDS "Subject: Waiting for approval: STAMP [K7Q3M]\r\n"
		      "To: carol@example.org\r\n"
		      "Message-Id: <LS-20261121-K7Q3M.held.0011223344556677@ietf.org>\r\n"
		      "Auto-Submitted: auto-generated\r\n"
		      "Precedence: bulk\r\n"
		      "X-Liaison-Record: LS-20261121-K7Q3M\r\n"
		      "MIME-Version: 1.0\r\n"
		      "Content-Type: multipart/mixed; boundary=\"@\"\r\n"
		      "\r\n"
		      "--@\r\n"
		      "Content-Type: text/plain; charset=us-ascii\r\n"
		      "\r\n"
		      "One.\r\n"
		      "\r\n"
		      "--@\r\n"
		      "Content-Type: message/rfc822; name=statement.eml\r\n"
		      "Content-Transfer-Encoding: 8bit\r\n"
		      "Content-Disposition: attachment; filename=statement.eml\r\n"
		      "\r\n"
		      "Subject: x\r\n\r\nCRLF\r\nLF\r\nnone\r\n"
		      "--@--\r\n"},
	{"encoded, quoted, folded", "Desk, the",
	 "A subject that is longer than what a line of a header holds, or should hold",
	 "Pr\xc3\xbc"
	 "fung\n",
	 NULL,
	 "Date: Sat, 21 Nov 2026 12:00:00 +0000\r\n"
	 "From: \"Desk, the\" <liaison-coordination@iab.org>\r\n"
	 "Subject: A subject that is longer than what a line of a header holds, or\r\n"
	 " should hold\r\n"
	 "To: carol@example.org\r\n"
	 "Message-Id: <LS-20261121-K7Q3M.held.0011223344556677@ietf.org>\r\n"
	 "Auto-Submitted: auto-generated\r\n"
	 "Precedence: bulk\r\n"
	 "X-Liaison-Record: LS-20261121-K7Q3M\r\n"
	 "MIME-Version: 1.0\r\n"
	 "Content-Type: text/plain; charset=iso-8859-1\r\n"
	 "Content-Transfer-Encoding: base64\r\n"
	 "\r\n"
	 "UHL8ZnVuZwo=\r\n"},
};

static char *
without_boundary(const char *mail)
{
	const char *start = strstr(mail, "boundary=\"");
	g_autofree char *boundary = NULL;
	g_auto(GStrv) pieces = NULL;

	if (start == NULL)
		return g_strdup(mail);
	start += strlen("boundary=\"");
	boundary = g_strndup(start, strcspn(start, "\""));
	pieces = g_strsplit(mail, boundary, -1);
	return g_strjoinv("@", pieces);
}

static void
test_octets(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(octets); i++) {
		LsmComposition composition = plain();
		g_autofree char *mail = NULL, *found = NULL;

		g_test_message("%s", octets[i].name);
		composition.body = octets[i].body;
		if (octets[i].from_name != NULL)
			composition.from_name = octets[i].from_name;
		if (octets[i].subject != NULL)
			composition.subject = octets[i].subject;
		if (octets[i].attached != NULL)
			composition.attached =
				g_bytes_new_static(octets[i].attached, strlen(octets[i].attached));
		mail = compose(&composition);
		found = without_boundary(mail);
		g_assert_cmpstr(found, ==, octets[i].want);
		g_clear_pointer(&composition.attached, g_bytes_unref);
	}
}

/* What cannot be said is left out; what is in an id that may not be there does not come back. */
static void
test_left_out(void)
{
	char *const nobody[] = {NULL};
	LsmComposition composition = plain();
	g_autofree char *mail = NULL;

	composition.to = nobody;
	composition.date = G_GINT64_CONSTANT(253402300800); /* the year 10000 */
	composition.answers = "x@y.example z";
	mail = compose(&composition);
	assert_lines(mail, FALSE);
	g_assert_true(g_str_has_prefix(mail, "From: "));
	g_assert_null(strstr(mail, "\r\nTo:"));
	g_assert_nonnull(strstr(mail, "In-Reply-To: <x@y.example>\r\n"));
	g_assert_nonnull(strstr(mail, "\r\nSubject: "));
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
	g_test_add_func("/compose/octets", test_octets);
	g_test_add_func("/compose/left-out", test_left_out);
	g_test_add_func("/compose/boundaries-differ", test_boundaries_differ);
	return g_test_run();
}
