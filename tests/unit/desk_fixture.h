/*
 * desk_fixture.h - a desk on a memory store, a small directory, a clock of its own, and mails in one call.
 */
#ifndef LSM_TESTS_DESK_FIXTURE_H
#define LSM_TESTS_DESK_FIXTURE_H

#include "desk/decide.h"
#include "desk/internal.h"
#include "desk/outbox.h"

typedef struct {
	char *folder;
	LsmSettings *settings;
	LsmStore *store;
	LsmService *service;
	LsmDesk *desk;
	gint64 now; /* microseconds; what the service's clock says */
} DeskFixture;

/* The log is captured: lsm_log_captured(). extra: lines added to the settings file, for example "mode =
 * observe". Takes store when not NULL. */
DeskFixture *desk_fixture_new(const char *extra, LsmStore *store);
void desk_fixture_free(DeskFixture *fixture);

/* One mail as a gate hands it over. login, client NULL: none. recipients: separated by one blank. */
typedef struct {
	const char *login;
	const char *client;
	const char *daemon;
	const char *sender;
	const char *recipients;
	const char *mail; /* LF line ends */
} TestMail;

/* message and envelope are the caller's to free with test_passage_clear. */
typedef struct {
	LsmMessage *message;
	LsmEnvelope *envelope;
	LsmDecision *decision;
} TestPassage;

TestPassage desk_fixture_pass(DeskFixture *fixture, const TestMail *mail);
/* The same and the mail server took the reply. */
TestPassage desk_fixture_pass_and_take(DeskFixture *fixture, const TestMail *mail);
void test_passage_clear(TestPassage *passage);

/* Read from the store. */
guint desk_fixture_case_count(DeskFixture *fixture);
LsmCase *desk_fixture_case(DeskFixture *fixture, const char *id);
/* "held:due:carol@example.org request:held:..." sorted: kind, state, first recipient of each entry. Caller
 * frees. */
char *desk_fixture_outbox(DeskFixture *fixture);
guint64 desk_fixture_event_count(DeskFixture *fixture);
/* "rejected taken": the types of all events, in order. Caller frees. */
char *desk_fixture_events(DeskFixture *fixture);
/* Writes one more event of a case, which it opens when there is none; public, private: JSON objects. */
void desk_fixture_event(DeskFixture *fixture, const char *id, LsmEventType type, const char *public,
			const char *private);
/* "in:unconfirmed out:pending" sorted: way and state of each case. Caller frees. */
char *desk_fixture_cases(DeskFixture *fixture);
/* "accept -RCPT +Liaison-Record ~Liaison-Record/2": reply, recipients and fields removed and added. Caller
 * frees. */
char *test_plan_text(const LsmPlan *plan);

#define assert_text(call, want)                                                                              \
	G_STMT_START                                                                                         \
	{                                                                                                    \
		g_autofree char *text_ = call;                                                               \
		g_assert_cmpstr(text_, ==, want);                                                            \
	}                                                                                                    \
	G_STMT_END

/* --- parts of mails --- */

#define CHAIR_FIELDS                                                                                         \
	"From: Carol Chair <carol@example.org>\nTo: liaisons@bbf.example\nSubject: STAMP YANG review\n"      \
	"Date: Sat, 21 Nov 2026 11:00:00 +0000\n"
#define MESSAGE_ID(name) "Message-ID: <" name "@example.org>\n"
#define BLOCK_START                                                                                          \
	"Liaison-Statement: 1\nFrom: IETF IPPM Working Group\nFrom-Contact: ippm-chairs@ietf.org\n"          \
	"Send-Reply-To: liaison-coordination@iab.org\nTo: Broadband Forum\n"                                 \
	"To-Contact: liaisons@bbf.example\n"
#define BLOCK BLOCK_START "Purpose: For information\n"
#define STATEMENT_TEXT "\nPlease find our view of the STAMP model below.\n"
#define STATEMENT(name) CHAIR_FIELDS MESSAGE_ID(name) "\n" BLOCK STATEMENT_TEXT
#define INCOMING_FIELDS                                                                                      \
	"From: TSB <tsb@itu.example>\nTo: ippm@ietf.org\nSubject: LS on performance metrics\n"               \
	"Date: Sat, 21 Nov 2026 11:00:00 +0000\n"
#define INCOMING_TEXT "\nStudy Group 12 kindly asks the IPPM working group to look at its draft.\n"
#define INCOMING(name) INCOMING_FIELDS MESSAGE_ID(name) INCOMING_TEXT

/* --- who sends, and what follows --- */

#define CAROL .login = "carol", .daemon = "submission", .sender = "carol@example.org"
#define FROM_ITU .sender = "tsb@itu.example"
#define BBF "liaisons@bbf.example"
#define NOTED " +Liaison-Record +Liaison-Verdict +Liaison-Findings"
#define ASKED                                                                                                \
	"held:due:carol@example.org request:due:ad1@example.org request:due:liaison-coordination@iab.org "   \
	"request:due:ops-ads@ietf.org"
#define COVER "cover:due:itu-manager@ietf.org cover:due:liaison-coordination@iab.org"
/* What the approver's own submission from IPPM to BBF brings those who did not get it. */
#define TOLD                                                                                                 \
	"copy:due:bbf-manager@ietf.org copy:due:liaison-coordination@iab.org "                               \
	"informed:due:ippm-chairs@ietf.org informed:due:ippm@ietf.org"
#define NEW_FIELDS(number)                                                                                   \
	"From: Carol Chair <carol@example.org>\nTo: " BBF "\nSubject: Statement " number "\n"
#define NEW_STATEMENT(number) NEW_FIELDS(number) "\n" BLOCK "\nThis is statement number " number ".\n"
#define LIST_FIELDS "List-Id: IP Performance Measurement <ippm.ietf.org>\n"

#endif
