#ifndef MM_INSPECT_FINDINGS_H
#define MM_INSPECT_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/proto.h"

/*
 * The findings of one message while they are collected. The strings in
 * findings belong to the report; hand &report.findings to
 * mm_findings_encode().
 */
struct mm_report {
	struct mm_findings findings;
	size_t size;		/* entries allocated */
	bool virus;		/* one was added, even if the list was full */
	bool not_checked;	/* likewise */
};

void mm_report_init(struct mm_report *report);
void mm_report_clear(struct mm_report *report);

/* Add a copy of a finding; NULL strings count as "". The same kind and detail
 * at the same part is added once. Texts are made UTF-8 without control
 * characters and cut. A full list still counts for the verdict. */
void mm_report_add(struct mm_report *report, const struct mm_finding *finding);

/* A finding about the message as a whole. */
void mm_report_whole(struct mm_report *report, enum mm_kind kind,
		     const char *detail);

/* Is there a finding of this kind at this part? */
bool mm_report_has(const struct mm_report *report, enum mm_kind kind,
		   const char *part);

/* Replace one of the texts of report->findings (from, subject, ...) by a clean
 * copy of value, NULL for "". */
void mm_report_text(const char **field, const char *value);

/* Settle the list and the verdict: any virus is infected; else anything
 * encrypted, over a limit or failed is not checked; else clean. What was found
 * in the whole message and again in one part stays at the part alone, errors
 * and limits excepted. */
void mm_report_finish(struct mm_report *report);

/* The limit (limits.h) that libclamav means by a name; NULL when it is none. */
const char *mm_report_limit(const char *name);

/* What a name that libclamav gives stands for. */
enum mm_kind mm_report_kind(const char *name);

#endif
