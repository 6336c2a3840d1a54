/*
 * test_check_mail.c - the check address: who is answered, as what a mail is judged, and that it leaves no
 * trace.
 */
#include <string.h>

#include "desk/check_answer.h"
#include "desk/check_mail.h"
#include "desk/door.h"
#include "store/content.h"
#include "tests/unit/desk_fixture.h"

#define SETTINGS "check-address = check@ietf.org\nauthserv-ids = {mx.ietf.org}\n"
#define BLOCK_OF_IPPM "Liaison-Statement: 1\nFrom: IETF IPPM Working Group\nTo: Broadband Forum\n"
#define TEXT "\nDear colleagues,\n\nplease find our view below.\n"

static LsmChecked
check(DeskFixture *fixture, const char *login, const char *sender, const char *header, const char *body)
{
	g_autoptr(LsmEnvelope) envelope = lsm_envelope_new(sender);
	g_autoptr(LsmCollector) collector = lsm_collector_new(fixture->settings);
	g_autoptr(LsmMessage) message = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *mail = g_strdup_printf(
		"%sSubject: Metrics\nDate: Sat, 21 Nov 2026 12:00:00 +0000\n\n%s", header, body);
	LsmChecked checked;

	envelope->login = g_strdup(login);
	lsm_collector_add_mail(collector, mail, strlen(mail));
	message = lsm_message_parse(collector, fixture->settings);
	checked = lsm_check_mail(message, envelope, fixture->settings, fixture->desk, fixture->now, &error);
	g_assert_no_error(error);
	return checked;
}

/* The one mail in the outbox as text, its first recipient before it; "" when there is none. */
static char *
answer_of(DeskFixture *fixture)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, NULL, NULL);
	g_autoptr(GBytes) mail = NULL;
	const LsmOutboxEntry *entry;
	gsize length;
	const char *text;

	if (entries->len == 0)
		return g_strdup("");
	g_assert_cmpuint(entries->len, ==, 1);
	entry = g_ptr_array_index(entries, 0);
	g_assert_cmpstr(entry->sender, ==, "");
	g_assert_cmpstr(entry->state, ==, "due");
	g_assert_cmpint(lsm_content_get(txn, entry->content, &mail, NULL), ==, LSM_FOUND);
	text = g_bytes_get_data(mail, &length);
	return g_strdup_printf("%s\n%.*s", entry->recipients[0], (int)length, text);
}

#define BY_CAROL "From: Carol <carol@example.org>\nTo: <check@ietf.org>\nMessage-ID: <m1@example.org>\n"

