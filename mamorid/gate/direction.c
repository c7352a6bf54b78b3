/*
 * Direction and account of a message. Pure: a table over what Exim says.
 */
#include "mamorid/gate/direction.h"

#include <stddef.h>

#include "core/address.h"

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

enum mm_direction mm_direction_of(const struct mm_scan_request *req,
				  const struct mm_users *users)
{
	const bool smtp = (req->flags & MM_SCAN_SMTP) != 0;
	const bool batched = (req->flags & MM_SCAN_BATCHED) != 0;

	if (smtp && req->host_address != NULL)
		return req->auth_id != NULL ? MM_DIRECTION_OUTBOUND
					    : MM_DIRECTION_INBOUND;
	/* A local process from here on: its uid comes from the kernel, or for
	 * a re-scan from the mark that only our Exim can have set. */
	if (req->pending)
		return MM_DIRECTION_LOCAL;
	if (smtp && !batched && req->uid == users->courier.uid)
		return MM_DIRECTION_OWN;
	return MM_DIRECTION_LOCAL;
}

/* An address, or a login that the configuration maps to one. */
static const char *account_of(const char *login, const struct mm_conf *conf)
{
	const char *owner;

	if (login == NULL)
		return NULL;
	owner = mm_conf_map_get(&conf->local_owners, login);
	if (owner == NULL)
		owner = login;
	return mm_address_is_plain(owner) ? owner : NULL;
}

const char *mm_direction_account(enum mm_direction direction,
				 const struct mm_scan_request *req,
				 const struct mm_conf *conf)
{
	if (direction == MM_DIRECTION_OUTBOUND)
		return account_of(req->auth_id, conf);
	if (direction == MM_DIRECTION_LOCAL)
		return account_of(req->login, conf);
	return NULL;
}
