#ifndef MM_KEEPER_HASH_H
#define MM_KEEPER_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

/* A running SHA-256. */
struct mm_hash;

#define MM_HASH_LEN 32u

/* 0 or MM_ERR_NOMEM. Free with mm_hash_free(). */
MM_CHECK int mm_hash_new(struct mm_hash **hash_r);
void mm_hash_free(struct mm_hash **hash);

/* 0 or MM_ERR_INVALID (the library refused). */
MM_CHECK int mm_hash_add(struct mm_hash *hash, const void *data, size_t len);

/* Add a text behind its length, so that two texts in a row cannot be mistaken
 * for two others; NULL differs from "". */
MM_CHECK int mm_hash_add_str(struct mm_hash *hash, const char *text);

/* End: the raw digest, or 64 hexadecimal digits and a NUL. */
MM_CHECK int mm_hash_raw(struct mm_hash *hash, unsigned char out[MM_HASH_LEN]);
MM_CHECK int mm_hash_hex(struct mm_hash *hash, char out[2 * MM_HASH_LEN + 1]);

#endif
