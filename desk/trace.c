/*
 * trace.c - see trace.h. Pure; owns nothing; any thread; cannot fail.
 */
#include "desk/trace.h"

#include "desk/json.h"

#define DIGEST_SHOWN 16

char *
lsm_trace_settings(const LsmSettings *settings)
{
	return settings->digest != NULL ? g_strndup(settings->digest, DIGEST_SHOWN) : NULL;
}

static guint
count_of(char *const *list)
{
	return list != NULL ? g_strv_length((char **)list) : 0;
}

static void
take(GStrvBuilder *list, char *text)
{
	g_strv_builder_add(list, text);
	g_free(text);
}

/* In words, as "known" has them. New strv; may be empty. */
static char **
facts_in_words(const LsmFacts *facts)
{
	g_autoptr(GStrvBuilder) list = g_strv_builder_new();
	g_autofree char *approved = facts->approved_for != NULL ? g_strjoinv(" ", facts->approved_for) : g_strdup("");

	if (!facts->known)
		g_strv_builder_add(list, "the record was not asked");
	if (facts->case_id != NULL)
		take(list, g_strdup_printf("a copy of %s, then %s", facts->case_id, facts->case_state));
	if (facts->original_id != NULL)
		take(list, g_strdup_printf("answers %s", facts->original_id));
	if (*approved != '\0')
		take(list, g_strdup_printf("approved for %s", approved));
	if (facts->approved_in_advance)
		g_strv_builder_add(list, "approved before it was sent");
	if (count_of(facts->released) > 0)
		take(list, g_strdup_printf("released to %u recipient%s", count_of(facts->released),
					   count_of(facts->released) == 1 ? "" : "s"));
	if (count_of(facts->drafted_to) > 0)
		take(list, g_strdup_printf("discussed before with %u address%s", count_of(facts->drafted_to),
					   count_of(facts->drafted_to) == 1 ? "" : "es"));
	if (facts->is_enforced)
		g_strv_builder_add(list, "enforced before");
	if (!facts->may_intervene)
		g_strv_builder_add(list, "max-interventions was reached");
	if (facts->opted_out)
		g_strv_builder_add(list, "somebody said that it is no statement");
	return g_strv_builder_end(list);
}

static void
take_list(JsonObject *object, const char *name, char **list)
{
	lsm_json_set_strings(object, name, (const char *const *)list);
	g_strfreev(list);
}

static char **
effects_of(const GPtrArray *findings)
{
	g_autoptr(GStrvBuilder) list = g_strv_builder_new();

	for (guint i = 0; i < findings->len; i++)
		g_strv_builder_add(list, lsm_effect_name(((const LsmFinding *)findings->pdata[i])->effect));
	return g_strv_builder_end(list);
}

static char **
watched_of(const GPtrArray *findings)
{
	g_autoptr(GStrvBuilder) list = g_strv_builder_new();

	for (guint i = 0; i < findings->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(findings, i);

		if (finding->mode != LSM_MODE_ENFORCE)
			g_strv_builder_add(list, finding->rule->id);
	}
	return g_strv_builder_end(list);
}

static char **
clues_of(const LsmRecognition *recognition)
{
	g_autoptr(GStrvBuilder) list = g_strv_builder_new();

	for (guint i = 0; i < recognition->evidence->len; i++) {
		const LsmEvidence *evidence = g_ptr_array_index(recognition->evidence, i);

		take(list, g_strdup_printf("%+d %s", evidence->weight, evidence->what));
	}
	return g_strv_builder_end(list);
}

void
lsm_trace_add(JsonObject *public, JsonObject *private, const LsmVerdict *verdict, const LsmCheckInput *input)
{
	g_autofree char *settings = lsm_trace_settings(input->settings);

	lsm_json_set(public, "scope", lsm_scope_word(verdict->scope.reason));
	lsm_json_set(public, "settings", settings);
	json_object_set_int_member(public, "ran", verdict->ran);
	json_object_set_boolean_member(public, "certain", verdict->certain);
	take_list(public, "effects", effects_of(verdict->findings));
	take_list(public, "watched", watched_of(verdict->findings));
	lsm_json_set(private, "scope_entry", verdict->scope.entry);
	take_list(private, "clues", clues_of(input->recognition));
	take_list(private, "known", facts_in_words(input->facts));
	lsm_json_set(private, "listener", input->envelope->daemon_name);
}
