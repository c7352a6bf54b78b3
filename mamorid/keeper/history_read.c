/*
 * Looking into the history. Keeper, uid mamori-keeper. SQL is allowed in
 * history*.c, vault*.c, outbox.c and db*.c only. Every statement goes by an
 * index and stops at a limit: the keeper serves nobody else meanwhile.
 */
#include "mamorid/keeper/history_read.h"

#include <string.h>

#include "core/err.h"
#include "mamorid/keeper/history_row.h"

/* ---- why ------------------------------------------------------------- */

/* A message scanned twice has one trace: its events come once. */
static void note(struct mm_history_why *why, const char *trace, const char *day,
		 bool all)
{
	struct mm_history_found *found;
	size_t i;

	for (i = 0; i < why->count; i++) {
		if (strcmp(why->found[i].trace, trace) != 0)
			continue;
		why->found[i].all |= all;
		memcpy(why->found[i].day, day, MM_DAY_SIZE);
		return;
	}
	if (why->count == MM_WHY_MAILS)
		return;
	found = &why->found[why->count++];
	(void)memccpy(found->trace, trace, '\0', MM_HISTORY_TEXT_MAX);
	memcpy(found->day, day, MM_DAY_SIZE);
	found->all = all;
}

static int put_found(struct mm_history_why *why, struct mm_db *db,
		     sqlite3_stmt *stmt, const char *day)
{
	const int64_t id = sqlite3_column_int64(stmt, 0);
	const char *trace = mm_db_text(stmt, 1);
	bool all;
	int r = mm_history_in_scope(db, id, why->scope, &all);

	if (r != 1)
		return r;
	note(why, trace, day, all);
	r = mm_history_put_mail(why->rows, stmt, mm_history_day_start(day),
				all);
	return r < 0 ? r
		     : mm_history_put_parties(why->rows, db, id, trace,
					      why->scope, all);
}

static int why_day(void *context, struct mm_db *db, const char *day)
{
	static const char sql[] =
		"SELECT" MM_HISTORY_COLUMNS "FROM mail m WHERE m.trace = ?1"
		" OR (m.message_id = ?1 AND m.message_id != '')"
		" ORDER BY m.id DESC LIMIT 20";
	struct mm_history_why *why = context;
	sqlite3_stmt *stmt;
	int r;

	if (why->count == MM_WHY_MAILS)
		return 0;
	if ((r = mm_db_start(db, &stmt, sql, "s", why->id)) < 0)
		return r;
	while ((r = mm_db_step(db, stmt)) == 1)
		if ((r = put_found(why, db, stmt, day)) < 0)
			break;
	mm_db_end(stmt);
	return r;
}

static int events_day(void *context, struct mm_db *db, const char *day)
{
	struct mm_history_why *why = context;
	size_t i;
	int r = 0;

	for (i = 0; i < why->count && r == 0; i++)
		if (strcmp(day, why->found[i].day) >= 0)
			r = mm_history_put_events(why->rows, db,
						  why->found[i].trace,
						  why->scope,
						  why->found[i].all);
	return r;
}

int mm_history_why(struct mm_history_store *store, const char *id,
		   const struct mm_history_scope *scope, struct mm_buf *rows,
		   struct mm_history_why *why_r)
{
	size_t len = strlen(id);
	int r;

	memset(why_r, 0, sizeof(*why_r));
	why_r->scope = scope;
	why_r->rows = rows;
	if (len > 2 && id[0] == '<' && id[len - 1] == '>') {
		id++;
		len -= 2;
	}
	if (len == 0 || len > MM_HISTORY_TEXT_MAX)
		return 0;
	memcpy(why_r->id, id, len);
	store->deadline = mm_deadline_in(MM_HISTORY_ASK_MS);
	r = mm_history_days(store, false, why_day, why_r);
	if (r == 0 && why_r->count > 0)
		r = mm_history_days(store, false, events_day, why_r);
	store->deadline = MM_DEADLINE_NONE;
	return r;
}

/* ---- list ------------------------------------------------------------ */

struct list {
	const struct mm_history_filter *filter;
	struct mm_buf *rows;
	int64_t left;
};

/* ?1 and ?2 bounds of ids; what else is NULL does not count. */
#define CONDITIONS \
	" AND (?3 IS NULL OR m.verdict = ?3)" \
	" AND (?4 IS NULL OR EXISTS(SELECT 1 FROM party p WHERE" \
	"  p.mail = m.id AND p.n >= 0 AND p.address = ?4))" \
	" AND (?5 IS NULL OR EXISTS(SELECT 1 FROM party p WHERE" \
	"  p.mail = m.id AND p.n >= 0 AND p.domain = ?5))" \
	" AND (?6 IS NULL OR lower(m.sender) = ?6)" \
	" AND (?7 IS NULL OR lower(m.account) = ?7)"

