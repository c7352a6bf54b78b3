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
	       mm_map_is_registered(notify->tree, address);
}

/* Move a mailbox to a list. */
static void add_box(struct mm_mailboxes *boxes, struct mm_mailbox *box)
{
	boxes->list = realloc(boxes->list,
			      (boxes->count + 1) * sizeof(*boxes->list));
	if (boxes->list == NULL)
		mm_fatal("out-of-memory", "address map");
	boxes->list[boxes->count++] = *box;
	box->address = NULL;
}

/* Sort what an address leads to into those here and those outside. */
static void add_boxes(const struct mm_notify *notify, const char *address,
		      struct mm_mailboxes *boxes, struct mm_mailboxes *outside)
{
	struct mm_mailboxes found = { .list = NULL };
	struct mm_mailbox *box;
	size_t i;

	if (mm_map_address(notify->tree, address, &found) < 0)
		mm_fatal("out-of-memory", "address map");
	if (found.cut)
		mm_log(MM_LOG_WARN, "address-map-cut", NULL, "address", address,
		       NULL);
	for (i = 0; i < found.count; i++) {
		box = &found.list[i];
		add_box(mm_notify_is_local(notify, box->address) ? boxes
								 : outside,
			box);
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

static void add_untold(struct mm_notices *notices, const char *name,
		       const char *to, const char *why, enum mm_level level)
{
	notices->untold[notices->nuntold++] = (struct mm_untold){
		.name = name, .to = to, .why = why, .level = level
	};
}

/* The copy for an administrator, made when it is not there yet. */
static struct mm_notice_copy *get_copy(struct mm_notices *notices,
				       const char *to)
{
	struct mm_notice_copy *copy;
	size_t i;

	for (i = 0; i < notices->ncopies; i++)
		if (mm_address_equal(notices->copies[i].to, to))
			return &notices->copies[i];
	copy = &notices->copies[notices->ncopies++];
	copy->to = mm_xstrdup(to);
	mm_buf_init(&copy->about, MM_NOTICE_TEXT_MAX);
	return copy;
}

static void add_copy(struct mm_notices *notices,
		     const struct mm_settings_view *view, const char *mailbox)
{
	const char *to =
		mm_settings_value(view, MM_SETTING_ADMIN_ADDRESS, NULL)->text;
	struct mm_notice_copy *copy;
	size_t len;

	if (mm_settings_value(view, MM_SETTING_ADMIN_NOTICES, NULL)->num !=
		    MM_ADMIN_NOTICES_COPY ||
	    to == NULL || !mm_address_is_plain(to) ||
	    mm_address_equal(to, mailbox))
		return;
	copy = get_copy(notices, to);
	len = copy->about.len;
	/* Of very many the first are named. */
	if (mm_buf_printf(&copy->about, "%s\n", mailbox) < 0)
		mm_buf_truncate(&copy->about, len);
}

/* Suspension goes before all. That a mailbox wants no warnings yields to a
 * mailing list: its members are told. */
static void add_wanted(struct mm_notices *notices, const char *name,
		       const struct mm_notify *notify,
		       const struct mm_mailboxes *boxes)
{
	struct mm_settings_view view;
	enum mm_level level;
	size_t i;

	for (i = 0; i < boxes->count; i++) {
		const struct mm_mailbox *box = &boxes->list[i];

		mm_settings_view(notify->tree, box->address, &view);
		if (mm_settings_is_suspended(&view, notify->now))
			add_untold(notices, name, box->address, "suspended",
				   0);
		else if (box->member ||
			 mm_settings_value(&view, MM_SETTING_VIRUS_NOTICE,
					   &level)
					 ->num != 0)
			add_notice(notices, name, box->address);
		else
			add_untold(notices, name, box->address, "off", level);
		if (!mm_settings_is_suspended(&view, notify->now))
			add_copy(notices, &view, box->address);
		mm_settings_view_clear(&view);
	}
}

static void find_recipients(struct mm_notices *notices,
			    const struct mm_record *record,
			    const struct mm_notify *notify)
{
	struct mm_mailbox box = { .member = false };
	const char *address;
	size_t i;

	for (i = 0; i < record->nrecipients; i++) {
		address = record->recipients[i];
		if (mm_notify_is_local(notify, address)) {
			add_boxes(notify, address, &notices->recipients,
				  &notices->outside);
		} else {
			box.address = mm_xstrdup(address);
			add_box(&notices->outside, &box);
		}
	}
}

/* Why the sender cannot be warned, or NULL. */
static const char *find_sender(struct mm_notices *notices,
			       const struct mm_record *record,
			       const struct mm_notify *notify)
{
	if (record->account == NULL)
		return "nobody";
	if (*record->sender == '\0')
		return "null-sender";
	if (!mm_notify_is_local(notify, record->account))
		return "outside";
	add_boxes(notify, record->account, &notices->sender,
		  &notices->outside);
	return NULL;
}

static void add_operator(struct mm_notices *notices,
			 const struct mm_notify_wish *wish,
			 const struct mm_notify *notify)
{
	if (mm_address_is_plain(notify->conf->operator))
		add_notice(notices, wish->operator, notify->conf->operator);
	else
		add_untold(notices, wish->operator, "", "no-operator", 0);
}

static void add_copies(struct mm_notices *notices)
{
	size_t i;

	for (i = 0; i < notices->ncopies; i++) {
		add_notice(notices, "admin-copy", notices->copies[i].to);
		notices->list[notices->count - 1].about =
			mm_buf_str(&notices->copies[i].about);
	}
}

static void make_lists(struct mm_notices *notices)
{
	const size_t count = notices->recipients.count + notices->sender.count;

	/* The mailboxes, at most as many administrators, and the operator or
	 * one word on the sender. */
	notices->list = mm_xcalloc(2 * count + 1, sizeof(*notices->list));
	notices->copies = mm_xcalloc(count + 1, sizeof(*notices->copies));
	notices->untold = mm_xcalloc(count + notices->outside.count + 2,
				     sizeof(*notices->untold));
}

void mm_notices_make(struct mm_notices *notices_r,
		     const struct mm_record *record,
		     const struct mm_notify_wish *wish,
		     const struct mm_notify *notify)
{
	const char *why = NULL;
	size_t i;

	memset(notices_r, 0, sizeof(*notices_r));
	if (!notify->conf->notices_enabled) {
		make_lists(notices_r);
		if (wish->notify != 0)
			add_untold(notices_r, "", "", "disabled", 0);
		return;
	}
	if ((wish->notify & MM_NOTIFY_RECIPIENT) != 0)
		find_recipients(notices_r, record, notify);
	if ((wish->notify & MM_NOTIFY_SENDER) != 0)
		why = find_sender(notices_r, record, notify);
	sort_boxes(&notices_r->recipients);
	sort_boxes(&notices_r->sender);
	sort_boxes(&notices_r->outside);
	make_lists(notices_r);
	add_wanted(notices_r, wish->recipient, notify, &notices_r->recipients);
	add_wanted(notices_r, wish->sender, notify, &notices_r->sender);
	for (i = 0; i < notices_r->outside.count; i++)
		add_untold(notices_r, "", notices_r->outside.list[i].address,
			   "outside", 0);
	if (why != NULL)
		add_untold(notices_r, wish->sender,
			   record->account == NULL ? "" : record->account, why,
			   0);
	add_copies(notices_r);
	if ((wish->notify & MM_NOTIFY_OPERATOR) != 0)
		add_operator(notices_r, wish, notify);
}

void mm_notices_clear(struct mm_notices *notices)
{
	size_t i;

	for (i = 0; i < notices->ncopies; i++) {
		free(notices->copies[i].to);
		mm_buf_clear(&notices->copies[i].about);
	}
	free(notices->copies);
	free(notices->list);
	free(notices->untold);
	mm_mailboxes_clear(&notices->outside);
	mm_mailboxes_clear(&notices->recipients);
	mm_mailboxes_clear(&notices->sender);
	memset(notices, 0, sizeof(*notices));
}
