#ifndef MM_INSPECT_READINGS_BLOCKS_H
#define MM_INSPECT_READINGS_BLOCKS_H

#include "mamorid/inspect/mime.h"
#include "mamorid/inspect/readings_header.h"

/*
 * The places in a message where a part begins or ends, for one client or
 * another. Which parts lie in which others is not asked: a part is any header
 * with what follows.
 */
#define MM_BODIES_MAX 3u

struct mm_block {
	size_t begin;
	size_t bodies[MM_BODIES_MAX]; /* where its content may begin */
	size_t body_count;
	struct mm_head head;
	bool loose; /* no announced delimiter is before it */
	bool late; /* behind the delimiter that should be the last */
	bool done; /* GMime reads it in the same way, and so do all */
};

struct mm_delimiter {
	size_t begin;
	size_t body_end; /* of the part before it */
	bool known; /* a header announces it */
	size_t next_known; /* index of the first such one from here */
};

struct mm_run { /* base64, perhaps */
	size_t begin, end;
	bool armored; /* between BEGIN and END, as in PGP */
};

struct mm_blocks {
	struct mm_block *blocks;
	size_t block_count, block_size;
	struct mm_delimiter *delimiters;
	size_t delimiter_count, delimiter_size;
	struct mm_run *runs;
	size_t run_count, run_size;
	size_t *files; /* in plain text, where they begin */
	size_t file_count, file_size;
	bool blank_first; /* empty lines before the header */
	bool too_many; /* not all of them are here */
};

/* Find them. mail is GMime's reading of the same bytes, or NULL. Release with
 * mm_blocks_clear(). */
void mm_blocks_find(const unsigned char *data, size_t len,
		    const struct mm_mail *mail, struct mm_blocks *blocks_r);
void mm_blocks_clear(struct mm_blocks *blocks);

/* Notes where the content behind the header at pos may begin. Returns where
 * that header ends. */
size_t mm_block_bodies(const unsigned char *data, size_t len, size_t pos,
		       struct mm_block *block);

/* The end of what begins at pos: at the next delimiter, or the next that a
 * header announces, or len. */
size_t mm_blocks_end(const struct mm_blocks *blocks, size_t len, size_t pos,
		     bool known);

/* The leaf that GMime reads from the bytes around pos, or -1. */
int mm_blocks_leaf(const struct mm_mail *mail, size_t pos);

#endif
