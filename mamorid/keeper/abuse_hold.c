/*
 * Putting a sender on hold, and telling the operator. Keeper, uid
 * mamori-keeper. The hold is a shared setting, so that it survives whatever
 * happens to the keeper, and gates need not ask.
 */
#include "mamorid/keeper/abuse_hold.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/err.h"
#include "core/settings_hold.h"
#include "core/settings_map.h"
#include "mamorid/keeper/abuse_notice.h"
#include "mamorid/keeper/settings_write.h"
#include "mamorid/log.h"

#define TRY_AGAIN 60

static void look(struct mm_keeper *keeper, const struct mm_abuse_who *who,
		 struct mm_hold *hold_r)
{
	mm_settings_hold(keeper->tree, who->account ? who->name : NULL,
			 who->login, mm_keeper_now(), hold_r);
}

int64_t mm_abuse_forgiven(struct mm_keeper *keeper,
			  const struct mm_abuse_who *who)
{
	struct mm_hold hold;

	look(keeper, who, &hold);
	return hold.held || hold.until > mm_keeper_now() ? 0 : hold.until;
}

/* The web server's login is everybody's: to hold it would stop them all. */
static bool is_shared(const struct mm_keeper *keeper,
		      const struct mm_abuse_who *who)
{
	const struct mm_conf_list *web = &keeper->role->conf->users_web;
	size_t i;

	for (i = 0; !who->account && i < web->count; i++)
		if (strcmp(web->items[i], who->name) == 0)
			return true;
	return false;
}

static int fill(const struct mm_keeper *keeper, struct mm_settings *values,
		const char *reason, struct mm_buf *why)
{
	const uint64_t hold = keeper->role->conf->abuse_hold;
	char until[32] = "off";
	int r;

	if (hold > 0)
		(void)snprintf(until, sizeof(until), "%lld",
			       (long long)mm_keeper_now() + (long long)hold);
	if ((r = mm_settings_set(values, MM_SETTING_SENDING_HOLD, NULL, "yes",
				 why)) < 0 ||
	    (r = mm_settings_set(values, MM_SETTING_SENDING_HOLD_UNTIL, NULL,
				 until, why)) < 0)
		return r;
	return mm_settings_set(values, MM_SETTING_SENDING_HOLD_REASON, NULL,
			       reason, why);
}

static int write_hold(struct mm_keeper *keeper, enum mm_level level,
		      const char *name, const char *reason)
{
	struct mm_settings_store *store = &keeper->settings;
	struct mm_settings values;
	struct mm_buf why;
	int r;

	if (*name == '\0')
		return MM_ERR_NOTFOUND;
	if ((r = mm_settings_lock(store)) < 0)
		return r;
	mm_buf_init(&why, MM_TEXT_MAX);
	r = mm_settings_store_get(store, level, name, &values, &why);
	/* What cannot be read is not overwritten. */
	if (r == MM_ERR_NOTFOUND) {
		mm_settings_init(&values);
		r = 0;
	}
	if (r == 0 && (r = fill(keeper, &values, reason, &why)) == 0)
		r = mm_settings_store_put(store, level, name, &values);
	mm_settings_clear(&values);
	mm_settings_unlock(store);
	mm_buf_clear(&why);
	return r;
}

void mm_abuse_hold(struct mm_keeper *keeper, const struct mm_abuse_who *who,
		   enum mm_abuse_kind kind, uint64_t sum, uint64_t limit)
{
	const int64_t now = mm_keeper_now();
	const int64_t window = (int64_t)keeper->role->conf->abuse_window;
	const int64_t noted = mm_abuse_noted(keeper->abuse, who->name);
	const bool told = noted + window > now;
	const bool shared = is_shared(keeper, who);
	const bool account = who->account &&
			     mm_map_is_registered(keeper->tree, who->name);
	const enum mm_level level = account ? MM_LEVEL_ACCOUNT : MM_LEVEL_LOGIN;
	const char *name = account ? who->name : who->login;
	struct mm_hold hold;
	char reason[128], unhold[MM_ADDRESS_MAX + 64] = "";
	int r = MM_ERR_DENIED;

	look(keeper, who, &hold);
	/* What cannot be held is told of once in a window; what could not be
	 * written is not tried with every mail. */
	if (hold.held || (told && (shared || noted + TRY_AGAIN > now)))
		return;
	(void)snprintf(reason, sizeof(reason), "%s: %llu in %llu s, limit %llu",
		       mm_abuse_name(kind), (unsigned long long)sum,
		       (unsigned long long)window, (unsigned long long)limit);
	if (!shared)
		r = write_hold(keeper, level, name, reason);
	if (r == 0)
		(void)snprintf(unhold, sizeof(unhold), "mamorictl %s unhold %s",
			       mm_level_name(level), name);
	if (r == 0 || !told) {
		mm_log(MM_LOG_WARN, "abuse-hold", NULL, "sender", who->name,
		       "login", who->login, "held", r == 0 ? "yes" : "no",
		       "reason", reason, "error",
		       r == 0 || shared ? "" : mm_err_text(r), NULL);
		mm_abuse_tell(keeper, who, reason, unhold);
	}
	mm_abuse_note(keeper->abuse, who->name, now);
}
