/* test_screen.c - which mails are read at all. */
#include "reading_fixture.h"
#include "rules/recognise.h"

static LsmSettings *settings;

static const struct {
	const char *name;
	const char *login;
	const char *sender, *recipients;
	const char *header;
	LsmScreen want;
} headers[] = {
	{"ordinary, inside out", NULL, "a@x.example", "b@y.example", "Subject: hello\n", LSM_SCREEN_PASS},
	{"ordinary, to a person at home", NULL, "a@x.example", "dave@ietf.org",
	 "Subject: hello\nTo: dave@ietf.org\n", LSM_SCREEN_PASS},
	{"home to home, submitted", "dave", "dave@ietf.org", "eve@ietf.org", "Subject: hello\n",
	 LSM_SCREEN_PASS},
	{"to a list", NULL, "a@x.example", "ippm@ietf.org", "Subject: hello\n", LSM_SCREEN_PEEK},
	{"to a role", NULL, "a@x.example", "ippm-chairs@ietf.org", "Subject: hello\n", LSM_SCREEN_PEEK},
	{"submitted, to outside", "dave", "dave@ietf.org", "a@x.example", "Subject: hello\n",
	 LSM_SCREEN_PEEK},
	{"statement-like subject", NULL, "a@x.example", "b@y.example", "Subject: LS on STAMP\n",
	 LSM_SCREEN_READ},
	{"the same, encoded", NULL, "a@x.example", "b@y.example", "Subject: =?utf-8?b?TFMgb24gU1RBTVA=?=\n",
	 LSM_SCREEN_READ},
	{"the same, folded", NULL, "a@x.example", "b@y.example", "Subject: LS\n on STAMP\n", LSM_SCREEN_READ},
	{"encoded, ordinary", NULL, "a@x.example", "b@y.example", "Subject: =?utf-8?q?caf=C3=A9?=\n",
	 LSM_SCREEN_PASS},
	{"link state", NULL, "a@x.example", "b@y.example", "Subject: LS update flooding\n", LSM_SCREEN_PASS},
	{"a field of the block", NULL, "a@x.example", "b@y.example", "Liaison-Purpose: For action\n",
	 LSM_SCREEN_READ},
	{"a forged verdict", NULL, "a@x.example", "b@y.example", "Liaison-Verdict: record\n",
	 LSM_SCREEN_PASS},
	{"the Datatracker", NULL, "a@x.example", "b@y.example", "Subject: New Liaison Statement, \"x\"\n",
	 LSM_SCREEN_READ},
	{"sender at an organization", NULL, "bob@bbf.example", "dave@ietf.org", "Subject: hello\n",
	 LSM_SCREEN_READ},
	{"From at an organization", NULL, "bounce@x.example", "dave@ietf.org",
	 "From: Bob <bob@bbf.example>\n", LSM_SCREEN_READ},
	{"recipient at an organization", "dave", "dave@ietf.org", "bob@bbf.example", "Subject: hello\n",
	 LSM_SCREEN_READ},
	{"an organization in Cc", NULL, "a@x.example", "ippm@ietf.org",
	 "To: x@y.example\nCc: \"B\" <liaisons@bbf.example>, z@z\n", LSM_SCREEN_READ},
	{"to our liaison contact", NULL, "a@x.example", "liaison-coordination@iab.org", "Subject: hello\n",
	 LSM_SCREEN_READ},
	{"odd addresses", NULL, "@", "@@", "To: @, @@@, <@>, a@\n", LSM_SCREEN_PASS},
};

static LsmCollector *
collect_header(const char *header)
{
	return reading_collect(settings, header, strlen(header));
}

static void
test_headers(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(headers); i++) {
		g_autoptr(LsmCollector) collector = collect_header(headers[i].header);
		g_autoptr(LsmEnvelope) envelope =
			reading_envelope(headers[i].sender, headers[i].recipients, headers[i].login, NULL);

		g_test_message("%s", headers[i].name);
		g_assert_cmpint(lsm_screen_header(collector, envelope, settings), ==, headers[i].want);
	}
}

