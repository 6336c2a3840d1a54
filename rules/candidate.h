/*
 * candidate.h - what the steps of recognition share; known to recognise.c, attachment_forms.c,
 * parties.c, way.c, clue.c, infer.c only.
 */
#ifndef LSM_RULES_CANDIDATE_H
#define LSM_RULES_CANDIDATE_H

#include "rules/format.h"
#include "rules/recognise.h"

typedef struct {
	const LsmMessage *message;
	const LsmEnvelope *envelope;
	const LsmSettings *settings;
	gint64 now;
	LsmRecognition *result; /* being filled; its statement is set as soon as a form was read */

	/* set by recognise.c */
	int form_weight;      /* of the known form that was read, 0 without one */
	const LsmFormat *form; /* that form; NULL without one */
	gboolean is_carried;  /* a statement is quoted or forwarded in it */
	gboolean is_attached; /* the form was read in an attachment */
	gboolean is_enclosed; /* ... which is a mail, or stands in one */
	gboolean is_talk;     /* the covering text talks about what is attached, as about a draft */
	guint bare_lines;     /* fields standing on top of the text without a form */

	/* set by lsm_candidate_find_parties */
	gboolean is_submitted;   /* by login, submission path or command */
	gboolean is_role_holder; /* authenticated, with a role at home */
	gboolean is_from_home;
	gboolean has_outside_recipient; /* in the envelope */
	gboolean has_outside_addressee; /* in To or Cc */
	gboolean has_home_recipient;
	gboolean reaches_their_liaison; /* an organization's liaison address in the envelope */
	gboolean names_their_liaison;   /* ... in To or Cc */
	gboolean reaches_our_liaison;   /* a liaison address of ours in the envelope */
} LsmCandidate;

/* attachment_forms.c: the form in an attachment: read where the text has none that is sure, else kept beside it,
 * and what the text does not say is filled from it. Needs the text's form; texts may be NULL. */
void lsm_candidate_read_attachments(LsmCandidate *candidate, const GPtrArray *texts);
/* ... lines on top of the text say more than the attachment: they come first. */
void lsm_candidate_prefer_lines(LsmCandidate *candidate, const LsmStatement *lines);
/* "Liaison Statement" as a line of its own on top of an attachment that was read; not where it is a draft. */
gboolean lsm_candidate_has_attached_heading(const LsmCandidate *candidate);
/* Does whoever sends the mail speak for those in whose name the attached statement is? Needs the parties. */
gboolean lsm_candidate_is_sender_own(const LsmCandidate *candidate);

/* parties.c: the bodies and organizations at both ends, and the questions above. */
void lsm_candidate_find_parties(LsmCandidate *candidate);

/* way.c: result->way and result->verified; needs the parties. */
void lsm_candidate_find_way(LsmCandidate *candidate);

/* clue.c: the sum of all clues, each added to the evidence; needs way and parties. */
int lsm_candidate_weigh(LsmCandidate *candidate);
/* A sum from which on a mail without a known form is taken for a statement. */
#define LSM_ENOUGH_WEIGHT 60

/* A reply within a thread: "Re:" and, for what is submitted here, a reference, for the prefix alone proves
 * nothing; or a reference under a subject that is no statement's. */
gboolean lsm_candidate_is_reply(const LsmCandidate *candidate);

/* infer.c: fills what the statement lacks from header, envelope and directory, marked as inferred. */
void lsm_candidate_infer(LsmCandidate *candidate);

#endif
