/*
 * What the master knows of the daemon, as rows for `mamorictl status`.
 */
#include "mamorid/status.h"

#include "core/proto.h"
#include "core/text.h"
#include "core/wire.h"
#include "mamorid/channel.h"
#include "mamorid/generation.h"
#include "mamorid/proc.h"

/* More in one mail, say milliseconds of a scan, is nonsense. */
#define STEP_MAX 100000000u

const char *mm_counter_name(enum mm_counter counter)
{
	static const char *const names[MM_COUNTERS] = {
		[MM_COUNTER_CLEAN] = "clean",
		[MM_COUNTER_INFECTED] = "infected",
		[MM_COUNTER_NOT_CHECKED] = "not_checked",
		[MM_COUNTER_ACCEPTED] = "accepted",
		[MM_COUNTER_REJECTED] = "rejected",
		[MM_COUNTER_DEFERRED] = "deferred",
		[MM_COUNTER_DISCARDED] = "discarded",
		[MM_COUNTER_RETRIED] = "retried",
		[MM_COUNTER_SCAN_MS] = "scan_ms",
	};

	return names[counter];
}

void mm_status_count(struct mm_status *status, const struct mm_pairs *pairs)
{
	const char *text;
	uint64_t step;
	int i;

	for (i = 0; i < MM_COUNTERS; i++) {
		text = mm_pairs_get(pairs, mm_counter_name(i));
		if (text != NULL &&
		    mm_text_number(text, 0, STEP_MAX, &step) == 0)
			status->counters[i] += step;
	}
}

static int put_row(struct mm_buf *rows, struct mm_buf *row, int r)
{
	if (r == 0)
		r = mm_wire_put(rows, MM_TAG_ROW, row->data, row->len);
	mm_buf_clear(row);
	return r;
}

static int put_counters(const struct mm_status *status, struct mm_buf *rows)
{
	struct mm_buf row;
	int r, i;

	mm_buf_init(&row, MM_CHANNEL_MAX);
	if ((r = mm_pair_put(&row, "row", "counters")) == 0)
		r = mm_pair_put_num(&row, "started", (uint64_t)status->started);
	for (i = 0; i < MM_COUNTERS && r == 0; i++)
		r = mm_pair_put_num(&row, mm_counter_name(i),
				    status->counters[i]);
	return put_row(rows, &row, r);
}

static int put_generation(const struct mm_generation *gen, const char *state,
			  struct mm_buf *rows)
{
	struct mm_buf row;
	int r;

	if (gen->number == 0)
		return 0;
	mm_buf_init(&row, MM_CHANNEL_MAX);
	if ((r = mm_pair_put(&row, "row", "generation")) == 0 &&
	    (r = mm_pair_put_num(&row, "generation", gen->number)) == 0 &&
	    (r = mm_pair_put(&row, "state", state)) == 0 &&
	    (r = mm_pair_put_num(
		     &row, "pid",
		     gen->proc == NULL ? 0 : (uint64_t)gen->proc->pid)) == 0 &&
	    (r = mm_pair_put_num(&row, "signatures", gen->signatures)) == 0 &&
	    (r = mm_pair_put_num(&row, "signatures_time",
				 (uint64_t)gen->signatures_time)) == 0 &&
	    (r = mm_pair_put_num(&row, "workers", gen->workers)) == 0 &&
	    (r = mm_pair_put_num(&row, "workers_lost", gen->crashed)) == 0)
		r = mm_pair_put(&row, "sandbox", gen->sandbox);
	return put_row(rows, &row, r);
}

/* All processes of a role in one row. */
static int put_role(const struct mm_procs *procs, enum mm_proc_role role,
		    struct mm_buf *rows)
{
	uint64_t running = 0, wanted = 0, restarts = 0;
	const struct mm_proc *proc;
	struct mm_buf row;
	size_t i;
	int r;

	for (i = 0; i < procs->count; i++) {
		proc = &procs->list[i];
		if (proc->role != role)
			continue;
		running += proc->pid != 0;
		wanted += proc->wanted;
		restarts += proc->restarts;
	}
	mm_buf_init(&row, MM_CHANNEL_MAX);
	if ((r = mm_pair_put(&row, "row", "role")) == 0 &&
	    (r = mm_pair_put(&row, "name", mm_proc_name(role))) == 0 &&
	    (r = mm_pair_put_num(&row, "running", running)) == 0 &&
	    (r = mm_pair_put_num(&row, "wanted", wanted)) == 0)
		r = mm_pair_put_num(&row, "restarts", restarts);
	return put_row(rows, &row, r);
}

int mm_status_rows(const struct mm_status *status,
		   const struct mm_generations *gens,
		   const struct mm_procs *procs, struct mm_buf *rows)
{
	int role, r;

	if ((r = put_generation(&gens->current, "serving", rows)) < 0 ||
	    (r = put_generation(&gens->next, "loading", rows)) < 0)
		return r;
	for (role = 0; role < MM_PROC_ROLES && r == 0; role++)
		r = put_role(procs, (enum mm_proc_role)role, rows);
	return r < 0 ? r : put_counters(status, rows);
}
