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
#define WEB 33u
#define VMAIL 70u
#define LIST 38u
#define CUSTOMER 1001u
#define SMTP MM_SCAN_SMTP
#define BSMTP (MM_SCAN_SMTP | MM_SCAN_BATCHED)
#define WORLD .host_address = "192.0.2.1"
#define LOGIN .login = "login"

static const struct mm_users users = {
	.root = true,
	.courier = { .uid = COURIER },
	.exim = { .uid = EXIM },
	.web = { { WEB }, 1 },
	.dovecot = { { VMAIL }, 1 },
	.lists = { { LIST }, 1 },
};

static const struct {
	const char *name;
	struct mm_scan_request req;
	bool relay;
	enum mm_source source;
	enum mm_direction direction;
	const char *login; /* whose account is warned */
} rows[] = {
	{ "another server", { .flags = SMTP, WORLD, .sender = "a@b" }, false,
	  MM_SOURCE_HOST, MM_DIRECTION_INBOUND, NULL },
	{ "with the courier's uid number",
	  { .flags = SMTP, WORLD, .uid = COURIER, .sender = "", LOGIN }, false,
	  MM_SOURCE_HOST, MM_DIRECTION_INBOUND, NULL },
	{ "as Exim's bounce",
	  { .flags = SMTP, WORLD, .uid = EXIM, .sender = "" }, false,
	  MM_SOURCE_HOST, MM_DIRECTION_INBOUND, NULL },
	{ "loopback without AUTH",
	  { .flags = SMTP, .host_address = "127.0.0.1", .sender = "a@b" },
	  false, MM_SOURCE_LOOPBACK, MM_DIRECTION_INBOUND, NULL },
	{ "another loopback address",
	  { .flags = SMTP, .host_address = "127.1.2.3", .sender = "a@b" },
	  false, MM_SOURCE_LOOPBACK, MM_DIRECTION_INBOUND, NULL },
	{ "loopback of IPv6",
	  { .flags = SMTP, .host_address = "::1", .sender = "a@b" }, false,
	  MM_SOURCE_LOOPBACK, MM_DIRECTION_INBOUND, NULL },
	{ "AUTH",
	  { .flags = SMTP, WORLD, .auth_id = "u@d", .sender = "a@b" }, false,
	  MM_SOURCE_AUTH, MM_DIRECTION_OUTBOUND, "u@d" },
	{ "AUTH from loopback: webmail",
	  { .flags = SMTP, .host_address = "127.0.0.1", .auth_id = "u@d",
	    .sender = "a@b" },
	  false, MM_SOURCE_AUTH, MM_DIRECTION_OUTBOUND, "u@d" },
	{ "AUTH from a relay host",
	  { .flags = SMTP, WORLD, .auth_id = "u@d", .sender = "a@b" }, true,
	  MM_SOURCE_AUTH, MM_DIRECTION_OUTBOUND, "u@d" },
	{ "relay host", { .flags = SMTP, WORLD, .sender = "a@b" }, true,
	  MM_SOURCE_RELAY, MM_DIRECTION_OUTBOUND, NULL },
	{ "relay host's bounce", { .flags = SMTP, WORLD, .sender = "" }, true,
	  MM_SOURCE_RELAY, MM_DIRECTION_OUTBOUND, NULL },
	{ "PHP mail()", { .uid = CUSTOMER, .sender = "a@b", LOGIN }, false,
	  MM_SOURCE_CUSTOMER, MM_DIRECTION_LOCAL, "login" },
	{ "a customer's null sender",
	  { .uid = CUSTOMER, .sender = "", LOGIN }, false, MM_SOURCE_CUSTOMER,
	  MM_DIRECTION_LOCAL, "login" },
	{ "a customer's -bs",
	  { .flags = SMTP, .uid = CUSTOMER, .sender = "a@b", LOGIN }, false,
	  MM_SOURCE_CUSTOMER, MM_DIRECTION_LOCAL, "login" },
	{ "a customer's -bS",
	  { .flags = BSMTP, .uid = CUSTOMER, .sender = "a@b", LOGIN }, false,
	  MM_SOURCE_CUSTOMER, MM_DIRECTION_LOCAL, "login" },
	{ "a customer, with AUTH written into the protocol",
	  { .uid = CUSTOMER, .sender = "a@b", .protocol = "esmtpa", LOGIN },
	  false, MM_SOURCE_CUSTOMER, MM_DIRECTION_LOCAL, "login" },
	{ "the web server", { .uid = WEB, .sender = "a@b", LOGIN }, false,
	  MM_SOURCE_WEB, MM_DIRECTION_LOCAL, "login" },
	{ "root and cron", { .uid = 0, .sender = "root@host", LOGIN }, false,
	  MM_SOURCE_ROOT, MM_DIRECTION_LOCAL, "login" },
	{ "Sieve's redirect", { .uid = VMAIL, .sender = "a@b", LOGIN }, false,
	  MM_SOURCE_DOVECOT, MM_DIRECTION_LOCAL, NULL },
	{ "Sieve's vacation", { .uid = VMAIL, .sender = "", LOGIN }, false,
	  MM_SOURCE_DOVECOT, MM_DIRECTION_LOCAL, NULL },
	{ "list software", { .uid = LIST, .sender = "l-bounces@d", LOGIN },
	  false, MM_SOURCE_LISTS, MM_DIRECTION_INBOUND, NULL },
	{ "Exim's bounce", { .uid = EXIM, .sender = "", LOGIN }, false,
	  MM_SOURCE_BOUNCE, MM_DIRECTION_INBOUND, NULL },
	{ "Exim's uid with a sender",
	  { .uid = EXIM, .sender = "a@b", LOGIN }, false, MM_SOURCE_EXIM,
	  MM_DIRECTION_LOCAL, NULL },
	{ "Exim's uid by -bs", { .flags = SMTP, .uid = EXIM, .sender = "" },
	  false, MM_SOURCE_EXIM, MM_DIRECTION_LOCAL, NULL },
	{ "courier's notice", { .flags = SMTP, .uid = COURIER, .sender = "" },
	  false, MM_SOURCE_COURIER, MM_DIRECTION_OWN, NULL },
	{ "courier's variant",
	  { .flags = SMTP, .uid = COURIER, .sender = "a@b" }, false,
	  MM_SOURCE_COURIER, MM_DIRECTION_OWN, NULL },
	{ "courier without SMTP is nothing of ours",
	  { .uid = COURIER, .sender = "a@b", LOGIN }, false,
	  MM_SOURCE_CUSTOMER, MM_DIRECTION_LOCAL, "login" },
	{ "pending re-scan of a customer's null sender",
	  { .flags = BSMTP, .uid = CUSTOMER, .pending = true, .sender = "",
	    LOGIN },
	  false, MM_SOURCE_CUSTOMER, MM_DIRECTION_LOCAL, "login" },
	{ "pending re-scan of a bounce",
	  { .flags = BSMTP, .uid = EXIM, .pending = true, .sender = "" },
	  false, MM_SOURCE_BOUNCE, MM_DIRECTION_INBOUND, NULL },
	{ "pending mail of the courier's uid is scanned",
	  { .flags = BSMTP, .uid = COURIER, .pending = true, .sender = "" },
	  false, MM_SOURCE_CUSTOMER, MM_DIRECTION_LOCAL, NULL },
	{ "a pending mark does not make the courier",
	  { .flags = SMTP, .uid = COURIER, .pending = true, .sender = "" },
	  false, MM_SOURCE_CUSTOMER, MM_DIRECTION_LOCAL, NULL },
};

