/*
 * test_act.c - the table of steps, cell by cell: every state, verb and role against a table written by hand.
 *
 * The other half, what follows from the steps, is test_life.c's.
 */
#include "tests/unit/desk_fixture.h"

#include <string.h>

#include "conf/error.h"
#include "desk/act.h"
#include "desk/json.h"

#define OTHER "x@bbf.example"

/* One letter a role: who it is. */
static const struct {
	char letter;
	LsmActor actor;
} actors[] = {
	{'A', {.name = "ad1@example.org", .address = "ad1@example.org", .door = "mail"}},
	{'C', {.name = "contact", .address = "liaison-coordination@iab.org", .door = "mail"}},
	{'M', {.name = "manager", .address = "bbf-manager@ietf.org", .door = "mail"}},
	{'H', {.name = "chair", .address = "carol@example.org", .door = "mail"}},
	{'G', {.name = "assignee", .address = "eve@example.org", .door = "mail"}},
	{'S', {.name = "sender", .address = "dave@example.org", .door = "mail"}},
	{'O', {.name = "root", .is_operator = TRUE, .door = "command"}},
	{'D', {.name = "desk", .door = "desk"}},
	{'-', {.name = "mallory", .address = "mallory@example.org", .door = "mail"}},
};

#define HELD "pending in-review"
#define FOLLOWED "unconfirmed confirmed assigned distributed"
#define ALL                                                                                                  \
	"undelivered pending in-review around disagreed unconfirmed confirmed assigned distributed unsure "  \
	"approved rejected refused cancelled replaced passed released delivered agreed answered "            \
	"action-taken closed recorded draft"

/*
 * done: "from" or "from>to" for the states from which the step is taken; already: the states in which it is said
 * to be so. What stands in neither is refused. A coordinator reviews in parallel here.
 */
static const struct {
	const char *verb;
	const char *roles;
	const char *arguments; /* name=value, separated by one blank */
	const char *to;        /* state afterwards; "": unchanged */
	const char *done;
	const char *already;
} table[] = {
	{"approve", "A", "", "", "pending>in-review draft", "in-review approved released delivered undelivered"},
	{"refuse", "AC", "reason=no", "refused", HELD, "refused"},
	{"cancel", "CSO", "", "cancelled", HELD, "cancelled"},
	{"release", "CO", "", "approved", "approved undelivered", ""},
	{"review", "CM", "", "", "pending in-review>approved draft", ""},
	{"confirm", "CMGOS", "purpose=action deadline=2027-01-31", "",
	 "unconfirmed>confirmed unsure>passed confirmed assigned distributed recorded", ""},
	{"assign", "CMGOH", "to=frank@example.org", "",
	 "unconfirmed>assigned confirmed>assigned assigned distributed around disagreed", ""},
	{"distribute", "CMGO", "to=ippm@ietf.org", "distributed", FOLLOWED, ""},
	{"answer", "CMGOH", "by=<1@example.org>", "answered", FOLLOWED " action-taken", "answered"},
	{"action-taken", "CMGOH", "link=https://example.org/1", "action-taken", FOLLOWED " action-taken", ""},
	{"close", "CMGOH", "reason=done", "closed",
	 FOLLOWED " action-taken around disagreed unsure undelivered", "closed"},
	{"reopen", "CMGOH", "", "undelivered", "closed answered action-taken", ""},
	{"note", "CMGOHA", "text=seen", "", ALL, ""},
	{"agree", "A", "", "agreed", "around disagreed", "agreed"},
	{"disagree", "A", "", "disagreed", "around agreed", "disagreed"},
	{"replace", "CSO", "by=LS-20261121-OTHER", "replaced", HELD " rejected refused cancelled disagreed",
	 "replaced"},
	{"not-a-statement", "CMSO", "", "not-a-statement", ALL, "not-a-statement"},
	{"erase", "CO", "reason=asked force=yes", "",
	 "undelivered pending>cancelled in-review>cancelled around disagreed unconfirmed confirmed assigned distributed "
	 "unsure approved>cancelled rejected refused cancelled replaced passed released delivered agreed answered "
	 "action-taken closed recorded draft not-a-statement", ""},
	{"delivered", "D", "recipient=" OTHER, "delivered", "released delivered", ""},
	{"undelivered", "D", "recipient=" OTHER, "undelivered", "approved released delivered undelivered", ""},
	{"status", "ACMHGSOD", "", "", ALL, ""},
};

static char **
list_of(const char *text)
{
	return g_strsplit(text, " ", -1);
}

static void
set_list(JsonObject *object, const char *name, const char *value)
{
	const char *const list[] = {value, NULL};

	lsm_json_set_strings(object, name, list);
}

