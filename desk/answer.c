/*
 * answer.c - reads a reply to the desk: finds the replier's first line, takes it apart. Pure; any thread.
 *
 * Two halves: which lines the replier wrote (below "own lines"), and what the first of them says (below "what
 * a line says"). Hostile text costs what its length costs.
 */
#include "desk/answer.h"

#include <string.h>

#include "desk/act.h"
#include "desk/json.h"
#include "desk/token.h"
#include "rules/text.h"

#define MAX_LINES 400   /* of a reply that are looked at for the first line */
#define MAX_LINE 200    /* octets of an answer line */
#define MAX_COMMENT 500 /* octets */
#define MAX_COMMENT_LINES 20
#define MAX_MORE_LINES 8  /* below the answer word that may hold arguments only */
#define MAX_ATTRIBUTION 5 /* lines of "On ... somebody wrote:" */
#define MAX_LABELS 20  /* places where a token may stand */
#define MAX_WORDS 4       /* of an answer: "not a statement" */

void
lsm_answer_free(LsmAnswer *answer)
{
	if (answer == NULL)
		return;
	g_free(answer->line);
	g_free(answer->verb);
	json_object_unref(answer->args);
	g_free(answer->comment);
	g_free(answer->token);
	g_free(answer->tag);
	g_free(answer);
}

/* --- own lines --- */

static GArray *
first_lines(const char *text)
{
	GArray *lines = g_array_new(FALSE, FALSE, sizeof(LsmLine));
	LsmLine line = {NULL, 0, 0};

	while (lines->len < MAX_LINES && lsm_text_next_line(&text, &line))
		g_array_append_val(lines, line);
	return lines;
}

static const LsmLine *
line_at(const GArray *lines, guint i)
{
	return &g_array_index(lines, LsmLine, i);
}

static gboolean
is_quoted(const LsmLine *line)
{
	guint depth;

	lsm_line_unquoted(line, &depth);
	return depth > 0;
}

/* No answer word has one, but people's languages end "... wrote" with one, of whatever kind. */
static gboolean
ends_in_colon(const LsmLine *line)
{
	g_autofree char *text = lsm_text_one_line(line->start, (gssize)line->length, G_MAXSIZE / 2);

	return g_str_has_suffix(text, ":") || g_str_has_suffix(text, "\xef\xbc\x9a");
}

/* Of an attribution over several lines, the first does; what the replier wrote just above it mostly does not.
 */
static gboolean
names_time_or_address(const LsmLine *line)
{
	for (gsize i = 0; i < line->length; i++) {
		if (g_ascii_isdigit(line->start[i]) || line->start[i] == '@' || line->start[i] == '<')
			return TRUE;
	}
	return FALSE;
}

/*
 * Lines of "On Saturday somebody <desk@home> wrote:" at i, in any language: a few lines, the last of which
 * ends in a colon, and a quotation follows. 0 when there is no such thing.
 */
static guint
attribution_at(const GArray *lines, guint i)
{
	guint last = i, next;

	while (last < lines->len && last < i + MAX_ATTRIBUTION && !ends_in_colon(line_at(lines, last))) {
		if (lsm_line_is_blank(line_at(lines, last)) || is_quoted(line_at(lines, last)))
			return 0;
		last++;
	}
	if (last >= lines->len || last == i + MAX_ATTRIBUTION || lsm_line_is_blank(line_at(lines, last)))
		return 0;
	if (last > i && !names_time_or_address(line_at(lines, i)))
		return 0;
	for (next = last + 1; next < lines->len && lsm_line_is_blank(line_at(lines, next)); next++)
		;
	return next < lines->len && is_quoted(line_at(lines, next)) ? last - i + 1 : 0;
}

/* From here on another mail's text stands without quote signs: Outlook's header, "-----Original
 * Message-----". */
static gboolean
is_turn(const LsmLine *line)
{
	g_autoptr(GArray) top = lsm_text_top_lines(line->start, 1);

	return top->len == 0;
}

/* What mail programs put below a reply by themselves. */
static gboolean
is_signature(const LsmLine *line)
{
	static const char *const beginnings[] = {"sent from my ", "get outlook for ", "von meinem ",
						 "envoy\xc3\xa9 de mon ", "enviado desde mi "};
	g_autofree char *text = lsm_text_one_line(line->start, (gssize)line->length, 40);
	g_autofree char *folded = g_utf8_strdown(text, -1);

	if (strcmp(folded, "--") == 0)
		return TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(beginnings); i++) {
		if (g_str_has_prefix(folded, beginnings[i]))
			return TRUE;
	}
	return FALSE;
}

