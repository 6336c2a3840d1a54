/*
 * test_settings.c - settings load, refuse every kind of mistake with its line, and print themselves.
 */
#include <glib/gstdio.h>
#include <gio/gio.h>
#include <string.h>

#include "conf/error.h"
#include "conf/settings.h"

static char *folder; /* of the files that the tests write */

static const char small_directory[] =
	"home \"IETF\" { domains = ietf.org liaison-contact = \"liaison@iab.org\"\n"
	"body \"IETF\" { level = organization } area \"ops\" { } group \"ippm\" { area = ops } }\n"
	"organization \"Broadband Forum\" { names = BBF domains = bbf.example }\n";

static char *
write_file(const char *name, const char *text, gssize length)
{
	char *path = g_build_filename(folder, name, NULL);

	/* An existing file would be synced when it is replaced: hundreds of times. */
	g_unlink(path);
	g_assert_true(g_file_set_contents(path, text, length, NULL));
	return path;
}

static LsmSettings *
load_octets(const char *text, gssize length, GError **error)
{
	g_autofree char *path = write_file("test.conf", text, length);

	return lsm_settings_load(path, error);
}

static LsmSettings *
load_text(const char *text, GError **error)
{
	return load_octets(text, -1, error);
}

/* The text must be refused, with exactly FOLDER/test.conf:want. */
static void
assert_refused(const char *name, const char *text, const char *want)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmSettings) settings = load_text(text, &error);
	g_autofree char *message = g_strdup_printf("%s/test.conf:%s", folder, want);

	if (settings != NULL || g_strcmp0(error->message, message) != 0)
		g_test_message("in row \"%s\"", name);
	g_assert_null(settings);
	g_assert_error(error, LSM_ERROR, LSM_ERROR_CONFIG);
	g_assert_cmpstr(error != NULL ? error->message : NULL, ==, message);
}

/* ---- mistakes in the file's form ---- */

typedef struct {
	const char *name;
	const char *text;
	const char *want;
} MistakeCase;

#define VARIABLE_WANT                                                                                        \
	"which would take a value from the environment; expected the value itself (or \"\\${\" for these "   \
	"characters)"

