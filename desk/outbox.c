/*
 * outbox.c - the outbox table: entries as JSON under a counter, their mails by hash.
 *
 * Uses store/ only; the sending is sender.c's. All calls run in the caller's transaction.
 */
#include "desk/outbox.h"

#include <string.h>

#include "conf/directory.h"
#include "conf/error.h"
#include "conf/log.h"
#include "desk/token.h"
#include "store/content.h"
#include "store/index.h"
#include "store/json.h"
#include "store/json_read.h"

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

/* --- its row --- */

static void
write_text(GString *out, const char *name, const char *text)
{
	lsm_json_write_name(out, name);
	lsm_json_write_string(out, text);
}

static void
write_number(GString *out, const char *name, gint64 number)
{
	lsm_json_write_name(out, name);
	g_string_append_printf(out, "%" G_GINT64_FORMAT, number);
}

static void
write_recipients(GString *out, char *const *recipients)
{
	lsm_json_write_name(out, "recipients");
	g_string_append_c(out, '[');
	for (guint i = 0; recipients[i] != NULL; i++) {
		if (i > 0)
			g_string_append_c(out, ',');
		lsm_json_write_string(out, recipients[i]);
	}
	g_string_append_c(out, ']');
}

static GBytes *
entry_render(const LsmOutboxEntry *entry)
{
	GString *out = g_string_sized_new(512);

	g_string_append_c(out, '{');
	write_text(out, "case", entry->case_id);
	write_text(out, "kind", entry->kind);
	write_text(out, "state", entry->state);
	write_text(out, "sender", entry->sender);
	write_recipients(out, entry->recipients);
	write_text(out, "content", entry->content);
	write_text(out, "digest", entry->digest);
	write_number(out, "since", entry->since);
	write_number(out, "due", entry->due);
	write_number(out, "attempts", entry->attempts);
	if (entry->last_error != NULL)
		write_text(out, "last_error", entry->last_error);
	g_string_append_c(out, '}');
	return lsm_json_finish(out);
}

static const char *const states[] = {"held", "due", "failed", NULL};

/* What would be sent, or shown, wrongly if it were taken with gaps. */
static gboolean
is_entry(const LsmOutboxEntry *entry)
{
	return g_strv_contains(states, entry->state) && *entry->case_id != '\0' &&
	       strlen(entry->content) == 2 * 32 && *entry->digest != '\0';
}

/* A member of another type is as one that is absent. */
static void
parse_text(LsmJsonRead *read, char **text)
{
	char *found = lsm_json_read_text(read);

	if (found == NULL)
		return;
	g_free(*text);
	*text = found;
}

static void
parse_recipients(LsmJsonRead *read, LsmOutboxEntry *entry)
{
	char **found = lsm_json_read_texts(read);

	if (found == NULL)
		return;
	g_strfreev(entry->recipients);
	entry->recipients = found;
}

static gint64
parse_number(LsmJsonRead *read)
{
	guint64 number;

	return lsm_json_read_number(read, &number) ? (gint64)MIN(number, (guint64)G_MAXINT64) : 0;
}

static void
parse_member(LsmJsonRead *read, const char *name, LsmOutboxEntry *entry)
{
	const struct {
		const char *name;
		char **text;
	} texts[] = {
		{"case", &entry->case_id},     {"kind", &entry->kind},     {"state", &entry->state},
		{"sender", &entry->sender},    {"content", &entry->content}, {"digest", &entry->digest},
		{"last_error", &entry->last_error},
	};

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		if (strcmp(name, texts[i].name) == 0) {
			parse_text(read, texts[i].text);
			return;
		}
	if (strcmp(name, "recipients") == 0)
		parse_recipients(read, entry);
	else if (strcmp(name, "since") == 0)
		entry->since = parse_number(read);
	else if (strcmp(name, "due") == 0)
		entry->due = parse_number(read);
	else if (strcmp(name, "attempts") == 0)
		entry->attempts = (guint)parse_number(read);
	else
		lsm_json_read_skip(read);
}

/* All texts "", no recipients, all numbers 0. */
static LsmOutboxEntry *
entry_new_blank(guint64 id)
{
	static char *const nobody[] = {NULL};
	LsmOutboxEntry *entry = lsm_outbox_entry_new("", "", "", nobody);

	entry->id = id;
	entry->state[0] = '\0';
	entry->content = g_strdup("");
	entry->digest = g_strdup("");
	entry->since = 0;
	return entry;
}

static LsmOutboxEntry *
entry_parse(guint64 id, const void *data, gsize length, GError **error)
{
	g_autoptr(LsmOutboxEntry) entry = entry_new_blank(id);
	LsmJsonRead read;
	char name[LSM_JSON_NAME_SIZE];

	lsm_json_read_begin(&read, data, length);
	while (lsm_json_read_name(&read, name))
		parse_member(&read, name, entry);
	/* Before it was kept, the time at which it became due is the next best. */
	if (entry->since == 0)
		entry->since = entry->due;
	if (lsm_json_read_end(&read) && is_entry(entry))
		return g_steal_pointer(&entry);
	g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT,
		    "outbox entry %" G_GUINT64_FORMAT ": a member is missing or wrong", id);
	return NULL;
}

/* --- the table --- */

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

static LsmFound
get_row(LsmStoreTxn *txn, guint64 id, GBytes **row_out, GError **error)
{
	guint64 key = GUINT64_TO_BE(id);

	return lsm_store_get(txn, LSM_TABLE_OUTBOX, &key, sizeof key, row_out, error);
}

