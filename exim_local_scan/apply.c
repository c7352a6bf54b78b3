/*
 * The verdict's changes to the message: new body, headers, recipients. Runs
 * in Exim's receiving process. Everything is checked before the first change,
 * and the body, the only part that can fail, goes first: a message is changed
 * wholly or not at all.
 */
#include "exim_local_scan/apply.h"

#include "core/err.h"
#include "exim_local_scan/body.h"
#include "exim_local_scan/envelope.h"

/* Exim's type letter of a Received header. It keeps a pointer into the first
 * one and writes the time there after us. */
#define TYPE_RECEIVED 'P'

static int check_index(const struct mm_scan_request *req, uint32_t index)
{
	uint32_t i;

	if (index >= req->nheaders)
		return MM_ERR_FORMAT;
	for (i = 0; i < index; i++)
		if (req->headers[i].type == TYPE_RECEIVED)
			return 0;
	return req->headers[index].type == TYPE_RECEIVED ? MM_ERR_FORMAT : 0;
}

static int check_edit(const struct mm_scan_request *req,
		      const struct mm_edit *edit)
{
	switch (edit->type) {
	case MM_EDIT_ADD_HEADER:
		return mm_header_is_valid(edit->text) ? 0 : MM_ERR_FORMAT;
	case MM_EDIT_SET_HEADER:
		if (!mm_header_is_valid(edit->text))
			return MM_ERR_FORMAT;
		return check_index(req, edit->index);
	case MM_EDIT_DELETE_HEADER:
		return check_index(req, edit->index);
	case MM_EDIT_REMOVE_RECIPIENT:
		return 0;
	}
	return MM_ERR_FORMAT;
}

static void apply_edit(struct mm_host *host, const struct mm_edit *edit)
{
	switch (edit->type) {
	case MM_EDIT_ADD_HEADER:
		mm_host_add_header(host, edit->text);
		break;
	case MM_EDIT_SET_HEADER:
		mm_host_set_header(host, edit->index, edit->text);
		break;
	case MM_EDIT_DELETE_HEADER:
		mm_host_delete_header(host, edit->index);
		break;
	case MM_EDIT_REMOVE_RECIPIENT:
		mm_host_remove_recipient(host, edit->text);
		break;
	}
}

int mm_apply(struct mm_host *host, const struct mm_scan_request *req,
	     const struct mm_answer *answer, int data_fd)
{
	const struct mm_scan_verdict *verdict = &answer->verdict;
	struct mm_body_count count;
	size_t i;
	int r;

	for (i = 0; i < verdict->nedits; i++)
		if ((r = check_edit(req, &verdict->edits[i])) < 0)
			return r;
	if (answer->body_fd >= 0) {
		r = mm_body_replace(data_fd, (off_t)req->body_offset,
				    answer->body_fd,
				    (req->flags & MM_SCAN_WIREFORMAT) != 0,
				    &count);
		if (r < 0)
			return r;
		mm_host_body_changed(host, count.lines, count.zeros);
	}
	for (i = 0; i < verdict->nedits; i++)
		apply_edit(host, &verdict->edits[i]);
	return 0;
}
