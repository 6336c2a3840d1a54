/*
 * verbs.c - what people may ask the desk to do: who asks, as whom, and which step or reading it is.
 *
 * The steps are act.def's. Here a local user becomes an actor: the setting "operators" says who is which person of
 * the directory; an operator may act for an approver who said so elsewhere, and the record then names both.
 * Each verb runs on the caller's connection thread and writes through the writer.
 */
#include <string.h>

#include "conf/error.h"
#include "desk/act.h"
#include "desk/advance.h"
#include "desk/archive.h"
#include "desk/counters.h"
#include "desk/internal.h"
#include "desk/json.h"
#include "desk/reminder.h"

/* --- who asks --- */

/* The address that the settings give this user; NULL: none. Belongs to the settings. */
static const char *
mapped_address(const LsmSettings *settings, const char *user)
{
	gsize length = user == NULL ? 0 : strlen(user);

	for (guint i = 0; length > 0 && settings->operators[i] != NULL; i++) {
		const char *row = settings->operators[i];
		if (strncmp(row, user, length) == 0 && row[length] == '=')
			return row + length + 1;
	}
	return NULL;
}

static gboolean
is_master(const LsmPeer *peer)
{
	return peer->uid == 0 || peer->is_gate;
}

static gboolean
is_operator(const LsmSettings *settings, const LsmPeer *peer)
{
	return is_master(peer) || mapped_address(settings, peer->user) != NULL;
}

/* Any row's address: root may act as each operator, a user as the one that they are. */
static gboolean
may_act_as(const LsmSettings *settings, const LsmPeer *peer, const char *address)
{
	for (guint i = 0; is_master(peer) && settings->operators[i] != NULL; i++) {
		if (lsm_address_equal(strchr(settings->operators[i], '=') + 1, address))
			return TRUE;
	}
	return lsm_address_equal(mapped_address(settings, peer->user), address);
}

static gboolean
check_proxy(const LsmActor *actor, GError **error)
{
	if (actor->proxy_of == NULL)
		return TRUE;
	if (!lsm_address_is_valid(actor->proxy_of))
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "--for \"%s\": no mail address", actor->proxy_of);
	else if (actor->address == NULL)
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "who acts for %s? Say --as ADDRESS, one of the setting \"operators\"",
			    actor->proxy_of);
	else if (actor->evidence == NULL || strspn(actor->evidence, " \t\r\n") == strlen(actor->evidence))
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "acting for %s needs --evidence: where they said so", actor->proxy_of);
	else
		return TRUE;
	return FALSE;
}

static gboolean
find_actor(const LsmSettings *settings, const LsmPeer *peer, JsonObject *args, LsmActor *actor_out,
	   GError **error)
{
	const char *as = lsm_json_get(args, "as", NULL);
	const char *address = as != NULL ? as : mapped_address(settings, peer->user);

	if (as != NULL && !may_act_as(settings, peer, as)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_DENIED,
			    "%s may not act as %s: the setting \"operators\" does not say so",
			    peer->user == NULL ? "an unknown user" : peer->user, as);
		return FALSE;
	}
	*actor_out = (LsmActor){
		.name = address != NULL ? address : peer->user,
		.person = address == NULL ? NULL : lsm_directory_find_person(settings->directory, address),
		.address = address,
		.is_operator = TRUE,
		.door = "command",
		.proxy_of = lsm_json_get(args, "for", NULL),
		.evidence = lsm_json_get(args, "evidence", NULL),
	};
	return check_proxy(actor_out, error);
}

/* --- what they ask --- */

/* The arguments of the step itself, without who takes it. */
static JsonObject *
step_arguments(JsonObject *args)
{
	static const char *const others[] = {"id", "as", "for", "evidence", "mail"};
	JsonObject *rest = json_object_new();
	g_autoptr(GList) names = json_object_get_members(args);

	for (GList *l = names; l != NULL; l = l->next)
		json_object_set_member(rest, l->data, json_node_copy(json_object_get_member(args, l->data)));
	for (guint i = 0; i < G_N_ELEMENTS(others); i++)
		json_object_remove_member(rest, others[i]);
	return rest;
}

