/*
 * Unpacks archives by libarchive, from memory into memory. Formats and filters
 * are named one by one: none of them starts a program.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never pass over a member without a finding.
 */
#include "mamorid/inspect/archive_read.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/proto.h"
#include "mamorid/inspect/analyze.h"
#include "mamorid/inspect/limits.h"

#define CHUNK ((size_t)64 << 10)
#define EMPTY_MAX 10000u	/* blocks of nothing in a row, or nearly so */

struct unpacking {
	struct mm_walk *walk;
	const struct mm_item *item;
	enum mm_format format;
	bool sure;
	struct archive *ar;
	uint64_t headers;
	uint64_t members;	/* that something came out of */
	bool encrypted;
	bool opened;
	bool failed;		/* has been reported */
};

struct member {
	unsigned char *data;
	size_t len;
	size_t size;		/* allocated */
	bool broken;
};

static const struct {
	enum mm_format format;
	int (*support)(struct archive *ar);
} supports[] = {
	{ MM_FORMAT_RAR4, archive_read_support_format_rar },
	{ MM_FORMAT_RAR5, archive_read_support_format_rar5 },
	{ MM_FORMAT_LHA, archive_read_support_format_lha },
	{ MM_FORMAT_SEVENZIP, archive_read_support_format_7zip },
	{ MM_FORMAT_ISO, archive_read_support_format_iso9660 },
	{ MM_FORMAT_CAB, archive_read_support_format_cab },
	{ MM_FORMAT_CPIO, archive_read_support_format_cpio },
	{ MM_FORMAT_XAR, archive_read_support_format_xar },
	{ MM_FORMAT_AR, archive_read_support_format_ar },
	{ MM_FORMAT_WARC, archive_read_support_format_warc },
	{ MM_FORMAT_ZIP, archive_read_support_format_zip_streamable },
	{ MM_FORMAT_XZ, archive_read_support_filter_xz },
	{ MM_FORMAT_GZIP, archive_read_support_filter_gzip },
	{ MM_FORMAT_BZIP2, archive_read_support_filter_bzip2 },
	{ MM_FORMAT_LZMA, archive_read_support_filter_lzma },
	{ MM_FORMAT_LZIP, archive_read_support_filter_lzip },
	{ MM_FORMAT_ZSTD, archive_read_support_filter_zstd },
	{ MM_FORMAT_LZ4, archive_read_support_filter_lz4 },
	{ MM_FORMAT_COMPRESS, archive_read_support_filter_compress },
};

/* Those of a file without name or directory. */
static bool is_filter(enum mm_format format)
{
	return format >= MM_FORMAT_XZ && format <= MM_FORMAT_COMPRESS;
}

static void find_encrypted(struct unpacking *up)
{
	char detail[40];

	if (up->encrypted)
		return;
	up->encrypted = true;
	snprintf(detail, sizeof(detail), "encrypted: %s",
		 mm_format_name(up->format));
	mm_walk_find(up->walk, up->item, MM_KIND_ENCRYPTED, detail);
}

/* Content that nobody can check, not a failure of the scanner. */
static void fail(struct unpacking *up, const char *fallback)
{
	const char *why = archive_error_string(up->ar);
	struct mm_buf detail;

	if (why == NULL)
		why = fallback;
	if ((up->opened && archive_read_has_encrypted_entries(up->ar) > 0) ||
	    strcasestr(why, "encrypt") != NULL ||
	    strcasestr(why, "crypto") != NULL) {
		find_encrypted(up);
		return;
	}
	if (up->failed || (!up->sure && up->members == 0))
		return;
	up->failed = true;
	mm_buf_init(&detail, MM_TEXT_MAX);
	if (mm_buf_printf(&detail, MM_LIMIT_DAMAGED "%s: %.200s",
			  mm_format_name(up->format), why) < 0)
		mm_buf_reset(&detail);
	mm_walk_find(up->walk, up->item, MM_KIND_LIMIT, mm_buf_str(&detail));
	mm_buf_clear(&detail);
}

static void unsupported(struct unpacking *up)
{
	char detail[40];

	snprintf(detail, sizeof(detail), MM_LIMIT_UNSUPPORTED "%s",
		 mm_format_name(up->format));
	if (up->sure)
		mm_walk_find(up->walk, up->item, MM_KIND_LIMIT, detail);
}

static struct archive *open_archive(struct unpacking *up,
				    const unsigned char *data, size_t len)
{
	struct archive *ar = archive_read_new();
	bool supported = false;

	if (ar == NULL)
		return NULL;
	up->ar = ar;
	for (size_t i = 0; i < sizeof(supports) / sizeof(supports[0]); i++)
		if (supports[i].format == up->format)
			supported = supports[i].support(ar) == ARCHIVE_OK;
	if (!supported) {
		unsupported(up);
		return ar;
	}
	if (is_filter(up->format))
		(void)archive_read_support_format_raw(ar);
	/* Names need no conversion by modules that the jail does not have. */
	(void)archive_read_set_options(ar, "hdrcharset=UTF-8");
	if (archive_read_open_memory(ar, data, len) == ARCHIVE_OK)
		up->opened = true;
	else
		fail(up, "not understood");
	return ar;
}

