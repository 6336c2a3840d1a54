/*
 * test_public.c - what may be published: every state on every way, and what a view keeps.
 */
#include <string.h>

#include "store/json.h"
#include "store/log.h"
#include "store/public.h"

/*
 * '.' never, 't' once the mail server took it, 'c' once a person confirmed, 'a' always; for the ways out, in,
 * around, draft, tool, list, other and none.
 */
static const struct {
	const char *state, *want;
} table[] = {
	{"undelivered", "........"},     {"pending", "........"},   {"in-review", "........"},
	{"around", "........"},          {"disagreed", "........"}, {"unconfirmed", "........"},
	{"confirmed", ".c..ccc."},       {"assigned", ".c..ccc."},  {"distributed", ".c..ccc."},
	{"unsure", "........"},          {"approved", "........"},  {"rejected", "........"},
	{"refused", "........"},         {"cancelled", "........"}, {"replaced", "........"},
	{"passed", "t......."},          {"released", "a......."},  {"delivered", "a......."},
	{"agreed", "..a....."},          {"answered", "tc..ccc."},  {"action-taken", ".c..ccc."},
	{"closed", ".c..ccc."},          {"recorded", ".c..ccc."},  {"draft", "........"},
	{"not-a-statement", "........"},
};
static const char *const ways[] = {"out", "in", "around", "draft", "tool", "list", "other", NULL};

static LsmCase *
case_of(const char *state, const char *way)
{
	LsmCase *item = lsm_case_new("LS-20261121-K7Q3M");

	g_assert_true(lsm_state_parse(state, &item->state));
	item->way = g_strdup(way);
	return item;
}

static char
answer_of(LsmCase *item)
{
	gboolean bare, taken, confirmed;

	bare = lsm_public_is(item);
	item->taken = TRUE;
	taken = lsm_public_is(item);
	item->taken = FALSE;
	item->confirmed = TRUE;
	confirmed = lsm_public_is(item);
	item->taken = TRUE;
	return bare ? 'a' : taken ? 't' : confirmed ? 'c' : '.';
}

static void
test_states(void)
{
	g_assert_cmpuint(G_N_ELEMENTS(table), ==, LSM_STATE_COUNT);
	for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
		char got[G_N_ELEMENTS(ways) + 1] = "";

		g_test_message("%s", table[i].state);
		for (guint k = 0; k < G_N_ELEMENTS(ways); k++) {
			g_autoptr(LsmCase) item = case_of(table[i].state, ways[k]);
			got[k] = answer_of(item);
		}
		g_assert_cmpstr(got, ==, table[i].want);
	}
}

/* Whatever its state: merely observed, of nobody knows whom, or erased. */
static void
test_never(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
		for (guint k = 0; k < G_N_ELEMENTS(ways); k++) {
			g_autoptr(LsmCase) item = case_of(table[i].state, ways[k]);

			item->taken = item->confirmed = TRUE;
			item->observed = TRUE;
			g_assert_false(lsm_public_is(item));
			item->observed = FALSE;
			item->unverified = TRUE;
			g_assert_false(lsm_public_is(item));
			item->unverified = FALSE;
			item->erase_reason = g_strdup("asked");
			g_assert_false(lsm_public_is(item));
		}
	}
}

/* --- views --- */

#define PRIVATE_WORD "secret"

/* Every member says that it is secret; a few are what may be told. */
static LsmEvent *
full_event(void)
{
	static const char *const texts[] = {"sender", "login",  "assignee", "lead",    "link",
					    "author", "digest", "content",  "queue_id"};
	static const char *const lists[] = {"approvers", "doors",        "withheld",
					    "released",  "approved_for", "distributed"};
	static const char *const secret[] = {PRIVATE_WORD "@example.org", NULL};
	static const char *const bodies[] = {"IPPM", NULL};
	LsmEvent *event = lsm_event_new(LSM_EVENT_PASSED, "LS-20261121-K7Q3M", 1795255200000000, "mx1");

	json_object_set_string_member(event->public, "way", "out");
	json_object_set_string_member(event->public, "state", "released");
	json_object_set_string_member(event->public, "verdict", PRIVATE_WORD);
	json_object_set_string_member(event->public, "replaced_by", PRIVATE_WORD);
	lsm_json_set_strings(event->public, "rules", secret);
	lsm_json_set_strings(event->public, "told", secret);
	event->private = json_object_new();
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		json_object_set_string_member(event->private, texts[i], PRIVATE_WORD);
	for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
		lsm_json_set_strings(event->private, lists[i], secret);
	lsm_json_set_strings(event->private, "from", bodies);
	json_object_set_string_member(event->private, "subject", "STAMP");
	json_object_set_string_member(event->private, "deadline", "2026-12-31");
	/* The kept mail is reached by it; the exports strip that of its way. */
	json_object_set_string_member(event->private, "content", "00");
	return event;
}

