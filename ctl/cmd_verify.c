/*
 * cmd_verify.c - liaisonctl verify: is the record what it was when it was written?
 *
 * The log against its hashes and its head, each case against the fold of its events, each kept
 * content against its own hash; and, as a log written anew is sound in itself, all of it against a
 * checkpoint published earlier. Every fault is named by its place. Of a single statement: that each of its
 * events is in the log that the head (or the checkpoint) stands for, and that they make the case.
 */
#include <stdio.h>
#include <string.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/one_case.h"
#include "ctl/printer.h"
#include "ctl/progress.h"
#include "ctl/proofs.h"
#include "desk/json.h"
#include "store/case_verify.h"
#include "store/content.h"
#include "store/proof.h"

typedef struct {
	LsmStoreTxn *txn;
	gboolean json;
	guint64 faults;
	guint64 cases, contents, absent;
	LsmProgress *progress;
} Verification;

static void
report(Verification *verification, const char *place, const char *what)
{
	g_autofree char *safe = lsm_printer_safe(what);

	verification->faults++;
	lsm_progress_hide(verification->progress);
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
		verification->absent++;
		report(verification, item->id, "its content is not there");
		break;
	case LSM_FAILED:
		report(verification, item->id, problem->message);
		break;
	}
}

static void
report_case(const char *id, const char *what, gpointer data)
{
	report(data, id, what);
}

static void
look_at_case(const LsmCase *item, guint64 events, gpointer data)
{
	Verification *verification = data;

	verification->cases++;
	check_content(verification, item);
	lsm_progress_step(verification->progress, events);
}

/* A damaged row may end a scan with an error: that is a fault like the others, and the rest is still looked
 * at. */
static void
check_cases(Verification *verification, guint64 events)
{
	g_autoptr(GError) problem = NULL;
	gboolean good;

	verification->progress = lsm_progress_new("events compared with their statements", events);
	good = lsm_case_verify(verification->txn, events, report_case, look_at_case, verification, &problem);
	g_clear_pointer(&verification->progress, lsm_progress_free);
	if (!good)
		report(verification, "cases", problem->message);
}

/* --- a single statement --- */

/* Is the event one of those that head stands for? */
static void
check_inclusion(Verification *verification, const LsmEvent *event, const LsmLogHead *head)
{
	g_autoptr(GError) problem = NULL;
	g_autoptr(GBytes) bytes = lsm_event_render(event, event->salted_digest);
	guint8 leaf[LSM_HASH_SIZE];
	LsmProof proof;

	lsm_log_leaf_hash(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), leaf);
	if (!lsm_proof_inclusion(verification->txn, event->position, head->size, &proof, &problem))
		report_position(event->position, problem->message, verification);
	else if (!lsm_proof_check_inclusion(&proof, event->position, leaf, head))
		report_position(event->position, "it is not in the log that the root stands for",
				verification);
}

static void
check_event(Verification *verification, guint64 position, const char *id, const LsmLogHead *head)
{
	g_autoptr(LsmEvent) event = NULL;
	g_autoptr(GError) problem = NULL;

	switch (lsm_log_get(verification->txn, position, &event, &problem)) {
	case LSM_FOUND:
		break;
	case LSM_ABSENT:
		report_position(position, "it is not there", verification);
		return;
	case LSM_FAILED:
		report_position(position, problem->message, verification);
		return;
	}
	if (strcmp(event->case_id, id) != 0)
		report_position(position, "it is another statement's", verification);
	if (position < head->size)
		check_inclusion(verification, event, head);
}

/* A statement's events: in the log that was asked for, and behind its end. */
typedef struct {
	guint in, later;
} Events;

/* head: what its events must be in; the checkpoint where one was given. */
static gboolean
verify_statement(Verification *verification, const char *typed, const LsmLogHead *head, Events *events,
		 char **id_out, GError **error)
{
	g_autoptr(LsmCase) item = NULL;
	guint64 own = 0;

	if (!lsm_one_case(verification->txn, typed, &item, error))
		return FALSE;
	*id_out = g_strdup(item->id);
	for (guint i = 0; i < item->positions->len; i++) {
		guint64 position = g_array_index(item->positions, guint64, i);
		check_event(verification, position, item->id, head);
		*(position < head->size ? &events->in : &events->later) += 1;
	}
	const char *what = lsm_case_verify_one(verification->txn, item, &own);
	if (what != NULL)
		report(verification, item->id, what);
	check_content(verification, item);
	return TRUE;
}

/* The root is that of the stored hashes, or no proof against it says anything. */
static gboolean
read_head(Verification *verification, LsmLogHead *head_out, GError **error)
{
	guint8 root[LSM_HASH_SIZE];

	if (!lsm_log_head(verification->txn, head_out, error) ||
	    !lsm_proof_root(verification->txn, head_out->size, root, error))
		return FALSE;
	if (memcmp(root, head_out->root, sizeof root) != 0)
		report(verification, "head", "it is not what the log's hashes give");
	return TRUE;
}

static char *
root_text(const LsmLogHead *head)
{
	char *root = g_malloc(2 * LSM_HASH_SIZE + 1);

	for (guint i = 0; i < LSM_HASH_SIZE; i++)
		g_snprintf(root + 2 * i, 3, "%02x", head->root[i]);
	return root;
}