static void test_sources(void **state)
{
	const char *login;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const enum mm_source got =
			mm_source_of(&rows[i].req, &users, rows[i].relay);

		print_message("  %s\n", rows[i].name);
		assert_int_equal(got, rows[i].source);
		assert_int_equal(mm_source_direction(got), rows[i].direction);
		login = mm_source_login(got, &rows[i].req);
		if (rows[i].login == NULL)
			assert_null(login);
		else
			assert_string_equal(login, rows[i].login);
	}
}

static void test_every_source_has_its_row(void **state)
{
	unsigned int source, seen;
	size_t i;

	(void)state;
	for (source = MM_SOURCE_HOST; source < MM_SOURCES; source++) {
		assert_non_null(mm_source_name((enum mm_source)source));
		assert_int_not_equal(
			mm_source_direction((enum mm_source)source), 0);
		for (seen = 0, i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			seen += rows[i].source == source;
		assert_true(seen > 0);
	}
}

static void test_who_reads_a_reply(void **state)
{
	static const struct {
		struct mm_scan_request req;
		bool want;
	} asked[] = {
		{ { .flags = SMTP, WORLD }, true },
		{ { .flags = SMTP, .uid = CUSTOMER }, true },
		{ { .flags = BSMTP, .uid = CUSTOMER }, false },
		{ { .uid = CUSTOMER }, false },
		{ { .flags = BSMTP, .pending = true }, false },
		{ { .flags = SMTP, .pending = true }, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		assert_int_equal(mm_source_reads_reply(&asked[i].req),
				 asked[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_every_source_has_its_row),
		cmocka_unit_test(test_who_reads_a_reply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
