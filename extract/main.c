/*
 * main.c - liaison-extract: reads one attachment on standard input, writes what it says on standard output.
 *
 *   liaison-extract [all | none | pdf | doc] < FILE
 *
 * The word names the readers to load beside those that start fast (module.h); all without it.
 *
 * Output: the JSON line of lsm_extract_result_header (result.h), then the texts. Exit status 0 whenever that
 * line was written, whatever it says; 69 and no output where the input needs a reader that was not loaded; 64
 * for any other word; 70 where a reader could not be loaded, the sandbox not be entered, or a pipe broke. A
 * process that met a limit of the kernel is killed by it and may have written nothing. Not a byte is read
 * before the sandbox is closed.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "extract/format.h"
#include "extract/module.h"
#include "extract/sandbox.h"

#define EXIT_WRONG_WORD 64
#define EXIT_NOT_LOADED 69
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

/* Everything that needs files. FALSE: nothing may be read. */
static gboolean
prepare(const char *modules)
{
	g_autofree char *why = NULL;

	g_log_set_writer_func(say_nothing, NULL, NULL);
	lsm_format_prepare();
	if (!lsm_module_load(modules, &why)) {
		fprintf(stderr, "liaison-extract: %s\n", why);
		return FALSE;
	}
	return lsm_sandbox_enter();
}

int
main(int argc, char **argv)
{
	const char *modules = argc > 1 ? argv[1] : LSM_MODULE_ALL;
	g_autoptr(GByteArray) octets = NULL;
	g_autoptr(LsmExtractResult) result = NULL;
	GString *header;
	gboolean is_written;

	if (argc > 2 || !lsm_module_is_name(modules)) {
		fprintf(stderr, "usage: liaison-extract [all | none | pdf | doc] < FILE\n");
		return EXIT_WRONG_WORD;
	}
	if (!prepare(modules))
		return EXIT_BROKEN;
	octets = read_input();
	if (octets == NULL)
		return EXIT_BROKEN;
	result = extract(octets);
	if (lsm_module_is_missed())
		_exit(EXIT_NOT_LOADED);
	header = lsm_extract_result_header(result);
	is_written = write_all(header) && write_all(result->text);
	/* Libraries' farewells may want calls that are not there any more, and nothing is left to save. */
	_exit(is_written ? 0 : EXIT_BROKEN);
}
