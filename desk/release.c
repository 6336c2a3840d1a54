/*
 * release.c - see release.h. Uses the outbox; what is sent, and what is on record of it, is sender.c's.
 */
#include "desk/release.h"

#include <string.h>

#include "desk/door.h"
#include "desk/tag.h"

static gboolean
is_release_of(const LsmOutboxEntry *entry, const LsmCase *item)
{
	return strcmp(entry->kind, "release") == 0 && strcmp(entry->case_id, item->id) == 0;
}

/* Bounces of a release come back to its case: "liaison-desk+r-LS-20261121-K7Q3M-abcdefghijkl@ietf.org". */
static char *
sender_of(LsmStoreTxn *txn, const LsmSettings *settings, const LsmCase *item, GError **error)
{
	g_autofree char *tag = NULL;

	if (strcmp(settings->release_sender, "submitted") == 0)
		return g_strdup(item->sender == NULL ? "" : item->sender);
	tag = lsm_tag_new(txn, item->id, error);
	return tag == NULL ? NULL : lsm_door_of_case(settings, item->id, tag);
}

/* Recipients to whom an entry that will still be sent owes it already; failed ones are taken away: their
 * recipients come anew. */
static gboolean
collect_owed(LsmStoreTxn *txn, const LsmCase *item, GHashTable *owed, GError **error)
{
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, item->id, error);

	for (guint i = 0; entries != NULL && i < entries->len; i++) {
		const LsmOutboxEntry *entry = g_ptr_array_index(entries, i);

		if (!is_release_of(entry, item))
			continue;
		if (strcmp(entry->state, "failed") == 0) {
			if (!lsm_outbox_remove(txn, entry, TRUE, error))
				return FALSE;
			continue;
		}
		for (guint k = 0; entry->recipients[k] != NULL; k++)
			g_hash_table_add(owed, g_strdup(entry->recipients[k]));
	}
	return entries != NULL;
}

static char **
still_lacking(const LsmCase *item, GHashTable *owed)
{
	g_autoptr(GStrvBuilder) lacking = g_strv_builder_new();

	for (guint i = 0; item->withheld[i] != NULL; i++) {
		if (!g_hash_table_contains(owed, item->withheld[i]))
			g_strv_builder_add(lacking, item->withheld[i]);
	}
	return g_strv_builder_end(lacking);
}

gboolean
lsm_release_put(LsmService *service, LsmStoreTxn *txn, const LsmCase *item, const char *sender,
		guint *count_out, GError **error)
{
	g_autoptr(GHashTable) owed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	g_autofree char *own_sender = NULL;
	g_autoptr(LsmOutboxEntry) entry = NULL;
	g_auto(GStrv) lacking = NULL;

	*count_out = 0;
	if (item->content == NULL || item->withheld == NULL)
		return TRUE;
	if (!collect_owed(txn, item, owed, error))
		return FALSE;
	lacking = still_lacking(item, owed);
	if (lacking[0] == NULL)
		return TRUE;
	if (sender == NULL)
		sender = own_sender = sender_of(txn, settings, item, error);
	if (sender == NULL)
		return FALSE;
	entry = lsm_outbox_entry_new(item->id, "release", sender, lacking);
	entry->content = g_strdup(item->content);
	entry->digest = g_strdup(item->digest == NULL ? item->content : item->digest);
	g_free(entry->state);
	entry->state = g_strdup("due");
	entry->due = lsm_service_now(service);
	*count_out = g_strv_length(lacking);
	return lsm_outbox_put(txn, entry, error);
}

gboolean
lsm_release_drop_waiting(LsmStoreTxn *txn, const LsmCase *item, GError **error)
{
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, item->id, error);

	for (guint i = 0; entries != NULL && i < entries->len; i++) {
		const LsmOutboxEntry *entry = g_ptr_array_index(entries, i);
		if (!lsm_outbox_remove(txn, entry, g_strcmp0(entry->content, item->content) == 0, error))
			return FALSE;
	}
	return entries != NULL;
}
