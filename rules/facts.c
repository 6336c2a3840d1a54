/*
 * facts.c - what the record knows, as plain data.
 *
 * Owns its strings. Uses GLib only; safe in any thread; nothing here can fail.
 */
#include "rules/facts.h"

LsmFacts *
lsm_facts_new(void)
{
	LsmFacts *facts = g_new0(LsmFacts, 1);

	facts->released = g_new0(char *, 1);
	facts->approved_for = g_new0(char *, 1);
	facts->drafted_to = g_new0(char *, 1);
	facts->may_intervene = TRUE;
	return facts;
}

void
lsm_facts_free(LsmFacts *facts)
{
	if (facts == NULL)
		return;
	g_free(facts->case_id);
	g_free(facts->case_state);
	g_strfreev(facts->released);
	g_free(facts->original_id);
	g_free(facts->original_reply_to);
	g_strfreev(facts->approved_for);
	g_strfreev(facts->drafted_to);
	g_free(facts);
}
