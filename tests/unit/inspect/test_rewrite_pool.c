/*
 * REWRITE at a whole pool: parts leave a mail, stamps come, the new mail is
 * looked at, and a request that is wrong is refused.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/rewrite_pool_fixture.h"
#include "mamorid/inspect/rewrite_text.h"

#define MULTIPART "From: a@b\nSubject: x\nMIME-Version: 1.0\n" \
	"Content-Type: multipart/mixed; boundary=bb\n\n"
#define BEFORE "A preamble.\n--bb\nContent-Type: text/plain\n\nhello  \n\n" \
	"--bb\n"
#define VIRUS "Content-Type: application/octet-stream; name=e.com\n" \
	"Content-Transfer-Encoding: base64\n\n"
#define AFTER "\n--bb\nContent-Type: image/gif\n\nGIF89a \x01\xff\n--bb--\n" \
	"An epilogue."
#define GONE "Removed: 除去\n"

static void put(struct mm_buf *buf, const char *text)
{
	assert_int_equal(mm_buf_puts(buf, text), 0);
}

/* A mail with EICAR as its second part. */
static void make_mail(struct mm_buf *mail)
{
	struct mm_buf eicar;

	fix_eicar(&eicar);
	mm_buf_init(mail, MAIL_MAX);
	put(mail, MULTIPART BEFORE VIRUS);
	assert_int_equal(mm_encode_base64(eicar.data, eicar.len, "\n", mail),
			 0);
	put(mail, AFTER);
	mm_buf_clear(&eicar);
}

static int connect_pool(void)
{
	int conn = mm_unix_connect(sock_path);

	assert_true(conn >= 0);
	return conn;
}

static void wire_text(const char *text, struct mm_buf *out)
{
	mm_buf_init(out, MAIL_MAX);
	assert_int_equal(mm_encode_lines(text, "\r\n", out), 0);
}

/* The lines of text in base64, as the text that takes a part's place has. */
static bool holds_base64(const struct mm_buf *body, const char *text)
{
	struct mm_buf lines, code;
	bool found;

	mm_buf_init(&code, MAIL_MAX);
	wire_text(text, &lines);
	assert_int_equal(mm_encode_base64(lines.data, lines.len, "", &code),
			 0);
	mm_buf_clear(&lines);
	found = memmem(body->data, body->len, code.data, code.len) != NULL;
	mm_buf_clear(&code);
	return found;
}

static void test_remove(void **state)
{
	struct mm_rewrite_op op = { MM_REWRITE_REMOVE, "2", GONE };
	struct mm_buf mail, before, after;
	int conn = connect_pool();

	(void)state;
	make_mail(&mail);
	for (int wire = 0; wire < 2; wire++) {
		struct mm_rewrite_request req = {
			.ops = &op, .nops = 1, .wireformat = wire,
			.body_offset = wire ? 0 : 19,
		};
		struct rewritten got;

		rewrite_mail(conn, &mail, &req, &got);
		assert_int_equal(got.type, MM_FRAME_REWRITTEN);
		assert_int_equal(got.findings.verdict, MM_VERDICT_CLEAN);
		assert_int_equal(got.findings.parts, 3);
		assert_int_equal(got.result.noutcomes, 1);
		assert_int_equal(got.result.outcomes[0].done,
				 MM_REWRITE_REMOVE);
		assert_int_equal(got.result.header_len, 0);
		assert_int_equal(got.result.stamped, MM_STAMPED_NOT);
		assert_false(got.result.signed_broken);
		/* All around the part is as it was, to the byte. */
		wire_text(BEFORE, &before);
		wire_text(AFTER, &after);
		if (!wire) {
			mm_buf_reset(&before);
			mm_buf_reset(&after);
			put(&before, BEFORE);
			put(&after, AFTER);
		}
		assert_memory_equal(got.body.data, before.data, before.len);
		assert_memory_equal(got.body.data + got.body.len - after.len,
				    after.data, after.len);
		assert_true(holds_base64(&got.body, GONE));
		mm_buf_clear(&before);
		mm_buf_clear(&after);
		rewritten_clear(&got);
	}
	mm_buf_clear(&mail);
	close(conn);
}

/* What stays in the mail is found in it. */
static void test_looked_at(void **state)
{
	struct mm_rewrite_op op = { MM_REWRITE_REMOVE, "3", GONE };
	struct mm_rewrite_request req = { .ops = &op, .nops = 1 };
	struct rewritten got;
	struct mm_buf mail;
	int conn = connect_pool();

	(void)state;
	make_mail(&mail);
	rewrite_mail(conn, &mail, &req, &got);
	assert_int_equal(got.type, MM_FRAME_REWRITTEN);
	assert_int_equal(got.findings.verdict, MM_VERDICT_INFECTED);
	assert_string_equal(got.findings.list[0].part, "2");
	rewritten_clear(&got);
	mm_buf_clear(&mail);
	close(conn);
}

