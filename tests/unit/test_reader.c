/*
 * test_reader.c - attachments on their way to the reader and back: with the real liaison-extract, and with
 * programs in its place that answer nonsense, die, or never end.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "desk/reader.h"
#include "reading_fixture.h"

static LsmSettings *settings;
static char *folder;
static char *real_program; /* beside the tests in the build folder */

static const char mail_start[] =
	"From: a@bbf.example\nSubject: LS\nContent-Type: multipart/mixed; boundary=b\n\n"
	"--b\n\nmain\n";

/* {what the attachment is, its fields and octets} */
#define PART(fields, octets) "--b\nContent-Disposition: attachment" fields "\n\n" octets "\n"

static LsmMessage *
parse(const char *parts)
{
	g_autofree char *mail = g_strconcat(mail_start, parts, "--b--\n", NULL);

	return reading_parse(settings, mail);
}

static void
use_program(const char *path)
{
	g_free(settings->extractor);
	settings->extractor = g_strdup(path);
}

static void
use_script(const char *text)
{
	g_autofree char *path = g_build_filename(folder, "script", NULL);
	g_autofree char *script = g_strconcat("#!/bin/sh\n", text, "\n", NULL);

	g_assert_true(g_file_set_contents(path, script, -1, NULL));
	g_assert_cmpint(g_chmod(path, 0755), ==, 0);
	use_program(path);
}

/* "name|type|status|text" of each, one behind the other. */
static char *
shown(const GPtrArray *texts)
{
	GString *line = g_string_new(NULL);

	for (guint i = 0; i < texts->len; i++) {
		const LsmAttachmentText *text = g_ptr_array_index(texts, i);

		g_string_append_printf(line, "[%s|%s|%s|%s]", text->name, text->type, text->status,
				       text->text);
	}
	return g_string_free(line, FALSE);
}

static void
assert_read(const char *name, const char *parts, const char *want)
{
	g_autoptr(LsmMessage) message = parse(parts);
	g_autoptr(GPtrArray) texts = lsm_reader_read(settings, message);
	g_autofree char *got = shown(texts);

	g_test_message("%s", name);
	g_assert_cmpstr(got, ==, want);
}

/* ---- octets of an attachment ---- */

static void
test_bytes(void)
{
	g_autoptr(LsmMessage) message = parse(
		PART("; filename=a.bin\nContent-Transfer-Encoding: base64",
		     "AAECAw==") "--b\nContent-Type: message/rfc822\n\nSubject: inner\n\ninner\n"
				 "--b\nContent-Type: text/plain\n\nlist footer\n" PART(
					 "; filename=c.txt\nContent-Transfer-Encoding: quoted-printable",
					 "caf=E9") PART("; filename=e", ""));
	g_autoptr(GBytes) first = lsm_message_attachment_bytes(message, 0);
	g_autoptr(GBytes) last = lsm_message_attachment_bytes(message, 2);

	g_assert_cmpuint(message->attachments->len, ==, 4);
	g_assert_cmpmem(g_bytes_get_data(first, NULL), g_bytes_get_size(first), "\0\1\2\3", 4);
	g_assert_cmpmem(g_bytes_get_data(last, NULL), g_bytes_get_size(last), "caf\xe9", 4);
	g_assert_null(lsm_message_attachment_bytes(message, 1));
	g_assert_null(lsm_message_attachment_bytes(message, 4));
	g_assert_null(lsm_message_attachment_bytes(message, G_MAXUINT));
}

/* ---- the real program ---- */

static const struct {
	const char *name;
	const char *parts;
	const char *want;
} real_cases[] = {
	{"none", "", ""},
	{"text", PART("; filename=LS.txt", "Title: LS"), "[LS.txt|text/plain|text|Title: LS]"},
	{"real type", PART("; filename=a.pdf\nContent-Type: application/pdf", "<html>x"),
	 "[a.pdf|text/html|text|x\n]"},
	{"two, one without a name", PART("", "{\\rtf1 a}") PART("; filename=b", "b"),
	 "[|application/rtf|text|a][b|text/plain|text|b]"},
	{"no documents",
	 PART("; filename=a.png\nContent-Type: image/png", "x")
		 PART("\nContent-Type: application/pgp-signature",
		      "x"),
	 ""},
	{"a mail", "--b\nContent-Type: message/rfc822\n\nSubject: inner\n\ninner\n",
	 "[|message/rfc822|text|inner\r\n]"},
	{"a mail with a document",
	 "--b\nContent-Type: message/rfc822; name=ls.eml\n\nSubject: inner\nContent-Type: multipart/mixed; "
	 "boundary=c\n\n--c\n\ninner\n--c\nContent-Disposition: attachment; filename=d.rtf\n\n{\\rtf1 deep}\n--c--\n",
	 "[ls.eml|message/rfc822|text|inner][ls.eml/d.rtf|application/rtf|text|deep]"},
	{"a mail as a file",
	 PART("; filename=LS.EML\nContent-Transfer-Encoding: base64\nContent-Type: application/octet-stream",
	      "U3ViamVjdDogeAoKaGkK"),
	 "[LS.EML|message/rfc822|text|hi\r\n]"},
	{"a mail in a mail in a mail",
	 "--b\nContent-Type: message/rfc822\n\nSubject: 1\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\n1\n--c\n"
	 "Content-Type: message/rfc822\n\nSubject: 2\nContent-Type: multipart/mixed; boundary=d\n\n--d\n\n2\n--d\n"
	 "Content-Type: message/rfc822\n\nSubject: 3\n\n3\n--d--\n--c--\n",
	 "[|message/rfc822|text|1][/|message/rfc822|text|2][//|message/rfc822|limit|]"},
	{"no mail", PART("; filename=x.eml", "") "--b\nContent-Type: message/rfc822\n\n\n",
	 "[x.eml|message/rfc822|unreadable|][|message/rfc822|unreadable|]"},
	{"zip",
	 PART("; filename=LS.zip\nContent-Transfer-Encoding: base64",
	      "UEsDBBQAAAAAAAAAIQCsKpPYAgAAAAIAAAAFAAAAYS50eHRoaVBLAQIUAxQAAAAAAAAAIQCsKpPY\n"
	      "AgAAAAIAAAAFAAAAAAAAAAAAAACAAQAAAABhLnR4dFBLBQYAAAAAAQABADMAAAAlAAAAAAA="),
	 "[LS.zip|application/zip|empty|][LS.zip/a.txt|text/plain|text|hi]"},
	{"nothing readable", PART("; filename=x\nContent-Transfer-Encoding: base64", "AAECAw=="),
	 "[x|application/octet-stream|unreadable|]"},
};

