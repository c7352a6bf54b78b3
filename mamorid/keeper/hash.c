/*
 * SHA-256 by OpenSSL. Keeper, uid mamori-keeper.
 */
#include "mamorid/keeper/hash.h"

#include <string.h>

#include <openssl/evp.h>

#include "core/err.h"

/* EVP_MD_CTX is opaque; ours only gives it a name of this project. */
struct mm_hash;

static EVP_MD_CTX *evp(struct mm_hash *hash)
{
	return (EVP_MD_CTX *)hash;
}

int mm_hash_new(struct mm_hash **hash_r)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	*hash_r = NULL;
	if (ctx == NULL || EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(ctx);
		return MM_ERR_NOMEM;
	}
	*hash_r = (struct mm_hash *)ctx;
	return 0;
}

void mm_hash_free(struct mm_hash **hash)
{
	EVP_MD_CTX_free(evp(*hash));
	*hash = NULL;
}

int mm_hash_add(struct mm_hash *hash, const void *data, size_t len)
{
	return EVP_DigestUpdate(evp(hash), data, len) == 1 ? 0 : MM_ERR_INVALID;
}

int mm_hash_add_str(struct mm_hash *hash, const char *text)
{
	const uint64_t len = text == NULL ? UINT64_MAX : strlen(text);
	unsigned char head[8];
	unsigned int i;
	int r;

	for (i = 0; i < 8; i++)
		head[i] = (unsigned char)(len >> (56 - 8 * i));
	if ((r = mm_hash_add(hash, head, sizeof(head))) < 0 || text == NULL)
		return r;
	return mm_hash_add(hash, text, (size_t)len);
}

int mm_hash_raw(struct mm_hash *hash, unsigned char out[MM_HASH_LEN])
{
	unsigned int len = 0;

	return EVP_DigestFinal_ex(evp(hash), out, &len) == 1 &&
			       len == MM_HASH_LEN
		       ? 0
		       : MM_ERR_INVALID;
}

int mm_hash_hex(struct mm_hash *hash, char out[2 * MM_HASH_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char raw[MM_HASH_LEN];
	unsigned int i;
	int r = mm_hash_raw(hash, raw);

	if (r < 0)
		return r;
	for (i = 0; i < MM_HASH_LEN; i++) {
		out[2 * i] = digits[raw[i] >> 4];
		out[2 * i + 1] = digits[raw[i] & 15];
	}
	out[2 * MM_HASH_LEN] = '\0';
	return 0;
}
