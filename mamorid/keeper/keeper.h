#ifndef MM_KEEPER_KEEPER_H
#define MM_KEEPER_KEEPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/settings_read.h"
#include "mamorid/keeper/db.h"
#include "mamorid/keeper/history.h"
#include "mamorid/keeper/settings_write.h"
#include "mamorid/keeper/store.h"
#include "mamorid/keeper/vault.h"
#include "mamorid/loop.h"
#include "mamorid/role.h"
#include "mamorid/uids.h"

struct mm_abuse_counts;
struct mm_client;
struct mm_keeper;

/* What a connection may ask for; bits of mm_client.rights. */
#define MM_RIGHT_RECORD 1u
#define MM_RIGHT_OUTBOX 2u
#define MM_RIGHT_CONTROL 4u
#define MM_RIGHT_SETTINGS 8u	/* as settings_rights.h says */
#define MM_RIGHT_CONSOLE 16u	/* with it: for the mailbox it names only */

#define MM_LOGIN_SIZE 65u

/* A listening socket and its clients' bounds. */
struct mm_listener {
	struct mm_loop_watch watch;
	struct mm_keeper *keeper;
	bool control;
	size_t clients;
	size_t max;
};

/* The keeper process: everything hangs here, there are no globals. */
struct mm_keeper {
	const struct mm_role *role;
	struct mm_loop loop;
	struct mm_db *db;
	struct mm_store store;
	struct mm_vault vault;
	struct mm_history_store history;
	struct mm_abuse_counts *abuse;
	struct mm_settings_store settings;
	struct mm_settings_tree *tree;	/* the same, as others read it */
	struct mm_uids panel;
	struct mm_uids console;
	char census[16];		/* the day last counted */
	bool routes_late; /* Exim's files could not be written */
	struct mm_listener listeners[2];
	struct mm_loop_watch channel;
	struct mm_loop_watch expiry;
	struct mm_loop_watch flush; /* timer: history waits to be written */
	struct mm_loop_watch tidy; /* timer: bounds of the history */
	struct mm_loop_watch outbox; /* timer: the next row is due */
	struct mm_client *clients;
	uint64_t rests; /* that clients began */
	struct mm_client *courier; /* has the row in flight, or NULL */
	int64_t in_flight; /* its id, 0 for none */
	bool leaving; /* when that row's fate is known */
	uint32_t serial; /* of requests to the master */
};

/* Seconds since the epoch. */
int64_t mm_keeper_now(void);

#endif
