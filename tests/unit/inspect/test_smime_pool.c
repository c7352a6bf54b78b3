/*
 * S/MIME in a worker's jail: OpenSSL needs neither files nor calls that are
 * refused there.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/pool_fixture.h"
#include "tests/unit/inspect/smime_samples.h"

static void try_mail(int conn, const struct mm_buf *payload,
		     enum mm_verdict want)
{
	struct mm_buf content, data, mail;
	struct mm_frame frame;
	const char *body;
	int fd;

	entity(&content, payload);
	sign(&data, &content, CHUNKED);
	fix_mail(&mail, SMIME_HEADER, data.data, data.len);
	body = strstr(mail.data, "\n\n") + 2;
	fd = body_file(body, mail.len - (size_t)(body - mail.data));
	assert_int_equal(ask(conn, fd,
			     "From: a@b\nMIME-Version: 1.0\n"
			     "Content-Type: multipart/mixed; boundary=bb\n",
			     mm_deadline_in(9000), 0), 0);
	assert_int_equal(receive(conn, &frame), 0);
	assert_int_equal(verdict_of(&frame), want);
	mm_frame_clear(&frame);
	close(fd);
	mm_buf_clear(&mail);
	mm_buf_clear(&data);
	mm_buf_clear(&content);
}

static void test_jail(void **state)
{
	struct mm_buf payload;
	char text[256];
	int conn;

	(void)state;
	smime_begin();
	start_pool();
	expect_pairs(MM_CHANNEL_READY, "sandbox", text, sizeof(text));
	conn = mm_unix_connect(sock_path);
	assert_true(conn >= 0);
	fix_eicar(&payload);
	try_mail(conn, &payload, MM_VERDICT_INFECTED);
	mm_buf_reset(&payload);
	assert_int_equal(mm_buf_puts(&payload, "hello"), 0);
	try_mail(conn, &payload, MM_VERDICT_CLEAN);
	mm_buf_clear(&payload);
	close(conn);
	assert_int_equal(mm_channel_send(channel, MM_CHANNEL_RETIRE, 0, NULL),
			 0);
	expect_exit(0);
	smime_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_jail, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
