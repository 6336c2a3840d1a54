/*
 * test_session.c - the milter's edge: what a mail server sees of us, step by step.
 *
 * libmilter (tests/lib/fake_milter.c), the judgement and the desk are stages here
 * (tests/lib/session_stage.h); screening, collecting and settings are the real ones.
 */
#include "tests/lib/session_stage.h"

#define ALL_ACTIONS 0x1ffUL
#define ALL_STEPS 0x1fffffUL

/* --- negotiation --- */

static void
test_negotiate(void)
{
	static const struct {
		const char *name;
		unsigned long actions, steps;
		int want;
	} rows[] = {
		{"Postfix 3.7, sendmail 8.17", ALL_ACTIONS, ALL_STEPS, SMFIS_CONTINUE},
		{"no macro lists", ALL_ACTIONS & ~SMFIF_SETSYMLIST, ALL_STEPS, SMFIS_CONTINUE},
		{"no skip", ALL_ACTIONS, ALL_STEPS & ~SMFIP_SKIP, SMFIS_REJECT},
		{"no leading blanks", ALL_ACTIONS, ALL_STEPS & ~SMFIP_HDR_LEADSPC, SMFIS_REJECT},
		{"recipients cannot be removed", ALL_ACTIONS & ~SMFIF_DELRCPT, ALL_STEPS, SMFIS_REJECT},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		unsigned long actions = 0, steps = 0, third = 1, fourth = 1;
		House house;

		g_test_message("%s", rows[i].name);
		open_house(&house, settings_text);
		g_assert_cmpint(house.filter->xxfi_negotiate(house.ctx, rows[i].actions, rows[i].steps, 0, 0,
							     &actions, &steps, &third, &fourth),
				==, rows[i].want);
		if (rows[i].want == SMFIS_CONTINUE) {
			g_assert_cmphex(actions & ~rows[i].actions, ==, 0);
			g_assert_cmphex(
				steps & (SMFIP_NR_CONN | SMFIP_NR_MAIL | SMFIP_NR_RCPT | SMFIP_NR_HDR), !=,
				0);
			/* These three answer. */
			g_assert_cmphex(steps & (SMFIP_NR_EOH | SMFIP_NR_BODY | SMFIP_NOBODY), ==, 0);
			g_assert_cmpint(third + fourth, ==, 0);
		}
		if (rows[i].want == SMFIS_CONTINUE && (actions & SMFIF_SETSYMLIST) != 0)
			g_assert_cmpstr(fake_milter_asked(house.ctx, SMFIM_ENVFROM), ==, "i {auth_authen}");
		close_house(&house);
	}
}

/* A mail of which no line is written needs no queue id before its end; ordinary mail may have one. */
static void
test_queue_id_asked(void)
{
	static const char *const rows[][2] = {{"", "{none}"}, {"log-ordinary = yes\n", "i"}};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strconcat(settings_text, rows[i][0], NULL);
		unsigned long out[4] = {0};
		House house;

		open_house(&house, text);
		g_assert_cmpint(house.filter->xxfi_negotiate(house.ctx, ALL_ACTIONS, ALL_STEPS, 0, 0, &out[0], &out[1],
							     &out[2], &out[3]),
				==, SMFIS_CONTINUE);
		g_assert_cmpstr(fake_milter_asked(house.ctx, SMFIM_EOH), ==, rows[i][1]);
		g_assert_cmpstr(fake_milter_asked(house.ctx, SMFIM_EOM), ==, "i");
		close_house(&house);
	}
}

/* What is judged has the id that comes with the end of the message. */
static void
test_queue_id_at_end(void)
{
	House house;

	open_house(&house, settings_text);
	play_connect(&house, "203.0.113.5", 40000);
	play_envelope(&house, "<chair1@example.org>", "<liaisons@bbf.example>");
	g_assert_cmpint(play_header(&house, STATEMENT), ==, SMFIS_CONTINUE);
	fake_milter_set_macro(house.ctx, "i", "4Cxyz");
	g_assert_cmpint(house.filter->xxfi_eom(house.ctx), ==, SMFIS_ACCEPT);
	g_assert_true(g_str_has_suffix(stage.envelope, " id=4Cxyz"));
	close_house(&house);
}

/* --- how far a mail is followed --- */

