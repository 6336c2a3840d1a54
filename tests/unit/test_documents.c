/*
 * test_documents.c - the table of documents: what was written is found, what is damaged is never believed;
 * and the importers of both indexes.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/documents_format.h"
#include "conf/documents_import.h"
#include "conf/error.h"

static char *folder;

static const LsmDocument samples[] = {
	{"rfc2679", "A One-way Delay Metric for IPPM", "ippm", "rfc7679", LSM_STREAM_IETF,
	 LSM_STATUS_PROPOSED_STANDARD, LSM_STATUS_UNKNOWN, LSM_NO_REVISION, 19990900},
	{"rfc8762", "Simple Two-Way Active Measurement Protocol", "ippm", "", LSM_STREAM_IETF,
	 LSM_STATUS_PROPOSED_STANDARD, LSM_STATUS_UNKNOWN, LSM_NO_REVISION, 20200300},
	{"bcp14", "", "", "rfc2119 rfc8174", LSM_STREAM_UNKNOWN, LSM_STATUS_BEST_CURRENT_PRACTICE,
	 LSM_STATUS_UNKNOWN, LSM_NO_REVISION, 0},
	{"draft-ietf-ippm-stamp-yang", "A YANG Model f\xc3\xbcr STAMP", "ippm", "", LSM_STREAM_IETF,
	 LSM_STATUS_ACTIVE, LSM_STATUS_PROPOSED_STANDARD, 12, 20260301},
	{"draft-smith-new-plan", "A Plan", "", "draft-ietf-ippm-plan", LSM_STREAM_UNKNOWN,
	 LSM_STATUS_REPLACED, LSM_STATUS_UNKNOWN, 0, 20210711},
};

static const char *const absent_names[] = {"",        "a",    "bcp1",     "bcp140", "draft-",
					   "rfc2680", "rfc8", "rfc87620", "zzz"};

static GBytes *
make_table(const LsmDocument *documents, guint count)
{
	g_autoptr(LsmDocumentsBuilder) builder = lsm_documents_builder_new();

	for (guint i = 0; i < count; i++)
		g_assert_true(lsm_documents_builder_add(builder, &documents[i], NULL));
	return lsm_documents_builder_finish(builder, 1795262400);
}

/* The octets as a table in a file that is gone when it is open. */
static LsmDocuments *
open_octets(const void *octets, gsize length, GError **error)
{
	g_autofree char *path = g_build_filename(folder, "table", NULL);
	LsmDocuments *documents;

	g_assert_true(g_file_set_contents(path, octets, (gssize)length, NULL));
	documents = lsm_documents_open(path, error);
	g_unlink(path);
	return documents;
}

static LsmDocuments *
open_bytes(GBytes *bytes, GError **error)
{
	gsize length;
	const void *octets = g_bytes_get_data(bytes, &length);

	return open_octets(octets, length, error);
}

static LsmDocuments *
open_samples(void)
{
	g_autoptr(GBytes) table = make_table(samples, G_N_ELEMENTS(samples));
	g_autoptr(GError) error = NULL;
	LsmDocuments *documents = open_bytes(table, &error);

	g_assert_no_error(error);
	return documents;
}

static void
assert_same(const LsmDocument *document, const LsmDocument *want)
{
	g_assert_cmpstr(document->name, ==, want->name);
	g_assert_cmpstr(document->title, ==, want->title);
	g_assert_cmpstr(document->group, ==, want->group);
	g_assert_cmpstr(document->successors, ==, want->successors);
	g_assert_cmpint(document->stream, ==, want->stream);
	g_assert_cmpint(document->status, ==, want->status);
	g_assert_cmpint(document->intended, ==, want->intended);
	g_assert_cmpint(document->revision, ==, want->revision);
	g_assert_cmpuint(document->date, ==, want->date);
}

