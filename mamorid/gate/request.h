#ifndef MM_MAMORID_GATE_REQUEST_H
#define MM_MAMORID_GATE_REQUEST_H

#include "core/frame.h"
#include "core/proto.h"
#include "core/settings_read.h"
#include "mamorid/gate/domains.h"
#include "mamorid/gate/relays.h"
#include "mamorid/role.h"

struct mm_history_client;
struct mm_presets;

/* What a gate holds for as long as it lives. */
struct mm_gate {
	const struct mm_role *role;
	struct mm_users users;
	struct mm_domains domains;
	struct mm_relays *relays;
	struct mm_presets *presets;
	struct mm_settings_tree *tree;
	char *inspect_path;
	char *keeper_path;
	struct mm_history_client *history;
};

/* One message: the request as decoded and its descriptors. */
struct mm_request {
	struct mm_scan_request scan;
	struct mm_buf bytes;	/* what scan points into */
	int headers;		/* sealed memfd with the header lines */
	int body;		/* as passed, checked */
	size_t body_size;	/* from body_offset on */
	mm_deadline deadline;	/* when the answer must be out */
};

/* Take a SCAN frame apart and check everything in it. 0, MM_ERR_FORMAT,
 * MM_ERR_DENIED (a descriptor that may not be passed), MM_ERR_VERSION,
 * MM_ERR_LIMIT, MM_ERR_NOMEM, MM_ERR_SYS. Release with mm_request_clear() also
 * after an error. */
MM_CHECK int mm_request_open(struct mm_request *request,
			     struct mm_frame *frame);
void mm_request_clear(struct mm_request *request);

/* Inspect, decide, record, and send the verdict on fd. 0, or an error when no
 * answer could be sent: the module then defers by itself. */
MM_CHECK int mm_request_serve(const struct mm_gate *gate,
			      struct mm_request *request, int fd, uint32_t id);

#endif
