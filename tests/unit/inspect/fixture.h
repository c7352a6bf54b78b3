#ifndef MM_TEST_INSPECT_FIXTURE_H
#define MM_TEST_INSPECT_FIXTURE_H

/*
 * A folder of its own for each test program, with signatures made at run time,
 * and mails with archives in them. The EICAR string is never written down.
 */
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/inspect/canary.h"
#include "mamorid/inspect/inspect.h"
#include "mamorid/sandbox.h"
#include "mamorid/xalloc.h"
#include "tests/unit/tmp.h"

#define UNUSED __attribute__((unused))
#define MAIL_MAX (64u << 20)
#define EICAR_NAME "Test.Eicar.UNOFFICIAL"

static char fix_dir[64];
static char fix_db[96];
static char fix_tmp[96];

static UNUSED void fix_write(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(mm_write_all(fd, data, len), 0);
	assert_int_equal(close(fd), 0);
}

static UNUSED void fix_eicar(struct mm_buf *buf)
{
	mm_buf_init(buf, MAIL_MAX);
	assert_int_equal(mm_canary_eicar(buf), 0);
	assert_int_equal(buf->len, 68);
}

/* A signature of EICAR anywhere, in folder/test.ndb. */
static UNUSED void fix_signatures(const char *folder)
{
	char path[128];
	struct mm_buf eicar;
	struct mm_buf line;

	fix_eicar(&eicar);
	mm_buf_init(&line, 4096);
	assert_int_equal(mm_buf_puts(&line, "Test.Eicar:0:*:"), 0);
	for (size_t i = 0; i < eicar.len; i++)
		assert_int_equal(mm_buf_printf(&line, "%02x",
				 (unsigned int)(unsigned char)eicar.data[i]),
				 0);
	assert_int_equal(mm_buf_puts(&line, "\n"), 0);
	snprintf(path, sizeof(path), "%s/test.ndb", folder);
	fix_write(path, line.data, line.len);
	mm_buf_clear(&line);
	mm_buf_clear(&eicar);
}

static UNUSED int fix_open(void **state)
{
	(void)state;
	mm_inspect_init();
	assert_int_equal(unit_make_dir(fix_dir, sizeof(fix_dir)), 0);
	snprintf(fix_db, sizeof(fix_db), "%s/db", fix_dir);
	snprintf(fix_tmp, sizeof(fix_tmp), "%s/tmp", fix_dir);
	assert_int_equal(mkdir(fix_db, 0700), 0);
	assert_int_equal(mkdir(fix_tmp, 0700), 0);
	fix_signatures(fix_db);
	return 0;
}

static UNUSED int fix_close(void **state)
{
	(void)state;
	mm_jail_remove(fix_dir);
	return 0;
}

static UNUSED struct mm_engine *fix_engine(const struct mm_conf *conf)
{
	struct mm_engine *engine;
	struct mm_buf error;

	mm_buf_init(&error, 4096);
	if (mm_engine_load(conf, fix_db, &engine, &error) < 0)
		fail_msg("%s", mm_buf_str(&error));
	assert_int_equal(mm_engine_set_tmpdir(engine, fix_tmp), 0);
	mm_buf_clear(&error);
	return engine;
}

/* One member in an archive. format as archive_write_set_format_by_name();
 * options may be NULL, "encryption=aes256" takes the password "secret". */