static void
test_find(void)
{
	g_autoptr(LsmDocuments) documents = open_samples();
	LsmDocument document;

	for (guint i = 0; i < G_N_ELEMENTS(samples); i++) {
		g_test_message("%s", samples[i].name);
		g_assert_cmpint(lsm_documents_find(documents, samples[i].name, &document), ==,
				LSM_DOCUMENT_FOUND);
		assert_same(&document, &samples[i]);
	}
	for (guint i = 0; i < G_N_ELEMENTS(absent_names); i++) {
		g_test_message("\"%s\"", absent_names[i]);
		g_assert_cmpint(lsm_documents_find(documents, absent_names[i], &document), ==,
				LSM_DOCUMENT_ABSENT);
	}
	g_assert_cmpuint(lsm_documents_count(documents, LSM_DOCUMENT_RFC), ==, 2);
	g_assert_cmpuint(lsm_documents_count(documents, LSM_DOCUMENT_SERIES), ==, 1);
	g_assert_cmpuint(lsm_documents_count(documents, LSM_DOCUMENT_DRAFT), ==, 2);
	g_assert_cmpint(lsm_documents_built(documents), ==, 1795262400);
	g_assert_true(lsm_documents_verify(documents, NULL));
}

static void
test_later_counts(void)
{
	const LsmDocument twice[] = {samples[0], samples[1], samples[0]};
	LsmDocument changed[3];
	g_autoptr(GBytes) table = NULL;
	g_autoptr(LsmDocuments) documents = NULL;
	LsmDocument document;

	memcpy(changed, twice, sizeof changed);
	changed[2].title = "The later one";
	table = make_table(changed, 3);
	documents = open_bytes(table, NULL);
	g_assert_cmpuint(lsm_documents_count(documents, LSM_DOCUMENT_RFC), ==, 2);
	g_assert_cmpint(lsm_documents_find(documents, "rfc2679", &document), ==, LSM_DOCUMENT_FOUND);
	g_assert_cmpstr(document.title, ==, "The later one");
}

static void
test_empty(void)
{
	g_autoptr(GBytes) table = make_table(NULL, 0);
	g_autoptr(LsmDocuments) documents = open_bytes(table, NULL);
	LsmDocument document;

	g_assert_nonnull(documents);
	g_assert_cmpint(lsm_documents_find(documents, "rfc1", &document), ==, LSM_DOCUMENT_ABSENT);
	g_assert_true(lsm_documents_verify(documents, NULL));
}

