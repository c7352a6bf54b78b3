/*
 * mamorictl rewrite: has an inspector of the running daemon make another mail
 * of one on disk, as a gate would, and prints the new one. The file itself is
 * never changed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/text.h"
#include "mamorictl/client.h"
#include "mamorictl/mailfile.h"

#define INSPECT_SOCK "inspect.sock"	/* as mamorid binds it */
#define QUEUE_MS INT64_C(60000)
#define GRACE_MS INT64_C(5000)

struct rewriting {
	struct mm_rewrite_request req;
	struct mm_buf text;	/* for what is removed */
	struct mm_buf stamp;
	struct mm_mailfile mail;
	struct mm_buf answer;
	struct mm_rewrite_result result;
	int body_fd;
};

/* A text with its last line's end. */
static void set_text(struct mm_buf *buf, const char *text)
{
	mm_buf_reset(buf);
	mm_ctl_must(mm_buf_puts(buf, text));
	if (!mm_text_has_suffix(text, "\n"))
		mm_ctl_must(mm_buf_puts(buf, "\n"));
}

/* One operand: KIND=VALUE. */
static int read_change(struct rewriting *rw, const char *change)
{
	const char *value = strchr(change, '=');
	struct mm_rewrite_op *op = &rw->req.ops[rw->req.nops];

	if (value == NULL)
		return mm_ctl_error("%s: not KIND=VALUE", change);
	value++;
	if (!mm_text_is_utf8(value, strlen(value)))
		return mm_ctl_error("%s: not UTF-8", change);
	if (mm_text_has_prefix(change, "text=")) {
		set_text(&rw->text, value);
	} else if (mm_text_has_prefix(change, "stamp=")) {
		set_text(&rw->stamp, value);
	} else if (mm_text_has_prefix(change, "remove=") ||
		   mm_text_has_prefix(change, "clean=")) {
		op->kind = mm_text_has_prefix(change, "clean=")
			   ? MM_REWRITE_CLEAN : MM_REWRITE_REMOVE;
		op->part = value;
		rw->req.nops++;
	} else {
		return mm_ctl_error("%s: no such change; there are remove=, "
				    "clean=, text= and stamp=", change);
	}
	return 0;
}

static int read_plan(struct rewriting *rw, const struct mm_ctl *ctl)
{
	struct mm_rewrite_request *req = &rw->req;
	int status = 0;

	req->ops = calloc((size_t)ctl->count, sizeof(*req->ops));
	mm_ctl_must(req->ops == NULL ? MM_ERR_NOMEM : 0);
	for (int i = 1; i < ctl->count && status == 0; i++)
		status = read_change(rw, ctl->operands[i]);
	for (size_t i = 0; i < req->nops; i++)
		req->ops[i].text = mm_buf_str(&rw->text);
	if (rw->stamp.len > 0)
		req->stamp = mm_buf_str(&rw->stamp);
	if (status == 0 && req->nops == 0 && req->stamp == NULL)
		status = mm_ctl_error("nothing to change");
	return status;
}

static int ask(const struct mm_ctl *ctl, struct rewriting *rw)
{
	const int64_t ms = (int64_t)ctl->conf.limits_scan_time * 1000;
	const mm_deadline deadline = mm_deadline_in(ms + QUEUE_MS + GRACE_MS);
	const char *file = ctl->operands[0];
	struct mm_buf plan;
	int plan_fd = -1, fd = -1;
	int status = 0;
	int r;

	mm_buf_init(&plan, MM_LIST_MAX);
	rw->req.deadline = mm_deadline_in(ms + QUEUE_MS);
	mm_ctl_must(mm_rewrite_request_encode(&plan, &rw->req));
	plan_fd = mm_sealed_memfd("plan", plan.data, plan.len);
	if (plan_fd < 0)
		status = mm_ctl_error("%s", mm_err_text(plan_fd));
	else if ((fd = mm_client_connect(ctl, INSPECT_SOCK, deadline)) < 0)
		status = mm_client_complain(ctl, INSPECT_SOCK, fd);
	else if ((r = mm_client_rewrite(fd, plan_fd, rw->mail.header_fd,
					rw->mail.body_fd, deadline,
					&rw->answer, &rw->body_fd)) < 0)
		status = mm_ctl_error("%s: %s", file, r == MM_ERR_PEER
				      ? mm_buf_str(&rw->answer)
				      : mm_err_text(r));
	else if (mm_rewrite_result_decode(rw->answer.data, rw->answer.len,
					  &rw->result) < 0 ||
		 rw->result.noutcomes != rw->req.nops)
		status = mm_ctl_error("mamorid gave a bad answer");
	mm_close(&fd);
	mm_close(&plan_fd);
	mm_buf_clear(&plan);
	return status;
}

