#ifndef MM_COURIER_VARIANT_H
#define MM_COURIER_VARIANT_H

#include "core/conf.h"
#include "core/proto.h"
#include "core/proto_variant.h"
#include "mamorid/courier/smtp.h"

/* Inject a variant as it is stored for those of its recipients who are left,
 * which the item's record, decoded, says. rcpts has room for all of them and
 * gets their outcomes; it points into variant. */
void mm_variant_send(const struct mm_conf *conf,
		     const struct mm_outbox_item *item,
		     const struct mm_variant *variant, int message,
		     struct mm_smtp_rcpt *rcpts, struct mm_outcome *out);

#endif
