/*
 * Writing the history. Keeper, uid mamori-keeper. SQL is allowed in
 * history*.c, vault*.c, outbox.c and db*.c only. Must never hold up a mail,
 * nor take the disk's reserve: what cannot be kept is counted and logged.
 */
#include "mamorid/keeper/history.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/address.h"
#include "core/err.h"
#include "core/text.h"
#include "mamorid/keeper/history_room.h"
#include "mamorid/log.h"
#include "mamorid/xalloc.h"

#define SERIAL_MASK ((INT64_C(1) << MM_HISTORY_SERIAL_BITS) - 1)
#define DAY INT64_C(86400)
#define FLUSH_MS 1000

void mm_history_day(int64_t when, char day_r[MM_DAY_SIZE])
{
	const time_t at = (time_t)when;
	struct tm tm;

	if (gmtime_r(&at, &tm) == NULL ||
	    strftime(day_r, MM_DAY_SIZE, "%Y-%m-%d", &tm) != MM_DAY_SIZE - 1)
		memcpy(day_r, "1970-01-01", MM_DAY_SIZE);
}

int64_t mm_history_day_start(const char *day)
{
	struct tm tm = { .tm_mday = 1 };
	const char *end = strptime(day, "%Y-%m-%d", &tm);

	if (strlen(day) != MM_DAY_SIZE - 1 || end == NULL || *end != '\0')
		return -1;
	return (int64_t)timegm(&tm);
}

void mm_history_open(struct mm_history_store *store, const struct mm_conf *conf)
{
	memset(store, 0, sizeof(*store));
	store->conf = conf;
	store->deadline = MM_DEADLINE_NONE;
	store->folder = mm_xasprintf("%s/history", conf->state_dir);
	if (mkdir(store->folder, 0700) < 0 && errno != EEXIST)
		mm_log(MM_LOG_ERROR, "history-stopped", NULL, "folder",
		       store->folder, "error", strerror(errno), NULL);
}

void mm_history_flush(struct mm_history_store *store)
{
	if (!store->open)
		return;
	store->open = false;
	if (mm_db_commit(store->db) < 0) {
		mm_db_rollback(store->db);
		mm_history_stop(store, "cannot be written");
	}
}

static void close_day(struct mm_history_store *store)
{
	mm_history_flush(store);
	/* Whoever looks at it later needs no log beside it. */
	if (store->db != NULL)
		(void)!mm_db_run(store->db, "PRAGMA journal_mode = DELETE", "");
	mm_db_close(&store->db);
	store->day[0] = '\0';
}

void mm_history_close(struct mm_history_store *store)
{
	close_day(store);
	free(store->folder);
	memset(store, 0, sizeof(*store));
}

/* A file that is no history, after a power cut say, is put aside once. */
static int open_file(struct mm_history_store *store, const char *day)
{
	char *path = mm_xasprintf("%s/%s.sqlite", store->folder, day);
	char *aside = mm_xasprintf("%s/%s.broken", store->folder, day);
	const mode_t mask = umask(0077);
	int r = mm_db_open(&store->db, path, &mm_db_history);

	if (r == MM_ERR_SYS && errno == EIO && access(path, F_OK) == 0 &&
	    rename(path, aside) == 0) {
		mm_log(MM_LOG_ERROR, "history-broken", NULL, "file", aside,
		       NULL);
		r = mm_db_open(&store->db, path, &mm_db_history);
	}
	(void)umask(mask);
	free(path);
	free(aside);
	return r;
}

/* Serials go on behind the last row, so that no id comes twice. */
static int open_day(struct mm_history_store *store, const char *day)
{
	int64_t last = 0;
	int r;

	if (strcmp(store->day, day) == 0)
		return 0;
	close_day(store);
	if ((r = open_file(store, day)) < 0 ||
	    (r = mm_db_get(store->db, &last, "SELECT max(id) FROM mail", "")) <
		    0) {
		mm_db_close(&store->db);
		return r;
	}
	memcpy(store->day, day, MM_DAY_SIZE);
	store->serial = (uint32_t)(last & SERIAL_MASK) + 1;
	return 0;
}

/* An open transaction in the file of that day, or an error. */
static int begin(struct mm_history_store *store, int64_t when)
{
	char day[MM_DAY_SIZE];
	int r;

	mm_history_day(when, day);
	if ((r = open_day(store, day)) < 0 || store->open)
		return r;
	if ((r = mm_db_begin(store->db)) < 0)
		return r;
	store->open = true;
	if (store->timer != NULL && store->timer->deadline == MM_DEADLINE_NONE)
		store->timer->deadline = mm_deadline_in(FLUSH_MS);
	return 0;
}

/* Addresses compare without case. */
static void lower(char low[MM_HISTORY_TEXT_MAX + 1], const char *text)
{
	(void)memccpy(low, text, '\0', MM_HISTORY_TEXT_MAX);
	low[MM_HISTORY_TEXT_MAX] = '\0';
	mm_text_lower(low);
}

