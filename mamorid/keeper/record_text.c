/*
 * The texts of a record that operators search by. Keeper, uid mamori-keeper.
 */
#include "mamorid/keeper/record_text.h"

#include <string.h>

#include "core/err.h"

#define DETAIL_MAX 1024u
#define NAMES_MAX 10u

void mm_record_text_init(struct mm_record_text *text)
{
	memset(text, 0, sizeof(*text));
	text->from = text->subject = "";
	mm_buf_init(&text->detail, DETAIL_MAX);
}

void mm_record_text_clear(struct mm_record_text *text)
{
	mm_findings_clear(&text->findings);
	mm_buf_clear(&text->detail);
}

/* Names of one sort, each once, as many as fit. */
static void add_names(struct mm_record_text *text, bool virus)
{
	const struct mm_findings *findings = &text->findings;
	const struct mm_finding *one;
	size_t i, k, names = 0;
	bool seen;

	for (i = 0; i < findings->count && names < NAMES_MAX; i++) {
		one = &findings->list[i];
		if (one->detail == NULL || *one->detail == '\0' ||
		    (one->kind == MM_KIND_VIRUS) != virus)
			continue;
		for (seen = false, k = 0; k < i && !seen; k++)
			seen = findings->list[k].detail != NULL &&
			       strcmp(findings->list[k].detail, one->detail) ==
				       0;
		if (seen ||
		    mm_buf_printf(&text->detail, "%s%s", names > 0 ? ", " : "",
				  one->detail) < 0)
			continue;
		names++;
	}
}

int mm_record_text_fill(struct mm_record_text *text,
			const struct mm_record *record)
{
	int r;

	if (record->findings_len == 0)
		return 0;
	r = mm_findings_decode(record->findings, record->findings_len,
			       &text->findings);
	if (r < 0)
		return r;
	if (text->findings.from != NULL)
		text->from = text->findings.from;
	if (text->findings.subject != NULL)
		text->subject = text->findings.subject;
	add_names(text, true);
	if (text->detail.len == 0)
		add_names(text, false);
	return 0;
}
