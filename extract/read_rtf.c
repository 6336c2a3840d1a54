/*
 * read_rtf.c - Rich Text Format: the text of the body, a table's cells with TABs between them.
 *
 * A walk over the octets without recursion: groups are a stack of small states. Destinations that are not
 * text (fonts, styles, pictures, whatever is marked as ignorable) and text marked as deleted are left out.
 */
#include <stdlib.h>
#include <string.h>

#include "extract/cp1252.h"
#include "extract/format.h"

#define MAX_GROUPS 1000
#define MAX_WORD 32

typedef struct {
	gboolean hidden;   /* a destination that is not text */
	gboolean deleted;  /* tracked deletion */
	guint alternative; /* characters that stand for one \u in readers without Unicode */
} Group;

typedef struct {
	const guint8 *p, *end;
	LsmExtractResult *result;
	GArray *groups; /* of Group; never empty */
	guint ignore;   /* characters still to be left out behind a \u */
	gunichar high;  /* first half of a surrogate pair */
} Walk;

static Group *
current(Walk *walk)
{
	return &g_array_index(walk->groups, Group, walk->groups->len - 1);
}

static void
add(Walk *walk, gunichar character)
{
	if (!current(walk)->hidden && !current(walk)->deleted)
		lsm_extract_result_add_char(walk->result, character);
}

/* A character of the old form, which may be the alternative of a \u before it. */
static void
add_plain(Walk *walk, gunichar character)
{
	if (walk->ignore > 0)
		walk->ignore--;
	else
		add(walk, character);
}

static void
add_unicode(Walk *walk, int value)
{
	gunichar unit = (gunichar)(value < 0 ? value + 65536 : value) & 0xffff;

	if (unit >= 0xd800 && unit < 0xdc00)
		walk->high = unit;
	else if (unit >= 0xdc00 && unit < 0xe000 && walk->high != 0)
		add(walk, 0x10000 + ((walk->high - 0xd800) << 10) + (unit - 0xdc00));
	else
		add(walk, unit);
	if (unit < 0xd800 || unit >= 0xdc00)
		walk->high = 0;
	walk->ignore = current(walk)->alternative;
}

typedef enum {
	WORD_HIDE,
	WORD_CHARACTER,
	WORD_DELETED,
	WORD_ALTERNATIVE,
	WORD_UNICODE,
	WORD_BINARY
} WordKind;

/* To add a word: a row. What has none only changes how text looks. */
static const struct {
	const char *word;
	WordKind kind;
	gunichar character;
} words[] = {
	{"par", WORD_CHARACTER, '\n'},
	{"line", WORD_CHARACTER, '\n'},
	{"sect", WORD_CHARACTER, '\n'},
	{"page", WORD_CHARACTER, '\n'},
	{"row", WORD_CHARACTER, '\n'},
	{"nestrow", WORD_CHARACTER, '\n'},
	{"tab", WORD_CHARACTER, '\t'},
	{"cell", WORD_CHARACTER, '\t'},
	{"nestcell", WORD_CHARACTER, '\t'},
	{"emdash", WORD_CHARACTER, 0x2014},
	{"endash", WORD_CHARACTER, 0x2013},
	{"bullet", WORD_CHARACTER, 0x2022},
	{"lquote", WORD_CHARACTER, 0x2018},
	{"rquote", WORD_CHARACTER, 0x2019},
	{"emspace", WORD_CHARACTER, ' '},
	{"ldblquote", WORD_CHARACTER, 0x201c},
	{"rdblquote", WORD_CHARACTER, 0x201d},
	{"enspace", WORD_CHARACTER, ' '},
	{"fonttbl", WORD_HIDE, 0},
	{"colortbl", WORD_HIDE, 0},
	{"stylesheet", WORD_HIDE, 0},
	{"info", WORD_HIDE, 0},
	{"pict", WORD_HIDE, 0},
	{"object", WORD_HIDE, 0},
	{"header", WORD_HIDE, 0},
	{"headerl", WORD_HIDE, 0},
	{"headerr", WORD_HIDE, 0},
	{"headerf", WORD_HIDE, 0},
	{"footer", WORD_HIDE, 0},
	{"footerl", WORD_HIDE, 0},
	{"footerr", WORD_HIDE, 0},
	{"footerf", WORD_HIDE, 0},
	{"footnote", WORD_HIDE, 0},
	{"filetbl", WORD_HIDE, 0},
	{"deleted", WORD_DELETED, 0},
	{"plain", WORD_DELETED, 0},
	{"uc", WORD_ALTERNATIVE, 0},
	{"u", WORD_UNICODE, 0},
	{"bin", WORD_BINARY, 0},
};

