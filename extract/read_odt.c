/*
 * read_odt.c - OpenDocument text: the paragraphs and tables of content.xml in their order.
 *
 * The list of tracked changes at its beginning holds the deleted texts and is not told: what remains is the
 * final text. A document with a password says so in its manifest.
 */
#include <stdlib.h>
#include <string.h>

#include "extract/package.h"
#include "extract/xml.h"

#define MAX_BLANKS 200 /* that one element stands for */

static void
begin_paragraph(LsmXmlWalk *walk)
{
	walk->paragraphs++;
	walk->in_text = TRUE;
}

static void
end_paragraph(LsmXmlWalk *walk)
{
	walk->paragraphs -= walk->paragraphs > 0 ? 1 : 0;
	walk->in_text = walk->paragraphs > 0;
	lsm_layout_end_line(walk->layout);
}

static void
add_blanks(LsmXmlWalk *walk)
{
	xmlChar *count = lsm_xml_attribute(walk, "c");
	int blanks = count != NULL ? CLAMP(atoi((const char *)count), 1, MAX_BLANKS) : 1;

	for (int i = 0; i < blanks; i++)
		lsm_layout_add(walk->layout, " ", 1);
	xmlFree(count);
}

#define WRITING "opendocument:xmlns:text"
#define TABLE "opendocument:xmlns:table"
#define OFFICE "opendocument:xmlns:office"
#define DRAWING "opendocument:xmlns:svg-compatible"

static const LsmXmlElement elements[] = {
	{WRITING, "p", begin_paragraph, end_paragraph},
	{WRITING, "h", begin_paragraph, end_paragraph},
	{WRITING, "tab", lsm_xml_add_tab, NULL},
	{WRITING, "s", add_blanks, NULL},
	{WRITING, "line-break", lsm_xml_add_line_break, NULL},
	{TABLE, "table-row", lsm_xml_begin_row, lsm_xml_end_row},
	{TABLE, "table-cell", lsm_xml_begin_cell, NULL},
	{WRITING, "tracked-changes", lsm_xml_skip, NULL},
	{OFFICE, "annotation", lsm_xml_skip, NULL},
	{WRITING, "note-citation", lsm_xml_skip, NULL},
	{DRAWING, "desc", lsm_xml_skip, NULL},
	{DRAWING, "title", lsm_xml_skip, NULL},
	{NULL, NULL, NULL, NULL},
};

static gboolean
is_encrypted(const LsmExtractInput *input, LsmExtractResult *result)
{
	LsmExtractStatus status;
	g_autoptr(GByteArray) manifest = lsm_package_find(input, result, "META-INF/manifest.xml", &status);
	static const char word[] = "encryption-data";

	return manifest != NULL && memmem(manifest->data, manifest->len, word, strlen(word)) != NULL;
}

LsmExtractStatus
lsm_read_odt(const LsmExtractInput *input, LsmExtractResult *result)
{
	LsmExtractStatus status;
	g_autoptr(GByteArray) octets = NULL;

	if (is_encrypted(input, result))
		return LSM_EXTRACT_ENCRYPTED;
	octets = lsm_package_find(input, result, "content.xml", &status);
	if (octets == NULL)
		return status;
	return lsm_xml_walk(octets, result, elements);
}