static void
test_course(void)
{
	static const struct {
		const char *name;
		const char *settings; /* added to the file */
		const char *client;
		const char *daemon;
		const char *recipient;
		const char *header;
		const char *body;
		int want_header, want_body, want_end; /* -1: not reached */
		int want_judged;
		const char *want_script;
	} rows[] = {
		{"ordinary", "", "203.0.113.5", "smtpd", "<someone@ietf.org>", ORDINARY, NULL, SMFIS_ACCEPT,
		 -1, -1, 0, ""},
		{"ordinary with a forged field", "", "203.0.113.5", "smtpd", "<someone@ietf.org>",
		 "Liaison-Record: 1\n" ORDINARY "\nLiaison-Record: 2", "x\r\n", SMFIS_CONTINUE, SMFIS_SKIP,
		 SMFIS_ACCEPT, 0, "chgheader Liaison-Record 2 -\nchgheader Liaison-Record 1 -\n"},
		{"submitted, nothing in the body", "", "203.0.113.5", "submission", "<x@elsewhere.example>",
		 ORDINARY, "Hello\r\n", SMFIS_CONTINUE, SMFIS_ACCEPT, -1, 0, ""},
		{"submitted, nothing in the body, forged field", "", "203.0.113.5", "submission",
		 "<x@elsewhere.example>", ORDINARY "\nLiaison-Verdict: approved", "Hello\r\n", SMFIS_CONTINUE,
		 SMFIS_SKIP, SMFIS_ACCEPT, 0, "chgheader Liaison-Verdict 1 -\n"},
		{"submitted, no body", "", "203.0.113.5", "submission", "<x@elsewhere.example>", ORDINARY,
		 NULL, SMFIS_CONTINUE, -1, SMFIS_ACCEPT, 0, ""},
		{"submitted, our block", "", "203.0.113.5", "submission", "<x@elsewhere.example>", ORDINARY,
		 "Liaison-Statement: 1\r\n", SMFIS_CONTINUE, SMFIS_CONTINUE, SMFIS_ACCEPT, 1, ""},
		{"submitted, our block behind a soft break", "", "203.0.113.5", "submission",
		 "<x@elsewhere.example>", ORDINARY "\nContent-Transfer-Encoding: quoted-printable",
		 "Liaison-State=\r\nment: 1\r\n", SMFIS_CONTINUE, SMFIS_CONTINUE, SMFIS_ACCEPT, 1, ""},
		{"submitted, a page's head so far", "", "203.0.113.5", "submission", "<x@elsewhere.example>",
		 ORDINARY "\nContent-Type: text/html", "<html><style>p {}\r\n", SMFIS_CONTINUE, SMFIS_CONTINUE,
		 SMFIS_ACCEPT, 0, ""},
		{"statement", "", "203.0.113.5", "smtpd", "<liaisons@bbf.example>", STATEMENT, "text\r\n",
		 SMFIS_CONTINUE, SMFIS_CONTINUE, SMFIS_ACCEPT, 1, ""},
		{"statement without a body", "", "203.0.113.5", "smtpd", "<liaisons@bbf.example>", STATEMENT,
		 NULL, SMFIS_CONTINUE, -1, SMFIS_ACCEPT, 1, ""},
		{"list copy", "", "192.0.2.9", "smtpd", "<liaisons@bbf.example>",
		 STATEMENT "\nList-Id: <ippm.ietf.org>", NULL, SMFIS_ACCEPT, -1, -1, 0, ""},
		{"a List-Id from anywhere", "", "203.0.113.5", "smtpd", "<liaisons@bbf.example>",
		 STATEMENT "\nList-Id: <ippm.ietf.org>", "x\r\n", SMFIS_CONTINUE, SMFIS_CONTINUE,
		 SMFIS_ACCEPT, 1, ""},
		{"switched off", "mode = off\n", "203.0.113.5", "smtpd", "<liaisons@bbf.example>", STATEMENT,
		 NULL, SMFIS_ACCEPT, -1, -1, 0, ""},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *settings =
			g_strconcat(*rows[i].settings != '\0' ? rows[i].settings : "mode = enforce\n",
				    strchr(settings_text, '\n') + 1, NULL);
		g_autofree char *script = NULL;
		House house;

		g_test_message("%s", rows[i].name);
		open_house(&house, settings);
		stage.known_copy = TRUE;
		fake_milter_set_macro(house.ctx, "{daemon_name}", rows[i].daemon);
		play_connect(&house, rows[i].client, 40000);
		play_envelope(&house, "<ippm-bounces@ietf.org>", rows[i].recipient);
		g_assert_cmpint(play_header(&house, rows[i].header), ==, rows[i].want_header);
		if (rows[i].body != NULL)
			g_assert_cmpint(play_body(&house, rows[i].body), ==, rows[i].want_body);
		if (rows[i].want_end >= 0)
			g_assert_cmpint(house.filter->xxfi_eom(house.ctx), ==, rows[i].want_end);
		script = fake_milter_script(house.ctx);
		g_assert_cmpstr(script, ==, rows[i].want_script);
		g_assert_cmpint(stage.judged, ==, rows[i].want_judged);
		close_house(&house);
	}
}

