#ifndef MM_INSPECT_BOUND_H
#define MM_INSPECT_BOUND_H

#include <stdbool.h>

#include "core/buf.h"

/*
 * Signatures that hold only for what lies in a mail (Container:CL_TYPE_MAIL
 * and the like), or for a mail of a certain size, would miss a part that is
 * scanned by itself. Each gets a twin without that condition: where a twin
 * matches, the message is scanned again as a whole, and that scan decides.
 */
#define MM_BOUND_NAME "Mamori.Bound."

struct mm_bound {
	struct mm_buf twins;	/* lines of an .ldb file */
	bool untwinned;		/* there are some that a twin cannot follow */
	bool names;		/* there are some for names of attachments */
};

/* Read the signatures of a folder: lists, and the containers that ClamAV
 * publishes. 0, MM_ERR_SYS, MM_ERR_FORMAT, MM_ERR_LIMIT or MM_ERR_NOMEM;
 * release bound in any case. */
MM_CHECK int mm_bound_read(const char *folder, struct mm_bound *bound_r);
void mm_bound_clear(struct mm_bound *bound);

/* Take one line of a list of this kind, the suffix of its file. */
MM_CHECK int mm_bound_line(struct mm_bound *bound, const char *kind,
			   const char *line, size_t len);

#endif
