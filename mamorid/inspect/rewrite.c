/*
 * Changes a message: parts go, texts come, the rest stays byte for byte.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode. A
 * pure function over the message's bytes. Must never return a message whose
 * parts cannot be told from each other.
 */
#include "mamorid/inspect/rewrite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/err.h"
#include "core/text.h"
#include "mamorid/inspect/rewrite_head.h"
#include "mamorid/inspect/rewrite_stamp.h"
#include "mamorid/inspect/rewrite_text.h"
#include "mamorid/xalloc.h"

#define BOUNDARY_BYTES 12u

struct rewriting {
	const unsigned char *data;
	size_t len;
	const char *eol;
	struct mm_mail mail;
	struct mm_splice *splices;	/* in no order, none overlap */
	size_t count;
	size_t size;
	size_t max;		/* bytes of the new message */
	struct mm_rewritten *done;
};

static const char *line_end(const unsigned char *data, size_t len)
{
	const unsigned char *first = memchr(data, '\n', len);

	return first != NULL && first > data && first[-1] == '\r' ? "\r\n"
								  : "\n";
}

static struct mm_splice *add_splice(struct rewriting *rw, size_t begin,
				    size_t end)
{
	struct mm_splice *splice = &rw->splices[rw->count];

	if (rw->count == rw->size)
		return NULL;
	rw->count++;
	splice->begin = begin;
	splice->end = end;
	mm_buf_init(&splice->text, rw->max);
	return splice;
}

/* The header of a leaf; false when it cannot be told where it is. */
static bool head_of(const struct rewriting *rw, const struct mm_leaf *leaf,
		    struct mm_head *head)
{
	return leaf->raw_end > 0 && leaf->raw_end >= leaf->raw_begin &&
	       leaf->raw_end <= rw->len &&
	       mm_head_find(rw->data, leaf->raw_begin, rw->eol, head);
}

static bool removed(const struct mm_rewrite_plan *plan, const char *part)
{
	for (size_t i = 0; i < plan->count; i++)
		if (strcmp(plan->removals[i].part, part) == 0)
			return true;
	return false;
}

/* A text part without the line end that belongs to the boundary behind it. */
static int put_text_part(const char *text, const char *eol, struct mm_buf *out)
{
	struct mm_buf lines;
	int r;

	/* Encoded lines end in CRLF, wherever they are (RFC 2045 6.8). */
	mm_buf_init(&lines, out->max);
	if ((r = mm_encode_lines(text, "\r\n", &lines)) == 0 &&
	    (r = mm_buf_printf(out, "Content-Type: text/plain; charset=utf-8%s"
			       "Content-Transfer-Encoding: base64%s"
			       "Content-Disposition: inline%s%s",
			       eol, eol, eol, eol)) == 0 &&
	    (r = mm_encode_base64(lines.data, lines.len, eol, out)) == 0 &&
	    lines.len > 0)
		mm_buf_truncate(out, out->len - strlen(eol));
	mm_buf_clear(&lines);
	return r;
}

static int put_removal(const struct rewriting *rw,
		       const struct mm_removal *removal,
		       const struct mm_head *head, struct mm_buf *out)
{
	int r;

	if (removal->document == NULL) {
		r = mm_head_copy(head, false, out);
		return r < 0 ? r : put_text_part(removal->text, rw->eol, out);
	}
	if ((r = mm_head_copy_base64(head, out)) < 0 ||
	    (r = mm_buf_puts(out, rw->eol)) < 0 ||
	    (r = mm_encode_base64(removal->document->data,
				  removal->document->len, rw->eol, out)) < 0)
		return r;
	if (removal->document->len > 0)
		mm_buf_truncate(out, out->len - strlen(rw->eol));
	return 0;
}

static int remove_part(struct rewriting *rw, const struct mm_removal *removal)
{
	const struct mm_leaf *leaf = NULL;
	struct mm_splice *splice;
	struct mm_head head;
	int r;

	for (size_t i = 0; i < rw->mail.count; i++)
		if (strcmp(rw->mail.leaves[i].part, removal->part) == 0)
			leaf = &rw->mail.leaves[i];
	if (leaf == NULL || !head_of(rw, leaf, &head))
		return MM_ERR_NOTFOUND;
	splice = add_splice(rw, head.begin, leaf->raw_end);
	if (splice == NULL)
		return MM_ERR_LIMIT;
	rw->done->header |= head.begin == 0;
	if ((r = put_removal(rw, removal, &head, &splice->text)) < 0)
		return r;
	/* A message's last line ends, a part's is ended by the boundary. */
	return leaf->raw_end == rw->len
	       ? mm_buf_puts(&splice->text, rw->eol) : 0;
}

