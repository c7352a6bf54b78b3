#ifndef MM_MAMORICTL_CTL_H
#define MM_MAMORICTL_CTL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/conf.h"

#define MM_CTL_CONF "/etc/mamori/mamori.yaml"

/* Exit statuses; of several the highest counts. */
enum mm_exit {
	MM_EXIT_OK = 0,
	MM_EXIT_INFECTED = 1,
	MM_EXIT_NOT_CHECKED = 2,
	MM_EXIT_ERROR = 3,	/* usage, no such file, no daemon, ... */
};

/* What a command line may hold; which options a command takes is a mask of
 * these bits. */
enum mm_option {
	MM_OPTION_JSON = 1,
	MM_OPTION_ENGINE = 2,
	MM_OPTION_MESSAGE = 4,
	MM_OPTION_RECIPIENT = 8,
	MM_OPTION_SENDER = 0x10,
	MM_OPTION_REASON = 0x20,
	MM_OPTION_SINCE = 0x40,
	MM_OPTION_UNTIL = 0x80,
	MM_OPTION_LIMIT = 0x100,
	MM_OPTION_CONFIG = 0x200,	/* every command takes it */
	MM_OPTION_HELP = 0x400,
	MM_OPTION_VERSION = 0x800,
	MM_OPTION_CHECK = 0x1000,
	MM_OPTION_CSV = 0x2000,
	MM_OPTION_DAY = 0x4000,
	MM_OPTION_DOMAIN = 0x8000,
	MM_OPTION_ACCOUNT = 0x10000,
	MM_OPTION_VERDICT = 0x20000,
	MM_OPTION_RELEASE = 0x40000,
	MM_OPTION_YES = 0x80000,
	MM_OPTION_NO_RELEASE = 0x100000,
	MM_OPTION_FROM = 0x200000,
	MM_OPTION_RCPT = 0x400000,
	MM_OPTION_AUTH = 0x800000,
	MM_OPTION_LOCAL = 0x1000000,
	MM_OPTION_HOST = 0x2000000,
};

struct mm_ctl {
	unsigned int given;	/* mask of enum mm_option */
	bool json;
	const char *conf_path;
	const char *engine;
	const char *recipient;
	const char *sender;
	const char *reason;
	const char *since;
	const char *until;
	const char *limit;
	const char *day;
	const char *domain;
	const char *account;
	const char *verdict;
	const char *from;
	const char **rcpts; /* each that was given */
	size_t nrcpts;
	const char *auth;
	const char *local;
	const char *host;
	const char *group;	/* the command's first word */
	char **operands;	/* behind the command's name */
	int count;
	struct mm_conf conf;	/* after mm_ctl_conf() */
};

/* Commands: their return value is the exit status. */
int mm_cmd_scan(struct mm_ctl *ctl);
int mm_cmd_rewrite(struct mm_ctl *ctl);
int mm_cmd_status(struct mm_ctl *ctl);
int mm_cmd_reload(struct mm_ctl *ctl);
int mm_cmd_digest_now(struct mm_ctl *ctl);
int mm_cmd_check_config(struct mm_ctl *ctl);
int mm_cmd_config_show(struct mm_ctl *ctl);
int mm_cmd_config_sample(struct mm_ctl *ctl);
int mm_cmd_quarantine_list(struct mm_ctl *ctl);
int mm_cmd_quarantine_show(struct mm_ctl *ctl);
int mm_cmd_quarantine_release(struct mm_ctl *ctl);
int mm_cmd_quarantine_delete(struct mm_ctl *ctl);

int mm_cmd_rules(struct mm_ctl *ctl);
int mm_cmd_policy_test(struct mm_ctl *ctl);
int mm_cmd_settings_show(struct mm_ctl *ctl);
int mm_cmd_settings_list(struct mm_ctl *ctl);
int mm_cmd_settings_create(struct mm_ctl *ctl);
int mm_cmd_settings_set(struct mm_ctl *ctl);
int mm_cmd_settings_unset(struct mm_ctl *ctl);
int mm_cmd_settings_add(struct mm_ctl *ctl);
int mm_cmd_settings_remove(struct mm_ctl *ctl);
int mm_cmd_settings_suspend(struct mm_ctl *ctl);
int mm_cmd_settings_resume(struct mm_ctl *ctl);
int mm_cmd_signature_allow(struct mm_ctl *ctl);
int mm_cmd_signature_deny(struct mm_ctl *ctl);
int mm_cmd_signature_list(struct mm_ctl *ctl);
int mm_cmd_settings_delete(struct mm_ctl *ctl);
int mm_cmd_settings_export(struct mm_ctl *ctl);
int mm_cmd_settings_import(struct mm_ctl *ctl);
int mm_cmd_settings_keys(struct mm_ctl *ctl);
int mm_cmd_approve(struct mm_ctl *ctl);
int mm_cmd_block(struct mm_ctl *ctl);
int mm_cmd_usage(struct mm_ctl *ctl);
int mm_cmd_hold(struct mm_ctl *ctl);
int mm_cmd_unhold(struct mm_ctl *ctl);
int mm_cmd_abuse(struct mm_ctl *ctl);
int mm_cmd_why(struct mm_ctl *ctl);
int mm_cmd_history_list(struct mm_ctl *ctl);
int mm_cmd_completion(struct mm_ctl *ctl);

/* Read the configuration. Without one at the usual place the defaults hold; a
 * file that was named must be there. 0, or MM_EXIT_ERROR after telling why. */
int mm_ctl_conf(struct mm_ctl *ctl);

/* "mamorictl: ..." on standard error. Returns MM_EXIT_ERROR. */
int mm_ctl_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* End the program unless r is 0: only a lack of memory ends here. */
void mm_ctl_must(int r);

#endif
