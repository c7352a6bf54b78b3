#ifndef MM_CORE_TEMPLATE_H
#define MM_CORE_TEMPLATE_H

#include <stddef.h>

#include "core/buf.h"

/*
 * The wording of a notice. A file in UTF-8:
 *
 *	Subject: text with {placeholders}
 *	Action-WORD: what {actions} says of one thing that was done
 *	Kept: what it says instead when a copy is quarantined
 *	Not-Kept: and when none is
 *	Unknown: what stands for an empty value
 *	Help: what {help} says unless notices.help does
 *	Reason-NAME: what {reason} says for the reason NAME
 *
 *	body with {placeholders}
 *
 * Only Subject and the body are required. The placeholders are listed in
 * mamori-notices(5); an unknown one makes the template invalid. A brace before
 * anything but a lower-case letter is an ordinary character.
 */
struct mm_template {
	struct mm_buf text;
	size_t body; /* offset of the body in text */
};

#define MM_TEMPLATE_MAX 65536u

enum mm_value {
	MM_VALUE_VIRUS,
	MM_VALUE_SENDER,
	MM_VALUE_RECIPIENTS,
	MM_VALUE_SUBJECT,
	MM_VALUE_DATE,
	MM_VALUE_FILES,
	MM_VALUE_ACTIONS,
	MM_VALUE_REASON,
	MM_VALUE_ACCOUNT,
	MM_VALUE_TRACE,
	MM_VALUE_SERVER,
	MM_VALUE_TO,
	MM_VALUE_SIZE,
	MM_VALUE_ATTACHMENT,
	MM_VALUE_ATTACHMENT_SIZE,
	MM_VALUE_ATTACHMENTS,
	MM_VALUE_MESSAGE_ID,
	MM_VALUE_HELP,
	MM_VALUE_COUNT,
	MM_VALUE_SINCE,
	MM_VALUE_UNTIL,
	MM_VALUE_LIST,
	MM_VALUES
};

/* "virus", ..., and back; -1 when there is none. */
const char *mm_value_name(enum mm_value value);
int mm_value_find(const char *name, size_t len);

/* What the placeholders stand for. Every value is one safe line, but that of
 * list: several such lines. */
struct mm_values {
	struct mm_buf list[MM_VALUES];
};

/* Read and check a file, or a text. Release with mm_template_clear() also
 * after an error. 0, MM_ERR_NOTFOUND, MM_ERR_FORMAT, MM_ERR_LIMIT, or as
 * mm_read_file(). */
MM_CHECK int mm_template_load(struct mm_template *tpl, const char *path);
MM_CHECK int mm_template_parse(struct mm_template *tpl, const char *text);
void mm_template_clear(struct mm_template *tpl);

/* Append a head line's value by name; 1, 0 (there is none) or an error. */
MM_CHECK int mm_template_word(const struct mm_template *tpl, const char *name,
			      struct mm_buf *out);

/* Append the subject or the body with the placeholders filled in. */
MM_CHECK int mm_template_subject(const struct mm_template *tpl,
				 const struct mm_values *values,
				 struct mm_buf *out);
MM_CHECK int mm_template_body(const struct mm_template *tpl,
			      const struct mm_values *values,
			      struct mm_buf *out);

#endif
