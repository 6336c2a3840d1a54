/*
 * notice.c - who is told what has happened to a statement: one table, event -> text and addressees.
 *
 * Owns the table and the words for each event. Uses audience.c for addresses and mails.c to compose; runs in
 * the caller's write transaction, on the writer's thread. Nobody hears twice of one event, however many roles
 * they hold. Fails as the store fails, and when a text of the site cannot be used.
 */
#include "desk/notice.h"

#include <string.h>

#include "conf/error.h"
#include "desk/acknowledge.h"
#include "desk/audience.h"
#include "desk/json.h"
#include "desk/role.h"
#include "desk/values.h"

/* When a row applies, beside its event. */
typedef enum {
	ALWAYS,
	WHEN_WAITING,  /* it does not go out yet; where it does, the next mail in a moment says so */
	WHEN_SETTLED,  /* the event changed the case's state: the last recipient was served */
	WHEN_RELEASE,  /* the mail that did not arrive was the statement itself */
	WHEN_OUR_MAIL, /* ... was one of ours to somebody at home */
	WHEN_WITHHELD, /* somebody was asked to approve it */
	WHEN_OUTGOING, /* it is ours, and went out uncertain whether it is a statement */
	WHEN_INCOMING
} NoticeWhen;

typedef struct {
	LsmEventType event;
	NoticeWhen when;
	guint audience;
	const char *text;
	gboolean attach; /* the original; all addressees then share one mail */
} NoticeRow;

#define FOLLOWERS (LSM_AUDIENCE_ASSIGNEE | LSM_AUDIENCE_COORDINATORS)

/*
 * To add a notice: a row here, its text in conf/guidance/ and conf/resources.gresource.xml, a row in
 * tests/unit/test_notice.c. Of two rows of one event an addressee of both gets the upper one's text.
 */
static const NoticeRow rows[] = {
	{LSM_EVENT_APPROVED, WHEN_WAITING, LSM_AUDIENCE_SENDER, "approved", FALSE},
	{LSM_EVENT_APPROVED, ALWAYS, LSM_AUDIENCE_ASKED, "outcome", FALSE},
	{LSM_EVENT_REVIEWED, WHEN_WAITING, LSM_AUDIENCE_SENDER, "approved", FALSE},
	{LSM_EVENT_REVIEWED, ALWAYS, LSM_AUDIENCE_ASKED, "outcome", FALSE},
	{LSM_EVENT_REFUSED, ALWAYS, LSM_AUDIENCE_SENDER, "refused", FALSE},
	{LSM_EVENT_REFUSED, ALWAYS, LSM_AUDIENCE_ASKED, "outcome", FALSE},
	{LSM_EVENT_CANCELLED, ALWAYS, LSM_AUDIENCE_SENDER, "cancelled", FALSE},
	{LSM_EVENT_CANCELLED, ALWAYS, LSM_AUDIENCE_ASKED, "outcome", FALSE},
	{LSM_EVENT_REPLACED, ALWAYS, LSM_AUDIENCE_SENDER, "replaced", FALSE},
	{LSM_EVENT_REPLACED, ALWAYS, LSM_AUDIENCE_ASKED, "outcome", FALSE},
	{LSM_EVENT_NOT_STATEMENT, WHEN_WITHHELD, LSM_AUDIENCE_SENDER | LSM_AUDIENCE_ASKED, "outcome", FALSE},
	{LSM_EVENT_RELEASED, WHEN_SETTLED, LSM_AUDIENCE_SENDER, "released", FALSE},
	{LSM_EVENT_RELEASED, WHEN_SETTLED, LSM_AUDIENCE_MANAGERS, "copy", TRUE},          /* A5, A49, P7 */
	{LSM_EVENT_RELEASED, WHEN_SETTLED, LSM_AUDIENCE_FROM_CONTACTS, "informed", TRUE}, /* A15 */
	{LSM_EVENT_UNDELIVERED, WHEN_RELEASE, LSM_AUDIENCE_SENDER | LSM_AUDIENCE_COORDINATORS, "undelivered",
	 FALSE},
	{LSM_EVENT_UNDELIVERED, WHEN_OUR_MAIL, LSM_AUDIENCE_COORDINATORS, "not-reached", FALSE},
	{LSM_EVENT_CONFIRMED, WHEN_OUTGOING, LSM_AUDIENCE_COORDINATORS | LSM_AUDIENCE_MANAGERS, "copy",
	 TRUE}, /* P7 */
	{LSM_EVENT_CONFIRMED, WHEN_INCOMING, LSM_AUDIENCE_COORDINATORS | LSM_AUDIENCE_MANAGERS, "confirmed",
	 FALSE},
	{LSM_EVENT_ASSIGNED, ALWAYS, LSM_AUDIENCE_ASSIGNEE, "assigned", TRUE}, /* A53 */
	{LSM_EVENT_ANSWERED, ALWAYS, FOLLOWERS | LSM_AUDIENCE_MANAGERS, "followed", FALSE},
	{LSM_EVENT_ACTION_TAKEN, ALWAYS, FOLLOWERS, "followed", FALSE}, /* A54 */
	{LSM_EVENT_CLOSED, ALWAYS, FOLLOWERS, "followed", FALSE},
	{LSM_EVENT_CLOSED, ALWAYS, LSM_AUDIENCE_MANAGERS, "closed", FALSE}, /* A8, A95 */
	{LSM_EVENT_REOPENED, ALWAYS, FOLLOWERS, "followed", FALSE},
	{LSM_EVENT_AGREED, ALWAYS, LSM_AUDIENCE_SENDER, "agreed", FALSE},
	{LSM_EVENT_AGREED, ALWAYS, LSM_AUDIENCE_ASKED | LSM_AUDIENCE_MANAGERS, "outcome", FALSE},
	{LSM_EVENT_DISAGREED, ALWAYS, LSM_AUDIENCE_SENDER, "disagreed", FALSE}, /* A69 */
	{LSM_EVENT_DISAGREED, ALWAYS, LSM_AUDIENCE_ASKED | LSM_AUDIENCE_MANAGERS, "outcome", FALSE},
};

