/*
 * What a notice tells about a mail. Courier, uid mamori-courier. All of it is
 * foreign text. Must never quote the mail's content, nor show one recipient
 * the addresses of the others.
 */
#include "mamorid/courier/values.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/err.h"
#include "mamorid/courier/mailtext.h"

#define VALUE_MAX 8192u
#define NAME_LEN 200u /* bytes of one name */
#define LINE_LEN 500u /* bytes of a subject or an address */
#define NAMES 10u /* of viruses, files, recipients */

/* Append one more name to a list. */
static int put_name(struct mm_buf *out, size_t n, const char *name)
{
	int r;

	if (n > 0 && (r = mm_buf_puts(out, ", ")) < 0)
		return r;
	return mm_mailtext_foreign(out, name, NAME_LEN);
}

static int put_more(struct mm_buf *out, size_t left)
{
	return left == 0 ? 0 : mm_buf_printf(out, " (+%zu)", left);
}

/* Virus names, each once; without any virus, the reasons. */
static const char *name_of(const struct mm_finding *one, bool files)
{
	const char *name = files ? one->name : one->detail;

	return name == NULL ? "" : name;
}

static int put_findings(struct mm_buf *out, const struct mm_findings *findings,
			bool files)
{
	size_t i, k, n = 0, left = 0;
	bool virus = false, seen;
	int r = 0;

	for (i = 0; i < findings->count; i++)
		virus |= findings->list[i].kind == MM_KIND_VIRUS;
	for (i = 0; i < findings->count && r == 0; i++) {
		const struct mm_finding *one = &findings->list[i];

		if ((virus && one->kind != MM_KIND_VIRUS) ||
		    *name_of(one, files) == '\0')
			continue;
		for (seen = false, k = 0; k < i && !seen; k++)
			seen = (!virus ||
				findings->list[k].kind == MM_KIND_VIRUS) &&
			       strcmp(name_of(&findings->list[k], files),
				      name_of(one, files)) == 0;
		if (seen)
			continue;
		if (n < NAMES)
			r = put_name(out, n++, name_of(one, files));
		else
			left++;
	}
	return r < 0 ? r : put_more(out, left);
}

/* An inbound notice goes to one of several recipients, who must not learn of
 * the others: some may be blind copies. */
static int put_recipients(struct mm_buf *out, const struct mm_outbox_item *item,
			  const struct mm_record *record)
{
	size_t i;
	int r = 0;

	if (item->notice == MM_NOTICE_VIRUS_INBOUND)
		return mm_mailtext_foreign(out, item->to, LINE_LEN);
	for (i = 0; i < record->nrecipients && i < NAMES && r == 0; i++)
		r = put_name(out, i, record->recipients[i]);
	return r < 0 ? r : put_more(out, record->nrecipients - i);
}

static int put_date(struct mm_buf *out, int64_t when)
{
	const time_t at = (time_t)when;
	char text[64];
	struct tm tm;

	if (localtime_r(&at, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z", &tm) == 0)
		return MM_ERR_INVALID;
	return mm_buf_puts(out, text);
}

static int put_reason(struct mm_buf *out, const struct mm_template *tpl,
		      const char *reason)
{
	char name[64];
	int r;

	(void)snprintf(name, sizeof(name), "Reason-%s", reason);
	r = mm_template_word(tpl, name, out);
	return r != 0 ? (r < 0 ? r : 0)
		      : mm_mailtext_foreign(out, reason, NAME_LEN);
}

int mm_values_server(struct mm_buf *out)
{
	char name[256];
	size_t i;

	if (gethostname(name, sizeof(name)) < 0)
		name[0] = '\0';
	name[sizeof(name) - 1] = '\0';
	for (i = 0; name[i] != '\0'; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '-' &&
		    name[i] != '.')
			break;
	return mm_buf_puts(out, i == 0 || name[i] != '\0' ? "localhost" : name);
}

static int put_all(struct mm_values *values, const struct mm_template *tpl,
		   const struct mm_outbox_item *item,
		   const struct mm_record *record,
		   const struct mm_findings *findings)
{
	struct mm_buf *list = values->list;
	const char *from = findings->from == NULL ? "" : findings->from;
	const char *subject = findings->subject == NULL ? ""
							: findings->subject;
	const char *account = record->account == NULL ? "" : record->account;
	int r;

	if ((r = put_findings(&list[MM_VALUE_VIRUS], findings, false)) < 0 ||
	    (r = put_findings(&list[MM_VALUE_FILES], findings, true)) < 0 ||
	    (r = mm_mailtext_foreign(&list[MM_VALUE_SENDER],
				     *record->sender == '\0' ? from
							     : record->sender,
				     LINE_LEN)) < 0 ||
	    (r = mm_mailtext_foreign(&list[MM_VALUE_SUBJECT], subject,
				     LINE_LEN)) < 0 ||
	    (r = mm_mailtext_foreign(&list[MM_VALUE_ACCOUNT], account,
				     LINE_LEN)) < 0 ||
	    (r = mm_mailtext_foreign(&list[MM_VALUE_TRACE], item->trace,
				     NAME_LEN)) < 0 ||
	    (r = put_recipients(&list[MM_VALUE_RECIPIENTS], item, record)) <
		    0 ||
	    (r = put_date(&list[MM_VALUE_DATE], item->created)) < 0 ||
	    (r = put_reason(&list[MM_VALUE_REASON], tpl, record->reason)) < 0 ||
	    (r = mm_values_server(&list[MM_VALUE_SERVER])) < 0)
		return r;
	r = mm_template_word(tpl, record->quarantine ? "Kept" : "Not-Kept",
			     &list[MM_VALUE_ACTIONS]);
	return r < 0 ? r : 0;
}

static int put_unknown(struct mm_values *values, const struct mm_template *tpl)
{
	size_t i;
	int r;

	for (i = 0; i < MM_VALUES; i++) {
		if (values->list[i].len > 0)
			continue;
		r = mm_template_word(tpl, "Unknown", &values->list[i]);
		if (r < 0 ||
		    (r == 0 && (r = mm_buf_puts(&values->list[i], "-")) < 0))
			return r;
	}
	return 0;
}

int mm_values_fill(struct mm_values *values, const struct mm_template *tpl,
		   const struct mm_outbox_item *item,
		   const struct mm_record *record)
{
	struct mm_findings findings;
	size_t i;
	int r = 0;

	memset(&findings, 0, sizeof(findings));
	for (i = 0; i < MM_VALUES; i++)
		mm_buf_init(&values->list[i], VALUE_MAX);
	if (record->findings_len > 0)
		r = mm_findings_decode(record->findings, record->findings_len,
				       &findings);
	if (r == 0)
		r = put_all(values, tpl, item, record, &findings);
	if (r == 0)
		r = put_unknown(values, tpl);
	mm_findings_clear(&findings);
	return r;
}

void mm_values_clear(struct mm_values *values)
{
	size_t i;

	for (i = 0; i < MM_VALUES; i++)
		mm_buf_clear(&values->list[i]);
}
