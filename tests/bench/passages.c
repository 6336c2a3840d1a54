/*
 * passages.c - see passages.h.
 */
#include "tests/bench/passages.h"

#include <string.h>

#include "desk/json.h"
#include "store/backend.h"
#include "store/content.h"
#include "tests/unit/desk_fixture.h"

static void
row_free(gpointer data)
{
	Row *row = data;

	g_bytes_unref(row->key);
	g_clear_pointer(&row->value, g_bytes_unref);
	g_free(row);
}

static void
record_free(gpointer data)
{
	Record *record = data;

	g_bytes_unref(record->content);
	g_free(record->identity);
	g_free(record->message_id);
	json_object_unref(record->members);
	g_ptr_array_unref(record->rows);
	g_free(record);
}

#define LETTER 1000 /* octets; what is longer has an attachment: base64 of what cannot be compressed */

static void
add_words(GString *text, GRand *random)
{
	static const char *const words[] = {"the",   "group",   "kindly", "asks", "for",      "comments",
					    "on",    "metrics", "of",     "and",  "document", "performance",
					    "draft", "YANG",    "2026",   "its",  "review",   "measurement"};

	while (text->len < LETTER)
		g_string_append_printf(text, "%s%c", words[g_rand_int_range(random, 0, G_N_ELEMENTS(words))],
				       g_rand_int_range(random, 0, 12) == 0 ? '\n' : ' ');
}

static GBytes *
make_content(GRand *random, guint number, gsize size)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	GString *text = g_string_new(NULL);

	g_string_printf(text,
			"From: Study Group 12 <tsb@itu.example>\nTo: ippm@ietf.org\n"
			"Subject: LS on metrics, %u\nMessage-ID: <%u@itu.example>\n\n",
			number, number);
	add_words(text, random);
	while (text->len < size)
		g_string_append_c(text, text->len % 77 == 0 ? '\n' : letters[g_rand_int(random) & 63]);
	return g_string_free_to_bytes(text);
}

static JsonObject *
passage_members(const Record *record)
{
	static const char text[] =
		"{\"type\":\"seen\",\"public\":{\"state\":\"unconfirmed\",\"way\":\"in\",\"verdict\":\"pass\","
		"\"would\":\"pass\",\"rule_set\":\"bis-05\",\"form\":\"letter\",\"rules\":[\"deadline.missing\"]},"
		"\"private\":{\"from\":[\"ITU-T SG12\"],\"to\":[\"IETF IPPM Working Group\"],\"purposes\":[\"action\"],"
		"\"deadline\":\"2026-12-31\",\"subject\":\"LS on metrics\",\"sender\":\"tsb@itu.example\","
		"\"from_address\":\"tsb@itu.example\",\"queue_id\":\"4bXyz12345\",\"doors\":[\"ippm@ietf.org\"]}}";
	JsonObject *members = lsm_json_parse(text, strlen(text), NULL);

	lsm_json_set(lsm_json_get_object(members, "private"), "message_id", record->message_id);
	lsm_json_set(lsm_json_get_object(members, "private"), "digest", record->identity);
	return members;
}

GPtrArray *
passages_make(guint count, gsize size)
{
	GPtrArray *records = g_ptr_array_new_with_free_func(record_free);
	GRand *random = g_rand_new_with_seed(2026);

	for (guint i = 0; i < count; i++) {
		Record *record = g_new0(Record, 1);

		record->content = make_content(random, i, size);
		record->identity = lsm_content_digest(record->content);
		record->message_id = g_strdup_printf("%u@itu.example", i);
		record->members = passage_members(record);
		record->rows = g_ptr_array_new_with_free_func(row_free);
		g_ptr_array_add(records, record);
	}
	g_rand_free(random);
	return records;
}

void
passages_record(LsmDesk *desk, const Record *record)
{
	g_autoptr(LsmFacts) facts = NULL;
	g_autofree char *judged_on = NULL;
	g_autofree char *id = NULL;
	g_autofree char *ticket = NULL;
	g_autoptr(GError) error = NULL;
	LsmPassage passage = {.keys = {.identity = record->identity, .message_id = record->message_id},
			      .members = record->members,
			      .content = record->content};

	if (lsm_desk_facts(desk, &passage.keys, &facts, &judged_on, &error)) {
		passage.judged_on = judged_on;
		if (lsm_desk_record(desk, &passage, &id, &ticket, &error) == LSM_RECORDED)
			return;
	}
	g_error("not recorded: %s", error == NULL ? "the facts changed" : error->message);
}

/* A memory store that keeps a note of what is put and deleted. */
static LsmBackend noting;
static const Record *noted;

static void
note_row(LsmTable table, const void *key, gsize key_length, GBytes *value)
{
	Row *row = g_new(Row, 1);

	*row = (Row){table, g_bytes_new(key, key_length), value};
	g_ptr_array_add(noted->rows, row);
}

static gboolean
note_put(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length, const void *value,
	 gsize value_length, GError **error)
{
	note_row(table, key, key_length, g_bytes_new(value, value_length));
	return lsm_backend_memory.put(txn, table, key, key_length, value, value_length, error);
}

static gboolean
note_delete(LsmStoreTxn *txn, LsmTable table, const void *key, gsize key_length, GError **error)
{
	note_row(table, key, key_length, NULL);
	return lsm_backend_memory.delete (txn, table, key, key_length, error);
}

void
passages_note_rows(GPtrArray *records)
{
	LsmStore *store = lsm_store_open("memory:", LSM_STORE_READ_WRITE, NULL);
	DeskFixture *fixture;

	noting = lsm_backend_memory;
	noting.put = note_put;
	noting.delete = note_delete;
	store->backend = &noting;
	fixture = desk_fixture_new(NULL, store);
	for (guint i = 0; i < records->len; i++) {
		noted = g_ptr_array_index(records, i);
		passages_record(fixture->desk, noted);
	}
	desk_fixture_free(fixture);
}

double
passages_octets(GPtrArray *records, double *rows_out)
{
	double octets = 0, rows = 0;

	for (guint i = 0; i < records->len; i++) {
		const Record *record = g_ptr_array_index(records, i);
		for (guint k = 0; k < record->rows->len; k++) {
			const Row *row = g_ptr_array_index(record->rows, k);

			if (row->value == NULL)
				continue;
			octets += (double)(g_bytes_get_size(row->key) + g_bytes_get_size(row->value));
			rows++;
		}
	}
	*rows_out = rows / records->len;
	return octets / records->len;
}
