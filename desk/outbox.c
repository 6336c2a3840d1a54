/*
 * outbox.c - the outbox table: entries as JSON under a counter, their mails by hash.
 *
 * Uses store/ only; the sending is sender.c's. All calls run in the caller's transaction.
 */
#include "desk/outbox.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "conf/directory.h"
#include "conf/error.h"
#include "desk/json.h"
#include "desk/token.h"
#include "store/content.h"
#include "store/index.h"

static const char next_key[] = "outbox-next";

LsmOutboxEntry *
lsm_outbox_entry_new(const char *case_id, const char *kind, const char *sender, char *const *recipients)
{
	LsmOutboxEntry *entry = g_new0(LsmOutboxEntry, 1);

	entry->case_id = g_strdup(case_id);
	entry->kind = g_strdup(kind);
	entry->state = g_strdup("held");
	entry->sender = g_strdup(sender);
	entry->recipients = g_strdupv((char **)recipients);
	entry->since = g_get_real_time();
	return entry;
}

void
lsm_outbox_entry_free(LsmOutboxEntry *entry)
{
	if (entry == NULL)
		return;
	g_free(entry->case_id);
	g_free(entry->kind);
	g_free(entry->state);
	g_free(entry->sender);
	g_strfreev(entry->recipients);
	g_free(entry->content);
	g_free(entry->digest);
	g_free(entry->last_error);
	g_clear_pointer(&entry->mail, g_bytes_unref);
	g_clear_pointer(&entry->packed, g_bytes_unref);
	lsm_token_free(entry->token);
	g_free(entry);
}

static GBytes *
entry_render(const LsmOutboxEntry *entry)
{
	g_autoptr(JsonObject) object = json_object_new();

	json_object_set_string_member(object, "case", entry->case_id);
	json_object_set_string_member(object, "kind", entry->kind);
	json_object_set_string_member(object, "state", entry->state);
	json_object_set_string_member(object, "sender", entry->sender);
	lsm_json_set_strings(object, "recipients", (const char *const *)entry->recipients);
	json_object_set_string_member(object, "content", entry->content);
	json_object_set_string_member(object, "digest", entry->digest);
	json_object_set_int_member(object, "since", entry->since);
	json_object_set_int_member(object, "due", entry->due);
	json_object_set_int_member(object, "attempts", entry->attempts);
	if (entry->last_error != NULL)
		json_object_set_string_member(object, "last_error", entry->last_error);
	return lsm_json_render(object);
}

static const char *const states[] = {"held", "due", "failed", NULL};

/* What would be sent, or shown, wrongly if it were taken with gaps. */
static gboolean
is_entry(const LsmOutboxEntry *entry)
{
	return g_strv_contains(states, entry->state) && *entry->case_id != '\0' &&
	       strlen(entry->content) == 2 * 32 && *entry->digest != '\0';
}

static LsmOutboxEntry *
entry_parse(guint64 id, const void *data, gsize length, GError **error)
{
	g_autoptr(JsonObject) object = lsm_json_parse(data, length, error);
	g_auto(GStrv) recipients = NULL;
	g_autoptr(LsmOutboxEntry) entry = NULL;

	if (object == NULL) {
		g_prefix_error(error, "outbox entry %" G_GUINT64_FORMAT ": ", id);
		return NULL;
	}
	recipients = lsm_json_get_list(object, "recipients");
	entry = lsm_outbox_entry_new(lsm_json_get(object, "case", ""), lsm_json_get(object, "kind", ""),
				     lsm_json_get(object, "sender", ""), recipients);
	entry->id = id;
	g_free(entry->state);
	entry->state = g_strdup(lsm_json_get(object, "state", ""));
	entry->content = g_strdup(lsm_json_get(object, "content", ""));
	entry->digest = g_strdup(lsm_json_get(object, "digest", ""));
	entry->due = lsm_json_get_int(object, "due", 0);
	/* Before it was kept, the time at which it became due is the next best. */
	entry->since = lsm_json_get_int(object, "since", entry->due);
	entry->attempts = (guint)lsm_json_get_int(object, "attempts", 0);
	entry->last_error = g_strdup(lsm_json_get(object, "last_error", NULL));
	if (is_entry(entry))
		return g_steal_pointer(&entry);
	g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT,
		    "outbox entry %" G_GUINT64_FORMAT ": a member is missing or wrong", id);
	return NULL;
}

