/*
 * test_desk_mail.c - mail to the desk, from the gate's hand to the record: what has an effect, what must not, and
 * who hears of it.
 */
#include "conf/error.h"
#include "tests/contract/store_fault.h"
#include "tests/unit/reply_stage.h"

/* --- one statement, one answer --- */

static char *
receive_statement(DeskFixture *fixture)
{
	const TestMail incoming = {FROM_ITU, .recipients = "ippm@ietf.org", .mail = INCOMING("i1")};
	TestPassage passage = desk_fixture_pass_and_take(fixture, &incoming);
	char *id = g_strdup(passage.decision->case_id);

	test_passage_clear(&passage);
	return id;
}

#define REFUSED_BY(address) "answer-refused:" address
#define AWAY "I am away until Monday.\n"

/* Each on a fresh desk with one statement of IPPM that waits for approval. */
static const Row outgoing[] = {
	{"a login", NULL, LOGIN, TO_AD1, .text = "approve\n", .want = "taken", .want_state = "approved",
	 .want_events = "approved", .want_mails = APPROVED_MAILS},
	{"DKIM", NULL, SIGNED(AD1), TO_AD1, .text = "Approve.\n\nSent from my iPhone\n", .want = "taken",
	 .want_state = "approved", .want_events = "approved", .want_mails = APPROVED_MAILS},
	{"DMARC", NULL, .from = AD1, .proof = "mx.ietf.org; dmarc=pass header.from=example.org", TO_AD1,
	 .text = "approve\n", .want = "taken", .want_state = "approved", .want_events = "approved",
	 .want_mails = APPROVED_MAILS},
	{"refused with a reason", NULL, LOGIN, TO_AD1, .text = "refuse\nToo early.\n", .want = "taken",
	 .want_state = "refused", .want_events = "refused", .want_mails = "answer-done:" AD1},
	{"an empty mail with the link's subject", NULL, LOGIN, TO_AD1, .subject = "approve", .text = "\n",
	 .want = "taken", .want_state = "approved", .want_events = "approved", .want_mails = APPROVED_MAILS},
	{"somebody else who approves, by another's token", NULL, LOGIN, .token_of = "ops-ads@ietf.org",
	 .text = "approve\n", .want = "taken", .want_state = "approved", .want_events = "approved",
	 .want_mails = APPROVED_MAILS},

	{"unproved", NULL, .from = AD1, TO_AD1, .text = "approve\n", .want = "taken", .want_state = "pending",
	 .want_events = "answer-ignored", .want_mails = "answer-unproved:" AD1},
	{"unproved, by a stranger", NULL, .from = "eve@evil.example", TO_AD1, .text = "approve\n", .want = "taken",
	 .want_state = "pending", .want_events = "answer-ignored", .want_mails = "answer-unproved:" AD1},
	{"proved by somebody else's server", NULL, .from = AD1,
	 .proof = "mx.evil.example; dmarc=pass header.from=example.org", TO_AD1, .text = "approve\n",
	 .want = "taken", .want_state = "pending", .want_events = "answer-ignored",
	 .want_mails = "answer-unproved:" AD1},
	{"unproved where proof is not asked for", "answer-authentication = none\n", .from = AD1, TO_AD1,
	 .text = "approve\n", .want = "taken", .want_state = "approved", .want_events = "approved",
	 .want_mails = APPROVED_MAILS},
	{"forwarded", NULL, .login = "carol", .from = "carol@example.org", TO_AD1, .text = "approve\n",
	 .want = "taken", .want_state = "pending", .want_events = "answer-ignored",
	 .want_mails = REFUSED_BY("carol@example.org")},
	{"forwarded to a stranger", NULL, .from = "eve@evil.example",
	 .proof = "mx.ietf.org; dmarc=pass header.from=evil.example", TO_AD1, .text = "approve\n",
	 .want = "taken", .want_state = "pending", .want_events = "answer-ignored",
	 .want_mails = REFUSED_BY("eve@evil.example")},
	{"From is the approver's, the login is not", NULL, .login = "carol", .from = AD1, TO_AD1,
	 .text = "approve\n", .want = "taken", .want_state = "pending", .want_events = "answer-ignored",
	 .want_mails = REFUSED_BY("carol@example.org")},

	{"a login that is spelled as the address of a person who has others", NULL, .login = AD1, .from = AD1, TO_AD1,
	 .text = "approve\n", .want = "taken", .want_state = "pending", .want_events = "answer-ignored",
	 .want_mails = "answer-unproved:" AD1},
	{"a login spelled as an address somewhere else", NULL, .login = "eve@evil.example", .from = "eve@evil.example",
	 TO_AD1, .text = "approve\n", .want = "taken", .want_state = "pending", .want_events = "answer-ignored",
	 .want_mails = "answer-unproved:" AD1},
	{"a login spelled as an address of ours that is nobody's", NULL, .login = "eve@ietf.org", .from = AD1, TO_AD1,
	 .text = "approve\n", .want = "taken", .want_state = "pending", .want_events = "answer-ignored",
	 .want_mails = REFUSED_BY("eve@ietf.org")},
	{"a login spelled as a chairs' address elsewhere, at the desk", NULL, .login = "carol@example.org",
	 .from = "carol@example.org", .text = "cancel\n", .want = "not", .want_state = "pending",
	 .want_events = "", .want_mails = ""},

	{"out of office, by the standard", NULL, LOGIN, TO_AD1, .fields = "Auto-Submitted: auto-replied\n",
	 .text = AWAY, .want = "taken", .want_state = "pending", .want_events = "answer-ignored", .want_mails = ""},
	{"out of office that repeats the link's subject", NULL, LOGIN, TO_AD1,
	 .subject = "Automatic reply: approve", .text = "approve\n", .want = "taken", .want_state = "pending",
	 .want_events = "answer-ignored", .want_mails = ""},
	{"written by a program, although it says approve", NULL, LOGIN, TO_AD1,
	 .fields = "Auto-Submitted: auto-generated (x)\n", .text = "approve\n", .want = "taken",
	 .want_state = "pending", .want_events = "answer-ignored", .want_mails = ""},
	{"Auto-Submitted: no is a person's", NULL, LOGIN, TO_AD1, .fields = "Auto-Submitted: no\n",
	 .text = "approve\n", .want = "taken", .want_state = "approved", .want_events = "approved",
	 .want_mails = APPROVED_MAILS},
	{"a bounce", NULL, .from = "mailer-daemon@mx.example", .sender = "", TO_AD1, .text = "approve\n",
	 .want = "taken", .want_state = "pending", .want_events = "answer-ignored", .want_mails = ""},
	{"bulk", NULL, LOGIN, TO_AD1, .fields = "Precedence: bulk\n", .text = "approve\n", .want = "taken",
	 .want_state = "pending", .want_events = "answer-ignored", .want_mails = ""},
	{"by a list", NULL, LOGIN, TO_AD1, .fields = "List-Id: <ippm.ietf.org>\n", .text = "approve\n",
	 .want = "taken", .want_state = "pending", .want_events = "answer-ignored", .want_mails = ""},

	{"more than a word", NULL, LOGIN, TO_AD1, .text = "approve, but mend it\n", .want = "taken",
	 .want_state = "pending", .want_events = "answer-ignored", .want_mails = "help:" AD1},
	{"empty", NULL, LOGIN, TO_AD1, .text = "\n", .want = "taken", .want_state = "pending",
	 .want_events = "answer-ignored", .want_mails = "help:" AD1},
	{"help", NULL, LOGIN, TO_AD1, .text = "help\n", .want = "taken", .want_state = "pending", .want_events = "",
	 .want_mails = "help:" AD1},
	{"status", NULL, LOGIN, TO_AD1, .text = "status\n", .want = "taken", .want_state = "pending",
	 .want_events = "", .want_mails = "answer-done:" AD1},
	{"a step that its state does not allow", NULL, LOGIN, TO_AD1, .text = "agree\n", .want = "taken",
	 .want_state = "pending", .want_events = "answer-ignored", .want_mails = REFUSED_BY(AD1)},

	/* the desk's plain address */
	{"approved without the request", NULL, LOGIN, .text = "approve\n", .want = "taken", .want_state = "pending",
	 .want_events = "answer-ignored", .want_mails = REFUSED_BY(AD1)},
	{"refused by the reference in the subject", NULL, LOGIN, .text = "refuse\n", .want = "taken",
	 .want_state = "refused", .want_events = "refused", .want_mails = "answer-done:" AD1},
	{"cancelled by its sender", NULL, .login = "carol", .from = "carol@example.org", .text = "cancel\n",
	 .want = "taken", .want_state = "cancelled", .want_events = "cancelled",
	 .want_mails = "answer-done:carol@example.org"},
	{"refused, dated a month ago: a signed mail sent again", NULL, SIGNED(AD1),
	 .date = "Sat, 17 Oct 2026 12:00:00 +0000", .text = "refuse\n", .want = "taken", .want_state = "pending",
	 .want_events = "answer-ignored", .want_mails = REFUSED_BY(AD1)},
	{"refused by the reference, signed, of today", NULL, SIGNED(AD1), .text = "refuse\n", .want = "taken",
	 .want_state = "refused", .want_events = "refused", .want_mails = "answer-done:" AD1},
	{"refused in a signed letter to somebody else, sent on to us", NULL, SIGNED(AD1), .to = "carol@example.org",
	 .text = "refuse\n", .want = "taken", .want_state = "pending", .want_events = "answer-ignored",
	 .want_mails = REFUSED_BY(AD1)},
	{"the same by who has logged in", NULL, LOGIN, .to = "carol@example.org", .text = "refuse\n",
	 .want = "taken", .want_state = "refused", .want_events = "refused", .want_mails = "answer-done:" AD1},
	{"unproved at the plain address", NULL, .from = AD1, .text = "refuse\n", .want = "not",
	 .want_state = "pending", .want_events = "", .want_mails = ""},
	{"a letter to the people there", NULL, LOGIN, .text = "Dear all,\nwhat do you think?\n", .want = "not",
	 .want_state = "pending", .want_events = "", .want_mails = ""},
	{"a program's letter to the people there", NULL, LOGIN, .fields = "Auto-Submitted: auto-replied\n",
	 .text = AWAY, .want = "not", .want_state = "pending", .want_events = "", .want_mails = ""},
	{"a letter of one word", NULL, LOGIN, .subject = "Re: lunch", .text = "Yes!\n", .want = "not",
	 .want_state = "pending", .want_events = "", .want_mails = ""},
	{"a stranger's word to a statement", NULL, .from = "eve@evil.example",
	 .proof = "mx.ietf.org; dmarc=pass header.from=evil.example", .text = "Ok.\n", .want = "not",
	 .want_state = "pending", .want_events = "", .want_mails = ""},
	{"help about nothing", NULL, LOGIN, .subject = "x", .text = "help\n", .want = "taken",
	 .want_state = "pending", .want_events = "", .want_mails = "help:" AD1},

	/* as mail programs encode it */
	{"HTML of Gmail", NULL, LOGIN, TO_AD1, .fields = "Content-Type: text/html; charset=utf-8\n",
	 .text = "<div dir=\"ltr\">Approve</div><br><div class=\"gmail_quote\"><div class=\"gmail_attr\">On Sat, "
		 "the desk &lt;<a href=\"mailto:desk@ietf.org\">desk@ietf.org</a>&gt; wrote:<br></div>"
		 "<blockquote class=\"gmail_quote\">May it go out?<br>refuse</blockquote></div>\n",
	 .want = "taken", .want_state = "approved", .want_events = "approved", .want_mails = APPROVED_MAILS},
	{"HTML of Outlook", NULL, LOGIN, TO_AD1, .fields = "Content-Type: text/html; charset=utf-8\n",
	 .text = "<html><head><style>p{margin:0}</style></head><body><p class=MsoNormal>approve&nbsp;<o:p></o:p></p>"
		 "<div style='border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>From:</b> desk<br><b>Sent:</b> "
		 "Saturday<br><b>Subject:</b> Approve?</p></div><p>May it go out?</p></body></html>\n",
	 .want = "taken", .want_state = "approved", .want_events = "approved", .want_mails = APPROVED_MAILS},
	{"HTML, the quotation alone", NULL, LOGIN, TO_AD1, .fields = "Content-Type: text/html; charset=utf-8\n",
	 .text = "<blockquote>approve</blockquote>\n", .want = "taken", .want_state = "pending",
	 .want_events = "answer-ignored", .want_mails = "help:" AD1},
	{"base64", NULL, LOGIN, TO_AD1,
	 .fields = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
		   "Content-Transfer-Encoding: base64\n",
	 .text = "QXBwcm92ZQo+IHJlZnVzZQo=\n", .want = "taken", .want_state = "approved",
	 .want_events = "approved", .want_mails = APPROVED_MAILS},
	{"quoted-printable, UTF-16 blanks", NULL, LOGIN, TO_AD1,
	 .fields = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
		   "Content-Transfer-Encoding: quoted-printable\n",
	 .text = "=C2=A0Appro=\nve=E2=80=8B\n", .want = "taken", .want_state = "approved",
	 .want_events = "approved", .want_mails = APPROVED_MAILS},
	{"format=flowed", NULL, LOGIN, TO_AD1, .fields = "Content-Type: text/plain; format=flowed; delsp=yes\n",
	 .text = "approve \n\n> May it go \n> out?\n", .want = "taken", .want_state = "approved",
	 .want_events = "approved", .want_mails = APPROVED_MAILS},
	{"an alternative, plain first", NULL, LOGIN, TO_AD1,
	 .fields = "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n",
	 .text = "--b\nContent-Type: text/plain\n\napprove\n--b\nContent-Type: text/html\n\n<p>approve</p>\n"
		 "--b--\n",
	 .want = "taken", .want_state = "approved", .want_events = "approved", .want_mails = APPROVED_MAILS},
	{"the link's subject as an encoded word", NULL, LOGIN, TO_AD1, .subject = "=?utf-8?Q?approve?=",
	 .text = "\n", .want = "taken", .want_state = "approved", .want_events = "approved",
	 .want_mails = APPROVED_MAILS},
};

