#ifndef MM_INSPECT_CLEAN_PACKAGE_H
#define MM_INSPECT_CLEAN_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "mamorid/inspect/zip_dir.h"

/* One member of a ZIP file that is written anew. */
struct mm_package_member {
	char *name;
	struct mm_zip_member zip;	/* by the directory, data set */
	size_t record;		/* where the directory's record lies */
	bool dropped;
	bool changed;
	struct mm_buf content;	/* when changed */
	char *new_name;		/* or NULL */
};

/*
 * A ZIP file in the one form that every program reads in the same way, as
 * office programs write it: one directory, each member named once, headers that
 * agree, nothing encrypted. Other forms are refused: their receiver might read
 * another thing in them than was cleaned.
 */
struct mm_package {
	const unsigned char *data;	/* the caller's */
	size_t len;
	struct mm_package_member *members; /* in the directory's order */
	size_t count;
	struct mm_package_member **sorted;
	uint64_t room;		/* bytes that may still be unpacked */
};

/* 0, MM_ERR_INVALID (another form), MM_ERR_LIMIT (more than max members).
 * Release with mm_package_close(), also after an error. */
MM_CHECK int mm_package_open(struct mm_package *package, const void *data,
			     size_t len, size_t max, uint64_t room);
void mm_package_close(struct mm_package *package);

/* By name without regard to case, as office programs do; NULL. */
struct mm_package_member *mm_package_find(struct mm_package *package,
					  const char *name);

/* Append what a member holds by now. 0, MM_ERR_INVALID (damaged, or packed in
 * an unusual way), MM_ERR_LIMIT, MM_ERR_NOMEM. */
MM_CHECK int mm_package_read(struct mm_package *package,
			     const struct mm_package_member *member,
			     struct mm_buf *out);

/* Give it another content, which is taken. */
void mm_package_change(struct mm_package_member *member,
		       struct mm_buf *content);

/* Append the ZIP file of what was not dropped; members that were not changed
 * stay packed as they were. 0, MM_ERR_LIMIT, MM_ERR_NOMEM. */
MM_CHECK int mm_package_write(const struct mm_package *package,
			      struct mm_buf *out);

#endif
