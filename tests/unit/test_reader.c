/*
 * test_reader.c - attachments on their way to the reader and back: with the real liaison-extract, and with
 * programs in its place that answer nonsense, die, or never end.
 *
 * In its place stands this program itself, whose children run a script (serve).
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "conf/descriptor.h"
#include "desk/reader.h"
#include "desk/reader_process.h"
#include "extract/serve.h"
#include "reading_fixture.h"

static LsmSettings *settings;
static char *folder;
/* In the folder: a link to this program, what its children run, and what it notes. */
static char *own_program, *script, *starts;
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

/* Notes that it was started, and by which process; children run the script behind the program's own path. */
static void
serve(const char *program)
{
	g_autofree char *path = g_strconcat(program, ".sh", NULL);
	g_autofree char *notes = g_strconcat(program, ".starts", NULL);
	int fd = open(notes, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	dprintf(fd, "%d\n", (int)getpid());
	if (lsm_serve(STDIN_FILENO))
		execl("/bin/sh", "sh", path, NULL);
	_exit(0);
}

static void
write_program(const char *path, const char *text)
{
	g_autofree char *content = g_strconcat("#!/bin/sh\n", text, "\n", NULL);

	g_assert_true(g_file_set_contents(path, content, -1, NULL));
	g_assert_cmpint(g_chmod(path, 0755), ==, 0);
}

static void
use_script(const char *text)
{
	write_program(script, text);
	use_program(own_program);
}

/* How often it was started since the last time that this was asked, and the process id of the last. */
static guint
count_starts(pid_t *pid_out)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	guint count;

	if (!g_file_get_contents(starts, &text, NULL, NULL))
		return 0;
	g_unlink(starts);
	lines = g_strsplit(text, "\n", -1);
	count = g_strv_length(lines) - 1;
	if (pid_out != NULL)
		*pid_out = (pid_t)g_ascii_strtoll(lines[count - 1], NULL, 10);
	return count;
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

/* How much of an attachment is wanted, and how much came. */
typedef struct {
	gsize most, come;
} Taking;

static gboolean
take_some(const guint8 *octets, gsize length, gpointer data)
{
	Taking *taking = data;

	for (gsize i = 0; i < length; i++)
		g_assert_cmpint(octets[i], ==, 'x');
	taking->come += length;
	return taking->come < taking->most;
}

/* Piece by piece, and no further than it is taken. */
static void
test_pieces(void)
{
	g_autofree char *text = g_strnfill(100000, 'x');
	g_autofree char *parts = g_strconcat(PART("; filename=a", "x"), PART("; filename=b", ""), NULL);
	g_autofree char *head = g_strndup(parts, (gsize)(strstr(parts, "x\n") - parts));
	g_autofree char *mail = g_strconcat(head, text, parts + strlen(head) + 1, NULL);
	g_autoptr(LsmMessage) message = parse(mail);
	Taking all = {G_MAXSIZE, 0}, some = {20000, 0}, none = {1, 0};

	g_assert_true(lsm_message_attachment_give(message, 0, take_some, &all));
	g_assert_cmpuint(all.come, ==, strlen(text));
	g_assert_false(lsm_message_attachment_give(message, 0, take_some, &some));
	g_assert_cmpuint(some.come, >=, some.most);
	g_assert_cmpuint(some.come, <, strlen(text) / 2);
	g_assert_true(lsm_message_attachment_give(message, 1, take_some, &none));
	g_assert_false(lsm_message_attachment_give(message, 2, take_some, &none));
	g_assert_cmpuint(none.come, ==, 0);
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
		 PART("\nContent-Type: application/pgp-signature", "x"),
	 ""},
	{"a mail", "--b\nContent-Type: message/rfc822\n\nSubject: inner\n\ninner\n",
	 "[|message/rfc822|text|inner\r\n]"},
	{"a mail with a document",
	 "--b\nContent-Type: message/rfc822; name=ls.eml\n\nSubject: inner\nContent-Type: multipart/mixed; "
	 "boundary=c\n\n--c\n\ninner\n--c\nContent-Disposition: attachment; filename=d.rtf\n\n{\\rtf1 "
	 "deep}\n--c--\n",
	 "[ls.eml|message/rfc822|text|inner][ls.eml/d.rtf|application/rtf|text|deep]"},
	{"a mail as a file",
	 PART("; filename=LS.EML\nContent-Transfer-Encoding: base64\nContent-Type: application/octet-stream",
	      "U3ViamVjdDogeAoKaGkK"),
	 "[LS.EML|message/rfc822|text|hi\r\n]"},
	{"a mail in a mail in a mail",
	 "--b\nContent-Type: message/rfc822\n\nSubject: 1\nContent-Type: multipart/mixed; "
	 "boundary=c\n\n--c\n\n1\n--c\n"
	 "Content-Type: message/rfc822\n\nSubject: 2\nContent-Type: multipart/mixed; "
	 "boundary=d\n\n--d\n\n2\n--d\n"
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
	/* proc(5): field 19 of stat is the niceness */
	{"is nicer than mail", "set -- $(cat /proc/$$/stat); test ${19} -gt 0 && printf '" GOOD "' ''",
	 "[a|a/b|text|hi]"},
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
	{"nothing but brackets", "head -c 10000000 /dev/zero | tr '\\0' '['; echo", UNREADABLE},
	{"brackets in an object", "printf '{\"members\":'; head -c 10000000 /dev/zero | tr '\\0' '['; echo",
	 UNREADABLE},
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

static void
test_absent(void)
{
	use_program("/nonexistent/liaison-extract");
	assert_read("absent", PART("; filename=a", "x"), UNREADABLE);
	use_program("");
	assert_read("not wanted", PART("; filename=a", "x"), "");
}

/* ---- the process that stays ---- */

static void
assert_good(const char *name)
{
	assert_read(name, PART("; filename=a\nContent-Type: text/plain", "octets"), "[a|a/b|text|hi]");
}

/* It stays, but not behind a child that did not end by itself, and not for ever. */
static void
test_stays(void)
{
	pid_t first, second;

	use_program("");
	use_script("printf '" GOOD "' ''");
	count_starts(NULL);
	for (guint i = 0; i < 3; i++)
		assert_good("the same");
	g_assert_cmpuint(count_starts(&first), <=, 1);
	use_script("kill -SEGV $$");
	assert_read("crash", PART("; filename=a\nContent-Type: text/plain", "octets"), UNREADABLE);
	use_script("printf '" GOOD "' ''");
	assert_good("behind a crash");
	g_assert_cmpuint(count_starts(&second), ==, 1);
	for (guint i = 0; i < 150; i++)
		assert_good("many");
	g_assert_cmpuint(count_starts(NULL), ==, 1);
}

/* One that is found dead is started again. */
static void
test_killed(void)
{
	pid_t pid;

	use_script("kill -SEGV $$");
	assert_read("crash", PART("; filename=a\nContent-Type: text/plain", "octets"), UNREADABLE);
	count_starts(NULL);
	use_script("printf '" GOOD "' ''");
	assert_good("new");
	g_assert_cmpuint(count_starts(&pid), ==, 1);
	g_assert_cmpint(kill(pid, SIGKILL), ==, 0);
	assert_good("killed");
	g_assert_cmpuint(count_starts(NULL), ==, 1);
}

/* Whose time went by while another had the process: it is not asked, and stays. */
static void
test_late(void)
{
	int file = lsm_reader_process_file();
	GByteArray *answer = NULL;

	use_script("printf '" GOOD "' ''");
	assert_good("in time");
	count_starts(NULL);
	g_assert_true(lsm_descriptor_write(file, "x", 1));
	g_assert_cmpint(lsm_reader_process_run(own_program, file, g_get_monotonic_time(), &answer), ==, -1);
	g_assert_null(answer);
	assert_good("behind one that was late");
	g_assert_cmpuint(count_starts(NULL), ==, 0);
}

/* Programs that do not keep to what is agreed; those that say nothing are waited for until the time is up. */
static const struct {
	const char *name;
	const char *program;
	const char *status;
} servers[] = {
	{"ends", "exit 0", "unreadable"},
	{"lacks a library", "exit 127", "unreadable"},
	{"is killed", "kill -SYS $$", "unreadable"},
	{"too long", "printf nonsense >&0; exec sleep 60", "unreadable"},
	{"no child of ours", "printf '\\001\\0\\0\\0' >&0; exec sleep 60", "unreadable"},
	{"ourselves", "printf '\\0\\0\\0\\0' >&0; exec sleep 60", "unreadable"},
	{"all processes", "printf '\\377\\377\\377\\377' >&0; exec sleep 60", "unreadable"},
	{"says nothing", "exec sleep 60", "limit"},
};

static void
test_servers(void)
{
	g_autofree char *path = g_build_filename(folder, "server", NULL);
	g_autoptr(LsmMessage) message = parse(PART("; filename=a", "x"));

	for (gsize i = 0; i < G_N_ELEMENTS(servers); i++) {
		gboolean is_slow = strcmp(servers[i].status, "limit") == 0;
		gint64 start = g_get_monotonic_time();
		g_autoptr(GPtrArray) texts = NULL;

		g_test_message("%s", servers[i].name);
		write_program(path, servers[i].program);
		use_program(path);
		texts = lsm_reader_read_until(settings, message,
					      start + (is_slow ? G_USEC_PER_SEC / 5 : 20 * G_USEC_PER_SEC));
		g_assert_cmpuint(texts->len, ==, 1);
		g_assert_cmpstr(((LsmAttachmentText *)g_ptr_array_index(texts, 0))->status, ==,
				servers[i].status);
		g_assert_cmpint(g_get_monotonic_time() - start, <, 10 * G_USEC_PER_SEC);
	}
	g_unlink(path);
}

static gpointer
read_some(gpointer unused)
{
	for (guint i = 0; i < 20; i++)
		assert_good("of several threads");
	return unused;
}

static void
test_threads(void)
{
	GThread *threads[4];

	use_script("printf '" GOOD "' ''");
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("reader", read_some, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
}

/* ---- bounds ---- */

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
	int failed;

	if (argc == 2 && strcmp(argv[1], LSM_SERVE_WORD) == 0)
		serve(argv[0]);
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	real_program = g_build_filename(unit, "..", "..", "liaison-extract", NULL);
	folder = g_dir_make_tmp("lsm-reader-XXXXXX", NULL);
	own_program = g_build_filename(folder, "reader", NULL);
	script = g_strconcat(own_program, ".sh", NULL);
	starts = g_strconcat(own_program, ".starts", NULL);
	g_assert_cmpint(symlink(own, own_program), ==, 0);
	settings = reading_settings_new();
	g_test_add_func("/reader/bytes", test_bytes);
	g_test_add_func("/reader/pieces", test_pieces);
	g_test_add_func("/reader/real", test_real);
	g_test_add_func("/reader/scripts", test_scripts);
	g_test_add_func("/reader/absent", test_absent);
	g_test_add_func("/reader/stays", test_stays);
	g_test_add_func("/reader/killed", test_killed);
	g_test_add_func("/reader/late", test_late);
	g_test_add_func("/reader/servers", test_servers);
	g_test_add_func("/reader/threads", test_threads);
	g_test_add_func("/reader/overrun", test_overrun);
	g_test_add_func("/reader/many", test_many);
	failed = g_test_run();
	reading_settings_free(settings);
	g_unlink(script);
	g_unlink(starts);
	g_unlink(own_program);
	g_rmdir(folder);
	g_free(starts);
	g_free(script);
	g_free(own_program);
	g_free(folder);
	g_free(real_program);
	return failed;
}
