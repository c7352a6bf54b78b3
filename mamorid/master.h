#ifndef MM_MAMORID_MASTER_H
#define MM_MAMORID_MASTER_H

#include "core/conf.h"

/* The parent of all roles: prepares sockets, starts, supervises, reloads, and
 * stops them on SIGTERM or SIGINT. SIGHUP opens the log file again and starts
 * the roles anew with the configuration read again, if it is right. Returns
 * the exit status. */
int mm_master_main(struct mm_conf *conf, const char *conf_path,
		   int log_to_stderr);

#endif
