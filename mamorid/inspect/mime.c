/*
 * Reads the structure of a message with GMime: decoded leaves with the names
 * that a user sees. The only file that knows GMime.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never let a message decide how much memory or time the reading takes:
 * GMime itself bounds neither headers nor parts.
 */
#include "mamorid/inspect/mime.h"

#include <gmime/gmime.h>
#include <iconv.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "mamorid/inspect/limits.h"
#include "mamorid/inspect/mime_bounds.h"
#include "mamorid/xalloc.h"

#define HEADERS_MAX 100000u	/* about 0.5 KB of memory each */
#define HEAD_MAX 65536u		/* of a message that is not read */
#define DEPTH_MAX 100u		/* multiparts and messages in each other */
#define PART_TEXT_MAX 1024u

static const char *const charsets[] = {
	"UTF-8", "ISO-2022-JP", "SHIFT_JIS", "CP932", "EUC-JP", "EUC-JISX0213",
	"ISO-2022-JP-3", "ISO-8859-1", "ISO-8859-2", "ISO-8859-3",
	"ISO-8859-4", "ISO-8859-5", "ISO-8859-6", "ISO-8859-7", "ISO-8859-8",
	"ISO-8859-9", "ISO-8859-10", "ISO-8859-13", "ISO-8859-14",
	"ISO-8859-15", "ISO-8859-16", "WINDOWS-1250", "WINDOWS-1251",
	"WINDOWS-1252", "WINDOWS-1253", "WINDOWS-1254", "WINDOWS-1255",
	"WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258", "WINDOWS-874",
	"KOI8-R", "KOI8-U", "TIS-620", "GB2312", "GBK", "GB18030", "BIG5",
	"BIG5-HKSCS", "EUC-KR", "CP949", "ISO-2022-KR", "ISO-2022-CN", "UTF-7",
	"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "US-ASCII",
};

static iconv_t loaded[G_N_ELEMENTS(charsets)];

/* Text without a declared character set is most often one of these. */
static const char *fallback_charsets[] = { "UTF-8", "CP932", "ISO-8859-1",
					   NULL };

static GMimeParserOptions *parser_options;
static EVP_MD *sha256;

