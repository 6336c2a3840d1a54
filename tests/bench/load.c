/*
 * load.c - plays a busy mail server: many connections to a filter, many mails on each, every answer checked.
 *
 * One thread a connection, one number a mail. Each thread owns its connection and its row of figures; they meet
 * only in the next number to send. Mails of all sizes and forms that are asked for take turns. Prints
 * messages/s and how long a mail took, from MAIL to its answer. Exit status 1 when an answer was not the right one
 * for its mail, when an ordinary mail was edited, or a connection was lost; 2 when it was called wrongly.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/wire.h"

typedef struct {
	const char *to, *kind, *sizes, *forms, *attachment, *mail;
	gint connections, idle, messages, more_recipients, more_fields;
	gdouble seconds, warm, rate;
	gboolean per_message, as_sendmail, edited, print, json, awake;
	guint64 first;
} Options;

typedef struct {
	gint64 begun, ended; /* monotonic, microseconds */
} Sample;

typedef struct {
	GArray *samples;  /* of Sample */
	guint wrong;
	char first_wrong[200];
} Tally;

static Options options = {
	.kind = "ordinary", .sizes = "2k", .forms = "plain", .connections = 1, .warm = 0.1,
};
static GPtrArray *letters;
static guint64 next_number; /* of the mails of this run, from 0 */
static gint64 begin, end; /* end: nothing is begun after it; 0: the number of mails decides */

/* --- one connection --- */

static void
note_wrong(Tally *tally, guint64 number, const char *got, const char *wanted)
{
	if (tally->wrong++ == 0)
		g_snprintf(tally->first_wrong, sizeof tally->first_wrong, "mail %" G_GUINT64_FORMAT ": %s, not %s",
			   number, got, wanted);
}

static void
check_answer(Tally *tally, guint64 number, const Letter *letter, const WireAnswer *answer)
{
	if (strcmp(answer->word, letter->want) != 0)
		note_wrong(tally, number, answer->word, letter->want);
	else if (answer->edits > 0 && !letter->wants_edits && !options.edited)
		note_wrong(tally, number, "edited", "left alone");
}

/* When mail n is due; without a rate at once. */
static gint64
wait_for_turn(guint64 n)
{
	gint64 now = g_get_monotonic_time(), due;

	if (options.rate <= 0)
		return now;
	due = begin + (gint64)((double)n / options.rate * 1e6);
	if (due > now)
		g_usleep((gulong)(due - now));
	return due;
}

/* FALSE: there is no more to send. */
static gboolean
take_number(guint64 *number_out)
{
	*number_out = __atomic_fetch_add(&next_number, 1, __ATOMIC_RELAXED);
	if (options.messages > 0 && *number_out >= (guint64)options.messages)
		return FALSE;
	return end == 0 || g_get_monotonic_time() < end;
}

static gboolean
send_one(Wire **wire, guint64 n, Tally *tally, GError **error)
{
	const Letter *letter = g_ptr_array_index(letters, n % letters->len);
	WireAnswer answer;
	Sample sample = {.begun = wait_for_turn(n)};

	if (*wire == NULL)
		*wire = wire_open(options.to, options.as_sendmail ? WIRE_AS_SENDMAIL : WIRE_AS_POSTFIX, letter, error);
	if (*wire == NULL || !wire_send(*wire, letter, options.first + n, &answer, error))
		return FALSE;
	if (options.per_message)
		g_clear_pointer(wire, wire_close);
	sample.ended = g_get_monotonic_time();
	g_array_append_val(tally->samples, sample);
	check_answer(tally, n, letter, &answer);
	return TRUE;
}

static void *
run_connection(void *data)
{
	Tally *tally = data;
	g_autoptr(Wire) wire = NULL;
	guint64 n;

	while (take_number(&n)) {
		g_autoptr(GError) error = NULL;

		if (!send_one(&wire, n, tally, &error)) {
			note_wrong(tally, n, error->message, "an answer");
			g_clear_pointer(&wire, wire_close);
			g_usleep(10000); /* a filter that is gone is not asked a million times */
		}
	}
	return NULL;
}

