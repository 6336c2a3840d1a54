/*
 * test_bounce_mail.c - what comes back to the address of a released statement: reports that count, reports that somebody
 * made up, and programs that never end.
 */
#include "tests/unit/reply_stage.h"

#define REPORT(recipient, action, status)                                                                    \
	"From: MAILER-DAEMON@mx.bbf.example\nTo: desk@ietf.org\nSubject: Undelivered Mail\n"                  \
	"Message-ID: <b1@mx.bbf.example>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\nContent-Type: "    \
	"multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\nYour " \
	"mail:\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.bbf.example\n\n"       \
	"Final-Recipient: rfc822; " recipient "\nAction: " action "\nStatus: " status                         \
	"\nDiagnostic-Code: smtp; 550 no such\n user here\n\n--b--\n"

/* Where bounces of a statement's release go, as it stands in the outbox after its approval; caller frees. */
static char *
bounce_address(DeskFixture *fixture, const char *id)
{
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_read(fixture->store, NULL);
	g_autoptr(GPtrArray) entries = lsm_outbox_list(txn, id, NULL);

	for (guint i = 0; i < entries->len; i++) {
		const LsmOutboxEntry *entry = g_ptr_array_index(entries, i);

		if (strcmp(entry->kind, "release") == 0)
			return g_strdup_printf("<%s>", entry->sender);
	}
	g_assert_not_reached();
}

static void
set_released(DeskFixture *fixture, const char *id)
{
	desk_fixture_event(fixture, id, LSM_EVENT_RELEASED, "{\"state\":\"released\"}",
			   "{\"released\":[\"" BBF "\"]}");
}

/* An approved statement that went out; its id, and where its bounces go. Caller frees both. */
static char *
send_out(DeskFixture *fixture, char **address_out)
{
	char *id = send_statement(fixture, BBF);

	answer(fixture, &approve, "a1", id);
	*address_out = bounce_address(fixture, id);
	set_released(fixture, id);
	return id;
}

static void
test_bounces(void)
{
	static const struct {
		const char *name, *mail, *want_state, *want_events;
	} rows[] = {
		{"failed", REPORT(BBF, "failed", "5.1.1"), "undelivered", "undelivered"},
		{"delivered", REPORT(BBF, "delivered", "2.0.0"), "delivered", "delivered"},
		{"relayed", REPORT(BBF, "relayed", "2.0.0"), "delivered", "delivered"},
		{"delayed", REPORT(BBF, "delayed", "4.4.1"), "released", ""},
		{"of somebody else", REPORT("x@evil.example", "failed", "5.1.1"), "released", ""},
		{"no report", "From: x@bbf.example\nSubject: x\nMessage-ID: <b2@x.example>\n\nx\n", "released",
		 "answer-ignored"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		DeskFixture *fixture = desk_fixture_new(SETTINGS, NULL);
		g_autofree char *to = NULL;
		g_autofree char *id = send_out(fixture, &to);
		g_autoptr(LsmCase) item = NULL;
		g_autofree char *events = NULL;
		static const Row bounce = {"", NULL, .from = "", .sender = ""};
		Before before;

		before = look(fixture);
		g_test_message("%s", rows[i].name);
		g_assert_cmpint(hand_in(fixture, &bounce, to, rows[i].mail, FALSE, NULL), ==, LSM_HANDED_TAKEN);
		item = desk_fixture_case(fixture, id);
		events = events_since(fixture, &before);
		g_assert_cmpstr(lsm_state_row(item->state)->word, ==, rows[i].want_state);
		g_assert_cmpstr(events, ==, rows[i].want_events);
		desk_fixture_free(fixture);
	}
}

/* A right address with its part behind the id changed; caller frees. */
static char *
false_address(const char *right, const char *id, guint how)
{
	g_autofree char *plain = g_strdup_printf("<desk+r-%s@ietf.org>", id);
	g_autofree char *other = g_strdup_printf("<desk+r-%s-aaaaaaaaaaaa@ietf.org>", id);
	char *text = g_strdup(how == 0 ? plain : how == 1 ? other : right);
	char *at = strchr(text, '@');

	if (how == 2)
		at[-1] = at[-1] == 'a' ? 'b' : 'a';
	else if (how == 3)
		memmove(at - 1, at, strlen(at) + 1);
	return text;
}

/* Who only knows, or guesses, the id of a statement makes the record say nothing about it. */
static void
test_false_bounces(void)
{
	static const char *const names[] = {"without a tag", "an invented tag", "one letter wrong", "one letter less"};
	static const Row bounce = {"", NULL, .from = "", .sender = ""};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		DeskFixture *fixture = desk_fixture_new(SETTINGS, NULL);
		g_autofree char *right = NULL;
		g_autofree char *id = send_out(fixture, &right);
		g_autofree char *to = false_address(right, id, i);
		g_autofree char *events = NULL;
		g_autofree char *log = NULL;
		g_autoptr(LsmCase) item = NULL;
		Before before = look(fixture);

		g_test_message("%s: %s", names[i], to);
		g_assert_cmpint(hand_in(fixture, &bounce, to, REPORT(BBF, "failed", "5.1.1"), FALSE, NULL), ==,
				LSM_HANDED_NOT_OURS);
		item = desk_fixture_case(fixture, id);
		events = events_since(fixture, &before);
		g_assert_cmpstr(lsm_state_row(item->state)->word, ==, "released");
		g_assert_cmpstr(events, ==, "");
		log = lsm_log_captured();
		g_assert_nonnull(strstr(log, "outcome=false-bounce"));
		desk_fixture_free(fixture);
	}
}

