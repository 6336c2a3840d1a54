/*
 * session_stage.h - the house around test_session.c: everything that is not the milter's edge, as a stage.
 *
 * The judgement (linked instead of desk/decide.c) does what the test writes into `stage`; the desk writes
 * down what it hears; House is one gate with one connection, and the play_* functions are the mail server.
 * Settings, directory, screening and collecting are the real ones. Include it once a program.
 */
#ifndef LSM_TESTS_LIB_SESSION_STAGE_H
#define LSM_TESTS_LIB_SESSION_STAGE_H

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <string.h>

#include "conf/error.h"
#include "conf/log.h"
#include "desk/decide.h"
#include "desk/json.h"
#include "milter/callbacks.h"
#include "tests/lib/fake_milter.h"

/* --- the stage of the judgement: linked instead of desk/decide.c --- */

static struct {
	const char *plan;    /* see make_plan() */
	gboolean known_copy; /* lsm_decide_list_copy() */
	gboolean owed;       /* lsm_decide_is_ours() */
	gboolean doubt;      /* ... or its error */
	gboolean takes;      /* the desk takes what is handed to it */
	char *envelope;      /* what the last judged mail came with */
	int judged;
} stage;

/*
 * Words of a plan: accept reject tempfail discard, then "+<a@b>" and "-<a@b>" recipients, "name=value"
 * header fields to add, "name#2" to remove, "!text" reply lines; separated by ";".
 */
static LsmPlan *
make_plan(const char *words)
{
	static const char *const replies[] = {"accept", "reject", "tempfail", "discard", NULL};
	g_auto(GStrv) word = g_strsplit(words, ";", -1);
	g_autoptr(GStrvBuilder) lines = g_strv_builder_new();
	LsmPlan *plan = lsm_plan_new(LSM_REPLY_ACCEPT);

	while (!g_str_equal(word[0], replies[plan->reply]))
		plan->reply++;
	for (guint i = 1; word[i] != NULL; i++) {
		char *mark = word[i] + strcspn(word[i], "=#");
		LsmHeaderEdit *edit;

		if (word[i][0] == '+' || word[i][0] == '-') {
			g_ptr_array_add(word[i][0] == '+' ? plan->add_recipients : plan->remove_recipients,
					g_strdup(word[i] + 1));
		} else if (word[i][0] == '!') {
			g_strv_builder_add(lines, word[i] + 1);
		} else {
			edit = g_new0(LsmHeaderEdit, 1);
			edit->name = g_strndup(word[i], (gsize)(mark - word[i]));
			edit->value = *mark == '=' ? g_strdup(mark + 1) : NULL;
			edit->index = *mark == '#' ? atoi(mark + 1) : 0;
			g_ptr_array_add(*mark == '=' ? plan->add_headers : plan->remove_headers, edit);
		}
	}
	plan->reply_lines = g_strv_builder_end(lines);
	plan->reply_code = plan->reply == LSM_REPLY_REJECT ? "550" : "451";
	plan->reply_status = plan->reply == LSM_REPLY_REJECT ? "5.6.0" : "4.3.0";
	return plan;
}

static char *
print_envelope(const LsmEnvelope *envelope)
{
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "from=%s", envelope->sender);
	for (guint i = 0; i < envelope->recipients->len; i++)
		g_string_append_printf(text, " to=%s", lsm_envelope_recipient(envelope, i)->argument);
	g_string_append_printf(text, " client=%s login=%s daemon=%s id=%s%s", envelope->client_address,
			       envelope->login, envelope->daemon_name, envelope->queue_id,
			       envelope->by_command ? " command" : "");
	return g_string_free(text, FALSE);
}