typedef struct {
	const char *id;
	LsmState state;
	gint64 now;
} CaseJob;

static gboolean
write_case(LsmStoreTxn *txn, gpointer data, GError **error)
{
	const CaseJob *job = data;
	g_autoptr(LsmCase) item = lsm_case_new(job->id);
	g_autoptr(LsmEvent) event = lsm_event_new(LSM_EVENT_SEEN, job->id, job->now, "mx1");
	gboolean is_decided = job->state != LSM_STATE_PENDING && job->state != LSM_STATE_DRAFT;

	lsm_json_set(event->public, "state", lsm_state_row(job->state)->word);
	lsm_json_set(event->public, "way", "out");
	event->private = json_object_new();
	set_list(event->private, "from", "IPPM");
	set_list(event->private, "to", "Broadband Forum");
	lsm_json_set(event->private, "login", "dave@example.org");
	lsm_json_set(event->private, "sender", "dave@example.org");
	lsm_json_set(event->private, "assignee", "eve@example.org");
	lsm_json_set(event->private, "content",
		     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	set_list(event->private, "released", OTHER);
	if (is_decided)
		set_list(event->private, "approved_for", "IPPM");
	lsm_json_set(event->public, "verdict", "redirect");
	item->taken = TRUE;
	if (!lsm_record_event(txn, item, event, error))
		return FALSE;
	g_clear_pointer(&event, lsm_event_free);
	event = lsm_event_new(LSM_EVENT_DOOR, job->id, job->now, "mx1");
	event->private = json_object_new();
	set_list(event->private, "withheld", BBF);
	return lsm_record_event(txn, item, event, error);
}

static void
put_case(DeskFixture *fixture, const char *id, LsmState state)
{
	CaseJob job = {id, state, fixture->now};
	g_autoptr(GError) error = NULL;

	lsm_writer_run(fixture->service->writer, write_case, &job, &error);
	g_assert_no_error(error);
}

static JsonObject *
arguments_of(const char *text)
{
	JsonObject *args = json_object_new();
	g_auto(GStrv) pairs = list_of(text);

	for (guint i = 0; pairs[i] != NULL && *pairs[i] != '\0'; i++) {
		char *sign = strchr(pairs[i], '=');
		*sign = '\0';
		lsm_json_set(args, pairs[i], sign + 1);
	}
	return args;
}

/* "denied", "not possible", "already" or the state that follows. */
static char *
take(DeskFixture *fixture, const char *id, guint row, const LsmActor *actor)
{
	g_autoptr(JsonObject) args = arguments_of(table[row].arguments);
	LsmAct act = {.verb = table[row].verb, .typed = id, .actor = actor, .args = args};
	g_autoptr(JsonObject) answer = NULL;
	g_autoptr(GError) error = NULL;

	if (!lsm_act(fixture->service, &act, &answer, &error)) {
		if (g_error_matches(error, LSM_ERROR, LSM_ERROR_DENIED))
			return g_strdup("denied");
		g_assert_true(g_error_matches(error, LSM_ERROR, LSM_ERROR_USAGE));
		return g_strdup("not possible");
	}
	if (json_object_get_boolean_member(answer, "already"))
		return g_strdup("already");
	return g_strdup(lsm_json_get(answer, "state", ""));
}

/* What the hand-written table says. */
static char *
want(guint row, char role, const char *state)
{
	g_auto(GStrv) done = list_of(table[row].done);
	g_auto(GStrv) already = list_of(table[row].already);

	if (strchr(table[row].roles, role) == NULL)
		return g_strdup("denied");
	for (guint i = 0; done[i] != NULL; i++) {
		char *arrow = strchr(done[i], '>');
		if (arrow != NULL)
			*arrow = '\0';
		if (strcmp(done[i], state) == 0)
			return g_strdup(arrow != NULL                ? arrow + 1
					: *table[row].to == '\0' ? state
								     : table[row].to);
	}
	return g_strdup(g_strv_contains((const char *const *)already, state) ? "already" : "not possible");
}

static void
test_cells(void)
{
	DeskFixture *fixture = desk_fixture_new("review = parallel", NULL);
	guint cells = 0;

	put_case(fixture, "LS-20261121-OTHER", LSM_STATE_PENDING);
	for (guint row = 0; row < G_N_ELEMENTS(table); row++) {
		for (guint who = 0; who < G_N_ELEMENTS(actors); who++) {
			for (guint state = 0; state < LSM_STATE_COUNT; state++) {
				const char *word = lsm_state_row(state)->word;
				g_autofree char *id = g_strdup_printf("LS-20261121-A%04u", cells++);
				g_autofree char *wanted = want(row, actors[who].letter, word);
				g_autofree char *got = NULL;

				put_case(fixture, id, state);
				got = take(fixture, id, row, &actors[who].actor);
				if (g_strcmp0(got, wanted) != 0)
					g_test_message("%s of %s by %c", table[row].verb, word,
						       actors[who].letter);
				g_assert_cmpstr(got, ==, wanted);
			}
		}
	}
	g_test_message("%u cells", cells);
	desk_fixture_free(fixture);
}

/* Each row of the program has its row above, and no answer word means two things. */
static void
test_words(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	const LsmActRow *row;
	guint count = 0;

	for (; (row = lsm_act_row(count)) != NULL; count++) {
		g_auto(GStrv) words = list_of(row->words);

		g_assert_cmpuint(count, <, G_N_ELEMENTS(table));
		if (count < G_N_ELEMENTS(table))
			g_assert_cmpstr(row->verb, ==, table[count].verb);
		g_assert_cmpstr(row->help, !=, "");
		g_assert_true(lsm_act_find(row->verb) == row);
		for (guint i = 0; words[i] != NULL && *words[i] != '\0'; i++) {
			g_assert_true(lsm_act_find(words[i]) == row);
			g_assert_true(g_hash_table_add(seen, g_strdup(words[i])));
		}
	}
	g_assert_cmpuint(count, ==, G_N_ELEMENTS(table));
}

static const struct {
	const char *word;
	const char *want; /* verb, or "" */
} words[] = {
	{"approve", "approve"},
	{"Approved", "approve"},
	{"YES", "approve"},
	{"no", "refuse"},
	{"Not a statement", "not-a-statement"},
	{"not_a_statement", "not-a-statement"},
	{" ok ", "approve"},
	{"", ""},
	{" ", ""},
	{"approve all", ""},
	{"yes!", ""},
	{"release", "release"},
	{"\xff", ""},
};

static void
test_find(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		const LsmActRow *row = lsm_act_find(words[i].word);

		g_test_message("%s", words[i].word);
		g_assert_cmpstr(row == NULL ? "" : row->verb, ==, words[i].want);
	}
	g_assert_null(lsm_act_find(NULL));
}

