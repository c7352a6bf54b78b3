/*
 * Compound files: their directory and streams, also of damaged ones.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include "mamorid/inspect/ole.h"
#include "tests/unit/inspect/office_samples.h"

static unsigned char large[10000];
static const struct smp_stream streams[] = {
	{ "Small", "what is small lies in the mini stream", 37 },
	{ "Large", large, sizeof(large) },
	{ "Longer than one mini sector", large, 1000 },
};

static int begin(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(large); i++)
		large[i] = (unsigned char)(i * 7 + i / 256);
	return 0;
}

static void test_streams(void **state)
{
	unsigned char copy[sizeof(large) + 10];
	struct mm_ole_entry entry;
	struct mm_ole *ole;
	struct mm_buf file;

	(void)state;
	smp_ole(&file, streams, 3);
	assert_int_equal(mm_ole_open(&ole, (unsigned char *)file.data,
				     file.len), 0);
	for (size_t i = 0; i < 3; i++) {
		size_t at = mm_ole_find(ole, MM_OLE_NONE, streams[i].name);

		assert_int_equal(at, i + 1);
		assert_int_equal(mm_ole_find(ole, 0, streams[i].name), at);
		assert_true(mm_ole_get(ole, at, &entry));
		assert_string_equal(entry.name, streams[i].name);
		assert_int_equal(entry.type, MM_OLE_STREAM);
		assert_int_equal(entry.size, streams[i].len);
		assert_int_equal(entry.parent, 0);
		assert_int_equal(mm_ole_read(ole, at, 0, copy, sizeof(copy)),
				 streams[i].len);
		assert_memory_equal(copy, streams[i].data, streams[i].len);
		/* A piece from the middle, and beyond the end. */
		assert_int_equal(mm_ole_read(ole, at, 20, copy, 10), 10);
		assert_memory_equal(copy, (const char *)streams[i].data + 20,
				    10);
		assert_int_equal(mm_ole_read(ole, at, streams[i].len - 5,
					     copy, 10), 5);
		assert_int_equal(mm_ole_read(ole, at, streams[i].len, copy,
					     10), 0);
	}
	assert_int_equal(mm_ole_find(ole, MM_OLE_NONE, "SMALL"), 1);
	assert_int_equal(mm_ole_find(ole, MM_OLE_NONE, "none"), MM_OLE_NONE);
	assert_int_equal(mm_ole_find(ole, 1, "Large"), MM_OLE_NONE);
	assert_false(mm_ole_get(ole, 4000, &entry));
	mm_ole_close(&ole);
	assert_null(ole);
	mm_buf_clear(&file);
}

/* Whatever is cut off or overwritten, the reader comes to an end. */
static void test_damaged(void **state)
{
	unsigned char copy[sizeof(large)];
	struct mm_ole *ole;
	struct mm_buf file;

	(void)state;
	smp_ole(&file, streams, 3);
	for (size_t len = 0; len < file.len; len += 97) {
		unsigned char *cut = mm_xcalloc(len + 1, 1);

		memcpy(cut, file.data, len);
		if (mm_ole_open(&ole, cut, len) == 0)
			for (size_t i = 0; i < mm_ole_count(ole); i++)
				(void)mm_ole_read(ole, i, 0, copy,
						  sizeof(copy));
		mm_ole_close(&ole);
		free(cut);
	}
	for (size_t i = 0; i < file.len; i += 3) {
		const char was = file.data[i];

		file.data[i] = (char)(was ^ 0xff);
		if (mm_ole_open(&ole, (unsigned char *)file.data,
				file.len) == 0)
			for (size_t k = 0; k < mm_ole_count(ole); k++)
				(void)mm_ole_read(ole, k, 0, copy,
						  sizeof(copy));
		mm_ole_close(&ole);
		file.data[i] = was;
	}
	mm_buf_clear(&file);
}

/* A chain that bites its tail, in the table and in the tree. */
static void test_loops(void **state)
{
	unsigned char copy[sizeof(large)];
	struct mm_ole *ole;
	struct mm_buf file;

	(void)state;
	smp_ole(&file, streams, 3);
	/* The last sector is the table; make all chains one step long. */
	for (uint32_t i = 0; i < 128; i++)
		memcpy(file.data + file.len - 512 + 4 * i, &i, 4);
	assert_int_equal(mm_ole_open(&ole, (unsigned char *)file.data,
				     file.len), 0);
	for (size_t i = 0; i < mm_ole_count(ole); i++)
		(void)mm_ole_read(ole, i, 0, copy, sizeof(copy));
	mm_ole_close(&ole);
	mm_buf_clear(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_loops),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
