/*
 * test_event.c - events and JSON, to and from bytes; damaged and random bytes.
 */
#include <string.h>

#include "conf/error.h"
#include "store/event.h"
#include "store/json.h"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define START                                                                                                \
	"{\"v\":1,\"type\":\"redirected\",\"case\":\"LS-20261121-K7Q3M\",\"time\":\"2026-11-21T10:00:00."    \
	"000Z\",\"node\":\"mx1\""

static LsmEvent *
make_event(void)
{
	LsmEvent *event = lsm_event_new(LSM_EVENT_REDIRECTED, "LS-20261121-K7Q3M", 1795255200000999, "mx1");
	static const char *const rules[] = {"approval.missing", NULL};

	json_object_set_string_member(event->public, "way", "out");
	lsm_json_set_strings(event->public, "rules", rules);
	json_object_set_string_member(event->public, "state", "pending");
	/* A name that the event itself uses is left out. */
	json_object_set_string_member(event->public, "type", "sent");
	return event;
}

static void
test_render(void)
{
	static const struct {
		const char *digest;
		const char *want;
	} cases[] = {
		{NULL, START ",\"rules\":[\"approval.missing\"],\"state\":\"pending\",\"way\":\"out\"}"},
		{DIGEST, START ",\"rules\":[\"approval.missing\"],\"state\":\"pending\",\"way\":\"out\","
			       "\"private\":\"" DIGEST "\"}"},
	};
	g_autoptr(LsmEvent) event = make_event();

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GBytes) bytes = lsm_event_render(event, cases[i].digest);
		g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
		g_assert_cmpstr(text, ==, cases[i].want);
	}
}

static void
test_round_trip(void)
{
	g_autoptr(LsmEvent) event = make_event();
	g_autoptr(GBytes) bytes = lsm_event_render(event, DIGEST);
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmEvent) again =
		lsm_event_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &error);

	g_assert_no_error(error);
	g_assert_nonnull(again);
	g_assert_cmpint(again->type, ==, LSM_EVENT_REDIRECTED);
	g_assert_cmpstr(again->case_id, ==, event->case_id);
	/* Cut to the millisecond from the beginning. */
	g_assert_cmpint(again->time, ==, 1795255200000000);
	g_assert_cmpint(event->time, ==, again->time);
	g_assert_cmpstr(again->node, ==, "mx1");
	g_assert_cmpstr(again->salted_digest, ==, DIGEST);
	g_assert_cmpstr(lsm_json_string(again->public, "way"), ==, "out");
	g_assert_false(json_object_has_member(again->public, "type"));
	g_assert_null(again->private);
	g_autoptr(GBytes) same = lsm_event_render(again, DIGEST);
	g_assert_true(g_bytes_equal(bytes, same));
}

static void
test_parse(void)
{
	static const struct {
		const char *text;
		int want; /* -1: an event */
	} cases[] = {
		{START "}", -1},
		{" " START "}\n", LSM_ERROR_CORRUPT},
		{START "}\n", -1},
		{START ",\"x\":{\"y\":[1,2.5e3,null,true,\"}]\\\"\"]}}", -1},
		{START ",\"private\":\"" DIGEST "\"}", -1},
		{START ",\"private\":\"abc\"}", LSM_ERROR_CORRUPT},
		{START ",\"private\":7}", LSM_ERROR_CORRUPT},
		{"", LSM_ERROR_CORRUPT},
		{"{}", LSM_ERROR_CORRUPT},
		{"[]", LSM_ERROR_CORRUPT},
		{"null", LSM_ERROR_CORRUPT},
		{START, LSM_ERROR_CORRUPT},
		{START "}{}", LSM_ERROR_CORRUPT},
		{START "}}", LSM_ERROR_CORRUPT},
		{START ",}", LSM_ERROR_CORRUPT},
		{START "/*\"*/}", LSM_ERROR_CORRUPT},
		{START ",'a':1}", LSM_ERROR_CORRUPT},
		{START ",\"a\":\"\xff\"}", LSM_ERROR_CORRUPT},
		{START ",\"a\":\"b}", LSM_ERROR_CORRUPT},
		{START ",\"a\":\"b\\", LSM_ERROR_CORRUPT},
		{"var e = " START "}", LSM_ERROR_CORRUPT},
		{"{\"v\":2,\"type\":\"seen\",\"case\":\"LS-1\",\"time\":\"2026-11-21T10:00:00.000Z\","
		 "\"node\":\"a\"}",
		 LSM_ERROR_UNSUPPORTED},
		{"{\"v\":0,\"type\":\"seen\",\"case\":\"LS-1\",\"time\":\"2026-11-21T10:00:00.000Z\","
		 "\"node\":\"a\"}",
		 LSM_ERROR_CORRUPT},
		{"{\"v\":\"1\",\"type\":\"seen\",\"case\":\"LS-1\",\"time\":\"2026-11-21T10:00:00.000Z\","
		 "\"node\":\"a\"}",
		 LSM_ERROR_CORRUPT},
		{"{\"v\":1,\"type\":\"seem\",\"case\":\"LS-1\",\"time\":\"2026-11-21T10:00:00.000Z\","
		 "\"node\":\"a\"}",
		 LSM_ERROR_CORRUPT},
		{"{\"v\":1,\"type\":\"seen\",\"case\":\"\",\"time\":\"2026-11-21T10:00:00.000Z\",\"node\":"
		 "\"a\"}",
		 LSM_ERROR_CORRUPT},
		{"{\"v\":1,\"type\":\"seen\",\"case\":[],\"time\":\"2026-11-21T10:00:00.000Z\",\"node\":"
		 "\"a\"}",
		 LSM_ERROR_CORRUPT},
		{"{\"v\":1,\"type\":\"seen\",\"case\":\"" DIGEST
		 "0\",\"time\":\"2026-11-21T10:00:00.000Z\",\"node\":\"a\"}",
		 LSM_ERROR_CORRUPT},
		{"{\"v\":1,\"type\":\"seen\",\"case\":\"LS-1\",\"time\":\"2026-11-21\",\"node\":\"a\"}",
		 LSM_ERROR_CORRUPT},
		{"{\"v\":1,\"type\":\"seen\",\"case\":\"LS-1\",\"time\":\"2026-11-21T10:00:00.000Z\"}",
		 LSM_ERROR_CORRUPT},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(LsmEvent) event = lsm_event_parse(cases[i].text, strlen(cases[i].text), &error);
		g_test_message("%s", cases[i].text);
		g_assert_cmpint(event ? -1 : error->code, ==, cases[i].want);
		g_assert_cmpint(event != NULL, ==, error == NULL);
	}
}

