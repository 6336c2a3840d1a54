/*
 * judge.c - how long the judgement of one statement takes: all rules, nothing read or written.
 *
 * Parses and recognises a mail once, then judges it many times; prints the median and the worst of some
 * rounds, in microseconds of processor time a judgement, for a good statement, one with every gap, and one
 * with a text as long as a report. Exit status 1 when a median is above the bound of DESIGN section 8.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "conf/error.h"
#include "rules/verdict.h"

#define ROUNDS 21
#define IN_A_ROUND 200
#define MOST_MICROSECONDS 200.0

static const char good_block[] = "Liaison-Statement: 1\r\n"
				 "From: IETF IPPM Working Group\r\n"
				 "From-Contact: ippm-chairs@ietf.org, ippm@ietf.org, ops-ads@ietf.org\r\n"
				 "Send-Reply-To: liaison-coordination@iab.org\r\n"
				 "To: Broadband Forum\r\n"
				 "To-Contact: liaisons@bbf.example\r\n"
				 "Purpose: For action\r\n"
				 "Deadline: 2027-03-31\r\n"
				 "Consensus: WG consensus (list, 2026-11-02)\r\n"
				 "\r\n";

static const char gap_block[] = "Liaison-Statement: 1\r\n"
				"From: IETF IPPM Working Group\r\n"
				"To: Broadband Forum\r\n"
				"\r\n";

typedef struct {
	const char *name;
	const char *block;
	guint paragraphs;
} Sample;

static const Sample samples[] = {
	{"good", good_block, 1},
	{"gaps", gap_block, 1},
	{"report", good_block, 200},
};

static char *
write_mail(const Sample *sample)
{
	GString *mail = g_string_new("From: ad1@example.org\r\nTo: liaisons@bbf.example\r\n"
				     "Subject: STAMP YANG review\r\nMessage-ID: <1@example.org>\r\n\r\n");

	g_string_append(mail, sample->block);
	for (guint i = 0; i < sample->paragraphs; i++)
		g_string_append(
			mail, "The group has read RFC 8762 and draft-ietf-ippm-stamp-yang-12 and found\r\n"
			      "that the parameters of a session are described in two places. It asks for\r\n"
			      "your view, which was also discussed with the liaison manager.\r\n\r\n");
	return g_string_free(mail, FALSE);
}

static LsmEnvelope *
make_envelope(void)
{
	static const char *const recipients[] = {"<liaisons@bbf.example>", "<ippm@ietf.org>",
						 "<ippm-chairs@ietf.org>", "<ops-ads@ietf.org>",
						 "<liaison-coordination@iab.org>"};
	LsmEnvelope *envelope = lsm_envelope_new("<ad1@example.org>");

	envelope->login = g_strdup("ad1");
	for (guint i = 0; i < G_N_ELEMENTS(recipients); i++)
		lsm_envelope_add_recipient(envelope, recipients[i]);
	return envelope;
}

static int
compare_times(gconstpointer a, gconstpointer b)
{
	double difference = *(const double *)a - *(const double *)b;

	return difference < 0 ? -1 : difference > 0;
}

/* Of the processor, in microseconds: what else runs on the machine is no matter of ours. */
static double
spent_time(void)
{
	struct timespec spent;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
	return (double)spent.tv_sec * 1e6 + (double)spent.tv_nsec / 1e3;
}

static double
judge_once(const LsmCheckInput *input)
{
	double start = spent_time();

	for (guint i = 0; i < IN_A_ROUND; i++)
		lsm_verdict_free(lsm_verdict_judge(input));
	return (spent_time() - start) / IN_A_ROUND;
}

/* The median; prints a line. */
static double
measure(const Sample *sample, const LsmCheckInput *input)
{
	g_autoptr(LsmVerdict) verdict = lsm_verdict_judge(input);
	double times[ROUNDS];

	for (guint i = 0; i < ROUNDS; i++)
		times[i] = judge_once(input);
	qsort(times, ROUNDS, sizeof(times[0]), compare_times);
	printf("%-8s %9zu %9u %9.1f %9.1f\n", sample->name, strlen(input->statement->text),
	       verdict->findings->len, times[ROUNDS / 2], times[ROUNDS - 1]);
	return times[ROUNDS / 2];
}

static double
measure_sample(const Sample *sample, const LsmSettings *settings)
{
	g_autofree char *mail = write_mail(sample);
	LsmCollector *collector = lsm_collector_new(settings);
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;
	g_autoptr(LsmMessage) message = NULL;
	g_autoptr(LsmEnvelope) envelope = make_envelope();
	g_autoptr(LsmRecognition) recognition = NULL;
	g_autoptr(LsmFacts) facts = lsm_facts_new();
	LsmCheckInput input;

	lsm_collector_add_mail(collector, mail, strlen(mail));
	message = lsm_message_parse(collector, settings);
	lsm_collector_free(collector);
	recognition = lsm_recognise(message, envelope, settings, now);
	if (recognition->statement == NULL) {
		fprintf(stderr, "judge: the sample \"%s\" is not recognised\n", sample->name);
		return MOST_MICROSECONDS * 2;
	}
	facts->known = TRUE;
	input = (LsmCheckInput){.message = message,
				.envelope = envelope,
				.recognition = recognition,
				.statement = recognition->statement,
				.facts = facts,
				.settings = settings,
				.now = now};
	return measure(sample, &input);
}

int
main(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(LsmSettings) settings = lsm_settings_load(NULL, &error);
	gboolean slow = FALSE;

	if (settings == NULL) {
		fprintf(stderr, "judge: %s\n", error->message);
		return 2;
	}
	printf("%-8s %9s %9s %9s %9s   (microseconds a judgement)\n", "SAMPLE", "TEXT", "FINDINGS", "MEDIAN",
	       "WORST");
	for (guint i = 0; i < G_N_ELEMENTS(samples); i++)
		slow |= measure_sample(&samples[i], settings) > MOST_MICROSECONDS;
	printf("bound: %.0f for the median of each\n", MOST_MICROSECONDS);
	return slow ? 1 : 0;
}
