#ifndef MM_INSPECT_OFFICE_WORD_H
#define MM_INSPECT_OFFICE_WORD_H

#include <stdbool.h>
#include <stddef.h>

/* Streams of binary Word documents (MS-DOC, and the formats of Word 6 and 95).
 * Pure; every length in the data is checked. */

/* A DDE field in the stream WordDocument? */
bool mm_office_word_dde(const unsigned char *data, size_t len);

/* Macros in WordBasic, which Word 6 and 95 keep in the same stream? */
bool mm_office_word_basic(const unsigned char *data, size_t len);

/* Does the table stream (0Table, 1Table) name a template on another host? */
bool mm_office_word_template(const unsigned char *data, size_t len);

#endif