/* Make room for a block at offset: zeros up to there. False beyond a limit. */
static bool grow(struct unpacking *up, struct member *member, uint64_t offset,
		 size_t len)
{
	unsigned char *more;
	size_t size = member->size;

	if (offset > mm_walk_room(up->walk) ||
	    len > mm_walk_room(up->walk) - offset) {
		mm_walk_stop(up->walk, up->item->leaf, MM_LIMIT_UNPACKED);
		return false;
	}
	while (size < offset + len)
		size = size < CHUNK ? CHUNK : 2 * size;
	if (size > member->size) {
		if ((more = realloc(member->data, size)) == NULL) {
			mm_walk_stop(up->walk, up->item->leaf, MM_LIMIT_MEMORY);
			return false;
		}
		member->data = more;
		member->size = size;
	}
	if (offset > member->len)
		memset(member->data + member->len, 0,
		       (size_t)offset - member->len);
	return true;
}

/* The bytes of one member, as many as come out. False when a limit ends the
 * walk. Not archive_read_data(): with an error it drops what came before. */
static bool read_member(struct unpacking *up, struct member *member)
{
	const void *block;
	unsigned int empty = 0;
	size_t len;
	la_int64_t offset;
	int rc;

	while (!mm_walk_stopped(up->walk, up->item->leaf)) {
		rc = archive_read_data_block(up->ar, &block, &len, &offset);
		if (rc == ARCHIVE_EOF)
			return true;
		if (rc < ARCHIVE_WARN || (rc == ARCHIVE_WARN && len == 0)) {
			/* Warnings at the end are about checksums. */
			member->broken = rc < ARCHIVE_WARN;
			return true;
		}
		if (len == 0 && ++empty < EMPTY_MAX)
			continue;
		if (len == 0) {
			member->broken = true;
			return true;
		}
		if (offset < 0 || !grow(up, member, (uint64_t)offset, len))
			return false;
		memcpy(member->data + offset, block, len);
		if ((size_t)offset + len > member->len)
			member->len = (size_t)offset + len;
	}
	return false;
}

/* False: no more of this archive. */
static bool take_member(struct unpacking *up, struct archive_entry *entry)
{
	const char *name = is_filter(up->format)
			   ? NULL : archive_entry_pathname_utf8(entry);
	const bool sized = archive_entry_size_is_set(entry) &&
			   archive_entry_size(entry) > 0;
	struct member member = { 0 };
	bool ok = true;

	if (!is_filter(up->format) && name == NULL)
		name = archive_entry_pathname(entry);
	if (name != NULL)
		mm_analyze_member(up->walk, up->item, name,
				  sized ? (uint64_t)archive_entry_size(entry)
					: 0);
	if (archive_entry_is_encrypted(entry)) {
		find_encrypted(up);
		return true;
	}
	/* Folders hold nothing, and some formats fail when asked for it. */
	if (archive_entry_filetype(entry) == AE_IFDIR)
		return true;
	if (sized && (uint64_t)archive_entry_size(entry) >
			     mm_walk_room(up->walk)) {
		mm_walk_stop(up->walk, up->item->leaf, MM_LIMIT_UNPACKED);
		return false;
	}
	if (!read_member(up, &member)) {
		free(member.data);
		return false;
	}
	if (member.len > 0) {
		up->members++;
		ok = mm_walk_push_take(up->walk, up->item, name, member.data,
				       member.len);
	} else {
		free(member.data);
	}
	/* From what is empty nothing is missing. */
	if (member.broken && (sized || member.len > 0 ||
			      !archive_entry_size_is_set(entry)))
		fail(up, "damaged");
	return ok;
}

static void read_members(struct unpacking *up)
{
	const uint64_t max = mm_walk_conf(up->walk)->limits_parts;
	struct archive_entry *entry;
	int rc;

	for (;;) {
		if (mm_walk_stopped(up->walk, up->item->leaf))
			return;
		rc = archive_read_next_header(up->ar, &entry);
		if (rc == ARCHIVE_EOF)
			return;
		if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN) {
			fail(up, "damaged");
			if (rc != ARCHIVE_RETRY && rc != ARCHIVE_FAILED)
				return;
			continue;
		}
		if (++up->headers > max) {
			mm_walk_stop(up->walk, up->item->leaf,
				     MM_LIMIT_PARTS);
			return;
		}
		/* Raw data that no filter has changed is the item again. */
		if (is_filter(up->format) && archive_filter_count(up->ar) < 2) {
			fail(up, "not understood");
			return;
		}
		if (!take_member(up, entry))
			return;
	}
}

bool mm_archive_unpack(struct mm_walk *walk, const struct mm_item *item,
		       enum mm_format format, bool sure,
		       const unsigned char *data, size_t len)
{
	struct unpacking up = {
		.walk = walk,
		.item = item,
		.format = format,
		.sure = sure,
	};

	if (open_archive(&up, data, len) == NULL) {
		mm_walk_find(walk, item, MM_KIND_ERROR, "no memory");
		return false;
	}
	if (up.opened)
		read_members(&up);
	archive_read_free(up.ar);
	return up.members > 0 && !up.failed && !up.encrypted;
}
