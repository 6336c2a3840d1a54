/*
 * guidance_mail.c - what the whole guidance says beside findings and block: what stops a statement and what
 * does not, where statements go, and where to try one.
 *
 * Paragraphs for text files (guidance_text.c); an empty one leaves no hole. Any thread; cannot fail.
 */
#include "rules/guidance.h"

#include <string.h>

static gboolean
stops(const LsmFinding *finding)
{
	return finding->mode == LSM_MODE_ENFORCE && finding->effect == LSM_EFFECT_REJECT;
}

/* Approval is asked for by the desk: there is nothing that the sender could mend. */
static gboolean
is_remark(const LsmFinding *finding)
{
	return finding->mode == LSM_MODE_ENFORCE && finding->effect < LSM_EFFECT_REDIRECT;
}

static char *
list_those(const LsmVerdict *verdict, const LsmCheckInput *input,
	   gboolean (*is_wanted)(const LsmFinding *finding), const char *title, guint before)
{
	GString *out = g_string_new(NULL);
	guint number = before;

	for (guint i = 0; i < verdict->findings->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(verdict->findings, i);

		if (!is_wanted(finding))
			continue;
		if (number == before)
			g_string_append_printf(out, "%s\n%s", title, before == 0 ? "\n" : "");
		lsm_guidance_numbered(out, ++number, finding, input);
	}
	return g_string_free(out, FALSE);
}

char *
lsm_guidance_gaps(const LsmVerdict *verdict, const LsmCheckInput *input)
{
	return list_those(verdict, input, stops, "This stops it, and has to be mended:", 0);
}

char *
lsm_guidance_remarks(const LsmVerdict *verdict, const LsmCheckInput *input)
{
	guint gaps = 0;

	for (guint i = 0; i < verdict->findings->len; i++)
		gaps += stops(g_ptr_array_index(verdict->findings, i));
	return list_those(verdict, input, is_remark, "This does not stop it, but is better mended:", gaps);
}

char *
lsm_guidance_where(const LsmCheckInput *input)
{
	const GPtrArray *organizations = input->recognition->to_organizations;
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < organizations->len; i++) {
		const LsmOrganization *organization = g_ptr_array_index(organizations, i);
		g_autofree char *addresses = organization->send_to != NULL
						     ? g_strjoinv(", ", organization->send_to)
						     : g_strdup("");

		if (addresses[0] != '\0')
			g_string_append_printf(out, "%sStatements for %s go to %s.", out->len > 0 ? " " : "",
					       organization->name, addresses);
	}
	return g_string_free(out, FALSE);
}

char *
lsm_guidance_trial(const LsmSettings *settings)
{
	const char *check = settings->check_address;

	if (check != NULL && check[0] != '\0')
		return g_strdup_printf(
			"To see beforehand whether all is well, send the mail to %s alone: what was found "
			"comes back to you, and nobody else gets it. On the mail server, liaisonctl check "
			"says the same.",
			check);
	return g_strdup("To see beforehand whether all is well: on a machine with liaison-milter, liaisonctl "
			"check judges "
			"a mail in a file, and sends nothing.");
}
