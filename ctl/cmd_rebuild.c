/*
 * cmd_rebuild.c - liaisonctl rebuild: what follows from the log, made anew; beside the daemon or without it.
 *
 * Where a daemon has the record, the desk does it, a piece at a time between the mails; else this process
 * takes the lock and does it itself.
 */
#include <stdio.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/places.h"
#include "ctl/printer.h"
#include "ctl/progress.h"
#include "desk/desk.h"
#include "desk/json.h"
#include "store/log.h"
#include "store/rebuild.h"

#define DESK_SECONDS 60
#define PIECE (50 * 1000) /* microseconds of a transaction */

static void
set_tally(JsonObject *object, const LsmRebuildTally *tally)
{
	json_object_set_int_member(object, "events", (gint64)tally->events);
	json_object_set_int_member(object, "cases", (gint64)tally->cases);
	json_object_set_int_member(object, "mended", (gint64)tally->mended);
	json_object_set_int_member(object, "removed", (gint64)tally->removed);
}

static void
print_answer(JsonObject *answer, gboolean json)
{
	gint64 events = json_object_get_int_member_with_default(answer, "events", 0);
	gint64 cases = json_object_get_int_member_with_default(answer, "cases", 0);

	if (json) {
		lsm_printer_json(answer, FALSE);
		return;
	}
	printf("rebuilt from %" G_GINT64_FORMAT " event%s: %" G_GINT64_FORMAT " statement%s, %" G_GINT64_FORMAT
	       " mended, %" G_GINT64_FORMAT " removed\n",
	       events, LSM_PRINTER_S(events), cases, LSM_PRINTER_S(cases),
	       json_object_get_int_member_with_default(answer, "mended", 0),
	       json_object_get_int_member_with_default(answer, "removed", 0));
}

/* Piece by piece, as the desk would, so that who waits sees how far it is. */
static gboolean
read_log(LsmRebuild *rebuild, LsmStore *store, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(store, error);
	g_autoptr(LsmProgress) progress = NULL;
	gboolean done = FALSE;
	LsmLogHead head;

	if (txn == NULL || !lsm_log_head(txn, &head, error))
		return FALSE;
	progress = lsm_progress_new("events read", head.size);
	while (!done) {
		if (!lsm_rebuild_read(rebuild, txn, PIECE, &done, error))
			return FALSE;
		lsm_progress_step(progress, lsm_rebuild_tally(rebuild).events);
	}
	return TRUE;
}

static gboolean
write_piece(LsmRebuild *rebuild, LsmStore *store, GError **error)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(store, error);

	if (txn == NULL || !lsm_rebuild_write(rebuild, txn, PIECE, error) || !lsm_store_commit(txn, error))
		return FALSE;
	lsm_rebuild_committed(rebuild);
	return TRUE;
}

static JsonObject *
rebuild_here(LsmStore *store, GError **error)
{
	g_autoptr(LsmRebuild) rebuild = lsm_rebuild_new();
	g_autoptr(LsmProgress) progress = NULL;
	LsmRebuildTally tally;
	JsonObject *answer;

	if (!read_log(rebuild, store, error))
		return NULL;
	progress = lsm_progress_new("statements", lsm_rebuild_tally(rebuild).of);
	while (!lsm_rebuild_is_done(rebuild)) {
		if (!write_piece(rebuild, store, error))
			return NULL;
		lsm_progress_step(progress, lsm_rebuild_tally(rebuild).cases / 64 * 64);
	}
	tally = lsm_rebuild_tally(rebuild);
	answer = json_object_new();
	set_tally(answer, &tally);
	return answer;
}

/* The desk does some seconds' work a call and says how far it is. */
static JsonObject *
rebuild_by_desk(const LsmCtlOptions *options, GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_ctl_settings(options, error);
	g_autoptr(LsmDesk) desk =
		settings == NULL ? NULL : lsm_desk_connect(settings->desk_socket, DESK_SECONDS);
	g_autoptr(LsmProgress) progress = NULL;
	g_autoptr(JsonObject) args = json_object_new();

	lsm_json_set(args, "step", "begin");
	while (desk != NULL) {
		g_autoptr(JsonObject) answer = lsm_desk_verb(desk, "rebuild", args, error);
		if (answer == NULL || json_object_get_boolean_member_with_default(answer, "done", FALSE))
			return g_steal_pointer(&answer);
		if (progress == NULL && json_object_get_int_member_with_default(answer, "of", 0) > 0)
			progress = lsm_progress_new(
				"statements",
				(guint64)json_object_get_int_member_with_default(answer, "of", 0));
		lsm_progress_step(progress,
				  (guint64)json_object_get_int_member_with_default(answer, "cases", 0) / 64 *
					  64);
		lsm_json_set(args, "step", "continue");
	}
	return NULL;
}

static LsmStore *
open_alone(const LsmCtlOptions *options, GError **error)
{
	g_autoptr(LsmSettings) settings = NULL;

	if (options->store != NULL)
		return lsm_store_open(options->store, LSM_STORE_READ_WRITE, error);
	settings = lsm_ctl_settings(options, error);
	return settings == NULL ? NULL : lsm_store_open(settings->store, LSM_STORE_READ_WRITE, error);
}

int
lsm_cmd_rebuild(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	g_autoptr(GError) problem = NULL;
	g_autoptr(JsonObject) answer = NULL;

	if (!lsm_ctl_parse(&argc, &argv, entries, error) || !lsm_ctl_expect(argc, 0, "options only", error))
		return 2;
	g_autofree char *place = lsm_places_store(options, error);
	if (place == NULL || !lsm_places_exists(place, error))
		return 2;
	g_autoptr(LsmStore) store = open_alone(options, &problem);
	if (store != NULL)
		answer = rebuild_here(store, error);
	else if (options->store == NULL && g_error_matches(problem, LSM_ERROR, LSM_ERROR_TEMPORARY))
		answer = rebuild_by_desk(options, error);
	else
		g_propagate_error(error, g_steal_pointer(&problem));
	if (answer == NULL)
		return 2;
	print_answer(answer, options->json);
	return 0;
}
