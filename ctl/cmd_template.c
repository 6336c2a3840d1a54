/*
 * cmd_template.c - liaisonctl template: a statement to begin with, filled from the directory.
 */
#include <stdio.h>
#include <string.h>

#include "conf/error.h"
#include "conf/nearest.h"
#include "ctl/command.h"
#include "ctl/printer.h"
#include "desk/json.h"
#include "rules/guidance.h"
#include "rules/statement.h"
#include "rules/template.h"
#include "store/case.h"
#include "store/index.h"

typedef struct {
	char *from, *to, *purpose, *deadline, *in_response_to;
	gboolean body;
} TemplateOptions;

static void
options_clear(TemplateOptions *options)
{
	g_free(options->from);
	g_free(options->to);
	g_free(options->purpose);
	g_free(options->deadline);
	g_free(options->in_response_to);
}

/* USAGE, with what was perhaps meant. */
static void
set_unknown(GError **error, const char *what, const char *name, const GPtrArray *known)
{
	const char *nearest = lsm_nearest_word(name, (const char *const *)known->pdata);
	g_autofree char *safe = lsm_printer_safe(name);

	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "the directory knows no %s \"%s\"%s%s%s", what, safe,
		    nearest != NULL ? "; did you mean \"" : "", nearest != NULL ? nearest : "",
		    nearest != NULL ? "\"?" : "");
}

/* --- who --- */

static const LsmBody *
unknown_body(const LsmDirectory *directory, const char *name, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();

	for (guint i = 0; i < lsm_directory_body_count(directory); i++) {
		const LsmBody *body = lsm_directory_body(directory, i);

		g_ptr_array_add(known, body->acronym);
		if (body->name[0] != '\0')
			g_ptr_array_add(known, body->name);
	}
	g_ptr_array_add(known, NULL);
	set_unknown(error, "group, area or body of ours", name, known);
	return NULL;
}

/* An acronym, or a name as people write it in From: "IETF IPPM Working Group". */
static const LsmBody *
find_body(const LsmDirectory *directory, const char *name, GError **error)
{
	const LsmBody *body = lsm_directory_find_body(directory, name);
	g_autoptr(GPtrArray) named = lsm_directory_match_bodies(directory, name);

	if (body == NULL && named->len == 1)
		body = g_ptr_array_index(named, 0);
	for (guint i = 0; body == NULL && i < lsm_directory_body_count(directory); i++) {
		const LsmBody *known = lsm_directory_body(directory, i);

		body = g_ascii_strcasecmp(known->name, name) == 0 ? known : NULL;
	}
	if (body == NULL)
		return unknown_body(directory, name, error);
	if (!body->is_concluded)
		return body;
	if (body->successor == NULL || body->successor[0] == '\0')
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "the group \"%s\" is concluded, and speaks no more",
			    body->acronym);
	else
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "the group \"%s\" is concluded; its successor is \"%s\"", body->acronym, body->successor);
	return NULL;
}

static const LsmOrganization *
find_organization(const LsmDirectory *directory, const char *name, GError **error)
{
	g_autoptr(GPtrArray) named = lsm_directory_match_organizations(directory, name);
	g_autoptr(GPtrArray) known = g_ptr_array_new();

	if (named->len == 1)
		return g_ptr_array_index(named, 0);
	if (named->len > 1) {
		g_set_error(
			error, LSM_ERROR, LSM_ERROR_USAGE,
			"\"%s\" names several organizations; each gets a statement of its own (section 2.1)",
			name);
		return NULL;
	}
	for (guint i = 0; i < lsm_directory_organization_count(directory); i++) {
		const LsmOrganization *organization = lsm_directory_organization(directory, i);

		for (guint j = 0; organization->names[j] != NULL; j++)
			g_ptr_array_add(known, organization->names[j]);
	}
	g_ptr_array_add(known, NULL);
	set_unknown(error, "organization", name, known);
	return NULL;
}

/* --- what --- */

