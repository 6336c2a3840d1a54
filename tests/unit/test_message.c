/* test_message.c - the view of a mail, its digests, and hostile MIME. */
#include <sys/resource.h>

#include "reading_fixture.h"
#include "rules/html.h"

static LsmSettings *settings;

static const struct {
	const char *name;
	const char *mail;
	const char *want_subject;
	const char *want_text;
	guint want_attachments;
} mails[] = {
	{"plain", "Subject: Hello\n\ntext\n", "Hello", "text\r\n", 0},
	{"no header", "\ntext\n", "", "text\r\n", 0},
	{"nothing", "", "", "", 0},
	{"encoded subject", "Subject: =?utf-8?q?LS_on_caf=C3=A9?=\n\n", "LS on caf\xc3\xa9", "", 0},
	{"folded subject", "Subject: LS\n on\n\tSTAMP\n\n", "LS on STAMP", "", 0},
	{"8-bit subject", "Subject: caf\xe9\n\n", NULL, "", 0},
	{"latin1 text", "Content-Type: text/plain; charset=iso-8859-1\n\ncaf\xe9\n", "", "caf\xc3\xa9\r\n",
	 0},
	{"unlabelled 8-bit text", "\ncaf\xe9\n", "", "caf\xc3\xa9\r\n", 0},
	{"nothing in latin1", "Content-Type: text/plain; charset=iso-8859-1\n\n", "", "", 0},
	{"base64 text", "Content-Transfer-Encoding: base64\n\naGVsbG8=\n", "", "hello", 0},
	{"html only", "Content-Type: text/html\n\n<p>a &amp; b</p><p>c\n", "", "a & b\n\nc\n", 0},
	{"alternative",
	 "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nplain\n--b\n"
	 "Content-Type: text/html\n\n<p>html\n--b--\n",
	 "", "plain", 0},
	{"html first, empty plain",
	 "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n \n--b\n"
	 "Content-Type: text/html\n\n<p>html\n--b--\n",
	 "", "html\n", 0},
	{"attachment and list footer",
	 "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nmain\n--b\nContent-Type: application/pdf; "
	 "name=a.pdf\n"
	 "Content-Transfer-Encoding: base64\n\nYWJj\n--b\nContent-Type: text/plain\n\nfooter\n--b--\n",
	 "", "main", 1},
	{"text attached",
	 "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\nContent-Disposition: "
	 "attachment\n\n"
	 "file\n--b\n\nmain\n--b--\n",
	 "", "main", 1},
	{"mail attached",
	 "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nsee\n--b\nContent-Type: "
	 "message/rfc822\n\nSubject: inner\n\n"
	 "inner text\n--b--\n",
	 "", "see", 1},
	{"block in a later text",
	 "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nscanned\n--b\n\nliaison-statement: 1\n--b--\n", "",
	 "liaison-statement: 1", 0},
	{"block in HTML beside a stub",
	 "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nno HTML?\n--b\nContent-Type: text/html\n\n"
	 "<p>Liaison-Statement: 1</p>\n--b--\n",
	 "", "Liaison-Statement: 1\n\n", 0},
	{"block quoted in the plain text",
	 "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nyes\n> Liaison-Statement: 1\n--b\n"
	 "Content-Type: text/html\n\n<p>yes</p><div>Liaison-Statement: 1</div>\n--b--\n",
	 "", "yes\r\n> Liaison-Statement: 1", 0},
	{"nothing but an attachment", "Content-Disposition: attachment\n\nmain\n", "", "main\r\n", 0},
	{"boundary that never comes", "Content-Type: multipart/mixed; boundary=b\n\n--c\n\nmain\n", "",
	 "--c\n\nmain\n", 0},
	{"lines of HTML as written", "Content-Type: text/html\n\n<pre>a\nb\n\nc</pre>\n", "", "a\nb\n\nc\n", 0},
	{"markdown", "Content-Type: text/markdown\n\n# STAMP\n", "", "# STAMP\r\n", 0},
	{"NUL dropped", "Content-Transfer-Encoding: base64\n\nYQBi\n", "", "ab", 0},
	{"no closing boundary", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nmain\n", "", "main\r\n",
	 0},
};

