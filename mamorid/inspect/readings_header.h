#ifndef MM_INSPECT_READINGS_HEADER_H
#define MM_INSPECT_READINGS_HEADER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The header of a message or of a part, as tolerant as the most tolerant of
 * clients: what any of them may take it for.
 */
#define MM_ENC_PLAIN 0x1u /* 7bit, 8bit, binary, uuencode */
#define MM_ENC_BASE64 0x2u
#define MM_ENC_QUOTED 0x4u
#define MM_ENC_ALL (MM_ENC_PLAIN | MM_ENC_BASE64 | MM_ENC_QUOTED)

#define MM_BOUNDARY_MAX 256u

struct mm_line {
	size_t begin;
	size_t end; /* without its line end: LF, CR, CR LF */
	size_t next;
};

/* The line at pos, which is at most len. */
struct mm_line mm_line_at(const unsigned char *data, size_t len, size_t pos);

/* Nothing but spaces and tabs? */
bool mm_line_blank(const unsigned char *data, const struct mm_line *line);

/* Does it continue the line before (RFC 5322 2.2.3)? */
bool mm_line_folded(const unsigned char *data, const struct mm_line *line);

/* Does a Content-Type, Content-Transfer-Encoding or Content-Disposition begin
 * here, for somebody? Characters that do not belong there are passed over. */
bool mm_line_is_mime_field(const unsigned char *data,
			   const struct mm_line *line);

/* "Name: value"? */
bool mm_line_is_field(const unsigned char *data, const struct mm_line *line);

struct mm_head {
	unsigned int encodings; /* that the body may have */
	size_t fields; /* of the three kinds */
	bool exact; /* no two clients differ about the encoding */
	bool hints_quoted; /* reminds of quoted-printable */
	bool multipart;
	bool message; /* of any kind, */
	bool partial; /* and of these */
	bool external;
	bool text;
	bool named; /* has a file name */
	bool utf7;
	bool odd; /* something for which clients may differ */
	const char *why; /* ... about what is shown; a constant */
};

/* Who is told of each value that may be a boundary. */
struct mm_boundary_sink {
	void *context;
	void (*boundary)(void *context, const unsigned char *text, size_t len);
};

/* Read the lines from begin to end. */
void mm_head_read(const unsigned char *data, size_t begin, size_t end,
		  const struct mm_boundary_sink *sink, struct mm_head *head_r);

#endif