static void
test_outgoing(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(outgoing); i++) {
		g_autofree char *settings =
			g_strconcat(SETTINGS, outgoing[i].settings == NULL ? "" : outgoing[i].settings, NULL);
		DeskFixture *fixture = desk_fixture_new(settings, NULL);
		g_autofree char *id = send_statement(fixture, BBF);

		answer(fixture, &outgoing[i], "a1", id);
		desk_fixture_free(fixture);
	}
}

/* Each on a fresh desk with one statement of ITU-T that came in; COORDINATOR is the liaison contact. */
#define COORDINATOR                                                                                          \
	.from = "liaison-coordination@iab.org", .proof = "mx.ietf.org; dmarc=pass header.from=iab.org"
#define DONE_TO_COORDINATOR "answer-done:liaison-coordination@iab.org"
#define TO_CONTACT .token_of = "liaison-coordination@iab.org"

static const Row incoming[] = {
	{"confirmed", NULL, COORDINATOR, TO_CONTACT, .text = "confirm\n", .want = "taken", .want_state = "confirmed",
	 .want_events = "confirmed acknowledged", .want_mails = DONE_TO_COORDINATOR},
	{"confirmed with corrections", NULL, COORDINATOR, TO_CONTACT,
	 .text = "confirm purpose=action deadline=2026-12-04 to=ippm\n", .want = "taken",
	 .want_state = "confirmed", .want_events = "confirmed acknowledged", .want_mails = DONE_TO_COORDINATOR},
	{"an unknown correction", NULL, COORDINATOR, TO_CONTACT, .text = "confirm colour=red\n", .want = "taken",
	 .want_state = "unconfirmed", .want_events = "answer-ignored", .want_mails = "help:liaison-coordination@iab.org"},
	{"no statement", NULL, COORDINATOR, TO_CONTACT, .text = "Not a statement.\n", .want = "taken",
	 .want_state = "not-a-statement", .want_events = "not-a-statement erased", .want_mails = DONE_TO_COORDINATOR},
	{"assigned by the reference alone", NULL, COORDINATOR, .text = "assign carol@example.org\n", .want = "taken",
	 .want_state = "assigned", .want_events = "assigned", .want_mails = DONE_TO_COORDINATOR},
	{"confirmed by a stranger", NULL, .from = "tsb@itu.example",
	 .proof = "mx.ietf.org; dmarc=pass header.from=itu.example", TO_CONTACT, .text = "confirm\n",
	 .want = "taken", .want_state = "unconfirmed", .want_events = "answer-ignored",
	 .want_mails = REFUSED_BY("tsb@itu.example")},
};

