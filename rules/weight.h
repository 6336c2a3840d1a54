/*
 * weight.h - the one table of what evidence weighs (weights.def).
 */
#ifndef LSM_RULES_WEIGHT_H
#define LSM_RULES_WEIGHT_H

#include <glib.h>

typedef enum {
#define LSM_WEIGHT(id, weight, what, reason) LSM_WEIGHT_##id,
#include "rules/weights.def"
#undef LSM_WEIGHT
	LSM_WEIGHT_COUNT
} LsmWeightId;

typedef struct {
	const char *id; /* "ROLE_HOLDER" */
	int weight;     /* positive speaks for a statement */
	const char *what;
	const char *reason;
} LsmWeight;

const LsmWeight *lsm_weight(LsmWeightId id);

/* Adds the row's evidence; returns its weight. evidence: of LsmEvidence *; may be NULL. */
int lsm_weight_add(LsmWeightId id, GPtrArray *evidence);

/* The same under words of one's own, which say what was seen where. */
void lsm_weight_note(LsmWeightId id, GPtrArray *evidence, const char *format, ...) G_GNUC_PRINTF(3, 4);

#endif
