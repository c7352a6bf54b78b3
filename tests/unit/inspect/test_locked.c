/*
 * Encrypted content other than archives: Office files of every era,
 * OpenDocument, OpenPGP and S/MIME; and what only looks like it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/inspect_fixture.h"
#include "tests/unit/inspect/office_samples.h"

#define TEXT(text) text, sizeof(text) - 1

static char padded[5000];	/* a stream that is not small */

/* want: a finding of this detail at the part, or NULL for a clean mail. */
static void check_mail(const char *name, const struct mm_buf *mail,
		       const char *part, const char *want)
{
	const struct mm_finding *got;
	struct mm_report report;

	fix_inspect(engine, &conf, mail->data, mail->len, &report);
	fix_print(name, &report);
	assert_int_equal(report.findings.verdict, want != NULL
			 ? MM_VERDICT_NOT_CHECKED : MM_VERDICT_CLEAN);
	got = fix_find(&report, MM_KIND_ENCRYPTED, part);
	if (want != NULL) {
		assert_non_null(got);
		assert_string_equal(got->detail, want);
	} else {
		assert_null(got);
	}
	mm_report_clear(&report);
}

static void check_file(const char *name, const char *header,
		       const void *data, size_t len, const char *want)
{
	struct mm_buf mail;

	fix_mail(&mail, header, data, len);
	check_mail(name, &mail, "2", want);
	mm_buf_clear(&mail);
}

