#ifndef MM_CORE_SETTINGS_READ_H
#define MM_CORE_SETTINGS_READ_H

#include <sys/types.h>

#include "core/settings.h"

/*
 * Reading the settings folder, for one process that serves mail for long. A
 * file is parsed once and taken from memory while its inode, time and size
 * stay the same; a look-up opens at most three files, however many there are.
 */
struct mm_settings_tree;

/* One file as parsed; shared, and read-only. */
struct mm_settings_file {
	struct mm_settings values;
	unsigned int refs;
};

/* root is the settings folder (it need not be there yet), owner who must own
 * the files (root's own are taken too). tell, which may be NULL, is called
 * with one line about a file that cannot be used, once until the file changes.
 * NULL when out of memory. Close with mm_settings_tree_close(). */
struct mm_settings_tree *mm_settings_tree_open(const char *root, uid_t owner,
					       void (*tell)(const char *line));
void mm_settings_tree_close(struct mm_settings_tree *tree);

/* The values of one file: 1 and *file_r, to be given back by
 * mm_settings_release(); 0 when there is no such file. A file that cannot be
 * used counts as the last good copy that this process has read, else as
 * absent. MM_ERR_INVALID when no such name can be, MM_ERR_NOMEM. */
MM_CHECK int mm_settings_get(struct mm_settings_tree *tree, enum mm_level level,
			     const char *name,
			     struct mm_settings_file **file_r);
void mm_settings_release(struct mm_settings_file *file);

/* The settings that count for an address: its own, its domain's, the
 * server's; NULL where there are none. */
struct mm_settings_view {
	struct mm_settings_file *account;
	struct mm_settings_file *domain;
	struct mm_settings_file *server;
};

/* Look up an address, or only the domain and server when address has no local
 * part ("@domain"). A failure counts as absent settings. Release with
 * mm_settings_view_clear(). */
void mm_settings_view(struct mm_settings_tree *tree, const char *address,
		      struct mm_settings_view *view_r);
void mm_settings_view_clear(struct mm_settings_view *view);

/* The value that counts for a key, and from which level it is (NULL for not
 * wanted; 0 means the default). Never NULL; valid as long as the view. */
const struct mm_setting_value *
mm_settings_value(const struct mm_settings_view *view, enum mm_setting i,
		  enum mm_level *level_r);

/* Append the virus names that do not count, as mm_inspect_request.allowed has
 * them; nothing when there are none. 0, MM_ERR_LIMIT, MM_ERR_NOMEM. */
MM_CHECK int mm_settings_allowed(struct mm_settings_tree *tree,
				 struct mm_buf *out);

/* Are the notices to this mailbox suspended at this time? */
bool mm_settings_is_suspended(const struct mm_settings_view *view, int64_t now);

/* Read one file past any cache, checked: opened without following a link or
 * waiting, regular, owned by owner or root, not writable by others, small
 * enough. *values_r is cleared on error. 0, MM_ERR_NOTFOUND, or an error with
 * a line in error. */
MM_CHECK int mm_settings_load(const char *path, enum mm_level level,
			      uid_t owner, struct mm_settings *values_r,
			      struct mm_buf *error);

#endif
