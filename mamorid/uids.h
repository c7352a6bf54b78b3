#ifndef MM_MAMORID_UIDS_H
#define MM_MAMORID_UIDS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/conf.h"

#define MM_UIDS_MAX 32u

/* The uids of a list of login names, as users.panel. */
struct mm_uids {
	uid_t list[MM_UIDS_MAX];
	size_t count;
};

/* Look the names up; one that does not exist is logged as event and left
 * out, and so are those past MM_UIDS_MAX. */
void mm_uids_find(const struct mm_conf_list *names, const char *event,
		  struct mm_uids *uids_r);

bool mm_uids_have(const struct mm_uids *uids, uid_t uid);

#endif
