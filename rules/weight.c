/*
 * weight.c - see weight.h. Owns nothing; thread-safe; never fails.
 */
#include "rules/weight.h"

#include <stdarg.h>

#include "rules/format.h"
#include "rules/recognise.h"

static const LsmWeight weights[] = {
#define LSM_WEIGHT(id, weight, what, reason) {#id, weight, what, reason},
#include "rules/weights.def"
#undef LSM_WEIGHT
};

const LsmWeight *
lsm_weight(LsmWeightId id)
{
	return &weights[id];
}

static void
add(const LsmWeight *row, GPtrArray *evidence, const char *what)
{
	guint before = evidence->len;

	lsm_evidence_add(evidence, row->weight, "%s", what);
	if (evidence->len > before)
		((LsmEvidence *)g_ptr_array_index(evidence, before))->reason = row->reason;
}

int
lsm_weight_add(LsmWeightId id, GPtrArray *evidence)
{
	if (evidence != NULL)
		add(&weights[id], evidence, weights[id].what);
	return weights[id].weight;
}

void
lsm_weight_note(LsmWeightId id, GPtrArray *evidence, const char *format, ...)
{
	g_autofree char *what = NULL;
	va_list arguments;

	va_start(arguments, format);
	what = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	add(&weights[id], evidence, what);
}