/* "information", "action" or "response", or NULL with error. */
static const char *
find_purpose(const char *written, GError **error)
{
	static const char *const known[] = {"information", "action", "response", NULL};
	const char *word = lsm_purpose_word(written);
	const char *nearest = lsm_nearest_word(written, known);

	if (word != NULL && g_strv_contains(known, word))
		return word;
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "--purpose is information, action or response%s%s%s",
		    nearest != NULL ? "; did you mean \"" : "", nearest != NULL ? nearest : "",
		    nearest != NULL ? "\"?"
		    : word != NULL  ? " (\"comment\" is action with a deadline, or information)"
				    : "");
	return NULL;
}

/* The rules of the procedure that would stop it anyway, told before. */
static gboolean
fits(const LsmTemplate *wish, GError **error)
{
	gboolean is_response = strcmp(wish->purpose, "response") == 0;
	const char *problem = NULL;

	if (!wish->from->initiates && !is_response)
		problem = "research groups do not start an exchange, they only answer: --purpose response";
	else if (is_response && wish->in_response_to == NULL)
		problem = "a response names what it answers: --in-response-to ID";
	else if (strcmp(wish->purpose, "information") == 0 && wish->deadline != NULL)
		problem = "for information no answer is expected, so there is no deadline: --purpose action, "
			  "or without --deadline";
	if (problem == NULL)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "%s", problem);
	return FALSE;
}

static gboolean
read_deadline(const char *written, char iso[11], gint64 now, GError **error)
{
	if (lsm_deadline_parse(written, iso) != LSM_DEADLINE_READ) {
		g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
			    "--deadline is a day like 2026-12-31, and not \"%s\"", written);
		return FALSE;
	}
	if (lsm_deadline_end(iso) >= now)
		return TRUE;
	g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE, "the deadline %s is over", iso);
	return FALSE;
}

/* --- the statement that is answered --- */

/* By its id, or by the number that the other body gave it. */
static LsmFound
find_case(LsmStoreTxn *txn, const char *typed, const LsmOrganization *organization, LsmCase **item_out,
	  GError **error)
{
	g_autofree char *number = g_strdup_printf("%s %s", organization->name, typed);
	g_autofree char *id = NULL;
	LsmFound found = lsm_case_find(txn, typed, &id, error);

	if (found == LSM_ABSENT)
		found = lsm_index_find(txn, LSM_INDEX_DOCUMENT, number, &id, error);
	return found == LSM_FOUND ? lsm_case_get(txn, id, item_out, error) : found;
}

/* Without a record, or when it is not there: nothing is known of it, and that is said. */
static gboolean
find_original(const LsmCtlOptions *options, const LsmTemplate *wish, LsmCase **item_out, GError **error)
{
	g_autoptr(LsmStore) store = NULL;
	g_autoptr(LsmStoreTxn) txn = NULL;
	g_autoptr(GError) problem = NULL;
	LsmFound found = LSM_ABSENT;

	store = lsm_ctl_open_store(options, &problem);
	txn = store != NULL ? lsm_store_begin_read(store, &problem) : NULL;
	if (txn != NULL) {
		found = find_case(txn, wish->in_response_to, wish->to, item_out, error);
		if (found == LSM_FAILED)
			return FALSE;
	}
	if (found == LSM_ABSENT)
		fprintf(stderr,
			"liaisonctl: %s \"%s\"; the mail goes to where %s wants statements. If that "
			"statement "
			"names an address for answers, put that one into To and Send-To.\n",
			txn == NULL ? "no record here to look up" : "there is no statement on record as",
			wish->in_response_to, wish->to->name);
	return TRUE;
}

/* --- printing --- */

static void
print_advice(const TemplateOptions *options)
{
	if (!options->body)
		fputs("liaisonctl: before you send it: write subject and text, and see that the line "
		      "Consensus is "
		      "true.\nWith agreement it is, for example, \"WG consensus (list, 2026-11-02)\". Then "
		      "try it: "
		      "liaisonctl check --enforce MAIL\n",
		      stderr);
	else
		fputs("liaisonctl: these lines stand on top of the text; see that the line Consensus is "
		      "true.\n",
		      stderr);
}