static void
test_mails(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
		g_autoptr(LsmMessage) message = reading_parse(settings, mails[i].mail);

		g_test_message("%s", mails[i].name);
		if (mails[i].want_subject != NULL)
			g_assert_cmpstr(message->subject, ==, mails[i].want_subject);
		g_assert_cmpstr(message->text, ==, mails[i].want_text);
		g_assert_cmpuint(message->attachments->len, ==, mails[i].want_attachments);
		g_assert_true(g_utf8_validate(message->subject, -1, NULL));
		g_assert_false(message->truncated);
	}
}

static void
test_header(void)
{
	g_autoptr(LsmMessage) message = reading_parse(
		settings,
		"From: \"Chair, C.\" <chair@ietf.org>\nTo: a@bbf.example, Group: b@itu.example, "
		"c@itu.example;\n"
		"Cc: broken <d@ietf.org\nSender: s@ietf.org\nReply-To: r@ietf.org\nMessage-ID: <1@x>\n"
		"In-Reply-To: <2@x> (mine)\nReferences: <3@x>\n <4@x>\nList-Id: IPPM <ippm.ietf.org>\n"
		"Date: Sat, 21 Nov 2026 04:00:00 +0100\n\n");

	g_assert_cmpstr(lsm_message_from_address(message), ==, "chair@ietf.org");
	g_assert_cmpstr(((LsmAddress *)g_ptr_array_index(message->from, 0))->name, ==, "Chair, C.");
	g_assert_cmpuint(message->to->len, ==, 3);
	g_assert_cmpstr(((LsmAddress *)g_ptr_array_index(message->to, 2))->address, ==, "c@itu.example");
	g_assert_cmpstr(message->sender_field, ==, "s@ietf.org");
	g_assert_cmpuint(message->reply_to->len, ==, 1);
	g_assert_cmpstr(message->message_id, ==, "1@x");
	g_assert_cmpstr(message->in_reply_to, ==, "2@x");
	g_assert_cmpuint(g_strv_length(message->references), ==, 2);
	g_assert_cmpstr(message->references[1], ==, "4@x");
	g_assert_cmpstr(message->list_id, ==, "ippm.ietf.org");
	g_assert_cmpint(message->date, ==, 1795230000);
	g_assert_cmpuint(lsm_message_header_count(message, "to"), ==, 1);
	g_assert_null(lsm_message_header(message, "to", 1));
}

static void
test_attachment(void)
{
	g_autoptr(LsmMessage) message = reading_parse(
		settings,
		"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nmain\n--b\n"
		"Content-Type: application/pdf; "
		"name=\"=?utf-8?q?caf=C3=A9.pdf?=\"\nContent-Transfer-Encoding: base64\n\nYWJj\n--b--\n");
	const LsmAttachment *attachment = g_ptr_array_index(message->attachments, 0);

	g_assert_cmpstr(attachment->file_name, ==, "caf\xc3\xa9.pdf");
	g_assert_cmpstr(attachment->declared_type, ==, "application/pdf");
	g_assert_cmpuint(attachment->size, ==, 3);
	/* printf abc | sha256sum */
	g_assert_cmpstr(attachment->sha256, ==,
			"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	g_assert_cmpstr(message->content_type, ==, "multipart/mixed");
}

static const struct {
	const char *name;
	const char *mail;
	gboolean want_truncated;
	gboolean want_unreadable;
} conditions[] = {
	{"fine", "Content-Type: text/plain\n\nx\n", FALSE, FALSE},
	{"unknown charset", "Content-Type: text/plain; charset=klingon\n\nx\n", FALSE, TRUE},
	{"encrypted", "Content-Type: multipart/encrypted; boundary=b\n\n--b\n\nx\n--b--\n", FALSE, TRUE},
	{"sealed", "Content-Type: application/pkcs7-mime\n\nx\n", FALSE, TRUE},
	{"multipart without boundary", "Content-Type: multipart/mixed\n\nx\n", FALSE, TRUE},
};

static void
test_conditions(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(conditions); i++) {
		g_autoptr(LsmMessage) message = reading_parse(settings, conditions[i].mail);

		g_test_message("%s", conditions[i].name);
		g_assert_cmpint(message->truncated, ==, conditions[i].want_truncated);
		g_assert_cmpint(message->unreadable, ==, conditions[i].want_unreadable);
	}
}

