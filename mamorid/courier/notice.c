/*
 * Warning mails. Courier, uid mamori-courier. Null envelope sender and
 * Auto-Submitted, so that nobody's software answers (RFC 3834). Must never
 * quote the infected mail's content, and never fail for a bad template.
 */
#include "mamorid/courier/notice.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/template.h"
#include "core/text.h"
#include "mamorid/courier/mailtext.h"
#include "mamorid/courier/values.h"
#include "mamorid/log.h"
#include "mamorid/xalloc.h"

static const char built_in[] =
	"Subject: Virus warning: a mail was stopped on {server}\n"
	"Kept: The mail was put into quarantine and not delivered.\n"
	"Not-Kept: See the reason above.\n"
	"Unknown: (unknown)\n"
	"\n"
	"A mail was stopped by the virus check of this mail server.\n"
	"\n"
	"{list}\n"
	"Reason:       {reason}\n"
	"Found:        {virus}\n"
	"File(s):      {files}\n"
	"Action:       {actions}\n"
	"Sender:       {sender}\n"
	"Recipient(s): {recipients}\n"
	"Subject:      {subject}\n"
	"Date:         {date}\n"
	"Account:      {account}\n"
	"Reference:    {trace}\n"
	"\n"
	"If you have a question, send the reference to the operator of\n"
	"{server}. Please do not reply to this mail.\n";

static const char *language_of(const struct mm_conf *conf,
			       const struct mm_outbox_item *item)
{
	/* It becomes a part of a path. */
	if (item->language != NULL && strcmp(item->language, "en") == 0)
		return "en";
	if (item->language != NULL && strcmp(item->language, "ja") == 0)
		return "ja";
	return conf->notices_language == MM_CONF_LANGUAGE_EN ? "en" : "ja";
}

static void tell_bad(const struct mm_outbox_item *item, const char *file, int r)
{
	mm_log(MM_LOG_ERROR, "notice-template", item->trace, "file", file,
	       "error", mm_err_text(r), NULL);
}

/* The domain's own wording, else the file's, else the built-in one. */
static int load(struct mm_template *tpl, const struct mm_conf *conf,
		const struct mm_outbox_item *item)
{
	char *path;
	int r;

	if (item->text != NULL) {
		if ((r = mm_template_parse(tpl, item->text)) == 0)
			return 0;
		tell_bad(item, "settings", r);
		mm_template_clear(tpl);
	}
	path = mm_xasprintf("%s/%s/%s.txt", conf->notices_folder,
			    language_of(conf, item), item->notice);
	if ((r = mm_template_load(tpl, path)) < 0) {
		tell_bad(item, path, r);
		mm_template_clear(tpl);
		r = mm_template_parse(tpl, built_in);
	}
	free(path);
	return r;
}

/* RFC 5322 3.2.3: may it stand in a header without quotes? */
static bool is_dot_atom(const char *text, size_t len)
{
	size_t i;

	if (len == 0 || text[0] == '.' || text[len - 1] == '.')
		return false;
	for (i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) &&
		    (text[i] == '\0' ||
		     strchr(".!#$%&'*+-/=?^_`{|}~", text[i]) == NULL))
			return false;
	return true;
}

static bool is_header_address(const char *address)
{
	const char *domain = mm_address_domain(address);

	return mm_address_is_plain(address) &&
	       is_dot_atom(address, (size_t)(domain - address) - 1) &&
	       is_dot_atom(domain, strlen(domain));
}

static int put_from(struct mm_buf *out, const struct mm_conf *conf,
		    const char *domain)
{
	if (*conf->notices_from != '\0' &&
	    is_header_address(conf->notices_from))
		return mm_buf_printf(out, "From: <%s>\n", conf->notices_from);
	return mm_buf_printf(out, "From: <noreply@%s>\n", domain);
}

/* The same row gives the same id whenever it is sent, so that a second copy
 * after a crash is known for one. */
