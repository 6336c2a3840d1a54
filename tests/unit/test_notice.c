/*
 * test_notice.c - who hears of which event, by which text, and who does not.
 */
#include "tests/unit/desk_fixture.h"

#include <string.h>

#include "desk/json.h"
#include "desk/notice.h"

#define ORIGINAL "From: tsb@itu.example\r\nSubject: the original\r\n\r\nIts text.\r\n"

#define OUT                                                                                                  \
	"{\"from\":[\"IPPM\"],\"to\":[\"Broadband Forum\"],\"subject\":\"STAMP\",\"login\":\"carol\","       \
	"\"approvers\":[\"ops-ads@ietf.org\",\"ad1@example.org\"],\"doors\":[\"liaisons@bbf.example\"]}"
#define IN                                                                                                   \
	"{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\"],\"subject\":\"LS on metrics\",\"purposes\":[\"action\"],"   \
	"\"deadline\":\"2026-12-04\",\"author\":\"tsb@itu.example\",\"assignee\":\"carol@example.org\","     \
	"\"doors\":[\"liaison-coordination@iab.org\"]}"
#define CONTACT "liaison-coordination@iab.org"

typedef struct {
	const char *name;
	const char *settings;
	const char *way;
	const char *before; /* private members of the case */
	LsmEventType event;
	const char *public;
	const char *private;
	const char
		*want; /* "kind:address kind:address+address", sorted; "*" behind a kind: with the original */
} NoticeCase;

