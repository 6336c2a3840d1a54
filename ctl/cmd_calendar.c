/*
 * cmd_calendar.c - liaisonctl calendar: the open deadlines for calendars; read beside the daemon.
 */
#include <stdio.h>
#include <string.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "desk/agenda.h"
#include "desk/calendar.h"

static gboolean
write_feed(const char *path, const char *feed, GError **error)
{
	g_autoptr(GError) problem = NULL;

	/* In one step, so that a reader never sees half of it; subjects are not for everybody on the host. */
	if (g_file_set_contents_full(path, feed, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0640, &problem))
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "%s", problem->message);
	return FALSE;
}

int
lsm_cmd_calendar(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	g_autofree char *output = NULL;
	g_autofree char *feed = NULL;
	g_autoptr(LsmSettings) settings = NULL;
	g_autoptr(LsmStore) store = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autoptr(GPtrArray) agenda = NULL;
	const GOptionEntry entries[] = {
		{"output", 'o', 0, G_OPTION_ARG_FILENAME, &output, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};

	if (!lsm_ctl_parse(&argc, &argv, entries, error) || !lsm_ctl_expect(argc, 0, "options only", error))
		return 2;
	settings = lsm_ctl_settings(options, error);
	store = settings == NULL ? NULL : lsm_ctl_open_store(options, error);
	txn = store == NULL ? NULL : lsm_store_begin_read(store, error);
	agenda = txn == NULL ? NULL : lsm_agenda_load(txn, error);
	if (agenda == NULL)
		return 2;
	feed = lsm_calendar_render(agenda, settings);
	if (output != NULL && strcmp(output, "-") != 0)
		return write_feed(output, feed, error) ? 0 : 2;
	fputs(feed, stdout);
	return 0;
}