static int put_message_id(struct mm_buf *out, const struct mm_outbox_item *item,
			  const char *domain)
{
	const char *pos;
	int r = mm_buf_printf(out, "Message-ID: <mamori.%llu.%lld.",
			      (unsigned long long)item->id,
			      (long long)item->created);

	for (pos = item->trace; *pos != '\0' && r == 0; pos++)
		if (isalnum((unsigned char)*pos) || *pos == '-')
			r = mm_buf_put(out, pos, 1);
	return r < 0 ? r : mm_buf_printf(out, "@%s>\n", domain);
}

static int put_headers(struct mm_buf *out, const struct mm_conf *conf,
		       const struct mm_outbox_item *item, const char *subject)
{
	const char *domain = mm_address_domain(item->to);
	int r;

	if ((r = put_from(out, conf, domain)) < 0 ||
	    (r = is_header_address(item->to)
			 ? mm_buf_printf(out, "To: <%s>\n", item->to)
			 : mm_buf_puts(out, "To: undisclosed-recipients:;\n")) <
		    0 ||
	    (r = mm_buf_puts(out, "Subject: ")) < 0 ||
	    (r = mm_mailtext_header(out, subject, strlen("Subject: "))) < 0 ||
	    (r = mm_buf_puts(out, "\nDate: ")) < 0 ||
	    (r = mm_mailtext_date(out, item->created)) < 0 ||
	    (r = mm_buf_puts(out, "\n")) < 0 ||
	    (r = put_message_id(out, item, domain)) < 0)
		return r;
	/* No Precedence: RFC 3834 3.1.8 has Auto-Submitted for this, and
	 * filters take "bulk" for advertising. */
	return mm_buf_puts(out, "Auto-Submitted: auto-generated\n"
				"X-Auto-Response-Suppress: All\n"
				"MIME-Version: 1.0\n"
				"Content-Type: text/plain; charset=UTF-8\n"
				"Content-Transfer-Encoding: base64\n\n");
}

/* RFC 2045 6.8: text has CRLF line ends before it is encoded. */
static int put_body(struct mm_buf *out, const struct mm_buf *body)
{
	const char *text = mm_buf_str(body);
	struct mm_buf lines;
	size_t i;
	int r = 0;

	mm_buf_init(&lines, MM_NOTICE_MAX / 2);
	for (i = 0; i < body->len && r == 0; i++)
		r = text[i] == '\n' ? mm_buf_puts(&lines, "\r\n")
				    : mm_buf_put(&lines, text + i, 1);
	if (r == 0)
		r = mm_mailtext_base64(out, lines.data, lines.len);
	mm_buf_clear(&lines);
	return r;
}

static int render(struct mm_buf *out, const struct mm_conf *conf,
		  const struct mm_outbox_item *item,
		  const struct mm_template *tpl, const struct mm_record *record)
{
	struct mm_values values;
	struct mm_buf subject, body;
	int r;

	mm_buf_init(&subject, MM_TEMPLATE_MAX);
	mm_buf_init(&body, MM_NOTICE_MAX / 4);
	if ((r = mm_values_fill(&values, tpl, conf, item, record)) == 0 &&
	    (r = mm_template_subject(tpl, &values, &subject)) == 0 &&
	    (r = mm_template_body(tpl, &values, &body)) == 0 &&
	    (r = put_headers(out, conf, item, mm_buf_str(&subject))) == 0)
		r = put_body(out, &body);
	mm_values_clear(&values);
	mm_buf_clear(&subject);
	mm_buf_clear(&body);
	return r;
}

int mm_notice_render(const struct mm_conf *conf,
		     const struct mm_outbox_item *item, struct mm_buf *out)
{
	const char *domain = mm_address_domain(item->to);
	struct mm_template tpl = { .body = 0 };
	struct mm_record record = { .version = 0 };
	const bool has_record = item->record_len > 0;
	int r = 0;

	if (!mm_address_is_plain(item->to) ||
	    !is_dot_atom(domain, strlen(domain)) ||
	    !mm_text_is_name(item->notice, MM_NOTICE_NAME_MAX))
		return MM_ERR_INVALID;
	if (has_record)
		r = mm_record_decode(item->record, item->record_len, &record);
	if (r == 0)
		r = load(&tpl, conf, item);
	if (r == 0)
		r = render(out, conf, item, &tpl, has_record ? &record : NULL);
	mm_record_clear(&record);
	mm_template_clear(&tpl);
	return r;
}
