/*
 * The keeper at work: the way of an outbox row, and the control socket.
 */
#include "process.h"

/* ---- outbox ---------------------------------------------------------- */

static uint64_t take_item(int fd, struct mm_frame *frame,
			  enum mm_outbox_kind kind, const char *to)
{
	struct mm_outbox_item item;
	struct mm_buf bytes;
	uint64_t id;
	size_t len;

	recv_frame(fd, frame, MM_FRAME_OUTBOX_ITEM);
	mm_buf_init(&bytes, MM_LIST_MAX);
	assert_int_equal(mm_check_memfd(frame->fds[0], MM_LIST_MAX, &len), 0);
	assert_int_equal(mm_read_fd(frame->fds[0], 0, &bytes), 0);
	assert_int_equal(mm_outbox_item_decode(bytes.data, bytes.len, &item),
			 0);
	assert_int_equal(item.kind, kind);
	assert_string_equal(item.to, to);
	id = item.id;
	mm_buf_clear(&bytes);
	return id;
}

static uint64_t next_item(int fd, const char *to)
{
	struct mm_frame frame;
	uint64_t id;

	send_frame(fd, MM_FRAME_OUTBOX_NEXT, NULL, NULL, 0);
	id = take_item(fd, &frame, MM_OUTBOX_NOTICE, to);
	mm_frame_clear(&frame);
	return id;
}

static void done(int fd, uint64_t id, enum mm_outbox_outcome outcome,
		 uint16_t want)
{
	const struct mm_outbox_done answer = {
		.version = MM_PROTO_VERSION,
		.id = id,
		.outcome = outcome,
		.text = "said so",
	};
	struct mm_buf payload;
	struct mm_frame frame;

	mm_buf_init(&payload, 4096);
	assert_int_equal(mm_outbox_done_encode(&payload, &answer), 0);
	send_frame(fd, MM_FRAME_OUTBOX_DONE, &payload, NULL, 0);
	mm_buf_clear(&payload);
	recv_frame(fd, &frame, want);
	mm_frame_clear(&frame);
}

/* Rows of the outbox, once what was sent has been worked off. */
static int queued(void)
{
	int rows;

	(void)count_rows();
	fix_open();
	rows = outbox_rows();
	fix_close();
	return rows;
}

static void test_outbox(void **state)
{
	int first = connect_as("keeper.sock", COURIER);
	int second = connect_as("keeper.sock", COURIER);
	struct mm_frame frame;
	uint64_t id;

	(void)state;
	/* Parked until there is something, and only one gets it. */
	send_frame(first, MM_FRAME_OUTBOX_NEXT, NULL, NULL, 0);
	record_as(GATE, &mail);
	id = take_item(first, &frame, MM_OUTBOX_NOTICE, "u1@a.example");
	mm_frame_clear(&frame);
	done(second, id, MM_OUTBOX_SENT, MM_FRAME_ERROR);
	done(first, id + 1, MM_OUTBOX_SENT, MM_FRAME_ERROR);

	/* In flight when its connection ends: due again at once. */
	send_frame(second, MM_FRAME_OUTBOX_NEXT, NULL, NULL, 0);
	(void)close(first);
	id = take_item(second, &frame, MM_OUTBOX_NOTICE, "u1@a.example");
	mm_frame_clear(&frame);

	/* The second time it has to wait, and the other one comes first. */
	(void)close(second);
	second = connect_as("keeper.sock", COURIER);
	id = next_item(second, "u2@a.example");
	done(second, id, MM_OUTBOX_SENT, MM_FRAME_OK);

	/* Nothing is due now; a parked courier may leave. */
	send_frame(second, MM_FRAME_OUTBOX_NEXT, NULL, NULL, 0);
	(void)close(second);
	assert_int_equal(queued(), 1);
}

/* What was acknowledged survives a kill. */
static void test_killed(void **state)
{
	int fd;

	(void)state;
	record_as(GATE, &mail);
	assert_int_equal(kill(keeper.pid, SIGKILL), 0);
	assert_int_equal(waitpid(keeper.pid, NULL, 0), keeper.pid);
	mm_close(&keeper.master);
	start();
	fd = connect_as("keeper.sock", COURIER);
	done(fd, next_item(fd, "u1@a.example"), MM_OUTBOX_REFUSED, MM_FRAME_OK);
	done(fd, next_item(fd, "u2@a.example"), MM_OUTBOX_SENT, MM_FRAME_OK);
	(void)close(fd);
	assert_int_equal(queued(), 0);
	assert_int_equal(count_rows(), 2);
}

