/* Every decoder of core/proto.h; the first byte picks one. What is decoded is
 * encoded and decoded again. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/proto.h"
#include "core/proto_history.h"
#include "core/proto_rewrite.h"
#include "core/proto_variant.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int encoded, int decoded)
{
	if (encoded < 0 || decoded < 0)
		abort();
}

#define ROUND_TRIP(type, decode, encode, clear)                              \
	do {                                                                 \
		struct type value, again;                                    \
		if (decode(data, size, &value) == 0) {                       \
			r = encode(&buf, &value);                            \
			check(r, decode(buf.data, buf.len, &again));         \
			clear(&again);                                       \
		}                                                            \
		clear(&value);                                               \
	} while (0)

static void keep(const void *value)
{
	(void)value;
}

static int encode_history(struct mm_buf *buf, const struct mm_history *history)
{
	size_t next;
	int r = mm_history_encode(buf, history, 0, &next);

	if (r == 0 && next != history->nrecipients)
		abort();
	return r;
}

static void decode_pairs(const uint8_t *data, size_t size)
{
	struct mm_pairs pairs;
	struct mm_buf buf;
	size_t i, len = 0;

	if (mm_pairs_decode(data, size, &pairs) == 0)
		for (i = 0; i < pairs.count; i++)
			len += strlen(pairs.list[i].name) +
			       strlen(pairs.list[i].value);
	if (len > size)
		abort();
	mm_pairs_clear(&pairs);
	mm_buf_init(&buf, size);
	if (mm_buf_put(&buf, data, size) == 0 &&
	    strlen(mm_error_text(&buf)) > MM_TEXT_MAX)
		abort();
	mm_buf_clear(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mm_buf buf;
	uint8_t which;
	int r;

	if (size == 0)
		return 0;
	which = *data++;
	size--;
	mm_buf_init(&buf, 64u << 20);
	switch (which % 12) {
	case 0:
		ROUND_TRIP(mm_scan_request, mm_scan_request_decode,
			   mm_scan_request_encode, mm_scan_request_clear);
		break;
	case 1:
		ROUND_TRIP(mm_scan_verdict, mm_scan_verdict_decode,
			   mm_scan_verdict_encode, mm_scan_verdict_clear);
		break;
	case 2:
		ROUND_TRIP(mm_inspect_request, mm_inspect_request_decode,
			   mm_inspect_request_encode, keep);
		break;
	case 3:
		ROUND_TRIP(mm_findings, mm_findings_decode,
			   mm_findings_encode, mm_findings_clear);
		break;
	case 4:
		ROUND_TRIP(mm_record, mm_record_decode, mm_record_encode,
			   mm_record_clear);
		break;
	case 5:
		ROUND_TRIP(mm_outbox_item, mm_outbox_item_decode,
			   mm_outbox_item_encode, keep);
		break;
	case 6:
		ROUND_TRIP(mm_outbox_done, mm_outbox_done_decode,
			   mm_outbox_done_encode, mm_outbox_done_clear);
		break;
	case 7:
		ROUND_TRIP(mm_rewrite_request, mm_rewrite_request_decode,
			   mm_rewrite_request_encode,
			   mm_rewrite_request_clear);
		break;
	case 8:
		ROUND_TRIP(mm_rewrite_result, mm_rewrite_result_decode,
			   mm_rewrite_result_encode, mm_rewrite_result_clear);
		break;
	case 9:
		ROUND_TRIP(mm_variant, mm_variant_decode, mm_variant_encode,
			   mm_variant_clear);
		break;
	case 10:
		ROUND_TRIP(mm_history, mm_history_decode, encode_history,
			   mm_history_clear);
		break;
	default:
		decode_pairs(data, size);
		break;
	}
	mm_buf_clear(&buf);
	return 0;
}
