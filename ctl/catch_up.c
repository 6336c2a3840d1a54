/*
 * catch_up.c - see catch_up.h. Owns the desk's handle, and the service and store behind it where they are its own.
 */
#include "ctl/catch_up.h"

#include "conf/error.h"
#include "ctl/places.h"
#include "desk/json.h"
#include "desk/service.h"

#define DESK_SECONDS 120 /* a statement's attachments are read anew, and made durable before the answer */

struct LsmCatchUp {
	LsmStore *store;     /* NULL with a daemon */
	LsmService *service; /* likewise */
	LsmDesk *desk;
	gsize most; /* octets of a mail: more of it is not kept or read */
	gboolean dry_run;
};

static const char *
store_of(const LsmCtlOptions *options, const LsmSettings *settings)
{
	return options->store != NULL ? options->store : settings->store;
}

static void
serve_here(LsmCatchUp *catch_up, const LsmSettings *settings)
{
	catch_up->service = lsm_service_new(catch_up->store, settings);
	catch_up->desk = lsm_desk_new_local(catch_up->service);
}

/* Where a daemon has the record, its desk does it; else this process takes the lock. */
static gboolean
open_writing(LsmCatchUp *catch_up, const LsmCtlOptions *options, const LsmSettings *settings, GError **error)
{
	g_autofree char *place = lsm_places_store(options, error);
	g_autoptr(GError) problem = NULL;

	/* One that is made here would belong to whoever types this, and not to the daemon. */
	if (place == NULL || !lsm_places_exists(place, error))
		return FALSE;
	catch_up->store = lsm_store_open(store_of(options, settings), LSM_STORE_READ_WRITE, &problem);
	if (catch_up->store != NULL) {
		serve_here(catch_up, settings);
		return TRUE;
	}
	if (options->store != NULL || !g_error_matches(problem, LSM_ERROR, LSM_ERROR_TEMPORARY)) {
		g_propagate_error(error, g_steal_pointer(&problem));
		return FALSE;
	}
	catch_up->desk = lsm_desk_connect(settings->desk_socket, DESK_SECONDS);
	return TRUE;
}

static gboolean
open_reading(LsmCatchUp *catch_up, const LsmCtlOptions *options, const LsmSettings *settings, GError **error)
{
	catch_up->store = lsm_store_open(store_of(options, settings), LSM_STORE_READ_ONLY, error);
	if (catch_up->store == NULL)
		return FALSE;
	serve_here(catch_up, settings);
	return TRUE;
}

LsmCatchUp *
lsm_catch_up_new(const LsmCtlOptions *options, gboolean dry_run, GError **error)
{
	g_autoptr(LsmCatchUp) catch_up = g_new0(LsmCatchUp, 1);
	g_autoptr(LsmSettings) settings = lsm_ctl_settings(options, error);

	if (settings == NULL || !lsm_rule_check_settings(settings, error))
		return NULL;
	catch_up->dry_run = dry_run;
	catch_up->most = (gsize)settings->max_message_size + (gsize)settings->max_header_size;
	if (dry_run ? open_reading(catch_up, options, settings, error)
		    : open_writing(catch_up, options, settings, error))
		return g_steal_pointer(&catch_up);
	return NULL;
}

void
lsm_catch_up_free(LsmCatchUp *catch_up)
{
	if (catch_up == NULL)
		return;
	lsm_desk_free(catch_up->desk);
	lsm_service_free(catch_up->service);
	lsm_store_close(catch_up->store);
	g_free(catch_up);
}

JsonObject *
lsm_catch_up_mail(LsmCatchUp *catch_up, const LsmEnvelope *envelope, const char *mail, gsize length, GError **error)
{
	g_autoptr(JsonObject) args = json_object_new();
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	g_autofree char *encoded = g_base64_encode((const guchar *)mail, MIN(length, catch_up->most));
	g_auto(GStrv) recipients = NULL;

	for (guint i = 0; i < envelope->recipients->len; i++)
		g_strv_builder_add(builder, lsm_envelope_recipient(envelope, i)->argument);
	recipients = g_strv_builder_end(builder);
	lsm_json_set(args, "mail", encoded);
	lsm_json_set(args, "sender", envelope->sender);
	lsm_json_set_strings(args, "recipients", (const char *const *)recipients);
	json_object_set_boolean_member(args, "dry_run", catch_up->dry_run);
	return lsm_desk_verb(catch_up->desk, "archive", args, error);
}