static void
test_builder_refuses(void)
{
	g_autoptr(LsmDocumentsBuilder) builder = lsm_documents_builder_new();
	g_autofree char *letters = g_strnfill(3000, 'x');
	LsmDocument document = samples[0];
	g_autoptr(GError) error = NULL;

	document.title = letters;
	g_assert_false(lsm_documents_builder_add(builder, &document, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_INPUT);
	document.title = "\xff";
	g_assert_false(lsm_documents_builder_add(builder, &document, NULL));
}

/* ---- damage ---- */

/* Whatever the file holds: what is found is as it was written, and what was written is never said to be
 * absent. */
static void
assert_nothing_false(const LsmDocuments *documents, guint *damaged)
{
	LsmDocument document;

	for (guint i = 0; i < G_N_ELEMENTS(samples); i++) {
		LsmDocumentAnswer answer = lsm_documents_find(documents, samples[i].name, &document);

		g_assert_cmpint(answer, !=, LSM_DOCUMENT_ABSENT);
		if (answer == LSM_DOCUMENT_FOUND)
			assert_same(&document, &samples[i]);
		*damaged += answer == LSM_DOCUMENT_DAMAGED;
	}
	for (guint i = 0; i < G_N_ELEMENTS(absent_names); i++)
		g_assert_cmpint(lsm_documents_find(documents, absent_names[i], &document), !=,
				LSM_DOCUMENT_FOUND);
}

static void
test_every_octet(void)
{
	static const guint8 masks[] = {0x01, 0x20, 0x80, 0xff};
	g_autoptr(GBytes) table = make_table(samples, G_N_ELEMENTS(samples));
	gsize length;
	const guint8 *octets = g_bytes_get_data(table, &length);
	g_autofree guint8 *copy = g_memdup2(octets, length);
	guint damaged = 0, refused = 0;

	for (gsize i = 0; i < length; i++) {
		for (guint m = 0; m < G_N_ELEMENTS(masks); m++) {
			g_autoptr(GError) error = NULL;
			g_autoptr(LsmDocuments) documents = NULL;

			copy[i] ^= masks[m];
			documents = open_octets(copy, length, &error);
			copy[i] ^= masks[m];
			if (documents == NULL) {
				g_assert_error(error, LSM_ERROR, LSM_ERROR_CONFIG);
				refused++;
				continue;
			}
			g_test_message("octet %" G_GSIZE_FORMAT, i);
			assert_nothing_false(documents, &damaged);
			g_assert_false(lsm_documents_verify(documents, NULL));
		}
	}
	g_assert_cmpuint(refused, >=, 48 * G_N_ELEMENTS(masks));
	g_assert_cmpuint(damaged, >, 100);
}

static void
test_every_length(void)
{
	g_autoptr(GBytes) table = make_table(samples, G_N_ELEMENTS(samples));
	gsize length;
	const char *octets = g_bytes_get_data(table, &length);
	g_autofree char *longer = g_malloc0(length + 1);

	for (gsize i = 0; i < length; i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(LsmDocuments) documents = open_octets(octets, i, &error);

		g_assert_null(documents);
		g_assert_error(error, LSM_ERROR, LSM_ERROR_CONFIG);
	}
	memcpy(longer, octets, length);
	g_assert_null(open_octets(longer, length + 1, NULL));
}

/* The first entry of a table of one, made false, with a check that is right all the same. */
static const struct {
	const char *name;
	gsize offset; /* in the entry, or G_MAXSIZE: the title's first octet in the pool */
	guint8 value;
} forgeries[] = {
	{"name outside", G_STRUCT_OFFSET(LsmDocumentsEntry, text[0]) + 3, 0xff},
	{"title outside", G_STRUCT_OFFSET(LsmDocumentsEntry, text[1]) + 1, 0xff},
	{"no such stream", G_STRUCT_OFFSET(LsmDocumentsEntry, stream), LSM_STREAM_COUNT},
	{"no such status", G_STRUCT_OFFSET(LsmDocumentsEntry, status), LSM_STATUS_COUNT},
	{"no such intended status", G_STRUCT_OFFSET(LsmDocumentsEntry, intended), 0xff},
	{"not UTF-8", G_MAXSIZE, 0xff},
};

static void
recompute_check(LsmDocumentsEntry *entry, const char *pool, gsize pool_size)
{
	entry->check = lsm_documents_check(LSM_DOCUMENTS_CHECK_START, entry,
					   G_STRUCT_OFFSET(LsmDocumentsEntry, check));
	for (guint i = 0; i < LSM_DOCUMENTS_TEXTS; i++) {
		const char *text = pool + MIN(entry->text[i], pool_size - 1);

		entry->check = lsm_documents_check(entry->check, text, strlen(text) + 1);
	}
}

static void
test_forged(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(forgeries); i++) {
		g_autoptr(GBytes) table = make_table(samples, 1);
		gsize length = g_bytes_get_size(table);
		g_autofree char *octets = g_memdup2(g_bytes_get_data(table, NULL), length);
		char *pool = octets + sizeof(LsmDocumentsHeader) + sizeof(LsmDocumentsEntry);
		LsmDocumentsEntry entry;
		g_autoptr(LsmDocuments) documents = NULL;

		memcpy(&entry, octets + sizeof(LsmDocumentsHeader), sizeof entry);
		if (forgeries[i].offset == G_MAXSIZE)
			pool[entry.text[1]] = (char)forgeries[i].value;
		else
			((guint8 *)&entry)[forgeries[i].offset] = forgeries[i].value;
		recompute_check(&entry, pool, (gsize)(octets + length - pool));
		memcpy(octets + sizeof(LsmDocumentsHeader), &entry, sizeof entry);
		documents = open_octets(octets, length, NULL);
		g_test_message("%s", forgeries[i].name);
		g_assert_nonnull(documents);
		g_assert_cmpint(lsm_documents_find(documents, samples[0].name, &(LsmDocument){0}), ==,
				LSM_DOCUMENT_DAMAGED);
		g_assert_false(lsm_documents_verify(documents, NULL));
	}
}

/* A pipe that nobody writes to is not waited for. */
static void
test_open_pipe(void)
{
	g_autofree char *path = g_build_filename(folder, "pipe", NULL);

	g_assert_cmpint(mkfifo(path, 0600), ==, 0);
	g_assert_null(lsm_documents_open(path, NULL));
	g_unlink(path);
}

