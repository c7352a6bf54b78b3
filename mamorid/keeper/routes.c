/*
 * Gateway domains and relay hosts for Exim. Keeper, uid mamori-keeper. The
 * master has made the folders, whose set-group-id bit gives each file the
 * group of its reader. Must never write anything into these files but names
 * and addresses that the settings' reader has checked: they steer Exim.
 */
#include "mamorid/keeper/routes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/network.h"
#include "mamorid/log.h"
#include "mamorid/xalloc.h"

#define TEMPORARY ".new"
/* Another name of another name: as far as mail is followed, and no circle. */
#define ALIASES_MAX 8

struct line {
	char *key;
	char *value;
};

struct lines {
	struct line *list;
	size_t count;
	size_t room;
};

struct collect {
	struct mm_settings_tree *tree;
	struct lines gateways;
	struct lines relays;
};

static void add_line(struct lines *lines, const char *key, const char *value)
{
	struct line *more;

	if (lines->count == lines->room) {
		lines->room = 2 * lines->room + 64;
		more = mm_xcalloc(lines->room, sizeof(*more));
		if (lines->count > 0)
			memcpy(more, lines->list, lines->count * sizeof(*more));
		free(lines->list);
		lines->list = more;
	}
	lines->list[lines->count].key = mm_xstrdup(key);
	lines->list[lines->count++].value = mm_xstrdup(value);
}

static void clear_lines(struct lines *lines)
{
	size_t i;

	for (i = 0; i < lines->count; i++) {
		free(lines->list[i].key);
		free(lines->list[i].value);
	}
	free(lines->list);
}

static unsigned int bits_of(const char *key)
{
	struct mm_network network;

	return mm_network_parse(key, &network) == 0 ? network.bits : 0;
}

/* Of networks the narrower first: the first that has an address counts. */
static int compare(const void *a, const void *b)
{
	const struct line *left = a, *right = b;
	int r = (int)bits_of(right->key) - (int)bits_of(left->key);

	if (r == 0)
		r = strcmp(left->key, right->key);
	return r != 0 ? r : strcmp(left->value, right->value);
}

static const char *text_of(const struct mm_settings_file *file,
			   enum mm_setting key)
{
	const struct mm_setting_value *value = &file->values.list[key];

	return value->set && !value->off && value->text != NULL ? value->text
								: "";
}

/* Another name of a gateway domain goes to the same host, if it has none of
 * its own. */
static int find_gateway(struct collect *collect, const char *domain,
			struct mm_settings_file *file)
{
	struct mm_settings_file *next;
	unsigned int depth;
	int r = 1;

	for (depth = 0; r == 1 && depth < ALIASES_MAX; depth++) {
		if (*text_of(file, MM_SETTING_GATEWAY_HOST) != '\0') {
			add_line(&collect->gateways, domain,
				 text_of(file, MM_SETTING_GATEWAY_HOST));
			break;
		}
		if (*text_of(file, MM_SETTING_ALIAS_OF) == '\0')
			break;
		r = mm_settings_get(collect->tree, MM_LEVEL_DOMAIN,
				    text_of(file, MM_SETTING_ALIAS_OF), &next);
		if (r == 1) {
			mm_settings_release(file);
			file = next;
		}
	}
	mm_settings_release(file);
	return r < 0 ? r : 0;
}

static int take_domain(void *arg, const char *domain)
{
	struct collect *collect = arg;
	struct mm_settings_file *file;
	const struct mm_conf_list *relays;
	size_t i;
	int r = mm_settings_get(collect->tree, MM_LEVEL_DOMAIN, domain, &file);

	if (r != 1)
		return r;
	relays = &file->values.list[MM_SETTING_RELAY_HOSTS].list;
	for (i = 0; i < relays->count; i++)
		add_line(&collect->relays, relays->items[i], domain);
	return find_gateway(collect, domain, file);
}

static int format_gateways(struct lines *lines, struct mm_buf *out)
{
	size_t i;
	int r = 0;

	if (lines->count > 0)
		qsort(lines->list, lines->count, sizeof(*lines->list), compare);
	for (i = 0; i < lines->count && r == 0; i++)
		r = mm_buf_printf(out, "%s: %s\n", lines->list[i].key,
				  lines->list[i].value);
	return r;
}