static void
test_incoming(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(incoming); i++) {
		DeskFixture *fixture = desk_fixture_new(SETTINGS, NULL);
		g_autofree char *id = receive_statement(fixture);

		answer(fixture, &incoming[i], "a1", id);
		desk_fixture_free(fixture);
	}
}

/* --- one answer after another --- */

static void
test_again(void)
{
	static const Row same = {"the same mail again", NULL, LOGIN, TO_AD1, .text = "approve\n", .want = "taken",
				 .want_state = "approved", .want_events = "answer-ignored", .want_mails = ""};
	static const Row another = {"another mail with the same token", NULL, LOGIN, TO_AD1, .text = "approve\n",
				    .want = "taken", .want_state = "approved", .want_events = "answer-ignored",
				    .want_mails = "already:" AD1};
	static const Row changed = {"another mind with the same token", NULL, LOGIN, TO_AD1, .text = "refuse\n",
				    .want = "taken", .want_state = "approved", .want_events = "answer-ignored",
				    .want_mails = REFUSED_BY(AD1)};
	static const Row second = {"a second approver", NULL, LOGIN, .token_of = "ops-ads@ietf.org",
				   .text = "approve\n", .want = "taken", .want_state = "approved", .want_events = "",
				   .want_mails = "already:" AD1};
	DeskFixture *fixture = desk_fixture_new(SETTINGS, NULL);
	g_autofree char *id = send_statement(fixture, BBF);
	g_autofree char *letters = token_for(fixture, AD1);

	answer(fixture, &approve, "a1", id);
	(void)letters;
	answer(fixture, &same, "a1", id);
	answer(fixture, &another, "a2", id);
	answer(fixture, &changed, "a3", id);
	answer(fixture, &second, "a4", id);
	desk_fixture_free(fixture);
}

