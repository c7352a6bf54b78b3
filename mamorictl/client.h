#ifndef MM_MAMORICTL_CLIENT_H
#define MM_MAMORICTL_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/deadline.h"
#include "core/proto.h"
#include "core/proto_rewrite.h"
#include "mamorictl/ctl.h"
#include "mamorictl/out.h"

/* Connect to a socket in run_dir, waiting while its queue is full. The
 * descriptor, or MM_ERR_* with errno as mm_unix_connect() leaves it. */
MM_CHECK int mm_client_connect(const struct mm_ctl *ctl, const char *socket,
			       mm_deadline deadline);

/* Tell why connecting failed. Returns MM_EXIT_ERROR. */
int mm_client_complain(const struct mm_ctl *ctl, const char *socket, int r);

/* Ask the keeper: a control request of pairs, answered by OK or rows. rows is
 * filled (mm_rows_clear() also after an error), *message_fd_r gets a stored
 * message if there is one (caller closes) or -1; it may be NULL.
 * 0, or MM_EXIT_ERROR after telling why. */
int mm_client_ask(const struct mm_ctl *ctl, uint16_t type,
		  const struct mm_buf *pairs, struct mm_rows *rows,
		  int *message_fd_r);

/* The same with a descriptor of ours along, and none back. */
int mm_client_ask_fd(const struct mm_ctl *ctl, uint16_t type,
		     const struct mm_buf *pairs, int fd, struct mm_rows *rows);

/* Ask an inspector about one message: headers in a sealed memfd, the body in
 * body_fd from offset on. answer (initialised, MM_LIST_MAX) gets the encoded
 * findings. 0, or MM_ERR_PEER with the inspector's reason in answer,
 * MM_ERR_CLOSED (the worker died), MM_ERR_TIMEOUT, or another MM_ERR_*. */
MM_CHECK int mm_client_inspect(int fd, const struct mm_inspect_request *req,
			       int header_fd, int body_fd, mm_deadline deadline,
			       struct mm_buf *answer);

/* Ask a gate what it would do with a message, body_fd being its body, by the
 * request's deadline. rows is filled (mm_rows_clear() also after an error).
 * 0, or MM_EXIT_ERROR after telling why. */
int mm_client_dry_run(const struct mm_ctl *ctl,
		      const struct mm_scan_request *req, int body_fd,
		      struct mm_rows *rows);

/* Have an inspector make another message of one, by a sealed memfd with the
 * encoded plan. answer (initialised, MM_REWRITE_RESULT_MAX) gets the encoded
 * result, *new_body_r the new body (caller closes) or -1. As above. */
MM_CHECK int mm_client_rewrite(int fd, int plan_fd, int header_fd, int body_fd,
			       mm_deadline deadline, struct mm_buf *answer,
			       int *new_body_r);

#endif
