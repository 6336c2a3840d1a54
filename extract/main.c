/*
 * main.c - liaison-extract: reads one attachment on standard input, writes what it says on standard output.
 *
 *   liaison-extract < FILE
 *   liaison-extract --serve     (serve.h: a file for each request on the socket that is standard input)
 *
 * Output: the JSON line of lsm_extract_result_header (result.h), then the texts. Exit status 0 whenever that
 * line was written, whatever it says; 64 for other arguments; 70 where the sandbox could not be entered or a
 * pipe broke. A process that met a limit of the kernel is killed by it and may have written nothing. Not a
 * byte is read before the sandbox is closed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "extract/format.h"
#include "extract/sandbox.h"
#include "extract/serve.h"

#define EXIT_WRONG_WORD 64
#define EXIT_BROKEN 70
#define CHUNK (256 * 1024)

/* All of standard input, but not more than one octet above the bound; NULL when it cannot be read. */
static GByteArray *
read_input(void)
{
	g_autoptr(GByteArray) octets = g_byte_array_sized_new(CHUNK);
	g_autofree guint8 *chunk = g_malloc(CHUNK);

	while (octets->len <= LSM_EXTRACT_MAX_INPUT) {
		gsize wanted = MIN(CHUNK, LSM_EXTRACT_MAX_INPUT + 1 - (gsize)octets->len);
		ssize_t n = read(STDIN_FILENO, chunk, wanted);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return NULL;
		if (n == 0)
			break;
		g_byte_array_append(octets, chunk, (guint)n);
	}
	return g_steal_pointer(&octets);
}

static gboolean
write_all(const GString *text)
{
	gsize done = 0;

	while (done < text->len) {
		ssize_t n = write(STDOUT_FILENO, text->str + done, text->len - done);

		if (n < 0 && errno != EINTR)
			return FALSE;
		done += n > 0 ? (gsize)n : 0;
	}
	return TRUE;
}

static LsmExtractResult *
extract(const GByteArray *octets)
{
	LsmExtractResult *result = lsm_extract_result_new(octets->len);
	LsmExtractInput input = {octets->data, octets->len, "", 0};

	if (octets->len <= LSM_EXTRACT_MAX_INPUT) {
		lsm_format_read(&input, result);
	} else {
		guint document = lsm_extract_result_begin(result, "", "application/octet-stream");

		lsm_extract_result_end(result, document, 0, LSM_EXTRACT_LIMIT);
	}
	return result;
}

/* What libraries have to say about a damaged file is of no use to anybody, and may cost a forbidden call. */
static GLogWriterOutput
say_nothing(GLogLevelFlags level, const GLogField *fields, gsize count, gpointer unused)
{
	(void)level;
	(void)fields;
	(void)count;
	(void)unused;
	return G_LOG_WRITER_HANDLED;
}

/* Everything behind the sandbox; the exit status. */
static int
read_file(void)
{
	g_autoptr(GByteArray) octets = NULL;
	g_autoptr(LsmExtractResult) result = NULL;
	g_autoptr(GString) header = NULL;

	if (!lsm_sandbox_enter())
		return EXIT_BROKEN;
	octets = read_input();
	if (octets == NULL)
		return EXIT_BROKEN;
	result = extract(octets);
	header = lsm_extract_result_header(result);
	return write_all(header) && write_all(result->text) ? 0 : EXIT_BROKEN;
}

int
main(int argc, char **argv)
{
	gboolean is_server = argc == 2 && strcmp(argv[1], LSM_SERVE_WORD) == 0;

	if (argc > 1 && !is_server) {
		fprintf(stderr, "usage: liaison-extract < FILE\n");
		return EXIT_WRONG_WORD;
	}
	g_log_set_writer_func(say_nothing, NULL, NULL);
	lsm_format_prepare();
	if (is_server && !lsm_serve(STDIN_FILENO))
		return 0;
	/* Libraries' farewells may want calls that are not there any more, and nothing is left to save. */
	_exit(read_file());
}
