/*
 * reminder_due.c - see reminder_due.h.
 *
 * Owns the table of what may wait too long, and the steps of a deadline. Pure, any thread, cannot fail.
 */
#include "desk/reminder_due.h"

#include <stdlib.h>
#include <string.h>

#include "desk/agenda.h"
#include "desk/audience.h"
#include "desk/thread.h"

#define IN(name) (1u << LSM_STATE_##name)
#define IN_FOLLOWED (IN(UNCONFIRMED) | IN(CONFIRMED) | IN(ASSIGNED) | IN(DISTRIBUTED))
#define WEEK 7

static void
reminder_free(gpointer data)
{
	LsmReminder *reminder = data;

	g_free(reminder->key);
	g_free(reminder);
}

static void
add(GPtrArray *due, const LsmCase *item, LsmReminder reminder, char *key)
{
	if (lsm_address_in_list(key, item->told)) {
		g_free(key);
		return;
	}
	reminder.key = key;
	g_ptr_array_add(due, g_memdup2(&reminder, sizeof reminder));
}

/* --- what waits --- */

static gboolean
lacks_assignee(const LsmSettings *settings G_GNUC_UNUSED, const LsmCase *item)
{
	return item->assignee == NULL;
}

static gboolean
lacks_distribution(const LsmSettings *settings G_GNUC_UNUSED, const LsmCase *item)
{
	return item->distributed == NULL || item->distributed[0] == NULL;
}

/* A100: "ideally one of them takes the lead". */
static gboolean
lacks_lead(const LsmSettings *settings, const LsmCase *item)
{
	g_autoptr(GPtrArray) bodies = lsm_audience_bodies(settings, item->to);

	return bodies->len > 1 && item->lead == NULL;
}

typedef struct {
	const char *text;
	const char *word; /* of the key */
	guint32 states;
	gboolean (*concerns)(const LsmSettings *settings,
			     const LsmCase *item); /* NULL: all in these states */
	gsize every; /* the setting that says after how many days, and again each time; 0: never */
	guint audience;
	guint later; /* they hear, too, once escalation's days are over */
} WaitRow;

#define EVERY(setting) G_STRUCT_OFFSET(LsmSettings, setting)
#define COORDINATORS LSM_AUDIENCE_COORDINATORS
#define MANAGERS LSM_AUDIENCE_MANAGERS

/* To add what may wait: a row, its text in conf/guidance/, a row in tests/unit/test_reminder.c. */
static const WaitRow waits[] = {
	{"remind-approval", "pending", IN(PENDING), NULL, EVERY(approval_reminder), LSM_AUDIENCE_APPROVERS,
	 COORDINATORS},
	{"remind-review", "in-review", IN(IN_REVIEW), NULL, EVERY(approval_reminder), COORDINATORS, 0},
	{"remind-authority", "around", IN(AROUND), NULL, EVERY(approval_reminder), LSM_AUDIENCE_APPROVERS,
	 COORDINATORS},
	{"remind-stuck", "approved", IN(APPROVED), NULL, EVERY(approval_reminder), COORDINATORS, 0},
	{"remind-undelivered", "undelivered", IN(UNDELIVERED), NULL, EVERY(approval_reminder), COORDINATORS,
	 LSM_AUDIENCE_SENDER},
	{"remind-revise", "disagreed", IN(DISAGREED), NULL, EVERY(follow_up), LSM_AUDIENCE_SENDER,
	 COORDINATORS | MANAGERS}, /* A69 */
	{"remind-unsure", "unsure", IN(UNSURE), NULL, EVERY(follow_up), LSM_AUDIENCE_SENDER, COORDINATORS},
	{"remind-unconfirmed", "unconfirmed", IN(UNCONFIRMED), NULL, EVERY(follow_up),
	 COORDINATORS | MANAGERS, 0}, /* P4 */
	{"remind-unassigned", "unassigned", IN(CONFIRMED), lacks_assignee, EVERY(follow_up),
	 COORDINATORS | MANAGERS, 0}, /* A53 */
	{"remind-undistributed", "undistributed", IN(CONFIRMED) | IN(ASSIGNED), lacks_distribution,
	 EVERY(follow_up), LSM_AUDIENCE_ASSIGNEE | COORDINATORS, 0}, /* A25 */
	{"remind-lead", "no-lead", IN(CONFIRMED) | IN(ASSIGNED) | IN(DISTRIBUTED), lacks_lead,
	 EVERY(follow_up), LSM_AUDIENCE_CHAIRS | COORDINATORS, MANAGERS}, /* A100 */
};