static void
print_statement_result(const Verification *verification, const char *id, const Events *events,
		       const LsmLogHead *head)
{
	g_autofree char *root = root_text(head);
	g_autofree char *later =
		events->later == 0 ? g_strdup("") : g_strdup_printf(" and %u later", events->later);

	if (verification->json) {
		g_autoptr(JsonObject) object = json_object_new();
		lsm_json_set(object, "case", id);
		json_object_set_int_member(object, "events", events->in);
		if (events->later > 0)
			json_object_set_int_member(object, "later", events->later);
		json_object_set_int_member(object, "contents", (gint64)verification->contents);
		json_object_set_int_member(object, "faults", (gint64)verification->faults);
		json_object_set_int_member(object, "size", (gint64)head->size);
		lsm_json_set(object, "root", root);
		lsm_printer_json(object, FALSE);
		return;
	}
	printf("%s: %s, %u event%s of %" G_GUINT64_FORMAT " in the log%s, %s, %" G_GUINT64_FORMAT
	       " faults\nroot %s\n",
	       verification->faults == 0 ? "verified" : "NOT VERIFIED", id, events->in, events->in == 1 ? "" : "s",
	       head->size, later, verification->contents > 0 ? "its content" : "no content kept",
	       verification->faults, root);
}

static void
print_result(const Verification *verification, const LsmLogHead *old, const LsmLogHead *head)
{
	g_autofree char *root = root_text(head);

	if (verification->json) {
		g_autoptr(JsonObject) object = json_object_new();
		json_object_set_int_member(object, "events", (gint64)head->size);
		json_object_set_int_member(object, "cases", (gint64)verification->cases);
		json_object_set_int_member(object, "contents", (gint64)verification->contents);
		json_object_set_int_member(object, "faults", (gint64)verification->faults);
		lsm_json_set(object, "root", root);
		if (old != NULL)
			json_object_set_int_member(object, "checkpoint", (gint64)old->size);
		lsm_printer_json(object, FALSE);
		return;
	}
	printf("%s: %" G_GUINT64_FORMAT " event%s, %" G_GUINT64_FORMAT " case%s, %" G_GUINT64_FORMAT
	       " content%s, %" G_GUINT64_FORMAT " fault%s\nroot %s\n",
	       verification->faults == 0 ? "verified" : "NOT VERIFIED", head->size, LSM_PRINTER_S(head->size),
	       verification->cases, LSM_PRINTER_S(verification->cases), verification->contents,
	       LSM_PRINTER_S(verification->contents), verification->faults, LSM_PRINTER_S(verification->faults), root);
	if (verification->absent > 0 && verification->absent == verification->faults &&
	    verification->absent == verification->contents)
		puts("The log is whole, and no mail is there: so it is with one that was exported without "
		     "--with-contents.");
	if (old != NULL && verification->faults == 0)
		printf("goes on from the checkpoint of %" G_GUINT64_FORMAT " event%s\n", old->size,
		       LSM_PRINTER_S(old->size));
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

/* A key that checks nothing would pass for a check. */
static gboolean
check_key_is_used(const char *checkpoint, const char *key, GError **error)
{
	if (checkpoint != NULL || key == NULL)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
		    "--key belongs to --checkpoint FILE: the log itself bears no signature");
	return FALSE;
}

static int
verify_one(Verification *verification, const char *typed, const LsmLogHead *old, GError **error)
{
	g_autofree char *id = NULL;
	Events events = {0, 0};
	LsmLogHead head;

	if (!read_head(verification, &head, error))
		return 5;
	if (old != NULL)
		check_continuation(verification, old, &head);
	if (!verify_statement(verification, typed, old != NULL ? old : &head, &events, &id, error))
		return 2;
	print_statement_result(verification, id, &events, old != NULL ? old : &head);
	return verification->faults == 0 ? 0 : 5;
}

static void
show_step(guint64 done, gpointer data)
{
	lsm_progress_step(((Verification *)data)->progress, done);
}

/* A head that cannot be read is a fault to be found, and not known here. */
static gboolean
verify_log(Verification *verification, LsmLogHead *head_out, GError **error)
{
	LsmLogHead head = {0, {0}};
	guint64 problems = 0;
	gboolean is_read;

	(void)lsm_log_head(verification->txn, &head, NULL);
	verification->progress = lsm_progress_new("events verified", head.size);
	is_read = lsm_log_verify_stepwise(verification->txn, report_position, show_step, verification, &problems,
					  head_out, error);
	g_clear_pointer(&verification->progress, lsm_progress_free);
	return is_read;
}

static int
verify_all(Verification *verification, const LsmLogHead *old, GError **error)
{
	LsmLogHead head = {0, {0}};

	if (!verify_log(verification, &head, error))
		return 5;
	check_cases(verification, head.size);
	if (old != NULL)
		check_continuation(verification, old, &head);
	print_result(verification, old, &head);
	return verification->faults == 0 ? 0 : 5;
}

int
lsm_cmd_verify(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autoptr(LsmStore) store = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	Verification verification = {.json = options->json};
	LsmLogHead old = {0, {0}};
	g_autofree char *checkpoint = NULL;
	g_autofree char *key = NULL;
	const GOptionEntry entries[] = {
		{"checkpoint", 0, 0, G_OPTION_ARG_FILENAME, &checkpoint, NULL, NULL},
		{"key", 0, 0, G_OPTION_ARG_STRING, &key, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};

	if (!lsm_ctl_parse(&argc, &argv, entries, error) ||
	    !lsm_ctl_expect(argc, argc > 1 ? 1 : 0, "one statement's id, or none", error) ||
	    !check_key_is_used(checkpoint, key, error) ||
	    (checkpoint != NULL && !read_checkpoint(checkpoint, key, &old, error)))
		return 2;
	store = lsm_ctl_open_store(options, error);
	txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	if (txn == NULL)
		return 2;
	verification.txn = txn;
	if (argc > 1)
		return verify_one(&verification, argv[1], checkpoint != NULL ? &old : NULL, error);
	return verify_all(&verification, checkpoint != NULL ? &old : NULL, error);
}
