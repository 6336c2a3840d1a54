/*
 * cmd_compact.c - liaisonctl compact: the record without unused space, while no daemon runs.
 *
 * What was erased stays in unused pages of the file until they are written again; here it goes for good.
 */
#include <stdio.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/places.h"
#include "ctl/printer.h"
#include "desk/json.h"
#include "store/swap.h"

static void
print_sizes(guint64 before, guint64 after, gboolean json)
{
	if (json) {
		g_autoptr(JsonObject) object = json_object_new();
		json_object_set_int_member(object, "before", (gint64)before);
		json_object_set_int_member(object, "after", (gint64)after);
		lsm_printer_json(object, FALSE);
		return;
	}
	g_autofree char *old = g_format_size(before);
	g_autofree char *new = g_format_size(after);
	printf("compacted: %s, was %s\n", new, old);
}

static gboolean
size_of(const char *folder, guint64 *size_out, GError **error)
{
	g_autofree char *uri = g_strconcat("lmdb:", folder, NULL);
	g_autoptr(LsmStore) store = lsm_store_open(uri, LSM_STORE_READ_ONLY, error);
	LsmStoreUsage usage;

	if (store == NULL || !lsm_store_usage(store, &usage, error))
		return FALSE;
	*size_out = usage.bytes_used;
	return TRUE;
}

/* The lock is held from the copy to the swap, so that nothing is written that the copy would lack. */
static gboolean
compact(const char *place, const char *part, guint64 *before_out, guint64 *after_out, GError **error)
{
	g_autofree char *uri = g_strconcat("lmdb:", place, NULL);
	g_autoptr(LsmStore) store = lsm_store_open(uri, LSM_STORE_READ_WRITE, error);
	LsmStoreUsage usage;
	LsmLogHead head;

	if (store == NULL || !lsm_store_usage(store, &usage, error) || !lsm_store_copy(store, part, error) ||
	    !lsm_places_verify(part, &head, error) || !size_of(part, after_out, error))
		return FALSE;
	*before_out = usage.bytes_used;
	return lsm_swap_in_held(part, place, error);
}

int
lsm_cmd_compact(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	guint64 before = 0, after = 0;

	if (!lsm_ctl_parse(&argc, &argv, entries, error) || !lsm_ctl_expect(argc, 0, "options only", error))
		return 2;
	g_autofree char *place = lsm_places_store(options, error);
	if (place == NULL || !lsm_places_exists(place, error))
		return 2;
	g_autofree char *part = g_strconcat(place, ".compact", NULL);
	lsm_places_remove(part);
	if (!compact(place, part, &before, &after, error)) {
		lsm_places_remove(part);
		return 2;
	}
	print_sizes(before, after, options->json);
	return 0;
}
