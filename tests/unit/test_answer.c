/*
 * test_answer.c - replies to the desk as mail programs write them: what they say, and what says nothing.
 */
#include <gio/gio.h>
#include <string.h>

#include "desk/answer.h"
#include "desk/json.h"

#define TOKEN "abcdefghijklmnopqrstuvwxyz234567"
#define QUOTE "> May this liaison statement of IPPM go out?\n> approve\n> Reply code: " TOKEN "\n"
#define GMAIL "On Sat, 21 Nov 2026 at 12:00, IETF liaison desk <desk@ietf.org> wrote:\n\n" QUOTE
#define OUTLOOK                                                                                              \
	"________________________________\nFrom: IETF liaison desk <desk@ietf.org>\nSent: Saturday, 21 "      \
	"November 2026 12:00\nTo: A. Director\nSubject: Approve?\n\nMay this liaison statement go out?\n"
#define ZWSP "\xe2\x80\x8b"
#define NBSP "\xc2\xa0"

typedef struct {
	const char *name;
	const char *text;
	const char *want; /* "approve", "confirm purpose=action to=[quic,ippm]"; "" for nothing clear */
} Reply;

static const Reply replies[] = {
	/* one word, as people type it */
	{"bare", "approve\n", "approve"},
	{"no line end", "approve", "approve"},
	{"capitals", "APPROVE\n", "approve"},
	{"first letter, full stop", "Approve.\n", "approve"},
	{"a synonym", "OK\n", "approve"},
	{"yes", "Yes!\n", "approve"},
	{"bold by stars", "*approve*\n", "approve"},
	{"underlined", "_Approve_\n", "approve"},
	{"quotation marks", "\"approve\"\n", "approve"},
	{"typographic quotation marks", "\xe2\x80\x9c" "Approve\xe2\x80\x9d\n", "approve"},
	{"blanks around", "   approve   \n", "approve"},
	{"no-break blanks", NBSP "approve" NBSP "\n", "approve"},
	{"zero-width signs", ZWSP "app" ZWSP "rove\xef\xbb\xbf\n", "approve"},
	{"direction marks", "\xe2\x80\x8e" "approve\xe2\x80\x8f\n", "approve"},
	{"fullwidth exclamation mark", "approve\xef\xbc\x81\n", "approve"},
	{"carriage returns", "approve\r\n\r\n> x\r\n", "approve"},
	{"empty lines first", "\n\n \n\t\napprove\n", "approve"},
	{"refuse", "Refuse\n", "refuse"},
	{"no", "no\n", "refuse"},
	{"several words", "Not a statement.\n", "not-a-statement"},
	{"with hyphens", "not-a-statement\n", "not-a-statement"},
	{"help", "HELP\n", "help"},
	{"status", "status\n", "status"},
	/* above what is quoted */
	{"Gmail, Apple Mail, Thunderbird", "approve\n\n" GMAIL, "approve"},
	{"attribution over two lines",
	 "approve\n\nOn Sat, 21 Nov 2026 at 12:00, IETF liaison desk\n<desk+" TOKEN "@ietf.org> wrote:\n\n" QUOTE,
	 "approve"},
	{"German", "approve\n\nAm 21.11.26 um 12:00 schrieb IETF liaison desk:\n" QUOTE, "approve"},
	{"Japanese", "approve\n\n2026\xe5\xb9\xb4" "11\xe6\x9c\x88" "21\xe6\x97\xa5 desk <desk@ietf.org>:\n" QUOTE,
	 "approve"},
	{"Outlook", "approve\n\n" OUTLOOK, "approve"},
	{"old Outlook", "approve\n\n-----Original Message-----\nFrom: desk\n\nMay this go out?\n", "approve"},
	{"a mobile's signature", "Approve\n\nSent from my iPhone\n\n> On 21 Nov 2026, desk wrote:\n> x\n", "approve"},
	{"a signature", "approve\n-- \nA. Director\nOperations and Management\n", "approve"},
	{"Outlook for iOS", "approve\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n" OUTLOOK, "approve"},
	{"directly above the attribution", "Approve\n" GMAIL, "approve"},
	{"directly above it, with a reason", "refuse\nToo early\nOn Sat, desk wrote:\n" QUOTE,
	 "refuse reason=Too early"},
	/* below it */
	{"below a quotation", QUOTE "\napprove\n", "approve"},
	{"below an attributed quotation", GMAIL "\napprove\n", "approve"},
	{"below, attribution over lines", "On Sat, 21 Nov 2026\nIETF liaison desk <desk@ietf.org>\nwrote:\n" QUOTE "approve",
	 "approve"},
	{"below, in French", "Le 21/11/2026 \xc3\xa0 12:00, desk a \xc3\xa9" "crit :\n" QUOTE "\nrefuse\n", "refuse"},
	/* arguments */
	{"confirm", "confirm\n", "confirm"},
	{"confirm with values", "confirm purpose=action deadline=2026-12-04 to=quic\n",
	 "confirm deadline=2026-12-04 purpose=action to=quic"},
	{"capital names, full stop", "Confirm Purpose=action Deadline=2026-12-04.\n",
	 "confirm deadline=2026-12-04 purpose=action"},
	{"several values", "confirm to=quic,ippm\n", "confirm to=[quic,ippm]"},
	{"a value in quotation marks", "confirm subject=\"STAMP review, again\"\n",
	 "confirm subject=STAMP review, again"},
	{"a line that was broken", "confirm purpose=action\ndeadline=2026-12-04\nto=quic\n\nThanks\n",
	 "confirm deadline=2026-12-04 purpose=action to=quic"},
	{"assign", "assign carol@example.org\n", "assign to=carol@example.org"},
	{"assign with a lead", "assign to=carol@example.org lead=ippm\n", "assign lead=ippm to=carol@example.org"},
	{"close with a reason in the line", "close nothing to do for us\n", "close reason=nothing to do for us"},
	{"a reason below", "refuse\n\nThe deadline is too short.\nPlease mend.\n\n" GMAIL,
	 "refuse reason=The deadline is too short. Please mend."},
	{"a note below", "note\nspoke to them by phone\n", "note text=spoke to them by phone"},
	{"action with a link", "done link=https://example.org/Draft-07\n",
	 "action-taken link=https://example.org/Draft-07"},
	/* nothing clear */
	{"empty", "", ""},
	{"blank", " \n\n", ""},
	{"only a quotation", QUOTE, ""},
	{"only what Outlook quotes", OUTLOOK, ""},
	{"only a signature", "-- \nA. Director\n", ""},
	{"a mobile's signature alone", "Sent from my iPhone\n" GMAIL, ""},
	{"a question", "approve?\n", ""},
	{"a condition", "approve, but mend the deadline first\n", ""},
	{"two answers", "approve refuse\n", ""},
	{"a negation", "do not approve\n", ""},
	{"another negation", "not approve\n", ""},
	{"a greeting first", "Hi,\napprove\n", ""},
	{"a sentence", "I approve\n", ""},
	{"thanks", "approve, thanks\n", ""},
	{"part of a word", "approvement\n", ""},
	{"no answer directly above the attribution", "No way\n" GMAIL, ""},
	{"approve in the quotation", "Looks strange to me.\n" QUOTE, ""},
	{"approve in the second line", "Let me see.\napprove\n", ""},
	{"struck out", "~~approve~~\n", ""},
	{"in brackets", "[approve]\n", ""},
	{"a listed line of ours", "- confirm\n", ""},
	{"an unknown name", "confirm purpos=action\n", ""},
	{"a name without value", "confirm purpose=\n", ""},
	{"a value that no name takes", "approve reason\n", ""},
	{"help and more", "help me\n", ""},
	{"no step for mails", "release\n", ""},
	{"no person's step", "delivered recipient=a@b.example\n", ""},
	{"Cyrillic look-alike", "\xd0\xb0pprove\n", ""},
	{"out of office", "I am away until Monday.\n", ""},
};

