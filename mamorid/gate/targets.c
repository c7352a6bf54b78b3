/*
 * Who sends and who gets a message, and whose settings count for each. Runs as
 * users.gate; reads the shared settings, a few cached look-ups a recipient.
 */
#include <stdlib.h>
#include <string.h>

#include "core/address.h"
#include "core/settings_map.h"
#include "mamorid/gate/job.h"
#include "mamorid/gate/notify.h"
#include "mamorid/log.h"
#include "mamorid/xalloc.h"

/* A relay host is its domain's: the postmaster there is warned, since who of
 * the domain wrote the mail is only the envelope's word (RFC 5321 4.5.1). */
static void find_relay(struct mm_job *job)
{
	const struct mm_scan_request *scan = &job->request->scan;
	struct mm_buf domain;

	mm_buf_init(&domain, MM_ADDRESS_MAX);
	if (scan->host_address != NULL && scan->auth_id == NULL &&
	    mm_relays_find(job->gate->relays, scan->host_address, scan->sender,
			   &domain) == 1 &&
	    mm_buf_printf(&job->login, "postmaster@%s", mm_buf_str(&domain)) ==
		    0)
		job->account = mm_buf_str(&job->login);
	mm_buf_clear(&domain);
}

void mm_job_find_sender(struct mm_job *job)
{
	const struct mm_scan_request *scan = &job->request->scan;
	const struct mm_conf *conf = job->gate->role->conf;
	const char *login;

	mm_buf_init(&job->login, MM_TEXT_MAX);
	find_relay(job);
	job->source = mm_source_of(scan, &job->gate->users,
				   job->account != NULL);
	job->direction = mm_source_direction(job->source);
	job->reply_is_read = mm_source_reads_reply(scan);
	login = mm_source_login(job->source, scan);
	if (login != NULL &&
	    mm_map_login(job->gate->tree, conf, login, &job->login) == 1)
		job->account = mm_buf_str(&job->login);
	mm_settings_view(job->gate->tree,
			 job->account == NULL ? "" : job->account,
			 &job->sender);
	mm_hold_find(job->gate->tree, job->source, scan, job->account,
		     &job->hold);
}

static bool is_local(const struct mm_job *job, const char *address)
{
	return mm_domains_has(&job->gate->domains, address) ||
	       mm_map_is_registered(job->gate->tree, address);
}

/* The one mailbox behind an address; where there are several, the settings of
 * the address's domain count. Mail that goes on to others is not edited: their
 * servers may check its signature (DKIM). */
static void find_mailbox(struct mm_job *job, struct mm_target *target)
{
	struct mm_mailboxes boxes = { .list = NULL };
	size_t i;

	if (mm_map_address(job->gate->tree, target->address, &boxes) < 0)
		mm_fatal("out-of-memory", "address map");
	for (i = 0; i < boxes.count; i++)
		target->fixed |= !is_local(job, boxes.list[i].address);
	if (boxes.count == 1 && !target->fixed)
		target->mailbox = mm_xstrdup(boxes.list[0].address);
	else
		target->mailbox = mm_xstrdup(
			mm_address_domain(target->address) - 1);
	mm_mailboxes_clear(&boxes);
}

static const char *language_of(const struct mm_job *job,
			       const struct mm_settings_view *view)
{
	switch (mm_settings_value(view, MM_SETTING_NOTICE_LANGUAGE, NULL)
			->num) {
	case MM_NOTICE_LANGUAGE_JA:
		return "ja";
	case MM_NOTICE_LANGUAGE_EN:
		return "en";
	default:
		return job->gate->role->conf->notices_language ==
				       MM_CONF_LANGUAGE_EN
			       ? "en"
			       : "ja";
	}
}

/* The address inside the From header, if it is a plain one. */
static bool is_listed(const struct mm_job *job,
		      const struct mm_settings_view *view, enum mm_setting key)
{
	const struct mm_conf_list *list =
		&mm_settings_value(view, key, NULL)->list;
	const struct mm_findings *findings = mm_job_findings(job);
	const char *from = findings == NULL ? "" : findings->from;
	const char *open = strrchr(from, '<'), *close;
	char address[MM_ADDRESS_MAX + 1];

	if (list->count == 0)
		return false;
	if (mm_settings_match(list, job->request->scan.sender))
		return true;
	if (open == NULL || (close = strchr(open, '>')) == NULL)
		return mm_settings_match(list, from);
	open++;
	if ((size_t)(close - open) > MM_ADDRESS_MAX)
		return false;
	memcpy(address, open, (size_t)(close - open));
	address[close - open] = '\0';
	return mm_settings_match(list, address);
}

static void find_target(struct mm_job *job, struct mm_target *target)
{
	const struct mm_settings_view *view = &target->view;
	const struct mm_setting_value *gateway;

	target->local = is_local(job, target->address);
	if (target->local)
		find_mailbox(job, target);
	else
		target->mailbox = mm_xstrdup("");
	mm_settings_view(job->gate->tree, target->mailbox, &target->view);
	gateway = mm_settings_value(view, MM_SETTING_GATEWAY_HOST, NULL);
	target->fixed |= gateway->text != NULL && *gateway->text != '\0';
	if (mm_settings_value(view, MM_SETTING_GATEWAY_EDIT, NULL)->num != 0)
		target->fixed = false;
	target->language = language_of(job, view);
	target->approved = is_listed(job, view, MM_SETTING_APPROVED_SENDERS);
	target->blocked = is_listed(job, view, MM_SETTING_BLOCKED_SENDERS);
}

void mm_job_find_targets(struct mm_job *job)
{
	const struct mm_scan_request *scan = &job->request->scan;
	size_t i;

	job->targets = mm_xcalloc(scan->nrecipients + 1,
				  sizeof(*job->targets));
	for (i = 0; i < scan->nrecipients; i++) {
		job->targets[i].address = scan->recipients[i];
		job->targets[i].options =
			scan->options == NULL ? NULL : scan->options[i];
		find_target(job, &job->targets[i]);
	}
}

/* A mail that is from or to at least one domain with settings is checked for
 * all of them. */
bool mm_job_is_registered(const struct mm_job *job)
{
	const struct mm_scan_request *scan = &job->request->scan;
	struct mm_settings_tree *tree = job->gate->tree;
	size_t i;

	if (mm_settings_value(&job->sender, MM_SETTING_CHECK_UNREGISTERED,
			      NULL)
			    ->num != 0 ||
	    (job->account != NULL && mm_map_is_registered(tree, job->account)))
		return true;
	for (i = 0; i < scan->nrecipients; i++)
		if (mm_map_is_registered(tree, scan->recipients[i]))
			return true;
	return false;
}

void mm_job_clear_targets(struct mm_job *job)
{
	size_t i;

	for (i = 0; job->targets != NULL && i < job->request->scan.nrecipients;
	     i++) {
		mm_settings_view_clear(&job->targets[i].view);
		free(job->targets[i].mailbox);
	}
	free(job->targets);
	job->targets = NULL;
	mm_settings_view_clear(&job->sender);
	mm_buf_clear(&job->login);
}
