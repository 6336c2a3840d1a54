/*
 * xml.c - see xml.h. libxml2's own bounds (depth, name lengths) stay on; nothing is ever loaded, no entity is
 * put in its place.
 */
#include "extract/xml.h"

#include <string.h>

void
lsm_xml_prepare(void)
{
	xmlInitParser();
}

static const LsmXmlElement *
find_element(const LsmXmlWalk *walk, const LsmXmlElement *elements)
{
	const char *uri = (const char *)xmlTextReaderConstNamespaceUri(walk->reader);
	const char *name = (const char *)xmlTextReaderConstLocalName(walk->reader);

	if (uri == NULL || name == NULL)
		return NULL;
	for (const LsmXmlElement *row = elements; row->name != NULL; row++)
		if (strcmp(row->name, name) == 0 && strstr(uri, row->space) != NULL)
			return row;
	return NULL;
}

static void
tell_begin(LsmXmlWalk *walk, const LsmXmlElement *element)
{
	gboolean is_empty = xmlTextReaderIsEmptyElement(walk->reader) == 1;

	walk->skip = FALSE;
	if (element == NULL)
		return;
	if (element->begin != NULL)
		element->begin(walk);
	if (is_empty && !walk->skip && element->end != NULL)
		element->end(walk);
}

/* Line ends and TABs in the source are blanks: the formats have elements for the real ones. */
static void
tell_text(LsmXmlWalk *walk)
{
	const char *text = (const char *)xmlTextReaderConstValue(walk->reader);

	while (walk->in_text && text != NULL && *text != '\0') {
		gsize length = strcspn(text, "\t\r\n");

		lsm_layout_add(walk->layout, text, (gssize)length);
		if (text[length] != '\0')
			lsm_layout_add(walk->layout, " ", 1);
		text += length + (text[length] != '\0' ? 1 : 0);
	}
}

/* FALSE: the document has something in it that is not read. */
static gboolean
tell_node(LsmXmlWalk *walk, const LsmXmlElement *elements)
{
	const LsmXmlElement *element;

	switch (xmlTextReaderNodeType(walk->reader)) {
	case XML_READER_TYPE_DOCUMENT_TYPE:
		return FALSE;
	case XML_READER_TYPE_ELEMENT:
		tell_begin(walk, find_element(walk, elements));
		break;
	case XML_READER_TYPE_END_ELEMENT:
		element = find_element(walk, elements);
		if (element != NULL && element->end != NULL)
			element->end(walk);
		break;
	case XML_READER_TYPE_TEXT:
	case XML_READER_TYPE_CDATA:
	case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
	case XML_READER_TYPE_WHITESPACE:
		tell_text(walk);
		break;
	default:
		break;
	}
	return TRUE;
}

LsmExtractStatus
lsm_xml_walk(const GByteArray *octets, LsmExtractResult *result, const LsmXmlElement *elements)
{
	LsmXmlWalk walk = {NULL, NULL, FALSE, FALSE, FALSE, FALSE, 0};
	int code;

	if (octets->len == 0 || octets->len > G_MAXINT)
		return LSM_EXTRACT_UNREADABLE;
	walk.reader = xmlReaderForMemory((const char *)octets->data, (int)octets->len, NULL, NULL,
					 XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (walk.reader == NULL)
		return LSM_EXTRACT_UNREADABLE;
	walk.layout = lsm_layout_new(result);
	code = xmlTextReaderRead(walk.reader);
	while (code == 1 && !result->over) {
		if (!tell_node(&walk, elements))
			code = -1;
		else
			code = walk.skip ? xmlTextReaderNext(walk.reader) : xmlTextReaderRead(walk.reader);
		walk.skip = FALSE;
	}
	lsm_layout_free(walk.layout);
	xmlFreeTextReader(walk.reader);
	return code < 0 ? LSM_EXTRACT_UNREADABLE : LSM_EXTRACT_TEXT;
}

xmlChar *
lsm_xml_attribute(LsmXmlWalk *walk, const char *name)
{
	xmlChar *value = NULL;

	while (value == NULL && xmlTextReaderMoveToNextAttribute(walk->reader) == 1)
		if (strcmp((const char *)xmlTextReaderConstLocalName(walk->reader), name) == 0)
			value = xmlTextReaderValue(walk->reader);
	xmlTextReaderMoveToElement(walk->reader);
	return value;
}

/* --- handlers --- */

void
lsm_xml_skip(LsmXmlWalk *walk)
{
	walk->skip = TRUE;
}

void
lsm_xml_add_tab(LsmXmlWalk *walk)
{
	lsm_layout_add(walk->layout, "\t", 1);
}

void
lsm_xml_add_line_break(LsmXmlWalk *walk)
{
	lsm_layout_add(walk->layout, "\n", 1);
}

void
lsm_xml_begin_row(LsmXmlWalk *walk)
{
	lsm_layout_begin_row(walk->layout);
}

void
lsm_xml_begin_cell(LsmXmlWalk *walk)
{
	lsm_layout_begin_cell(walk->layout);
}

void
lsm_xml_end_row(LsmXmlWalk *walk)
{
	lsm_layout_end_row(walk->layout);
}