LsmDecision *
lsm_decide(const LsmMessage *message, const LsmEnvelope *envelope, const LsmSettings *settings, LsmDesk *desk,
	   gint64 now)
{
	LsmDecision *decision = g_new0(LsmDecision, 1);

	(void)settings;
	(void)desk;
	g_assert_nonnull(message);
	g_assert_cmpint(now, >, G_USEC_PER_SEC);
	g_free(stage.envelope);
	stage.envelope = print_envelope(envelope);
	stage.judged++;
	decision->recognition = g_new0(LsmRecognition, 1);
	decision->verdict = g_new0(LsmVerdict, 1);
	decision->verdict->findings = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(decision->verdict->findings, g_new0(LsmFinding, 1));
	((LsmFinding *)g_ptr_array_index(decision->verdict->findings, 0))->rule =
		lsm_rule_find("purpose.missing");
	decision->verdict->effect = LSM_EFFECT_NOTE;
	decision->verdict->would = LSM_EFFECT_REJECT;
	decision->verdict->limited = "uncertain";
	decision->plan = make_plan(stage.plan);
	decision->case_id = g_strdup("LS-20261121-K7Q3M");
	decision->ticket = g_strdup("ticket-1");
	return decision;
}

/* The late journal's, which no session asks: here so that decide.h is covered as a whole. */
LsmDecision *
lsm_decide_recorded(const LsmMessage *message, const LsmEnvelope *envelope, const LsmSettings *settings,
		    LsmDesk *desk, gint64 now, GError **error)
{
	(void)error;
	return lsm_decide(message, envelope, settings, desk, now);
}

void
lsm_decision_free(LsmDecision *decision)
{
	if (decision == NULL)
		return;
	g_ptr_array_unref(decision->verdict->findings);
	g_free(decision->verdict);
	g_free(decision->recognition);
	lsm_plan_free(decision->plan);
	g_free(decision->case_id);
	g_free(decision->ticket);
	g_free(decision);
}

gboolean
lsm_decide_list_copy(const LsmCollector *collector, const LsmEnvelope *envelope, LsmDesk *desk)
{
	(void)envelope;
	(void)desk;
	return stage.known_copy && lsm_collector_field(collector, "List-Id") != NULL;
}

gboolean
lsm_decide_is_ours(const LsmMessage *message, const LsmEnvelope *envelope, LsmDesk *desk, GError **error)
{
	(void)message;
	(void)envelope;
	(void)desk;
	if (stage.doubt)
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "the desk is away");
	return stage.owed && !stage.doubt;
}

/* --- the stage of the desk --- */

typedef struct {
	LsmDesk desk;
	GMutex lock;
	GString *heard; /* "taken ticket-1 ticket-2;" */
	gboolean is_away;
} StageDesk;

static gboolean
stage_desk_call(LsmDesk *desk, const char *operation, JsonObject *args, GBytes *content,
		JsonObject **answer_out, GError **error)
{
	StageDesk *self = (StageDesk *)desk;
	g_auto(GStrv) tickets = lsm_json_get_list(args, "tickets");
	g_autofree char *told = tickets[0] == NULL ? g_strdup(lsm_json_get(args, "ticket", ""))
						   : g_strjoinv(" ", tickets);

	(void)content;
	g_mutex_lock(&self->lock);
	g_string_append_printf(self->heard, "%s %s;", operation, told);
	g_mutex_unlock(&self->lock);
	if (self->is_away) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY, "nobody there");
		return FALSE;
	}
	*answer_out = json_object_new();
	if (stage.takes)
		json_object_set_boolean_member(*answer_out, "taken", TRUE);
	return TRUE;
}

static void
stage_desk_free(LsmDesk *desk)
{
	(void)desk;
}

static const LsmDeskClass stage_desk_class = {.call = stage_desk_call, .free = stage_desk_free};

/* --- a house with one gate and one connection --- */

typedef struct {
	char *folder;
	char *settings_path;
	StageDesk desk;
	LsmGate *gate;
	const struct smfiDesc *filter;
	SMFICTX *ctx;
} House;

static const char directory_text[] =
	"home \"IETF\" {\n"
	"  domains = {\"ietf.org\", \"iab.org\"}\n"
	"  liaison-contact = \"liaison-coordination@iab.org\"\n"
	"  body \"IETF\" { level = organization approvers = {\"chair@ietf.org\"} }\n"
	"  area \"ops\" { name = \"Operations and Management\" directors = {\"ops-ads@ietf.org\"} }\n"
	"  group \"ippm\" { area = \"ops\" chairs = {\"ippm-chairs@ietf.org\"} list = \"ippm@ietf.org\" }\n"
	"}\n"
	"organization \"Broadband Forum\" { domains = {\"bbf.example\"} send-to = {\"liaisons@bbf.example\"} "
	"}\n";

