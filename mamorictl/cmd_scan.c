/*
 * mamorictl scan: asks an inspector of the running daemon about mails on disk,
 * one connection a mail, as a gate would. Prints a line for each.
 */
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorictl/client.h"
#include "mamorictl/mailfile.h"
#include "mamorictl/oneshot.h"
#include "mamorictl/verdict.h"

#define INSPECT_SOCK "inspect.sock"	/* as mamorid binds it */
#define TRIES 2
/* What a mail may wait for a free inspector, beside its own scan. */
#define QUEUE_MS INT64_C(60000)
/* For the answer after the inspector's own deadline. */
#define GRACE_MS INT64_C(5000)

/* Ask until there is an answer, twice at most. As mm_client_inspect(), or a
 * connection error with *connected_r false. */
static int ask(const struct mm_ctl *ctl, const struct mm_mailfile *mail,
	       struct mm_inspect_request *req, struct mm_buf *answer,
	       bool *connected_r)
{
	const int64_t ms = (int64_t)ctl->conf.limits_scan_time * 1000;
	mm_deadline deadline;
	int tries, fd, r = 0;

	for (tries = 0; tries < TRIES; tries++) {
		deadline = mm_deadline_in(ms + QUEUE_MS + GRACE_MS);
		req->deadline = mm_deadline_in(ms + QUEUE_MS);
		mm_buf_reset(answer);
		fd = mm_client_connect(ctl, INSPECT_SOCK, deadline);
		*connected_r = fd >= 0;
		if (fd < 0)
			return fd;
		r = mm_client_inspect(fd, req, mail->header_fd, mail->body_fd,
				      deadline, answer);
		mm_close(&fd);
		/* Only a worker that died is worth another one. */
		if (r != MM_ERR_CLOSED && r != MM_ERR_FORMAT)
			break;
	}
	return r;
}

static const char *failure_text(int r)
{
	switch (r) {
	case MM_ERR_CLOSED:
	case MM_ERR_FORMAT:
		return "scanner crashed";
	case MM_ERR_TIMEOUT:
		return "scanner timed out";
	default:
		return mm_err_text(r);
	}
}

static int scan_mail(const struct mm_ctl *ctl, const char *file,
		     const struct mm_mailfile *mail, const char *trace)
{
	struct mm_inspect_request req = {
		.version = MM_PROTO_VERSION,
		.trace = trace,
		.body_offset = mail->body_offset,
		.wireformat = mail->wireformat,
	};
	struct mm_buf answer;
	bool connected;
	int r, status;

	mm_buf_init(&answer, MM_LIST_MAX);
	r = ask(ctl, mail, &req, &answer, &connected);
	if (r == 0)
		status = mm_verdict_answer(ctl->json, file, answer.data,
					   answer.len);
	else if (!connected)
		status = mm_client_complain(ctl, INSPECT_SOCK, r);
	else if (r == MM_ERR_PEER)
		status = mm_verdict_not_checked(ctl->json, file,
						mm_buf_str(&answer));
	else
		status = mm_verdict_not_checked(ctl->json, file,
						failure_text(r));
	mm_buf_clear(&answer);
	return status;
}

static int scan_file(const struct mm_ctl *ctl, int i)
{
	const char *file = ctl->operands[i];
	struct mm_mailfile mail;
	char trace[32];
	int r, status;

	(void)snprintf(trace, sizeof(trace), "ctl-%ld-%d", (long)getpid(), i);
	r = mm_mailfile_open(&mail, file,
			     ctl->conf.limits_message_size + MM_HEADER_MAX);
	if (r < 0)
		status = mm_ctl_error("%s: %s", file, mm_mailfile_error(r));
	else
		status = scan_mail(ctl, file, &mail, trace);
	mm_mailfile_close(&mail);
	return status;
}

int mm_cmd_scan(struct mm_ctl *ctl)
{
	int i, one, status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	if (ctl->engine != NULL)
		return mm_oneshot_scan(ctl);
	for (i = 0; i < ctl->count; i++) {
		one = scan_file(ctl, i);
		if (one > status)
			status = one;
	}
	return status;
}