/* --- digests --- */

#define IDENTITY_MAIL                                                                                        \
	"From: a@ietf.org\nTo: b@bbf.example\nSubject: LS on\n STAMP\nContent-Type: text/plain\n\nbody\n"

static const struct {
	const char *name;
	const char *mail;
	gboolean want_identity; /* equal to that of IDENTITY_MAIL */
	gboolean want_content;
} copies[] = {
	{"the same", IDENTITY_MAIL, TRUE, TRUE},
	{"trace fields", "Received: from x\n by y\nReturn-Path: <a@ietf.org>\n" IDENTITY_MAIL, TRUE, TRUE},
	{"Message-ID and Date of our own MTA",
	 "Message-Id: <1@x>\nDate: Sat, 21 Nov 2026 04:00:00 +0000\n" IDENTITY_MAIL, TRUE, FALSE},
	{"authentication", "Authentication-Results: x; dkim=pass\nDKIM-Signature: v=1\n" IDENTITY_MAIL, TRUE,
	 FALSE},
	{"folding, order",
	 "Subject:  LS  on STAMP\nTo: b@bbf.example\nFROM: a@ietf.org\nContent-Type: text/plain\n\nbody\n",
	 TRUE, FALSE},
	{"blank lines at the end", IDENTITY_MAIL "\n\n\n", TRUE, FALSE},
	{"other recipient",
	 "From: a@ietf.org\nTo: c@bbf.example\nSubject: LS on\n STAMP\nContent-Type: text/plain\n\nbody\n",
	 FALSE, FALSE},
	{"one more Cc", "Cc: x@y.example\n" IDENTITY_MAIL, FALSE, FALSE},
	{"one byte of the body",
	 "From: a@ietf.org\nTo: b@bbf.example\nSubject: LS on\n STAMP\nContent-Type: text/plain\n\nbodY\n",
	 FALSE, FALSE},
	{"blank line within",
	 "From: a@ietf.org\nTo: b@bbf.example\nSubject: LS on\n STAMP\nContent-Type: text/plain\n\n\nbody\n",
	 FALSE, FALSE},
};

static void
test_identity_and_content(void)
{
	g_autoptr(LsmMessage) original = reading_parse(settings, IDENTITY_MAIL);

	for (gsize i = 0; i < G_N_ELEMENTS(copies); i++) {
		g_autoptr(LsmMessage) copy = reading_parse(settings, copies[i].mail);

		g_test_message("%s", copies[i].name);
		g_assert_cmpint(strcmp(copy->identity, original->identity) == 0, ==, copies[i].want_identity);
		g_assert_cmpint(strcmp(copy->content, original->content) == 0, ==, copies[i].want_content);
	}
}

/* Stored digests must stay what they are: these were computed by hand with sha256sum. */
static void
test_digests_are_pinned(void)
{
	g_autoptr(LsmMessage) message =
		reading_parse(settings, "Received: x\nFrom: a@ietf.org\nSubject:  x  y\n\nbody\n\n");
	g_autofree char *identity = g_compute_checksum_for_string(
		G_CHECKSUM_SHA256, "from:a@ietf.org\nsubject:x y\n\nbody\n", -1);
	g_autofree char *content = g_compute_checksum_for_string(
		G_CHECKSUM_SHA256, "From: a@ietf.org\r\nSubject:  x  y\r\n\r\nbody\r\n\r\n", -1);
	g_autoptr(GBytes) octets = lsm_message_content(message);
	g_autofree char *again = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, octets);

	g_assert_cmpstr(message->identity, ==, identity);
	g_assert_cmpstr(message->content, ==, content);
	g_assert_cmpstr(again, ==, content);
}

