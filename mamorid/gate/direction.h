#ifndef MM_MAMORID_GATE_DIRECTION_H
#define MM_MAMORID_GATE_DIRECTION_H

#include "core/proto.h"
#include "mamorid/priv.h"

/* Which way a message goes, and so whose rules apply. */
enum mm_direction {
	MM_DIRECTION_INBOUND = 1,	/* from somebody who is not ours */
	MM_DIRECTION_OUTBOUND = 2,	/* from an account of ours */
	MM_DIRECTION_LOCAL = 3,		/* from a program on this server */
	MM_DIRECTION_OWN = 4,		/* our courier's notices, releases and
					 * variants: judged already */
};

const char *mm_direction_name(enum mm_direction direction);

/* Who handed the message over. */
enum mm_source {
	MM_SOURCE_HOST = 1,	/* another server, without AUTH */
	MM_SOURCE_LOOPBACK,	/* a program here, over SMTP without AUTH */
	MM_SOURCE_AUTH,
	MM_SOURCE_RELAY,	/* a customer's server, by its address */
	MM_SOURCE_CUSTOMER,	/* a login of its own: PHP mail(), a shell */
	MM_SOURCE_WEB,		/* users.web: the web server for everybody */
	MM_SOURCE_ROOT,		/* root, so also cron's mails */
	MM_SOURCE_DOVECOT,	/* users.dovecot: Sieve's redirect, vacation */
	MM_SOURCE_LISTS,	/* users.lists: list software */
	MM_SOURCE_BOUNCE,	/* Exim's own bounces and warnings */
	MM_SOURCE_EXIM,		/* Exim's user in any other way */
	MM_SOURCE_COURIER,
	MM_SOURCES
};

const char *mm_source_name(enum mm_source source);

/* From the facts that Exim vouches for; neither headers nor the envelope
 * count, the null sender of Exim's own user excepted. relay: is the host a
 * registered relay host? Every combination has an answer. */
enum mm_source mm_source_of(const struct mm_scan_request *req,
			    const struct mm_users *users, bool relay);

enum mm_direction mm_source_direction(enum mm_source source);

/* The login that is to be warned as the sender, by the settings or
 * local_owners; NULL for nobody, which is a valid answer: where a uid serves
 * many, or only passes on what others have written, nobody is blamed. */
const char *mm_source_login(enum mm_source source,
			    const struct mm_scan_request *req);

/* Does somebody read the reply to the message? Else it is neither refused nor
 * deferred. */
bool mm_source_reads_reply(const struct mm_scan_request *req);

#endif
