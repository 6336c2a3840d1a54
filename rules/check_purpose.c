/*
 * check_purpose.c - purpose, deadline, and what is answered (A26-A29, A32).
 *
 * Pure predicates over what was read. Uses rules/statement for words and dates. Any thread; cannot fail.
 */
#include "rules/check.h"

#include <string.h>

#include "rules/scope.h"
#include "rules/text.h"

#define LONGEST_QUOTE 36

/* A deadline that nobody can meet, and one that nobody remembers (A32). */
#define SOONEST_DAYS 3
#define LATEST_DAYS 730
#define DAY G_GINT64_CONSTANT(86400)

static guint
count_values(const LsmCheckInput *input, LsmFieldId field)
{
	return input->statement->values[field]->len;
}

static const LsmValue *
value_at(const LsmCheckInput *input, LsmFieldId field, guint i)
{
	return g_ptr_array_index(input->statement->values[field], i);
}

/* What people wrote, in quotes, for showing it to them again: enough of it to know it by. */
static char *
as_written(const LsmValue *value)
{
	const char *text =
		value->verbatim != NULL && value->verbatim[0] != '\0' ? value->verbatim : value->value;
	g_autofree char *line = lsm_text_one_line(text != NULL ? text : "", -1, LONGEST_QUOTE);
	gboolean cut = text != NULL && strlen(text) > LONGEST_QUOTE;

	return g_strdup_printf("\"%s%s\"", line, cut ? "..." : "");
}

/* One of the words of lsm_purpose_word(), or NULL. */
static const char *
purpose_word(const LsmValue *value)
{
	return value->value != NULL ? lsm_purpose_word(value->value) : NULL;
}

static gboolean
has_purpose(const LsmCheckInput *input, const char *wanted)
{
	for (guint i = 0; i < count_values(input, LSM_FIELD_PURPOSE); i++) {
		const char *word = purpose_word(value_at(input, LSM_FIELD_PURPOSE, i));

		if (word != NULL && strcmp(word, wanted) == 0)
			return TRUE;
	}
	return FALSE;
}

/* RFC 4053 had a fourth purpose, "For Comment"; the later sets have not (A26). */
static gboolean
knows_comment(const LsmCheckInput *input)
{
	return lsm_rule_set_bit(input->settings->rule_set) == LSM_SET_RFC4053;
}

LsmCheckResult
lsm_check_purpose_missing(const LsmCheckInput *input, char **detail_out)
{
	(void)detail_out;
	return count_values(input, LSM_FIELD_PURPOSE) == 0 ? LSM_CHECK_FOUND : LSM_CHECK_FINE;
}

LsmCheckResult
lsm_check_purpose_unknown(const LsmCheckInput *input, char **detail_out)
{
	for (guint i = 0; i < count_values(input, LSM_FIELD_PURPOSE); i++) {
		const LsmValue *value = value_at(input, LSM_FIELD_PURPOSE, i);
		const char *word = purpose_word(value);

		if (word == NULL) {
			g_autofree char *quote = as_written(value);

			*detail_out = g_strdup_printf("%s is none of the three", quote);
			return LSM_CHECK_FOUND;
		}
		if (strcmp(word, "comment") == 0 && !knows_comment(input)) {
			*detail_out =
				g_strdup(count_values(input, LSM_FIELD_DEADLINE) > 0
						 ? "\"For comment\" with a deadline is \"For action\""
						 : "\"For comment\" is gone: use action with a deadline, "
						   "or information");
			return LSM_CHECK_FOUND;
		}
	}
	return LSM_CHECK_FINE;
}

/*
 * A purpose that lacks or is not understood may still turn out to be "For action". The gap of the deadline
 * is then told in the same answer (all gaps at once), but only where the purpose itself stops the mail:
 * alone it would stop a statement that needs no deadline.
 */
static gboolean
may_become_action(const LsmCheckInput *input)
{
	const char *rule =
		count_values(input, LSM_FIELD_PURPOSE) == 0 ? "purpose.missing" : "purpose.unknown";

	if (has_purpose(input, "information") || has_purpose(input, "response") ||
	    has_purpose(input, "comment"))
		return FALSE;
	return lsm_scope_rule_mode(input->settings, rule, LSM_MODE_ENFORCE) == LSM_MODE_ENFORCE;
}

/* "Liaison statements that request action indicate a deadline when the action is required." (A28) What was
 * "For Comment" asks for an action when it names a deadline (A26), and always did under RFC 4053. */
static gboolean
wants_deadline(const LsmCheckInput *input)
{
	if (has_purpose(input, "action") || may_become_action(input))
		return TRUE;
	return has_purpose(input, "comment") &&
	       (knows_comment(input) || count_values(input, LSM_FIELD_DEADLINE) > 0);
}

LsmCheckResult
lsm_check_deadline_missing(const LsmCheckInput *input, char **detail_out)
{
	(void)detail_out;
	if (!wants_deadline(input) || count_values(input, LSM_FIELD_DEADLINE) > 0)
		return LSM_CHECK_FINE;
	return input->statement->deadline_state == LSM_DEADLINE_NONE ? LSM_CHECK_FOUND : LSM_CHECK_FINE;
}