#define STATEMENT_TEXT "Dear colleagues,\n\nplease review STAMP.\n\nRegards\n"

static const struct {
	const char *name;
	const char *mail;
	gboolean want_equal;
} list_copies[] = {
	{"the same", "Subject: LS on STAMP\n\n" STATEMENT_TEXT, TRUE},
	{"subject tag", "Subject: [ippm] LS on STAMP\n\n" STATEMENT_TEXT, TRUE},
	{"footer of Mailman",
	 "Subject: [ippm] LS on STAMP\n\n" STATEMENT_TEXT
	 "_______________________________________________\nippm mailing list -- ippm@ietf.org\nTo leave, "
	 "write to x\n",
	 TRUE},
	{"personal footer",
	 "Subject: LS on STAMP\n\n" STATEMENT_TEXT
	 "\n-- \nTo unsubscribe alice@example.org click\nhttps://x/?u=1\n",
	 TRUE},
	{"white space", "Subject: LS on  STAMP\n\nDear   colleagues,\nplease\nreview STAMP.\nRegards", TRUE},
	{"quoted", "Subject: LS on STAMP\n\n> Dear colleagues,\n>\n> please review STAMP.\n> Regards\n",
	 TRUE},
	{"footer as a part",
	 "Subject: LS on STAMP\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n" STATEMENT_TEXT
	 "--b\n\nlist footer\n--b--\n",
	 TRUE},
	{"another word", "Subject: LS on STAMP\n\nDear colleagues,\n\nplease reject STAMP.\n\nRegards\n",
	 FALSE},
	{"another subject", "Subject: LS on TWAMP\n\n" STATEMENT_TEXT, FALSE},
	{"an attachment",
	 "Subject: LS on STAMP\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n" STATEMENT_TEXT
	 "--b\nContent-Type: application/pdf\n\nx\n--b--\n",
	 FALSE},
};

static void
test_text_digest(void)
{
	char *from[] = {"IETF IPPM", NULL};
	char *to[] = {"Broadband Forum", "ITU-T", NULL};
	char *to_otherwise[] = {"itu-t", "BROADBAND  FORUM", NULL};
	g_autoptr(LsmMessage) original = reading_parse(settings, list_copies[0].mail);
	g_autofree char *want = lsm_message_text_digest(original, from, to);
	g_autofree char *parties = lsm_message_text_digest(original, to, from);

	g_assert_cmpstr(parties, !=, want);
	for (gsize i = 0; i < G_N_ELEMENTS(list_copies); i++) {
		g_autoptr(LsmMessage) copy = reading_parse(settings, list_copies[i].mail);
		g_autofree char *digest = lsm_message_text_digest(copy, from, to_otherwise);

		g_test_message("%s", list_copies[i].name);
		g_assert_cmpint(strcmp(digest, want) == 0, ==, list_copies[i].want_equal);
	}
}

/* --- one text, read with and without the MIME parser --- */

