/*
 * guidance_rule.c - one rule as a sender reads it, without a mail at hand.
 *
 * Pure over the rule's row and the settings; any thread; cannot fail.
 */
#include "rules/guidance.h"

#include <string.h>

#include "rules/template.h"

#define INDENT "   "

/* What the lines look like that a rule is about: a field of the block, or words for the text. To add one: a
 * row; the first whose id begins the rule's counts. Rules without one speak of no line. */
static const struct {
	const char *rule;
	const char *label; /* of the block, or NULL */
	const char *words;
} examples[] = {
	{"purpose.", "Purpose", NULL},
	{"deadline.unasked", "Purpose", NULL},
	{"deadline.", "Deadline", NULL},
	{"from-contact.", "From-Contact", NULL},
	{"manager.unasked", "From-Contact", NULL},
	{"coordinators.uncopied", "From-Contact", NULL},
	{"from.", "From", NULL},
	{"level.", "From", NULL},
	{"to-contact.", "To-Contact", NULL},
	{"to.", "To", NULL},
	{"routing.several", "To", NULL},
	{"routing.send-to", "Send-To", NULL},
	{"routing.reply", "Send-To", NULL},
	{"address.", "Send-To", NULL},
	{"send-reply-to.", "Send-Reply-To", NULL},
	{"response.", NULL, "In-Response-To: LS-20261121-K7Q3M"},
	{"research.", NULL, "Purpose: In response"},
	{"consensus.collected", NULL, "Consensus: no consensus, collected comments"},
	{"consensus.iesg", NULL, "Consensus: IESG consensus"},
	{"consensus.level", NULL, "Consensus: IETF consensus (IETF-wide Last Call, YYYY-MM-DD)"},
	{"consensus.", NULL, "Consensus: WG consensus (list, YYYY-MM-DD)"},
	{"group.", NULL, "Consensus: WG consensus (list, YYYY-MM-DD)"},
	{"block.", NULL, "Liaison-Statement: 1"},
	{"subject.", NULL, "Subject: Review of the performance metrics YANG module"},
	{"document.work-in-progress", NULL, "draft-ietf-ippm-metrics-00 (Work in Progress)"},
	{"document.gone", NULL, "RFC 9293 (it has obsoleted RFC 793)"},
	{"document.url", NULL, "RFC 9293, https://www.rfc-editor.org/info/rfc9293"},
	{"document.", NULL, "RFC 9293, an Internet Standard"},
};

/* The line with this label of a block; NULL when there is none. */
static char *
line_of(const char *block, const char *label)
{
	g_auto(GStrv) lines = g_strsplit(block, "\n", -1);
	gsize length = strlen(label);

	for (guint i = 0; lines[i] != NULL; i++) {
		g_autoptr(GString) line = NULL;

		if (strncmp(lines[i], label, length) != 0 || lines[i][length] != ':')
			continue;
		line = g_string_new(lines[i]);
		while (lines[++i] != NULL && lines[i][0] == ' ')
			g_string_append(line, lines[i]);
		return g_strdup(line->str);
	}
	return NULL;
}

/* The first group and the first organization with an address of the directory show what it looks like. */
static char *
line_of_sample(const LsmSettings *settings, const char *label, gint64 now)
{
	const LsmDirectory *directory = settings->directory;
	LsmTemplate wish = {.purpose = "action"};
	g_autofree char *block = NULL;

	for (guint i = 0; wish.from == NULL && i < lsm_directory_body_count(directory); i++) {
		const LsmBody *body = lsm_directory_body(directory, i);

		wish.from = body->level == LSM_LEVEL_GROUP ? body : NULL;
	}
	for (guint i = 0; wish.to == NULL && i < lsm_directory_organization_count(directory); i++) {
		const LsmOrganization *organization = lsm_directory_organization(directory, i);

		wish.to = organization->send_to != NULL && organization->send_to[0] != NULL ? organization
											    : NULL;
	}
	if (wish.from == NULL || wish.to == NULL)
		return NULL;
	block = lsm_template_block(&wish, settings, now);
	return line_of(block, label);
}

static char *
example_of(const LsmRule *rule, const LsmSettings *settings, gint64 now)
{
	for (guint i = 0; i < G_N_ELEMENTS(examples); i++) {
		if (!g_str_has_prefix(rule->id, examples[i].rule))
			continue;
		if (examples[i].label != NULL)
			return line_of_sample(settings, examples[i].label, now);
		return lsm_guidance_dated(examples[i].words, now);
	}
	return NULL;
}

static void
add_part(GString *out, const char *title, const char *text)
{
	g_string_append_printf(out, "\n%s\n", title);
	lsm_guidance_wrap(out, text);
}

/* The rows name the sections of the drafts, which count otherwise than RFC 4053. */
static char *
where_of(const LsmRule *rule, const LsmSettings *settings)
{
	gboolean has_sections = lsm_rule_set_bit(settings->rule_set) != LSM_SET_RFC4053;

	return g_strdup_printf("%s%s%s. In doc/procedure.md: %s.", lsm_guidance_procedure(settings),
			       has_sections ? ", section " : "", has_sections ? rule->section : "",
			       rule->requirements);
}

char *
lsm_guidance_rule(const LsmRule *rule, const LsmSettings *settings, gint64 now)
{
	GString *out = g_string_new(NULL);
	g_autofree char *fix = lsm_guidance_fix(rule, now);
	g_autofree char *example = example_of(rule, settings, now);
	g_autofree char *where = NULL;

	g_string_append_printf(out, "%s (%s)\n", rule->heading, rule->id);
	add_part(out, "What to do:", fix);
	add_part(out, "Why:", rule->help);
	if (example != NULL)
		add_part(out, "For example:", example);
	where = where_of(rule, settings);
	add_part(out, "Where it is written:", where);
	return g_string_free(out, FALSE);
}
