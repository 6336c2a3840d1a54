/*
 * cmd_calendar.c - liaisonctl calendar: the open deadlines for calendars; read beside the daemon.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/command.h"
#include "ctl/output.h"
#include "desk/agenda.h"
#include "desk/calendar.h"

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
		/* Subjects are not for everybody on the host. */
		return lsm_output_write(output, feed, 0640, error) ? 0 : 2;
	fputs(feed, stdout);
	return 0;
}