/* ---- control --------------------------------------------------------- */

static void test_control(void **state)
{
	struct mm_frame frame;
	struct mm_pairs row;
	struct mm_buf bytes, message;
	size_t len;

	(void)state;
	record_as(GATE, &mail);
	assert_int_equal(ask(MM_FRAME_CTL_QUARANTINE_LIST, "recipient",
			     "u1@a.example", &frame, &bytes, &row),
			 1);
	assert_string_equal(mm_pairs_get(&row, "id"), "1");
	assert_string_equal(mm_pairs_get(&row, "recipient"), "u1@a.example");
	assert_string_equal(mm_pairs_get(&row, "sender"), "eve@evil.example");
	assert_string_equal(mm_pairs_get(&row, "reason"), "virus");
	assert_string_equal(mm_pairs_get(&row, "detail"),
			    "Eicar-Test-Signature");
	answered(&frame, &bytes, &row);

	assert_int_equal(ask(MM_FRAME_CTL_QUARANTINE_SHOW, "id", "2", &frame,
			     &bytes, &row),
			 1);
	assert_int_equal(frame.nfds, 2);
	assert_int_equal(mm_check_rofile(frame.fds[1], 1 << 20, &len), 0);
	mm_buf_init(&message, 4096);
	assert_int_equal(mm_read_fd(frame.fds[1], 0, &message), 0);
	assert_string_equal(mm_buf_str(&message), HEADERS "\n" BODY);
	mm_buf_clear(&message);
	answered(&frame, &bytes, &row);

	expect_error(MM_FRAME_CTL_QUARANTINE_SHOW, "id", "99", "no quarant");
	expect_error(MM_FRAME_CTL_QUARANTINE_DELETE, "id", "99", "no quarant");
	expect_error(MM_FRAME_CTL_QUARANTINE_RELEASE, "id", "99", "no quarant");
	expect_error(MM_FRAME_CTL_QUARANTINE_SHOW, "id", "-1", "positive");
	expect_error(MM_FRAME_CTL_QUARANTINE_SHOW, "id", "1 OR 1", "positive");
	expect_error(MM_FRAME_CTL_QUARANTINE_SHOW, "x", "1", "positive");
	expect_error(MM_FRAME_CTL_QUARANTINE_LIST, "limit", "10001", "numbers");

	assert_int_equal(ask(MM_FRAME_CTL_QUARANTINE_DELETE, "id", "1", &frame,
			     &bytes, &row),
			 1);
	assert_string_equal(mm_pairs_get(&row, "text"), "deleted");
	answered(&frame, &bytes, &row);
	assert_int_equal(quarantine_files(), 1);
	(void)ask(MM_FRAME_CTL_QUARANTINE_DELETE, "id", "2", &frame, &bytes,
		  &row);
	answered(&frame, &bytes, &row);
	assert_int_equal(quarantine_files(), 0);
	assert_int_equal(count_rows(), 0);
}

static void release(const char *id, const char *want)
{
	struct mm_frame frame;
	struct mm_pairs row;
	struct mm_buf bytes;

	assert_int_equal(ask(MM_FRAME_CTL_QUARANTINE_RELEASE, "id", id, &frame,
			     &bytes, &row),
			 1);
	assert_string_equal(mm_pairs_get(&row, "text"), want);
	answered(&frame, &bytes, &row);
}

