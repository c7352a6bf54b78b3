/*
 * scan.sock: the request that the Exim module sends and the verdict it gets.
 * Libc only, since the module carries this file.
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
	TAG_SENDER = 3,
	TAG_RECIPIENT = 4,
	TAG_HEADER = 5,		/* type byte, then the text */
	TAG_AUTH_ID = 6,
	TAG_HOST_ADDRESS = 7,
	TAG_HOST_NAME = 8,
	TAG_HELO = 9,
	TAG_PROTOCOL = 10,
	TAG_TLS_CIPHER = 11,
	TAG_LOGIN = 12,
	TAG_UID = 13,
	TAG_EXIM_UID = 14,
	TAG_PORT = 15,
	TAG_FLAGS = 16,
	TAG_DEADLINE = 17,
	TAG_BODY_OFFSET = 18,
	TAG_PENDING = 19,
	TAG_RECIPIENT_OPTIONS = 20, /* of the recipient before it */
	TAG_MAIL_COMMAND = 21,
	TAG_RESULT = 22,
	TAG_REFUSED = 23,
};

enum verdict_tag {
	TAG_ACTION = 2,
	TAG_REPLY = 3,
	TAG_LOG = 4,
	TAG_EDIT = 5,		/* a nested list */
};

enum edit_tag {
	TAG_EDIT_TYPE = 1,
	TAG_EDIT_INDEX = 2,
	TAG_EDIT_TEXT = 3,
};

/* ---- request --------------------------------------------------------- */

static int put_header(struct mm_buf *buf, const struct mm_header *header)
{
	struct mm_buf field;
	int r;

	mm_buf_init(&field, MM_HEADER_MAX);
	r = mm_buf_put(&field, &header->type, 1);
	if (r == 0)
		r = mm_buf_put(&field, header->text, header->len);
	if (r == 0)
		r = mm_wire_put(buf, TAG_HEADER, field.data, field.len);
	mm_buf_clear(&field);
	return r;
}

static int put_envelope(struct mm_buf *buf, const struct mm_scan_request *req)
{
	size_t i;
	int r;

	if ((r = mm_wire_put_str(buf, TAG_TRACE, req->trace)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_SENDER, req->sender)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_AUTH_ID, req->auth_id)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_HOST_ADDRESS, req->host_address)) <
		    0 ||
	    (r = mm_wire_put_str(buf, TAG_HOST_NAME, req->host_name)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_HELO, req->helo)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_PROTOCOL, req->protocol)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_TLS_CIPHER, req->tls_cipher)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_LOGIN, req->login)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_MAIL_COMMAND, req->mail_command)) <
		    0 ||
	    (r = mm_wire_put_str(buf, TAG_RESULT, req->result)) < 0)
		return r;
	for (i = 0; i < req->nrecipients && r == 0; i++) {
		r = mm_wire_put_str(buf, TAG_RECIPIENT, req->recipients[i]);
		if (r == 0 && req->options != NULL)
			r = mm_wire_put_str(buf, TAG_RECIPIENT_OPTIONS,
					    req->options[i]);
	}
	return r;
}

int mm_scan_request_encode(struct mm_buf *buf,
			   const struct mm_scan_request *req)
{
	size_t i;
	int r;

	if ((r = mm_wire_put_num(buf, TAG_VERSION, MM_PROTO_VERSION)) < 0 ||
	    (r = put_envelope(buf, req)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_UID, req->uid)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_EXIM_UID, req->exim_uid)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_PORT, req->port)) < 0 ||
	    (req->refused > 0 &&
	     (r = mm_wire_put_num(buf, TAG_REFUSED, req->refused)) < 0) ||
	    (r = mm_wire_put_num(buf, TAG_FLAGS, req->flags)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_DEADLINE, (uint64_t)req->deadline)) <
		    0 ||
	    (r = mm_wire_put_num(buf, TAG_BODY_OFFSET, req->body_offset)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_PENDING, req->pending)) < 0)
		return r;
	for (i = 0; i < req->nheaders && r == 0; i++)
		r = put_header(buf, &req->headers[i]);
	return r;
}

static int get_header(const struct mm_wire *field, struct mm_scan_request *req)
{
	size_t len = mm_wire_left(field);
	struct mm_header *header;
	int r;

	if (len < 2)
		return MM_ERR_FORMAT;
	r = mm_list_grow((void **)&req->headers, req->nheaders,
			 sizeof(*req->headers), MM_HEADERS_MAX);
	if (r < 0)
		return r;
	header = &req->headers[req->nheaders++];
	header->type = (char)field->pos[0];
	header->text = (const char *)field->pos + 1;
	header->len = len - 1;
	return 0;
}