void mm_mime_init(void)
{
	if (parser_options != NULL)
		return;
	g_mime_init();
	/* The handles stay open: closing one unloads its module. A character
	 * set that iconv does not know is not held. */
	for (size_t i = 0; i < G_N_ELEMENTS(charsets); i++)
		loaded[i] = iconv_open("UTF-8", charsets[i]);
	parser_options = g_mime_parser_options_new();
	g_mime_parser_options_set_fallback_charsets(parser_options,
						    fallback_charsets);
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

static void hash(const unsigned char *data, size_t len,
		 unsigned char hash_r[MM_LEAF_HASH])
{
	unsigned int hash_len = 0;

	if (sha256 == NULL ||
	    EVP_Digest(data, len, hash_r, &hash_len, sha256, NULL) != 1 ||
	    hash_len != MM_LEAF_HASH)
		abort();
}

void mm_mime_text_hash(const unsigned char *data, size_t len,
		       unsigned char hash_r[MM_LEAF_HASH])
{
	unsigned char *copy = mm_xcalloc(len + 1, 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		if (data[i] != '\r' || i + 1 == len || data[i + 1] != '\n')
			copy[n++] = data[i];
	while (n > 0 && copy[n - 1] == '\n')
		n--;
	hash(copy, n, hash_r);
	free(copy);
}

struct reading {
	struct mm_mail *mail;
	const struct mm_mime_limits *limits;
	GMimeStream *stream;
	size_t headers;
	size_t objects;		/* of every kind, empty ones too */
};

static void give_up(struct reading *rd, const char *limit)
{
	if (rd->mail->limit == NULL)
		rd->mail->limit = limit;
}

static size_t headers_max(const struct mm_mime_limits *limits)
{
	return limits->headers > 0 ? limits->headers : HEADERS_MAX;
}

static bool out_of_time(struct reading *rd)
{
	if (rd->limits->deadline == MM_DEADLINE_NONE ||
	    mm_now_ms() < rd->limits->deadline)
		return false;
	give_up(rd, MM_LIMIT_TIME);
	return true;
}

/* Called for every header. There is no way to stop the parser but the end of
 * its input. */
static void on_header(GMimeParser *parser, const char *name,
		      const char *value, gint64 offset, gpointer context)
{
	struct reading *rd = context;

	(void)parser, (void)name, (void)value, (void)offset;
	rd->headers++;
	if (rd->headers > headers_max(rd->limits))
		give_up(rd, MM_LIMIT_HEADERS);
	else if (rd->headers % 1024 != 0 || !out_of_time(rd))
		return;
	rd->stream->bound_end = rd->stream->position;
}

static struct mm_leaf *new_leaf(struct mm_mail *mail)
{
	size_t size = mail->size == 0 ? 8 : mail->size * 2;
	struct mm_leaf *leaves;

	if (mail->count == mail->size) {
		leaves = mm_xcalloc(size, sizeof(*leaves));
		if (mail->count > 0)
			memcpy(leaves, mail->leaves,
			       mail->count * sizeof(*leaves));
		free(mail->leaves);
		mail->leaves = leaves;
		mail->size = size;
	}
	return &mail->leaves[mail->count++];
}

static char *leaf_name(GMimePart *part)
{
	const char *name = g_mime_part_get_filename(part);

	return mm_xstrdup(name != NULL ? name : "");
}

static bool is_body(GMimePart *part, const struct mm_leaf *leaf, bool inner)
{
	GMimeContentDisposition *disposition =
		g_mime_object_get_content_disposition(GMIME_OBJECT(part));

	if (inner || leaf->name[0] != '\0' ||
	    g_ascii_strncasecmp(leaf->mime_type, "text/", 5) != 0)
		return false;
	return disposition == NULL ||
	       g_ascii_strcasecmp(g_mime_content_disposition_get_disposition(
				disposition), "attachment") != 0;
}

/* The parser hands out windows on the stream that it reads. */
static void locate(const struct reading *rd, GMimeDataWrapper *content,
		   struct mm_leaf *leaf)
{
	GMimeStream *stream = g_mime_data_wrapper_get_stream(content);

	leaf->base64 = g_mime_data_wrapper_get_encoding(content) ==
		       GMIME_CONTENT_ENCODING_BASE64;
	if (!GMIME_IS_STREAM_MEM(stream) ||
	    GMIME_STREAM_MEM(stream)->buffer !=
		    GMIME_STREAM_MEM(rd->stream)->buffer ||
	    stream->bound_start < 0 ||
	    stream->bound_end < stream->bound_start)
		return;
	leaf->raw_begin = (size_t)stream->bound_start;
	leaf->raw_end = (size_t)stream->bound_end;
}

static void decode(const struct reading *rd, GMimePart *part,
		   struct mm_leaf *leaf)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *stream = g_mime_stream_mem_new();
	GByteArray *bytes;

	leaf->content = stream;
	if (content != NULL)
		g_mime_data_wrapper_write_to_stream(content, stream);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	leaf->data = bytes->data;
	leaf->size = bytes->len;
	if (content != NULL)
		locate(rd, content, leaf);
}

static void add_part(struct reading *rd, GMimePart *part, const char *number,
		     bool inner)
{
	struct mm_leaf *leaf = new_leaf(rd->mail);
	char *type;

	leaf->part = mm_xstrdup(number);
	leaf->name = leaf_name(part);
	type = g_mime_content_type_get_mime_type(
		g_mime_object_get_content_type(GMIME_OBJECT(part)));
	leaf->mime_type = mm_xstrdup(type);
	g_free(type);
	leaf->in_body = is_body(part, leaf, inner);
	decode(rd, part, leaf);
}

static void walk(struct reading *rd, GMimeObject *object, const char *number,
		 unsigned int depth, bool inner);

static void walk_multipart(struct reading *rd, GMimeMultipart *multipart,
			   const char *number, unsigned int depth, bool inner)
{
	const char *dot = number[0] != '\0' ? "." : "";
	char child[PART_TEXT_MAX];
	int count = g_mime_multipart_get_count(multipart);

	for (int i = 0; i < count && rd->mail->limit == NULL; i++) {
		g_snprintf(child, sizeof(child), "%s%s%d", number, dot, i + 1);
		walk(rd, g_mime_multipart_get_part(multipart, i), child,
		     depth + 1, inner);
	}
}

/* RFC 3501 6.4.5: the only part of a message in part 2 is 2.1, and the first
 * part of a multipart message in part 2 is 2.1 as well. */
static void walk_message(struct reading *rd, GMimeMessage *message,
			 const char *number, unsigned int depth, bool inner)
{
	GMimeObject *top = g_mime_message_get_mime_part(message);
	char child[PART_TEXT_MAX];

	if (top == NULL)
		return;
	if (GMIME_IS_MULTIPART(top)) {
		walk(rd, top, number, depth + 1, inner);
		return;
	}
	g_snprintf(child, sizeof(child), "%s%s1", number,
		   number[0] != '\0' ? "." : "");
	walk(rd, top, child, depth + 1, inner);
}

static void walk(struct reading *rd, GMimeObject *object, const char *number,
		 unsigned int depth, bool inner)
{
	if (object == NULL)
		return;
	if (++rd->objects > rd->limits->parts) {
		give_up(rd, MM_LIMIT_PARTS);
	} else if (depth > DEPTH_MAX) {
		give_up(rd, MM_LIMIT_DEPTH);
	} else if (GMIME_IS_MULTIPART(object)) {
		walk_multipart(rd, GMIME_MULTIPART(object), number, depth,
			       inner);
	} else if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *message = g_mime_message_part_get_message(
			GMIME_MESSAGE_PART(object));

		if (message != NULL)
			walk_message(rd, message, number, depth, true);
	} else if (GMIME_IS_PART(object) && !out_of_time(rd)) {
		add_part(rd, GMIME_PART(object), number, inner);
	}
}