static void
test_mode_off(void)
{
	LsmSettings off = *settings;
	g_autoptr(LsmCollector) collector = collect_header("Subject: LS on STAMP\n");
	g_autoptr(LsmEnvelope) envelope = reading_envelope("a@x.example", "b@y.example", NULL, NULL);

	off.mode = LSM_MODE_OFF;
	g_assert_cmpint(lsm_screen_header(collector, envelope, &off), ==, LSM_SCREEN_PASS);
}

#define MIXED "Content-Type: multipart/mixed; boundary=b\n"
#define QUOTED "Content-Transfer-Encoding: quoted-printable\n"

static const struct {
	const char *name;
	const char *header;
	const char *body;
	LsmScreen want;
} bodies[] = {
	{"block on top", "", "Liaison-Statement: 1\r\n", LSM_SCREEN_READ},
	{"block below a greeting", "", "Hello\r\n\r\n  liaison-statement: 1\r\n", LSM_SCREEN_READ},
	{"block in HTML", "", "<html><div>Liaison-Statement: 1</div>", LSM_SCREEN_READ},
	{"last line without an end", "", "x\nLiaison-Statement", LSM_SCREEN_READ},
	{"in mid-line", "", "The Liaison-Statement: 1 line\r\n", LSM_SCREEN_PASS},
	{"with a wide hyphen", "", "Liaison=E2=80=91Statement: 1\r\n", LSM_SCREEN_READ},
	{"with a blank", "", "Liaison Statement: 1\r\n", LSM_SCREEN_READ},
	{"two words far from each other", "", "Liaison officers make no Statement\r\n", LSM_SCREEN_PASS},
	{"quoted", "", "> Liaison-Statement: 1\r\n", LSM_SCREEN_PASS},
	{"behind a no-break blank", "", "\xc2\xa0Liaison-Statement: 1\r\n", LSM_SCREEN_READ},
	{"behind one in quoted-printable", "", "=C2=A0Liaison-Statement: 1\r\n", LSM_SCREEN_READ},
	{"behind one in HTML", "", "<p>&nbsp;Liaison-Statement: 1</p>\r\n", LSM_SCREEN_READ},
	{"a tag that ends in the next line", "", "<p\r\n>Liaison-Statement: 1</p>\r\n", LSM_SCREEN_READ},
	{"ordinary", "", "Hello\r\n", LSM_SCREEN_PASS},
	{"base64", "Content-Transfer-Encoding: BASE64\n", "TGlhaXNvbg==\r\n", LSM_SCREEN_READ},
	{"base64 text part", MIXED,
	 "--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nTGlh\r\n", LSM_SCREEN_READ},
	{"base64 picture", MIXED,
	 "--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nTGlh\r\n", LSM_SCREEN_PASS},
	{"text, then base64 picture", MIXED,
	 "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b\r\nContent-Type: image/png\r\n"
	 "Content-Transfer-Encoding: base64\r\n\r\nTGlh\r\n",
	 LSM_SCREEN_PASS},
	{"base64 text part, its type folded", MIXED,
	 "--b\r\nContent-Type:\r\n text/plain\r\nContent-Transfer-Encoding:\r\n\tbase64\r\n\r\nTGlh\r\n",
	 LSM_SCREEN_READ},
	{"divided by a soft break", QUOTED, "Liaison-State=\r\nment: 1\r\n", LSM_SCREEN_READ},
	{"the same in plain text", "", "Liaison-State=\r\nment: 1\r\n", LSM_SCREEN_PASS},
	{"the same in a part", MIXED,
	 "--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
	 "Dear all,=20\r\nLia=\r\nison-Statement: 1\r\n--b--\r\n",
	 LSM_SCREEN_READ},
	{"letters as codes", QUOTED, "=4Ciaison-Statement: 1\r\n", LSM_SCREEN_READ},
	{"tags between", "Content-Type: text/html\n", "<p><b>Liaison</b>&#8209;Statement: 1</p>\r\n",
	 LSM_SCREEN_READ},
	{"an entity for the hyphen", "Content-Type: text/html\n", "<p>x</p><p>Liaison&#x2D;Statement: 1</p>",
	 LSM_SCREEN_READ},
	{"no-break blanks in HTML", "Content-Type: text/html\n", "<td>&nbsp;&nbsp;Liaison Statement: 1</td>",
	 LSM_SCREEN_READ},
	{"the word in ordinary HTML", "Content-Type: text/html\n", "<body><p>The liaison officer</p>",
	 LSM_SCREEN_PASS},
	{"a page's head", "Content-Type: text/html\n", "<html><head><style>p { margin: 0 }\r\n", LSM_SCREEN_PEEK},
	{"a page's head in a part", MIXED,
	 "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\nContent-Type: text/html\r\n\r\n"
	 "<html><head><style>p { margin: 0 }\r\n",
	 LSM_SCREEN_PEEK},
	{"a page that has begun", "Content-Type: text/html\n", "<html><style>p {}</style><body>hello",
	 LSM_SCREEN_PASS},
	{"a picture's words", MIXED,
	 "--b\r\nContent-Type: image/svg+xml\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
	 "x Liaison-State=\r\nment: 1\r\n",
	 LSM_SCREEN_PASS},
	{"one bracket", "", ">", LSM_SCREEN_PASS},
	{"nothing", "", "", LSM_SCREEN_PASS},
};

