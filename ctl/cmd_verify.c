/*
 * cmd_verify.c - liaisonctl verify: is the record what it was when it was written?
 *
 * The log against its hashes and its head, each case against the fold of its events, each kept
 * content against its own hash; and, as a log written anew is sound in itself, all of it against a
 * checkpoint published earlier. Every fault is named by its place.
 */
#include <stdio.h>
#include <string.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/printer.h"
#include "ctl/proofs.h"
#include "desk/json.h"
#include "store/case.h"
#include "store/content.h"
#include "store/proof.h"

typedef struct {
	LsmStoreTxn *txn;
	GHashTable *folded; /* id -> LsmCase *, from the log */
	gboolean json;
	guint64 faults;
	guint64 cases, contents;
} Verification;

static void
report(Verification *verification, const char *place, const char *what)
{
	g_autofree char *safe = lsm_printer_safe(what);

	verification->faults++;
	if (verification->json) {
		g_autoptr(JsonObject) object = json_object_new();
		lsm_json_set(object, "place", place);
		lsm_json_set(object, "fault", safe);
		lsm_printer_json(object, FALSE);
	} else {
		printf("FAULT  %s: %s\n", place, safe);
	}
}

/* The words name the place already: "event 17: ..."; a fault of the log as a whole has none. */
static void
report_position(guint64 position, const char *what, gpointer data)
{
	g_autofree char *place = position == G_MAXUINT64
					 ? g_strdup("log")
					 : g_strdup_printf("event %" G_GUINT64_FORMAT, position);

	if (g_str_has_prefix(what, place) && what[strlen(place)] == ':')
		what += strlen(place) + 2;
	report(data, place, what);
}

static gboolean
fold_event(const LsmEvent *event, gpointer data)
{
	Verification *verification = data;
	LsmCase *item = g_hash_table_lookup(verification->folded, event->case_id);

	if (item == NULL) {
		item = lsm_case_new(event->case_id);
		g_hash_table_insert(verification->folded, g_strdup(event->case_id), item);
	}
	lsm_case_fold(item, event);
	return TRUE;
}

static void
check_content(Verification *verification, const LsmCase *item)
{
	g_autoptr(GBytes) content = NULL;
	g_autoptr(GError) problem = NULL;

	if (item->content == NULL)
		return;
	verification->contents++;
	switch (lsm_content_get(verification->txn, item->content, &content, &problem)) {
	case LSM_FOUND:
		break;
	case LSM_ABSENT:
		report(verification, item->id, "its content is not there");
		break;
	case LSM_FAILED:
		report(verification, item->id, problem->message);
		break;
	}
}

static gboolean
check_case(const LsmCase *item, gpointer data)
{
	Verification *verification = data;
	LsmCase *folded = g_hash_table_lookup(verification->folded, item->id);
	g_autoptr(GBytes) stored = lsm_case_render(item);
	g_autoptr(GBytes) expected = folded == NULL ? NULL : lsm_case_render(folded);

	verification->cases++;
	if (expected == NULL)
		report(verification, item->id, "the log has no event of this case");
	else if (!g_bytes_equal(stored, expected))
		report(verification, item->id, "the case is not what its events say");
	check_content(verification, item);
	g_hash_table_remove(verification->folded, item->id);
	return TRUE;
}

static void
report_missing(Verification *verification)
{
	GHashTableIter iter;
	gpointer id;

	g_hash_table_iter_init(&iter, verification->folded);
	while (g_hash_table_iter_next(&iter, &id, NULL))
		report(verification, id, "the log has events of this case, the table of cases has not");
}

/* A damaged row may end a scan with an error: that is a fault like the others, and the rest is still looked
 * at. */
static void
check_cases(Verification *verification)
{
	g_autoptr(GError) problem = NULL;

	if (!lsm_log_scan(verification->txn, 0, LSM_SCAN_FORWARD, fold_event, verification, &problem)) {
		report(verification, "cases",
		       "not compared with their events: the log cannot be read to its end");
		return;
	}
	if (!lsm_case_scan(verification->txn, check_case, verification, &problem)) {
		report(verification, "cases", problem->message);
		return;
	}
	report_missing(verification);
}

