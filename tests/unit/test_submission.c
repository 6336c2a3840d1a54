/*
 * test_submission.c - which mail to the desk alone is a submission, and to whom it goes; what is none goes to the
 * people at the desk, and to nobody whom its text names.
 */
#include <string.h>

#include "desk/submission.h"
#include "tests/unit/desk_fixture.h"

#define SETTINGS "desk-address = desk@ietf.org\nauthserv-ids = {mx.ietf.org}\n"
#define AD1 "ad1@example.org"
#define PROOF "Authentication-Results: mx.ietf.org; dkim=pass header.d=example.org\n"
#define DATED(day) "Date: Sat, " day " 2026 11:00:00 +0000\n"
#define AD1_TO(to, subject) "From: <" AD1 ">\nTo: <" to ">\nSubject: " subject "\n" DATED("21 Nov")
#define OURS BLOCK "Send-To: other@bbf.example\n" STATEMENT_TEXT
#define THEIRS                                                                                               \
	"Liaison-Statement: 1\nFrom: ITU-T\nTo: Broadband Forum\nSend-To: other@bbf.example\n"              \
	"Purpose: For information\n\nWhat ITU-T tells the Forum.\n"
#define QUOTED                                                                                               \
	"What do you think of this?\n\n> Liaison-Statement: 1\n> From: IETF IPPM Working Group\n"            \
	"> To: Broadband Forum\n> Send-To: other@bbf.example\n> Purpose: For information\n"

/* To whom a mail to the desk alone goes; "" : to the desk's mailbox. */
static void
test_submissions(void)
{
	static const struct {
		const char *name, *login;
		gboolean by_command;
		const char *mail, *want;
	} rows[] = {
		{"signed", NULL, FALSE, PROOF AD1_TO("desk@ietf.org", "x") "\n" OURS, "other@bbf.example"},
		{"by a login", "ad1", FALSE, AD1_TO("desk@ietf.org", "x") "\n" OURS, "other@bbf.example"},
		{"to the organization's own address", "ad1", FALSE,
		 AD1_TO("desk@ietf.org", "x") "\n" BLOCK STATEMENT_TEXT, BBF},
		{"not proved", NULL, FALSE, AD1_TO("desk@ietf.org", "x") "\n" OURS, ""},
		{"a login that nobody has", "eve", FALSE, AD1_TO("desk@ietf.org", "x") "\n" OURS, ""},
		{"a login that is an address", AD1, FALSE, AD1_TO("desk@ietf.org", "x") "\n" OURS, ""},
		{"signed for others, and sent on by one of them", NULL, FALSE,
		 PROOF AD1_TO("ippm@ietf.org", "x") "\n" OURS, ""},
		{"signed long ago", NULL, FALSE,
		 PROOF "From: <" AD1 ">\nTo: <desk@ietf.org>\nSubject: x\n" DATED("17 Oct") "\n" OURS, ""},
		{"a proof that a local user wrote", NULL, TRUE, PROOF AD1_TO("desk@ietf.org", "x") "\n" OURS, ""},
		{"said to be none", "ad1", FALSE, AD1_TO("desk@ietf.org", "x") "\nLiaison: no\n\n" OURS, ""},
		/* the gate judges who may say so */
		{"in the name of others", "ad1", FALSE, AD1_TO("desk@ietf.org", "x") "\n" THEIRS, "other@bbf.example"},
		{"quoted in a letter", "ad1", FALSE,
		 AD1_TO("desk@ietf.org", "Re: x") "\n" QUOTED,
		 ""},
		{"no address", "ad1", FALSE,
		 AD1_TO("desk@ietf.org", "x") "\n" BLOCK "Send-To: o@bbf.example> SIZE=1 <x@y\n" STATEMENT_TEXT, NULL},
	};
	DeskFixture *fixture = desk_fixture_new(SETTINGS, NULL);

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(LsmEnvelope) envelope = lsm_envelope_new(AD1);
		g_autoptr(LsmCollector) collector = lsm_collector_new(fixture->settings);
		g_autoptr(LsmMessage) message = NULL;
		g_autoptr(GString) got = g_string_new(NULL);
		gboolean is_one;

		g_test_message("%s", rows[i].name);
		envelope->login = g_strdup(rows[i].login);
		envelope->by_command = rows[i].by_command;
		lsm_collector_add_mail(collector, rows[i].mail, strlen(rows[i].mail));
		message = lsm_message_parse(collector, fixture->settings);
		is_one = lsm_submission_prepare(message, envelope, fixture->settings,
						fixture->now / G_USEC_PER_SEC);
		for (guint k = 0; k < envelope->recipients->len; k++)
			g_string_append(got, lsm_envelope_recipient(envelope, k)->address);
		g_assert_null(strchr(got->str, ' '));
		if (rows[i].want == NULL)
			continue;
		g_assert_cmpstr(got->str, ==, rows[i].want);
		g_assert_cmpint(is_one, ==, *rows[i].want != '\0');
		g_assert_cmpstr(envelope->login, ==, is_one ? "ad1" : rows[i].login);
	}
	desk_fixture_free(fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/submission/submissions", test_submissions);
	return g_test_run();
}