/* What was done, behind the name of who did it. */
static const struct {
	LsmEventType event;
	const char *what;
} deeds[] = {
	{LSM_EVENT_APPROVED, "approved it"},
	{LSM_EVENT_REVIEWED, "reviewed it"},
	{LSM_EVENT_REFUSED, "refused it"},
	{LSM_EVENT_CANCELLED, "cancelled it"},
	{LSM_EVENT_REPLACED, "sent a corrected statement in its place"},
	{LSM_EVENT_NOT_STATEMENT, "said that it is no liaison statement"},
	{LSM_EVENT_RELEASED, "released it"},
	{LSM_EVENT_CONFIRMED, "confirmed what was read"},
	{LSM_EVENT_ASSIGNED, "assigned it"},
	{LSM_EVENT_DISTRIBUTED, "sent it on"},
	{LSM_EVENT_ANSWERED, "recorded that it is answered"},
	{LSM_EVENT_ACTION_TAKEN, "recorded that action was taken"},
	{LSM_EVENT_CLOSED, "closed it"},
	{LSM_EVENT_REOPENED, "took it up again"},
	{LSM_EVENT_AGREED, "agreed with it"},
	{LSM_EVENT_DISAGREED, "disagreed with it"},
};

/* The classes of the setting "notices". Who did not ask for a class still hears by another one. */
static const struct {
	guint audience;
	const char *word;
} classes[] = {
	{LSM_AUDIENCE_SENDER, "sender"},
	{LSM_AUDIENCE_ASKED, "asked"},
	{LSM_AUDIENCE_COORDINATORS, "coordinators"},
	{LSM_AUDIENCE_MANAGERS, "managers"},
	{LSM_AUDIENCE_ASSIGNEE, "assignee"},
	{LSM_AUDIENCE_FROM_CONTACTS, "groups"},
};

static const char *
deed_of(const LsmEvent *event)
{
	for (guint i = 0; i < G_N_ELEMENTS(deeds); i++) {
		if (deeds[i].event == event->type)
			return deeds[i].what;
	}
	return lsm_event_type_name(event->type);
}

static guint
wanted_audience(const LsmSettings *settings, guint audience)
{
	guint wanted = 0;

	for (guint i = 0; i < G_N_ELEMENTS(classes); i++) {
		if ((audience & classes[i].audience) &&
		    g_strv_contains((const char *const *)settings->notices, classes[i].word))
			wanted |= classes[i].audience;
	}
	return wanted;
}

/* What one event's notices are made from. */
typedef struct {
	LsmService *service;
	LsmStoreTxn *txn;
	const LsmSettings *settings;
	const LsmCase *item;
	const LsmEvent *event;
	GBytes *original; /* owned; NULL: not there, or not yet looked for */
	GPtrArray *told;  /* addresses that have their mail of this event */
	LsmValues *values;
	gboolean has_draft; /* words that whoever confirmed may send on: they need this mail, too */
} Notices;

