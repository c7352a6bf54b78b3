/*
 * Counting notices. Keeper, uid mamori-keeper. SQL is allowed here, since the
 * counts are committed with the record that they are of. Must never drop a
 * notice without counting it.
 */
#include "mamorid/keeper/outbox_limit.h"

#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "core/proto.h"
#include "core/text.h"
#include "mamorid/keeper/outbox.h"
#include "mamorid/log.h"
#include "mamorid/xalloc.h"

/* The row of all mailboxes together. */
#define TOTAL ""

struct window {
	int64_t since;
	int64_t sent;
	int64_t dropped;
};

/* Windows that began before ?1 are over; those after ?2, now, are of a clock
 * that was set back. */
static const char find_over[] =
	"SELECT recipient, since, dropped FROM notice_window"
	" WHERE since <= ?1 OR since > ?2 LIMIT 1";

static bool is_over(const struct window *window, const struct mm_conf *conf,
		    int64_t now)
{
	return window->since > now ||
	       window->since <= now - (int64_t)conf->notices_window;
}

static int add_summary(struct mm_db *db, const char *to,
		       const struct window *window, int64_t now)
{
	struct mm_buf facts;
	int r;

	mm_buf_init(&facts, MM_TEXT_MAX);
	if ((r = mm_pair_put_num(&facts, "count", (uint64_t)window->dropped)) ==
		    0 &&
	    (r = mm_pair_put_num(&facts, "since", (uint64_t)window->since)) ==
		    0 &&
	    (r = mm_pair_put_num(&facts, "until", (uint64_t)now)) == 0)
		r = mm_outbox_add_notice(db, 0, "summary", to, &facts, now);
	mm_buf_clear(&facts);
	return r;
}

static int end_window(struct mm_db *db, const char *to,
		      const struct window *window, int64_t now)
{
	int r = 0;

	if (*to != '\0' && window->dropped > 0) {
		r = add_summary(db, to, window, now);
		mm_log(MM_LOG_INFO, "notices-summed-up", NULL, "to", to,
		       "count", MM_NUM(window->dropped), NULL);
	}
	if (r < 0)
		return r;
	return mm_db_run(db, "DELETE FROM notice_window WHERE recipient = ?1",
			 "s", to);
}

/* The window that counts now: one that is over ends first. */
static int get_window(struct mm_db *db, const struct mm_conf *conf,
		      const char *to, int64_t now, struct window *window_r)
{
	sqlite3_stmt *stmt;
	int r;

	*window_r = (struct window){ .since = now };
	r = mm_db_start(db, &stmt,
			"SELECT since, sent, dropped FROM notice_window"
			" WHERE recipient = ?1",
			"s", to);
	if (r < 0)
		return r;
	if ((r = mm_db_step(db, stmt)) == 1) {
		window_r->since = sqlite3_column_int64(stmt, 0);
		window_r->sent = sqlite3_column_int64(stmt, 1);
		window_r->dropped = sqlite3_column_int64(stmt, 2);
	}
	mm_db_end(stmt);
	if (r == 1 && is_over(window_r, conf, now)) {
		r = end_window(db, to, window_r, now);
		*window_r = (struct window){ .since = now };
	}
	return r < 0 ? r : 0;
}

static int put_window(struct mm_db *db, const char *to,
		      const struct window *window)
{
	return mm_db_run(db,
			 "INSERT OR REPLACE INTO notice_window(recipient,"
			 " since, sent, dropped) VALUES(?1, ?2, ?3, ?4)",
			 "siii", to, window->since, window->sent,
			 window->dropped);
}

/* Is there room below a limit? 0 is none. */
static bool has_room(uint64_t limit, const struct window *window)
{
	return limit == 0 || (uint64_t)window->sent < limit;
}

static int admit(struct mm_db *db, const struct mm_conf *conf, const char *to,
		 int64_t now)
{
	struct window own, total;
	bool admitted;
	int r;

	if ((r = get_window(db, conf, to, now, &own)) < 0 ||
	    (r = get_window(db, conf, TOTAL, now, &total)) < 0)
		return r;
	admitted = has_room(conf->notices_per_recipient, &own) &&
		   has_room(conf->notices_total, &total);
	own.sent += admitted;
	own.dropped += !admitted;
	total.sent += admitted;
	total.dropped += !admitted;
	if (!admitted && own.dropped == 1)
		mm_log(MM_LOG_WARN, "notices-limited", NULL, "to", to, "sent",
		       MM_NUM(own.sent), "total", MM_NUM(total.sent), NULL);
	if ((r = put_window(db, to, &own)) < 0 ||
	    (r = put_window(db, TOTAL, &total)) < 0)
		return r;
	return admitted;
}

int mm_outbox_admit(struct mm_db *db, const struct mm_conf *conf,
		    const char *to, int64_t now)
{
	char *lower = mm_xstrdup(to);
	int r;

	mm_text_lower(lower);
	r = admit(db, conf, lower, now);
	free(lower);
	return r;
}

/* One window that is over: 1, 0 (there is none) or an error. */
static int end_next(struct mm_db *db, const struct mm_conf *conf, int64_t now)
{
	struct window window = { 0 };
	sqlite3_stmt *stmt;
	char *to = NULL;
	int r;

	r = mm_db_start(db, &stmt, find_over, "ii",
			now - (int64_t)conf->notices_window, now);
	if (r < 0)
		return r;
	if ((r = mm_db_step(db, stmt)) == 1) {
		to = mm_xstrdup(mm_db_text(stmt, 0));
		window.since = sqlite3_column_int64(stmt, 1);
		window.dropped = sqlite3_column_int64(stmt, 2);
	}
	mm_db_end(stmt);
	if (r == 1 && (r = end_window(db, to, &window, now)) == 0)
		r = 1;
	free(to);
	return r;
}

int mm_outbox_end_windows(struct mm_db *db, const struct mm_conf *conf,
			  int64_t now, unsigned int most)
{
	int count = 0, r;

	if ((r = mm_db_begin(db)) < 0)
		return r;
	while (count < (int)most && (r = end_next(db, conf, now)) == 1)
		count++;
	if (r < 0 || (r = mm_db_commit(db)) < 0) {
		mm_db_rollback(db);
		return r;
	}
	return count;
}
