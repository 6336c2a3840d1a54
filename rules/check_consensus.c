/*
 * check_consensus.c - what a statement says about the agreement behind it (A3, A62, A67, A74, A79, A83).
 *
 * Looks for the words in which people say it, in our field and in the text: a guess, so these rules only
 * note. Pure, any thread; cannot fail.
 */
#include "rules/check.h"

#include <string.h>

#include "conf/address.h"
#include "rules/phrase.h"

typedef enum {
	STANCE_SILENT, /* nothing is said */
	STANCE_DENIED, /* said to have none */
	STANCE_CLAIMED
} Stance;

static const char *const collected[] = {"collected comments", "collection of comments", "collected views",
					"collected responses", NULL};

static const char *const denials[] = {"no consensus",           "not consensus",       "not a consensus",
				      "not the consensus",      "without consensus",   "not have consensus",
				      "not reached consensus",  "not represent",       "not reflect",
				      "not necessarily re*",    "not been discussed",  "individual views",
				      "individual opinions",    "individual comments", "collected comments",
				      "collection of comments", "collected views",     NULL};

/* Words of many sentences, which are an answer only where nothing else stands. */
static const char *const field_denials[] = {"none", "no", "not", NULL};

static const char *const claims[] = {"consensus",
				     "working group agreed",
				     "working group agrees",
				     "wg agreed",
				     "wg agrees",
				     "group has agreed",
				     "been agreed by",
				     "agreed upon by",
				     "area agreed",
				     "iab has agreed",
				     "iesg has agreed",
				     "approved by the working group",
				     "view of the group",
				     NULL};

/* What our field says, and behind it the text. Fold; caller frees. */
static char *
said(const LsmCheckInput *input)
{
	g_auto(GStrv) values = lsm_statement_list(input->statement, LSM_FIELD_CONSENSUS);
	g_autofree char *field = g_strjoinv("; ", values);
	g_autofree char *both = g_strconcat(field, "\n", input->statement->text, NULL);

	return lsm_phrase_fold(both);
}

static Stance
stance_of(const LsmCheckInput *input)
{
	g_auto(GStrv) values = lsm_statement_list(input->statement, LSM_FIELD_CONSENSUS);
	g_autofree char *field = g_strjoinv("; ", values);
	gboolean has_field = field[0] != '\0';
	g_autofree char *fold = lsm_phrase_fold(has_field ? field : input->statement->text);

	if (lsm_phrase_find(fold, denials) != NULL ||
	    (has_field && lsm_phrase_find(fold, field_denials) != NULL))
		return STANCE_DENIED;
	/* What stands in our field is meant to be the answer, in whatever words. */
	return has_field || lsm_phrase_find(fold, claims) != NULL ? STANCE_CLAIMED : STANCE_SILENT;
}

/* It is "highly recommended to clearly indicate any level of consensus or non-consensus" (A3, A62). */
LsmCheckResult
lsm_check_consensus_unstated(const LsmCheckInput *input, char **detail_out)
{
	(void)detail_out;
	return stance_of(input) == STANCE_SILENT ? LSM_CHECK_FOUND : LSM_CHECK_FINE;
}

/* A reply without consensus "should clearly indicate" that it is "collected comments" (A83). */
LsmCheckResult
lsm_check_consensus_collected(const LsmCheckInput *input, char **detail_out)
{
	Stance stance = stance_of(input);
	g_autofree char *fold = said(input);

	if (stance == STANCE_CLAIMED || lsm_phrase_find(fold, collected) != NULL)
		return LSM_CHECK_FINE;
	*detail_out = g_strdup(stance == STANCE_DENIED ? "it says that there is no consensus"
						       : "it does not say that there is consensus");
	return LSM_CHECK_FOUND;
}

