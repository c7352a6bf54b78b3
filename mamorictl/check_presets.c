/*
 * What check-config says of presets: mistakes in their files, and settings
 * that name what is not there. Reads with the caller's rights, changes nothing.
 */
#include "mamorictl/check_presets.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "core/rules.h"
#include "core/settings_path.h"
#include "core/settings_read.h"
#include "core/text.h"
#include "mamorictl/ctl.h"

#define ENDING ".yaml"
#define LINE_MAX_BYTES 16384u
#define TOLD_MAX (16u << 20)

struct check {
	const struct mm_conf *conf;
	void (*tell)(void *arg, const char *text);
	void *arg;
	struct mm_buf told; /* lines; a mistake in a base is many presets' */
	size_t count;
};

static void tell(struct check *check, const char *line)
{
	struct mm_buf key;

	mm_buf_init(&key, LINE_MAX_BYTES + 2);
	mm_ctl_must(mm_buf_printf(&key, "\n%s\n", line));
	if (strstr(mm_buf_str(&check->told), mm_buf_str(&key)) == NULL) {
		mm_ctl_must(mm_buf_puts(&check->told, mm_buf_str(&key)));
		check->tell(check->arg, line);
		check->count++;
	}
	mm_buf_clear(&key);
}

/* Where a file names another one: behind a key that begins a line. */
static void put_place(struct mm_buf *out, const char *path, const char *key)
{
	const size_t len = strlen(key);
	unsigned int number = 1;
	size_t column = 1;
	struct mm_buf text;
	const char *line;

	mm_buf_init(&text, MM_RULES_FILE_MAX);
	if (mm_read_file(path, &text) < 0)
		mm_buf_reset(&text);
	for (line = mm_buf_str(&text); line != NULL && *line != '\0';
	     number++) {
		if (strncmp(line, key, len) == 0) {
			column = len + strspn(line + len, " ") + 1;
			break;
		}
		line = strchr(line, '\n');
		line = line == NULL ? NULL : line + 1;
	}
	if (line == NULL || *line == '\0')
		number = 1;
	mm_ctl_must(mm_buf_printf(out, "%s:%u:%zu: ", path, number, column));
	mm_buf_clear(&text);
}

/* Read a preset that path names behind key; own_folder may be NULL. */
static void check_rules(struct check *check, const char *own_folder,
			const char *name, const char *path, const char *key)
{
	struct mm_buf error, line;
	struct mm_rules rules;
	int r;

	mm_buf_init(&error, LINE_MAX_BYTES / 2);
	mm_buf_init(&line, LINE_MAX_BYTES);
	r = mm_rules_load(&rules, own_folder, check->conf->presets_folder, name,
			  &error);
	mm_rules_clear(&rules);
	if (r < 0) {
		/* Without a place of its own it is about a name. */
		if (*mm_buf_str(&error) != '/')
			put_place(&line, path, key);
		mm_ctl_must(mm_buf_puts(&line, error.len > 0
						       ? mm_buf_str(&error)
						       : mm_err_text(r)));
		tell(check, mm_buf_str(&line));
	}
	mm_buf_clear(&error);
	mm_buf_clear(&line);
}

/* ---- folders of presets -------------------------------------------------- */

static void make_path(struct mm_buf *out, const char *folder, const char *name)
{
	mm_buf_reset(out);
	mm_ctl_must(mm_buf_printf(out, "%s/%s", folder, name));
}

static bool is_shadowed(const struct check *check, const char *file)
{
	struct mm_buf path;
	bool found;

	mm_buf_init(&path, LINE_MAX_BYTES);
	make_path(&path, check->conf->presets_own_folder, file);
	found = access(mm_buf_str(&path), F_OK) == 0;
	mm_buf_clear(&path);
	return found;
}

