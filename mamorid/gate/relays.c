/*
 * Which hosts are registered as a customer's own mail server. Runs as
 * users.gate; reads one file of the keeper's, kept in memory until it changes.
 */
#include "mamorid/gate/relays.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/address.h"
#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/log.h"
#include "mamorid/xalloc.h"

void mm_relays_init(struct mm_relays *relays, const char *path)
{
	memset(relays, 0, sizeof(*relays));
	relays->path = mm_xstrdup(path);
	mm_buf_init(&relays->text, MM_RELAYS_FILE_MAX);
}

static void forget(struct mm_relays *relays)
{
	free(relays->list);
	relays->list = NULL;
	relays->count = 0;
	mm_buf_reset(&relays->text);
}

void mm_relays_clear(struct mm_relays *relays)
{
	forget(relays);
	mm_buf_clear(&relays->text);
	free(relays->path);
}

/* One line, "NETWORK": DOMAINS; others are skipped. */
static void take_line(struct mm_relays *relays, char *line)
{
	struct mm_relay *relay = &relays->list[relays->count];
	char *end;

	if (*line != '"' || (end = strstr(line + 1, "\": ")) == NULL)
		return;
	*end = '\0';
	relay->domains = end + 3;
	if (mm_network_parse(line + 1, &relay->network) == 0)
		relays->count++;
}

static void parse(struct mm_relays *relays)
{
	char *line = relays->text.data, *end;
	size_t lines = 1, i;

	for (i = 0; i < relays->text.len; i++)
		lines += line[i] == '\n';
	if (lines > MM_RELAYS_MAX)
		lines = MM_RELAYS_MAX;
	relays->list = mm_xcalloc(lines, sizeof(*relays->list));
	while (line != NULL && relays->count < lines &&
	       (end = strchr(line, '\n')) != NULL) {
		*end = '\0';
		take_line(relays, line);
		line = end + 1;
	}
}

static bool is_seen(const struct mm_relays *relays, const struct stat *st)
{
	return st->st_ino == relays->seen.st_ino &&
	       st->st_size == relays->seen.st_size &&
	       st->st_mtim.tv_sec == relays->seen.st_mtim.tv_sec &&
	       st->st_mtim.tv_nsec == relays->seen.st_mtim.tv_nsec;
}

static void tell(struct mm_relays *relays, int error)
{
	uint64_t missed;

	if (mm_log_due(&relays->told, &missed))
		mm_log(MM_LOG_ERROR, "relay-hosts", NULL, "file", relays->path,
		       "error", mm_err_text(error), "missed", MM_NUM(missed),
		       NULL);
}

/* What cannot be read leaves what was read before in force, until the next
 * mail: it may be read then. */
static void refresh(struct mm_relays *relays)
{
	struct mm_buf text;
	struct stat st;
	int r;

	if (stat(relays->path, &st) < 0)
		memset(&st, 0, sizeof(st));
	if (is_seen(relays, &st))
		return;
	mm_buf_init(&text, MM_RELAYS_FILE_MAX);
	r = mm_read_file(relays->path, &text);
	if (r < 0 && r != MM_ERR_NOTFOUND) {
		tell(relays, r);
		mm_buf_clear(&text);
		return;
	}
	relays->seen = st;
	forget(relays);
	mm_buf_clear(&relays->text);
	relays->text = text;
	parse(relays);
}

/* The length of the domain to take out of a list of them. */
static size_t choose(const char **domains, const char *sender)
{
	const char *want = mm_address_domain(sender), *pos = *domains;
	size_t len;

	for (; want != NULL && *pos != '\0'; pos += len + (pos[len] == ' ')) {
		len = strcspn(pos, " ");
		if (strlen(want) == len && strncasecmp(pos, want, len) == 0) {
			*domains = pos;
			return len;
		}
	}
	return strcspn(*domains, " ");
}

int mm_relays_find(struct mm_relays *relays, const char *host,
		   const char *sender, struct mm_buf *domain)
{
	const char *domains;
	size_t i, len;
	int r;

	refresh(relays);
	for (i = 0; i < relays->count; i++) {
		if (!mm_network_has(&relays->list[i].network, host))
			continue;
		domains = relays->list[i].domains;
		len = choose(&domains, sender);
		return (r = mm_buf_put(domain, domains, len)) < 0 ? r : 1;
	}
	return 0;
}