static void
obey(Walk *walk, const char *word, gboolean has_number, int number)
{
	gsize i = 0;

	while (i < G_N_ELEMENTS(words) && strcmp(words[i].word, word) != 0)
		i++;
	if (i == G_N_ELEMENTS(words))
		return;
	switch (words[i].kind) {
	case WORD_HIDE:
		current(walk)->hidden = TRUE;
		break;
	case WORD_CHARACTER:
		add_plain(walk, words[i].character);
		break;
	case WORD_DELETED:
		/* \plain takes every character property back. */
		current(walk)->deleted = word[0] == 'd' && (!has_number || number != 0);
		break;
	case WORD_ALTERNATIVE:
		current(walk)->alternative = (guint)CLAMP(number, 0, 100);
		break;
	case WORD_UNICODE:
		add_unicode(walk, number);
		break;
	case WORD_BINARY:
		walk->p += MIN(MAX(number, 0), walk->end - walk->p);
		break;
	}
}

/* Behind a backslash and a letter: the word, its number, and the blank that ends it. */
static void
read_word(Walk *walk)
{
	char word[MAX_WORD + 1];
	char digits[12];
	gsize length = 0, count = 0;

	for (; walk->p < walk->end && g_ascii_isalpha(*walk->p); walk->p++)
		if (length < MAX_WORD)
			word[length++] = (char)*walk->p;
	word[length] = '\0';
	if (walk->p < walk->end && *walk->p == '-')
		digits[count++] = (char)*walk->p++;
	for (; walk->p < walk->end && g_ascii_isdigit(*walk->p); walk->p++)
		if (count < sizeof(digits) - 1)
			digits[count++] = (char)*walk->p;
	digits[count] = '\0';
	if (walk->p < walk->end && *walk->p == ' ')
		walk->p++;
	obey(walk, word, count > 0, (int)CLAMP(strtoll(digits, NULL, 10), G_MININT, G_MAXINT));
}

static void
read_hex(Walk *walk)
{
	int high = walk->p < walk->end ? g_ascii_xdigit_value((char)walk->p[0]) : -1;
	int low = walk->p + 1 < walk->end ? g_ascii_xdigit_value((char)walk->p[1]) : -1;

	if (high < 0 || low < 0)
		return;
	walk->p += 2;
	add_plain(walk, lsm_cp1252_character((guint8)(high * 16 + low)));
}

/* Behind a backslash. */
static void
read_control(Walk *walk)
{
	guint8 symbol;

	if (walk->p == walk->end)
		return;
	if (g_ascii_isalpha(*walk->p)) {
		read_word(walk);
		return;
	}
	symbol = *walk->p++;
	if (symbol == '\'')
		read_hex(walk);
	else if (symbol == '*')
		current(walk)->hidden = TRUE;
	else if (symbol == '~')
		add_plain(walk, ' ');
	else if (symbol == '_')
		add_plain(walk, '-');
	else if (symbol == '\n' || symbol == '\r')
		add_plain(walk, '\n');
	else if (symbol == '\\' || symbol == '{' || symbol == '}')
		add_plain(walk, symbol);
}

/* FALSE: groups are nested deeper than any document does. */
static gboolean
begin_group(Walk *walk)
{
	Group group = *current(walk);

	walk->ignore = 0;
	g_array_append_val(walk->groups, group);
	return walk->groups->len <= MAX_GROUPS;
}

static void
end_group(Walk *walk)
{
	walk->ignore = 0;
	if (walk->groups->len > 1)
		g_array_set_size(walk->groups, walk->groups->len - 1);
}

LsmExtractStatus
lsm_read_rtf(const LsmExtractInput *input, LsmExtractResult *result)
{
	g_autoptr(GArray) groups = g_array_new(FALSE, TRUE, sizeof(Group));
	Group first = {FALSE, FALSE, 1};
	Walk walk = {input->data, input->data + input->size, result, groups, 0, 0};

	g_array_append_val(groups, first);
	while (walk.p < walk.end && !result->over) {
		guint8 octet = *walk.p++;

		if (octet == '\\')
			read_control(&walk);
		else if (octet == '{') {
			if (!begin_group(&walk))
				return LSM_EXTRACT_LIMIT;
		} else if (octet == '}')
			end_group(&walk);
		else if (octet != '\r' && octet != '\n')
			add_plain(&walk, lsm_cp1252_character(octet));
	}
	return groups->len == 1 ? LSM_EXTRACT_TEXT : LSM_EXTRACT_UNREADABLE;
}