static const MistakeCase mistake_cases[] = {
	/* the three that libConfuse lets pass */
	{"no closing brace", "mode = off\nrule \"a.b\" {\n mode = off\n",
	 "2: read rule \"a.b\", which is not closed; expected its '}' before the end of the file"},
	{"key twice", "workers = 1\nmode = off\n\nworkers = 2\n",
	 "4: read workers again; expected it once, it stands on line 1 already"},
	{"key twice, same value", "workers = 1 workers = 1",
	 "1: read workers again; expected it once, it stands on line 1 already"},
	{"key twice in a section", "rule \"a.b\" {\n mode = off\n mode = off\n}",
	 "3: read mode again; expected it once, it stands on line 2 already"},
	{"title twice", "rule \"a.b\" { mode = off }\nrule 'a.b' { mode = off }",
	 "2: read rule \"a.b\" again; expected it once, it stands on line 1 already"},
	{"variable", "user = \"${HOME}\"", "1: read \"${HOME\", " VARIABLE_WANT},
	{"variable without quotes", "\n\nuser = ${HOME}", "3: read \"${HOME\", " VARIABLE_WANT},
	{"variable with default", "user = \"x${HOME:-y}\"", "1: read \"${HOME:-y\", " VARIABLE_WANT},
	/* keys */
	{"near key", "stor = \"lmdb:/x\"",
	 "1: read the unknown key \"stor\"; expected a known one, the nearest is \"store\""},
	{"near key, case", "Mode = off",
	 "1: read the unknown key \"Mode\"; expected a known one, the nearest is \"mode\""},
	{"near section", "rul \"a.b\" { mode = off }",
	 "1: read the unknown key \"rul\"; expected a known one, the nearest is \"rule\""},
	{"near key in a section", "rule \"a.b\" { mod = off }",
	 "1: read the unknown key \"mod\" in rule \"a.b\"; expected a known one, the nearest is \"mode\""},
	{"key of the level outside", "rule \"a.b\" {\n mode = off\nworkers = 3",
	 "3: read the unknown key \"workers\" in rule \"a.b\"; expected one of mode, or the closing brace of "
	 "rule \"a.b\" of "
	 "line 1 before it"},
	{"key in quotes", "\"mode\" = off", "1: read \"mode\"; expected a key (without quotes)"},
	{"no key", "= off", "1: read '='; expected a key (without quotes)"},
	{"no equal sign", "mode off", "1: read \"off\"; expected '=' behind \"mode\""},
	{"plus equal", "operators += {}",
	 "1: read '+'; expected a key, a word or a sign of { } = , (other characters stand in quotes)"},
	{"no value", "mode =\nworkers = 3", "2: read '='; expected a key (without quotes)"},
	{"no value at the end", "mode =\n", "2: read the end of the file; expected one value for \"mode\""},
	{"list for one value", "user = {\"a\"}", "1: read '{'; expected one value for \"user\""},
	{"list without commas", "operators = {\"a=b@c\" \"d=e@f\"}",
	 "1: read \"d=e@f\"; expected ',' or '}' in this list"},
	{"list with two commas", "operators = {,}",
	 "1: read ','; expected a value or '}' in the list \"operators\""},
	{"open list", "operators = {\"a=b@c\"\n",
	 "2: read the end of the file; expected ',' or '}' in this list"},
	/* sections */
	{"extra brace", "mode = off\n}\n", "2: read '}'; expected a key: no section is open here"},
	{"no title", "rule { mode = off }", "1: read '{'; expected a section's title"},
	{"no open brace", "rule \"a.b\" mode = off",
	 "1: read \"mode\"; expected '{' behind the section's title"},
	{"rule without mode", "\nrule \"a.b\" { }",
	 "2: rule \"a.b\" has no mode; expected mode = off, observe or enforce"},
	{"rule's id", "rule \"A b\" { mode = off }",
	 "1: rule \"A b\"; expected a rule's id (purpose.missing)"},
	{"rule's mode", "rule \"a.b\" {\n mode = on }", "2: mode = \"on\"; expected off, observe or enforce"},
	/* texts */
	{"open string", "user = \"abc\nmode = off\n",
	 "1: read a text that is not closed; expected its closing quote on the same line"},
	{"open string at the end", "user = 'abc",
	 "1: read a text that is not closed; expected its closing quote on the same line"},
	{"escape", "user = \"a\\n\"",
	 "1: read a backslash before something else; expected \\\\, \\$ or \\\""},
	{"escape at the end", "user = \"a\\",
	 "1: read a backslash before something else; expected \\\\, \\$ or \\\""},
	{"escape in single quotes", "user = 'a\\$'",
	 "1: read a backslash before something else; expected \\\\ or \\'"},
	{"link without quotes", "outbox-server = smtp://127.0.0.1:25",
	 "1: read a word with // or /* in it; expected quotes around it, or a blank before a comment"},
	{"open comment", "mode = off\n/* abc\n",
	 "2: read /* and no end of this comment; expected */ before the end of the file"},
	{"control character", "mode = off\nuser = \"\x1b[0m\"",
	 "2: read the control character 0x1b; expected text"},
	{"not UTF-8", "mode = off\nuser = \"\xff\"", "2: read the octet 0xff; expected text in UTF-8"},
	{"lines behind a long comment", "/* one\n two\n three */\nmode = on\n",
	 "4: mode = \"on\"; expected off, observe or enforce"},
	{"lines in a list", "operators = {\n \"a=b@c\",\n /* x\n y */ \"z\"\n}\n",
	 "4: operators = \"z\"; expected user=address (alice=alice@example.org)"},
	{"percent", "user = \"%s %n\"",
	 "1: user = \"%s %n\"; expected a word without blanks or quotes, or \"\""},
	{"no room for them", "mode = off\ndesk-address = \"23456789012345678901234567890123@ietf.org\"\n",
	 "2: desk-address = \"23456789012345678901234567890123@ietf.org\"; expected at most 31 octets before the @: "
	 "with \"+\" and 32 letters more they are a local part, which ends at 64"},
	{"second of two mistakes is not reached", "mode = on\nworkers = x",
	 "1: mode = \"on\"; expected off, observe or enforce"},
};

static void
test_mistakes(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(mistake_cases); i++)
		assert_refused(mistake_cases[i].name, mistake_cases[i].text, mistake_cases[i].want);
}

/* ---- wrong values: driven by the rows ---- */

