/*
 * test_confuse_check.c - why texts are read before libConfuse reads them: what it lets pass alone,
 * and that what passes both is the same text on the same lines.
 *
 * The mistakes' messages stand in test_settings.c; here is the library's side. Should a later
 * libConfuse find a mistake by itself, a row fails here and the check may lose a part.
 */
#include <confuse.h>
#include <string.h>

#include "conf/confuse.h"
#include "conf/error.h"
#include "conf/nearest.h"

#define NAME "test.conf"

static cfg_opt_t inner_options[] = {CFG_STR("word", "unset", CFGF_NONE), CFG_END()};
static cfg_opt_t group_options[] = {
	CFG_STR("word", "unset", CFGF_NONE),
	CFG_SEC("inner", inner_options, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	CFG_END(),
};
static cfg_opt_t options[] = {
	CFG_STR("word", "unset", CFGF_NONE),
	CFG_INT("number", 0, CFGF_NONE),
	CFG_STR_LIST("list", NULL, CFGF_NONE),
	CFG_SEC("group", group_options, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
	CFG_END(),
};

/* ---- libConfuse alone ---- */

static guint alone_line; /* of the last message */

static void G_GNUC_PRINTF(2, 0) note_message(cfg_t *cfg, const char *format, va_list arguments)
{
	(void)format;
	(void)arguments;
	alone_line = (guint)cfg->line;
}

/* The text as libConfuse takes it without us; NULL when it refuses. */
static cfg_t *
parse_alone(const char *text)
{
	cfg_t *cfg = cfg_init(options, CFGF_NONE);

	alone_line = 0;
	cfg_set_error_function(cfg, note_message);
	if (cfg_parse_buf(cfg, text) == CFG_SUCCESS)
		return cfg;
	cfg_free(cfg);
	return NULL;
}

static gboolean
is_accepted_alone(const char *text)
{
	cfg_t *cfg = parse_alone(text);

	if (cfg == NULL)
		return FALSE;
	cfg_free(cfg);
	return TRUE;
}

static gboolean
is_accepted(const char *text, gsize length)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmConfuseText) checked = lsm_confuse_check(text, length, NAME, options, &error);

	g_assert_true((checked == NULL) == (error != NULL));
	if (error != NULL) {
		g_assert_error(error, LSM_ERROR, LSM_ERROR_CONFIG);
		g_assert_true(g_str_has_prefix(error->message, NAME ":"));
	}
	return checked != NULL;
}

typedef struct {
	const char *name;
	const char *text;
} LapseCase;

/* To add a row: a mistake that libConfuse 3.3 takes without a word. */
static const LapseCase lapse_cases[] = {
	{"closing brace lacks", "group \"a\" { word = b\n"},
	{"key twice", "word = a\nword = b\n"},
	{"key twice in a section", "group \"a\" { word = b word = c }"},
	{"variable", "word = \"${LSM_TEST_WORD}\""},
	{"variable without quotes", "word = ${LSM_TEST_WORD}"},
	{"text never closed", "word = a\n\"b"},
	{"text over two lines", "word = \"a\nnumber = 5\""},
	{"comment never closed", "word = a\n/* b"},
	{"sign skipped", "number = *5"},
	{"control character", "word = \"a\x01z\""},
	{"no UTF-8", "word = \"\xff\""},
	{"text with an end inside", "word = \"a\\0b\""},
};

static void
test_lapses(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(lapse_cases); i++) {
		const LapseCase *row = &lapse_cases[i];

		if (!is_accepted_alone(row->text) || is_accepted(row->text, strlen(row->text)))
			g_test_message("in row \"%s\"", row->name);
		g_assert_true(is_accepted_alone(row->text));
		g_assert_false(is_accepted(row->text, strlen(row->text)));
	}
}

