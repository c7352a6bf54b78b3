/*
 * Exim's entry point: look at the message in Exim's hands, ask the daemon,
 * carry out the answer. The only file that includes Exim's local_scan.h.
 *
 * Runs inside Exim's receiving process, as Exim's user, once a message. Must
 * never exit, fork, raise or catch signals, start threads, change the locale
 * or call syslog; and it keeps nothing from one message to the next. Of Exim's
 * functions it uses only those whose form is the same in every version.
 */
#ifndef LOCAL_SCAN
#define LOCAL_SCAN
#endif
#include <local_scan.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/text.h"
#include "exim_local_scan/apply.h"
#include "exim_local_scan/client.h"
#include "exim_local_scan/envelope.h"
#include "exim_local_scan/host.h"
#include "exim_local_scan/outcome.h"
#include "exim_local_scan/settings.h"

#define TYPE_DELETED '*'
#define TYPE_OTHER ' '
#define LOG_TEXT_MAX 1000u

struct mm_host {
	header_line **lines;	/* of the request's headers */
};

struct job {
	struct mm_settings settings;
	struct mm_origin origin;
	enum mm_submission submission;
	struct mm_mark mark;	/* who submitted it */
	const char *result;	/* the first of our headers' name removed */
	struct mm_scan_request req;
	struct mm_answer answer;
	struct mm_host host;
};

#define EXPORT __attribute__((visibility("default")))
EXPORT int local_scan_version_major(void);
EXPORT int local_scan_version_minor(void);

int local_scan_version_major(void)
{
	return LOCAL_SCAN_ABI_VERSION_MAJOR;
}

int local_scan_version_minor(void)
{
	return LOCAL_SCAN_ABI_VERSION_MINOR;
}

void mm_host_add_header(struct mm_host *host, const char *text)
{
	(void)host;
	header_add_at_position(FALSE, NULL, FALSE, TYPE_OTHER, "%s", text);
}

void mm_host_set_header(struct mm_host *host, uint32_t index, const char *text)
{
	header_line *h = host->lines[index];

	h->text = string_copy(US text);
	h->slen = (int)strlen(text);
}

void mm_host_delete_header(struct mm_host *host, uint32_t index)
{
	host->lines[index]->type = TYPE_DELETED;
}

void mm_host_remove_recipient(struct mm_host *host, const char *address)
{
	(void)host;
	while (receive_remove_recipient(US address))
		;
}

void mm_host_body_changed(struct mm_host *host, int lines, int zeros)
{
	(void)host;
	body_linecount = lines;
	body_zerocount = zeros;
}

/* The value of a constant such as "$sender_helo_name", or NULL. Lives as long
 * as the message. */
static const char *expand(const char *name)
{
	const char *value = (const char *)expand_string(US name);

	return value != NULL && *value != '\0' ? value : NULL;
}

static uint32_t expand_number(const char *name, uint32_t otherwise)
{
	const char *value = expand(name);
	uint64_t num;

	if (value == NULL || mm_text_number(value, 0, UINT32_MAX, &num) < 0)
		return otherwise;
	return (uint32_t)num;
}

/* Delete every X-Mamori-* header: only what is added from here on is ours.
 * Takes the pending mark with it if there is exactly one well-formed one. */
static bool strip_headers(struct mm_mark *mark_r, const char **result_r)
{
	unsigned int marks = 0;
	struct mm_mark mark;
	header_line *h;
	bool good = true;
	int r;

	for (h = header_list; h != NULL; h = h->next) {
		const char *text = (const char *)h->text;

		if (text == NULL || h->type == TYPE_DELETED ||
		    !mm_header_is_ours(text, (size_t)h->slen))
			continue;
		if (*result_r == NULL && mm_header_is_result(text))
			*result_r = text;
		r = mm_mark_parse(text, (size_t)h->slen, &mark);
		if (r == 1)
			*mark_r = mark;
		good = good && r >= 0;
		marks += r != 0;
		h->type = TYPE_DELETED;
	}
	return good && marks == 1;
}

static void read_origin(struct job *job)
{
	struct mm_origin *origin = &job->origin;

	origin->smtp = smtp_input;
	origin->batched = smtp_batched_input;
	origin->host_address = (const char *)sender_host_address;
	origin->protocol = (const char *)received_protocol;
	/* Two different numbers: what cannot be read is nobody's. */
	origin->uid = expand_number("$originator_uid", UINT32_MAX);
	origin->exim_uid = expand_number("$exim_uid", UINT32_MAX - 1);
	origin->marked = strip_headers(&job->mark, &job->result);
	job->submission = mm_submission_of(origin);
	if (job->submission != MM_SUBMISSION_RESCAN)
		mm_mark_set(&job->mark, origin->uid,
			    sender_host_address == NULL
				    ? expand("$sender_ident")
				    : NULL);
}

