/*
 * Signatures that are bound to a mail, and the twins that are not.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "tests/unit/inspect/fixture.h"
#include "mamorid/inspect/bound.h"

#define TWIN MM_BOUND_NAME "0;"

static const struct {
	const char *name;
	const char *kind;
	const char *line;
	const char *twin;	/* "" for none */
	bool untwinned;
} cases[] = {
	{ "container", "ldb",
	  "A;Engine:51-255,Container:CL_TYPE_MAIL,Target:1;0;aabb",
	  TWIN "Engine:51-255,Target:1;0;aabb\n", false },
	{ "container first", "ldb", "A;Container:CL_TYPE_MAIL,Target:1;0;aa",
	  TWIN "Target:1;0;aa\n", false },
	{ "container alone", "ldb", "A;Container:CL_TYPE_MAIL;0&1;aa;bb",
	  TWIN "Target:0;0&1;aa;bb\n", false },
	{ "intermediates", "ldu",
	  "A;Engine:81-255,Target:1,Container:CL_TYPE_ZIP,"
	  "Intermediates:CL_TYPE_MAIL>CL_TYPE_ZIP;0;aa\r\n",
	  TWIN "Engine:81-255,Target:1,Container:CL_TYPE_ZIP;0;aa\n", false },
	{ "size of a mail", "ldb",
	  "A;Engine:51-255,Target:4,FileSize:1-9;0;aa",
	  TWIN "Engine:51-255,Target:4;0;aa\n", false },
	{ "trigger of a bytecode", "cbc",
	  "BC.A.{X,Y};Engine:56-255,Container:CL_TYPE_MAIL,Target:0;0;aa",
	  TWIN "Engine:56-255,Target:0;0;aa\n", false },
	{ "size of a program", "ldb",
	  "A;Engine:51-255,Target:1,FileSize:1-9;0;aa", "", false },
	{ "another container", "ldb",
	  "A;Engine:51-255,Container:CL_TYPE_ZIP,Target:1;0;aa", "", false },
	{ "only in the pattern", "ldb", "A;Target:1;0;CL_TYPE_MAIL", "",
	  false },
	{ "only in the name", "ldb", "CL_TYPE_MAIL;Target:1;0;aa", "",
	  false },
	{ "comment", "ldb", "# Container:CL_TYPE_MAIL", "", false },
	{ "no fields", "ldb", "CL_TYPE_MAIL", "", false },
	{ "empty", "ldb", "", "", false },
	{ "member of a zip", "cdb", "A:CL_TYPE_ZIP:*:x:5:6:*:*:*:*", "",
	  false },
	{ "part of a mail, any size", "cdb", "A:CL_TYPE_MAIL:*:x:*:*:*:1:*:*",
	  "", false },
	{ "part of a mail, one size", "cdb", "A:CL_TYPE_MAIL:*:x:5:*:*:1:*:*",
	  "", true },
	{ "part of a mail, real size", "cdb",
	  "A:CL_TYPE_MAIL:*:x:*:7-9:*:1:*:*", "", true },
	{ "size of the mail", "cdb", "A:CL_TYPE_MAIL:500:x:*:*:*:1:*:*", "",
	  true },
	{ "member of anything", "cdb", "A:*:*:x:5:*:*:*:*:*", "", true },
};

static void test_lines(void **state)
{
	struct mm_bound bound;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(&bound, 0, sizeof(bound));
		mm_buf_init(&bound.twins, 4096);
		print_message("%s\n", cases[i].name);
		assert_int_equal(mm_bound_line(&bound, cases[i].kind,
					       cases[i].line,
					       strlen(cases[i].line)), 0);
		assert_string_equal(mm_buf_str(&bound.twins), cases[i].twin);
		assert_int_equal(bound.untwinned, cases[i].untwinned);
		mm_bound_clear(&bound);
	}
}

#define LINE "A;Container:CL_TYPE_MAIL,Target:1;0;aa\n"

static void put(const char *name, const void *data, size_t len)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", fix_db, name);
	fix_write(path, data, len);
}

static size_t twins(void)
{
	struct mm_bound bound;
	size_t count = 0;

	assert_int_equal(mm_bound_read(fix_db, &bound), 0);
	for (size_t i = 0; i < bound.twins.len; i++)
		count += bound.twins.data[i] == '\n';
	mm_bound_clear(&bound);
	return count;
}

/* Lists, and the container that ClamAV publishes: a header and a tar. */
static void test_folder(void **state)
{
	struct mm_bound bound;
	struct mm_buf tar;
	struct mm_buf file;

	(void)state;
	assert_int_equal(twins(), 0);
	put("a.ldb", LINE LINE, 2 * strlen(LINE));
	put("a.ndb", LINE, strlen(LINE));
	assert_int_equal(twins(), 2);
	fix_archive(&tar, "ustar", NULL, "daily.ldb", LINE, strlen(LINE));
	mm_buf_init(&file, MAIL_MAX);
	for (int i = 0; i < 512; i++)
		assert_int_equal(mm_buf_puts(&file, " "), 0);
	assert_int_equal(mm_buf_put(&file, tar.data, tar.len), 0);
	put("daily.cld", file.data, file.len);
	assert_int_equal(twins(), 3);
	put("daily.cld", file.data, 100);
	assert_true(mm_bound_read(fix_db, &bound) < 0);
	mm_bound_clear(&bound);
	assert_int_equal(mm_bound_read("/nowhere", &bound), MM_ERR_SYS);
	mm_bound_clear(&bound);
	mm_buf_clear(&file);
	mm_buf_clear(&tar);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_folder),
	};

	return cmocka_run_group_tests(tests, fix_open, fix_close);
}