/* Found when a deadline was read with this outcome; says what stood there. */
static LsmCheckResult
deadline_is(const LsmCheckInput *input, LsmDeadlineState state, const char *complaint, char **detail_out)
{
	if (input->statement->deadline_state != state || !wants_deadline(input))
		return LSM_CHECK_FINE;
	if (count_values(input, LSM_FIELD_DEADLINE) > 0) {
		g_autofree char *quote = as_written(value_at(input, LSM_FIELD_DEADLINE, 0));

		*detail_out = g_strdup_printf("%s %s", quote, complaint);
	}
	return LSM_CHECK_FOUND;
}

LsmCheckResult
lsm_check_deadline_unreadable(const LsmCheckInput *input, char **detail_out)
{
	return deadline_is(input, LSM_DEADLINE_UNREADABLE, "is not a date", detail_out);
}

LsmCheckResult
lsm_check_deadline_ambiguous(const LsmCheckInput *input, char **detail_out)
{
	return deadline_is(input, LSM_DEADLINE_AMBIGUOUS, "can be read in two ways", detail_out);
}

/* The day is over everywhere on earth. What is not a date is another rule's. */
static gboolean
is_past(const LsmValue *value, gint64 now, char iso[11])
{
	if (value->value == NULL || lsm_deadline_parse(value->value, iso) != LSM_DEADLINE_READ)
		return FALSE;
	return lsm_deadline_end(iso) < now;
}

LsmCheckResult
lsm_check_deadline_past(const LsmCheckInput *input, char **detail_out)
{
	guint count = count_values(input, LSM_FIELD_DEADLINE);
	char iso[11] = "";

	if (input->statement->deadline_state != LSM_DEADLINE_READ || count == 0 || !wants_deadline(input))
		return LSM_CHECK_FINE;
	/* Several deadlines: as long as one can be kept, there is something to answer. */
	for (guint i = 0; i < count; i++) {
		if (!is_past(value_at(input, LSM_FIELD_DEADLINE, i), input->now, iso))
			return LSM_CHECK_FINE;
	}
	*detail_out = g_strdup_printf("%s is over", iso);
	return LSM_CHECK_FOUND;
}

/* One statement has one purpose (A26); some forms name one for each addressee. */
LsmCheckResult
lsm_check_purpose_several(const LsmCheckInput *input, char **detail_out)
{
	const char *first = NULL;

	for (guint i = 0; i < count_values(input, LSM_FIELD_PURPOSE); i++) {
		const char *word = purpose_word(value_at(input, LSM_FIELD_PURPOSE, i));

		if (word == NULL)
			continue;
		if (first != NULL && strcmp(first, word) != 0) {
			*detail_out = g_strdup_printf("both %s and %s", first, word);
			return LSM_CHECK_FOUND;
		}
		first = word;
	}
	return LSM_CHECK_FINE;
}

/* For information "no response is expected" (A27). */
LsmCheckResult
lsm_check_deadline_unasked(const LsmCheckInput *input, char **detail_out)
{
	if (wants_deadline(input) || count_values(input, LSM_FIELD_DEADLINE) == 0)
		return LSM_CHECK_FINE;
	*detail_out = as_written(value_at(input, LSM_FIELD_DEADLINE, 0));
	return LSM_CHECK_FOUND;
}

/* Days from now to the end of that day; the ones that are over are another rule's. */
LsmCheckResult
lsm_check_deadline_unreal(const LsmCheckInput *input, char **detail_out)
{
	const char *written = lsm_statement_first(input->statement, LSM_FIELD_DEADLINE);
	char iso[11];
	gint64 left;

	if (written == NULL || !wants_deadline(input) ||
	    lsm_deadline_parse(written, iso) != LSM_DEADLINE_READ)
		return LSM_CHECK_FINE;
	left = lsm_deadline_end(iso) - input->now;
	if (left < 0 || (left >= SOONEST_DAYS * DAY && left <= LATEST_DAYS * DAY))
		return LSM_CHECK_FINE;
	if (left < SOONEST_DAYS * DAY)
		*detail_out = g_strdup_printf("%s leaves less than %d days", iso, SOONEST_DAYS);
	else
		*detail_out = g_strdup_printf("%s is more than two years away", iso);
	return LSM_CHECK_FOUND;
}

/* A response names what it answers, so that the other end can put the two together (A29). */
LsmCheckResult
lsm_check_response_unlinked(const LsmCheckInput *input, char **detail_out)
{
	(void)detail_out;
	return lsm_statement_has(input->statement, LSM_FIELD_IN_RESPONSE_TO) ? LSM_CHECK_FINE
									     : LSM_CHECK_FOUND;
}

LsmCheckResult
lsm_check_response_unknown(const LsmCheckInput *input, char **detail_out)
{
	if (count_values(input, LSM_FIELD_IN_RESPONSE_TO) == 0 || input->facts->original_id != NULL)
		return LSM_CHECK_FINE;
	*detail_out = as_written(value_at(input, LSM_FIELD_IN_RESPONSE_TO, 0));
	return input->facts->known ? LSM_CHECK_FOUND : LSM_CHECK_UNKNOWN;
}