static void
print_result(const Verification *verification, const LsmLogHead *head)
{
	g_autofree char *root = g_malloc(2 * LSM_HASH_SIZE + 1);

	for (guint i = 0; i < LSM_HASH_SIZE; i++)
		g_snprintf(root + 2 * i, 3, "%02x", head->root[i]);
	if (verification->json) {
		g_autoptr(JsonObject) object = json_object_new();
		json_object_set_int_member(object, "events", (gint64)head->size);
		json_object_set_int_member(object, "cases", (gint64)verification->cases);
		json_object_set_int_member(object, "contents", (gint64)verification->contents);
		json_object_set_int_member(object, "faults", (gint64)verification->faults);
		lsm_json_set(object, "root", root);
		lsm_printer_json(object, FALSE);
		return;
	}
	printf("%s: %" G_GUINT64_FORMAT " events, %" G_GUINT64_FORMAT " cases, %" G_GUINT64_FORMAT
	       " contents, %" G_GUINT64_FORMAT " faults\nroot %s\n",
	       verification->faults == 0 ? "verified" : "NOT VERIFIED", head->size, verification->cases,
	       verification->contents, verification->faults, root);
}

/* Does the present log go on where the checkpoint says that it stood? */
static void
check_continuation(Verification *verification, const LsmLogHead *old, const LsmLogHead *head)
{
	g_autoptr(GError) problem = NULL;
	LsmProof proof;

	if (old->size > head->size) {
		g_autofree char *what = g_strdup_printf("the log was cut: it names %" G_GUINT64_FORMAT
							" events, there are %" G_GUINT64_FORMAT,
							old->size, head->size);
		report(verification, "checkpoint", what);
	} else if (!lsm_proof_consistency(verification->txn, old->size, head->size, &proof, &problem)) {
		report(verification, "checkpoint", problem->message);
	} else if (!lsm_proof_check_consistency(&proof, old, head)) {
		g_autofree char *what = g_strdup_printf("the first %" G_GUINT64_FORMAT
							" events are not those that it was signed for",
							old->size);
		report(verification, "checkpoint", what);
	}
}

/* FALSE with error where the checkpoint itself is none, or not of that key. */
static gboolean
read_checkpoint(const char *path, const char *key_text, LsmLogHead *old_out, GError **error)
{
	g_autoptr(LsmKey) key = lsm_proofs_verifier(key_text, error);
	gsize length;

	if (key == NULL)
		return FALSE;
	g_autofree char *text = lsm_proofs_read(path, LSM_CHECKPOINT_MAX, &length, error);
	return text != NULL && lsm_checkpoint_verify(text, length, key, old_out, error);
}

int
lsm_cmd_verify(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autoptr(LsmStore) store = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autoptr(GHashTable) folded =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)lsm_case_free);
	Verification verification = {.folded = folded, .json = options->json};
	LsmLogHead head = {0, {0}};
	LsmLogHead old = {0, {0}};
	guint64 problems = 0;
	g_autofree char *checkpoint = NULL;
	g_autofree char *key = NULL;
	const GOptionEntry entries[] = {
		{"checkpoint", 0, 0, G_OPTION_ARG_FILENAME, &checkpoint, NULL, NULL},
		{"key", 0, 0, G_OPTION_ARG_STRING, &key, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};

	if (!lsm_ctl_parse(&argc, &argv, entries, error) || !lsm_ctl_expect(argc, 0, "options only", error) ||
	    (checkpoint != NULL && !read_checkpoint(checkpoint, key, &old, error)))
		return 2;
	store = lsm_ctl_open_store(options, error);
	txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	if (txn == NULL)
		return 2;
	verification.txn = txn;
	if (!lsm_log_verify(txn, report_position, &verification, &problems, &head, error))
		return 5;
	check_cases(&verification);
	if (checkpoint != NULL)
		check_continuation(&verification, &old, &head);
	print_result(&verification, &head);
	return verification.faults == 0 ? 0 : 5;
}
