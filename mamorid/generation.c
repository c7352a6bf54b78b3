/*
 * Which pool serves, which one loads. Runs in the master and only decides;
 * mail keeps flowing through the current generation meanwhile.
 */
#include "mamorid/generation.h"

#include <stdio.h>
#include <string.h>

#include "core/proto.h"
#include "core/text.h"
#include "mamorid/channel.h"
#include "mamorid/log.h"

void mm_generations_init(struct mm_generations *gens, struct mm_procs *procs,
			 bool serial)
{
	*gens = (struct mm_generations){ .procs = procs, .serial = serial };
}

static void begin(struct mm_generations *gens)
{
	struct mm_proc *proc;

	gens->again = false;
	proc = mm_procs_add(gens->procs, MM_PROC_POOL, ++gens->last);
	if (proc == NULL) {
		mm_log(MM_LOG_ERROR, "reload-refused", NULL, "reason",
		       "too many old generations are still scanning", NULL);
		return;
	}
	/* Without anything in service, few signatures are better than none. */
	proc->serving = gens->current.signatures;
	gens->next = (struct mm_generation){ .number = gens->last,
					     .proc = proc };
	mm_log(MM_LOG_INFO, "signatures-loading", NULL, "generation",
	       MM_NUM(gens->last), NULL);
}

static void retire(struct mm_generation *gen)
{
	struct mm_proc *proc = gen->proc;

	*gen = (struct mm_generation){ 0 };
	if (proc == NULL)
		return;
	proc->wanted = false;
	if (proc->channel >= 0 &&
	    mm_channel_send(proc->channel, MM_CHANNEL_RETIRE, 0, NULL) < 0)
		mm_proc_leave(proc);
}

uint32_t mm_generations_reload(struct mm_generations *gens)
{
	if (gens->next.number != 0) {
		gens->again = true;
		return gens->last + 1;
	}
	if (gens->serial && gens->current.number != 0) {
		/* Its memory is needed: load when it has gone. */
		retire(&gens->current);
		gens->again = true;
		return gens->last + 1;
	}
	begin(gens);
	return gens->last;
}

static uint64_t number(const struct mm_pairs *pairs, const char *name)
{
	const char *text = mm_pairs_get(pairs, name);
	uint64_t num;

	if (text == NULL || mm_text_number(text, 0, INT64_MAX, &num) < 0)
		return 0;
	return num;
}

void mm_generations_ready(struct mm_generations *gens, struct mm_proc *proc,
			  const struct mm_pairs *pairs)
{
	const char *sandbox = mm_pairs_get(pairs, "sandbox");

	if (proc != gens->next.proc || gens->next.number == 0)
		return;
	gens->next.workers = number(pairs, "workers");
	gens->next.signatures = number(pairs, "signatures");
	gens->next.signatures_time =
		(int64_t)number(pairs, "signatures_time");
	(void)snprintf(gens->next.sandbox, sizeof(gens->next.sandbox), "%s",
		       sandbox == NULL ? "" : sandbox);
	if (gens->current.number != 0) {
		gens->reloads++;
		retire(&gens->current);
	}
	gens->current = gens->next;
	gens->next = (struct mm_generation){ 0 };
	proc->wanted = true;
	mm_log(MM_LOG_INFO, "signatures-loaded", NULL, "generation",
	       MM_NUM(gens->current.number), "signatures",
	       MM_NUM(gens->current.signatures), "workers",
	       MM_NUM(gens->current.workers), "sandbox", gens->current.sandbox,
	       NULL);
	if (gens->again)
		(void)mm_generations_reload(gens);
}

void mm_generations_refused(struct mm_generations *gens, struct mm_proc *proc,
			    const struct mm_pairs *pairs)
{
	const char *reason = mm_pairs_get(pairs, "reason");

	if (proc != gens->next.proc && proc != gens->current.proc)
		return;
	gens->refused++;
	mm_log(MM_LOG_ERROR, "reload-refused", NULL, "generation",
	       MM_NUM(proc->generation), "reason",
	       reason == NULL ? "unknown" : reason, "serving",
	       MM_NUM(gens->current.number), NULL);
}

void mm_generations_workers(struct mm_generations *gens, struct mm_proc *proc,
			    const struct mm_pairs *pairs)
{
	if (proc != gens->current.proc)
		return;
	gens->current.crashed =
		number(pairs, "crashed") + number(pairs, "killed");
}

bool mm_generation_shrunk(uint64_t serving, uint64_t fresh, uint64_t percent)
{
	return fresh * 100 < serving * percent;
}

void mm_generations_ended(struct mm_generations *gens, struct mm_proc *proc)
{
	if (gens->current.number != 0 && proc == gens->current.proc) {
		if (gens->next.number != 0) {
			/* The one that loads already takes over. */
			proc->wanted = false;
			gens->next.proc->wanted = true;
			gens->next.proc->serving = 0;
			gens->current = (struct mm_generation){ 0 };
			return;
		}
		/* It is started again under its number and counts as loading
		 * until it is ready. */
		proc->serving = 0;
		gens->next = (struct mm_generation){
			.number = proc->generation, .proc = proc
		};
		gens->current = (struct mm_generation){ 0 };
		return;
	}
	/* While nothing serves, a pool that dies is started again. Beside a
	 * serving one it is not: the same signatures would fail again. */
	if (proc == gens->next.proc && gens->current.number != 0) {
		proc->wanted = false;
		gens->next = (struct mm_generation){ 0 };
	}
	if (gens->again && gens->next.number == 0)
		begin(gens);
}
