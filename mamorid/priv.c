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

/* The keeper writes the settings for two groups, so it is in both. */
static void add_groups(struct mm_users *users, const struct group *group)
{
	users->readers = group == NULL ? users->gate.gid : group->gr_gid;
	users->gate.more[users->gate.nmore++] = users->readers;
	users->keeper.more[users->keeper.nmore++] = users->readers;
	users->keeper.more[users->keeper.nmore++] = users->gate.gid;
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
	if ((r = resolve(conf->users_courier, &users_r->courier,
			 missing_r)) < 0)
		return r;
	add_groups(users_r, getgrnam(conf->settings_group));
	return 0;
}

void mm_priv_drop(const struct mm_users *users, const struct mm_user *user)
{
	const struct rlimit none = { 0, 0 };
	gid_t groups[3] = { user->gid };

	umask(077);
	(void)setrlimit(RLIMIT_CORE, &none);
	if (!users->root)
		return;
	if (user->uid == 0)
		mm_fatal("privilege", "a role may not run as root");
	memcpy(groups + 1, user->more, user->nmore * sizeof(*groups));
	if (setgroups(1 + user->nmore, groups) < 0 ||
	    setresgid(user->gid, user->gid, user->gid) < 0 ||
	    setresuid(user->uid, user->uid, user->uid) < 0)
		mm_fatal("privilege", "cannot become uid %u: %s",
			 (unsigned int)user->uid, strerror(errno));
	if (setuid(0) == 0 || geteuid() != user->uid)
		mm_fatal("privilege", "root was not given up");
}
