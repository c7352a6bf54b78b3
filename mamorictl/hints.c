/*
 * What check-config says beyond mistakes: users, folders and programs that are
 * not there, budgets that exclude each other. Reads the password file and
 * folders, changes nothing.
 */
#include "mamorictl/hints.h"

#include <dirent.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/address.h"
#include "core/text.h"
#include "mamorictl/ctl.h"

/* Seconds: two scans, and the end of two that hang, in 60. */
#define SCAN_TIME_MAX 25u

struct hints {
	const struct mm_conf *conf;
	void (*tell)(void *arg, const char *text);
	void *arg;
	size_t count;
};

static void hint(struct hints *hints, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void hint(struct hints *hints, const char *fmt, ...)
{
	struct mm_buf text, shown;
	va_list args;

	mm_buf_init(&text, 3 * MM_CONF_FILE_MAX);
	mm_buf_init(&shown, 12 * MM_CONF_FILE_MAX);
	va_start(args, fmt);
	mm_ctl_must(mm_buf_vprintf(&text, fmt, args));
	va_end(args);
	mm_ctl_must(mm_text_printable(&shown, mm_buf_str(&text), text.len,
				      text.len));
	hints->tell(hints->arg, mm_buf_str(&shown));
	hints->count++;
	mm_buf_clear(&text);
	mm_buf_clear(&shown);
}

static void check_users(struct hints *hints)
{
	const struct mm_conf *conf = hints->conf;
	const struct {
		const char *key;
		const char *name;
	} users[] = {
		{ "users.gate", conf->users_gate },
		{ "users.inspector", conf->users_inspector },
		{ "users.keeper", conf->users_keeper },
		{ "users.courier", conf->users_courier },
		{ "users.exim", conf->users_exim },
	};
	const size_t count = sizeof(users) / sizeof(*users);
	size_t i, k;

	for (i = 0; i < count; i++) {
		if (getpwnam(users[i].name) == NULL)
			hint(hints, "%s: there is no user %s", users[i].key,
			     users[i].name);
		for (k = 0; k < i; k++)
			if (strcmp(users[i].name, users[k].name) == 0)
				hint(hints, "%s: the same user as %s, so "
				     "neither is kept from the other's data",
				     users[i].key, users[k].key);
	}
	if (strcmp(conf->users_inspector, "root") == 0)
		hint(hints, "users.inspector: root would read hostile mail");
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_signature(const char *name)
{
	static const char *const ends[] = { ".cvd", ".cld", ".cud", ".hdb",
					    ".hsb", ".mdb", ".msb", ".ndb",
					    ".ldb", ".db",  ".fp",  ".yar" };
	const char *dot = strrchr(name, '.');
	size_t i;

	for (i = 0; dot != NULL && i < sizeof(ends) / sizeof(*ends); i++)
		if (strcmp(dot, ends[i]) == 0)
			return true;
	return false;
}

static void check_signatures(struct hints *hints)
{
	const char *path = hints->conf->signatures_folder;
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool found = false;

	if (dir == NULL) {
		hint(hints, "signatures.folder: cannot read %s", path);
		return;
	}
	while (!found && (entry = readdir(dir)) != NULL)
		found = is_signature(entry->d_name);
	closedir(dir);
	if (!found)
		hint(hints, "signatures.folder: no signatures in %s", path);
}

static void check_places(struct hints *hints)
{
	const struct mm_conf *conf = hints->conf;

	check_signatures(hints);
	if (!is_folder(conf->presets_folder))
		hint(hints, "presets.folder: there is no folder %s",
		     conf->presets_folder);
	if (conf->notices_enabled && !is_folder(conf->notices_folder))
		hint(hints, "notices.folder: there is no folder %s",
		     conf->notices_folder);
	if (access(conf->mta_command.items[0], X_OK) != 0)
		hint(hints, "mta.command: cannot run %s",
		     conf->mta_command.items[0]);
	if (*conf->log_file == '\0' && !conf->log_syslog)
		hint(hints, "log: neither a file nor syslog, so nothing is "
		     "logged");
}

static void check_limits(struct hints *hints)
{
	const struct mm_conf *conf = hints->conf;

	if (conf->limits_scan_time > SCAN_TIME_MAX)
		hint(hints, "limits.scan_time: above %us Exim has to wait "
		     "longer than it does by default "
		     "(MAMORI_DEADLINE_MS), else scans end earlier",
		     SCAN_TIME_MAX);
	if (conf->limits_unpacked_size < conf->limits_message_size)
		hint(hints, "limits.unpacked_size: less than "
		     "limits.message_size");
	if (conf->quarantine_account_budget < conf->limits_message_size)
		hint(hints, "quarantine.account_budget: less than one message "
		     "of limits.message_size");
	if (conf->quarantine_domain_budget < conf->quarantine_account_budget)
		hint(hints, "quarantine.domain_budget: less than "
		     "quarantine.account_budget");
	if (conf->quarantine_total_budget < conf->quarantine_domain_budget)
		hint(hints, "quarantine.total_budget: less than "
		     "quarantine.domain_budget");
	if (conf->workers_inspectors != 0 && conf->workers_gates != 0 &&
	    conf->workers_gates < conf->workers_inspectors)
		hint(hints, "workers.gates: fewer than workers.inspectors, "
		     "which never all work then");
}

/* Letters, digits, hyphens and dots, or bytes of UTF-8, with a dot inside. */
static bool is_domain(const char *name)
{
	const size_t len = strlen(name);
	const char *p;

	if (len > MM_DOMAIN_MAX || *name == '.' || *name == '-' ||
	    strchr(name, '.') == NULL || strstr(name, "..") != NULL)
		return false;
	for (p = name; *p != '\0'; p++)
		if ((unsigned char)*p < 0x80 && *p != '.' && *p != '-' &&
		    !(*p >= '0' && *p <= '9') && !(*p >= 'a' && *p <= 'z') &&
		    !(*p >= 'A' && *p <= 'Z'))
			return false;
	return true;
}

static void check_domains(struct hints *hints)
{
	const struct mm_conf *conf = hints->conf;
	size_t i;

	if (conf->local_domains.count == 0)
		hint(hints, "local_domains: empty, so no recipient is warned");
	for (i = 0; i < conf->local_domains.count; i++)
		if (!is_domain(conf->local_domains.items[i]))
			hint(hints, "local_domains: %s is no domain",
			     conf->local_domains.items[i]);
	for (i = 0; i < conf->local_owners.count; i++)
		if (!mm_address_is_plain(conf->local_owners.values[i]))
			hint(hints, "local_owners: %s of %s is no mail address",
			     conf->local_owners.values[i],
			     conf->local_owners.keys[i]);
	if (*conf->operator == '\0')
		hint(hints, "operator: empty, so nobody is told of mails that "
		     "could not be checked");
}

size_t mm_hints(const struct mm_conf *conf,
		void (*tell)(void *arg, const char *text), void *arg)
{
	struct hints hints = { .conf = conf, .tell = tell, .arg = arg };

	check_domains(&hints);
	check_users(&hints);
	check_places(&hints);
	check_limits(&hints);
	return hints.count;
}
