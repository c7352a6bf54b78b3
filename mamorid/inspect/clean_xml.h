#ifndef MM_INSPECT_CLEAN_XML_H
#define MM_INSPECT_CLEAN_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

/* An element's start tag. Names are without prefix; attrs are pairs of name and
 * value, and end in NULL. */
struct mm_xml_element {
	const char *name;
	const char **attrs;	/* "space|name" where the name has a prefix:
				 * mm_xml_attr() looks behind it */
};

/* The value of the attribute of this name, whatever its space; NULL. */
const char *mm_xml_attr(const struct mm_xml_element *element,
			const char *name);

enum mm_xml_choice {
	MM_XML_KEEP,
	MM_XML_REMOVE,		/* with all that it holds */
	MM_XML_REPLACE,		/* by one of the same name with other
				 * attributes, and nothing in it */
};

/* Append the attributes of a replacement, each "name=\"value\"", to attrs. */
typedef enum mm_xml_choice (*mm_xml_chooser)(
	void *context, const struct mm_xml_element *element,
	struct mm_buf *attrs);

/* Append an attribute for a replacement. 0 or as mm_buf_put(). */
MM_CHECK int mm_xml_put_attr(struct mm_buf *attrs, const char *name,
			     const char *value);

/* Ask for each element of a document what is to be done with it, and append
 * the document to out, which else stays byte for byte. An element that is left
 * empty by this and means nothing so goes, too: choices, lists of controls.
 * Returns 1 when something was changed, 0 when nothing was (and nothing is
 * appended), MM_ERR_INVALID (not well-formed, has a DTD, or is in UTF-16),
 * MM_ERR_LIMIT, MM_ERR_NOMEM. */
MM_CHECK int mm_xml_edit(const struct mm_buf *document, mm_xml_chooser choose,
			 void *context, struct mm_buf *out);

#endif
