/*
 * Digests of the quarantine. Keeper, uid mamori-keeper. SQL is allowed here,
 * in statements that only read but for the time of the last digest. Must never
 * tell a mailbox of another's mail, nor of viruses.
 */
#include "mamorid/keeper/digest.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "core/address.h"
#include "core/err.h"
#include "core/proto.h"
#include "mamorid/keeper/outbox.h"
#include "mamorid/log.h"
#include "mamorid/xalloc.h"

#define DAY INT64_C(86400)
#define WEEK (7 * DAY)
/* Pairs of one notice are bounded: these, and three facts. */
#define LINES_MAX 50

#define SPAM "r.reason IN ('spam', 'suspect')"
#define PERIOD "q.created > ?1 AND q.created <= ?2"
/* One line for a mail: no byte of it may begin another line. */
#define LINE \
	"replace(replace(strftime('%m-%d %H:%M', q.created, 'unixepoch'," \
	" 'localtime') || '  ' || q.recipient || '  ' || r.reason || '  ' ||" \
	" coalesce(nullif(r.sender, ''), r.sender_text) || '  ' ||" \
	" substr(r.subject, 1, 100), char(10), ' '), char(13), ' ')"
#define OF_WHOM " FROM quarantine q JOIN record r ON r.id = q.record WHERE "

/* Whom a kind of digest may be for, and of what it tells. ?3 is the name that
 * the last one had, or whose it is. */
struct kind {
	const char *template;
	bool admin;
	const char *next, *count, *lines;
};

static const struct kind kinds[] = {
	{ "admin-digest", true,
	  "SELECT q.domain" OF_WHOM PERIOD
	  " AND q.domain > ?3 ORDER BY q.domain LIMIT 1",
	  "SELECT count(*)" OF_WHOM PERIOD " AND q.domain = ?3",
	  "SELECT " LINE OF_WHOM PERIOD " AND q.domain = ?3 ORDER BY q.id" },
	{ "quarantine-digest", false,
	  "SELECT q.recipient" OF_WHOM PERIOD " AND q.recipient > ?3 AND " SPAM
	  " ORDER BY q.recipient LIMIT 1",
	  "SELECT count(*)" OF_WHOM PERIOD " AND q.recipient = ?3 AND " SPAM,
	  "SELECT " LINE OF_WHOM PERIOD " AND q.recipient = ?3 AND " SPAM
	  " ORDER BY q.id" },
};

struct run {
	struct mm_db *db;
	struct mm_settings_tree *tree;
	int64_t moment;
	bool monday;
	const char *domain; /* only for this one, or "" */
	int added;
};

int64_t mm_digest_moment(int64_t now, int hour)
{
	time_t at = (time_t)now;
	struct tm tm;

	if (localtime_r(&at, &tm) == NULL)
		return now;
	if (tm.tm_hour < hour)
		tm.tm_mday--;
	tm.tm_hour = hour;
	tm.tm_min = tm.tm_sec = 0;
	tm.tm_isdst = -1;
	at = mktime(&tm);
	return (int64_t)at > now ? now - DAY : (int64_t)at;
}

static bool is_monday(int64_t moment)
{
	const time_t at = (time_t)moment;
	struct tm tm;

	return localtime_r(&at, &tm) != NULL && tm.tm_wday == 1;
}

/* To whom, and of how long a time; NULL for nobody. Suspension counts. The
 * caller frees it. */
static char *find_reader(const struct run *run, const struct kind *kind,
			 const char *name, int64_t *period_r)
{
	struct mm_settings_view view;
	char *at = mm_xasprintf("%s%s", kind->admin ? "@" : "", name);
	const struct mm_setting_value *value;
	const char *to = kind->admin ? "" : name;
	bool due;
	char *copy;

	mm_settings_view(run->tree, at, &view);
	value = mm_settings_value(&view,
				  kind->admin ? MM_SETTING_ADMIN_NOTICES
					      : MM_SETTING_QUARANTINE_DIGEST,
				  NULL);
	*period_r = !kind->admin && value->num == MM_DIGEST_WEEKLY ? WEEK : DAY;
	if (kind->admin)
		due = value->num == MM_ADMIN_NOTICES_DAILY;
	else if (value->num == MM_DIGEST_WEEKLY)
		due = run->monday;
	else
		due = value->num == MM_DIGEST_DAILY;
	if (kind->admin)
		to = mm_settings_value(&view, MM_SETTING_ADMIN_ADDRESS, NULL)
			     ->text;
	if (!due || to == NULL || !mm_address_is_plain(to) ||
	    mm_settings_is_suspended(&view, run->moment))
		to = NULL;
	copy = to == NULL ? NULL : mm_xstrdup(to);
	mm_settings_view_clear(&view);
	free(at);
	return copy;
}

