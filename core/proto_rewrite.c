/*
 * inspect.sock: the plan of a rewriting and its result.
 */
#include "core/proto_rewrite.h"

#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/proto.h"
#include "core/proto_list.h"
#include "core/text.h"
#include "core/wire.h"

enum request_tag {
	TAG_VERSION = 1,
	TAG_TRACE = 2,
	TAG_DEADLINE = 3,
	TAG_BODY_OFFSET = 4,
	TAG_WIREFORMAT = 5,
	TAG_OP = 6,	/* a nested list */
	TAG_STAMP = 7,
	TAG_ALLOWED = 8,
};

enum op_tag {
	TAG_KIND = 1,
	TAG_PART = 2,
	TAG_TEXT = 3,
};

enum result_tag {
	TAG_OUTCOME = 2, /* a nested list */
	TAG_HEADER = 3,
	TAG_STAMPED = 4,
	TAG_SIGNED_BROKEN = 5,
	TAG_FINDINGS = 6,
};

enum outcome_tag {
	TAG_DONE = 1,
	TAG_REASON = 2,
};

static int put_op(struct mm_buf *buf, const struct mm_rewrite_op *op)
{
	struct mm_buf list;
	int r;

	mm_buf_init(&list, MM_LIST_MAX);
	if ((r = mm_wire_put_num(&list, TAG_KIND, op->kind)) == 0 &&
	    (r = mm_wire_put_str(&list, TAG_PART, op->part)) == 0 &&
	    (r = mm_wire_put_str(&list, TAG_TEXT, op->text)) == 0)
		r = mm_wire_put(buf, TAG_OP, list.data, list.len);
	mm_buf_clear(&list);
	return r;
}

int mm_rewrite_request_encode(struct mm_buf *buf,
			      const struct mm_rewrite_request *req)
{
	int r;

	if ((r = mm_wire_put_num(buf, TAG_VERSION, MM_PROTO_VERSION)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_TRACE, req->trace)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_DEADLINE, (uint64_t)req->deadline)) <
		    0 ||
	    (r = mm_wire_put_num(buf, TAG_BODY_OFFSET, req->body_offset)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_WIREFORMAT, req->wireformat)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_STAMP, req->stamp)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_ALLOWED, req->allowed)) < 0)
		return r;
	for (size_t i = 0; i < req->nops && r == 0; i++)
		r = put_op(buf, &req->ops[i]);
	return r;
}

static int get_utf8(const struct mm_wire *field, const char **text_r)
{
	int r = mm_wire_get_str(field, MM_REWRITE_TEXT_MAX, text_r);

	if (r == 0 && !mm_text_is_utf8(*text_r, strlen(*text_r)))
		r = MM_ERR_FORMAT;
	return r;
}

static int get_kind(const struct mm_wire *field, enum mm_rewrite_kind *kind_r)
{
	uint64_t num = 0;
	int r = mm_wire_get_num(field, MM_REWRITE_REMOVE, MM_REWRITE_CLEAN,
				&num);

	*kind_r = (enum mm_rewrite_kind)num;
	return r;
}

static int get_op(const struct mm_wire *list, struct mm_rewrite_op *op)
{
	struct mm_wire in = *list, field;
	uint16_t tag;
	int r;

	while ((r = mm_wire_next(&in, &tag, &field)) > 0) {
		if (tag == TAG_KIND)
			r = get_kind(&field, &op->kind);
		else if (tag == TAG_PART)
			r = mm_wire_get_str(&field, MM_TEXT_MAX, &op->part);
		else if (tag == TAG_TEXT)
			r = get_utf8(&field, &op->text);
		if (r < 0)
			return r;
	}
	if (r == 0 && (op->kind == 0 || op->part == NULL ||
		       op->part[0] == '\0' || op->text == NULL))
		r = MM_ERR_FORMAT;
	return r;
}

static int add_op(const struct mm_wire *field, struct mm_rewrite_request *req)
{
	int r = mm_list_grow((void **)&req->ops, req->nops, sizeof(*req->ops),
			     MM_REWRITE_OPS_MAX);

	return r < 0 ? r : get_op(field, &req->ops[req->nops++]);
}

static int get_request_field(uint16_t tag, const struct mm_wire *field,
			     void *out)
{
	struct mm_rewrite_request *req = out;
	uint64_t num = 0;
	int r;

	switch (tag) {
	case TAG_VERSION:
		return mm_list_version(field, &req->version);
	case TAG_TRACE:
		return mm_wire_get_str(field, MM_TRACE_MAX, &req->trace);
	case TAG_DEADLINE:
		r = mm_wire_get_num(field, 0, INT64_MAX, &num);
		req->deadline = (mm_deadline)num;
		return r;
	case TAG_BODY_OFFSET:
		return mm_wire_get_num(field, 0, INT32_MAX, &req->body_offset);
	case TAG_WIREFORMAT:
		r = mm_wire_get_num(field, 0, 1, &num);
		req->wireformat = num == 1;
		return r;
	case TAG_OP:
		return add_op(field, req);
	case TAG_STAMP:
		return get_utf8(field, &req->stamp);
	case TAG_ALLOWED:
		return mm_wire_get_str(field, MM_ALLOWED_MAX, &req->allowed);
	default:
		return 0;
	}
}

