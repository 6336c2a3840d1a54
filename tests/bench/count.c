/*
 * count.c - plays mails to the gate and the desk in one process, for callgrind to count the instructions.
 *
 *   valgrind --tool=callgrind --callgrind-out-file=OUT tests/bench/count --settings FILE [--rows NAME,NAME]
 *            [--store URI] [--recipients N] [--fields N] [--times N]
 *
 * libmilter's place is taken by tests/lib/fake_milter.c, the record is in memory, and mails come one after the
 * other: what is counted is ours, and comes out the same each time. Every kind is played some times before it
 * is counted; then callgrind writes a file of its own for it, whose trigger names it: "Client Request: KIND COUNT".
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/callgrind.h>

#include "conf/log.h"
#include "desk/service.h"
#include "milter/callbacks.h"
#include "rules/rule.h"
#include "tests/bench/letter.h"
#include "tests/lib/fake_milter.h"

#define CHUNK 65535u
#define WARM 3
#define PATIENCE (60 * G_TIME_SPAN_SECOND)

/* To add a row: here, and in instructions.txt (`make bench-quick` prints its figure). */
static const struct {
	const char *name;
	const char *kind;
	LetterForm form;
	gsize size;
	guint times;
} rows[] = {
	{"ordinary-2k", "ordinary", LETTER_PLAIN, 2048, 200},
	{"ordinary-50k", "ordinary", LETTER_MULTIPART, 51200, 200},
	{"listed-2k", "listed", LETTER_PLAIN, 2048, 200},
	{"listed-50k", "listed", LETTER_MULTIPART, 51200, 50},
	{"colleague-2k", "colleague", LETTER_PLAIN, 2048, 30},
	{"colleague-50k", "colleague", LETTER_ATTACHED, 51200, 10},
	{"refused-2k", "refused", LETTER_PLAIN, 2048, 10},
	{"outgoing-2k", "outgoing", LETTER_PLAIN, 2048, 10},
	{"incoming-2k", "incoming", LETTER_PLAIN, 2048, 10},
	{"incoming-50k", "incoming", LETTER_MULTIPART, 51200, 5},
};

typedef struct {
	LsmSettings *settings;
	LsmService *service;
	const struct smfiDesc *filter;
	SMFICTX *ctx;
	guint64 number;
} Stage;

static struct {
	char *settings, *rows, *store;
	gint recipients, fields, times;
} options = {.store = (char *)"memory:"};

static sfsistat
play_envelope(Stage *stage, const Letter *letter)
{
	g_autofree char *sender = g_strdup_printf("<%s>", letter->sender);
	char *arguments[] = {sender, NULL};

	stage->filter->xxfi_envfrom(stage->ctx, arguments);
	for (guint i = 0; i < letter->recipients->len; i++) {
		g_autofree char *recipient =
			g_strdup_printf("<%s>", (const char *)g_ptr_array_index(letter->recipients, i));

		arguments[0] = recipient;
		stage->filter->xxfi_envrcpt(stage->ctx, arguments);
	}
	return SMFIS_CONTINUE;
}

static sfsistat
play_header(Stage *stage, const Letter *letter)
{
	for (guint i = 0; i < letter->fields->len; i++) {
		const LetterField *field = g_ptr_array_index(letter->fields, i);
		g_autofree char *value = g_strdup(field->value);

		if (field->slot != 0)
			letter_stamp_field(field, (guint8 *)value, stage->number);
		stage->filter->xxfi_header(stage->ctx, field->name, value);
	}
	return stage->filter->xxfi_eoh(stage->ctx);
}

static sfsistat
play_body(Stage *stage, const Letter *letter)
{
	sfsistat answer = SMFIS_CONTINUE;

	for (gsize at = 0; answer == SMFIS_CONTINUE && at < letter->body->len; at += CHUNK) {
		gsize length = MIN(letter->body->len - at, CHUNK);
		g_autofree guint8 *chunk = g_memdup2(letter->body->data + at, length);

		letter_stamp_body(letter, chunk, at, length, stage->number);
		answer = stage->filter->xxfi_body(stage->ctx, chunk, length);
	}
	return answer;
}

/* The last answer. */
static sfsistat
play(Stage *stage, const Letter *letter)
{
	sfsistat answer;

	stage->number++;
	play_envelope(stage, letter);
	answer = play_header(stage, letter);
	if (answer == SMFIS_CONTINUE)
		answer = play_body(stage, letter);
	return answer == SMFIS_CONTINUE || answer == SMFIS_SKIP ? stage->filter->xxfi_eom(stage->ctx) : answer;
}

