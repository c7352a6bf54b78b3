#ifndef MM_MAMORICTL_OUT_H
#define MM_MAMORICTL_OUT_H

#include <stdint.h>

#include "core/buf.h"
#include "core/proto.h"

struct cJSON;

/* Foreign text for a terminal: control bytes and the like escaped, cut at 300
 * bytes. Printed on standard output. */
void mm_out_text(const char *text);

/* The rows of an answer. Unknown kinds and names are shown like any other. */
struct mm_rows {
	struct mm_buf bytes;	/* what the pairs point into */
	struct mm_pairs *list;
	size_t count;
};

/* Decode what rows->bytes holds. 0, or MM_ERR_FORMAT, MM_ERR_LIMIT,
 * MM_ERR_NOMEM. */
MM_CHECK int mm_rows_decode(struct mm_rows *rows);
void mm_rows_clear(struct mm_rows *rows);

/* Rows as text: neighbours with the same names as a table, others as blocks.
 * Names that end in _time (and a few more) are shown as local times. */
void mm_out_rows(const struct mm_rows *rows);

/* A text as a JSON string: bytes that are not UTF-8 become U+FFFD. */
struct cJSON *mm_json_text(const char *text);

/* The words of a text, separated by spaces or commas, as a list. */
struct cJSON *mm_json_words(const char *text);

/* One row as an object: numbers as numbers, the rest as strings, the sandbox
 * layers as a list; "row" is left out. */
struct cJSON *mm_json_row(const struct mm_pairs *row);

/* Print in one line and free. */
void mm_json_print(struct cJSON *json);

/* A JSON value that cannot be NULL, or the program ends. */
struct cJSON *mm_json_must(struct cJSON *json);

/* Add a member to an object and return it. Ends the program when out of
 * memory. */
struct cJSON *mm_json_add(struct cJSON *object, const char *name,
			  struct cJSON *value);

#endif
