/*
 * test_facts.c - what the record tells the rules about a mail: who saw the text before, where an answer is
 * wanted.
 */
#include "tests/unit/desk_fixture.h"

#include "conf/address.h"

#define LIST_POST                                                                                            \
	"From: Carol Chair <carol@example.org>\nTo: ippm@ietf.org\nSubject: [draft] STAMP YANG review\n"     \
	"Message-ID: <draft@example.org>\n\n" BLOCK STATEMENT_TEXT

static const struct {
	const char *name;
	const char *before_to; /* recipients of an earlier mail of the same text; NULL: none */
	gboolean want_told;    /* ippm@ietf.org has seen it */
} draft_cases[] = {
	{"nobody before", NULL, FALSE},
	{"the list", "ippm@ietf.org", TRUE},
	{"the list, in capitals", "IPPM@IETF.org", TRUE},
	{"the chairs only", "ippm-chairs@ietf.org", FALSE},
	{"it was sent before, not discussed", "ippm@ietf.org liaisons@bbf.example", FALSE},
};

/* A74: an earlier mail of the same text to the group's list, and to nobody outside. */
static void
test_drafted_to(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(draft_cases); i++) {
		DeskFixture *fixture = desk_fixture_new(NULL, NULL);
		TestMail before = {CAROL, .recipients = draft_cases[i].before_to, .mail = LIST_POST};
		TestMail mail = {CAROL, .recipients = BBF, .mail = STATEMENT("1")};
		TestPassage passage;

		g_test_message("%s", draft_cases[i].name);
		if (before.recipients != NULL) {
			passage = desk_fixture_pass_and_take(fixture, &before);
			test_passage_clear(&passage);
		}
		passage = desk_fixture_pass_and_take(fixture, &mail);
		g_assert_true(passage.decision->facts->known);
		g_assert_cmpint(lsm_address_in_list("ippm@ietf.org", passage.decision->facts->drafted_to), ==,
				draft_cases[i].want_told);
		test_passage_clear(&passage);
		desk_fixture_free(fixture);
	}
}

#define ASKING                                                                                               \
	INCOMING_FIELDS MESSAGE_ID(                                                                          \
		"asks") "\nLiaison-Statement: 1\nFrom: ITU-T\nTo: IETF IPPM Working Group\n"                 \
			"Send-Reply-To: answers@itu.example\nPurpose: For information\n" INCOMING_TEXT

/* A18, A24: where the statement that is answered wants its answer. */
static void
test_original_reply_to(void)
{
	DeskFixture *fixture = desk_fixture_new(NULL, NULL);
	TestMail asking = {FROM_ITU, .recipients = "ippm@ietf.org", .mail = ASKING};
	TestPassage asked = desk_fixture_pass_and_take(fixture, &asking);
	g_autofree char *text = g_strdup_printf(
		"From: Carol Chair <carol@example.org>\nTo: tsb@itu.example\nSubject: Our answer\n\n"
		"Liaison-Statement: 1\nFrom: IETF IPPM Working Group\nTo: ITU-T\nPurpose: In response\n"
		"In-Response-To: %s\n\nWe have no comments.\n",
		asked.decision->case_id);
	TestMail answer = {CAROL, .recipients = "tsb@itu.example", .mail = text};
	TestPassage answered = desk_fixture_pass_and_take(fixture, &answer);

	g_assert_cmpstr(answered.decision->facts->original_id, ==, asked.decision->case_id);
	g_assert_cmpstr(answered.decision->facts->original_reply_to, ==, "answers@itu.example");
	g_assert_cmpuint(g_strv_length(answered.decision->facts->approved_for), ==, 0);
	test_passage_clear(&asked);
	test_passage_clear(&answered);
	desk_fixture_free(fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/facts/drafted-to", test_drafted_to);
	g_test_add_func("/facts/original-reply-to", test_original_reply_to);
	return g_test_run();
}
