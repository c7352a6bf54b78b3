/*
 * Active content in a jailed inspector: looking for it needs no system call
 * and no file that the jail denies.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <zlib.h>

#include "tests/unit/inspect/pool_fixture.h"
#include "tests/unit/inspect/office_samples.h"

/* The details of all findings, in lines. */
static void details_of(struct mm_frame *frame, struct mm_buf *text)
{
	struct mm_findings findings;
	struct mm_buf buf;

	mm_buf_init(&buf, MM_LIST_MAX);
	mm_buf_init(text, MM_LIST_MAX);
	assert_int_equal(mm_read_fd(frame->fds[0], 0, &buf), 0);
	assert_int_equal(mm_findings_decode(buf.data, buf.len, &findings), 0);
	for (size_t i = 0; i < findings.count; i++)
		assert_int_equal(mm_buf_printf(text, "%s\n",
					       findings.list[i].detail), 0);
	mm_findings_clear(&findings);
	mm_buf_clear(&buf);
}

/* A file as the only part of a mail has this finding. */
static void want(int conn, const char *type, const void *data, size_t len,
		 const char *detail)
{
	struct mm_frame frame;
	struct mm_buf header, body, text;
	int fd;

	mm_buf_init(&header, 4096);
	mm_buf_init(&body, MAIL_MAX);
	assert_int_equal(mm_buf_printf(&header, "From: a@b\nSubject: x\n"
		"MIME-Version: 1.0\nContent-Type: %s\n"
		"Content-Transfer-Encoding: base64\n", type), 0);
	fix_base64(&body, data, len);
	fd = body_file(body.data, body.len);
	assert_int_equal(ask(conn, fd, mm_buf_str(&header),
			     mm_deadline_in(20000), 0), 0);
	assert_int_equal(receive(conn, &frame), 0);
	assert_int_equal(verdict_of(&frame), MM_VERDICT_CLEAN);
	details_of(&frame, &text);
	print_message("%s: %s", type, mm_buf_str(&text));
	assert_non_null(strstr(mm_buf_str(&text), detail));
	mm_buf_clear(&text);
	mm_frame_clear(&frame);
	close(fd);
	mm_buf_clear(&body);
	mm_buf_clear(&header);
}

static void test_texts(void **state)
{
	static const struct {
		const char *type;
		const char *text;
		const char *detail;
	} cases[] = {
		{ "text/html; charset=utf-8", "<p onclick='x'>y",
		  "script: event handler" },
		{ "image/svg+xml; name=a.svg", "<svg><script>x</script></svg>",
		  "script: element" },
		{ "text/rtf; name=a.rtf", "{\\rtf1{\\object{\\*\\objdata 4d5a"
		  "9000}}}", "macro: ole object" },
		{ "text/csv; name=a.csv", "=cmd|'/c x'!A0", "macro: dde" },
		{ "text/plain; name=a.slk", "ID;P\nO;E\n", "macro: xlm" },
		{ "text/plain; name=\"請求書.pdf.exe\"", "x",
		  "executable: disguised name" },
		{ "application/x-sh; name=a", "#!/bin/sh\n",
		  "executable: unix script" },
	};
	int conn = mm_unix_connect(sock_path);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		want(conn, cases[i].type, cases[i].text,
		     strlen(cases[i].text), cases[i].detail);
	close(conn);
}

static void test_files(void **state)
{
	static const struct smp_stream stream = { "_VBA_PROJECT", "x", 1 };
	static const char one[] = "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1"
		"\x53\x78\xd0\x29\x96\xd3\0\0a\0.\0j\0s\0\0";
	static const char script[] = "<</S/JavaScript/JS(x)>>";
	int conn = mm_unix_connect(sock_path);
	unsigned char packed[256];
	uLongf len = sizeof(packed);
	struct mm_buf file, zip;

	(void)state;
	smp_ole(&file, &stream, 1);
	want(conn, "application/msword; name=a.doc", file.data, file.len,
	     "macro: vba");
	fix_zip(&zip, NULL, "xl/vbaProject.bin", &file);
	want(conn, "application/zip; name=a.xlsx", zip.data, zip.len,
	     "macro: vba");
	mm_buf_clear(&zip);
	mm_buf_clear(&file);
	want(conn, "application/onenote; name=a.one", one, sizeof(one),
	     "executable: name (a.js)");
	mm_buf_init(&file, MAIL_MAX);
	assert_int_equal(compress(packed, &len, (const Bytef *)script,
				  sizeof(script) - 1), Z_OK);
	assert_int_equal(mm_buf_puts(&file, "%PDF-1.5\n1 0 obj\n<</Type/ObjStm"
				     "/Filter/FlateDecode>>stream\n"), 0);
	assert_int_equal(mm_buf_put(&file, packed, len), 0);
	assert_int_equal(mm_buf_puts(&file, "\nendstream\nendobj\n"), 0);
	want(conn, "application/pdf; name=a.pdf", file.data, file.len,
	     "script: pdf javascript");
	mm_buf_clear(&file);
	close(conn);
}

static int begin(void **state)
{
	char text[64];

	setup(state);
	start_pool();
	expect_pairs(MM_CHANNEL_READY, "signatures", text, sizeof(text));
	return 0;
}

static int end(void **state)
{
	assert_int_equal(mm_channel_send(channel, MM_CHANNEL_RETIRE, 0, NULL),
			 0);
	expect_exit(0);
	return teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