static gboolean
applies(const Notices *notices, const NoticeRow *row)
{
	const LsmEvent *event = notices->event;
	gboolean is_release = strcmp(lsm_json_get(event->public, "kind", "release"), "release") == 0;

	if (row->event != event->type)
		return FALSE;
	switch (row->when) {
	case WHEN_WAITING:
		return notices->item->state != LSM_STATE_APPROVED;
	case WHEN_SETTLED:
		return json_object_has_member(event->public, "state");
	case WHEN_RELEASE:
		return is_release;
	case WHEN_OUR_MAIL:
		return !is_release;
	case WHEN_OUTGOING:
		return g_strcmp0(notices->item->way, "out") == 0;
	case WHEN_INCOMING:
		return g_strcmp0(notices->item->way, "out") != 0;
	case WHEN_WITHHELD:
		return notices->item->approvers != NULL && notices->item->approvers[0] != NULL;
	case ALWAYS:
		break;
	}
	return TRUE;
}

/* --- values --- */

/* Which bodies' approval is still wanted. Where no approver is known, the coordinators find one. */
static char *
missing_bodies(const Notices *notices)
{
	g_auto(GStrv) missing =
		lsm_roles_missing(notices->item, notices->settings, notices->item->approved_for);

	for (guint i = 0; missing[i] != NULL; i++) {
		if (strcmp(missing[i], "-") != 0)
			continue;
		g_free(missing[i]);
		missing[i] = g_strdup("the coordinators");
	}
	return missing[0] == NULL ? g_strdup("a body that it speaks for") : g_strjoinv(", ", missing);
}

/* One sentence: what comes now. */
static char *
next_step(const Notices *notices)
{
	const LsmStateRow *state = lsm_state_row(notices->item->state);
	g_autofree char *missing = NULL;

	switch (notices->item->state) {
	case LSM_STATE_PENDING:
		missing = missing_bodies(notices);
		return g_strdup_printf("It still waits for the approval of %s.", missing);
	case LSM_STATE_IN_REVIEW:
		return g_strdup("A coordinator reviews it next; then it goes out.");
	case LSM_STATE_APPROVED:
		return g_strdup("It now goes out, exactly as it was sent. Nobody has to do anything more.");
	case LSM_STATE_RELEASED:
	case LSM_STATE_DELIVERED:
		return g_strdup("It has gone out, exactly as it was sent.");
	case LSM_STATE_NOT_STATEMENT:
		return g_strdup(notices->item->content != NULL
					? "What was kept back goes out now, as ordinary mail."
					: "Nothing was kept back any more, so that nothing goes out.");
	default:
		break;
	}
	if (state->step[0] == '\0')
		return g_strdup("Nobody has to do anything more.");
	return g_strdup_printf("What comes next: %s (%s).", state->step, state->whose);
}

/* What somebody wrote to it: a reason, a comment, a link; each on lines of its own, or nothing. */
static char *
said(const LsmEvent *event)
{
	static const struct {
		const char *member;
		const char *title;
	} parts[] = {{"reason", "Reason"}, {"comment", "Comment"}, {"link", "See"}};
	GString *text = g_string_new(NULL);

	for (guint i = 0; event->private != NULL && i < G_N_ELEMENTS(parts); i++) {
		const char *value = lsm_json_get(event->private, parts[i].member, NULL);

		if (value != NULL && *value != '\0')
			g_string_append_printf(text, "%s%s: %s\n", text->len > 0 ? "\n" : "", parts[i].title,
					       value);
	}
	return g_string_free(text, FALSE);
}

static const char *
actor_of(const LsmEvent *event)
{
	return event->private == NULL ? "the desk" : lsm_json_get(event->private, "actor", "the desk");
}

/* "ad1@example.org approved it", "alice (for ad1@example.org) approved it". */
static char *
deed_text(const LsmEvent *event)
{
	const char *proxy = event->private == NULL ? NULL : lsm_json_get(event->private, "proxy_of", NULL);

	if (proxy == NULL)
		return g_strdup_printf("%s %s", actor_of(event), deed_of(event));
	return g_strdup_printf("%s (for %s) %s", actor_of(event), proxy, deed_of(event));
}

static void
add_values(Notices *notices)
{
	const LsmCase *item = notices->item;
	const LsmEvent *event = notices->event;
	LsmValues *values = notices->values;
	g_auto(GStrv) failed = event->private == NULL ? NULL : lsm_json_get_list(event->private, "recipient");
	g_autofree char *when = lsm_event_time_render(event->time);
	g_autofree char *draft = lsm_acknowledge_draft(notices->settings, item);

	lsm_values_take(values, "actor", g_strdup(actor_of(event)));
	lsm_values_take(values, "did", deed_text(event));
	lsm_values_take(values, "said", said(event));
	lsm_values_take(values, "next", next_step(notices));
	lsm_values_take(values, "failed", failed == NULL ? g_strdup("") : g_strjoinv(", ", failed));
	lsm_values_take(values, "date", g_strdup_printf("%.10s", when));
	lsm_values_take(values, "replacement", g_strdup(item->replaced_by));
	notices->has_draft = event->type == LSM_EVENT_CONFIRMED && *draft != '\0';
	lsm_values_take(values, "draft", g_steal_pointer(&draft));
}

