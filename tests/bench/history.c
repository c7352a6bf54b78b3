/*
 * What the history costs: a row, and a question among many of them.
 *
 * usage: history [FOLDER [MAILS [DAYS]]]
 *
 * Below FOLDER (/tmp) so many mails (1000000) are spread over the last DAYS
 * (30), as a keeper would write them: frames are decoded, added and committed
 * BATCH at a time. Then questions are asked, of mails chosen at random: the
 * median and the worst of ROUNDS. Files are in the page cache.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/frame.h"
#include "core/wire.h"
#include "mamorid/keeper/history_read.h"
#include "mamorid/log.h"

#define BATCH 50u
#define ROUNDS 41u
#define ACCOUNTS 20000u
#define DAY 86400

static char root[512];
static struct mm_conf conf;
static int64_t now;
static size_t mails, days;

static void must(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "history: %s\n", what);
	exit(2);
}

static double cpu_us(void)
{
	struct rusage used;

	(void)getrusage(RUSAGE_SELF, &used);
	return 1e6 * (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static double wall_us(void)
{
	struct timespec at;

	(void)clock_gettime(CLOCK_MONOTONIC, &at);
	return 1e6 * (double)at.tv_sec + (double)at.tv_nsec / 1e3;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static uint64_t bytes;

static int add_size(const char *path, const struct stat *st, int type,
		    struct FTW *ftw)
{
	(void)path;
	(void)ftw;
	bytes += type == FTW_F ? (uint64_t)st->st_size : 0;
	return 0;
}

/* Numbers that look like any, the same in each run. */
static uint64_t scatter(uint64_t i)
{
	i = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
	i ^= i >> 31;
	i *= UINT64_C(0xbf58476d1ce4e5b9);
	return i ^ i >> 29;
}

static int64_t time_of(size_t i)
{
	return now - (int64_t)days * DAY +
	       (int64_t)((double)i / (double)mails * (double)days * DAY);
}

/* One mail of many: one or two recipients, one in five is sent from here. */
static void encode(struct mm_buf *buf, size_t i)
{
	const uint64_t any = scatter(i);
	char trace[32], sender[64], to[2][64], id[96], account[64];
	struct mm_history_recipient recipients[2];
	struct mm_history mail = { .trace = trace };
	size_t next, k;

	(void)snprintf(trace, sizeof(trace), "1%05zx-%06zx-%02zx",
		       i >> 16 & 0xfffff, i & 0xffffff, i % 251);
	(void)snprintf(id, sizeof(id), "%016llx.%zu@mail.sender%llu.example",
		       (unsigned long long)any, i,
		       (unsigned long long)(any % 5000));
	(void)snprintf(sender, sizeof(sender), "user%llu@sender%llu.example",
		       (unsigned long long)(any >> 8 & 0xffff),
		       (unsigned long long)(any % 5000));
	(void)snprintf(account, sizeof(account), "box%llu@customer%llu.example",
		       (unsigned long long)(any >> 20 & 15),
		       (unsigned long long)(any >> 24) % (ACCOUNTS / 16));
	for (k = 0; k < 2; k++) {
		(void)snprintf(to[k], sizeof(to[k]),
			       "box%llu@customer%llu.example",
			       (unsigned long long)(any >> (4 * k) & 15),
			       (unsigned long long)((any >> 7) + k * 7) %
				       (ACCOUNTS / 16));
		recipients[k] = (struct mm_history_recipient){
			.address = to[k],
			.outcome = "deliver",
			.edits = "",
			.rules = "",
			.notices = "",
			.local = any % 5 != 0,
		};
	}
	mail.time = time_of(i);
	mail.direction = any % 5 == 0 ? "outbound" : "inbound";
	mail.account = any % 5 == 0 ? account : "";
	mail.login = mail.account;
	mail.sender = any % 5 == 0 ? account : sender;
	mail.host = "192.0.2.77";
	mail.helo = "mail.sender.example";
	mail.message_id = id;
	mail.from = "山田 太郎 <yamada@sender.example>";
	mail.subject = "ご注文ありがとうございます(注文番号12345)";
	mail.size = 20000 + any % 100000;
	mail.verdict = "clean";
	mail.action = "accept";
	mail.reason = "";
	mail.total = 1 + any % 2;
	mail.ms = 4;
	mail.recipients = recipients;
	mail.nrecipients = 1 + any % 2;
	must(mm_history_encode(buf, &mail, 0, &next) == 0, "encode");
}