static void check_file(struct check *check, const char *folder,
		       const char *file)
{
	const size_t len = strlen(file) - strlen(ENDING);
	const bool own = folder == check->conf->presets_own_folder;
	char name[MM_RULE_NAME_MAX + 1] = "";
	struct mm_buf path;

	mm_buf_init(&path, LINE_MAX_BYTES);
	make_path(&path, folder, file);
	if (len <= MM_RULE_NAME_MAX)
		memcpy(name, file, len);
	if (mm_rule_name_ok(name)) {
		/* One of ours that the operator's replaces is read, too. */
		check_rules(check,
			    !own && is_shadowed(check, file)
				    ? NULL
				    : check->conf->presets_own_folder,
			    name, mm_buf_str(&path), "base:");
	} else {
		mm_ctl_must(mm_buf_puts(&path, ":1:1: such a file is no "
					       "preset: its name has 1 to 40 "
					       "of a-z, 0-9 and \"-\""));
		tell(check, mm_buf_str(&path));
	}
	mm_buf_clear(&path);
}

static int is_preset(const struct dirent *entry)
{
	return entry->d_name[0] != '.' &&
	       mm_text_has_suffix(entry->d_name, ENDING);
}

static void check_folder(struct check *check, const char *folder)
{
	struct dirent **list;
	int i, count = scandir(folder, &list, is_preset, alphasort);

	for (i = 0; i < count; i++) {
		check_file(check, folder, list[i]->d_name);
		free(list[i]);
	}
	if (count >= 0)
		free(list);
}

/* ---- settings ------------------------------------------------------------ */

static void check_settings(struct check *check, const char *path,
			   enum mm_level level, uid_t owner)
{
	const struct mm_setting_value *preset;
	struct mm_settings values;
	struct mm_buf error;
	int r;

	mm_buf_init(&error, LINE_MAX_BYTES);
	r = mm_settings_load(path, level, owner, &values, &error);
	if (r == 0) {
		preset = &values.list[MM_SETTING_PRESET];
		if (preset->set && !preset->off && preset->text != NULL)
			check_rules(check, check->conf->presets_own_folder,
				    preset->text, path, "preset:");
		mm_settings_clear(&values);
	} else if (r == MM_ERR_INVALID) {
		tell(check, mm_buf_str(&error));
	}
	mm_buf_clear(&error);
}

static int is_domain(const struct dirent *entry)
{
	return entry->d_name[0] != '_' && mm_settings_is_domain(entry->d_name);
}

static void check_tree(struct check *check, const char *root, uid_t owner)
{
	struct dirent **list;
	struct mm_buf path;
	int i, count;

	mm_buf_init(&path, LINE_MAX_BYTES);
	make_path(&path, root, MM_SETTINGS_SERVER_FILE);
	check_settings(check, mm_buf_str(&path), MM_LEVEL_SERVER, owner);
	count = scandir(root, &list, is_domain, alphasort);
	for (i = 0; i < count; i++) {
		mm_buf_reset(&path);
		mm_ctl_must(mm_buf_printf(&path, "%s/%s/domain.yaml", root,
					  list[i]->d_name));
		check_settings(check, mm_buf_str(&path), MM_LEVEL_DOMAIN,
			       owner);
		free(list[i]);
	}
	if (count >= 0)
		free(list);
	mm_buf_clear(&path);
}

size_t mm_check_presets(const struct mm_conf *conf,
			void (*on_mistake)(void *arg, const char *text),
			void *arg)
{
	struct check check = { .conf = conf, .tell = on_mistake, .arg = arg };
	struct mm_buf root;
	struct stat st;

	mm_buf_init(&check.told, TOLD_MAX);
	mm_buf_init(&root, LINE_MAX_BYTES);
	check_folder(&check, conf->presets_own_folder);
	check_folder(&check, conf->presets_folder);
	make_path(&root, conf->state_dir, "settings");
	if (stat(mm_buf_str(&root), &st) == 0)
		check_tree(&check, mm_buf_str(&root), st.st_uid);
	mm_buf_clear(&root);
	mm_buf_clear(&check.told);
	return check.count;
}
