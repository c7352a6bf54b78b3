#ifndef MM_INSPECT_ZIP_MEMBER_H
#define MM_INSPECT_ZIP_MEMBER_H

#include "mamorid/inspect/walk.h"
#include "mamorid/inspect/zip_dir.h"

enum mm_zip_result {
	MM_ZIP_WHOLE,		/* unpacked and pushed */
	MM_ZIP_PART,		/* what came out was pushed */
	MM_ZIP_NOTHING,		/* nothing came out */
	MM_ZIP_UNSUPPORTED,	/* a method that nobody here knows */
	MM_ZIP_REPORTED,	/* not whole, and a finding tells why */
	MM_ZIP_STOPPED,		/* a limit has ended the walk */
};

/* Unpack one reading of a member and push it. sure: it is one, or else only
 * looks like it. Reads no more packed bytes than
 * *effort, which shrinks: members may lie over each other. */
enum mm_zip_result mm_zip_unpack(struct mm_walk *walk,
				 const struct mm_item *item,
				 const struct mm_zip_member *member, bool sure,
				 uint64_t *effort);

/* The name as UTF-8, malloc'd; bytes of another charset as they are. */
char *mm_zip_name(const struct mm_zip_member *member);

#endif