static void
test_open_refuses(void)
{
	static const char *const paths[] = {"/dev/zero", "/", "/nonexistent/table"};

	for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(lsm_documents_open(paths[i], &error));
		g_assert_error(error, LSM_ERROR, LSM_ERROR_CONFIG);
		g_assert_nonnull(error != NULL ? strstr(error->message, paths[i]) : NULL);
	}
}

/* ---- rfc-index.xml ---- */

#define XML_HEAD                                                                                             \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rfc-index "                                            \
	"xmlns=\"https://www.rfc-editor.org/rfc-index\">\n"
#define XML_END "</rfc-index>\n"

static const char rfc_index[] =
	XML_HEAD "<bcp-entry><doc-id>BCP0014</doc-id><is-also><doc-id>RFC2119</doc-id><doc-id>RFC8174</"
		 "doc-id></is-also>"
		 "</bcp-entry>\n<bcp-entry><doc-id>BCP0015</doc-id></bcp-entry>\n"
		 "<rfc-not-issued-entry><doc-id>RFC0014</doc-id></rfc-not-issued-entry>\n"
		 "<rfc-entry>\n  <doc-id>RFC2679</doc-id>\n  <title>A One-way\n    Delay &amp; Loss</title>\n"
		 "  <author><name>A. Author</name><title>Editor</title></author>\n"
		 "  <date><month>September</month><year>1999</year></date>\n"
		 "  <obsoletes><doc-id>RFC0001</doc-id></obsoletes>\n"
		 "  <obsoleted-by><doc-id>RFC7679</doc-id><doc-id>RFC7680</doc-id></obsoleted-by>\n"
		 "  <is-also><doc-id>STD0099</doc-id></is-also>\n"
		 "  <abstract><p>Says <b>something</b>.</p></abstract><!-- a comment -->\n"
		 "  <current-status>PROPOSED STANDARD</current-status>\n"
		 "  <publication-status>DRAFT STANDARD</publication-status>\n"
		 "  <stream>IETF</stream><area>tsv</area><wg_acronym>ippm</wg_acronym>\n</rfc-entry>\n"
		 "<rfc-entry><doc-id>RFC4</doc-id><title>T</title><date><month>April</month><day>1</"
		 "day><year>1970</year></date>"
		 "<current-status>INFORMATIONAL</current-status><stream>INDEPENDENT</stream>"
		 "<wg_acronym>NON WORKING GROUP</wg_acronym></rfc-entry>\n"
		 "<std-entry><doc-id>STD0066</doc-id><title>URI</title><is-also><doc-id>RFC3986</doc-id></"
		 "is-also></std-entry>\n" XML_END;

static const LsmDocument rfc_index_wants[] = {
	{"bcp14", "", "", "rfc2119 rfc8174", LSM_STREAM_UNKNOWN, LSM_STATUS_BEST_CURRENT_PRACTICE,
	 LSM_STATUS_UNKNOWN, LSM_NO_REVISION, 0},
	{"rfc14", "", "", "", LSM_STREAM_UNKNOWN, LSM_STATUS_NOT_ISSUED, LSM_STATUS_UNKNOWN, LSM_NO_REVISION,
	 0},
	{"rfc2679", "A One-way Delay & Loss", "ippm", "rfc7679 rfc7680", LSM_STREAM_IETF,
	 LSM_STATUS_PROPOSED_STANDARD, LSM_STATUS_UNKNOWN, LSM_NO_REVISION, 19990900},
	{"rfc4", "T", "", "", LSM_STREAM_INDEPENDENT, LSM_STATUS_INFORMATIONAL, LSM_STATUS_UNKNOWN,
	 LSM_NO_REVISION, 19700401},
	{"std66", "URI", "", "rfc3986", LSM_STREAM_UNKNOWN, LSM_STATUS_INTERNET_STANDARD, LSM_STATUS_UNKNOWN,
	 LSM_NO_REVISION, 0},
};

typedef gboolean (*Import)(LsmDocumentsBuilder *builder, const char *text, gsize length, const char *name,
			   LsmImportReport *report, GError **error);