/* json-glib itself recurses as deep as its input nests. */
static void
test_depth(void)
{
	static const struct {
		guint depth;
		gboolean want;
	} cases[] = {
		{1, TRUE}, {LSM_JSON_DEPTH_MAX - 1, TRUE}, {LSM_JSON_DEPTH_MAX, FALSE}, {1000000, FALSE}};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *open = g_strnfill(cases[i].depth, '[');
		g_autofree char *close = g_strnfill(cases[i].depth, ']');
		g_autofree char *text = g_strdup_printf("{\"a\":%s%s}", open, close);
		g_autofree char *cut = g_strdup_printf("{\"a\":%s", open);
		g_autoptr(JsonObject) object = lsm_json_parse(text, strlen(text), NULL);
		g_assert_cmpint(object != NULL, ==, cases[i].want);
		g_assert_null(lsm_json_parse(cut, strlen(cut), NULL));
	}
}

static void
test_json_members(void)
{
	static const char text[] = "{\"s\":\"x\",\"n\":7,\"d\":7.5,\"t\":true,\"f\":false,\"z\":null,\"l\":["
				   "\"a\",\"b\"],\"m\":[\"a\",1],"
				   "\"e\":[],\"o\":{}}";
	g_autoptr(JsonObject) object = lsm_json_parse(text, strlen(text), NULL);
	gint64 number = -1;

	g_assert_nonnull(object);
	g_assert_cmpstr(lsm_json_string(object, "s"), ==, "x");
	g_assert_true(lsm_json_number(object, "n", &number));
	g_assert_cmpint(number, ==, 7);
	g_assert_true(lsm_json_flag(object, "t"));
	static const char *const names[] = {"n", "d", "t", "f", "z", "l", "m", "e", "o", "absent"};
	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		g_assert_null(lsm_json_string(object, names[i]));
	for (guint i = 1; i < G_N_ELEMENTS(names); i++)
		g_assert_false(lsm_json_number(object, names[i], &number));
	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		g_assert_cmpint(lsm_json_flag(object, names[i]), ==, strcmp(names[i], "t") == 0);

	g_auto(GStrv) list = lsm_json_node_strings(json_object_get_member(object, "l"));
	g_assert_cmpuint(list ? g_strv_length(list) : 99, ==, 2);
	g_auto(GStrv) empty = lsm_json_node_strings(json_object_get_member(object, "e"));
	g_assert_cmpuint(empty ? g_strv_length(empty) : 99, ==, 0);
	g_assert_null(lsm_json_node_strings(json_object_get_member(object, "m")));
	g_assert_null(lsm_json_node_strings(json_object_get_member(object, "s")));
	g_assert_null(lsm_json_node_strings(NULL));
}

