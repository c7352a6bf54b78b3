/*
 * Telling the operator of a sender on hold, by the outbox like every notice.
 * Keeper, uid mamori-keeper.
 */
#include "mamorid/keeper/abuse_notice.h"

#include "core/err.h"
#include "core/frame.h"
#include "mamorid/keeper/abuse.h"
#include "mamorid/keeper/outbox.h"
#include "mamorid/keeper/outbox_serve.h"
#include "mamorid/log.h"

/* Every figure of the window beside its limit, a line each. */
static int put_figures(struct mm_keeper *keeper, const char *name,
		       struct mm_buf *out)
{
	uint64_t sums[MM_ABUSE_KINDS], limits[MM_ABUSE_KINDS];
	int r = 0, i;

	mm_abuse_limits(keeper->role->conf, limits);
	mm_abuse_sums(keeper->abuse, name, mm_keeper_now(), sums);
	for (i = 0; i < MM_ABUSE_KINDS && r == 0; i++)
		r = mm_buf_printf(out, "%s: %llu (limit %llu)\n",
				  mm_abuse_name(i), (unsigned long long)sums[i],
				  (unsigned long long)limits[i]);
	return r;
}

/* Values of the template by their placeholders; actions: how to end it. */
static int put_facts(struct mm_keeper *keeper, const struct mm_abuse_who *who,
		     const char *reason, const char *unhold,
		     struct mm_buf *facts)
{
	struct mm_buf text;
	int r;

	mm_buf_init(&text, MM_TEXT_MAX);
	if ((r = mm_pair_put(facts, "account", who->name)) == 0 &&
	    (r = mm_pair_put(facts, "reason", reason)) == 0 &&
	    (r = mm_pair_put(facts, "actions", unhold)) == 0 &&
	    (r = put_figures(keeper, who->name, &text)) == 0)
		r = mm_pair_put(facts, "list", mm_buf_str(&text));
	mm_buf_clear(&text);
	return r;
}

void mm_abuse_tell(struct mm_keeper *keeper, const struct mm_abuse_who *who,
		   const char *reason, const char *unhold)
{
	const char *to = keeper->role->conf->operator;
	struct mm_buf facts;
	int r;

	if (*to == '\0')
		return;
	mm_buf_init(&facts, MM_FRAME_MAX);
	r = put_facts(keeper, who, reason, unhold, &facts);
	if (r == 0)
		r = mm_outbox_add_notice(keeper->db, 0,
					 *unhold == '\0' ? "abuse-warn"
							 : "abuse-hold",
					 to, &facts, mm_keeper_now());
	if (r < 0)
		mm_log(MM_LOG_ERROR, "abuse-untold", NULL, "sender", who->name,
		       "error", mm_err_text(r), NULL);
	else
		/* Not from inside a client's read. */
		keeper->outbox.deadline = mm_deadline_in(0);
	mm_buf_clear(&facts);
}
