/*
 * What comes before a mail is taken apart: its bounds, whether it is plain, and
 * which base64 is left out. Lines of base64 stand where the input has a NUL,
 * as many as its first byte says. Built with clang -fsanitize=fuzzer,address.
 */
#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/base64_cut.h"
#include "mamorid/inspect/mime.h"
#include "mamorid/inspect/mime_bounds.h"
#include "mamorid/inspect/plain_mail.h"
#include "mamorid/xalloc.h"

#define PARTS_MAX 200u
#define LINES 2u /* for each of what the first byte counts */
#define LONG_ENOUGH 20000u /* for bounds to be looked at */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	mm_mime_init();
	return 0;
}

static void put(struct mm_buf *buf, const void *data, size_t len)
{
	if (mm_buf_put(buf, data, len) < 0)
		abort();
}

static void make_mail(const unsigned char *data, size_t len,
		      struct mm_buf *mail)
{
	static const char line[] =
		"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJz"
		"dHV2d3h5ejAx\n";
	const unsigned int count = data[0] * LINES;

	mm_buf_init(mail, (size_t)64 << 20);
	for (size_t i = 1; i < len; i++) {
		if (data[i] != '\0')
			put(mail, data + i, 1);
		else if (mail->len < (size_t)1 << 20)
			for (unsigned int n = 0; n < count; n++)
				put(mail, line, sizeof(line) - 1);
	}
}

/* The text again and again. */
static void look_at_bounds(const unsigned char *data, size_t len)
{
	struct mm_buf buf;
	const char *first;

	mm_buf_init(&buf, (size_t)64 << 20);
	while (len > 0 && buf.len < LONG_ENOUGH)
		put(&buf, data, len);
	first = mm_mime_bounds((const unsigned char *)buf.data, buf.len, 10,
			       100);
	if (first == NULL &&
	    mm_mime_bounds((const unsigned char *)buf.data, buf.len, 100,
			   1000) != NULL)
		abort();
	mm_buf_clear(&buf);
}

static void look_at_cuts(const struct mm_source *source, struct mm_mail *mail)
{
	struct mm_base64_cuts cuts;
	size_t gone = 0;
	size_t pos = 0;

	if (mm_base64_cut(source, mail, &cuts) < 0)
		abort();
	for (size_t i = 0; i < cuts.count; i++) {
		const struct mm_base64_cut *cut = &cuts.list[i];

		if (cut->begin < pos || cut->end < cut->begin ||
		    cut->end > source->len || cut->leaf >= mail->count ||
		    cut->head + cut->skipped > mail->leaves[cut->leaf].size)
			abort();
		gone += cut->end - cut->begin;
		pos = cut->end;
	}
	if (cuts.count > 0 && cuts.len + gone != source->len)
		abort();
	for (size_t i = 0; i < mail->count; i++)
		(void)mm_base64_is_rest(&cuts, mail, mail->leaves[i].data,
					mail->leaves[i].size);
	(void)mm_plain_mail(source->data + source->prefix,
			    source->len - source->prefix, mail);
	if (cuts.count > 0)
		(void)mm_plain_mail(cuts.data + source->prefix,
				    cuts.len - source->prefix, mail);
	mm_base64_cuts_clear(&cuts);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	const struct mm_mime_limits limits = {
		.parts = PARTS_MAX, .deadline = MM_DEADLINE_NONE,
	};
	struct mm_source source;
	struct mm_mail mail;
	struct mm_buf buf;

	if (len < 2)
		return 0;
	look_at_bounds(data + 1, len - 1);
	make_mail(data, len, &buf);
	if (mm_source_from_memory(&source, buf.data, buf.len, SIZE_MAX) < 0)
		abort();
	mm_mime_read(source.data + source.prefix, source.len - source.prefix,
		     &limits, &mail);
	look_at_cuts(&source, &mail);
	mm_mime_clear(&mail);
	mm_source_clear(&source);
	mm_buf_clear(&buf);
	return 0;
}
