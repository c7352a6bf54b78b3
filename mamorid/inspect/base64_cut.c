/*
 * The message without the inside of its long base64 texts (base64_cut.h).
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never leave out a byte that some reader could take for anything but
 * the base64 text of one known part: lines of one length, full, and of that
 * alphabet alone.
 */
#include "mamorid/inspect/base64_cut.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/err.h"
#include "mamorid/xalloc.h"

/* Signatures of encoded text look at its begin, a few at its end. */
#define HEAD_MIN 4096u
#define TAIL_MIN 1024u
/* A copy of the message must be worth it. */
#define GAIN_MIN 16384u
#define LINE_MIN 40u
#define LINE_MAX 996u

static bool alphabet[256];

static void alphabet_init(void)
{
	static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789+/";

	if (alphabet['A'])
		return;
	for (size_t i = 0; i + 1 < sizeof(chars); i++)
		alphabet[(unsigned char)chars[i]] = true;
}

/* Phishing heuristics look at texts in their mail, and forwarded mails have
 * parts of their own. */
static bool may_be_cut(const struct mm_leaf *leaf)
{
	return leaf->base64 && !leaf->in_body &&
	       leaf->raw_end - leaf->raw_begin >=
		       HEAD_MIN + TAIL_MIN + GAIN_MIN &&
	       strncasecmp(leaf->mime_type, "text/", 5) != 0 &&
	       strncasecmp(leaf->mime_type, "message/", 8) != 0 &&
	       strncasecmp(leaf->mime_type, "multipart/", 10) != 0;
}

static bool full_line(const unsigned char *line, size_t len)
{
	bool good = true;

	for (size_t i = 0; i < len; i++)
		good &= alphabet[line[i]];
	return good;
}

/* Length of the first line, and of all its bytes with the line end; 0 when it
 * is none that could be cut. */
static size_t line_length(const unsigned char *text, size_t len,
			  size_t *stride_r)
{
	const unsigned char *lf = memchr(text, '\n', len);
	size_t n;

	if (lf == NULL)
		return 0;
	n = (size_t)(lf - text);
	*stride_r = n + 1;
	if (n > 0 && text[n - 1] == '\r')
		n--;
	return n >= LINE_MIN && n <= LINE_MAX && n % 4 == 0 ? n : 0;
}

/* How many lines at the begin of a text are full, and alike to the end. */
static size_t count_lines(const unsigned char *text, size_t len, size_t line,
			  size_t stride)
{
	const unsigned char *end = text + line;
	size_t count = 0;

	for (; len >= stride; text += stride, len -= stride, count++)
		if (!full_line(text, line) ||
		    memcmp(text + line, end, stride - line) != 0)
			break;
	return count;
}

/* 1 when a leaf is to be cut, else 0. */
static int measure(const struct mm_source *source, const struct mm_mail *mail,
		   size_t index, struct mm_base64_cut *cut_r)
{
	const struct mm_leaf *leaf = &mail->leaves[index];
	const unsigned char *text;
	size_t len, line, stride, lines, first, last;

	if (!may_be_cut(leaf) ||
	    leaf->raw_end > source->len - source->prefix)
		return 0;
	text = source->data + source->prefix + leaf->raw_begin;
	len = leaf->raw_end - leaf->raw_begin;
	if ((line = line_length(text, len, &stride)) == 0)
		return 0;
	lines = count_lines(text, len, line, stride);
	first = (HEAD_MIN + stride - 1) / stride;
	last = (TAIL_MIN + stride - 1) / stride;
	if (lines < first + last ||
	    (lines - first - last) * stride < GAIN_MIN ||
	    leaf->size < lines * (line / 4 * 3))
		return 0;
	lines -= first + last;
	*cut_r = (struct mm_base64_cut){
		.leaf = index,
		.begin = source->prefix + leaf->raw_begin + first * stride,
		.head = first * (line / 4 * 3),
		.skipped = lines * (line / 4 * 3),
	};
	cut_r->end = cut_r->begin + lines * stride;
	return 1;
}

static void copy_rest(const struct mm_source *source,
		      struct mm_base64_cuts *cuts)
{
	size_t pos = 0;

	for (size_t i = 0; i <= cuts->count; i++) {
		size_t end = i < cuts->count ? cuts->list[i].begin
					     : source->len;

		memcpy(cuts->data + cuts->len, source->data + pos, end - pos);
		cuts->len += end - pos;
		pos = i < cuts->count ? cuts->list[i].end : end;
	}
}

int mm_base64_cut(const struct mm_source *source, const struct mm_mail *mail,
		  struct mm_base64_cuts *cuts_r)
{
	struct mm_base64_cut cut;
	size_t before = 0;
	size_t gain = 0;

	memset(cuts_r, 0, sizeof(*cuts_r));
	alphabet_init();
	for (size_t i = 0; i < mail->count; i++) {
		/* In the order of the text: a leaf of a strange structure may
		 * lie in another one. */
		if (measure(source, mail, i, &cut) == 0 || cut.begin < before)
			continue;
		if (cuts_r->list == NULL)
			cuts_r->list = mm_xcalloc(mail->count, sizeof(cut));
		cuts_r->list[cuts_r->count++] = cut;
		gain += cut.end - cut.begin;
		before = cut.end;
	}
	if (cuts_r->count == 0)
		return 0;
	cuts_r->data = calloc(source->len - gain, 1);
	if (cuts_r->data == NULL) {
		mm_base64_cuts_clear(cuts_r);
		return MM_ERR_NOMEM;
	}
	copy_rest(source, cuts_r);
	return 0;
}

void mm_base64_cuts_clear(struct mm_base64_cuts *cuts)
{
	free(cuts->list);
	free(cuts->data);
	memset(cuts, 0, sizeof(*cuts));
}

bool mm_base64_is_rest(struct mm_base64_cuts *cuts, const struct mm_mail *mail,
		       const unsigned char *data, size_t size)
{
	if (data == NULL)
		return false;
	for (size_t i = 0; i < cuts->count; i++) {
		struct mm_base64_cut *cut = &cuts->list[i];
		const struct mm_leaf *leaf = &mail->leaves[cut->leaf];
		size_t tail = leaf->size - cut->head - cut->skipped;

		if (cut->met || size != cut->head + tail ||
		    memcmp(data, leaf->data, cut->head) != 0 ||
		    memcmp(data + cut->head, leaf->data + leaf->size - tail,
			   tail) != 0)
			continue;
		cut->met = true;
		return true;
	}
	return false;
}

bool mm_base64_all_met(const struct mm_base64_cuts *cuts)
{
	for (size_t i = 0; i < cuts->count; i++)
		if (!cuts->list[i].met)
			return false;
	return true;
}
