/*
 * Mails made to cost much: each costs a bounded time and memory, and one that
 * is not looked through to its end is not called clean.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <zlib.h>

#include "tests/unit/inspect/inspect_fixture.h"
#include "tests/unit/inspect/zip_samples.h"

#define CPU_MAX_S 120 /* the end of one that would go on for ever */
#define MEMORY_MAX_KB (600l << 10)

/* A text, many times, with a number in it if it has a place for one. */
static void put_many(struct mm_buf *out, const char *text, unsigned int count)
{
	const char *place = strchr(text, '%');
	char number[16];

	for (unsigned int i = 0; i < count; i++) {
		if (place == NULL) {
			smp_put(out, text, strlen(text));
			continue;
		}
		smp_put(out, text, (size_t)(place - text));
		snprintf(number, sizeof(number), "%u", i);
		smp_put(out, number, strlen(number));
		smp_put(out, place + 1, strlen(place + 1));
	}
}

static void put_head(struct mm_buf *mail)
{
	mm_buf_init(mail, MAIL_MAX);
	put_many(mail, "From: a@b\nTo: c@d\nMIME-Version: 1.0\n", 1);
}

static void headers(struct mm_buf *mail)
{
	put_head(mail);
	put_many(mail, "X-%: a\n", 1000000);
	put_many(mail, "\nhello\n", 1);
}

static void parts(struct mm_buf *mail)
{
	put_head(mail);
	put_many(mail, "Content-Type: multipart/mixed; boundary=x\n\n", 1);
	put_many(mail, "--x\n\na\n", 100000);
	put_many(mail, "--x--\n", 1);
}

static void parameters(struct mm_buf *mail)
{
	put_head(mail);
	put_many(mail, "Content-Type: multipart/mixed; boundary=x", 1);
	put_many(mail, ";\n p%=v", 100000);
	put_many(mail, "\n\n--x\n\na\n--x--\n", 1);
}

static void continuations(struct mm_buf *mail)
{
	put_head(mail);
	put_many(mail, "Content-Type: text/plain", 1);
	put_many(mail, ";\n name*%=v", 100000);
	put_many(mail, "\n\na\n", 1);
}

static void nested_parts(struct mm_buf *mail)
{
	put_head(mail);
	for (unsigned int i = 0; i < 10000; i++)
		assert_int_equal(mm_buf_printf(mail,
			"Content-Type: multipart/mixed; boundary=b%u\n\n"
			"--b%u\n", i, i), 0);
	put_many(mail, "\nhi\n", 1);
}

static void long_line(struct mm_buf *mail)
{
	put_head(mail);
	put_many(mail, "X-Long: ", 1);
	put_many(mail, "abcdefghijklmnopqrst", 1 << 20);
	put_many(mail, "\n\nhello\n", 1);
}

static void addresses(struct mm_buf *mail)
{
	put_head(mail);
	put_many(mail, "Cc: ", 1);
	put_many(mail, "a@b.c, ", 3 << 20);
	put_many(mail, "\n\nhello\n", 1);
}

static void long_base64(struct mm_buf *mail)
{
	put_head(mail);
	put_many(mail, "Content-Type: application/octet-stream\n"
		 "Content-Transfer-Encoding: base64\n\n", 1);
	put_many(mail, "QUJDREVGR0hJSktM", (49u << 20) / 16);
	put_many(mail, "\n", 1);
}

/* A line again and again, behind a header. */
static void lines(struct mm_buf *mail, const char *header, const char *line)
{
	put_head(mail);
	put_many(mail, header, 1);
	put_many(mail, line, (unsigned int)((45u << 20) / strlen(line)));
	put_many(mail, "\n\nhello\n", 1);
}

static void begin_lines(struct mm_buf *mail)
{
	lines(mail, "\n", "begin 644 x\n");
}

static void parameters_alike(struct mm_buf *mail)
{
	lines(mail, "Content-Type: text/plain", ";\n p=v");
}

