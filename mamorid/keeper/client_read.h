#ifndef MM_KEEPER_CLIENT_READ_H
#define MM_KEEPER_CLIENT_READ_H

#include "mamorid/keeper/client.h"

/* Take what has arrived, without waiting. The rule is looked up as soon as the
 * head is complete, and everything is checked against it.
 * 1: client->request and client->rule are complete. 0: more is to come.
 * MM_ERR_CLOSED, MM_ERR_DENIED (no rule for this client), MM_ERR_LIMIT,
 * MM_ERR_FORMAT, MM_ERR_NOMEM, MM_ERR_SYS: the connection is of no more use. */
MM_CHECK int mm_client_read(struct mm_client *client);

#endif
