#ifndef MM_MAMORID_GATE_INSPECT_CLIENT_H
#define MM_MAMORID_GATE_INSPECT_CLIENT_H

#include "core/proto.h"
#include "mamorid/gate/treatment.h"

/* The findings and the bytes they point into. */
struct mm_gate_inspection {
	enum mm_inspected state;
	struct mm_findings findings;
	struct mm_buf bytes; /* as encoded; recorded with a quarantine */
	unsigned int lost; /* inspectors that died on it */
};

/* Ask an inspector about a message, and a second one if the first is lost.
 * headers is a sealed memfd, body a checked descriptor; both stay the
 * caller's. Always sets a state. Release with mm_gate_inspection_clear(). */
void mm_gate_inspect(const char *socket_path,
		     const struct mm_inspect_request *req, int headers,
		     int body, struct mm_gate_inspection *inspection_r);
void mm_gate_inspection_clear(struct mm_gate_inspection *inspection);

#endif
