/*
 * Variants in the outbox: every recipient is left, has got it, or has it in
 * quarantine.
 */
#include "fixture.h"

#include "mamorid/keeper/outbox_variant.h"

static const struct mail mail = {
	.recipients = { "u1@a.example" },
	.reason = "variant",
	.no_copy = true,
	.notices = { "u1@a.example" }, /* else the record would go */
};

static int64_t record;

/* A variant of a stored file, for so many recipients r0@x, r1@x, ... */
static void add(size_t count)
{
	struct mm_rcpt rcpts[120];
	char addresses[120][16];
	const struct mm_variant variant = { .options = "RET=HDRS",
					    .rcpts = rcpts,
					    .count = count };
	struct mm_record_result result;
	size_t i;

	assert_int_equal(fix_put(&mail, NOW, &result), 0);
	record = result.id;
	for (i = 0; i < count; i++) {
		(void)snprintf(addresses[i], sizeof(addresses[i]),
			       "r%03u@x.example", (unsigned int)i);
		rcpts[i] = (struct mm_rcpt){
			.address = addresses[i],
			.options = i == 0 ? "NOTIFY=NEVER" : NULL,
		};
	}
	assert_int_equal(mm_outbox_drop(fix.db, 1), 0); /* the notice */
	assert_int_equal(mm_db_begin(fix.db), 0);
	assert_int_equal(mm_outbox_add_variant(fix.db, record, &variant,
					       "abcd", 100, NOW),
			 0);
	assert_int_equal(mm_db_commit(fix.db), 0);
}

/* The recipients left in a row: "r000,r001". */
static const char *left(int64_t row)
{
	static char text[1024];
	struct mm_variant variant;
	struct mm_buf bytes;
	size_t i;
	int count;

	mm_buf_init(&bytes, MM_LIST_MAX);
	count = mm_outbox_variant_left(fix.db, row, &bytes);
	assert_true(count >= 0);
	text[0] = '\0';
	if (count > 0) {
		assert_int_equal(mm_variant_decode(bytes.data, bytes.len,
						   &variant),
				 0);
		assert_int_equal(variant.count, count);
		assert_string_equal(variant.options, "RET=HDRS");
		for (i = 0; i < variant.count; i++)
			(void)snprintf(text + strlen(text),
				       sizeof(text) - strlen(text), "%s%.4s",
				       i > 0 ? "," : "",
				       variant.rcpts[i].address);
		mm_variant_clear(&variant);
	}
	mm_buf_clear(&bytes);
	return text;
}

static int64_t number(const char *sql)
{
	int64_t num = 0;

	assert_true(mm_db_get(fix.db, &num, sql, "") >= 0);
	return num;
}

static int64_t first_row(void)
{
	return number("SELECT min(outbox) FROM variant");
}

static void test_rows_are_bounded(void **state)
{
	(void)state;
	add(120);
	assert_int_equal(number("SELECT count(*) FROM variant"), 3);
	assert_int_equal(number("SELECT count(*) FROM envelope"), 120);
	assert_int_equal(number("SELECT max(n) FROM (SELECT count(*) AS n FROM"
				" envelope GROUP BY outbox)"),
			 MM_OUTBOX_RCPTS_MAX);
}

static void test_some_are_left(void **state)
{
	struct mm_outbox_left not_to[] = {
		{ "r001@x.example", MM_OUTBOX_RETRY, "451" },
		{ "r002@x.example", MM_OUTBOX_REFUSED, "550" },
	};
	const struct mm_outbox_done done = { .outcome = MM_OUTBOX_SENT,
					     .left = not_to,
					     .nleft = 2 };
	int64_t row;

	(void)state;
	add(4);
	row = first_row();
	assert_string_equal(left(row), "r000,r001,r002,r003");
	assert_int_equal(mm_db_begin(fix.db), 0);
	assert_int_equal(mm_outbox_variant_sent(fix.db, row, &done), 0);
	assert_int_equal(mm_outbox_variant_keep(&fix.vault, row, record, &done,
						NOW),
			 1);
	assert_int_equal(mm_db_commit(fix.db), 0);
	assert_string_equal(left(row), "r001");
	assert_int_equal(number("SELECT count(*) FROM quarantine WHERE"
				" recipient = 'r002@x.example' AND"
				" hash = 'abcd'"),
			 1);
	/* Given up: the last one is kept as well. */
	assert_int_equal(mm_db_begin(fix.db), 0);
	assert_int_equal(mm_outbox_variant_keep(&fix.vault, row, record, NULL,
						NOW),
			 1);
	assert_int_equal(mm_outbox_drop(fix.db, row), 0);
	assert_int_equal(mm_db_commit(fix.db), 0);
	assert_int_equal(number("SELECT count(*) FROM quarantine"), 2);
	assert_int_equal(number("SELECT count(*) FROM envelope"), 0);
}

static void test_the_file_stays_while_it_is_needed(void **state)
{
	(void)state;
	add(60);
	assert_int_equal(mm_vault_uses(&fix.vault, "abcd"), 1);
	assert_int_equal(mm_outbox_drop(fix.db, first_row()), 0);
	assert_int_equal(mm_vault_uses(&fix.vault, "abcd"), 1);
	assert_int_equal(mm_outbox_drop(fix.db, first_row()), 0);
	assert_int_equal(mm_vault_uses(&fix.vault, "abcd"), 0);
	assert_int_equal(number("SELECT count(*) FROM trash"), 1);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fix_setup, fix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rows_are_bounded),
		TEST(test_some_are_left),
		TEST(test_the_file_stays_while_it_is_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