static const NoticeCase notice_cases[] = {
	{"one approval of two: the others hear", NULL, "out", OUT, LSM_EVENT_APPROVED,
	 "{\"state\":\"pending\",\"door\":\"mail\"}", "{\"actor\":\"ad1@example.org\"}",
	 "approved:carol@example.org outcome:" CONTACT " outcome:ops-ads@ietf.org"},
	{"who approved by a command has read the answer; the sender hears when it is out", NULL, "out", OUT,
	 LSM_EVENT_APPROVED, "{\"state\":\"approved\",\"door\":\"command\"}",
	 "{\"actor\":\"ad1@example.org\"}", "outcome:" CONTACT " outcome:ops-ads@ietf.org"},
	{"refused", NULL, "out", OUT, LSM_EVENT_REFUSED, "{\"state\":\"refused\",\"door\":\"mail\"}",
	 "{\"actor\":\"ad1@example.org\",\"reason\":\"too early\"}",
	 "outcome:" CONTACT " outcome:ops-ads@ietf.org refused:carol@example.org"},
	{"the sender is an approver, too: one mail", NULL, "out",
	 "{\"from\":[\"IPPM\"],\"to\":[\"Broadband "
	 "Forum\"],\"login\":\"ad1\",\"approvers\":[\"AD1@example.org\"]}",
	 LSM_EVENT_CANCELLED, "{\"state\":\"cancelled\",\"door\":\"mail\"}",
	 "{\"actor\":\"bbf-manager@ietf.org\"}", "cancelled:ad1@example.org outcome:" CONTACT},
	{"replaced", NULL, "out", OUT, LSM_EVENT_REPLACED,
	 "{\"state\":\"replaced\",\"replaced_by\":\"LS-2\"}", "{\"actor\":\"carol\"}",
	 "outcome:ad1@example.org outcome:" CONTACT " outcome:ops-ads@ietf.org replaced:carol@example.org"},
	{"released, the first of several recipients", NULL, "out", OUT, LSM_EVENT_RELEASED, "{}",
	 "{\"released\":[\"liaisons@bbf.example\"]}", ""},
	{"released to the last", NULL, "out", OUT, LSM_EVENT_RELEASED, "{\"state\":\"released\"}",
	 "{\"released\":[\"liaisons@bbf.example\"]}",
	 "copy*:bbf-manager@ietf.org informed*:ippm@ietf.org+ippm-chairs@ietf.org released:carol@example.org"},
	{"released; the group had a copy", NULL, "out",
	 "{\"from\":[\"IPPM\"],\"to\":[\"Broadband Forum\"],\"login\":\"carol\","
	 "\"doors\":[\"liaisons@bbf.example\",\"IPPM@ietf.org\",\"ippm-chairs@ietf.org\"]}",
	 LSM_EVENT_RELEASED, "{\"state\":\"released\"}", "{}",
	 "copy*:bbf-manager@ietf.org released:carol@example.org"},
	{"classes are switched off", "notices = {sender}", "out", OUT, LSM_EVENT_RELEASED,
	 "{\"state\":\"released\"}", "{}", "released:carol@example.org"},
	{"the statement was not delivered", NULL, "out", OUT, LSM_EVENT_UNDELIVERED,
	 "{\"state\":\"undelivered\",\"kind\":\"release\"}",
	 "{\"recipient\":[\"liaisons@bbf.example\"],\"reason\":\"no such user\"}",
	 "undelivered:carol@example.org undelivered:" CONTACT},
	{"a mail of ours was not", NULL, "out", OUT, LSM_EVENT_UNDELIVERED, "{\"kind\":\"request\"}",
	 "{\"recipient\":[\"ad1@example.org\"],\"reason\":\"no such user\"}", "not-reached:" CONTACT},
	{"... and it was the mail about that", NULL, "out", OUT, LSM_EVENT_UNDELIVERED,
	 "{\"kind\":\"not-reached\"}", "{\"recipient\":[\"" CONTACT "\"],\"reason\":\"full\"}", ""},
	{"confirmed, with the words for its sender", NULL, "in", IN, LSM_EVENT_CONFIRMED,
	 "{\"state\":\"confirmed\",\"door\":\"mail\"}", "{\"actor\":\"" CONTACT "\"}",
	 "confirmed:itu-manager@ietf.org confirmed:" CONTACT},
	{"confirmed, and its sender is told", "acknowledge = send", "in", IN, LSM_EVENT_CONFIRMED,
	 "{\"state\":\"confirmed\",\"door\":\"command\"}", "{\"actor\":\"" CONTACT "\"}",
	 "acknowledge-action:tsb@itu.example confirmed:itu-manager@ietf.org"},
	{"confirmed, and nobody knows who sent it", "acknowledge = send", "in",
	 "{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\"],\"sender\":\"tsb@itu.example\"}", LSM_EVENT_CONFIRMED,
	 "{\"state\":\"confirmed\"}", "{}", "confirmed:itu-manager@ietf.org confirmed:" CONTACT},
	{"a mail of ours was a statement after all", NULL, "out", OUT, LSM_EVENT_CONFIRMED,
	 "{\"state\":\"passed\"}", "{\"actor\":\"carol\"}", "copy*:bbf-manager@ietf.org+" CONTACT},
	{"assigned", NULL, "in", IN, LSM_EVENT_ASSIGNED, "{\"state\":\"assigned\"}",
	 "{\"actor\":\"" CONTACT "\",\"assignee\":\"dora@example.org\"}", "assigned*:dora@example.org"},
	{"assigned to oneself by a command", NULL, "in", IN, LSM_EVENT_ASSIGNED,
	 "{\"state\":\"assigned\",\"door\":\"command\"}",
	 "{\"actor\":\"carol@example.org\",\"assignee\":\"carol@example.org\"}", ""},
	{"distributed, whatever is switched off", "notices = {}", "in", IN, LSM_EVENT_DISTRIBUTED,
	 "{\"state\":\"distributed\"}",
	 "{\"actor\":\"" CONTACT "\",\"distributed\":[\"ippm@ietf.org\",\"ippm-chairs@ietf.org\"]}",
	 "distributed*:ippm@ietf.org+ippm-chairs@ietf.org"},
	{"answered", NULL, "in", IN, LSM_EVENT_ANSWERED, "{\"state\":\"answered\"}", "{}",
	 "followed:carol@example.org followed:itu-manager@ietf.org followed:" CONTACT},
	{"action was taken", NULL, "in", IN, LSM_EVENT_ACTION_TAKEN, "{\"state\":\"action-taken\"}",
	 "{\"actor\":\"itu-manager@ietf.org\",\"comment\":\"adopted\"}",
	 "followed:carol@example.org followed:" CONTACT},
	{"closed: the manager sees that the other side hears", NULL, "in", IN, LSM_EVENT_CLOSED,
	 "{\"state\":\"closed\"}", "{\"actor\":\"carol@example.org\",\"reason\":\"for information only\"}",
	 "closed:itu-manager@ietf.org followed:" CONTACT},
	{"agreed", NULL, "around",
	 "{\"from\":[\"IPPM\"],\"to\":[\"Broadband Forum\"],\"author\":\"carol@example.org\","
	 "\"approvers\":[\"ad1@example.org\"]}",
	 LSM_EVENT_AGREED, "{\"state\":\"agreed\"}", "{\"actor\":\"ad1@example.org\"}",
	 "agreed:carol@example.org outcome:bbf-manager@ietf.org outcome:" CONTACT},
	{"disagreed", NULL, "around",
	 "{\"from\":[\"IPPM\"],\"to\":[\"Broadband Forum\"],\"author\":\"carol@example.org\"}",
	 LSM_EVENT_DISAGREED, "{\"state\":\"disagreed\"}", "{\"actor\":\"ad1@example.org\"}",
	 "disagreed:carol@example.org outcome:bbf-manager@ietf.org outcome:" CONTACT},
	{"not a statement, and it had waited", NULL, "out", OUT, LSM_EVENT_NOT_STATEMENT,
	 "{\"state\":\"not-a-statement\",\"door\":\"command\"}", "{\"actor\":\"root\"}",
	 "outcome:ad1@example.org outcome:carol@example.org outcome:" CONTACT " outcome:ops-ads@ietf.org"},
	{"not a statement, and nobody had been asked", NULL, "in", IN, LSM_EVENT_NOT_STATEMENT,
	 "{\"state\":\"not-a-statement\"}", "{}", ""},
	{"a private note", NULL, "in", IN, LSM_EVENT_NOTED, "{}", "{\"note\":\"ask Dora\"}", ""},
	{"a reminder", NULL, "in", IN, LSM_EVENT_REMINDED, "{}", "{}", ""},
	{"an informal answer", NULL, "in", IN, LSM_EVENT_INFORMED, "{}", "{}", ""},
	{"merely observed", NULL, "in", IN, LSM_EVENT_CLOSED, "{\"state\":\"closed\",\"observed\":true}",
	 "{}", ""},
	{"unverified", NULL, "around", OUT, LSM_EVENT_AGREED, "{\"state\":\"agreed\",\"unverified\":true}",
	 "{}", ""},
};

