/*
 * export.c - the log, the keys and the contents as lines.
 *
 * Reads LSM_TABLE_LOG, LSM_TABLE_PRIVATE, the index kinds that no case says, and contents, all in one
 * transaction. Threads: as the transaction. Fails by GError; what was handed over before stays with its
 * taker.
 */
#include "store/export.h"

#include <sodium.h>
#include <string.h>

#include "conf/error.h"
#include "store/case.h"
#include "store/content.h"
#include "store/export_keys.h"
#include "store/json.h"
#include "store/log_row.h"

typedef struct {
	LsmStoreTxn *txn;
	const LsmExport *export;
	GString *line;
	guint64 events, keys, contents;
	guint64 size;
	const char *kind;  /* of the keys at hand */
	gboolean unwanted; /* the taker wants no more */
	GError *error;
} Writing;

/* FALSE ends the scan that brought the line. */
static gboolean
hand_over(Writing *writing)
{
	const LsmExport *export = writing->export;

	writing->unwanted = !export->line(writing->line->str, writing->line->len, export->line_data);
	return !writing->unwanted;
}

static gboolean
fail_event(Writing *writing, const char *what)
{
	g_set_error(&writing->error, LSM_ERROR, LSM_ERROR_CORRUPT, "event %" G_GUINT64_FORMAT ": %s",
		    writing->events, what);
	return FALSE;
}

static void
append_hex(GString *line, const guint8 *data, gsize length)
{
	char hex[2 * LSM_HASH_SIZE + 1];

	sodium_bin2hex(hex, sizeof hex, data, MIN(length, LSM_HASH_SIZE));
	g_string_append(line, hex);
}

/* --- events --- */

static gboolean
check_private(Writing *writing, const LsmEvent *event, GBytes *row)
{
	char digest[2 * LSM_HASH_SIZE + 1];
	gsize length;
	const guint8 *data = g_bytes_get_data(row, &length);

	if (!lsm_log_private_digest(data, length, digest) || g_strcmp0(digest, event->salted_digest) != 0)
		return fail_event(writing, "its private part does not match its digest");
	return !memchr(data + LSM_HASH_SIZE, '\n', length - LSM_HASH_SIZE) ||
	       fail_event(writing, "its private part is not on one line");
}

static gboolean
append_private(Writing *writing, const LsmEvent *event, const void *key, gsize key_length)
{
	g_autoptr(GBytes) row = NULL;
	gsize length;

	if (!event->salted_digest)
		return TRUE;
	LsmFound found =
		lsm_store_get(writing->txn, LSM_TABLE_PRIVATE, key, key_length, &row, &writing->error);
	if (found != LSM_FOUND)
		return found == LSM_ABSENT;
	if (!check_private(writing, event, row))
		return FALSE;
	const guint8 *data = g_bytes_get_data(row, &length);
	g_string_append(writing->line, ",\"salt\":\"");
	append_hex(writing->line, data, LSM_HASH_SIZE);
	g_string_append(writing->line, "\",\"private\":");
	g_string_append_len(writing->line, (const char *)data + LSM_HASH_SIZE,
			    (gssize)(length - LSM_HASH_SIZE));
	return TRUE;
}

/* Bytes that match their leaf hash, and are on one line. */
static LsmEvent *
check_row(Writing *writing, const LsmLogRow *row)
{
	guint8 leaf[LSM_HASH_SIZE];

	lsm_log_leaf_hash(row->event, row->event_length, leaf);
	if (memcmp(leaf, row->hashes[0], sizeof leaf) != 0 || memchr(row->event, '\n', row->event_length)) {
		fail_event(writing, "its bytes do not match the leaf hash");
		return NULL;
	}
	return lsm_event_parse(row->event, row->event_length, &writing->error);
}

static gboolean
write_event(const void *key, gsize key_length, const void *value, gsize value_length, gpointer data)
{
	Writing *writing = data;
	guint64 position;
	LsmLogRow row;

	if (!lsm_log_key_parse(key, key_length, &position) || position != writing->events)
		return fail_event(writing, "is missing");
	if (!lsm_log_row_parse(value, value_length, &row))
		return fail_event(writing, "its row is cut short or has a wrong count of hashes");
	g_autoptr(LsmEvent) event = check_row(writing, &row);
	if (!event)
		return FALSE;
	g_string_printf(writing->line, "{\"position\":%" G_GUINT64_FORMAT ",\"event\":", position);
	g_string_append_len(writing->line, (const char *)row.event, (gssize)row.event_length);
	if (!append_private(writing, event, key, key_length))
		return FALSE;
	g_string_append_c(writing->line, '}');
	if (!hand_over(writing))
		return FALSE;
	writing->events++;
	if (writing->export->progress)
		writing->export->progress(writing->events, writing->export->progress_data);
	return TRUE;
}