static int
by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(a, b);
}

static char *
answer_text(const LsmAnswer *answer)
{
	GString *text = g_string_new(answer->verb == NULL ? "" : answer->verb);
	g_autoptr(GList) names = NULL;

	if (answer->verb == NULL)
		return g_string_free(text, FALSE);
	names = g_list_sort(json_object_get_members(answer->args), by_name);
	for (GList *l = names; l != NULL; l = l->next) {
		const char *one = lsm_json_get(answer->args, l->data, NULL);
		g_auto(GStrv) list = lsm_json_get_list(answer->args, l->data);
		g_autofree char *joined = g_strjoinv(",", list);

		if (one != NULL)
			g_string_append_printf(text, " %s=%s", (char *)l->data, one);
		else
			g_string_append_printf(text, " %s=[%s]", (char *)l->data, joined);
	}
	return g_string_free(text, FALSE);
}

static void
test_replies(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(replies); i++) {
		g_autoptr(LsmAnswer) answer = lsm_answer_parse(replies[i].text, "Re: Approve? IPPM > BBF [K7Q3M]");
		g_autofree char *got = answer_text(answer);

		if (strcmp(got, replies[i].want) != 0)
			g_test_message("reply \"%s\"", replies[i].name);
		g_assert_cmpstr(got, ==, replies[i].want);
		g_assert_cmpstr(answer->tag, ==, "K7Q3M");
	}
	g_assert_cmpint(G_N_ELEMENTS(replies), >=, 40);
}

