#ifndef MM_KEEPER_SETTINGS_RIGHTS_H
#define MM_KEEPER_SETTINGS_RIGHTS_H

#include "core/settings.h"
#include "mamorid/keeper/client.h"

/*
 * Who may do what with the settings, by the peer's uid as the kernel tells
 * it: root; a user of users.panel; or a customer, whose login has mailboxes or
 * domains by _logins/LOGIN.yaml or local_owners.
 */

/* Look up users.panel, once at start. Unknown names are logged. */
void mm_settings_panel_init(struct mm_keeper *keeper);

/* May this uid, which is not root, connect to control.sock at all? Fills
 * login, of MM_LOGIN_SIZE bytes, for a customer; "" for the panel. */
bool mm_settings_admit(struct mm_keeper *keeper, uid_t uid, char *login);

/* What a client is for the values of this name: an enum mm_who, or -1 for
 * nobody. For a domain's sake ask with MM_LEVEL_DOMAIN. */
int mm_settings_role(struct mm_client *client, enum mm_level level,
		     const char *name);

/* The least role for a request about a level; by the table. */
enum mm_who mm_settings_least(uint16_t type, enum mm_level level);

/* Both of the above; answers itself when the client may not. */
bool mm_settings_permitted(struct mm_client *client, enum mm_level level,
			   const char *name, int *role_r);

#endif
