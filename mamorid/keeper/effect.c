/*
 * The key by which a repeated message is recognised. Keeper, uid
 * mamori-keeper. Reads the message as bytes; never parses MIME.
 */
#include "mamorid/keeper/effect.h"

#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/text.h"

#define CHUNK 65536u

/* A shorter trace id would match by chance. */
#define TRACE_LEAST 8u

/* One header with its folded lines: the length up to the next one. */
static size_t header_len(const char *text, size_t left)
{
	const char *pos = text, *end = text + left, *eol;

	do {
		eol = memchr(pos, '\n', (size_t)(end - pos));
		pos = eol == NULL ? end : eol + 1;
	} while (pos < end && (*pos == ' ' || *pos == '\t'));
	return (size_t)(pos - text);
}

/* "Name:", also with spaces before the colon, which Exim accepts. */
static bool is_named(const char *text, size_t len, const char *name)
{
	size_t n = strlen(name);

	if (len <= n || !mm_text_has_prefix(text, name))
		return false;
	while (n < len && (text[n] == ' ' || text[n] == '\t'))
		n++;
	return n < len && text[n] == ':';
}

static bool is_trace(const char *text, size_t len, const char *trace)
{
	const size_t n = strlen(trace);

	return is_named(text, len, "Received") ||
	       is_named(text, len, "Return-Path") ||
	       (len > 9 && mm_text_has_prefix(text, "X-Mamori-")) ||
	       (n >= TRACE_LEAST && memmem(text, len, trace, n) != NULL);
}

/* dated_r: has the sender given it a Message-ID or a Date, by which two mails
 * differ that are the same else? */
static int add_headers(struct mm_hash *hash, const struct mm_store_parts *parts,
		       const char *trace, bool *dated_r)
{
	struct mm_buf text;
	size_t pos, len;
	int r;

	mm_buf_init(&text, MM_HEADER_MAX);
	r = mm_read_fd(parts->headers, 0, &text);
	for (pos = 0; r == 0 && pos < text.len; pos += len) {
		len = header_len(text.data + pos, text.len - pos);
		if (is_trace(text.data + pos, len, trace))
			continue;
		*dated_r |= is_named(text.data + pos, len, "Message-ID") ||
			    is_named(text.data + pos, len, "Date");
		r = mm_hash_add(hash, text.data + pos, len);
	}
	mm_buf_clear(&text);
	return r < 0 ? r : mm_hash_add_str(hash, "");
}

static int add_body(struct mm_hash *hash, const struct mm_store_parts *parts)
{
	unsigned char chunk[CHUNK];
	uint64_t offset = parts->body_offset, left = parts->body_len;
	size_t part;
	int r = 0;

	while (left > 0 && r == 0) {
		part = left < sizeof(chunk) ? (size_t)left : sizeof(chunk);
		r = mm_pread_all(parts->body, chunk, part, (off_t)offset);
		if (r == 0)
			r = mm_hash_add(hash, chunk, part);
		offset += part;
		left -= part;
	}
	return r < 0 ? r : mm_hash_add_str(hash, "");
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int add_recipients(struct mm_hash *hash, const struct mm_record *record)
{
	const char **sorted;
	size_t i;
	int r = 0;

	if (record->nrecipients == 0)
		return 0;
	sorted = calloc(record->nrecipients, sizeof(*sorted));
	if (sorted == NULL)
		return MM_ERR_NOMEM;
	memcpy(sorted, record->recipients,
	       record->nrecipients * sizeof(*sorted));
	qsort(sorted, record->nrecipients, sizeof(*sorted), compare);
	for (i = 0; i < record->nrecipients && r == 0; i++)
		r = mm_hash_add_str(hash, sorted[i]);
	free(sorted);
	return r;
}

int mm_effect_key(const struct mm_record *record,
		  const struct mm_store_parts *parts,
		  unsigned char key_r[MM_HASH_LEN])
{
	struct mm_hash *hash;
	bool dated = false;
	int r;

	if ((r = mm_hash_new(&hash)) < 0)
		return r;
	if ((r = add_headers(hash, parts, record->trace, &dated)) < 0 ||
	    (r = add_body(hash, parts)) < 0 ||
	    (r = mm_hash_add_str(hash, record->sender)) < 0 ||
	    (r = mm_hash_add_str(hash, record->account)) < 0 ||
	    (r = mm_hash_add_str(hash, record->reason)) < 0 ||
	    (r = mm_hash_add_str(hash, record->quarantine ? "copy" : "")) < 0 ||
	    (record->variant_len > 0 &&
	     ((r = mm_hash_add_str(hash, "variant")) < 0 ||
	      /* Rather delivered twice than not at all. */
	      (!dated && (r = mm_hash_add_str(hash, record->trace)) < 0))) ||
	    (r = add_recipients(hash, record)) < 0)
		goto out;
	r = mm_hash_raw(hash, key_r);
out:
	mm_hash_free(&hash);
	return r;
}
