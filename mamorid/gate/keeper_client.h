#ifndef MM_MAMORID_GATE_KEEPER_CLIENT_H
#define MM_MAMORID_GATE_KEEPER_CLIENT_H

#include "core/proto.h"

/* Have the keeper put the record on disk, with a copy of the message when it
 * asks for one. headers and body stay the caller's. Returns 0 only when
 * everything is on disk; else an error, and why (cut to its size) tells the
 * operator the reason. */
MM_CHECK int mm_keeper_record(const char *socket_path,
			      const struct mm_record *record, int headers,
			      int body, mm_deadline deadline,
			      struct mm_buf *why);

#endif
