/*
 * import.c - lines of an exported log, one by one, into an empty store.
 *
 * Owns the store's tables while it runs. Uses log.h for the events as they are, rebuild.h for all that
 * follows from them. Threads: one. Fails by GError, which names the line: CORRUPT for what is not as export.h
 * says.
 */
#include <sodium.h>
#include <string.h>

#include "conf/error.h"
#include "store/content.h"
#include "store/export.h"
#include "store/export_keys.h"
#include "store/json.h"
#include "store/rebuild.h"

/* A commit has at most so many lines, or octets. */
#define SLICE_LINES 5000
#define SLICE_OCTETS (8 << 20)

struct LsmImport {
	LsmStore *store;
	LsmStoreTxn *txn; /* NULL between two slices */
	LsmLogHead wanted;
	guint64 line; /* number of the line at hand, from 1 */
	guint64 events, keys, contents;
	guint lines_in_slice;
	gsize octets_in_slice;
	gboolean begun, ended;
};

LsmImport *
lsm_import_new(LsmStore *store)
{
	LsmImport *import = g_new0(LsmImport, 1);

	import->store = store;
	return import;
}

void
lsm_import_free(LsmImport *import)
{
	if (!import)
		return;
	lsm_store_txn_free(import->txn);
	g_free(import);
}

guint64
lsm_import_events(const LsmImport *import, guint64 *of_out)
{
	*of_out = import->wanted.size;
	return import->events;
}

guint64
lsm_import_contents(const LsmImport *import)
{
	return import->contents;
}

static gboolean
fail_line(GError **error, const char *what)
{
	g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "%s", what);
	return FALSE;
}

/* --- a line's pieces, byte for byte --- */

typedef struct {
	const char *at, *end;
} Text;

static gboolean
take_word(Text *text, const char *word)
{
	gsize length = strlen(word);

	if ((gsize)(text->end - text->at) < length || memcmp(text->at, word, length) != 0)
		return FALSE;
	text->at += length;
	return TRUE;
}

static gboolean
take_number(Text *text, guint64 *number_out)
{
	const char *start = text->at;
	guint64 number = 0;

	while (text->at < text->end && g_ascii_isdigit(*text->at) && text->at - start < 19)
		number = number * 10 + (guint64)(*text->at++ - '0');
	*number_out = number;
	return text->at > start;
}

/* From its brace to the one that closes it; what stands between is for the parser to judge. */
static gboolean
take_object(Text *text, Text *object_out)
{
	gboolean quoted = FALSE;
	guint depth = 0;

	object_out->at = text->at;
	for (; text->at < text->end; text->at++) {
		char c = *text->at;
		if (quoted && c == '\\' && text->at + 1 < text->end)
			text->at++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && c == '{')
			depth++;
		else if (!quoted && c == '}' && --depth == 0)
			break;
		if (depth == 0)
			return FALSE;
	}
	if (text->at == text->end)
		return FALSE;
	object_out->end = ++text->at;
	return TRUE;
}

/* Salt and JSON as one row; NULL where the salt is none. */
static GBytes *
take_private(Text *text)
{
	g_autofree guint8 *row = NULL;
	Text object;
	gsize salt = 0;
	const char *hex = text->at;

	if (text->end - hex < 2 * LSM_HASH_SIZE)
		return NULL;
	text->at += 2 * LSM_HASH_SIZE;
	if (!take_word(text, "\",\"private\":") || !take_object(text, &object))
		return NULL;
	gsize length = (gsize)(object.end - object.at);
	row = g_malloc(LSM_HASH_SIZE + length);
	if (sodium_hex2bin(row, LSM_HASH_SIZE, hex, 2 * LSM_HASH_SIZE, NULL, &salt, NULL) != 0 ||
	    salt != LSM_HASH_SIZE)
		return NULL;
	memcpy(row + LSM_HASH_SIZE, object.at, length);
	return g_bytes_new_take(g_steal_pointer(&row), LSM_HASH_SIZE + length);
}

/* --- kinds of lines --- */

static gboolean
append_event(LsmImport *import, const Text *bytes, GBytes *private, GError **error)
{
	g_autoptr(LsmEvent) event = lsm_event_parse(bytes->at, (gsize)(bytes->end - bytes->at), error);

	if (!event)
		return FALSE;
	g_autoptr(GBytes) whole = g_bytes_new(bytes->at, (gsize)(bytes->end - bytes->at));
	g_autoptr(LsmLogEntry) entry = lsm_log_entry_from_bytes(whole, private, event->salted_digest, error);
	if (!entry || !lsm_log_append_prepared(import->txn, entry, event, error))
		return FALSE;
	import->events++;
	return TRUE;
}

static gboolean
read_event(LsmImport *import, Text text, GError **error)
{
	g_autoptr(GBytes) private = NULL;
	guint64 position;
	Text event;

	if (!take_number(&text, &position) || !take_word(&text, ",\"event\":") || !take_object(&text, &event))
		return fail_line(error, "no event");
	if (position != import->events)
		return fail_line(error, "an event is missing before this one, or stands here twice");
	if (take_word(&text, ",\"salt\":\"")) {
		private = take_private(&text);
		if (!private)
			return fail_line(error, "no salt and private part");
	}
	if (!take_word(&text, "}") || text.at != text.end)
		return fail_line(error, "something behind the event");
	return append_event(import, &event, private, error);
}

static gboolean
read_key(LsmImport *import, JsonObject *line, GError **error)
{
	const char *name = lsm_json_string(line, "key");
	const char *term = lsm_json_string(line, "term");
	const char *id = lsm_json_string(line, "case");

	for (guint i = 0; name && term && id && i < lsm_export_keys_count; i++) {
		if (strcmp(lsm_export_keys[i].name, name) == 0) {
			import->keys++;
			return lsm_index_put(import->txn, lsm_export_keys[i].kind, term, id, error);
		}
	}
	return fail_line(error, "an unknown or incomplete key");
}

