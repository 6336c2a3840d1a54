/*
 * test_gather.c - one organization floods: fewer mails to the coordinators, and nothing lost.
 */
#include "tests/unit/desk_fixture.h"

#include <string.h>

#include "desk/gather.h"

#define MINUTE (G_GINT64_CONSTANT(60) * G_USEC_PER_SEC)
#define SOME "cover-limit = 3"

/* Passes the statements number first to last, one a minute, from ITU-T or (other) from somebody else. */
static void
flood(DeskFixture *fixture, guint first, guint last, gboolean other)
{
	for (guint i = first; i <= last; i++) {
		g_autofree char *mail = g_strdup_printf(
			"From: TSB <tsb@%s.example>\nTo: ippm@ietf.org\nSubject: LS on metric %u\n"
			"Message-ID: <%u@itu.example>\n\nStudy Group 12 kindly asks to look at its draft "
			"%u.\n",
			other ? "bbf" : "itu", i, i, i);
		TestMail test = {.sender = "tsb@itu.example", .recipients = "ippm@ietf.org", .mail = mail};
		TestPassage passage = desk_fixture_pass_and_take(fixture, &test);

		test_passage_clear(&passage);
		fixture->now += MINUTE;
	}
}

static guint
count_kind(DeskFixture *fixture, const char *word)
{
	g_autofree char *outbox = desk_fixture_outbox(fixture);
	guint count = 0;

	for (const char *p = strstr(outbox, word); p != NULL; p = strstr(p + 1, word))
		count++;
	return count;
}

static char *
gathered_mail(DeskFixture *fixture)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, NULL, NULL);
	g_autoptr(GBytes) mail = NULL;

	for (guint i = 0; i < entries->len; i++) {
		const LsmOutboxEntry *entry = entries->pdata[i];
		if (strcmp(entry->kind, "gathered") == 0 && mail == NULL)
			lsm_content_get(txn, entry->content, &mail, NULL);
	}
	return mail == NULL ? g_strdup("") : g_strndup(g_bytes_get_data(mail, NULL), g_bytes_get_size(mail));
}

static void
test_flood(void)
{
	DeskFixture *fixture = desk_fixture_new(SOME, NULL);
	g_autofree char *mail = NULL;

	flood(fixture, 1, 10, FALSE);
	g_assert_cmpuint(desk_fixture_case_count(fixture), ==, 10);
	g_assert_cmpuint(count_kind(fixture, "cover:due:liaison-coordination"), ==, 3);
	lsm_gather_run(fixture->service);
	g_assert_cmpuint(count_kind(fixture, "gathered:"), ==, 0);
	fixture->now += 56 * MINUTE; /* an hour after the first that was left out */
	lsm_gather_run(fixture->service);
	lsm_gather_run(fixture->service);
	g_assert_cmpuint(count_kind(fixture, "gathered:due:liaison-coordination"), ==, 1);
	g_assert_cmpuint(count_kind(fixture, "gathered:due:itu-manager"), ==, 1);
	mail = gathered_mail(fixture);
	g_assert_nonnull(strstr(mail, "Subject: 7 liaison statements from ITU-T within an hour"));
	for (guint i = 4; i <= 10; i++) {
		g_autofree char *subject = g_strdup_printf("LS on metric %u\r\n", i);
		g_assert_nonnull(strstr(mail, subject));
	}
	g_assert_null(strstr(mail, "LS on metric 3"));
	desk_fixture_free(fixture);
}

/* Others are not made to wait, and after an hour each has its own mail again. */
static void
test_others_and_later(void)
{
	DeskFixture *fixture = desk_fixture_new(SOME, NULL);

	flood(fixture, 1, 5, FALSE);
	flood(fixture, 6, 7, TRUE);
	g_assert_cmpuint(count_kind(fixture, "cover:due:liaison-coordination"), ==, 5);
	fixture->now += 120 * MINUTE;
	lsm_gather_run(fixture->service);
	flood(fixture, 8, 8, FALSE);
	g_assert_cmpuint(count_kind(fixture, "cover:due:liaison-coordination"), ==, 6);
	g_assert_cmpuint(count_kind(fixture, "gathered:due:liaison-coordination"), ==, 1);
	desk_fixture_free(fixture);
}

static void
test_no_limit(void)
{
	DeskFixture *fixture = desk_fixture_new("cover-limit = 0", NULL);

	flood(fixture, 1, 8, FALSE);
	g_assert_cmpuint(count_kind(fixture, "cover:due:liaison-coordination"), ==, 8);
	desk_fixture_free(fixture);
}

/* A copy by another door is no second statement. */
static void
test_copies_do_not_count(void)
{
	DeskFixture *fixture = desk_fixture_new(SOME, NULL);

	for (guint i = 0; i < 5; i++)
		flood(fixture, 1, 1, FALSE);
	flood(fixture, 2, 3, FALSE);
	g_assert_cmpuint(count_kind(fixture, "cover:due:liaison-coordination"), ==, 3);
	desk_fixture_free(fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/gather/flood", test_flood);
	g_test_add_func("/gather/others-and-later", test_others_and_later);
	g_test_add_func("/gather/no-limit", test_no_limit);
	g_test_add_func("/gather/copies-do-not-count", test_copies_do_not_count);
	return g_test_run();
}
