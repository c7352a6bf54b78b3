#ifndef MM_MAMORICTL_DRY_RUN_H
#define MM_MAMORICTL_DRY_RUN_H

#include "mamorictl/out.h"

/* The rows of a gate's dry run, for people and as one object. Rows of unknown
 * kinds are left out. */
void mm_dry_run_print(const struct mm_rows *rows);
struct cJSON *mm_dry_run_json(const struct mm_rows *rows);

#endif
