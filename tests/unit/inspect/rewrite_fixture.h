#ifndef MM_TEST_INSPECT_REWRITE_FIXTURE_H
#define MM_TEST_INSPECT_REWRITE_FIXTURE_H

/*
 * Short mails, a plan for them, and what comes out read again.
 */
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/err.h"
#include "mamorid/inspect/mime.h"
#include "mamorid/inspect/rewrite.h"
#include "mamorid/inspect/rewrite_text.h"

#define MAX (1u << 20)
#define STAMP "ご注意: check\n"
#define HEAD "From: a@example.com\nSubject: x\nMIME-Version: 1.0\n"
#define ATTACHMENT "Content-Type: application/zip; name=a.zip\n" \
	"Content-Transfer-Encoding: base64\n\nUEsDBAoA\n"

static const struct mm_mime_limits limits = {
	.parts = 100, .deadline = MM_DEADLINE_NONE,
};

static int setup(void **state)
{
	(void)state;
	mm_mime_init();
	return 0;
}

static int run(const char *mail, const struct mm_rewrite_plan *plan,
	       struct mm_buf *out, struct mm_rewritten *done)
{
	mm_buf_init(out, MAX);
	return mm_rewrite((const unsigned char *)mail, strlen(mail), &limits,
			  plan, out, done);
}

static void read_again(const struct mm_buf *out, struct mm_mail *mail)
{
	mm_mime_read((const unsigned char *)out->data, out->len, &limits,
		     mail);
	assert_null(mail->limit);
}

#endif
