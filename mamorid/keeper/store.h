#ifndef MM_KEEPER_STORE_H
#define MM_KEEPER_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"

/*
 * The files of the quarantine: ROOT/ab/cd/HASH, named by the SHA-256 of their
 * content, so that the same bytes are kept once. Files under ROOT/tmp are
 * unfinished.
 */
#define MM_STORE_HASH_SIZE 65u /* 64 hexadecimal digits and a NUL */

struct mm_store {
	int root; /* the folder */
	uint64_t reserve; /* bytes of the disk that stay free */
	uint64_t serial;
};

/* A message in the parts in which it is handed over. */
struct mm_store_parts {
	int headers; /* sealed memfd */
	uint64_t headers_len;
	int body;
	uint64_t body_offset;
	uint64_t body_len; /* from body_offset to the end */
};

/* Open the folder, create it if missing. 0 or MM_ERR_SYS. */
MM_CHECK int mm_store_open(struct mm_store *store, const char *path,
			   uint64_t reserve);
void mm_store_close(struct mm_store *store);

/* Keep headers, an empty line and the body. On success the file and its name
 * are on disk, unless another file already had the content. After an error
 * nothing is left. 0, MM_ERR_LIMIT (would take the disk reserve),
 * MM_ERR_FORMAT (the body became shorter) or MM_ERR_SYS. */
MM_CHECK int mm_store_put(struct mm_store *store,
			  const struct mm_store_parts *parts,
			  char hash_r[MM_STORE_HASH_SIZE], uint64_t *size_r);

/* A stored file opened O_RDONLY; the caller closes it. The descriptor,
 * MM_ERR_NOTFOUND or MM_ERR_SYS. */
MM_CHECK int mm_store_get(struct mm_store *store, const char *hash);

/* Remove a file; one that is gone already is no error. 0 or MM_ERR_SYS. */
MM_CHECK int mm_store_remove(struct mm_store *store, const char *hash);

/* At start: remove unfinished files, and every stored one for which wanted()
 * says 0 (1: keep; below 0: stop with that error). Returns how many went, or
 * an error. */
MM_CHECK int mm_store_clean(struct mm_store *store,
			    int (*wanted)(void *context, const char *hash),
			    void *context);

#endif