static int get_recipient(const struct mm_wire *field,
			 struct mm_scan_request *req)
{
	int r = mm_list_grow((void **)&req->recipients, req->nrecipients,
			     sizeof(*req->recipients), MM_RECIPIENTS_MAX);

	if (r < 0 ||
	    (r = mm_list_grow((void **)&req->options, req->nrecipients,
			      sizeof(*req->options), MM_RECIPIENTS_MAX)) < 0)
		return r;
	return mm_wire_get_str(field, MM_TEXT_MAX,
			       &req->recipients[req->nrecipients++]);
}

static int get_request_text(uint16_t tag, const struct mm_wire *field,
			    struct mm_scan_request *req)
{
	switch (tag) {
	case TAG_TRACE:
		return mm_wire_get_str(field, MM_TRACE_MAX, &req->trace);
	case TAG_SENDER:
		return mm_wire_get_str(field, MM_TEXT_MAX, &req->sender);
	case TAG_RECIPIENT:
		return get_recipient(field, req);
	case TAG_HEADER:
		return get_header(field, req);
	case TAG_AUTH_ID:
		return mm_wire_get_str(field, MM_TEXT_MAX, &req->auth_id);
	case TAG_HOST_ADDRESS:
		return mm_wire_get_str(field, MM_TEXT_MAX, &req->host_address);
	case TAG_HOST_NAME:
		return mm_wire_get_str(field, MM_TEXT_MAX, &req->host_name);
	case TAG_HELO:
		return mm_wire_get_str(field, MM_TEXT_MAX, &req->helo);
	case TAG_PROTOCOL:
		return mm_wire_get_str(field, MM_TEXT_MAX, &req->protocol);
	case TAG_TLS_CIPHER:
		return mm_wire_get_str(field, MM_TEXT_MAX, &req->tls_cipher);
	case TAG_LOGIN:
		return mm_wire_get_str(field, MM_TEXT_MAX, &req->login);
	case TAG_RECIPIENT_OPTIONS:
		if (req->nrecipients == 0)
			return MM_ERR_FORMAT;
		return mm_wire_get_str(field, MM_TEXT_MAX,
				       &req->options[req->nrecipients - 1]);
	case TAG_MAIL_COMMAND:
		return mm_wire_get_str(field, MM_TEXT_MAX, &req->mail_command);
	case TAG_RESULT:
		return mm_wire_get_str(field, MM_TEXT_MAX, &req->result);
	default:
		return 0;
	}
}

static int get_request_field(uint16_t tag, const struct mm_wire *field,
			     void *out)
{
	struct mm_scan_request *req = out;
	uint64_t num = 0;
	int r;

	switch (tag) {
	case TAG_VERSION:
		return mm_list_version(field, &req->version);
	case TAG_UID:
		r = mm_wire_get_num(field, 0, UINT32_MAX, &num);
		req->uid = (uint32_t)num;
		return r;
	case TAG_EXIM_UID:
		r = mm_wire_get_num(field, 0, UINT32_MAX, &num);
		req->exim_uid = (uint32_t)num;
		return r;
	case TAG_PORT:
		r = mm_wire_get_num(field, 0, UINT16_MAX, &num);
		req->port = (uint32_t)num;
		return r;
	case TAG_REFUSED:
		r = mm_wire_get_num(field, 0, UINT32_MAX, &num);
		req->refused = (uint32_t)num;
		return r;
	case TAG_FLAGS:
		r = mm_wire_get_num(field, 0, UINT32_MAX, &num);
		req->flags = (uint32_t)num;
		return r;
	case TAG_DEADLINE:
		r = mm_wire_get_num(field, 0, INT64_MAX, &num);
		req->deadline = (mm_deadline)num;
		return r;
	case TAG_BODY_OFFSET:
		return mm_wire_get_num(field, 0, INT32_MAX, &req->body_offset);
	case TAG_PENDING:
		r = mm_wire_get_num(field, 0, 1, &num);
		req->pending = num == 1;
		return r;
	default:
		return get_request_text(tag, field, req);
	}
}

int mm_scan_request_decode(const void *data, size_t len,
			   struct mm_scan_request *req_r)
{
	int r;

	memset(req_r, 0, sizeof(*req_r));
	r = mm_list_each(data, len, get_request_field, req_r);
	if (r < 0)
		return r;
	if (req_r->version == 0 || req_r->trace == NULL ||
	    req_r->sender == NULL || req_r->deadline == 0)
		return MM_ERR_FORMAT;
	return 0;
}

