/*
 * document.c - finds the documents that a text names.
 *
 * One pass over the fold of the text; a hash table keeps what was found. Uses phrase.h. Pure; any thread;
 * cannot fail. All that a mail can make grow has an end: the fold, the documents, the places of each.
 */
#include "rules/document.h"

#include <string.h>

#include "rules/phrase.h"

#define MOST_MENTIONS 200
#define MOST_DIGITS 5
#define MOST_NAME 120    /* octets of a draft's name */
#define MOST_ADDRESS 120 /* octets before a name in an address */
#define NEAR 240         /* octets before and behind a name: three lines */
#define NAME_SIGNS "abcdefghijklmnopqrstuvwxyz0123456789-"
#define DIGITS "0123456789"
#define NO_BREAK "\xc2\xa0"

typedef struct {
	LsmMentions *mentions;
	GHashTable *by_name; /* of LsmMention *, borrowed */
} Reading;

static void
mention_free(gpointer data)
{
	LsmMention *mention = data;

	g_free(mention->name);
	g_free(mention);
}

void
lsm_mentions_free(LsmMentions *mentions)
{
	if (mentions == NULL)
		return;
	g_ptr_array_unref(mentions->mentions);
	g_free(mentions->fold);
	g_free(mentions);
}

/* ---- what was found ---- */

/* Is the name at the end of an address at one of the places that keep documents? */
static gboolean
is_in_address(const char *fold, const char *at)
{
	static const char *const hosts[] = {"ietf.org/", "rfc-editor.org/", "doi.org/"};
	const char *start = at;
	g_autofree char *before = NULL;

	if (at == fold || at[-1] != '/')
		return FALSE;
	while (start > fold && at - start < MOST_ADDRESS && strchr(" <>\"()[]", start[-1]) == NULL)
		start--;
	before = g_strndup(start, (gsize)(at - start));
	for (guint i = 0; i < G_N_ELEMENTS(hosts); i++) {
		if (strstr(before, hosts[i]) != NULL)
			return TRUE;
	}
	return FALSE;
}

/* name is taken over. */
static void
add_mention(Reading *reading, char *name, int revision, const char *at)
{
	LsmMentions *mentions = reading->mentions;
	LsmMention *mention = g_hash_table_lookup(reading->by_name, name);

	if (mention == NULL && mentions->mentions->len < MOST_MENTIONS) {
		mention = g_new0(LsmMention, 1);
		mention->name = g_steal_pointer(&name);
		mention->revision = LSM_NO_REVISION;
		g_hash_table_insert(reading->by_name, mention->name, mention);
		g_ptr_array_add(mentions->mentions, mention);
	}
	g_free(name);
	if (mention == NULL)
		return;
	mention->revision = MAX(mention->revision, revision);
	mention->by_url = mention->by_url || is_in_address(mentions->fold, at);
	if (mention->place_count < LSM_MENTION_PLACES)
		mention->places[mention->place_count++] = (guint)(at - mentions->fold);
}

/* ---- numbers ---- */

static gsize
skip_separators(const char *at)
{
	const char *start = at;

	while (*at == ' ' || *at == '-' || *at == '#' || g_str_has_prefix(at, NO_BREAK))
		at += *at == NO_BREAK[0] ? strlen(NO_BREAK) : 1;
	return (gsize)(at - start);
}

/* A number with an end: not that of "RFC 4053bis" or "Std 802.1". Its octets, 0 for none. */
static gsize
read_number(const char *at, guint *number_out)
{
	gsize digits = strspn(at, DIGITS);
	const char *end = at + digits;

	if (digits == 0 || digits > MOST_DIGITS || g_ascii_isalpha(*end) ||
	    (*end == '.' && g_ascii_isdigit(end[1])))
		return 0;
	*number_out = (guint)g_ascii_strtoull(at, NULL, 10);
	return *number_out > 0 ? digits : 0;
}

/* ", 8972 and 9503" behind "RFCs 8762": how far to the next number; 0 when the list ends. */
static gsize
skip_to_next(const char *at)
{
	static const char *const links[] = {", and ", " and ", ", or ", " or ", " & ", ", ", ","};

	for (guint i = 0; i < G_N_ELEMENTS(links); i++) {
		gsize length = strlen(links[i]);

		if (strncmp(at, links[i], length) == 0)
			return length + (strncmp(at + length, "rfc ", 4) == 0 ? 4 : 0);
	}
	return 0;
}

/* "802" in "IEEE Std 802" is not ours. */
static gboolean
is_others_standard(const char *fold, const char *at)
{
	return at - fold >= 5 && strncmp(at - 5, "ieee ", 5) == 0;
}

/* "rfc 8762", "rfcs 8762, 8972 and 9503", "bcp 14", "std66". Octets read. */
static gsize
read_series(Reading *reading, const char *at)
{
	gboolean is_list = at[3] == 's';
	const char *from = at + 3 + (is_list ? 1 : 0);
	guint number;
	gsize digits;

	if (is_others_standard(reading->mentions->fold, at))
		return 3;
	from += skip_separators(from);
	while ((digits = read_number(from, &number)) > 0) {
		gsize link;

		add_mention(reading, g_strdup_printf("%.3s%u", at, number), LSM_NO_REVISION, at);
		from += digits;
		link = is_list ? skip_to_next(from) : 0;
		if (link == 0)
			break;
		from += link;
	}
	return (gsize)MAX(from - at, 3);
}