static int read_headers(struct job *job)
{
	struct mm_scan_request *req = &job->req;
	size_t count = 0;
	header_line *h;

	for (h = header_list; h != NULL; h = h->next)
		count++;
	req->headers = calloc(count + 1, sizeof(*req->headers));
	job->host.lines = calloc(count + 1, sizeof(*job->host.lines));
	if (req->headers == NULL || job->host.lines == NULL)
		return MM_ERR_NOMEM;
	for (h = header_list; h != NULL; h = h->next) {
		if (h->type == TYPE_DELETED || h->text == NULL || h->slen < 1)
			continue;
		job->host.lines[req->nheaders] = h;
		req->headers[req->nheaders++] = (struct mm_header){
			.type = (char)h->type,
			.text = (const char *)h->text,
			.len = (size_t)h->slen,
		};
	}
	return 0;
}

/* RFC 3461; lives as long as the message. NULL for nothing. */
static const char *rcpt_options(const recipient_item *item)
{
	struct mm_buf text;
	uschar *options = NULL;

	mm_buf_init(&text, MM_TEXT_MAX);
	if (mm_dsn_options(&text, (unsigned int)item->dsn_flags,
			   (const char *)item->orcpt) == 0 && text.len > 0)
		options = string_copy(US mm_buf_str(&text));
	mm_buf_clear(&text);
	return (const char *)options;
}

static int read_recipients(struct mm_scan_request *req)
{
	int i;

	req->recipients = calloc((size_t)recipients_count,
				 sizeof(*req->recipients));
	req->options = calloc((size_t)recipients_count,
			      sizeof(*req->options));
	if (req->recipients == NULL || req->options == NULL)
		return MM_ERR_NOMEM;
	for (i = 0; i < recipients_count; i++) {
		req->recipients[i] = (const char *)recipients_list[i].address;
		req->options[i] = rcpt_options(&recipients_list[i]);
	}
	req->nrecipients = (size_t)recipients_count;
	return 0;
}

static int read_request(struct job *job, int data_fd)
{
	struct mm_scan_request *req = &job->req;
	int r;

	req->trace = (const char *)message_id;
	req->sender = (const char *)sender_address;
	req->host_address = job->origin.host_address;
	req->host_name = (const char *)sender_host_name;
	req->helo = expand("$sender_helo_name");
	req->protocol = job->origin.protocol;
	req->tls_cipher = expand("$tls_in_cipher");
	/* For local mail $authenticated_id is the login: not an AUTH. */
	if (sender_host_authenticated != NULL)
		req->auth_id = expand("$authenticated_id");
	if (job->mark.login[0] != '\0')
		req->login = job->mark.login;
	req->mail_command = mm_short_text(expand("$acl_m_mamori_mail"));
	/* Only from a local process that speaks SMTP, as our courier does. */
	if (job->submission == MM_SUBMISSION_DIALOGUE &&
	    sender_host_address == NULL)
		req->result = mm_short_text(job->result);
	req->uid = job->mark.uid;
	req->exim_uid = job->origin.exim_uid;
	req->port = expand_number("$received_port", 0);
	req->refused = expand_number("$rcpt_fail_count", 0);
	req->pending = job->submission == MM_SUBMISSION_RESCAN;
	req->deadline = mm_deadline_in(job->settings.deadline_ms);
	/* Behind the file's own name, whose length depends on the version. */
	req->body_offset = strlen((const char *)message_id) + 3;
	req->flags = (job->origin.smtp ? MM_SCAN_SMTP : 0u) |
		     (job->origin.batched ? MM_SCAN_BATCHED : 0u) |
		     (req->tls_cipher != NULL ? MM_SCAN_TLS : 0u);
	r = mm_body_is_wireformat(data_fd, (off_t)req->body_offset);
	if (r < 0)
		return r;
	req->flags |= r == 1 ? MM_SCAN_WIREFORMAT : 0u;
	if ((r = read_headers(job)) < 0)
		return r;
	return read_recipients(req);
}

/* Only Exim's process can reopen its file, and the daemon must not get a
 * descriptor that writes or shares Exim's offset. Closing any descriptor of a
 * file drops the process's POSIX locks on it, so Exim's is taken again. */
