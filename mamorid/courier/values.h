#ifndef MM_COURIER_VALUES_H
#define MM_COURIER_VALUES_H

#include "core/conf.h"
#include "core/proto.h"
#include "core/template.h"

/* Fill in what a notice tells: from the item, its facts, and its decoded
 * record (NULL when it has none). Words that depend on the language come from
 * the template. Release with mm_values_clear() also after an error. 0 or an
 * MM_ERR_*. */
MM_CHECK int mm_values_fill(struct mm_values *values,
			    const struct mm_template *tpl,
			    const struct mm_conf *conf,
			    const struct mm_outbox_item *item,
			    const struct mm_record *record);
void mm_values_clear(struct mm_values *values);

/* This machine's name, made safe; "localhost" if it has none. Append. */
MM_CHECK int mm_values_server(struct mm_buf *out);

#endif
