/*
 * The settings folder as its readers see it. They run with few rights and
 * never write; whatever is wrong with a file, mail goes on.
 */
#include "core/settings_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/address.h"
#include "core/err.h"
#include "core/fdutil.h"
#include "core/settings_path.h"

/* Files kept in memory, each in the one place that its path hashes to. */
#define SLOTS 4096u
#define ERROR_MAX 4096u

/* What tells that a file has not changed: a rename gives a new inode. */
struct stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec mtime;
	struct timespec ctime;
};

struct slot {
	char *path;
	struct stamp stamp;
	struct mm_settings_file *file; /* the last good copy, or NULL */
};

struct mm_settings_tree {
	char *root;
	size_t root_len;
	uid_t owner;
	void (*tell)(const char *line);
	struct slot slots[SLOTS];
};

struct mm_settings_tree *mm_settings_tree_open(const char *root, uid_t owner,
					       void (*tell)(const char *line))
{
	struct mm_settings_tree *tree = calloc(1, sizeof(*tree));

	if (tree == NULL)
		return NULL;
	tree->root = strdup(root);
	if (tree->root == NULL) {
		free(tree);
		return NULL;
	}
	tree->root_len = strlen(root);
	tree->owner = owner;
	tree->tell = tell;
	return tree;
}

static void empty_slot(struct slot *slot)
{
	free(slot->path);
	mm_settings_release(slot->file);
	memset(slot, 0, sizeof(*slot));
}

void mm_settings_tree_close(struct mm_settings_tree *tree)
{
	size_t i;

	if (tree == NULL)
		return;
	for (i = 0; i < SLOTS; i++)
		empty_slot(&tree->slots[i]);
	free(tree->root);
	free(tree);
}

void mm_settings_release(struct mm_settings_file *file)
{
	if (file == NULL || --file->refs > 0)
		return;
	mm_settings_clear(&file->values);
	free(file);
}

static int fail(struct mm_buf *error, const char *path, const char *what, int r)
{
	mm_buf_reset(error);
	(void)!mm_buf_printf(error, "%s: %s", path, what);
	return r;
}

static int check_file(const struct stat *st, uid_t owner, const char *path,
		      struct mm_buf *error)
{
	if (!S_ISREG(st->st_mode))
		return fail(error, path, "not a regular file", MM_ERR_DENIED);
	if (st->st_uid != owner && st->st_uid != 0)
		return fail(error, path, "has another owner", MM_ERR_DENIED);
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return fail(error, path, "others may write it", MM_ERR_DENIED);
	if (st->st_size > (off_t)MM_SETTINGS_FILE_MAX)
		return fail(error, path, "larger than 64 KiB", MM_ERR_LIMIT);
	return 0;
}

static void take_stamp(const struct stat *st, struct stamp *stamp)
{
	memset(stamp, 0, sizeof(*stamp));
	stamp->dev = st->st_dev;
	stamp->ino = st->st_ino;
	stamp->size = st->st_size;
	stamp->mtime = st->st_mtim;
	stamp->ctime = st->st_ctim;
}

/* O_NONBLOCK: a FIFO in the file's place must not stop anybody. */
static int load(const char *path, enum mm_level level, uid_t owner,
		struct mm_settings *values, struct stamp *stamp,
		struct mm_buf *error)
{
	struct mm_buf text;
	struct stat st;
	int fd, r;

	mm_settings_init(values);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR
			       ? MM_ERR_NOTFOUND
			       : fail(error, path, strerror(errno), MM_ERR_SYS);
	mm_buf_init(&text, MM_SETTINGS_FILE_MAX + 1);
	if (fstat(fd, &st) < 0) {
		r = fail(error, path, strerror(errno), MM_ERR_SYS);
	} else if ((r = check_file(&st, owner, path, error)) == 0) {
		take_stamp(&st, stamp);
		if ((r = mm_read_fd(fd, 0, &text)) < 0)
			r = fail(error, path, mm_err_text(r), r);
		else
			r = mm_settings_parse(values, level, path,
					      mm_buf_str(&text), text.len,
					      mm_settings_renamed, error);
	}
	mm_buf_clear(&text);
	mm_close(&fd);
	return r;
}

int mm_settings_load(const char *path, enum mm_level level, uid_t owner,
		     struct mm_settings *values_r, struct mm_buf *error)
{
	struct stamp stamp;

	return load(path, level, owner, values_r, &stamp, error);
}

/* FNV-1a. Foreign names can collide on purpose: then two files take turns in
 * one slot, which costs them time only. */
static size_t hash(const char *text)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return (size_t)(h ^ (h >> 32)) % SLOTS;
}

/* Take the file anew. What cannot be used leaves the last good copy. */
static int refill(struct mm_settings_tree *tree, struct slot *slot,
		  enum mm_level level)
{
	struct mm_settings_file *fresh = calloc(1, sizeof(*fresh));
	struct mm_buf error;
	int r;

