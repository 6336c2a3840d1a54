/*
 * test_notify.c - what the desk hears of tickets: in which calls, and what one that it will not take does to
 * others.
 */
#include "milter/notify.h"

#include <string.h>

#include "conf/error.h"
#include "conf/log.h"
#include "desk/json.h"

#define MOMENT (100 * G_TIME_SPAN_MILLISECOND) /* notify.c: the reply's */
#define MOST_A_CALL 64                         /* notify.c: the batch */

/* A desk that is busy with one call until the test lets it go. */
typedef struct {
	LsmDesk desk;
	GMutex lock;
	GCond changed;   /* something was heard, or opens_at is another */
	GString *heard;  /* "1 2;": the tickets of each call */
	gint64 opens_at; /* monotonic: nothing is answered before */
	const char *refused; /* never taken, or NULL */
} BusyDesk;

static gboolean
hear(LsmDesk *desk, const char *operation, JsonObject *args, GBytes *content, JsonObject **answer_out,
     GError **error)
{
	BusyDesk *self = (BusyDesk *)desk;
	g_auto(GStrv) tickets = lsm_json_get_list(args, "tickets");
	g_autofree char *told = g_strjoinv(" ", tickets);

	(void)content;
	g_assert_cmpstr(operation, ==, "taken");
	g_mutex_lock(&self->lock);
	g_string_append_printf(self->heard, "%s;", told);
	g_cond_broadcast(&self->changed);
	while (g_get_monotonic_time() < self->opens_at)
		g_cond_wait_until(&self->changed, &self->lock, self->opens_at);
	g_mutex_unlock(&self->lock);
	if (self->refused != NULL && g_strv_contains((const char *const *)tickets, self->refused)) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_CORRUPT, "%s: damaged", self->refused);
		return FALSE;
	}
	*answer_out = json_object_new();
	return TRUE;
}

static void
no_free(LsmDesk *desk)
{
	(void)desk;
}

static const LsmDeskClass busy_class = {hear, no_free};

static void
push(LsmNotify *notify, guint number)
{
	g_autofree char *ticket = g_strdup_printf("%u", number);
	g_autofree char *queue_id = g_strdup_printf("4C%u", number);

	lsm_notify_push(notify, ticket, queue_id);
}

/* Tells of 0, and while the desk is busy with it of 1 to count, which come due meanwhile. What it heard;
 * caller frees. */
static char *
play(guint count, const char *refused)
{
	BusyDesk desk = {.desk = {.class = &busy_class}, .opens_at = G_MAXINT64, .refused = refused};
	g_autoptr(LsmNotify) notify = NULL;

	lsm_log_open(LSM_LOG_CAPTURE, "test", LOG_DEBUG);
	desk.heard = g_string_new(NULL);
	g_mutex_init(&desk.lock);
	g_cond_init(&desk.changed);
	notify = lsm_notify_new(&desk.desk);
	push(notify, 0);
	g_mutex_lock(&desk.lock);
	while (desk.heard->len == 0)
		g_cond_wait(&desk.changed, &desk.lock);
	for (guint i = 1; i <= count; i++)
		push(notify, i);
	desk.opens_at = g_get_monotonic_time() + MOMENT;
	g_cond_broadcast(&desk.changed);
	g_mutex_unlock(&desk.lock);
	lsm_notify_stop(notify);
	g_mutex_clear(&desk.lock);
	g_cond_clear(&desk.changed);
	return g_string_free(desk.heard, FALSE);
}

static void
test_together(void)
{
	g_autofree char *heard = play(3, NULL);
	g_autofree char *log = lsm_log_captured();

	g_assert_cmpstr(heard, ==, "0;1 2 3;");
	g_assert_null(strstr(log, "taken-untold"));
}

/* One call's work is bounded, and all come in their order. */
static void
test_many(void)
{
	g_autofree char *heard = play(MOST_A_CALL + 1, NULL);
	g_auto(GStrv) calls = g_strsplit(heard, ";", -1);
	g_auto(GStrv) second = NULL;

	g_assert_cmpuint(g_strv_length(calls), ==, 4); /* an empty one behind the last ";" */
	second = g_strsplit(calls[1], " ", -1);
	g_assert_cmpuint(g_strv_length(second), ==, MOST_A_CALL);
	g_assert_cmpstr(second[0], ==, "1");
	g_assert_cmpstr(calls[2], ==, "65");
}

/* The others are told one by one, and only the one that is at fault is given up. */
static void
test_one_is_never_taken(void)
{
	g_autofree char *heard = play(3, "2");
	g_autofree char *log = lsm_log_captured();

	g_assert_cmpstr(heard, ==, "0;1 2 3;1;2;3;");
	g_assert_nonnull(strstr(log, "4C2: event=taken-untold"));
	g_assert_null(strstr(log, "4C1: event=taken-untold"));
	g_assert_null(strstr(log, "4C3: event=taken-untold"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/notify/together", test_together);
	g_test_add_func("/notify/many", test_many);
	g_test_add_func("/notify/never-taken", test_one_is_never_taken);
	return g_test_run();
}
