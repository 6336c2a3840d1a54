/*
 * test_case.c - folding events into a case, its JSON, its rows and indexes, ids; damaged and random rows.
 */
#include <string.h>

#include "conf/error.h"
#include "store/case.h"
#include "store/case_index.h"
#include "store/index.h"
#include "store/json.h"
#include "store/log.h"

#define ID "LS-20261121-K7Q3M"
#define T0 G_GINT64_CONSTANT(1795255200000000) /* 2026-11-21T10:00:00Z */

static JsonObject *
parse_object(const char *text)
{
	g_autoptr(GError) error = NULL;
	JsonObject *object = lsm_json_parse(text, strlen(text), &error);

	g_assert_no_error(error);
	return object;
}

/* One more event; private may be NULL. */
static void
fold(LsmCase *item, LsmEventType type, const char *public, const char *private)
{
	g_autoptr(LsmEvent) event =
		lsm_event_new(type, item->id, T0 + item->positions->len * G_USEC_PER_SEC, "mx1");

	json_object_unref(event->public);
	event->public = parse_object(public);
	event->private = private ? parse_object(private) : NULL;
	event->position = 10 + item->positions->len;
	lsm_case_fold(item, event);
}

static char *
render(const LsmCase *item)
{
	g_autoptr(GBytes) bytes = lsm_case_render(item);

	return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

#define assert_case(item, want)                                                                              \
	G_STMT_START                                                                                         \
	{                                                                                                    \
		g_autofree char *text_ = render(item);                                                       \
		g_assert_cmpstr(text_, ==, want);                                                            \
	}                                                                                                    \
	G_STMT_END

#define HEAD(state, changed, passages)                                                                       \
	"{\"id\":\"" ID "\",\"state\":\"" state                                                              \
	"\",\"since\":\"2026-11-21T10:00:00.000Z\",\"changed\":\"2026-11-21T10:00:0" changed                 \
	".000Z\",\"passages\":" passages

static void
test_life(void)
{
	g_autoptr(LsmCase) item = lsm_case_new(ID);

	fold(item, LSM_EVENT_REDIRECTED,
	     "{\"state\":\"pending\",\"way\":\"out\",\"verdict\":\"redirect\",\"rule_set\":\"bis-05\","
	     "\"rules\":[\"approval.missing\"]}",
	     "{\"from\":[\"IETF IPPM Working Group\"],\"to\":[\"Broadband "
	     "Forum\"],\"purposes\":[\"action\"],\"deadline\":\"2026-12-31\","
	     "\"subject\":\"STAMP\",\"message_id\":\"1@example.org\",\"sender\":\"chair@example.org\","
	     "\"login\":\"chair\","
	     "\"approvers\":[\"ad1@example.org\"],\"doors\":[\"a@bbf.example\",\"b@bbf.example\"],"
	     "\"withheld\":[\"a@bbf.example\",\"b@bbf.example\"],\"content\":\"00ff\",\"unknown\":{\"x\":1}"
	     "}");
	assert_case(item,
		    HEAD("pending", "0", "1") ",\"way\":\"out\",\"verdict\":\"redirect\",\"rules\":["
					      "\"approval.missing\"],\"from\":[\"IETF IPPM Working Group\"],"
					      "\"to\":[\"Broadband "
					      "Forum\"],\"purposes\":[\"action\"],\"deadline\":\"2026-12-"
					      "31\",\"subject\":\"STAMP\","
					      "\"message_id\":\"1@example.org\",\"sender\":\"chair@example."
					      "org\",\"login\":\"chair\","
					      "\"approvers\":[\"ad1@example.org\"],\"doors\":[\"a@bbf."
					      "example\",\"b@bbf.example\"],"
					      "\"withheld\":[\"a@bbf.example\",\"b@bbf.example\"],"
					      "\"content\":\"00ff\",\"positions\":[10]}");

	fold(item, LSM_EVENT_TAKEN, "{}", NULL);
	g_assert_true(item->taken);
	fold(item, LSM_EVENT_DOOR, "{}",
	     "{\"doors\":[\"b@bbf.example\",\"c@bbf.example\",\"c@bbf.example\"],\"withheld\":[\"c@bbf."
	     "example\"],"
	     "\"message_id\":\"2@example.org\",\"sender\":\"other@example.org\"}");
	g_assert_cmpuint(item->passages, ==, 2);
	g_assert_cmpuint(g_strv_length(item->doors), ==, 3);
	g_assert_cmpuint(g_strv_length(item->withheld), ==, 3);
	g_assert_cmpstr(item->message_id, ==, "1@example.org");
	g_assert_cmpstr(item->sender, ==, "chair@example.org");

	fold(item, LSM_EVENT_RELEASED, "{}", "{\"released\":[\"a@bbf.example\"]}");
	fold(item, LSM_EVENT_RELEASED, "{\"state\":\"passed\"}",
	     "{\"released\":[\"c@bbf.example\",\"a@bbf.example\"]}");
	g_assert_cmpuint(g_strv_length(item->released), ==, 2);
	g_assert_cmpuint(g_strv_length(item->withheld), ==, 1);
	g_assert_cmpstr(item->withheld[0], ==, "b@bbf.example");
	g_assert_cmpint(item->state, ==, LSM_STATE_PASSED);

	fold(item, LSM_EVENT_UNDELIVERED, "{}", NULL);
	g_assert_cmpint(item->state, ==, LSM_STATE_UNDELIVERED);
	fold(item, LSM_EVENT_NOT_STATEMENT, "{}", "{\"actor\":\"chair\"}");
	fold(item, LSM_EVENT_UNDELIVERED, "{}", NULL);
	g_assert_cmpint(item->state, ==, LSM_STATE_NOT_STATEMENT);
	fold(item, LSM_EVENT_ERASED, "{}", "{\"reason\":\"no statement\"}");
	assert_case(item,
		    HEAD("not-a-statement", "8",
			 "2") ",\"taken\":true,\"erase_reason\":\"no "
			      "statement\",\"way\":\"out\",\"verdict\":\"redirect\","
			      "\"rules\":[\"approval.missing\"],\"positions\":[10,11,12,13,14,15,16,17,18]}");
}

static void
test_fold(void)
{
	static const struct {
		const char *name;
		LsmEventType type;
		const char *public;
		const char *private;
		const char *want;
	} cases[] = {
		{"nothing said", LSM_EVENT_SENT, "{}", NULL,
		 HEAD("recorded", "0", "0") ",\"positions\":[10]}"},
		{"unknown state", LSM_EVENT_SEEN, "{\"state\":\"flying\"}", NULL,
		 HEAD("recorded", "0", "1") ",\"positions\":[10]}"},
		{"state of a wrong type", LSM_EVENT_SEEN, "{\"state\":7}", NULL,
		 HEAD("recorded", "0", "1") ",\"positions\":[10]}"},
		{"members of wrong types", LSM_EVENT_SEEN, "{\"way\":[],\"rules\":\"x\",\"observed\":1}",
		 "{\"subject\":{},\"doors\":[1],\"to\":[\"a\",[]],\"confirmed\":\"yes\"}",
		 HEAD("recorded", "0", "1") ",\"positions\":[10]}"},
		{"private ones in public", LSM_EVENT_SEEN, "{\"subject\":\"x\"}",
		 "{\"way\":\"in\",\"state\":\"passed\"}", HEAD("recorded", "0", "1") ",\"positions\":[10]}"},
		{"flags", LSM_EVENT_SEEN, "{\"observed\":true,\"unverified\":true}", "{\"confirmed\":true}",
		 HEAD("recorded", "0",
		      "1") ",\"observed\":true,\"unverified\":true,\"confirmed\":true,\"positions\":[10]}"},
		{"withheld and released at once", LSM_EVENT_SEEN, "{}",
		 "{\"withheld\":[\"a\",\"b\"],\"released\":[\"b\"]}",
		 HEAD("recorded", "0", "1") ",\"withheld\":[\"a\"],\"released\":[\"b\"],\"positions\":[10]}"},
		{"erased without reason", LSM_EVENT_ERASED, "{}", NULL,
		 HEAD("recorded", "0", "0") ",\"erase_reason\":\"erased\",\"positions\":[10]}"},
		{"state in words", LSM_EVENT_DRAFTED, "{\"state\":\"draft\"}", NULL,
		 HEAD("draft", "0", "1") ",\"positions\":[10]}"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(LsmCase) item = lsm_case_new(ID);
		g_test_message("%s", cases[i].name);
		fold(item, cases[i].type, cases[i].public, cases[i].private);
		assert_case(item, cases[i].want);
	}
}

/* The last word counts, and null takes a text away; content alone can be erased. */
static void
test_later_events(void)
{
	g_autoptr(LsmCase) item = lsm_case_new(ID);

	fold(item, LSM_EVENT_SEEN, "{\"rules\":[\"a\",\"b\"],\"observed\":true}",
	     "{\"deadline\":\"2026-12-31\",\"subject\":\"x\",\"sender\":\"a\",\"content\":\"00\",\"to\":["
	     "\"IAB\",\"IESG\"]}");
	fold(item, LSM_EVENT_DOOR, "{\"rules\":[\"c\"],\"observed\":false}",
	     "{\"deadline\":null,\"subject\":\"y\",\"sender\":null,\"to\":[\"IAB\"]}");
	g_assert_cmpuint(g_strv_length(item->rules), ==, 1);
	g_assert_false(item->observed);
	g_assert_null(item->deadline);
	g_assert_cmpstr(item->subject, ==, "y");
	g_assert_cmpstr(item->sender, ==, "a");
	g_assert_cmpuint(g_strv_length(item->to), ==, 1);
	fold(item, LSM_EVENT_ERASED, "{\"kind\":\"content\"}", NULL);
	g_assert_null(item->content);
	g_assert_cmpstr(item->subject, ==, "y");
	g_assert_cmpstr(item->erase_reason, ==, "erased");
	fold(item, LSM_EVENT_ERASED, "{}", NULL);
	g_assert_null(item->subject);
	g_assert_cmpuint(g_strv_length(item->to), ==, 0);
}

static gboolean
fold_one(const LsmEvent *event, gpointer data)
{
	lsm_case_fold(data, event);
	return TRUE;
}

/* A case that was folded as things happened, and one folded from the log later, are the same; also after
 * erasure. */
static void
test_rebuild(void)
{
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);
	g_autoptr(LsmCase) live = lsm_case_new(ID);
	static const LsmEventType types[] = {LSM_EVENT_SEEN, LSM_EVENT_DOOR, LSM_EVENT_ERASED,
					     LSM_EVENT_DOOR};

	for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
		g_autoptr(LsmEvent) event = lsm_event_new(types[i], ID, T0 + 123456 * (i + 1), "mx1");
		g_autoptr(LsmCase) rebuilt = lsm_case_new(ID);
		event->private =
			parse_object("{\"subject\":\"x\",\"doors\":[\"a\"],\"reason\":\"asked for\"}");
		for (guint k = 0; types[i] == LSM_EVENT_ERASED && k < i; k++)
			g_assert_true(lsm_log_erase_private(txn, k, NULL));
		if (types[i] == LSM_EVENT_ERASED)
			json_object_remove_member(event->private, "subject");
		g_assert_true(lsm_log_append(txn, event, NULL));
		lsm_case_fold(live, event);
		g_assert_true(lsm_log_scan(txn, 0, LSM_SCAN_FORWARD, fold_one, rebuilt, NULL));
		g_autofree char *want = render(live);
		assert_case(rebuilt, want);
	}
	g_assert_cmpstr(live->erase_reason, ==, "asked for");
}

