/*
 * mdoc.c - text for manual pages in the language mdoc(7).
 *
 * Owns nothing, keeps nothing; any thread. Cannot fail: what cannot be shown becomes "?".
 */
#include "ctl/mdoc.h"

#include <string.h>

#define LINE_WIDTH 76 /* mandoc -T lint asks for less than 80 octets */

/* To add a sign: what groff would print otherwise, or take for something else. */
static const struct {
	char sign;
	const char *escape;
} signs[] = {
	{'\\', "\\e"}, {'"', "\\(dq"}, {'\'', "\\(aq"}, {'`', "\\(ga"}, {'^', "\\(ha"}, {'~', "\\(ti"}, {'-', "\\-"},
};

static const char *
escape_of(char sign)
{
	for (guint i = 0; i < G_N_ELEMENTS(signs); i++) {
		if (signs[i].sign == sign)
			return signs[i].escape;
	}
	return NULL;
}

/* Octets of the character that stands there; 0: it is none. */
static gsize
character_length(const char *at)
{
	gunichar character = g_utf8_get_char_validated(at, (gssize)strnlen(at, 6));

	if (character == (gunichar)-1 || character == (gunichar)-2)
		return 0;
	return (gsize)g_unichar_to_utf8(character, NULL);
}

static void
append_beyond_ascii(GString *out, const char *at, gsize length)
{
	gunichar character = length == 0 ? '?' : g_utf8_get_char(at);

	if (length == 0)
		g_string_append_c(out, '?');
	else if (g_unichar_iscntrl(character))
		g_string_append_c(out, ' ');
	else
		g_string_append_printf(out, "\\[u%04X]", (guint)character);
}

/* A dot or a quote in front would make a request of the line. */
static void
append_escaped(GString *out, const char *text)
{
	if (*text == '.')
		g_string_append(out, "\\&");
	while (*text != '\0') {
		const char *escape = escape_of(*text);
		gsize length = character_length(text);

		if (escape != NULL)
			g_string_append(out, escape);
		else if (length != 1)
			append_beyond_ascii(out, text, length);
		else
			g_string_append_c(out, g_ascii_iscntrl(*text) ? ' ' : *text);
		text += MAX(length, 1);
	}
}

char *
lsm_mdoc_escape(const char *text)
{
	GString *out = g_string_new(NULL);

	append_escaped(out, text);
	return g_string_free(out, FALSE);
}

/* --- macros --- */

/* Would a macro's line take the word for a macro (Nm, %A), or for punctuation that belongs to no argument? */
static gboolean
is_taken_for_other(const char *word)
{
	gsize length = strlen(word);

	if (length == 1)
		return strchr(".,:;()[]?!|", *word) != NULL;
	return length <= 3 && (*word == '%' || g_ascii_isupper(*word)) && g_ascii_isalpha(word[1]);
}

static void
append_argument(GString *out, const char *word)
{
	if (is_taken_for_other(word))
		g_string_append(out, "\\&");
	append_escaped(out, word);
}

void
lsm_mdoc_macro(GString *out, const char *macro, const char *text)
{
	const char *quote = *text == '\0' || strchr(text, ' ') != NULL ? "\"" : "";

	g_string_append_printf(out, ".%s %s", macro, quote);
	append_argument(out, text);
	g_string_append_printf(out, "%s\n", quote);
}

static gboolean
is_option(const char *word)
{
	return g_str_has_prefix(word, "--") && g_ascii_islower(word[2]);
}

/* MAIL, MESSAGE-ID, N: what somebody fills in. */
static gboolean
is_place(const char *word)
{
	gsize length = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-");

	return g_ascii_isupper(*word) && word[length] == '\0';
}

static void
append_token(GString *out, const char *token)
{
	if (strcmp(token, "[") == 0)
		g_string_append(out, "Oo");
	else if (strcmp(token, "]") == 0)
		g_string_append(out, "Oc");
	else if (strcmp(token, "|") == 0 || strcmp(token, ",") == 0 || strcmp(token, "...") == 0)
		g_string_append(out, *token == '.' ? "No ..." : token);
	else {
		g_string_append(out, is_option(token) ? "Fl " : is_place(token) ? "Ar " : "Cm ");
		append_argument(out, is_option(token) ? token + 1 : token);
	}
}

