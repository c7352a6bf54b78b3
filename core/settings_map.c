/*
 * Following an envelope address to mailboxes. Bounded in depth and steps, so
 * that a loop in what customers have set costs little and ends.
 */
#include "core/settings_map.h"

#include <stdlib.h>
#include <string.h>

#include "core/address.h"
#include "core/err.h"
#include "core/settings_path.h"
#include "core/text.h"

struct walk {
	struct mm_settings_tree *tree;
	struct mm_mailboxes *boxes;
	unsigned int depth;
	bool member;
};

static int add_box(struct walk *walk, const char *address)
{
	struct mm_mailboxes *boxes = walk->boxes;
	struct mm_mailbox *more;
	size_t i;

	for (i = 0; i < boxes->count; i++)
		if (strcmp(boxes->list[i].address, address) == 0) {
			boxes->list[i].member |= walk->member;
			return 0;
		}
	if ((boxes->count & (boxes->count - 1)) == 0) {
		more = realloc(boxes->list,
			       (boxes->count == 0 ? 1 : 2 * boxes->count) *
				       sizeof(*more));
		if (more == NULL)
			return MM_ERR_NOMEM;
		boxes->list = more;
	}
	boxes->list[boxes->count].address = strdup(address);
	if (boxes->list[boxes->count].address == NULL)
		return MM_ERR_NOMEM;
	boxes->list[boxes->count++].member = walk->member;
	return 0;
}

void mm_mailboxes_clear(struct mm_mailboxes *boxes)
{
	while (boxes->count > 0)
		free(boxes->list[--boxes->count].address);
	free(boxes->list);
	memset(boxes, 0, sizeof(*boxes));
}

static int follow(struct walk *walk, const char *address);

static int follow_all(struct walk *walk, const struct mm_conf_list *list,
		      bool member)
{
	const bool before = walk->member;
	size_t i;
	int r = 0;

	walk->member |= member;
	walk->depth++;
	for (i = 0; i < list->count && r == 0; i++)
		r = follow(walk, list->items[i]);
	walk->depth--;
	walk->member = before;
	return r;
}

/* A file of this level for the address: 1 when it was one. */
static int try_level(struct walk *walk, enum mm_level level,
		     const char *address)
{
	struct mm_settings_file *file;
	int r;

	walk->boxes->steps++;
	r = mm_settings_get(walk->tree, level, address, &file);
	if (r != 1)
		return r == MM_ERR_INVALID ? 0 : r;
	if (level == MM_LEVEL_ACCOUNT)
		r = add_box(walk, address);
	else if (level == MM_LEVEL_ALIAS)
		r = follow_all(walk,
			       &file->values.list[MM_SETTING_TARGETS].list,
			       false);
	else
		r = follow_all(walk,
			       &file->values.list[MM_SETTING_MEMBERS].list,
			       true);
	mm_settings_release(file);
	return r < 0 ? r : 1;
}

static int try_name(struct walk *walk, const char *address)
{
	int r;

	if ((r = try_level(walk, MM_LEVEL_ACCOUNT, address)) != 0 ||
	    (r = try_level(walk, MM_LEVEL_ALIAS, address)) != 0)
		return r;
	return try_level(walk, MM_LEVEL_LIST, address);
}

/* The address without its tag: 1 when there was one to take off. */
static int take_tag(const struct mm_settings_view *view, const char *address,
		    char *plain)
{
	const struct mm_setting_value *value =
		mm_settings_value(view, MM_SETTING_PLUS_TAGS, NULL);
	const char *domain = mm_address_domain(address), *tag;

	if (value->text == NULL || *value->text == '\0')
		return 0;
	tag = strchr(address + 1, *value->text);
	if (tag == NULL || tag >= domain - 1)
		return 0;
	memcpy(plain, address, (size_t)(tag - address));
	memcpy(plain + (tag - address), domain - 1, strlen(domain - 1) + 1);
	return 1;
}

static int follow_unknown(struct walk *walk,
			  const struct mm_settings_view *view,
			  const char *address)
{
	const struct mm_setting_value *value =
		mm_settings_value(view, MM_SETTING_CATCH_ALL, NULL);
	char plain[MM_ADDRESS_MAX + 1];
	int r;

	if (take_tag(view, address, plain)) {
		if ((r = try_name(walk, plain)) != 0)
			return r < 0 ? r : 0;
	}
	if (value->text != NULL && *value->text != '\0' &&
	    strcmp(value->text, address) != 0) {
		walk->depth++;
		r = follow(walk, value->text);
		walk->depth--;
		return r;
	}
	/* Known to Exim alone: a tag is none of the mailbox's name. */
	return add_box(walk, take_tag(view, address, plain) ? plain : address);
}

