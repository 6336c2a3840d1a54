/*
 * test_desk_faults.c - the desk over a store that fails: the n-th operation, n = 1, 2, 3 ... until none does.
 *
 * Whatever fails, what was there before is there whole or what should come is there whole; the mail server
 * was told 451 or the truth; and when the same is asked once more, the end is as if nothing had failed.
 */
#include "tests/contract/store_fault.h"
#include "tests/unit/desk_fixture.h"

#include "desk/json.h"

#define MOST_OPERATIONS 2000

typedef struct {
	const char *name;
	const char *settings;
	TestMail before; /* passed and taken without a fault; or none */
	TestMail mail;   /* passed under faults; or none: the act below */
	const char *want;
	gboolean (*act)(DeskFixture *fixture); /* FALSE: it failed */
} Row;

/* The only case's id; caller frees. */
static gboolean
take_id(const LsmCase *item, gpointer id)
{
	*(char **)id = g_strdup(item->id);
	return FALSE;
}

static char *
only_case(DeskFixture *fixture)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	char *id = NULL;

	if (txn != NULL)
		lsm_case_scan(txn, take_id, &id, NULL);
	return id;
}

static gboolean
act_taken(DeskFixture *fixture)
{
	g_autofree char *id = only_case(fixture);

	return id != NULL && lsm_desk_taken(fixture->desk, id, NULL);
}

static gboolean
act_withdraw(DeskFixture *fixture)
{
	g_autofree char *id = only_case(fixture);
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(JsonObject) answer = NULL;

	lsm_json_set(args, "id", id);
	answer = id == NULL ? NULL : lsm_desk_verb(fixture->desk, "not-a-statement", args, NULL);
	return answer != NULL;
}

static gboolean
act_list_copies(DeskFixture *fixture)
{
	gboolean known;

	return lsm_desk_list_copy(fixture->desk, "1@example.org", &known, NULL) && known;
}

