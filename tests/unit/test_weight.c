/* test_weight.c - every weight has its reason, and whoever asks is told it. */
#include "reading_fixture.h"
#include "rules/recognise.h"
#include "rules/weight.h"

static void
test_rows(void)
{
	for (guint i = 0; i < LSM_WEIGHT_COUNT; i++) {
		const LsmWeight *row = lsm_weight((LsmWeightId)i);

		g_test_message("%s", row->id);
		g_assert_cmpint(row->weight, !=, 0);
		g_assert_cmpint(ABS(row->weight), <=, 100);
		g_assert_cmpuint(strlen(row->what), >, 5);
		g_assert_cmpuint(strlen(row->reason), >, 10);
		/* They are printed behind each other: "what: reason". */
		g_assert_false(g_str_has_suffix(row->what, "."));
		g_assert_false(g_str_has_suffix(row->reason, "."));
		for (guint k = 0; k < i; k++)
			g_assert_cmpstr(row->what, !=, lsm_weight((LsmWeightId)k)->what);
	}
}

/* Whatever weighs something says why. */
static void
test_evidence(void)
{
	static const char *const mails[] = {
		"From: Bob <bob@bbf.example>\nTo: ippm@ietf.org\nSubject: LS on STAMP\n\nliaison statement\n",
		"From: Bob <bob@bbf.example>\nTo: ippm@ietf.org\nSubject: Re: [S2-2401234] Draft LS to IETF\n"
		"In-Reply-To: <1@x>\n\n> Liaison-Statement: 1\n",
		"From: Bob <bob@bbf.example>\nTo: ippm@ietf.org\nSubject: x\n\nLiaison-Statement: 1\nPurpose: For action\n",
		"From: Bob <bob@bbf.example>\nTo: ippm@ietf.org\nSubject: x\nLiaison-Purpose: For action\n\nx\n",
		"From: Bob <bob@bbf.example>\nTo: ippm@ietf.org\nSubject: x\n\nTitle: LS on x\nSource: BBF\nTo: IETF IPPM\n"
		"Cc: -\nResponse to: -\n",
	};
	LsmSettings *settings = reading_settings_new();

	for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
		g_autoptr(LsmMessage) message = reading_parse(settings, mails[i]);
		g_autoptr(LsmEnvelope) envelope =
			reading_envelope("bob@bbf.example", "<ippm@ietf.org>", NULL, NULL);
		g_autoptr(LsmRecognition) result = lsm_recognise(message, envelope, settings, NOW);
		guint weighed = 0;

		for (guint k = 0; k < result->evidence->len; k++) {
			const LsmEvidence *evidence = g_ptr_array_index(result->evidence, k);

			g_test_message("%d %s", evidence->weight, evidence->what);
			g_assert_true((evidence->reason != NULL) == (evidence->weight != 0));
			weighed += evidence->weight != 0;
		}
		g_assert_cmpuint(weighed, >, 0);
	}
	reading_settings_free(settings);
}

static void
test_add(void)
{
	g_assert_cmpint(lsm_weight_add(LSM_WEIGHT_ROLE_HOLDER, NULL), ==,
			lsm_weight(LSM_WEIGHT_ROLE_HOLDER)->weight);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/weight/rows", test_rows);
	g_test_add_func("/weight/evidence", test_evidence);
	g_test_add_func("/weight/add", test_add);
	return g_test_run();
}