static const struct {
	const char *name, *login, *sender, *header, *body;
	LsmChecked want;
	const char *want_to;    /* of the answer; NULL: there is none */
	const char *want_in[5]; /* stands in it */
} rows[] = {
	{"lacks its purpose",
	 "carol@example.org",
	 "carol@example.org",
	 BY_CAROL,
	 BLOCK_OF_IPPM TEXT,
	 LSM_CHECKED_ANSWERED,
	 "carol@example.org",
	 {"Subject: Would be refused: Metrics", "auto-replied", "In-Reply-To: <m1@example.org>", "1. PURPOSE",
	  "Purpose: For action |"}},
	{"would wait; goes where it says",
	 "carol@example.org",
	 "carol@example.org",
	 BY_CAROL,
	 BLOCK_OF_IPPM "Purpose: For information\nSend-To: liaisons@bbf.example\n" TEXT,
	 LSM_CHECKED_ANSWERED,
	 "carol@example.org",
	 {"Subject: Would wait for approval", "liaisons@bbf.example"}},
	{"no statement",
	 "carol@example.org",
	 "carol@example.org",
	 BY_CAROL,
	 "Lunch today?\n",
	 LSM_CHECKED_ANSWERED,
	 "carol@example.org",
	 {"Subject: No statement", "Liaison-Statement: 1"}},
	{"says that it is none",
	 "carol@example.org",
	 "carol@example.org",
	 BY_CAROL,
	 "Liaison: no\n\n" BLOCK_OF_IPPM TEXT,
	 LSM_CHECKED_ANSWERED,
	 "carol@example.org",
	 {"Subject: Ordinary mail"}},
	{"a proved From",
	 NULL,
	 "x@example.org",
	 "Authentication-Results: mx.ietf.org; dmarc=pass header.from=example.org\n" BY_CAROL,
	 BLOCK_OF_IPPM TEXT,
	 LSM_CHECKED_ANSWERED,
	 "carol@example.org",
	 {"Subject: Would be refused"}},
	{"another server's proof",
	 NULL,
	 "x@example.org",
	 "Authentication-Results: mx.elsewhere.example; dmarc=pass header.from=example.org\n" BY_CAROL,
	 BLOCK_OF_IPPM TEXT,
	 LSM_CHECKED_UNPROVED,
	 NULL,
	 {NULL}},
	{"no proof",
	 NULL,
	 "carol@example.org",
	 BY_CAROL,
	 BLOCK_OF_IPPM TEXT,
	 LSM_CHECKED_UNPROVED,
	 NULL,
	 {NULL}},
	{"a login without an address",
	 "nobody",
	 "carol@example.org",
	 BY_CAROL,
	 BLOCK_OF_IPPM TEXT,
	 LSM_CHECKED_UNPROVED,
	 NULL,
	 {NULL}},
	{"a null sender",
	 "carol@example.org",
	 "",
	 BY_CAROL,
	 BLOCK_OF_IPPM TEXT,
	 LSM_CHECKED_SILENT,
	 NULL,
	 {NULL}},
	{"a program",
	 "carol@example.org",
	 "carol@example.org",
	 "Auto-Submitted: auto-replied\n" BY_CAROL,
	 BLOCK_OF_IPPM TEXT,
	 LSM_CHECKED_SILENT,
	 NULL,
	 {NULL}},
	{"a list",
	 "carol@example.org",
	 "carol@example.org",
	 "List-Id: <x.example.org>\n" BY_CAROL,
	 BLOCK_OF_IPPM TEXT,
	 LSM_CHECKED_SILENT,
	 NULL,
	 {NULL}},
	{"from the check address itself",
	 "check@ietf.org",
	 "carol@example.org",
	 BY_CAROL,
	 BLOCK_OF_IPPM TEXT,
	 LSM_CHECKED_UNPROVED,
	 NULL,
	 {NULL}},
	{"a hostile subject and field",
	 "carol@example.org",
	 "carol@example.org",
	 BY_CAROL "Subject: =?utf-8?q?a=0D=0ABcc:_x@example.org?=\n",
	 BLOCK_OF_IPPM "Purpose: {{block}}%s\n" TEXT,
	 LSM_CHECKED_ANSWERED,
	 "carol@example.org",
	 {"Would be refused"}},
};

static void
test_who_is_told_what(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		DeskFixture *fixture = desk_fixture_new(SETTINGS, NULL);
		LsmChecked checked =
			check(fixture, rows[i].login, rows[i].sender, rows[i].header, rows[i].body);
		g_autofree char *answer = answer_of(fixture);
		g_autofree char *to = g_strndup(answer, strcspn(answer, "\n"));

		g_test_message("%s", rows[i].name);
		g_assert_cmpstr(lsm_checked_name(checked), ==, lsm_checked_name(rows[i].want));
		g_assert_cmpstr(to, ==, rows[i].want_to != NULL ? rows[i].want_to : "");
		for (guint k = 0; k < G_N_ELEMENTS(rows[i].want_in) && rows[i].want_in[k] != NULL; k++) {
			if (strstr(answer, rows[i].want_in[k]) == NULL)
				g_test_message("%s", answer);
			g_assert_nonnull(strstr(answer, rows[i].want_in[k]));
		}
		g_assert_null(strstr(answer, "\nBcc:"));
		g_assert_cmpuint(desk_fixture_case_count(fixture), ==, 0);
		g_assert_cmpuint(desk_fixture_event_count(fixture), ==, 0);
		desk_fixture_free(fixture);
	}
}