static JsonObject *
parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	JsonObject *object = lsm_json_parse(text, strlen(text), &error);

	g_assert_no_error(error);
	return object;
}

static LsmEvent *
make_event(DeskFixture *fixture, LsmEventType type, const char *public, const char *private)
{
	LsmEvent *event = lsm_event_new(type, "LS-20261121-K7Q3M", fixture->now, "test");

	json_object_unref(event->public);
	event->public = parse(public);
	event->private = parse(private);
	return event;
}

/* The case with its content, in a transaction of its own. */
static void
put_case(DeskFixture *fixture, const char *way, const char *members)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(fixture->store, NULL);
	g_autofree char *public = g_strdup_printf("{\"way\":\"%s\",\"state\":\"%s\"}", way,
						  strcmp(way, "in") == 0 ? "unconfirmed" : "pending");
	g_autoptr(LsmEvent) event = make_event(fixture, LSM_EVENT_SEEN, public, members);
	g_autoptr(LsmCase) item = lsm_case_new("LS-20261121-K7Q3M");
	g_autoptr(GBytes) mail = g_bytes_new_static(ORIGINAL, strlen(ORIGINAL));
	g_autoptr(GBytes) packed = lsm_content_compress(mail);
	g_autofree char *digest = lsm_content_digest(mail);
	g_autoptr(GError) error = NULL;

	json_object_set_string_member(event->private, "content", digest);
	lsm_content_put(txn, digest, packed, &error);
	lsm_record_event(txn, item, event, &error);
	lsm_store_commit(txn, &error);
	g_assert_no_error(error);
}

/* What lsm_act does: the event, then who is told. */
static void
tell(DeskFixture *fixture, LsmEventType type, const char *public, const char *private)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(fixture->store, NULL);
	g_autoptr(LsmCase) item = NULL;
	g_autoptr(LsmEvent) event = make_event(fixture, type, public, private);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(lsm_case_get(txn, "LS-20261121-K7Q3M", &item, &error), ==, LSM_FOUND);
	lsm_record_event(txn, item, event, &error);
	lsm_notice_put(fixture->service, txn, item, event, NULL, &error);
	lsm_store_commit(txn, &error);
	g_assert_no_error(error);
}