int mm_rewrite_request_decode(const void *data, size_t len,
			      struct mm_rewrite_request *req_r)
{
	int r;

	memset(req_r, 0, sizeof(*req_r));
	r = mm_list_each(data, len, get_request_field, req_r);
	if (r < 0)
		return r;
	if (req_r->version == 0 || req_r->trace == NULL ||
	    (req_r->nops == 0 && req_r->stamp == NULL))
		return MM_ERR_FORMAT;
	return 0;
}

void mm_rewrite_request_clear(struct mm_rewrite_request *req)
{
	free(req->ops);
	memset(req, 0, sizeof(*req));
}

/* ---- result ---------------------------------------------------------- */

static int put_outcome(struct mm_buf *buf,
		       const struct mm_rewrite_outcome *outcome)
{
	struct mm_buf list;
	int r;

	mm_buf_init(&list, MM_LIST_MAX);
	if ((r = mm_wire_put_num(&list, TAG_DONE, outcome->done)) == 0 &&
	    (r = mm_wire_put_str(&list, TAG_REASON, outcome->reason)) == 0)
		r = mm_wire_put(buf, TAG_OUTCOME, list.data, list.len);
	mm_buf_clear(&list);
	return r;
}

int mm_rewrite_result_encode(struct mm_buf *buf,
			     const struct mm_rewrite_result *result)
{
	int r;

	if ((r = mm_wire_put_num(buf, TAG_VERSION, MM_PROTO_VERSION)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_STAMPED, result->stamped)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_SIGNED_BROKEN,
				 result->signed_broken)) < 0 ||
	    (r = mm_wire_put(buf, TAG_HEADER, result->header,
			     result->header_len)) < 0 ||
	    (r = mm_wire_put(buf, TAG_FINDINGS, result->findings,
			     result->findings_len)) < 0)
		return r;
	for (size_t i = 0; i < result->noutcomes && r == 0; i++)
		r = put_outcome(buf, &result->outcomes[i]);
	return r;
}

static int get_outcome(const struct mm_wire *list,
		       struct mm_rewrite_outcome *outcome)
{
	struct mm_wire in = *list, field;
	uint16_t tag;
	int r;

	outcome->reason = "";
	while ((r = mm_wire_next(&in, &tag, &field)) > 0) {
		if (tag == TAG_DONE)
			r = get_kind(&field, &outcome->done);
		else if (tag == TAG_REASON)
			r = mm_wire_get_str(&field, MM_TEXT_MAX,
					    &outcome->reason);
		if (r < 0)
			return r;
	}
	return r == 0 && outcome->done == 0 ? MM_ERR_FORMAT : r;
}

static int add_outcome(const struct mm_wire *field,
		       struct mm_rewrite_result *result)
{
	int r = mm_list_grow((void **)&result->outcomes, result->noutcomes,
			     sizeof(*result->outcomes), MM_REWRITE_OPS_MAX);

	return r < 0 ? r : get_outcome(field,
				       &result->outcomes[result->noutcomes++]);
}

static int get_bytes(const struct mm_wire *field, size_t max,
		     const char **bytes_r, size_t *len_r)
{
	if (mm_wire_left(field) > max)
		return MM_ERR_LIMIT;
	*bytes_r = (const char *)field->pos;
	*len_r = mm_wire_left(field);
	return 0;
}

static int get_result_field(uint16_t tag, const struct mm_wire *field,
			    void *out)
{
	struct mm_rewrite_result *result = out;
	uint64_t num = 0;
	int r;

	switch (tag) {
	case TAG_VERSION:
		return mm_list_version(field, &result->version);
	case TAG_OUTCOME:
		return add_outcome(field, result);
	case TAG_HEADER:
		return get_bytes(field, MM_HEADER_MAX, &result->header,
				 &result->header_len);
	case TAG_STAMPED:
		r = mm_wire_get_num(field, MM_STAMPED_NOT, MM_STAMPED_PART,
				    &num);
		result->stamped = (enum mm_stamped)num;
		return r;
	case TAG_SIGNED_BROKEN:
		r = mm_wire_get_num(field, 0, 1, &num);
		result->signed_broken = num == 1;
		return r;
	case TAG_FINDINGS:
		return get_bytes(field, MM_LIST_MAX, &result->findings,
				 &result->findings_len);
	default:
		return 0;
	}
}

int mm_rewrite_result_decode(const void *data, size_t len,
			     struct mm_rewrite_result *result_r)
{
	int r;

	memset(result_r, 0, sizeof(*result_r));
	r = mm_list_each(data, len, get_result_field, result_r);
	if (r < 0)
		return r;
	return result_r->version == 0 || result_r->findings_len == 0
		       ? MM_ERR_FORMAT
		       : 0;
}

void mm_rewrite_result_clear(struct mm_rewrite_result *result)
{
	free(result->outcomes);
	memset(result, 0, sizeof(*result));
}