/* What directly follows the answer's line, up to a quotation or a signature. */
static char *
own_comment(const GArray *lines, guint i)
{
	g_autoptr(GString) comment = g_string_new(NULL);
	guint end = MIN(lines->len, i + MAX_COMMENT_LINES);

	for (; i < end && comment->len < MAX_COMMENT; i++) {
		const LsmLine *line = line_at(lines, i);
		g_autofree char *text = NULL;

		if (lsm_line_is_blank(line))
			continue;
		if (is_quoted(line) || is_signature(line) || attribution_at(lines, i) > 0 || is_turn(line))
			break;
		text = lsm_text_one_line(line->start, (gssize)line->length, MAX_COMMENT - comment->len);
		g_string_append_printf(comment, "%s%s", comment->len > 0 ? " " : "", text);
	}
	return comment->len == 0 ? NULL : g_strdup(comment->str);
}

/* --- what a line says --- */

/* Signs that mail programs, and people, put around a word. A question mark is not among them. */
static gboolean
is_ornament(gunichar sign)
{
	static const gunichar signs[] = {'*',    '_',  '.',  ',',    '!',    ';',    ':',
					 '"',    '\'', '`',  0x2018, 0x2019, 0x201c, 0x201d,
					 0x201e, 0xab, 0xbb, 0x2026, 0x3002, 0xff01};

	for (guint i = 0; i < G_N_ELEMENTS(signs); i++) {
		if (signs[i] == sign)
			return TRUE;
	}
	return FALSE;
}

/* Zero-width and direction marks count for nothing; ornaments at both ends do not, either. */
static char *
bare_line(const char *text, gsize length)
{
	g_autoptr(GString) bare = g_string_new(NULL);
	g_autofree char *line = NULL;
	const char *begin;

	for (const char *at = text; at < text + length && bare->len <= MAX_LINE; at = g_utf8_next_char(at)) {
		GUnicodeType type = g_unichar_type(g_utf8_get_char(at));

		if (type != G_UNICODE_FORMAT && type != G_UNICODE_NON_SPACING_MARK)
			g_string_append_unichar(bare, g_utf8_get_char(at));
	}
	begin = line = lsm_text_one_line(bare->str, (gssize)bare->len, G_MAXSIZE / 2);
	while (*begin != '\0' && is_ornament(g_utf8_get_char(begin)))
		begin = g_utf8_next_char(begin);
	for (char *end = line + strlen(line); end > begin;) {
		char *last = g_utf8_prev_char(end);

		if (!is_ornament(g_utf8_get_char(last)) && *last != ' ')
			break;
		*last = '\0';
		end = last;
	}
	return g_strdup(begin);
}

/* "not a statement" -> "not-a-statement"; NULL when the first words are none that a mail may say. */
static const LsmActRow *
find_row(char *const *words, guint count)
{
	g_autoptr(GString) name = g_string_new(NULL);
	const LsmActRow *row;

	for (guint i = 0; i < count; i++)
		g_string_append_printf(name, "%s%s", i > 0 ? "-" : "", words[i]);
	row = lsm_act_find(name->str);
	return row != NULL && *row->words != '\0' ? row : NULL;
}

/* Is name one of the row's arguments? */
static gboolean
has_argument(const LsmActRow *row, const char *name)
{
	g_auto(GStrv) known = g_strsplit(row->arguments, " ", -1);

	for (guint i = 0; known[i] != NULL; i++) {
		gsize length = strcspn(known[i], "?");

		if (strlen(name) == length && g_ascii_strncasecmp(known[i], name, length) == 0)
			return TRUE;
	}
	return FALSE;
}

/* The argument that is meant when a value stands there without a name: the row's first. */
static char *
first_argument(const LsmActRow *row)
{
	return g_strndup(row->arguments, strcspn(row->arguments, " ?"));
}

