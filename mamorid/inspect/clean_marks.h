#ifndef MM_INSPECT_CLEAN_MARKS_H
#define MM_INSPECT_CLEAN_MARKS_H

#include <stdbool.h>

#include "mamorid/inspect/clean_package.h"
#include "mamorid/inspect/clean_xml.h"

/* A relation as its element tells. */
struct mm_relation {
	const char *id;		/* "" when it has none */
	const char *type;
	const char *target;
	bool external;
	bool active;		/* leads to something that acts */
	bool sheet;		/* leads to an Excel 4.0 macro sheet */
	bool named;		/* the part that has it calls it by its id */
};

/* False when this is no relation. The texts live as long as the element. */
bool mm_relation_read(const struct mm_xml_element *element,
		      struct mm_relation *rel_r);

/* Is this the content type of something that acts? */
bool mm_type_acts(const char *type);

/* Find what acts, by names, relations and content types, and drop it with its
 * own relations; macro sheets become empty sheets of another name. 0,
 * MM_ERR_INVALID, MM_ERR_LIMIT or MM_ERR_NOMEM. */
MM_CHECK int mm_clean_mark(struct mm_package *package);

#endif
