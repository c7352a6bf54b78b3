#ifndef MM_MAMORICTL_VERDICT_H
#define MM_MAMORICTL_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/proto.h"

/* Print one line about one file: for people, or as a JSON object of exactly
 * file, verdict, reasons, findings. Returns the exit status it stands for. */
int mm_verdict_print(bool json, const char *file,
		     const struct mm_findings *findings);

/* The same for a mail that got no findings. */
int mm_verdict_not_checked(bool json, const char *file, const char *reason);

/* Decode an inspector's answer and print it. The exit status; an answer that
 * cannot be read counts as not checked. */
int mm_verdict_answer(bool json, const char *file, const void *data,
		      size_t len);

#endif
