#ifndef MM_KEEPER_SETTINGS_WRITE_H
#define MM_KEEPER_SETTINGS_WRITE_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/settings.h"

/*
 * The settings folder, written. A crash at any point leaves each file as it
 * was or as it was meant to be. A lock file keeps a second keeper (an old one
 * that has not left yet) from losing an update.
 */
struct mm_settings_store {
	char *path; /* of the folder */
	int state; /* the folder around it */
	int root;
	int lock;
	gid_t readers; /* group of what everybody reads */
	gid_t gate; /* group of what the gate alone reads */
	bool set_group; /* not root: files keep our group */
	uid_t owner;
	unsigned int discarded; /* folders, for their names */
	bool lazy; /* written out as a whole, by the swap */
};

/* Make and open state_dir/settings, and remove what a crash has left. 0,
 * MM_ERR_NOMEM or MM_ERR_SYS. Close with mm_settings_store_close(). */
MM_CHECK int mm_settings_store_open(struct mm_settings_store *store,
				    const char *state_dir);
void mm_settings_store_close(struct mm_settings_store *store);

/* Nobody else writes until mm_settings_unlock(). 0 or MM_ERR_SYS. */
MM_CHECK int mm_settings_lock(struct mm_settings_store *store);
void mm_settings_unlock(struct mm_settings_store *store);

/* Read one file, complete. 0, MM_ERR_NOTFOUND, or an error with a line. */
MM_CHECK int mm_settings_store_get(struct mm_settings_store *store,
				   enum mm_level level, const char *name,
				   struct mm_settings *values_r,
				   struct mm_buf *error);

/* Is this file there? 1, 0 or an error. */
MM_CHECK int mm_settings_store_has(struct mm_settings_store *store,
				   enum mm_level level, const char *name);

/* Write one file as a whole: temporary file, fsync, rename, fsync of the
 * folder; it is on disk when this returns 0. MM_ERR_INVALID (no such name can
 * be), MM_ERR_LIMIT (larger than a file may be), MM_ERR_NOMEM, MM_ERR_SYS. */
MM_CHECK int mm_settings_store_put(struct mm_settings_store *store,
				   enum mm_level level, const char *name,
				   const struct mm_settings *values);

/* Remove one file, or for DOMAIN the domain's folder with all in it. 1, 0
 * (there was none), or an error. */
MM_CHECK int mm_settings_store_delete(struct mm_settings_store *store,
				      enum mm_level level, const char *name);

/* Remove files of deleted domains and replaced settings, at most so many. 1
 * when some are left, 0, or MM_ERR_SYS. */
MM_CHECK int mm_settings_store_tidy(struct mm_settings_store *store,
				    unsigned int most);

/* Each name of a level, of one domain where the level is below a domain; in no
 * order. visit returns 0 to go on; anything else ends it and is handed
 * through. 0, or an error. */
MM_CHECK int mm_settings_store_list(struct mm_settings_store *store,
				    enum mm_level level, const char *domain,
				    int (*visit)(void *arg, const char *name),
				    void *arg);

/* Begin a whole new set of settings beside the old one: *fresh_r is a store of
 * its own. Then either put it in the old one's place, at once, or drop it. */
MM_CHECK int mm_settings_store_fresh(struct mm_settings_store *store,
				     struct mm_settings_store *fresh_r);
MM_CHECK int mm_settings_store_swap(struct mm_settings_store *store,
				    struct mm_settings_store *fresh);
void mm_settings_store_drop(struct mm_settings_store *store,
			    struct mm_settings_store *fresh);

#endif
