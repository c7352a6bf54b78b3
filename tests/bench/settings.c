/*
 * What a look-up of shared settings costs, with few and with many accounts.
 *
 * usage: settings [FOLDER [ACCOUNTS...]]
 *
 * For each number of accounts (10 and 1000000 unless given) a domain with so
 * many is made below FOLDER (/tmp), each with 50 approved senders. Uncached: a
 * file is opened, read, checked and parsed. Cached: account, domain and server
 * are looked up and one setting is taken. Exits 1 when a goal is missed: 60 us
 * uncached, 2 us cached, in the median.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/settings_path.h"
#include "core/settings_read.h"

#define SENDERS 50
#define LOOKUPS 20000
#define ROUNDS 201
#define BATCH 500
/* Files that share their bytes, so that a million fit; ext4 has 65000. */
#define LINKS 30000
#define GOAL_UNCACHED_US 60.0
#define GOAL_CACHED_US 2.0

static char root[512];
static double times[LOOKUPS];

static void must(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(2);
}

static double now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
	const double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double median(size_t count)
{
	qsort(times, count, sizeof(*times), compare);
	return times[count / 2];
}

static void write_account(const char *path)
{
	struct mm_settings values;
	struct mm_buf text, why;
	char sender[64];
	FILE *file;
	int i;

	mm_settings_init(&values);
	mm_buf_init(&text, MM_SETTINGS_FILE_MAX);
	mm_buf_init(&why, 4096);
	must(mm_settings_set(&values, MM_SETTING_VIRUS_NOTICE, NULL, "no",
			     &why) == 0,
	     "set");
	for (i = 0; i < SENDERS; i++) {
		(void)snprintf(sender, sizeof(sender),
			       "some.sender%d@domain-%d.example", i, i);
		must(mm_settings_add(&values, MM_SETTING_APPROVED_SENDERS, NULL,
				     sender, &why) == 0,
		     "add");
	}
	must(mm_settings_format(&values, &text) == 0, "format");
	file = fopen(path, "w");
	must(file != NULL && fputs(mm_buf_str(&text), file) >= 0 &&
		     fclose(file) == 0,
	     path);
	must(chmod(path, 0640) == 0, path);
	mm_settings_clear(&values);
	mm_buf_clear(&text);
	mm_buf_clear(&why);
}

static void fill(long accounts)
{
	char path[1024], first[1024] = "";
	FILE *file;
	long i;

	(void)snprintf(path, sizeof(path), "%s/b.test", root);
	must(mkdir(path, 0710) == 0, path);
	(void)snprintf(path, sizeof(path), "%s/b.test/domain.yaml", root);
	file = fopen(path, "w");
	must(file != NULL && fputs("version: 1\n", file) >= 0 &&
		     fclose(file) == 0,
	     path);
	(void)snprintf(path, sizeof(path), "%s/b.test/accounts", root);
	must(mkdir(path, 0710) == 0, path);
	for (i = 0; i < accounts; i++) {
		(void)snprintf(path, sizeof(path),
			       "%s/b.test/accounts/user%ld.yaml", root, i);
		if (i % LINKS == 0) {
			write_account(path);
			memcpy(first, path, sizeof(first));
		} else {
			must(link(first, path) == 0, path);
		}
	}
}

static double uncached(long accounts)
{
	struct mm_settings values;
	struct mm_buf path, error;
	char name[64];
	double start;
	long i;

	mm_buf_init(&error, 4096);
	for (i = 0; i < LOOKUPS; i++) {
		(void)snprintf(name, sizeof(name), "user%ld@b.test",
			       (i * 7919L + 13) % accounts);
		start = now_us();
		mm_buf_init(&path, MM_SETTINGS_PATH_MAX);
		must(mm_buf_printf(&path, "%s/", root) == 0 &&
			     mm_settings_path(&path, MM_LEVEL_ACCOUNT, name) ==
				     0,
		     "path");
		must(mm_settings_load(mm_buf_str(&path), MM_LEVEL_ACCOUNT,
				      geteuid(), &values, &error) == 0,
		     mm_buf_str(&error));
		must(mm_settings_match(
			     &values.list[MM_SETTING_APPROVED_SENDERS].list,
			     "some.sender49@domain-49.example"),
		     "match");
		mm_settings_clear(&values);
		mm_buf_clear(&path);
		times[i] = now_us() - start;
	}
	mm_buf_clear(&error);
	return median(LOOKUPS);
}

static double cached(long accounts)
{
	struct mm_settings_tree *tree =
		mm_settings_tree_open(root, geteuid(), NULL);
	struct mm_settings_view view;
	char name[64];
	double start;
	long i, k;

	(void)snprintf(name, sizeof(name), "user%ld@b.test", accounts / 2);
	for (i = 0; i < ROUNDS; i++) {
		start = now_us();
		for (k = 0; k < BATCH; k++) {
			mm_settings_view(tree, name, &view);
			must(mm_settings_value(&view, MM_SETTING_VIRUS_NOTICE,
					       NULL)
					     ->num == 0,
			     "value");
			mm_settings_view_clear(&view);
		}
		times[i] = (now_us() - start) / BATCH;
	}
	mm_settings_tree_close(tree);
	return median(ROUNDS);
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int measure(const char *folder, long accounts)
{
	double slow, fast;

	(void)snprintf(root, sizeof(root), "%s/mamori-settings-XXXXXX", folder);
	must(mkdtemp(root) != NULL, root);
	fill(accounts);
	slow = uncached(accounts);
	fast = cached(accounts);
	printf("accounts=%ld uncached_us=%.1f cached_us=%.2f\n", accounts, slow,
	       fast);
	(void)fflush(stdout);
	must(nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0, root);
	return slow > GOAL_UNCACHED_US || fast > GOAL_CACHED_US;
}

int main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : "/tmp";
	int i, missed = 0;

	if (argc < 3)
		return measure(folder, 10) | measure(folder, 1000000);
	for (i = 2; i < argc; i++)
		missed |= measure(folder, strtol(argv[i], NULL, 10));
	return missed;
}
