/*
 * Edits of a message's headers, in the form in which Exim's module takes them,
 * and carried out here for a variant. Never looks into a value.
 */
#include "mamorid/gate/headers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mamorid/xalloc.h"

void mm_header_edits_init(struct mm_header_edits *edits)
{
	memset(edits, 0, sizeof(*edits));
}

void mm_header_edits_clear(struct mm_header_edits *edits)
{
	size_t i;

	for (i = 0; i < edits->count; i++)
		free((char *)(uintptr_t)edits->list[i].text);
	free(edits->list);
	memset(edits, 0, sizeof(*edits));
}

void mm_header_edit(struct mm_header_edits *edits, enum mm_edit_type type,
		    size_t index, const char *text, size_t len)
{
	struct mm_edit *more = mm_xcalloc(edits->count + 1, sizeof(*more));

	if (edits->count > 0)
		memcpy(more, edits->list, edits->count * sizeof(*more));
	free(edits->list);
	edits->list = more;
	more[edits->count++] = (struct mm_edit){
		.type = type,
		.index = (uint32_t)index,
		.text = text == NULL ? NULL
				     : mm_xasprintf("%.*s", (int)len, text),
	};
}

bool mm_header_is(const struct mm_header *header, const char *name)
{
	size_t n = strlen(name) - 1;

	if (header->len <= n || strncasecmp(header->text, name, n) != 0)
		return false;
	while (n < header->len &&
	       (header->text[n] == ' ' || header->text[n] == '\t'))
		n++;
	return n < header->len && header->text[n] == ':';
}

static bool is_of_mime(const char *text, size_t len)
{
	const struct mm_header header = { .text = text, .len = len };

	return mm_header_is(&header, "MIME-Version:") ||
	       (len > 8 && strncasecmp(text, "Content-", 8) == 0);
}

/* One field with its folded lines: the length up to the next one. */
static size_t field_len(const char *text, size_t left)
{
	const char *pos = text, *end = text + left, *eol;

	do {
		eol = memchr(pos, '\n', (size_t)(end - pos));
		pos = eol == NULL ? end : eol + 1;
	} while (pos < end && (*pos == ' ' || *pos == '\t'));
	return (size_t)(pos - text);
}

static size_t next_of_mime(const struct mm_scan_request *scan, size_t i)
{
	while (i < scan->nheaders &&
	       !is_of_mime(scan->headers[i].text, scan->headers[i].len))
		i++;
	return i;
}

void mm_headers_replace(struct mm_header_edits *edits,
			const struct mm_scan_request *scan, const char *text,
			size_t len)
{
	size_t i = next_of_mime(scan, 0), pos, part;
	const struct mm_header *old;

	for (pos = 0; pos < len; pos += part) {
		part = field_len(text + pos, len - pos);
		if (!is_of_mime(text + pos, part))
			continue;
		if (i == scan->nheaders) {
			mm_header_edit(edits, MM_EDIT_ADD_HEADER, 0, text + pos,
				       part);
			continue;
		}
		old = &scan->headers[i];
		if (old->len != part ||
		    memcmp(old->text, text + pos, part) != 0)
			mm_header_edit(edits, MM_EDIT_SET_HEADER, i, text + pos,
				       part);
		i = next_of_mime(scan, i + 1);
	}
	for (; i < scan->nheaders; i = next_of_mime(scan, i + 1))
		mm_header_edit(edits, MM_EDIT_DELETE_HEADER, i, NULL, 0);
}

/* The last edit of a header, or NULL. */
static const struct mm_edit *edit_of(const struct mm_header_edits *edits,
				     size_t index)
{
	const struct mm_edit *edit = NULL;
	size_t i;

	for (i = 0; i < edits->count; i++)
		if ((edits->list[i].type == MM_EDIT_SET_HEADER ||
		     edits->list[i].type == MM_EDIT_DELETE_HEADER) &&
		    edits->list[i].index == index)
			edit = &edits->list[i];
	return edit;
}

int mm_headers_render(struct mm_buf *out, const struct mm_scan_request *scan,
		      const struct mm_header_edits *edits)
{
	const struct mm_header *header;
	const struct mm_edit *edit;
	size_t i;
	int r = 0;

	/* Each new one comes above those before it. */
	for (i = edits->count; i > 0 && r == 0; i--)
		if (edits->list[i - 1].type == MM_EDIT_ADD_HEADER)
			r = mm_buf_puts(out, edits->list[i - 1].text);
	for (i = 0; i < scan->nheaders && r == 0; i++) {
		header = &scan->headers[i];
		edit = edit_of(edits, i);
		if (edit == NULL)
			r = mm_buf_put(out, header->text, header->len);
		else if (edit->type == MM_EDIT_SET_HEADER)
			r = mm_buf_puts(out, edit->text);
	}
	return r;
}
