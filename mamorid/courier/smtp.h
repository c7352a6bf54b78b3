#ifndef MM_COURIER_SMTP_H
#define MM_COURIER_SMTP_H

#include <stdint.h>

#include "core/conf.h"
#include "core/proto.h"

/* What has become of it. text: the server's reply or the reason, one line. */
struct mm_outcome {
	enum mm_outbox_outcome outcome;
	char text[512];
};

/* A recipient of several. outcome is set for each. */
struct mm_smtp_rcpt {
	const char *to;
	const char *options; /* RFC 3461, checked; or NULL */
	struct mm_outcome outcome;
};

struct mm_smtp_mail {
	const char *sender; /* "" for the null sender */
	const char *options; /* of MAIL, checked; or NULL */
	const char *to; /* the one recipient; NULL: rcpts */
	struct mm_smtp_rcpt *rcpts;
	size_t nrcpts;
	const char *head; /* sent first */
	size_t head_len;
	int body; /* sent after it from body_offset; -1: none */
	uint64_t body_offset;
	int64_t step_ms; /* the longest wait for one reply */
};

#define MM_SMTP_STEP_MS 120000

/* Set an outcome; the text is made one printable line. */
void mm_outcome_set(struct mm_outcome *out, enum mm_outbox_outcome outcome,
		    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Inject by running command. SENT only after the server's 250 for the data;
 * REFUSED for an address that cannot be used and for a 5xx; RETRY for all
 * else, and for trouble before the server knows which mail it is. With several
 * recipients SENT means to at least one: each one's outcome tells. */
void mm_smtp_send(const struct mm_conf_list *command,
		  const struct mm_smtp_mail *mail, struct mm_outcome *out);

#endif
