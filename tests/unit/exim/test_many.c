/* exim_local_scan/local_scan.c with a thousand recipients and edits: for
 * ASan and memcheck, whether it stays within Exim's lists. */
#include "tests/unit/exim/unit.h"

#include "tests/unit/exim/fixture.h"

#define RCPTS 1000u
#define LINES 100u
#define ADDRESS_MAX 24

static const struct fake_exim outside = {
	.smtp = true, .host = "192.0.2.1", .protocol = "esmtp",
	.sender = "s@out.test", .uid = FAKE_EXIM_UID, .message_id = ID,
};

static char addresses[RCPTS][ADDRESS_MAX];

static void begin_many(void)
{
	char line[40];
	unsigned int i;

	begin(&outside, NULL);
	for (i = 0; i < LINES; i++) {
		(void)snprintf(line, sizeof(line), "X-Line: %u\n", i);
		fake_exim_header(' ', line);
	}
	for (i = 0; i < RCPTS; i++) {
		(void)snprintf(addresses[i], ADDRESS_MAX, "u%u@here.test", i);
		fake_exim_recipient(addresses[i]);
	}
}

/* Every second line goes and the others grow; the same of the recipients but
 * for the last one, if one is to stay. */
static size_t many_edits(struct mm_edit *edits, bool one_stays)
{
	size_t n = 0, i;

	for (i = 0; i < LINES; i++)
		edits[n++] = (struct mm_edit){
			.type = i % 2 == 0 ? MM_EDIT_DELETE_HEADER
					   : MM_EDIT_SET_HEADER,
			.index = (uint32_t)i + 2,
			.text = i % 2 == 0 ? NULL : "X-Line: a longer one\n",
		};
	for (i = 0; i < RCPTS - (one_stays ? 1 : 0); i++)
		edits[n++] = (struct mm_edit){
			.type = MM_EDIT_REMOVE_RECIPIENT,
			.text = addresses[i],
		};
	edits[n++] = (struct mm_edit){ .type = MM_EDIT_REMOVE_RECIPIENT,
				       .text = "a@here.test" };
	edits[n++] = (struct mm_edit){ .type = MM_EDIT_REMOVE_RECIPIENT,
				       .text = "b@here.test" };
	return n;
}

static void a_thousand(bool one_stays)
{
	static struct mm_edit edits[RCPTS + LINES + 2];
	struct mm_scan_verdict verdict = { .action = MM_ACTION_ACCEPT,
					   .edits = edits };
	unsigned char *text = NULL;
	struct gate gate;
	int fds;

	begin_many();
	verdict.nedits = many_edits(edits, one_stays);
	gate = start_gate(&verdict, "new\n");
	fds = count_fds();
	assert_int_equal(local_scan(spool, &text), FAKE_ACCEPT);
	assert_int_equal(count_fds(), fds);
	end_gate(&gate);
	assert_string_equal(fake_exim_recipients(),
			    one_stays ? addresses[RCPTS - 1] : "");
	assert_null(strstr(fake_exim_headers(), "X-Line: 1\n"));
	assert_non_null(strstr(fake_exim_headers(), "X-Line: a longer one\n"));
	assert_string_equal(body(), "new\n");
	end();
}

static void one_of_a_thousand_stays(void **state)
{
	(void)state;
	a_thousand(true);
}

static void none_of_a_thousand_stays(void **state)
{
	(void)state;
	a_thousand(false);
}

static void a_thousand_are_discarded(void **state)
{
	struct mm_scan_verdict verdict = { .action = MM_ACTION_DISCARD };
	unsigned char *text = NULL;
	struct gate gate;

	(void)state;
	begin_many();
	gate = start_gate(&verdict, NULL);
	assert_int_equal(local_scan(spool, &text), FAKE_ACCEPT);
	end_gate(&gate);
	assert_string_equal(fake_exim_recipients(), "");
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_of_a_thousand_stays),
		cmocka_unit_test(none_of_a_thousand_stays),
		cmocka_unit_test(a_thousand_are_discarded),
	};

	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
