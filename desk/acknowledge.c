/*
 * acknowledge.c - what the sender of an incoming statement is told, once, when a person has confirmed it.
 *
 * Owns the choice of the text and of the way it takes. Uses mails.c; runs in the caller's write transaction.
 * To confirm comes first because a program's reading alone must not speak for the home body to anybody
 * outside.
 */
#include "desk/acknowledge.h"

#include <string.h>

#include "desk/audience.h"
#include "desk/door.h"
#include "desk/json.h"
#include "desk/values.h"
#include "rules/guidance.h"

#define TOLD "acknowledged"

/* Purposes are asked from the most demanding on (P3). To add a text: a row, and its file in conf/guidance/.
 */
static const struct {
	const char *purpose;
	const char *text;
} texts[] = {
	{"action", "acknowledge-action"},
	{"response", "acknowledge-information"},
	{"information", "acknowledge-information"},
};

static gboolean
is_for_research(const LsmSettings *settings, const LsmCase *item)
{
	g_autoptr(GPtrArray) bodies = lsm_audience_bodies(settings, item->to);

	for (guint i = 0; i < bodies->len; i++) {
		if (((const LsmBody *)bodies->pdata[i])->level != LSM_LEVEL_RESEARCH)
			return FALSE;
	}
	return bodies->len > 0;
}

static const char *
text_for(const LsmSettings *settings, const LsmCase *item)
{
	if (is_for_research(settings, item))
		return "acknowledge-research";
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		if (lsm_address_in_list(texts[i].purpose, item->purposes))
			return texts[i].text;
	}
	return "acknowledge-information";
}

static gboolean
is_wanted(const LsmSettings *settings, const LsmCase *item)
{
	gboolean came_in = g_strcmp0(item->way, "in") == 0 || g_strcmp0(item->way, "list") == 0;

	return strcmp(settings->acknowledge, "off") != 0 && came_in &&
	       item->state != LSM_STATE_NOT_STATEMENT && !lsm_address_in_list(TOLD, item->told);
}

/* Only where the address is proved: anything else could make us write to whom a forger names. */
static gboolean
goes_by_itself(const LsmSettings *settings, const LsmCase *item)
{
	return strcmp(settings->acknowledge, "send") == 0 && item->author != NULL &&
	       lsm_address_is_valid(item->author);
}

static LsmValues *
make_values(const LsmSettings *settings, const LsmCase *item)
{
	LsmValues *values = lsm_values_new(settings, item);

	lsm_values_take(values, "doors", item->doors == NULL ? NULL : g_strjoinv(", ", item->doors));
	lsm_values_take(values, "desk", g_strdup(lsm_door_address(settings)));
	lsm_values_take(values, "until",
			item->deadline == NULL
				? g_strdup("")
				: g_strdup_printf("You ask for an answer by %s.", item->deadline));
	return values;
}

/* Words for somebody to send on. */
static void
append_words(GString *out, const LsmSettings *settings, const LsmCase *item, const char *name)
{
	g_autoptr(LsmValues) values = make_values(settings, item);
	g_autoptr(GError) error = NULL;
	g_autofree char *text = lsm_guidance_text(settings, name, lsm_values_list(values), &error);
	g_autofree char *quoted =
		text == NULL ? g_strdup_printf("(%s)\n", error->message) : lsm_values_quote(text);

	g_string_append_printf(out, "\n%s", quoted);
}

/* A51, A52: neither to the liaison contact nor to a manager's address nor to this desk. */
static gboolean
is_misdirected(const LsmSettings *settings, const LsmCase *item)
{
	for (guint i = 0; item->doors != NULL && item->doors[i] != NULL; i++) {
		if (lsm_directory_is_home_liaison_address(settings->directory, item->doors[i]) ||
		    lsm_address_equal(item->doors[i], settings->desk_address))
			return FALSE;
	}
	return item->doors != NULL && item->doors[0] != NULL;
}

char *
lsm_acknowledge_draft(const LsmSettings *settings, const LsmCase *item)
{
	GString *out = g_string_new(NULL);
	gboolean is_first = is_wanted(settings, item);

	if (is_first && !goes_by_itself(settings, item)) {
		g_string_append_printf(out,
				       "Its sender has not been written to (%s). If you\n"
				       "like, do it with these words:\n",
				       item->author == NULL ? "no address is proved" : item->author);
		append_words(out, settings, item, text_for(settings, item));
	}
	if (is_first && is_misdirected(settings, item)) {
		g_string_append_printf(
			out, "%sIt did not come to the liaison contact. If you like, tell its sender:\n",
			out->len > 0 ? "\n" : "");
		append_words(out, settings, item, "misdirected");
	}
	return g_string_free(out, FALSE);
}

static gboolean
record_it(LsmService *service, LsmStoreTxn *txn, LsmCase *item, gboolean sent, GError **error)
{
	g_autoptr(LsmEvent) event =
		lsm_event_new(LSM_EVENT_ACKNOWLEDGED, item->id, lsm_service_now(service), service->node);
	const char *const told[] = {TOLD, NULL};

	json_object_set_string_member(event->public, "kind", sent ? "sent" : "draft");
	lsm_json_set_strings(event->public, "told", told);
	return lsm_record_event(txn, item, event, error);
}

gboolean
lsm_acknowledge_put(LsmService *service, LsmStoreTxn *txn, LsmCase *item, GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	g_autoptr(LsmValues) values = NULL;
	char *const to[] = {item->author, NULL};
	LsmMail mail = {.case_id = item->id, .to = to};

	if (!is_wanted(settings, item))
		return TRUE;
	if (!goes_by_itself(settings, item))
		return record_it(service, txn, item, FALSE, error);
	values = make_values(settings, item);
	mail.text = text_for(settings, item);
	mail.values = lsm_values_list(values);
	return lsm_mails_put(service, txn, &mail, error) && record_it(service, txn, item, TRUE, error);
}
