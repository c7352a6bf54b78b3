#ifndef MM_CORE_CONF_TABLE_H
#define MM_CORE_CONF_TABLE_H

/*
 * The single list of options in mamori.yaml. It yields struct mm_conf, the
 * parser, the sample file (`mamorictl config sample`), the option section of
 * mamori.yaml(5) (checked by tools/docs-check) and `mamorictl config show`.
 *
 * X(TYPE, field, "yaml.key", "default", min, max, "choices", "help")
 *
 * TYPE      C type in struct mm_conf, YAML value
 * STRING    char *, "" when empty
 * PATH      char *, absolute; max bytes, 0 for any: a socket's path of unix(7)
 *           has 107 at most
 * ADDRESS   char *, a mail address or ""
 * USER      char *, a login name
 * BOOL      uint64_t 0 or 1; yes / no / true / false / on / off
 * NUMBER    uint64_t from min to max
 * SIZE      uint64_t bytes from min to max; a number with K, M, G, or bytes
 * DURATION  uint64_t seconds from min to max; a number with s, m, h, d, w
 * ENUM      uint64_t index into the choices, "a|b|c"
 * LIST      struct mm_conf_list, a sequence of texts; min..max entries;
 *           the default's entries are separated by spaces
 * MAP       struct mm_conf_map, a mapping of text to text; min..max entries
 */
#define MM_K (UINT64_C(1) << 10)
#define MM_M (UINT64_C(1) << 20)
#define MM_G (UINT64_C(1) << 30)
#define MM_DAY UINT64_C(86400)

