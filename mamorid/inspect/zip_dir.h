#ifndef MM_INSPECT_ZIP_DIR_H
#define MM_INSPECT_ZIP_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MM_ZIP_ENCRYPTED 0x0001u
#define MM_ZIP_DESCRIPTOR 0x0008u	/* sizes follow the data */

/* What one header says about a member. */
struct mm_zip_member {
	size_t header;		/* where the local header lies */
	size_t data;		/* and the packed bytes */
	uint64_t packed;
	uint64_t unpacked;
	unsigned int method;
	unsigned int flags;
	bool zip64;		/* a size or offset stands elsewhere */
	const unsigned char *name;
	size_t name_len;
};

/* A directory as one end record gives it. Its offset may be meant from the
 * begin of the file or of the archive in it: then shift is added to those of
 * the members. */
struct mm_zip_dir {
	size_t begin, end;
	size_t shift;
	size_t record;		/* where the end record lies */
	bool own;		/* as the file's last record has it */
};

#define MM_ZIP_DIRS_MAX 16u

/* Every reading of every end record, from the last one on; for each, first its
 * own words. Returns how many there are. */
size_t mm_zip_dirs(const unsigned char *data, size_t len,
		   struct mm_zip_dir dirs[MM_ZIP_DIRS_MAX]);

/* The member of the directory record at *pos, which moves on; the directory's
 * words only: data is not set. False at the end. */
bool mm_zip_central(const unsigned char *data, size_t len,
		    const struct mm_zip_dir *dir, size_t *pos,
		    struct mm_zip_member *member_r);

/* The member of the local header at offset. False when it does not fit, or
 * has no signature but should. */
bool mm_zip_local(const unsigned char *data, size_t len, size_t offset,
		  bool need_signature, struct mm_zip_member *member_r);

#endif