static gboolean
take_next_id(LsmStoreTxn *txn, guint64 *id_out, GError **error)
{
	g_autoptr(GBytes) value = NULL;
	LsmFound found = lsm_store_get(txn, LSM_TABLE_META, next_key, strlen(next_key), &value, error);
	guint64 next = 1;
	guint64 stored;

	if (found == LSM_FAILED)
		return FALSE;
	/* From 1 again, it would write over what is owed. */
	if (found == LSM_FOUND && g_bytes_get_size(value) != sizeof stored) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "the outbox's counter is none");
		return FALSE;
	}
	if (found == LSM_FOUND) {
		memcpy(&stored, g_bytes_get_data(value, NULL), sizeof stored);
		next = GUINT64_FROM_BE(stored);
	}
	*id_out = next;
	stored = GUINT64_TO_BE(next + 1);
	return lsm_store_put(txn, LSM_TABLE_META, next_key, strlen(next_key), &stored, sizeof stored, error);
}

static char *
index_id(const LsmOutboxEntry *entry)
{
	return g_strdup_printf("%016" G_GINT64_MODIFIER "x", entry->id);
}

void
lsm_outbox_entry_pack(LsmOutboxEntry *entry)
{
	if (entry->mail != NULL && entry->packed == NULL)
		entry->packed = lsm_content_compress(entry->mail);
}

static gboolean
put_mail(LsmStoreTxn *txn, LsmOutboxEntry *entry, GError **error)
{
	g_autofree char *key = index_id(entry);

	lsm_outbox_entry_pack(entry);
	if (entry->mail != NULL && !lsm_content_put(txn, entry->content, entry->packed, error))
		return FALSE;
	return lsm_index_put(txn, LSM_INDEX_OWED, entry->digest, key, error);
}

gboolean
lsm_outbox_put(LsmStoreTxn *txn, LsmOutboxEntry *entry, GError **error)
{
	g_autoptr(GBytes) value = NULL;
	gboolean is_new = entry->id == 0;
	guint64 key;

	if (is_new && !take_next_id(txn, &entry->id, error))
		return FALSE;
	if (is_new && !put_mail(txn, entry, error))
		return FALSE;
	/* Who gets the mail can answer it from the moment on at which both are on record. */
	if (is_new && entry->token != NULL && !lsm_token_put(txn, entry->token, error))
		return FALSE;
	value = entry_render(entry);
	key = GUINT64_TO_BE(entry->id);
	return lsm_store_put(txn, LSM_TABLE_OUTBOX, &key, sizeof key, g_bytes_get_data(value, NULL),
			     g_bytes_get_size(value), error);
}

gboolean
lsm_outbox_remove(LsmStoreTxn *txn, const LsmOutboxEntry *entry, gboolean keep_content, GError **error)
{
	g_autofree char *id = index_id(entry);
	guint64 key = GUINT64_TO_BE(entry->id);

	if (!lsm_store_delete(txn, LSM_TABLE_OUTBOX, &key, sizeof key, error))
		return FALSE;
	if (!lsm_index_delete(txn, LSM_INDEX_OWED, entry->digest, id, error))
		return FALSE;
	return keep_content || lsm_content_erase(txn, entry->content, error);
}

LsmFound
lsm_outbox_get(LsmStoreTxn *txn, guint64 id, LsmOutboxEntry **entry_out, GError **error)
{
	g_autoptr(GBytes) value = NULL;
	guint64 key = GUINT64_TO_BE(id);
	LsmFound found = lsm_store_get(txn, LSM_TABLE_OUTBOX, &key, sizeof key, &value, error);

	if (found != LSM_FOUND)
		return found;
	*entry_out = entry_parse(id, g_bytes_get_data(value, NULL), g_bytes_get_size(value), error);
	return *entry_out == NULL ? LSM_FAILED : LSM_FOUND;
}