void
lsm_mdoc_arguments(GString *out, const char *usage)
{
	gboolean is_first = TRUE;

	while (*usage != '\0') {
		gsize length = strcspn(usage, " \n[]|,");
		g_autofree char *token = g_strndup(usage, MAX(length, 1));

		if (*usage != ' ' && *usage != '\n') {
			g_string_append(out, is_first ? "" : " ");
			append_token(out, token);
			is_first = FALSE;
		}
		usage += strlen(token);
	}
}

/* --- running text --- */

typedef struct {
	GString *out;
	const char *places;
	gsize width;	      /* of the line so far; 0: at its beginning */
	gboolean is_sentence; /* does one begin here? */
} Flow;

static void
end_line(Flow *flow)
{
	if (flow->width > 0)
		g_string_append_c(flow->out, '\n');
	flow->width = 0;
}

/* Does the text end there for a printer that counts sentences? */
static gboolean
ends_sentence(const char *word)
{
	gsize length = strlen(word);

	while (length > 0 && strchr("\")", word[length - 1]) != NULL)
		length--;
	return length > 0 && strchr(".!?", word[length - 1]) != NULL;
}

/* "observe:" in front of what it means. */
static gboolean
is_label(const char *word)
{
	gsize length = strspn(word, "abcdefghijklmnopqrstuvwxyz-");

	return length > 0 && strcmp(word + length, ":") == 0;
}

static gboolean
begins_sentence(const char *word)
{
	return word == NULL || is_label(word) || g_ascii_isupper(word[*word == '"' || *word == '(' ? 1 : 0]);
}

static gboolean
is_of(const char *places, const char *word)
{
	g_auto(GStrv) words = places == NULL ? NULL : g_strsplit_set(places, " []|,\n", -1);

	return words != NULL && g_strv_contains((const char *const *)words, word);
}

/* Option, place or label with what may follow it: "--json," "MAIL". Owned parts; FALSE: an ordinary word. */
static gboolean
take_marked(const Flow *flow, const char *word, char **marked_out, char **behind_out)
{
	gsize length = strcspn(word, ".,:;)");

	*marked_out = g_strndup(word, length);
	*behind_out = g_strdup(word + length);
	if (strlen(*behind_out) <= 1 &&
	    (is_option(*marked_out) || (is_place(*marked_out) && is_of(flow->places, *marked_out)) ||
	     (flow->is_sentence && is_label(word))))
		return TRUE;
	g_clear_pointer(marked_out, g_free);
	g_clear_pointer(behind_out, g_free);
	return FALSE;
}

static void
put_word(Flow *flow, const char *word, const char *next)
{
	g_autofree char *escaped = lsm_mdoc_escape(word);
	gboolean may_end = ends_sentence(word);
	gsize length = strlen(escaped);

	if (flow->width > 0 && flow->width + 1 + length > LINE_WIDTH)
		end_line(flow);
	g_string_append_printf(flow->out, "%s%s", flow->width > 0 ? " " : "", escaped);
	flow->width += length + 1;
	if (may_end && begins_sentence(next))
		end_line(flow);
	else if (may_end)
		g_string_append(flow->out, "\\&");
}

static void
put_marked(Flow *flow, const char *word, const char *behind)
{
	end_line(flow);
	g_string_append_c(flow->out, '.');
	append_token(flow->out, word);
	g_string_append_printf(flow->out, "%s%s\n", *behind != '\0' ? " " : "", behind);
}

void
lsm_mdoc_text(GString *out, const char *text, const char *places)
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t\r\n", -1);
	Flow flow = {out, places, 0, TRUE};

	for (guint i = 0; words[i] != NULL; i++) {
		g_autofree char *marked = NULL, *behind = NULL;
		guint next = i + 1;

		while (words[next] != NULL && *words[next] == '\0')
			next++;
		if (*words[i] == '\0')
			continue;
		if (take_marked(&flow, words[i], &marked, &behind))
			put_marked(&flow, marked, behind);
		else
			put_word(&flow, words[i], words[next]);
		flow.is_sentence = ends_sentence(words[i]) && begins_sentence(words[next]);
	}
	end_line(&flow);
}

void
lsm_mdoc_sentence(GString *out, const char *note, const char *places)
{
	gsize letters = strspn(note, "abcdefghijklmnopqrstuvwxyz");
	gboolean is_word = letters > 0 && strchr(" ,;", note[letters]) != NULL;
	g_autofree char *sentence = g_strdup_printf("%c%s%s", is_word ? g_ascii_toupper(note[0]) : note[0], note + 1,
						    ends_sentence(note) ? "" : ".");

	lsm_mdoc_text(out, sentence, places);
}
