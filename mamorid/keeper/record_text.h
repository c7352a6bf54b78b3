#ifndef MM_KEEPER_RECORD_TEXT_H
#define MM_KEEPER_RECORD_TEXT_H

#include "core/proto.h"

/* What a list of the quarantine shows of a record, taken from its findings.
 * from and subject point into the record. */
struct mm_record_text {
	struct mm_findings findings;
	const char *from;
	const char *subject;
	struct mm_buf detail; /* virus names, or the reasons */
};

void mm_record_text_init(struct mm_record_text *text);
void mm_record_text_clear(struct mm_record_text *text);

/* A record without findings (the scanner crashed) has empty texts.
 * 0 or what mm_findings_decode() returns. */
MM_CHECK int mm_record_text_fill(struct mm_record_text *text,
				 const struct mm_record *record);

#endif