/* --- figures --- */

typedef struct {
	guint messages, wrong;
	double seconds, rate, p50, p99, max; /* the last three in ms */
	double processor;                    /* our own, in seconds */
	const char *first_wrong;
} Figures;

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

/* Mails that began before `from` warmed the filter up; they are checked, and not timed. */
static Figures
sum_up(const Tally *tallies, gint64 from)
{
	g_autoptr(GArray) spent = g_array_new(FALSE, FALSE, sizeof(double));
	Figures figures = {.processor = (double)clock() / CLOCKS_PER_SEC};
	gint64 last = from;

	for (gint i = 0; i < options.connections; i++) {
		figures.wrong += tallies[i].wrong;
		if (tallies[i].wrong > 0 && figures.first_wrong == NULL)
			figures.first_wrong = tallies[i].first_wrong;
		for (guint k = 0; k < tallies[i].samples->len; k++) {
			const Sample *sample = &g_array_index(tallies[i].samples, Sample, k);
			double ms = (double)(sample->ended - sample->begun) / 1000;

			if (sample->begun < from)
				continue;
			last = MAX(last, sample->ended);
			g_array_append_val(spent, ms);
		}
	}
	figures.messages = spent->len;
	figures.seconds = (double)(last - from) / 1e6;
	if (spent->len == 0)
		return figures;
	figures.rate = figures.seconds > 0 ? spent->len / figures.seconds : 0;
	g_array_sort(spent, compare_doubles);
	figures.p50 = g_array_index(spent, double, spent->len / 2);
	figures.p99 = g_array_index(spent, double, (guint)(spent->len * 0.99));
	figures.max = g_array_index(spent, double, spent->len - 1);
	return figures;
}

static void
print_figures(const Figures *figures)
{
	if (options.json)
		printf("{\"messages\":%u,\"seconds\":%.3f,\"rate\":%.1f,\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f,"
		       "\"wrong\":%u,\"processor\":%.3f}\n",
		       figures->messages, figures->seconds, figures->rate, figures->p50, figures->p99, figures->max,
		       figures->wrong, figures->processor);
	else
		printf("%u mails in %.2f s on %d connections: %.0f/s, p50 %.3f ms, p99 %.3f ms, max %.3f ms; %u wrong "
		       "answers; %.2f s of processor here\n",
		       figures->messages, figures->seconds, options.connections, figures->rate, figures->p50,
		       figures->p99, figures->max, figures->wrong, figures->processor);
	if (figures->first_wrong != NULL)
		fprintf(stderr, "load: %s\n", figures->first_wrong);
}

/* --- the run --- */

static gboolean
run(void)
{
	g_autofree Tally *tallies = g_new0(Tally, (gsize)options.connections);
	g_autofree GThread **threads = g_new0(GThread *, (gsize)options.connections);
	Figures figures;

	begin = g_get_monotonic_time();
	end = options.seconds > 0 ? begin + (gint64)((options.warm + options.seconds) * 1e6) : 0;
	for (gint i = 0; i < options.connections; i++) {
		tallies[i].samples = g_array_sized_new(FALSE, FALSE, sizeof(Sample), 4096);
		threads[i] = g_thread_new("connection", run_connection, &tallies[i]);
	}
	for (gint i = 0; i < options.connections; i++)
		g_thread_join(threads[i]);
	figures = sum_up(tallies, end != 0 ? begin + (gint64)(options.warm * 1e6) : begin);
	print_figures(&figures);
	for (gint i = 0; i < options.connections; i++)
		g_array_unref(tallies[i].samples);
	return figures.wrong == 0;
}