/* --- who --- */

/* Who did it has the answer to that: the others hear the outcome. */
static gboolean
knows_already(const Notices *notices, const char *address)
{
	const LsmEvent *event = notices->event;
	const char *actor = actor_of(event);
	const LsmPerson *person = lsm_directory_find_person(notices->settings->directory, actor);

	if (notices->has_draft)
		return FALSE;
	return lsm_address_equal(address, actor) ||
	       (person != NULL && lsm_address_in_list(address, person->addresses));
}

/* A mail about a mail that did not reach somebody must not go there, too. */
static gboolean
is_unreachable(const Notices *notices, const char *address)
{
	g_auto(GStrv) failed = NULL;

	if (notices->event->type != LSM_EVENT_UNDELIVERED || notices->event->private == NULL)
		return FALSE;
	failed = lsm_json_get_list(notices->event->private, "recipient");
	return lsm_address_in_list(address, failed);
}

/* The addresses of this row that have not had a mail of this event; NULL-terminated, borrowed. */
static GPtrArray *
addressees(Notices *notices, GPtrArray *meant)
{
	GPtrArray *to = g_ptr_array_new();

	for (guint i = 0; i < meant->len; i++) {
		const char *address = meant->pdata[i];

		if (!knows_already(notices, address) && !is_unreachable(notices, address) &&
		    lsm_audience_add_address(notices->told, address))
			g_ptr_array_add(to, (gpointer)address);
	}
	g_ptr_array_add(to, NULL);
	return to;
}

static gboolean
load_original(Notices *notices, GError **error)
{
	if (notices->original != NULL || notices->item->content == NULL)
		return TRUE;
	return lsm_content_get(notices->txn, notices->item->content, &notices->original, error) != LSM_FAILED;
}

static gboolean
put_row(Notices *notices, const char *text, gboolean attach, GPtrArray *meant, GError **error)
{
	g_autoptr(GPtrArray) to = addressees(notices, meant);
	LsmMail mail = {.text = text,
			.case_id = notices->item->id,
			.to = (char *const *)to->pdata,
			.is_shared = attach,
			.values = lsm_values_list(notices->values)};

	if (to->len == 1)
		return TRUE;
	if (attach && !load_original(notices, error))
		return FALSE;
	mail.attached = attach ? notices->original : NULL;
	return lsm_mails_put(notices->service, notices->txn, &mail, error);
}

static gboolean
put_rows(Notices *notices, GError **error)
{
	gint64 now = notices->event->time / G_USEC_PER_SEC;

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GPtrArray) meant = NULL;

		if (!applies(notices, &rows[i]))
			continue;
		meant = lsm_audience_new();
		lsm_audience_add(meant, notices->settings, notices->item,
				 wanted_audience(notices->settings, rows[i].audience), now);
		if (!put_row(notices, rows[i].text, rows[i].attach, meant, error))
			return FALSE;
	}
	return TRUE;
}

/* A25: "after recording, the statement must be distributed". The step itself, so no class switches it off. */
static gboolean
put_distribution(Notices *notices, GError **error)
{
	g_auto(GStrv) to = NULL;
	g_autoptr(GPtrArray) meant = NULL;

	if (notices->event->type != LSM_EVENT_DISTRIBUTED || notices->event->private == NULL)
		return TRUE;
	to = lsm_json_get_list(notices->event->private, "distributed");
	meant = lsm_audience_new();
	for (guint i = 0; to[i] != NULL; i++)
		lsm_audience_add_address(meant, to[i]);
	return put_row(notices, "distributed", TRUE, meant, error);
}

/* What was never anybody's business but the record's. */
static gboolean
is_silent(const LsmCase *item)
{
	return item->observed || item->unverified || item->state == LSM_STATE_DRAFT;
}

gboolean
lsm_notice_put(LsmService *service, LsmStoreTxn *txn, LsmCase *item, const LsmEvent *event, GBytes *original,
	       GError **error)
{
	g_autoptr(LsmSettings) settings = lsm_service_settings(service);
	g_autoptr(GPtrArray) told = lsm_audience_new();
	g_autoptr(LsmValues) values = lsm_values_new(settings, item);
	Notices notices = {.service = service,
			   .txn = txn,
			   .settings = settings,
			   .item = item,
			   .event = event,
			   .original = original == NULL ? NULL : g_bytes_ref(original),
			   .told = told,
			   .values = values};
	gboolean ok;

	if (is_silent(item))
		return TRUE;
	add_values(&notices);
	ok = put_distribution(&notices, error) && put_rows(&notices, error) &&
	     (event->type != LSM_EVENT_CONFIRMED || lsm_acknowledge_put(service, txn, item, error));
	g_clear_pointer(&notices.original, g_bytes_unref);
	return ok;
}