/* What a mail brings need not be UTF-8; what was written must be readable all the same. */
static void
test_foreign_octets(void)
{
	g_autoptr(LsmEvent) event = lsm_event_new(LSM_EVENT_SEEN, "LS-1", 0, "mx\xe9");
	json_object_set_string_member(event->public, "note", "caf\xe9 \"\\ \x01\x7f\n\xe2\x82");
	g_autoptr(GBytes) bytes = lsm_event_render(event, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmEvent) again =
		lsm_event_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &error);

	g_assert_no_error(error);
	g_assert_cmpstr(again ? lsm_json_string(again->public, "note") : NULL, ==,
			"caf\xef\xbf\xbd \"\\ \x01\x7f\n\xef\xbf\xbd\xef\xbf\xbd");
}

static void
test_types(void)
{
	for (guint i = 0; i < LSM_EVENT_COUNT; i++) {
		LsmEventType type = LSM_EVENT_COUNT;
		g_assert_true(lsm_event_type_parse(lsm_event_type_name(i), &type));
		g_assert_cmpuint(type, ==, i);
		g_assert_cmpstr(lsm_event_type_help(i), !=, "");
	}
	LsmEventType type;
	g_assert_false(lsm_event_type_parse("Seen", &type));
	g_assert_false(lsm_event_type_parse("", &type));
}

static void
test_times(void)
{
	static const struct {
		gint64 time;
		const char *want;
	} renders[] = {
		{0, "1970-01-01T00:00:00.000Z"},
		{1795255200123999, "2026-11-21T10:00:00.123Z"},
		{-5, "1970-01-01T00:00:00.000Z"},
		{G_MAXINT64, "9999-12-31T23:59:59.000Z"},
	};
	static const char *const wrong[] = {"",
					    "2026-11-21T10:00:00Z",
					    "2026-02-30T10:00:00.000Z",
					    "2026-11-21T24:00:00.000Z",
					    "2026-11-21T10:00:00.000z",
					    "2026-11-21T10:00:00.000Z ",
					    "2026-11-21 10:00:00.000Z",
					    "1969-12-31T23:59:59.000Z",
					    "0000-00-00T00:00:00.000Z",
					    "2026-1\xc3\xa9-21T10:00:00.000Z"};
	gint64 time;

	for (guint i = 0; i < G_N_ELEMENTS(renders); i++) {
		g_autofree char *text = lsm_event_time_render(renders[i].time);
		g_assert_cmpstr(text, ==, renders[i].want);
	}
	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
		g_assert_false(lsm_event_time_parse(wrong[i], &time));
	g_assert_true(lsm_event_time_parse("2024-02-29T10:00:00.250Z", &time));
	g_assert_cmpint(time, ==, 1709200800250000);
	/* Every day that there is, of leap years and others, as it is written. */
	for (gint64 day = 0; day < 400 * 366; day++) {
		gint64 then = day * 86400 * G_USEC_PER_SEC;
		g_autofree char *text = lsm_event_time_render(then);
		if (!lsm_event_time_parse(text, &time) || time != then)
			g_error("%s is not read as it was written", text);
	}
}

/* Random bytes, and an event with a few of its bytes changed: an answer, whatever it is. */
static void
test_random(void)
{
	static const char seed[] = START ",\"rules\":[\"a\",{\"b\":[]}],\"private\":\"" DIGEST "\"}";

	for (guint round = 0; round < 20000; round++) {
		gboolean damaged = round % 2;
		gsize length = damaged ? strlen(seed) : (gsize)g_test_rand_int_range(0, 200);
		g_autofree guint8 *data = g_malloc(length + 1);
		for (gsize i = 0; i < length; i++)
			data[i] = damaged ? (guint8)seed[i] : (guint8)g_test_rand_int();
		for (gint i = damaged ? g_test_rand_int_range(1, 4) : 0; i > 0; i--)
			data[g_test_rand_int_range(0, (gint32)length)] =
				(guint8) "{}[]\",:\\0e\xff/"[g_test_rand_int_range(0, 12)];
		g_autoptr(GError) error = NULL;
		/* A copy of exact size, so that a look beyond its end is noticed. */
		g_autofree guint8 *exact = length ? g_memdup2(data, length) : NULL;
		g_autoptr(LsmEvent) event = lsm_event_parse(exact, length, &error);
		g_assert_cmpint(event != NULL, ==, error == NULL);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/event/render", test_render);
	g_test_add_func("/event/round-trip", test_round_trip);
	g_test_add_func("/event/parse", test_parse);
	g_test_add_func("/event/depth", test_depth);
	g_test_add_func("/event/json-members", test_json_members);
	g_test_add_func("/event/foreign-octets", test_foreign_octets);
	g_test_add_func("/event/types", test_types);
	g_test_add_func("/event/times", test_times);
	g_test_add_func("/event/random", test_random);
	return g_test_run();
}
