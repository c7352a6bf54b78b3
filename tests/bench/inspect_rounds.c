/*
 * The work of tests/bench/inspect: what the inspection of mails costs, beside
 * libclamav alone on the whole of each.
 *
 * usage: inspect_rounds SIGNATURES ROUNDS MAIL...
 *
 * One line for each mail and round: the number of the mail, then microseconds
 * of CPU for one scan of the whole message by libclamav, and for one full
 * inspection. The two take turns, in batches of some milliseconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mamorid/inspect/inspect.h"
#include "mamorid/sandbox.h"

#define BATCH_US 20000.0
#define BATCH_MAX 200u

struct bench {
	struct mm_conf conf;
	struct mm_engine *engine;
	char folder[256];
};

static void must(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "inspect_rounds: %s\n", what);
	exit(2);
}

static double cpu_us(void)
{
	struct timespec now;

	must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0, "clock");
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static bool ignore_layer(void *context, struct mm_layer *layer,
			 const unsigned char *data)
{
	(void)context, (void)layer, (void)data;
	return false;
}

static void ignore_hit(void *context, const struct mm_layer *layer,
		       const char *name)
{
	(void)context, (void)layer, (void)name;
}

static void ignore_member(void *context, const struct mm_layer *layer,
			  const char *name, uint64_t size, bool encrypted)
{
	(void)context, (void)layer, (void)name, (void)size, (void)encrypted;
}

static void whole(struct bench *bench, const struct mm_source *source)
{
	const struct mm_scan_sink sink = {
		.layer = ignore_layer,
		.hit = ignore_hit,
		.member = ignore_member,
	};
	struct mm_buf error;

	mm_buf_init(&error, MM_TEXT_MAX);
	must(mm_engine_scan(bench->engine, source->data, source->len,
			    MM_DEADLINE_NONE, &sink, &error) == 0, "scan");
	mm_buf_clear(&error);
}

static void full(struct bench *bench, const struct mm_source *source)
{
	struct mm_report report;

	mm_report_init(&report);
	mm_inspect(bench->engine, &bench->conf, source, MM_DEADLINE_NONE,
		   &report);
	must(report.findings.verdict == MM_VERDICT_CLEAN, "not clean");
	mm_report_clear(&report);
}

static double measure(struct bench *bench, const struct mm_source *source,
		      void (*scan)(struct bench *bench,
				   const struct mm_source *source),
		      unsigned int times)
{
	const double start = cpu_us();

	for (unsigned int i = 0; i < times; i++)
		scan(bench, source);
	return (cpu_us() - start) / times;
}

/* How many scans of a mail make a batch. */
static unsigned int batch_of(struct bench *bench,
			     const struct mm_source *source)
{
	double us;

	(void)measure(bench, source, whole, 1);
	(void)measure(bench, source, full, 1);
	us = measure(bench, source, whole, 1);
	if (us * BATCH_MAX <= BATCH_US)
		return BATCH_MAX;
	return us >= BATCH_US ? 1 : (unsigned int)(BATCH_US / us) + 1;
}

static void run(struct bench *bench, const char *const *mails, int count,
		int rounds)
{
	struct mm_source *sources = calloc((size_t)count, sizeof(*sources));
	unsigned int *batches = calloc((size_t)count, sizeof(*batches));

	must(sources != NULL && batches != NULL, "no memory");
	for (int i = 0; i < count; i++) {
		must(mm_source_from_file(&sources[i], mails[i], SIZE_MAX) == 0,
		     mails[i]);
		batches[i] = batch_of(bench, &sources[i]);
	}
	for (int round = 0; round < rounds; round++) {
		for (int i = 0; i < count; i++) {
			bool first = (round + i) % 2 == 0;
			double us[2];

			us[!first] = measure(bench, &sources[i],
					     first ? whole : full, batches[i]);
			us[first] = measure(bench, &sources[i],
					    first ? full : whole, batches[i]);
			printf("%d %.2f %.2f\n", i, us[0], us[1]);
		}
		fflush(stdout);
	}
	for (int i = 0; i < count; i++)
		mm_source_clear(&sources[i]);
	free(sources);
	free(batches);
}

int main(int argc, char **argv)
{
	const char *base = getenv("TMPDIR");
	struct bench bench = { .engine = NULL };
	struct mm_buf error;

	if (argc < 4) {
		fputs("usage: inspect_rounds SIGNATURES ROUNDS MAIL...\n",
		      stderr);
		return 2;
	}
	mm_buf_init(&error, MM_TEXT_MAX);
	must(mm_conf_init(&bench.conf) == 0, "configuration");
	mm_inspect_init();
	if (mm_engine_load(&bench.conf, argv[1], &bench.engine, &error) < 0) {
		fprintf(stderr, "inspect_rounds: %s\n", mm_buf_str(&error));
		return 2;
	}
	(void)snprintf(bench.folder, sizeof(bench.folder),
		       "%s/inspect-rounds-XXXXXX",
		       base != NULL ? base : "/tmp");
	must(mkdtemp(bench.folder) != NULL &&
	     mm_engine_set_tmpdir(bench.engine, bench.folder) == 0, "folder");
	run(&bench, (const char *const *)argv + 3, argc - 3,
	    (int)strtol(argv[2], NULL, 10));
	mm_jail_remove(bench.folder);
	mm_engine_free(&bench.engine);
	mm_conf_clear(&bench.conf);
	mm_buf_clear(&error);
	return 0;
}
