#ifndef MM_CORE_PROTO_VARIANT_H
#define MM_CORE_PROTO_VARIANT_H

#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/proto.h"

/*
 * A variant: the message as some of its recipients get it, injected later by
 * the courier. What Exim was told of the envelope goes along (RFC 3461), as it
 * stands in SMTP: "NOTIFY=SUCCESS ORCPT=rfc822;a@b", "RET=HDRS ENVID=x".
 */
struct mm_rcpt {
	const char *address;
	const char *options; /* of RCPT; or NULL */
};

struct mm_variant {
	uint32_t version;
	const char *options; /* of MAIL; or NULL */
	struct mm_rcpt *rcpts;
	size_t count;
};

/* As for the scan request (use MM_LIST_MAX). */
MM_CHECK int mm_variant_encode(struct mm_buf *buf,
			       const struct mm_variant *variant);
MM_CHECK int mm_variant_decode(const void *data, size_t len,
			       struct mm_variant *variant_r);
void mm_variant_clear(struct mm_variant *variant);

/* May this be put behind a command as it is: words of printable ASCII,
 * separated by single spaces? NULL and "" may. */
bool mm_variant_is_options(const char *options);

#endif
