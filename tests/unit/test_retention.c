/*
 * test_retention.c - what goes with time: contents of rejected attempts; and how a rebuilding by the desk
 * goes on.
 */
#include "tests/unit/desk_fixture.h"

#include <string.h>

#include "desk/json.h"

#define DAYS(count) (G_GINT64_CONSTANT(count) * 86400 * G_USEC_PER_SEC)

static const TestMail refused = {CAROL, .recipients = BBF,
				 .mail = CHAIR_FIELDS "\n" BLOCK_START STATEMENT_TEXT};
static const TestMail refused_too = {CAROL, .recipients = BBF,
				     .mail = CHAIR_FIELDS "\n" BLOCK_START "\nAnother text.\n"};
static const TestMail incoming = {FROM_ITU, .recipients = "ippm@ietf.org", .mail = INCOMING("1")};

static char *
pass(DeskFixture *fixture, const TestMail *mail)
{
	TestPassage passage = desk_fixture_pass_and_take(fixture, mail);
	char *id = g_strdup(passage.decision->case_id);

	test_passage_clear(&passage);
	return id;
}

static gboolean
has_content(DeskFixture *fixture, const char *id)
{
	g_autoptr(LsmCase) item = desk_fixture_case(fixture, id);

	return item->content != NULL;
}

static void
test_rejected(void)
{
	DeskFixture *fixture = desk_fixture_new("rejected-retention = 90\nmax-interventions = 100", NULL);
	g_autofree char *first = pass(fixture, &refused);
	g_autofree char *came = pass(fixture, &incoming);
	g_autofree char *second = NULL;

	assert_text(desk_fixture_cases(fixture), "in:unconfirmed out:rejected");
	fixture->now += DAYS(60);
	second = pass(fixture, &refused_too);
	fixture->now += DAYS(29);
	lsm_service_erase_old(fixture->service);
	g_assert_true(has_content(fixture, first));
	fixture->now += DAYS(2);
	lsm_service_erase_old(fixture->service);
	g_assert_false(has_content(fixture, first));
	g_assert_true(has_content(fixture, second));
	g_assert_true(has_content(fixture, came));
	assert_text(desk_fixture_events(fixture), "rejected taken seen taken rejected taken erased");
	/* Rounds come again and again: the next is found, none twice. */
	fixture->now += DAYS(60);
	lsm_service_erase_old(fixture->service);
	lsm_service_erase_old(fixture->service);
	g_assert_false(has_content(fixture, second));
	g_assert_true(has_content(fixture, came));
	assert_text(desk_fixture_events(fixture), "rejected taken seen taken rejected taken erased erased");
	desk_fixture_free(fixture);
}

/* --- rebuild --- */

static JsonObject *
rebuild(DeskFixture *fixture, const char *step, GError **error)
{
	g_autoptr(JsonObject) args = json_object_new();

	lsm_json_set(args, "step", step);
	return lsm_desk_verb(fixture->desk, "rebuild", args, error);
}

static void
test_rebuild(void)
{
	DeskFixture *fixture = desk_fixture_new("", NULL);
	g_autofree char *id = pass(fixture, &incoming);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(fixture->store, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonObject) answer = NULL;
	g_autoptr(LsmCase) item = NULL;

	g_assert_true(lsm_store_delete(txn, LSM_TABLE_CASE, id, strlen(id), NULL));
	g_assert_true(lsm_store_commit(txn, NULL));
	g_assert_null(rebuild(fixture, "continue", &error));
	g_assert_nonnull(error);
	g_clear_error(&error);
	answer = rebuild(fixture, "begin", &error);
	g_assert_no_error(error);
	g_assert_true(json_object_get_boolean_member(answer, "done"));
	g_assert_cmpint(json_object_get_int_member(answer, "mended"), ==, 1);
	item = desk_fixture_case(fixture, id);
	g_assert_nonnull(item);
	g_assert_cmpint(item->state, ==, LSM_STATE_UNCONFIRMED);
	desk_fixture_free(fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/retention/rejected", test_rejected);
	g_test_add_func("/retention/rebuild", test_rebuild);
	return g_test_run();
}