static void
put(LsmStoreTxn *txn, const char *id, const char *state, const char *way, gboolean confirmed)
{
	g_autoptr(LsmCase) item = case_of(state, way);

	g_free(item->id);
	item->id = g_strdup(id);
	item->confirmed = confirmed;
	g_assert_true(lsm_case_put(txn, item, NULL));
}

static void
test_view(void)
{
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);
	g_autoptr(LsmCase) item = lsm_case_new("LS-20261121-K7Q3M");
	g_autoptr(LsmEvent) event = full_event();
	g_autoptr(LsmCase) view = NULL;
	g_autoptr(GError) error = NULL;

	lsm_case_fold(item, event);
	put(txn, "LS-20261121-PUBLIC", "confirmed", "in", TRUE);
	put(txn, "LS-20261121-CLOSED", "unconfirmed", "in", FALSE);
	g_strfreev(item->answers);
	item->answers = g_strsplit("LS-20261121-CLOSED LS-20261121-PUBLIC LS-20261121-GONE", " ", -1);
	item->original = g_strdup("LS-20261121-CLOSED");
	g_assert_cmpint(lsm_public_view(txn, item, &view, &error), ==, LSM_FOUND);
	g_assert_no_error(error);

	g_autoptr(GBytes) json = lsm_case_render(view);
	g_autofree char *text = g_strndup(g_bytes_get_data(json, NULL), g_bytes_get_size(json));
	g_assert_null(strstr(text, PRIVATE_WORD));
	g_assert_cmpstr(view->subject, ==, "STAMP");
	g_assert_cmpstr(view->from[0], ==, "IPPM");
	g_assert_cmpstr(view->deadline, ==, "2026-12-31");
	g_assert_cmpint(view->state, ==, LSM_STATE_RELEASED);
	g_assert_cmpint(view->since, ==, item->since);
	g_assert_cmpuint(g_strv_length(view->answers), ==, 1);
	g_assert_cmpstr(view->answers[0], ==, "LS-20261121-PUBLIC");
	g_assert_null(view->original);

	g_clear_pointer(&view, lsm_case_free);
	g_strfreev(item->to_contacts);
	item->to_contacts = g_strsplit("liaisons@bbf.example", " ", -1);
	g_assert_cmpint(lsm_public_view(txn, item, &view, &error), ==, LSM_FOUND);
	g_assert_cmpstr(view->to_contacts[0], ==, "liaisons@bbf.example");
	g_clear_pointer(&view, lsm_case_free);
	g_free(item->way);
	item->way = g_strdup("in");
	item->state = LSM_STATE_CONFIRMED;
	item->confirmed = TRUE;
	g_assert_cmpint(lsm_public_view(txn, item, &view, &error), ==, LSM_FOUND);
	g_assert_null(view->to_contacts[0]);

	g_clear_pointer(&view, lsm_case_free);
	item->state = LSM_STATE_PENDING;
	g_assert_cmpint(lsm_public_view(txn, item, &view, &error), ==, LSM_ABSENT);
	g_assert_null(view);
}

/* Nobody outside is to see that something was noted, and when. */
static void
test_changed(void)
{
	static const struct {
		LsmEventType type;
		gint64 time, want;
	} rows[] = {
		{LSM_EVENT_PASSED, 1000, 1000},	  {LSM_EVENT_TAKEN, 2000, 2000},   {LSM_EVENT_DOOR, 3000, 2000},
		{LSM_EVENT_SENT, 4000, 2000},	  {LSM_EVENT_REMINDED, 5000, 2000}, {LSM_EVENT_NOTED, 6000, 2000},
		{LSM_EVENT_ANSWERED, 7000, 7000}, {LSM_EVENT_NOTED, 8000, 7000},
	};
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);
	g_autoptr(LsmCase) item = case_of("passed", "out");

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(LsmEvent) event = lsm_event_new(rows[i].type, item->id, rows[i].time, "mx1");
		g_autoptr(LsmCase) view = NULL;
		g_assert_true(lsm_log_append(txn, event, NULL));
		lsm_case_fold(item, event);
		item->taken = TRUE;
		g_assert_cmpint(lsm_public_view(txn, item, &view, NULL), ==, LSM_FOUND);
		g_test_message("%s", lsm_event_type_name(rows[i].type));
		g_assert_cmpint(view->changed, ==, rows[i].want);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/public/states", test_states);
	g_test_add_func("/public/never", test_never);
	g_test_add_func("/public/view", test_view);
	g_test_add_func("/public/changed", test_changed);
	return g_test_run();
}