/* 20,000 recipients of one statement in 40 events: no matter. */
static void
test_many_doors(void)
{
	g_autoptr(LsmCase) item = lsm_case_new(ID);

	for (guint i = 0; i < 40; i++) {
		g_autoptr(GString) text = g_string_new("{\"doors\":[\"same@bbf.example\"");
		for (guint k = 0; k < 500; k++)
			g_string_append_printf(text, ",\"u%u@bbf.example\"", i * 500 + k);
		g_string_append(text, "]}");
		fold(item, LSM_EVENT_DOOR, "{}", text->str);
	}
	g_assert_cmpuint(g_strv_length(item->doors), ==, 20001);
	g_autofree char *text = render(item);
	g_autoptr(LsmCase) again = lsm_case_parse(text, strlen(text), NULL);
	g_assert_cmpuint(again ? g_strv_length(again->doors) : 0, ==, 20001);
}

static LsmCase *
make_case(const char *id, LsmState state, gint64 since)
{
	LsmCase *item = lsm_case_new(id);

	item->state = state;
	item->since = item->changed = since;
	return item;
}

static void
test_round_trip(void)
{
	static const char text[] =
		HEAD("around", "5", "3") ",\"taken\":true,\"erase_reason\":\"x\",\"way\":\"around\","
					 "\"observed\":true,\"unverified\":true,\"verdict\":\"copy\","
					 "\"rules\":[\"a\"],\"from\":[\"b\"],\"to\":[\"c\"],\"purposes\":["
					 "\"action\"],\"confirmed\":true,\"deadline\":\"2026-12-31\","
					 "\"subject\":\"\xc3\xa9 "
					 "\\\"\\\\\",\"message_id\":\"m\",\"sender\":\"s\",\"login\":\"l\","
					 "\"approvers\":[\"d\"],\"doors\":[\"e\"],"
					 "\"withheld\":[\"f\"],\"released\":[\"g\"],\"content\":\"00\","
					 "\"positions\":[0,7,9007199254740993]}";
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmCase) item = lsm_case_parse(text, strlen(text), &error);

	g_assert_no_error(error);
	assert_case(item, text);
	LsmCase *copy = lsm_case_copy(item);
	assert_case(copy, text);
	lsm_case_free(g_steal_pointer(&item));
	assert_case(copy, text);
	lsm_case_free(copy);
	lsm_case_free(NULL);
}

