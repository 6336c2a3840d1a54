/*
 * rebuild.c - the verb "rebuild": what follows from the log made anew, in pieces between the mails.
 *
 * Owns the service's rebuilding, one at a time. Runs on the caller's connection thread for some seconds a
 * call; writes through the writer, at most a twentieth of a second at once, so that a mail's decision never
 * waits for longer.
 */
#include "conf/error.h"
#include "desk/internal.h"
#include "desk/json.h"
#include "store/rebuild.h"

#define PIECE (40 * 1000)         /* microseconds of a transaction; its commit comes on top */
#define CALL (2 * G_USEC_PER_SEC) /* then the caller hears how far it is */
#define BREATH (10 * 1000)        /* for those who wait, between two pieces */

static gboolean
write_piece(LsmStoreTxn *txn, gpointer data, GError **error)
{
	return lsm_rebuild_write(data, txn, PIECE, error);
}

static gboolean
read_some(LsmService *service, gboolean *done_out, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(service->store, error);

	return txn != NULL && lsm_rebuild_read(service->rebuild, txn, CALL, done_out, error);
}

static gboolean
write_some(LsmService *service, gint64 until, GError **error)
{
	while (!lsm_rebuild_is_done(service->rebuild) && g_get_monotonic_time() < until) {
		if (!lsm_writer_run(service->writer, write_piece, service->rebuild, error))
			return FALSE;
		lsm_rebuild_committed(service->rebuild);
		g_usleep(BREATH);
	}
	return TRUE;
}

static gboolean
go_on(LsmService *service, GError **error)
{
	gint64 until = g_get_monotonic_time() + CALL;
	gboolean is_read = lsm_rebuild_is_read(service->rebuild);

	if (!is_read && !read_some(service, &is_read, error))
		return FALSE;
	return !is_read || write_some(service, until, error);
}

static JsonObject *
answer_of(const LsmRebuild *rebuild)
{
	LsmRebuildTally tally = lsm_rebuild_tally(rebuild);
	JsonObject *answer = json_object_new();

	json_object_set_boolean_member(answer, "done", lsm_rebuild_is_done(rebuild));
	json_object_set_int_member(answer, "events", (gint64)tally.events);
	json_object_set_int_member(answer, "cases", (gint64)tally.cases);
	json_object_set_int_member(answer, "of", (gint64)tally.of);
	json_object_set_int_member(answer, "mended", (gint64)tally.mended);
	json_object_set_int_member(answer, "removed", (gint64)tally.removed);
	return answer;
}

/* args: step "begin" (whatever was begun before is left) or "continue". */
gboolean
lsm_rebuild_verb(LsmService *service, const LsmPeer *peer G_GNUC_UNUSED, const char *name G_GNUC_UNUSED,
		 JsonObject *args, JsonObject **answer_out, GError **error)
{
	gboolean begins = g_strcmp0(lsm_json_get(args, "step", "begin"), "begin") == 0, done;

	g_mutex_lock(&service->rebuild_lock);
	if (begins) {
		g_clear_pointer(&service->rebuild, lsm_rebuild_free);
		service->rebuild = lsm_rebuild_new();
	}
	done = service->rebuild != NULL;
	if (!done)
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "the desk was restarted; begin again");
	done = done && go_on(service, error);
	if (done)
		*answer_out = answer_of(service->rebuild);
	if (!done || lsm_rebuild_is_done(service->rebuild))
		g_clear_pointer(&service->rebuild, lsm_rebuild_free);
	g_mutex_unlock(&service->rebuild_lock);
	return done;
}
