/*
 * Who handed a message over, which way it goes, and who is to be warned as its
 * sender. Pure: tables over what Exim and the kernel say.
 */
#include "mamorid/gate/direction.h"

#include <stddef.h>
#include <string.h>

enum blame {
	NOBODY,
	AUTHENTICATED,
	LOGIN,
};

/*
 * Loopback without AUTH is inbound: a proxy or filter in front of Exim passes
 * the world's mail on so. Lists and Exim's bounces are inbound, too: what is
 * in them was written by others, and who gets them is protected and told.
 * Dovecot's mails count as local and are nobody's fault: a redirect carries
 * other people's words, and to warn for a vacation would answer an automatic
 * answer (RFC 3834 2). A login of many, or root, is warned about only where
 * the operator has named an owner.
 */
static const struct {
	const char *name;
	enum mm_direction direction;
	enum blame blame;
} rows[MM_SOURCES] = {
	[MM_SOURCE_HOST] = { "host", MM_DIRECTION_INBOUND, NOBODY },
	[MM_SOURCE_LOOPBACK] = { "loopback", MM_DIRECTION_INBOUND, NOBODY },
	[MM_SOURCE_AUTH] = { "auth", MM_DIRECTION_OUTBOUND, AUTHENTICATED },
	[MM_SOURCE_RELAY] = { "relay", MM_DIRECTION_OUTBOUND, NOBODY },
	[MM_SOURCE_CUSTOMER] = { "customer", MM_DIRECTION_LOCAL, LOGIN },
	[MM_SOURCE_WEB] = { "web", MM_DIRECTION_LOCAL, LOGIN },
	[MM_SOURCE_ROOT] = { "root", MM_DIRECTION_LOCAL, LOGIN },
	[MM_SOURCE_DOVECOT] = { "dovecot", MM_DIRECTION_LOCAL, NOBODY },
	[MM_SOURCE_LISTS] = { "lists", MM_DIRECTION_INBOUND, NOBODY },
	[MM_SOURCE_BOUNCE] = { "bounce", MM_DIRECTION_INBOUND, NOBODY },
	[MM_SOURCE_EXIM] = { "exim", MM_DIRECTION_LOCAL, NOBODY },
	[MM_SOURCE_COURIER] = { "courier", MM_DIRECTION_OWN, NOBODY },
};

const char *mm_direction_name(enum mm_direction direction)
{
	switch (direction) {
	case MM_DIRECTION_INBOUND:
		return "inbound";
	case MM_DIRECTION_OUTBOUND:
		return "outbound";
	case MM_DIRECTION_LOCAL:
		return "local";
	default:
		return "own";
	}
}

const char *mm_source_name(enum mm_source source)
{
	return rows[source].name;
}

enum mm_direction mm_source_direction(enum mm_source source)
{
	return rows[source].direction;
}

static bool is_loopback(const char *host)
{
	return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 ||
	       strncmp(host, "::ffff:127.", 11) == 0;
}

static bool is_dialogue(const struct mm_scan_request *req)
{
	return (req->flags & MM_SCAN_SMTP) != 0 &&
	       (req->flags & MM_SCAN_BATCHED) == 0 && !req->pending;
}

/* A local process: its uid comes from the kernel, or for a re-scan from the
 * mark that only our Exim can have set. */
static enum mm_source of_uid(const struct mm_scan_request *req,
			     const struct mm_users *users)
{
	const bool smtp = (req->flags & MM_SCAN_SMTP) != 0;

	if (is_dialogue(req) && req->uid == users->courier.uid)
		return MM_SOURCE_COURIER;
	/* Exim bounces by calling itself without SMTP. */
	if (req->uid == users->exim.uid)
		return *req->sender == '\0' && (!smtp || req->pending)
			       ? MM_SOURCE_BOUNCE
			       : MM_SOURCE_EXIM;
	if (req->uid == 0)
		return MM_SOURCE_ROOT;
	if (mm_uids_have(&users->lists, req->uid))
		return MM_SOURCE_LISTS;
	if (mm_uids_have(&users->dovecot, req->uid))
		return MM_SOURCE_DOVECOT;
	return mm_uids_have(&users->web, req->uid) ? MM_SOURCE_WEB
					      : MM_SOURCE_CUSTOMER;
}

enum mm_source mm_source_of(const struct mm_scan_request *req,
			    const struct mm_users *users, bool relay)
{
	if ((req->flags & MM_SCAN_SMTP) == 0 || req->host_address == NULL)
		return of_uid(req, users);
	if (req->auth_id != NULL)
		return MM_SOURCE_AUTH;
	if (relay)
		return MM_SOURCE_RELAY;
	return is_loopback(req->host_address) ? MM_SOURCE_LOOPBACK
					      : MM_SOURCE_HOST;
}

const char *mm_source_login(enum mm_source source,
			    const struct mm_scan_request *req)
{
	switch (rows[source].blame) {
	case AUTHENTICATED:
		return req->auth_id;
	case LOGIN:
		return req->login;
	default:
		return NULL;
	}
}

bool mm_source_reads_reply(const struct mm_scan_request *req)
{
	return is_dialogue(req);
}