static void
test_parse(void)
{
	static const char *const wrong[] = {
		"",
		"{}",
		"[]",
		"{\"id\":\"\"}",
		"{\"id\":\"LS-1\",\"state\":\"recorded\"}",
		HEAD("recorded", "0", "1") "}",
		HEAD("flying", "0", "1") ",\"positions\":[]}",
		HEAD("recorded", "0", "-1") ",\"positions\":[]}",
		HEAD("recorded", "0", "99999999999") ",\"positions\":[]}",
		HEAD("recorded", "0", "1.5") ",\"positions\":[]}",
		HEAD("recorded", "x", "1") ",\"positions\":[]}",
		HEAD("recorded", "0", "1") ",\"positions\":[-1]}",
		HEAD("recorded", "0", "1") ",\"positions\":[\"1\"]}",
		HEAD("recorded", "0", "1") ",\"positions\":{}}",
		HEAD("recorded", "0", "1") ",\"positions\":[],\"rules\":\"x\"}",
		HEAD("recorded", "0", "1") ",\"positions\":[],\"observed\":\"x\"}",
		HEAD("recorded", "0", "1") ",\"positions\":[],\"subject\":[]}",
	};

	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;
		g_test_message("%s", wrong[i]);
		g_assert_null(lsm_case_parse(wrong[i], strlen(wrong[i]), &error));
		g_assert_error(error, LSM_ERROR, LSM_ERROR_CORRUPT);
	}
}

