/*
 * Line ends and dots of SMTP's DATA. Courier, uid mamori-courier. A CR alone
 * becomes a line end too: RFC 5321 2.3.8 forbids it on the wire, and servers
 * that take it for one would otherwise see "CR . CR LF" as the end of the
 * message and what follows as commands (SMTP smuggling, CVE-2023-51766).
 */
#include "mamorid/courier/dots.h"

static int put_eol(struct mm_dots *dots, struct mm_buf *out)
{
	dots->inside = false;
	dots->cr = false;
	return mm_buf_put(out, "\r\n", 2);
}

static int put_byte(struct mm_dots *dots, struct mm_buf *out, char c)
{
	int r;

	if (dots->cr && (r = put_eol(dots, out)) < 0)
		return r;
	if (c == '\r') {
		dots->cr = true;
		return 0;
	}
	if (c == '\n')
		return put_eol(dots, out);
	if (!dots->inside && c == '.' && (r = mm_buf_put(out, ".", 1)) < 0)
		return r;
	dots->inside = true;
	return mm_buf_put(out, &c, 1);
}

int mm_dots_put(struct mm_dots *dots, struct mm_buf *out, const char *data,
		size_t len)
{
	size_t i;
	int r = 0;

	for (i = 0; i < len && r == 0; i++) {
		if (dots->cr && data[i] == '\n')
			r = put_eol(dots, out);
		else
			r = put_byte(dots, out, data[i]);
	}
	return r;
}

int mm_dots_end(struct mm_dots *dots, struct mm_buf *out)
{
	int r;

	if ((dots->inside || dots->cr) && (r = put_eol(dots, out)) < 0)
		return r;
	return mm_buf_put(out, ".\r\n", 3);
}