/* What is allowed does not count in the new mail either, and only this time. */
static void test_allowed(void **state)
{
	struct mm_rewrite_op op = { MM_REWRITE_REMOVE, "3", GONE };
	struct mm_rewrite_request req = { .ops = &op, .nops = 1 };
	struct rewritten got;
	struct mm_buf mail;
	int conn = connect_pool();

	(void)state;
	make_mail(&mail);
	for (int i = 0; i < 3; i++) {
		req.allowed = i == 1 ? "Other\n" EICAR_NAME "\n" : NULL;
		rewrite_mail(conn, &mail, &req, &got);
		assert_int_equal(got.type, MM_FRAME_REWRITTEN);
		assert_int_equal(got.findings.verdict,
				 i == 1 ? MM_VERDICT_CLEAN
					: MM_VERDICT_INFECTED);
		rewritten_clear(&got);
	}
	mm_buf_clear(&mail);
	close(conn);
}

struct stamp_case {
	const char *name;
	const char *mail;
	const char *want;	/* in the body */
	const char *header;	/* in the new header, NULL: unchanged */
	enum mm_stamped stamped;
};

#define PLAIN "From: a@b\nMIME-Version: 1.0\nContent-Type: text/plain; "
#define STAMP "ご注意\n"

static const struct stamp_case stamps[] = {
	{ "utf-8", PLAIN "charset=utf-8\n"
	  "Content-Transfer-Encoding: 8bit\n\n本文\n", STAMP, NULL,
	  MM_STAMPED_BODY },
	{ "iso-2022-jp", PLAIN "charset=iso-2022-jp\n\n"
	  "\x1b$BK\\J8\x1b(B\n", "\x1b$B$4Cm0U\x1b(B", NULL,
	  MM_STAMPED_BODY },
	{ "shift_jis", PLAIN "charset=shift_jis\n"
	  "Content-Transfer-Encoding: 8bit\n\n\x96\x7b\x95\xb6\n",
	  "\x82\xb2\x92\x8d\x88\xd3", NULL, MM_STAMPED_BODY },
	{ "base64", PLAIN "charset=utf-8\n"
	  "Content-Transfer-Encoding: base64\n\n5pys5paHCg==\n",
	  "44GU5rOo5oSP", NULL, MM_STAMPED_BODY },
	{ "quoted-printable", PLAIN "charset=utf-8\n"
	  "Content-Transfer-Encoding: quoted-printable\n\n=E6=9C=AC\n",
	  "=E3=81=94=E6=B3=A8=E6=84=8F", NULL, MM_STAMPED_BODY },
	{ "format=flowed", PLAIN "charset=utf-8; format=flowed\n"
	  "Content-Transfer-Encoding: 8bit\n\nx \ny\n", STAMP, NULL,
	  MM_STAMPED_BODY },
	{ "html alternative",
	  "MIME-Version: 1.0\nContent-Type: multipart/alternative; "
	  "boundary=bb\n\n--bb\nContent-Type: text/plain\n\nx\n--bb\n"
	  "Content-Type: text/html\n\n<body>x</body>\n--bb--\n",
	  "<body><div>&#12372;&#27880;&#24847;", NULL, MM_STAMPED_BODY },
	{ "no charset", "From: a@b\n\nhello\n", NULL, "charset=utf-8",
	  MM_STAMPED_BODY },
	{ "signed",
	  "MIME-Version: 1.0\nContent-Type: multipart/signed; boundary=bb\n\n"
	  "--bb\nContent-Type: text/plain\n\nx\n--bb\n"
	  "Content-Type: application/pgp-signature\n\ny\n--bb--\n",
	  "\n\n--bb\nContent-Type: text/plain\n\nx\n--bb\n"
	  "Content-Type: application/pgp-signature\n\ny\n--bb--\n",
	  "Content-Type: multipart/mixed", MM_STAMPED_PART },
	{ "encrypted",
	  "MIME-Version: 1.0\nContent-Type: multipart/encrypted; "
	  "protocol=\"application/pgp-encrypted\"; boundary=bb\n\n--bb\n"
	  "Content-Type: application/pgp-encrypted\n\nVersion: 1\n--bb\n"
	  "Content-Type: application/octet-stream\n\nsecret\n--bb--\n",
	  "--bb\nContent-Type: application/octet-stream\n\nsecret\n--bb--\n",
	  "Content-Type: multipart/mixed", MM_STAMPED_PART },
	{ "no text", "MIME-Version: 1.0\nContent-Type: image/gif\n\nGIF89a\n",
	  "Content-Type: image/gif\n\nGIF89a\n",
	  "Content-Type: multipart/mixed", MM_STAMPED_PART },
};