static void
test_bodies(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++) {
		g_autoptr(LsmCollector) collector = collect_header(bodies[i].header);
		gsize length = strlen(bodies[i].body);
		/* An allocation of just that size, so that a sanitizer sees any look beyond. */
		g_autofree char *exact = g_memdup2(bodies[i].body, length);

		g_test_message("%s", bodies[i].name);
		g_assert_cmpint(lsm_screen_body(collector, exact != NULL ? exact : "", length), ==,
				bodies[i].want);
	}
}

/* However long the body, wherever the block begins in it, and however it is written. */
static void
test_places(void)
{
	static const char html[] = "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n";
	static const struct {
		const char *header, *block;
		LsmScreen want;
	} blocks[] = {
		{"Subject: x\n", "\r\nlIAISON-stATEMENT: 1\r\n", LSM_SCREEN_READ},
		{html, "<p>Liai=\r\nson-Statement: 1", LSM_SCREEN_READ},
		{html, "<p>Liaison-State=\r\nment: 1", LSM_SCREEN_READ},
		{"Subject: x\n", "\r\nLiaisom-Statement: 1\r\n", LSM_SCREEN_PASS},
		{"Subject: x\n", "\r\nLiaison-Statemen", LSM_SCREEN_PASS},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(blocks); i++) {
		g_autoptr(LsmCollector) collector = collect_header(blocks[i].header);

		for (gsize at = 0; at < 600; at++) {
			gsize length = at + strlen(blocks[i].block) + at % 7;
			g_autofree char *body = g_strnfill(length, at % 2 == 0 ? 'l' : 'n');

			memcpy(body + at, blocks[i].block, strlen(blocks[i].block));
			g_assert_cmpint(lsm_screen_body(collector, body, length), ==, blocks[i].want);
		}
	}
}

static void
test_own_fields(void)
{
	g_autoptr(LsmCollector) forged = collect_header("A: b\nliaison-record: LS-1\n");
	g_autoptr(LsmCollector) label = collect_header("Liaison-Purpose: For action\n");

	g_assert_true(lsm_screen_has_own_fields(forged));
	g_assert_false(lsm_screen_has_own_fields(label));
}