/* By its pieces: a mail in base64 may be larger than what the JSON parser takes. */
static gboolean
read_content(LsmImport *import, Text text, GError **error)
{
	g_autofree char *digest = NULL;
	g_autofree char *base64 = NULL;
	gsize length = 0;

	if (text.end - text.at < 2 * LSM_HASH_SIZE)
		return fail_line(error, "an incomplete content");
	digest = g_strndup(text.at, 2 * LSM_HASH_SIZE);
	text.at += 2 * LSM_HASH_SIZE;
	if (!take_word(&text, "\",\"base64\":\"") || text.end - text.at < 2 ||
	    memcmp(text.end - 2, "\"}", 2) != 0)
		return fail_line(error, "an incomplete content");
	base64 = g_strndup(text.at, (gsize)(text.end - text.at) - 2);
	guint8 *bytes = g_base64_decode(base64, &length);
	g_autoptr(GBytes) content = g_bytes_new_take(bytes, length);
	g_autofree char *found = lsm_content_digest(content);
	if (strcmp(found, digest) != 0)
		return fail_line(error, "the content does not match its digest");
	g_autoptr(GBytes) compressed = lsm_content_compress(content);
	import->contents++;
	return lsm_content_put(import->txn, digest, compressed, error);
}

static gboolean
is_count(JsonObject *end, const char *name, guint64 want)
{
	gint64 number;

	return lsm_json_number(end, name, &number) && number >= 0 && (guint64)number == want;
}

static gboolean
read_end(LsmImport *import, JsonObject *line, GError **error)
{
	JsonNode *node = json_object_get_member(line, "end");
	JsonObject *end = node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;

	if (!end || !is_count(end, "events", import->events) || !is_count(end, "keys", import->keys) ||
	    !is_count(end, "contents", import->contents))
		return fail_line(error, "lines are missing before the end");
	import->ended = TRUE;
	return TRUE;
}

static gboolean
read_start(LsmImport *import, const char *text, gsize length, GError **error)
{
	g_autoptr(JsonObject) line = lsm_json_parse(text, length, NULL);
	const char *root = line ? lsm_json_string(line, "root") : NULL;
	gint64 version = 0, size = -1;
	gsize octets = 0;

	if (!line || !lsm_json_number(line, "liaison-milter-log", &version))
		return fail_line(error, "not a log that \"export --format jsonl\" wrote");
	if (version != LSM_EXPORT_VERSION) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_UNSUPPORTED,
			    "written by another version of the program");
		return FALSE;
	}
	if (!lsm_json_number(line, "size", &size) || size < 0 || !root || strlen(root) != 2 * LSM_HASH_SIZE ||
	    sodium_hex2bin(import->wanted.root, LSM_HASH_SIZE, root, strlen(root), NULL, &octets, NULL) !=
		    0 ||
	    octets != LSM_HASH_SIZE)
		return fail_line(error, "no size and root");
	import->wanted.size = (guint64)size;
	import->begun = TRUE;
	return TRUE;
}

static gboolean
read_further(LsmImport *import, const char *text, gsize length, GError **error)
{
	g_autoptr(JsonObject) line = lsm_json_parse(text, length, error);

	if (!line)
		return FALSE;
	if (json_object_has_member(line, "key"))
		return read_key(import, line, error);
	if (json_object_has_member(line, "end"))
		return read_end(import, line, error);
	return fail_line(error, "neither event, key, content nor end");
}

static gboolean
commit_slice(LsmImport *import, GError **error)
{
	gboolean done = !import->txn || lsm_store_commit(import->txn, error);

	g_clear_pointer(&import->txn, lsm_store_txn_free);
	import->lines_in_slice = 0;
	import->octets_in_slice = 0;
	return done;
}

static gboolean
read_line(LsmImport *import, const char *line, gsize length, GError **error)
{
	Text text = {line, line + length};

	if (!import->begun)
		return read_start(import, line, length, error);
	if (import->ended)
		return fail_line(error, "a line behind the end");
	if (!import->txn)
		import->txn = lsm_store_begin_write(import->store, error);
	if (!import->txn)
		return FALSE;
	if (take_word(&text, "{\"position\":"))
		return read_event(import, text, error);
	if (take_word(&text, "{\"content\":\""))
		return read_content(import, text, error);
	return read_further(import, line, length, error);
}

gboolean
lsm_import_line(LsmImport *import, const char *line, gsize length, GError **error)
{
	import->line++;
	if (!read_line(import, line, length, error)) {
		g_prefix_error(error, "line %" G_GUINT64_FORMAT ": ", import->line);
		return FALSE;
	}
	import->lines_in_slice++;
	import->octets_in_slice += length;
	if (import->lines_in_slice < SLICE_LINES && import->octets_in_slice < SLICE_OCTETS)
		return TRUE;
	return commit_slice(import, error);
}

gboolean
lsm_import_end(LsmImport *import, LsmLogHead *head_out, GError **error)
{
	LsmRebuildTally tally;

	if (!import->ended)
		return fail_line(error, "the file is cut: its last line is not there");
	if (!commit_slice(import, error) || !lsm_rebuild_run(import->store, &tally, error))
		return FALSE;
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(import->store, error);
	if (!txn || !lsm_log_head(txn, head_out, error))
		return FALSE;
	return (head_out->size == import->wanted.size &&
		memcmp(head_out->root, import->wanted.root, LSM_HASH_SIZE) == 0) ||
	       fail_line(error, "the events do not give the root that the first line names");
}
