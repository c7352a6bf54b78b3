#ifndef MM_MAMORID_SPAWN_H
#define MM_MAMORID_SPAWN_H

/* Descriptors that a role finds on its start: the channel, its listening
 * socket, the keeper's control socket. Those it has not got are closed. */
#define MM_SPAWN_FD 3
#define MM_SPAWN_CHANNEL 3
#define MM_SPAWN_LISTEN 4
#define MM_SPAWN_CONTROL 5

#endif
