/*
 * Injecting a variant: the message as the gate has made it for some of its
 * recipients. Courier, uid mamori-courier. It was judged before it was stored;
 * nothing of it, nor of its envelope, is changed here.
 */
#include "mamorid/courier/variant.h"

#include <string.h>

#include "core/address.h"
#include "core/err.h"
#include "mamorid/courier/release.h"

static const char *options_of(const char *options)
{
	return options != NULL && *options != '\0' &&
			       mm_variant_is_options(options)
		       ? options
		       : NULL;
}

void mm_variant_send(const struct mm_conf *conf,
		     const struct mm_outbox_item *item,
		     const struct mm_variant *variant, int message,
		     struct mm_smtp_rcpt *rcpts, struct mm_outcome *out)
{
	struct mm_smtp_mail mail = { .sender = item->sender,
				     .options = options_of(variant->options),
				     .rcpts = rcpts,
				     .nrcpts = variant->count,
				     .body = message,
				     .step_ms = MM_SMTP_STEP_MS };
	struct mm_buf headers;
	size_t i;
	int r;

	for (i = 0; i < variant->count; i++)
		rcpts[i] = (struct mm_smtp_rcpt){
			.to = variant->rcpts[i].address,
			.options = options_of(variant->rcpts[i].options),
		};
	mm_buf_init(&headers, MM_HEADER_MAX + 16384u);
	if ((r = mm_release_headers(message, &headers, &mail.body_offset)) <
		    0 ||
	    (r = mm_buf_puts(&headers, "\n")) < 0) {
		mm_outcome_set(out,
			       r == MM_ERR_FORMAT || r == MM_ERR_LIMIT
				       ? MM_OUTBOX_REFUSED
				       : MM_OUTBOX_RETRY,
			       "stored message: %s", mm_err_text(r));
	} else {
		/* A sender that SMTP cannot carry gets no bounces. */
		if (!mm_address_is_plain(item->sender))
			mail.sender = "";
		mail.head = headers.data;
		mail.head_len = headers.len;
		mm_smtp_send(&conf->mta_command, &mail, out);
	}
	mm_buf_clear(&headers);
}