/* A note in the meantime is not the answer. */
static void
test_note_first(void)
{
	static const Row note = {"a note", NULL, LOGIN, TO_AD1, .text = "note\nOn Monday.\n", .want = "taken",
				 .want_state = "pending", .want_events = "noted", .want_mails = "answer-done:" AD1};
	DeskFixture *fixture = desk_fixture_new(SETTINGS, NULL);
	g_autofree char *id = send_statement(fixture, BBF);
	g_autofree char *letters = token_for(fixture, AD1);
	g_autofree char *to = g_strdup_printf("<desk+%s@ietf.org>", letters);
	g_autofree char *first = mail_text(&note, "a1", id);
	g_autofree char *second = mail_text(&approve, "a2", id);
	Before before = look(fixture);

	check(fixture, &note, &before, hand_in(fixture, &note, to, first, FALSE, NULL), id);
	before = look(fixture);
	check(fixture, &approve, &before, hand_in(fixture, &approve, to, second, FALSE, NULL), id);
	desk_fixture_free(fixture);
}

static void
test_expired(void)
{
	static const Row late = {"late", NULL, LOGIN, TO_AD1, .text = "approve\n", .want = "taken",
				 .want_state = "pending", .want_events = "answer-ignored",
				 .want_mails = "answer-refused:" AD1 " request:" AD1};
	static const Row fresh = {"by the new request", NULL, LOGIN, TO_AD1, .text = "approve\n", .want = "taken",
				  .want_state = "approved", .want_events = "approved", .want_mails = APPROVED_MAILS};
	DeskFixture *fixture = desk_fixture_new(SETTINGS, NULL);
	g_autofree char *id = send_statement(fixture, BBF);

	fixture->now += 30 * DAY;
	answer(fixture, &late, "a1", id);
	answer(fixture, &fresh, "a2", id);
	desk_fixture_free(fixture);
}

