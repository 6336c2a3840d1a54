/*
 * test_document.c - which documents a text names, and what stands beside them.
 */
#include <string.h>

#include "rules/document.h"

/* want: names in the order of the text; "+04": named with that revision; "@": by its address. */
static const struct {
	const char *name;
	const char *text;
	const char *want;
} cases[] = {
	{"nothing", "", ""},
	{"no document", "We discussed the model in our meeting.", ""},
	{"an RFC", "as RFC 8762 says", "rfc8762"},
	{"ways to write it",
	 "RFC8762, rfc-8972, [RFC2119], (RFC 3986); RFC\xc2\xa0"
	 "7679.",
	 "rfc8762 rfc8972 rfc2119 rfc3986 rfc7679"},
	{"leading zeros", "RFC 0791", "rfc791"},
	{"broken at the line's end", "see RFC\n8762 for", "rfc8762"},
	{"twice is once", "RFC 8762 and once more RFC8762", "rfc8762"},
	{"a list", "RFCs 8762, 8972 and 9503 describe", "rfc8762 rfc8972 rfc9503"},
	{"a list with words", "RFCs 8762, and RFC 8972", "rfc8762 rfc8972"},
	{"no list", "RFCs are documents; RFC 8762, 12 pages", "rfc8762"},
	{"a successor's nickname", "RFC 4053bis, rfc4053bis", ""},
	{"no number", "the RFC Editor, RFC series, RFC-style", ""},
	{"too long a number", "RFC 1234567", ""},
	{"part of a word", "xRFC 8762, non-rfc8762", ""},
	{"series", "BCP 14 and STD 66", "bcp14 std66"},
	{"standards of others", "IEEE Std 802.1Q, IEEE STD 1588, Std 802.3", ""},
	{"a draft", "please read draft-ietf-ippm-stamp-yang", "draft-ietf-ippm-stamp-yang"},
	{"with revision", "draft-ietf-ippm-stamp-yang-04.", "draft-ietf-ippm-stamp-yang+04"},
	{"the highest revision", "draft-a-b-07 instead of draft-a-b-03", "draft-a-b+07"},
	{"as a file", "attached: draft-ietf-ippm-stamp-yang-04.txt", "draft-ietf-ippm-stamp-yang+04"},
	{"capitals", "Draft-IETF-ippm-STAMP-yang", "draft-ietf-ippm-stamp-yang"},
	{"broken behind a dash", "see draft-ietf-ippm-\nstamp-yang-04 for", "draft-ietf-ippm-stamp-yang+04"},
	{"words with a dash", "draft-standard, draft-, draft--x, a draft-quality text", ""},
	{"in an address", "<https://datatracker.ietf.org/doc/html/draft-ietf-ippm-stamp-yang-04>",
	 "draft-ietf-ippm-stamp-yang+04@"},
	{"the old tools", "http://tools.ietf.org/html/rfc8762#section-4", "rfc8762@"},
	{"the RFC Editor", "https://www.rfc-editor.org/rfc/rfc8762.html and /info/bcp14", "rfc8762@ bcp14"},
	{"the archive", "https://www.ietf.org/archive/id/draft-a-b-00.txt", "draft-a-b+00@"},
	{"a DOI", "https://doi.org/10.17487/RFC8762", "rfc8762@"},
	{"somebody else's address", "https://github.example/drafts/draft-a-b", "draft-a-b"},
	{"name and address", "RFC 8762 <https://www.rfc-editor.org/info/rfc8762>", "rfc8762@"},
	{"another's words", "> RFC 8762 is wrong\nWe read RFC 8972.", "rfc8972"},
};

static char *
list_of(const LsmMentions *mentions)
{
	GString *list = g_string_new(NULL);

	for (guint i = 0; i < mentions->mentions->len; i++) {
		const LsmMention *mention = g_ptr_array_index(mentions->mentions, i);

		g_string_append_printf(list, "%s%s", i > 0 ? " " : "", mention->name);
		if (mention->revision != LSM_NO_REVISION)
			g_string_append_printf(list, "+%02d", mention->revision);
		g_string_append(list, mention->by_url ? "@" : "");
	}
	return g_string_free(list, FALSE);
}

