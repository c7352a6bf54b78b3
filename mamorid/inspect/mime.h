#ifndef MM_INSPECT_MIME_H
#define MM_INSPECT_MIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/deadline.h"

#define MM_LEAF_HASH 32u	/* SHA-256 */
#define MM_LEAF_TYPE 24u

/* One decoded part that holds no other. */
struct mm_leaf {
	char *part;		/* "1.2", as IMAP numbers parts */
	char *name;		/* as the user sees it, UTF-8, or "" */
	char *mime_type;	/* as declared, "text/plain" */
	bool in_body;		/* text of the message, not an attachment */
	const unsigned char *data;
	size_t size;
	bool base64;		/* the encoding that it came in, */
	size_t raw_begin;	/* and where that lies in the message; */
	size_t raw_end;		/* 0 when that is not known */
	bool hashed;		/* text_hash is known: see parts.c */
	unsigned char text_hash[MM_LEAF_HASH];
	bool seen;		/* set by the scan: its bytes were scanned */
	char type[MM_LEAF_TYPE]; /* set by the scan: what it really is */
	bool locked;		/* set by the scan: has an encrypted member */
	void *content;		/* owns data */
};

struct mm_mail {
	char *from;		/* decoded, UTF-8; NULL when absent */
	char *subject;
	char *date;
	char *message_id;
	struct mm_leaf *leaves;
	size_t count;
	size_t size;		/* leaves allocated */
	const char *limit;	/* why the reading was given up, or NULL */
	bool refused;		/* it was not begun: nobody should */
	size_t compared;	/* by the scan: bytes, with its layers */
	bool locked;		/* set by the scan: an encrypted member, */
				/* in which part is not known */
};

struct mm_mime_limits {
	size_t parts;
	size_t headers;		/* 0: 100,000 */
	mm_deadline deadline;
};

/* Once per process, before a jail is entered: GMime, and the character sets
 * that iconv loads from the disk. */
void mm_mime_init(void);

/* Read a message of len bytes, which must outlive *mail_r. Never fails: what
 * was read up to a limit is there, with mail_r->limit set. Any bytes are a
 * message. Release with mm_mime_clear(). */
void mm_mime_read(const unsigned char *data, size_t len,
		  const struct mm_mime_limits *limits, struct mm_mail *mail_r);
void mm_mime_clear(struct mm_mail *mail);

/* SHA-256 of data, blind to the kind of line ends and to those at the very
 * end: what libclamav changes in a text part before it looks at it. */
void mm_mime_text_hash(const unsigned char *data, size_t len,
		       unsigned char hash_r[MM_LEAF_HASH]);

#endif
