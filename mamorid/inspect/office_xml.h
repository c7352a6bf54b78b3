#ifndef MM_INSPECT_OFFICE_XML_H
#define MM_INSPECT_OFFICE_XML_H

#include "mamorid/inspect/walk.h"

/* What the XML parts of Office documents tell about macros: relations,
 * content types, fields, links. data is the item's, or a copy in ASCII. */
void mm_office_xml(struct mm_walk *walk, const struct mm_item *item,
		   const unsigned char *data, size_t len);

/* The same by the path of a member of a document. */
void mm_office_member(struct mm_walk *walk, const struct mm_item *archive,
		      const char *member);

/* What a relation between parts tells about macros, or NULL. type and target
 * are squeezed (html_token.h). */
const char *mm_office_relation(const char *type, const char *target,
			       bool external);

/* The same for the path of a member. */
const char *mm_office_member_fact(const char *member);

#endif