static int follow_domain(struct walk *walk, const struct mm_settings_view *view,
			 const char *address)
{
	const struct mm_setting_value *value =
		&view->domain->values.list[MM_SETTING_ALIAS_OF];
	const char *domain = mm_address_domain(address);
	char other[MM_ADDRESS_MAX + 1];
	const size_t local = (size_t)(domain - address);
	int r;

	if (value->set && *value->text != '\0' &&
	    local + strlen(value->text) <= MM_ADDRESS_MAX) {
		memcpy(other, address, local);
		memcpy(other + local, value->text, strlen(value->text) + 1);
		walk->depth++;
		r = follow(walk, other);
		walk->depth--;
		return r;
	}
	r = try_name(walk, address);
	return r != 0 ? (r < 0 ? r : 0) : follow_unknown(walk, view, address);
}

static int follow(struct walk *walk, const char *address)
{
	struct mm_settings_view view;
	char low[MM_ADDRESS_MAX + 1], at[MM_ADDRESS_MAX + 1];
	int r;

	if (walk->depth > MM_MAP_DEPTH_MAX ||
	    walk->boxes->steps >= MM_MAP_STEPS_MAX) {
		walk->boxes->cut = true;
		return 0;
	}
	if (!mm_settings_is_address(address))
		return mm_address_is_plain(address) ? add_box(walk, address)
						    : 0;
	memcpy(low, address, strlen(address) + 1);
	mm_text_lower(low);
	memcpy(at, mm_address_domain(low) - 1,
	       strlen(mm_address_domain(low)) + 2);
	walk->boxes->steps++;
	mm_settings_view(walk->tree, at, &view);
	r = view.domain == NULL ? add_box(walk, low)
				: follow_domain(walk, &view, low);
	mm_settings_view_clear(&view);
	return r;
}

/* A tag may be longer than names in the settings are, and of any characters:
 * it must not hide the mailbox. */
static bool take_odd_tag(struct mm_settings_tree *tree, const char *address,
			 char *plain)
{
	struct mm_settings_view view;
	char low[MM_ADDRESS_MAX + 1];
	bool taken;

	if (mm_settings_is_address(address) ||
	    mm_address_domain(address) == NULL ||
	    strlen(address) > MM_ADDRESS_MAX)
		return false;
	memcpy(low, address, strlen(address) + 1);
	mm_text_lower(low);
	mm_settings_view(tree, mm_address_domain(low) - 1, &view);
	taken = take_tag(&view, low, plain) &&
		mm_settings_is_address(plain);
	mm_settings_view_clear(&view);
	return taken;
}

int mm_map_address(struct mm_settings_tree *tree, const char *address,
		   struct mm_mailboxes *boxes)
{
	struct walk walk = { .tree = tree, .boxes = boxes };
	char text[MM_ADDRESS_MAX + 1], bare[MM_ADDRESS_MAX + 1];
	const bool quoted = mm_address_unquote(address, text);

	if (take_odd_tag(tree, quoted ? text : address, bare))
		address = bare;
	else if (quoted && mm_settings_is_address(text))
		address = text;
	/* Each address of an envelope has its own budget. */
	boxes->steps = 0;
	return follow(&walk, address);
}

bool mm_map_is_registered(struct mm_settings_tree *tree, const char *address)
{
	const char *domain = mm_address_domain(address);
	struct mm_settings_file *file;
	bool is;

	if (domain == NULL)
		return false;
	is = mm_settings_get(tree, MM_LEVEL_DOMAIN, domain, &file) == 1;
	mm_settings_release(file);
	return is;
}

int mm_map_login(struct mm_settings_tree *tree, const struct mm_conf *conf,
		 const char *login, struct mm_buf *address)
{
	struct mm_settings_file *file;
	const char *owner = NULL;
	int r;

	r = mm_settings_get(tree, MM_LEVEL_LOGIN, login, &file);
	if (r == MM_ERR_NOMEM)
		return r;
	if (file != NULL)
		owner = file->values.list[MM_SETTING_ACCOUNT].text;
	if (owner == NULL || *owner == '\0')
		owner = mm_conf_map_get(&conf->local_owners, login);
	if (owner == NULL)
		owner = login;
	r = mm_address_is_plain(owner) ? mm_buf_puts(address, owner) : 0;
	mm_settings_release(file);
	return r < 0 ? r : address->len > 0;
}
