/*
 * documents.c - looks documents up in a mapped table.
 *
 * Owns the map, and the words of streams and statuses. A format of its own and not LMDB: the table is written
 * once and only read, a sorted array is enough for that; LMDB would want a lock file beside it, writable for
 * every reader, and does not check what it reads from a damaged file. Here every offset is bounded
 * and every entry checked when it is read. Uses GLib's mapped files. Any thread. Opening can fail; a look-up
 * says found, absent or damaged.
 */
#include "conf/documents.h"

#include <string.h>

#include "conf/documents_format.h"
#include "conf/error.h"

struct LsmDocuments {
	GMappedFile *map;
	const LsmDocumentsEntry *entries;
	guint32 count;
	const char *pool;
	guint32 pool_size;
	guint32 counts[LSM_DOCUMENT_KINDS];
	gint64 built;
};

/* ---- words ---- */

#define WORD_ROW(id, word) word,
static const char *const stream_words[] = {LSM_STREAMS(WORD_ROW)};
static const char *const status_words[] = {LSM_STATUSES(WORD_ROW)};
#undef WORD_ROW

static gboolean
find_word(const char *const *words, guint count, const char *word, guint *index_out)
{
	for (guint i = 0; i < count; i++) {
		if (g_ascii_strcasecmp(words[i], word) != 0)
			continue;
		*index_out = i;
		return TRUE;
	}
	return FALSE;
}

const char *
lsm_stream_name(LsmStream stream)
{
	return stream_words[(guint)stream < LSM_STREAM_COUNT ? stream : LSM_STREAM_UNKNOWN];
}

const char *
lsm_document_status_name(LsmDocumentStatus status)
{
	return status_words[(guint)status < LSM_STATUS_COUNT ? status : LSM_STATUS_UNKNOWN];
}

gboolean
lsm_stream_parse(const char *word, LsmStream *stream_out)
{
	guint index;

	if (!find_word(stream_words, LSM_STREAM_COUNT, word, &index))
		return FALSE;
	*stream_out = (LsmStream)index;
	return TRUE;
}

gboolean
lsm_document_status_parse(const char *word, LsmDocumentStatus *status_out)
{
	guint index;

	if (!find_word(status_words, LSM_STATUS_COUNT, word, &index))
		return FALSE;
	*status_out = (LsmDocumentStatus)index;
	return TRUE;
}

LsmDocumentKind
lsm_document_kind(const char *name)
{
	if (g_str_has_prefix(name, "draft-"))
		return LSM_DOCUMENT_DRAFT;
	return g_str_has_prefix(name, "rfc") ? LSM_DOCUMENT_RFC : LSM_DOCUMENT_SERIES;
}

/* ---- opening ---- */

/* What is wrong with the header, or NULL. */
static const char *
find_fault(const LsmDocumentsHeader *header, guint64 length)
{
	guint64 entries, pool;

	if (length < sizeof *header || memcmp(header->magic, LSM_DOCUMENTS_MAGIC, sizeof header->magic) != 0)
		return "no table of documents";
	if (GUINT32_FROM_LE(header->check) != lsm_documents_check(LSM_DOCUMENTS_CHECK_START, header,
								  G_STRUCT_OFFSET(LsmDocumentsHeader, check)))
		return "the header is damaged";
	if (GUINT32_FROM_LE(header->version) != LSM_DOCUMENTS_VERSION)
		return "a table of documents of another version";
	entries = (guint64)GUINT32_FROM_LE(header->entries) * sizeof(LsmDocumentsEntry);
	pool = GUINT32_FROM_LE(header->pool);
	return pool > 0 && sizeof *header + entries + pool == length ? NULL : "cut short or grown";
}

static gboolean
read_header(LsmDocuments *documents, const char *path, GError **error)
{
	guint64 length = g_mapped_file_get_length(documents->map);
	const char *octets = g_mapped_file_get_contents(documents->map);
	const char *fault;
	LsmDocumentsHeader header = {0};

	if (octets != NULL)
		memcpy(&header, octets, MIN(length, sizeof header));
	fault = find_fault(&header, length);
	if (fault != NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG,
			    "%s: %s; make it anew with liaisonctl import-documents", path, fault);
		return FALSE;
	}
	documents->count = GUINT32_FROM_LE(header.entries);
	documents->pool_size = GUINT32_FROM_LE(header.pool);
	documents->entries = (const LsmDocumentsEntry *)(octets + sizeof header);
	documents->pool = octets + (length - documents->pool_size);
	documents->built = GINT64_FROM_LE(header.built);
	for (guint i = 0; i < LSM_DOCUMENT_KINDS; i++)
		documents->counts[i] = GUINT32_FROM_LE(header.counts[i]);
	return TRUE;
}

