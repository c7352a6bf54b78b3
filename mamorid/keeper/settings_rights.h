#ifndef MM_KEEPER_SETTINGS_RIGHTS_H
#define MM_KEEPER_SETTINGS_RIGHTS_H

#include "core/settings.h"
#include "mamorid/keeper/client.h"

/*
 * Who may do what with the settings, by the peer's uid as the kernel tells
 * it: root; a user of users.panel; a user of users.console, which names in
 * each request the mailbox that is logged in there and is its owner; or a
 * customer, whose login has mailboxes or domains by _logins/LOGIN.yaml or
 * local_owners.
 */

/* Look up users.panel and users.console, once at start. Unknown names are
 * logged. */
void mm_settings_users_init(struct mm_keeper *keeper);

/* The rights on control.sock of a uid that is not root; 0: none. Fills login,
 * of MM_LOGIN_SIZE bytes, for a customer; "" for panel and console. */
unsigned int mm_settings_admit(struct mm_keeper *keeper, uid_t uid,
			       char *login);

/* What a client is for the values of this name: an enum mm_who, or -1 for
 * nobody. For a domain's sake ask with MM_LEVEL_DOMAIN. as is the mailbox that
 * the request names as its user, or NULL; from all but a console it makes the
 * client nobody. */
int mm_settings_role(struct mm_client *client, const char *as,
		     enum mm_level level, const char *name);

/* The least role for a request about a level; by the table. */
enum mm_who mm_settings_least(uint16_t type, enum mm_level level);

/* Both of the above; answers itself when the client may not. */
bool mm_settings_permitted(struct mm_client *client, const char *as,
			   enum mm_level level, const char *name, int *role_r);

#endif
