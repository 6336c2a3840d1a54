/*
 * test_thread.c - the gate's look at In-Reply-To and References, and its queue, beside a desk made for it.
 */
#include "conf/error.h"
#include "desk/json.h"
#include "milter/thread.h"
#include "reading_fixture.h"

typedef struct {
	LsmDesk desk;
	GMutex lock; /* for what follows */
	GCond told;
	gboolean is_away;
	guint asked;
	guint informed; /* notes that were taken */
} FakeDesk;

static LsmSettings *settings;

static gboolean
fake_call(LsmDesk *desk, const char *operation, JsonObject *args, GBytes *content, JsonObject **answer_out,
	  GError **error)
{
	static const char *const ids[] = {"open@itu.example", "other@bbf.example", NULL};
	FakeDesk *fake = (FakeDesk *)desk;
	gboolean is_away;

	(void)args;
	(void)content;
	g_mutex_lock(&fake->lock);
	is_away = fake->is_away;
	fake->asked++;
	fake->informed += !is_away && strcmp(operation, "informed") == 0;
	g_cond_broadcast(&fake->told);
	g_mutex_unlock(&fake->lock);
	if (is_away) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "nobody there");
		return FALSE;
	}
	*answer_out = json_object_new();
	json_object_set_int_member(*answer_out, "state", 1);
	lsm_json_set_strings(*answer_out, "ids", ids);
	return TRUE;
}

static void
fake_free(LsmDesk *desk)
{
	(void)desk;
}

static const LsmDeskClass fake_class = {fake_call, fake_free};

static void
fake_init(FakeDesk *fake, gboolean is_away)
{
	*fake = (FakeDesk){.desk = {.class = &fake_class}, .is_away = is_away};
	g_mutex_init(&fake->lock);
	g_cond_init(&fake->told);
}

static void
fake_clear(FakeDesk *fake)
{
	g_mutex_clear(&fake->lock);
	g_cond_clear(&fake->told);
}

/* FALSE when it does not come about within ten seconds. */
static gboolean
wait_for(FakeDesk *fake, const guint *counter, guint wanted)
{
	gint64 until = g_get_monotonic_time() + 10 * G_TIME_SPAN_SECOND;
	gboolean reached = TRUE;

	g_mutex_lock(&fake->lock);
	while (*counter < wanted && reached)
		reached = g_cond_wait_until(&fake->told, &fake->lock, until);
	g_mutex_unlock(&fake->lock);
	return reached;
}

static char *
found(LsmThreads *threads, const char *header)
{
	g_autofree char *mail = g_strconcat(header, "\n\nx\n", NULL);
	g_autoptr(LsmCollector) collector = reading_collect(settings, mail, strlen(mail));
	g_auto(GStrv) ids = lsm_threads_find(threads, collector);

	return ids == NULL ? NULL : g_strjoinv(" ", ids);
}

static const struct {
	const char *name, *header, *want;
} headers[] = {
	{"an answer", "In-Reply-To: <open@itu.example>", "open@itu.example"},
	{"further down the thread", "References: <open@itu.example>\n <reply@ietf.org>", "open@itu.example"},
	{"two at once", "In-Reply-To: <open@itu.example>\nReferences: <other@bbf.example>",
	 "open@itu.example other@bbf.example"},
	{"words around it", "In-Reply-To: your mail of Monday <open@itu.example> (thanks)", "open@itu.example"},
	{"another thread", "In-Reply-To: <lunch@itu.example>", NULL},
	{"no thread", "Subject: <open@itu.example>", NULL},
	{"without its signs", "In-Reply-To: open@itu.example", NULL},
	{"never closed", "References: <open@itu.example", NULL},
	{"never opened", "References: open@itu.example>", NULL},
	{"empty", "In-Reply-To:\nReferences: <>", NULL},
	{"signs only", "References: <<<<<>>>>><><", NULL},
};

/* The set comes by a thread of its own: asked until it is there. */
static void
wait_for_set(LsmThreads *threads)
{
	gint64 until = g_get_monotonic_time() + 10 * G_TIME_SPAN_SECOND;
	gboolean is_there = FALSE;

	while (!is_there && g_get_monotonic_time() < until) {
		g_autofree char *ids = found(threads, headers[0].header);

		is_there = ids != NULL;
		g_thread_yield();
	}
	g_assert_true(is_there);
}

static void
test_find(void)
{
	FakeDesk fake;
	LsmThreads *threads;

	fake_init(&fake, FALSE);
	threads = lsm_threads_new(&fake.desk);
	wait_for_set(threads);
	for (guint i = 0; i < G_N_ELEMENTS(headers); i++) {
		g_autofree char *ids = found(threads, headers[i].header);

		g_test_message("%s", headers[i].name);
		g_assert_cmpstr(ids, ==, headers[i].want);
	}
	g_assert_null(lsm_threads_find(NULL, NULL));
	lsm_threads_free(threads);
	fake_clear(&fake);
}

static void
test_told(void)
{
	FakeDesk fake;
	LsmThreads *threads;

	fake_init(&fake, FALSE);
	threads = lsm_threads_new(&fake.desk);
	for (guint i = 0; i < 3; i++)
		lsm_threads_push(threads, json_object_new());
	g_assert_true(wait_for(&fake, &fake.informed, 3));
	lsm_threads_free(threads);
	fake_clear(&fake);
}

/* More than fit, and a desk that is away: nobody waits, and the end comes all the same. */
static void
test_away(void)
{
	FakeDesk fake;
	LsmThreads *threads;
	gint64 begun;

	fake_init(&fake, TRUE);
	threads = lsm_threads_new(&fake.desk);
	g_assert_true(wait_for(&fake, &fake.asked, 1));
	begun = g_get_monotonic_time();
	for (guint i = 0; i < 10000; i++)
		lsm_threads_push(threads, json_object_new());
	g_assert_cmpint(g_get_monotonic_time() - begun, <, 5 * G_TIME_SPAN_SECOND);
	lsm_threads_free(threads);
	g_assert_cmpuint(fake.informed, ==, 0);
	fake_clear(&fake);
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	settings = reading_settings_new();
	g_test_add_func("/thread/find", test_find);
	g_test_add_func("/thread/told", test_told);
	g_test_add_func("/thread/away", test_away);
	status = g_test_run();
	reading_settings_free(settings);
	return status;
}
