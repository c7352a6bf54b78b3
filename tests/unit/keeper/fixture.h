#ifndef MM_TESTS_UNIT_KEEPER_FIXTURE_H
#define MM_TESTS_UNIT_KEEPER_FIXTURE_H

/*
 * A keeper's state in a folder of its own, and messages to record in it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/conf.h"
#include "core/err.h"
#include "core/fdutil.h"
#include "core/proto.h"
#include "mamorid/keeper/db.h"
#include "mamorid/keeper/outbox.h"
#include "mamorid/keeper/record.h"
#include "mamorid/keeper/store.h"
#include "mamorid/keeper/vault.h"
#include "mamorid/log.h"
#include "tests/unit/tmp.h"

#define NOW INT64_C(1700000000)
#define HEADERS \
	"Received: from a by b id 1abcde-000001-AA\n" \
	"\tfor <u1@a.example>; now\n" \
	"From: Eve <eve@evil.example>\nSubject: Hello\n"
#define BODY "first line\n\nlast \xff\r line"

static struct {
	char dir[64];
	char lines[65536]; /* what was logged */
	struct mm_conf conf;
	struct mm_db *db;
	struct mm_store store;
	struct mm_vault vault;
} fix;

static inline void fix_log(enum mm_log_level level, const char *line,
			   size_t len)
{
	size_t have = strlen(fix.lines);

	(void)level;
	if (have + len + 2 < sizeof(fix.lines)) {
		memcpy(fix.lines + have, line, len);
		memcpy(fix.lines + have + len, "\n", 2);
	}
}

static inline int fix_rm(const char *path, const struct stat *st, int flag,
			 struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static inline int fix_count(const char *path, const struct stat *st, int flag,
			    struct FTW *ftw);
static int fix_files;

static inline int fix_count(const char *path, const struct stat *st, int flag,
			    struct FTW *ftw)
{
	(void)path;
	(void)st;
	(void)ftw;
	fix_files += flag == FTW_F;
	return 0;
}

/* Files below the quarantine's folder, unfinished ones too. */
static inline int quarantine_files(void)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "%s/quarantine", fix.dir);
	fix_files = 0;
	assert_int_equal(nftw(path, fix_count, 8, FTW_PHYS), 0);
	return fix_files;
}

static inline void fix_open(void)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "%s/quarantine", fix.dir);
	assert_int_equal(mm_store_open(&fix.store, path,
				       fix.conf.quarantine_disk_reserve),
			 0);
	(void)snprintf(path, sizeof(path), "%s/keeper.sqlite", fix.dir);
	assert_int_equal(mm_db_open(&fix.db, path, &mm_db_state), 0);
	fix.vault = (struct mm_vault){ .db = fix.db,
				       .store = &fix.store,
				       .conf = &fix.conf };
}

static inline void fix_close(void)
{
	mm_db_close(&fix.db);
	mm_store_close(&fix.store);
}

static inline int fix_setup(void **state)
{
	(void)state;
	memset(&fix, 0, sizeof(fix));
	assert_int_equal(unit_make_dir(fix.dir, sizeof(fix.dir)), 0);
	mm_log_init_sink("test", MM_LOG_DEBUG, fix_log);
	assert_int_equal(mm_conf_init(&fix.conf), 0);
	fix.conf.quarantine_disk_reserve = 0;
	fix_open();
	return 0;
}

static inline int fix_teardown(void **state)
{
	(void)state;
	fix_close();
	mm_conf_clear(&fix.conf);
	return nftw(fix.dir, fix_rm, 8, FTW_PHYS | FTW_DEPTH);
}

/* A message to record. NULL or 0 for what is usual. */
struct mail {
	const char *trace;
	const char *headers;
	const char *body;
	size_t body_len;
	const char *before; /* what lies before the body in its file */
	const char *sender;
	const char *account;
	const char *reason;
	const char *recipients[8];
	const char *notices[8];
	bool no_copy;
};

static inline struct mm_record fix_record(const struct mail *mail,
					  struct mm_notice *notices)
{
	struct mm_record rec = {
		.version = MM_PROTO_VERSION,
		.trace = mail->trace ? mail->trace : "1abcde-000001-AA",
		.sender = mail->sender ? mail->sender : "eve@evil.example",
		.recipients = (const char **)(uintptr_t)mail->recipients,
		.account = mail->account,
		.direction = "inbound",
		.reason = mail->reason ? mail->reason : "virus",
		.quarantine = !mail->no_copy,
		.body_offset = mail->before ? strlen(mail->before) : 0,
		.notices = notices,
	};