/* What the lapses would have done: the second value counts, and the environment speaks. */
static void
test_lapses_have_effect(void)
{
	cfg_t *twice = parse_alone("word = a\nword = b\n");
	cfg_t *variable;

	g_assert_cmpstr(cfg_getstr(twice, "word"), ==, "b");
	cfg_free(twice);
	g_setenv("LSM_TEST_WORD", "from outside", TRUE);
	variable = parse_alone("word = \"${LSM_TEST_WORD}\"");
	g_assert_cmpstr(cfg_getstr(variable, "word"), ==, "from outside");
	cfg_free(variable);
	g_unsetenv("LSM_TEST_WORD");
}

/* ---- what libConfuse is given ---- */

typedef struct {
	const char *name;
	const char *text; /* its last line has a wrong number */
	guint want;
	gboolean is_right_alone;
} LineCase;

static const LineCase line_cases[] = {
	{"no comment", "word = a\nnumber = x", 2, TRUE},
	{"hash", "# a\n# b\n# c\nnumber = x", 4, FALSE},
	{"slashes", "// a\nnumber = x", 2, FALSE},
	{"behind a value", "word = a # b\nnumber = x", 2, FALSE},
	{"between slash and star", "word = a /* b */\nnumber = x", 2, FALSE},
	{"of three lines", "/* a\nb\nc */\nnumber = x", 4, FALSE},
	{"of stars only", "/***/\n/**/\n/****/\nnumber = x", 4, FALSE},
	{"CR LF", "word = a\r\n# b\r\nnumber = x", 3, FALSE},
};

static guint
line_of(const GError *error)
{
	g_assert_nonnull(error);
	g_assert_true(g_str_has_prefix(error->message, NAME ":"));
	return (guint)g_ascii_strtoull(error->message + strlen(NAME ":"), NULL, 10);
}

static void
test_lines(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(line_cases); i++) {
		const LineCase *row = &line_cases[i];
		g_autoptr(LsmConfuseText) checked = NULL;
		g_autoptr(GError) error = NULL;
		cfg_t *cfg = lsm_confuse_parse(row->text, strlen(row->text), NAME, options, &checked, &error);

		g_assert_null(cfg);
		g_assert_false(is_accepted_alone(row->text));
		if (line_of(error) != row->want || (alone_line == row->want) != row->is_right_alone)
			g_test_message("in row \"%s\"", row->name);
		g_assert_cmpuint(line_of(error), ==, row->want);
		g_assert_cmpint(alone_line == row->want, ==, row->is_right_alone);
	}
}

static void
test_comments_in_lists(void)
{
	static const char text[] = "list = { # the first\n a, // b,\n c /* d */ }\n";
	g_autoptr(LsmConfuseText) checked = NULL;
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) list = NULL;
	cfg_t *cfg = lsm_confuse_parse(text, strlen(text), NAME, options, &checked, &error);

	g_assert_false(is_accepted_alone(text));
	g_assert_no_error(error);
	list = lsm_confuse_list(cfg, "list");
	g_assert_cmpuint(g_strv_length(list), ==, 2);
	g_assert_cmpstr(list[1], ==, "c");
	g_assert_cmpuint(strlen(lsm_confuse_text_plain(checked)), ==, strlen(text));
	lsm_confuse_free(cfg);
}

/* Read in one way only: the check's words and escapes are libConfuse's, sign by sign. */
static void
test_same_words(void)
{
	for (gunichar sign = 0x20; sign < 0x180; sign++) {
		char octets[7] = "";
		g_autofree char *shown = NULL;
		g_autofree char *text = NULL;
		g_autoptr(LsmConfuseText) checked = NULL;
		cfg_t *cfg;

		g_unichar_to_utf8(sign, octets);
		if (g_unichar_iscntrl(sign))
			continue;
		shown = g_strdup_printf("x%s%sy", strchr("\"\\", octets[0]) != NULL ? "\\" : "", octets);
		text = g_strdup_printf("word = \"%s\"", shown);
		cfg = lsm_confuse_parse(text, strlen(text), NAME, options, &checked, NULL);
		g_assert_nonnull(cfg);
		g_assert_cmpuint(strlen(cfg_getstr(cfg, "word")), ==, strlen(octets) + 2);
		g_assert_true(g_str_has_prefix(cfg_getstr(cfg, "word") + 1, octets));
		lsm_confuse_free(cfg);
	}
}

