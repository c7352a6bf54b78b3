/*
 * inspect.sock: the request for an inspection and the findings.
 */
#include "core/proto.h"

#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/proto_list.h"
#include "core/wire.h"

enum request_tag {
	TAG_VERSION = 1,
	TAG_TRACE = 2,
	TAG_DEADLINE = 3,
	TAG_BODY_OFFSET = 4,
	TAG_WIREFORMAT = 5,
	TAG_LONGEST_MS = 6,
	TAG_ALLOWED = 7,
};

enum findings_tag {
	TAG_VERDICT = 2,
	TAG_FINDING = 3, /* a nested list */
	TAG_PARTS = 4,
	TAG_FROM = 5,
	TAG_SUBJECT = 6,
	TAG_DATE = 7,
	TAG_MESSAGE_ID = 8,
	TAG_SIZE = 9,
	TAG_SCAN_MS = 10,
	TAG_ATTACHMENTS = 11,
};

enum finding_tag {
	TAG_PART = 1,
	TAG_NAME = 2,
	TAG_MIME_TYPE = 3,
	TAG_TYPE = 4,
	TAG_PART_SIZE = 5,
	TAG_KIND = 6,
	TAG_DETAIL = 7,
	TAG_IN_BODY = 8,
};

const char *mm_verdict_name(enum mm_verdict verdict)
{
	switch (verdict) {
	case MM_VERDICT_CLEAN:
		return "clean";
	case MM_VERDICT_INFECTED:
		return "infected";
	default:
		return "not-checked";
	}
}

const char *mm_kind_name(enum mm_kind kind)
{
	static const char *const names[] = {
		[MM_KIND_VIRUS] = "virus",
		[MM_KIND_ENCRYPTED] = "encrypted",
		[MM_KIND_MACRO] = "macro",
		[MM_KIND_SCRIPT] = "script",
		[MM_KIND_EXECUTABLE] = "executable",
		[MM_KIND_AMBIGUOUS] = "ambiguous",
		[MM_KIND_LIMIT] = "limit",
		[MM_KIND_ERROR] = "error",
	};

	return kind < MM_KIND_VIRUS || kind > MM_KIND_ERROR ? "error"
							    : names[kind];
}

int mm_inspect_request_encode(struct mm_buf *buf,
			      const struct mm_inspect_request *req)
{
	int r;

	if ((r = mm_wire_put_num(buf, TAG_VERSION, MM_PROTO_VERSION)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_TRACE, req->trace)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_DEADLINE, (uint64_t)req->deadline)) <
		    0 ||
	    (r = mm_wire_put_num(buf, TAG_BODY_OFFSET, req->body_offset)) < 0)
		return r;
	if ((r = mm_wire_put_num(buf, TAG_WIREFORMAT, req->wireformat)) < 0)
		return r;
	r = mm_wire_put_num(buf, TAG_LONGEST_MS, req->scan_ms);
	return r < 0 ? r : mm_wire_put_str(buf, TAG_ALLOWED, req->allowed);
}

static int get_request_field(uint16_t tag, const struct mm_wire *field,
			     void *out)
{
	struct mm_inspect_request *req = out;
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
	case TAG_LONGEST_MS:
		r = mm_wire_get_num(field, 0, UINT32_MAX, &num);
		req->scan_ms = (uint32_t)num;
		return r;
	case TAG_ALLOWED:
		return mm_wire_get_str(field, MM_ALLOWED_MAX, &req->allowed);
	default:
		return 0;
	}
}

int mm_inspect_request_decode(const void *data, size_t len,
			      struct mm_inspect_request *req_r)
{
	int r;

	memset(req_r, 0, sizeof(*req_r));
	r = mm_list_each(data, len, get_request_field, req_r);
	if (r < 0)
		return r;
	return req_r->version == 0 || req_r->trace == NULL ? MM_ERR_FORMAT : 0;
}

/* ---- findings -------------------------------------------------------- */

static int put_finding(struct mm_buf *buf, const struct mm_finding *finding)
{
	struct mm_buf list;
	int r;

	mm_buf_init(&list, MM_LIST_MAX);
	if ((r = mm_wire_put_str(&list, TAG_PART, finding->part)) == 0 &&
	    (r = mm_wire_put_str(&list, TAG_NAME, finding->name)) == 0 &&
	    (r = mm_wire_put_str(&list, TAG_MIME_TYPE, finding->mime_type)) ==
		    0 &&
	    (r = mm_wire_put_str(&list, TAG_TYPE, finding->type)) == 0 &&
	    (r = mm_wire_put_num(&list, TAG_PART_SIZE, finding->size)) == 0 &&
	    (r = mm_wire_put_num(&list, TAG_KIND, finding->kind)) == 0 &&
	    (r = mm_wire_put_str(&list, TAG_DETAIL, finding->detail)) == 0 &&
	    (r = mm_wire_put_num(&list, TAG_IN_BODY, finding->in_body)) == 0)
		r = mm_wire_put(buf, TAG_FINDING, list.data, list.len);
	mm_buf_clear(&list);
	return r;
}