static const Row rows[] = {
	{"held", NULL, {.mail = NULL}, {CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "discard", NULL},
	{"held for some",
	 NULL,
	 {.mail = NULL},
	 {CAROL, .recipients = BBF " ippm-chairs@ietf.org", .mail = STATEMENT("1")},
	 "accept -" BBF NOTED,
	 NULL},
	{"refused",
	 NULL,
	 {.mail = NULL},
	 {CAROL, .recipients = BBF, .mail = CHAIR_FIELDS "\n" BLOCK_START STATEMENT_TEXT},
	 "reject",
	 NULL},
	{"passed",
	 NULL,
	 {.mail = NULL},
	 {.login = "ad1",
	  .daemon = "submission",
	  .sender = "ad1@example.org",
	  .recipients = BBF,
	  .mail = STATEMENT("1")},
	 "accept",
	 NULL},
	{"incoming",
	 NULL,
	 {.mail = NULL},
	 {FROM_ITU, .recipients = "ippm@ietf.org", .mail = INCOMING("1")},
	 "accept",
	 NULL},
	{"a second door",
	 NULL,
	 {CAROL, .recipients = BBF, .mail = STATEMENT("1")},
	 {CAROL, .recipients = "x@other.example", .mail = STATEMENT("1")},
	 "discard",
	 NULL},
	{"discussed, then held",
	 NULL,
	 {CAROL, .recipients = "ippm@ietf.org", .mail = STATEMENT("1")},
	 {CAROL, .recipients = BBF, .mail = STATEMENT("1")},
	 "discard",
	 NULL},
	{"approved later",
	 NULL,
	 {CAROL, .recipients = BBF, .mail = STATEMENT("1")},
	 {.login = "ad1",
	  .daemon = "submission",
	  .sender = "ad1@example.org",
	  .recipients = BBF,
	  .mail = STATEMENT("1")},
	 "accept",
	 NULL},
	{"said to be none by its first line",
	 NULL,
	 {.mail = NULL},
	 {CAROL, .recipients = BBF, .mail = CHAIR_FIELDS "\nLiaison: no\n" BLOCK STATEMENT_TEXT},
	 "accept",
	 NULL},
	{"taken", NULL, {CAROL, .recipients = BBF, .mail = STATEMENT("1")}, {.mail = NULL}, NULL, act_taken},
	{"withdrawn",
	 NULL,
	 {CAROL, .recipients = BBF, .mail = STATEMENT("1")},
	 {.mail = NULL},
	 NULL,
	 act_withdraw},
	{"withdrawn, nothing withheld",
	 NULL,
	 {FROM_ITU, .recipients = "ippm@ietf.org", .mail = INCOMING("1")},
	 {.mail = NULL},
	 NULL,
	 act_withdraw},
	{"a list's copy",
	 NULL,
	 {CAROL, .recipients = BBF, .mail = STATEMENT("1")},
	 {.mail = NULL},
	 NULL,
	 act_list_copies},
};

static DeskFixture *
start(const Row *row)
{
	g_autoptr(GError) error = NULL;
	LsmStore *store = lsm_store_open_with(&lsm_backend_fault, "memory:", LSM_STORE_READ_WRITE, &error);
	DeskFixture *fixture;

	g_assert_no_error(error);
	fixture = desk_fixture_new(row->settings, store);
	if (row->before.mail != NULL) {
		TestPassage passage = row->act == act_taken
					      ? desk_fixture_pass(fixture, &row->before)
					      : desk_fixture_pass_and_take(fixture, &row->before);
		test_passage_clear(&passage);
	}
	return fixture;
}

/* Everything that can be seen of the record, as one text. */
static char *
look(DeskFixture *fixture)
{
	g_autofree char *cases = desk_fixture_cases(fixture);
	g_autofree char *events = desk_fixture_events(fixture);
	g_autofree char *outbox = desk_fixture_outbox(fixture);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	LsmLogHead head = {0, {0}};
	guint64 problems = 1;

	g_assert_true(lsm_log_verify(txn, NULL, NULL, &problems, &head, NULL));
	g_assert_cmpuint(problems, ==, 0);
	return g_strdup_printf("cases %s; events %s; outbox %s", cases, events, outbox);
}

/* TRUE when it worked; a mail that was deferred did not. */
static gboolean
act(DeskFixture *fixture, const Row *row)
{
	TestPassage passage;
	gboolean done;

	if (row->act != NULL)
		return row->act(fixture);
	passage = desk_fixture_pass(fixture, &row->mail);
	done = passage.decision->plan->reply != LSM_REPLY_TEMPFAIL;
	if (done)
		assert_text(test_plan_text(passage.decision->plan), row->want);
	else
		g_assert_null(passage.decision->ticket);
	test_passage_clear(&passage);
	return done;
}

static gboolean
try_fault(const Row *row, int n, LsmFaultKind kind, const char *before, const char *after)
{
	DeskFixture *fixture = start(row);
	g_autofree char *found = NULL;
	g_autofree char *at_last = NULL;
	gboolean done, struck;

	lsm_fault_arm(n, kind);
	done = act(fixture, row);
	struck = lsm_fault_struck();
	lsm_fault_arm(0, LSM_FAULT_BEFORE);
	found = look(fixture);
	if (done)
		g_assert_cmpstr(found, ==, after);
	else if (kind == LSM_FAULT_BEFORE || g_strcmp0(found, after) != 0)
		g_assert_cmpstr(found, ==, before);
	if (!struck)
		g_assert_true(done);
	else
		g_assert_true(act(fixture, row));
	at_last = look(fixture);
	g_assert_cmpstr(at_last, ==, after);
	desk_fixture_free(fixture);
	return struck;
}

static void
test_row(gconstpointer data)
{
	const Row *row = data;
	DeskFixture *fixture = start(row);
	g_autofree char *before = look(fixture);
	g_autofree char *after = NULL;

	g_assert_true(act(fixture, row));
	after = look(fixture);
	desk_fixture_free(fixture);
	for (LsmFaultKind kind = LSM_FAULT_BEFORE; kind <= LSM_FAULT_AFTER; kind++) {
		int n = 1;

		while (n < MOST_OPERATIONS && try_fault(row, n, kind, before, after))
			n++;
		g_test_message("%d operations", n - 1);
		g_assert_cmpint(n, >, 1);
		g_assert_cmpint(n, <, MOST_OPERATIONS);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/desk-faults/%s", rows[i].name);

		g_test_add_data_func(path, &rows[i], test_row);
	}
	return g_test_run();
}
