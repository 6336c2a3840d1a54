/*
 * guidance_reply.c - the short reply to a statement that was not taken (DESIGN section 3).
 *
 * A relaying mail server joins the lines into one paragraph and cuts it near 2 KB, so every line is full
 * sentences, and all together stay small. Pure, any thread; cannot fail.
 */
#include "rules/guidance.h"

#include <string.h>

#include "rules/approval.h"

/* What the mail server puts around a line: "550-5.6.0 " and CRLF. */
#define LINE_OVERHEAD 12
#define MOST_OCTETS 1000
/* Eight lines, less the first one and four at the end. */
#define MOST_SPELLED 3

#define MOST_PARTY 60
#define MOST_WHO 60
#define MOST_CONTACT 80
#define MOST_DETAIL 70
#define MOST_ID 32

typedef struct {
	const LsmVerdict *verdict;
	const LsmCheckInput *input;
	const char *id;
	GPtrArray *gaps; /* of const LsmFinding *: those that stop the mail */
	guint remarks;   /* how many more findings there are, which stop nothing */
	gboolean mailed; /* the whole guidance goes to the submitter by mail */
} Reply;

static GPtrArray *
find_gaps(const LsmVerdict *verdict)
{
	GPtrArray *gaps = g_ptr_array_new();

	for (guint i = 0; i < verdict->findings->len; i++) {
		LsmFinding *finding = g_ptr_array_index(verdict->findings, i);

		if (finding->effect == LSM_EFFECT_REJECT && finding->mode == LSM_MODE_ENFORCE)
			g_ptr_array_add(gaps, finding);
	}
	return gaps;
}

/* Approval is no remark: the next line tells of it. */
static guint
count_remarks(const LsmVerdict *verdict)
{
	guint count = 0;

	for (guint i = 0; i < verdict->findings->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(verdict->findings, i);

		count += finding->effect < LSM_EFFECT_REDIRECT && finding->mode == LSM_MODE_ENFORCE &&
			 !finding->unknown;
	}
	return count;
}

static gboolean
are_absences(const GPtrArray *gaps)
{
	for (guint i = 0; i < gaps->len; i++) {
		if (!((const LsmFinding *)g_ptr_array_index(gaps, i))->rule->is_absence)
			return FALSE;
	}
	return TRUE;
}

/* There is an address of somebody whom the mail server has authenticated. */
static gboolean
can_be_mailed(const LsmCheckInput *input)
{
	const char *login = input->envelope->login;

	return input->recognition->submitter != NULL || (login != NULL && strchr(login, '@') != NULL);
}

static char *
name_parties(const LsmCheckInput *input)
{
	const GPtrArray *organizations = input->recognition->to_organizations;
	const char *written = lsm_statement_first(input->statement, LSM_FIELD_TO);
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < organizations->len; i++) {
		const LsmOrganization *organization = g_ptr_array_index(organizations, i);
		const char *separator = i == 0 ? "" : i + 1 == organizations->len ? " and " : ", ";

		g_string_append_printf(names, "%s%s", separator, organization->name);
	}
	if (names->len == 0)
		g_string_append(names, written != NULL ? written : "the addressees");
	return lsm_guidance_one_line(names->str, MOST_PARTY);
}

static char *
first_line(const Reply *reply)
{
	g_autofree char *parties = name_parties(reply->input);
	guint count = reply->gaps->len;
	gboolean absent = are_absences(reply->gaps);

	return g_strdup_printf("Not sent to %s: this liaison statement %s %u %s%s.", parties,
			       absent ? "lacks" : "needs", count, absent ? "thing" : "change",
			       count == 1 ? "" : "s");
}

static char *
gap_line(const Reply *reply, guint i)
{
	const LsmFinding *finding = g_ptr_array_index(reply->gaps, i);
	g_autofree char *fix = lsm_guidance_fix(finding->rule, reply->input->now);
	g_autofree char *safe = lsm_guidance_one_line(fix, 220);
	g_autofree char *detail = lsm_guidance_one_line(finding->detail, MOST_DETAIL);

	if (detail[0] == '\0')
		return g_strdup_printf("(%u) %s. %s", i + 1, finding->rule->heading, safe);
	return g_strdup_printf("(%u) %s: %s. %s", i + 1, finding->rule->heading, detail, safe);
}

/* " And 2 more, in the mail to you: DEADLINE, CONTENT." */
static char *
rest_text(const Reply *reply, guint spelled)
{
	g_autoptr(GString) headings = g_string_new(NULL);

	for (guint i = spelled; i < reply->gaps->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(reply->gaps, i);

		g_string_append_printf(headings, "%s%s", i == spelled ? "" : ", ", finding->rule->heading);
	}
	if (headings->len == 0)
		return g_strdup("");
	return g_strdup_printf(" And %u more%s: %s.", reply->gaps->len - spelled,
			       reply->mailed ? ", in the mail to you" : "", headings->str);
}

static char *
next_step_line(const Reply *reply)
{
	const LsmCheckInput *input = reply->input;
	const char *mend = are_absences(reply->gaps) ? "Add" : "Mend";
	g_autoptr(GPtrArray) steps = NULL;
	g_autofree char *text = NULL;
	g_autofree char *who = NULL;

	if (reply->verdict->approved)
		return g_strdup_printf("Nobody has received it. %s this and send it again.", mend);
	steps = lsm_approval_steps(input->recognition, input->settings, input->now);
	text = lsm_approval_missing_text(steps);
	who = lsm_guidance_one_line(text, MOST_WHO);
	return g_strdup_printf(
		"Nobody has received it. %s this and send it again; %s %s then asked to approve, and you "
		"hear at once.",
		mend, who, strstr(who, " and ") != NULL ? "are" : "is");
}