static GBytes *
mail_of(DeskFixture *fixture, const LsmOutboxEntry *entry)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	GBytes *mail = NULL;

	g_assert_cmpint(lsm_content_get(txn, entry->content, &mail, NULL), ==, LSM_FOUND);
	return mail;
}

/* The text of the only mail of this kind; "" when there is none. Caller frees. */
static char *
text_of(DeskFixture *fixture, const char *kind)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, NULL, NULL);

	for (guint i = 0; i < entries->len; i++) {
		const LsmOutboxEntry *entry = entries->pdata[i];
		g_autoptr(GBytes) mail = NULL;

		if (strcmp(entry->kind, kind) != 0)
			continue;
		mail = mail_of(fixture, entry);
		return g_strndup(g_bytes_get_data(mail, NULL), g_bytes_get_size(mail));
	}
	return g_strdup("");
}

static int
compare_words(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static gboolean
has_original(DeskFixture *fixture, const LsmOutboxEntry *entry)
{
	g_autoptr(GBytes) mail = mail_of(fixture, entry);

	return g_strstr_len(g_bytes_get_data(mail, NULL), (gssize)g_bytes_get_size(mail),
			    "Subject: the original") != NULL;
}

static char *
outbox_words(DeskFixture *fixture)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, NULL, NULL);
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < entries->len; i++) {
		const LsmOutboxEntry *entry = entries->pdata[i];
		g_autofree char *to = g_strjoinv("+", entry->recipients);

		g_assert_cmpstr(entry->state, ==, "due");
		g_assert_cmpstr(entry->sender, ==, "");
		g_ptr_array_add(words, g_strdup_printf("%s%s:%s", entry->kind,
						       has_original(fixture, entry) ? "*" : "", to));
	}
	g_ptr_array_sort(words, compare_words);
	g_ptr_array_add(words, NULL);
	return g_strjoinv(" ", (char **)words->pdata);
}

static void
test_table(gconstpointer data)
{
	const NoticeCase *row = data;
	DeskFixture *fixture = desk_fixture_new(row->settings, NULL);

	put_case(fixture, row->way, row->before);
	tell(fixture, row->event, row->public, row->private);
	assert_text(outbox_words(fixture), row->want);
	desk_fixture_free(fixture);
}

/* An acknowledgement is per statement: a second confirmation corrects, and tells its sender nothing. */
static void
test_acknowledged_once(void)
{
	static const char *const settings[] = {"acknowledge = send", "acknowledge = draft"};

	for (guint i = 0; i < G_N_ELEMENTS(settings); i++) {
		DeskFixture *fixture = desk_fixture_new(settings[i], NULL);
		g_autoptr(LsmCase) item = NULL;
		g_autofree char *first = NULL;
		g_autofree char *all = NULL;

		put_case(fixture, "in", IN);
		tell(fixture, LSM_EVENT_CONFIRMED, "{\"state\":\"confirmed\"}", "{}");
		first = outbox_words(fixture);
		tell(fixture, LSM_EVENT_CONFIRMED, "{\"state\":\"confirmed\"}",
		     "{\"deadline\":\"2026-12-05\"}");
		all = outbox_words(fixture);
		g_assert_cmpint(strstr(all, "acknowledge-") != NULL, ==, i == 0);
		g_assert_true(strstr(all, "acknowledge-") == NULL ||
			      strstr(strstr(all, "acknowledge-") + 1, "acknowledge-") == NULL);
		assert_text(desk_fixture_events(fixture), "seen confirmed acknowledged confirmed");
		item = desk_fixture_case(fixture, "LS-20261121-K7Q3M");
		g_assert_cmpstr(item->told[0], ==, "acknowledged");
		g_assert_cmpuint(item->positions->len, ==, 4);
		desk_fixture_free(fixture);
	}
}

