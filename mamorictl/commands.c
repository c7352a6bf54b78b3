/*
 * The commands and their options: what main() reads, --help prints and bash
 * completes.
 */
#include "mamorictl/commands.h"

#define FILTERS (MM_OPTION_RECIPIENT | MM_OPTION_SENDER | MM_OPTION_REASON | \
		 MM_OPTION_SINCE | MM_OPTION_UNTIL | MM_OPTION_LIMIT)

/* What can be done with the settings of something that has a name. in is what
 * they are listed of. */
#define JSON MM_OPTION_JSON
#define NAMED(group, what, in) \
	{ group, "show", what, 1, 1, JSON, mm_cmd_settings_show, \
	  "Show all settings that count, and where each is from" }, \
	{ group, "list", in, sizeof(in) > 1, sizeof(in) > 1, \
	  JSON | MM_OPTION_LIMIT, mm_cmd_settings_list, \
	  "List the names that have settings" }, \
	{ group, "create", what " [KEY=VALUE...]", 1, -1, JSON, \
	  mm_cmd_settings_create, "Register, unless it is there" }, \
	{ group, "set", what " KEY=VALUE...", 2, -1, JSON, \
	  mm_cmd_settings_set, "Change settings" }, \
	{ group, "unset", what " KEY...", 2, -1, JSON, \
	  mm_cmd_settings_unset, "Inherit settings again" }, \
	{ group, "add", what " KEY=VALUE...", 2, -1, JSON, \
	  mm_cmd_settings_add, "Add entries to a list" }, \
	{ group, "remove", what " KEY=VALUE...", 2, -1, JSON, \
	  mm_cmd_settings_remove, "Remove entries from a list" }, \
	{ group, "delete", what "...", 1, -1, JSON, \
	  mm_cmd_settings_delete, "Delete with all that is kept for it" }
#define NOTICES(group, what) \
	{ group, "suspend", what, 1, 1, JSON | MM_OPTION_UNTIL, \
	  mm_cmd_settings_suspend, \
	  "Send no notices, until a time or resume" }, \
	{ group, "resume", what, 1, 1, JSON, mm_cmd_settings_resume, \
	  "Send notices again" }
#define SENDER(group, what) \
	{ group, "hold", what " [REASON]", 1, 2, JSON | MM_OPTION_UNTIL, \
	  mm_cmd_hold, "Let no mail of it out, until a time or unhold" }, \
	{ group, "unhold", what, 1, 1, JSON | MM_OPTION_RELEASE, \
	  mm_cmd_unhold, "Let mail out again; deliver what was kept" }
#define SERVER \
	{ "server", "show", "", 0, 0, JSON, mm_cmd_settings_show, \
	  "Show the settings that domains inherit" }, \
	{ "server", "set", "KEY=VALUE...", 1, -1, JSON, \
	  mm_cmd_settings_set, "Change settings" }, \
	{ "server", "unset", "KEY...", 1, -1, JSON, mm_cmd_settings_unset, \
	  "Take the defaults again" }, \
	{ "server", "add", "KEY=VALUE...", 1, -1, JSON, \
	  mm_cmd_settings_add, "Add entries to a list" }, \
	{ "server", "remove", "KEY=VALUE...", 1, -1, JSON, \
	  mm_cmd_settings_remove, "Remove entries from a list" }, \
	{ "server", "suspend", "", 0, 0, JSON | MM_OPTION_UNTIL, \
	  mm_cmd_settings_suspend, \
	  "Send no notices, until a time or resume" }, \
	{ "server", "resume", "", 0, 0, JSON, mm_cmd_settings_resume, \
	  "Send notices again" }

