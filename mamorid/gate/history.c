/*
 * What a mail's request and findings say to the history. Runs as users.gate.
 * Reads header lines and the body's bytes; never the MIME structure.
 */
#include "mamorid/gate/history.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "core/err.h"
#include "mamorid/gate/hold.h"
#include "mamorid/xalloc.h"

/* Enough of a body to tell whether two are the same. */
#define CONTENT_MAX 65536u

static const char *or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

/* The value of the first header of this name, as it stands there. */
static const char *find_header(const struct mm_scan_request *scan,
			       const char *name, size_t *len_r)
{
	const size_t len = strlen(name);
	const struct mm_header *header;
	size_t i;

	for (i = 0; i < scan->nheaders; i++) {
		header = &scan->headers[i];
		if (header->len <= len ||
		    strncasecmp(header->text, name, len) != 0 ||
		    header->text[len] != ':')
			continue;
		*len_r = header->len - len - 1;
		return header->text + len + 1;
	}
	*len_r = 0;
	return "";
}

/* What is between the angles; without them, the first word. */
static void put_message_id(struct mm_buf *out,
			   const struct mm_scan_request *scan)
{
	size_t len, start = 0, end;
	const char *text = find_header(scan, "Message-ID", &len);

	while (start < len && strchr(" \t\r\n<", text[start]) != NULL)
		start++;
	for (end = start; end < len; end++)
		if (strchr(" \t\r\n>", text[end]) != NULL)
			break;
	if (mm_buf_put(out, text + start, end - start) < 0)
		mm_buf_reset(out);
}

static void put_findings(struct mm_buf *out, const struct mm_findings *findings)
{
	size_t i;

	for (i = 0; i < findings->count && i < MM_HISTORY_FINDINGS_MAX; i++)
		if (mm_history_put_finding(out, &findings->list[i]) < 0)
			return;
}

/* Not against who wants two bodies to look the same: the one who sends much
 * gains nothing by that. */
static uint64_t mix(uint64_t sum, const unsigned char *data, size_t len)
{
	uint64_t word;

	for (; len > 0; len -= len < sizeof(word) ? len : sizeof(word)) {
		word = 0;
		memcpy(&word, data, len < sizeof(word) ? len : sizeof(word));
		data += len < sizeof(word) ? len : sizeof(word);
		sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		sum ^= sum >> 29;
	}
	return sum;
}

static uint64_t content_of(const struct mm_request *request,
			   const char *subject)
{
	unsigned char *data = mm_xcalloc(1, CONTENT_MAX);
	const ssize_t n = pread(request->body, data, CONTENT_MAX,
				(off_t)request->scan.body_offset);
	uint64_t sum = request->body_size + 1;

	if (n > 0)
		sum = mix(sum, data, (size_t)n);
	sum = mix(sum, (const unsigned char *)subject, strlen(subject));
	free(data);
	return n < 0 || sum == 0 ? 1 : sum;
}

void mm_gate_history_init(struct mm_gate_history *history,
			  const struct mm_request *request,
			  enum mm_source source,
			  const struct mm_findings *findings)
{
	const struct mm_scan_request *scan = &request->scan;
	const enum mm_direction direction = mm_source_direction(source);
	size_t i;

	memset(history, 0, sizeof(*history));
	mm_buf_init(&history->findings, MM_HISTORY_FINDINGS_BYTES);
	mm_buf_init(&history->message_id, MM_HISTORY_TEXT_MAX);
	put_message_id(&history->message_id, scan);
	if (findings != NULL)
		put_findings(&history->findings, findings);
	history->recipients =
		mm_xcalloc(scan->nrecipients + 1, sizeof(*history->recipients));
	for (i = 0; i < scan->nrecipients; i++)
		history->recipients[i].address = scan->recipients[i];
	history->mail = (struct mm_history){
		.trace = scan->trace,
		.time = (int64_t)time(NULL),
		.direction = mm_direction_name(direction),
		.login = mm_hold_login(source, scan),
		.sender = scan->sender,
		.host = or_empty(scan->host_address),
		.helo = or_empty(scan->helo),
		.uid = scan->uid,
		.message_id = mm_buf_str(&history->message_id),
		.from = findings == NULL ? "" : or_empty(findings->from),
		.subject = findings == NULL ? "" : or_empty(findings->subject),
		.size = request->body_size,
		.invalid = scan->refused,
		.total = scan->nrecipients,
		.bounce = source == MM_SOURCE_BOUNCE,
		.findings = history->findings.data,
		.findings_len = history->findings.len,
		.recipients = history->recipients,
		.nrecipients = scan->nrecipients,
	};
	if (direction == MM_DIRECTION_OUTBOUND ||
	    direction == MM_DIRECTION_LOCAL)
		history->mail.content =
			content_of(request, history->mail.subject);
}

void mm_gate_history_clear(struct mm_gate_history *history)
{
	free(history->recipients);
	mm_buf_clear(&history->findings);
	mm_buf_clear(&history->message_id);
	memset(history, 0, sizeof(*history));
}