static void
set_argument(JsonObject *args, const char *name, const char *value)
{
	g_autofree char *key = g_ascii_strdown(name, -1);
	g_auto(GStrv) values = g_strsplit(value, ",", 20);
	const char *free_texts[] = {"reason", "text", "comment", "subject", NULL};

	for (guint i = 0; values[i] != NULL; i++)
		g_strstrip(values[i]);
	if (values[0] != NULL && values[1] != NULL && !g_strv_contains(free_texts, key))
		lsm_json_set_strings(args, key, (const char *const *)values);
	else
		lsm_json_set(args, key, value);
}

/* Splits at blanks, but not within double quotes, which go away. */
static char **
split_line(const char *line)
{
	g_autoptr(GStrvBuilder) words = g_strv_builder_new();
	g_autoptr(GString) word = g_string_new(NULL);
	gboolean quoted = FALSE;

	for (const char *at = line;; at++) {
		if (*at == '"')
			quoted = !quoted;
		else if (*at != '\0' && (*at != ' ' || quoted))
			g_string_append_c(word, *at);
		else if (word->len > 0) {
			g_strv_builder_add(words, word->str);
			g_string_truncate(word, 0);
		}
		if (*at == '\0')
			break;
	}
	return g_strv_builder_end(words);
}

/* name=value, for a name that the row has. */
static gboolean
take_named(const LsmActRow *row, const char *word, JsonObject *args)
{
	const char *equals = strchr(word, '=');
	g_autofree char *name = equals == NULL ? NULL : g_strndup(word, (gsize)(equals - word));

	if (name == NULL || equals[1] == '\0' || !has_argument(row, name))
		return FALSE;
	set_argument(args, name, equals + 1);
	return TRUE;
}

/* A value without a name is the first argument's, where the row names steps that cannot do without one. */
static gboolean
takes_bare_value(const LsmActRow *row)
{
	return *row->arguments != '\0' &&
	       (strcmp(row->verb, "assign") == 0 || row->arguments[strcspn(row->arguments, " ?")] != '?');
}

/* All words must be arguments. */
static gboolean
take_arguments(const LsmActRow *row, char *const *words, JsonObject *args)
{
	g_autoptr(GString) bare = g_string_new(NULL);

	for (guint i = 0; words[i] != NULL; i++) {
		if (take_named(row, words[i], args))
			continue;
		if (!takes_bare_value(row))
			return FALSE;
		g_string_append_printf(bare, "%s%s", bare->len > 0 ? " " : "", words[i]);
	}
	if (bare->len > 0) {
		g_autofree char *name = first_argument(row);

		set_argument(args, name, bare->str);
	}
	return TRUE;
}

/* Sets verb and args when the line says nothing but an answer; the row when the step has arguments. */
static const LsmActRow *
read_line(LsmAnswer *answer, const char *line)
{
	g_auto(GStrv) words = split_line(line);
	guint count = g_strv_length(words);

	if (count == 1 && g_ascii_strcasecmp(words[0], LSM_ANSWER_HELP) == 0) {
		answer->verb = g_strdup(LSM_ANSWER_HELP);
		return NULL;
	}
	for (guint taken = MIN(count, MAX_WORDS); taken > 0; taken--) {
		const LsmActRow *row = find_row(words, taken);

		if (row == NULL)
			continue;
		if (!take_arguments(row, words + taken, answer->args))
			return NULL;
		answer->verb = g_strdup(row->verb);
		return row;
	}
	return NULL;
}

/* Mail programs break long lines: what follows and holds nothing but arguments belongs to the answer. */
static guint
read_more_lines(LsmAnswer *answer, const LsmActRow *row, const GArray *lines, guint i)
{
	guint end = MIN(lines->len, i + MAX_MORE_LINES);

	for (; i < end && !is_quoted(line_at(lines, i)); i++) {
		g_autofree char *line = bare_line(line_at(lines, i)->start, line_at(lines, i)->length);
		g_auto(GStrv) words = split_line(line);

		for (guint k = 0; words[k] != NULL; k++) {
			if (strchr(words[k], '=') == NULL || !take_named(row, words[k], answer->args))
				return i;
		}
	}
	return i;
}

/* An answer that stands directly above "... wrote:" is no part of it. */
static gboolean
is_answer(const LsmLine *line)
{
	LsmAnswer answer = {.args = json_object_new()};
	g_autofree char *text = line->length > MAX_LINE ? g_strdup("") : bare_line(line->start, line->length);

	gboolean is_clear;

	read_line(&answer, text);
	is_clear = answer.verb != NULL;
	json_object_unref(answer.args);
	g_free(answer.verb);
	return is_clear;
}

