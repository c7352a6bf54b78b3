#ifndef MM_MAMORID_GATE_RELAYS_H
#define MM_MAMORID_GATE_RELAYS_H

#include <stddef.h>
#include <sys/stat.h>

#include "core/buf.h"
#include "core/network.h"
#include "mamorid/log.h"

/*
 * Customers' own mail servers, admitted by their addresses (setting
 * relay_hosts). The keeper writes them into one file, a line
 *   "192.0.2.0/24": example.test example.org
 * each; Exim has its own copy.
 */
struct mm_relay {
	struct mm_network network;
	const char *domains; /* separated by spaces */
};

struct mm_relays {
	char *path;
	struct mm_buf text;
	struct mm_relay *list;
	size_t count;
	struct stat seen; /* of the file as read */
	struct mm_log_limit told;
};

#define MM_RELAYS_MAX 100000u
#define MM_RELAYS_FILE_MAX (16u << 20)

/* path is copied; nothing is read yet. Release with mm_relays_clear(). */
void mm_relays_init(struct mm_relays *relays, const char *path);
void mm_relays_clear(struct mm_relays *relays);

/* Append the domain for which this host is registered: the sender's, if it is
 * one of them, else the first. Reads the file again when it has changed.
 * 1, 0 (no relay host) or MM_ERR_*. */
MM_CHECK int mm_relays_find(struct mm_relays *relays, const char *host,
			    const char *sender, struct mm_buf *domain);

#endif