static const char by_time[] =
	"SELECT" MM_HISTORY_COLUMNS "FROM mail m WHERE ?8 IS NULL AND"
	" m.id >= ?1 AND m.id < ?2" CONDITIONS " ORDER BY m.id DESC";
static const char by_verdict[] =
	"SELECT" MM_HISTORY_COLUMNS "FROM mail m WHERE m.verdict = ?8 AND"
	" m.verdict != 'clean' AND m.id >= ?1 AND m.id < ?2" CONDITIONS
	" ORDER BY m.id DESC";
static const char by_address[] =
	"SELECT" MM_HISTORY_COLUMNS "FROM party d CROSS JOIN mail m ON"
	" m.id = d.mail WHERE d.address = ?8 AND d.mail >= ?1 AND"
	" d.mail < ?2" CONDITIONS " GROUP BY d.mail ORDER BY d.mail DESC";
static const char by_domain[] =
	"SELECT" MM_HISTORY_COLUMNS "FROM party d CROSS JOIN mail m ON"
	" m.id = d.mail WHERE d.domain = ?8 AND d.domain != '' AND"
	" d.mail >= ?1 AND d.mail < ?2" CONDITIONS
	" GROUP BY d.mail ORDER BY d.mail DESC";

/* The name that narrows it down most, and the statement that goes by it. */
static const char *find_driver(const struct mm_history_filter *filter,
			       const char **sql_r)
{
	const enum mm_level level = filter->scope.level;

	*sql_r = by_address;
	if (filter->recipient != NULL && *filter->recipient != '@')
		return filter->recipient;
	if (level == MM_LEVEL_ACCOUNT)
		return filter->scope.name;
	if (filter->account != NULL)
		return filter->account;
	if (filter->sender != NULL)
		return filter->sender;
	*sql_r = by_verdict;
	if (filter->verdict != NULL && strcmp(filter->verdict, "clean") != 0)
		return filter->verdict;
	*sql_r = by_domain;
	if (filter->recipient != NULL)
		return filter->recipient + 1;
	if (level == MM_LEVEL_DOMAIN)
		return filter->scope.name;
	*sql_r = by_time;
	return NULL;
}

static int put_listed(struct list *list, struct mm_db *db, sqlite3_stmt *stmt,
		      const char *day)
{
	const int64_t id = sqlite3_column_int64(stmt, 0);
	bool all;
	int r = mm_history_in_scope(db, id, &list->filter->scope, &all);

	if (r != 1)
		return r;
	list->left--;
	r = mm_history_put_mail(list->rows, stmt, mm_history_day_start(day),
				all);
	return r < 0 ? r
		     : mm_history_put_parties(list->rows, db, id,
					      mm_db_text(stmt, 1),
					      &list->filter->scope, all);
}

static int64_t id_at(int64_t start, int64_t when)
{
	const int64_t second = when <= start	       ? 0
			       : when - start >= 86400 ? 86400
						       : when - start;

	return second << MM_HISTORY_SERIAL_BITS;
}

static int list_day(void *context, struct mm_db *db, const char *day)
{
	struct list *list = context;
	const struct mm_history_filter *f = list->filter;
	const int64_t start = mm_history_day_start(day);
	const bool domain = f->recipient != NULL && *f->recipient == '@';
	const char *sql, *driver = find_driver(f, &sql);
	sqlite3_stmt *stmt;
	int r;

	if (list->left <= 0 || start >= f->until || start + 86400 <= f->since)
		return 0;
	r = mm_db_start(db, &stmt, sql, "iissssss", id_at(start, f->since),
			id_at(start, f->until), f->verdict,
			domain ? NULL : f->recipient,
			domain ? f->recipient + 1 : NULL, f->sender, f->account,
			driver);
	if (r < 0)
		return r;
	while (list->left > 0 && (r = mm_db_step(db, stmt)) == 1)
		if ((r = put_listed(list, db, stmt, day)) < 0)
			break;
	mm_db_end(stmt);
	return r < 0 ? r : 0;
}

int mm_history_list(struct mm_history_store *store,
		    const struct mm_history_filter *filter, struct mm_buf *rows)
{
	struct list list = { filter, rows, filter->limit };
	int r;

	store->deadline = mm_deadline_in(MM_HISTORY_ASK_MS);
	r = mm_history_days(store, false, list_day, &list);
	store->deadline = MM_DEADLINE_NONE;
	return r;
}
