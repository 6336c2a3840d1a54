/*
 * test_mta_lines.c - the mail server's lines follow the settings. That servers take them: tests/mta/lines.t.
 */
#include "milter/mta_lines.h"

#include <glib/gstdio.h>
#include <string.h>

static char *folder;

static LsmSettings *
load(const char *text)
{
	static const char directory[] =
		"home \"IETF\" { domains = ietf.org liaison-contact = \"liaison@iab.org\" }\n";
	g_autofree char *path = g_build_filename(folder, "a.conf", NULL);
	g_autofree char *beside = g_build_filename(folder, "directory.conf", NULL);
	g_autoptr(GError) error = NULL;
	LsmSettings *settings;

	g_assert_true(g_file_set_contents(path, text, -1, NULL) &&
		      g_file_set_contents(beside, directory, -1, NULL));
	settings = lsm_settings_load(path, &error);
	g_assert_no_error(error);
	g_unlink(path);
	g_unlink(beside);
	return settings;
}

static const struct {
	const char *settings;
	const char *mta;
	const char *want;   /* stands in it */
	const char *absent; /* does not; or NULL */
} rows[] = {
	/* where the milter is */
	{"", "postfix", "\nsmtpd_milters = { unix:/run/liaison-milter/milter.sock, default_action=accept,",
	 NULL},
	{"", "postfix", "\n# listen-group is empty: Postfix may not write", "chroot"},
	{"listen-group = root", "postfix", "\n# Services that run chrooted (", "listen-group is empty"},
	{"listen-group = root\nlisten = \"unix:/var/spool/postfix/liaison-milter/milter.sock\"", "postfix",
	 "\nsmtpd_milters = { unix:liaison-milter/milter.sock, ", "y in the fifth"},
	{"listen = \"inet:8891@127.0.0.1\"", "postfix", "{ inet:127.0.0.1:8891, ", "listen-group"},
	{"listen = \"inet:8891@0.0.0.0\"", "postfix", "{ inet:127.0.0.1:8891, ", "0.0.0.0:"},
	{"listen = \"inet6:8891@::\"", "postfix", "{ inet:[::1]:8891, ", NULL},
	{"listen = \"inet6:8891@2001:db8::1\"", "postfix", "{ inet:[2001:db8::1]:8891, ", NULL},
	{"listen = \"unix:/var/spool/postfix/liaison-milter/milter.sock\"", "sendmail",
	 "`S=unix:/var/spool/postfix/liaison-milter/milter.sock, F=T, T=", NULL},
	{"listen = \"inet6:8891@::\"", "sendmail", "`S=inet6:8891@::1, F=T, T=", NULL},
	{"listen = \"unix:/tmp/milter.sock\"", "sendmail",
	 "\ndnl sendmail does not start with a socket below", NULL},
	{"listen = \"inet:8891@localhost\"", "sendmail", "230 ms", NULL},
	/* patience */
	{"decision-timeout = 5", "postfix", "content_timeout=60s }", NULL},
	{"decision-timeout = 300", "postfix", "content_timeout=620s }", "=60s"},
	{"decision-timeout = 300", "sendmail", ";E:620s'", "E:60s"},
	/* listeners */
	{"submission-daemons = {logins, other}", "postfix", "milter_macro_daemon_name=logins \\\n",
	 "=submission "},
	{"submission-daemons = {}", "postfix", "\n# submission-daemons is empty", "daemon_name=submission"},
	{"submission-daemons = logins", "sendmail", "`Name=logins, Port=submission,", "Name=submission"},
	{"outbox-server = \"smtp://[::1]:2525\"\noutbox-daemon = ours", "postfix",
	 "\n[::1]:2525 inet n - n - - smtpd\n", NULL},
	{"outbox-daemon = ours", "postfix", "\n  -o milter_macro_daemon_name=ours\n",
	 "daemon_name=liaison-outbox"},
	{"outbox-server = \"smtp://[::1]:2525\"", "sendmail", "Family=inet6, Addr=::1, Port=2525,", NULL},
	{"outbox-server = \"smtp://mail.ietf.org:2525\"", "postfix", "\nmail.ietf.org:2525 inet ", NULL},
	/* addresses */
	{"recipient-delimiter = -", "postfix", "\nrecipient_delimiter = -\n", NULL},
	{"recipient-delimiter = \"\"", "postfix", "\n# recipient-delimiter is empty",
	 "\nrecipient_delimiter"},
	{"recipient-delimiter = -", "sendmail", "\ndnl sendmail knows no recipient delimiter but +", NULL},
	{"desk-address = desk@ietf.org", "postfix", "\ndesk: liaison@iab.org\n", "# None"},
	{"desk-address = desk@ietf.org\ncheck-address = check@ietf.org", "sendmail",
	 "\ncheck: liaison@iab.org\n", NULL},
	{"desk-address = liaison@iab.org", "postfix", "\n# None: ", "liaison: "},
	{"", "sendmail", "\n# None: ", NULL},
	/* what else */
	{"max-message-size = 70000", "postfix", "max-message-size (70000)", NULL},
	{"", "sendmail", "\ndefine(`confMUST_QUOTE_CHARS', `@')dnl\n", NULL},
};

static void
test_rows(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(LsmSettings) settings = load(rows[i].settings);
		g_autofree char *text = lsm_mta_lines_render(rows[i].mta, settings);
		gboolean is_good = strstr(text, rows[i].want) != NULL &&
				   (rows[i].absent == NULL || strstr(text, rows[i].absent) == NULL);

		if (!is_good)
			g_test_message("%s, %s: want %s in %s", rows[i].settings, rows[i].mta, rows[i].want,
				       text);
		g_assert_true(is_good);
	}
}

/* No word is left to fill in, no line is too wide to be read, and none begins by chance with what is no
 * comment. */
static void
test_form(void)
{
	static const char *const mtas[] = {"postfix", "sendmail"};

	g_assert_false(lsm_mta_lines_knows("exim"));
	for (gsize i = 0; i < G_N_ELEMENTS(mtas); i++) {
		g_autoptr(LsmSettings) settings = lsm_settings_load(NULL, NULL);
		g_autofree char *text = lsm_mta_lines_render(mtas[i], settings);
		g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

		g_assert_true(lsm_mta_lines_knows(mtas[i]));
		g_assert_false(g_regex_match_simple("@[A-Z_]+@", text, 0, 0));
		for (gsize k = 0; lines[k] != NULL; k++)
			g_assert_cmpuint(strlen(lines[k]), <=, 130);
	}
}

int
main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	folder = g_dir_make_tmp("test-mta-lines-XXXXXX", NULL);
	g_test_add_func("/mta-lines/rows", test_rows);
	g_test_add_func("/mta-lines/form", test_form);
	result = g_test_run();
	g_rmdir(folder);
	g_free(folder);
	return result;
}
