/*
 * mamorictl quarantine: list, show, release and delete, each by a request to
 * the keeper, which checks who asks.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/frame.h"
#include "core/text.h"
#include "mamorictl/client.h"
#include "mamorictl/quarantine.h"
#include "mamorictl/when.h"

#define LIMIT_MAX 10000u

static int put_time(struct mm_buf *request, const char *name, const char *text)
{
	int64_t when;

	if (text == NULL)
		return 0;
	if (mm_when_read(text, &when) < 0)
		return mm_ctl_error("--%s %s: not a time; write 2h, 3d, "
				    "2026-01-31 or \"2026-01-31 23:59\"", name,
				    text);
	mm_ctl_must(mm_pair_put_num(request, name, (uint64_t)when));
	return 0;
}

static int put_text(struct mm_buf *request, const char *name, const char *text)
{
	if (mm_pair_put(request, name, text) < 0)
		return mm_ctl_error("--%s: too long", name);
	return 0;
}

static int put_filters(const struct mm_ctl *ctl, struct mm_buf *request)
{
	uint64_t limit;

	if (ctl->limit != NULL &&
	    mm_text_number(ctl->limit, 1, LIMIT_MAX, &limit) < 0)
		return mm_ctl_error("--limit %s: not a number from 1 to %u",
				    ctl->limit, LIMIT_MAX);
	if (put_text(request, "recipient", ctl->recipient) != 0 ||
	    put_text(request, "sender", ctl->sender) != 0 ||
	    put_text(request, "reason", ctl->reason) != 0 ||
	    put_text(request, "limit", ctl->limit) != 0 ||
	    put_time(request, "since", ctl->since) != 0 ||
	    put_time(request, "until", ctl->until) != 0)
		return MM_EXIT_ERROR;
	return 0;
}

static void print_list(const struct mm_rows *rows)
{
	cJSON *list = mm_json_must(cJSON_CreateArray());
	size_t i;

	for (i = 0; i < rows->count; i++)
		if (!cJSON_AddItemToArray(list, mm_json_row(&rows->list[i])))
			mm_ctl_must(MM_ERR_NOMEM);
	mm_json_print(list);
}

/* The longest comes last; show tells the rest. */
void mm_quarantine_shorten(struct mm_pairs *row)
{
	static const char *const names[] = { "id", "created", "recipient",
					     "reason", "detail", "size",
					     "sender", "subject" };
	const size_t count = sizeof(names) / sizeof(*names);
	struct mm_pair kept[sizeof(names) / sizeof(*names)];
	size_t i, n = 0;

	for (i = 0; i < count; i++) {
		kept[n].name = names[i];
		kept[n].value = mm_pairs_get(row, names[i]);
		n += kept[n].value != NULL;
	}
	/* A row that has nothing of this is shown as it is. */
	if (n == 0)
		return;
	memcpy(row->list, kept, n * sizeof(*kept));
	row->count = n;
}

int mm_cmd_quarantine_list(struct mm_ctl *ctl)
{
	struct mm_buf request;
	struct mm_rows rows = { 0 };
	size_t i;
	int status = mm_ctl_conf(ctl);

	mm_buf_init(&request, MM_FRAME_MAX);
	if (status == 0)
		status = put_filters(ctl, &request);
	if (status == 0)
		status = mm_client_ask(ctl, MM_FRAME_CTL_QUARANTINE_LIST,
				       &request, &rows, NULL);
	if (status == 0 && ctl->json)
		print_list(&rows);
	else if (status == 0 && rows.count == 0)
		puts("nothing in quarantine");
	for (i = 0; status == 0 && !ctl->json && i < rows.count; i++)
		mm_quarantine_shorten(&rows.list[i]);
	if (status == 0 && !ctl->json)
		mm_out_rows(&rows);
	mm_rows_clear(&rows);
	mm_buf_clear(&request);
	return status;
}