int mm_findings_encode(struct mm_buf *buf, const struct mm_findings *findings)
{
	size_t i;
	int r;

	if ((r = mm_wire_put_num(buf, TAG_VERSION, MM_PROTO_VERSION)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_VERDICT, findings->verdict)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_PARTS, findings->parts)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_ATTACHMENTS, findings->attachments)) <
		    0 ||
	    (r = mm_wire_put_str(buf, TAG_FROM, findings->from)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_SUBJECT, findings->subject)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_DATE, findings->date)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_MESSAGE_ID, findings->message_id)) <
		    0 ||
	    (r = mm_wire_put_num(buf, TAG_SIZE, findings->size)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_SCAN_MS, findings->scan_ms)) < 0)
		return r;
	for (i = 0; i < findings->count && r == 0; i++)
		r = put_finding(buf, &findings->list[i]);
	return r;
}

static int get_finding_field(uint16_t tag, const struct mm_wire *field,
			     struct mm_finding *finding)
{
	uint64_t num = 0;
	int r;

	switch (tag) {
	case TAG_PART:
		return mm_wire_get_str(field, MM_TEXT_MAX, &finding->part);
	case TAG_NAME:
		return mm_wire_get_str(field, MM_TEXT_MAX, &finding->name);
	case TAG_MIME_TYPE:
		return mm_wire_get_str(field, MM_TEXT_MAX, &finding->mime_type);
	case TAG_TYPE:
		return mm_wire_get_str(field, MM_TEXT_MAX, &finding->type);
	case TAG_PART_SIZE:
		return mm_wire_get_num(field, 0, UINT64_MAX, &finding->size);
	case TAG_KIND:
		r = mm_wire_get_num(field, MM_KIND_VIRUS, MM_KIND_ERROR, &num);
		finding->kind = (enum mm_kind)num;
		return r;
	case TAG_DETAIL:
		return mm_wire_get_str(field, MM_TEXT_MAX, &finding->detail);
	case TAG_IN_BODY:
		r = mm_wire_get_num(field, 0, 1, &num);
		finding->in_body = num == 1;
		return r;
	default:
		return 0;
	}
}

static int get_finding(const struct mm_wire *list, struct mm_finding *finding)
{
	struct mm_wire in = *list, field;
	uint16_t tag;
	int r;

	memset(finding, 0, sizeof(*finding));
	finding->part = finding->name = finding->mime_type = "";
	finding->type = finding->detail = "";
	while ((r = mm_wire_next(&in, &tag, &field)) > 0)
		if ((r = get_finding_field(tag, &field, finding)) < 0)
			return r;
	return r == 0 && finding->kind == 0 ? MM_ERR_FORMAT : r;
}

static int add_finding(const struct mm_wire *field,
		       struct mm_findings *findings)
{
	int r = mm_list_grow((void **)&findings->list, findings->count,
			     sizeof(*findings->list), MM_FINDINGS_MAX);

	return r < 0 ? r
		     : get_finding(field, &findings->list[findings->count++]);
}

static int get_findings_field(uint16_t tag, const struct mm_wire *field,
			      void *out)
{
	struct mm_findings *findings = out;
	uint64_t num = 0;
	int r;

	switch (tag) {
	case TAG_VERSION:
		return mm_list_version(field, &findings->version);
	case TAG_VERDICT:
		r = mm_wire_get_num(field, MM_VERDICT_CLEAN,
				    MM_VERDICT_NOT_CHECKED, &num);
		findings->verdict = (enum mm_verdict)num;
		return r;
	case TAG_FINDING:
		return add_finding(field, findings);
	case TAG_PARTS:
		r = mm_wire_get_num(field, 0, UINT32_MAX, &num);
		findings->parts = (uint32_t)num;
		return r;
	case TAG_ATTACHMENTS:
		r = mm_wire_get_num(field, 0, UINT32_MAX, &num);
		findings->attachments = (uint32_t)num;
		return r;
	case TAG_FROM:
		return mm_wire_get_str(field, MM_TEXT_MAX, &findings->from);
	case TAG_SUBJECT:
		return mm_wire_get_str(field, MM_TEXT_MAX, &findings->subject);
	case TAG_DATE:
		return mm_wire_get_str(field, MM_TEXT_MAX, &findings->date);
	case TAG_MESSAGE_ID:
		return mm_wire_get_str(field, MM_TEXT_MAX,
				       &findings->message_id);
	case TAG_SIZE:
		return mm_wire_get_num(field, 0, UINT64_MAX, &findings->size);
	case TAG_SCAN_MS:
		r = mm_wire_get_num(field, 0, UINT32_MAX, &num);
		findings->scan_ms = (uint32_t)num;
		return r;
	default:
		return 0;
	}
}

int mm_findings_decode(const void *data, size_t len,
		       struct mm_findings *findings_r)
{
	int r;

	memset(findings_r, 0, sizeof(*findings_r));
	findings_r->from = findings_r->subject = "";
	findings_r->date = findings_r->message_id = "";
	r = mm_list_each(data, len, get_findings_field, findings_r);
	if (r < 0)
		return r;
	return findings_r->version == 0 || findings_r->verdict == 0
		       ? MM_ERR_FORMAT
		       : 0;
}

void mm_findings_clear(struct mm_findings *findings)
{
	free(findings->list);
	memset(findings, 0, sizeof(*findings));
}