static void fill(struct mm_history_store *store)
{
	const double cpu = cpu_us(), wall = wall_us();
	struct mm_history mail;
	double encoding = 0, start;
	struct mm_buf buf;
	size_t i;

	mm_buf_init(&buf, MM_FRAME_MAX);
	for (i = 0; i < mails; i++) {
		start = wall_us();
		mm_buf_reset(&buf);
		encode(&buf, i);
		encoding += wall_us() - start;
		must(mm_history_decode(buf.data, buf.len, &mail) == 0,
		     "decode");
		mm_history_add(store, &mail, now);
		mm_history_clear(&mail);
		if (i % BATCH == BATCH - 1)
			mm_history_flush(store);
	}
	mm_history_flush(store);
	(void)nftw(store->folder, add_size, 8, FTW_PHYS);
	printf("mails %zu in %zu days, %llu bytes each\n", mails, days,
	       (unsigned long long)(bytes / mails));
	printf("CPU a mail: %.1f us (gate, encoding: %.1f us)\n",
	       (cpu_us() - cpu - encoding) / (double)mails,
	       encoding / (double)mails);
	printf("wall %.0f s\n", (wall_us() - wall) / 1e6);
	mm_buf_clear(&buf);
}

/* What is asked: 0 a trace, 1 a Message-ID, 2 a recipient's mails, 3 all of a
 * domain's, 4 an account's, 5 the newest, 6 something that is not there. */
static size_t ask(struct mm_history_store *store, int what, size_t i)
{
	const struct mm_history_scope all = { MM_LEVEL_SERVER, "" };
	struct mm_history_filter filter = { .scope = all,
					    .until = INT64_MAX,
					    .limit = 100 };
	struct mm_buf frame, rows;
	struct mm_history mail;
	struct mm_history_why why;
	size_t len;

	mm_buf_init(&frame, MM_FRAME_MAX);
	mm_buf_init(&rows, MM_LIST_MAX);
	encode(&frame, i);
	must(mm_history_decode(frame.data, frame.len, &mail) == 0, "decode");
	if (what < 2 || what == 6) {
		must(mm_history_why(store,
				    what == 0	? mail.trace
				    : what == 1 ? mail.message_id
						: "1zzzzz-000000-00",
				    &all, &rows, &why) == 0,
		     "why");
		must(what == 6 ? why.count == 0 : why.count == 1, "found");
	} else {
		filter.recipient = what == 2 ? mail.recipients[0].address
					     : NULL;
		filter.account = what == 4 ? "box1@customer77.example" : NULL;
		if (what == 3)
			filter.scope = (struct mm_history_scope){
				MM_LEVEL_DOMAIN, "customer77.example"
			};
		must(mm_history_list(store, &filter, &rows) == 0, "list");
		must(rows.len > 0, "rows");
	}
	len = rows.len;
	mm_history_clear(&mail);
	mm_buf_clear(&frame);
	mm_buf_clear(&rows);
	return len;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void question(struct mm_history_store *store, const char *name, int what)
{
	double times[ROUNDS], start;
	size_t i;

	for (i = 0; i < ROUNDS; i++) {
		start = wall_us();
		(void)ask(store, what, (size_t)(scatter(i + 99) % mails));
		times[i] = wall_us() - start;
	}
	qsort(times, ROUNDS, sizeof(*times), compare);
	printf("%-28s %8.2f ms, at worst %8.2f ms\n", name,
	       times[ROUNDS / 2] / 1e3, times[ROUNDS - 1] / 1e3);
}

static void tell(enum mm_log_level level, const char *line, size_t len)
{
	(void)level;
	fprintf(stderr, "%.*s\n", (int)len, line);
}

int main(int argc, char **argv)
{
	struct mm_history_store store;
	double start;
	int r;

	mails = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000000;
	days = argc > 3 ? strtoul(argv[3], NULL, 10) : 30;
	must(mails > 0 && days > 0 && days < 365, "MAILS and DAYS");
	(void)snprintf(root, sizeof(root), "%s/mamori-history-XXXXXX",
		       argc > 1 ? argv[1] : "/tmp");
	must(mkdtemp(root) != NULL, "FOLDER");
	mm_log_init_sink("bench", MM_LOG_WARN, tell);
	must(mm_conf_init(&conf) == 0, "conf");
	free(conf.state_dir);
	conf.state_dir = strdup(root);
	conf.history_keep = 366 * DAY;
	now = (int64_t)time(NULL);
	mm_history_open(&store, &conf);
	fill(&store);
	question(&store, "why, by the trace", 0);
	question(&store, "why, by the Message-ID", 1);
	question(&store, "why, of no mail", 6);
	question(&store, "list, a recipient's", 2);
	question(&store, "list, a domain's", 3);
	question(&store, "list, an account's", 4);
	question(&store, "list, the newest", 5);
	start = wall_us();
	r = mm_history_purge(&store, "box3@customer77.example", NULL);
	printf("%-28s %8.2f ms\n", "delete a mailbox",
	       (wall_us() - start) / 1e3);
	start = wall_us();
	if (r == 0)
		r = mm_history_purge(&store, NULL, "customer78.example");
	printf("%-28s %8.2f ms\n", "delete a domain",
	       (wall_us() - start) / 1e3);
	mm_history_close(&store);
	mm_conf_clear(&conf);
	(void)nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return r < 0;
}