/* ---- drafts ---- */

/* The name as it stands there, joined where a line's end broke it behind a dash. octets_out: those read. */
static char *
take_name(const char *at, gsize *octets_out)
{
	GString *name = g_string_new(NULL);
	gsize length = strspn(at, NAME_SIGNS);

	g_string_append_len(name, at, (gssize)MIN(length, MOST_NAME));
	if (at[length - 1] == '-' && at[length] == ' ' && g_ascii_isalnum(at[length + 1])) {
		gsize rest = strspn(at + length + 1, NAME_SIGNS);

		g_string_append_len(name, at + length + 1, (gssize)MIN(rest, MOST_NAME));
		length += 1 + rest;
	}
	while (name->len > 0 && name->str[name->len - 1] == '-')
		g_string_truncate(name, name->len - 1);
	*octets_out = length;
	return g_string_free(name, FALSE);
}

/* Takes "-04" off; the revision, or LSM_NO_REVISION. */
static int
cut_revision(char *name)
{
	char *dash = strrchr(name, '-');

	if (dash == NULL || strspn(dash + 1, DIGITS) != 2 || dash[3] != '\0')
		return LSM_NO_REVISION;
	*dash = '\0';
	return (int)g_ascii_strtoll(dash + 1, NULL, 10);
}

/* Every draft's name has who and what behind "draft-". */
static gboolean
is_draft_name(const char *name)
{
	const char *dash = strchr(name + strlen("draft-"), '-');

	return dash != NULL && dash[1] != '\0' && name[strlen("draft-")] != '-';
}

static gsize
read_draft(Reading *reading, const char *at)
{
	gsize octets;
	g_autofree char *name = take_name(at, &octets);
	int revision = cut_revision(name);

	if (strlen(name) <= MOST_NAME && g_str_has_prefix(name, "draft-") && is_draft_name(name))
		add_mention(reading, g_steal_pointer(&name), revision, at);
	return octets;
}

/* ---- the text ---- */

/* How the ways to name a document begin. To add one: a row, and its first letter in may_begin(). */
static const struct {
	const char *prefix;
	gsize (*read)(Reading *reading, const char *at);
} beginnings[] = {
	{"rfc", read_series},
	{"bcp", read_series},
	{"std", read_series},
	{"draft-", read_draft},
};

/* Most characters are dismissed here. */
static gboolean
may_begin(const char *fold, const char *at)
{
	if (*at != 'r' && *at != 'd' && *at != 'b' && *at != 's')
		return FALSE;
	return at == fold || !(g_ascii_isalnum(at[-1]) || at[-1] == '-');
}

static gsize
read_here(Reading *reading, const char *at)
{
	for (guint i = 0; i < G_N_ELEMENTS(beginnings); i++) {
		if (g_str_has_prefix(at, beginnings[i].prefix))
			return beginnings[i].read(reading, at);
	}
	return 1;
}

LsmMentions *
lsm_mentions_read(const char *text)
{
	LsmMentions *mentions = g_new0(LsmMentions, 1);
	g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
	Reading reading = {mentions, by_name};
	const char *at;

	mentions->fold = lsm_phrase_fold(text);
	mentions->mentions = g_ptr_array_new_with_free_func(mention_free);
	for (at = mentions->fold; *at != '\0';)
		at += may_begin(mentions->fold, at) ? read_here(&reading, at) : 1;
	return mentions;
}

const LsmMention *
lsm_mentions_find(const LsmMentions *mentions, const char *name)
{
	for (guint i = 0; i < mentions->mentions->len; i++) {
		const LsmMention *mention = g_ptr_array_index(mentions->mentions, i);

		if (strcmp(mention->name, name) == 0)
			return mention;
	}
	return NULL;
}

gboolean
lsm_mention_is_near(const LsmMentions *mentions, const LsmMention *mention, const char *const *phrases)
{
	for (guint i = 0; i < mention->place_count; i++) {
		gsize start = mention->places[i] - MIN(mention->places[i], NEAR);
		g_autofree char *around = g_strndup(
			mentions->fold + start, mention->places[i] - start + strlen(mention->name) + NEAR);

		if (lsm_phrase_find(around, phrases) != NULL)
			return TRUE;
	}
	return FALSE;
}

char *
lsm_document_label(const char *name)
{
	g_autofree char *series = NULL;

	if (lsm_document_kind(name) == LSM_DOCUMENT_DRAFT || strlen(name) < 4)
		return g_strdup(name);
	series = g_ascii_strup(name, 3);
	return g_strdup_printf("%s %s", series, name + 3);
}

char *
lsm_document_url(const char *name)
{
	if (lsm_document_kind(name) == LSM_DOCUMENT_DRAFT)
		return g_strconcat("https://datatracker.ietf.org/doc/", name, NULL);
	return g_strconcat("https://www.rfc-editor.org/info/", name, NULL);
}