/* ", with 3 further remarks": what stops nothing is only counted here. */
static char *
remarks_text(const Reply *reply, const char *before)
{
	if (reply->remarks == 0)
		return g_strdup("");
	return g_strdup_printf("%s%u further remark%s", before, reply->remarks,
			       reply->remarks == 1 ? "" : "s");
}

/* Who gets no mail can ask for one: the check address answers those who are proved. */
static char *
unmailed_line(const Reply *reply, const char *id)
{
	const char *address = reply->input->settings->check_address;
	g_autofree char *check = lsm_guidance_one_line(address, 256);
	g_autofree char *remarks = remarks_text(reply, ", with ");

	if (check[0] == '\0' || strlen(check) > MOST_CONTACT)
		return g_strdup_printf("Ref %s.", id);
	return g_strdup_printf("Send it to %s, and all that lacks comes back by mail%s. Ref %s.", check,
			       remarks, id);
}

static char *
reference_line(const Reply *reply)
{
	g_autofree char *id = lsm_guidance_one_line(reply->id, MOST_ID);
	g_autofree char *remarks = NULL;

	if (id[0] == '\0')
		return g_strdup("This is a trial: nothing was sent, and nothing was recorded.");
	if (!reply->mailed)
		return unmailed_line(reply, id);
	remarks = remarks_text(reply, ", with ");
	return g_strdup_printf("A ready block to paste was mailed to you%s. Ref %s.", remarks, id);
}

/* "2.2" or "2.2, 2.3", as far as the gaps are about them. */
static char *
name_sections(const GPtrArray *gaps)
{
	g_autoptr(GPtrArray) sections = g_ptr_array_new();

	for (guint i = 0; i < gaps->len; i++) {
		const LsmFinding *finding = g_ptr_array_index(gaps, i);

		if (!g_ptr_array_find_with_equal_func(sections, finding->rule->section, g_str_equal, NULL))
			g_ptr_array_add(sections, (gpointer)finding->rule->section);
	}
	g_ptr_array_add(sections, NULL);
	return g_strjoinv(", ", (char **)sections->pdata);
}

/* Half an address helps nobody: a longer one is left out. */
static char *
safe_contact(const LsmCheckInput *input)
{
	g_autofree char *contact =
		lsm_guidance_one_line(lsm_directory_liaison_contact(input->settings->directory), 256);

	return g_strdup(strlen(contact) <= MOST_CONTACT ? contact : "");
}

static char *
rules_line(const Reply *reply)
{
	const char *procedure = lsm_guidance_procedure(reply->input->settings);
	g_autofree char *contact = safe_contact(reply->input);
	g_autofree char *sections = name_sections(reply->gaps);
	g_autofree char *where = NULL;

	/* The rows name the sections of the drafts, which count otherwise than RFC 4053. */
	if (lsm_rule_set_bit(reply->input->settings->rule_set) == LSM_SET_RFC4053)
		where = g_strdup(procedure);
	else
		where = g_strdup_printf("%s section%s %s", procedure,
					strchr(sections, ',') != NULL ? "s" : "", sections);
	if (contact[0] == '\0')
		return g_strdup_printf("Rules: %s.", where);
	return g_strdup_printf("Questions: %s. Rules: %s.", contact, where);
}

/* "Liaison: no" is taken from an authenticated submitter only; others have a person to tell. */
static char *
way_out_line(const Reply *reply)
{
	g_autofree char *contact = safe_contact(reply->input);

	if (reply->input->envelope->login != NULL || contact[0] == '\0')
		return g_strdup(
			"NOT a liaison statement? Put \"Liaison: no\" on top of the text and send it again.");
	return g_strdup_printf("NOT a liaison statement? Tell %s, with the reference.", contact);
}

static char **
write_lines(const Reply *reply, guint spelled)
{
	g_autoptr(GPtrArray) lines = g_ptr_array_new();
	g_autofree char *rest = rest_text(reply, spelled);

	g_ptr_array_add(lines, first_line(reply));
	for (guint i = 0; i < spelled; i++) {
		g_autofree char *line = gap_line(reply, i);

		g_ptr_array_add(lines, g_strconcat(line, i + 1 == spelled ? rest : "", NULL));
	}
	g_ptr_array_add(lines, next_step_line(reply));
	g_ptr_array_add(lines, reference_line(reply));
	g_ptr_array_add(lines, rules_line(reply));
	g_ptr_array_add(lines, way_out_line(reply));
	g_ptr_array_add(lines, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&lines), FALSE);
}

static gsize
count_octets(char *const *lines)
{
	gsize octets = 0;

	for (guint i = 0; lines[i] != NULL; i++)
		octets += strlen(lines[i]) + LINE_OVERHEAD;
	return octets;
}

char **
lsm_guidance_reply(const LsmVerdict *verdict, const LsmCheckInput *input, const char *id)
{
	g_autoptr(GPtrArray) gaps = find_gaps(verdict);
	Reply reply = {verdict, input, id, gaps, count_remarks(verdict), id != NULL && can_be_mailed(input)};
	guint spelled = MIN(gaps->len, MOST_SPELLED);
	char **lines = write_lines(&reply, spelled);

	while (spelled > 1 && count_octets(lines) > MOST_OCTETS) {
		g_strfreev(lines);
		lines = write_lines(&reply, --spelled);
	}
	return lines;
}
