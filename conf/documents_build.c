/*
 * documents_build.c - makes a table of documents out of what importers add, and writes it.
 *
 * Owns the texts and entries until the table is finished. Uses documents_format.h and GLib's safe file
 * writing. One thread. Adding fails on texts that no table holds; writing on a full disk and the like.
 */
#include "conf/documents.h"

#include <string.h>

#include "conf/documents_format.h"
#include "conf/error.h"

/* Of what every offset of the format can reach. */
#define POOL_MAX (G_MAXUINT32 - LSM_DOCUMENTS_TEXTS * (LSM_DOCUMENTS_TEXT_MAX + 1))

struct LsmDocumentsBuilder {
	GString *pool;
	GArray *entries; /* of LsmDocumentsEntry, in the machine's byte order, without checks */
};

LsmDocumentsBuilder *
lsm_documents_builder_new(void)
{
	LsmDocumentsBuilder *builder = g_new0(LsmDocumentsBuilder, 1);

	builder->pool = g_string_new(NULL);
	g_string_append_c(builder->pool, '\0');
	builder->entries = g_array_new(FALSE, TRUE, sizeof(LsmDocumentsEntry));
	return builder;
}

void
lsm_documents_builder_free(LsmDocumentsBuilder *builder)
{
	if (builder == NULL)
		return;
	g_string_free(builder->pool, TRUE);
	g_array_unref(builder->entries);
	g_free(builder);
}

static guint32
add_text(LsmDocumentsBuilder *builder, const char *text)
{
	guint32 offset = (guint32)builder->pool->len;

	if (text[0] == '\0')
		return 0;
	g_string_append_len(builder->pool, text, (gssize)strlen(text) + 1);
	return offset;
}

gboolean
lsm_documents_builder_add(LsmDocumentsBuilder *builder, const LsmDocument *document, GError **error)
{
	const char *texts[LSM_DOCUMENTS_TEXTS] = {document->name, document->title, document->group,
						  document->successors};
	LsmDocumentsEntry entry = {.date = document->date,
				   .revision = (guint16)(CLAMP(document->revision, -1, 65534) + 1),
				   .stream = (guint8)document->stream,
				   .status = (guint8)document->status,
				   .intended = (guint8)document->intended};

	for (guint i = 0; i < LSM_DOCUMENTS_TEXTS; i++) {
		if (strlen(texts[i]) > LSM_DOCUMENTS_TEXT_MAX || !g_utf8_validate(texts[i], -1, NULL) ||
		    builder->pool->len > POOL_MAX) {
			g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT,
				    "a text of more than %d octets, or not UTF-8", LSM_DOCUMENTS_TEXT_MAX);
			return FALSE;
		}
	}
	for (guint i = 0; i < LSM_DOCUMENTS_TEXTS; i++)
		entry.text[i] = add_text(builder, texts[i]);
	g_array_append_val(builder->entries, entry);
	return TRUE;
}

/* By name; among equal names the later one first: texts are added in order, so its offset is higher. */
static gint
compare(gconstpointer a, gconstpointer b, gpointer pool)
{
	const LsmDocumentsEntry *left = a, *right = b;
	int order = strcmp((const char *)pool + left->text[0], (const char *)pool + right->text[0]);

	return order != 0 ? order : left->text[0] > right->text[0] ? -1 : left->text[0] < right->text[0];
}

static void
drop_repeated(GArray *entries, const char *pool)
{
	guint kept = 0;

	for (guint i = 0; i < entries->len; i++) {
		LsmDocumentsEntry *entry = &g_array_index(entries, LsmDocumentsEntry, i);

		if (kept > 0 && strcmp(pool + g_array_index(entries, LsmDocumentsEntry, kept - 1).text[0],
				       pool + entry->text[0]) == 0)
			continue;
		g_array_index(entries, LsmDocumentsEntry, kept++) = *entry;
	}
	g_array_set_size(entries, kept);
}

/* The entry as it stands in the file. */
static LsmDocumentsEntry
seal(const LsmDocumentsEntry *entry, const char *pool)
{
	LsmDocumentsEntry sealed = *entry;
	guint32 check;

	for (guint i = 0; i < LSM_DOCUMENTS_TEXTS; i++)
		sealed.text[i] = GUINT32_TO_LE(entry->text[i]);
	sealed.date = GUINT32_TO_LE(entry->date);
	sealed.revision = GUINT16_TO_LE(entry->revision);
	check = lsm_documents_check(LSM_DOCUMENTS_CHECK_START, &sealed,
				    G_STRUCT_OFFSET(LsmDocumentsEntry, check));
	for (guint i = 0; i < LSM_DOCUMENTS_TEXTS; i++) {
		const char *text = pool + entry->text[i];

		check = lsm_documents_check(check, text, strlen(text) + 1);
	}
	sealed.check = GUINT32_TO_LE(check);
	return sealed;
}

static LsmDocumentsHeader
make_header(const LsmDocumentsBuilder *builder, gint64 built)
{
	LsmDocumentsHeader header = {.version = GUINT32_TO_LE(LSM_DOCUMENTS_VERSION),
				     .entries = GUINT32_TO_LE(builder->entries->len),
				     .pool = GUINT32_TO_LE((guint32)builder->pool->len),
				     .built = GINT64_TO_LE(built)};
	guint32 counts[LSM_DOCUMENT_KINDS] = {0};

	memcpy(header.magic, LSM_DOCUMENTS_MAGIC, sizeof header.magic);
	for (guint i = 0; i < builder->entries->len; i++)
		counts[lsm_document_kind(builder->pool->str +
					 g_array_index(builder->entries, LsmDocumentsEntry, i).text[0])]++;
	for (guint i = 0; i < LSM_DOCUMENT_KINDS; i++)
		header.counts[i] = GUINT32_TO_LE(counts[i]);
	header.check = GUINT32_TO_LE(lsm_documents_check(LSM_DOCUMENTS_CHECK_START, &header,
							 G_STRUCT_OFFSET(LsmDocumentsHeader, check)));
	return header;
}

GBytes *
lsm_documents_builder_finish(LsmDocumentsBuilder *builder, gint64 built)
{
	GByteArray *table = g_byte_array_new();
	LsmDocumentsHeader header;

	g_array_sort_with_data(builder->entries, compare, builder->pool->str);
	drop_repeated(builder->entries, builder->pool->str);
	header = make_header(builder, built);
	g_byte_array_append(table, (const guint8 *)&header, sizeof header);
	for (guint i = 0; i < builder->entries->len; i++) {
		LsmDocumentsEntry entry =
			seal(&g_array_index(builder->entries, LsmDocumentsEntry, i), builder->pool->str);

		g_byte_array_append(table, (const guint8 *)&entry, sizeof entry);
	}
	g_byte_array_append(table, (const guint8 *)builder->pool->str, (guint)builder->pool->len);
	return g_byte_array_free_to_bytes(table);
}

gboolean
lsm_documents_write(GBytes *table, const char *path, GError **error)
{
	g_autoptr(GError) problem = NULL;
	gsize length;
	const char *octets = g_bytes_get_data(table, &length);

	if (g_file_set_contents_full(path, octets, (gssize)length,
				     G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644,
				     &problem))
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "%s", problem->message);
	return FALSE;
}
