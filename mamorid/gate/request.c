/*
 * A SCAN frame becomes a request: every length and descriptor is checked here,
 * once. Runs in a gate, as users.gate. The MIME structure is not looked at.
 */
#include "mamorid/gate/request.h"

#include <string.h>

#include "core/err.h"
#include "core/fdutil.h"

/* Left to the module for its own work after our answer: this, or a quarter of
 * what there is. */
#define MARGIN_MS 1500
/* A module that waits longer than this is not one of ours. */
#define DEADLINE_MAX_MS 600000

static int read_envelope(struct mm_request *request, struct mm_frame *frame)
{
	size_t size;
	int r;

	if ((r = mm_check_memfd(frame->fds[0], MM_REQUEST_MAX, &size)) < 0 ||
	    (r = mm_read_fd(frame->fds[0], 0, &request->bytes)) < 0)
		return r;
	return mm_scan_request_decode(request->bytes.data, request->bytes.len,
				      &request->scan);
}

static int check_body(struct mm_request *request)
{
	size_t size;
	int r = mm_check_body(request->body, SIZE_MAX / 2, &size);

	if (r < 0)
		return r;
	if (request->scan.body_offset > size)
		return MM_ERR_FORMAT;
	request->body_size = size - (size_t)request->scan.body_offset;
	return 0;
}

static int make_headers(struct mm_request *request)
{
	const struct mm_scan_request *scan = &request->scan;
	struct mm_buf block;
	size_t i;
	int r = 0;

	mm_buf_init(&block, MM_HEADER_MAX);
	for (i = 0; i < scan->nheaders && r == 0; i++)
		r = mm_buf_put(&block, scan->headers[i].text,
			       scan->headers[i].len);
	if (r == 0)
		r = request->headers =
			mm_sealed_memfd("headers", mm_buf_str(&block),
					block.len);
	mm_buf_clear(&block);
	return r < 0 ? r : 0;
}

static mm_deadline answer_deadline(mm_deadline module)
{
	int64_t left = mm_deadline_left(module);

	return module - (left / 4 < MARGIN_MS ? left / 4 : MARGIN_MS);
}

int mm_request_open(struct mm_request *request, struct mm_frame *frame)
{
	mm_deadline longest = mm_deadline_in(DEADLINE_MAX_MS);
	int r;

	memset(request, 0, sizeof(*request));
	mm_buf_init(&request->bytes, MM_REQUEST_MAX);
	request->headers = request->body = -1;
	if (frame->type != MM_FRAME_SCAN || frame->nfds != 2 ||
	    frame->payload.len != 0)
		return MM_ERR_FORMAT;
	request->body = mm_frame_take_fd(frame, 1);
	if ((r = read_envelope(request, frame)) < 0 ||
	    (r = check_body(request)) < 0)
		return r;
	if (request->scan.deadline > longest)
		request->scan.deadline = longest;
	request->deadline = answer_deadline(request->scan.deadline);
	return make_headers(request);
}

void mm_request_clear(struct mm_request *request)
{
	mm_scan_request_clear(&request->scan);
	mm_buf_clear(&request->bytes);
	mm_close(&request->headers);
	mm_close(&request->body);
}
