#ifndef MM_INSPECT_READINGS_DECODE_H
#define MM_INSPECT_READINGS_DECODE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Base64 and quoted-printable as the clients decode them, where the text is not
 * what RFC 2045 wants. All are total: any bytes decode to something.
 */
enum mm_base64_mode {
	MM_BASE64_CHUNKS, /* "=" ends a chunk, the next one begins */
	MM_BASE64_SKIP, /* "=" is skipped like any other junk */
	MM_BASE64_STOP, /* "=" ends the text */
	MM_BASE64_STRICT, /* so does any character out of place */
	MM_BASE64_LINES, /* each line stands for itself */
	MM_BASE64_PURE_LINES, /* lines with junk are left out */
	MM_BASE64_URL, /* chunks, "-" and "_" for "+" and "/" */
	MM_BASE64_MODES,
};

/* What is unusual about a base64 text. */
struct mm_base64_survey {
	size_t letters; /* of the alphabet */
	bool pad_inside; /* data after, or a misplaced, "=" */
	bool junk;
	bool spaces; /* inside lines */
	bool short_lines; /* lines that end within a quantum */
	bool url; /* "-" or "_" */
	/* Clients do get different files out of it: it is not just a footer
	 * that a mailing list has added. */
	bool telling;
};

void mm_base64_look(const unsigned char *in, size_t len,
		    struct mm_base64_survey *survey_r);

/* Would that survey's text decode in just one way? */
bool mm_base64_plain(const struct mm_base64_survey *survey);

/* out takes len / 4 * 3 + 3 bytes. Returns how many there are. */
size_t mm_base64_read(const unsigned char *in, size_t len,
		      enum mm_base64_mode mode, unsigned char *out);

/* What to do with a "=" that no two hexadecimal digits and no line end follow
 * (none of the first three: it stays), and with other oddities. */
#define MM_QUOTED_DROP 0x01u /* leave it out */
#define MM_QUOTED_DROP_NEXT 0x02u /* ... and the next character */
#define MM_QUOTED_DROP_PAIR 0x04u /* ... and the next two */
#define MM_QUOTED_STRIP 0x08u /* leave out blanks at line ends */
#define MM_QUOTED_JOIN 0x10u /* leave out all line ends first */
#define MM_QUOTED_CLEAN 0x20u /* leave out what must be encoded */
#define MM_QUOTED_LEFT 0x40u /* leave out blanks at line begins */

/* Are there valid escapes in this text, and invalid ones? */
void mm_quoted_look(const unsigned char *in, size_t len, size_t *escapes_r,
		    size_t *invalid_r, bool *blanks_r);

/* out takes len bytes. Returns how many there are. */
size_t mm_quoted_read(const unsigned char *in, size_t len, unsigned int how,
		      unsigned char *out);

#endif
