/*
 * REWRITE with documents to be cleaned, at a whole pool: what acts is gone and
 * the document is there, or the part is gone and the answer says why.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/clean_samples.h"
#include "tests/unit/inspect/rewrite_pool_fixture.h"
#include "mamorid/inspect/mime.h"

#define DOCM_HEADER "Content-Type: application/vnd.ms-word.document." \
	"macroEnabled.12; name=\"a.docm\"\n" \
	"Content-Disposition: attachment; filename=\"a.docm\"\n" \
	"Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\n"

static int conn;

/* Rewrite a mail with this document as its part 2. */
static void clean(const struct mm_buf *document, const char *stamp,
		  struct mm_buf *mail, struct rewritten *got)
{
	struct mm_rewrite_op op = { MM_REWRITE_CLEAN, "2", "gone\n" };
	struct mm_rewrite_request req = {
		.ops = &op, .nops = 1, .stamp = stamp,
	};

	fix_mail(mail, DOCM_HEADER, document->data, document->len);
	rewrite_mail(conn, mail, &req, got);
	assert_int_equal(got->type, MM_FRAME_REWRITTEN);
	assert_int_equal(got->result.noutcomes, 1);
	print_message("  done %d: %s\n", got->result.outcomes[0].done,
		      got->result.outcomes[0].reason);
}

static bool has_macro(const struct rewritten *got)
{
	for (size_t i = 0; i < got->findings.count; i++)
		if (got->findings.list[i].kind == MM_KIND_MACRO)
			return true;
	return false;
}

/* The new mail as one text; its header is the old one's. */
static void join(const struct mm_buf *mail, const struct rewritten *got,
		 struct mm_buf *out)
{
	const char *blank = memmem(mail->data, mail->len, "\n\n", 2);

	mm_buf_init(out, MAIL_MAX);
	smp_put(out, mail->data, (size_t)(blank + 2 - mail->data));
	smp_put(out, got->body.data, got->body.len);
}

static void test_cleaned(void **state)
{
	const struct mm_mime_limits limits = {
		.parts = 100, .deadline = MM_DEADLINE_NONE,
	};
	struct mm_buf document, mail, whole;
	struct rewritten got;
	struct mm_mail read;

	(void)state;
	SMP_PACKAGE(&document, smp_docm);
	clean(&document, "note\n", &mail, &got);
	assert_int_equal(got.result.outcomes[0].done, MM_REWRITE_CLEAN);
	assert_string_equal(got.result.outcomes[0].reason, "");
	assert_int_equal(got.findings.verdict, MM_VERDICT_CLEAN);
	assert_false(has_macro(&got));
	assert_int_equal(got.result.stamped, MM_STAMPED_BODY);
	assert_int_equal(got.result.header_len, 0);
	/* The part is what it was, but for what it holds. */
	join(&mail, &got, &whole);
	mm_mime_read((const unsigned char *)whole.data, whole.len, &limits,
		     &read);
	assert_int_equal(read.count, 2);
	assert_string_equal(read.leaves[1].name, "a.docm");
	assert_non_null(strstr(read.leaves[1].mime_type, "macroEnabled"));
	assert_memory_equal(read.leaves[1].data, "PK\3\4", 4);
	assert_true(read.leaves[1].size < document.len);
	assert_null(strstr(mm_buf_str(&whole), "Content-MD5"));
	mm_mime_clear(&read);
	mm_buf_clear(&whole);
	rewritten_clear(&got);
	mm_buf_clear(&mail);
	mm_buf_clear(&document);
	SMP_PACKAGE(&document, smp_xlsm);
	clean(&document, NULL, &mail, &got);
	assert_int_equal(got.result.outcomes[0].done, MM_REWRITE_CLEAN);
	assert_false(has_macro(&got));
	rewritten_clear(&got);
	mm_buf_clear(&mail);
	mm_buf_clear(&document);
}

/* Where cleaning does not do, the part goes. */
static void test_removed(void **state)
{
	static const struct smp_text dde[] = {
		{ SMP_TYPES_NAME, SMP_TYPES(SMP_DOCM_TYPE) },
		{ "_rels/.rels", SMP_RELS(SMP_REL("rId1", SMP_R
		  "/officeDocument", "word/document.xml")) },
		{ "word/document.xml", SMP_XML "<w:document xmlns:w=\"w\"><w:p>"
		  "<w:fldChar/><w:instrText>DDEAUTO c:\\\\x.exe"
		  "</w:instrText></w:p></w:document>" },
	};
	struct smp_text infected[] = {
		{ SMP_TYPES_NAME, SMP_TYPES(SMP_DOCM_TYPE) },
		{ "word/media/image1.png", NULL },
	};
	struct {
		struct mm_buf document;
		const char *reason;
	} cases[3];
	struct mm_buf eicar, mail;
	struct rewritten got;

	(void)state;
	fix_eicar(&eicar);
	infected[1].text = mm_buf_str(&eicar);
	SMP_PACKAGE(&cases[0].document, dde);
	cases[0].reason = "macro: dde";
	SMP_PACKAGE(&cases[1].document, infected);
	cases[1].reason = EICAR_NAME;
	mm_buf_init(&cases[2].document, MAIL_MAX);
	smp_put(&cases[2].document, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
	cases[2].reason = "not a document that can be cleaned";
	for (size_t i = 0; i < 3; i++) {
		clean(&cases[i].document, NULL, &mail, &got);
		assert_int_equal(got.result.outcomes[0].done,
				 MM_REWRITE_REMOVE);
		assert_string_equal(got.result.outcomes[0].reason,
				    cases[i].reason);
		assert_int_equal(got.findings.verdict, MM_VERDICT_CLEAN);
		assert_false(has_macro(&got));
		assert_non_null(memmem(got.body.data, got.body.len,
				       "Z29uZQ0K", 8));
		rewritten_clear(&got);
		mm_buf_clear(&mail);
		mm_buf_clear(&cases[i].document);
	}
	mm_buf_clear(&eicar);
}

static int open_conn(void **state)
{
	if (begin(state) < 0)
		return -1;
	conn = mm_unix_connect(sock_path);
	return conn < 0 ? -1 : 0;
}

static int close_conn(void **state)
{
	close(conn);
	return end(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cleaned),
		cmocka_unit_test(test_removed),
	};

	return cmocka_run_group_tests(tests, open_conn, close_conn);
}
