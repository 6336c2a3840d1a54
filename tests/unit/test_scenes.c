/*
 * test_scenes.c - whole ways of statements, each on a desk of its own: what the mail server is told at each
 * step, and what is on record and owed at the end.
 *
 * To add a scene: a row. Cases are "way:state", sorted; events are in order; mails are "kind:state:to",
 * sorted.
 */
#include "tests/unit/desk_fixture.h"

#define DIRECTOR .login = "ad1", .daemon = "submission", .sender = "ad1@example.org"
#define TOLD_AND_ASKED                                                                                       \
	"copy:due:bbf-manager@ietf.org copy:due:liaison-coordination@iab.org held:due:carol@example.org "    \
	"informed:due:ippm-chairs@ietf.org informed:due:ippm@ietf.org request:due:ad1@example.org "          \
	"request:due:liaison-coordination@iab.org request:due:ops-ads@ietf.org"
#define PROVED "Authentication-Results: mx.ietf.org; dmarc=pass header.from=example.org\n"

typedef struct {
	TestMail mail;
	const char *want; /* plan */
} Step;

typedef struct {
	const char *name;
	const char *settings;
	Step steps[5];
	const char *want_cases;
	const char *want_events;
	const char *want_outbox;
} Scene;

static const Scene ordinary[] = {
	{"ordinary mail",
	 NULL,
	 {{{CAROL, .recipients = "ippm@ietf.org friend@other.example",
	    .mail = "From: carol@example.org\nTo: ippm@ietf.org\nSubject: lunch\n\nAt noon?\n"},
	   "accept"},
	  {{.sender = "x@other.example",
	    .recipients = "ippm@ietf.org",
	    .mail = "From: x@other.example\nTo: ippm@ietf.org\nSubject: Re: liaison statement draft\n"
		    "In-Reply-To: <1@example.org>\n\nI do not think that we should send it.\n"},
	   "accept"},
	  {{FROM_ITU, .recipients = "ippm@ietf.org",
	    .mail = "From: tsb@itu.example\nTo: ippm@ietf.org\nSubject: agenda\n\nThe agenda is online.\n"},
	   "accept"}},
	 "",
	 "",
	 ""},
	{"neither end home",
	 NULL,
	 {{{FROM_ITU, .recipients = BBF,
	    .mail = "From: tsb@itu.example\nTo: liaisons@bbf.example\nSubject: LS on "
		    "metrics\n" INCOMING_TEXT},
	   "accept"}},
	 "",
	 "",
	 ""},
	{"neither end home, but it reaches our liaison address",
	 NULL,
	 {{{FROM_ITU, .recipients = "liaison-coordination@iab.org",
	    .mail = "From: tsb@itu.example\nTo: liaisons@bbf.example\nSubject: LS on metrics\n\n"
		    "Liaison-Statement: 1\nFrom: ITU-T\nTo: Broadband Forum\nPurpose: For "
		    "information\n" INCOMING_TEXT},
	   "accept"}},
	 "other:recorded",
	 "seen taken",
	 ""},
	{"our own fields from outside",
	 NULL,
	 {{{.sender = "x@other.example",
	    .recipients = "ippm@ietf.org",
	    .mail = "Liaison-Record: a\nFrom: x@other.example\nLiaison-Record: b\nliaison-verdict: c\n"
		    "Subject: lunch\nLiaison-Findings: d\nLiaison-Record: e\n\nAt noon?\n"},
	   "accept ~Liaison-Record/3 ~Liaison-Findings/1 ~Liaison-Verdict/1 ~Liaison-Record/2 "
	   "~Liaison-Record/1"}},
	 "",
	 "",
	 ""},
	{"our own fields on a statement",
	 NULL,
	 {{{CAROL, .recipients = BBF " ippm-chairs@ietf.org", .mail = "Liaison-Record: a\n" STATEMENT("1")},
	   "accept -" BBF " ~Liaison-Record/1" NOTED}},
	 "out:pending",
	 "redirected taken",
	 ASKED},
};