typedef struct {
	GPtrArray *entries;
	const char *case_id;
	GError *error;
} Listing;

static gboolean
list_one(const void *key, gsize key_length, const void *value, gsize value_length, gpointer data)
{
	Listing *listing = data;
	g_autoptr(LsmOutboxEntry) entry = NULL;
	guint64 id;

	if (key_length != sizeof id)
		return TRUE;
	memcpy(&id, key, sizeof id);
	entry = entry_parse(GUINT64_FROM_BE(id), value, value_length, &listing->error);
	if (entry == NULL)
		return FALSE;
	if (listing->case_id == NULL || strcmp(listing->case_id, entry->case_id) == 0)
		g_ptr_array_add(listing->entries, g_steal_pointer(&entry));
	return TRUE;
}

GPtrArray *
lsm_outbox_list(LsmStoreTxn *txn, const char *case_id, GError **error)
{
	g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func((GDestroyNotify)lsm_outbox_entry_free);
	Listing listing = {entries, case_id, NULL};

	if (!lsm_store_scan(txn, LSM_TABLE_OUTBOX, NULL, 0, LSM_SCAN_FORWARD, list_one, &listing, error))
		return NULL;
	if (listing.error != NULL) {
		g_propagate_error(error, listing.error);
		return NULL;
	}
	return g_steal_pointer(&entries);
}

gboolean
lsm_outbox_release_held(LsmStoreTxn *txn, const char *case_id, gint64 now, gboolean *changed_out,
			GError **error)
{
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, case_id, error);

	*changed_out = FALSE;
	if (entries == NULL)
		return FALSE;
	for (guint i = 0; i < entries->len; i++) {
		LsmOutboxEntry *entry = g_ptr_array_index(entries, i);

		if (strcmp(entry->state, "held") != 0)
			continue;
		g_free(entry->state);
		entry->state = g_strdup("due");
		entry->due = now;
		*changed_out = TRUE;
		if (!lsm_outbox_put(txn, entry, error))
			return FALSE;
	}
	return TRUE;
}

typedef struct {
	LsmStoreTxn *txn;
	const char *digest;
	const char *sender;
	char *const *recipients;
	gboolean owed;
	GError *error;
} OwedQuestion;

static gboolean
owes_all(const LsmOutboxEntry *entry, const OwedQuestion *question)
{
	if (strcmp(entry->state, "due") != 0 || strcmp(entry->sender, question->sender) != 0)
		return FALSE;
	for (guint i = 0; question->recipients[i] != NULL; i++) {
		if (!lsm_address_in_list(question->recipients[i], entry->recipients))
			return FALSE;
	}
	return question->recipients[0] != NULL;
}

static gboolean
ask_entry(const char *term, const char *id, gpointer data)
{
	OwedQuestion *question = data;
	g_autoptr(LsmOutboxEntry) entry = NULL;

	if (strcmp(term, question->digest) != 0)
		return FALSE;
	if (lsm_outbox_get(question->txn, g_ascii_strtoull(id, NULL, 16), &entry, &question->error) ==
	    LSM_FAILED)
		return FALSE;
	question->owed = entry != NULL && owes_all(entry, question);
	return !question->owed;
}

gboolean
lsm_outbox_is_owed(LsmStoreTxn *txn, const char *digest, const char *sender, char *const *recipients,
		   gboolean *owed_out, GError **error)
{
	OwedQuestion question = {txn, digest, sender, recipients, FALSE, NULL};

	if (!lsm_index_scan(txn, LSM_INDEX_OWED, digest, LSM_SCAN_FORWARD, ask_entry, &question, error))
		return FALSE;
	if (question.error != NULL) {
		g_propagate_error(error, question.error);
		return FALSE;
	}
	*owed_out = question.owed;
	return TRUE;
}