static const struct {
	const char *name;
	const char *client, *sender;
	const char *header;
	gboolean want;
} copies[] = {
	{"of our list manager", "192.0.2.25", "ippm-bounces@ietf.org", "List-Id: IPPM <ippm.ietf.org>\n",
	 TRUE},
	{"personalised", "192.0.2.25", "ippm-bounces+bob=bbf.example@ietf.org", "List-Id: <ippm.ietf.org>\n",
	 TRUE},
	{"List-Id without brackets", "192.0.2.25", "ippm-bounces@ietf.org", "List-Id: ippm.ietf.org\n", TRUE},
	{"another client", "192.0.2.26", "ippm-bounces@ietf.org", "List-Id: <ippm.ietf.org>\n", FALSE},
	{"a person's sender", "192.0.2.25", "bob@bbf.example", "List-Id: <ippm.ietf.org>\n", FALSE},
	{"a foreign list", "192.0.2.25", "x-bounces@lists.example", "List-Id: <x.lists.example>\n", FALSE},
	{"a look-alike", "192.0.2.25", "ippm-bounces@ietf.org", "List-Id: <ippm.notietf.org>\n", FALSE},
	{"no List-Id", "192.0.2.25", "ippm-bounces@ietf.org", "Subject: x\n", FALSE},
	{"null sender", "192.0.2.25", "", "List-Id: <ippm.ietf.org>\n", FALSE},
	{"empty List-Id", "192.0.2.25", "ippm-bounces@ietf.org", "List-Id: <>\n", FALSE},
};

static void
test_list_copies(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(copies); i++) {
		g_autoptr(LsmCollector) collector = collect_header(copies[i].header);
		g_autoptr(LsmEnvelope) envelope =
			reading_envelope(copies[i].sender, "bob@bbf.example", NULL, copies[i].client);

		g_test_message("%s", copies[i].name);
		g_assert_cmpint(lsm_is_list_copy(collector, envelope, settings), ==, copies[i].want);
	}
}

static const struct {
	const char *header;
	gboolean want;
} notices[] = {
	{"List-Id: <ippm.ietf.org>\nFrom: ippm-request@ietf.org\nSubject: Ippm Digest, Vol 1, Issue 1\n", TRUE},
	{"List-Id: IPPM\n <ippm.ietf.org>\nFrom: \"IPPM list\" <ippm-owner@ietf.org>\nSubject: held\n", TRUE},
	{"List-Id: ippm.ietf.org\nFrom: Ippm-Bounces@IETF.org\n", TRUE},
	{"List-Id: <ippm.ietf.org>\nFrom: \"x-request@ietf.org\" <carol@example.org>\n", FALSE},
	{"List-Id: <ippm.ietf.org>\nFrom: carol@example.org (ippm-owner@ietf.org)\n", FALSE},
	{"List-Id: <ippm.ietf.org>\nFrom: Liaisons <liaison-request@bbf.example>\n", FALSE},
	{"List-Id: <ippm.ietf.org.example>\nFrom: ippm-request@ietf.org\n", FALSE},
	{"From: ippm-request@ietf.org\n", FALSE},
	{"From: C. Chair via ippm <ippm@ietf.org>\nReply-To: carol@example.org\n", FALSE},
	{"From: carol@example.org\nSubject: mail of ippm-owner@ietf.org\n", FALSE},
	{"Subject: x\n", FALSE},
};

static void
test_list_notices(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(notices); i++) {
		g_autoptr(LsmCollector) collector = collect_header(notices[i].header);

		g_test_message("%s", notices[i].header);
		g_assert_cmpint(lsm_is_list_notice(collector), ==, notices[i].want);
	}
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	settings = reading_settings_new();
	g_test_add_func("/screen/headers", test_headers);
	g_test_add_func("/screen/mode-off", test_mode_off);
	g_test_add_func("/screen/bodies", test_bodies);
	g_test_add_func("/screen/places", test_places);
	g_test_add_func("/screen/own-fields", test_own_fields);
	g_test_add_func("/screen/list-copies", test_list_copies);
	g_test_add_func("/screen/list-notices", test_list_notices);
	status = g_test_run();
	reading_settings_free(settings);
	return status;
}
