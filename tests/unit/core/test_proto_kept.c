/* The kept bytes of protocol version 1 mean today what they meant then: what a
 * module sent, and what it was answered. */
#include "tests/unit/core/unit.h"

#include "core/fdutil.h"
#include "core/frame.h"
#include "core/proto.h"

#define FOLDER "tests/data/proto/v1/"

static void read_kept(const char *name, struct mm_buf *buf)
{
	char path[128];

	(void)snprintf(path, sizeof(path), FOLDER "%s", name);
	mm_buf_init(buf, MM_REQUEST_MAX);
	if (mm_read_file(path, buf) < 0)
		fail_msg("cannot read %s", path);
}

static void same(const char *name, const char *got, const char *want)
{
	if (got == NULL || want == NULL ? got != want : strcmp(got, want) != 0)
		fail_msg("%s: got %s, want %s", name,
			 got == NULL ? "nothing" : got,
			 want == NULL ? "nothing" : want);
}

struct request {
	const char *file;
	struct mm_scan_request want;
	const char *recipient; /* the last one */
	const char *first; /* how the first header begins */
};

static const struct request requests[] = {
	{ "inbound.scan",
	  { .trace = "1xUyrb-0003Zy-0x",
	    .sender = "yamada@sender.example",
	    .nrecipients = 2,
	    .nheaders = 10,
	    .host_address = "127.0.0.1",
	    .helo = "client.example",
	    .protocol = "esmtp",
	    .uid = 102,
	    .port = 29650,
	    .flags = MM_SCAN_SMTP,
	    .deadline = 0xc26f24 },
	  "bob@example.test",
	  "PReceived: from [127.0.0.1]" },
	{ "submission.scan",
	  { .trace = "1xUyrb-0003a1-1D",
	    .sender = "alice@example.test",
	    .nrecipients = 1,
	    .nheaders = 10,
	    .auth_id = "alice@example.test",
	    .host_address = "127.0.0.1",
	    .host_name = "client.example",
	    .helo = "client.example",
	    .protocol = "esmtpsa",
	    .tls_cipher = "TLS1.3:ECDHE_X25519__ECDSA_SECP256R1_SHA256__"
			  "AES_256_GCM:256",
	    .uid = 102,
	    .port = 29652,
	    .flags = MM_SCAN_SMTP | MM_SCAN_TLS,
	    .deadline = 0xc26f6c },
	  "friend@far.example",
	  "PReceived: from [127.0.0.1]" },
	{ "local.scan",
	  { .trace = "1xUyrb-0003aE-1J",
	    .sender = "games@example.test",
	    .nrecipients = 1,
	    .nheaders = 11,
	    .protocol = "local",
	    .login = "games",
	    .uid = 5,
	    .deadline = 0xc26f8a },
	  "alice@example.test",
	  "PReceived: from games" },
	{ "pending.scan",
	  { .trace = "1xUyrb-0003ah-1S",
	    .sender = "games@example.test",
	    .nrecipients = 1,
	    .nheaders = 12,
	    .protocol = "local-bsmtp",
	    .login = "games",
	    .uid = 5,
	    .flags = MM_SCAN_SMTP | MM_SCAN_BATCHED,
	    .deadline = 0xc26fb9,
	    .pending = true },
	  "alice@example.test",
	  "PReceived: from Debian-exim" },
};

static void check_request(const struct request *kept,
			  const struct mm_scan_request *got)
{
	const struct mm_scan_request *want = &kept->want;

	assert_int_equal(got->version, 1);
	same("trace", got->trace, want->trace);
	same("sender", got->sender, want->sender);
	same("auth_id", got->auth_id, want->auth_id);
	same("host_address", got->host_address, want->host_address);
	same("host_name", got->host_name, want->host_name);
	same("helo", got->helo, want->helo);
	same("protocol", got->protocol, want->protocol);
	same("tls_cipher", got->tls_cipher, want->tls_cipher);
	same("login", got->login, want->login);
	assert_int_equal(got->uid, want->uid);
	assert_int_equal(got->exim_uid, 102);
	assert_int_equal(got->port, want->port);
	assert_int_equal(got->flags, want->flags);
	assert_int_equal(got->deadline, want->deadline);
	assert_int_equal(got->body_offset, 19);
	assert_int_equal(got->pending, want->pending);
	assert_int_equal(got->nrecipients, want->nrecipients);
	same("recipient", got->recipients[got->nrecipients - 1],
	     kept->recipient);
	assert_int_equal(got->nheaders, want->nheaders);
	assert_int_equal(got->headers[0].type, kept->first[0]);
	assert_memory_equal(got->headers[0].text, kept->first + 1,
			    strlen(kept->first) - 1);
}