static void
assert_value_refused(const char *name, const char *value)
{
	g_autofree char *text = g_strdup_printf("\n%s = \"%s\"\n", name, value);
	g_autofree char *start = g_strdup_printf("%s/test.conf:2: %s = \"", folder, name);
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmSettings) settings = load_text(text, &error);

	if (settings != NULL)
		g_test_message("%s was accepted", text);
	g_assert_null(settings);
	g_assert_error(error, LSM_ERROR, LSM_ERROR_CONFIG);
	g_assert_true(error != NULL && g_str_has_prefix(error->message, start) &&
		      strstr(error->message, "; expected ") != NULL);
}

static void
assert_value_accepted(const char *name, const char *value)
{
	g_autofree char *text = g_strdup_printf("%s = \"%s\"\n", name, value);
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmSettings) settings = load_text(text, &error);

	g_assert_no_error(error);
	g_assert_nonnull(settings);
}

static void
check_int(const char *name, gint64 low, gint64 high)
{
	g_autofree char *below = g_strdup_printf("%" G_GINT64_FORMAT, low - 1);
	g_autofree char *above = g_strdup_printf("%" G_GINT64_FORMAT, high + 1);
	g_autofree char *lowest = g_strdup_printf("%" G_GINT64_FORMAT, low);
	g_autofree char *highest = g_strdup_printf("%" G_GINT64_FORMAT, high);
	static const char *const wrong[] = {"", "abc", "1x", "0x10", " 1", "1.5", "99999999999999999999"};

	assert_value_refused(name, below);
	assert_value_refused(name, above);
	assert_value_accepted(name, lowest);
	assert_value_accepted(name, highest);
	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
		assert_value_refused(name, wrong[i]);
}

typedef struct {
	const char *kind;
	const char *wrong[12];
	const char *right[8];
} KindCase;

/* To add a row: the kind's name as settings.def writes it. */
static const KindCase kind_cases[] = {
	{"word", {"", "two words", "\xc3\xbc"}, {"submission", "mx.example.org"}},
	{"word_or_empty", {"two words", "a'b"}, {"", "postfix"}},
	{"file", {""}, {"directory.conf"}},
	{"path", {"", "late", "./late"}, {"/var/lib/late"}},
	{"path_or_empty", {"late", "~/late"}, {"", "/late"}},
	{"table_or_empty", {"late", "~/late"}, {""}},
	{"unix_path",
	 {"", "desk.sock",
	  "/2345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678"
	  "9012345678"},
	 {"/2345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678"
	  "9012345"}},
	{"address",
	 {"", "a", "a@", "@b.example", "a b@c.example", "a@b..c", "a@-b.example", "<a@b.example>",
	  "a,b@c.example", "12345678901234567890123456789012345678901234567890123456789012345@b.example"},
	 {"a@b.example", "a+b@c.example",
	  "J\xc3\xbcrgen@b\xc3\xbc"
	  "cher.example",
	  "root@localhost"}},
	{"address_or_empty", {"a", "a@"}, {"", "desk@ietf.org"}},
	{"sender", {"", "a", "@", "@a b", "@a@b.example", "a@"}, {"a@b.example", "@b.example"}},
	{"acronym", {"", "two words", "ippn"}, {"ippm", "IPPM", "ops", "IETF"}},
	{"name", {"", "Broadbent Forum"}, {"Broadband Forum", "bbf"}},
	{"rule_id", {"", "Purpose", "two words"}, {"purpose.missing"}},
	{"network",
	 {"", "x", "192.0.2.1/33", "192.0.2.1/24", "2001:db8::/129", "2001:db8::1/64", "192.0.2",
	  "192.0.2.0/", "192.0.2.0/-1", "example.org"},
	 {"192.0.2.1", "192.0.2.0/24", "2001:db8::/32", "::1", "0.0.0.0/0"}},
	{"socket",
	 {"", "/run/sock", "unix:", "unix:run", "inet:", "inet:25", "inet:0@localhost", "inet:65536@::1",
	  "tcp:1@localhost", "inet:1@", "inet:1@a b", "inet:1@10.0.0.0/8"},
	 {"unix:/run/x", "inet:8891@127.0.0.1", "inet6:8891@::1", "inet:8891@localhost"}},
	{"store",
	 {"", "lmdb", "lmdb:", "lmdb:rel", "/path", ":/path", "LMDB:/x", "memory:x"},
	 {"lmdb:/x", "memory:", "memory:/x"}},
	{"url",
	 {"", "smtp://", "smtp://localhost", "smtp://localhost:", "smtp://localhost:0", "http://localhost:25",
	  "smtp://:25", "smtp://::1:25", "smtp://[::1]", "smtp://[localhost]:25", "smtp://a b:25",
	  "smtp://[::1:25"},
	 {"smtp://127.0.0.1:25", "smtp://localhost:10026", "smtp://[::1]:25"}},
	{"mapping",
	 {"", "alice", "alice=", "=a@b.example", "alice=a", "al ice=a@b.example", "Alice=a@b.example"},
	 {"alice=a@b.example", "www-data=a@b.example"}},
	{"rule_set", {"", "bis-03", "BIS-05"}, {"bis-05", "bis-02", "rfc4053"}},
	{"review", {"", "on", "Off", "parallel after"}, {"off", "parallel", "after"}},
	{"release", {"", "sender", "Desk"}, {"desk", "submitted"}},
	{"notice", {"", "everybody", "Sender", "sender asked"}, {"sender", "asked", "groups"}},
	{"acknowledge", {"", "yes", "Draft"}, {"draft", "send", "off"}},
	{"reminder", {"", "-1", "366", "7 1", "overdue", "1.5"}, {"0", "7", "365", "overdue-daily", "overdue-weekly"}},
	{"log_sink", {"", "file", "Syslog"}, {"syslog", "stderr"}},
	{"delimiter", {"++", "a", "@", ".", " "}, {"+", "-", "=", "_", ""}},
	{"authentication", {"", "yes", "Required"}, {"required", "none"}},
};

