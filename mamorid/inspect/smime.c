/*
 * Takes the mail out of S/MIME signed-data. Signatures are not verified.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never need a file at run time.
 */
#include "mamorid/inspect/smime.h"

#include <limits.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mamorid/inspect/limits.h"
#include "mamorid/inspect/readings_decode.h"
#include "mamorid/xalloc.h"

#define PEM_HEAD 4096u /* text that may precede the mark */
#define HEADER_MAX 24u /* of ContentInfo, up to its type */

/* 1.2.840.113549.1.7.2 and 1.2.840.113549.1.9.16.1.9 */
static const unsigned char signed_data[] = {
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2,
};
static const unsigned char compressed_data[] = {
	0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1, 9,
};

void mm_smime_init(void)
{
	(void)OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG |
					  OPENSSL_INIT_LOAD_CRYPTO_STRINGS |
					  OPENSSL_INIT_ADD_ALL_CIPHERS |
					  OPENSSL_INIT_ADD_ALL_DIGESTS,
				  NULL);
}

/* A sequence whose first element is this type. */
static bool is_content(const struct mm_item *item, const unsigned char *type,
		       size_t type_len)
{
	return item->len > HEADER_MAX && item->data[0] == 0x30 &&
	       memmem(item->data, HEADER_MAX, type, type_len) != NULL;
}

/* Would a client look for a mail in it? */
static bool is_mail(const struct mm_item *item)
{
	const size_t len = strlen(item->name);

	return strcmp(item->mime_type, "application/pkcs7-mime") == 0 ||
	       strcmp(item->mime_type, "application/x-pkcs7-mime") == 0 ||
	       (len > 4 && strcasecmp(item->name + len - 4, ".p7m") == 0);
}

static bool push_content(struct mm_walk *walk, const struct mm_item *item,
			 CMS_ContentInfo *cms)
{
	ASN1_OCTET_STRING **content = CMS_get0_content(cms);
	unsigned char *copy;
	int len;

	if (content == NULL)
		return false;
	/* A signature that lies beside what it signs has none. */
	if (*content == NULL || (len = ASN1_STRING_length(*content)) <= 0)
		return true;
	copy = mm_xcalloc((size_t)len, 1);
	memcpy(copy, ASN1_STRING_get0_data(*content), (size_t)len);
	(void)mm_walk_push_take(walk, item, NULL, copy, (size_t)len);
	return true;
}

static const unsigned char *find(const unsigned char *data, size_t len,
				 const char *mark)
{
	return memmem(data, len, mark, strlen(mark));
}

/* RFC 7468 8 and 9: the same in base64, between lines of text. What comes out
 * is looked at like any other file. */
static void unwrap(struct mm_walk *walk, const struct mm_item *item)
{
	const unsigned char *end = item->data + item->len;
	const size_t head = item->len < PEM_HEAD ? item->len : PEM_HEAD;
	const unsigned char *text = find(item->data, head, "-----BEGIN PKCS7");
	const unsigned char *stop;
	unsigned char *out;
	size_t len;

	if (text == NULL)
		text = find(item->data, head, "-----BEGIN CMS");
	if (text == NULL)
		return;
	text = memchr(text, '\n', (size_t)(end - text));
	if (text == NULL)
		return;
	stop = find(text, (size_t)(end - text), "-----END");
	if (stop == NULL)
		stop = end;
	len = (size_t)(stop - text);
	out = mm_xcalloc(len / 4 * 3 + 3, 1);
	len = mm_base64_read(text, len, MM_BASE64_CHUNKS, out);
	if (len > 0)
		(void)mm_walk_push_take(walk, item, NULL, out, len);
	else
		free(out);
}

void mm_smime_analyze(struct mm_walk *walk, const struct mm_item *item)
{
	const unsigned char *pos = item->data;
	CMS_ContentInfo *cms;

	unwrap(walk, item);

	if (is_content(item, compressed_data, sizeof(compressed_data)))
		mm_walk_find(walk, item, MM_KIND_LIMIT,
			     MM_LIMIT_UNSUPPORTED "compressed S/MIME");
	if (item->len > LONG_MAX ||
	    !is_content(item, signed_data, sizeof(signed_data)))
		return;
	cms = d2i_CMS_ContentInfo(NULL, &pos, (long)item->len);
	if ((cms == NULL || !push_content(walk, item, cms)) && is_mail(item))
		mm_walk_find(walk, item, MM_KIND_LIMIT,
			     MM_LIMIT_DAMAGED "S/MIME");
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
}