/* The replier's next own line from i on, above or below what is quoted; lines->len when there is none. */
static guint
next_own_line(const GArray *lines, guint i)
{
	while (i < lines->len) {
		const LsmLine *line = line_at(lines, i);
		guint attribution;

		if (lsm_line_is_blank(line) || is_quoted(line)) {
			i++;
			continue;
		}
		attribution = is_answer(line) ? 0 : attribution_at(lines, i);
		if (attribution == 0)
			return is_turn(line) || is_signature(line) ? lines->len : i;
		i += attribution;
	}
	return lines->len;
}

/* --- the rest of the mail --- */

static char *
find_token(const char *text)
{
	static const char label[] = "reply code:";

	for (guint i = 0; i < MAX_LABELS && (text = strcasestr(text, label)) != NULL; i++) {
		text += strlen(label);
		/* Quoting may break the line, and put its sign before the next. */
		text += strspn(text, " \t\r\n>*");
		if (lsm_token_is_one(text, strnlen(text, LSM_TOKEN_LETTERS)) &&
		    !g_ascii_isalnum(text[LSM_TOKEN_LETTERS]))
			return g_ascii_strdown(text, LSM_TOKEN_LETTERS);
	}
	return NULL;
}

static char *
find_tag(const char *subject)
{
	const char *open = strrchr(subject, '[');
	gsize length;

	if (open == NULL)
		return NULL;
	length = strspn(open + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
	return length >= 5 && length <= 52 && open[1 + length] == ']' ? g_strndup(open + 1, length) : NULL;
}

/* A token does not stand in the record, nor in mails to others: where the replier's own lines hold one, quoted by
 * a mail program without any sign, its letters go. */
static void
scrub(char *text)
{
	for (char *run = text; run != NULL && *run != '\0';) {
		gsize length = 0;

		while (g_ascii_isalnum(run[length]))
			length++;
		if (lsm_token_is_one(run, length))
			memset(run, 'x', length);
		run += MAX(length, 1);
	}
}

/* Steps that take a reason, a text or a comment find it below the word, where people write it. */
static void
take_comment(LsmAnswer *answer, const LsmActRow *row)
{
	static const char *const names[] = {"reason", "text", "comment"};

	for (guint i = 0; answer->comment != NULL && i < G_N_ELEMENTS(names); i++) {
		if (has_argument(row, names[i]) && !json_object_has_member(answer->args, names[i]))
			lsm_json_set(answer->args, names[i], answer->comment);
	}
}

/* A link's mail holds nothing, or a signature. Where something is quoted, there was room to say it. */
static gboolean
is_empty(const GArray *lines)
{
	guint first = 0;

	while (first < lines->len && lsm_line_is_blank(line_at(lines, first)))
		first++;
	return first == lines->len || is_signature(line_at(lines, first));
}

static char *
answer_line(const GArray *lines, guint own, const char *subject)
{
	if (own < lines->len)
		return bare_line(line_at(lines, own)->start, line_at(lines, own)->length);
	return is_empty(lines) ? bare_line(subject, strlen(subject)) : g_strdup("");
}

LsmAnswer *
lsm_answer_parse(const char *text, const char *subject)
{
	LsmAnswer *answer = g_new0(LsmAnswer, 1);
	g_autoptr(GArray) lines = first_lines(text);
	guint own = next_own_line(lines, 0);
	g_autofree char *line = NULL;
	const LsmActRow *row;

	answer->args = json_object_new();
	answer->token = find_token(text);
	answer->tag = find_tag(subject);
	line = answer_line(lines, own, subject);
	scrub(line);
	row = strlen(line) <= MAX_LINE ? read_line(answer, line) : NULL;
	if (own >= lines->len) {
		answer->line = g_strdup("");
		return answer;
	}
	answer->line =
		lsm_text_one_line(line_at(lines, own)->start, (gssize)line_at(lines, own)->length, MAX_LINE);
	scrub(answer->line);
	own++;
	if (row != NULL)
		own = read_more_lines(answer, row, lines, own);
	answer->comment = own_comment(lines, own);
	scrub(answer->comment);
	if (row != NULL)
		take_comment(answer, row);
	return answer;
}
