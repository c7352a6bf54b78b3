/*
 * Packets from the roles to the master. Roles are not trusted: a table says
 * which role may send what.
 */
#include "mamorid/master_channel.h"

#include <signal.h>
#include <stdio.h>

#include "core/err.h"
#include "core/proto.h"
#include "mamorid/channel.h"
#include "mamorid/log.h"
#include "mamorid/logsink.h"

/* So that one busy role cannot keep the master from the others. */
#define PACKETS_A_TURN 64

struct packet {
	struct mm_master_view *view;
	struct mm_proc *proc;
	const struct mm_frame *frame;
	struct mm_pairs pairs;
};

static void on_log(const struct packet *p)
{
	const struct mm_buf *line = &p->frame->payload;

	if (line->len > 1)
		mm_logsink_put((enum mm_log_level)(unsigned char)line->data[0],
			       line->data + 1, line->len - 1);
}

static void on_count(const struct packet *p)
{
	mm_status_count(&p->view->status, &p->pairs);
}

static void on_ready(const struct packet *p)
{
	mm_generations_ready(&p->view->gens, p->proc, &p->pairs);
}

static void on_refused(const struct packet *p)
{
	mm_generations_refused(&p->view->gens, p->proc, &p->pairs);
}

static void on_workers(const struct packet *p)
{
	mm_generations_workers(&p->view->gens, p->proc, &p->pairs);
}

static void answer(const struct packet *p, uint16_t type,
		   const struct mm_buf *payload)
{
	if (mm_channel_send(p->proc->channel, type, p->frame->id, payload) < 0)
		mm_log(MM_LOG_WARN, "channel-full", NULL, "name",
		       mm_proc_name(p->proc->role), NULL);
}

static void on_status(const struct packet *p)
{
	struct mm_buf rows;

	mm_buf_init(&rows, MM_CHANNEL_MAX);
	if (mm_status_rows(&p->view->status, &p->view->gens, p->view->procs,
			   &rows) < 0)
		mm_buf_reset(&rows);
	answer(p, MM_CHANNEL_STATUS_ROWS, &rows);
	mm_buf_clear(&rows);
}

static void on_reload(const struct packet *p)
{
	uint32_t number = mm_generations_reload(&p->view->gens);
	struct mm_buf reply;
	char text[64];

	(void)snprintf(text, sizeof(text), "generation %u is loading", number);
	mm_buf_init(&reply, MM_CHANNEL_MAX);
	if (mm_pair_put(&reply, "text", text) == 0 &&
	    mm_pair_put_num(&reply, "generation", number) == 0)
		answer(p, MM_CHANNEL_RELOADING, &reply);
	mm_buf_clear(&reply);
}

#define ROLE(role) (1u << MM_PROC_##role)
#define ALL (ROLE(KEEPER) | ROLE(COURIER) | ROLE(GATE) | ROLE(POOL))

static const struct {
	uint16_t type;
	unsigned int roles;
	bool pairs;		/* the payload is a pair list */
	void (*handle)(const struct packet *p);
} handlers[] = {
	{ MM_CHANNEL_LOG, ALL, false, on_log },
	{ MM_CHANNEL_COUNT, ROLE(GATE), true, on_count },
	{ MM_CHANNEL_READY, ROLE(POOL), true, on_ready },
	{ MM_CHANNEL_REFUSED, ROLE(POOL), true, on_refused },
	{ MM_CHANNEL_WORKERS, ROLE(POOL), true, on_workers },
	{ MM_CHANNEL_STATUS, ROLE(KEEPER), false, on_status },
	{ MM_CHANNEL_RELOAD, ROLE(KEEPER), false, on_reload },
};

/* 0, or MM_ERR_DENIED or MM_ERR_FORMAT for what may not be sent. */
static int handle(struct packet *p)
{
	const struct mm_buf *payload = &p->frame->payload;
	size_t i;
	int r = 0;

	for (i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++)
		if (handlers[i].type == p->frame->type)
			break;
	if (i == sizeof(handlers) / sizeof(handlers[0]) ||
	    (handlers[i].roles & 1u << p->proc->role) == 0)
		return MM_ERR_DENIED;
	p->pairs = (struct mm_pairs){ 0 };
	if (handlers[i].pairs)
		r = mm_pairs_decode(payload->data, payload->len, &p->pairs);
	if (r == 0)
		handlers[i].handle(p);
	mm_pairs_clear(&p->pairs);
	return r;
}

void mm_master_serve(struct mm_master_view *view, struct mm_proc *proc)
{
	struct mm_frame frame;
	struct packet packet = { .view = view, .proc = proc, .frame = &frame };
	int i, r = 0;

	mm_frame_init(&frame);
	for (i = 0; i < PACKETS_A_TURN && proc->channel >= 0; i++) {
		if ((r = mm_channel_recv(proc->channel, &frame)) <= 0)
			break;
		if ((r = handle(&packet)) < 0)
			break;
	}
	mm_frame_clear(&frame);
	if (r >= 0)
		return;
	if (r == MM_ERR_CLOSED) {
		/* It is ending; SIGCHLD tells. Until then nothing more comes,
		 * but its channel must not make poll() spin. */
		kill(proc->pid, SIGTERM);
		return;
	}
	mm_log(MM_LOG_ERROR, "role-misbehaved", NULL, "name",
	       mm_proc_name(proc->role), "child", MM_NUM(proc->pid), "reason",
	       mm_err_text(r), NULL);
	(void)kill(proc->pid, SIGKILL);
}

void mm_master_drain(struct mm_master_view *view, pid_t pid)
{
	size_t i;

	for (i = 0; i < view->procs->count; i++)
		if (view->procs->list[i].pid == pid &&
		    view->procs->list[i].channel >= 0)
			mm_master_serve(view, &view->procs->list[i]);
}