static gboolean
write_events(Writing *writing)
{
	if (!lsm_store_scan(writing->txn, LSM_TABLE_LOG, "", 0, LSM_SCAN_FORWARD, write_event, writing,
			    &writing->error) ||
	    writing->error || writing->unwanted)
		return FALSE;
	return writing->events == writing->size || fail_event(writing, "is missing");
}

/* --- keys and contents --- */

static void
append_member(GString *line, const char *name, const char *text)
{
	g_string_append_printf(line, "%s\"%s\":", line->len > 1 ? "," : "", name);
	lsm_json_write_string(line, text);
}

static gboolean
write_key(const char *term, const char *id, gpointer data)
{
	Writing *writing = data;

	g_string_assign(writing->line, "{");
	append_member(writing->line, "key", writing->kind);
	append_member(writing->line, "term", term);
	append_member(writing->line, "case", id);
	g_string_append_c(writing->line, '}');
	writing->keys++;
	return hand_over(writing);
}

static gboolean
write_keys(Writing *writing)
{
	for (guint i = 0; i < lsm_export_keys_count; i++) {
		writing->kind = lsm_export_keys[i].name;
		if (!lsm_index_scan(writing->txn, lsm_export_keys[i].kind, "", LSM_SCAN_FORWARD, write_key,
				    writing, &writing->error) ||
		    writing->unwanted)
			return FALSE;
	}
	return TRUE;
}

static gboolean
write_content(const LsmCase *item, gpointer data)
{
	Writing *writing = data;
	g_autoptr(GBytes) content = NULL;
	gsize length;

	if (!item->content)
		return TRUE;
	LsmFound found = lsm_content_get(writing->txn, item->content, &content, &writing->error);
	if (found != LSM_FOUND)
		return found == LSM_ABSENT;
	const guint8 *bytes = g_bytes_get_data(content, &length);
	g_autofree char *text = g_base64_encode(bytes ? bytes : (const guint8 *)"", length);
	g_string_printf(writing->line, "{\"content\":\"%s\",\"base64\":\"", item->content);
	g_string_append(writing->line, text);
	g_string_append(writing->line, "\"}");
	writing->contents++;
	return hand_over(writing);
}

static gboolean
write_contents(Writing *writing)
{
	if (!writing->export->with_contents)
		return TRUE;
	return lsm_case_scan(writing->txn, write_content, writing, &writing->error) && !writing->error &&
	       !writing->unwanted;
}

/* --- all --- */

static gboolean
write_start(Writing *writing, const LsmLogHead *head)
{
	g_string_printf(writing->line,
			"{\"liaison-milter-log\":%d,\"size\":%" G_GUINT64_FORMAT ",\"root\":\"",
			LSM_EXPORT_VERSION, head->size);
	append_hex(writing->line, head->root, LSM_HASH_SIZE);
	g_string_append(writing->line, "\"}");
	return hand_over(writing);
}

static gboolean
write_end(Writing *writing)
{
	g_string_printf(writing->line,
			"{\"end\":{\"events\":%" G_GUINT64_FORMAT ",\"keys\":%" G_GUINT64_FORMAT
			",\"contents\":%" G_GUINT64_FORMAT "}}",
			writing->events, writing->keys, writing->contents);
	return hand_over(writing);
}

gboolean
lsm_export_log(LsmStoreTxn *txn, const LsmExport *export, LsmLogHead *head_out, GError **error)
{
	g_autoptr(GString) line = g_string_new(NULL);
	Writing writing = {.txn = txn, .export = export, .line = line};
	LsmLogHead head;

	if (!lsm_log_head(txn, &head, error))
		return FALSE;
	writing.size = head.size;
	gboolean done = write_start(&writing, &head) && write_events(&writing) && write_keys(&writing) &&
			write_contents(&writing) && write_end(&writing);
	if (writing.error)
		g_propagate_error(error, writing.error);
	else if (head_out)
		*head_out = head;
	return done;
}