	while (rec.nrecipients < 8 && mail->recipients[rec.nrecipients])
		rec.nrecipients++;
	while (rec.nnotices < 8 && mail->notices[rec.nnotices]) {
		notices[rec.nnotices] = (struct mm_notice){
			.name = "virus-inbound",
			.to = mail->notices[rec.nnotices],
		};
		rec.nnotices++;
	}
	return rec;
}

/* The findings of an infected mail, encoded. */
static inline void fix_findings(struct mm_buf *out)
{
	struct mm_finding list[] = {
		{ .part = "2",
		  .name = "bill.exe",
		  .mime_type = "a/b",
		  .type = "exe",
		  .size = 68,
		  .kind = MM_KIND_VIRUS,
		  .detail = "Eicar-Test-Signature" },
		{ .part = "3",
		  .name = "x.zip",
		  .mime_type = "a/b",
		  .type = "zip",
		  .size = 1,
		  .kind = MM_KIND_ENCRYPTED,
		  .detail = "password" },
	};
	struct mm_findings findings = {
		.version = MM_PROTO_VERSION,
		.verdict = MM_VERDICT_INFECTED,
		.list = list,
		.count = 2,
		.parts = 3,
		.from = "Eve <eve@evil.example>",
		.subject = "Hello",
		.date = "",
		.message_id = "",
		.size = 100,
	};

	mm_buf_init(out, MM_LIST_MAX);
	assert_int_equal(mm_findings_encode(out, &findings), 0);
}

/* The three descriptors of a RECORD request. The caller closes them. */
static inline void fix_fds(const struct mail *mail, int fds[3])
{
	struct mm_notice notices[8];
	struct mm_record rec = fix_record(mail, notices);
	const char *headers = mail->headers ? mail->headers : HEADERS;
	const char *body = mail->body ? mail->body : BODY;
	size_t len = mail->body_len ? mail->body_len : strlen(body);
	struct mm_buf bytes, findings;
	char path[96];
	int fd;

	fix_findings(&findings);
	rec.findings = findings.data;
	rec.findings_len = findings.len;
	mm_buf_init(&bytes, MM_LIST_MAX);
	assert_int_equal(mm_record_encode(&bytes, &rec), 0);
	fds[0] = mm_sealed_memfd("record", bytes.data, bytes.len);
	fds[1] = mm_sealed_memfd("headers", headers, strlen(headers));
	(void)snprintf(path, sizeof(path), "%s/body", fix.dir);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	if (mail->before)
		assert_int_equal(mm_write_all(fd, mail->before,
					      strlen(mail->before)),
				 0);
	assert_int_equal(mm_write_all(fd, body, len), 0);
	assert_int_equal(close(fd), 0);
	fds[2] = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(unlink(path), 0);
	assert_true(fds[0] >= 0 && fds[1] >= 0 && fds[2] >= 0);
	mm_buf_clear(&bytes);
	mm_buf_clear(&findings);
}

static inline void fix_close_fds(int fds[3])
{
	mm_close(&fds[0]);
	mm_close(&fds[1]);
	mm_close(&fds[2]);
}

static inline int fix_put(const struct mail *mail, int64_t now,
			  struct mm_record_result *result)
{
	const char *text = "";
	int fds[3], r;

	fix_fds(mail, fds);
	r = mm_record_store(&fix.vault, fds, now, result, &text);
	fix_close_fds(fds);
	return r;
}

/* Count quarantine rows, optionally of one recipient. */
static inline int fix_add(void *context, const struct mm_vault_row *row)
{
	(void)row;
	++*(int *)context;
	return 0;
}

static inline int quarantine_rows(const char *recipient)
{
	const struct mm_vault_filter filter = {
		.recipient = recipient,
		.until = INT64_MAX,
		.limit = 100000,
	};
	int count = 0;
	const struct mm_vault_visitor visitor = { fix_add, &count };

	assert_int_equal(mm_vault_list(&fix.vault, &filter, &visitor), 0);
	return count;
}

static inline int outbox_rows(void)
{
	struct mm_outbox_usage usage;

	assert_int_equal(mm_outbox_usage(fix.db, &usage), 0);
	return (int)usage.rows;
}

#endif