static gboolean
is_row_due(const WaitRow *row, const LsmSettings *settings, const LsmCase *item, int waited)
{
	int every = G_STRUCT_MEMBER(int, settings, row->every);

	return (row->states & (1u << item->state)) != 0 && every > 0 && waited >= every &&
	       (row->concerns == NULL || row->concerns(settings, item));
}

/* The key names the day on which it began to wait: what waits anew is told anew. */
static void
add_waits(GPtrArray *due, const LsmSettings *settings, const LsmCase *item, int entered, int today)
{
	int waited = today - entered;
	g_autofree char *since = lsm_agenda_day_text(entered);
	gboolean said_one = FALSE;

	for (guint i = 0; i < G_N_ELEMENTS(waits); i++) {
		const WaitRow *row = &waits[i];
		LsmReminder reminder = {.text = row->text, .audience = row->audience, .days = waited};
		gboolean is_lead = row->concerns == lacks_lead;

		if (!is_row_due(row, settings, item, waited) || (said_one && !is_lead))
			continue;
		if (settings->escalation > 0 && waited >= settings->escalation)
			reminder.audience |= row->later;
		/* Of what lacks, the first comes first: who has no assignee is not asked to distribute. */
		said_one = TRUE;
		add(due, item, reminder,
		    g_strdup_printf("%s-%d %s", row->word,
				    waited / G_STRUCT_MEMBER(int, settings, row->every), since));
	}
}

/* --- deadlines --- */

/* The tightest of the scheduled days that is not yet behind; -1: none. */
static int
step_before(const LsmSettings *settings, int left)
{
	int tightest = -1;

	for (guint i = 0; settings->deadline_reminders[i] != NULL; i++) {
		const char *word = settings->deadline_reminders[i];
		int days = g_ascii_isdigit(*word) ? atoi(word) : -1;

		if (days >= left && (tightest < 0 || days < tightest))
			tightest = days;
	}
	return tightest;
}

/* Days between two reminders of what is over; 0: none are wanted. */
static int
pause_behind(const LsmSettings *settings)
{
	const char *const *words = (const char *const *)settings->deadline_reminders;

	if (g_strv_contains(words, "overdue-daily"))
		return 1;
	return g_strv_contains(words, "overdue-weekly") ? WEEK : 0;
}

/* A99: the chairs, supported by the manager; the nearer it is, the more hear of it. */
static guint
deadline_audience(const LsmCase *item, int left)
{
	guint audience = MANAGERS |
			 (item->assignee != NULL ? (guint)LSM_AUDIENCE_ASSIGNEE : (guint)LSM_AUDIENCE_CHAIRS);

	if (left <= 1 || item->state == LSM_STATE_UNCONFIRMED)
		audience |= COORDINATORS;
	if (left < 0)
		audience |= LSM_AUDIENCE_CHAIRS;
	if (left < -WEEK)
		audience |= LSM_AUDIENCE_DIRECTORS;
	return audience;
}

static gboolean
has_deadline_to_keep(const LsmCase *item)
{
	return (IN_FOLLOWED & (1u << item->state)) != 0 && lsm_agenda_deadline(item) != LSM_AGENDA_NO_DAY;
}

/* A92: "stop on action": the states that are not followed any more have no deadline. */
static void
add_deadline(GPtrArray *due, const LsmSettings *settings, const LsmCase *item, int today)
{
	int deadline = lsm_agenda_deadline(item), left = deadline - today;
	int came_in = lsm_agenda_day(item->since), pause = pause_behind(settings);
	LsmReminder reminder = {.text = left < 0 ? "remind-overdue" : "remind-deadline", .days = left};
	int step = left < 0 ? -1 : step_before(settings, left);

	if (!has_deadline_to_keep(item))
		return;
	reminder.audience = deadline_audience(item, left);
	/* A95: "The originating organization should always be informed", formally or by simple mail: once it is,
	 * only the date itself is still reminded of. */
	if (left < 0 && lsm_thread_is_informed(item))
		return;
	/* A step that was behind when it came in has had its mail: the one that says that it came in. */
	if (step >= 0 && deadline - step > came_in)
		add(due, item, reminder, g_strdup_printf("deadline-%d %s", step, item->deadline));
	else if (left < 0 && pause > 0 && deadline >= came_in)
		add(due, item, reminder,
		    g_strdup_printf("overdue-%d %s", (-left - 1) / pause, item->deadline));
}

GPtrArray *
lsm_reminder_due(const LsmSettings *settings, const LsmCase *item, int entered, int today)
{
	GPtrArray *due = g_ptr_array_new_with_free_func(reminder_free);

	add_deadline(due, settings, item, today);
	add_waits(due, settings, item, entered, today);
	return due;
}
