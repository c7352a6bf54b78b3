/*
 * `mamorid scan`: inspects files on a folder of signatures and writes the
 * findings, without a daemon.
 * Process: one-shot mode, as whoever calls it. Must never write outside a
 * temporary folder of its own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/inspect/inspect.h"
#include "mamorid/role.h"
#include "mamorid/sandbox.h"
#include "mamorid/xalloc.h"

static int write_findings(const struct mm_findings *findings)
{
	unsigned char head[4];
	struct mm_buf buf;
	int r;

	mm_buf_init(&buf, MM_LIST_MAX);
	if ((r = mm_findings_encode(&buf, findings)) < 0)
		goto out;
	for (int i = 0; i < 4; i++)
		head[i] = (unsigned char)(buf.len >> (24 - 8 * i));
	if ((r = mm_write_all(STDOUT_FILENO, head, sizeof(head))) == 0)
		r = mm_write_all(STDOUT_FILENO, buf.data, buf.len);
out:
	mm_buf_clear(&buf);
	return r;
}

static int scan_file(struct mm_engine *engine, const struct mm_conf *conf,
		     const char *path)
{
	struct mm_source source;
	struct mm_report report;
	mm_deadline deadline;
	int r;

	mm_report_init(&report);
	deadline = mm_deadline_in((int64_t)conf->limits_scan_time * 1000);
	r = mm_source_from_file(&source, path, conf->limits_message_size);
	if (r == 0) {
		mm_inspect(engine, conf, &source, deadline, &report);
	} else {
		fprintf(stderr, "%s: %s\n", path, mm_err_text(r));
		mm_report_whole(&report, MM_KIND_ERROR, mm_err_text(r));
		mm_report_finish(&report);
	}
	if (write_findings(&report.findings) < 0)
		r = MM_ERR_SYS;
	mm_source_clear(&source);
	mm_report_clear(&report);
	return r;
}

int mm_scan_main(const struct mm_conf *conf, const char *signatures,
		 char **files, int count)
{
	const char *base = getenv("TMPDIR");
	char *tmpdir = mm_xasprintf("%s/mamorid-scan-XXXXXX",
				    base != NULL && base[0] == '/' ? base
								   : "/tmp");
	struct mm_engine *engine = NULL;
	struct mm_buf error;
	int status = 0;
	int r;

	mm_buf_init(&error, MM_TEXT_MAX);
	mm_inspect_init();
	if ((r = mm_engine_load(conf, signatures, &engine, &error)) < 0) {
		fprintf(stderr, "mamorid: %s\n", error.len > 0
			? mm_buf_str(&error) : mm_err_text(r));
		status = 1;
		goto out;
	}
	if (mkdtemp(tmpdir) == NULL) {
		fprintf(stderr, "mamorid: %s: %s\n", tmpdir, strerror(errno));
		status = 1;
		goto out;
	}
	if (mm_engine_set_tmpdir(engine, tmpdir) < 0)
		status = 1;
	for (int i = 0; i < count; i++)
		if (scan_file(engine, conf, files[i]) < 0)
			status = 1;
	mm_jail_remove(tmpdir);
out:
	mm_engine_free(&engine);
	mm_buf_clear(&error);
	free(tmpdir);
	return status;
}
