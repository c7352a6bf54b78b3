#ifndef MM_INSPECT_ITEM_H
#define MM_INSPECT_ITEM_H

#include <stdbool.h>
#include <stddef.h>

/* One piece of content under inspection: a part of the mail, a layer that
 * libclamav has opened in it, or something that an analyzer has unpacked. Its
 * bytes and texts live as long as the call it is passed to. */
struct mm_item {
	const unsigned char *data;
	size_t len;
	const char *type;	/* as libclamav names it: "zip", "msexe", "" */
	const char *name;	/* of the attachment, or of a member; UTF-8 */
	const char *mime_type;	/* as declared; "" below a part */
	int leaf;		/* the part it belongs to, -1: unknown */
	unsigned int depth;	/* 0: the part itself; 1: what it holds; ... */
	bool in_body;		/* text of the message, not an attachment */
	bool joined;		/* several files in a row, perhaps: what */
				/* libclamav makes of a winmail.dat */
};

#endif