	if (fresh == NULL)
		return MM_ERR_NOMEM;
	fresh->refs = 1;
	mm_buf_init(&error, ERROR_MAX);
	r = load(slot->path, level, tree->owner, &fresh->values, &slot->stamp,
		 &error);
	if (r == 0 || r == MM_ERR_NOTFOUND) {
		mm_settings_release(slot->file);
		slot->file = r == 0 ? fresh : NULL;
		if (r == 0)
			fresh = NULL;
	} else if (tree->tell != NULL) {
		tree->tell(mm_buf_str(&error));
	}
	mm_settings_release(fresh);
	mm_buf_clear(&error);
	return r == MM_ERR_NOMEM ? r : 0;
}

/* The slot of a path; another path's file leaves it. */
static int take_slot(struct mm_settings_tree *tree, const char *path,
		     struct slot **slot_r)
{
	struct slot *slot = &tree->slots[hash(path)];

	*slot_r = slot;
	if (slot->path != NULL && strcmp(slot->path, path) == 0)
		return 0;
	empty_slot(slot);
	slot->path = strdup(path);
	return slot->path == NULL ? MM_ERR_NOMEM : 0;
}

static int get_path(struct mm_settings_tree *tree, const char *path,
		    enum mm_level level, struct mm_settings_file **file_r)
{
	struct stamp stamp;
	struct slot *slot;
	struct stat st;
	int r;

	if (lstat(path, &st) < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 0;
		memset(&st, 0, sizeof(st));
		/* Unlike any file and unlike an empty slot. */
		st.st_size = -1;
	}
	take_stamp(&st, &stamp);
	if ((r = take_slot(tree, path, &slot)) < 0)
		return r;
	if (memcmp(&stamp, &slot->stamp, sizeof(stamp)) != 0) {
		if ((r = refill(tree, slot, level)) < 0)
			return r;
		/* Also when it could not be used: told once only. */
		slot->stamp = stamp;
	}
	if (slot->file == NULL)
		return 0;
	slot->file->refs++;
	*file_r = slot->file;
	return 1;
}

int mm_settings_get(struct mm_settings_tree *tree, enum mm_level level,
		    const char *name, struct mm_settings_file **file_r)
{
	struct mm_buf path;
	int r;

	*file_r = NULL;
	mm_buf_init(&path, MM_SETTINGS_PATH_MAX + tree->root_len);
	if ((r = mm_buf_put(&path, tree->root, tree->root_len)) == 0 &&
	    (r = mm_buf_puts(&path, "/")) == 0 &&
	    (r = mm_settings_path(&path, level, name)) == 0)
		r = get_path(tree, mm_buf_str(&path), level, file_r);
	mm_buf_clear(&path);
	return r;
}

void mm_settings_view(struct mm_settings_tree *tree, const char *address,
		      struct mm_settings_view *view_r)
{
	const char *domain = mm_address_domain(address);

	memset(view_r, 0, sizeof(*view_r));
	if (domain != NULL && domain - 1 != address)
		(void)!mm_settings_get(tree, MM_LEVEL_ACCOUNT, address,
				       &view_r->account);
	if (domain != NULL)
		(void)!mm_settings_get(tree, MM_LEVEL_DOMAIN, domain,
				       &view_r->domain);
	(void)!mm_settings_get(tree, MM_LEVEL_SERVER, "", &view_r->server);
}

void mm_settings_view_clear(struct mm_settings_view *view)
{
	mm_settings_release(view->account);
	mm_settings_release(view->domain);
	mm_settings_release(view->server);
	memset(view, 0, sizeof(*view));
}

const struct mm_setting_value *
mm_settings_value(const struct mm_settings_view *view, enum mm_setting i,
		  enum mm_level *level_r)
{
	static const struct mm_setting_value nothing = { .text = NULL };
	const struct {
		const struct mm_settings_file *file;
		enum mm_level level;
	} order[] = { { view->account, MM_LEVEL_ACCOUNT },
		      { view->domain, MM_LEVEL_DOMAIN },
		      { view->server, MM_LEVEL_SERVER } };
	const struct mm_setting_value *preset;
	size_t k;

	for (k = 0; k < sizeof(order) / sizeof(*order); k++) {
		if (order[k].file == NULL || !order[k].file->values.list[i].set)
			continue;
		if (level_r != NULL)
			*level_r = order[k].level;
		return &order[k].file->values.list[i];
	}
	if (level_r != NULL)
		*level_r = 0;
	preset = mm_setting_default(i);
	return preset == NULL ? &nothing : preset;
}

bool mm_settings_is_suspended(const struct mm_settings_view *view, int64_t now)
{
	const struct mm_setting_value *until;

	if (mm_settings_value(view, MM_SETTING_NOTICES_SUSPENDED, NULL)->num ==
	    0)
		return false;
	until = mm_settings_value(view, MM_SETTING_NOTICES_SUSPENDED_UNTIL,
				  NULL);
	return until->off || (int64_t)until->num > now;
}

int mm_settings_allowed(struct mm_settings_tree *tree, struct mm_buf *out)
{
	const struct mm_conf_list *names;
	struct mm_settings_view view;
	size_t i;
	int r = 0;

	mm_settings_view(tree, "", &view);
	names = &mm_settings_value(&view, MM_SETTING_SIGNATURES_ALLOWED, NULL)
			 ->list;
	for (i = 0; i < names->count && r == 0; i++)
		r = mm_buf_printf(out, "%s\n", names->items[i]);
	mm_settings_view_clear(&view);
	return r;
}
