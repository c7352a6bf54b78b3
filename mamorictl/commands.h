#ifndef MM_MAMORICTL_COMMANDS_H
#define MM_MAMORICTL_COMMANDS_H

#include <getopt.h>

#include "mamorictl/ctl.h"

struct mm_command {
	const char *group; /* first word */
	const char *name; /* second word, or NULL */
	const char *operands;
	int least; /* operands */
	int most; /* -1: any number */
	unsigned int options;
	int (*run)(struct mm_ctl *ctl);
	const char *help;
};

extern const struct mm_command mm_commands[];
extern const size_t mm_command_count;

/* Ends with a row of zeros; val is an enum mm_option. */
extern const struct option mm_ctl_options[];

#endif
