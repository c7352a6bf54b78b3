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

static bool is_suspended(const struct mm_settings_view *view, int64_t now)
{
	const struct mm_setting_value *until;

	if (mm_settings_value(view, MM_SETTING_NOTICES_SUSPENDED, NULL)->num ==
	    0)
		return false;
	until = mm_settings_value(view, MM_SETTING_NOTICES_SUSPENDED_UNTIL,
				  NULL);
	return until->off || (int64_t)until->num > now;
}

static const char *language_of(const struct mm_settings_view *view)
{
	const struct mm_setting_value *language =
		mm_settings_value(view, MM_SETTING_NOTICE_LANGUAGE, NULL);

	switch (language->num) {
	case MM_NOTICE_LANGUAGE_JA:
		return "ja";
	case MM_NOTICE_LANGUAGE_EN:
		return "en";
	default:
		return NULL;
	}
}

static void add_notice(struct mm_record *record, enum mm_notice_kind kind,
		       const char *to, const char *language)
{
	record->notices[record->nnotices++] = (struct mm_notice){
		.kind = kind, .to = to, .language = language
	};
}

/* Suspension goes before all. That a mailbox wants no warnings yields to a
 * mailing list: its members are told. */
static void add_wanted(struct mm_record *record, enum mm_notice_kind kind,
		       const struct mm_notify *notify,
		       const struct mm_mailbox *box)
{
	struct mm_settings_view view;

	mm_settings_view(notify->tree, box->address, &view);
	if (!is_suspended(&view, notify->now) &&
	    (box->member ||
	     mm_settings_value(&view, MM_SETTING_VIRUS_NOTICE, NULL)->num != 0))
		add_notice(record, kind, box->address, language_of(&view));
	mm_settings_view_clear(&view);
}

static void find_boxes(const struct mm_record *record,
		       const struct mm_treatment *treatment,
		       const struct mm_notify *notify,
		       struct mm_mailboxes *boxes)
{
	size_t i;

	if (treatment->warn_recipients)
		for (i = 0; i < record->nrecipients; i++)
			if (mm_notify_is_local(notify, record->recipients[i]))
				add_boxes(notify, record->recipients[i], boxes);
	if (treatment->warn_account && record->account != NULL &&
	    mm_notify_is_local(notify, record->account))
		add_boxes(notify, record->account, boxes);
	sort_boxes(boxes);
}

void mm_notify_list(struct mm_record *record,
		    const struct mm_treatment *treatment,
		    enum mm_direction direction, const struct mm_notify *notify,
		    struct mm_mailboxes *boxes)
{
	/* No treatment warns both recipients and an account. */
	const enum mm_notice_kind kind =
		treatment->warn_recipients	     ? MM_NOTICE_VIRUS_INBOUND
		: direction == MM_DIRECTION_OUTBOUND ? MM_NOTICE_VIRUS_OUTBOUND
						     : MM_NOTICE_VIRUS_LOCAL;
	const char *operator= notify->conf->operator;
	size_t i;

	record->notices = NULL;
	record->nnotices = 0;
	if (notify->conf->notices_enabled)
		find_boxes(record, treatment, notify, boxes);
	/* The mailboxes and the operator. */
	record->notices =
		mm_xcalloc(boxes->count + 1, sizeof(*record->notices));
	for (i = 0; i < boxes->count; i++)
		add_wanted(record, kind, notify, &boxes->list[i]);
	if (notify->conf->notices_enabled && treatment->tell_operator &&
	    mm_address_is_plain(operator))
		add_notice(record, MM_NOTICE_NOT_CHECKED, operator, NULL);
}
