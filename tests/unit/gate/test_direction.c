/*
 * Directions: every cell of (socket, AUTH, host, uid), and who is warned.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "mamorid/gate/direction.h"

#define COURIER 50u
#define EXIM 60u
#define CUSTOMER 1001u
#define SMTP MM_SCAN_SMTP
#define BSMTP (MM_SCAN_SMTP | MM_SCAN_BATCHED)

static const struct mm_users users = {
	.root = true,
	.courier = { .uid = COURIER },
	.exim = { .uid = EXIM },
};

static const struct {
	const char *name;
	struct mm_scan_request req;
	enum mm_direction want;
} rows[] = {
	{ "outside host",
	  { .flags = SMTP, .host_address = "192.0.2.1", .sender = "a@b" },
	  MM_DIRECTION_INBOUND },
	{ "loopback without AUTH",
	  { .flags = SMTP, .host_address = "127.0.0.1", .sender = "a@b" },
	  MM_DIRECTION_INBOUND },
	{ "AUTH",
	  { .flags = SMTP,
	    .host_address = "192.0.2.1",
	    .auth_id = "u@example.test",
	    .sender = "a@b" },
	  MM_DIRECTION_OUTBOUND },
	{ "outside host with the courier's uid number",
	  { .flags = SMTP,
	    .host_address = "192.0.2.1",
	    .uid = COURIER,
	    .sender = "" },
	  MM_DIRECTION_INBOUND },
	{ "PHP mail()",
	  { .uid = CUSTOMER, .sender = "a@b" },
	  MM_DIRECTION_LOCAL },
	{ "a customer's null sender",
	  { .uid = CUSTOMER, .sender = "" },
	  MM_DIRECTION_LOCAL },
	{ "a customer's -bs",
	  { .flags = SMTP, .uid = CUSTOMER, .sender = "a@b" },
	  MM_DIRECTION_LOCAL },
	{ "a customer's -bS",
	  { .flags = BSMTP, .uid = CUSTOMER, .sender = "a@b" },
	  MM_DIRECTION_LOCAL },
	{ "cron", { .uid = 0, .sender = "root@host" }, MM_DIRECTION_LOCAL },
	{ "courier's notice",
	  { .flags = SMTP, .uid = COURIER, .sender = "" },
	  MM_DIRECTION_OWN },
	{ "courier without SMTP is nothing of ours",
	  { .uid = COURIER, .sender = "a@b" },
	  MM_DIRECTION_LOCAL },
	{ "Exim's bounce", { .uid = EXIM, .sender = "" },
	  MM_DIRECTION_LOCAL },
	{ "Exim's uid with a sender",
	  { .uid = EXIM, .sender = "a@b" },
	  MM_DIRECTION_LOCAL },
	{ "pending re-scan of a null sender",
	  { .flags = BSMTP, .uid = CUSTOMER, .pending = true, .sender = "" },
	  MM_DIRECTION_LOCAL },
	{ "pending mail of the courier's uid is scanned",
	  { .flags = BSMTP, .uid = COURIER, .pending = true, .sender = "" },
	  MM_DIRECTION_LOCAL },
};

static void test_directions(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("  %s\n", rows[i].name);
		assert_int_equal(mm_direction_of(&rows[i].req, &users),
				 rows[i].want);
	}
}

static void test_accounts(void **state)
{
	char *keys[] = { (char *)"web1", (char *)"short" };
	char *values[] = { (char *)"o@example.test", (char *)"s@example.test" };
	struct mm_conf conf;
	struct mm_scan_request req = { .auth_id = "u@example.test" };

	(void)state;
	memset(&conf, 0, sizeof(conf));
	conf.local_owners = (struct mm_conf_map){ keys, values, 2 };
	assert_string_equal(
		mm_direction_account(MM_DIRECTION_OUTBOUND, &req, &conf),
		"u@example.test");
	assert_null(mm_direction_account(MM_DIRECTION_INBOUND, &req, &conf));
	req.auth_id = "short";
	assert_string_equal(
		mm_direction_account(MM_DIRECTION_OUTBOUND, &req, &conf),
		"s@example.test");
	req.auth_id = "unknown";
	assert_null(mm_direction_account(MM_DIRECTION_OUTBOUND, &req, &conf));
	req.login = "web1";
	assert_string_equal(
		mm_direction_account(MM_DIRECTION_LOCAL, &req, &conf),
		"o@example.test");
	req.login = "root";
	assert_null(mm_direction_account(MM_DIRECTION_LOCAL, &req, &conf));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_directions),
		cmocka_unit_test(test_accounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
