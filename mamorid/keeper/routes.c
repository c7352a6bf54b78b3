/*
 * Domains whose mailboxes are elsewhere, and hosts that may send for domains,
 * for Exim and the gates. Keeper, uid mamori-keeper; the folders are the
 * master's, each with the group of its readers.
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

/* A network and one of its domains. */
struct relay {
	char *network;
	unsigned int bits;
	char *domain;
};

struct routes {
	struct mm_keeper *keeper;
	char **gateways; /* whole lines */
	size_t ngateways;
	struct relay *relays;
	size_t nrelays;
};

bool mm_routes_has(enum mm_setting i)
{
	return i == MM_SETTING_GATEWAY_HOST || i == MM_SETTING_RELAY_HOSTS;
}

/* Room for one more: the size doubles when count is a power of two. */
static void *grow(void *list, size_t count, size_t size)
{
	if ((count & (count - 1)) != 0)
		return list;
	list = realloc(list, (count == 0 ? 1 : 2 * count) * size);
	if (list == NULL)
		mm_fatal("out-of-memory", "routes");
	return list;
}

/* An IPv6 address has colons, which separate hosts in Exim's lists. */
static void add_gateway(struct routes *routes, const char *domain,
			const char *host)
{
	routes->gateways = grow(routes->gateways, routes->ngateways,
				sizeof(*routes->gateways));
	routes->gateways[routes->ngateways++] =
		mm_xasprintf("%s: <;%s\n", domain, host);
}

static void add_relay(struct routes *routes, const char *domain,
		      const char *text)
{
	struct mm_network network;

	if (mm_network_parse(text, &network) < 0)
		return;
	routes->relays = grow(routes->relays, routes->nrelays,
			      sizeof(*routes->relays));
	routes->relays[routes->nrelays++] = (struct relay){
		.network = mm_xstrdup(text),
		.bits = network.bits,
		.domain = mm_xstrdup(domain),
	};
}

static int add_domain(void *arg, const char *domain)
{
	struct routes *routes = arg;
	struct mm_settings_file *file = NULL;
	const struct mm_setting_value *values;
	size_t i;
	int r;

	r = mm_settings_get(routes->keeper->tree, MM_LEVEL_DOMAIN, domain,
			    &file);
	if (r == 1) {
		values = file->values.list;
		if (values[MM_SETTING_GATEWAY_HOST].text != NULL &&
		    *values[MM_SETTING_GATEWAY_HOST].text != '\0')
			add_gateway(routes, domain,
				    values[MM_SETTING_GATEWAY_HOST].text);
		for (i = 0; i < values[MM_SETTING_RELAY_HOSTS].list.count; i++)
			add_relay(routes, domain,
				  values[MM_SETTING_RELAY_HOSTS].list.items[i]);
	}
	mm_settings_release(file);
	return r < 0 ? r : 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The narrower network first: who looks up takes the first that fits. */
static int by_network(const void *a, const void *b)
{
	const struct relay *left = a, *right = b;
	int r = (int)right->bits - (int)left->bits;

	if (r == 0)
		r = strcmp(left->network, right->network);
	return r != 0 ? r : strcmp(left->domain, right->domain);
}

static int put_gateways(struct mm_buf *out, struct routes *routes)
{
	size_t i;
	int r = 0;

	if (routes->ngateways > 1)
		qsort(routes->gateways, routes->ngateways,
		      sizeof(*routes->gateways), by_text);
	for (i = 0; i < routes->ngateways && r == 0; i++)
		r = mm_buf_puts(out, routes->gateways[i]);
	return r;
}

static int put_relays(struct mm_buf *out, struct routes *routes)
{
	const struct relay *list = routes->relays;
	size_t i;
	int r = 0;

	if (routes->nrelays > 1)
		qsort(routes->relays, routes->nrelays, sizeof(*list),
		      by_network);
	for (i = 0; i < routes->nrelays && r == 0; i++) {
		if (i > 0 && strcmp(list[i - 1].network, list[i].network) == 0)
			r = mm_buf_printf(out, " %s", list[i].domain);
		else
			r = mm_buf_printf(out, "%s\"%s\": %s",
					  i > 0 ? "\n" : "", list[i].network,
					  list[i].domain);
	}
	return r == 0 && routes->nrelays > 0 ? mm_buf_puts(out, "\n") : r;
}

static bool is_same(const char *path, const struct mm_buf *text)
{
	struct mm_buf old;
	bool same;

	mm_buf_init(&old, MM_ROUTES_FILE_MAX);
	same = mm_read_file(path, &old) == 0 && old.len == text->len &&
	       memcmp(mm_buf_str(&old), mm_buf_str(text), text->len) == 0;
	mm_buf_clear(&old);
	return same;
}

static int write_new(const char *path, const struct mm_buf *text)
{
	int fd = open(path,
		      O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		      0640);
	int r;

	if (fd < 0)
		return MM_ERR_SYS;
	r = fchmod(fd, 0640) < 0 ? MM_ERR_SYS
				 : mm_write_all(fd, text->data, text->len);
	if (r == 0 && fsync(fd) < 0)
		r = MM_ERR_SYS;
	mm_close(&fd);
	return r;
}

static void write_file(const struct mm_keeper *keeper, const char *name,
		       const struct mm_buf *text)
{
	char *path = mm_xasprintf("%s/%s", keeper->role->conf->state_dir, name);
	char *fresh = mm_xasprintf("%s.new", path);

	if (!is_same(path, text) &&
	    (write_new(fresh, text) < 0 || rename(fresh, path) < 0))
		mm_log(MM_LOG_ERROR, "routes", NULL, "file", path, "error",
		       strerror(errno), NULL);
	free(path);
	free(fresh);
}

static void clear(struct routes *routes)
{
	while (routes->ngateways > 0)
		free(routes->gateways[--routes->ngateways]);
	free(routes->gateways);
	while (routes->nrelays > 0) {
		free(routes->relays[--routes->nrelays].network);
		free(routes->relays[routes->nrelays].domain);
	}
	free(routes->relays);
}

void mm_routes_write(struct mm_keeper *keeper)
{
	struct routes routes = { .keeper = keeper };
	struct mm_buf gateways, relays;
	int r;

	mm_buf_init(&gateways, MM_ROUTES_FILE_MAX);
	mm_buf_init(&relays, MM_ROUTES_FILE_MAX);
	if ((r = mm_settings_store_list(&keeper->settings, MM_LEVEL_DOMAIN,
					NULL, add_domain, &routes)) == 0 &&
	    (r = put_gateways(&gateways, &routes)) == 0 &&
	    (r = put_relays(&relays, &routes)) == 0) {
		write_file(keeper, "exim/gateway_domains", &gateways);
		write_file(keeper, "exim/relay_hosts", &relays);
		write_file(keeper, "gate/relay_hosts", &relays);
	} else {
		mm_log(MM_LOG_ERROR, "routes", NULL, "error", mm_err_text(r),
		       NULL);
	}
	clear(&routes);
	mm_buf_clear(&gateways);
	mm_buf_clear(&relays);
}
