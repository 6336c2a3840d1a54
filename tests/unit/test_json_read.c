/*
 * test_json_read.c - JSON in one pass: what it takes, what it refuses, and that it never reads behind the end.
 */
#include <string.h>

#include "store/json.h"
#include "store/json_read.h"

/* Everything that the reader finds, in a form of its own: the kind is asked for by the name's first letter. */
static char *
describe(const char *json, gsize length)
{
	g_autoptr(GString) out = g_string_new(NULL);
	LsmJsonRead read;
	char name[LSM_JSON_NAME_SIZE];

	lsm_json_read_begin(&read, json, length);
	while (lsm_json_read_name(&read, name)) {
		g_autofree char *text = NULL;
		g_auto(GStrv) texts = NULL;
		g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint64));
		gboolean flag = FALSE;
		guint64 number = 0;

		g_string_append_printf(out, "%s=", name);
		switch (name[0]) {
		case 't':
			text = lsm_json_read_null(&read) ? g_strdup("null") : lsm_json_read_text(&read);
			g_string_append(out, text ? text : "-");
			break;
		case 'l':
			texts = lsm_json_read_texts(&read);
			text = texts ? g_strjoinv("+", texts) : NULL;
			g_string_append(out, text ? text : "-");
			break;
		case 'f':
			g_string_append(out, !lsm_json_read_flag(&read, &flag) ? "-" : flag ? "yes" : "no");
			break;
		case 'n':
			if (lsm_json_read_number(&read, &number))
				g_string_append_printf(out, "%" G_GUINT64_FORMAT, number);
			else
				g_string_append_c(out, '-');
			break;
		case 'p':
			if (lsm_json_read_numbers(&read, numbers))
				g_string_append_printf(out, "%u numbers", numbers->len);
			else
				g_string_append_c(out, '-');
			break;
		default:
			lsm_json_read_skip(&read);
		}
		g_string_append_c(out, ' ');
	}
	return lsm_json_read_end(&read) ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}

static const struct {
	const char *json;
	const char *want; /* NULL: not JSON */
} texts[] = {
	{"{}", ""},
	{" {}", NULL},
	{"{} \n", ""},
	{"{} x", NULL},
	{"", NULL},
	{"[]", NULL},
	{"{", NULL},
	{"{\"t\":\"a\"}", "t=a "},
	{"{ \"t\" : \"a\" , \"t2\" : null }", "t=a t2=null "},
	{"{\"t\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "t=\"\\/\b\f\n\r\t "},
	{"{\"t\":\"\\u00e9\\ud83d\\ude00x\"}", "t=\xc3\xa9\xf0\x9f\x98\x80x "},
	{"{\"t\":\"\\ud83d\"}", NULL},
	{"{\"t\":\"\\ud83dabcdef\"}", NULL},
	{"{\"t\":\"\\ude00\"}", NULL},
	{"{\"t\":\"\\u0000\"}", NULL},
	{"{\"t\":\"\\u00g0\"}", NULL},
	{"{\"t\":\"\\x\"}", NULL},
	{"{\"t\":\"\xff\"}", NULL},
	{"{\"t\":\"a", NULL},
	{"{\"t\":\"a\\", NULL},
	{"{\"t\":\"a\\u00", NULL},
	{"{\"t\":\"a\",}", NULL},
	{"{\"t\":\"a\" \"u\":1}", NULL},
	{"{\"t\"}", NULL},
	{"{\"t\":}", NULL},
	{"{t:1}", NULL},
	{"{\"t\":1}", "t=- "},
	{"{\"t\":[\"a\",{\"b\":\"]\"}],\"t2\":\"c\"}", "t=- t2=c "},
	{"{\"l\":[]}", "l= "},
	{"{\"l\":[ \"a\" , \"b\" ]}", "l=a+b "},
	{"{\"l\":[\"a\",1,[2]],\"t\":\"b\"}", "l=- t=b "},
	{"{\"l\":[\"a\",]}", NULL},
	{"{\"l\":[\"a\"", NULL},
	{"{\"l\":[\"a\"}", NULL},
	{"{\"l\":{\"a\":[1]},\"t\":\"b\"}", "l=- t=b "},
	{"{\"f\":true,\"f2\":false,\"f3\":\"true\",\"f4\":null}", "f=yes f2=no f3=- f4=- "},
	{"{\"n\":0,\"n2\":9007199254740993,\"n3\":-1,\"n4\":1.5,\"n5\":1e3}",
	 "n=0 n2=9007199254740993 n3=- n4=- n5=- "},
	{"{\"n\":99999999999999999999999}", "n=- "},
	{"{\"p\":[0,7],\"p2\":[],\"p3\":[\"1\"],\"p4\":[-1],\"p5\":{}}", "p=2 numbers p2=0 numbers p3=- p4=- p5=- "},
	{"{\"a name that is longer than any of ours\":[1,2],\"t\":\"a\"}", "= t=a "},
	{"{\"x\":[[[[{\"a\":[true,null,-1.5e3,\"}\"]}]]]],\"t\":\"a\"}", "x= t=a "},
	{"{\"x\":[[}", NULL},
};

static void
test_texts(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		/* No octet more than there is: the address sanitizer sees what reads behind it. */
		gsize length = strlen(texts[i].json);
		g_autofree char *exact = g_memdup2(texts[i].json, length);
		g_autofree char *got = describe(exact, length);

		g_test_message("%s", texts[i].json);
		g_assert_cmpstr(got, ==, texts[i].want);
	}
}