static void
check_kind(const char *name, const char *kind)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kind_cases); i++) {
		const KindCase *row = &kind_cases[i];

		if (strcmp(row->kind, kind) != 0)
			continue;
		for (gsize j = 0; j < G_N_ELEMENTS(row->wrong) && row->wrong[j] != NULL; j++)
			assert_value_refused(name, row->wrong[j]);
		/* The directory's own file is the only one that must be there. */
		for (gsize j = 0; j < G_N_ELEMENTS(row->right) && row->right[j] != NULL; j++)
			assert_value_accepted(name, row->right[j]);
		return;
	}
	g_test_message("kind %s has no row in kind_cases", kind);
	g_test_fail();
}

static void
check_mode(const char *name)
{
	static const char *const wrong[] = {"", "on", "Observe", "1", "enforce "};

	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
		assert_value_refused(name, wrong[i]);
	assert_value_accepted(name, "enforce");
}

static void
check_bool(const char *name)
{
	static const char *const wrong[] = {"", "maybe", "1", "y"};

	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
		assert_value_refused(name, wrong[i]);
	assert_value_accepted(name, "TRUE");
	assert_value_accepted(name, "off");
}

static void
test_values(void)
{
#define LSM_SETTING_INT(field, name, standard, low, high, unit, help) check_int(name, low, high);
#define LSM_SETTING_TEXT(field, name, standard, kind, help) check_kind(name, #kind);
#define LSM_SETTING_LIST(field, name, standard, kind, help) check_kind(name, #kind);
#define LSM_SETTING_MODE(field, name, standard, help) check_mode(name);
#define LSM_SETTING_BOOL(field, name, standard, help) check_bool(name);
#include "conf/settings.def"
}

/* Defaults are values like others: inside their range, accepted by their kind. */
static void
test_defaults_are_valid(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmSettings) settings = load_text("", &error);
	g_autofree char *printed = NULL;
	g_autoptr(LsmSettings) again = NULL;

	g_assert_no_error(error);
	printed = lsm_settings_print(settings, FALSE);
	again = load_text(printed, &error);
	g_assert_no_error(error);
#define LSM_SETTING_INT(field, name, standard, low, high, unit, help)                                        \
	g_assert_cmpint(settings->field, ==, standard);
#define LSM_SETTING_TEXT(field, name, standard, kind, help) g_assert_cmpstr(settings->field, ==, standard);
#define LSM_SETTING_MODE(field, name, standard, help) g_assert_cmpint(settings->field, ==, standard);
#define LSM_SETTING_BOOL(field, name, standard, help) g_assert_cmpint(settings->field, ==, standard);
#include "conf/settings.def"
	g_assert_cmpstr(settings->submission_daemons[0], ==, "submission");
	g_assert_null(settings->submission_daemons[1]);
	g_assert_null(settings->list_managers[0]);
}

/* ---- reading and printing ---- */

