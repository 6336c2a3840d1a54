/*
 * subject.h - what a Subject says about being a statement; one row a sign.
 */
#ifndef LSM_RULES_SUBJECT_H
#define LSM_RULES_SUBJECT_H

#include <glib.h>

/* Adds the weights of all signs found; evidence (of LsmEvidence *, may be NULL) gets a line each. subject:
 * decoded. */
int lsm_subject_weigh(const char *subject, GPtrArray *evidence);

/* Does one of the signs stand for a statement by itself ("LS on ...", "Liaison Statement")? Cheap for other
 * subjects. */
gboolean lsm_subject_is_statement_like(const char *subject);

/* A statement's document number in the subject ("S2-2401234", "SG15-LS123", "COM 16 - LS 124"), or NULL;
 * caller frees. */
char *lsm_subject_document(const char *subject);

#endif
