/*
 * read_docx.c - Office Open XML text documents: the main part's paragraphs and tables in their order.
 *
 * Tracked changes are read as accepted (ECMA-376 part 1, 17.13.5): deletions and what was moved away are not
 * there, insertions are, and a paragraph whose mark was deleted runs on into the next one. Of field codes,
 * the result counts; of a drawing's two forms, the first.
 */
#include "extract/package.h"
#include "extract/xml.h"

static void
begin_text(LsmXmlWalk *walk)
{
	walk->in_text = TRUE;
}

static void
end_text(LsmXmlWalk *walk)
{
	walk->in_text = FALSE;
}

static void
add_tab(LsmXmlWalk *walk)
{
	/* A tab stop's definition (in pPr) has the name of the character. */
	if (!walk->in_properties)
		lsm_xml_add_tab(walk);
}

static void
add_hyphen(LsmXmlWalk *walk)
{
	lsm_layout_add(walk->layout, "-", 1);
}

static void
begin_paragraph(LsmXmlWalk *walk)
{
	/* A paragraph in a paragraph is one of a text box. */
	if (walk->paragraphs++ > 0)
		lsm_layout_break(walk->layout);
}

static void
end_paragraph(LsmXmlWalk *walk)
{
	walk->paragraphs -= walk->paragraphs > 0 ? 1 : 0;
	if (!walk->join)
		lsm_layout_end_line(walk->layout);
	walk->join = FALSE;
}

static void
begin_properties(LsmXmlWalk *walk)
{
	walk->in_properties = TRUE;
}

static void
end_properties(LsmXmlWalk *walk)
{
	walk->in_properties = FALSE;
}

/* In a paragraph's properties: its mark was deleted. Elsewhere: what is in it was. */
static void
begin_deletion(LsmXmlWalk *walk)
{
	walk->join |= walk->in_properties;
	walk->skip = TRUE;
}

#define WORD "wordprocessingml"

static const LsmXmlElement elements[] = {
	{WORD, "p", begin_paragraph, end_paragraph},
	{WORD, "pPr", begin_properties, end_properties},
	{WORD, "t", begin_text, end_text},
	{WORD, "tab", add_tab, NULL},
	{WORD, "ptab", add_tab, NULL},
	{WORD, "br", lsm_xml_add_line_break, NULL},
	{WORD, "cr", lsm_xml_add_line_break, NULL},
	{WORD, "noBreakHyphen", add_hyphen, NULL},
	{WORD, "tr", lsm_xml_begin_row, lsm_xml_end_row},
	{WORD, "tc", lsm_xml_begin_cell, NULL},
	{WORD, "del", begin_deletion, NULL},
	{WORD, "moveFrom", begin_deletion, NULL},
	{WORD, "trPr", lsm_xml_skip, NULL},
	{WORD, "rPrChange", lsm_xml_skip, NULL},
	{WORD, "pPrChange", lsm_xml_skip, NULL},
	{WORD, "tblPrChange", lsm_xml_skip, NULL},
	{WORD, "sectPr", lsm_xml_skip, NULL},
	{"markup-compatibility", "Fallback", lsm_xml_skip, NULL},
	{NULL, NULL, NULL, NULL},
};

LsmExtractStatus
lsm_read_docx(const LsmExtractInput *input, LsmExtractResult *result)
{
	LsmExtractStatus status;
	g_autoptr(GByteArray) octets = lsm_package_find(input, result, "word/document*", &status);

	if (octets == NULL)
		return status;
	return lsm_xml_walk(octets, result, elements);
}
