/*
 * document_standing.c - where a document stands, as far as a statement that names it should say so.
 *
 * Owns the one table of cases. Pure; any thread; cannot fail.
 */
#include "rules/document_standing.h"

#include "rules/document.h"

#define MOST_LABELS 8

/* ---- what a document is ---- */

static gboolean
is_draft(const LsmDocument *document)
{
	return lsm_document_kind(document->name) == LSM_DOCUMENT_DRAFT;
}

static gboolean
is_rfc(const LsmDocument *document)
{
	return lsm_document_kind(document->name) == LSM_DOCUMENT_RFC;
}

static gboolean
is_not_issued(const LsmDocument *document)
{
	return document->status == LSM_STATUS_NOT_ISSUED;
}

static gboolean
is_withdrawn(const LsmDocument *document)
{
	return document->status == LSM_STATUS_WITHDRAWN;
}

static gboolean
is_expired(const LsmDocument *document)
{
	return document->status == LSM_STATUS_EXPIRED;
}

static gboolean
is_replaced(const LsmDocument *document)
{
	return document->status == LSM_STATUS_REPLACED && document->successors[0] != '\0';
}

static gboolean
is_replaced_by_others(const LsmDocument *document)
{
	return document->status == LSM_STATUS_REPLACED;
}

static gboolean
is_published(const LsmDocument *document)
{
	return document->status == LSM_STATUS_PUBLISHED && document->successors[0] != '\0';
}

static gboolean
is_obsoleted(const LsmDocument *document)
{
	return is_rfc(document) && document->successors[0] != '\0';
}

static gboolean
is_of_research(const LsmDocument *document)
{
	return document->stream == LSM_STREAM_IRTF;
}

static gboolean
is_of_other_stream(const LsmDocument *document)
{
	return document->stream == LSM_STREAM_IAB || document->stream == LSM_STREAM_INDEPENDENT ||
	       document->stream == LSM_STREAM_EDITORIAL;
}

static gboolean
is_group_draft(const LsmDocument *document)
{
	return is_draft(document) && document->stream == LSM_STREAM_IETF && document->group[0] != '\0';
}

static gboolean
is_standards_draft(const LsmDocument *document)
{
	return is_group_draft(document) && document->intended != LSM_STATUS_EXPERIMENTAL &&
	       document->intended != LSM_STATUS_INFORMATIONAL && document->intended != LSM_STATUS_HISTORIC;
}

static gboolean
is_experimental(const LsmDocument *document)
{
	return document->status == LSM_STATUS_EXPERIMENTAL;
}

static gboolean
is_historic(const LsmDocument *document)
{
	return document->status == LSM_STATUS_HISTORIC;
}

static gboolean
is_informational(const LsmDocument *document)
{
	return document->status == LSM_STATUS_INFORMATIONAL;
}

static gboolean
is_informational_of_group(const LsmDocument *document)
{
	return is_informational(document) && document->group[0] != '\0';
}

/* Of RFCs from before there were streams nobody has listed the groups. */
static gboolean
is_informational_of_old(const LsmDocument *document)
{
	return is_informational(document) && document->stream == LSM_STREAM_LEGACY;
}

static gboolean
is_standard(const LsmDocument *document)
{
	return is_rfc(document) && (document->status == LSM_STATUS_INTERNET_STANDARD ||
				    document->status == LSM_STATUS_DRAFT_STANDARD ||
				    document->status == LSM_STATUS_PROPOSED_STANDARD);
}

static gboolean
is_best_practice(const LsmDocument *document)
{
	return is_rfc(document) && document->status == LSM_STATUS_BEST_CURRENT_PRACTICE;
}

/* ---- what to say of it ---- */

#define NO_CONSENSUS                                                                                         \
	"not represent ietf consensus", "not ietf consensus", "no ietf consensus", "without ietf consensus", \
		"no consensus"
#define IN_PROGRESS                                                                                          \
	"work in progress", "works in progress", "work-in-progress", "under development", "being developed", \
		"being worked on", "still in progress"

