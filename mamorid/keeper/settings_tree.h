#ifndef MM_KEEPER_SETTINGS_TREE_H
#define MM_KEEPER_SETTINGS_TREE_H

#include "core/buf.h"

/* Folders of the settings store, below an open folder; links are never
 * followed. */

/* Remove a folder with all in it, or a file: at most *budget of them, which is
 * counted down. 0 also when there is none, 1 when some are left, MM_ERR_SYS. */
MM_CHECK int mm_tree_remove(int parent, const char *name, unsigned int *budget);

/* The same with all that a folder holds. */
MM_CHECK int mm_tree_empty(int folder, unsigned int *budget);

/* Remove everything whose name begins with prefix, at any depth. 0 or
 * MM_ERR_SYS. folder stays open. */
MM_CHECK int mm_tree_sweep(int folder, const char *prefix);

/* Each name in a folder but those with a leading dot; visit returns 0 to go
 * on. 0, MM_ERR_SYS, or what visit returned. */
MM_CHECK int
mm_tree_names(int folder, int (*visit)(void *arg, const char *name), void *arg);

#endif