static void
test_real(void)
{
	use_program(real_program);
	for (gsize i = 0; i < G_N_ELEMENTS(real_cases); i++)
		assert_read(real_cases[i].name, real_cases[i].parts, real_cases[i].want);
}

/* ---- programs in its place ---- */

#define GOOD "{\"type\":\"a/b\",\"status\":\"text\",\"octets\":2,\"members\":[%s]}\\nhi"
#define UNREADABLE "[a|text/plain|unreadable|]"
/* Niceness and policy (5: SCHED_IDLE) of a script stand behind it in ${19} and ${41}: proc(5). */
#define OWN_POLICY "set -- $(cat /proc/$$/stat); "

static const struct {
	const char *name;
	const char *script;
	const char *want;
} script_cases[] = {
	{"good", "printf '" GOOD "' ''", "[a|a/b|text|hi]"},
	{"is given the octets, and no environment",
	 "cat >/dev/null; test -z \"$HOME$LD_PRELOAD\" && printf '" GOOD "' ''", "[a|a/b|text|hi]"},
	{"member",
	 "printf '" GOOD "there' '{\"name\":\"m\",\"type\":\"c/d\",\"status\":\"limit\",\"octets\":5}'",
	 "[a|a/b|text|hi][a/m|c/d|limit|there]"},
	{"is nicer than mail", OWN_POLICY "test ${41} = 5 || test ${19} -gt 0 && printf '" GOOD "' ''",
	 "[a|a/b|text|hi]"},
	{"needs what was not loaded", "test $1 = all || exit 69; printf '" GOOD "' ''", "[a|a/b|text|hi]"},
	{"always needs more", "exit 69", UNREADABLE},
	{"dies", "kill -SEGV $$", UNREADABLE},
	{"dies behind a good answer", "printf '" GOOD "' ''; kill -SYS $$", UNREADABLE},
	{"fails", "printf '" GOOD "' ''; exit 70", UNREADABLE},
	{"too much processor time", "kill -XCPU $$", "[a|text/plain|limit|]"},
	{"silent", "exit 0", UNREADABLE},
	{"no line end", "printf '{}'", UNREADABLE},
	{"no JSON", "echo hello", UNREADABLE},
	{"no object", "echo '[1]'", UNREADABLE},
	{"members are no objects", "printf '" GOOD "' 1", UNREADABLE},
	{"a made-up status", "echo '{\"type\":\"a/b\",\"status\":\"fine\",\"octets\":0}'", UNREADABLE},
	{"a made-up type", "echo '{\"type\":\"a b\\u0007\",\"status\":\"text\",\"octets\":0}'", UNREADABLE},
	{"types of members", "echo '{\"type\":1,\"status\":{},\"octets\":\"0\"}'", UNREADABLE},
	{"more than there is", "printf '{\"type\":\"a/b\",\"status\":\"text\",\"octets\":3}\\nhi'",
	 UNREADABLE},
	{"less than nothing", "printf '{\"type\":\"a/b\",\"status\":\"text\",\"octets\":-1}\\nhi'",
	 UNREADABLE},
	{"no UTF-8", "printf '{\"type\":\"a/b\",\"status\":\"text\",\"octets\":1}\\n\\377'",
	 "[a|a/b|text|\xef\xbf\xbd]"},
	{"without end", "exec cat /dev/zero", UNREADABLE},
};

static void
test_scripts(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(script_cases); i++) {
		use_script(script_cases[i].script);
		assert_read(script_cases[i].name, PART("; filename=a\nContent-Type: text/plain", "octets"),
			    script_cases[i].want);
	}
}

