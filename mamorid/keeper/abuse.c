/*
 * Holding back who sends too much. Keeper, uid mamori-keeper. Must never hold
 * anybody twice for the same, nor a login that serves everybody.
 */
#include "mamorid/keeper/abuse.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/address.h"
#include "core/err.h"
#include "core/settings_map.h"
#include "core/text.h"
#include "mamorid/keeper/abuse_hold.h"
#include "mamorid/keeper/history_read.h"
#include "mamorid/log.h"

#define SENDERS_MAX 20000u

void mm_abuse_limits(const struct mm_conf *conf,
		     uint64_t limits_r[MM_ABUSE_KINDS])
{
	limits_r[MM_ABUSE_MESSAGES] = conf->abuse_messages;
	limits_r[MM_ABUSE_RECIPIENTS] = conf->abuse_recipients;
	limits_r[MM_ABUSE_INVALID] = conf->abuse_invalid;
	limits_r[MM_ABUSE_VIRUSES] = conf->abuse_viruses;
	limits_r[MM_ABUSE_BULK] = conf->abuse_bulk;
}

static bool is_in(const struct mm_conf_list *list, const char *text)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (strcasecmp(list->items[i], text) == 0)
			return true;
	return false;
}

/* Whose counters a mail adds to: a bounce of ours comes back to who sent what
 * could not be delivered. False when nobody's. */
static bool find_sender(const struct mm_keeper *keeper,
			const struct mm_history *mail,
			struct mm_abuse_who *who_r)
{
	const char *account = mail->account;

	memset(who_r, 0, sizeof(*who_r));
	if (mail->bounce)
		account = mail->nrecipients == 1 && mail->recipients[0].local
				  ? mail->recipients[0].address
				  : "";
	else
		who_r->login = mail->login;
	if (account == NULL || strlen(account) > MM_ADDRESS_MAX)
		return false;
	if (who_r->login == NULL)
		who_r->login = "";
	(void)snprintf(who_r->name, sizeof(who_r->name), "%s",
		       *account == '\0' ? who_r->login : account);
	if (*account != '\0')
		mm_text_lower(who_r->name);
	who_r->account = *account != '\0';
	return who_r->name[0] != '\0' &&
	       !is_in(&keeper->role->conf->abuse_exempt, who_r->name);
}

static void count(struct mm_keeper *keeper, const struct mm_history *mail,
		  const struct mm_abuse_who *who)
{
	const struct mm_abuse_sent bounced = { .time = mail->time,
					       .bounced = 1 };
	const struct mm_abuse_sent sent = {
		.time = mail->time,
		.messages = 1,
		.recipients = mail->total,
		.invalid = mail->invalid,
		.viruses = strcmp(mail->verdict, "infected") == 0,
		.content = mail->content,
	};

	mm_abuse_count(keeper->abuse, who->name,
		       mail->bounce ? &bounced : &sent);
}

/* A mail that was put off comes again and counts then. */
static bool is_counted(const struct mm_history *mail)
{
	return mail->first == 0 && !mail->held &&
	       (mail->action == NULL || strcmp(mail->action, "defer") != 0);
}

void mm_abuse_mail(struct mm_keeper *keeper, const struct mm_history *mail)
{
	const struct mm_conf *conf = keeper->role->conf;
	uint64_t sums[MM_ABUSE_KINDS], limits[MM_ABUSE_KINDS];
	struct mm_abuse_who who;
	int kind;

	if (!is_counted(mail) || !find_sender(keeper, mail, &who))
		return;
	count(keeper, mail, &who);
	mm_abuse_sums(keeper->abuse, who.name, mm_keeper_now(), sums);
	mm_abuse_limits(conf, limits);
	kind = mm_abuse_over(sums, limits);
	if (kind < 0)
		return;
	mm_abuse_hold(keeper, &who, (enum mm_abuse_kind)kind, sums[kind],
		      limits[kind]);
}

void mm_abuse_changed(struct mm_keeper *keeper, const char *name,
		      const char *change)
{
	char low[MM_ADDRESS_MAX + 1];

	if (keeper->abuse == NULL || (strcmp(change, "sending_hold") != 0 &&
				      strcmp(change, "sending_hold=no") != 0))
		return;
	(void)snprintf(low, sizeof(low), "%s", name);
	mm_abuse_forget(keeper->abuse, low);
	mm_text_lower(low);
	mm_abuse_forget(keeper->abuse, low);
}

/* ---- from the history ------------------------------------------------- */

static void count_again(void *context, const struct mm_history *mail)
{
	struct mm_keeper *keeper = context;
	struct mm_abuse_who who;

	if (is_counted(mail) && find_sender(keeper, mail, &who) &&
	    mail->time > mm_abuse_forgiven(keeper, &who))
		count(keeper, mail, &who);
}

void mm_abuse_start(struct mm_keeper *keeper)
{
	const uint64_t window = keeper->role->conf->abuse_window;

	keeper->abuse = mm_abuse_counts_new(window, SENDERS_MAX);
	if (mm_history_sent(&keeper->history, mm_keeper_now() - (int64_t)window,
			    count_again, keeper) < 0)
		mm_log(MM_LOG_WARN, "abuse-unknown", NULL, "reason",
		       "the history cannot be read", NULL);
}

void mm_abuse_stop(struct mm_keeper *keeper)
{
	mm_abuse_counts_free(keeper->abuse);
	keeper->abuse = NULL;
}
