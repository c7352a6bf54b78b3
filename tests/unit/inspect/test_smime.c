/*
 * S/MIME signed-data that carries its mail inside.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "tests/unit/inspect/inspect_fixture.h"

static EVP_PKEY *key;
static X509 *certificate;

static int begin(void **state)
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
	return setup(state);
}

static int end(void **state)
{
	X509_free(certificate);
	EVP_PKEY_free(key);
	return teardown(state);
}

/* How the content is laid out (RFC 5652 5.2). */
#define DETACHED CMS_DETACHED
#define CHUNKED CMS_STREAM	/* of indefinite length */

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
	assert_int_equal(i2d_CMS_bio_stream(der, cms, in,
					    (int)(flags | CMS_BINARY)), 1);
	len = BIO_get_mem_data(der, &data);
	mm_buf_init(out, MAIL_MAX);
	assert_int_equal(mm_buf_put(out, data, (size_t)len), 0);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	BIO_free(der);
}

static const char header[] =
	"Content-Type: application/pkcs7-mime; name=smime.p7m; "
	"smime-type=signed-data\n";

static void try_mail(const char *name, const struct mm_buf *signed_data,
		     enum mm_verdict verdict, enum mm_kind kind,
		     const char *detail)
{
	struct mm_report report;
	struct mm_buf mail;

	fix_mail(&mail, header, signed_data->data, signed_data->len);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	fix_print(name, &report);
	assert_int_equal(report.findings.verdict, verdict);
	if (detail == NULL) {
		assert_int_equal(report.findings.count, 0);
	} else {
		assert_non_null(fix_find(&report, kind, "2"));
		assert_string_equal(fix_find(&report, kind, "2")->detail,
				    detail);
	}
	mm_report_clear(&report);
	mm_buf_clear(&mail);
}

static void entity(struct mm_buf *out, const struct mm_buf *payload)
{
	mm_buf_init(out, MAIL_MAX);
	assert_int_equal(mm_buf_puts(out,
		"Content-Type: multipart/mixed; boundary=xx\n\n--xx\n\nhello\n"
		"--xx\nContent-Type: application/octet-stream; name=e\n"
		"Content-Transfer-Encoding: base64\n\n"), 0);
	fix_base64(out, payload->data, payload->len);
	assert_int_equal(mm_buf_puts(out, "--xx--\n"), 0);
}

static void test_signed(void **state)
{
	static const struct {
		const char *name;
		unsigned int flags;
	} forms[] = {
		{ "in one piece", 0 },
		{ "in pieces", CHUNKED },
		{ "without attributes", CMS_NOATTR },
		{ "without certificates", CMS_NOCERTS },
	};
	struct mm_buf content, eicar, harmless, data;

	(void)state;
	fix_eicar(&eicar);
	mm_buf_init(&harmless, 64);
	assert_int_equal(mm_buf_puts(&harmless, "hello, hello"), 0);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		entity(&content, &eicar);
		sign(&data, &content, forms[i].flags);
		try_mail(forms[i].name, &data, MM_VERDICT_INFECTED,
			 MM_KIND_VIRUS, EICAR_NAME);
		mm_buf_clear(&content);
		mm_buf_clear(&data);
		entity(&content, &harmless);
		sign(&data, &content, forms[i].flags);
		try_mail(forms[i].name, &data, MM_VERDICT_CLEAN, 0, NULL);
		mm_buf_clear(&content);
		mm_buf_clear(&data);
	}
	mm_buf_clear(&harmless);
	mm_buf_clear(&eicar);
}

static void test_others(void **state)
{
	struct mm_buf content, once, twice;

	(void)state;
	fix_eicar(&content);
	sign(&once, &content, DETACHED);
	try_mail("a mere signature", &once, MM_VERDICT_CLEAN, 0, NULL);
	mm_buf_clear(&once);

	sign(&once, &content, CHUNKED);
	sign(&twice, &once, CHUNKED);
	try_mail("signed twice", &twice, MM_VERDICT_INFECTED, MM_KIND_VIRUS,
		 EICAR_NAME);
	mm_buf_clear(&twice);
	mm_buf_clear(&content);
	mm_buf_init(&content, 64);
	assert_int_equal(mm_buf_puts(&content, "hello"), 0);
	mm_buf_clear(&once);
	sign(&once, &content, 0);
	mm_buf_truncate(&once, 60);
	try_mail("damaged", &once, MM_VERDICT_NOT_CHECKED, MM_KIND_LIMIT,
		 "unsupported: damaged S/MIME");
	mm_buf_clear(&once);
	mm_buf_clear(&content);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