/* Which readers are loaded is told by how the octets begin. */
static void
test_word(void)
{
	static const struct {
		const char *name;
		const char *base64;
		const char *want;
	} cases[] = {
		{"text", "JVBERg==", "none"},
		{"PDF", "JVBERi0xLjQ=", "pdf"},
		{"PDF behind an empty line", "CiVQREYtMS40", "pdf"},
		{"OLE", "0M8R4KGxGuE=", "doc"},
		{"OLE, not at the beginning", "CtDPEeChsRrh", "none"},
		{"zip", "UEsDBA==", "none"},
	};

	use_script("printf '{\"type\":\"a/b\",\"status\":\"text\",\"octets\":%d}\n%s' ${#1} $1");
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *parts = g_strdup_printf(
			PART("; filename=a\nContent-Transfer-Encoding: base64", "%s"), cases[i].base64);
		g_autofree char *want = g_strdup_printf("[a|a/b|text|%s]", cases[i].want);

		assert_read(cases[i].name, parts, want);
	}
}

static void
test_absent(void)
{
	use_program("/nonexistent/liaison-extract");
	assert_read("absent", PART("; filename=a", "x"), UNREADABLE);
	use_program("");
	assert_read("not wanted", PART("; filename=a", "x"), "");
}

/* One that gets no time where it waits for all others, as on a busy machine, is started anew: nicer than
 * mail, but not for ever behind it. The next one starts so at once. */
static void
test_busy(void)
{
	use_script("exec 3>>$0.starts; echo >&3; " OWN_POLICY
		   "test ${41} = 5 && exec sleep 60; test ${19} -gt 0 && printf '" GOOD "' ''");
	for (guint i = 0; i < 2; i++) {
		g_autofree char *path = g_strconcat(settings->extractor, ".starts", NULL);
		g_autofree char *starts = NULL;
		gsize length;

		assert_read("busy", PART("; filename=a\nContent-Type: text/plain", "octets"),
			    "[a|a/b|text|hi]");
		g_assert_true(g_file_get_contents(path, &starts, &length, NULL));
		/* A line each; a machine that was busy by itself has spared the first. */
		g_assert_cmpuint(length, <=, 2 + i);
		g_assert_cmpuint(length, >=, 1 + i);
		if (i == 1)
			g_assert_cmpint(g_unlink(path), ==, 0);
	}
}

/* Killed when the time is up, whether it is silent, has closed its output, or has children that hold it; the
 * attachments behind it are not begun. */
static void
test_overrun(void)
{
	static const char *const scripts[] = {"exec sleep 60", "exec >&-; exec sleep 60",
					      "sleep 60 & sleep 60"};

	for (gsize i = 0; i < G_N_ELEMENTS(scripts); i++) {
		g_autoptr(LsmMessage) message = parse(PART("; filename=a", "x") PART("; filename=b", "y"));
		gint64 start = g_get_monotonic_time();
		g_autoptr(GPtrArray) texts = NULL;
		g_autofree char *got = NULL;

		use_script(scripts[i]);
		texts = lsm_reader_read_until(settings, message, start + G_USEC_PER_SEC / 5);
		got = shown(texts);
		g_assert_cmpstr(got, ==, "[a|text/plain|limit|][b|text/plain|limit|]");
		g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
	}
}

static void
test_many(void)
{
	g_autoptr(GString) parts = g_string_new(NULL);
	g_autoptr(LsmMessage) message = NULL;
	g_autoptr(GPtrArray) texts = NULL;

	for (guint i = 0; i < LSM_READER_MAX_DOCUMENTS + 2; i++)
		g_string_append(parts, PART("; filename=a", "x"));
	use_script("printf '" GOOD "' ''");
	message = parse(parts->str);
	texts = lsm_reader_read(settings, message);
	g_assert_cmpuint(texts->len, ==, LSM_READER_MAX_DOCUMENTS + 2);
	for (guint i = 0; i < texts->len; i++)
		g_assert_cmpstr(((LsmAttachmentText *)g_ptr_array_index(texts, i))->status, ==,
				i < LSM_READER_MAX_DOCUMENTS ? "text" : "limit");
}

int
main(int argc, char **argv)
{
	g_autofree char *own = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *unit = g_path_get_dirname(own);
	g_autofree char *script = NULL;
	int failed;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	real_program = g_build_filename(unit, "..", "..", "liaison-extract", NULL);
	folder = g_dir_make_tmp("lsm-reader-XXXXXX", NULL);
	script = g_build_filename(folder, "script", NULL);
	settings = reading_settings_new();
	g_test_add_func("/reader/bytes", test_bytes);
	g_test_add_func("/reader/real", test_real);
	g_test_add_func("/reader/scripts", test_scripts);
	g_test_add_func("/reader/word", test_word);
	g_test_add_func("/reader/absent", test_absent);
	g_test_add_func("/reader/busy", test_busy);
	g_test_add_func("/reader/overrun", test_overrun);
	g_test_add_func("/reader/many", test_many);
	failed = g_test_run();
	reading_settings_free(settings);
	g_unlink(script);
	g_rmdir(folder);
	g_free(folder);
	g_free(real_program);
	return failed;
}