static const Scene outgoing[] = {
	{"no purpose",
	 NULL,
	 {{{CAROL, .recipients = BBF, .mail = CHAIR_FIELDS MESSAGE_ID("1") "\n" BLOCK_START STATEMENT_TEXT},
	   "reject"}},
	 "out:rejected",
	 "rejected taken",
	 "reject:due:carol@example.org"},
	{"no block at all",
	 NULL,
	 {{{CAROL, .recipients = BBF, .mail = CHAIR_FIELDS MESSAGE_ID("1") STATEMENT_TEXT}, "reject"}},
	 "out:rejected",
	 "rejected taken",
	 "reject:due:carol@example.org"},
	{"refused, then with the block",
	 NULL,
	 {{{CAROL, .recipients = BBF, .mail = CHAIR_FIELDS MESSAGE_ID("1") STATEMENT_TEXT}, "reject"},
	  {{CAROL, .recipients = BBF, .mail = STATEMENT("2")}, "discard"}},
	 "out:pending out:rejected",
	 "rejected taken redirected taken",
	 "held:due:carol@example.org reject:due:carol@example.org request:due:ad1@example.org "
	 "request:due:liaison-coordination@iab.org request:due:ops-ads@ietf.org"},
	{"refused, sent again, and through another host",
	 NULL,
	 {{{CAROL, .recipients = BBF, .mail = CHAIR_FIELDS MESSAGE_ID("1") STATEMENT_TEXT}, "reject"},
	  {{CAROL, .recipients = BBF, .mail = CHAIR_FIELDS MESSAGE_ID("1") STATEMENT_TEXT}, "reject"},
	  {{CAROL, .client = "203.0.113.4", .recipients = BBF,
	    .mail = "Received: from b by c; Sat, 21 Nov 2026 12:00:00 +0000\n" CHAIR_FIELDS MESSAGE_ID("9")
		    STATEMENT_TEXT},
	   "reject"}},
	 "out:rejected",
	 "rejected taken",
	 "reject:due:carol@example.org"},
	{"approval lacks",
	 NULL,
	 {{{CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "discard"}},
	 "out:pending",
	 "redirected taken",
	 ASKED},
	{"roles at home get theirs, lists and outside do not",
	 NULL,
	 {{{CAROL,
	    .recipients = "<Liaisons@BBF.example> <ippm@ietf.org> <ippm-chairs@ietf.org> <x@other.example>",
	    .mail = STATEMENT("1")},
	   "accept -<Liaisons@BBF.example> -<ippm@ietf.org> -<x@other.example>" NOTED}},
	 "out:pending",
	 "redirected taken",
	 ASKED},
	{"the same mail three times",
	 NULL,
	 {{{CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "discard"},
	  {{CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "discard"},
	  {{CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "discard"}},
	 "out:pending",
	 "redirected taken",
	 ASKED},
	{"split over two sets of recipients",
	 NULL,
	 {{{CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "discard"},
	  {{CAROL, .recipients = "x@other.example ippm-chairs@ietf.org", .mail = STATEMENT("1")},
	   "accept -x@other.example" NOTED},
	  {{CAROL, .recipients = "ippm-chairs@ietf.org", .mail = STATEMENT("1")}, "accept"}},
	 "out:pending",
	 "redirected taken door",
	 ASKED},
	{"other trace fields, no Message-ID",
	 NULL,
	 {{{CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "discard"},
	  {{CAROL, .recipients = BBF,
	    .mail = "Received: from a by b; Sat, 21 Nov 2026 11:00:01 +0000\nX-Spam: no\n" STATEMENT("1")},
	   "discard"},
	  {{CAROL, .recipients = BBF, .mail = CHAIR_FIELDS "\n" BLOCK STATEMENT_TEXT}, "discard"}},
	 "out:pending",
	 "redirected taken",
	 ASKED},
	{"a known Message-ID on other content",
	 NULL,
	 {{{CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "discard"},
	  {{CAROL, .recipients = BBF,
	    .mail = CHAIR_FIELDS MESSAGE_ID("1") "\n" BLOCK "\nSomething quite different.\n"},
	   "discard"}},
	 "out:pending out:pending",
	 "redirected taken redirected taken",
	 "held:due:carol@example.org held:due:carol@example.org request:due:ad1@example.org "
	 "request:due:ad1@example.org request:due:liaison-coordination@iab.org "
	 "request:due:liaison-coordination@iab.org request:due:ops-ads@ietf.org "
	 "request:due:ops-ads@ietf.org"},
	{"the approver submits",
	 NULL,
	 {{{DIRECTOR, .recipients = BBF, .mail = STATEMENT("1")}, "accept"}},
	 "out:passed",
	 "passed taken",
	 TOLD},
	{"approved, and the chair sends it to somebody else",
	 NULL,
	 {{{DIRECTOR, .recipients = BBF, .mail = STATEMENT("1")}, "accept"},
	  {{CAROL, .recipients = BBF " x@other.example", .mail = STATEMENT("1")},
	   "accept -x@other.example" NOTED},
	  {{CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "accept"}},
	 "out:pending",
	 "passed taken redirected",
	 TOLD_AND_ASKED},
	{"approved, and the same text in another mail",
	 NULL,
	 {{{DIRECTOR, .recipients = BBF,
	    .mail = "From: ad1@example.org\nTo: " BBF
		    "\nSubject: STAMP YANG review\n\n" BLOCK STATEMENT_TEXT},
	   "accept"},
	  {{CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "discard"}},
	 "out:pending",
	 "passed taken redirected",
	 TOLD_AND_ASKED},
	{"approved, and other content under the same document number",
	 NULL,
	 {{{DIRECTOR, .recipients = BBF, .mail = CHAIR_FIELDS "\n" BLOCK "Document: LS-7\n" STATEMENT_TEXT},
	   "accept"},
	  {{CAROL, .recipients = BBF, .mail = CHAIR_FIELDS "\n" BLOCK "Document: LS-7\n\nSomething else.\n"},
	   "discard"}},
	 "out:passed out:pending",
	 "passed taken redirected taken",
	 TOLD_AND_ASKED},
	{"the approver sends what was held",
	 NULL,
	 {{{CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "discard"},
	  {{DIRECTOR, .recipients = BBF, .mail = STATEMENT("1")}, "accept"},
	  {{CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "accept"}},
	 "out:passed",
	 "redirected taken passed",
	 TOLD_AND_ASKED},
	{"the approver sends what was held to one of two",
	 NULL,
	 {{{CAROL, .recipients = BBF " x@other.example", .mail = STATEMENT("1")}, "discard"},
	  {{DIRECTOR, .recipients = BBF, .mail = STATEMENT("1")}, "accept"},
	  {{CAROL, .recipients = BBF " x@other.example", .mail = STATEMENT("1")},
	   "accept -x@other.example" NOTED}},
	 "out:pending",
	 "redirected taken door",
	 ASKED},
	{"a first line says no",
	 NULL,
	 {{{CAROL, .recipients = BBF, .mail = CHAIR_FIELDS "\nLiaison: no\n\n" BLOCK STATEMENT_TEXT},
	   "accept"},
	  {{CAROL, .recipients = BBF, .mail = CHAIR_FIELDS "\nLiaison: no\n\n" BLOCK STATEMENT_TEXT},
	   "accept"},
	  {{CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "discard"}},
	 "out:not-a-statement out:pending",
	 "not-a-statement taken redirected taken",
	 ASKED},
	{"a first line says no, without a login",
	 NULL,
	 {{{.daemon = "submission",
	    .sender = "carol@example.org",
	    .recipients = BBF,
	    .mail = CHAIR_FIELDS "\nLiaison: no\n" BLOCK STATEMENT_TEXT},
	   "discard"}},
	 "out:pending",
	 "redirected taken",
	 "request:due:ad1@example.org request:due:liaison-coordination@iab.org request:due:ops-ads@ietf.org"},
	{"to the group only",
	 NULL,
	 {{{CAROL, .recipients = "ippm@ietf.org", .mail = STATEMENT("1")}, "accept"}},
	 "draft:draft",
	 "drafted taken",
	 ""},
	{"discussed, sent, discussed",
	 NULL,
	 {{{CAROL, .recipients = "ippm@ietf.org", .mail = STATEMENT("1")}, "accept"},
	  {{CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "discard"},
	  {{CAROL, .recipients = "ippm@ietf.org", .mail = STATEMENT("1")}, "accept"}},
	 "out:pending",
	 "drafted taken redirected",
	 ASKED},
	{"not certain: asked",
	 NULL,
	 {{{.login = "someone@ietf.org",
	    .daemon = "submission",
	    .sender = "someone@ietf.org",
	    .recipients = BBF,
	    .mail = "From: someone@ietf.org\nTo: " BBF "\nSubject: LS on STAMP\n" STATEMENT_TEXT},
	   "accept" NOTED}},
	 "out:unsure",
	 "passed taken",
	 "ask:due:someone@ietf.org"},
	{"an absence in a mail that was not read as a whole",
	 "max-message-size = 65536",
	 {{{CAROL, .recipients = BBF,
	    .mail = "From: Carol Chair <carol@example.org>\nTo: " BBF "\nSubject: STAMP\n"
		    "Content-Type: text/plain; charset=no-such-charset\n\nWe have looked at it.\n"},
	   "discard"}},
	 "out:pending",
	 "redirected taken",
	 ASKED},
};

static const Scene incoming[] = {
	{"covered once, by however many doors",
	 NULL,
	 {{{FROM_ITU, .recipients = "ippm@ietf.org", .mail = INCOMING("1")}, "accept"},
	  {{FROM_ITU, .recipients = "ippm-chairs@ietf.org", .mail = INCOMING("1")}, "accept"},
	  {{FROM_ITU, .recipients = "ippm@ietf.org", .mail = INCOMING("1")}, "accept"}},
	 "in:unconfirmed",
	 "seen taken door",
	 COVER},
	{"whatever lacks",
	 NULL,
	 {{{FROM_ITU, .recipients = "ippm@ietf.org",
	    .mail = "From: TSB <tsb@itu.example>\nTo: ippm@ietf.org\nSubject: x\n\nLiaison-Statement: 1\n"
		    "From: ITU-T\nPurpose: For fun\nDeadline: never\n"},
	   "accept"}},
	 "in:unconfirmed",
	 "seen taken",
	 COVER},
	{"around, proved",
	 "authserv-ids = {\"mx.ietf.org\"}",
	 {{{.sender = "carol@example.org", .recipients = "ippm@ietf.org", .mail = PROVED STATEMENT("1")},
	   "accept"},
	  {{.sender = "carol@example.org",
	    .recipients = "ippm-chairs@ietf.org",
	    .mail = PROVED STATEMENT("1")},
	   "accept"}},
	 "around:around",
	 "seen taken door",
	 "around:due:carol@example.org authority:due:ad1@example.org "
	 "authority:due:liaison-coordination@iab.org authority:due:ops-ads@ietf.org"},
	{"around, not proved",
	 "authserv-ids = {\"mx.ietf.org\"}",
	 {{{.sender = "carol@example.org", .recipients = "ippm@ietf.org", .mail = STATEMENT("1")}, "accept"}},
	 "around:recorded",
	 "seen taken",
	 ""},
	{"around, proved by somebody else's server",
	 "authserv-ids = {\"mx.other.example\"}",
	 {{{.sender = "carol@example.org", .recipients = "ippm@ietf.org", .mail = PROVED STATEMENT("1")},
	   "accept"}},
	 "around:recorded",
	 "seen taken",
	 ""},
	{"a copy by another road does not settle what is pending",
	 "authserv-ids = {\"mx.ietf.org\"}",
	 {{{CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "discard"},
	  {{.sender = "carol@example.org", .recipients = "ippm@ietf.org", .mail = PROVED STATEMENT("1")},
	   "accept"},
	  {{CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "discard"}},
	 "out:pending",
	 "redirected taken door",
	 ASKED},
	{"the trusted tool",
	 "trusted-tool-clients = {\"192.0.2.20\"}\ntrusted-tool-senders = {\"tool@ietf.org\"}",
	 {{{.client = "192.0.2.20",
	    .sender = "tool@ietf.org",
	    .recipients = BBF,
	    .mail = CHAIR_FIELDS "\n" BLOCK_START STATEMENT_TEXT},
	   "accept"}},
	 "tool:recorded",
	 "seen taken",
	 ""},
	{"not the trusted tool: another client",
	 "trusted-tool-clients = {\"192.0.2.20\"}\ntrusted-tool-senders = {\"tool@ietf.org\"}",
	 {{{.client = "192.0.2.21",
	    .daemon = "submission",
	    .sender = "tool@ietf.org",
	    .recipients = BBF,
	    .mail = STATEMENT("1")},
	   "discard"}},
	 "out:pending",
	 "redirected taken",
	 "request:due:ad1@example.org request:due:liaison-coordination@iab.org request:due:ops-ads@ietf.org"},
	{"a list's copy of what is pending",
	 NULL,
	 {{{CAROL, .recipients = BBF " ippm@ietf.org", .mail = STATEMENT("1")}, "discard"},
	  {{.client = "192.0.2.10",
	    .sender = "ippm-bounces@ietf.org",
	    .recipients = "subscriber@bbf.example",
	    .mail = LIST_FIELDS STATEMENT("1")},
	   "accept"},
	  {{CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "discard"}},
	 "out:pending",
	 "redirected taken door",
	 ASKED},
	{"what comes in from the list's address without being the list's",
	 NULL,
	 {{{.client = "198.51.100.9",
	    .daemon = "submission",
	    .sender = "ippm-bounces@ietf.org",
	    .recipients = BBF,
	    .mail = LIST_FIELDS STATEMENT("1")},
	   "discard"}},
	 "out:pending",
	 "redirected taken",
	 "request:due:ad1@example.org request:due:liaison-coordination@iab.org request:due:ops-ads@ietf.org"},
};

static const Scene modes[] = {
	{"observe",
	 "mode = observe",
	 {{{CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "accept"},
	  {{CAROL, .recipients = BBF, .mail = CHAIR_FIELDS MESSAGE_ID("2") "\n" BLOCK_START STATEMENT_TEXT},
	   "accept"},
	  {{FROM_ITU, .recipients = "ippm@ietf.org", .mail = INCOMING("3")}, "accept"}},
	 "observed-in:unconfirmed observed-out:passed observed-out:passed",
	 "passed taken passed taken seen taken",
	 ""},
	{"a rule observes",
	 "rule \"approval.missing\" { mode = observe }",
	 {{{CAROL, .recipients = BBF, .mail = STATEMENT("1")}, "accept"}},
	 "out:passed",
	 "passed taken",
	 TOLD},
	{"a rule is off",
	 "rule \"purpose.missing\" { mode = off }\nrule \"deadline.missing\" { mode = off }",
	 {{{CAROL, .recipients = BBF, .mail = CHAIR_FIELDS "\n" BLOCK_START STATEMENT_TEXT}, "discard"}},
	 "out:pending",
	 "redirected taken",
	 ASKED},
	{"a runaway is not stopped by what stops it",
	 "max-interventions = 2",
	 {{{CAROL, .recipients = BBF, .mail = NEW_STATEMENT("1")}, "discard"},
	  {{CAROL, .recipients = BBF, .mail = NEW_FIELDS("2") "\n" BLOCK_START "\nText two.\n"}, "reject"},
	  {{CAROL, .recipients = BBF, .mail = NEW_STATEMENT("3")}, "accept" NOTED},
	  {{CAROL, .recipients = BBF, .mail = NEW_STATEMENT("1")}, "discard"},
	  {{CAROL, .recipients = BBF, .mail = NEW_FIELDS("2") "\n" BLOCK_START "\nText two.\n"}, "reject"}},
	 "out:passed out:pending out:rejected",
	 "redirected taken rejected taken passed taken",
	 "held:due:carol@example.org reject:due:carol@example.org request:due:ad1@example.org "
	 "request:due:liaison-coordination@iab.org request:due:ops-ads@ietf.org"},
};

static void
play(DeskFixture *fixture, const Step *steps, guint count)
{
	for (guint i = 0; i < count && steps[i].want != NULL; i++) {
		TestPassage passage = desk_fixture_pass_and_take(fixture, &steps[i].mail);

		assert_text(test_plan_text(passage.decision->plan), steps[i].want);
		test_passage_clear(&passage);
	}
}

static void
test_scene(gconstpointer data)
{
	const Scene *scene = data;
	DeskFixture *fixture = desk_fixture_new(scene->settings, NULL);

	play(fixture, scene->steps, G_N_ELEMENTS(scene->steps));
	assert_text(desk_fixture_cases(fixture), scene->want_cases);
	assert_text(desk_fixture_events(fixture), scene->want_events);
	assert_text(desk_fixture_outbox(fixture), scene->want_outbox);
	desk_fixture_free(fixture);
}

static void
add_scenes(const char *group, const Scene *scenes, guint count)
{
	for (guint i = 0; i < count; i++) {
		g_autofree char *path = g_strdup_printf("/scenes/%s/%s", group, scenes[i].name);

		g_test_add_data_func(path, &scenes[i], test_scene);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	add_scenes("ordinary", ordinary, G_N_ELEMENTS(ordinary));
	add_scenes("outgoing", outgoing, G_N_ELEMENTS(outgoing));
	add_scenes("incoming", incoming, G_N_ELEMENTS(incoming));
	add_scenes("modes", modes, G_N_ELEMENTS(modes));
	return g_test_run();
}