/* Our links fill in subject and body; some mail programs take over the subject only. */
static void
test_subject(void)
{
	static const struct {
		const char *subject, *text, *want, *want_tag;
	} rows[] = {
		{"approve", "", "approve", NULL},
		{"approve", "\n\nSent from my iPhone\n", "approve", NULL},
		{"not a statement", "", "not-a-statement", NULL},
		{"approve", "refuse\n", "refuse", NULL},
		{"approve", "Let me think.\n", "", NULL},
		{"approve", "No way\n" GMAIL, "", NULL},
		{"approve", QUOTE, "", NULL},
		{"approve", OUTLOOK, "", NULL},
		{"Re: approve", "", "", NULL},
		{"Automatic reply: approve", "", "", NULL},
		{"Approve? IPPM > BBF: x [K7Q3M]", "", "", "K7Q3M"},
		{"AW: x [K7Q3MAB]", "", "", "K7Q3MAB"},
		{"[ippm] x", "", "", NULL},
		{"x [K7Q3M", "", "", NULL},
		{"x [k7q3m]", "", "", NULL},
		{"x [K7Q]", "", "", NULL},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(LsmAnswer) answer = lsm_answer_parse(rows[i].text, rows[i].subject);
		g_autofree char *got = answer_text(answer);

		g_test_message("%s / %s", rows[i].subject, rows[i].text);
		g_assert_cmpstr(got, ==, rows[i].want);
		g_assert_cmpstr(answer->tag, ==, rows[i].want_tag);
	}
}

static void
test_token(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"approve\n" QUOTE, TOKEN},
		{"approve\n\nReply code: " TOKEN "\n", TOKEN},
		{"> reply CODE:   ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", TOKEN},
		{"> Reply code:\n> " TOKEN "\n", TOKEN},
		{"Reply code: short\nReply code: " TOKEN, TOKEN},
		{"Reply code: " TOKEN "a", NULL},
		{"Reply code: abcdefghijklmnopqrstuvwxyz234561", NULL},
		{TOKEN, NULL},
		{"", NULL},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(LsmAnswer) answer = lsm_answer_parse(rows[i].text, "");

		g_test_message("%s", rows[i].text);
		g_assert_cmpstr(answer->token, ==, rows[i].want);
	}
}

/* What our own mails say must never answer for somebody who sends them back as they are. */
/* What a mail program quoted without a sign is the replier's, as far as one can see; the token in it is not to be
 * kept with it. */
static void
test_token_is_not_kept(void)
{
	static const struct {
		const char *text, *want_line, *want_comment;
	} rows[] = {
		{"Reply code: " TOKEN "\n", "Reply code: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", NULL},
		{"no\nmailto:desk+" TOKEN "@ietf.org?body=x\n", "no",
		 "mailto:desk+xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx@ietf.org?body=x"},
		{"note text=" TOKEN "\n", "note text=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", NULL},
		{"note text=" TOKEN "a\n", "note text=" TOKEN "a", NULL},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(LsmAnswer) answer = lsm_answer_parse(rows[i].text, "");
		const char *text = lsm_json_get(answer->args, "text", "");

		g_test_message("%s", rows[i].text);
		g_assert_cmpstr(answer->line, ==, rows[i].want_line);
		g_assert_cmpstr(answer->comment, ==, rows[i].want_comment);
		g_assert_cmpstr(text, !=, TOKEN);
	}
}

static void
test_own_texts(void)
{
	static const char *const names[] = {"request", "authority", "cover", "help", "already", "answer-done",
					    "answer-refused", "answer-unproved"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_strdup_printf("/org/liaison-milter/guidance/%s.txt", names[i]);
		g_autoptr(GBytes) bytes = g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
		g_auto(GStrv) lines = NULL;

		g_assert_nonnull(bytes);
		lines = g_strsplit(g_bytes_get_data(bytes, NULL), "\n", -1);
		for (guint k = 0; lines[k] != NULL; k++) {
			g_autoptr(LsmAnswer) answer = lsm_answer_parse(lines[k], "");

			if (answer->verb != NULL)
				g_test_message("%s: %s", names[i], lines[k]);
			g_assert_cmpstr(answer->verb, ==, NULL);
		}
	}
}

/* Linear in what is sent: each of these takes far below a second, or the test runs into the runner's limit. */
static void
test_hostile(void)
{
	static const char *const pieces[] = {"a:\n", "\n", "> \n", "x", "Reply code: ", "\xe2\x80\x8b", "*",
					     "a=b ", "\"", "approve ", "From: x\n", "--\n", ":\n\n"};

	for (guint i = 0; i < G_N_ELEMENTS(pieces); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		gint64 begun = g_get_monotonic_time();

		while (text->len < (1u << 20))
			g_string_append(text, pieces[i]);
		lsm_answer_free(lsm_answer_parse(text->str, text->str));
		g_test_message("\"%s\" %d ms", pieces[i], (int)((g_get_monotonic_time() - begun) / 1000));
		g_assert_cmpint(g_get_monotonic_time() - begun, <, 5 * G_USEC_PER_SEC);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/answer/token-is-not-kept", test_token_is_not_kept);
	g_test_add_func("/answer/replies", test_replies);
	g_test_add_func("/answer/subject", test_subject);
	g_test_add_func("/answer/token", test_token);
	g_test_add_func("/answer/own-texts", test_own_texts);
	g_test_add_func("/answer/hostile", test_hostile);
	return g_test_run();
}