/* The stored mail, byte for byte, to standard output. */
static int copy_message(int fd)
{
	char chunk[65536];
	off_t offset = 0;
	ssize_t n;

	for (;;) {
		n = pread(fd, chunk, sizeof(chunk), offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (fwrite(chunk, 1, (size_t)n, stdout) != (size_t)n)
			return MM_EXIT_ERROR;	/* told by main() */
		offset += n;
	}
	return n < 0 ? mm_ctl_error("the stored mail: %s",
				    mm_err_text(MM_ERR_SYS)) : 0;
}

/* What the daemon says of one mail; done is the word when it says nothing. */
static void print_row(const struct mm_ctl *ctl, const char *id,
		      const struct mm_rows *rows, const char *done)
{
	const char *text = rows->count > 0
		? mm_pairs_get(&rows->list[0], "text") : NULL;
	cJSON *json;

	if (ctl->json) {
		json = rows->count > 0 ? mm_json_row(&rows->list[0])
				       : mm_json_must(cJSON_CreateObject());
		if (cJSON_GetObjectItemCaseSensitive(json, "id") == NULL)
			mm_json_add(json, "id", mm_json_text(id));
		if (done != NULL && text == NULL)
			mm_json_add(json, "text", mm_json_text(done));
		mm_json_print(json);
	} else if (done != NULL) {
		mm_out_text(id);
		fputs(": ", stdout);
		mm_out_text(text == NULL ? done : text);
		putchar('\n');
	} else {
		mm_out_rows(rows);
	}
}

/* One request about one mail. */
static int ask_one(const struct mm_ctl *ctl, uint16_t type, const char *id,
		   const char *done)
{
	const bool message = (ctl->given & MM_OPTION_MESSAGE) != 0;
	struct mm_buf request;
	struct mm_rows rows = { 0 };
	int status, fd = -1;
	uint64_t num;

	if (mm_text_number(id, 1, INT64_MAX, &num) < 0)
		return mm_ctl_error("%s: not the number of a mail in "
				    "quarantine", id);
	mm_buf_init(&request, MM_FRAME_MAX);
	mm_ctl_must(mm_pair_put(&request, "id", id));
	if (message)
		mm_ctl_must(mm_pair_put(&request, "message", "1"));
	status = mm_client_ask(ctl, type, &request, &rows, &fd);
	if (status == 0 && message && fd < 0)
		status = mm_ctl_error("%s: the daemon sent no mail", id);
	else if (status == 0 && message)
		status = copy_message(fd);
	else if (status == 0)
		print_row(ctl, id, &rows, done);
	mm_close(&fd);
	mm_rows_clear(&rows);
	mm_buf_clear(&request);
	return status;
}

int mm_quarantine_release(const struct mm_ctl *ctl, const char *id)
{
	return ask_one(ctl, MM_FRAME_CTL_QUARANTINE_RELEASE, id, "released");
}

static int ask_each(struct mm_ctl *ctl, uint16_t type, const char *done)
{
	int i, one, status = mm_ctl_conf(ctl);

	if (status != 0)
		return status;
	if ((ctl->given & MM_OPTION_MESSAGE) != 0 &&
	    (ctl->count != 1 || ctl->json))
		return mm_ctl_error("--message shows one mail, and no JSON");
	for (i = 0; i < ctl->count; i++) {
		one = ask_one(ctl, type, ctl->operands[i], done);
		if (one > status)
			status = one;
	}
	return status;
}

int mm_cmd_quarantine_show(struct mm_ctl *ctl)
{
	return ask_each(ctl, MM_FRAME_CTL_QUARANTINE_SHOW, NULL);
}

int mm_cmd_quarantine_release(struct mm_ctl *ctl)
{
	return ask_each(ctl, MM_FRAME_CTL_QUARANTINE_RELEASE, "released");
}

int mm_cmd_quarantine_delete(struct mm_ctl *ctl)
{
	return ask_each(ctl, MM_FRAME_CTL_QUARANTINE_DELETE, "deleted");
}
