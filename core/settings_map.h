#ifndef MM_CORE_SETTINGS_MAP_H
#define MM_CORE_SETTINGS_MAP_H

#include "core/settings_read.h"

/*
 * The address map: which mailboxes of this server stand behind an address.
 * local_scan sees addresses before aliasing, so we follow the same steps:
 * alias domain, mailbox, alias, mailing list, plus tag, catch-all. An alias, a
 * list and a mailbox are a file each, so a step costs one look-up.
 */
struct mm_mailbox {
	char *address; /* lower case */
	bool member; /* reached through a mailing list */
};

struct mm_mailboxes {
	struct mm_mailbox *list;
	size_t count;
	size_t steps;
	bool cut; /* more than we follow */
};

/* How far one envelope address is followed. */
#define MM_MAP_DEPTH_MAX 8u
#define MM_MAP_STEPS_MAX 5000u

/* Append the mailboxes behind address, each once (a member stays one). An
 * address in a domain without settings stands for itself, and so does an
 * unknown one without a catch-all: Exim knows whether it exists. Whether an
 * address is on this server is the caller's to tell. 0 or MM_ERR_NOMEM.
 * Release with mm_mailboxes_clear(). */
MM_CHECK int mm_map_address(struct mm_settings_tree *tree, const char *address,
			    struct mm_mailboxes *boxes);
void mm_mailboxes_clear(struct mm_mailboxes *boxes);

/* Has the domain of this address settings of its own? Aliases count. */
bool mm_map_is_registered(struct mm_settings_tree *tree, const char *address);

/* Append the address of a login: what _logins has, or else of local_owners,
 * or the login itself when it is an address. 1, 0 (nobody), MM_ERR_NOMEM. */
MM_CHECK int mm_map_login(struct mm_settings_tree *tree,
			  const struct mm_conf *conf, const char *login,
			  struct mm_buf *address);

#endif
