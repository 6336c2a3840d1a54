/*
 * cmd_backup.c - liaisonctl backup: a whole copy of the record while the daemon goes on.
 *
 * One reading transaction long: the copy is the record of one moment, without unused space. It is on the disk
 * and has been verified when the command ends well.
 */
#include <stdio.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/places.h"

int
lsm_cmd_backup(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	LsmLogHead head;

	if (!lsm_ctl_parse(&argc, &argv, entries, error) ||
	    !lsm_ctl_expect(argc, 1, "a folder that is not there yet", error))
		return 2;
	g_autoptr(LsmStore) store = lsm_ctl_open_store(options, error);
	if (store == NULL)
		return 2;
	if (!lsm_store_copy(store, argv[1], error)) {
		g_prefix_error(error, "no copy in %s: ", argv[1]);
		return 2;
	}
	if (!lsm_places_verify(argv[1], &head, error))
		return 2;
	lsm_places_print("backed up to", argv[1], &head, options->json);
	return 0;
}