static void
test_depth(void)
{
	for (guint depth = 1; depth <= 2 * LSM_JSON_DEPTH_MAX; depth++) {
		g_autoptr(GString) json = g_string_new("{\"x\":");
		g_autofree char *got = NULL;

		for (guint i = 0; i < depth; i++)
			g_string_append_c(json, '[');
		for (guint i = 0; i < depth; i++)
			g_string_append_c(json, ']');
		g_string_append_c(json, '}');
		got = describe(json->str, json->len);
		g_test_message("depth %u", depth);
		g_autoptr(JsonObject) tree = lsm_json_parse(json->str, json->len, NULL);
		g_assert_cmpint(got != NULL, ==, depth < LSM_JSON_DEPTH_MAX);
		g_assert_cmpint(tree != NULL, ==, depth < LSM_JSON_DEPTH_MAX);
	}
}

/* want: as it is rendered again. NULL: refused. */
static const struct {
	const char *json, *want;
} trees[] = {
	{"{}", "{}"},
	{"{} \t\r\n", "{}"},
	{" {}", NULL},
	{"{}{}", NULL},
	{"[1]", NULL},
	{"{ \"a\" : [ 1 , { } , [ ] , null , true , false , \"\\u00e9\" ] }",
	 "{\"a\":[1,{},[],null,true,false,\"\xc3\xa9\"]}"},
	{"{\"a\":1,\"b\":2,\"a\":3}", NULL},
	{"{\"a\":{\"b\":1,\"\\u0062\":2}}", NULL},
	{"{\"a\":{\"a\":1},\"b\":[{\"a\":2},{\"a\":3}]}", "{\"a\":{\"a\":1},\"b\":[{\"a\":2},{\"a\":3}]}"},
	{"{\"\":1}", "{\"\":1}"},
	{"{\"a name that is longer than any of ours\":1}", "{\"a name that is longer than any of ours\":1}"},
	{"{\"a\":-1,\"b\":9223372036854775807,\"c\":0.5,\"d\":1e3,\"e\":-0}",
	 "{\"a\":-1,\"b\":9223372036854775807,\"c\":0.5,\"d\":1000.0,\"e\":0}"},
	{"{\"a\":9223372036854775808}", "{\"a\":9.2233720368547758e+18}"},
	{"{\"a\":1e999}", "{\"a\":null}"},
	{"{\"a\":01}", NULL},
	{"{\"a\":1.}", NULL},
	{"{\"a\":.5}", NULL},
	{"{\"a\":1e}", NULL},
	{"{\"a\":+1}", NULL},
	{"{\"a\":- 1}", NULL},
	{"{\"a\":0x10}", NULL},
	{"{\"a\":nul}", NULL},
	{"{\"a\":nulls}", NULL},
	{"{\"a\":True}", NULL},
	{"{\"a\":1 2}", NULL},
	{"{\"a\":[1 2]}", NULL},
	{"{\"a\":[1,]}", NULL},
	{"{\"a\":1,}", NULL},
	{"{\"a\":[}", NULL},
	{"{\"a\":[1}]", NULL},
	{"{\"a\":1", NULL},
	{"{\"a\":", NULL},
	{"{'a':1}", NULL},
	{"{a:1}", NULL},
	{"{\"a\"=1}", NULL},
	{"{\"a\":1 /* no */}", NULL},
	{"{\"a\":\"\\u0000\"}", NULL},
};

static void
test_trees(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(trees); i++) {
		gsize length = strlen(trees[i].json);
		g_autofree char *exact = g_memdup2(trees[i].json, length);
		g_autoptr(GError) error = NULL;
		g_autoptr(JsonObject) object = lsm_json_parse(exact, length, &error);
		g_autoptr(GBytes) bytes = object ? lsm_json_render(object) : NULL;
		g_autofree char *got = bytes ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;

		g_test_message("%s", trees[i].json);
		g_assert_cmpstr(got, ==, trees[i].want);
		g_assert_cmpint(error != NULL, ==, trees[i].want == NULL);
	}
}

#define ROUNDS 20000

/* Whatever it is, it ends. */
static void
test_damaged(void)
{
	static const char seed[] = "{\"t\":\"a\\u00e9\\n\",\"l\":[\"b\",\"c\"],\"f\":true,\"n\":12,\"p\":[1,2],\"x\":{\"y\":[1]}}";
	guint refused = 0;

	for (guint round = 0; round < ROUNDS; round++) {
		g_autofree char *json = g_memdup2(seed, sizeof seed - 1);
		for (gint i = g_test_rand_int_range(1, 4); i > 0; i--)
			json[g_test_rand_int_range(0, sizeof seed - 1)] =
				"{}[]\",:\\0e\xff-u"[g_test_rand_int_range(0, 13)];
		g_autofree char *got = describe(json, sizeof seed - 1);
		g_autoptr(JsonObject) tree = lsm_json_parse(json, sizeof seed - 1, NULL);
		if (!got)
			refused++;
		/* The tree has looked at all that one pass skips, and more. */
		g_assert_true(got || !tree);
	}
	g_assert_cmpuint(refused, >, 0);
	g_assert_cmpuint(refused, <, ROUNDS);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/json-read/texts", test_texts);
	g_test_add_func("/json-read/depth", test_depth);
	g_test_add_func("/json-read/trees", test_trees);
	g_test_add_func("/json-read/damaged", test_damaged);
	return g_test_run();
}