/* To add a row: before the first that also fits. */
static const struct {
	gboolean (*fits)(const LsmDocument *document);
	LsmStanding standing;
} standings[] = {
	{is_not_issued,
	 {LSM_ASKS_GONE, "{names} was never issued", NULL, {"not issued", "never issued"}, {NULL}}},
	{is_withdrawn, {LSM_ASKS_GONE, "{names} was withdrawn", NULL, {"withdrawn"}, {NULL}}},
	{is_expired,
	 {LSM_ASKS_GONE, "{names} has expired", "{names} have expired", {"expired", "no longer"}, {NULL}}},
	{is_replaced,
	 {LSM_ASKS_GONE,
	  "{names} was replaced by {successors}",
	  NULL,
	  {"replaced", "superseded", "renamed"},
	  {NULL}}},
	{is_replaced_by_others,
	 {LSM_ASKS_GONE, "{names} was replaced", NULL, {"replaced", "superseded"}, {NULL}}},
	{is_published,
	 {LSM_ASKS_GONE,
	  "{names} was published as {successors}",
	  NULL,
	  {"published as", "became", "now rfc"},
	  {NULL}}},
	{is_obsoleted,
	 {LSM_ASKS_GONE,
	  "{names} was obsoleted by {successors}",
	  "{names} were obsoleted by {successors}",
	  {"obsolete*", "replaced", "superseded"},
	  {NULL}}},
	{is_of_research,
	 {LSM_ASKS_CONTEXT,
	  "{names} is a document of the IRTF and does not represent IETF consensus.",
	  "{names} are documents of the IRTF and do not represent IETF consensus.",
	  {"irtf stream", "the irtf", "irtf document*", "research group", "research task force",
	   "irtf research"},
	  {NO_CONSENSUS}}},
	{is_of_other_stream,
	 {LSM_ASKS_CONTEXT,
	  "{names} is a document of the {stream} stream and does not represent IETF consensus.",
	  "{names} are documents of the {stream} stream and do not represent IETF consensus.",
	  {"iab stream", "the iab", "independent s*", "editorial stream", "not an ietf document",
	   "not ietf document*"},
	  {NO_CONSENSUS}}},
	{is_standards_draft,
	 {LSM_ASKS_PROGRESS,
	  "{names} is a working group document of {group} and a Work in Progress.",
	  "{names} are working group documents of {group} and Works in Progress.",
	  {"adopted"},
	  {IN_PROGRESS}}},
	{is_group_draft,
	 {LSM_ASKS_PROGRESS,
	  "{names} is a working group document of {group}, intended to become {intended}, and a Work in "
	  "Progress.",
	  NULL,
	  {"adopted"},
	  {IN_PROGRESS}}},
	{is_draft,
	 {LSM_ASKS_CONTEXT,
	  "{names} is an individual draft and a Work in Progress; no working group has adopted it, and it "
	  "does not "
	  "represent IETF consensus.",
	  "{names} are individual drafts and Works in Progress; no working group has adopted them, and they "
	  "do not "
	  "represent IETF consensus.",
	  {"individual", "individually", "not adopted", "not been adopted", "not yet adopted",
	   "personal draft*"},
	  {NO_CONSENSUS, "individual draft*", "individual internet-draft*"}}},
	{is_experimental,
	 {LSM_ASKS_CONTEXT,
	  "{names} is an Experimental RFC, not a standard, and does not represent IETF consensus.",
	  "{names} are Experimental RFCs, not standards, and do not represent IETF consensus.",
	  {"experimental"},
	  {NO_CONSENSUS}}},
	{is_historic,
	 {LSM_ASKS_CONTEXT,
	  "{names} is Historic; the IETF no longer recommends it.",
	  "{names} are Historic; the IETF no longer recommends them.",
	  {"historic*", "deprecated", "obsolete*"},
	  {NULL}}},
	{is_informational_of_group,
	 {LSM_ASKS_STATUS,
	  "{names} is an Informational RFC of the {group} Working Group.",
	  "{names} are Informational RFCs of the {group} Working Group.",
	  {"informational"},
	  {"informational rfcs", "informational documents"}}},
	{is_informational_of_old,
	 {LSM_ASKS_STATUS,
	  "{names} is an Informational RFC.",
	  "{names} are Informational RFCs.",
	  {"informational"},
	  {"informational rfcs", "informational documents"}}},
	{is_informational,
	 {LSM_ASKS_CONTEXT,
	  "{names} is an Informational RFC that no working group produced; it does not represent IETF "
	  "consensus.",
	  "{names} are Informational RFCs that no working group produced; they do not represent IETF "
	  "consensus.",
	  {"informational"},
	  {NO_CONSENSUS}}},
	{is_standard,
	 {LSM_ASKS_STATUS,
	  "{names} is {status}.",
	  "{names} are {status}s.",
	  {"proposed standard*", "draft standard*", "internet standard*", "standards track",
	   "standards-track", "std"},
	  {"standards track", "standards-track", "proposed standards", "internet standards"}}},
	{is_best_practice,
	 {LSM_ASKS_STATUS,
	  "{names} is a Best Current Practice.",
	  "{names} are Best Current Practices.",
	  {"best current practice*", "bcp"},
	  {NULL}}},
};

const LsmStanding *
lsm_standing_find(const LsmDocument *document)
{
	if (lsm_document_kind(document->name) == LSM_DOCUMENT_SERIES)
		return NULL;
	for (guint i = 0; i < G_N_ELEMENTS(standings); i++) {
		if (standings[i].fits(document))
			return &standings[i].standing;
	}
	return NULL;
}

/* ---- sentences ---- */

static const char *
with_article(LsmDocumentStatus status)
{
	switch (status) {
	case LSM_STATUS_INTERNET_STANDARD:
		return "an Internet Standard";
	case LSM_STATUS_DRAFT_STANDARD:
		return "a Draft Standard";
	case LSM_STATUS_PROPOSED_STANDARD:
		return "a Proposed Standard";
	case LSM_STATUS_INFORMATIONAL:
		return "an Informational RFC";
	case LSM_STATUS_EXPERIMENTAL:
		return "an Experimental RFC";
	default:
		return "a Historic RFC";
	}
}

/* "rfc2679 rfc7679" -> "RFC 2679, RFC 7679" */
static char *
labels_of(const char *names)
{
	g_auto(GStrv) list = g_strsplit(names, " ", MOST_LABELS);

	for (guint i = 0; list[i] != NULL; i++) {
		char *label = lsm_document_label(list[i]);

		g_free(list[i]);
		list[i] = label;
	}
	return g_strjoinv(", ", list);
}

char *
lsm_standing_sentence(const LsmStanding *standing, const LsmDocument *document, const char *names)
{
	gboolean is_many = names == NULL;
	GString *sentence = g_string_new(is_many ? standing->many : standing->one);
	g_autofree char *group = g_ascii_strup(document->group, -1);
	g_autofree char *successors = labels_of(document->successors);

	if (names != NULL)
		g_string_replace(sentence, "{names}", names, 0);
	g_string_replace(sentence, "{group}", group, 0);
	g_string_replace(sentence, "{stream}", lsm_stream_name(document->stream), 0);
	g_string_replace(sentence, "{intended}", with_article(document->intended), 0);
	g_string_replace(sentence, "{successors}", successors, 0);
	g_string_replace(
		sentence, "{status}",
		is_many ? lsm_document_status_name(document->status) : with_article(document->status), 0);
	return g_string_free(sentence, FALSE);
}
