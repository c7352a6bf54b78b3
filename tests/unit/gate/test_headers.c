/* Header edits: of a changed message, and carried out for a variant. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "mamorid/gate/headers.h"

#define H(t) { ' ', t, sizeof(t) - 1 }

static struct mm_header old[] = {
	H("Received: by us\n\tfor you\n"),
	H("Content-Type: text/plain;\n x=y\n"),
	H("Subject: hello\n"),
	H("MIME-Version: 1.0\n"),
	H("Content-Transfer-Encoding : 8bit\n"),
	H("To: you\n"),
};
static const struct mm_scan_request scan = { .headers = old, .nheaders = 6 };

static void check(const char *fresh, const char *want)
{
	struct mm_header_edits edits;
	struct mm_buf out;

	mm_header_edits_init(&edits);
	mm_headers_replace(&edits, &scan, fresh, strlen(fresh));
	mm_buf_init(&out, 10000);
	assert_int_equal(mm_headers_render(&out, &scan, &edits), 0);
	assert_string_equal(mm_buf_str(&out), want);
	mm_buf_clear(&out);
	mm_header_edits_clear(&edits);
}

static void test_replace(void **state)
{
	(void)state;
	/* all of them the same */
	check("Received: by us\n\tfor you\nContent-Type: text/plain;\n x=y\n"
	      "Subject: hello\nMIME-Version: 1.0\n"
	      "Content-Transfer-Encoding : 8bit\nTo: you\n",
	      "Received: by us\n\tfor you\nContent-Type: text/plain;\n x=y\n"
	      "Subject: hello\nMIME-Version: 1.0\n"
	      "Content-Transfer-Encoding : 8bit\nTo: you\n");
	/* others, fewer */
	check("Content-Type: multipart/mixed;\n boundary=b\nTo: you\n"
	      "MIME-Version: 1.0\n",
	      "Received: by us\n\tfor you\n"
	      "Content-Type: multipart/mixed;\n boundary=b\n"
	      "Subject: hello\nMIME-Version: 1.0\nTo: you\n");
	/* more */
	check("Content-Type: a/b\nMIME-Version: 1.0\nContent-A: b\n"
	      "Content-B: c\n",
	      "Content-B: c\nReceived: by us\n\tfor you\nContent-Type: a/b\n"
	      "Subject: hello\nMIME-Version: 1.0\nContent-A: b\nTo: you\n");
}

static void test_names(void **state)
{
	(void)state;
	assert_true(mm_header_is(&old[2], "Subject:"));
	assert_true(mm_header_is(&old[4], "content-transfer-encoding:"));
	assert_false(mm_header_is(&old[2], "Subjec:"));
	assert_false(mm_header_is(&old[2], "Subjects:"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