/* The tag of one statement is worth nothing at another; and relays may fold its letters. */
static void
test_bounce_of_another(void)
{
	static const Row bounce = {"", NULL, .from = "", .sender = ""};
	DeskFixture *fixture = desk_fixture_new(SETTINGS, NULL);
	g_autofree char *address = NULL;
	g_autofree char *id = send_out(fixture, &address);
	g_autofree char *other = g_strdup(address);
	g_autofree char *loud = g_ascii_strup(address, -1);
	char *letters = strstr(other, id) + strlen("LS-20261121-");

	desk_fixture_event(fixture, "LS-20261121-OTHER", LSM_EVENT_RELEASED, "{\"state\":\"released\"}",
			   "{\"released\":[\"" BBF "\"]}");
	memcpy(letters, "OTHER", 5);
	g_assert_cmpint(hand_in(fixture, &bounce, other, REPORT(BBF, "failed", "5.1.1"), FALSE, NULL), ==,
			LSM_HANDED_NOT_OURS);
	g_assert_cmpint(hand_in(fixture, &bounce, loud, REPORT(BBF, "failed", "5.1.1"), FALSE, NULL), ==,
			LSM_HANDED_TAKEN);
	assert_text(desk_fixture_cases(fixture), "(null):released out:undelivered");
	desk_fixture_free(fixture);
}

/* The address of a case shows in each mail that was released: what programs write to it fills no log. */
static void
test_flood(void)
{
	static const Row bounce = {"", NULL, .from = "", .sender = ""};
	static const struct {
		const char *name, *format;
		guint most; /* events */
	} rows[] = {
		{"no report", "From: x@bbf.example\nSubject: x\nMessage-ID: <n%u@x.example>\n\nx\n", 20},
		{"delivered", "X-Number: %u\n" REPORT(BBF, "delivered", "2.0.0"), 10},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		DeskFixture *fixture = desk_fixture_new(SETTINGS, NULL);
		g_autofree char *to = NULL;
		g_autofree char *id = send_out(fixture, &to);
		Before before;

		before = look(fixture);
		g_test_message("%s", rows[i].name);
		for (guint k = 0; k < 60; k++) {
			g_autofree char *number = g_strdup_printf("%u", k);
			g_auto(GStrv) parts = g_strsplit(rows[i].format, "%u", 2);
			g_autofree char *mail = g_strjoinv(number, parts);

			g_assert_cmpint(hand_in(fixture, &bounce, to, mail, FALSE, NULL), ==, LSM_HANDED_TAKEN);
		}
		g_assert_cmpuint(desk_fixture_event_count(fixture) - before.events, <=, rows[i].most);
		g_assert_cmpuint(desk_fixture_event_count(fixture) - before.events, >, 0);
		desk_fixture_free(fixture);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/bounce-mail/reports", test_bounces);
	g_test_add_func("/bounce-mail/false-bounces", test_false_bounces);
	g_test_add_func("/bounce-mail/bounce-of-another", test_bounce_of_another);
	g_test_add_func("/bounce-mail/flood", test_flood);
	return g_test_run();
}
