#ifndef MM_INSPECT_WALK_H
#define MM_INSPECT_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/conf.h"
#include "core/deadline.h"
#include "mamorid/inspect/findings.h"
#include "mamorid/inspect/item.h"
#include "mamorid/inspect/mime.h"

/*
 * The walk through one message: what was found, what is still to be scanned,
 * and the budgets that all of it shares. Every layer that libclamav opens and
 * every part goes through the analyzers (analyze.h); what an analyzer unpacks
 * is pushed here and later scanned and analyzed itself.
 */
struct mm_walk;

struct mm_walk *mm_walk_new(const struct mm_conf *conf, mm_deadline deadline,
			    struct mm_mail *mail, struct mm_report *report);
void mm_walk_free(struct mm_walk **walk);

/* A fact about an item. The detail is copied; for a member of an archive it
 * should name it: "executable: setup.exe". */
void mm_walk_find(struct mm_walk *walk, const struct mm_item *item,
		  enum mm_kind kind, const char *detail);

/* The same about a part, or the whole message for leaf -1. */
void mm_walk_find_part(struct mm_walk *walk, int leaf, enum mm_kind kind,
		       const char *detail);

/* A limit is passed: a finding, and the walk ends. */
void mm_walk_stop(struct mm_walk *walk, int leaf, const char *limit);

/* Has a limit or the deadline been passed? Analyzers with loops ask often. */
bool mm_walk_stopped(struct mm_walk *walk, int leaf);

/* Count bytes that were unpacked; false, and the walk is stopped, when that is
 * more than limits.unpacked_size in all. */
bool mm_walk_unpacked(struct mm_walk *walk, int leaf, uint64_t size);

/* Bytes that may still be unpacked. */
uint64_t mm_walk_room(const struct mm_walk *walk);

/* Queue something that was unpacked from parent. Takes the malloc'd data, also
 * on failure; name is copied, NULL for the parent's. Counts it as unpacked.
 * False when a limit (unpacked size, members, depth) stops the walk. */
bool mm_walk_push_take(struct mm_walk *walk, const struct mm_item *parent,
		       const char *name, unsigned char *data, size_t len);

/* Queue another reading of bytes that the mail itself holds, say a body decoded
 * in another way: as mm_walk_push_take(), at depth 0 of the part. */
bool mm_walk_reading_take(struct mm_walk *walk, int leaf, const char *name,
			  unsigned char *data, size_t len);

/* The next queued item, false when there is none. It stays valid until the
 * next call. */
bool mm_walk_next(struct mm_walk *walk, struct mm_item *item_r);

const struct mm_conf *mm_walk_conf(const struct mm_walk *walk);
mm_deadline mm_walk_deadline(const struct mm_walk *walk);
struct mm_mail *mm_walk_mail(const struct mm_walk *walk);
const struct mm_report *mm_walk_report(const struct mm_walk *walk);

#endif
