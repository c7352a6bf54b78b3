/*
 * A text in front of another, in whatever character set and encoding that is.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Pure functions. Must leave the old text readable, and its bytes alone where
 * the encoding allows that.
 */
#include "mamorid/inspect/rewrite_stamp.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/err.h"
#include "core/text.h"
#include "mamorid/inspect/html_token.h"
#include "mamorid/inspect/rewrite_text.h"
#include "mamorid/inspect/wide.h"
#include "mamorid/xalloc.h"

#define VALUE_MAX 1000u

enum encoding { PLAIN7, PLAIN8, QUOTED, BASE64, UNKNOWN };

struct part {
	const struct mm_head *head;
	const struct mm_leaf *leaf;
	const char *eol;
	char type[VALUE_MAX];	/* Content-Type's value */
	char charset[64];
	enum encoding encoding;
	size_t bom;		/* bytes that stay in front */
};

static enum encoding encoding_of(const struct mm_head *head)
{
	static const struct {
		const char *name;
		enum encoding encoding;
	} names[] = {
		{ "7bit", PLAIN7 }, { "8bit", PLAIN8 }, { "binary", PLAIN8 },
		{ "quoted-printable", QUOTED }, { "base64", BASE64 },
	};
	char value[64];

	if (!mm_head_value(head, "Content-Transfer-Encoding", value,
			   sizeof(value)))
		return PLAIN7;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(value, names[i].name) == 0)
			return names[i].encoding;
	return UNKNOWN;
}

static int read_part(const struct mm_head *head, const struct mm_leaf *leaf,
		     struct part *part)
{
	unsigned char *wide;
	int r;

	memset(part, 0, sizeof(*part));
	part->head = head;
	part->leaf = leaf;
	part->eol = head->eol;
	part->encoding = encoding_of(head);
	if (!mm_head_value(head, "Content-Type", part->type,
			   sizeof(part->type)))
		memcpy(part->type, "text/plain", 11);
	r = mm_head_param(part->type, "charset", part->charset,
			  sizeof(part->charset));
	wide = mm_wide_narrow(leaf->data, leaf->size);
	free(wide);
	if (r < 0 || part->encoding == UNKNOWN || wide != NULL ||
	    mm_text_has_prefix(part->charset, "utf-16") ||
	    mm_text_has_prefix(part->charset, "utf-32") ||
	    mm_text_has_prefix(part->charset, "utf-7"))
		return MM_ERR_INVALID;
	if (r == 0 || part->charset[0] == '\0')
		memcpy(part->charset, "us-ascii", 9);
	if (leaf->size >= 3 && memcmp(leaf->data, "\xef\xbb\xbf", 3) == 0)
		part->bom = 3;
	return 0;
}

/* The whole part anew: header fields of another type or encoding, and data. */
static int renew(const struct part *part, const char *charset,
		 enum encoding encoding, const struct mm_buf *data,
		 struct mm_splice *splice)
{
	const struct mm_head *head = part->head;
	struct mm_buf *out = &splice->text;
	int r;

	splice->begin = head->begin;
	splice->end = part->leaf->raw_end;
	if ((r = mm_head_copy(head, false, out)) < 0 ||
	    (r = mm_buf_puts(out, "Content-Type: ")) < 0)
		return r;
	r = charset != NULL ? mm_head_recharset(part->type, charset, out)
			    : mm_buf_puts(out, part->type);
	if (r < 0)
		return r == MM_ERR_FORMAT ? MM_ERR_INVALID : r;
	if ((r = mm_buf_printf(out, "%sContent-Transfer-Encoding: %s%s%s",
			       part->eol, encoding == QUOTED
			       ? "quoted-printable" : "base64", part->eol,
			       part->eol)) < 0)
		return r;
	return encoding == QUOTED
	       ? mm_encode_quoted(data->data, data->len, part->eol, out)
	       : mm_encode_base64(data->data, data->len, part->eol, out);
}

/* Before the old bytes, which stay as they are. Base64 needs groups of three
 * bytes to go on unpadded: blanks on the empty line make them up. */
static int insert(const struct part *part, struct mm_buf *prefix,
		  struct mm_splice *splice)
{
	const size_t eol = strlen(part->eol);
	int r = 0;

	splice->begin = splice->end = part->leaf->raw_begin;
	if (part->encoding == QUOTED)
		return mm_encode_quoted(prefix->data, prefix->len, part->eol,
					&splice->text);
	if (part->encoding != BASE64)
		return mm_buf_put(&splice->text, prefix->data, prefix->len);
	mm_buf_truncate(prefix, prefix->len - eol);
	while (r == 0 && (prefix->len + eol) % 3 != 0)
		r = mm_buf_puts(prefix, " ");
	if (r < 0 || (r = mm_buf_puts(prefix, part->eol)) < 0)
		return r;
	return mm_encode_base64(prefix->data, prefix->len, part->eol,
				&splice->text);
}