static void
print_template(const LsmCtlOptions *shared, const TemplateOptions *options, const LsmTemplate *wish,
	       const LsmSettings *settings, gint64 now)
{
	g_autofree char *text = options->body ? lsm_template_block(wish, settings, now)
					      : lsm_template_mail(wish, settings, now);

	if (shared->json) {
		g_autoptr(JsonObject) object = json_object_new();

		lsm_json_set(object, options->body ? "block" : "mail", text);
		lsm_printer_json(object, FALSE);
		return;
	}
	fputs(text, stdout);
	fflush(stdout);
	print_advice(options);
}

static gboolean
fill_wish(LsmTemplate *wish, const TemplateOptions *options, const LsmSettings *settings, char deadline[11],
	  gint64 now, GError **error)
{
	wish->from = find_body(settings->directory, options->from, error);
	wish->to = wish->from != NULL ? find_organization(settings->directory, options->to, error) : NULL;
	wish->purpose = wish->to != NULL ? find_purpose(options->purpose, error) : NULL;
	if (wish->purpose == NULL)
		return FALSE;
	if (options->deadline != NULL) {
		if (!read_deadline(options->deadline, deadline, now, error))
			return FALSE;
		wish->deadline = deadline;
	}
	return fits(wish, error);
}

/* The installed settings; with nothing installed, the sample, whose addresses reach nobody. */
static LsmSettings *
load_settings(const LsmCtlOptions *options, GError **error)
{
	gboolean is_installed = g_file_test(LSM_CTL_DEFAULT_CONFIG, G_FILE_TEST_EXISTS);
	const char *path = options->config != NULL ? options->config
			   : is_installed          ? LSM_CTL_DEFAULT_CONFIG
						   : NULL;

	if (path == NULL)
		fputs("liaisonctl: " LSM_CTL_DEFAULT_CONFIG
		      " is not there: these are the addresses of the sample "
		      "directory\n",
		      stderr);
	return lsm_settings_load(path, error);
}

static int
make_template(const LsmCtlOptions *shared, const TemplateOptions *options, GError **error)
{
	g_autoptr(LsmSettings) settings = load_settings(shared, error);
	g_autofree char *to_name = lsm_guidance_one_line(options->to, 120);
	g_autofree char *answered =
		options->in_response_to != NULL ? lsm_guidance_one_line(options->in_response_to, 200) : NULL;
	LsmTemplate wish = {.to_name = to_name, .in_response_to = answered};
	g_autoptr(LsmCase) original = NULL;
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;
	char deadline[11];

	if (settings == NULL || !fill_wish(&wish, options, settings, deadline, now, error))
		return 2;
	if (answered != NULL && !find_original(shared, &wish, &original, error))
		return 2;
	if (original != NULL) {
		wish.in_response_to = original->id;
		wish.reply_to = original->reply_to;
		wish.subject = original->subject;
	}
	print_template(shared, options, &wish, settings, now);
	return 0;
}

int
lsm_cmd_template(const LsmCtlOptions *shared, int argc, char **argv, GError **error)
{
	TemplateOptions options = {NULL, NULL, NULL, NULL, NULL, FALSE};
	const GOptionEntry entries[] = {
		{"from", 0, 0, G_OPTION_ARG_STRING, &options.from, NULL, NULL},
		{"to", 0, 0, G_OPTION_ARG_STRING, &options.to, NULL, NULL},
		{"purpose", 0, 0, G_OPTION_ARG_STRING, &options.purpose, NULL, NULL},
		{"deadline", 0, 0, G_OPTION_ARG_STRING, &options.deadline, NULL, NULL},
		{"in-response-to", 0, 0, G_OPTION_ARG_STRING, &options.in_response_to, NULL, NULL},
		{"body", 0, 0, G_OPTION_ARG_NONE, &options.body, NULL, NULL},
		G_OPTION_ENTRY_NULL,
	};
	int status = 2;

	if (lsm_ctl_parse(&argc, &argv, entries, error) && lsm_ctl_expect(argc, 0, "options only", error)) {
		if (options.from == NULL || options.to == NULL || options.purpose == NULL)
			g_set_error(error, LSM_ERROR, LSM_ERROR_USAGE,
				    "wanted are --from GROUP, --to ORGANIZATION and --purpose PURPOSE; see "
				    "liaisonctl template --help");
		else
			status = make_template(shared, &options, error);
	}
	options_clear(&options);
	return status;
}
