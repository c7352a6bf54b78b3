/*
 * The courier: what leaves. One process, uid mamori-courier, blocking code. It
 * takes outbox rows from the keeper one at a time and injects them into the
 * mail server. Must never write state itself, and never set no_new_privs: Exim
 * is setuid.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/frame.h"
#include "core/proto.h"
#include "mamorid/channel.h"
#include "mamorid/courier/notice.h"
#include "mamorid/courier/release.h"
#include "mamorid/courier/sent.h"
#include "mamorid/courier/smtp.h"
#include "mamorid/courier/variant.h"
#include "mamorid/log.h"
#include "mamorid/role.h"
#include "mamorid/xalloc.h"

#define REPLY_MS 10000
#define FIRST_PAUSE_MS 100
#define LAST_PAUSE_MS 5000

/* Wait until fd is readable or ms have passed (below 0: no limit); fd may be
 * -1. 1: fd is ready. 0: time is over. MM_ERR_CLOSED: the master is gone. */
static int wait_for(const struct mm_role *role, int fd, int ms)
{
	struct pollfd pfds[2] = {
		{ .fd = role->channel, .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};
	struct mm_frame frame;
	int n, r;

	for (;;) {
		n = poll(pfds, 2, ms);
		if (n == 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return MM_ERR_SYS;
		if (n < 0)
			continue;
		if (pfds[0].revents != 0) {
			/* The master has nothing to tell a courier. */
			mm_frame_init(&frame);
			r = mm_channel_recv(role->channel, &frame);
			mm_frame_clear(&frame);
			if (r < 0)
				return MM_ERR_CLOSED;
		}
		if (pfds[1].revents != 0)
			return 1;
	}
}

static void send_notice(const struct mm_conf *conf,
			const struct mm_outbox_item *item,
			struct mm_outcome *out)
{
	struct mm_smtp_mail mail = { .sender = "",
				     .to = item->to,
				     .body = -1,
				     .step_ms = MM_SMTP_STEP_MS };
	struct mm_buf text;
	int r;

	mm_buf_init(&text, MM_NOTICE_MAX);
	r = mm_notice_render(conf, item, &text);
	if (r == MM_ERR_INVALID || r == MM_ERR_FORMAT || r == MM_ERR_LIMIT) {
		mm_outcome_set(out, MM_OUTBOX_REFUSED, "notice: %s",
			       mm_err_text(r));
	} else if (r < 0) {
		mm_outcome_set(out, MM_OUTBOX_RETRY, "notice: %s",
			       mm_err_text(r));
	} else {
		mail.head = text.data;
		mail.head_len = text.len;
		mm_smtp_send(&conf->mta_command, &mail, out);
	}
	mm_buf_clear(&text);
}

/* The item of a frame. bytes keeps what it points into. */
static int take_item(struct mm_frame *frame, struct mm_buf *bytes,
		     struct mm_outbox_item *item)
{
	size_t len;
	int r;

	if (frame->type != MM_FRAME_OUTBOX_ITEM || frame->nfds < 1)
		return MM_ERR_FORMAT;
	if ((r = mm_check_memfd(frame->fds[0], MM_LIST_MAX, &len)) < 0 ||
	    (r = mm_read_fd(frame->fds[0], 0, bytes)) < 0 ||
	    (r = mm_outbox_item_decode(bytes->data, bytes->len, item)) < 0)
		return r;
	if (item->kind == MM_OUTBOX_NOTICE)
		return 0;
	return frame->nfds < 2 ? MM_ERR_FORMAT
			       : mm_check_rofile(frame->fds[1], SIZE_MAX, &len);
}

static const char *outcome_name(enum mm_outbox_outcome outcome)
{
	switch (outcome) {
	case MM_OUTBOX_SENT:
		return "sent";
	case MM_OUTBOX_RETRY:
		return "retry";
	default:
		return "refused";
	}
}

static const char *kind_name(enum mm_outbox_kind kind)
{
	switch (kind) {
	case MM_OUTBOX_NOTICE:
		return "notice";
	case MM_OUTBOX_RELEASE:
		return "release";
	default:
		return "variant";
	}
}

/* payload is an encoded mm_outbox_done. */
static int tell_done(int fd, const struct mm_outbox_item *item,
		     const struct mm_buf *payload)
{
	const mm_deadline deadline = mm_deadline_in(REPLY_MS);
	struct mm_frame frame;
	int r;

	mm_frame_init(&frame);
	if ((r = mm_frame_send(fd, MM_FRAME_OUTBOX_DONE, 2, payload, NULL, 0,
			       deadline)) == 0)
		r = mm_frame_recv(fd, &frame, MM_FRAME_MAX, 0, deadline);
	if (r == 0 && frame.type != MM_FRAME_OK) {
		mm_log(MM_LOG_ERROR, "courier-done", item->trace, "error",
		       mm_error_text(&frame.payload), NULL);
		r = MM_ERR_PEER;
	}
	mm_frame_clear(&frame);
	return r;
}

static int encode_done(const struct mm_outbox_item *item,
		       const struct mm_outcome *outcome,
		       struct mm_outbox_left *left, size_t nleft,
		       struct mm_buf *payload)
{
	const struct mm_outbox_done done = {
		.version = MM_PROTO_VERSION,
		.id = item->id,
		.outcome = outcome->outcome,
		.text = outcome->text,
		.left = left,
		.nleft = nleft,
	};

	mm_log(MM_LOG_INFO, "injected", item->trace, "row", MM_NUM(item->id),
	       "kind", kind_name(item->kind), "to", item->to, "outcome",
	       outcome_name(outcome->outcome), "left", MM_NUM(nleft), "reply",
	       outcome->text, NULL);
	return mm_outbox_done_encode(payload, &done);
}

static int inject_variant(const struct mm_role *role,
			  const struct mm_outbox_item *item, int message,
			  struct mm_outcome *outcome, struct mm_buf *payload)
{
	struct mm_smtp_rcpt rcpts[MM_OUTBOX_RCPTS_MAX];
	struct mm_outbox_left left[MM_OUTBOX_RCPTS_MAX];
	struct mm_variant variant;
	size_t i, nleft = 0;
	int r;

	r = mm_variant_decode(item->record, item->record_len, &variant);
	if (r == 0 && variant.count > MM_OUTBOX_RCPTS_MAX)
		r = MM_ERR_LIMIT;
	if (r == 0)
		mm_variant_send(role->conf, item, &variant, message, rcpts,
				outcome);
	for (i = 0; r == 0 && outcome->outcome == MM_OUTBOX_SENT &&
		    i < variant.count; i++)
		if (rcpts[i].outcome.outcome != MM_OUTBOX_SENT)
			left[nleft++] = (struct mm_outbox_left){
				.to = rcpts[i].to,
				.outcome = rcpts[i].outcome.outcome,
				.text = rcpts[i].outcome.text,
			};
	if (r == 0)
		r = encode_done(item, outcome, left, nleft, payload);
	mm_variant_clear(&variant);
	return r;
}

/* Into payload what the keeper is told. What Exim has taken is remembered in
 * this form, so that the keeper hears the same when it asks again. */
static int inject(const struct mm_role *role,
		  const struct mm_outbox_item *item, int message,
		  struct mm_sent *sent, struct mm_buf *payload)
{
	struct mm_outcome outcome = { .outcome = MM_OUTBOX_RETRY };
	int r = mm_sent_get(sent, item->id, item->trace, payload);

	if (r != 0)
		return r < 0 ? r : 0;
	if (item->kind == MM_OUTBOX_VARIANT) {
		r = inject_variant(role, item, message, &outcome, payload);
	} else {
		if (item->kind == MM_OUTBOX_NOTICE)
			send_notice(role->conf, item, &outcome);
		else
			mm_release_send(role->conf, item, message, &outcome);
		r = encode_done(item, &outcome, NULL, 0, payload);
	}
	if (r == 0 && outcome.outcome == MM_OUTBOX_SENT)
		mm_sent_add(sent, item->id, item->trace, payload);
	return r;
}

/* One row: taken, injected, told. 0, MM_ERR_CLOSED (the master is gone) or
 * another error: the connection is of no more use. */
static int serve_one(const struct mm_role *role, int fd, struct mm_sent *sent)
{
	struct mm_outbox_item item;
	struct mm_frame frame;
	struct mm_buf bytes, payload;
	int r;

	mm_frame_init(&frame);
	mm_buf_init(&bytes, MM_LIST_MAX);
	mm_buf_init(&payload, MM_FRAME_MAX);
	if ((r = mm_frame_send(fd, MM_FRAME_OUTBOX_NEXT, 1, NULL, NULL, 0,
			       mm_deadline_in(REPLY_MS))) < 0)
		goto keeper_gone;
	if ((r = wait_for(role, fd, -1)) < 0)
		goto out;
	if ((r = mm_frame_recv(fd, &frame, MM_FRAME_MAX, 2,
			       mm_deadline_in(REPLY_MS))) < 0 ||
	    (r = take_item(&frame, &bytes, &item)) < 0)
		goto keeper_gone;
	if ((r = inject(role, &item, frame.fds[1], sent, &payload)) == 0 &&
	    (r = tell_done(fd, &item, &payload)) == 0) {
		mm_sent_forget(sent, item.id);
		goto out;
	}
keeper_gone:
	/* The same code would mean the master here. */
	r = r == MM_ERR_CLOSED ? MM_ERR_PEER : r;
out:
	mm_buf_clear(&payload);
	mm_buf_clear(&bytes);
	mm_frame_clear(&frame);
	return r < 0 ? r : 0;
}

static void ignore_signals(void)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE };
	size_t i;

	for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)signal(ignored[i], SIG_IGN);
}

