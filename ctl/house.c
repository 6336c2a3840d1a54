/*
 * house.c - see house.h. Reads the record beside the daemon; asks the desk over its socket.
 */
#include "ctl/house.h"

#include "conf/error.h"
#include "desk/desk.h"
#include "desk/json.h"

#define DESK_SECONDS 5 /* a monitor must not hang with what it watches */

/* A mistake in the file stops no daemon that runs, and must not hide it. */
static char *
default_socket(void)
{
	g_autoptr(LsmSettings) samples = lsm_settings_load(NULL, NULL);

	return g_strdup(samples == NULL ? "" : samples->desk_socket);
}

static JsonObject *
ask_desk(const LsmHouseState *house, const char *socket, GError **error)
{
	g_autofree char *path = socket != NULL            ? g_strdup(socket)
				: house->settings != NULL ? g_strdup(house->settings->desk_socket)
							  : default_socket();
	g_autoptr(LsmDesk) desk = lsm_desk_connect(path, DESK_SECONDS);
	g_autoptr(JsonObject) args = json_object_new();

	return lsm_desk_verb(desk, "status", args, error);
}

static gboolean
read_record(const LsmCtlOptions *options, LsmHouseState *house, GError **error)
{
	g_autoptr(LsmStore) store = NULL;
	const char *uri = options->store;

	if (uri == NULL && house->settings != NULL)
		uri = house->settings->store;
	if (uri == NULL && house->desk != NULL)
		uri = lsm_json_get(house->desk, "store", NULL);
	if (uri == NULL) {
		g_set_error(error, LSM_ERROR, house->settings_problem->code,
			    "%s; where the daemon runs none the less, liaisonctl status --socket PATH asks it",
			    house->settings_problem->message);
		return FALSE;
	}
	store = lsm_store_open(uri, LSM_STORE_READ_ONLY, error);
	return store != NULL && lsm_health_read(store, uri, house->settings, house->now, &house->record, error);
}

void
lsm_house_look(const LsmCtlOptions *options, const char *socket, LsmHouseState *house_out)
{
	JsonObject *figures;

	*house_out = (LsmHouseState){.now = g_get_real_time()};
	house_out->settings = lsm_ctl_settings(options, &house_out->settings_problem);
	house_out->desk = ask_desk(house_out, socket, &house_out->desk_problem);
	figures = house_out->desk == NULL ? NULL : lsm_json_get_object(house_out->desk, "figures");
	house_out->figures = figures == NULL ? json_object_new() : json_object_ref(figures);
	house_out->has_record = read_record(options, house_out, &house_out->record_problem);
}

void
lsm_house_clear(LsmHouseState *house)
{
	g_clear_pointer(&house->settings, lsm_settings_unref);
	g_clear_error(&house->settings_problem);
	g_clear_pointer(&house->desk, json_object_unref);
	g_clear_pointer(&house->figures, json_object_unref);
	g_clear_error(&house->desk_problem);
	g_clear_error(&house->record_problem);
}

void
lsm_house_processes(const LsmHouseState *house, guint *desks_out, guint *gates_out, guint *wanted_out)
{
	JsonArray *processes = lsm_json_get_array(house->figures, "processes");
	gint64 parts = lsm_json_get_int(house->figures, "parts", 0);

	*desks_out = *gates_out = 0;
	*wanted_out = parts > 1 ? (guint)parts - 1 : 0;
	for (guint i = 0; processes != NULL && i < json_array_get_length(processes); i++) {
		JsonNode *node = json_array_get_element(processes, i);

		if (!JSON_NODE_HOLDS_OBJECT(node))
			continue;
		if (lsm_json_get_int(json_node_get_object(node), "part", 0) == 1)
			++*desks_out;
		else
			++*gates_out;
	}
}
