#ifndef MM_COURIER_MTA_H
#define MM_COURIER_MTA_H

#include <sys/types.h>

#include "core/buf.h"
#include "core/conf.h"
#include "core/deadline.h"

/* The mail server's own program as a child that speaks SMTP on its standard
 * input and output. Pipes, not a socket: on a socket Exim would take us for a
 * network client (inetd mode). */
struct mm_mta {
	pid_t pid;
	int to; /* its standard input; non-blocking */
	int from; /* its standard output; non-blocking */
	int errors; /* memfd with its standard error */
};

/* Run command (argv, no shell) with a clean environment and no other
 * descriptors. A program that cannot be run shows as an end of its output.
 * 0 or MM_ERR_SYS, MM_ERR_NOMEM, MM_ERR_INVALID (empty command). End with
 * mm_mta_stop() also after an error. */
MM_CHECK int mm_mta_start(struct mm_mta *mta,
			  const struct mm_conf_list *command);

/* Close the pipes and wait for its end until the deadline, then kill it. What
 * cannot be killed (a setuid program may have changed its uid) is left and
 * reaped by a later call. */
void mm_mta_stop(struct mm_mta *mta, mm_deadline deadline);

/* Append the beginning of what it wrote to standard error. */
MM_CHECK int mm_mta_errors(const struct mm_mta *mta, struct mm_buf *out);

#endif
