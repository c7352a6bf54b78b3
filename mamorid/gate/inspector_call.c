/*
 * The gate's side of inspect.sock. An inspector is not trusted: it has read
 * the mail. What it answers is checked like any foreign bytes.
 */
#include "mamorid/gate/inspector_call.h"

#include <sys/socket.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/proto.h"
#include "mamorid/log.h"

#define TRIES 2u

static int refused(const struct mm_inspector_call *call,
		   const struct mm_frame *answer)
{
	const char *text = mm_error_text(&answer->payload);

	mm_log(MM_LOG_WARN, "inspect-error", call->trace, "reason", text,
	       NULL);
	if (call->why != NULL && mm_buf_puts(call->why, text) < 0)
		return MM_ERR_NOMEM;
	return MM_ERR_PEER;
}

static int ask(const char *path, const struct mm_inspector_call *call)
{
	struct mm_frame answer;
	int fd = mm_unix_connect(path);
	int r;

	if (fd < 0)
		return MM_ERR_SYS;
	mm_frame_init(&answer);
	r = mm_frame_send(fd, call->type, 1, call->payload, call->fds,
			  call->nfds, call->deadline);
	/* Nothing more: the inspector need not wait for our end. */
	(void)shutdown(fd, SHUT_WR);
	if (r == 0 &&
	    (r = mm_frame_recv(fd, &answer, MM_TEXT_MAX + 64, call->answer_fds,
			       call->deadline)) == 0)
		r = answer.type == MM_FRAME_ERROR
			    ? refused(call, &answer)
			    : call->take(&answer, call->context);
	mm_frame_clear(&answer);
	mm_close(&fd);
	return r;
}

/* Everything else means that an inspector has died or gone mad. */
static bool is_answer(int r)
{
	return r == 0 || r == MM_ERR_TIMEOUT || r == MM_ERR_SYS ||
	       r == MM_ERR_PEER || r == MM_ERR_NOMEM;
}

int mm_inspector_call(const char *path, struct mm_inspector_call *call)
{
	int r;

	for (call->lost = 0; call->lost < TRIES; ) {
		r = ask(path, call);
		if (!is_answer(r)) {
			call->lost++;
			mm_log(MM_LOG_WARN, "inspector-lost", call->trace,
			       "try", MM_NUM(call->lost), "reason",
			       mm_err_text(r), NULL);
			continue;
		}
		if (r < 0 && r != MM_ERR_PEER)
			mm_log(MM_LOG_WARN, "inspector-unavailable",
			       call->trace, "reason", mm_err_text(r), NULL);
		return r;
	}
	return MM_ERR_CLOSED;
}