static void
test_states(void)
{
	LsmState state;

	for (guint i = 0; i < LSM_STATE_COUNT; i++) {
		const LsmStateRow *row = lsm_state_row(i);
		g_assert_cmpuint(row->state, ==, i);
		g_assert_true(lsm_state_parse(row->word, &state));
		g_assert_cmpuint(state, ==, i);
		g_assert_cmpstr(row->meaning, !=, "");
		/* What is open waits for somebody. */
		g_assert_cmpint(row->open, <=, *row->step != '\0' && *row->whose != '\0');
		/* Scans of the state index go by prefix. */
		for (guint k = 0; k < LSM_STATE_COUNT; k++)
			g_assert_cmpint(g_str_has_prefix(lsm_state_row(k)->word, row->word), ==, i == k);
	}
	g_assert_false(lsm_state_parse("", &state));
}

/* --- rows --- */

static gboolean
collect_index(const char *term, const char *id, gpointer data)
{
	g_string_append_printf(data, "%s=%s ", term, id);
	return TRUE;
}

static void
assert_index(LsmStoreTxn *txn, LsmIndexKind kind, const char *want)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_assert_true(lsm_index_scan(txn, kind, "", LSM_SCAN_FORWARD, collect_index, text, NULL));
	g_assert_cmpstr(text->str, ==, want);
}