static int add_party(struct mm_db *db, int64_t mail, int64_t n,
		     const struct mm_history_recipient *one)
{
	const int64_t flags = (one->local ? MM_PARTY_LOCAL : 0) |
			      (one->copy ? MM_PARTY_COPY : 0) |
			      (one->variant ? MM_PARTY_VARIANT : 0);
	char address[MM_HISTORY_TEXT_MAX + 1];
	const char *domain = NULL;

	lower(address, one->address);
	if (one->local)
		domain = mm_address_domain(address);
	return mm_db_run(db,
			 "INSERT OR REPLACE INTO party(mail, n, address,"
			 " domain, outcome, edits, rules, notices, flags)"
			 " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
			 "iissssssi", mail, n, address,
			 domain == NULL ? "" : domain, one->outcome, one->edits,
			 one->rules, one->notices, flags);
}

static int add_recipients(struct mm_db *db, int64_t id,
			  const struct mm_history *mail)
{
	size_t i;
	int r = 0;

	for (i = 0; i < mail->nrecipients && r == 0; i++)
		r = add_party(db, id, (int64_t)(mail->first + i),
			      &mail->recipients[i]);
	return r;
}

/* Those who sent it. A sender without an address is none. */
static int add_senders(struct mm_db *db, int64_t id,
		       const struct mm_history *mail)
{
	struct mm_history_recipient one = {
		.outcome = "", .edits = "", .rules = "", .notices = ""
	};
	int r = 0;

	if (*mail->account != '\0') {
		one.address = mail->account;
		one.local = true;
		r = add_party(db, id, MM_PARTY_ACCOUNT, &one);
	}
	if (r == 0 && *mail->sender != '\0' &&
	    !mm_address_equal(mail->sender, mail->account)) {
		one.address = mail->sender;
		one.local = false;
		r = add_party(db, id, MM_PARTY_SENDER, &one);
	}
	return r;
}

static int add_mail(struct mm_history_store *store, int64_t id,
		    const struct mm_history *m)
{
	return mm_db_run(
		store->db,
		"INSERT INTO mail(id, trace, direction, account, login,"
		" sender, host, helo, uid, message_id, sender_text, subject,"
		" size, verdict, action, reason, spam, notices, content,"
		" invalid, total, ms, flags, findings) VALUES(?1, ?2, ?3, ?4,"
		" ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
		" ?18, ?19, ?20, ?21, ?22, ?23, ?24)",
		"isssssssisssisssssiiiiib", id, m->trace, m->direction,
		m->account, m->login, m->sender, m->host, m->helo,
		(int64_t)m->uid, m->message_id, m->from, m->subject,
		(int64_t)m->size, m->verdict, m->action, m->reason, m->spam,
		m->notices, (int64_t)m->content, (int64_t)m->invalid,
		(int64_t)m->total, (int64_t)m->ms,
		(int64_t)(m->bounce + 2 * m->held), m->findings,
		m->findings_len);
}

/* The rest of a mail's recipients goes to the mail that is there. */
static int add_more(struct mm_history_store *store,
		    const struct mm_history *mail)
{
	int64_t id = 0;
	int r = mm_db_get(store->db, &id,
			  "SELECT max(id) FROM mail WHERE trace = ?1", "s",
			  mail->trace);

	return r == 1 ? add_recipients(store->db, id, mail) : r;
}

static int add(struct mm_history_store *store, const struct mm_history *mail,
	       int64_t when)
{
	const int64_t second = when % DAY;
	int64_t id;
	int r;

	if ((r = begin(store, when)) < 0)
		return r;
	if (mail->first > 0)
		return add_more(store, mail);
	id = second << MM_HISTORY_SERIAL_BITS | (store->serial++ & SERIAL_MASK);
	if ((r = add_mail(store, id, mail)) < 0 ||
	    (r = add_senders(store->db, id, mail)) < 0)
		return r;
	return add_recipients(store->db, id, mail);
}

/* The whole transaction goes: SQLite may have undone it already. */
static void give_up(struct mm_history_store *store)
{
	if (store->open)
		mm_db_rollback(store->db);
	store->open = false;
	mm_history_stop(store, "cannot be written");
}

void mm_history_add(struct mm_history_store *store,
		    const struct mm_history *mail, int64_t now)
{
	const int64_t keep = (int64_t)store->conf->history_keep;
	int64_t when = mail->time;

	/* Not into a day that is gone, nor one that is far from coming. */
	if (when < now - keep || when > now + DAY)
		when = now;
	if (!mm_history_has_room(store, now))
		store->lost++;
	else if (add(store, mail, when) < 0)
		give_up(store);
}

void mm_history_event(struct mm_history_store *store, const char *trace,
		      const char *kind, const char *who, const char *text,
		      int64_t now)
{
	if (store == NULL || store->folder == NULL || *trace == '\0' ||
	    !mm_history_has_room(store, now))
		return;
	if (begin(store, now) < 0 ||
	    mm_db_run(store->db,
		      "INSERT INTO event(time, trace, kind, who, text)"
		      " VALUES(?1, ?2, ?3, ?4, ?5)",
		      "issss", now, trace, kind, who, text) < 0)
		give_up(store);
}