static void test_office(void **state)
{
	static const struct {
		const char *name;
		struct smp_stream stream;
		const char *want;
	} cases[] = {
		{ "ooxml", { "EncryptedPackage", padded, 5000 },
		  "encrypted: office" },
		{ "small ooxml", { "EncryptedPackage", TEXT("xxxxxxxxx") },
		  "encrypted: office" },
		{ "rights management", { "\tDRMContent", padded, 5000 },
		  "encrypted: office" },
		{ "xls", { "Workbook",
		  TEXT("\x09\x08\x04\0\0\6\5\0\x2f\0\2\0\0\0\x0a\0\0\0") },
		  "encrypted: office" },
		{ "xls, after another record", { "Workbook",
		  TEXT("\x09\x08\4\0\0\6\5\0\x86\0\0\0\x2f\0\2\0\0\0") },
		  "encrypted: office" },
		{ "xls of Excel 95", { "Book",
		  TEXT("\x09\x08\4\0\0\5\5\0\x2f\0\4\0\1\2\3\4") },
		  "encrypted: office" },
		{ "plain xls", { "Workbook",
		  TEXT("\x09\x08\4\0\0\6\5\0\xe1\0\2\0\x2f\0\x0a\0\0\0"
		       "\x2f\0\0\0") }, NULL },
		{ "doc", { "WordDocument",
		  TEXT("\xec\xa5\xc1\0\0\0\0\0\0\0\0\1\0\0\0\0") },
		  "encrypted: office" },
		{ "doc of Word 95", { "WordDocument",
		  TEXT("\xdc\xa5\x65\0\0\0\0\0\0\0\0\x81\0\0\0\0") },
		  "encrypted: office" },
		{ "plain doc", { "WordDocument",
		  TEXT("\xec\xa5\xc1\0\0\0\0\0\0\0\xff\xfe\0\0\0\0") }, NULL },
		{ "ppt", { "Current User",
		  TEXT("\0\0\xf6\x0f\x14\0\0\0\x14\0\0\0\xdf\xc4\xd1\xf3") },
		  "encrypted: office" },
		{ "plain ppt", { "Current User",
		  TEXT("\0\0\xf6\x0f\x14\0\0\0\x14\0\0\0\x5f\xc0\x91\xe3") },
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct smp_stream streams[] = {
			{ "Other", TEXT("something else") },
			cases[i].stream,
		};
		struct mm_buf file;

		smp_ole(&file, streams, 2);
		check_file(cases[i].name, "Content-Type: application/"
			   "msword; name=a.doc\n", file.data, file.len,
			   cases[i].want);
		mm_buf_clear(&file);
	}
}

static void test_office_in_zip(void **state)
{
	const struct smp_stream stream = { "EncryptedPackage", padded, 5000 };
	struct mm_buf file;
	struct mm_buf zip;

	(void)state;
	smp_ole(&file, &stream, 1);
	fix_zip(&zip, NULL, "a.docx", &file);
	check_file("in a zip", ZIP_HEADER, zip.data, zip.len,
		   "encrypted: office");
	mm_buf_clear(&file);
	mm_buf_clear(&zip);
}

#define MANIFEST(inside) \
	"<?xml version=\"1.0\"?>\n<manifest:manifest xmlns:manifest=" \
	"\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\">" \
	"<manifest:file-entry manifest:full-path=\"content.xml\">" inside \
	"</manifest:file-entry></manifest:manifest>\n"

static void test_open_document(void **state)
{
	struct mm_buf text;
	struct mm_buf zip;

	(void)state;
	mm_buf_init(&text, 4096);
	smp_put(&text, TEXT(MANIFEST("<manifest:encryption-data/>")));
	fix_zip(&zip, NULL, "META-INF/manifest.xml", &text);
	check_file("odt", ZIP_HEADER, zip.data, zip.len,
		   "encrypted: opendocument");
	mm_buf_clear(&zip);
	mm_buf_reset(&text);
	smp_put(&text, TEXT(MANIFEST("")));
	fix_zip(&zip, NULL, "META-INF/manifest.xml", &text);
	check_file("plain odt", ZIP_HEADER, zip.data, zip.len, NULL);
	mm_buf_clear(&zip);
	mm_buf_clear(&text);
}

#define DER(type) \
	"\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07" type \
	"\xa0\x80\x30\x80\x02\x01\x00\x31\x80\x30\x80\x02\x01\x00\x30\x00"

static void test_smime(void **state)
{
	static const char type[] =
		"Content-Type: application/pkcs7-mime; name=smime.p7m\n";
	struct mm_report report;
	struct mm_buf mail;

	(void)state;
	check_file("enveloped", type, TEXT(DER("\3")), "encrypted: s/mime");
	check_file("encrypted", type, TEXT(DER("\6")), "encrypted: s/mime");
	/* What is signed is not encrypted, whatever else is wrong with it. */
	fix_mail(&mail, type, TEXT(DER("\2")));
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	assert_null(fix_find(&report, MM_KIND_ENCRYPTED, "2"));
	mm_report_clear(&report);
	mm_buf_clear(&mail);
	check_file("authenticated", type,
		   TEXT("\x30\x80\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10"
			"\x01\x17\xa0\x80\x30\x80\x02\x01\x00\x31\x80\x30\x80"
			"\x02\x01\x00\x30\x00\x00"), "encrypted: s/mime");
}

#define ARMOR \
	"-----BEGIN PGP MESSAGE-----\n\nhQEMA0nnnnnnnnnnAQf/\n=aaaa\n" \
	"-----END PGP MESSAGE-----\n"

static void test_pgp_mail(void **state)
{
	static const struct {
		const char *name;
		const char *mail;
		const char *part;
		const char *want;
	} cases[] = {
		{ "PGP/MIME", "From: a@b\nMIME-Version: 1.0\n"
		  "Content-Type: multipart/encrypted; boundary=x;\n"
		  " protocol=\"application/pgp-encrypted\"\n\n--x\n"
		  "Content-Type: application/pgp-encrypted\n\nVersion: 1\n"
		  "--x\nContent-Type: application/octet-stream;"
		  " name=encrypted.asc\n\n" ARMOR "--x--\n",
		  "2", "encrypted: pgp" },
		{ "inline", "From: a@b\nSubject: x\n\nSecret:\n" ARMOR,
		  "1", "encrypted: pgp" },
		{ "quoted", "From: a@b\nSubject: x\n\n> -----BEGIN PGP "
		  "MESSAGE-----\n> \n> abc\n> -----END PGP MESSAGE-----\n",
		  "1", NULL },
		{ "spoken of", "From: a@b\nSubject: x\n\nIt begins with\n"
		  "-----BEGIN PGP MESSAGE-----\nand then noise.\n", "1",
		  NULL },
		{ "signed", "From: a@b\nSubject: x\n\n-----BEGIN PGP SIGNED "
		  "MESSAGE-----\nHash: SHA256\n\nhello\n-----BEGIN PGP "
		  "SIGNATURE-----\n\niQEzBAEB\n=aaaa\n-----END PGP "
		  "SIGNATURE-----\n", "1", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mm_buf mail;

		mm_buf_init(&mail, MAIL_MAX);
		assert_int_equal(mm_buf_puts(&mail, cases[i].mail), 0);
		check_mail(cases[i].name, &mail, cases[i].part,
			   cases[i].want);
		mm_buf_clear(&mail);
	}
}

static void test_pgp_file(void **state)
{
	static const char gpg[] =
		"Content-Type: application/octet-stream; name=a.pdf.gpg\n";
	static const char pdf[] =
		"Content-Type: application/octet-stream; name=a.dat\n";

	(void)state;
	check_file("armored", pdf, TEXT(ARMOR), "encrypted: pgp");
	check_file("to a key", gpg, TEXT("\x85\1\x0c\3abcdefgh\1\0"),
		   "encrypted: pgp");
	check_file("to a password", gpg, TEXT("\xc3\x0d\4\7\3\2abcdefghi"),
		   "encrypted: pgp");
	check_file("a name alone", gpg, TEXT("no such packet"), NULL);
	check_file("bytes alone", pdf, TEXT("\x85\1\x0c\3abcdefgh\1\0"),
		   NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_office),
		cmocka_unit_test(test_office_in_zip),
		cmocka_unit_test(test_open_document),
		cmocka_unit_test(test_smime),
		cmocka_unit_test(test_pgp_mail),
		cmocka_unit_test(test_pgp_file),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
