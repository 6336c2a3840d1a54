/* test_datatracker.c - the notification mail of the Datatracker, its look-alikes, and damage. */
#include "reading_fixture.h"
#include "rules/format.h"
#include "rules/recognise.h"

static LsmSettings *settings;

static void
evidence_free(gpointer data)
{
	g_free(((LsmEvidence *)data)->what);
	g_free(data);
}

static LsmStatement *
read_mail(const char *mail)
{
	g_autoptr(LsmMessage) message = reading_parse(settings, mail);
	g_autoptr(GPtrArray) evidence = g_ptr_array_new_with_free_func(evidence_free);

	return lsm_format_read_datatracker(message, evidence);
}

#define TOOL "From: Liaison Statement Management Tool <statements@ietf.org>\n"
#define NEW "Subject: New Liaison Statement, \"STAMP YANG review\"\n"
#define FIELDS                                                                                               \
	"Title: STAMP YANG review\n"                                                                         \
	"Submission Date: 2026-11-02\n"                                                                      \
	"URL of the IETF Web page: https://datatracker.ietf.org/liaison/1999/\n"                             \
	"Please reply by 2026-12-31\n"                                                                       \
	"From: IP Performance Measurement <ippm-chairs@ietf.org>\n"                                          \
	"To: Broadband Forum <liaisons@bbf.example>\n"                                                       \
	"Cc: A. Director <ad1@ietf.org>,\n"                                                                  \
	"IPPM <ippm@ietf.org>\n"                                                                             \
	"Response Contacts: liaison-coordination@iab.org\n"                                                  \
	"Technical Contacts: expert@example.org\n"                                                           \
	"Purpose: For action\n"                                                                              \
	"\n"                                                                                                 \
	"Body: Dear colleagues,\n"                                                                           \
	"please review.\n"                                                                                   \
	"To: be read as text.\n"                                                                             \
	"Attachments:\n"                                                                                     \
	"\n"                                                                                                 \
	"    No document has been attached\n"

static void
test_new(void)
{
	static const struct {
		LsmFieldId field;
		const char *want;
	} wants[] = {
		{LSM_FIELD_FROM, "IP Performance Measurement"},
		{LSM_FIELD_FROM_CONTACT, "ippm-chairs@ietf.org|expert@example.org"},
		{LSM_FIELD_TO, "Broadband Forum"},
		{LSM_FIELD_TO_CONTACT, "liaisons@bbf.example"},
		{LSM_FIELD_SEND_REPLY_TO, "liaison-coordination@iab.org"},
		{LSM_FIELD_PURPOSE, "action"},
		{LSM_FIELD_DEADLINE, "2026-12-31"},
		{LSM_FIELD_SUBJECT, "STAMP YANG review"},
		{LSM_FIELD_DOCUMENT, "https://datatracker.ietf.org/liaison/1999/"},
	};
	g_autoptr(LsmStatement) statement = read_mail(TOOL NEW "\n" FIELDS);

	g_assert_nonnull(statement);
	if (statement == NULL)
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(wants); i++) {
		g_auto(GStrv) values = lsm_statement_list(statement, wants[i].field);
		g_autofree char *joined = g_strjoinv("|", values);

		g_assert_cmpstr(joined, ==, wants[i].want);
	}
	g_assert_true(statement->is_new);
	g_assert_cmpstr(statement->text, ==, "Dear colleagues,\nplease review.\nTo: be read as text.");
}

typedef enum { NOT_READ, OLD, FRESH } Want;

static const struct {
	const char *name;
	const char *mail;
	Want want;
} mails[] = {
	{"new", TOOL NEW "\n" FIELDS, FRESH},
	{"new, through a list",
	 "From: Liaison Statement Management Tool via IPPM <ippm@ietf.org>\n"
	 "Subject: [ippm] New Liaison Statement, \"STAMP\"\n\n" FIELDS,
	 FRESH},
	{"approval request", TOOL "Subject: New Liaison Statement, \"STAMP\" needs your approval\n\n" FIELDS,
	 OLD},
	{"update", TOOL "Subject: Updated Liaison Statement, \"STAMP\"\n\n" FIELDS, OLD},
	{"reminder", TOOL "Subject: Liaison Statement about \"STAMP\" is due in 7 days\n\n" FIELDS, OLD},
	{"reminder with a line before",
	 TOOL "Subject: Liaison Statement about \"STAMP\" is due\n\nThis is a reminder.\n\n" FIELDS, OLD},
	{"somebody's reply", TOOL "Subject: Re: New Liaison Statement, \"STAMP\"\n\n" FIELDS, NOT_READ},
	{"somebody else", "From: carol@employer.example\n" NEW "\n" FIELDS, NOT_READ},
	{"quoted", TOOL NEW "\n> Title: x\n> Submission Date: y\n> From: a\n> To: b\n> Purpose: For action\n",
	 NOT_READ},
	{"purpose lacks",
	 TOOL NEW "\nTitle: x\nSubmission Date: y\nURL of the IETF Web page: z\nFrom: a\nTo: b\n", NOT_READ},
	{"empty", TOOL NEW "\n", NOT_READ},
};

static void
test_mails(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
		g_autoptr(LsmStatement) statement = read_mail(mails[i].mail);

		g_test_message("%s", mails[i].name);
		g_assert_cmpint(statement != NULL, ==, mails[i].want != NOT_READ);
		if (statement != NULL)
			g_assert_cmpint(statement->is_new, ==, mails[i].want == FRESH);
	}
}

static void
test_carried(void)
{
	g_autoptr(LsmMessage) forwarded = reading_parse(settings, "From: a@b\n\nFYI\n\n" FIELDS);
	g_autoptr(LsmMessage) quoted =
		reading_parse(settings, "From: a@b\n\n> Submission Date: 1\n> URL of the IETF Web page: 2\n");
	g_autoptr(LsmMessage) other =
		reading_parse(settings, "From: a@b\n\nTitle: x\nFrom: y\nTo: z\nPurpose: For action\n");

	g_assert_true(lsm_format_carries_datatracker(forwarded));
	g_assert_true(lsm_format_carries_datatracker(quoted));
	g_assert_false(lsm_format_carries_datatracker(other));
}

static void
test_damage(void)
{
	static const char whole[] = TOOL NEW "\n" FIELDS;

	for (gsize i = 0; i < sizeof(whole); i++) {
		g_autofree char *cut = g_strndup(whole, i);
		g_autofree char *damaged = g_strdup(whole);
		g_autoptr(LsmStatement) a = read_mail(cut);
		g_autoptr(LsmStatement) b = NULL;

		damaged[MIN(i, sizeof(whole) - 2)] = (char)0xff;
		b = read_mail(damaged);
		g_assert_true(a == NULL || g_utf8_validate(a->text, -1, NULL));
		g_assert_true(b == NULL || g_utf8_validate(b->text, -1, NULL));
	}
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	settings = reading_settings_new();
	g_test_add_func("/datatracker/new", test_new);
	g_test_add_func("/datatracker/mails", test_mails);
	g_test_add_func("/datatracker/carried", test_carried);
	g_test_add_func("/datatracker/damage", test_damage);
	status = g_test_run();
	reading_settings_free(settings);
	return status;
}
