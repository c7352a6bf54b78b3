/*
 * Who each role is. Runs once per process, before its loop.
 */
#include "mamorid/priv.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/err.h"
#include "mamorid/log.h"

static int resolve(const char *name, struct mm_user *user, const char **missing)
{
	const struct passwd *pw = getpwnam(name);

	if (pw == NULL) {
		*missing = name;
		return MM_ERR_NOTFOUND;
	}
	user->uid = pw->pw_uid;
	user->gid = pw->pw_gid;
	return 0;
}

int mm_users_resolve(const struct mm_conf *conf, struct mm_users *users_r,
		     const char **missing_r)
{
	const struct mm_user self = { .uid = geteuid(), .gid = getegid() };
	int r;

	*missing_r = NULL;
	users_r->root = self.uid == 0;
	users_r->gate = users_r->inspector = self;
	users_r->keeper = users_r->courier = self;
	if ((r = resolve(conf->users_exim, &users_r->exim, missing_r)) < 0 ||
	    !users_r->root)
		return r;
	if ((r = resolve(conf->users_gate, &users_r->gate, missing_r)) < 0 ||
	    (r = resolve(conf->users_inspector, &users_r->inspector,
			 missing_r)) < 0 ||
	    (r = resolve(conf->users_keeper, &users_r->keeper, missing_r)) < 0)
		return r;
	return resolve(conf->users_courier, &users_r->courier, missing_r);
}

void mm_priv_drop(const struct mm_users *users, const struct mm_user *user)
{
	const struct rlimit none = { 0, 0 };

	umask(077);
	(void)setrlimit(RLIMIT_CORE, &none);
	if (!users->root)
		return;
	if (user->uid == 0)
		mm_fatal("privilege", "a role may not run as root");
	if (setgroups(1, &user->gid) < 0 ||
	    setresgid(user->gid, user->gid, user->gid) < 0 ||
	    setresuid(user->uid, user->uid, user->uid) < 0)
		mm_fatal("privilege", "cannot become uid %u: %s",
			 (unsigned int)user->uid, strerror(errno));
	if (setuid(0) == 0 || geteuid() != user->uid)
		mm_fatal("privilege", "root was not given up");
}