static int compare(const void *a, const void *b)
{
	const struct mm_splice *x = a, *y = b;

	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

static int apply(struct rewriting *rw, struct mm_buf *out)
{
	size_t pos = 0;
	int r;

	qsort(rw->splices, rw->count, sizeof(*rw->splices), compare);
	for (size_t i = 0; i < rw->count; i++) {
		const struct mm_splice *splice = &rw->splices[i];

		if (splice->begin < pos)
			return MM_ERR_NOTFOUND;
		if ((r = mm_buf_put(out, rw->data + pos,
				    splice->begin - pos)) < 0 ||
		    (r = mm_buf_put(out, splice->text.data,
				    splice->text.len)) < 0)
			return r;
		pos = splice->end;
	}
	return mm_buf_put(out, rw->data + pos, rw->len - pos);
}

static bool is_type(const struct mm_leaf *leaf, const char *const *types)
{
	for (; *types != NULL; types++)
		if (strcasecmp(leaf->mime_type, *types) == 0)
			return true;
	return false;
}

static bool is_sealed(const struct mm_mail *mail, bool *signed_r)
{
	static const char *const encrypted[] = {
		"application/pgp-encrypted", "application/pkcs7-mime",
		"application/x-pkcs7-mime", NULL
	};
	static const char *const signatures[] = {
		"application/pgp-signature", "application/pkcs7-signature",
		"application/x-pkcs7-signature", NULL
	};
	bool sealed = false;

	for (size_t i = 0; i < mail->count; i++) {
		*signed_r |= is_type(&mail->leaves[i], signatures);
		sealed |= is_type(&mail->leaves[i], encrypted);
	}
	return sealed || *signed_r;
}

/* Stamp the first leaf of this type in the body. 1, 0 when there is none, or
 * an error; MM_ERR_INVALID when it cannot be done. */
static int stamp_first(struct rewriting *rw,
		       const struct mm_rewrite_plan *plan, const char *type)
{
	for (size_t i = 0; i < rw->mail.count; i++) {
		const struct mm_leaf *leaf = &rw->mail.leaves[i];
		struct mm_splice splice = { .begin = 0 };
		struct mm_splice *added;
		struct mm_head head;
		int r;

		if (!leaf->in_body || strcasecmp(leaf->mime_type, type) != 0 ||
		    removed(plan, leaf->part))
			continue;
		if (!head_of(rw, leaf, &head))
			return MM_ERR_INVALID;
		mm_buf_init(&splice.text, rw->max);
		r = mm_stamp(&head, leaf, plan->stamp, &splice);
		if (r < 0) {
			mm_buf_clear(&splice.text);
			return r;
		}
		added = add_splice(rw, splice.begin, splice.end);
		if (added == NULL) {
			mm_buf_clear(&splice.text);
			return MM_ERR_LIMIT;
		}
		added->text = splice.text;
		rw->done->header |= splice.begin == 0;
		return 1;
	}
	return 0;
}

/* Both alternatives or none of them. */
static int stamp_body(struct rewriting *rw, const struct mm_rewrite_plan *plan)
{
	const size_t before = rw->count;
	const bool header = rw->done->header;
	int plain = 0, html = 0;
	bool sealed;

	sealed = is_sealed(&rw->mail, &rw->done->signed_broken);
	rw->done->signed_broken &= plan->count > 0;
	if (plan->stamp == NULL)
		return 0;
	rw->done->stamped = MM_STAMPED_PART;
	if (sealed)
		return 0;
	plain = stamp_first(rw, plan, "text/plain");
	if (plain >= 0)
		html = stamp_first(rw, plan, "text/html");
	if (plain >= 0 && html >= 0 && plain + html > 0) {
		rw->done->stamped = MM_STAMPED_BODY;
		return 0;
	}
	while (rw->count > before)
		mm_buf_clear(&rw->splices[--rw->count].text);
	rw->done->header = header;
	if (plain == MM_ERR_NOMEM || html == MM_ERR_NOMEM)
		return MM_ERR_NOMEM;
	return 0;
}

/* Where the body begins: behind the first empty line. */
static size_t body_of(const unsigned char *data, size_t len)
{
	const unsigned char *lf = memmem(data, len, "\n\n", 2);
	const unsigned char *crlf = memmem(data, len, "\r\n\r\n", 4);

	if (crlf != NULL && (lf == NULL || crlf < lf))
		return (size_t)(crlf - data);
	return lf == NULL ? 0 : (size_t)(lf - data);
}

/* A boundary that the message does not contain. It follows from the body
 * alone: who sends the same mail again, with other trace headers, gets the
 * same changed mail. */
static void choose_boundary(const unsigned char *data, size_t len,
			    char boundary[64])
{
	const size_t body = body_of(data, len);
	unsigned char hash[MM_LEAF_HASH];
	size_t used;

	mm_mime_text_hash(data + body, len - body, hash);
	do {
		used = (size_t)snprintf(boundary, 64, "=_mamori_");
		for (size_t i = 0; i < BOUNDARY_BYTES; i++)
			used += (size_t)snprintf(boundary + used, 64 - used,
						 "%02x", hash[i]);
		hash[0]++;
	} while (memmem(data, len, boundary, used) != NULL);
}

/* The whole message as the second part, the stamp as the first. */
static int wrap(const unsigned char *data, size_t len, const char *stamp,
		const char *eol, struct mm_buf *out)
{
	struct mm_head head = { .data = data, .eol = eol };
	char boundary[64], value[64];
	size_t blank = strlen(eol);
	bool found;
	int r;

	/* The first blank line ends the header. */
	while (head.end < len) {
		const unsigned char *stop =
			memchr(data + head.end, '\n', len - head.end);
		size_t next = stop == NULL ? len
					   : (size_t)(stop - data) + 1;

		if (next - head.end <= 2 && (data[head.end] == '\n' ||
					     data[head.end] == '\r'))
			break;
		head.end = next;
	}
	head.body = len - head.end < blank ? len : head.end + blank;
	if (head.end < len && data[head.end] == '\n')
		head.body = head.end + 1;
	choose_boundary(data, len, boundary);
	found = mm_head_value(&head, "MIME-Version", value, sizeof(value));
	if ((r = mm_head_copy(&head, false, out)) < 0 ||
	    (r = mm_buf_printf(out, "%s%sContent-Type: multipart/mixed; "
			       "boundary=\"%s\"%s%s--%s%s",
			       found ? "" : "MIME-Version: 1.0",
			       found ? "" : eol, boundary, eol, eol,
			       boundary, eol)) < 0 ||
	    (r = put_text_part(stamp, eol, out)) < 0 ||
	    (r = mm_buf_printf(out, "%s--%s%s", eol, boundary, eol)) < 0 ||
	    (r = mm_head_copy(&head, true, out)) < 0 ||
	    (r = mm_buf_puts(out, eol)) < 0 ||
	    (r = mm_buf_put(out, data + head.body, len - head.body)) < 0)
		return r;
	return mm_buf_printf(out, "%s--%s--%s", eol, boundary, eol);
}

static int rewrite(struct rewriting *rw, const struct mm_rewrite_plan *plan,
		   struct mm_buf *out)
{
	struct mm_buf inner;
	int r = 0;

	mm_buf_init(&inner, rw->max);
	for (size_t i = 0; i < plan->count && r == 0; i++)
		r = remove_part(rw, &plan->removals[i]);
	if (r == 0)
		r = stamp_body(rw, plan);
	if (r < 0)
		goto out;
	if (rw->done->stamped != MM_STAMPED_PART) {
		r = apply(rw, out);
		goto out;
	}
	rw->done->header = true;
	if ((r = apply(rw, &inner)) == 0)
		r = wrap((const unsigned char *)mm_buf_str(&inner), inner.len,
			 plan->stamp, rw->eol, out);
out:
	mm_buf_clear(&inner);
	return r;
}

int mm_rewrite(const unsigned char *data, size_t len,
	       const struct mm_mime_limits *limits,
	       const struct mm_rewrite_plan *plan, struct mm_buf *out,
	       struct mm_rewritten *done_r)
{
	struct rewriting rw = {
		.data = data,
		.len = len,
		.eol = line_end(data, len),
		.size = plan->count + 2,
		.max = out->max,
		.done = done_r,
	};
	int r = MM_ERR_LIMIT;

	memset(done_r, 0, sizeof(*done_r));
	mm_mime_read(data, len, limits, &rw.mail);
	rw.splices = mm_xcalloc(rw.size, sizeof(*rw.splices));
	if (rw.mail.limit == NULL)
		r = rewrite(&rw, plan, out);
	for (size_t i = 0; i < rw.count; i++)
		mm_buf_clear(&rw.splices[i].text);
	free(rw.splices);
	mm_mime_clear(&rw.mail);
	return r;
}
