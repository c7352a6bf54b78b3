/*
 * The two halves of a message as they are passed around, and the whole of
 * them: the header has LF line ends, the body those of Exim's spool file.
 * Process: inspector (as users.inspector, in its jail). Pure functions.
 */
#include "mamorid/inspect/rewrite_split.h"

#include <stdbool.h>
#include <string.h>

static size_t line_end(const char *data, size_t len, size_t pos)
{
	const char *stop = memchr(data + pos, '\n', len - pos);

	return stop == NULL ? len : (size_t)(stop - data) + 1;
}

/* A line with another end; without one, it stays so. */
static int put_line(const char *line, size_t len, const char *eol,
		    struct mm_buf *out)
{
	int r;

	if (len == 0 || line[len - 1] != '\n')
		return mm_buf_put(out, line, len);
	len--;
	if (len > 0 && line[len - 1] == '\r')
		len--;
	r = mm_buf_put(out, line, len);
	return r < 0 ? r : mm_buf_puts(out, eol);
}

int mm_rewrite_to_wire(const unsigned char *data, size_t len,
		       size_t header_len, struct mm_buf *out)
{
	const char *text = (const char *)data;
	size_t pos = 0, next;
	int r = 0;

	for (; pos < len && pos <= header_len && r == 0; pos = next) {
		next = line_end(text, len, pos);
		r = put_line(text + pos, next - pos, "\r\n", out);
	}
	return r < 0 ? r : mm_buf_put(out, text + pos, len - pos);
}

int mm_rewrite_split(const struct mm_buf *message, struct mm_buf *header,
		     size_t *body_r)
{
	const char *data = mm_buf_str(message);
	size_t pos = 0, next;
	int r = 0;

	for (; pos < message->len && r == 0; pos = next) {
		bool blank;

		next = line_end(data, message->len, pos);
		blank = data[pos] == '\n' ||
			(data[pos] == '\r' && next - pos == 2);
		if (blank) {
			*body_r = next;
			return 0;
		}
		r = put_line(data + pos, next - pos, "\n", header);
	}
	*body_r = message->len;
	return r;
}
