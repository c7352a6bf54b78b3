#ifndef MM_KEEPER_CLIENT_H
#define MM_KEEPER_CLIENT_H

#include <sys/types.h>

#include "core/frame.h"
#include "core/proto.h"
#include "mamorid/keeper/keeper.h"

/* One line of the permission table: what a request must look like. */
struct mm_rule {
	uint16_t type;
	unsigned int right; /* MM_RIGHT_*: whose clients may send it */
	size_t min; /* bytes of payload */
	size_t max;
	unsigned int nfds; /* descriptors, exactly */
	void (*handle)(struct mm_client *client);
};

enum mm_client_state {
	MM_CLIENT_READING, /* waits for a request or the rest of one */
	MM_CLIENT_PARKED, /* its request waits for something */
	MM_CLIENT_RESTING, /* it may send more, which is read later */
};

/* A connection: one request at a time, then its answer. */
struct mm_client {
	struct mm_loop_watch watch;
	struct mm_keeper *keeper;
	struct mm_listener *listener;
	struct mm_client *next;
	uid_t uid;
	unsigned int rights;
	char login[MM_LOGIN_SIZE];	/* a customer's, else "" */
	enum mm_client_state state;
	unsigned char head[MM_FRAME_HEAD];
	size_t have; /* bytes of the head */
	size_t want; /* bytes of the payload */
	const struct mm_rule *rule;
	struct mm_frame request;
	bool wants_item; /* parked for an outbox row */
	uint32_t waits_for; /* parked for the master's answer, its id */
	void (*timed_out)(struct mm_client *client); /* parked too long */
};

/* Rights of a peer on one of the two sockets; 0: refused. self is our own
 * uid, which has all rights when the daemon runs without root. */
unsigned int mm_client_rights(const struct mm_users *users, bool control,
			      uid_t uid, uid_t self);

/* The rule of a request type for a client of these rights, or NULL. */
const struct mm_rule *mm_client_rule(uint16_t type, unsigned int rights);

/* Listen on a bound socket (kept by the caller). 0 or MM_ERR_NOMEM. */
MM_CHECK int mm_listener_start(struct mm_listener *listener,
			       struct mm_keeper *keeper, int fd, bool control);

/* Answer the request under way; the connection then takes the next one. A peer
 * that does not read is disconnected. The descriptors stay the caller's. */
void mm_client_answer(struct mm_client *client, uint16_t type,
		      const struct mm_buf *payload, const int *fds,
		      unsigned int nfds);

/* The same with an error text. */
void mm_client_fail(struct mm_client *client, const char *text);

/* Keep the request unanswered. timed_out is called after ms, unless ms is
 * below 0. */
void mm_client_park(struct mm_client *client, int64_t ms,
		    void (*timed_out)(struct mm_client *client));

/* A request that has no answer is done. What follows on this connection is
 * read in a moment, together with that of others: a frame alone is not worth
 * waking up for. */
void mm_client_rest(struct mm_client *client);

/* When leaving: take what has been sent without waiting for an answer. */
void mm_client_drain(struct mm_keeper *keeper);

/* Disconnect and free, from inside a handler too. */
void mm_client_close(struct mm_client *client, const char *why);

#endif
