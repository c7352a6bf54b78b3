#ifndef MM_CORE_PROTO_REWRITE_H
#define MM_CORE_PROTO_REWRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/deadline.h"

/*
 * inspect.sock: a message is changed by the one who can read it.
 *
 *   gate, root ->  REWRITE    fds: plan memfd, header memfd, body
 *   inspector ->   REWRITTEN  fds: result memfd, new body memfd
 *
 * The plan memfd is sealed and holds an encoded mm_rewrite_request; header and
 * body are as for INSPECT (core/proto.h). The new body begins at offset 0 of
 * its sealed memfd, with line ends as the old one's. What cannot be carried
 * out as a whole is answered by MM_FRAME_ERROR, and nothing is changed.
 */

enum mm_rewrite_kind {
	MM_REWRITE_REMOVE = 1,	/* the text takes the part's place */
	MM_REWRITE_CLEAN = 2,	/* active contents leave the document; where
				 * that cannot be done, as REMOVE */
};

struct mm_rewrite_op {
	enum mm_rewrite_kind kind;
	const char *part;	/* "2.1" as in findings; never "" */
	const char *text;	/* UTF-8, lines end in "\n" */
};

/* What a body is changed by; at least one operation or the stamp. A part is
 * named once. */
struct mm_rewrite_request {
	uint32_t version;
	const char *trace;
	mm_deadline deadline;
	uint64_t body_offset;
	bool wireformat;
	struct mm_rewrite_op *ops;
	size_t nops;
	const char *stamp;	/* UTF-8, to stand before the text; or NULL */
	const char *allowed;	/* as mm_inspect_request.allowed */
};

#define MM_REWRITE_OPS_MAX 1000u
#define MM_REWRITE_TEXT_MAX 65536u	/* one text, or the stamp */

/* As for the scan request (use MM_LIST_MAX); also MM_ERR_FORMAT for a text
 * that is no UTF-8 and for a plan of nothing. */
MM_CHECK int mm_rewrite_request_encode(struct mm_buf *buf,
				       const struct mm_rewrite_request *req);
MM_CHECK int mm_rewrite_request_decode(const void *data, size_t len,
				       struct mm_rewrite_request *req_r);
void mm_rewrite_request_clear(struct mm_rewrite_request *req);

/* What became of one operation, in the order of the request. */
struct mm_rewrite_outcome {
	enum mm_rewrite_kind done; /* REMOVE after CLEAN: could not be cleaned,
				    * or not well enough */
	const char *reason;	/* then why, a few words; else "" */
};

enum mm_stamped {
	MM_STAMPED_NOT = 0,	/* there is no stamp */
	MM_STAMPED_BODY = 1,	/* in front of the text */
	MM_STAMPED_PART = 2,	/* a part in front of the whole: the message
				 * is signed or encrypted, holds no text, or
				 * one that cannot be changed */
};

struct mm_rewrite_result {
	uint32_t version;
	struct mm_rewrite_outcome *outcomes; /* as many as operations */
	size_t noutcomes;
	const char *header;	/* the message's new header lines, LF line
				 * ends, no blank line: fields Content-* and
				 * MIME-Version differ, the others are as they
				 * were and in their order. header_len is 0
				 * when the header stays. */
	size_t header_len;
	enum mm_stamped stamped;
	bool signed_broken;	/* a part of a signed message was changed */
	const char *findings;	/* encoded mm_findings of the new message: not
				 * clean is for the asker to judge */
	size_t findings_len;
};

#define MM_REWRITE_RESULT_MAX (33u << 20)

/* As above, with MM_REWRITE_RESULT_MAX. The findings are not decoded. */
MM_CHECK int mm_rewrite_result_encode(struct mm_buf *buf,
				      const struct mm_rewrite_result *result);
MM_CHECK int mm_rewrite_result_decode(const void *data, size_t len,
				      struct mm_rewrite_result *result_r);
void mm_rewrite_result_clear(struct mm_rewrite_result *result);

#endif