static void dashes(struct mm_buf *mail)
{
	lines(mail, "Content-Type: multipart/mixed; boundary=b\n\n",
	      "--b\r\ra\r");
}

static void base64_junk(struct mm_buf *mail)
{
	lines(mail, "Content-Transfer-Encoding: base64\n\n", "Q!U!J!D!");
}

static void base64_letters(struct mm_buf *mail)
{
	lines(mail, "Content-Transfer-Encoding: base64\n\n", "Q\n");
}

static void quoted_blanks(struct mm_buf *mail)
{
	lines(mail, "Content-Transfer-Encoding: quoted-printable\n\n", " ");
}

static void groups(struct mm_buf *mail)
{
	put_head(mail);
	put_many(mail, "Cc: ", 1);
	put_many(mail, "a:b@c,", 500000);
	put_many(mail, "\n\nhello\n", 1);
}

static void attach(struct mm_buf *mail, struct mm_buf *file)
{
	fix_mail(mail, ZIP_HEADER, file->data, file->len);
	mm_buf_clear(file);
}

static void many_members(struct mm_buf *mail)
{
	const struct smp_member member = { .name = "a" };
	struct mm_buf data;
	struct smp_zip zip;

	mm_buf_init(&data, 16);
	smp_put(&data, "hello", 5);
	smp_zip_init(&zip);
	for (int i = 0; i < 200000; i++)
		smp_zip_add(&zip, &member, &data);
	smp_zip_end(&zip, 0, 0);
	mm_buf_clear(&data);
	attach(mail, &zip.file);
}

/* Sixteen files in each, four levels, and a lot of nothing at the bottom. */
static void like_42(struct mm_buf *mail)
{
	const struct smp_member member = { .name = "a", .method = 8 };
	struct mm_buf data;
	struct smp_zip zip;

	mm_buf_init(&data, MAIL_MAX);
	for (int i = 0; i < 48; i++)
		smp_put(&data, (char[1 << 20]){ 0 }, 1 << 20);
	for (int level = 0; level < 5; level++) {
		smp_zip_init(&zip);
		for (int i = 0; i < (level == 0 ? 1 : 16); i++)
			smp_zip_add(&zip, &member, &data);
		smp_zip_end(&zip, 0, 0);
		mm_buf_clear(&data);
		data = zip.file;
	}
	attach(mail, &data);
}

/* One member's data, and a directory that names it again and again. */
static void overlapping(struct mm_buf *mail)
{
	const struct smp_member member = { .name = "a", .method = 8 };
	struct mm_buf data;
	struct smp_zip zip;
	size_t one;

	mm_buf_init(&data, MAIL_MAX);
	for (int i = 0; i < 20; i++)
		smp_put(&data, (char[1 << 20]){ 0 }, 1 << 20);
	smp_zip_init(&zip);
	smp_zip_add(&zip, &member, &data);
	mm_buf_clear(&data);
	one = zip.dir.len;
	for (int i = 1; i < 9000; i++) {
		char record[64];

		assert_true(one <= sizeof(record));
		memcpy(record, zip.dir.data, one);
		smp_put(&zip.dir, record, one);
		zip.count++;
	}
	smp_zip_end(&zip, 0, 0);
	attach(mail, &zip.file);
}

/* Local headers in a row before data that is long and unpacks to nothing. */
static void empty_blocks(struct mm_buf *mail)
{
	static const char header[] = "PK\3\4\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0"
		"\0\0\0\0\0\0\0\0\1\0\0\0a";
	struct mm_buf file;

	mm_buf_init(&file, MAIL_MAX);
	for (int i = 0; i < 9000; i++)
		smp_put(&file, header, 31);
	for (int i = 0; i < 5 << 20; i++)
		smp_put(&file, "\0\0\0\xff\xff", 5);
	attach(mail, &file);
}

