/*
 * What has become of a mail that was to be injected. Courier, uid
 * mamori-courier. The text comes from the mail server: it is made printable.
 */
#include <stdarg.h>
#include <stdio.h>

#include "core/text.h"
#include "mamorid/courier/smtp.h"

#define TEXT_MAX 32768u

void mm_outcome_set(struct mm_outcome *out, enum mm_outbox_outcome outcome,
		    const char *fmt, ...)
{
	struct mm_buf text, safe;
	va_list args;

	mm_buf_init(&text, TEXT_MAX);
	mm_buf_init(&safe, sizeof(out->text) - 1);
	va_start(args, fmt);
	if (mm_buf_vprintf(&text, fmt, args) < 0 ||
	    mm_text_printable(&safe, mm_buf_str(&text), text.len, 100) < 0)
		mm_buf_reset(&safe);
	va_end(args);
	out->outcome = outcome;
	(void)snprintf(out->text, sizeof(out->text), "%s", mm_buf_str(&safe));
	mm_buf_clear(&text);
	mm_buf_clear(&safe);
}