/* Longer each time, until something worked. */
static int pause_more(const struct mm_role *role, int *pause_ms)
{
	const int ms = *pause_ms;

	*pause_ms = ms < LAST_PAUSE_MS / 2 ? 2 * ms : LAST_PAUSE_MS;
	return wait_for(role, -1, ms);
}

int mm_courier_main(const struct mm_role *role)
{
	char *path = mm_xasprintf("%s/" MM_KEEPER_SOCK, role->conf->run_dir);
	int fd = -1, r = 0, pause_ms = FIRST_PAUSE_MS;
	struct mm_sent sent = { .next = 0 };

	mm_priv_drop(&role->users, &role->users.courier);
	ignore_signals();
	while (r != MM_ERR_CLOSED) {
		if (fd < 0 && (fd = mm_unix_connect(path)) < 0) {
			r = pause_more(role, &pause_ms);
			continue;
		}
		if ((r = serve_one(role, fd, &sent)) == 0) {
			pause_ms = FIRST_PAUSE_MS;
			continue;
		}
		mm_close(&fd);
		if (r == MM_ERR_CLOSED)
			break;
		mm_log(MM_LOG_WARN, "keeper-lost", NULL, "error",
		       mm_err_text(r), NULL);
		r = pause_more(role, &pause_ms);
	}
	mm_close(&fd);
	mm_sent_clear(&sent);
	free(path);
	return 0;
}