/* A mail in place of an id: approved before it is sent. */
static gboolean
find_subject(LsmService *service, const char *verb, JsonObject *args, char **id_out, GError **error)
{
	const char *mail = lsm_json_get(args, "mail", NULL);

	if (mail != NULL && strcmp(verb, "approve") != 0 && strcmp(verb, "review") != 0) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "%s: what was not sent has no such step", verb);
		return FALSE;
	}
	if (mail != NULL)
		return lsm_advance_record(service, mail, id_out, error);
	*id_out = g_strdup(lsm_json_get(args, "id", ""));
	return TRUE;
}

static gboolean
verb_step(LsmService *service, const LsmPeer *peer, const char *name, JsonObject *args, JsonObject **answer_out,
	  GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	g_autoptr(JsonObject) rest = step_arguments(args);
	g_autofree char *id = NULL;
	LsmActor actor;
	LsmAct act = {.verb = name, .actor = &actor, .args = rest};

	if (!find_actor(settings, peer, args, &actor, error) || !find_subject(service, name, args, &id, error))
		return FALSE;
	act.typed = id;
	return lsm_act(service, &act, answer_out, error);
}

/* What is enforced while mode is observe: each list by its name. */
static JsonObject *
describe_scope(const LsmSettings *settings)
{
	JsonObject *object = json_object_new();
	const char *const *entries;
	const char *name;

	for (guint i = 0; (name = lsm_scope_list(settings, i, &entries)) != NULL; i++)
		lsm_json_set_strings(object, name, entries);
	return object;
}

static gboolean
verb_status(LsmService *service, const LsmPeer *peer, const char *name, JsonObject *args, JsonObject **answer_out,
	    GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	JsonObject *answer = json_object_new(), *figures = json_object_new();

	(void)peer;
	(void)name;
	(void)args;
	(void)error;
	lsm_json_set(answer, "version", LSM_VERSION);
	lsm_json_set(answer, "mode", lsm_mode_name(settings->mode));
	json_object_set_object_member(answer, "enforced", describe_scope(settings));
	lsm_json_set(answer, "settings", settings->digest);
	lsm_json_set(answer, "store", settings->store);
	lsm_json_set(answer, "rule_set", settings->rule_set);
	json_object_set_int_member(answer, "uptime", (g_get_real_time() - service->started) / G_USEC_PER_SEC);
	json_object_set_object_member(answer, "figures", figures);
	lsm_counters_describe(figures);
	*answer_out = answer;
	return TRUE;
}

typedef struct {
	const char *name;
	LsmVerb run;
	gboolean anybody; /* else: root, the daemon's own user, operators */
} VerbRow;

/* What is no step of one statement. To add a verb: a row here, its command in ctl/, a test in
 * tests/unit/test_verbs.c. */
static const VerbRow verbs[] = {
	{"status", verb_status, TRUE},
	{"remind", lsm_reminder_verb, FALSE},
	{"rebuild", lsm_rebuild_verb, FALSE},
	{"archive", lsm_archive_verb, FALSE},
};

static gboolean
denied(LsmService *service, const LsmPeer *peer, const char *name, JsonObject *args, JsonObject **answer_out,
       GError **error)
{
	(void)service;
	(void)name;
	(void)args;
	(void)answer_out;
	g_set_error(error, LSM_ERROR, LSM_ERROR_DENIED,
		    "%s may not do this; root may, and who stands in the setting \"operators\"",
		    peer->user == NULL ? "an unknown user" : peer->user);
	return FALSE;
}

LsmVerb
lsm_verb_find(LsmService *service, const LsmPeer *peer, const char *name)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	const LsmActRow *row = lsm_act_find(name);

	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
		if (strcmp(verbs[i].name, name) == 0)
			return verbs[i].anybody || is_operator(settings, peer) ? verbs[i].run : denied;
	}
	/* By its own name only: answer words are for people who write mails. */
	if (row == NULL || strcmp(row->verb, name) != 0)
		return NULL;
	return is_operator(settings, peer) ? verb_step : denied;
}
