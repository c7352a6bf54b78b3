/*
 * Which content is unpacked here: what libclamav does not open at all.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never unpack again what libclamav has opened.
 */
#include "mamorid/inspect/archive.h"

#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "mamorid/inspect/archive_lha.h"
#include "mamorid/inspect/archive_rar.h"
#include "mamorid/inspect/archive_read.h"
#include "mamorid/inspect/limits.h"

static void unpack_rar(struct mm_walk *walk, const struct mm_item *item,
		       const unsigned char *data, size_t len)
{
	const struct mm_rar rar = mm_rar_read(data, len);
	char detail[64];

	if (rar.encrypted)
		mm_walk_find(walk, item, MM_KIND_ENCRYPTED, "encrypted: rar");
	if (rar.split)
		mm_walk_find(walk, item, MM_KIND_LIMIT,
			     MM_LIMIT_UNSUPPORTED
			     "rar in several volumes");
	if (rar.old) {
		snprintf(detail, sizeof(detail),
			 MM_LIMIT_UNSUPPORTED "rar %u.%u", rar.version / 10,
			 rar.version % 10);
		mm_walk_find(walk, item, MM_KIND_LIMIT, detail);
	}
	/* One of those is reason enough for what fails on the way. */
	mm_archive_unpack(walk, item, mm_format_of(data, len),
			  !rar.encrypted && !rar.split && !rar.old, data, len);
}

static void self_extracting(struct mm_walk *walk, const struct mm_item *item)
{
	size_t at = mm_rar_find(item->data, item->len);

	if (at < item->len) {
		unpack_rar(walk, item, item->data + at, item->len - at);
		return;
	}
	at = mm_lha_find(item->data, item->len, 0);
	if (at < item->len)
		mm_archive_unpack(walk, item, MM_FORMAT_LHA, false,
				  item->data + at, item->len - at);
}

/* libclamav reads the first of several streams. */
static bool has_more_streams(const struct mm_item *item)
{
	static const char block[] = "1AY&SY";	/* pi, as a block begins */
	const unsigned char *end = item->data + item->len;
	const unsigned char *pos = item->data + 4;

	while (pos < end &&
	       (pos = memmem(pos, (size_t)(end - pos), block, 6)) != NULL) {
		if (pos - item->data > 4 && memcmp(pos - 4, "BZh", 3) == 0)
			return true;
		pos++;
	}
	return false;
}

void mm_archive_analyze(struct mm_walk *walk, const struct mm_item *item)
{
	const enum mm_format format = mm_format_of(item->data, item->len);

	if (mm_format_is_program(item->type))
		self_extracting(walk, item);
	switch (format) {
	case MM_FORMAT_RAR4:
	case MM_FORMAT_RAR5:
		unpack_rar(walk, item, item->data, item->len);
		break;
	case MM_FORMAT_BZIP2:
		if (has_more_streams(item))
			mm_archive_unpack(walk, item, format, true, item->data,
					  item->len);
		break;
	case MM_FORMAT_AR:
	case MM_FORMAT_LZIP:
	case MM_FORMAT_ZSTD:
	case MM_FORMAT_LZ4:
	case MM_FORMAT_ACE:
	case MM_FORMAT_WIM:
		mm_archive_unpack(walk, item, format, true, item->data,
				  item->len);
		break;
	case MM_FORMAT_WARC:
	case MM_FORMAT_LZMA:
	case MM_FORMAT_COMPRESS:
		mm_archive_unpack(walk, item, format, false, item->data,
				  item->len);
		break;
	default:
		break;
	}
}
