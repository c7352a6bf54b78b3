/*
 * The walk through one message: findings, the queue of unpacked content, and
 * the budgets. Process: inspector (as users.inspector, in its jail), and
 * one-shot mode. Must never drop content without a finding.
 */
#include "mamorid/inspect/walk.h"

#include <stdlib.h>

#include "mamorid/inspect/limits.h"
#include "mamorid/xalloc.h"

struct child {
	struct child *next;
	unsigned char *data;
	size_t len;
	char *name;
	int leaf;
	unsigned int depth;
	bool in_body;
};

struct mm_walk {
	const struct mm_conf *conf;
	mm_deadline deadline;
	struct mm_mail *mail;
	struct mm_report *report;
	uint64_t unpacked;
	uint64_t pushed;
	bool stop;
	struct child *first, **last;
	struct child *current;	/* what mm_walk_next() has handed out */
};

struct mm_walk *mm_walk_new(const struct mm_conf *conf, mm_deadline deadline,
			    struct mm_mail *mail, struct mm_report *report)
{
	struct mm_walk *walk = mm_xcalloc(1, sizeof(*walk));

	walk->conf = conf;
	walk->deadline = deadline;
	walk->mail = mail;
	walk->report = report;
	walk->last = &walk->first;
	return walk;
}

static void free_child(struct child **child)
{
	if (*child == NULL)
		return;
	free((*child)->data);
	free((*child)->name);
	free(*child);
	*child = NULL;
}

void mm_walk_free(struct mm_walk **walk)
{
	struct child *child;

	if (*walk == NULL)
		return;
	free_child(&(*walk)->current);
	while ((child = (*walk)->first) != NULL) {
		(*walk)->first = child->next;
		free_child(&child);
	}
	free(*walk);
	*walk = NULL;
}

void mm_walk_find_part(struct mm_walk *walk, int leaf, enum mm_kind kind,
		       const char *detail)
{
	struct mm_finding finding = { .kind = kind, .detail = detail };
	const struct mm_leaf *part;

	if (leaf < 0) {
		mm_report_whole(walk->report, kind, detail);
		return;
	}
	part = &walk->mail->leaves[leaf];
	finding.part = part->part;
	finding.name = part->name;
	finding.mime_type = part->mime_type;
	finding.type = part->type;
	finding.size = part->size;
	finding.in_body = part->in_body;
	mm_report_add(walk->report, &finding);
}

void mm_walk_find(struct mm_walk *walk, const struct mm_item *item,
		  enum mm_kind kind, const char *detail)
{
	mm_walk_find_part(walk, item->leaf, kind, detail);
}

void mm_walk_stop(struct mm_walk *walk, int leaf, const char *limit)
{
	walk->stop = true;
	mm_walk_find_part(walk, leaf, MM_KIND_LIMIT, limit);
}

bool mm_walk_stopped(struct mm_walk *walk, int leaf)
{
	if (!walk->stop && walk->deadline != MM_DEADLINE_NONE &&
	    mm_now_ms() >= walk->deadline)
		mm_walk_stop(walk, leaf, MM_LIMIT_TIME);
	return walk->stop;
}

bool mm_walk_unpacked(struct mm_walk *walk, int leaf, uint64_t size)
{
	if (walk->stop)
		return false;
	if (size > mm_walk_room(walk)) {
		mm_walk_stop(walk, leaf, MM_LIMIT_UNPACKED);
		return false;
	}
	walk->unpacked += size;
	return true;
}

uint64_t mm_walk_room(const struct mm_walk *walk)
{
	return walk->conf->limits_unpacked_size - walk->unpacked;
}

/* Takes data. */
static void queue(struct mm_walk *walk, const struct mm_item *item,
		  const char *name, unsigned char *data, size_t len)
{
	struct child *child = mm_xcalloc(1, sizeof(*child));

	child->data = data;
	child->len = len;
	child->name = mm_xstrdup(name == NULL ? "" : name);
	child->leaf = item->leaf;
	child->depth = item->depth;
	child->in_body = item->in_body;
	*walk->last = child;
	walk->last = &child->next;
}

bool mm_walk_push_take(struct mm_walk *walk, const struct mm_item *parent,
		       const char *name, unsigned char *data, size_t len)
{
	struct mm_item item = *parent;

	item.depth++;
	if (item.depth > walk->conf->limits_depth && !walk->stop)
		mm_walk_stop(walk, item.leaf, MM_LIMIT_DEPTH);
	if (walk->pushed >= walk->conf->limits_parts && !walk->stop)
		mm_walk_stop(walk, item.leaf, MM_LIMIT_PARTS);
	if (!mm_walk_unpacked(walk, item.leaf, len)) {
		free(data);
		return false;
	}
	walk->pushed++;
	queue(walk, &item, name == NULL ? parent->name : name, data, len);
	return true;
}

bool mm_walk_reading_take(struct mm_walk *walk, int leaf, const char *name,
			  unsigned char *data, size_t len)
{
	const struct mm_item item = {
		.leaf = leaf,
		.in_body = leaf >= 0 && walk->mail->leaves[leaf].in_body,
	};

	if (!mm_walk_unpacked(walk, leaf, len)) {
		free(data);
		return false;
	}
	queue(walk, &item, name, data, len);
	return true;
}

bool mm_walk_next(struct mm_walk *walk, struct mm_item *item_r)
{
	struct child *child = walk->first;

	free_child(&walk->current);
	if (child == NULL)
		return false;
	walk->first = child->next;
	if (walk->first == NULL)
		walk->last = &walk->first;
	walk->current = child;
	*item_r = (struct mm_item){
		.data = child->data,
		.len = child->len,
		.type = "",
		.name = child->name,
		.mime_type = "",
		.leaf = child->leaf,
		.depth = child->depth,
		.in_body = child->in_body,
	};
	return true;
}

const struct mm_conf *mm_walk_conf(const struct mm_walk *walk)
{
	return walk->conf;
}

mm_deadline mm_walk_deadline(const struct mm_walk *walk)
{
	return walk->deadline;
}

struct mm_mail *mm_walk_mail(const struct mm_walk *walk)
{
	return walk->mail;
}

const struct mm_report *mm_walk_report(const struct mm_walk *walk)
{
	return walk->report;
}