/* One line a network, with all domains that have it. */
static int format_relays(struct lines *lines, struct mm_buf *out)
{
	const struct line *line, *before = NULL;
	size_t i;
	int r = 0;

	if (lines->count > 0)
		qsort(lines->list, lines->count, sizeof(*lines->list), compare);
	for (i = 0; i < lines->count && r == 0; i++) {
		line = &lines->list[i];
		if (before != NULL && strcmp(before->key, line->key) == 0)
			r = mm_buf_printf(out, " %s", line->value);
		else
			r = mm_buf_printf(out, "%s\"%s\": %s",
					  before == NULL ? "" : "\n", line->key,
					  line->value);
		before = line;
	}
	return r == 0 && before != NULL ? mm_buf_puts(out, "\n") : r;
}

static int replace(int folder, const char *name, mode_t mode,
		   const struct mm_buf *text)
{
	int fd, r = 0, saved;

	if (unlinkat(folder, TEMPORARY, 0) < 0 && errno != ENOENT)
		return MM_ERR_SYS;
	fd = openat(folder, TEMPORARY,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return MM_ERR_SYS;
	if ((r = mm_write_all(fd, text->data, text->len)) == 0 &&
	    (fchmod(fd, mode) < 0 || fsync(fd) < 0 ||
	     renameat(folder, TEMPORARY, folder, name) < 0 ||
	     fsync(folder) < 0))
		r = MM_ERR_SYS;
	saved = errno;
	if (r < 0)
		(void)unlinkat(folder, TEMPORARY, 0);
	mm_close(&fd);
	errno = saved;
	return r;
}

/* A private instance has no master that makes folders for other users. */
static int write_in(const struct mm_settings_store *store, const char *folder,
		    const char *name, const struct mm_buf *text)
{
	const mode_t mode = store->set_group ? 0640 : 0644;
	int fd, r;

	if (mkdirat(store->state, folder, 0755) < 0 && errno != EEXIST)
		return MM_ERR_SYS;
	fd = openat(store->state, folder,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return MM_ERR_SYS;
	r = replace(fd, name, mode, text);
	mm_close(&fd);
	return r;
}

/* The gates first: whom Exim admits is then a relay host to them already. */
int mm_routes_write(struct mm_settings_store *store,
		    struct mm_settings_tree *tree)
{
	struct collect collect = { .tree = tree };
	struct mm_buf gateways, relays;
	int r;

	mm_buf_init(&gateways, MM_ROUTES_MAX);
	mm_buf_init(&relays, MM_ROUTES_MAX);
	if ((r = mm_settings_store_list(store, MM_LEVEL_DOMAIN, NULL,
					take_domain, &collect)) == 0 &&
	    (r = format_gateways(&collect.gateways, &gateways)) == 0 &&
	    (r = format_relays(&collect.relays, &relays)) == 0 &&
	    (r = write_in(store, "gate", "relay_hosts", &relays)) == 0 &&
	    (r = write_in(store, "exim", "relay_hosts", &relays)) == 0)
		r = write_in(store, "exim", "gateway_domains", &gateways);
	clear_lines(&collect.gateways);
	clear_lines(&collect.relays);
	mm_buf_clear(&gateways);
	mm_buf_clear(&relays);
	return r;
}

bool mm_routes_update(struct mm_keeper *keeper)
{
	int r = mm_routes_write(&keeper->settings, keeper->tree);

	keeper->routes_late = r < 0;
	if (r < 0)
		mm_log(MM_LOG_ERROR, "routes", NULL, "error",
		       mm_err_text(r), NULL);
	return r == 0;
}

void mm_routes_retry(struct mm_keeper *keeper)
{
	if (keeper->routes_late)
		(void)!mm_routes_update(keeper);
}

bool mm_routes_matter(struct mm_keeper *keeper, enum mm_level level,
		      const char *name)
{
	struct mm_settings_file *file = NULL;
	bool matter = false;

	if (level != MM_LEVEL_DOMAIN ||
	    mm_settings_get(keeper->tree, level, name, &file) != 1)
		return false;
	matter = *text_of(file, MM_SETTING_GATEWAY_HOST) != '\0' ||
		 *text_of(file, MM_SETTING_ALIAS_OF) != '\0' ||
		 file->values.list[MM_SETTING_RELAY_HOSTS].list.count > 0;
	mm_settings_release(file);
	return matter;
}
