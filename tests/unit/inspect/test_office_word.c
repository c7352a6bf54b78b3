/*
 * Binary Word documents: WordBasic, remote templates, fields; cut at each byte.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/office_word.h"

#define BASIC_AT 0x118

/* A document of Word 6 whose commands are at pos. */
static size_t word6(unsigned char *data, size_t size, uint16_t version,
		    const void *commands, size_t len)
{
	memset(data, 0, size);
	data[0] = 0xdc;
	data[1] = 0xa5;
	data[2] = (unsigned char)version;
	data[BASIC_AT] = 0x80;
	data[BASIC_AT + 1] = 0x01;
	data[BASIC_AT + 4] = (unsigned char)len;
	memcpy(data + 0x180, commands, len);
	return 0x180 + len;
}

static void test_basic(void **state)
{
	static const unsigned char macros[] = "\xff\1\2\0rest of the tables";
	static const unsigned char menus[] = "\xff\3\2\0rest of the tables";
	static const unsigned char none[] = "\xff\1\0\0\x40";
	unsigned char data[512], *copy;
	size_t len, cut;

	(void)state;
	len = word6(data, sizeof(data), 101, macros, sizeof(macros));
	assert_true(mm_office_word_basic(data, len));
	/* No byte is read that is not there. */
	for (cut = 0; cut < len; cut++) {
		copy = malloc(cut + 1);
		assert_non_null(copy);
		memcpy(copy, data, cut);
		assert_false(mm_office_word_basic(copy, cut));
		free(copy);
	}
	len = word6(data, sizeof(data), 0xc1, macros, sizeof(macros));
	assert_false(mm_office_word_basic(data, len));
	len = word6(data, sizeof(data), 104, menus, sizeof(menus));
	assert_false(mm_office_word_basic(data, len));
	len = word6(data, sizeof(data), 104, none, sizeof(none));
	assert_false(mm_office_word_basic(data, len));
	data[BASIC_AT + 3] = 0xff; /* far away */
	assert_false(mm_office_word_basic(data, len));
}

/* The list of names with this template. */
static size_t assoc(unsigned char *data, const char *template)
{
	static const char head[] = "table\xff\xff\x12\0\0\0\1\0x\0";
	size_t len = sizeof(head) - 1;

	memcpy(data, head, len);
	data[len++] = (unsigned char)strlen(template);
	data[len++] = 0;
	for (; *template != '\0'; template++) {
		data[len++] = (unsigned char)*template;
		data[len++] = 0;
	}
	return len;
}

static void test_template(void **state)
{
	static const struct {
		const char *path;
		bool want;
	} cases[] = {
		{ "http://203.0.113.9/a.dotm", true },
		{ "HTTPS://x.example/a", true },
		{ "\\\\x.example\\share\\a.dot", true },
		{ "file://x.example/a", true },
		{ "C:\\Users\\a\\Templates\\Normal.dotm", false },
		{ "Normal.dot", false },
		{ "", false },
	};
	unsigned char data[256], *copy;
	size_t i, len, cut;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		len = assoc(data, cases[i].path);
		assert_int_equal(mm_office_word_template(data, len),
				 cases[i].want);
		for (cut = 0; cut < len; cut++) {
			copy = malloc(cut + 1);
			assert_non_null(copy);
			memcpy(copy, data, cut);
			assert_false(mm_office_word_template(copy, cut));
			free(copy);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_basic),
		cmocka_unit_test(test_template),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