static void
assert_imports(Import import, const char *text, const LsmDocument *wants, guint count)
{
	g_autoptr(LsmDocumentsBuilder) builder = lsm_documents_builder_new();
	g_autoptr(LsmImportReport) report = lsm_import_report_new();
	g_autoptr(LsmDocuments) documents = NULL;
	g_autoptr(GBytes) table = NULL;
	g_autoptr(GError) error = NULL;
	LsmDocument document;

	g_assert_true(import(builder, text, strlen(text), "index", report, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(report->taken, ==, count);
	g_assert_cmpuint(report->odd, ==, 0);
	table = lsm_documents_builder_finish(builder, 0);
	documents = open_bytes(table, NULL);
	for (guint i = 0; i < count; i++) {
		g_test_message("%s", wants[i].name);
		g_assert_cmpint(lsm_documents_find(documents, wants[i].name, &document), ==,
				LSM_DOCUMENT_FOUND);
		assert_same(&document, &wants[i]);
	}
}

static void
test_rfc_index(void)
{
	assert_imports(lsm_import_rfc_index, rfc_index, rfc_index_wants, G_N_ELEMENTS(rfc_index_wants));
}

/* ---- all_id2.txt, all_id.txt ---- */

#define REST "\t\t.txt,.xml"

static const char id_index[] =
	"#\n# Index of all Internet-Drafts\n#\n"
	"draft-ietf-ippm-stamp-yang-12\t-1\tActive\tI-D Exists\t\t\t2026-03-01\tippm\tops\tA. "
	"Director\tProposed Standard" REST
	"\tA YANG Model\tA. Author <a@example.org>\t\tA. Director <ad1@example.org>\n"
	"draft-ietf-ippm-old-03\t-1\tExpired\t\t\t\t2019-01-31\t\t\t\t" REST "\tOld\tA\t\t\r\n"
	"draft-ietf-ippm-done-10\t-1\tRFC\t\t8762\t\t2019-11-30\tippm\ttsv\t\tProposed Standard" REST
	"\tDone\tA\t\t\n"
	"draft-smith-ippm-plan-00\t-1\tReplaced\t\t\tdraft-ietf-ippm-plan\t2021-07-11\tippm\ttsv\t\t" REST
	"\tPlan\tA\n"
	"draft-irtf-nmrg-thing-101\t-1\tActive\tI-D Exists\t\t\t2026-05-05\t\t\t\tInformational" REST
	"\tThing\tA\t\t\n"
	"draft-smith-gone-00\t-1\tWithdrawn by Submitter\t\t\t\t\t\t\t\t" REST "\tGone\tA\t\t\n"
	"\n# end\n";

static const LsmDocument id_index_wants[] = {
	{"draft-ietf-ippm-stamp-yang", "A YANG Model", "ippm", "", LSM_STREAM_IETF, LSM_STATUS_ACTIVE,
	 LSM_STATUS_PROPOSED_STANDARD, 12, 20260301},
	{"draft-ietf-ippm-old", "Old", "ippm", "", LSM_STREAM_IETF, LSM_STATUS_EXPIRED, LSM_STATUS_UNKNOWN, 3,
	 20190131},
	{"draft-ietf-ippm-done", "Done", "ippm", "rfc8762", LSM_STREAM_IETF, LSM_STATUS_PUBLISHED,
	 LSM_STATUS_PROPOSED_STANDARD, 10, 20191130},
	{"draft-smith-ippm-plan", "Plan", "ippm", "draft-ietf-ippm-plan", LSM_STREAM_UNKNOWN,
	 LSM_STATUS_REPLACED, LSM_STATUS_UNKNOWN, 0, 20210711},
	{"draft-irtf-nmrg-thing", "Thing", "nmrg", "", LSM_STREAM_IRTF, LSM_STATUS_ACTIVE,
	 LSM_STATUS_INFORMATIONAL, 101, 20260505},
	{"draft-smith-gone", "Gone", "", "", LSM_STREAM_UNKNOWN, LSM_STATUS_WITHDRAWN, LSM_STATUS_UNKNOWN, 0,
	 0},
};

static const char short_index[] =
	"\nInternet-Drafts Status Summary\n\n"
	"draft-ietf-ippm-now-02\t2026-02-02\tIn IESG processing - I-D Tracker state <IESG Evaluation::AD "
	"Followup>\t\n"
	"draft-ietf-ippm-done-10\t2019-11-30\tRFC\t8762\r\n"
	"draft-smith-plan-00\t2021-07-11\tReplaced replaced by draft-ietf-ippm-plan\t\n";

static const LsmDocument short_index_wants[] = {
	{"draft-ietf-ippm-now", "", "ippm", "", LSM_STREAM_IETF, LSM_STATUS_ACTIVE, LSM_STATUS_UNKNOWN, 2,
	 20260202},
	{"draft-ietf-ippm-done", "", "ippm", "rfc8762", LSM_STREAM_IETF, LSM_STATUS_PUBLISHED,
	 LSM_STATUS_UNKNOWN, 10, 20191130},
	{"draft-smith-plan", "", "", "draft-ietf-ippm-plan", LSM_STREAM_UNKNOWN, LSM_STATUS_REPLACED,
	 LSM_STATUS_UNKNOWN, 0, 20210711},
};

static void
test_id_index(void)
{
	assert_imports(lsm_import_id_index, id_index, id_index_wants, G_N_ELEMENTS(id_index_wants));
	assert_imports(lsm_import_id_index, short_index, short_index_wants, G_N_ELEMENTS(short_index_wants));
}

/* ---- what importers refuse ---- */

static const struct {
	const char *name;
	Import import;
	const char *text;
	const char *want;
} wrong[] = {
	{"nothing", lsm_import_rfc_index, "", "index:1: Document was empty or contained only whitespace"},
	{"another XML", lsm_import_rfc_index, "<html><p>404</p></html>\n",
	 "index:1: expected <rfc-index>, read <html>"},
	{"no XML", lsm_import_rfc_index, "RFC INDEX\n", "index:1: Document must begin with an element"},
	{"cut off", lsm_import_rfc_index, XML_HEAD "<rfc-entry>\n<doc-id>RFC1",
	 "index:4: Document ended unexpectedly"},
	{"wrong nesting", lsm_import_rfc_index, XML_HEAD "<rfc-entry>\n</doc-id>\n", "index:4: "},
	{"no RFC", lsm_import_rfc_index, XML_HEAD XML_END, "index: no RFC of rfc-index.xml found"},
	{"not UTF-8", lsm_import_rfc_index, XML_HEAD "<rfc-entry>\n<title>\xff</title>",
	 "index:4: Invalid UTF-8"},
	{"an id that is none", lsm_import_rfc_index,
	 XML_HEAD "<rfc-entry><doc-id>12</doc-id></rfc-entry>\n" XML_END,
	 "index: no RFC of rfc-index.xml found; index:3: no document's id: \"12\""},
	{"an empty list", lsm_import_id_index, "", "index: no draft of all_id2.txt or all_id.txt found"},
	{"a web page", lsm_import_id_index, "<html>\n404\n",
	 "index: no draft of all_id2.txt or all_id.txt found"},
	{"cut off behind a line", lsm_import_id_index,
	 "#\n# Index\ndraft-ietf-a-b-00\t2026-01-01\tActive\t\n",
	 "index:3: the list ends without its last line \"# end\""},
	{"other columns", lsm_import_id_index, "draft-ietf-a-b-00\tActive\n",
	 "index: no draft of all_id2.txt or all_id.txt found; index:1: not 14 or more fields, nor 4"},
	{"no revision", lsm_import_id_index, "\ndraft-ietf-a-b\t2026-01-01\tActive\t\n",
	 "index: no draft of all_id2.txt or all_id.txt found; index:2: no draft's name with its revision"},
	{"no state", lsm_import_id_index, "draft-ietf-a-b-00\t2026-01-01\tSleeping\t\n",
	 "index: no draft of all_id2.txt or all_id.txt found; index:1: a state that is not known"},
};

static void
test_importers_refuse(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(LsmDocumentsBuilder) builder = lsm_documents_builder_new();
		g_autoptr(LsmImportReport) report = lsm_import_report_new();
		g_autoptr(GError) error = NULL;

		g_test_message("%s", wrong[i].name);
		g_assert_false(wrong[i].import(builder, wrong[i].text, strlen(wrong[i].text), "index", report,
					       &error));
		g_assert_error(error, LSM_ERROR, LSM_ERROR_INPUT);
		g_assert_true(error != NULL && g_str_has_prefix(error->message, wrong[i].want));
		if (error != NULL)
			g_test_message("%s", error->message);
	}
}

/* A few odd lines are told and left out; many are an error. */
static void
test_odd_lines(void)
{
	for (guint odd = 0; odd <= 20; odd++) {
		g_autoptr(LsmDocumentsBuilder) builder = lsm_documents_builder_new();
		g_autoptr(LsmImportReport) report = lsm_import_report_new();
		g_autoptr(GString) text = g_string_new(NULL);
		gboolean imported;

		for (guint i = 0; i < 500; i++)
			g_string_append_printf(text, "draft-ietf-a-b%u-00\t2026-01-01\tActive\t\n", i);
		for (guint i = 0; i < odd; i++)
			g_string_append(text, "odd\tline\n");
		imported = lsm_import_id_index(builder, text->str, text->len, "index", report, NULL);
		g_assert_cmpint(imported, ==, odd <= 7);
		g_assert_cmpuint(report->taken, ==, 500);
		g_assert_cmpuint(report->odd, ==, odd);
		g_assert_cmpuint(report->notes->len, ==, MIN(odd, 5));
	}
}

/* Cut or changed anywhere, an index is imported or refused; never more. */
static void
test_damaged_indexes(void)
{
	static const struct {
		Import import;
		const char *text;
	} indexes[] = {{lsm_import_rfc_index, rfc_index}, {lsm_import_id_index, id_index}};

	for (guint k = 0; k < G_N_ELEMENTS(indexes); k++) {
		gsize length = strlen(indexes[k].text);
		g_autofree char *text = g_strdup(indexes[k].text);

		for (gsize i = 0; i < 2 * length; i++) {
			g_autoptr(LsmDocumentsBuilder) builder = lsm_documents_builder_new();
			g_autoptr(LsmImportReport) report = lsm_import_report_new();
			g_autoptr(GBytes) table = NULL;
			gsize place = i % length;

			if (i >= length)
				text[place] ^= 0xa5;
			indexes[k].import(builder, text, i < length ? i : length, "index", report, NULL);
			table = lsm_documents_builder_finish(builder, 0);
			g_assert_nonnull(table);
			text[place] = indexes[k].text[place];
		}
	}
}

/* ---- words ---- */

static void
test_words(void)
{
	for (LsmStream stream = 0; stream < LSM_STREAM_COUNT; stream++) {
		LsmStream parsed;

		g_assert_true(lsm_stream_parse(lsm_stream_name(stream), &parsed));
		g_assert_cmpint(parsed, ==, stream);
	}
	for (LsmDocumentStatus status = 0; status < LSM_STATUS_COUNT; status++) {
		LsmDocumentStatus parsed;

		g_assert_true(lsm_document_status_parse(lsm_document_status_name(status), &parsed));
		g_assert_cmpint(parsed, ==, status);
	}
	g_assert_cmpstr(lsm_stream_name(99), ==, "unknown");
	g_assert_false(lsm_stream_parse("", &(LsmStream){0}));
	g_assert_false(lsm_document_status_parse("standard", &(LsmDocumentStatus){0}));
}

int
main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	folder = g_dir_make_tmp("test-documents-XXXXXX", NULL);
	g_test_add_func("/documents/find", test_find);
	g_test_add_func("/documents/later-counts", test_later_counts);
	g_test_add_func("/documents/empty", test_empty);
	g_test_add_func("/documents/builder-refuses", test_builder_refuses);
	g_test_add_func("/documents/every-octet", test_every_octet);
	g_test_add_func("/documents/every-length", test_every_length);
	g_test_add_func("/documents/forged", test_forged);
	g_test_add_func("/documents/open-refuses", test_open_refuses);
	g_test_add_func("/documents/open-pipe", test_open_pipe);
	g_test_add_func("/documents/rfc-index", test_rfc_index);
	g_test_add_func("/documents/id-index", test_id_index);
	g_test_add_func("/documents/importers-refuse", test_importers_refuse);
	g_test_add_func("/documents/odd-lines", test_odd_lines);
	g_test_add_func("/documents/damaged-indexes", test_damaged_indexes);
	g_test_add_func("/documents/words", test_words);
	result = g_test_run();
	g_rmdir(folder);
	g_free(folder);
	return result;
}
