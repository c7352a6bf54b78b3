/*
 * The SMTP dialogue with the mail server. Courier, uid mamori-courier. Must
 * never put anything but a checked address into a command, and never report a
 * mail as sent before the 250 that follows its data.
 */
#include "mamorid/courier/smtp.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "core/err.h"
#include "mamorid/courier/dots.h"
#include "mamorid/courier/mta.h"
#include "mamorid/courier/values.h"

#define REPLY_MAX 16384u /* all lines of one reply */
#define CHUNK 16384u
#define QUIT_MS 5000
#define OPTIONS_MAX 2048u

struct session {
	struct mm_mta mta;
	int64_t step_ms;
	struct mm_buf in; /* received, not yet used */
	struct mm_buf reply; /* the last one, its lines */
	bool eight_bit;
	bool dsn;
};

/* ---- bytes ----------------------------------------------------------- */

static int send_bytes(struct session *s, const char *data, size_t len)
{
	const mm_deadline deadline = mm_deadline_in(s->step_ms);
	ssize_t n;
	int r;

	while (len > 0) {
		n = write(s->mta.to, data, len);
		if (n >= 0) {
			data += n;
			len -= (size_t)n;
			continue;
		}
		if (errno == EPIPE)
			return MM_ERR_CLOSED;
		if (errno != EAGAIN && errno != EINTR)
			return MM_ERR_SYS;
		if ((r = mm_wait_fd(s->mta.to, POLLOUT, deadline)) < 0)
			return r;
	}
	return 0;
}

/* Take one line out of what was received: 1 (length without its end) or 0. */
static int take_line(struct session *s, struct mm_buf *line)
{
	const char *eol = s->in.len == 0 ? NULL
					 : memchr(s->in.data, '\n', s->in.len);
	size_t len;
	int r;

	if (eol == NULL)
		return 0;
	len = (size_t)(eol - s->in.data);
	mm_buf_reset(line);
	r = mm_buf_put(line, s->in.data,
		       len > 0 && eol[-1] == '\r' ? len - 1 : len);
	memmove(s->in.data, eol + 1, s->in.len - len - 1);
	mm_buf_truncate(&s->in, s->in.len - len - 1);
	return r < 0 ? r : 1;
}

static int read_line(struct session *s, struct mm_buf *line,
		     mm_deadline deadline)
{
	char chunk[1024];
	ssize_t n;
	int r;

	while ((r = take_line(s, line)) == 0) {
		if ((r = mm_wait_fd(s->mta.from, POLLIN, deadline)) < 0)
			return r;
		n = read(s->mta.from, chunk, sizeof(chunk));
		if (n == 0)
			return MM_ERR_CLOSED;
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n < 0)
			return MM_ERR_SYS;
		if ((r = mm_buf_put(&s->in, chunk, (size_t)n)) < 0)
			return r;
	}
	return r < 0 ? r : 0;
}

/* ---- commands -------------------------------------------------------- */

static bool is_reply(const char *line)
{
	return line[0] >= '2' && line[0] <= '5' && line[1] >= '0' &&
	       line[1] <= '9' && line[2] >= '0' && line[2] <= '9' &&
	       (line[3] == ' ' || line[3] == '-' || line[3] == '\0');
}

/* A whole reply into s->reply: its code, or an error. */
static int read_reply(struct session *s)
{
	const mm_deadline deadline = mm_deadline_in(s->step_ms);
	struct mm_buf line;
	const char *text;
	int r, code = 0;

	mm_buf_reset(&s->reply);
	mm_buf_init(&line, REPLY_MAX);
	do {
		if ((r = read_line(s, &line, deadline)) < 0)
			break;
		text = mm_buf_str(&line);
		if (!is_reply(text)) {
			r = MM_ERR_FORMAT;
			break;
		}
		code = (text[0] - '0') * 100 + (text[1] - '0') * 10 +
		       (text[2] - '0');
		if (s->reply.len > 0)
			r = mm_buf_puts(&s->reply, " / ");
		if (r == 0)
			r = mm_buf_puts(&s->reply, text);
	} while (r == 0 && text[3] == '-');
	mm_buf_clear(&line);
	return r < 0 ? r : code;
}

