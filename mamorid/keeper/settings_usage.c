/*
 * How many mailboxes each domain has, and had. Keeper, uid mamori-keeper. The
 * settings folder is what is counted; a day's count is kept for billing.
 */
#include "mamorid/keeper/settings_usage.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/err.h"
#include "mamorid/keeper/rows.h"
#include "mamorid/keeper/settings_control.h"
#include "mamorid/keeper/vault_census.h"
#include "mamorid/log.h"

#define DAY_SIZE 16u

struct count {
	struct mm_keeper *keeper;
	struct mm_census census;
	int (*visit)(void *arg, const struct mm_census *census);
	void *arg;
};

static int count_one(void *arg, const char *address)
{
	struct count *count = arg;

	count->census.accounts++;
	count->census.postmasters +=
		strncmp(address, "postmaster@", strlen("postmaster@")) == 0;
	return 0;
}

static int count_domain(void *arg, const char *domain)
{
	struct count *count = arg;
	struct mm_settings_file *file = NULL;
	int r;

	memset(&count->census, 0, sizeof(count->census));
	count->census.domain = domain;
	r = mm_settings_get(count->keeper->tree, MM_LEVEL_DOMAIN, domain,
			    &file);
	if (file != NULL)
		count->census.contracted =
			(int64_t)file->values
				.list[MM_SETTING_CONTRACTED_ACCOUNTS]
				.num;
	mm_settings_release(file);
	if (r < 0 || (r = mm_settings_store_list(&count->keeper->settings,
						 MM_LEVEL_ACCOUNT, domain,
						 count_one, count)) < 0)
		return r;
	return count->visit(count->arg, &count->census);
}

static int count_now(struct mm_keeper *keeper, const char *domain,
		     int (*visit)(void *arg, const struct mm_census *census),
		     void *arg)
{
	struct count count = { .keeper = keeper, .visit = visit, .arg = arg };

	return domain != NULL ? count_domain(&count, domain)
			      : mm_settings_store_list(&keeper->settings,
						       MM_LEVEL_DOMAIN, NULL,
						       count_domain, &count);
}

static void today(char day[DAY_SIZE])
{
	const time_t now = time(NULL);
	struct tm tm;

	if (localtime_r(&now, &tm) == NULL ||
	    strftime(day, DAY_SIZE, "%Y-%m-%d", &tm) == 0)
		day[0] = '\0';
}

static int keep_one(void *arg, const struct mm_census *census)
{
	struct mm_keeper *keeper = arg;

	if (census->contracted > 0 && census->accounts > census->contracted)
		mm_log(MM_LOG_WARN, "accounts-exceeded", NULL, "domain",
		       census->domain, "accounts", MM_NUM(census->accounts),
		       "contracted", MM_NUM(census->contracted), NULL);
	return mm_census_put(keeper->db, keeper->census, census);
}

void mm_usage_daily(struct mm_keeper *keeper)
{
	char day[DAY_SIZE];
	int r;

	today(day);
	if (strcmp(day, keeper->census) == 0)
		return;
	memcpy(keeper->census, day, sizeof(day));
	if ((r = mm_db_begin(keeper->db)) == 0 &&
	    (r = count_now(keeper, NULL, keep_one, keeper)) == 0)
		r = mm_db_commit(keeper->db);
	if (r < 0) {
		mm_db_rollback(keeper->db);
		mm_log(MM_LOG_ERROR, "census", NULL, "error", mm_err_text(r),
		       NULL);
		/* Again with the next minute. */
		keeper->census[0] = '\0';
	}
}

struct answer {
	struct mm_buf rows;
	const char *day;
};

static int put_count(void *arg, const struct mm_census *census)
{
	struct answer *answer = arg;
	const uint64_t accounts = (uint64_t)census->accounts;
	const uint64_t contracted = (uint64_t)census->contracted;
	struct mm_buf pairs;
	int r;

	mm_buf_init(&pairs, MM_FRAME_MAX);
	if ((r = mm_pair_put(&pairs, "domain", census->domain)) == 0 &&
	    (r = mm_pair_put(&pairs, "day", answer->day)) == 0 &&
	    (r = mm_pair_put_num(&pairs, "accounts", accounts)) == 0 &&
	    (r = mm_pair_put_num(&pairs, "without_postmaster",
				 accounts - (uint64_t)census->postmasters)) ==
		    0 &&
	    (r = mm_pair_put_num(&pairs, "contracted", contracted)) == 0 &&
	    (r = mm_pair_put_num(&pairs, "exceeded",
				 contracted > 0 && accounts > contracted
					 ? accounts - contracted
					 : 0)) == 0)
		r = mm_rows_add(&answer->rows, &pairs);
	mm_buf_clear(&pairs);
	return r;
}

void mm_usage_handle(struct mm_client *client)
{
	struct mm_settings_request request;
	struct answer answer = { .day = NULL };
	const char *domain;
	char now[DAY_SIZE];
	int r;

	if (!mm_settings_request(client, &request))
		return;
	mm_buf_init(&answer.rows, MM_LIST_MAX);
	domain = *request.name == '\0' ? NULL : request.name;
	today(now);
	answer.day = mm_pairs_get(&request.pairs, "day");
	if (answer.day == NULL || strcmp(answer.day, now) == 0) {
		answer.day = now;
		r = count_now(client->keeper, domain, put_count, &answer);
	} else {
		r = mm_census_list(client->keeper->db, answer.day, domain,
				   put_count, &answer);
	}
	if (r < 0)
		mm_settings_fail(client, r, NULL);
	else if (answer.rows.len == 0 && answer.day != now)
		mm_client_fail(client, "nothing was counted on that day");
	else
		mm_rows_answer(client, &answer.rows, -1);
	mm_buf_clear(&answer.rows);
	mm_pairs_clear(&request.pairs);
}