static void
test_line_of_keys(void)
{
	static const char text[] = "word = a\ngroup \"x\" {\n\n word = b\n inner 'y z' {\n  word = c } }\n";
	g_autoptr(LsmConfuseText) checked = lsm_confuse_check(text, strlen(text), NAME, options, NULL);

	g_assert_nonnull(checked);
	g_assert_cmpuint(lsm_confuse_line(checked, "word", NULL), ==, 1);
	g_assert_cmpuint(lsm_confuse_line(checked, "group", "x", NULL), ==, 2);
	g_assert_cmpuint(lsm_confuse_line(checked, "group", "x", "word", NULL), ==, 4);
	g_assert_cmpuint(lsm_confuse_line(checked, "group", "x", "inner", "y z", "word", NULL), ==, 6);
	g_assert_cmpuint(lsm_confuse_line(checked, "number", NULL), ==, 0);
	g_assert_cmpuint(lsm_confuse_line(checked, "group", "z", "word", NULL), ==, 0);
}

static void
test_size(void)
{
	gsize length = 16 * 1024 * 1024;
	g_autofree char *blanks = g_strnfill(length + 1, ' ');

	g_assert_true(is_accepted(blanks, length));
	g_assert_false(is_accepted(blanks, length + 1));
}

static void
test_nesting(void)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < 100000; i++)
		g_string_append(text, "group a { inner b { ");
	g_assert_false(is_accepted(text->str, text->len));
}

/* Every beginning of a text is refused or accepted; none is read behind its end. */
static void
test_beginnings(void)
{
	static const char text[] =
		"word = \"\\\\a\\\"\" # b\ngroup 'c' { /* d **/ inner e { word = '\\'' } }\n"
		"list = {f, \"g\", 'h',} // i";

	for (gsize length = 0; length <= strlen(text); length++) {
		g_autofree char *beginning = g_memdup2(text, length);

		is_accepted(length > 0 ? beginning : "", length);
	}
	g_assert_true(is_accepted(text, strlen(text)));
	g_assert_false(is_accepted("word = \0a", 9));
}

/* ---- the nearest word ---- */

typedef struct {
	const char *word;
	const char *want;
} NearestCase;

static const NearestCase nearest_cases[] = {
	{"stor", "store"},
	{"STORE", "store"},
	{"sotre", "store"},
	{"", NULL},
	{"guidance", NULL},
	{"lisen", "listen"},
	{"listeners", "listen"},
	{"listening-to", NULL},
	{"listen-grup", "listen-group"},
	{"x", NULL},
};

static void
test_nearest(void)
{
	static const char *const known[] = {"store", "listen", "listen-group", NULL};
	static const char *const none[] = {NULL};
	g_autofree char *word = g_strnfill(100000, 's');

	for (gsize i = 0; i < G_N_ELEMENTS(nearest_cases); i++)
		g_assert_cmpstr(lsm_nearest_word(nearest_cases[i].word, known), ==, nearest_cases[i].want);
	g_assert_null(lsm_nearest_word(word, known));
	g_assert_null(lsm_nearest_word("store", none));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/confuse-check/lapses", test_lapses);
	g_test_add_func("/confuse-check/lapses-have-effect", test_lapses_have_effect);
	g_test_add_func("/confuse-check/lines", test_lines);
	g_test_add_func("/confuse-check/comments-in-lists", test_comments_in_lists);
	g_test_add_func("/confuse-check/same-words", test_same_words);
	g_test_add_func("/confuse-check/line-of-keys", test_line_of_keys);
	g_test_add_func("/confuse-check/size", test_size);
	g_test_add_func("/confuse-check/nesting", test_nesting);
	g_test_add_func("/confuse-check/beginnings", test_beginnings);
	g_test_add_func("/confuse-check/nearest", test_nearest);
	return g_test_run();
}