static const char settings_text[] = "mode = enforce\n"
				    "directory = \"directory.conf\"\n"
				    "list-managers = {\"192.0.2.9\"}\n";

static void
write_file(const House *house, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(house->folder, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
open_house(House *house, const char *settings)
{
	g_autoptr(LsmSettings) loaded = NULL;
	GError *error = NULL;

	memset(house, 0, sizeof *house);
	lsm_log_open(LSM_LOG_CAPTURE, "test", LOG_DEBUG);
	house->folder = g_dir_make_tmp("session-XXXXXX", NULL);
	house->settings_path = g_build_filename(house->folder, "liaison-milter.conf", NULL);
	write_file(house, "directory.conf", directory_text);
	write_file(house, "liaison-milter.conf", settings);
	loaded = lsm_settings_load(house->settings_path, &error);
	g_assert_no_error(error);
	house->desk.desk.class = &stage_desk_class;
	house->desk.heard = g_string_new(NULL);
	house->gate = lsm_gate_new(house->settings_path, loaded, &house->desk.desk);
	g_assert_true(lsm_callbacks_register(house->gate));
	house->filter = fake_milter_filter();
	house->ctx = fake_milter_new();
	memset(&stage, 0, sizeof stage);
	stage.plan = "accept";
}

static void
close_house(House *house)
{
	g_autofree char *directory = g_build_filename(house->folder, "directory.conf", NULL);

	house->filter->xxfi_close(house->ctx);
	fake_milter_free(house->ctx);
	lsm_gate_free(house->gate);
	g_string_free(house->desk.heard, TRUE);
	g_free(lsm_log_captured());
	g_clear_pointer(&stage.envelope, g_free);
	g_remove(directory);
	g_remove(house->settings_path);
	g_rmdir(house->folder);
	g_free(house->settings_path);
	g_free(house->folder);
}

static void
play_connect(House *house, const char *address, int port)
{
	struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	inet_pton(AF_INET, address, &peer.sin_addr);
	g_assert_cmpint(house->filter->xxfi_connect(house->ctx, (char *)"localhost", (_SOCK_ADDR *)&peer), ==,
			SMFIS_NOREPLY);
}

static void
play_envelope(House *house, const char *sender, const char *recipient)
{
	char *from[] = {(char *)sender, NULL}, *to[] = {(char *)recipient, NULL};

	g_assert_cmpint(house->filter->xxfi_envfrom(house->ctx, from), ==, SMFIS_NOREPLY);
	g_assert_cmpint(house->filter->xxfi_envrcpt(house->ctx, to), ==, SMFIS_NOREPLY);
}

/* "Name: value" fields, separated by "\n". */
static int
play_header(House *house, const char *header)
{
	g_auto(GStrv) lines = g_strsplit(header, "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++) {
		char *colon = strchr(lines[i], ':');

		*colon = '\0';
		g_assert_cmpint(house->filter->xxfi_header(house->ctx, lines[i], colon + 1), ==,
				SMFIS_NOREPLY);
	}
	return house->filter->xxfi_eoh(house->ctx);
}

static int
play_body(House *house, const char *chunk)
{
	return house->filter->xxfi_body(house->ctx, (unsigned char *)chunk, strlen(chunk));
}

#define STATEMENT "From: Chair <chair1@example.org>\nTo: liaisons@bbf.example\nSubject: LS on STAMP"
#define ORDINARY "From: a@example.org\nSubject: lunch"

/* A statement to its end; the answer to it. */
static int
play_statement(House *house)
{
	play_envelope(house, "<chair1@example.org>", "<Liaisons@BBF.example>");
	fake_milter_set_macro(house->ctx, "i", "4Cxyz");
	g_assert_cmpint(play_header(house, STATEMENT), ==, SMFIS_CONTINUE);
	g_assert_cmpint(play_body(house, "text\r\n"), ==, SMFIS_CONTINUE);
	return house->filter->xxfi_eom(house->ctx);
}

#endif
