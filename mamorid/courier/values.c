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
#include "core/text.h"
#include "mamorid/courier/mailtext.h"

#define VALUE_MAX 8192u
#define LIST_MAX 65536u
#define NAME_LEN 200u /* bytes of one name */
#define LINE_LEN 500u /* bytes of a subject or an address */
#define NAMES 10u /* of viruses, files, recipients */

/* Append one more name to a list. */
static int put_name(struct mm_buf *out, size_t n, const char *name)
{
	int r;

	if (n > 0 && (r = mm_buf_puts(out, ", ")) < 0)
		return r;
	return mm_text_foreign(out, name, NAME_LEN);
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

/* One of several recipients must not learn of the others: some may be blind
 * copies. Who has sent the mail knows them, and the operator may. */
static int put_recipients(struct mm_buf *out, const struct mm_conf *conf,
			  const struct mm_outbox_item *item,
			  const struct mm_record *record)
{
	size_t i;
	int r = 0;

	if (!mm_address_equal(item->to, conf->operator) &&
	    (record->account == NULL ||
	     !mm_address_equal(item->to, record->account)))
		return mm_text_foreign(out, item->to, LINE_LEN);
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
		      : mm_text_foreign(out, reason, NAME_LEN);
}

/* Append a word of the template behind what is there. After Japanese no space
 * is wanted. */
static int put_word(struct mm_buf *out, const struct mm_template *tpl,
		    const char *name)
{
	struct mm_buf word;
	int r;

	mm_buf_init(&word, VALUE_MAX);
	r = mm_template_word(tpl, name, &word);
	if (r == 1 && out->len > 0 &&
	    (unsigned char)out->data[out->len - 1] < 0x80)
		r = mm_buf_puts(out, " ");
	if (r >= 0 && word.len > 0)
		r = mm_buf_put(out, word.data, word.len);
	mm_buf_clear(&word);
	return r < 0 ? r : 0;
}

/* What was done, word by word; a template without these words, and a record
 * without them, are older. */
static int put_actions(struct mm_buf *out, const struct mm_template *tpl,
		       const struct mm_record *record)
{
	const char *word = record->done == NULL ? "" : record->done;
	char name[64];
	size_t len;
	int r = 0;

	for (; *word != '\0' && r == 0; word += len + (word[len] == ',')) {
		len = strcspn(word, ",");
		(void)snprintf(name, sizeof(name), "Action-%.*s", (int)len,
			       word);
		r = put_word(out, tpl, name);
	}
	if (r == 0 && out->len == 0)
		r = put_word(out, tpl,
			     record->quarantine ? "Kept" : "Not-Kept");
	return r < 0 ? r : put_word(out, tpl, "Action-notify");
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

/* The first attachment with a virus, else the first one found. */
static int put_attachment(struct mm_buf *list,
			  const struct mm_findings *findings)
{
	const struct mm_finding *first = NULL;
	size_t i;
	int r;

	for (i = 0; i < findings->count; i++)
		if (!findings->list[i].in_body &&
		    *name_of(&findings->list[i], true) != '\0' &&
		    (first == NULL ||
		     (first->kind != MM_KIND_VIRUS &&
		      findings->list[i].kind == MM_KIND_VIRUS)))
			first = &findings->list[i];
	r = mm_buf_printf(&list[MM_VALUE_ATTACHMENTS], "%u",
			  findings->attachments);
	if (r < 0 || first == NULL)
		return r;
	r = mm_text_foreign(&list[MM_VALUE_ATTACHMENT], first->name,
				NAME_LEN);
	return r < 0 ? r
		     : mm_buf_printf(&list[MM_VALUE_ATTACHMENT_SIZE], "%llu",
				     (unsigned long long)first->size);
}

static int put_findings_all(struct mm_buf *list,
			    const struct mm_findings *findings)
{
	const char *subject = findings->subject == NULL ? ""
							: findings->subject;
	const char *id = findings->message_id == NULL ? ""
						      : findings->message_id;
	int r;

	if ((r = put_findings(&list[MM_VALUE_VIRUS], findings, false)) < 0 ||
	    (r = put_findings(&list[MM_VALUE_FILES], findings, true)) < 0 ||
	    (r = mm_text_foreign(&list[MM_VALUE_SUBJECT], subject,
				     LINE_LEN)) < 0 ||
	    (r = mm_text_foreign(&list[MM_VALUE_MESSAGE_ID], id,
				     LINE_LEN)) < 0 ||
	    (r = put_attachment(list, findings)) < 0 || findings->size == 0)
		return r;
	return mm_buf_printf(&list[MM_VALUE_SIZE], "%llu",
			     (unsigned long long)findings->size);
}

static int put_record(struct mm_buf *list, const struct mm_template *tpl,
		      const struct mm_conf *conf,
		      const struct mm_outbox_item *item,
		      const struct mm_record *record)
{
	const char *account = record->account == NULL ? "" : record->account;
	struct mm_findings findings = { 0 };
	const char *from;
	int r = 0;

	if (record->findings_len > 0)
		r = mm_findings_decode(record->findings, record->findings_len,
				       &findings);
	from = findings.from == NULL ? "" : findings.from;
	if (r == 0 && (r = put_findings_all(list, &findings)) == 0 &&
	    (r = mm_text_foreign(&list[MM_VALUE_SENDER],
				     *record->sender == '\0' ? from
							     : record->sender,
				     LINE_LEN)) == 0 &&
	    (r = mm_text_foreign(&list[MM_VALUE_ACCOUNT], account,
				     LINE_LEN)) == 0 &&
	    (r = put_recipients(&list[MM_VALUE_RECIPIENTS], conf, item,
				record)) == 0 &&
	    (r = put_reason(&list[MM_VALUE_REASON], tpl, record->reason)) == 0)
		r = put_actions(&list[MM_VALUE_ACTIONS], tpl, record);
	mm_findings_clear(&findings);
	return r;
}

/* A list's lines, each made safe by itself. */
static int put_lines(struct mm_buf *out, const char *text)
{
	char line[LINE_LEN + 1];
	size_t len;
	int r = 0;

	for (; *text != '\0' && r == 0; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		(void)snprintf(line, sizeof(line), "%.*s",
			       (int)(len < LINE_LEN ? len : LINE_LEN), text);
		if (out->len > 0 && (r = mm_buf_puts(out, "\n")) < 0)
			break;
		r = mm_text_foreign(out, line, LINE_LEN);
	}
	return r;
}

/* Values that the keeper has given in the record's place. */
static int put_facts(struct mm_buf *list, const struct mm_outbox_item *item)
{
	struct mm_pairs facts;
	uint64_t when;
	size_t i;
	int k, r;

	r = mm_pairs_decode(item->facts, item->facts_len, &facts);
	for (i = 0; r == 0 && i < facts.count; i++) {
		const char *name = facts.list[i].name;
		const char *value = facts.list[i].value;

		if ((k = mm_value_find(name, strlen(name))) < 0)
			continue;
		if (k != MM_VALUE_LIST)
			mm_buf_reset(&list[k]);
		if (k == MM_VALUE_LIST)
			r = put_lines(&list[k], value);
		else if (k != MM_VALUE_SINCE && k != MM_VALUE_UNTIL)
			r = mm_text_foreign(&list[k], value, LINE_LEN);
		else if (mm_text_number(value, 0, INT64_MAX, &when) == 0)
			r = put_date(&list[k], (int64_t)when);
	}
	mm_pairs_clear(&facts);
	return r;
}

static int put_all(struct mm_buf *list, const struct mm_template *tpl,
		   const struct mm_conf *conf,
		   const struct mm_outbox_item *item,
		   const struct mm_record *record)
{
	int r;

	if ((r = mm_text_foreign(&list[MM_VALUE_TRACE], item->trace,
				     NAME_LEN)) < 0 ||
	    (r = mm_text_foreign(&list[MM_VALUE_TO], item->to, LINE_LEN)) <
		    0 ||
	    (r = put_date(&list[MM_VALUE_DATE], item->created)) < 0 ||
	    (r = mm_values_server(&list[MM_VALUE_SERVER])) < 0 ||
	    (r = mm_buf_puts(&list[MM_VALUE_HELP], conf->notices_help)) < 0 ||
	    (list[MM_VALUE_HELP].len == 0 &&
	     (r = put_word(&list[MM_VALUE_HELP], tpl, "Help")) < 0))
		return r;
	if (record != NULL &&
	    (r = put_record(list, tpl, conf, item, record)) < 0)
		return r;
	return put_facts(list, item);
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
		   const struct mm_conf *conf,
		   const struct mm_outbox_item *item,
		   const struct mm_record *record)
{
	size_t i;
	int r;

	for (i = 0; i < MM_VALUES; i++)
		mm_buf_init(&values->list[i],
			    i == MM_VALUE_LIST ? LIST_MAX : VALUE_MAX);
	r = put_all(values->list, tpl, conf, item, record);
	return r < 0 ? r : put_unknown(values, tpl);
}

void mm_values_clear(struct mm_values *values)
{
	size_t i;

	for (i = 0; i < MM_VALUES; i++)
		mm_buf_clear(&values->list[i]);
}
