/*
 * test_phrase.c - phrases in what people write: whole words, folded lines, no quotations, long texts.
 */
#include "rules/phrase.h"

#include <string.h>

static const char *const wanted[] = {"liaison manager*", "on the list", NULL};
static const char *const verbs[] = {"consulted", "agree*", NULL};

static const struct {
	const char *name;
	const char *text;
	const char *want; /* how the fold goes on where it was found; NULL: not found */
} cases[] = {
	{"plain", "It was discussed on the list.", "on the list. "},
	{"capitals and line ends", "Discussed ON\r\n  the\tLIST, in May", "on the list, in may "},
	{"a longer word", "It is on the lists", NULL},
	{"the end of a longer word", "salon the list", NULL},
	{"the beginning of a word", "Our liaison managers know", "liaison managers know "},
	{"quoted", "> on the list\nNo.", NULL},
	{"quoted in between", "on the\n> other hand\nlist", "on the list "},
	{"the first phrase first", "on the list, by the liaison manager", "liaison manager "},
	{"a word that is not ASCII beside it", "\xc3\xa9on the list", "on the list "},
	{"empty", "", NULL},
	{"none", NULL, NULL},
};

static void
test_find(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *fold = lsm_phrase_fold(cases[i].text);

		g_test_message("%s", cases[i].name);
		g_assert_cmpstr(lsm_phrase_find(fold, wanted), ==, cases[i].want);
	}
}

static const struct {
	const char *name;
	const char *text;
	gsize apart;
	gboolean want;
} near_cases[] = {
	{"behind", "The liaison manager was consulted.", 40, TRUE},
	{"in front", "We consulted the liaison manager.", 40, TRUE},
	{"too far", "The liaison manager is new here, and nobody was ever consulted.", 40, FALSE},
	{"at the second place", "The liaison manager is new in this office. The liaison manager agrees.", 30,
	 TRUE},
	{"one of the two", "The liaison manager is here.", 40, FALSE},
};

static void
test_near(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(near_cases); i++) {
		g_autofree char *fold = lsm_phrase_fold(near_cases[i].text);

		g_test_message("%s", near_cases[i].name);
		g_assert_cmpint(lsm_phrase_near(fold, wanted, verbs, near_cases[i].apart), ==,
				near_cases[i].want);
	}
}

/* Top and end of a long text are looked at, the middle is not; and a text that repeats itself costs little.
 */
static void
test_long(void)
{
	g_autofree char *filling = g_strnfill(100000, 'x');
	g_autofree char *on_top = g_strconcat("on the list\n", filling, NULL);
	g_autofree char *at_end = g_strconcat(filling, "\non the list\n", NULL);
	g_autofree char *between = g_strconcat(filling, "\non the list\n", filling, NULL);
	g_autoptr(GString) again = g_string_new(NULL);
	const char *const texts[] = {on_top, at_end, between};
	gint64 start;

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *fold = lsm_phrase_fold(texts[i]);

		g_assert_cmpint(lsm_phrase_find(fold, wanted) != NULL, ==, i < 2);
		g_assert_cmpuint(strlen(fold), <=, 17 * 1024);
	}
	for (guint i = 0; i < 100000; i++)
		g_string_append(again, "liaison manager ");
	start = g_get_monotonic_time();
	for (guint i = 0; i < 100; i++) {
		g_autofree char *fold = lsm_phrase_fold(again->str);

		g_assert_false(lsm_phrase_near(fold, wanted, verbs, 100));
	}
	g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/phrase/find", test_find);
	g_test_add_func("/phrase/near", test_near);
	g_test_add_func("/phrase/long", test_long);
	return g_test_run();
}
