#ifndef MM_COURIER_TEMPLATE_H
#define MM_COURIER_TEMPLATE_H

#include <stddef.h>

#include "core/buf.h"

/*
 * The wording of a notice. A file in UTF-8:
 *
 *	Subject: text with {placeholders}
 *	Kept: what {actions} says when a copy is quarantined
 *	Not-Kept: what it says otherwise
 *	Unknown: what stands for an empty value
 *	Reason-NAME: what {reason} says for the reason NAME
 *
 *	body with {placeholders}
 *
 * Only Subject and the body are required. Placeholders: virus, sender,
 * recipients, subject, date, files, actions, reason, account, trace, server;
 * an unknown one makes the template invalid. A brace before anything but a
 * lower-case letter is an ordinary character.
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
	MM_VALUES
};

/* What the placeholders stand for. Every value is one safe line. */
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