typedef struct {
	const char *name;
	const char *text;
	const char *want; /* of user */
} TextCase;

static const TextCase text_cases[] = {
	{"word", "user = abc", "abc"},
	{"word with signs", "user = a-b_c.d:e@f%g/h", "a-b_c.d:e@f%g/h"},
	{"word at a comment", "user = abc#def", "abc"},
	{"word before a comment", "user = abc // def", "abc"},
	{"double quotes", "user = \"abc\"", "abc"},
	{"single quotes", "user = 'abc'", "abc"},
	{"sign of a comment", "user = \"a#b//c/*d\"", "a#b//c/*d"},
	{"braces", "user = '{=,}'", "{=,}"},
	{"dollar", "user = \"\\${HOME}$\"", "${HOME}$"},
	{"dollar in single quotes", "user = '${HOME}'", "${HOME}"},
	{"comment between", "user /* a */ = # b\n // c\n abc", "abc"},
	{"CR LF", "user =\r\n abc\r\n", "abc"},
	{"empty", "user = \"\"", ""},
	{"stars in a comment", "/***/ /* **/ user = abc", "abc"},
};

static void
test_texts(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(text_cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(LsmSettings) settings = load_text(text_cases[i].text, &error);

		if (settings == NULL || g_strcmp0(settings->user, text_cases[i].want) != 0)
			g_test_message("in row \"%s\"", text_cases[i].name);
		g_assert_no_error(error);
		g_assert_cmpstr(settings != NULL ? settings->user : NULL, ==, text_cases[i].want);
	}
}

static const char unusual[] =
	"mode = enforce\nworkers = 3\nlog-ordinary = yes\nuser = ''\nguidance-dir = \"/a \\\"b\\\\ \\${c} "
	"\xc3\xbc\"\n"
	"submission-daemons = {}\nauthserv-ids = {\"mx.example.org\", mx2.example.org,}\nlist-managers = "
	"\"192.0.2.0/24\"\n"
	"rule \"purpose.missing\" { mode = enforce }\nrule \"deadline.past\" { mode = off }\n";

static void
test_round_trip(void)
{
	for (gboolean with_help = FALSE; with_help <= TRUE; with_help++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(LsmSettings) first = load_text(unusual, &error);
		g_autoptr(LsmSettings) second = NULL;
		g_autofree char *printed = NULL;
		g_autofree char *again = NULL;

		g_assert_no_error(error);
		printed = lsm_settings_print(first, with_help);
		second = load_text(printed, &error);
		g_assert_no_error(error);
		again = lsm_settings_print(second, with_help);
		g_assert_cmpstr(again, ==, printed);
		g_assert_cmpstr(second->guidance_dir, ==, "/a \"b\\ ${c} \xc3\xbc");
		g_assert_cmpint(second->mode, ==, LSM_MODE_ENFORCE);
		g_assert_true(second->log_ordinary);
		g_assert_cmpuint(g_strv_length(second->submission_daemons), ==, 0);
		g_assert_cmpuint(g_strv_length(second->authserv_ids), ==, 2);
		g_assert_cmpstr(second->list_managers[0], ==, "192.0.2.0/24");
		g_assert_cmpint(second->rule_modes->len, ==, 2);
	}
}

static void
test_rule_modes(void)
{
	g_autoptr(LsmSettings) settings = load_text(unusual, NULL);

	g_assert_cmpint(lsm_settings_rule_mode(settings, "purpose.missing", LSM_MODE_OFF), ==,
			LSM_MODE_ENFORCE);
	g_assert_cmpint(lsm_settings_rule_mode(settings, "deadline.past", LSM_MODE_ENFORCE), ==,
			LSM_MODE_OFF);
	g_assert_cmpint(lsm_settings_rule_mode(settings, "to.missing", LSM_MODE_OBSERVE), ==,
			LSM_MODE_OBSERVE);
	g_assert_cmpstr(lsm_mode_name((LsmMode)7), ==, "unknown");
}

static void
test_digest(void)
{
	g_autoptr(LsmSettings) one = load_text("mode = off", NULL);
	g_autoptr(LsmSettings) same = load_text("mode = off", NULL);
	g_autoptr(LsmSettings) other = load_text("mode = off ", NULL);

	g_assert_cmpuint(strlen(one->digest), ==, 64);
	g_assert_cmpstr(one->digest, ==, same->digest);
	g_assert_cmpstr(one->digest, !=, other->digest);
}

