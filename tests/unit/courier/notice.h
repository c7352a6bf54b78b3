#ifndef MM_TESTS_UNIT_COURIER_NOTICE_H
#define MM_TESTS_UNIT_COURIER_NOTICE_H

/*
 * Rendering a notice of a mail with given facts, and reading it as its
 * receiver would.
 */
#include "decode.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fdutil.h"
#include "mamorid/courier/notice.h"
#include "mamorid/log.h"
#include "tests/unit/tmp.h"

static struct {
	char dir[64];
	char lines[8192]; /* what was logged */
	size_t have;
	struct mm_conf conf;
	struct mm_buf bytes; /* the record */
	struct mm_buf mail; /* the notice */
	struct mm_buf body; /* decoded */
} t;

static inline void keep_log(enum mm_log_level level, const char *line,
			    size_t len)
{
	(void)level;
	if (t.have + len < sizeof(t.lines)) {
		memcpy(t.lines + t.have, line, len);
		t.have += len;
	}
}

static inline int rm(const char *path, const struct stat *st, int flag,
		     struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static inline int setup(void **state)
{
	(void)state;
	memset(&t, 0, sizeof(t));
	assert_int_equal(unit_make_dir(t.dir, sizeof(t.dir)), 0);
	mm_log_init_sink("test", MM_LOG_DEBUG, keep_log);
	assert_int_equal(mm_conf_init(&t.conf), 0);
	free(t.conf.notices_folder);
	t.conf.notices_folder = strdup("config/notices");
	mm_buf_init(&t.bytes, MM_LIST_MAX);
	mm_buf_init(&t.mail, MM_NOTICE_MAX);
	mm_buf_init(&t.body, MM_NOTICE_MAX);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	mm_conf_clear(&t.conf);
	mm_buf_clear(&t.bytes);
	mm_buf_clear(&t.mail);
	mm_buf_clear(&t.body);
	return nftw(t.dir, rm, 8, FTW_PHYS | FTW_DEPTH);
}

/* What the mail was like. */
struct facts {
	const char *sender, *account, *reason, *virus, *name, *from, *subject;
	const char *done;
	size_t nfindings;
	size_t nrecipients;
	bool released; /* no copy in quarantine */
	bool unknown; /* no findings at all */
};

static const struct facts usual = {
	.sender = "eve@evil.example",
	.account = "u1@a.example",
	.reason = "virus",
	.virus = "Eicar-Test-Signature",
	.name = "請求書.zip",
	.from = "Eve <eve@evil.example>",
	.subject = "お支払い",
	.nfindings = 1,
	.nrecipients = 2,
};

static inline void make_record(const struct facts *facts)
{
	static const char *recipients[50];
	struct mm_finding list[20];
	struct mm_findings findings = {
		.version = MM_PROTO_VERSION,
		.verdict = MM_VERDICT_INFECTED,
		.list = list,
		.count = facts->nfindings,
		.from = facts->from,
		.subject = facts->subject,
		.date = "",
		.message_id = "<m1@evil.example>",
		.size = 4321,
		.attachments = 3,
	};
	struct mm_record rec = {
		.version = MM_PROTO_VERSION,
		.trace = "1abcde-000001-AA",
		.sender = facts->sender,
		.recipients = recipients,
		.nrecipients = facts->nrecipients,
		.account = facts->account,
		.direction = "inbound",
		.reason = facts->reason,
		.done = facts->done,
		.quarantine = !facts->released,
	};
	struct mm_buf encoded;
	size_t i;

	for (i = 0; i < 50; i++)
		recipients[i] = i == 0 ? "u1@a.example" : "blind@b.example";
	for (i = 0; i < facts->nfindings; i++)
		list[i] = (struct mm_finding){
			.part = "2",
			.name = facts->name,
			.mime_type = "a/b",
			.type = "zip",
			.size = 1234,
			.kind = MM_KIND_VIRUS,
			.detail = facts->virus,
		};
	mm_buf_init(&encoded, MM_LIST_MAX);
	if (!facts->unknown)
		assert_int_equal(mm_findings_encode(&encoded, &findings), 0);
	rec.findings = encoded.data;
	rec.findings_len = encoded.len;
	mm_buf_reset(&t.bytes);
	assert_int_equal(mm_record_encode(&t.bytes, &rec), 0);
	mm_buf_clear(&encoded);
}

static inline int render(const struct facts *facts, const char *kind,
			 const char *to)
{
	struct mm_outbox_item item = {
		.version = MM_PROTO_VERSION,
		.id = 42,
		.kind = MM_OUTBOX_NOTICE,
		.trace = "1abcde-000001-AA",
		.to = to,
		.sender = "",
		.notice = kind,
		.created = 1700000000,
	};

	make_record(facts);
	item.record = t.bytes.data;
	item.record_len = t.bytes.len;
	mm_buf_reset(&t.mail);
	return mm_notice_render(&t.conf, &item, &t.mail);
}

/* A header's raw value, folded lines and all; the caller frees it. */
static char *header(const char *name)
{
	const char *pos = mm_buf_str(&t.mail), *eol;
	const char *end = strstr(pos, "\n\n");
	char *value = NULL;

	assert_non_null(end);
	while (pos < end + 1) {
		for (eol = strchr(pos, '\n'); eol[1] == ' ';)
			eol = strchr(eol + 1, '\n');
		if (mm_text_has_prefix(pos, name) && pos[strlen(name)] == ':') {
			assert_null(value); /* once only */
			pos += strlen(name) + 2;
			value = strndup(pos, (size_t)(eol - pos));
		}
		pos = eol + 1;
	}
	assert_non_null(value);
	return value;
}

static inline void expect_header(const char *name, const char *want)
{
	char *got = header(name);

	assert_string_equal(got, want);
	free(got);
}

static const char *body(void)
{
	const char *blank = strstr(mm_buf_str(&t.mail), "\n\n");

	assert_non_null(blank);
	mm_buf_reset(&t.body);
	unbase64(&t.body, blank + 2, strlen(blank + 2));
	assert_true(mm_text_is_utf8(t.body.data, t.body.len));
	return mm_buf_str(&t.body);
}

static inline void expect_subject(const char *want)
{
	char *raw = header("Subject");
	struct mm_buf got;

	mm_buf_init(&got, 65536);
	unheader(&got, raw, 9);
	assert_string_equal(mm_buf_str(&got), want);
	mm_buf_clear(&got);
	free(raw);
}

/* Whatever the values: 7-bit, short lines, exactly our headers. */
static inline void check_shape(void)
{
	static const char *const names[] = {
		"From: ",
		"To: ",
		"Subject: ",
		"Date: ",
		"Message-ID: ",
		"Auto-Submitted: ",
		"X-Auto-Response-Suppress: ",
		"MIME-Version: ",
		"Content-Type: ",
		"Content-Transfer-Encoding: ",
	};
	const char *pos = mm_buf_str(&t.mail), *eol;
	size_t i, n = 0;

	for (i = 0; i < t.mail.len; i++)
		assert_true(t.mail.data[i] == '\n' ||
			    (t.mail.data[i] >= ' ' && t.mail.data[i] <= '~'));
	for (; *pos != '\n'; pos = eol + 1) {
		eol = strchr(pos, '\n');
		assert_true(eol - pos <= 600);
		if (*pos != ' ')
			assert_true(n < 10 &&
				    mm_text_has_prefix(pos, names[n++]));
	}
	assert_int_equal(n, 10);
	(void)body();
}

#endif