static const struct {
	const char *name;
	const char *fields;
	const char *body;
} one_texts[] = {
	{"no type", "Subject: x\n", "text\n"},
	{"UTF-8", "Content-Type: text/plain; charset=utf-8\n", "caf\xc3\xa9\n\n"},
	{"quoted, folded", "Content-Type: Text/Plain;\n charset=\"UTF-8\";\n format=flowed\n", "a \nb\n"},
	{"no UTF-8", "Content-Type: text/plain; charset=utf-8\n", "caf\xe9\n"},
	{"another charset", "Content-Type: text/plain; charset=iso-8859-1\n", "caf\xc3\xa9\n"},
	{"a charset in pieces", "Content-Type: text/plain; charset*0=iso-; charset*1=8859-1\n", "caf\xc3\xa9\n"},
	{"two charsets", "Content-Type: text/plain; charset=utf-8; charset=iso-8859-1\n", "caf\xc3\xa9\n"},
	{"two types", "Content-Type: text/html\nContent-Type: text/plain\n", "<b>x</b>\n"},
	{"a comment", "Content-Type: text/plain (really); charset=utf-8\n", "text\n"},
	{"no parameter", "Content-Type: text/plain;\n", "text\n"},
	{"no type in the field", "Content-Type: plain\n", "text\n"},
	{"boundaries", "Content-Type: text/plain; boundary=b\n", "--b\n\ntext\n--b--\n"},
	{"mbox", "Subject: x\n", "text\n\nFrom x\n.\n>From y"},
	{"a NUL's neighbour", "Subject: x\n", "a\x01\x7f b\r\n"},
	{"empty lines", "Subject: x\n", "\n\n\n"},
	{"HTML", "Content-Type: text/html; charset=utf-8\n", "<b>x</b>\n"},
};

/* A field that is there twice sends the mail to the parser, and says nothing new. */
static void
test_one_text(void)
{
	static const char twice[] = "Content-Transfer-Encoding: 8bit\nContent-Transfer-Encoding: 8bit\n";

	for (gsize i = 0; i < G_N_ELEMENTS(one_texts); i++) {
		g_autofree char *mail = g_strconcat(one_texts[i].fields, "\n", one_texts[i].body, NULL);
		g_autofree char *other = g_strconcat(twice, mail, NULL);
		g_autoptr(LsmMessage) message = reading_parse(settings, mail);
		g_autoptr(LsmMessage) want = reading_parse(settings, other);

		g_test_message("%s", one_texts[i].name);
		g_assert_cmpstr(message->text, ==, want->text);
		g_assert_cmpstr(message->content_type, ==, want->content_type);
		g_assert_cmpint(message->text_was_html, ==, want->text_was_html);
		g_assert_cmpint(message->unreadable, ==, want->unreadable);
		g_assert_cmpint(message->truncated, ==, want->truncated);
		g_assert_cmpuint(message->attachments->len, ==, want->attachments->len);
	}
}

/* --- HTML --- */

static const struct {
	const char *html;
	const char *want;
} pages[] = {
	{"a<br>b", "a\nb\n"},
	{"<style>p{}</style><SCRIPT>if (a<b) x()</script>c", "c\n"},
	{"<!-- <p>no</p> -->yes", "yes\n"},
	{"Purpose:&nbsp;For&#32;action &#x41;&lt;", "Purpose: For action A<\n"},
	{"<blockquote>quoted<br>twice</blockquote>own", "> quoted\n> twice\nown\n"},
	{"&bogus; &; & &#0; &#xffffffffff;", "&bogus; &; & &#0; &#xffffffffff;\n"},
	{"<div\nclass='x'>a</div  ><unclosed", "a\n"},
	{"<script>never closed", ""},
	{"<", ""},
	{"", ""},
};

static void
test_html(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
		g_autofree char *text = lsm_html_to_text(pages[i].html, strlen(pages[i].html));

		g_test_message("%s", pages[i].html);
		g_assert_cmpstr(text, ==, pages[i].want);
	}
}

/* --- hostile mails: each under a second, under the caps --- */

static char *
repeat(const char *begin, const char *unit, guint count, const char *end)
{
	GString *mail = g_string_new(begin);

	for (guint i = 0; i < count; i++)
		g_string_append(mail, unit);
	g_string_append(mail, end);
	return g_string_free(mail, FALSE);
}

static char *
nested(guint levels)
{
	GString *mail = g_string_new("");

	for (guint i = 0; i < levels; i++)
		g_string_append_printf(mail, "Content-Type: multipart/mixed; boundary=\"b%u\"\n\n--b%u\n", i,
				       i);
	g_string_append(mail, "\nSubject: deep\n");
	return g_string_free(mail, FALSE);
}