/* Connections that say nothing, until standard input ends. */
static gboolean
hold_idle(GError **error)
{
	g_autoptr(GPtrArray) wires = g_ptr_array_new_with_free_func((GDestroyNotify)wire_close);
	char octet;

	for (gint i = 0; i < options.idle; i++) {
		Wire *wire = wire_open(options.to, WIRE_AS_POSTFIX, g_ptr_array_index(letters, 0), error);

		if (wire == NULL)
			return FALSE;
		g_ptr_array_add(wires, wire);
	}
	printf("%u idle connections\n", wires->len);
	fflush(stdout);
	while (read(STDIN_FILENO, &octet, 1) > 0)
		;
	return TRUE;
}

/* --- a machine that stays awake --- */

/* Turns for ever on one processor (data: its number), whenever nobody else wants it. */
static void *
spin(void *data)
{
	const struct sched_param no_priority = {0};
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(GPOINTER_TO_UINT(data), &one);
	/* Without both it would be in the way of what is measured. */
	if (pthread_setaffinity_np(pthread_self(), sizeof one, &one) != 0 ||
	    sched_setscheduler(0, SCHED_IDLE, &no_priority) != 0)
		return NULL;
	for (;;)
		__asm__ volatile("" ::: "memory");
}

/* Linux shares processors out by session first (autogroups), whatever is idle in them: this one asks for next to
 * nothing. */
static void
stand_back(void)
{
	FILE *share;

	if (setsid() < 0 || (share = fopen("/proc/self/autogroup", "w")) == NULL)
		return;
	fputs("19", share);
	fclose(share);
}

static int
spin_everywhere(void)
{
	g_autofree GThread **threads = g_new0(GThread *, g_get_num_processors());

	stand_back();
	for (guint i = 0; i < g_get_num_processors(); i++)
		threads[i] = g_thread_new("awake", spin, GUINT_TO_POINTER(i));
	for (guint i = 0; i < g_get_num_processors(); i++)
		g_thread_join(threads[i]);
	return 1;
}

/* A processor of a virtual machine that halts is given away, and back milliseconds later: that would be measured,
 * and not the filters. Ends with the program that started this one; who leads a group begins no session, so that a
 * child spins. */
static gboolean
keep_awake(void)
{
	pid_t child;
	int status;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || (child = fork()) < 0)
		return FALSE;
	if (child == 0)
		_exit(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 ? spin_everywhere() : 1);
	waitpid(child, &status, 0);
	return FALSE;
}

/* --- what is asked for --- */

/* "2k", "5m", "300" */
static gsize
parse_size(const char *text)
{
	char *unit;
	guint64 size = g_ascii_strtoull(text, &unit, 10);

	return (gsize)(*unit == 'k' ? size << 10 : *unit == 'm' ? size << 20 : size);
}

static gboolean
add_letter(const char *form, const char *size, GError **error)
{
	LetterPlan plan = {.kind = options.kind,
			   .size = parse_size(size),
			   .more_recipients = (guint)MAX(options.more_recipients, 0),
			   .more_fields = (guint)MAX(options.more_fields, 0),
			   .attachment = options.attachment,
			   .mail = options.mail};
	Letter *letter;

	if (!letter_find_form(form, &plan.form)) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "no form of mail \"%s\"", form);
		return FALSE;
	}
	letter = letter_new(&plan, error);
	if (letter != NULL)
		g_ptr_array_add(letters, letter);
	return letter != NULL;
}

static gboolean
make_letters(GError **error)
{
	g_auto(GStrv) sizes = g_strsplit(options.sizes, ",", -1);
	g_auto(GStrv) forms = g_strsplit(options.forms, ",", -1);

	letters = g_ptr_array_new_with_free_func((GDestroyNotify)letter_free);
	for (gsize i = 0; sizes[i] != NULL; i++)
		for (gsize k = 0; forms[k] != NULL; k++)
			if (!add_letter(forms[k], sizes[i], error))
				return FALSE;
	return TRUE;
}