static int ask(struct job *job, int data_fd)
{
	struct flock lock = { .l_type = F_WRLCK,
			      .l_whence = SEEK_SET,
			      .l_len = (off_t)job->req.body_offset };
	char path[40];
	int fd, r;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", data_fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return MM_ERR_SYS;
	r = mm_ask(job->settings.socket, &job->req, fd, &job->answer);
	mm_close(&fd);
	if (fcntl(data_fd, F_SETLK, &lock) < 0)
		log_write(0, LOG_MAIN, "mamori event=lock-lost");
	return r;
}

/* A line of ours for the main log; text is foreign. */
static void log_text(const char *event, const char *reason, const char *text)
{
	struct mm_buf line;

	mm_buf_init(&line, 8 * LOG_TEXT_MAX);
	if (text != NULL &&
	    mm_text_printable(&line, text, strlen(text), LOG_TEXT_MAX) < 0)
		mm_buf_reset(&line);
	log_write(0, LOG_MAIN, "mamori event=%s%s%s%s%s%s", event,
		  reason == NULL ? "" : " reason=",
		  reason == NULL ? "" : reason,
		  line.len == 0 ? "" : " text=\"", mm_buf_str(&line),
		  line.len == 0 ? "" : "\"");
	mm_buf_clear(&line);
}

static int refuse(const char *reply, char class, uschar **return_text)
{
	struct mm_buf text;

	mm_buf_init(&text, 16384);
	if (mm_reply_text(&text, reply, class) == 0)
		*return_text = string_copy(US mm_buf_str(&text));
	mm_buf_clear(&text);
	return class == '5' ? LOCAL_SCAN_REJECT : LOCAL_SCAN_TEMPREJECT;
}

static void add_result(const char *reason)
{
	header_add_at_position(FALSE, NULL, FALSE, TYPE_OTHER,
			       "X-Mamori-Result: not-checked; reason=%s\n",
			       reason);
}

/* At the end: unlike the result it is no trace header. Exim dies rather than
 * fails to add it; a mail without it would be delivered unscanned. */
static void add_mark(const struct mm_mark *mark)
{
	header_add(TYPE_OTHER, MM_MARK_LINE, (unsigned long)mark->uid,
		   mark->login);
}

static int carry_out(struct job *job, enum mm_outcome outcome,
		     const char *reason, uschar **return_text)
{
	const char *reply = job->answer.verdict.reply;

	switch (outcome) {
	case MM_OUTCOME_ACCEPT:
		break;
	case MM_OUTCOME_REJECT:
		return refuse(reply, '5', return_text);
	case MM_OUTCOME_TEMPREJECT:
		return refuse(reply, '4', return_text);
	case MM_OUTCOME_DISCARD:
		recipients_count = 0;
		break;
	case MM_OUTCOME_PENDING:
		log_text("pending", reason, NULL);
		add_mark(&job->mark);
		break;
	case MM_OUTCOME_UNCHECKED:
		add_result(reason);
		break;
	}
	return LOCAL_SCAN_ACCEPT;
}

static int scan(struct job *job, int data_fd, uschar **return_text)
{
	enum mm_outcome outcome;
	int asked, r;

	if ((r = read_request(job, data_fd)) == 0)
		r = ask(job, data_fd);
	asked = r;
	if (r == 0 && job->answer.verdict.action == MM_ACTION_ACCEPT)
		r = mm_apply(&job->host, &job->req, &job->answer, data_fd);
	if (r == 0) {
		if (job->answer.verdict.log != NULL)
			log_text("verdict", NULL, job->answer.verdict.log);
		outcome = mm_outcome_of_verdict(job->submission,
						job->answer.verdict.action);
		return carry_out(job, outcome, "deferred", return_text);
	}
	log_text("not-scanned", mm_failure_reason(r),
		 asked == 0 ? mm_err_text(r) : job->answer.why);
	job->answer.verdict.reply = NULL;
	/* The body is gone: whatever the mail is, it cannot be accepted. */
	if (asked == 0 && r == MM_ERR_SYS)
		return refuse(NULL, '4', return_text);
	outcome = mm_outcome_of_failure(job->submission,
					job->settings.accept_on_failure);
	return carry_out(job, outcome, mm_failure_reason(r), return_text);
}

int local_scan(int fd, uschar **return_text)
{
	struct job job = { .req = { .version = 0 } };
	int r;

	if (host_checking)
		return LOCAL_SCAN_ACCEPT;
	mm_answer_init(&job.answer);
	read_origin(&job);
	if (recipients_count < 1)
		return LOCAL_SCAN_ACCEPT;
	mm_settings_read(&job.settings);
	if (job.settings.problem != NULL)
		log_text("bad-setting", job.settings.problem, NULL);
	r = scan(&job, fd, return_text);
	mm_answer_clear(&job.answer);
	mm_scan_request_clear(&job.req);
	free(job.host.lines);
	return r;
}