/* The statement is submitted again, to one recipient more: what was asked is not what would happen. */
static void
test_more_recipients(void)
{
	DeskFixture *fixture = desk_fixture_new(SETTINGS, NULL);
	g_autofree char *id = send_statement(fixture, BBF);
	g_autofree char *letters = token_for(fixture, AD1);
	g_autofree char *to = g_strdup_printf("<desk+%s@ietf.org>", letters);
	g_autofree char *mail = mail_text(&approve, "a1", id);
	g_autofree char *again = send_statement(fixture, BBF " other@bbf.example");
	g_autoptr(LsmCase) item = NULL;
	g_autoptr(GError) error = NULL;
	Before before = look(fixture);
	g_autofree char *mails = NULL;

	g_assert_cmpstr(again, ==, id);
	g_assert_cmpint(hand_in(fixture, &approve, to, mail, FALSE, &error), ==, LSM_HANDED_TAKEN);
	item = desk_fixture_case(fixture, id);
	g_assert_cmpint(item->state, ==, LSM_STATE_PENDING);
	mails = mails_since(fixture, &before);
	g_assert_cmpstr(mails, ==, "answer-refused:" AD1 " request:" AD1);
	desk_fixture_free(fixture);
}

/* A token whose statement is not the one any more that was shown. */
static void
test_other_content(void)
{
	static const Row row = {"other content", NULL, LOGIN, TO_AD1, .text = "approve\n", .want = "taken",
				.want_state = "pending", .want_events = "answer-ignored",
				.want_mails = "answer-refused:" AD1 " request:" AD1};
	DeskFixture *fixture = desk_fixture_new(SETTINGS, NULL);
	g_autofree char *id = send_statement(fixture, BBF);
	g_autofree char *letters = token_for(fixture, AD1);
	g_autoptr(LsmToken) token = NULL;
	g_autoptr(LsmStoreTxn) txn = lsm_store_begin_write(fixture->store, NULL);

	g_assert_cmpint(lsm_token_find(txn, letters, &token, NULL), ==, LSM_FOUND);
	token->content[0] = token->content[0] == '0' ? '1' : '0';
	g_assert_true(lsm_token_put(txn, token, NULL));
	g_assert_true(lsm_store_commit(txn, NULL));
	answer(fixture, &row, "a1", id);
	desk_fixture_free(fixture);
}

