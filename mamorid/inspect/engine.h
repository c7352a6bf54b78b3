#ifndef MM_INSPECT_ENGINE_H
#define MM_INSPECT_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/conf.h"
#include "core/deadline.h"

/* A loaded set of signatures. One scan at a time; forked processes share it,
 * each with a temporary folder of its own: two on one folder collide on names
 * and report infected mail as clean. */
struct mm_engine;

/* Load and compile a folder of signatures. On error, error gets one line.
 * 0, MM_ERR_INVALID (nothing there, or broken), MM_ERR_NOMEM. */
MM_CHECK int mm_engine_load(const struct mm_conf *conf, const char *folder,
			    struct mm_engine **engine_r, struct mm_buf *error);

/* Accepts a pointer to NULL and sets it to NULL. */
void mm_engine_free(struct mm_engine **engine);

uint32_t mm_engine_signatures(const struct mm_engine *engine);

/* When the newest signature file was changed, seconds since the epoch. */
int64_t mm_engine_signatures_time(const struct mm_engine *engine);

/* May the parts of a mail be scanned without the mail around them? A scan of
 * that kind then gets hits named MM_BOUND_NAME (bound.h) where it may not. */
bool mm_engine_parts_alone(const struct mm_engine *engine);

/* Do signatures ask for the names of a mail's attachments? */
bool mm_engine_wants_names(const struct mm_engine *engine);

/* With flat, scans look at a mail's bytes and do not take it apart. */
void mm_engine_set_flat(struct mm_engine *engine, bool flat);

/* Virus names that do not count, a line each, or NULL. names must live as long
 * as they are set. */
void mm_engine_allow(struct mm_engine *engine, const char *names);

/* Is a virus name among them, ".UNOFFICIAL" aside? */
bool mm_engine_allows(const struct mm_engine *engine, const char *name);

/* Where archives are unpacked; the folder must be this process's own.
 * 0 or MM_ERR_NOMEM. */
MM_CHECK int mm_engine_set_tmpdir(struct mm_engine *engine, const char *path);

/* Something that the engine looks into: the file itself, then what it holds.
 * Alive while it and its children are scanned. */
struct mm_layer {
	const struct mm_layer *parent;	/* NULL for the file itself */
	unsigned int level;
	char type[24];		/* "zip", "mail", "text_ascii", ... */
	size_t size;
	bool normalized;	/* a rewritten copy of its parent */
	int leaf;		/* for the sink's use; -1 at first */
	unsigned int depth;	/* for the sink's use: below its part */
};

/* Who hears what a scan comes across. */
struct mm_scan_sink {
	void *context;
	/* A layer opens. True: leave it and all that follows alone. */
	bool (*layer)(void *context, struct mm_layer *layer,
		      const unsigned char *data);
	/* A signature or a heuristic matched in a layer. */
	void (*hit)(void *context, const struct mm_layer *layer,
		    const char *name);
	/* An archive in this layer lists a member, of this unpacked size. */
	void (*member)(void *context, const struct mm_layer *layer,
		       const char *name, uint64_t size, bool encrypted);
};

/* Scan len bytes. Returns 0 when the scan went through to its end; whatever
 * else it returns, the bytes were not completely checked:
 * MM_ERR_TIMEOUT, MM_ERR_SYS (a file call failed, the engine reported an
 * error or gave up; error gets the reason). */
MM_CHECK int mm_engine_scan(struct mm_engine *engine,
			    const unsigned char *data, size_t len,
			    mm_deadline deadline,
			    const struct mm_scan_sink *sink,
			    struct mm_buf *error);

#endif
