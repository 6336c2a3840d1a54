/*
 * cmd_import_datatracker.c - liaisonctl import-datatracker: keeps the Datatracker's list of statements beside the
 * record, for reconcile.
 *
 * The record itself stays as it is: a list tells of statements and proves none. All or nothing.
 */
#include <glib/gstdio.h>
#include <stdio.h>
#include <utime.h>

#include "conf/error.h"
#include "ctl/command.h"
#include "ctl/places.h"
#include "ctl/printer.h"
#include "ctl/theirs.h"
#include "ctl/when.h"
#include "desk/json.h"

static gboolean
check_list(const LsmTheirList *list, GError **error)
{
	if (list->entries->len == 0)
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "there is no statement on the list");
	else if (!lsm_theirs_is_whole(list))
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT,
			    "these are %u of the %" G_GINT64_FORMAT " on the list: name all pages, or fetch it with "
			    "limit=0",
			    list->entries->len, list->total);
	else
		return TRUE;
	return FALSE;
}

static gboolean
keep_list(const LsmTheirList *list, const char *place, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) problem = NULL;

	for (guint i = 0; i < list->entries->len; i++)
		g_string_append_printf(text, "%s\n", ((const LsmTheirs *)list->entries->pdata[i])->line);
	if (!g_file_set_contents_full(place, text->str, (gssize)text->len,
				      G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644, &problem)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_INPUT, "%s", problem->message);
		return FALSE;
	}
	/* It is as old as what it was made of: reconcile goes by that. */
	struct utimbuf times = {list->time, list->time};
	(void)g_utime(place, &times);
	return TRUE;
}

static void
print_kept(const LsmTheirList *list, const char *place, gboolean json)
{
	g_autoptr(JsonObject) object = json_object_new();

	g_autofree char *day = lsm_when_day(list->time);

	if (!json) {
		printf("kept: %u statement%s of %s, in %s\nliaisonctl reconcile compares the record with them\n",
		       list->entries->len, LSM_PRINTER_S(list->entries->len), day, place);
		return;
	}
	json_object_set_int_member(object, "statements", list->entries->len);
	lsm_json_set(object, "day", day);
	lsm_json_set(object, "file", place);
	lsm_printer_json(object, FALSE);
}

int
lsm_cmd_import_datatracker(const LsmCtlOptions *options, int argc, char **argv, GError **error)
{
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};
	g_autoptr(LsmTheirList) list = lsm_theirs_new();

	if (!lsm_ctl_parse(&argc, &argv, entries, error) ||
	    (argc < 2 && !lsm_ctl_expect(argc, 1, "a file with the Datatracker's list", error)))
		return 2;
	g_autofree char *store = lsm_places_store(options, error);
	g_autofree char *place = store == NULL ? NULL : lsm_theirs_place(options, error);
	if (place == NULL || !lsm_places_exists(store, error) || !lsm_theirs_read_all(list, argv + 1, error) ||
	    !check_list(list, error) || !keep_list(list, place, error))
		return 2;
	print_kept(list, place, options->json);
	return 0;
}
