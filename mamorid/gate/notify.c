/*
 * Who is warned. Pure but for memory.
 */
#include "mamorid/gate/notify.h"

#include <stdlib.h>
#include <strings.h>

#include "core/address.h"
#include "mamorid/xalloc.h"

static int compare(const void *a, const void *b)
{
	const struct mm_notice *left = a, *right = b;

	return strcasecmp(left->to, right->to);
}

static void add(struct mm_record *record, enum mm_notice_kind kind,
		const char *to)
{
	record->notices[record->nnotices++] =
		(struct mm_notice){ .kind = kind, .to = to };
}

static void add_recipients(struct mm_record *record,
			   const struct mm_domains *domains)
{
	size_t i, kept = 0;

	for (i = 0; i < record->nrecipients; i++)
		if (mm_domains_has(domains, record->recipients[i]))
			add(record, MM_NOTICE_VIRUS_INBOUND,
			    record->recipients[i]);
	qsort(record->notices, record->nnotices, sizeof(*record->notices),
	      compare);
	for (i = 0; i < record->nnotices; i++)
		if (kept == 0 ||
		    !mm_address_equal(record->notices[kept - 1].to,
				      record->notices[i].to))
			record->notices[kept++] = record->notices[i];
	record->nnotices = kept;
}

void mm_notify_list(struct mm_record *record,
		    const struct mm_treatment *treatment,
		    enum mm_direction direction,
		    const struct mm_domains *domains,
		    const struct mm_conf *conf)
{
	/* The recipients, the account and the operator. */
	record->notices = mm_xcalloc(record->nrecipients + 2,
				     sizeof(*record->notices));
	record->nnotices = 0;
	if (!conf->notices_enabled)
		return;
	if (treatment->warn_recipients)
		add_recipients(record, domains);
	if (treatment->warn_account && record->account != NULL &&
	    mm_domains_has(domains, record->account))
		add(record,
		    direction == MM_DIRECTION_OUTBOUND
			    ? MM_NOTICE_VIRUS_OUTBOUND
			    : MM_NOTICE_VIRUS_LOCAL,
		    record->account);
	if (treatment->tell_operator && mm_address_is_plain(conf->operator))
		add(record, MM_NOTICE_NOT_CHECKED, conf->operator);
}