static void test_requests(void **state)
{
	struct mm_scan_request got;
	struct mm_buf buf;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		read_kept(requests[i].file, &buf);
		assert_int_equal(
			mm_scan_request_decode(buf.data, buf.len, &got), 0);
		check_request(&requests[i], &got);
		mm_scan_request_clear(&got);
		mm_buf_clear(&buf);
	}
}

static void test_verdicts(void **state)
{
	static const struct {
		const char *file;
		enum mm_action action;
		const char *reply, *log;
	} cases[] = {
		{ "accept.verdict", MM_ACTION_ACCEPT, NULL,
		  "verdict=clean action=accept" },
		{ "reject.verdict", MM_ACTION_REJECT,
		  "5.7.1 Message refused: it contains a virus "
		  "(Eicar-Signature)",
		  "verdict=infected action=reject reason=virus "
		  "virus=Eicar-Signature quarantined=yes" },
		{ "defer.verdict", MM_ACTION_DEFER,
		  "4.7.1 This message could not be checked for viruses now "
		  "(unavailable), please try again later",
		  "verdict=not-checked action=defer reason=unavailable" },
		{ "discard.verdict", MM_ACTION_DISCARD, NULL,
		  "verdict=infected action=discard reason=virus "
		  "virus=Eicar-Signature quarantined=yes" },
	};
	struct mm_scan_verdict got;
	struct mm_buf buf;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read_kept(cases[i].file, &buf);
		assert_int_equal(
			mm_scan_verdict_decode(buf.data, buf.len, &got), 0);
		assert_int_equal(got.version, 1);
		assert_int_equal(got.action, cases[i].action);
		same("reply", got.reply, cases[i].reply);
		same("log", got.log, cases[i].log);
		assert_int_equal(got.nedits, i == 0 ? 4 : 0);
		mm_scan_verdict_clear(&got);
		mm_buf_clear(&buf);
	}
}

static void test_edits(void **state)
{
	static const struct mm_edit want[] = {
		{ MM_EDIT_ADD_HEADER, 0,
		  "X-Mamori-Result: clean; id=1xUyrb-0003Zy-0x\n" },
		{ MM_EDIT_SET_HEADER, 2, "Subject: [MEIWAKU!!!] kept\n" },
		{ MM_EDIT_DELETE_HEADER, 3, NULL },
		{ MM_EDIT_REMOVE_RECIPIENT, 0, "bob@example.test" },
	};
	struct mm_scan_verdict got;
	struct mm_buf buf;
	size_t i;

	(void)state;
	read_kept("accept.verdict", &buf);
	assert_int_equal(mm_scan_verdict_decode(buf.data, buf.len, &got), 0);
	assert_int_equal(got.nedits, 4);
	for (i = 0; i < 4; i++) {
		assert_int_equal(got.edits[i].type, want[i].type);
		assert_int_equal(got.edits[i].index, want[i].index);
		same("edit", got.edits[i].text, want[i].text);
	}
	mm_scan_verdict_clear(&got);
	mm_buf_clear(&buf);
}

static void test_frames(void **state)
{
	static const struct {
		const char *file;
		uint16_t type;
	} cases[] = {
		{ "scan.frame", MM_FRAME_SCAN },
		{ "verdict.frame", MM_FRAME_VERDICT },
		{ "error.frame", MM_FRAME_ERROR },
	};
	struct mm_buf buf, payload;
	uint16_t type;
	uint32_t id;
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		read_kept(cases[i].file, &buf);
		assert_int_equal(
			mm_frame_head_get((const unsigned char *)buf.data,
					  MM_FRAME_MAX, &type, &id, &len),
			0);
		assert_int_equal(type, cases[i].type);
		assert_int_equal(id, 1);
		assert_int_equal(len, buf.len - MM_FRAME_HEAD);
		mm_buf_init(&payload, MM_FRAME_MAX);
		assert_int_equal(
			mm_buf_put(&payload, buf.data + MM_FRAME_HEAD, len), 0);
		if (type == MM_FRAME_ERROR)
			same("error", mm_error_text(&payload),
			     "malformed message");
		mm_buf_clear(&payload);
		mm_buf_clear(&buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