static gboolean
put_row(LsmStoreTxn *txn, const LsmOutboxEntry *entry, gboolean is_new, GError **error)
{
	g_autoptr(GBytes) row = entry_render(entry), old = NULL;
	guint64 key = GUINT64_TO_BE(entry->id);

	if (!is_new && get_row(txn, entry->id, &old, error) == LSM_FAILED)
		return FALSE;
	return lsm_store_put(txn, LSM_TABLE_OUTBOX, &key, sizeof key, g_bytes_get_data(row, NULL),
			     g_bytes_get_size(row), error) &&
	       lsm_outbox_index_move(txn, entry->id, old, row, error);
}

gboolean
lsm_outbox_put(LsmStoreTxn *txn, LsmOutboxEntry *entry, GError **error)
{
	gboolean is_new = entry->id == 0;

	if (is_new && !take_next_id(txn, &entry->id, error))
		return FALSE;
	if (is_new && !put_mail(txn, entry, error))
		return FALSE;
	/* Who gets the mail can answer it from the moment on at which both are on record. */
	if (is_new && entry->token != NULL && !lsm_token_put(txn, entry->token, error))
		return FALSE;
	return put_row(txn, entry, is_new, error);
}

gboolean
lsm_outbox_remove(LsmStoreTxn *txn, const LsmOutboxEntry *entry, gboolean keep_content, GError **error)
{
	g_autofree char *id = index_id(entry);
	g_autoptr(GBytes) row = NULL;
	guint64 key = GUINT64_TO_BE(entry->id);

	if (get_row(txn, entry->id, &row, error) == LSM_FAILED ||
	    !lsm_outbox_index_move(txn, entry->id, row, NULL, error) ||
	    !lsm_store_delete(txn, LSM_TABLE_OUTBOX, &key, sizeof key, error))
		return FALSE;
	if (!lsm_index_delete(txn, LSM_INDEX_OWED, entry->digest, id, error))
		return FALSE;
	return keep_content || lsm_content_erase(txn, entry->content, error);
}

LsmFound
lsm_outbox_get(LsmStoreTxn *txn, guint64 id, LsmOutboxEntry **entry_out, GError **error)
{
	g_autoptr(GBytes) value = NULL;
	LsmFound found = get_row(txn, id, &value, error);

	if (found != LSM_FOUND)
		return found;
	*entry_out = entry_parse(id, g_bytes_get_data(value, NULL), g_bytes_get_size(value), error);
	return *entry_out == NULL ? LSM_FAILED : LSM_FOUND;
}

typedef struct {
	GPtrArray *entries;
	GError *error;
} Listing;

static gboolean
list_one(const void *key, gsize key_length, const void *value, gsize value_length, gpointer data)
{
	Listing *listing = data;
	LsmOutboxEntry *entry;
	guint64 id;

	if (key_length != sizeof id)
		return TRUE;
	memcpy(&id, key, sizeof id);
	entry = entry_parse(GUINT64_FROM_BE(id), value, value_length, &listing->error);
	if (entry == NULL)
		return FALSE;
	g_ptr_array_add(listing->entries, entry);
	return TRUE;
}

static GPtrArray *
list_all(LsmStoreTxn *txn, GError **error)
{
	g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func((GDestroyNotify)lsm_outbox_entry_free);
	Listing listing = {entries, NULL};

	if (!lsm_store_scan(txn, LSM_TABLE_OUTBOX, NULL, 0, LSM_SCAN_FORWARD, list_one, &listing, error))
		return NULL;
	if (listing.error != NULL) {
		g_propagate_error(error, listing.error);
		return NULL;
	}
	return g_steal_pointer(&entries);
}

GPtrArray *
lsm_outbox_list(LsmStoreTxn *txn, const char *case_id, GError **error)
{
	g_autoptr(GPtrArray) entries = NULL;
	g_autoptr(GArray) ids = NULL;

	if (case_id == NULL)
		return list_all(txn, error);
	ids = lsm_outbox_index_of_case(txn, case_id, error);
	entries = g_ptr_array_new_with_free_func((GDestroyNotify)lsm_outbox_entry_free);
	for (guint i = 0; ids != NULL && i < ids->len; i++) {
		LsmOutboxEntry *entry = NULL;

		if (lsm_outbox_get(txn, g_array_index(ids, guint64, i), &entry, error) == LSM_FAILED)
			return NULL;
		if (entry != NULL)
			g_ptr_array_add(entries, entry);
	}
	return ids == NULL ? NULL : g_steal_pointer(&entries);
}

/* A damaged entry waits for people, who see it in status; the others are not damaged. */
static gboolean
add_readable(LsmStoreTxn *txn, guint64 id, GPtrArray *entries, GError **error)
{
	g_autoptr(GError) problem = NULL;
	LsmOutboxEntry *entry = NULL;
	LsmFound found = lsm_outbox_get(txn, id, &entry, &problem);

	if (found == LSM_FOUND)
		g_ptr_array_add(entries, entry);
	if (found != LSM_FAILED)
		return TRUE;
	if (g_error_matches(problem, LSM_ERROR, LSM_ERROR_CORRUPT)) {
		lsm_log_error(problem, NULL, "outbox-failed", NULL);
		return TRUE;
	}
	g_propagate_error(error, g_steal_pointer(&problem));
	return FALSE;
}

GPtrArray *
lsm_outbox_list_due(LsmStoreTxn *txn, gint64 now, guint most, LsmOutboxPlace *place, gboolean *more_out,
		    GError **error)
{
	g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func((GDestroyNotify)lsm_outbox_entry_free);
	g_autoptr(GArray) ids = lsm_outbox_index_due(txn, now, most, place, error);

	*more_out = ids != NULL && ids->len == most;
	for (guint i = 0; ids != NULL && i < ids->len; i++) {
		if (!add_readable(txn, g_array_index(ids, guint64, i), entries, error))
			return NULL;
	}
	return ids == NULL ? NULL : g_steal_pointer(&entries);
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
