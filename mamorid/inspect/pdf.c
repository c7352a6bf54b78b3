/*
 * What a PDF runs: JavaScript, programs, rich media. Names may be written with
 * escapes, and objects lie in compressed streams.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 */
#include "mamorid/inspect/pdf.h"

#include <string.h>

#include "mamorid/inspect/limits.h"
#include "mamorid/inspect/name.h"
#include "mamorid/inspect/pdf_stream.h"

#define HEADER_MAX 1024u	/* what readers skip before "%PDF-" */
#define DICT_MAX 4096u
#define FILE_MAX 256u
#define STREAMS_MAX 100000u

struct pdf {
	struct mm_walk *walk;
	const struct mm_item *item;
};

static const struct {
	const char *name;
	bool weak;	/* short enough to turn up in compressed data */
	const char *detail;
} names[] = {
	{ "JavaScript", false, "script: pdf javascript" },
	{ "JS", true, "script: pdf javascript" },
	{ "Launch", false, "script: pdf launch" },
	{ "RichMedia", false, "script: pdf rich media" },
};

static int hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The ASCII of a string in parentheses or hex digits, UTF-16 or not. */
static void read_string(const unsigned char *data, size_t len,
			char text[FILE_MAX])
{
	size_t used = 0, i = 1;

	while (i < len && used < FILE_MAX - 1) {
		int c = data[i++];

		if (data[0] == '(') {
			if (c == ')')
				break;
			if (c == '\\' && i < len)
				c = data[i++];
		} else {
			if (c == '>')
				break;
			if ((c = hex_value((unsigned char)c)) < 0 || i >= len)
				continue;
			c = c << 4 | (hex_value(data[i]) & 15);
			i++;
		}
		if (c >= ' ' && c < 0x7f)
			text[used++] = (char)c;
	}
	text[used] = '\0';
}

/* The file of a specification: /F (setup.exe) or /UF <FEFF...>. */
static void file_name(struct pdf *pdf, const unsigned char *data, size_t len)
{
	char text[FILE_MAX];
	size_t i = 0;

	while (i < len && i < 16 && data[i] <= ' ')
		i++;
	if (i >= len || (data[i] != '(' && data[i] != '<') ||
	    (len - i > 1 && data[i] == '<' && data[i + 1] == '<'))
		return;
	read_string(data + i, len - i, text);
	mm_name_member(pdf->walk, pdf->item, text);
}

static void look_at_names(struct pdf *pdf, const unsigned char *data,
			  size_t len, bool compressed)
{
	const unsigned char *end = data + len;
	const unsigned char *pos = data;
	char name[MM_PDF_NAME];

	while ((pos = memchr(pos, '/', (size_t)(end - pos))) != NULL) {
		pos += mm_pdf_name(pos, (size_t)(end - pos), name);
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (strcmp(name, names[i].name) == 0 &&
			    !(compressed && names[i].weak))
				mm_walk_find(pdf->walk, pdf->item,
					     MM_KIND_SCRIPT,
					     names[i].detail);
		if (!compressed && (strcmp(name, "F") == 0 ||
				    strcmp(name, "UF") == 0))
			file_name(pdf, pos, (size_t)(end - pos));
	}
}

static bool object_stream(void *context, const unsigned char *data, size_t len)
{
	struct pdf *pdf = context;

	if (!mm_walk_unpacked(pdf->walk, pdf->item->leaf, len))
		return false;
	look_at_names(pdf, data, len, false);
	return !mm_walk_stopped(pdf->walk, pdf->item->leaf);
}

/* The dictionary in front of a stream: what follows the last "obj". */
static const unsigned char *dictionary(const unsigned char *begin,
				       const unsigned char *stream)
{
	const unsigned char *pos = stream;

	if ((size_t)(stream - begin) > DICT_MAX)
		begin = stream - DICT_MAX;
	while (pos - begin > 3) {
		pos--;
		if (memcmp(pos - 3, "obj", 3) == 0)
			return pos;
	}
	return begin;
}

static bool is_object_stream(const unsigned char *dict, size_t len)
{
	const unsigned char *end = dict + len;
	const unsigned char *pos = dict;
	char name[MM_PDF_NAME];

	while ((pos = memchr(pos, '/', (size_t)(end - pos))) != NULL) {
		pos += mm_pdf_name(pos, (size_t)(end - pos), name);
		if (strcmp(name, "ObjStm") == 0)
			return true;
	}
	return false;
}

/* The next keyword "stream", not "endstream". */
static const unsigned char *find_stream(const unsigned char *begin,
					const unsigned char *pos,
					const unsigned char *end)
{
	while ((pos = memmem(pos, (size_t)(end - pos), "stream", 6)) != NULL) {
		if (end - pos > 6 && (pos[6] == '\r' || pos[6] == '\n' ||
				      pos[6] == ' ') &&
		    (pos - begin < 3 || memcmp(pos - 3, "end", 3) != 0))
			return pos;
		pos += 6;
	}
	return NULL;
}

static void look_at_streams(struct pdf *pdf, const unsigned char *data,
			    size_t len)
{
	const unsigned char *end = data + len;
	const unsigned char *pos = data, *stream, *stop;
	const struct mm_pdf_sink sink = {
		.context = pdf, .piece = object_stream,
	};
	unsigned int count = 0;

	while ((stream = find_stream(data, pos, end)) != NULL &&
	       !mm_walk_stopped(pdf->walk, pdf->item->leaf)) {
		const unsigned char *dict = dictionary(pos, stream);
		const unsigned char *content = stream + 6;

		look_at_names(pdf, pos, (size_t)(stream - pos), false);
		while (content < end && content - stream < 8 &&
		       *content <= ' ')
			content++;
		stop = memmem(content, (size_t)(end - content), "endstream",
			      9);
		if (stop == NULL)
			stop = end;
		if (!is_object_stream(dict, (size_t)(stream - dict)))
			look_at_names(pdf, content, (size_t)(stop - content),
				      true);
		else if (count++ < STREAMS_MAX)
			mm_pdf_decode(dict, (size_t)(stream - dict), content,
				      (size_t)(stop - content), &sink);
		else
			mm_walk_stop(pdf->walk, pdf->item->leaf,
				     MM_LIMIT_PARTS);
		pos = stop;
	}
	look_at_names(pdf, pos, (size_t)(end - pos), false);
}

void mm_pdf_analyze(struct mm_walk *walk, const struct mm_item *item)
{
	struct pdf pdf = { .walk = walk, .item = item };
	size_t head = item->len < HEADER_MAX ? item->len : HEADER_MAX;

	if (strcmp(item->type, "mail") == 0 ||
	    memmem(item->data, head, "%PDF-", 5) == NULL)
		return;
	look_at_streams(&pdf, item->data, item->len);
}