/* What a person may do now is what the table says, neither more nor less. */
static void
test_possible(void)
{
	DeskFixture *fixture = desk_fixture_new("review = parallel", NULL);

	for (guint who = 0; who < G_N_ELEMENTS(actors); who++) {
		g_autoptr(LsmCase) item = NULL;
		g_autoptr(GPtrArray) possible = NULL;
		g_autofree char *id = g_strdup_printf("LS-20261121-B%04u", who);

		put_case(fixture, id, LSM_STATE_PENDING);
		item = desk_fixture_case(fixture, id);
		possible = lsm_act_possible(fixture->service, item, &actors[who].actor);
		for (guint row = 0; row < G_N_ELEMENTS(table); row++) {
			gboolean listed = g_ptr_array_find(possible, lsm_act_find(table[row].verb), NULL);
			g_autofree char *wanted = want(row, actors[who].letter, "pending");

			g_assert_cmpint(listed, ==,
					strcmp(wanted, "denied") != 0 && strcmp(wanted, "not possible") != 0);
		}
	}
	desk_fixture_free(fixture);
}

static const struct {
	const char *name;
	const char *verb;
	LsmState state;
	const char *arguments;
	const char *want; /* part of the error's text; NULL: fine */
} argument_rows[] = {
	{"nothing to close with", "close", LSM_STATE_CONFIRMED, "", "it needs \"reason\""},
	{"a misspelt argument", "confirm", LSM_STATE_UNCONFIRMED, "purpos=action", "it has no \"purpos\""},
	{"an argument too many", "status", LSM_STATE_PENDING, "reason=x", "possible: nothing"},
	{"no purpose", "confirm", LSM_STATE_UNCONFIRMED, "purpose=fun", "\"fun\" is no purpose"},
	{"two purposes", "confirm", LSM_STATE_UNCONFIRMED, "purpose=action,information", NULL},
	{"no date", "confirm", LSM_STATE_UNCONFIRMED, "deadline=soon", "\"soon\" is no single date"},
	{"two dates", "confirm", LSM_STATE_UNCONFIRMED, "deadline=03/04/2027", "is no single date"},
	{"no deadline any more", "confirm", LSM_STATE_UNCONFIRMED, "deadline=none", NULL},
	{"an unknown group", "confirm", LSM_STATE_UNCONFIRMED, "to=nowhere", "the directory knows no"},
	{"a group by its acronym", "confirm", LSM_STATE_UNCONFIRMED, "to=ippm", NULL},
	{"an unknown body outside", "confirm", LSM_STATE_UNCONFIRMED, "from=OMA", NULL},
	{"no address", "confirm", LSM_STATE_UNCONFIRMED, "reply-to=nobody", "is no mail address"},
	{"two lines", "confirm", LSM_STATE_UNCONFIRMED, "subject=a\nb", "one line"},
	{"assigned to no address", "assign", LSM_STATE_CONFIRMED, "to=eve", "needs the address"},
	{"a lead that is no group", "assign", LSM_STATE_CONFIRMED, "lead=nowhere", "knows no group"},
	{"only a lead", "assign", LSM_STATE_CONFIRMED, "lead=ippm", NULL},
	{"sent on to no address", "distribute", LSM_STATE_CONFIRMED, "to=eve", "is no mail address"},
	{"sent on to nobody known", "distribute", LSM_STATE_CONFIRMED, "", "no To-Contact is known"},
	{"answered by nothing", "answer", LSM_STATE_CONFIRMED, "by=yesterday", "no statement on record"},
	{"answered by a mail", "answer", LSM_STATE_CONFIRMED, "by=<a@example.org>", NULL},
	{"an action without a word", "action-taken", LSM_STATE_CONFIRMED, "", "needs a comment or a link"},
	{"a link that is none", "action-taken", LSM_STATE_CONFIRMED, "link=javascript:x", "https://"},
	{"replaced by itself", "replace", LSM_STATE_PENDING, "by=SELF", "no other statement"},
	{"replaced by nothing", "replace", LSM_STATE_PENDING, "by=QQQQQ", "no other statement"},
};