static void
test_put(void)
{
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);
	g_autoptr(LsmCase) item = make_case(ID, LSM_STATE_PENDING, T0);
	g_autoptr(LsmCase) again = NULL;
	g_autoptr(LsmCase) none = NULL;

	g_assert_true(lsm_case_put(txn, item, NULL));
	assert_index(txn, LSM_INDEX_TAIL, "k7q3m=" ID " ");
	assert_index(txn, LSM_INDEX_BEHIND, "=" ID " ");
	assert_index(txn, LSM_INDEX_STATE, "");
	g_assert_true(lsm_case_index_settle(txn, NULL));
	assert_index(txn, LSM_INDEX_BEHIND, "");
	assert_index(txn, LSM_INDEX_STATE, "pending 01a1fd8c6900=" ID " ");
	assert_index(txn, LSM_INDEX_TIME, "01a1fd8c6900=" ID " ");
	item->state = LSM_STATE_NOT_STATEMENT;
	g_assert_true(lsm_case_put(txn, item, NULL));
	g_assert_true(lsm_case_put(txn, item, NULL));
	g_assert_true(lsm_case_index_settle(txn, NULL));
	assert_index(txn, LSM_INDEX_STATE, "not-a-statement 01a1fd8c6900=" ID " ");
	assert_index(txn, LSM_INDEX_AGENDA, "");
	item->since += G_USEC_PER_SEC;
	g_assert_true(lsm_case_put(txn, item, NULL));
	g_assert_true(lsm_case_index_settle(txn, NULL));
	assert_index(txn, LSM_INDEX_TIME, "01a1fd8c6ce8=" ID " ");
	assert_index(txn, LSM_INDEX_TAIL, "k7q3m=" ID " ");

	g_assert_cmpint(lsm_case_get(txn, ID, &again, NULL), ==, LSM_FOUND);
	g_autofree char *want = render(item);
	assert_case(again, want);
	g_assert_cmpint(lsm_case_get(txn, "LS-1", &none, NULL), ==, LSM_ABSENT);
	g_assert_cmpint(lsm_case_get(txn, "", &none, NULL), ==, LSM_ABSENT);
	g_autofree char *long_id = g_strnfill(5000, 'L');
	g_assert_cmpint(lsm_case_get(txn, long_id, &none, NULL), ==, LSM_ABSENT);
}

static void
test_find(void)
{
	static const char *const ids[] = {"LS-20261121-K7Q3M", "LS-20261122-K7Q3M", "LS-20261121-ABCDE",
					  "LS-20261121-ABCDEF"};
	static const struct {
		const char *typed;
		const char *want;
	} cases[] = {
		{"LS-20261121-K7Q3M", "LS-20261121-K7Q3M"},
		{" ls-20261122-k7q3m\n", "LS-20261122-K7Q3M"},
		{"abcde", "LS-20261121-ABCDE"},
		{"ABCDEF", "LS-20261121-ABCDEF"},
		{"ABCD", "(absent)"},
		{"k7q3m", "(several)"},
		{"", "(absent)"},
		{"   ", "(absent)"},
		{"LS-", "(absent)"},
		{"LS-20261121-K7Q3", "(absent)"},
		{"%s%n\xff", "(absent)"},
	};
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);

	for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
		g_autoptr(LsmCase) item = make_case(ids[i], LSM_STATE_RECORDED, T0);
		g_assert_true(lsm_case_put(txn, item, NULL));
	}
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *id = NULL;
		LsmFound found = lsm_case_find(txn, cases[i].typed, &id, &error);
		g_assert_cmpstr(found == LSM_FOUND    ? id
				: found == LSM_ABSENT ? "(absent)"
						      : "(several)",
				==, cases[i].want);
		if (found == LSM_FAILED) {
			g_assert_error(error, LSM_ERROR, LSM_ERROR_USAGE);
			g_assert_nonnull(strstr(error->message, "LS-20261121-K7Q3M, LS-20261122-K7Q3M"));
		}
	}
}

