/*
 * One scan by libclamav, and what its callbacks tell about the layers.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never return 0 unless libclamav went through to the end, reported no
 * error, and no file call failed (see io_watch.c).
 */
#include "mamorid/inspect/engine.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "mamorid/inspect/engine_private.h"
#include "mamorid/inspect/io_watch.h"

#define LEVELS_MAX 128u
#define MESSAGE_MAX 256u

struct scan {
	const struct mm_scan_sink *sink;
	struct mm_layer layers[LEVELS_MAX];
	unsigned int depth;	/* open layers */
};

/* The first error message; libclamav has one callback for all engines. */
static char first_message[MESSAGE_MAX];

void mm_engine_message_reset(void)
{
	first_message[0] = '\0';
}

const char *mm_engine_message(void)
{
	return first_message;
}

static void on_message(enum cl_msg severity, const char *full,
		       const char *text, void *context)
{
	size_t len;

	(void)full, (void)context;
	if (severity < CL_MSG_ERROR || first_message[0] != '\0')
		return;
	len = strcspn(text, "\n");
	if (len >= sizeof(first_message))
		len = sizeof(first_message) - 1;
	memcpy(first_message, text, len);
	first_message[len] = '\0';
	if (len == 0)
		memcpy(first_message, "?", 2);
}

/* "CL_TYPE_MSEXE" -> "msexe" */
static void short_type(char *out, size_t size, const char *type)
{
	size_t i = 0;

	if (type == NULL)
		type = "";
	if (strncmp(type, "CL_TYPE_", 8) == 0)
		type += 8;
	for (; i + 1 < size && type[i] != '\0'; i++)
		out[i] = (char)tolower((unsigned char)type[i]);
	out[i] = '\0';
}

static const struct mm_layer *current(const struct scan *scan)
{
	return &scan->layers[scan->depth > 0 ? scan->depth - 1 : 0];
}

static cl_error_t on_layer(int fd, const char *type, const char **ancestors,
			   size_t parent_size, const char *name, size_t size,
			   const char *data, uint32_t level,
			   uint32_t attributes, void *context)
{
	struct scan *scan = context;
	struct mm_layer *layer;

	(void)fd, (void)ancestors, (void)parent_size, (void)name;
	/* Levels have gaps: an archive inside a program takes one of its own,
	 * of which no callback tells. */
	while (scan->depth > 0 &&
	       (scan->depth == LEVELS_MAX ||
		scan->layers[scan->depth - 1].level >= level))
		scan->depth--;
	layer = &scan->layers[scan->depth];
	memset(layer, 0, sizeof(*layer));
	layer->parent = scan->depth > 0 ? layer - 1 : NULL;
	layer->level = level;
	layer->size = size;
	layer->leaf = -1;
	layer->normalized = (attributes & LAYER_ATTRIBUTES_NORMALIZED) != 0;
	short_type(layer->type, sizeof(layer->type), type);
	scan->depth++;
	return scan->sink->layer(scan->sink->context, layer,
				 (const unsigned char *)data) ? CL_BREAK
							      : CL_CLEAN;
}

static cl_error_t on_layer_end(int fd, int result, const char *name,
			       void *context)
{
	struct scan *scan = context;

	(void)fd, (void)result, (void)name;
	if (scan->depth > 1)
		scan->depth--;
	return CL_CLEAN;
}

static void on_virus(int fd, const char *name, void *context)
{
	struct scan *scan = context;

	(void)fd;
	scan->sink->hit(scan->sink->context, current(scan),
			name != NULL ? name : "unnamed");
}

static cl_error_t on_member(const char *container, unsigned long packed,
			    const char *name, unsigned long size,
			    int encrypted, unsigned int position,
			    void *context)
{
	struct scan *scan = context;

	(void)container, (void)packed, (void)position;
	scan->sink->member(scan->sink->context, current(scan),
			   name != NULL ? name : "", size, encrypted != 0);
	return CL_CLEAN;
}

