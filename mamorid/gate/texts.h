#ifndef MM_MAMORID_GATE_TEXTS_H
#define MM_MAMORID_GATE_TEXTS_H

#include "core/proto.h"
#include "core/rules.h"

/* Append what stands in the place of a removed part, in a language. The same
 * message always gets the same text. 0, MM_ERR_LIMIT or MM_ERR_NOMEM. */
MM_CHECK int mm_text_removed(struct mm_buf *out,
			     const struct mm_finding *finding,
			     const char *language);

/* Append a rule's stamp with the names of the files it is about; nothing when
 * the rule has none in either language. As above. */
MM_CHECK int mm_text_stamp(struct mm_buf *out, const struct mm_rule *rule,
			   const struct mm_findings *findings,
			   const char *language);

#endif
