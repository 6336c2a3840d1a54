/*
 * reply_stage.h - the house around test_desk_mail.c and test_bounce_mail.c: mails to the desk, handed in as the gate does, and what came
 * of them. Include it once a program.
 */
#ifndef LSM_TESTS_REPLY_STAGE_H
#define LSM_TESTS_REPLY_STAGE_H

#include <string.h>

#include "conf/log.h"
#include "desk/hand_in.h"
#include "desk/token.h"
#include "store/content.h"
#include "store/json.h"
#include "tests/unit/desk_fixture.h"

#define SETTINGS "desk-address = desk@ietf.org\nauthserv-ids = {mx.ietf.org}\n"
#define DAY (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define AD1 "ad1@example.org"

/* --- mails --- */

typedef struct {
	const char *name;
	const char *settings; /* added to SETTINGS, or NULL */
	const char *login, *from;
	const char *proof;   /* Authentication-Results, or NULL */
	const char *sender;  /* envelope; NULL: from */
	const char *token_of; /* whose token it goes to: address; NULL: the desk's plain address */
	const char *fields;  /* further header fields, or NULL */
	const char *to;      /* of the header; NULL: the desk */
	const char *date;    /* NULL: now */
	const char *subject; /* "%s" becomes the statement's letters; NULL: one with them */
	const char *text;
	const char *want;        /* "taken" or "not" */
	const char *want_state;  /* of the case */
	const char *want_events; /* new ones */
	const char *want_mails;  /* new outbox entries: "kind:first recipient", sorted */
} Row;

/* What an approver's or coordinator's proof looks like. */
#define LOGIN .login = "ad1", .from = AD1
#define SIGNED(address)                                                                                      \
	.from = address, .proof = "mx.ietf.org; dkim=pass header.d=example.org"
#define TO_AD1 .token_of = AD1

static char *
letters_in(DeskFixture *fixture, const LsmOutboxEntry *entry, LsmStoreTxn *txn)
{
	g_autoptr(GBytes) mail = NULL;
	const char *text, *at;

	g_assert_cmpint(lsm_content_get(txn, entry->content, &mail, NULL), ==, LSM_FOUND);
	text = g_bytes_get_data(mail, NULL);
	at = g_strstr_len(text, (gssize)g_bytes_get_size(mail), "desk+");
	(void)fixture;
	return at == NULL ? NULL : g_strndup(at + strlen("desk+"), LSM_TOKEN_LETTERS);
}

/* The token in the last mail to that address that has one. */
static char *
token_for(DeskFixture *fixture, const char *address)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, NULL, NULL);
	char *letters = NULL;

	for (guint i = entries->len; i > 0 && letters == NULL; i--) {
		const LsmOutboxEntry *entry = g_ptr_array_index(entries, i - 1);
		if (strcmp(entry->recipients[0], address) == 0)
			letters = letters_in(fixture, entry, txn);
	}
	g_assert_nonnull(letters);
	return letters;
}

/* Hands one mail in as the gate does. others: one recipient beside the desk. */
static LsmHanded
hand_in(DeskFixture *fixture, const Row *row, const char *to, const char *mail, gboolean others, GError **error)
{
	g_autoptr(LsmEnvelope) envelope = lsm_envelope_new(row->sender == NULL ? row->from : row->sender);
	g_autoptr(LsmEnvelope) to_desk = lsm_envelope_new("");
	g_autoptr(LsmCollector) collector = lsm_collector_new(fixture->settings);
	g_autoptr(LsmMessage) message = NULL;

	lsm_envelope_add_recipient(to_desk, to);
	if (others)
		lsm_envelope_add_recipient(envelope, "<ippm-chairs@ietf.org>");
	envelope->login = g_strdup(row->login);
	lsm_collector_add_mail(collector, mail, strlen(mail));
	message = lsm_message_parse(collector, fixture->settings);
	return lsm_hand_in(message, envelope, to_desk->recipients, fixture->settings, fixture->desk, error);
}

static char *
mail_text(const Row *row, const char *message_id, const char *case_id)
{
	const char *letters = strrchr(case_id, '-') + 1;
	g_autofree char *subject = row->subject == NULL ? g_strdup_printf("Re: Approve? [%s]", letters)
							 : g_strdup(row->subject);
	g_autofree char *proof =
		row->proof == NULL ? g_strdup("") : g_strdup_printf("Authentication-Results: %s\n", row->proof);

	return g_strdup_printf("%sFrom: <%s>\nTo: <%s>\nSubject: %s\nMessage-ID: <%s@example.org>\n"
			       "Date: %s\n%s\n%s",
			       proof, row->from, row->to == NULL ? "desk@ietf.org" : row->to, subject, message_id,
			       row->date == NULL ? "Sat, 21 Nov 2026 12:00:00 +0000" : row->date,
			       row->fields == NULL ? "" : row->fields, row->text);
}

