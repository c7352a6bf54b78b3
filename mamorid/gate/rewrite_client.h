#ifndef MM_MAMORID_GATE_REWRITE_CLIENT_H
#define MM_MAMORID_GATE_REWRITE_CLIENT_H

#include "core/proto.h"
#include "core/proto_rewrite.h"

/* A changed message, and the bytes that result and findings point into. */
struct mm_gate_rewritten {
	struct mm_rewrite_result result;
	struct mm_findings findings;	/* of the changed message */
	int body;		/* sealed memfd, the new body from offset 0;
				 * -1 without a result */
	struct mm_buf bytes;
	struct mm_buf why;	/* one line of text, when there is no result */
};

/* Have an inspector change a message, and a second one if the first is lost.
 * headers is a sealed memfd, body a checked descriptor; both stay the
 * caller's, and neither is changed. Always fills *rewritten_r; release with
 * mm_gate_rewritten_clear(). The new message is to be used only if its
 * findings say clean: it was read as a new one is.
 * 0; or what mm_inspector_call() returns, or MM_ERR_LIMIT (a plan too large),
 * and then the message stays as it was. */
MM_CHECK int mm_gate_rewrite(const char *inspect_path,
			     const struct mm_rewrite_request *plan,
			     int headers, int body,
			     struct mm_gate_rewritten *rewritten_r);
void mm_gate_rewritten_clear(struct mm_gate_rewritten *rewritten);

#endif