void mm_engine_hook(struct mm_engine *engine)
{
	cl_set_clcb_msg(on_message);
	cl_engine_set_clcb_file_inspection(engine->clamav, on_layer);
	cl_engine_set_clcb_post_scan(engine->clamav, on_layer_end);
	cl_engine_set_clcb_virus_found(engine->clamav, on_virus);
	cl_engine_set_clcb_meta(engine->clamav, on_member);
}

static int set_time(struct mm_engine *engine, mm_deadline deadline)
{
	int left = mm_deadline_left(deadline);

	if (left == 0)
		return MM_ERR_TIMEOUT;
	/* 0 means no limit to libclamav. */
	return cl_engine_set_num(engine->clamav, CL_ENGINE_MAX_SCANTIME,
				 left < 0 ? 0 : left) == CL_SUCCESS
	       ? 0 : MM_ERR_SYS;
}

static int explain(struct mm_buf *error, const char *why)
{
	return mm_buf_puts(error, why) < 0 ? MM_ERR_NOMEM : MM_ERR_SYS;
}

/* The flag pair that reports an encrypted member and a virus after it, each
 * in its own layer. */
static const struct cl_scan_options options = {
	.general = CL_SCAN_GENERAL_ALLMATCHES | CL_SCAN_GENERAL_HEURISTICS |
		   CL_SCAN_GENERAL_HEURISTIC_PRECEDENCE,
	.parse = ~0u,
	.heuristic = CL_SCAN_HEURISTIC_EXCEEDS_MAX |
		     CL_SCAN_HEURISTIC_MACROS |
		     CL_SCAN_HEURISTIC_ENCRYPTED_ARCHIVE |
		     CL_SCAN_HEURISTIC_ENCRYPTED_DOC,
};

int mm_engine_scan(struct mm_engine *engine, const unsigned char *data,
		   size_t len, mm_deadline deadline,
		   const struct mm_scan_sink *sink, struct mm_buf *error)
{
	struct cl_scan_options chosen = options;
	struct scan scan = { .sink = sink };
	unsigned long scanned = 0;
	const char *name = NULL;
	cl_fmap_t *map;
	cl_error_t rc;
	int r;

	if (len == 0)
		return 0;
	if (engine->tmpdir == NULL)
		return explain(error, "no temporary folder");
	if ((r = set_time(engine, deadline)) < 0)
		return r;
	if ((map = cl_fmap_open_memory(data, len)) == NULL)
		return explain(error, "the engine cannot map the data");
	if (engine->flat)
		chosen.parse &= ~(uint32_t)CL_SCAN_PARSE_MAIL;
	scan.layers[0].leaf = -1;
	mm_engine_message_reset();
	mm_io_watch_begin(engine->tmpdir);
	rc = cl_scanmap_callback(map, NULL, &name, &scanned, engine->clamav,
				 &chosen, &scan);
	if (mm_io_watch_end(error) > 0)
		r = MM_ERR_SYS;
	else if (first_message[0] != '\0')
		r = explain(error, first_message);
	else if (rc == CL_ETIMEOUT)
		r = MM_ERR_TIMEOUT;
	else if (rc != CL_CLEAN && rc != CL_VIRUS)
		r = explain(error, cl_strerror(rc));
	cl_fmap_close(map);
	return r;
}

void mm_engine_allow(struct mm_engine *engine, const char *names)
{
	engine->allowed = names;
}

bool mm_engine_allows(const struct mm_engine *engine, const char *name)
{
	const char *line = engine->allowed;
	size_t len;

	for (; line != NULL && *line != '\0'; line += len + 1) {
		len = strcspn(line, "\n");
		if (len > 0 && strncmp(line, name, len) == 0 &&
		    (name[len] == '\0' ||
		     strcmp(name + len, ".UNOFFICIAL") == 0))
			return true;
		if (line[len] == '\0')
			break;
	}
	return false;
}
