#ifndef MM_MAMORID_PRIV_H
#define MM_MAMORID_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/conf.h"
#include "mamorid/uids.h"

struct mm_user {
	uid_t uid;
	gid_t gid;
	gid_t more[2];		/* supplementary groups */
	size_t nmore;
};

/* The users of mamori.yaml, resolved. Started as an ordinary user, all but
 * exim are that user, so that a private instance works without root. */
struct mm_users {
	bool root;		/* started as root: roles change uid */
	struct mm_user gate;
	struct mm_user inspector;
	struct mm_user keeper;
	struct mm_user courier;
	struct mm_user exim;
	gid_t readers;		/* settings.group, or the gate's */
	struct mm_uids web;	/* the next three: gates only */
	struct mm_uids dovecot;
	struct mm_uids lists;
};

/* Look all of them up. 0 or MM_ERR_NOTFOUND with *missing_r naming the first
 * user that does not exist. */
int mm_users_resolve(const struct mm_conf *conf, struct mm_users *users_r,
		     const char **missing_r)
	__attribute__((warn_unused_result));

/* Become user for good: groups, gid, uid, checked; no core dumps; umask 077.
 * mm_fatal() on failure. Does nothing but umask when not root. */
void mm_priv_drop(const struct mm_users *users, const struct mm_user *user);

#endif