LsmDocuments *
lsm_documents_open(const char *path, GError **error)
{
	g_autoptr(LsmDocuments) documents = g_new0(LsmDocuments, 1);
	g_autoptr(GError) problem = NULL;

	/* A device or a pipe would be waited for. */
	if (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG, "%s: not a regular file", path);
		return NULL;
	}
	documents->map = g_mapped_file_new(path, FALSE, &problem);
	if (documents->map == NULL) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CONFIG, "%s; liaisonctl import-documents makes it",
			    problem->message);
		return NULL;
	}
	return read_header(documents, path, error) ? g_steal_pointer(&documents) : NULL;
}

void
lsm_documents_free(LsmDocuments *documents)
{
	if (documents == NULL)
		return;
	g_clear_pointer(&documents->map, g_mapped_file_unref);
	g_free(documents);
}

guint
lsm_documents_count(const LsmDocuments *documents, LsmDocumentKind kind)
{
	return documents->counts[kind];
}

gint64
lsm_documents_built(const LsmDocuments *documents)
{
	return documents->built;
}

/* ---- one entry ---- */

/* NULL when it does not end within the pool, or is longer than any that is written. */
static const char *
read_text(const LsmDocuments *documents, guint32 offset)
{
	gsize left = documents->pool_size - MIN(offset, documents->pool_size);
	const char *text = documents->pool + documents->pool_size - left;
	gsize octets = strnlen(text, MIN(left, LSM_DOCUMENTS_TEXT_MAX + 1));

	return octets < left && octets <= LSM_DOCUMENTS_TEXT_MAX ? text : NULL;
}

static const char *
name_at(const LsmDocuments *documents, guint32 index)
{
	return read_text(documents, GUINT32_FROM_LE(documents->entries[index].text[0]));
}

/* FALSE when the entry is not as it was written. */
static gboolean
read_entry(const LsmDocuments *documents, guint32 index, LsmDocument *document)
{
	const LsmDocumentsEntry *entry = &documents->entries[index];
	guint32 check = lsm_documents_check(LSM_DOCUMENTS_CHECK_START, entry,
					    G_STRUCT_OFFSET(LsmDocumentsEntry, check));
	const char *text[LSM_DOCUMENTS_TEXTS];

	for (guint i = 0; i < LSM_DOCUMENTS_TEXTS; i++) {
		text[i] = read_text(documents, GUINT32_FROM_LE(entry->text[i]));
		if (text[i] == NULL || !g_utf8_validate(text[i], -1, NULL))
			return FALSE;
		check = lsm_documents_check(check, text[i], strlen(text[i]) + 1);
	}
	*document = (LsmDocument){.name = text[0],
				  .title = text[1],
				  .group = text[2],
				  .successors = text[3],
				  .stream = entry->stream,
				  .status = entry->status,
				  .intended = entry->intended,
				  .revision = (int)GUINT16_FROM_LE(entry->revision) - 1,
				  .date = GUINT32_FROM_LE(entry->date)};
	return check == GUINT32_FROM_LE(entry->check) && entry->stream < LSM_STREAM_COUNT &&
	       entry->status < LSM_STATUS_COUNT && entry->intended < LSM_STATUS_COUNT;
}

/* ---- looking up ---- */

/* The place of the first entry that is not before name. A damaged name leads somewhere: is_gap() sees it. */
static guint32
find_place(const LsmDocuments *documents, const char *name)
{
	guint32 low = 0, high = documents->count;

	while (low < high) {
		guint32 middle = low + (high - low) / 2;
		const char *other = name_at(documents, middle);

		if (other != NULL && strcmp(other, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Absent is only what would stand between two sound neighbours: one that is damaged, and has sent the search
 * the wrong way, is always a neighbour of the place where that ends. */
static gboolean
is_gap(const LsmDocuments *documents, guint32 place, const char *name)
{
	LsmDocument neighbour;

	if (place > 0 && (!read_entry(documents, place - 1, &neighbour) || strcmp(neighbour.name, name) >= 0))
		return FALSE;
	return place == documents->count ||
	       (read_entry(documents, place, &neighbour) && strcmp(neighbour.name, name) > 0);
}

LsmDocumentAnswer
lsm_documents_find(const LsmDocuments *documents, const char *name, LsmDocument *document_out)
{
	guint32 place = find_place(documents, name);

	if (place < documents->count && read_entry(documents, place, document_out) &&
	    strcmp(document_out->name, name) == 0)
		return LSM_DOCUMENT_FOUND;
	return is_gap(documents, place, name) ? LSM_DOCUMENT_ABSENT : LSM_DOCUMENT_DAMAGED;
}

gboolean
lsm_documents_verify(const LsmDocuments *documents, GError **error)
{
	const char *before = "";

	for (guint32 i = 0; i < documents->count; i++) {
		LsmDocument document;

		if (!read_entry(documents, i, &document) || strcmp(before, document.name) >= 0) {
			g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "entry %u of %u is damaged", i + 1,
				    documents->count);
			return FALSE;
		}
		before = document.name;
	}
	return TRUE;
}