static const struct {
	const char *name;
	const char *begin, *unit, *end;
	guint count;
	gboolean want_truncated;
} hostile[] = {
	{"10^5 header fields", "", "A: b\n", "\nx\n", 100000, TRUE},
	{"10^5 addresses", "To: a@b", ", a@b", "\n\nx\n", 40000, FALSE},
	{"one huge field", "Subject: ", "=?utf-8?q?x?= ", "\n\nx\n", 100000, TRUE},
	{"10^5 empty parts", "Content-Type: multipart/mixed; boundary=b\n\n", "--b\n\n", "", 100000, TRUE},
	{"600 parts", "Content-Type: multipart/mixed; boundary=b\n\n", "--b\n\nx\n", "--b--\n", 600, TRUE},
	{"10^6 header fields of a part", "Content-Type: multipart/mixed; boundary=b\n\n--b\n", "a: b\n",
	 "\nx\n", 1000000, TRUE},
	{"parameters", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain;",
	 " p*0=x;\n", "\nx\n", 200000, TRUE},
	{"boundary lines", "Content-Type: multipart/mixed; boundary=b\n\n", "--c\n", "", 1000000, TRUE},
	{"base64 of nothing", "Content-Transfer-Encoding: base64\n\n", "====\n", "", 100000, FALSE},
	{"long text", "\n", "0123456789 ", "\n", 300000, TRUE},
	{"unclosed tags", "Content-Type: text/html\n\n", "<p <", "", 200000, FALSE},
	{"invalid octets", "Subject: ", "\xff\xfe\xc3", "\n\n\xff\n", 60000, FALSE},
	{"angle brackets", "References: ", "<", "\n\nx\n", 100000, FALSE},
};

static double
cpu_seconds(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
}

static void
test_hostile(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
		g_autofree char *mail =
			repeat(hostile[i].begin, hostile[i].unit, hostile[i].count, hostile[i].end);
		double start = cpu_seconds();
		g_autoptr(LsmMessage) message = reading_parse(settings, mail);
		double seconds = cpu_seconds() - start;

		g_test_message("%s: %.2f s", hostile[i].name, seconds);
		g_assert_cmpfloat(seconds, <, 2.0);
		g_assert_cmpint(message->truncated, ==, hostile[i].want_truncated);
	}
}

static void
test_deep_nesting(void)
{
	static const guint levels[] = {3, 30, 10000};

	for (gsize i = 0; i < G_N_ELEMENTS(levels); i++) {
		g_autofree char *mail = nested(levels[i]);
		g_autoptr(LsmMessage) message = reading_parse(settings, mail);

		g_test_message("%u levels", levels[i]);
		g_assert_cmpint(message->truncated, ==, levels[i] > (guint)settings->max_depth);
	}
}

/* --- threads --- */

static gpointer
parse_often(gpointer data)
{
	for (int i = 0; i < 50; i++) {
		g_autoptr(LsmMessage) message =
			reading_parse(settings, mails[(gsize)i % G_N_ELEMENTS(mails)].mail);

		if (strcmp(message->text, mails[(gsize)i % G_N_ELEMENTS(mails)].want_text) != 0)
			return (gpointer) "differs";
	}
	return data;
}

static void
test_threads(void)
{
	GThread *threads[8];

	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("parse", parse_often, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		g_assert_null(g_thread_join(threads[i]));
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	settings = reading_settings_new();
	g_test_add_func("/message/threads", test_threads);
	g_test_add_func("/message/mails", test_mails);
	g_test_add_func("/message/header", test_header);
	g_test_add_func("/message/attachment", test_attachment);
	g_test_add_func("/message/conditions", test_conditions);
	g_test_add_func("/message/identity", test_identity_and_content);
	g_test_add_func("/message/pinned", test_digests_are_pinned);
	g_test_add_func("/message/text-digest", test_text_digest);
	g_test_add_func("/message/one-text", test_one_text);
	g_test_add_func("/message/html", test_html);
	g_test_add_func("/message/hostile", test_hostile);
	g_test_add_func("/message/deep", test_deep_nesting);
	status = g_test_run();
	reading_settings_free(settings);
	return status;
}