static void
test_new_id(void)
{
	/* RFC 4648 section 10: "foobar" is MZXW6YTBOI. */
	static const char digest[] = "666f6f626172";
	static const char *const wants[] = {"LS-20261121-MZXW6",     "LS-20261121-MZXW6Y",
					    "LS-20261121-MZXW6YT",   "LS-20261121-MZXW6YTB",
					    "LS-20261121-MZXW6YTBO", NULL};
	static const char *const wrong[] = {"", "666f", "xyz", "666f6f62617", "LS-20261121"};
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);

	for (guint i = 0; i < G_N_ELEMENTS(wants); i++) {
		g_autofree char *id = lsm_case_new_id(txn, T0, digest, NULL);
		g_assert_cmpstr(id, ==, wants[i]);
		g_autoptr(LsmCase) item = id ? make_case(id, LSM_STATE_RECORDED, T0) : NULL;
		if (item)
			g_assert_true(lsm_case_put(txn, item, NULL));
	}
	g_autofree char *tomorrow = lsm_case_new_id(txn, T0 + G_TIME_SPAN_DAY, digest, NULL);
	g_assert_cmpstr(tomorrow, ==, "LS-20261122-MZXW6");
	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(lsm_case_new_id(txn, T0, wrong[i], &error));
		g_assert_error(error, LSM_ERROR, LSM_ERROR_INPUT);
	}
}

static gboolean
count_case(const LsmCase *item, gpointer data)
{
	guint *count = data;

	return ++*count < 3 && item->id != NULL;
}

static void
test_scan(void)
{
	g_autoptr(LsmStore) store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, NULL);
	g_autoptr(GError) error = NULL;
	guint count = 0;

	for (guint i = 0; i < 5; i++) {
		g_autofree char *id = g_strdup_printf("LS-20261121-AAAA%c", 'A' + i);
		g_autoptr(LsmCase) item = make_case(id, LSM_STATE_RECORDED, T0);
		g_assert_true(lsm_case_put(txn, item, NULL));
	}
	g_assert_true(lsm_case_scan(txn, count_case, &count, NULL));
	g_assert_cmpuint(count, ==, 3);

	/* A row under the name of another. */
	g_autoptr(LsmCase) item = make_case(ID, LSM_STATE_RECORDED, T0);
	g_autofree char *text = render(item);
	g_assert_true(lsm_store_put(txn, LSM_TABLE_CASE, "LS-20261121-AAAAA", 17, text, strlen(text), NULL));
	g_assert_false(lsm_case_scan(txn, count_case, &count, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_CORRUPT);
	g_assert_nonnull(strstr(error->message, "LS-20261121-AAAAA"));
	g_autoptr(LsmCase) its_owner = make_case("LS-20261121-AAAAA", LSM_STATE_PASSED, T0);
	g_assert_false(lsm_case_put(txn, its_owner, NULL));
}

static void
test_random(void)
{
	static const char seed[] =
		HEAD("around", "5",
		     "3") ",\"rules\":[\"a\"],\"observed\":true,\"deadline\":null,\"positions\":[0,7]}";

	for (guint round = 0; round < 20000; round++) {
		gboolean damaged = round % 2;
		gsize length = damaged ? strlen(seed) : (gsize)g_test_rand_int_range(1, 200);
		g_autofree guint8 *data = g_malloc(length);
		for (gsize i = 0; i < length; i++)
			data[i] = damaged ? (guint8)seed[i] : (guint8)g_test_rand_int();
		for (gint i = damaged ? g_test_rand_int_range(1, 4) : 0; i > 0; i--)
			data[g_test_rand_int_range(0, (gint32)length)] =
				(guint8) "{}[]\",:\\0e\xff-"[g_test_rand_int_range(0, 12)];
		g_autoptr(GError) error = NULL;
		g_autoptr(LsmCase) item = lsm_case_parse(data, length, &error);
		g_assert_cmpint(item != NULL, ==, error == NULL);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/case/life", test_life);
	g_test_add_func("/case/fold", test_fold);
	g_test_add_func("/case/later-events", test_later_events);
	g_test_add_func("/case/rebuild", test_rebuild);
	g_test_add_func("/case/many-doors", test_many_doors);
	g_test_add_func("/case/round-trip", test_round_trip);
	g_test_add_func("/case/parse", test_parse);
	g_test_add_func("/case/states", test_states);
	g_test_add_func("/case/put", test_put);
	g_test_add_func("/case/find", test_find);
	g_test_add_func("/case/new-id", test_new_id);
	g_test_add_func("/case/scan", test_scan);
	g_test_add_func("/case/random", test_random);
	return g_test_run();
}