/* ---- the samples ---- */

/* The shipped file is what the program prints of itself: neither can go astray. */
static void
test_sample(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmSettings) sample = lsm_settings_load(NULL, &error);
	g_autoptr(LsmSettings) defaults = load_text("", &error);
	g_autoptr(GBytes) file = g_resources_lookup_data("/org/liaison-milter/liaison-milter.conf",
							 G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
	g_autofree char *sample_printed = NULL;
	g_autofree char *printed = NULL;

	g_assert_no_error(error);
	sample_printed = lsm_settings_print(sample, TRUE);
	printed = lsm_settings_print(defaults, TRUE);
	g_assert_cmpstr(sample_printed, ==, printed);
	g_assert_nonnull(strstr(g_bytes_get_data(file, NULL), printed));
	g_assert_cmpint(sample->mode, ==, LSM_MODE_OBSERVE);
	g_assert_null(sample->path);
	g_assert_cmpstr(lsm_directory_home_name(sample->directory), ==, "IETF");
}

static void
test_directory_file(void)
{
	g_autofree char *other = write_file(
		"other.conf", "home \"IAB\" { domains = iab.org liaison-contact = \"l@iab.org\" }", -1);
	g_autofree char *broken = write_file("broken.conf", "\nhome \"IAB\" {", -1);
	g_autofree char *absolute = g_strdup_printf("directory = \"%s\"", other);
	g_autofree char *want = g_strdup_printf(
		"%s:2: read home \"IAB\", which is not closed; expected its '}' before the end of "
		"the file",
		broken);
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmSettings) relative = load_text("directory = other.conf", &error);
	g_autoptr(LsmSettings) named = load_text(absolute, NULL);
	g_autoptr(LsmSettings) none = NULL;

	g_assert_no_error(error);
	g_assert_cmpstr(lsm_directory_home_name(relative->directory), ==, "IAB");
	g_assert_cmpstr(lsm_directory_home_name(named->directory), ==, "IAB");
	none = load_text("directory = broken.conf", &error);
	g_assert_null(none);
	g_assert_cmpstr(error->message, ==, want);
}

static void
test_unreadable(void)
{
	g_autofree char *absent = g_build_filename(folder, "absent.conf", NULL);
	const char *const paths[] = {absent, folder, "/dev/null", ""};

	for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(lsm_settings_load(paths[i], &error));
		g_assert_error(error, LSM_ERROR, LSM_ERROR_CONFIG);
		g_assert_true(g_str_has_prefix(error->message, paths[i]));
	}
}

/* ---- long lines ---- */

static void
test_long_line(void)
{
	GString *text = g_string_new("operators = {");
	g_autofree char *blanks = g_strnfill(1000, ' ');
	g_autofree char *word = g_strnfill(1 << 20, 'a');
	g_autofree char *long_word = g_strconcat("user = ", word, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmSettings) settings = NULL;

	while (text->len < (1 << 20))
		g_string_append_printf(text, "\"alice=alice@example.org\", %s", blanks);
	g_string_append(text, "}");
	settings = load_text(text->str, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(g_strv_length(settings->operators), >, 1000);
	g_string_free(text, TRUE);
	assert_refused("long word", long_word, "1: read a text of more than 1024 octets; expected less");
}

static void
remove_folder(void)
{
	static const char *const names[] = {"test.conf", "directory.conf", "other.conf", "broken.conf"};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(folder, names[i], NULL);

		g_unlink(path);
	}
	g_rmdir(folder);
	g_free(folder);
}

int
main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	folder = g_dir_make_tmp("test-settings-XXXXXX", NULL);
	g_free(write_file("directory.conf", small_directory, -1));
	g_test_add_func("/settings/mistakes", test_mistakes);
	g_test_add_func("/settings/values", test_values);
	g_test_add_func("/settings/defaults", test_defaults_are_valid);
	g_test_add_func("/settings/texts", test_texts);
	g_test_add_func("/settings/round-trip", test_round_trip);
	g_test_add_func("/settings/rule-modes", test_rule_modes);
	g_test_add_func("/settings/digest", test_digest);
	g_test_add_func("/settings/sample", test_sample);
	g_test_add_func("/settings/directory-file", test_directory_file);
	g_test_add_func("/settings/unreadable", test_unreadable);
	g_test_add_func("/settings/long-line", test_long_line);
	result = g_test_run();
	remove_folder();
	return result;
}