static void
check(const char *name, sfsistat answer, const Letter *letter)
{
	gboolean is_refused = strcmp(letter->want, "accept") != 0;

	if (answer == (is_refused ? SMFIS_REJECT : SMFIS_ACCEPT))
		return;
	fprintf(stderr, "count: %s got the answer %d\n", name, (int)answer);
	exit(1);
}

static void
connect_client(Stage *stage, const Letter *letter)
{
	struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(34567)};

	inet_pton(AF_INET, letter->client_address, &peer.sin_addr);
	fake_milter_set_macro(stage->ctx, "{daemon_name}", letter->daemon_name);
	fake_milter_set_macro(stage->ctx, "{auth_authen}", letter->login);
	fake_milter_set_macro(stage->ctx, "i", "4XbK2c1pQzz9v");
	stage->filter->xxfi_connect(stage->ctx, (char *)letter->client_name, (_SOCK_ADDR *)&peer);
}

/* What the gate has still to tell the desk is told before this returns, so that it counts with its mail. */
static void
play_all(Stage *stage, guint row, const Letter *letter, guint times)
{
	g_autoptr(LsmGate) gate = lsm_gate_new(NULL, stage->settings, lsm_desk_new_local(stage->service));

	lsm_callbacks_register(gate);
	stage->filter = fake_milter_filter();
	connect_client(stage, letter);
	for (guint i = 0; i < times; i++)
		check(rows[row].name, play(stage, letter), letter);
	stage->filter->xxfi_close(stage->ctx);
	lsm_gate_stop(gate, PATIENCE);
}

static void
count_row(Stage *stage, guint row)
{
	LetterPlan plan = {.kind = rows[row].kind,
			   .form = rows[row].form,
			   .size = rows[row].size,
			   .more_recipients = (guint)MAX(options.recipients, 0),
			   .more_fields = (guint)MAX(options.fields, 0)};
	g_autoptr(Letter) letter = letter_new(&plan, NULL);
	guint times = options.times > 0 ? (guint)options.times : rows[row].times;
	g_autofree char *trigger = g_strdup_printf("%s %u", rows[row].name, times);

	play_all(stage, row, letter, WARM);
	CALLGRIND_ZERO_STATS;
	play_all(stage, row, letter, times);
	CALLGRIND_DUMP_STATS_AT(trigger);
	g_free(fake_milter_script(stage->ctx));
}

static void
count_rows(Stage *stage)
{
	g_auto(GStrv) wanted = options.rows != NULL ? g_strsplit(options.rows, ",", -1) : NULL;

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		if (wanted == NULL || g_strv_contains((const char *const *)wanted, rows[i].name))
			count_row(stage, i);
}

static gboolean
open_stage(Stage *stage, GError **error)
{
	LsmStore *store;

	stage->settings = lsm_settings_load(options.settings, error);
	if (stage->settings == NULL || !lsm_rule_check_settings(stage->settings, error))
		return FALSE;
	store = lsm_store_open(options.store, LSM_STORE_READ_WRITE, error);
	if (store == NULL)
		return FALSE;
	stage->service = lsm_service_new(store, stage->settings);
	stage->ctx = fake_milter_new();
	/* Two runs on one record send different mails. */
	stage->number = (guint64)g_get_real_time() << 8 & 0xFFFFFFFFFFFF;
	return TRUE;
}

int
main(int argc, char **argv)
{
	const GOptionEntry entries[] = {
		{"settings", 's', 0, G_OPTION_ARG_FILENAME, &options.settings, "of the daemon (the built-in ones)", "FILE"},
		{"rows", 'r', 0, G_OPTION_ARG_STRING, &options.rows, "what is played (all)", "NAME,NAME"},
		{"store", 0, 0, G_OPTION_ARG_STRING, &options.store, "the record (memory:)", "URI"},
		{"recipients", 0, 0, G_OPTION_ARG_INT, &options.recipients, "further recipients", "N"},
		{"fields", 0, 0, G_OPTION_ARG_INT, &options.fields, "further header fields", "N"},
		{"times", 0, 0, G_OPTION_ARG_INT, &options.times, "how often each row is played (as the table says)", "N"},
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(GOptionContext) context = g_option_context_new("- mails for callgrind");
	g_autoptr(GError) error = NULL;
	Stage stage = {NULL};

	lsm_log_open(LSM_LOG_STDERR, "count", LOG_ERR);
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error) || !open_stage(&stage, &error)) {
		fprintf(stderr, "count: %s\n", error->message);
		return 2;
	}
	count_rows(&stage);
	fake_milter_free(stage.ctx);
	lsm_service_free(stage.service);
	lsm_settings_unref(stage.settings);
	return 0;
}