/* Standard output tells by itself whether it could be written to. */
static void print_header(const struct rewriting *rw)
{
	const char *header = rw->result.header;
	size_t len = rw->result.header_len;
	struct mm_buf old;

	mm_buf_init(&old, MM_HEADER_MAX);
	if (len == 0) {
		mm_ctl_must(mm_read_fd(rw->mail.header_fd, 0, &old));
		header = mm_buf_str(&old);
		len = old.len;
	}
	for (size_t i = 0; i < len; i++) {
		if (header[i] == '\n' && rw->mail.wireformat)
			putchar('\r');
		putchar(header[i]);
	}
	fputs(rw->mail.wireformat ? "\r\n" : "\n", stdout);
	mm_buf_clear(&old);
}

static int print_mail(const struct rewriting *rw)
{
	char chunk[16384];
	off_t at = 0;
	ssize_t n;

	print_header(rw);
	while ((n = pread(rw->body_fd, chunk, sizeof(chunk), at)) > 0) {
		at += n;
		if (fwrite(chunk, 1, (size_t)n, stdout) != (size_t)n)
			return MM_EXIT_ERROR;
	}
	return n < 0 ? mm_ctl_error("cannot read the new mail") : 0;
}

/* What was done with one part; the reason may quote the mail. */
static void report_part(const char *file, const char *part,
			const struct mm_rewrite_outcome *outcome)
{
	struct mm_buf reason;

	mm_buf_init(&reason, 8 * MM_TEXT_MAX);
	mm_ctl_must(mm_text_printable(&reason, outcome->reason,
				      strlen(outcome->reason), MM_TEXT_MAX));
	fprintf(stderr, "%s: part %s: %s%s%s\n", file, part,
		outcome->done == MM_REWRITE_CLEAN ? "cleaned" : "removed",
		reason.len > 0 ? ", " : "", mm_buf_str(&reason));
	mm_buf_clear(&reason);
}

/* What was done, and what the new mail is found to be. */
static int report(const struct rewriting *rw, const char *file)
{
	static const char *const stamped[] = {
		[MM_STAMPED_BODY] = "in front of the text",
		[MM_STAMPED_PART] = "as a part of its own",
	};
	const struct mm_rewrite_result *result = &rw->result;
	struct mm_findings findings;
	enum mm_verdict verdict = MM_VERDICT_NOT_CHECKED;

	for (size_t i = 0; i < result->noutcomes; i++)
		report_part(file, rw->req.ops[i].part, &result->outcomes[i]);
	if (result->stamped != MM_STAMPED_NOT)
		fprintf(stderr, "%s: stamped %s\n", file,
			stamped[result->stamped]);
	if (result->signed_broken)
		fprintf(stderr, "%s: the signature fits no more\n", file);
	if (mm_findings_decode(result->findings, result->findings_len,
			       &findings) == 0)
		verdict = findings.verdict;
	mm_findings_clear(&findings);
	fprintf(stderr, "%s: the new mail is %s\n", file,
		mm_verdict_name(verdict));
	return verdict == MM_VERDICT_CLEAN ? MM_EXIT_OK
	       : verdict == MM_VERDICT_INFECTED ? MM_EXIT_INFECTED
						: MM_EXIT_NOT_CHECKED;
}

static int rewrite(const struct mm_ctl *ctl, struct rewriting *rw)
{
	const char *file = ctl->operands[0];
	int status = read_plan(rw, ctl);
	int r;

	if (status != 0)
		return status;
	r = mm_mailfile_open(&rw->mail, file,
			     ctl->conf.limits_message_size + MM_HEADER_MAX);
	if (r < 0)
		return mm_ctl_error("%s: %s", file, mm_mailfile_error(r));
	rw->req.body_offset = rw->mail.body_offset;
	rw->req.wireformat = rw->mail.wireformat;
	if ((status = ask(ctl, rw)) != 0 || (status = print_mail(rw)) != 0)
		return status;
	return report(rw, file);
}

int mm_cmd_rewrite(struct mm_ctl *ctl)
{
	struct rewriting rw = {
		.mail = { .header_fd = -1, .body_fd = -1 },
		.body_fd = -1,
	};
	char trace[32];
	int status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	(void)snprintf(trace, sizeof(trace), "ctl-%ld", (long)getpid());
	rw.req.trace = trace;
	mm_buf_init(&rw.text, MM_REWRITE_TEXT_MAX);
	mm_buf_init(&rw.stamp, MM_REWRITE_TEXT_MAX);
	mm_buf_init(&rw.answer, MM_REWRITE_RESULT_MAX);
	set_text(&rw.text, "This part was removed.");
	status = rewrite(ctl, &rw);
	mm_close(&rw.body_fd);
	mm_mailfile_close(&rw.mail);
	mm_rewrite_result_clear(&rw.result);
	mm_rewrite_request_clear(&rw.req);
	mm_buf_clear(&rw.answer);
	mm_buf_clear(&rw.stamp);
	mm_buf_clear(&rw.text);
	return status;
}