void mm_scan_request_clear(struct mm_scan_request *req)
{
	free(req->recipients);
	free(req->options);
	free(req->headers);
	memset(req, 0, sizeof(*req));
}

/* ---- verdict --------------------------------------------------------- */

static int put_edit(struct mm_buf *buf, const struct mm_edit *edit)
{
	struct mm_buf list;
	int r;

	mm_buf_init(&list, MM_LIST_MAX);
	if ((r = mm_wire_put_num(&list, TAG_EDIT_TYPE, edit->type)) == 0 &&
	    (r = mm_wire_put_num(&list, TAG_EDIT_INDEX, edit->index)) == 0 &&
	    (r = mm_wire_put_str(&list, TAG_EDIT_TEXT, edit->text)) == 0)
		r = mm_wire_put(buf, TAG_EDIT, list.data, list.len);
	mm_buf_clear(&list);
	return r;
}

int mm_scan_verdict_encode(struct mm_buf *buf,
			   const struct mm_scan_verdict *verdict)
{
	size_t i;
	int r;

	if ((r = mm_wire_put_num(buf, TAG_VERSION, MM_PROTO_VERSION)) < 0 ||
	    (r = mm_wire_put_num(buf, TAG_ACTION, verdict->action)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_REPLY, verdict->reply)) < 0 ||
	    (r = mm_wire_put_str(buf, TAG_LOG, verdict->log)) < 0)
		return r;
	for (i = 0; i < verdict->nedits && r == 0; i++)
		r = put_edit(buf, &verdict->edits[i]);
	return r;
}

static int get_edit(const struct mm_wire *list, struct mm_edit *edit)
{
	struct mm_wire in = *list, field;
	uint64_t num = 0;
	uint16_t tag;
	int r;

	memset(edit, 0, sizeof(*edit));
	while ((r = mm_wire_next(&in, &tag, &field)) > 0) {
		if (tag == TAG_EDIT_TYPE) {
			r = mm_wire_get_num(&field, MM_EDIT_ADD_HEADER,
					    MM_EDIT_REMOVE_RECIPIENT, &num);
			edit->type = (enum mm_edit_type)num;
		} else if (tag == TAG_EDIT_INDEX) {
			r = mm_wire_get_num(&field, 0, MM_HEADERS_MAX, &num);
			edit->index = (uint32_t)num;
		} else if (tag == TAG_EDIT_TEXT) {
			r = mm_wire_get_str(&field, MM_HEADER_MAX, &edit->text);
		}
		if (r < 0)
			return r;
	}
	if (r == 0 && (edit->type == 0 ||
		       (edit->text == NULL &&
			edit->type != MM_EDIT_DELETE_HEADER)))
		return MM_ERR_FORMAT;
	return r;
}

static int get_verdict_field(uint16_t tag, const struct mm_wire *field,
			     void *out)
{
	struct mm_scan_verdict *verdict = out;
	uint64_t num = 0;
	int r;

	switch (tag) {
	case TAG_VERSION:
		return mm_list_version(field, &verdict->version);
	case TAG_ACTION:
		r = mm_wire_get_num(field, MM_ACTION_ACCEPT, MM_ACTION_DISCARD,
				    &num);
		verdict->action = (enum mm_action)num;
		return r;
	case TAG_REPLY:
		return mm_wire_get_str(field, MM_TEXT_MAX, &verdict->reply);
	case TAG_LOG:
		return mm_wire_get_str(field, MM_TEXT_MAX, &verdict->log);
	case TAG_EDIT:
		r = mm_list_grow((void **)&verdict->edits, verdict->nedits,
				 sizeof(*verdict->edits), MM_EDITS_MAX);
		if (r == 0)
			r = get_edit(field, &verdict->edits[verdict->nedits++]);
		return r;
	default:
		return 0;
	}
}

int mm_scan_verdict_decode(const void *data, size_t len,
			   struct mm_scan_verdict *verdict_r)
{
	int r;

	memset(verdict_r, 0, sizeof(*verdict_r));
	r = mm_list_each(data, len, get_verdict_field, verdict_r);
	if (r < 0)
		return r;
	return verdict_r->version == 0 || verdict_r->action == 0
		       ? MM_ERR_FORMAT
		       : 0;
}

void mm_scan_verdict_clear(struct mm_scan_verdict *verdict)
{
	free(verdict->edits);
	memset(verdict, 0, sizeof(*verdict));
}