const struct mm_command mm_commands[] = {
	{ "scan", NULL, "FILE...", 1, -1, MM_OPTION_JSON | MM_OPTION_ENGINE,
	  mm_cmd_scan, "Scan mail files; - is standard input" },
	{ "rewrite", NULL, "FILE CHANGE...", 2, -1, 0, mm_cmd_rewrite,
	  "Print a mail without parts or macros, or with a text in front" },
	{ "status", NULL, "", 0, 0, MM_OPTION_JSON, mm_cmd_status,
	  "Show what the daemon does" },
	{ "reload", NULL, "", 0, 0, MM_OPTION_JSON, mm_cmd_reload,
	  "Load the signatures again" },
	{ "check-config", NULL, "[FILE]", 0, 1, MM_OPTION_JSON,
	  mm_cmd_check_config, "Check the configuration" },
	{ "config", "show", "", 0, 0, MM_OPTION_JSON, mm_cmd_config_show,
	  "Show the settings in force" },
	{ "config", "sample", "", 0, 0, 0, mm_cmd_config_sample,
	  "Print a configuration with every default" },
	{ "quarantine", "list", "", 0, 0, MM_OPTION_JSON | FILTERS,
	  mm_cmd_quarantine_list, "List quarantined mails" },
	{ "quarantine", "show", "ID...", 1, -1,
	  MM_OPTION_JSON | MM_OPTION_MESSAGE, mm_cmd_quarantine_show,
	  "Show quarantined mails, or one with all its bytes" },
	{ "quarantine", "release", "ID...", 1, -1, MM_OPTION_JSON,
	  mm_cmd_quarantine_release, "Scan again and deliver" },
	{ "quarantine", "delete", "ID...", 1, -1, MM_OPTION_JSON,
	  mm_cmd_quarantine_delete, "Delete quarantined mails" },
	{ "digest", "now", "", 0, 0, MM_OPTION_JSON | MM_OPTION_DOMAIN,
	  mm_cmd_digest_now, "Send the digests of the quarantine at once" },
	{ "why", NULL, "MESSAGE-ID|TRACE-ID", 1, 1,
	  MM_OPTION_JSON | MM_OPTION_DOMAIN | MM_OPTION_ACCOUNT, mm_cmd_why,
	  "Tell what happened to a mail, and why" },
	{ "history", "list", "", 0, 0,
	  MM_OPTION_JSON | MM_OPTION_RECIPIENT | MM_OPTION_SENDER |
		  MM_OPTION_ACCOUNT | MM_OPTION_DOMAIN | MM_OPTION_VERDICT |
		  MM_OPTION_SINCE | MM_OPTION_UNTIL | MM_OPTION_LIMIT,
	  mm_cmd_history_list, "List mails, the newest first" },
	{ "abuse", NULL, "", 0, 0, MM_OPTION_JSON | MM_OPTION_LIMIT,
	  mm_cmd_abuse, "Show who has sent how much lately" },
	{ "rules", NULL, "", 0, 0,
	  MM_OPTION_JSON | MM_OPTION_DOMAIN | MM_OPTION_ACCOUNT, mm_cmd_rules,
	  "Show the rules in force and where each is from" },
	{ "policy", "test", "FILE", 1, 1,
	  MM_OPTION_JSON | MM_OPTION_FROM | MM_OPTION_RCPT | MM_OPTION_AUTH |
		  MM_OPTION_LOCAL | MM_OPTION_HOST,
	  mm_cmd_policy_test,
	  "Tell what would happen to a mail, and why; nothing does" },
	{ "settings", "keys", "", 0, 0, MM_OPTION_JSON, mm_cmd_settings_keys,
	  "List the keys there are, where they may stand and who changes "
	  "them" },
	{ "settings", "export", "", 0, 0, 0, mm_cmd_settings_export,
	  "Print the settings of the whole server" },
	{ "settings", "import", "FILE", 1, 1,
	  MM_OPTION_JSON | MM_OPTION_CHECK, mm_cmd_settings_import,
	  "Put such settings in the place of all there are, or only check "
	  "them" },
	{ "approve", NULL, "ADDRESS SENDER...", 2, -1, MM_OPTION_JSON,
	  mm_cmd_approve, "Add approved senders of a mailbox" },
	{ "block", NULL, "ADDRESS SENDER...", 2, -1, MM_OPTION_JSON,
	  mm_cmd_block, "Add blocked senders of a mailbox" },
	{ "signature", "allow", "NAME...", 1, -1,
	  MM_OPTION_JSON | MM_OPTION_YES | MM_OPTION_NO_RELEASE,
	  mm_cmd_signature_allow,
	  "Virus names that do not count from now on; release what they have "
	  "stopped" },
	{ "signature", "deny", "NAME...", 1, -1, MM_OPTION_JSON,
	  mm_cmd_signature_deny, "Let them count again" },
	{ "signature", "list", "", 0, 0, MM_OPTION_JSON, mm_cmd_signature_list,
	  "List the virus names that do not count" },
	{ "usage", NULL, "[DOMAIN]", 0, 1,
	  MM_OPTION_JSON | MM_OPTION_CSV | MM_OPTION_DAY, mm_cmd_usage,
	  "Count the mailboxes of each domain, today or on a day" },
	{ "completion", NULL, "", 0, 0, 0, mm_cmd_completion,
	  "Print the completion for bash" },
	SERVER,
	NAMED("domain", "DOMAIN", ""),
	NOTICES("domain", "DOMAIN"),
	NAMED("account", "ADDRESS", "DOMAIN"),
	NOTICES("account", "ADDRESS"),
	SENDER("account", "ADDRESS"),
	NAMED("alias", "ADDRESS", "DOMAIN"),
	NAMED("lists", "ADDRESS", "DOMAIN"),
	NAMED("login", "LOGIN", ""),
	SENDER("login", "LOGIN"),
};
const size_t mm_command_count = sizeof(mm_commands) / sizeof(*mm_commands);

