#ifndef MM_KEEPER_EFFECT_H
#define MM_KEEPER_EFFECT_H

#include "core/proto.h"
#include "mamorid/keeper/hash.h"
#include "mamorid/keeper/store.h"

/* A client that vanished after the dot comes again with the same message:
 * what was recorded for it then must not be done a second time. The key is
 * the SHA-256 of what stays the same between the two: the message without
 * trace headers (Received, Return-Path, X-Mamori-*, and any that contains the
 * trace id, which Exim puts into a Message-ID it adds), the envelope with its
 * recipients in any order, the account, and what is to be done (the reason,
 * whether a copy is kept: a copy must not be left out because an earlier
 * attempt needed none). A variant of a mail with neither Message-ID nor Date is
 * new each time: nothing tells a second attempt from a second mail.
 * 0, MM_ERR_LIMIT, MM_ERR_NOMEM, MM_ERR_FORMAT or MM_ERR_SYS. */
MM_CHECK int mm_effect_key(const struct mm_record *record,
			   const struct mm_store_parts *parts,
			   unsigned char key_r[MM_HASH_LEN]);

#endif