/* A retry gets no second answer; more than so many an hour get none, until the hour is over. */
static void
test_limits(void)
{
	DeskFixture *fixture = desk_fixture_new(SETTINGS, NULL);
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autoptr(GPtrArray) entries = NULL;

	for (guint i = 0; i < LSM_CHECK_MOST; i++) {
		g_autofree char *header = g_strdup_printf(
			"From: carol@example.org\nTo: check@ietf.org\nMessage-ID: <n%u@example.org>\n",
			i / 2);

		g_assert_cmpint(
			check(fixture, "carol@example.org", "carol@example.org", header, BLOCK_OF_IPPM TEXT),
			==, LSM_CHECKED_ANSWERED);
	}
	g_assert_cmpint(
		check(fixture, "carol@example.org", "carol@example.org", BY_CAROL, BLOCK_OF_IPPM TEXT), ==,
		LSM_CHECKED_TOO_MANY);
	g_assert_cmpint(check(fixture, "dave@example.org", "dave@example.org", BY_CAROL, BLOCK_OF_IPPM TEXT),
			==, LSM_CHECKED_ANSWERED);
	fixture->now += G_GINT64_CONSTANT(3601) * G_USEC_PER_SEC;
	g_assert_cmpint(
		check(fixture, "carol@example.org", "carol@example.org", BY_CAROL, BLOCK_OF_IPPM TEXT), ==,
		LSM_CHECKED_ANSWERED);
	txn = lsm_store_begin_read(fixture->store, NULL);
	entries = lsm_outbox_list(txn, NULL, NULL);
	g_assert_cmpuint(entries->len, ==, LSM_CHECK_MOST / 2 + 2);
	g_clear_pointer(&txn, lsm_store_txn_free);
	desk_fixture_free(fixture);
}

static void
test_plans(void)
{
	static const struct {
		LsmChecked checked;
		LsmReplyKind want;
		const char *want_code;
	} plans[] = {
		{LSM_CHECKED_ANSWERED, LSM_REPLY_DISCARD, NULL},
		{LSM_CHECKED_SILENT, LSM_REPLY_DISCARD, NULL},
		{LSM_CHECKED_UNPROVED, LSM_REPLY_REJECT, "550"},
		{LSM_CHECKED_TOO_MANY, LSM_REPLY_REJECT, "550"},
		{LSM_CHECKED_FAILED, LSM_REPLY_TEMPFAIL, "451"},
	};
	DeskFixture *fixture = desk_fixture_new(SETTINGS, NULL);

	for (guint i = 0; i < G_N_ELEMENTS(plans); i++) {
		g_autoptr(LsmPlan) plan = lsm_check_plan(plans[i].checked, fixture->settings);

		g_assert_cmpint(plan->reply, ==, plans[i].want);
		g_assert_cmpstr(plan->reply_code, ==, plans[i].want_code);
		g_assert_true((plan->reply_lines != NULL) == (plans[i].want_code != NULL));
	}
	desk_fixture_free(fixture);
}

static void
test_address(void)
{
	DeskFixture *fixture = desk_fixture_new(SETTINGS, NULL);
	DeskFixture *without = desk_fixture_new(NULL, NULL);

	g_assert_true(lsm_door_is_check(fixture->settings, "Check@IETF.org"));
	g_assert_false(lsm_door_is_check(fixture->settings, "check@example.org"));
	g_assert_false(lsm_door_is_check(fixture->settings, ""));
	g_assert_false(lsm_door_is_check(without->settings, "check@ietf.org"));
	g_assert_false(lsm_door_is_check(without->settings, ""));
	desk_fixture_free(fixture);
	desk_fixture_free(without);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/check-mail/who-is-told-what", test_who_is_told_what);
	g_test_add_func("/check-mail/limits", test_limits);
	g_test_add_func("/check-mail/plans", test_plans);
	g_test_add_func("/check-mail/address", test_address);
	return g_test_run();
}