/* Others have seen the token: it serves nobody any more; the one who was asked gets a new one. */
static void
test_shared(void)
{
	static const Row unclear = {"unclear, to all", NULL, LOGIN, TO_AD1, .text = "What do you think?\n",
				    .want = "taken", .want_state = "pending", .want_events = "answer-ignored",
				    .want_mails = "help:" AD1 " request:" AD1};
	DeskFixture *fixture = desk_fixture_new(SETTINGS, NULL);
	g_autofree char *id = send_statement(fixture, BBF);
	g_autofree char *letters = token_for(fixture, AD1);
	g_autofree char *to = g_strdup_printf("<desk+%s@ietf.org>", letters);
	g_autofree char *mail = mail_text(&unclear, "a1", id);
	g_autofree char *second = mail_text(&approve, "a2", id);
	g_autoptr(LsmCase) item = NULL;
	Before before = look(fixture);

	check(fixture, &unclear, &before, hand_in(fixture, &unclear, to, mail, TRUE, NULL), id);
	g_assert_cmpint(hand_in(fixture, &approve, to, second, FALSE, NULL), ==, LSM_HANDED_TAKEN);
	item = desk_fixture_case(fixture, id);
	g_assert_cmpint(item->state, ==, LSM_STATE_PENDING);
	answer(fixture, &approve, "a3", id);
	desk_fixture_free(fixture);
}

/* A program that answers our answers does not keep us busy for ever. */
static void
test_rate(void)
{
	DeskFixture *fixture = desk_fixture_new(SETTINGS, NULL);
	g_autofree char *id = send_statement(fixture, BBF);
	g_autofree char *letters = token_for(fixture, AD1);
	g_autofree char *to = g_strdup_printf("<desk+%s@ietf.org>", letters);
	static const Row unclear = {"", NULL, LOGIN, .text = "Thank you for your mail.\n"};
	Before before = look(fixture);
	g_autofree char *mails = NULL;
	guint count = 0;

	for (guint i = 0; i < 30; i++) {
		g_autofree char *message_id = g_strdup_printf("n%u", i);
		g_autofree char *mail = mail_text(&unclear, message_id, id);

		g_assert_cmpint(hand_in(fixture, &unclear, to, mail, FALSE, NULL), ==, LSM_HANDED_TAKEN);
	}
	mails = mails_since(fixture, &before);
	for (const char *at = mails; (at = strstr(at, "help:")) != NULL; at++)
		count++;
	g_assert_cmpint(count, ==, 10);
	desk_fixture_free(fixture);
}

