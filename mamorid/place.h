#ifndef MM_MAMORID_PLACE_H
#define MM_MAMORID_PLACE_H

#include "mamorid/priv.h"

/* The folders and sockets that the master prepares, with their owners. */
struct mm_place {
	int lock;	/* run_dir/mamorid.pid, locked as long as we live */
	int scan;
	int inspect;
	int keeper;
	int control;
};

/* Make run_dir and state_dir, take the lock, bind the sockets. Calls
 * mm_fatal() with what is wrong and what to do, also when another daemon holds
 * the lock. */
void mm_place_open(const struct mm_conf *conf, const struct mm_users *users,
		   struct mm_place *place_r);

/* Remove the sockets and the pid file. */
void mm_place_close(const struct mm_conf *conf, struct mm_place *place);

#endif
