/*
 * Releasing a quarantined message. Courier, uid mamori-courier. Must never
 * inject a message that the scanner calls infected, or that it has not
 * answered about; "not checked" passes, since the operator has decided.
 */
#include "mamorid/courier/release.h"

#include <string.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/text.h"
#include "mamorid/courier/rescan.h"
#include "mamorid/log.h"

#define STRIPPED "X-Mamori-"

/* Cut headers to the header block if its end is there. */
static bool cut(struct mm_buf *headers, size_t from, uint64_t *body_r)
{
	const char *text = mm_buf_str(headers);
	const char *blank;

	if (headers->len > 0 && text[0] == '\n') {
		mm_buf_truncate(headers, 0);
		*body_r = 1;
		return true;
	}
	from = from > 0 ? from - 1 : 0;
	blank = headers->len == 0
			? NULL
			: memmem(text + from, headers->len - from, "\n\n", 2);
	if (blank == NULL)
		return false;
	*body_r = (uint64_t)(blank - text) + 2;
	mm_buf_truncate(headers, (size_t)(blank - text) + 1);
	return true;
}

int mm_release_headers(int message, struct mm_buf *headers, uint64_t *body_r)
{
	char chunk[16384];
	size_t from;
	ssize_t n;
	int r;

	for (;;) {
		n = pread(message, chunk, sizeof(chunk), (off_t)headers->len);
		if (n < 0)
			return MM_ERR_SYS;
		if (n == 0)
			return MM_ERR_FORMAT;
		from = headers->len;
		if ((r = mm_buf_put(headers, chunk, (size_t)n)) < 0)
			return r;
		if (cut(headers, from, body_r))
			return 0;
	}
}

int mm_release_strip(const struct mm_buf *headers, struct mm_buf *out)
{
	const char *pos = mm_buf_str(headers), *end = pos + headers->len, *eol;
	bool drop = false;
	int r = 0;

	for (; pos < end && r == 0; pos = eol) {
		eol = memchr(pos, '\n', (size_t)(end - pos));
		eol = eol == NULL ? end : eol + 1;
		if (*pos != ' ' && *pos != '\t')
			drop = mm_text_has_prefix(pos, STRIPPED);
		if (!drop)
			r = mm_buf_put(out, pos, (size_t)(eol - pos));
	}
	return r;
}

/* May it go? Sets the outcome if not. */
static bool is_allowed(const struct mm_conf *conf,
		       const struct mm_outbox_item *item,
		       const struct mm_buf *headers, int message, uint64_t body,
		       struct mm_outcome *out)
{
	enum mm_verdict verdict = MM_VERDICT_INFECTED;
	struct mm_buf detail;
	int r;

	mm_buf_init(&detail, MM_TEXT_MAX);
	r = mm_rescan(conf, item->trace, item->allowed, headers, message, body,
		      &verdict, &detail);
	if (r < 0)
		mm_outcome_set(out, MM_OUTBOX_RETRY, "scan: %s",
			       detail.len > 0 ? mm_buf_str(&detail)
					      : mm_err_text(r));
	else if (verdict == MM_VERDICT_INFECTED)
		mm_outcome_set(out, MM_OUTBOX_REFUSED, "infected: %s",
			       mm_buf_str(&detail));
	else
		mm_log(MM_LOG_INFO, "release-scanned", item->trace, "verdict",
		       mm_verdict_name(verdict), "detail", mm_buf_str(&detail),
		       NULL);
	mm_buf_clear(&detail);
	return r == 0 && verdict != MM_VERDICT_INFECTED;
}

void mm_release_send(const struct mm_conf *conf,
		     const struct mm_outbox_item *item, int message,
		     struct mm_outcome *out)
{
	struct mm_smtp_mail mail = { .to = item->to,
				     .body = message,
				     .step_ms = MM_SMTP_STEP_MS };
	struct mm_buf headers, head;
	int r;

	mm_buf_init(&headers, MM_HEADER_MAX + 16384u);
	mm_buf_init(&head, MM_HEADER_MAX + 16384u);
	if ((r = mm_release_headers(message, &headers, &mail.body_offset)) <
		    0 ||
	    (r = mm_release_strip(&headers, &head)) < 0 ||
	    (r = mm_buf_puts(&head, "\n")) < 0) {
		mm_outcome_set(out,
			       r == MM_ERR_FORMAT || r == MM_ERR_LIMIT
				       ? MM_OUTBOX_REFUSED
				       : MM_OUTBOX_RETRY,
			       "stored message: %s", mm_err_text(r));
	} else if (is_allowed(conf, item, &headers, message, mail.body_offset,
			      out)) {
		/* A sender that SMTP cannot carry gets no bounces. */
		mail.sender = mm_address_is_plain(item->sender) ? item->sender
								: "";
		mail.head = head.data;
		mail.head_len = head.len;
		mm_smtp_send(&conf->mta_command, &mail, out);
	}
	mm_buf_clear(&headers);
	mm_buf_clear(&head);
}
