#ifndef MM_INSPECT_READINGS_BODIES_H
#define MM_INSPECT_READINGS_BODIES_H

#include "mamorid/inspect/readings_blocks.h"
#include "mamorid/inspect/walk.h"

/* What was queued: the walk keeps it while a message is read. */
struct mm_taken {
	const unsigned char *data;
	size_t len;
};

struct mm_reader {
	struct mm_walk *walk;
	const struct mm_mail *mail;
	struct mm_taken *taken;
	size_t taken_count, taken_size;
	size_t work, work_max; /* bytes decoded, and how many may be */
};

/* Some bytes of a message, or of something decoded from it. */
struct mm_region {
	const unsigned char *data;
	size_t len;
	bool whole; /* offsets are those of GMime's leaves */
	int leaf; /* if not */
	unsigned int depth;
	bool odd; /* for some client it has another structure */
	struct mm_blocks blocks;
};

/* The bytes from pos to end. */
struct mm_body {
	const struct mm_block *block;
	size_t pos, end;
};

/* All of a region; in readings.c. */
void mm_reader_region(struct mm_reader *rd, struct mm_region *region);

/* The leaf at pos, or -1. */
int mm_reader_leaf(const struct mm_reader *rd, const struct mm_region *region,
		   size_t pos);

/* A finding of kind ambiguous. */
void mm_reader_blame(struct mm_reader *rd, const struct mm_region *region,
		     size_t pos, const char *why);

/* Does this header stand where the content of the one before may begin? */
bool mm_reader_continues(const struct mm_region *region,
			 const struct mm_block *block);

/* Is it a header that somebody quotes in the text of a mail? */
bool mm_reader_quoted(const struct mm_reader *rd,
		      const struct mm_region *region,
		      const struct mm_block *block);

/* May len bytes be decoded once more? If not, the walk is stopped. */
bool mm_reader_may(struct mm_reader *rd, size_t len);

/* Takes data. True when nobody has read it so before. */
bool mm_reader_queue(struct mm_reader *rd, const struct mm_region *region,
		     size_t pos, unsigned char *data, size_t len);

/* Decode a body in every way, and queue what comes out. True when the first,
 * plainest way gives something that nobody has read before. declared: its
 * header says base64; all: also what matters in odd messages only. */
bool mm_reader_base64(struct mm_reader *rd, const struct mm_region *region,
		      const struct mm_body *body, bool declared);
bool mm_reader_quoted_printable(struct mm_reader *rd,
				const struct mm_region *region,
				const struct mm_body *body, bool all);
bool mm_reader_plain(struct mm_reader *rd, const struct mm_region *region,
		     const struct mm_body *body);

#endif