static void
test_mentions(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(LsmMentions) mentions = lsm_mentions_read(cases[i].text);
		g_autofree char *list = list_of(mentions);

		g_test_message("%s", cases[i].name);
		g_assert_cmpstr(list, ==, cases[i].want);
	}
}

static void
test_no_text(void)
{
	g_autoptr(LsmMentions) mentions = lsm_mentions_read(NULL);

	g_assert_cmpuint(mentions->mentions->len, ==, 0);
	g_assert_null(lsm_mentions_find(mentions, "rfc1"));
}

static void
test_near(void)
{
	static const char *const phrases[] = {"informational", NULL};
	g_autofree char *far_away = g_strnfill(400, 'x');
	g_autofree char *text =
		g_strdup_printf("The Informational RFC 1. %s RFC 2 %s and RFC 1 again", far_away, far_away);
	g_autoptr(LsmMentions) mentions = lsm_mentions_read(text);
	const LsmMention *first = lsm_mentions_find(mentions, "rfc1");
	const LsmMention *second = lsm_mentions_find(mentions, "rfc2");

	g_assert_cmpuint(first->place_count, ==, 2);
	g_assert_cmpuint(second->place_count, ==, 1);
	g_assert_true(lsm_mention_is_near(mentions, first, phrases));
	g_assert_false(lsm_mention_is_near(mentions, second, phrases));
}

static void
test_labels(void)
{
	static const char *const rows[][3] = {
		{"rfc8762", "RFC 8762", "https://www.rfc-editor.org/info/rfc8762"},
		{"bcp14", "BCP 14", "https://www.rfc-editor.org/info/bcp14"},
		{"draft-ietf-ippm-stamp", "draft-ietf-ippm-stamp",
		 "https://datatracker.ietf.org/doc/draft-ietf-ippm-stamp"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *label = lsm_document_label(rows[i][0]);
		g_autofree char *url = lsm_document_url(rows[i][0]);

		g_assert_cmpstr(label, ==, rows[i][1]);
		g_assert_cmpstr(url, ==, rows[i][2]);
	}
}

/* Texts that want to take long, or to be remembered whole. */
static void
test_hostile(void)
{
	static const char *const pieces[] = {
		"rfcs 1, ", "draft-",       "draft-a-", "rfc 1 ",      "rfcs", "https://ietf.org/",
		"-rfc ",    "draft-a-b-\n", "std-",     "rfc 1, and ", "\xff", "rfc ------"};

	for (guint i = 0; i < G_N_ELEMENTS(pieces); i++) {
		g_autoptr(GString) text = g_string_new("rfcs 1, ");
		g_autoptr(LsmMentions) mentions = NULL;
		gint64 begin = g_get_monotonic_time();

		while (text->len < 1000000)
			g_string_append(text, pieces[i]);
		mentions = lsm_mentions_read(text->str);
		g_assert_cmpuint(mentions->mentions->len, <=, 200);
		g_test_message("%s: %" G_GINT64_FORMAT " us", pieces[i], g_get_monotonic_time() - begin);
		g_assert_cmpint(g_get_monotonic_time() - begin, <, 2 * G_USEC_PER_SEC);
	}
}

static void
test_many(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(LsmMentions) mentions = NULL;

	for (guint i = 1; i < 3000; i++)
		g_string_append_printf(text, "RFC %u, draft-a-b%u-00\n", i, i);
	mentions = lsm_mentions_read(text->str);
	g_assert_cmpuint(mentions->mentions->len, ==, 200);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_test_add_func("/document/mentions", test_mentions);
	g_test_add_func("/document/no-text", test_no_text);
	g_test_add_func("/document/near", test_near);
	g_test_add_func("/document/labels", test_labels);
	g_test_add_func("/document/hostile", test_hostile);
	g_test_add_func("/document/many", test_many);
	return g_test_run();
}
