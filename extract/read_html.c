/*
 * read_html.c - HTML through libxml2's tolerant parser, without a tree: blocks are lines, tables are rows.
 *
 * The text is brought to UTF-8 beforehand, so that no label in it makes the C library look for a converter.
 */
#include <libxml/HTMLparser.h>
#include <string.h>

#include "extract/cp1252.h"
#include "extract/format.h"
#include "extract/layout.h"

typedef struct {
	LsmLayout *layout;
	htmlParserCtxtPtr parser;
	guint hidden; /* open elements whose text is not shown */
} Page;

typedef enum { ELEMENT_BLOCK, ELEMENT_BREAK, ELEMENT_HIDDEN, ELEMENT_ROW, ELEMENT_CELL } ElementKind;

static const struct {
	const char *name;
	ElementKind kind;
} elements[] = {
	{"p", ELEMENT_BLOCK},          {"div", ELEMENT_BLOCK},     {"li", ELEMENT_BLOCK},
	{"ul", ELEMENT_BLOCK},         {"ol", ELEMENT_BLOCK},      {"h1", ELEMENT_BLOCK},
	{"h2", ELEMENT_BLOCK},         {"h3", ELEMENT_BLOCK},      {"h4", ELEMENT_BLOCK},
	{"h5", ELEMENT_BLOCK},         {"h6", ELEMENT_BLOCK},      {"pre", ELEMENT_BLOCK},
	{"blockquote", ELEMENT_BLOCK}, {"table", ELEMENT_BLOCK},   {"dt", ELEMENT_BLOCK},
	{"dd", ELEMENT_BLOCK},         {"hr", ELEMENT_BLOCK},      {"section", ELEMENT_BLOCK},
	{"br", ELEMENT_BREAK},         {"script", ELEMENT_HIDDEN}, {"style", ELEMENT_HIDDEN},
	{"head", ELEMENT_HIDDEN},      {"del", ELEMENT_HIDDEN},    {"tr", ELEMENT_ROW},
	{"td", ELEMENT_CELL},          {"th", ELEMENT_CELL},
};

static int
kind_of(const xmlChar *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(elements); i++)
		if (strcmp((const char *)name, elements[i].name) == 0)
			return (int)elements[i].kind;
	return -1;
}

static void
begin_element(void *data, const xmlChar *name, const xmlChar **attributes)
{
	Page *page = data;

	(void)attributes;
	switch (kind_of(name)) {
	case ELEMENT_BLOCK:
		lsm_layout_break(page->layout);
		break;
	case ELEMENT_BREAK:
		lsm_layout_end_line(page->layout);
		break;
	case ELEMENT_HIDDEN:
		page->hidden++;
		break;
	case ELEMENT_ROW:
		lsm_layout_begin_row(page->layout);
		break;
	case ELEMENT_CELL:
		lsm_layout_begin_cell(page->layout);
		break;
	default:
		break;
	}
}

static void
end_element(void *data, const xmlChar *name)
{
	Page *page = data;

	switch (kind_of(name)) {
	case ELEMENT_BLOCK:
		lsm_layout_break(page->layout);
		break;
	case ELEMENT_HIDDEN:
		page->hidden -= page->hidden > 0 ? 1 : 0;
		break;
	case ELEMENT_ROW:
		lsm_layout_end_row(page->layout);
		break;
	default:
		break;
	}
}

static void
add_characters(void *data, const xmlChar *text, int length)
{
	Page *page = data;

	if (page->hidden == 0 && !lsm_layout_add_flowing(page->layout, (const char *)text, (gsize)length))
		xmlStopParser(page->parser);
}

LsmExtractStatus
lsm_read_html(const LsmExtractInput *input, LsmExtractResult *result)
{
	gsize length;
	g_autofree char *text = lsm_cp1252_guess_text(input->data, input->size, &length);
	htmlSAXHandler handler = {.startElement = begin_element,
				  .endElement = end_element,
				  .characters = add_characters,
				  .ignorableWhitespace = add_characters};
	Page page = {NULL, NULL, 0};

	if (length == 0 || length > G_MAXINT)
		return LSM_EXTRACT_EMPTY;
	page.parser = htmlCreatePushParserCtxt(&handler, &page, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
	if (page.parser == NULL)
		return LSM_EXTRACT_UNREADABLE;
	page.layout = lsm_layout_new(result);
	htmlCtxtUseOptions(page.parser, HTML_PARSE_IGNORE_ENC | HTML_PARSE_NONET | HTML_PARSE_RECOVER |
						HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
	htmlParseChunk(page.parser, text, (int)length, 1);
	htmlFreeParserCtxt(page.parser);
	lsm_layout_free(page.layout);
	return LSM_EXTRACT_TEXT;
}
