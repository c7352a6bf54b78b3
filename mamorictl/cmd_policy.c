/*
 * mamorictl policy test: asks a gate of the running daemon what would happen
 * to a mail, as if Exim had just got it. Nothing happens.
 */
#include <arpa/inet.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorictl/client.h"
#include "mamorictl/dry_run.h"
#include "mamorictl/mailfile.h"

/* Of a host that is nobody's (RFC 5737). */
#define ANY_HOST "192.0.2.1"
/* For a free gate and inspector, beside the scans: one of the mail, and one of
 * what it would be changed to. */
#define QUEUE_MS INT64_C(60000)
#define SCANS 2

/* A header field with its folded lines ends where a line begins anew. */
static size_t field_len(const char *text, size_t len)
{
	const char *end = text, *lf;

	do {
		lf = memchr(end, '\n', len - (size_t)(end - text));
		if (lf == NULL)
			return len;
		end = lf + 1;
	} while (end < text + len && (*end == ' ' || *end == '\t'));
	return (size_t)(end - text);
}

/* As Exim's module does it: fields that speak for us are taken off. */
static bool is_ours(const char *text, size_t len)
{
	static const char ours[] = "X-Mamori-";

	return len >= sizeof(ours) - 1 &&
	       strncasecmp(text, ours, sizeof(ours) - 1) == 0;
}

static int add_headers(struct mm_scan_request *req, const struct mm_buf *block)
{
	const char *text = mm_buf_str(block);
	size_t left = block->len, count = 1, i, n;

	for (i = 0; i < block->len; i++)
		count += text[i] == '\n';
	if (count > MM_HEADERS_MAX)
		return MM_ERR_LIMIT;
	req->headers = calloc(count, sizeof(*req->headers));
	if (req->headers == NULL)
		return MM_ERR_NOMEM;
	for (; left > 0; text += n, left -= n) {
		n = field_len(text, left);
		if (!is_ours(text, n))
			req->headers[req->nheaders++] = (struct mm_header){
				.type = ' ', .text = text, .len = n
			};
	}
	return 0;
}

/* Who hands the mail over: a client with or without AUTH, or a login here. */
static int put_origin(const struct mm_ctl *ctl, struct mm_scan_request *req)
{
	const struct passwd *user;
	unsigned char address[16];

	if (ctl->local != NULL && (ctl->auth != NULL || ctl->host != NULL))
		return mm_ctl_error("--local goes neither with --auth nor with "
				    "--host");
	if (ctl->local != NULL) {
		if ((user = getpwnam(ctl->local)) == NULL)
			return mm_ctl_error("%s: no such user", ctl->local);
		req->login = ctl->local;
		req->uid = user->pw_uid;
		req->protocol = "local";
		return 0;
	}
	req->host_address = ctl->host != NULL ? ctl->host : ANY_HOST;
	if (inet_pton(AF_INET, req->host_address, address) != 1 &&
	    inet_pton(AF_INET6, req->host_address, address) != 1)
		return mm_ctl_error("%s: not an IP address",
				    req->host_address);
	req->auth_id = ctl->auth;
	req->protocol = ctl->auth != NULL ? "esmtpsa" : "esmtp";
	req->flags |= MM_SCAN_SMTP;
	return 0;
}

/* Exim gives all addresses a domain and takes their case as it is. */
static int check_address(const char *address)
{
	const char *at = strrchr(address, '@');

	if (strlen(address) > MM_ADDRESS_MAX || at == NULL || at == address ||
	    at[1] == '\0')
		return mm_ctl_error("%s: not a mail address", address);
	return 0;
}

static int put_envelope(const struct mm_ctl *ctl, struct mm_scan_request *req)
{
	size_t i;
	int status = 0;

	if (ctl->from == NULL)
		return mm_ctl_error("--from SENDER is missing; \"\" is that of "
				    "a bounce");
	if (ctl->nrcpts == 0)
		return mm_ctl_error("--rcpt RECIPIENT is missing");
	if (*ctl->from != '\0')
		status = check_address(ctl->from);
	for (i = 0; status == 0 && i < ctl->nrcpts; i++)
		status = check_address(ctl->rcpts[i]);
	req->sender = ctl->from;
	req->recipients = ctl->rcpts;
	req->nrecipients = ctl->nrcpts;
	return status != 0 ? status : put_origin(ctl, req);
}

static int tell(const struct mm_ctl *ctl, const struct mm_scan_request *req,
		const struct mm_mailfile *mail)
{
	struct mm_rows rows;
	int status = mm_client_dry_run(ctl, req, mail->body_fd, &rows);

	if (status == 0 && ctl->json)
		mm_json_print(mm_dry_run_json(&rows));
	else if (status == 0)
		mm_dry_run_print(&rows);
	mm_rows_clear(&rows);
	return status;
}

static int test(const struct mm_ctl *ctl, struct mm_scan_request *req,
		const struct mm_mailfile *mail)
{
	const int64_t scan_ms = (int64_t)ctl->conf.limits_scan_time * 1000;
	struct mm_buf block;
	int r, status;

	req->body_offset = mail->body_offset;
	if (mail->wireformat)
		req->flags |= MM_SCAN_WIREFORMAT;
	req->deadline = mm_deadline_in(SCANS * scan_ms + QUEUE_MS);
	mm_buf_init(&block, MM_HEADER_MAX + 2);
	if ((r = mm_read_fd(mail->header_fd, 0, &block)) == 0 &&
	    block.len > 0 && block.data[block.len - 1] != '\n')
		r = mm_buf_puts(&block, "\n");
	if (r == 0)
		r = add_headers(req, &block);
	status = r < 0 ? mm_ctl_error("%s: %s", ctl->operands[0],
				      mm_err_text(r))
		       : tell(ctl, req, mail);
	free(req->headers);
	mm_buf_clear(&block);
	return status;
}

int mm_cmd_policy_test(struct mm_ctl *ctl)
{
	struct mm_scan_request req = { .flags = MM_SCAN_DRY_RUN };
	struct mm_mailfile mail;
	char trace[32];
	int r, status = mm_ctl_conf(ctl);

	if (status == 0)
		status = put_envelope(ctl, &req);
	if (status != 0)
		return status;
	(void)snprintf(trace, sizeof(trace), "dry-%ld", (long)getpid());
	req.trace = trace;
	r = mm_mailfile_open(&mail, ctl->operands[0],
			     ctl->conf.limits_message_size + MM_HEADER_MAX);
	if (r < 0)
		status = mm_ctl_error("%s: %s", ctl->operands[0],
				      mm_mailfile_error(r));
	else
		status = test(ctl, &req, &mail);
	mm_mailfile_close(&mail);
	return status;
}