static void test_stamp(void **state)
{
	int conn = connect_pool();

	(void)state;
	for (size_t i = 0; i < sizeof(stamps) / sizeof(stamps[0]); i++) {
		const struct stamp_case *want = &stamps[i];
		struct mm_rewrite_request req = { .stamp = STAMP };
		struct rewritten got;
		struct mm_buf mail;

		print_message("%s\n", want->name);
		mm_buf_init(&mail, MAIL_MAX);
		put(&mail, want->mail);
		rewrite_mail(conn, &mail, &req, &got);
		assert_int_equal(got.type, MM_FRAME_REWRITTEN);
		assert_int_equal(got.findings.verdict, MM_VERDICT_CLEAN);
		assert_int_equal(got.result.stamped, want->stamped);
		assert_false(got.result.signed_broken);
		if (want->want != NULL)
			assert_non_null(memmem(got.body.data, got.body.len,
					       want->want,
					       strlen(want->want)));
		if (want->header == NULL)
			assert_int_equal(got.result.header_len, 0);
		else
			assert_non_null(memmem(got.result.header,
					       got.result.header_len,
					       want->header,
					       strlen(want->header)));
		rewritten_clear(&got);
		mm_buf_clear(&mail);
	}
	close(conn);
}

/* The header goes out with LF line ends, whatever the body has. */
static void test_wire_header(void **state)
{
	struct mm_rewrite_request req = { .stamp = STAMP, .wireformat = true };
	struct rewritten got;
	struct mm_buf mail;
	int conn = connect_pool();
	size_t lines = 0;

	(void)state;
	mm_buf_init(&mail, MAIL_MAX);
	put(&mail, "Subject: x\n y\nContent-Type: image/gif\n\nGIF89a\n");
	rewrite_mail(conn, &mail, &req, &got);
	assert_int_equal(got.result.stamped, MM_STAMPED_PART);
	assert_memory_equal(got.result.header, "Subject: x\n y\nMIME-", 19);
	assert_int_equal(got.result.header[got.result.header_len - 1], '\n');
	assert_null(memchr(got.result.header, '\r', got.result.header_len));
	for (size_t i = 0; i < got.body.len; i++) {
		if (got.body.data[i] != '\n')
			continue;
		assert_true(i > 0 && got.body.data[i - 1] == '\r');
		lines++;
	}
	assert_true(lines > 5);
	rewritten_clear(&got);
	mm_buf_clear(&mail);
	close(conn);
}

/* The signature of a part that is gone fits no more, and the answer says so. */
static void test_signed(void **state)
{
	struct mm_rewrite_op op = { MM_REWRITE_REMOVE, "1.2", GONE };
	struct mm_rewrite_request req = { .ops = &op, .nops = 1 };
	struct rewritten got;
	struct mm_buf mail;
	int conn = connect_pool();

	(void)state;
	mm_buf_init(&mail, MAIL_MAX);
	put(&mail, "MIME-Version: 1.0\nContent-Type: multipart/signed; "
	    "boundary=ss\n\n--ss\nContent-Type: multipart/mixed; boundary=bb"
	    "\n\n--bb\n\nx\n--bb\nContent-Type: image/gif\n\nGIF89a\n--bb--\n"
	    "--ss\nContent-Type: application/pgp-signature\n\ny\n--ss--\n");
	rewrite_mail(conn, &mail, &req, &got);
	assert_int_equal(got.type, MM_FRAME_REWRITTEN);
	assert_true(got.result.signed_broken);
	assert_true(holds_base64(&got.body, GONE));
	rewritten_clear(&got);
	mm_buf_clear(&mail);
	close(conn);
}

static void want_error(int conn, const struct mm_buf *mail,
		       struct mm_rewrite_request *req, const char *error)
{
	struct rewritten got;

	rewrite_mail(conn, mail, req, &got);
	assert_int_equal(got.type, MM_FRAME_ERROR);
	assert_non_null(strstr(got.error, error));
	rewritten_clear(&got);
}

/* What cannot be carried out is told, and the worker serves on. */
static void test_errors(void **state)
{
	struct mm_rewrite_op ops[] = {
		{ MM_REWRITE_REMOVE, "2", GONE },
		{ MM_REWRITE_REMOVE, "7", GONE },
		{ MM_REWRITE_CLEAN, "7", GONE },
		{ MM_REWRITE_REMOVE, "2", "again" },
	};
	struct mm_rewrite_request req = { .ops = &ops[1], .nops = 1 };
	struct rewritten got;
	struct mm_buf mail;
	int conn = connect_pool();

	(void)state;
	make_mail(&mail);
	want_error(conn, &mail, &req, "cannot be told");
	req.ops = &ops[2];
	want_error(conn, &mail, &req, "cannot be told");
	req.ops = ops;
	req.nops = 2;
	want_error(conn, &mail, &req, "cannot be told");
	ops[1] = ops[3];
	want_error(conn, &mail, &req, "cannot be told");
	req.nops = 1;
	req.deadline = mm_deadline_in(0);
	want_error(conn, &mail, &req, "limit");
	req.deadline = 0;
	rewrite_mail(conn, &mail, &req, &got);
	assert_int_equal(got.type, MM_FRAME_REWRITTEN);
	rewritten_clear(&got);
	mm_buf_clear(&mail);
	close(conn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_looked_at),
		cmocka_unit_test(test_allowed),
		cmocka_unit_test(test_stamp),
		cmocka_unit_test(test_wire_header),
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