/* A statement of the IESG says whether the IESG's own consensus is meant (A67). */
LsmCheckResult
lsm_check_consensus_iesg(const LsmCheckInput *input, char **detail_out)
{
	static const char *const board[] = {"iesg", NULL};
	static const char *const agreement[] = {"consensus", "agree*", NULL};
	const GPtrArray *bodies = input->recognition->from_bodies;
	g_autofree char *fold = NULL;
	gboolean is_iesg = FALSE;

	(void)detail_out;
	for (guint i = 0; i < bodies->len; i++)
		is_iesg |= strcmp(((const LsmBody *)g_ptr_array_index(bodies, i))->acronym, "IESG") == 0;
	if (!is_iesg)
		return LSM_CHECK_FINE;
	fold = said(input);
	return lsm_phrase_near(fold, board, agreement, 80) ? LSM_CHECK_FINE : LSM_CHECK_FOUND;
}

/* An area, or the home as a whole; a board that speaks for itself is neither. */
static gboolean
is_above_groups(const LsmBody *body, const LsmDirectory *directory)
{
	return body->level == LSM_LEVEL_AREA ||
	       (body->level == LSM_LEVEL_ORGANIZATION &&
		g_ascii_strcasecmp(body->acronym, lsm_directory_home_name(directory)) == 0);
}

/* "Area or IETF level statements otherwise require IETF-wide consensus" (A79, since bis-05). */
LsmCheckResult
lsm_check_consensus_level(const LsmCheckInput *input, char **detail_out)
{
	static const char *const wide[] = {"last call", "last-call",      "ietf-wide",
					   "ietf wide", "ietf consensus", NULL};
	const GPtrArray *bodies = input->recognition->from_bodies;
	g_autofree char *fold = NULL;

	if (stance_of(input) != STANCE_CLAIMED)
		return LSM_CHECK_FINE;
	for (guint i = 0; i < bodies->len; i++) {
		const LsmBody *body = g_ptr_array_index(bodies, i);

		if (!is_above_groups(body, input->settings->directory))
			continue;
		fold = said(input);
		if (lsm_phrase_find(fold, wide) != NULL)
			return LSM_CHECK_FINE;
		*detail_out = g_strdup_printf("consensus is claimed at the level of %s",
					      body->name[0] != '\0' ? body->name : body->acronym);
		return LSM_CHECK_FOUND;
	}
	return LSM_CHECK_FINE;
}

/* --- was the group told beforehand? --- */

static const char *const told[] = {"on the list",
				   "list, 20*",
				   "mailing list",
				   "on its list",
				   "last call",
				   "discussed in the working group",
				   "discussed by the working group",
				   "discussed in the group",
				   "reviewed by the working group",
				   "reviewed by the wg",
				   "working group was informed",
				   "working group has been informed",
				   "group was informed",
				   "group has been informed",
				   "wg was informed",
				   "wg has been informed",
				   "announced to the",
				   "at its meeting",
				   "wg meeting",
				   "working group meeting",
				   "interim meeting",
				   NULL};

static const LsmBody *
group_with_list(const GPtrArray *bodies, char *const *told_lists)
{
	for (guint i = 0; i < bodies->len; i++) {
		const LsmBody *body = g_ptr_array_index(bodies, i);

		if (body->level == LSM_LEVEL_GROUP && body->list[0] != '\0' &&
		    !lsm_address_in_list(body->list, told_lists))
			return body;
	}
	return NULL;
}

/* The group is informed "prior to its transmission and not only when it has already been sent" (A74). An
 * earlier mail of the same text to the group's list proves it; else the author's word counts. */
LsmCheckResult
lsm_check_group_uninformed(const LsmCheckInput *input, char **detail_out)
{
	const LsmBody *group = group_with_list(input->recognition->from_bodies, input->facts->drafted_to);
	g_autofree char *fold = NULL;

	if (group == NULL)
		return LSM_CHECK_FINE;
	fold = said(input);
	if (lsm_phrase_find(fold, told) != NULL)
		return LSM_CHECK_FINE;
	*detail_out = g_strdup_printf("no earlier mail to %s is on record", group->list);
	return input->facts->known ? LSM_CHECK_FOUND : LSM_CHECK_UNKNOWN;
}
