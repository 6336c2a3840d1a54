/*
 * xml.h - a walk over an XML document without a tree, for the formats that are XML in a package.
 */
#ifndef LSM_EXTRACT_XML_H
#define LSM_EXTRACT_XML_H

#include <libxml/xmlreader.h>

#include "extract/layout.h"

typedef struct {
	xmlTextReaderPtr reader; /* at the node that is told */
	LsmLayout *layout;
	gboolean skip;          /* set by a handler at an element's begin: what is in it is not told */
	gboolean in_text;       /* for the handlers: text counts here */
	gboolean in_properties; /* for the handlers: of a paragraph */
	gboolean join;          /* for the handlers: the paragraph's end is not one */
	guint paragraphs;       /* for the handlers: open ones */
} LsmXmlWalk;

/* One element. end is called for an empty element as well, unless begin set skip. */
typedef struct {
	const char *space; /* the namespace's URI contains this: versions differ in the rest */
	const char *name;  /* local */
	void (*begin)(LsmXmlWalk *walk);
	void (*end)(LsmXmlWalk *walk);
} LsmXmlElement;

/*
 * Walks the document; elements ends with a row without a name. Text is added where in_text is set. UNREADABLE
 * for what is not well-formed (what stood before it was added) and for any document type declaration: these
 * documents have none, and entities are how XML becomes large.
 */
LsmExtractStatus lsm_xml_walk(const GByteArray *octets, LsmExtractResult *result,
			      const LsmXmlElement *elements);

/* What the formats' handlers share; see layout.h for rows and cells. */
void lsm_xml_skip(LsmXmlWalk *walk);
void lsm_xml_add_tab(LsmXmlWalk *walk);
void lsm_xml_add_line_break(LsmXmlWalk *walk);
void lsm_xml_begin_row(LsmXmlWalk *walk);
void lsm_xml_begin_cell(LsmXmlWalk *walk);
void lsm_xml_end_row(LsmXmlWalk *walk);

/* An attribute by its local name; NULL when absent. Caller frees with xmlFree. */
xmlChar *lsm_xml_attribute(LsmXmlWalk *walk, const char *name);

/* Lets libxml2 set up its tables. Called once, by lsm_format_prepare. */
void lsm_xml_prepare(void);

#endif