const struct option mm_ctl_options[] = {
	{ "json", no_argument, NULL, MM_OPTION_JSON },
	{ "engine", required_argument, NULL, MM_OPTION_ENGINE },
	{ "message", no_argument, NULL, MM_OPTION_MESSAGE },
	{ "recipient", required_argument, NULL, MM_OPTION_RECIPIENT },
	{ "sender", required_argument, NULL, MM_OPTION_SENDER },
	{ "reason", required_argument, NULL, MM_OPTION_REASON },
	{ "since", required_argument, NULL, MM_OPTION_SINCE },
	{ "until", required_argument, NULL, MM_OPTION_UNTIL },
	{ "limit", required_argument, NULL, MM_OPTION_LIMIT },
	{ "config", required_argument, NULL, MM_OPTION_CONFIG },
	{ "check", no_argument, NULL, MM_OPTION_CHECK },
	{ "csv", no_argument, NULL, MM_OPTION_CSV },
	{ "day", required_argument, NULL, MM_OPTION_DAY },
	{ "domain", required_argument, NULL, MM_OPTION_DOMAIN },
	{ "account", required_argument, NULL, MM_OPTION_ACCOUNT },
	{ "verdict", required_argument, NULL, MM_OPTION_VERDICT },
	{ "release", no_argument, NULL, MM_OPTION_RELEASE },
	{ "no-release", no_argument, NULL, MM_OPTION_NO_RELEASE },
	{ "yes", no_argument, NULL, MM_OPTION_YES },
	{ "from", required_argument, NULL, MM_OPTION_FROM },
	{ "rcpt", required_argument, NULL, MM_OPTION_RCPT },
	{ "auth", required_argument, NULL, MM_OPTION_AUTH },
	{ "local", required_argument, NULL, MM_OPTION_LOCAL },
	{ "host", required_argument, NULL, MM_OPTION_HOST },
	{ "help", no_argument, NULL, MM_OPTION_HELP },
	{ "version", no_argument, NULL, MM_OPTION_VERSION },
	{ NULL, 0, NULL, 0 },
};
