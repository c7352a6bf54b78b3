/*
 * The canary: no set of signatures goes into service before a mail with the
 * EICAR test file was found infected through the complete inspection.
 * Process: pool. Must never hold the test string in one piece, or virus
 * scanners would remove this program.
 */
#include "mamorid/inspect/canary.h"

#include <openssl/evp.h>

#include "core/err.h"
#include "core/proto.h"
#include "mamorid/inspect/inspect.h"

#define CANARY_MS 30000

static const char *const pieces[] = {
	"X5O!P%@AP[4\\PZX54(P^)", "7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-",
	"FILE!$H+H*",
};

int mm_canary_eicar(struct mm_buf *buf)
{
	int r = 0;

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		if ((r = mm_buf_puts(buf, pieces[i])) < 0)
			return r;
	return r;
}

static int make_mail(struct mm_buf *mail)
{
	unsigned char base64[128];
	struct mm_buf eicar;
	int r;

	mm_buf_init(&eicar, 80);
	if ((r = mm_canary_eicar(&eicar)) < 0)
		goto out;
	EVP_EncodeBlock(base64, (unsigned char *)eicar.data, (int)eicar.len);
	r = mm_buf_printf(mail,
			  "From: canary@localhost\n"
			  "Subject: canary\n"
			  "MIME-Version: 1.0\n"
			  "Content-Type: multipart/mixed; boundary=\"c\"\n"
			  "\n"
			  "--c\n"
			  "Content-Type: text/plain\n"
			  "\n"
			  "canary\n"
			  "--c\n"
			  "Content-Type: application/octet-stream;"
			  " name=\"eicar.com\"\n"
			  "Content-Transfer-Encoding: base64\n"
			  "\n"
			  "%s\n"
			  "--c--\n", (const char *)base64);
out:
	mm_buf_clear(&eicar);
	return r;
}

/* Infected, and at the very part that holds it. */
static bool found(const struct mm_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->list[i].kind == MM_KIND_VIRUS &&
		    findings->list[i].part[0] == '2')
			return findings->verdict == MM_VERDICT_INFECTED;
	return false;
}

/* What kept the engine from finding it, and not what else is to be said. */
static int explain(const struct mm_findings *findings, struct mm_buf *error)
{
	int r = mm_buf_printf(error, "the EICAR test mail came out %s",
			      mm_verdict_name(findings->verdict));

	for (size_t i = 0; r == 0 && i < findings->count; i++)
		if (findings->list[i].kind == MM_KIND_LIMIT ||
		    findings->list[i].kind == MM_KIND_ERROR)
			r = mm_buf_printf(error, "; %s: %s",
					  mm_kind_name(findings->list[i].kind),
					  findings->list[i].detail);
	return r < 0 ? r : MM_ERR_INVALID;
}

int mm_canary_check(struct mm_engine *engine, const struct mm_conf *conf,
		    struct mm_buf *error)
{
	struct mm_source source = { 0 };
	struct mm_report report;
	struct mm_buf mail;
	int r;

	mm_report_init(&report);
	mm_buf_init(&mail, 4096);
	if ((r = make_mail(&mail)) < 0 ||
	    (r = mm_source_from_memory(&source, mail.data, mail.len,
				       mail.len)) < 0)
		goto out;
	mm_inspect(engine, conf, &source, mm_deadline_in(CANARY_MS), &report);
	/* An error beside the hit means that the next one may be missed. */
	if (!found(&report.findings) || report.not_checked)
		r = explain(&report.findings, error);
out:
	mm_source_clear(&source);
	mm_buf_clear(&mail);
	mm_report_clear(&report);
	return r;
}
