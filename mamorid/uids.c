/*
 * Users that mamori.yaml names in lists: what they may do, or what comes from
 * them, goes by their uids, which the kernel tells. Any role, at its start.
 */
#include "mamorid/uids.h"

#include <pwd.h>

#include "mamorid/log.h"

void mm_uids_find(const struct mm_conf_list *names, const char *event,
		  struct mm_uids *uids_r)
{
	const struct passwd *pw;
	size_t i;

	uids_r->count = 0;
	for (i = 0; i < names->count && uids_r->count < MM_UIDS_MAX; i++) {
		pw = getpwnam(names->items[i]);
		if (pw == NULL)
			mm_log(MM_LOG_ERROR, event, NULL, "missing",
			       names->items[i], NULL);
		else
			uids_r->list[uids_r->count++] = pw->pw_uid;
	}
}

bool mm_uids_have(const struct mm_uids *uids, uid_t uid)
{
	size_t i;

	for (i = 0; i < uids->count; i++)
		if (uids->list[i] == uid)
			return true;
	return false;
}