static const struct {
	const char *name;
	const char *settings;
	const char *before;
	const char *kind;
	const char *want; /* each stands in the mail; separated by | */
	const char *never;
} word_cases[] = {
	{"action", "acknowledge = send", IN, "acknowledge-action",
	 "has no position|by 2026-12-04|LS-20261121-K7Q3M|To: tsb@itu.example|Auto-Submitted: auto-generated",
	 "{{"},
	{"information", "acknowledge = send",
	 "{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\"],\"purposes\":[\"information\"],\"author\":\"tsb@itu."
	 "example\"}",
	 "acknowledge-information", "has no position|Received: ", "deadline"},
	{"research", "acknowledge = send",
	 "{\"from\":[\"ITU-T\"],\"to\":[\"IRTF\"],\"purposes\":[\"action\"],\"author\":\"tsb@itu.example\"}",
	 "acknowledge-research", "research groups do not make standards|no position", "{{"},
	{"the draft", NULL, IN, "confirmed",
	 "has not been written to (tsb@itu.example)|\r\nSubject: Received, for action:|no position",
	 "It did not come"},
	{"the draft for what came by a roundabout way", NULL,
	 "{\"from\":[\"ITU-T\"],\"to\":[\"IPPM\"],\"author\":\"tsb@itu.example\",\"doors\":[\"carol@example."
	 "org\"]}",
	 "confirmed", "It did not come to the liaison contact|sent to carol@example.org|go through them",
	 "{{"},
	{"no draft", "acknowledge = off", IN, "confirmed", "Confirmed: LS on metrics", "written to"},
};

static void
test_words(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(word_cases); i++) {
		DeskFixture *fixture = desk_fixture_new(word_cases[i].settings, NULL);
		g_auto(GStrv) wants = g_strsplit(word_cases[i].want, "|", -1);
		g_autofree char *text = NULL;

		g_test_message("%s", word_cases[i].name);
		put_case(fixture, "in", word_cases[i].before);
		tell(fixture, LSM_EVENT_CONFIRMED, "{\"state\":\"confirmed\"}",
		     "{\"actor\":\"dora@example.org\"}");
		text = text_of(fixture, word_cases[i].kind);
		for (guint k = 0; wants[k] != NULL; k++) {
			if (strstr(text, wants[k]) == NULL)
				g_test_message("no \"%s\" in %s", wants[k], text);
			g_assert_nonnull(strstr(text, wants[k]));
		}
		g_assert_null(strstr(text, word_cases[i].never));
		desk_fixture_free(fixture);
	}
}

/* Every text of a notice fills its keys, names the reference and keeps to the width. */
static void
check_text(const char *name, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
	gboolean in_body = FALSE;

	g_assert_null(strstr(text, "{{"));
	g_assert_null(strstr(text, "\r\n\r\n\r\n"));
	g_assert_null(strstr(text, "(null)"));
	for (guint i = 0; lines[i] != NULL; i++) {
		in_body |= *lines[i] == '\0';
		if (in_body && g_utf8_strlen(lines[i], -1) > 76)
			g_test_message("%s: %s", name, lines[i]);
		g_assert_true(!in_body || g_utf8_strlen(lines[i], -1) <= 76);
	}
	g_assert_nonnull(strstr(text, "LS-20261121-K7Q3M"));
}

static void
test_all_texts(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(notice_cases); i++) {
		const NoticeCase *row = &notice_cases[i];
		DeskFixture *fixture = desk_fixture_new(row->settings, NULL);
		g_autoptr(LsmStoreTxn) txn = NULL;
		g_autoptr(GPtrArray) entries = NULL;

		put_case(fixture, row->way, row->before);
		tell(fixture, row->event, row->public, row->private);
		txn = lsm_store_begin_read(fixture->store, NULL);
		entries = lsm_outbox_list(txn, NULL, NULL);
		for (guint k = 0; k < entries->len; k++) {
			const LsmOutboxEntry *entry = entries->pdata[k];
			g_autoptr(GBytes) mail = mail_of(fixture, entry);
			g_autofree char *text =
				g_strndup(g_bytes_get_data(mail, NULL), g_bytes_get_size(mail));

			check_text(entry->kind, text);
		}
		g_clear_pointer(&txn, lsm_store_txn_free);
		desk_fixture_free(fixture);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	for (guint i = 0; i < G_N_ELEMENTS(notice_cases); i++) {
		g_autofree char *path = g_strdup_printf("/notice/table/%s", notice_cases[i].name);
		g_test_add_data_func(path, &notice_cases[i], test_table);
	}
	g_test_add_func("/notice/acknowledged-once", test_acknowledged_once);
	g_test_add_func("/notice/words", test_words);
	g_test_add_func("/notice/all-texts", test_all_texts);
	return g_test_run();
}