static gboolean
parse_options(int *argc, char ***argv, GError **error)
{
	g_autofree char *names = letter_kinds();
	g_autofree char *kinds = g_strconcat("of mails: ", names, NULL);
	const GOptionEntry entries[] = {
		{"to", 't', 0, G_OPTION_ARG_STRING, &options.to, "where the filter listens", "unix:/PATH|inet:PORT@HOST"},
		{"connections", 'c', 0, G_OPTION_ARG_INT, &options.connections, "at the same time (1)", "N"},
		{"messages", 'n', 0, G_OPTION_ARG_INT, &options.messages, "mails in all", "N"},
		{"seconds", 's', 0, G_OPTION_ARG_DOUBLE, &options.seconds, "how long (1, unless -n is given)", "S"},
		{"warm", 0, 0, G_OPTION_ARG_DOUBLE, &options.warm, "how long before that, untimed (0.1)", "S"},
		{"rate", 'r', 0, G_OPTION_ARG_DOUBLE, &options.rate, "mails a second in all (as fast as they go)", "N"},
		{"kind", 'k', 0, G_OPTION_ARG_STRING, &options.kind, kinds, "KIND"},
		{"sizes", 'z', 0, G_OPTION_ARG_STRING, &options.sizes, "of mails, for example 2k,50k,5m (2k)", "SIZES"},
		{"forms", 'f', 0, G_OPTION_ARG_STRING, &options.forms,
		 "of mails, of plain,multipart,base64,attached (plain)", "FORMS"},
		{"attachment", 'a', 0, G_OPTION_ARG_FILENAME, &options.attachment, "what an attached mail brings", "FILE"},
		{"mail", 'm', 0, G_OPTION_ARG_FILENAME, &options.mail, "what every mail is", "FILE"},
		{"edited", 0, 0, G_OPTION_ARG_NONE, &options.edited, "ordinary mail may be edited", NULL},
		{"print", 0, 0, G_OPTION_ARG_NONE, &options.print, "only print the first mail", NULL},
		{"recipients", 0, 0, G_OPTION_ARG_INT, &options.more_recipients, "further recipients", "N"},
		{"fields", 0, 0, G_OPTION_ARG_INT, &options.more_fields, "further header fields", "N"},
		{"per-message", 'p', 0, G_OPTION_ARG_NONE, &options.per_message, "a connection for every mail", NULL},
		{"as-sendmail", 0, 0, G_OPTION_ARG_NONE, &options.as_sendmail, "write every packet by itself", NULL},
		{"idle", 'i', 0, G_OPTION_ARG_INT, &options.idle,
		 "only hold so many connections until standard input ends", "N"},
		{"awake", 0, 0, G_OPTION_ARG_NONE, &options.awake,
		 "only keep the processors from halting, until the program ends that started this one", NULL},
		{"json", 'j', 0, G_OPTION_ARG_NONE, &options.json, "figures for programs", NULL},
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(GOptionContext) context = g_option_context_new("- many mails for a filter");

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, argc, argv, error))
		return FALSE;
	if ((options.to == NULL && !options.print && !options.awake) || *argc > 1 || options.connections < 1) {
		g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "--to is wanted; see --help");
		return FALSE;
	}
	if (options.messages <= 0 && options.seconds <= 0)
		options.seconds = 1;
	/* No two runs share a number. */
	options.first = ((guint64)g_get_real_time() / 1000 & 0xFFFFFFF) << 20;
	return make_letters(error);
}

static gboolean
print_first(void)
{
	g_autofree char *text = letter_print(g_ptr_array_index(letters, 0));

	return fputs(text, stdout) >= 0 && fflush(stdout) == 0;
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	gboolean fine;

	signal(SIGPIPE, SIG_IGN);
	if (!parse_options(&argc, &argv, &error)) {
		fprintf(stderr, "load: %s\n", error->message);
		return 2;
	}
	fine = options.awake ? keep_awake() : options.print ? print_first() : options.idle > 0 ? hold_idle(&error) : run();
	if (error != NULL)
		fprintf(stderr, "load: %s\n", error->message);
	g_ptr_array_unref(letters);
	return fine ? 0 : 1;
}