/* The old text has no room for the new one's letters: both in UTF-8. */
static int to_utf8(const struct part *part, const struct mm_buf *stamp,
		   struct mm_splice *splice)
{
	const unsigned char *data = part->leaf->data + part->bom;
	const size_t len = part->leaf->size - part->bom;
	struct mm_buf all;
	int r;

	mm_buf_init(&all, splice->text.max);
	if ((r = mm_buf_put(&all, stamp->data, stamp->len)) < 0)
		goto out;
	if (strcasecmp(part->charset, "us-ascii") == 0 ||
	    strcasecmp(part->charset, "utf-8") == 0)
		r = mm_text_is_utf8((const char *)data, len)
		    ? mm_buf_put(&all, data, len) : MM_ERR_INVALID;
	else
		r = mm_encode_charset(part->charset, "UTF-8", data, len, &all);
	if (r == 0)
		r = renew(part, "utf-8", BASE64, &all, splice);
out:
	mm_buf_clear(&all);
	return r;
}

static int stamp_plain(const struct part *part, const char *text,
		       struct mm_splice *splice)
{
	struct mm_buf stamp, prefix;
	int r;

	mm_buf_init(&stamp, splice->text.max);
	mm_buf_init(&prefix, splice->text.max);
	if ((r = mm_encode_lines(text, part->eol, &stamp)) < 0 ||
	    (r = mm_buf_puts(&stamp, part->eol)) < 0)
		goto out;
	if (mm_is_ascii(stamp.data, stamp.len))
		r = mm_buf_put(&prefix, stamp.data, stamp.len);
	else
		r = strcasecmp(part->charset, "us-ascii") == 0
		    ? MM_ERR_INVALID
		    : mm_encode_charset("UTF-8", part->charset, stamp.data,
					stamp.len, &prefix);
	if (r == 0 && part->bom == 0 &&
	    (part->encoding != PLAIN7 ||
	     mm_is_ascii(prefix.data, prefix.len)))
		r = insert(part, &prefix, splice);
	else if (r == 0 || r == MM_ERR_INVALID)
		r = to_utf8(part, &stamp, splice);
out:
	mm_buf_clear(&stamp);
	mm_buf_clear(&prefix);
	return r;
}

/* Behind <body ...>, or behind <html ...> or the document type when there is
 * no body, but never inside of a two-byte character. */
static size_t html_place(const unsigned char *data, size_t len, size_t bom)
{
	const unsigned char *escape = NULL, *next = data;
	struct mm_html_tag tag;
	struct mm_html html;
	size_t place = bom;

	mm_html_open(&html, data, len);
	while (mm_html_next(&html, &tag)) {
		if (strcmp(tag.name, "html") == 0 ||
		    strcmp(tag.name, "body") == 0)
			place = (size_t)(html.pos - data);
		if (strcmp(tag.name, "body") == 0)
			break;
	}
	while ((next = memchr(next, 0x1b, (size_t)(data + place - next))) !=
	       NULL)
		escape = next++;
	if (escape != NULL && escape + 1 < data + len && escape[1] == '$')
		return bom;
	return place;
}

static int stamp_html(const struct part *part, const char *text,
		      struct mm_splice *splice)
{
	const struct mm_leaf *leaf = part->leaf;
	const size_t place = html_place(leaf->data, leaf->size, part->bom);
	struct mm_buf all;
	int r;

	if (part->encoding == PLAIN7 || part->encoding == PLAIN8) {
		splice->begin = splice->end = leaf->raw_begin + place;
		if (leaf->raw_end - leaf->raw_begin < place ||
		    memcmp(part->head->data + leaf->raw_begin, leaf->data,
			   place) != 0)
			return MM_ERR_INVALID;
		return mm_encode_html(text, &splice->text);
	}
	mm_buf_init(&all, splice->text.max);
	if ((r = mm_buf_put(&all, leaf->data, place)) == 0 &&
	    (r = mm_encode_html(text, &all)) == 0 &&
	    (r = mm_buf_put(&all, leaf->data + place,
			    leaf->size - place)) == 0)
		r = renew(part, NULL, part->encoding, &all, splice);
	mm_buf_clear(&all);
	return r;
}

int mm_stamp(const struct mm_head *head, const struct mm_leaf *leaf,
	     const char *stamp, struct mm_splice *splice_r)
{
	struct part *part = mm_xcalloc(1, sizeof(*part));
	struct mm_leaf text = *leaf;
	int r;

	if (text.data == NULL)
		text.data = (const unsigned char *)"";
	if ((r = read_part(head, &text, part)) == 0)
		r = strcasecmp(leaf->mime_type, "text/html") == 0
		    ? stamp_html(part, stamp, splice_r)
		    : stamp_plain(part, stamp, splice_r);
	free(part);
	return r;
}