/* libclamav inflates each of them, whatever limit it has passed. */
static void pdf_zeros(struct mm_buf *mail)
{
	const uLong size = 50u << 20;
	uLongf packed_len = compressBound(size);
	unsigned char *zeros = calloc(size, 1);
	unsigned char *packed = malloc(packed_len);
	struct mm_buf file;

	assert_true(zeros != NULL && packed != NULL);
	assert_int_equal(compress2(packed, &packed_len, zeros, size, 9), Z_OK);
	mm_buf_init(&file, MAIL_MAX);
	smp_put(&file, "%PDF-1.4\n", 9);
	for (int i = 0; i < 600; i++) {
		assert_int_equal(mm_buf_printf(&file, "%d 0 obj<</Length %lu"
			"/Filter/FlateDecode>>stream\n", i, packed_len), 0);
		smp_put(&file, packed, packed_len);
		put_many(&file, "\nendstream endobj\n", 1);
	}
	smp_put(&file, "%%EOF\n", 6);
	free(packed);
	free(zeros);
	attach(mail, &file);
}

static void zstd_zeros(struct mm_buf *mail)
{
	struct mm_buf data;
	struct mm_buf file;

	mm_buf_init(&data, MAIL_MAX);
	for (int i = 0; i < 64; i++)
		smp_put(&data, (char[1 << 20]){ 0 }, 1 << 20);
	smp_filter(&file, "zstd", data.data, data.len);
	mm_buf_clear(&data);
	attach(mail, &file);
}

/* Leaves with 0 when the mail is not called clean, or may be. */
static void child(void (*make)(struct mm_buf *mail), bool may_be_clean)
{
	const struct rlimit limit = { CPU_MAX_S, CPU_MAX_S };
	struct mm_report report;
	struct mm_buf mail;

	assert_int_equal(setrlimit(RLIMIT_CPU, &limit), 0);
	make(&mail);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	fix_print("", &report);
	fflush(stdout);
	_exit(report.findings.verdict == MM_VERDICT_NOT_CHECKED ||
	      (may_be_clean &&
	       report.findings.verdict == MM_VERDICT_CLEAN) ? 0 : 1);
}

static void test_bombs(void **state)
{
	static const struct {
		const char *name;
		void (*make)(struct mm_buf *mail);
		bool may_be_clean;	/* it is looked through */
	} cases[] = {
		{ "1,000,000 headers", headers, false },
		{ "100,000 parts", parts, false },
		{ "100,000 parameters", parameters, true },
		{ "100,000 pieces of a name", continuations, true },
		{ "10,000 multiparts in each other", nested_parts, false },
		{ "a header line of 20 MB", long_line, true },
		{ "3,000,000 addresses", addresses, false },
		{ "4,000,000 begins of uuencode", begin_lines, false },
		{ "7,000,000 parameters alike", parameters_alike, false },
		{ "6,000,000 parts between CR", dashes, false },
		{ "junk in base64", base64_junk, false },
		{ "a line for each letter", base64_letters, false },
		{ "45 MB of blanks", quoted_blanks, true },
		{ "500,000 groups in each other", groups, false },
		{ "a base64 line of 49 MB", long_base64, true },
		{ "a zip of 200,000 members", many_members, false },
		{ "zips within zips", like_42, false },
		{ "members over each other", overlapping, true },
		{ "empty blocks", empty_blocks, false },
		{ "30 GB of zeros in a PDF", pdf_zeros, false },
		{ "64 MB of zeros in zstd", zstd_zeros, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rusage usage;
		pid_t pid = fork();
		int status;
		long ms;

		assert_true(pid >= 0);
		if (pid == 0)
			child(cases[i].make, cases[i].may_be_clean);
		assert_int_equal(wait4(pid, &status, 0, &usage), pid);
		ms = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
		     (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
		print_message("%s: %ld ms, %ld MB\n", cases[i].name, ms,
			      usage.ru_maxrss >> 10);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
#ifndef __SANITIZE_ADDRESS__
		assert_true(usage.ru_maxrss < MEMORY_MAX_KB);
#endif
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bombs),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
