#ifndef MM_TEST_INSPECT_SMIME_SAMPLES_H
#define MM_TEST_INSPECT_SMIME_SAMPLES_H

/* S/MIME signed-data by a key made at run time. */
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "tests/unit/inspect/fixture.h"

#define SMIME_HEADER \
	"Content-Type: application/pkcs7-mime; name=smime.p7m; " \
	"smime-type=signed-data\n"

static EVP_PKEY *key;
static X509 *certificate;

static void smime_begin(void)
{
	X509_NAME *name;

	key = EVP_EC_gen("P-256");
	certificate = X509_new();
	assert_non_null(key);
	assert_non_null(certificate);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
	X509_set_pubkey(certificate, key);
	name = X509_get_subject_name(certificate);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
				   (const unsigned char *)"a", -1, -1, 0);
	X509_set_issuer_name(certificate, name);
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
}

static void smime_end(void)
{
	X509_free(certificate);
	EVP_PKEY_free(key);
}

/* How the content is laid out (RFC 5652 5.2). */
#define DETACHED CMS_DETACHED
#define CHUNKED CMS_STREAM /* of indefinite length */

static void sign(struct mm_buf *out, const struct mm_buf *content,
		 unsigned int flags)
{
	BIO *in = BIO_new_mem_buf(content->data, (int)content->len);
	BIO *der = BIO_new(BIO_s_mem());
	CMS_ContentInfo *cms;
	char *data;
	long len;

	cms = CMS_sign(certificate, key, NULL, in, flags | CMS_BINARY);
	assert_non_null(cms);
	assert_int_equal(
		i2d_CMS_bio_stream(der, cms, in, (int)(flags | CMS_BINARY)), 1);
	len = BIO_get_mem_data(der, &data);
	mm_buf_init(out, MAIL_MAX);
	assert_int_equal(mm_buf_put(out, data, (size_t)len), 0);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	BIO_free(der);
}

/* A mail's content: a text, and the payload as an attachment. */
static void entity(struct mm_buf *out, const struct mm_buf *payload)
{
	mm_buf_init(out, MAIL_MAX);
	assert_int_equal(mm_buf_puts(out,
		"Content-Type: multipart/mixed; boundary=xx\n\n"
		"--xx\n\nhello\n--xx\n"
		"Content-Type: application/octet-stream; name=e\n"
		"Content-Transfer-Encoding: base64\n\n"), 0);
	fix_base64(out, payload->data, payload->len);
	assert_int_equal(mm_buf_puts(out, "--xx--\n"), 0);
}

#endif