static int command(struct session *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int command(struct session *s, const char *fmt, ...)
{
	struct mm_buf line;
	va_list args;
	int r, sent;

	mm_buf_init(&line, 2 * MM_ADDRESS_MAX + OPTIONS_MAX);
	va_start(args, fmt);
	r = mm_buf_vprintf(&line, fmt, args);
	va_end(args);
	if (r == 0)
		r = mm_buf_puts(&line, "\r\n");
	sent = r == 0 ? send_bytes(s, line.data, line.len) : r;
	mm_buf_clear(&line);
	/* A server that closes its input may still have said why. */
	if (sent < 0 && sent != MM_ERR_CLOSED)
		return sent;
	r = read_reply(s);
	return r < 0 && sent < 0 ? sent : r;
}

/* ---- the message ----------------------------------------------------- */

/* Encode and send; out is emptied. */
static int send_encoded(struct session *s, struct mm_dots *dots,
			struct mm_buf *out, const char *data, size_t len)
{
	size_t part;
	int r = 0;

	for (; len > 0 && r == 0; data += part, len -= part) {
		part = len < CHUNK ? len : CHUNK;
		mm_buf_reset(out);
		if ((r = mm_dots_put(dots, out, data, part)) == 0)
			r = send_bytes(s, out->data, out->len);
	}
	return r;
}

static int send_body(struct session *s, struct mm_dots *dots,
		     struct mm_buf *out, const struct mm_smtp_mail *mail)
{
	off_t offset = (off_t)mail->body_offset;
	char chunk[CHUNK];
	ssize_t n;
	int r = 0;

	while (mail->body >= 0 && r == 0) {
		n = pread(mail->body, chunk, sizeof(chunk), offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return MM_ERR_SYS;
		if (n == 0)
			break;
		offset += n;
		r = send_encoded(s, dots, out, chunk, (size_t)n);
	}
	return r;
}

/* The reply to the data: its code, or an error. If reading the file fails, the
 * final dot is not sent and the server drops what it has. */
static int send_message(struct session *s, const struct mm_smtp_mail *mail)
{
	struct mm_dots dots = { .inside = false };
	struct mm_buf out;
	int r, code;

	mm_buf_init(&out, 3 * CHUNK);
	if ((r = send_encoded(s, &dots, &out, mail->head, mail->head_len)) ==
		    0 &&
	    (r = send_body(s, &dots, &out, mail)) == 0) {
		mm_buf_reset(&out);
		if ((r = mm_dots_end(&dots, &out)) == 0)
			r = send_bytes(s, out.data, out.len);
	}
	mm_buf_clear(&out);
	if (r < 0 && r != MM_ERR_CLOSED)
		return r;
	code = read_reply(s);
	return code < 0 && r < 0 ? r : code;
}

/* ---- the dialogue ---------------------------------------------------- */

/* A step has not gone as wanted. blame: is a 5xx about this very mail? */
static bool failed(struct session *s, int code, int want, const char *step,
		   bool blame, struct mm_outcome *out)
{
	struct mm_buf errors;

	if (code / 100 == want)
		return false;
	if (code > 0) {
		mm_outcome_set(out,
			       blame && code / 100 == 5 ? MM_OUTBOX_REFUSED
							: MM_OUTBOX_RETRY,
			       "%s: %s", step, mm_buf_str(&s->reply));
		return true;
	}
	mm_buf_init(&errors, 1024);
	if (mm_mta_errors(&s->mta, &errors) < 0)
		mm_buf_reset(&errors);
	mm_outcome_set(out, MM_OUTBOX_RETRY, "%s: %s%s%s", step,
		       mm_err_text(code), errors.len > 0 ? ": " : "",
		       mm_buf_str(&errors));
	mm_buf_clear(&errors);
	return true;
}

static int greet(struct session *s)
{
	struct mm_buf name;
	int code = read_reply(s);

	if (code / 100 != 2)
		return code;
	mm_buf_init(&name, 1024);
	code = mm_values_server(&name);
	if (code == 0)
		code = command(s, "EHLO %s", mm_buf_str(&name));
	mm_buf_clear(&name);
	s->eight_bit = strcasestr(mm_buf_str(&s->reply), "8BITMIME") != NULL;
	s->dsn = strcasestr(mm_buf_str(&s->reply), "DSN") != NULL;
	return code;
}

static const char *options_of(const struct session *s, const char *options)
{
	return s->dsn && options != NULL ? options : "";
}

static int send_rcpt(struct session *s, const char *to, const char *options)
{
	return command(s, "RCPT TO:<%s>%s%s", to, *options == '\0' ? "" : " ",
		       options);
}

/* Is there a recipient to go on for? Sets the outcome if not. */
static bool name_rcpts(struct session *s, const struct mm_smtp_mail *mail,
		       struct mm_outcome *out)
{
	struct mm_smtp_rcpt *rcpt;
	size_t i, taken = 0;
	int code;

	out->outcome = MM_OUTBOX_REFUSED;
	if (mail->to != NULL)
		return !failed(s, send_rcpt(s, mail->to, ""), 2, "RCPT", true,
			       out);
	for (i = 0; i < mail->nrcpts; i++) {
		rcpt = &mail->rcpts[i];
		if (rcpt->outcome.outcome == MM_OUTBOX_REFUSED)
			continue; /* cannot be named */
		code = send_rcpt(s, rcpt->to, options_of(s, rcpt->options));
		if (failed(s, code, 2, "RCPT", true, &rcpt->outcome)) {
			/* While one may yet be taken, none is given up. */
			if (out->outcome != MM_OUTBOX_RETRY)
				*out = rcpt->outcome;
			if (code < 0)
				return false;
			continue;
		}
		rcpt->outcome.outcome = MM_OUTBOX_SENT;
		taken++;
	}
	return taken > 0;
}

static void talk(struct session *s, const struct mm_smtp_mail *mail,
		 struct mm_outcome *out)
{
	const char *options;

	if (failed(s, greet(s), 2, "greeting", false, out))
		return;
	options = options_of(s, mail->options);
	if (failed(s,
		   command(s, "MAIL FROM:<%s>%s%s%s", mail->sender,
			   s->eight_bit ? " BODY=8BITMIME" : "",
			   *options == '\0' ? "" : " ", options),
		   2, "MAIL", true, out) ||
	    !name_rcpts(s, mail, out) ||
	    failed(s, command(s, "DATA"), 3, "DATA", true, out) ||
	    failed(s, send_message(s, mail), 2, "message", true, out))
		return;
	mm_outcome_set(out, MM_OUTBOX_SENT, "%s", mm_buf_str(&s->reply));
	/* The mail is the server's now, whatever it says to this. The reply is
	 * not waited for: Exim keeps the connection for 200 ms unless its peer
	 * has closed it. */
	s->step_ms = QUIT_MS;
	(void)(send_bytes(s, "QUIT\r\n", 6) < 0);
}

/* Non-ASCII addresses would need SMTPUTF8 (RFC 6531). */
static bool is_usable(const char *address)
{
	const char *pos;

	for (pos = address; *pos != '\0'; pos++)
		if ((unsigned char)*pos >= 0x80)
			return false;
	return mm_address_is_plain(address);
}

/* May the mail go at all? Recipients that cannot be named are refused. */
static bool is_sendable(const struct mm_smtp_mail *mail)
{
	size_t i, good = 0;

	for (i = 0; i < mail->nrcpts; i++) {
		if (mm_address_is_rcpt(mail->rcpts[i].to))
			good++;
		else
			mm_outcome_set(&mail->rcpts[i].outcome,
				       MM_OUTBOX_REFUSED,
				       "address cannot be used in SMTP");
	}
	return (mail->to == NULL ? good > 0 : is_usable(mail->to)) &&
	       (*mail->sender == '\0' || is_usable(mail->sender));
}

/* Only the mail's own outcome tells whether those named have got it. */
static void settle_rcpts(const struct mm_smtp_mail *mail,
			 const struct mm_outcome *out)
{
	size_t i;

	for (i = 0; i < mail->nrcpts; i++)
		if (mail->rcpts[i].outcome.outcome == MM_OUTBOX_SENT ||
		    mail->rcpts[i].outcome.outcome == 0)
			mail->rcpts[i].outcome = *out;
}

void mm_smtp_send(const struct mm_conf_list *cmd,
		  const struct mm_smtp_mail *mail, struct mm_outcome *out)
{
	struct session s = { .step_ms = mail->step_ms };
	int r;

	if (!is_sendable(mail)) {
		mm_outcome_set(out, MM_OUTBOX_REFUSED,
			       "address cannot be used in SMTP");
		settle_rcpts(mail, out);
		return;
	}
	mm_buf_init(&s.in, REPLY_MAX);
	mm_buf_init(&s.reply, REPLY_MAX);
	if ((r = mm_mta_start(&s.mta, cmd)) < 0)
		mm_outcome_set(out, MM_OUTBOX_RETRY, "cannot run %s: %s",
			       cmd->count > 0 ? cmd->items[0] : "nothing",
			       mm_err_text(r));
	else
		talk(&s, mail, out);
	settle_rcpts(mail, out);
	mm_mta_stop(&s.mta, mm_deadline_in(QUIT_MS));
	mm_buf_clear(&s.in);
	mm_buf_clear(&s.reply);
}