/* A token that is void asks for a new request, but not for one a mail. */
static void
test_renewals(void)
{
	DeskFixture *fixture = desk_fixture_new(SETTINGS, NULL);
	g_autofree char *id = send_statement(fixture, BBF);
	g_autofree char *letters = token_for(fixture, AD1);
	g_autofree char *to = g_strdup_printf("<desk+%s@ietf.org>", letters);
	static const Row eve = {"", NULL, .from = "eve@evil.example",
				.proof = "mx.ietf.org; dmarc=pass header.from=evil.example", .text = "approve\n"};
	Before before;
	g_autofree char *mails = NULL;
	guint count = 0;

	fixture->now += 30 * DAY;
	before = look(fixture);
	for (guint i = 0; i < 12; i++) {
		g_autofree char *message_id = g_strdup_printf("n%u", i);
		g_autofree char *mail = mail_text(&eve, message_id, id);

		g_assert_cmpint(hand_in(fixture, &eve, to, mail, FALSE, NULL), ==, LSM_HANDED_TAKEN);
	}
	mails = mails_since(fixture, &before);
	for (const char *at = mails; (at = strstr(at, "request:")) != NULL; at++)
		count++;
	g_assert_cmpuint(count, ==, 3);
	desk_fixture_free(fixture);
}

/* --- a store out of order --- */

static void
check_once(DeskFixture *fixture, const char *id)
{
	g_autoptr(LsmCase) item = desk_fixture_case(fixture, id);
	g_autofree char *events = desk_fixture_events(fixture);
	const char *first = strstr(events, " approved");

	g_assert_cmpint(item->state, ==, LSM_STATE_APPROVED);
	g_assert_nonnull(first);
	g_assert_null(strstr(first + 1, " approved"));
}

/* The n-th operation fails, n = 1, 2 ...: the answer fails as a whole, comes again, and then counts once. */
static void
test_faults(void)
{
	gboolean struck = TRUE;

	for (int n = 1; struck && n < 500; n++) {
		LsmStore *store = lsm_store_open_with(&lsm_backend_fault, "memory:", LSM_STORE_READ_WRITE, NULL);
		DeskFixture *fixture = desk_fixture_new(SETTINGS, store);
		g_autofree char *id = send_statement(fixture, BBF);
		g_autofree char *to = address_for(fixture, &approve);
		g_autofree char *mail = mail_text(&approve, "a1", id);
		g_autoptr(GError) error = NULL;
		LsmHanded handed;

		lsm_fault_arm(n, LSM_FAULT_BEFORE);
		handed = hand_in(fixture, &approve, to, mail, FALSE, &error);
		struck = lsm_fault_struck();
		lsm_fault_arm(0, LSM_FAULT_BEFORE);
		if (handed != LSM_HANDED_TAKEN) {
			g_assert_error(error, LSM_ERROR, LSM_ERROR_TEMPORARY);
			g_clear_error(&error);
			g_assert_cmpint(hand_in(fixture, &approve, to, mail, FALSE, &error), ==, LSM_HANDED_TAKEN);
		}
		g_assert_no_error(error);
		check_once(fixture, id);
		desk_fixture_free(fixture);
	}
	g_assert_false(struck);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/desk-mail/outgoing", test_outgoing);
	g_test_add_func("/desk-mail/incoming", test_incoming);
	g_test_add_func("/desk-mail/again", test_again);
	g_test_add_func("/desk-mail/expired", test_expired);
	g_test_add_func("/desk-mail/more-recipients", test_more_recipients);
	g_test_add_func("/desk-mail/other-content", test_other_content);
	g_test_add_func("/desk-mail/shared", test_shared);
	g_test_add_func("/desk-mail/rate", test_rate);
	g_test_add_func("/desk-mail/note-first", test_note_first);
	g_test_add_func("/desk-mail/renewals", test_renewals);
	g_test_add_func("/desk-mail/faults", test_faults);
	return g_test_run();
}
