#ifndef MM_INSPECT_NAME_H
#define MM_INSPECT_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "mamorid/inspect/walk.h"

#define MM_NAME_EXTENSION 24u

/* What a file name promises to the one who opens it. */
struct mm_name {
	char extension[MM_NAME_EXTENSION]; /* lower case, without the dot */
	bool executable;	/* opening it runs it */
	bool script;		/* by an interpreter of the system */
	bool disguised;		/* it runs, and looks as if it did not */
	bool document;		/* an extension of documents or pictures */
};

/* Read a name, UTF-8 or any bytes, as Windows would: the last component
 * without what Windows cuts off at its end. */
void mm_name_read(const char *name, struct mm_name *name_r);

/* Analyzer: the name of an attachment or of something unpacked. */
void mm_name_analyze(struct mm_walk *walk, const struct mm_item *item);

/* The name of an archive's member. */
void mm_name_member(struct mm_walk *walk, const struct mm_item *archive,
		    const char *member);

#endif