static UNUSED void fix_archive(struct mm_buf *out, const char *format,
			       const char *options, const char *member,
			       const void *data, size_t len)
{
	struct archive *ar = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	char *space = mm_xcalloc(len + (2u << 20), 1);
	size_t used = 0;

	assert_int_equal(archive_write_set_format_by_name(ar, format), 0);
	if (options != NULL)
		assert_int_equal(archive_write_set_options(ar, options), 0);
	if (options != NULL && strstr(options, "encryption") != NULL)
		assert_int_equal(archive_write_set_passphrase(ar, "secret"),
				 0);
	assert_int_equal(archive_write_open_memory(ar, space, len + (2u << 20),
						   &used), 0);
	archive_entry_set_pathname(entry, member);
	archive_entry_set_size(entry, (int64_t)len);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	assert_int_equal(archive_write_header(ar, entry), 0);
	assert_int_equal(archive_write_data(ar, data, len), (ssize_t)len);
	assert_int_equal(archive_write_close(ar), 0);
	archive_entry_free(entry);
	archive_write_free(ar);
	mm_buf_init(out, MAIL_MAX);
	assert_int_equal(mm_buf_put(out, space, used), 0);
	free(space);
}

static UNUSED void fix_zip(struct mm_buf *out, const char *options,
			   const char *member, const struct mm_buf *data)
{
	fix_archive(out, "zip", options, member, data->data, data->len);
}

/* data as base64 lines of 76, appended to out. */
static UNUSED void fix_base64(struct mm_buf *out, const void *data, size_t len)
{
	const unsigned char *pos = data;
	unsigned char line[80];

	for (size_t n; len > 0; pos += n, len -= n) {
		n = len < 57 ? len : 57;
		EVP_EncodeBlock(line, pos, (int)n);
		assert_int_equal(mm_buf_printf(out, "%s\n", (char *)line), 0);
	}
}

/* A mail with a text part and one attachment. header is the attachment's
 * Content-Type and what else, each line with its end. */
static UNUSED void fix_mail(struct mm_buf *out, const char *header,
			    const void *data, size_t len)
{
	mm_buf_init(out, MAIL_MAX);
	assert_int_equal(mm_buf_printf(out,
		"From: =?utf-8?b?5bGx55Sw?= <yamada@example.com>\n"
		"To: <b@example.com>\n"
		"Subject: =?iso-2022-jp?b?GyRCJUYlOSVIGyhC?=\n"
		"Date: Mon, 01 Jan 2024 00:00:00 +0900\n"
		"Message-ID: <1@example.com>\n"
		"MIME-Version: 1.0\n"
		"Content-Type: multipart/mixed; boundary=\"bb\"\n"
		"\n"
		"--bb\n"
		"Content-Type: text/plain\n"
		"\n"
		"hello\n"
		"--bb\n"
		"%s"
		"Content-Transfer-Encoding: base64\n"
		"\n", header), 0);
	fix_base64(out, data, len);
	assert_int_equal(mm_buf_puts(out, "--bb--\n"), 0);
}

#define ZIP_HEADER "Content-Type: application/zip; name=\"a.zip\"\n"

static UNUSED void fix_inspect(struct mm_engine *engine,
			       const struct mm_conf *conf, const void *data,
			       size_t len, struct mm_report *report)
{
	struct mm_source source;

	mm_report_init(report);
	assert_int_equal(mm_source_from_memory(&source, data, len,
					       conf->limits_message_size), 0);
	mm_inspect(engine, conf, &source, mm_deadline_in(60000), report);
	mm_source_clear(&source);
}

static UNUSED const struct mm_finding *
fix_find(const struct mm_report *report, enum mm_kind kind, const char *part)
{
	for (size_t i = 0; i < report->findings.count; i++) {
		const struct mm_finding *f = &report->findings.list[i];

		if (f->kind == kind && strcmp(f->part, part) == 0)
			return f;
	}
	return NULL;
}

static UNUSED void fix_print(const char *name, const struct mm_report *report)
{
	print_message("%s: %s\n", name,
		      mm_verdict_name(report->findings.verdict));
	for (size_t i = 0; i < report->findings.count; i++) {
		const struct mm_finding *f = &report->findings.list[i];

		print_message("  [%s] %s %s %s %s %s %llu\n", f->part, f->name,
			      f->mime_type, f->type, mm_kind_name(f->kind),
			      f->detail, (unsigned long long)f->size);
	}
}

#endif