static int put_lines(const struct run *run, const struct kind *kind,
		     const char *name, int64_t since, struct mm_buf *facts)
{
	sqlite3_stmt *stmt;
	int n, r;

	r = mm_db_start(run->db, &stmt, kind->lines, "iis", since, run->moment,
			name);
	if (r < 0)
		return r;
	for (n = 0; n < LINES_MAX && (r = mm_db_step(run->db, stmt)) == 1; n++)
		if ((r = mm_pair_put(facts, "list", mm_db_text(stmt, 0))) < 0)
			break;
	mm_db_end(stmt);
	return r < 0 ? r : 0;
}

static int add(struct run *run, const struct kind *kind, const char *name,
	       const char *to, int64_t since)
{
	struct mm_buf facts;
	int64_t count = 0;
	int r;

	mm_buf_init(&facts, MM_LIST_MAX);
	if ((r = mm_db_get(run->db, &count, kind->count, "iis", since,
			   run->moment, name)) < 0 ||
	    count == 0)
		goto out;
	if ((r = mm_pair_put_num(&facts, "count", (uint64_t)count)) < 0 ||
	    (r = mm_pair_put_num(&facts, "since", (uint64_t)since)) < 0 ||
	    (r = mm_pair_put_num(&facts, "until", (uint64_t)run->moment)) < 0 ||
	    (r = put_lines(run, kind, name, since, &facts)) < 0)
		goto out;
	r = mm_outbox_add_notice(run->db, 0, kind->template, to, &facts,
				 run->moment);
	run->added += r == 0;
out:
	mm_buf_clear(&facts);
	return r < 0 ? r : 0;
}

/* The next name that has something of the week: 1, 0 or an error. */
static int next_name(const struct run *run, const struct kind *kind,
		     char **name)
{
	sqlite3_stmt *stmt;
	char *next = NULL;
	int r;

	r = mm_db_start(run->db, &stmt, kind->next, "iis", run->moment - WEEK,
			run->moment, *name);
	if (r < 0)
		return r;
	if ((r = mm_db_step(run->db, stmt)) == 1)
		next = mm_xstrdup(mm_db_text(stmt, 0));
	mm_db_end(stmt);
	free(*name);
	*name = next;
	return r;
}

static bool is_in_domain(const struct run *run, const struct kind *kind,
			 const char *name)
{
	return *run->domain == '\0' ||
	       strcasecmp(kind->admin ? name : mm_address_domain(name),
			  run->domain) == 0;
}

static int run_kind(struct run *run, const struct kind *kind)
{
	char *name = mm_xstrdup(""), *to;
	int64_t period;
	int r;

	while ((r = next_name(run, kind, &name)) == 1) {
		to = is_in_domain(run, kind, name)
			     ? find_reader(run, kind, name, &period)
			     : NULL;
		if (to != NULL)
			r = add(run, kind, name, to, run->moment - period);
		free(to);
		if (r < 0)
			break;
	}
	free(name);
	return r;
}

static int run_kinds(struct run *run)
{
	int r = run_kind(run, &kinds[0]);

	return r < 0 ? r : run_kind(run, &kinds[1]);
}

static int run_all(struct run *run)
{
	int64_t last = 0;
	int r;

	if ((r = mm_db_get(run->db, &last, "SELECT sent FROM digest", "")) < 0)
		return r;
	/* Also after a clock that was set back. */
	if (r == 1 && last > run->moment - DAY / 2 && last <= run->moment)
		return 0;
	if (r == 1 && (r = run_kinds(run)) < 0)
		return r;
	if ((r = mm_db_run(run->db, "DELETE FROM digest", "")) < 0)
		return r;
	return mm_db_run(run->db, "INSERT INTO digest(sent) VALUES(?1)", "i",
			 run->moment);
}

/* A transaction. */
static int run_in_one(struct run *run, int (*work)(struct run *run))
{
	int r;

	if ((r = mm_db_begin(run->db)) < 0)
		return r;
	if ((r = work(run)) < 0 || (r = mm_db_commit(run->db)) < 0) {
		mm_db_rollback(run->db);
		return r;
	}
	if (run->added > 0)
		mm_log(MM_LOG_INFO, "digests", NULL, "count",
		       MM_NUM(run->added), NULL);
	return run->added;
}

int mm_digest_run(struct mm_db *db, const struct mm_conf *conf,
		  struct mm_settings_tree *tree, int64_t now)
{
	const int64_t moment =
		mm_digest_moment(now, (int)conf->notices_digest_hour);
	struct run run = { .db = db,
			   .tree = tree,
			   .moment = moment,
			   .monday = is_monday(moment),
			   .domain = "" };

	if (!conf->notices_enabled)
		return 0;
	return run_in_one(&run, run_all);
}

int mm_digest_now(struct mm_db *db, struct mm_settings_tree *tree,
		  const char *domain, int64_t now)
{
	struct run run = { .db = db,
			   .tree = tree,
			   .moment = now,
			   .monday = true,
			   .domain = domain };

	return run_in_one(&run, run_kinds);
}