static void
test_arguments(void)
{
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	const LsmActor root = {.name = "root", .is_operator = TRUE, .door = "command"};

	for (guint i = 0; i < G_N_ELEMENTS(argument_rows); i++) {
		g_autofree char *id = g_strdup_printf("LS-20261121-C%04u", i);
		g_autoptr(JsonObject) args = json_object_new();
		char **pair = g_strsplit(argument_rows[i].arguments, "=", 2);
		LsmAct act = {.verb = argument_rows[i].verb, .typed = id, .actor = &root, .args = args};
		g_autoptr(JsonObject) answer = NULL;
		g_autoptr(GError) error = NULL;
		gboolean done;

		g_test_message("%s", argument_rows[i].name);
		if (pair[0] != NULL)
			lsm_json_set(args, pair[0], g_strcmp0(pair[1], "SELF") == 0 ? id : pair[1]);
		g_strfreev(pair);
		put_case(fixture, id, argument_rows[i].state);
		done = lsm_act(fixture->service, &act, &answer, &error);
		if (argument_rows[i].want == NULL)
			g_assert_no_error(error);
		else {
			g_assert_false(done);
			g_assert_nonnull(error);
			if (error != NULL)
				g_assert_nonnull(strstr(error->message, argument_rows[i].want));
		}
	}
	desk_fixture_free(fixture);
}

/* An error says what is so, since when and by whom, and what could be done instead. */
static void
test_error_text(void)
{
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	const LsmActor root = {.name = "root", .is_operator = TRUE, .door = "command"};
	LsmAct cancel = {.verb = "cancel", .typed = "D0000", .actor = &root};
	LsmAct again = {.verb = "distribute", .typed = "D0000", .actor = &root};
	g_autoptr(JsonObject) answer = NULL;
	g_autoptr(GError) error = NULL;

	put_case(fixture, "LS-20261121-D0000", LSM_STATE_PENDING);
	g_assert_true(lsm_act(fixture->service, &cancel, &answer, &error));
	g_assert_cmpstr(lsm_json_get(answer, "text", ""), ==,
			"LS-20261121-D0000 is now cancelled: taken back before it went out.");
	g_clear_pointer(&answer, json_object_unref);
	g_assert_true(lsm_act(fixture->service, &cancel, &answer, &error));
	g_assert_cmpstr(lsm_json_get(answer, "text", ""), ==,
			"LS-20261121-D0000 was already cancelled by root on 2026-11-21 12:00 UTC; nothing changed.");
	g_assert_false(lsm_act(fixture->service, &again, &answer, &error));
	g_assert_cmpstr(error->message, ==,
			"distribute LS-20261121-D0000: it is cancelled (taken back before it went out), by root since "
			"2026-11-21 12:00 UTC; possible now: note, replace, not-a-statement");
	desk_fixture_free(fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/act/cells", test_cells);
	g_test_add_func("/act/words", test_words);
	g_test_add_func("/act/find", test_find);
	g_test_add_func("/act/possible", test_possible);
	g_test_add_func("/act/arguments", test_arguments);
	g_test_add_func("/act/error-text", test_error_text);
	return g_test_run();
}
