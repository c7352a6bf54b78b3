/*
 * Archives in a jailed inspector: unpacking needs no system call and no file
 * that the jail denies.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/pool_fixture.h"
#include "tests/unit/inspect/zip_samples.h"

#define HEADER "From: a@b\nSubject: archives\nMIME-Version: 1.0\n" \
	"Content-Type: application/octet-stream; name=a.bin\n" \
	"Content-Transfer-Encoding: base64\n"

/* file as the only part of a mail; takes it. */
static void want_virus(int conn, const char *name, struct mm_buf *file)
{
	struct mm_frame frame;
	struct mm_buf body;
	int fd;

	print_message("%s\n", name);
	mm_buf_init(&body, MAIL_MAX);
	fix_base64(&body, file->data, file->len);
	fd = body_file(body.data, body.len);
	assert_int_equal(ask(conn, fd, HEADER, mm_deadline_in(20000), 0), 0);
	assert_int_equal(receive(conn, &frame), 0);
	assert_int_equal(verdict_of(&frame), MM_VERDICT_INFECTED);
	mm_frame_clear(&frame);
	close(fd);
	mm_buf_clear(&body);
	mm_buf_clear(file);
}

static void test_filters(void **state)
{
	static const char *const filters[] = {
		"bzip2", "xz", "lzma", "lzip", "zstd", "lz4", "compress",
	};
	int conn = mm_unix_connect(sock_path);
	struct mm_buf payload;
	struct mm_buf file;

	(void)state;
	smp_payload(&payload);
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		smp_filter(&file, filters[i], payload.data, payload.len);
		want_virus(conn, filters[i], &file);
	}
	mm_buf_clear(&payload);
	close(conn);
}

static void test_formats(void **state)
{
	static const char *const formats[][2] = {
		{ "7zip", "compression=bzip2" }, { "7zip", "compression=ppmd" },
		{ "arbsd", NULL }, { "iso9660", NULL }, { "xar", NULL },
		{ "newc", NULL }, { "warc", NULL },
	};
	/* Names that are not ASCII want no character set from the disk. */
	static const char name[] = "\xe8\xab\x8b\xe6\xb1\x82.gz";
	int conn = mm_unix_connect(sock_path);
	struct mm_buf payload;
	struct mm_buf file;

	(void)state;
	smp_payload(&payload);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		fix_archive(&file, formats[i][0], formats[i][1], "a.gz",
			    payload.data, payload.len);
		want_virus(conn, formats[i][0], &file);
	}
	smp_rar4(&file, &(struct smp_rar){ 0, 0, 20, 0x30 }, name, &payload);
	want_virus(conn, "rar 4", &file);
	smp_rar4(&file, &(struct smp_rar){ 0, 0x200, 20, 0x30 }, name,
		 &payload);
	want_virus(conn, "rar 4 with a Unicode name", &file);
	smp_rar5(&file, SMP_OPEN, name, &payload);
	want_virus(conn, "rar 5", &file);
	smp_lha(&file, 2, "-lh0-", "\x90\xbf.gz", &payload);
	want_virus(conn, "lha", &file);
	smp_zip_one(&file, &(struct smp_member){ .name = name, .method = 8,
		    .central.method = -1 }, &payload);
	want_virus(conn, "zip", &file);
	mm_buf_clear(&payload);
	close(conn);
}

static int begin(void **state)
{
	char text[64];

	setup(state);
	start_pool();
	expect_pairs(MM_CHANNEL_READY, "signatures", text, sizeof(text));
	return 0;
}

static int end(void **state)
{
	assert_int_equal(mm_channel_send(channel, MM_CHANNEL_RETIRE, 0, NULL),
			 0);
	expect_exit(0);
	return teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_formats),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
