#ifndef MM_MAMORID_ROLE_H
#define MM_MAMORID_ROLE_H

#include <stdint.h>

#include "core/conf.h"
#include "mamorid/priv.h"

/*
 * What every role gets from main() after the master has started it with
 * fork and exec: descriptors by fixed numbers, the configuration read anew.
 * A role's main function looks alike everywhere: open what needs privilege,
 * mm_priv_drop(), ignore signals, loop until the channel ends; its return
 * value is the exit status. Still root on entry when the daemon is.
 */
struct mm_role {
	const struct mm_conf *conf;
	struct mm_users users;
	const char *conf_path;
	uint32_t generation;	/* pool only */
	uint64_t serving;	/* pool only: signatures in service beside it */
	int channel;		/* to the master */
	int listen;		/* scan.sock: gate; inspect.sock: pool;
				 * keeper.sock: keeper; else -1 */
	int control;		/* control.sock: keeper; else -1 */
};

int mm_pool_main(const struct mm_role *role);
int mm_gate_main(const struct mm_role *role);
int mm_keeper_main(const struct mm_role *role);
int mm_courier_main(const struct mm_role *role);

/* `mamorid scan FILE...`: inspect files on a signature folder in this process,
 * without a daemon, as `mamorictl scan --engine` shows it. One FINDINGS field
 * list a file on standard output, each behind a u32 length. Exit status 0 when
 * every file got an answer. */
int mm_scan_main(const struct mm_conf *conf, const char *signatures,
		 char **files, int count);

/* Sockets in conf->run_dir. */
#define MM_SCAN_SOCK "scan.sock"
#define MM_INSPECT_SOCK "inspect.sock"
#define MM_KEEPER_SOCK "keeper.sock"
#define MM_CONTROL_SOCK "control.sock"

#endif