/* --- what came of it --- */

typedef struct {
	guint64 events;
	guint64 entries; /* highest id in the outbox */
} Before;

static guint64
last_entry(DeskFixture *fixture)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, NULL, NULL);

	return entries->len == 0 ? 0 : ((LsmOutboxEntry *)g_ptr_array_index(entries, entries->len - 1))->id;
}

static Before
look(DeskFixture *fixture)
{
	return (Before){desk_fixture_event_count(fixture), last_entry(fixture)};
}

static gboolean
add_word(const LsmEvent *event, gpointer text)
{
	g_string_append_printf(text, "%s%s", ((GString *)text)->len > 0 ? " " : "", lsm_event_type_name(event->type));
	return TRUE;
}

static char *
events_since(DeskFixture *fixture, const Before *before)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	GString *text = g_string_new(NULL);

	lsm_log_scan(txn, before->events, LSM_SCAN_FORWARD, add_word, text, NULL);
	return g_string_free(text, FALSE);
}

static int
compare_words(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Answers to the replier, requests and releases; who else is told is test_notice.c's. */
static char *
mails_since(DeskFixture *fixture, const Before *before)
{
	static const char *const kinds[] = {"help",    "already", "answer-done", "answer-refused", "answer-unproved",
					    "request", "release", NULL};
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, NULL, NULL);
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < entries->len; i++) {
		const LsmOutboxEntry *entry = g_ptr_array_index(entries, i);

		if (entry->id > before->entries && g_strv_contains(kinds, entry->kind))
			g_ptr_array_add(words, g_strdup_printf("%s:%s", entry->kind, entry->recipients[0]));
	}
	g_ptr_array_sort(words, compare_words);
	g_ptr_array_add(words, NULL);
	return g_strjoinv(" ", (char **)words->pdata);
}

static void
check(DeskFixture *fixture, const Row *row, const Before *before, LsmHanded handed, const char *case_id)
{
	g_autoptr(LsmCase) item = desk_fixture_case(fixture, case_id);
	g_autofree char *events = events_since(fixture, before);
	g_autofree char *mails = mails_since(fixture, before);

	g_test_message("%s", row->name);
	g_assert_cmpstr(handed == LSM_HANDED_TAKEN      ? "taken"
			: handed == LSM_HANDED_NOT_OURS ? "not"
							: "failed",
			==, row->want);
	g_assert_cmpstr(lsm_state_row(item->state)->word, ==, row->want_state);
	g_assert_cmpstr(events, ==, row->want_events);
	g_assert_cmpstr(mails, ==, row->want_mails);
}

/* --- a statement, and its answer --- */

static char *
send_statement(DeskFixture *fixture, const char *recipients)
{
	const TestMail statement = {CAROL, .recipients = recipients, .mail = STATEMENT("s1")};
	TestPassage passage = desk_fixture_pass_and_take(fixture, &statement);
	char *id = g_strdup(passage.decision->case_id);

	test_passage_clear(&passage);
	return id;
}

static char *
address_for(DeskFixture *fixture, const Row *row)
{
	g_autofree char *letters = row->token_of == NULL ? NULL : token_for(fixture, row->token_of);

	return letters == NULL ? g_strdup("<desk@ietf.org>") : g_strdup_printf("<desk+%s@ietf.org>", letters);
}

static void
answer(DeskFixture *fixture, const Row *row, const char *message_id, const char *case_id)
{
	g_autofree char *to = address_for(fixture, row);
	g_autofree char *mail = mail_text(row, message_id, case_id);
	g_autoptr(GError) error = NULL;
	Before before = look(fixture);
	LsmHanded handed = hand_in(fixture, row, to, mail, FALSE, &error);

	g_assert_no_error(error);
	check(fixture, row, &before, handed, case_id);
}

#define APPROVED_MAILS "answer-done:" AD1 " release:" BBF
static const Row approve = {"first", NULL, LOGIN, TO_AD1, .text = "approve\n", .want = "taken",
			    .want_state = "approved", .want_events = "approved", .want_mails = APPROVED_MAILS};

#endif