#define MM_CONF_TABLE(X) \
	X(PATH, run_dir, "run_dir", "/run/mamori", 0, 94, "", \
	  "Sockets and process files; on a tmpfs") \
	X(PATH, state_dir, "state_dir", "/var/lib/mamori", 0, 0, "", \
	  "Quarantine, outbox and settings") \
	X(ADDRESS, operator, "operator", "", 0, 0, "", \
	  "Mailbox that is told of mails that could not be checked") \
	X(LIST, local_domains, "local_domains", "", 0, 100000, "", \
	  "Domains whose mailboxes are on this server") \
	X(MAP, local_owners, "local_owners", "", 0, 100000, "", \
	  "Who owns a login: the mailbox warned about its local submissions") \
	X(USER, users_gate, "users.gate", "mamori-gate", 0, 0, "", \
	  "User of the processes that talk to Exim") \
	X(USER, users_inspector, "users.inspector", "mamori-scan", 0, 0, "", \
	  "User of the sandboxed scanners") \
	X(USER, users_keeper, "users.keeper", "mamori-keeper", 0, 0, "", \
	  "User that owns quarantine, outbox and settings") \
	X(USER, users_courier, "users.courier", "mamori-courier", 0, 0, "", \
	  "User that injects notices; must be among Exim's trusted_users") \
	X(USER, users_exim, "users.exim", "Debian-exim", 0, 0, "", \
	  "Exim's user: the only one that may ask for a scan") \
	X(LIST, users_panel, "users.panel", "", 0, 32, "", \
	  "Users of the control panel and its hooks: they may change the " \
	  "settings of accounts and domains") \
	X(LIST, users_console, "users.console", "", 0, 32, "", \
	  "Users of the customers' console: they may change the settings of " \
	  "the mailbox that is logged in there") \
	X(LIST, users_web, "users.web", "www-data", 0, 32, "", \
	  "Users of web servers whose scripts send mail for many customers") \
	X(LIST, users_dovecot, "users.dovecot", "", 0, 32, "", \
	  "Users as whom Dovecot's Sieve sends redirected mail and replies") \
	X(LIST, users_lists, "users.lists", "list", 0, 32, "", \
	  "Users of mailing list software") \
	X(USER, settings_group, "settings.group", "mamori-delivery", 0, 0, \
	  "", "Group that reads the shared settings; the gate's group if " \
	  "there is none of this name") \
	X(PATH, log_file, "log.file", "", 0, 0, "", \
	  "Log file; empty for none") \
	X(BOOL, log_syslog, "log.syslog", "yes", 0, 1, "", \
	  "Log to syslog, facility mail") \
	X(ENUM, log_level, "log.level", "info", 0, 0, \
	  "error|warn|info|debug", "Least important events that are logged") \
	X(PATH, signatures_folder, "signatures.folder", "/var/lib/clamav", 0, \
	  0, "", "ClamAV signatures; watched for changes") \
	X(ENUM, signatures_reload, "signatures.reload", "parallel", 0, 0, \
	  "parallel|serial", \
	  "Load new signatures beside the old ones, or after dropping them") \
	X(DURATION, signatures_settle, "signatures.settle", "5s", 0, 3600, \
	  "", "Wait this long after the last change before loading") \
	X(NUMBER, signatures_shrink, "signatures.shrink", "50", 0, 100, "", \
	  "Refuse new signatures that are fewer than this percentage of " \
	  "those in service; 0 for any number") \
	X(NUMBER, workers_inspectors, "workers.inspectors", "0", 0, 256, "", \
	  "Scanners; 0 for the larger of 4 and twice the processors") \
	X(NUMBER, workers_gates, "workers.gates", "0", 0, 1024, "", \
	  "Mails handled at a time; 0 for four times the scanners") \
	X(SIZE, limits_message_size, "limits.message_size", "50M", 64 * MM_K, \
	  MM_G, "", "Largest message that is scanned") \
	X(SIZE, limits_unpacked_size, "limits.unpacked_size", "60M", MM_M, \
	  2 * MM_G, "", "Most bytes unpacked from one message") \
	X(NUMBER, limits_depth, "limits.depth", "16", 1, 64, "", \
	  "Deepest nesting of archives") \
	X(NUMBER, limits_parts, "limits.parts", "10000", 10, 1000000, "", \
	  "Most MIME parts and archive members") \
	X(NUMBER, limits_headers, "limits.headers", "100000", 1000, 1000000, \
	  "", "Most headers of a message, those of its parts among them") \
	X(DURATION, limits_scan_time, "limits.scan_time", "20s", 1, 300, "", \
	  "Longest scan of one message") \
	X(PATH, presets_folder, "presets.folder", \
	  "/usr/share/mamori/presets", 0, 0, "", \
	  "Presets of rules that come with Mamori") \
	X(PATH, presets_own_folder, "presets.own_folder", \
	  "/etc/mamori/presets", 0, 0, "", \
	  "The operator's own presets; one of the same name goes before") \
	X(BOOL, notices_enabled, "notices.enabled", "yes", 0, 1, "", \
	  "Send virus warning mails") \
	X(ENUM, notices_language, "notices.language", "ja", 0, 0, "ja|en", \
	  "Language of the warning mails") \
	X(ADDRESS, notices_from, "notices.from", "", 0, 0, "", \
	  "From address of the warning mails; empty for noreply@ the " \
	  "recipient's domain") \
	X(STRING, notices_help, "notices.help", "", 0, 0, "", \
	  "How customers get help, such as a page or a telephone number: " \
	  "shown in every notice") \
	X(NUMBER, notices_per_recipient, "notices.per_recipient", "20", 0, \
	  1000000, "", "Most notices to one mailbox in notices.window; what " \
	  "is above is summed up in one; 0 for any number") \
	X(NUMBER, notices_total, "notices.total", "2000", 0, 10000000, "", \
	  "Most notices to all mailboxes in notices.window; 0 for any " \
	  "number") \
	X(DURATION, notices_window, "notices.window", "1h", 1, MM_DAY, "", \
	  "The time in which notices are counted") \
	X(NUMBER, notices_digest_hour, "notices.digest_hour", "7", 0, 23, "", \
	  "Hour of the day at which digests of the quarantine are made") \
	X(PATH, notices_folder, "notices.folder", \
	  "/usr/share/mamori/notices", 0, 0, "", \
	  "Templates of the warning mails") \
	X(DURATION, quarantine_keep, "quarantine.keep", "15d", 3600, \
	  3650 * MM_DAY, "", "Quarantined mail is removed after this time") \
	X(SIZE, quarantine_account_budget, "quarantine.account_budget", \
	  "200M", MM_M, 1024 * MM_G, "", \
	  "Most quarantined bytes of one mailbox") \
	X(SIZE, quarantine_domain_budget, "quarantine.domain_budget", "2G", \
	  MM_M, 1024 * MM_G, "", "Most quarantined bytes of one domain") \
	X(SIZE, quarantine_total_budget, "quarantine.total_budget", "10G", \
	  MM_M, 1024 * MM_G, "", "Most quarantined bytes of the server") \
	X(SIZE, quarantine_disk_reserve, "quarantine.disk_reserve", "500M", \
	  0, 1024 * MM_G, "", "Free disk space that quarantine never takes") \
	X(DURATION, history_keep, "history.keep", "30d", MM_DAY, \
	  3650 * MM_DAY, "", "What became of each mail is known this long") \
	X(SIZE, history_max_size, "history.max_size", "5G", MM_M, \
	  1024 * MM_G, "", "Most bytes of that: the oldest days go first") \
	X(DURATION, abuse_window, "abuse.window", "1h", 60, MM_DAY, "", \
	  "What an account or login sends is counted over this time") \
	X(NUMBER, abuse_messages, "abuse.messages", "2000", 0, 100000000, \
	  "", "Most mails of one sender in that time; 0 for any number") \
	X(NUMBER, abuse_recipients, "abuse.recipients", "10000", 0, \
	  100000000, "", "Most recipients; 0 for any number") \
	X(NUMBER, abuse_invalid, "abuse.invalid", "200", 0, 100000000, "", \
	  "Most unknown recipients and bounces; 0 for any number") \
	X(NUMBER, abuse_viruses, "abuse.viruses", "10", 0, 100000000, "", \
	  "Most infected mails; 0 for any number") \
	X(NUMBER, abuse_bulk, "abuse.bulk", "5000", 0, 100000000, "", \
	  "Most recipients of the same mail; 0 for any number") \
	X(DURATION, abuse_hold, "abuse.hold", "0s", 0, 365 * MM_DAY, "", \
	  "Who passes one of these is held for this time; 0 until somebody " \
	  "ends it") \
	X(LIST, abuse_exempt, "abuse.exempt", "", 0, 1000, "", \
	  "Mailboxes and logins that are never counted") \
	X(LIST, exim_log, "exim.log", "/var/log/exim4/mainlog", 0, 16, "", \
	  "Exim's main log, where `mamorictl why` finds deliveries; a " \
	  "rotated FILE.1 beside it is read too") \
	X(LIST, mta_command, "mta.command", "/usr/sbin/exim4 -bs", 1, 32, "", \
	  "How to speak SMTP with Exim on standard input, by the courier")

#endif