static void read_headers(struct mm_mail *mail, GMimeMessage *message)
{
	InternetAddressList *from = g_mime_message_get_from(message);
	const char *subject = g_mime_message_get_subject(message);
	const char *date = g_mime_object_get_header(GMIME_OBJECT(message),
						    "Date");
	const char *id = g_mime_object_get_header(GMIME_OBJECT(message),
						  "Message-ID");
	char *text;

	if (from != NULL) {
		text = internet_address_list_to_string(from, NULL, FALSE);
		mail->from = text != NULL ? mm_xstrdup(text) : NULL;
		g_free(text);
	}
	if (subject != NULL)
		mail->subject = mm_xstrdup(subject);
	if (date != NULL)
		mail->date = mm_xstrdup(date);
	if (id != NULL)
		mail->message_id = mm_xstrdup(id);
}

/* Nothing that GMime calls a message: everything is one part. */
static void whole_as_leaf(struct mm_mail *mail, const unsigned char *data,
			  size_t len)
{
	struct mm_leaf *leaf = new_leaf(mail);

	leaf->part = mm_xstrdup("1");
	leaf->name = mm_xstrdup("");
	leaf->mime_type = mm_xstrdup("text/plain");
	leaf->in_body = true;
	leaf->data = data;
	leaf->size = len;
}

/* The length of the header, 0 when that itself is too much. */
static size_t head_length(const unsigned char *data, size_t len)
{
	const unsigned char *end = memmem(data, len, "\n\n", 2);

	if (end != NULL)
		len = (size_t)(end - data) + 1;
	return len <= HEAD_MAX ? len : 0;
}

static void parse(struct reading *rd, const unsigned char *data, size_t len)
{
	GByteArray bytes = { .data = (guint8 *)(uintptr_t)data,
			     .len = (guint)len };
	GMimeMessage *message;
	GMimeParser *parser;

	rd->stream = g_mime_stream_mem_new_with_byte_array(&bytes);
	g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(rd->stream), FALSE);
	parser = g_mime_parser_new_with_stream(rd->stream);
	g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
	/* A regular expression, to be compiled for each mail. */
	if (!mm_mime_few_lines(data, len, headers_max(rd->limits)))
		g_mime_parser_set_header_regex(parser, "", on_header, rd);
	message = g_mime_parser_construct_message(parser, parser_options);
	if (message == NULL) {
		if (rd->mail->limit == NULL && len > 0)
			whole_as_leaf(rd->mail, data, len);
	} else {
		read_headers(rd->mail, message);
		if (!rd->mail->refused)
			walk_message(rd, message, "", 0, false);
		g_object_unref(message);
	}
	g_object_unref(parser);
	g_object_unref(rd->stream);
}

void mm_mime_read(const unsigned char *data, size_t len,
		  const struct mm_mime_limits *limits, struct mm_mail *mail_r)
{
	struct reading rd = { .mail = mail_r, .limits = limits };
	const size_t headers = headers_max(limits);
	const char *limit = MM_LIMIT_MESSAGE;

	memset(mail_r, 0, sizeof(*mail_r));
	if (len <= G_MAXINT32)
		limit = mm_mime_bounds(data, len, limits->parts, headers);
	if (limit != NULL) {
		give_up(&rd, limit);
		mail_r->refused = true;
		/* From and Subject may still be told. */
		len = head_length(data, len);
		if (mm_mime_bounds(data, len, limits->parts, headers) != NULL)
			len = 0;
	}
	if (len > 0 || limit == NULL)
		parse(&rd, data, len);
}

void mm_mime_clear(struct mm_mail *mail)
{
	for (size_t i = 0; i < mail->count; i++) {
		struct mm_leaf *leaf = &mail->leaves[i];

		free(leaf->part);
		free(leaf->name);
		free(leaf->mime_type);
		if (leaf->content != NULL)
			g_object_unref(leaf->content);
	}
	free(mail->leaves);
	free(mail->from);
	free(mail->subject);
	free(mail->date);
	free(mail->message_id);
	memset(mail, 0, sizeof(*mail));
}
