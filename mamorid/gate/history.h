#ifndef MM_MAMORID_GATE_HISTORY_H
#define MM_MAMORID_GATE_HISTORY_H

#include "core/proto_history.h"
#include "mamorid/gate/direction.h"
#include "mamorid/gate/history_client.h"
#include "mamorid/gate/request.h"

/*
 * What became of a mail, for the history. The caller fills account, verdict,
 * action, reason, spam, notices, ms, held and the recipients; the rest comes
 * from the request and the findings.
 *
 *	struct mm_gate_history history;
 *
 *	mm_gate_history_init(&history, request, source, findings);
 *	history.mail.verdict = ...;
 *	mm_history_send(gate->history, &history.mail);
 *	mm_gate_history_clear(&history);
 *
 * findings may be NULL. Both must live until it is sent.
 */
struct mm_gate_history {
	struct mm_history mail;
	struct mm_history_recipient *recipients; /* as many as the envelope's,
						  * addresses set */
	struct mm_buf findings;
	struct mm_buf message_id;
};

void mm_gate_history_init(struct mm_gate_history *history,
			  const struct mm_request *request,
			  enum mm_source source,
			  const struct mm_findings *findings);
void mm_gate_history_clear(struct mm_gate_history *history);

#endif
