/*
 * Looks at a cleaned document once more, by itself: what is still found tells
 * that it was not cleaned well enough.
 * Process: inspector, as users.inspector in its jail.
 */
#include "mamorid/inspect/rewrite_look.h"

#include <stdio.h>
#include <string.h>

#include "core/err.h"
#include "mamorid/inspect/rewrite_text.h"

/* The name matters to some findings; what a header cannot hold of it does
 * not. */
static int make_mail(const char *name, const struct mm_buf *document,
		     struct mm_buf *mail)
{
	char plain[64];
	size_t used = 0;
	const char *dot = strrchr(name, '.');
	int r;

	for (const char *pos = dot != NULL ? dot : ""; *pos != '\0' &&
	     used + 1 < sizeof(plain); pos++)
		if (*pos > ' ' && *pos < 0x7f && strchr("\"\\", *pos) == NULL)
			plain[used++] = *pos;
	plain[used] = '\0';
	r = mm_buf_printf(mail, "MIME-Version: 1.0\n"
			  "Content-Type: application/octet-stream; "
			  "name=\"document%s\"\n"
			  "Content-Transfer-Encoding: base64\n\n", plain);
	return r < 0 ? r : mm_encode_base64(document->data, document->len,
					    "\n", mail);
}

static bool is_good(const struct mm_findings *findings,
		    char why[MM_REWRITE_REASON_MAX])
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct mm_finding *finding = &findings->list[i];

		if (findings->verdict == MM_VERDICT_CLEAN &&
		    finding->kind != MM_KIND_MACRO)
			continue;
		(void)snprintf(why, MM_REWRITE_REASON_MAX, "%s",
			       finding->detail);
		return false;
	}
	return findings->verdict == MM_VERDICT_CLEAN;
}

bool mm_rewrite_look(void *context, const char *name,
		     const struct mm_buf *document,
		     char why[MM_REWRITE_REASON_MAX])
{
	const struct mm_rewrite_look *with = context;
	struct mm_source source = { .data = NULL };
	struct mm_report report;
	struct mm_buf mail;
	bool good = false;

	(void)snprintf(why, MM_REWRITE_REASON_MAX, "not looked at");
	mm_report_init(&report);
	mm_buf_init(&mail, with->conf->limits_message_size);
	if (make_mail(name, document, &mail) == 0 &&
	    mm_source_from_memory(&source, mail.data, mail.len,
				  with->conf->limits_message_size) == 0) {
		mm_inspect(with->engine, with->conf, &source, with->deadline,
			   &report);
		good = is_good(&report.findings, why);
	}
	if (good)
		why[0] = '\0';
	mm_source_clear(&source);
	mm_buf_clear(&mail);
	mm_report_clear(&report);
	return good;
}