static void
test_body_is_spared_over_the_cap(void)
{
	g_autofree char *large = g_strnfill(60000, 'x');
	g_autofree char *settings = g_strconcat(settings_text, "max-message-size = 65536\n", NULL);
	House house;

	open_house(&house, settings);
	play_connect(&house, "203.0.113.5", 40000);
	play_envelope(&house, "<a@b.example>", "<liaisons@bbf.example>");
	g_assert_cmpint(play_header(&house, STATEMENT), ==, SMFIS_CONTINUE);
	g_assert_cmpint(play_body(&house, large), ==, SMFIS_CONTINUE);
	g_assert_cmpint(play_body(&house, large), ==, SMFIS_SKIP);
	g_assert_cmpint(house.filter->xxfi_eom(house.ctx), ==, SMFIS_ACCEPT);
	close_house(&house);
}

/* --- the outbox's own listener --- */

static void
test_outbox(void)
{
	static const struct {
		const char *name;
		gboolean owed, doubt;
		int want, want_judged;
		const char *want_reply;
	} rows[] = {
		{"owed", TRUE, FALSE, SMFIS_ACCEPT, 0, ""},
		{"not owed", FALSE, FALSE, SMFIS_ACCEPT, 1, ""},
		{"cannot say", FALSE, TRUE, SMFIS_TEMPFAIL, 0, "reply 451"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *script = NULL;
		House house;

		g_test_message("%s", rows[i].name);
		open_house(&house, settings_text);
		stage.owed = rows[i].owed;
		stage.doubt = rows[i].doubt;
		fake_milter_set_macro(house.ctx, "{daemon_name}", "liaison-outbox");
		play_connect(&house, "127.0.0.1", 40000);
		play_envelope(&house, "<>", "<x@elsewhere.example>");
		g_assert_cmpint(play_header(&house, ORDINARY), ==, SMFIS_CONTINUE);
		g_assert_cmpint(play_body(&house, "x\r\n"), ==, SMFIS_CONTINUE);
		g_assert_cmpint(house.filter->xxfi_eom(house.ctx), ==, rows[i].want);
		g_assert_cmpint(stage.judged, ==, rows[i].want_judged);
		script = fake_milter_script(house.ctx);
		g_assert_true(g_str_has_prefix(script, rows[i].want_reply));
		close_house(&house);
	}
}

/* --- mail to the desk --- */

#define TOKEN "abcdefghijklmnopqrstuvwxyz234567"
#define DESK "<liaison-coordination+" TOKEN "@iab.org>"
#define TO_DESK "From: ad@example.org\nTo: " DESK ", <other@ietf.org>\nSubject: Re: Approve?"

/* Its recipients part from the others before anything is screened, judged or logged. */
static void
test_desk(void)
{
	static const struct {
		const char *name;
		const char *settings;
		const char *recipients; /* separated by one blank */
		gboolean takes, is_away;
		int want;
		const char *want_judged; /* envelope that was judged, up to " client"; NULL: none */
		const char *want_script;
	} rows[] = {
		{"the desk alone", "", DESK, TRUE, FALSE, SMFIS_DISCARD, NULL, ""},
		{"in capitals", "", "<LIAISON-Coordination+ABCDEFGHIJKLMNOPQRSTUVWXYZ234567@IAB.org>", TRUE, FALSE,
		 SMFIS_DISCARD, NULL, ""},
		{"the desk and another", "", DESK " <other@ietf.org>", TRUE, FALSE, SMFIS_ACCEPT,
		 "from=ad@example.org to=<other@ietf.org>",
		 "chgheader To 1  <liaison-coordination+xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx@iab.org>, <other@ietf.org>\n"
		 "delrcpt " DESK "\n"
		 "replacebody approve\r\n> code: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n\n"},
		{"it was no answer", "", DESK, FALSE, FALSE, SMFIS_ACCEPT, "from=ad@example.org to=" DESK, ""},
		{"the record is out of order", "", DESK " <other@ietf.org>", TRUE, TRUE, SMFIS_TEMPFAIL, NULL,
		 "reply 451 4.3.0 |Not accepted now: the liaison desk cannot record your answer. Nothing was done; try "
		 "again later, as mail servers do by themselves.\n"},
		{"the contact's own mailbox", "", "<liaison-coordination@iab.org>", TRUE, FALSE,
		 SMFIS_ACCEPT, "from=ad@example.org to=<liaison-coordination@iab.org>", ""},
		{"an address of the desk's own", "desk-address = desk@ietf.org\n", "<desk@ietf.org>", TRUE, FALSE,
		 SMFIS_DISCARD, NULL, ""},
		{"the check address, and nobody proved", "check-address = check@ietf.org\n", "<check@ietf.org>", TRUE,
		 FALSE, SMFIS_REJECT, NULL,
		 "reply 550 5.7.1 |Not checked: nothing proves who sent this, so an answer could reach somebody "
		 "else. Send it with a login at our mail server, or from a domain whose DMARC or DKIM passes "
		 "there.|Nobody has received it. Questions: liaison-coordination@iab.org.\n"},
		{"the check address and another", "check-address = check@ietf.org\n",
		 "<Check@ietf.org> <other@ietf.org>", TRUE, FALSE, SMFIS_ACCEPT,
		 "from=ad@example.org to=<other@ietf.org>", "delrcpt <Check@ietf.org>\n"},
		{"the check address and the desk", "check-address = check@ietf.org\n", "<check@ietf.org> " DESK, TRUE,
		 FALSE, SMFIS_DISCARD, NULL, ""},
		{"no check address", "", "<check@ietf.org>", TRUE, FALSE, -1, NULL, ""},
		{"observing", "mode = observe\n", DESK, TRUE, FALSE, -1, NULL, ""},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		gboolean has_mode = g_str_has_prefix(rows[i].settings, "mode");
		g_autofree char *settings = g_strconcat(has_mode ? "" : "mode = enforce\n", rows[i].settings,
							strchr(settings_text, '\n') + 1, NULL);
		g_auto(GStrv) recipients = g_strsplit(rows[i].recipients, " ", -1);
		g_autofree char *script = NULL;
		int header;
		House house;

		g_test_message("%s", rows[i].name);
		open_house(&house, settings);
		stage.takes = rows[i].takes;
		house.desk.is_away = rows[i].is_away;
		play_connect(&house, "203.0.113.5", 40000);
		play_envelope(&house, "<ad@example.org>", recipients[0]);
		for (guint k = 1; recipients[k] != NULL; k++)
			house.filter->xxfi_envrcpt(house.ctx, (char *[]){recipients[k], NULL});
		header = play_header(&house, TO_DESK);
		g_assert_cmpint(header, ==, rows[i].want < 0 ? SMFIS_ACCEPT : SMFIS_CONTINUE);
		if (header == SMFIS_CONTINUE) {
			g_assert_cmpint(play_body(&house, "approve\r\n> code: " TOKEN "\r\n"), ==, SMFIS_CONTINUE);
			g_assert_cmpint(house.filter->xxfi_eom(house.ctx), ==, rows[i].want);
		}
		script = fake_milter_script(house.ctx);
		g_assert_cmpstr(script, ==, rows[i].want_script);
		g_assert_cmpint(stage.judged, ==, rows[i].want_judged != NULL);
		if (stage.envelope != NULL)
			*strstr(stage.envelope, " client") = '\0';
		g_assert_cmpstr(stage.envelope, ==, rows[i].want_judged);
		close_house(&house);
	}
}

/* --- plans --- */

#define ALL_EDITS                                                                                            \
	"accept;Liaison-Record=LS-1;+<contact@iab.org>;-<Liaisons@BBF.example>;Liaison-Record#2;Liaison-"    \
	"Record#1"

static void
test_plans(void)
{
	static const struct {
		const char *name, *plan;
		int want;
		const char *want_script;
	} rows[] = {
		{"nothing", "accept", SMFIS_ACCEPT, ""},
		{"all edits, in the order that loses nothing", ALL_EDITS, SMFIS_ACCEPT,
		 "chgheader Liaison-Record 2 -\nchgheader Liaison-Record 1 -\naddrcpt <contact@iab.org>\n"
		 "delrcpt <Liaisons@BBF.example>\naddheader Liaison-Record: LS-1\n"},
		{"the blank is given once", "accept;Liaison-Record= LS-1", SMFIS_ACCEPT,
		 "addheader Liaison-Record: LS-1\n"},
		{"reject", "reject;!Not sent.;!Why.", SMFIS_REJECT, "reply 550 5.6.0 |Not sent.|Why.\n"},
		{"reject in eight lines", "reject;!1;!2;!3;!4;!5;!6;!7;!8", SMFIS_REJECT,
		 "reply 550 5.6.0 |1|2|3|4|5|6|7|8\n"},
		{"more than eight are cut", "reject;!1;!2;!3;!4;!5;!6;!7;!8;!9", SMFIS_REJECT,
		 "reply 550 5.6.0 |1|2|3|4|5|6|7|8\n"},
		{"tempfail", "tempfail;!Later.", SMFIS_TEMPFAIL, "reply 451 4.3.0 |Later.\n"},
		{"discard", "discard;-<Liaisons@BBF.example>", SMFIS_DISCARD, ""},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *script = NULL;
		House house;

		g_test_message("%s", rows[i].name);
		open_house(&house, settings_text);
		stage.plan = rows[i].plan;
		play_connect(&house, "203.0.113.5", 40000);
		g_assert_cmpint(play_statement(&house), ==, rows[i].want);
		script = fake_milter_script(house.ctx);
		g_assert_cmpstr(script, ==, rows[i].want_script);
		close_house(&house);
	}
}

/* The n-th edit fails, for every n: 451, and the desk hears that nothing was applied. */
static void
test_failed_edits(void)
{
	static const char *const plans[] = {ALL_EDITS, "reject;!No."};
	int failures = 0;

	for (guint i = 0; i < G_N_ELEMENTS(plans); i++) {
		int answer = SMFIS_TEMPFAIL;

		for (int n = 1; answer == SMFIS_TEMPFAIL; n++) {
			House house;

			open_house(&house, settings_text);
			stage.plan = plans[i];
			play_connect(&house, "203.0.113.5", 40000);
			fake_milter_fail_at(house.ctx, n);
			answer = play_statement(&house);
			g_assert_true(lsm_gate_stop(house.gate, G_TIME_SPAN_SECOND));
			g_assert_cmpstr(house.desk.heard->str, ==,
					answer == SMFIS_TEMPFAIL ? "not-applied ticket-1;"
								 : "taken ticket-1;");
			failures += answer == SMFIS_TEMPFAIL;
			close_house(&house);
		}
	}
	g_assert_cmpint(failures, ==, 5 + 1);
}

/* --- when the desk hears that the mail server has its reply --- */

static void
test_taken_comes_after_the_reply(void)
{
	House house;

	open_house(&house, settings_text);
	play_connect(&house, "203.0.113.5", 40000);
	g_assert_cmpint(play_statement(&house), ==, SMFIS_ACCEPT);
	g_mutex_lock(&house.desk.lock);
	g_assert_cmpstr(house.desk.heard->str, ==, "");
	g_mutex_unlock(&house.desk.lock);
	g_assert_true(lsm_gate_stop(house.gate, G_TIME_SPAN_SECOND));
	g_assert_cmpstr(house.desk.heard->str, ==, "taken ticket-1;");
	close_house(&house);
}

static void
test_stop_does_not_wait_for_a_desk_that_is_away(void)
{
	g_autofree char *log = NULL;
	House house;

	open_house(&house, settings_text);
	house.desk.is_away = TRUE;
	lsm_gate_taken(house.gate, "ticket-1", "4C1");
	lsm_gate_taken(house.gate, "ticket-2", "4C2");
	g_assert_true(lsm_gate_stop(house.gate, G_TIME_SPAN_SECOND));
	log = lsm_log_captured();
	g_assert_nonnull(strstr(log, "4C1: event=taken-untold"));
	g_assert_nonnull(strstr(log, "4C2: event=taken-untold"));
	close_house(&house);
}

/* --- the connection --- */

static void
test_many_mails_on_a_connection(void)
{
	House house;

	open_house(&house, settings_text);
	fake_milter_set_macro(house.ctx, "{daemon_name}", "smtpd");
	play_connect(&house, "203.0.113.5", 40000);
	/* Aborted, overtaken by the next, accepted early, judged: nothing of one gets into another. */
	play_envelope(&house, "<one@example.org>", "<first@bbf.example>");
	house.filter->xxfi_abort(house.ctx);
	play_envelope(&house, "<two@example.org>", "<second@bbf.example>");
	play_envelope(&house, "<three@example.org>", "<someone@ietf.org>");
	g_assert_cmpint(play_header(&house, ORDINARY), ==, SMFIS_ACCEPT);
	g_assert_cmpint(play_statement(&house), ==, SMFIS_ACCEPT);
	g_assert_cmpstr(stage.envelope, ==,
			"from=chair1@example.org to=<Liaisons@BBF.example> client=203.0.113.5 login=(null) "
			"daemon=smtpd id=4Cxyz");
	fake_milter_set_macro(house.ctx, "{auth_authen}", "chair1");
	g_assert_cmpint(play_statement(&house), ==, SMFIS_ACCEPT);
	g_assert_nonnull(strstr(stage.envelope, "login=chair1"));
	g_assert_cmpint(stage.judged, ==, 2);
	close_house(&house);
}

static void
test_who_is_connected(void)
{
	static const struct {
		const char *name, *address, *login;
		int port;
		const char *want;
	} rows[] = {
		{"SMTP from this host", "127.0.0.1", NULL, 40000,
		 "client=127.0.0.1 login=(null) daemon=smtpd id=4Cxyz"},
		{"the sendmail command", "127.0.0.1", NULL, 0,
		 "client=127.0.0.1 login=(null) daemon=smtpd id=4Cxyz command"},
		{"a login is no command", "127.0.0.1", "bob", 0,
		 "client=127.0.0.1 login=bob daemon=smtpd id=4Cxyz"},
		{"port 0 from elsewhere", "203.0.113.5", NULL, 0,
		 "client=203.0.113.5 login=(null) daemon=smtpd id=4Cxyz"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		House house;

		g_test_message("%s", rows[i].name);
		open_house(&house, settings_text);
		fake_milter_set_macro(house.ctx, "{daemon_name}", "smtpd");
		fake_milter_set_macro(house.ctx, "{auth_authen}", rows[i].login);
		play_connect(&house, rows[i].address, rows[i].port);
		play_statement(&house);
		g_assert_true(g_str_has_suffix(stage.envelope, rows[i].want));
		close_house(&house);
	}
}

static void
test_ipv6_client(void)
{
	static const struct {
		const char *address, *want;
	} rows[] = {{"2001:db8::1", " client=2001:db8::1 "}, {"::ffff:192.0.2.1", " client=192.0.2.1 "}};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct sockaddr_in6 peer = {.sin6_family = AF_INET6, .sin6_port = htons(25)};
		House house;

		open_house(&house, settings_text);
		inet_pton(AF_INET6, rows[i].address, &peer.sin6_addr);
		house.filter->xxfi_connect(house.ctx, (char *)"mail.example", (_SOCK_ADDR *)&peer);
		play_statement(&house);
		g_assert_nonnull(strstr(stage.envelope, rows[i].want));
		close_house(&house);
	}
}

static void
test_callbacks_out_of_turn(void)
{
	char *nobody[] = {(char *)"<a@b.example>", NULL};
	House house;

	open_house(&house, settings_text);
	/* A port probe closes at once. */
	g_assert_cmpint(house.filter->xxfi_close(house.ctx), ==, SMFIS_CONTINUE);
	g_assert_cmpint(house.filter->xxfi_abort(house.ctx), ==, SMFIS_CONTINUE);
	g_assert_cmpint(house.filter->xxfi_envrcpt(house.ctx, nobody), ==, SMFIS_NOREPLY);
	g_assert_cmpint(play_header(&house, ORDINARY), ==, SMFIS_TEMPFAIL);
	g_assert_cmpint(play_body(&house, "x"), ==, SMFIS_TEMPFAIL);
	g_assert_cmpint(house.filter->xxfi_eom(house.ctx), ==, SMFIS_TEMPFAIL);
	/* No connect callback and no address. */
	play_statement(&house);
	g_assert_nonnull(strstr(stage.envelope, "client=(null)"));
	g_assert_cmpint(house.filter->xxfi_eom(house.ctx), ==, SMFIS_TEMPFAIL);
	close_house(&house);
}

/* --- the gate --- */

static void
test_stopping_gate_begins_nothing(void)
{
	House house;

	open_house(&house, settings_text);
	play_connect(&house, "203.0.113.5", 40000);
	play_envelope(&house, "<a@b.example>", "<liaisons@bbf.example>");
	g_assert_true(lsm_gate_enter(house.gate));
	g_assert_false(lsm_gate_stop(house.gate, 1000));
	g_assert_cmpint(play_header(&house, STATEMENT), ==, SMFIS_TEMPFAIL);
	g_assert_cmpint(house.filter->xxfi_eom(house.ctx), ==, SMFIS_TEMPFAIL);
	g_assert_cmpint(stage.judged, ==, 0);
	lsm_gate_leave(house.gate);
	g_assert_true(lsm_gate_stop(house.gate, 1000));
	close_house(&house);
}

static void
test_reload(void)
{
	g_autoptr(LsmSettings) kept = NULL, swapped = NULL;
	GError *error = NULL;
	House house;

	open_house(&house, settings_text);
	play_connect(&house, "203.0.113.5", 40000);
	play_envelope(&house, "<a@b.example>", "<liaisons@bbf.example>");
	write_file(&house, "liaison-milter.conf", "mode = sometimes\n");
	g_assert_false(lsm_gate_reload(house.gate, &error));
	g_assert_error(error, LSM_ERROR, LSM_ERROR_CONFIG);
	g_clear_error(&error);
	kept = lsm_gate_settings(house.gate);
	g_assert_cmpint(kept->mode, ==, LSM_MODE_ENFORCE);
	write_file(&house, "liaison-milter.conf", "mode = off\ndirectory = \"directory.conf\"\n");
	g_assert_true(lsm_gate_reload(house.gate, &error));
	swapped = lsm_gate_settings(house.gate);
	g_assert_cmpint(swapped->mode, ==, LSM_MODE_OFF);
	/* The mail under way is judged by what held at its MAIL; the next one by the new. */
	g_assert_cmpint(play_header(&house, STATEMENT), ==, SMFIS_CONTINUE);
	play_envelope(&house, "<a@b.example>", "<liaisons@bbf.example>");
	g_assert_cmpint(play_header(&house, STATEMENT), ==, SMFIS_ACCEPT);
	close_house(&house);
}

static void
test_log_line(void)
{
	g_autofree char *log = NULL;
	House house;

	open_house(&house, settings_text);
	play_connect(&house, "203.0.113.5", 40000);
	play_envelope(&house, "<a@b.example>", "<someone@ietf.org>");
	g_assert_cmpint(play_header(&house, ORDINARY), ==, SMFIS_ACCEPT);
	play_statement(&house);
	log = lsm_log_captured();
	g_assert_true(g_str_has_prefix(
		log, "4Cxyz: event=verdict case=LS-20261121-K7Q3M way=outgoing verdict=note "
		     "would=reject limited=uncertain reply=accept rules=purpose.missing ms="));
	g_assert_true(strchr(log, '\n') == log + strlen(log) - 1);
	close_house(&house);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/session/negotiate", test_negotiate);
	g_test_add_func("/session/queue-id-asked", test_queue_id_asked);
	g_test_add_func("/session/queue-id-at-end", test_queue_id_at_end);
	g_test_add_func("/session/course", test_course);
	g_test_add_func("/session/body-over-the-cap", test_body_is_spared_over_the_cap);
	g_test_add_func("/session/outbox", test_outbox);
	g_test_add_func("/session/desk", test_desk);
	g_test_add_func("/session/plans", test_plans);
	g_test_add_func("/session/failed-edits", test_failed_edits);
	g_test_add_func("/session/taken-after-the-reply", test_taken_comes_after_the_reply);
	g_test_add_func("/session/desk-away-at-stop", test_stop_does_not_wait_for_a_desk_that_is_away);
	g_test_add_func("/session/many-mails", test_many_mails_on_a_connection);
	g_test_add_func("/session/who-is-connected", test_who_is_connected);
	g_test_add_func("/session/ipv6", test_ipv6_client);
	g_test_add_func("/session/out-of-turn", test_callbacks_out_of_turn);
	g_test_add_func("/gate/stopping", test_stopping_gate_begins_nothing);
	g_test_add_func("/gate/reload", test_reload);
	g_test_add_func("/session/log-line", test_log_line);
	return g_test_run();
}
