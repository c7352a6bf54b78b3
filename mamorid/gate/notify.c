/*
 * Who is warned, and in which language. Reads the shared settings, as
 * users.gate; must never tell anybody outside this server.
 */
#include "mamorid/gate/notify.h"

#include <stdlib.h>
#include <string.h>

#include "core/address.h"
#include "mamorid/log.h"
#include "mamorid/xalloc.h"

bool mm_notify_is_local(const struct mm_notify *notify, const char *address)
{
	return mm_domains_has(notify->domains, address) ||
	       (mm_address_is_plain(address) &&
		mm_map_is_registered(notify->tree, address));
}

/* Take the local ones of what an address leads to. */
static void add_boxes(const struct mm_notify *notify, const char *address,
		      struct mm_mailboxes *boxes)
{
	struct mm_mailboxes found = { .list = NULL };
	size_t i;

	if (mm_map_address(notify->tree, address, &found) < 0)
		mm_fatal("out-of-memory", "address map");
	if (found.cut)
		mm_log(MM_LOG_WARN, "address-map-cut", NULL, "address", address,
		       NULL);
	boxes->list = realloc(boxes->list, (boxes->count + found.count + 1) *
						   sizeof(*boxes->list));
	if (boxes->list == NULL)
		mm_fatal("out-of-memory", "address map");
	for (i = 0; i < found.count; i++) {
		if (!mm_notify_is_local(notify, found.list[i].address))
			continue;
		boxes->list[boxes->count++] = found.list[i];
		found.list[i].address = NULL;
	}
	mm_mailboxes_clear(&found);
}

static int compare(const void *a, const void *b)
{
	const struct mm_mailbox *left = a, *right = b;

	return strcmp(left->address, right->address);
}

/* Whatever the order of the recipients, the outcome is the same. */
static void sort_boxes(struct mm_mailboxes *boxes)
{
	size_t i, kept = 0;

	if (boxes->count > 1)
		qsort(boxes->list, boxes->count, sizeof(*boxes->list), compare);
	for (i = 0; i < boxes->count; i++) {
		struct mm_mailbox *box = &boxes->list[i];

		if (kept > 0 &&
		    strcmp(boxes->list[kept - 1].address, box->address) == 0) {
			boxes->list[kept - 1].member |= box->member;
			free(box->address);
		} else {
			boxes->list[kept++] = *box;
		}
	}
	boxes->count = kept;
}

static void add_notice(struct mm_notices *notices, const char *name,
		       const char *to)
{
	notices->list[notices->count++] =
		(struct mm_notice){ .name = name, .to = to };
}

/* Suspension goes before all. That a mailbox wants no warnings yields to a
 * mailing list: its members are told. */
static void add_wanted(struct mm_notices *notices, const char *name,
		       const struct mm_notify *notify,
		       const struct mm_mailboxes *boxes)
{
	struct mm_settings_view view;
	size_t i;

	for (i = 0; i < boxes->count; i++) {
		const struct mm_mailbox *box = &boxes->list[i];

		mm_settings_view(notify->tree, box->address, &view);
		if (!mm_settings_is_suspended(&view, notify->now) &&
		    (box->member ||
		     mm_settings_value(&view, MM_SETTING_VIRUS_NOTICE, NULL)
				     ->num != 0))
			add_notice(notices, name, box->address);
		mm_settings_view_clear(&view);
	}
}

static void find_boxes(struct mm_notices *notices,
		       const struct mm_record *record,
		       const struct mm_notify_wish *wish,
		       const struct mm_notify *notify)
{
	size_t i;

	if ((wish->notify & MM_NOTIFY_RECIPIENT) != 0)
		for (i = 0; i < record->nrecipients; i++)
			if (mm_notify_is_local(notify, record->recipients[i]))
				add_boxes(notify, record->recipients[i],
					  &notices->recipients);
	if ((wish->notify & MM_NOTIFY_SENDER) != 0 && record->account != NULL &&
	    *record->sender != '\0' &&
	    mm_notify_is_local(notify, record->account))
		add_boxes(notify, record->account, &notices->sender);
	sort_boxes(&notices->recipients);
	sort_boxes(&notices->sender);
}

void mm_notices_make(struct mm_notices *notices_r,
		     const struct mm_record *record,
		     const struct mm_notify_wish *wish,
		     const struct mm_notify *notify)
{
	const char *operator = notify->conf->operator;

	memset(notices_r, 0, sizeof(*notices_r));
	if (!notify->conf->notices_enabled)
		return;
	find_boxes(notices_r, record, wish, notify);
	/* The mailboxes and the operator. */
	notices_r->list = mm_xcalloc(notices_r->recipients.count +
					     notices_r->sender.count + 1,
				     sizeof(*notices_r->list));
	add_wanted(notices_r, wish->recipient, notify, &notices_r->recipients);
	add_wanted(notices_r, wish->sender, notify, &notices_r->sender);
	if ((wish->notify & MM_NOTIFY_OPERATOR) != 0 &&
	    mm_address_is_plain(operator))
		add_notice(notices_r, wish->operator, operator);
}

void mm_notices_clear(struct mm_notices *notices)
{
	free(notices->list);
	mm_mailboxes_clear(&notices->recipients);
	mm_mailboxes_clear(&notices->sender);
	memset(notices, 0, sizeof(*notices));
}