static void test_release(void **state)
{
	const struct mail quiet = { .recipients = { "u1@a.example" } };
	const struct mail quoted = { .recipients = { "\"a b\"@a.example" } };
	int fd = connect_as("keeper.sock", COURIER);
	struct mm_frame frame;
	uint64_t id;
	size_t len;

	(void)state;
	record_as(GATE, &quiet);
	release("1", "queued for release");
	release("1", "is queued for release already");
	send_frame(fd, MM_FRAME_OUTBOX_NEXT, NULL, NULL, 0);
	id = take_item(fd, &frame, MM_OUTBOX_RELEASE, "u1@a.example");
	assert_int_equal(frame.nfds, 2);
	assert_int_equal(mm_check_rofile(frame.fds[1], 1 << 20, &len), 0);
	mm_frame_clear(&frame);
	/* Still infected: it stays. */
	done(fd, id, MM_OUTBOX_REFUSED, MM_FRAME_OK);
	assert_int_equal(count_rows(), 1);
	release("1", "queued for release");
	send_frame(fd, MM_FRAME_OUTBOX_NEXT, NULL, NULL, 0);
	id = take_item(fd, &frame, MM_OUTBOX_RELEASE, "u1@a.example");
	mm_frame_clear(&frame);
	done(fd, id, MM_OUTBOX_SENT, MM_FRAME_OK);
	assert_int_equal(count_rows(), 0);
	assert_int_equal(quarantine_files(), 0);

	record_as(GATE, &quoted);
	expect_error(MM_FRAME_CTL_QUARANTINE_RELEASE, "id", "2", "plain");
	(void)close(fd);
}

/* We are the master: answer the keeper's next packet of this type. */
static void master_answers(uint16_t want, uint16_t type, const char *name,
			   const char *value, bool as_row)
{
	struct mm_frame frame;
	struct mm_buf pairs, rows;
	int r;

	mm_frame_init(&frame);
	do {
		assert_int_equal(mm_wait_fd(keeper.master, POLLIN,
					    mm_deadline_in(WAIT_MS)),
				 0);
		r = mm_channel_recv(keeper.master, &frame);
		assert_true(r >= 0);
	} while (r == 0 || frame.type != want);
	mm_buf_init(&pairs, 4096);
	mm_buf_init(&rows, 4096);
	assert_int_equal(mm_pair_put(&pairs, name, value), 0);
	assert_int_equal(mm_wire_put(&rows, MM_TAG_ROW, pairs.data, pairs.len),
			 0);
	assert_int_equal(mm_channel_send(keeper.master, type, frame.id,
					 as_row ? &rows : &pairs),
			 0);
	mm_buf_clear(&pairs);
	mm_buf_clear(&rows);
	mm_frame_clear(&frame);
}

static void test_master(void **state)
{
	int status = connect_as("control.sock", 0);
	int reload = connect_as("control.sock", 0);
	struct mm_frame frame;
	struct mm_buf bytes;

	(void)state;
	send_frame(status, MM_FRAME_CTL_STATUS, NULL, NULL, 0);
	master_answers(MM_CHANNEL_STATUS, MM_CHANNEL_STATUS_ROWS, "row",
		       "generation", true);
	recv_frame(status, &frame, MM_FRAME_CTL_ROWS);
	mm_buf_init(&bytes, MM_LIST_MAX);
	assert_int_equal(mm_read_fd(frame.fds[0], 0, &bytes), 0);
	assert_non_null(memmem(bytes.data, bytes.len, "outbox", 6));
	assert_non_null(memmem(bytes.data, bytes.len, "quarantine", 10));
	assert_non_null(memmem(bytes.data, bytes.len, "generation", 10));
	mm_buf_clear(&bytes);
	mm_frame_clear(&frame);

	send_frame(reload, MM_FRAME_CTL_RELOAD, NULL, NULL, 0);
	master_answers(MM_CHANNEL_RELOAD, MM_CHANNEL_RELOADING, "text",
		       "generation 2 is loading", false);
	recv_frame(reload, &frame, MM_FRAME_CTL_ROWS);
	mm_frame_clear(&frame);

	/* A silent master: the keeper's own rows; an error for a reload. */
	send_frame(status, MM_FRAME_CTL_STATUS, NULL, NULL, 0);
	send_frame(reload, MM_FRAME_CTL_RELOAD, NULL, NULL, 0);
	recv_frame(status, &frame, MM_FRAME_CTL_ROWS);
	mm_frame_clear(&frame);
	recv_frame(reload, &frame, MM_FRAME_ERROR);
	assert_non_null(strstr(mm_error_text(&frame.payload), "master"));
	mm_frame_clear(&frame);

	/* An answer that nobody waits for any more does no harm. */
	send_frame(status, MM_FRAME_CTL_STATUS, NULL, NULL, 0);
	(void)close(status);
	master_answers(MM_CHANNEL_STATUS, MM_CHANNEL_STATUS_ROWS, "row", "x",
		       true);
	assert_int_equal(count_rows(), 0);
	(void)close(reload);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_outbox),  CASE(test_killed), CASE(test_control),
		CASE(test_release), CASE(test_master),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
