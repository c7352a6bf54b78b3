/*
 * Loads ClamAV signatures and sets the engine's limits. This file and
 * engine_scan.c are the only ones that know libclamav.
 * Process: pool (root until it forks; loads), and one-shot mode.
 * Must never accept a folder that libclamav complains about.
 */
#include "mamorid/inspect/engine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/err.h"
#include "core/fdutil.h"
#include "mamorid/inspect/bound.h"
#include "mamorid/inspect/engine_private.h"
#include "mamorid/xalloc.h"

/* libclamav takes sizes up to 2 GB. */
#define SIZE_LIMIT ((uint64_t)2000 << 20)
#define SCAN_OVERHEAD ((uint64_t)64 << 20)
/* Layers that a mail adds around an archive: the mail itself, a forwarded
 * mail, a normalized copy, and one that libclamav counts for itself. */
#define MAIL_LAYERS 5

static int set_num(struct mm_engine *engine, enum cl_engine_field field,
		   uint64_t value)
{
	return cl_engine_set_num(engine->clamav, field, (long long)value) ==
	       CL_SUCCESS ? 0 : MM_ERR_INVALID;
}

static int set_limits(struct mm_engine *engine, const struct mm_conf *conf)
{
	/* Every layer counts, the mail and its decoded parts as well. */
	uint64_t scan_size = 3 * conf->limits_message_size +
			     2 * conf->limits_unpacked_size + SCAN_OVERHEAD;
	uint64_t file_size;
	int r;

	if (scan_size > SIZE_LIMIT)
		scan_size = SIZE_LIMIT;
	/* Members above MAX_FILESIZE are cut without a word; MAX_SCANSIZE
	 * below it turns them into an alert. */
	file_size = scan_size + (1u << 20);
	if ((r = set_num(engine, CL_ENGINE_MAX_SCANSIZE, scan_size)) < 0 ||
	    (r = set_num(engine, CL_ENGINE_MAX_FILESIZE, file_size)) < 0 ||
	    (r = set_num(engine, CL_ENGINE_MAX_RECURSION,
			 conf->limits_depth + MAIL_LAYERS)) < 0 ||
	    (r = set_num(engine, CL_ENGINE_MAX_FILES, conf->limits_parts)) < 0)
		return r;
	/* A layer known from the cache would yield no facts. One search for all
	 * patterns instead of two, one of which (Boyer-Moore) is for plain
	 * ones: the other has to be done in any case. A JIT would want
	 * executable memory, which the jail denies. */
	if ((r = set_num(engine, CL_ENGINE_DISABLE_CACHE, 1)) < 0 ||
	    (r = set_num(engine, CL_ENGINE_AC_ONLY, 1)) < 0)
		return r;
	return set_num(engine, CL_ENGINE_BYTECODE_MODE,
		       CL_BYTECODE_MODE_INTERPRETER);
}

static int64_t newest_file(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int64_t newest = 0;
	struct stat st;

	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL) {
		if (fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 &&
		    S_ISREG(st.st_mode) && st.st_mtime > newest)
			newest = st.st_mtime;
	}
	closedir(dir);
	return newest;
}

static int explain(struct mm_buf *error, const char *folder, const char *why)
{
	const char *message = mm_engine_message();

	mm_buf_reset(error);
	return mm_buf_printf(error, "%s: %s%s%s", folder, why,
			     message[0] != '\0' ? ": " : "", message) < 0
	       ? MM_ERR_NOMEM : MM_ERR_INVALID;
}

/* libclamav reads signatures from files only. */
static int load_lines(struct mm_engine *engine, const struct mm_buf *lines)
{
	const char *base = getenv("TMPDIR");
	unsigned int count = 0;
	char *path;
	int fd, r;

	path = mm_xasprintf("%s/mamori-bound-XXXXXX.ldb",
			    base != NULL && base[0] == '/' ? base : "/tmp");
	if ((fd = mkostemps(path, 4, O_CLOEXEC)) < 0) {
		free(path);
		return MM_ERR_SYS;
	}
	if ((r = mm_write_all(fd, lines->data, lines->len)) == 0 &&
	    cl_load(path, engine->clamav, &count, CL_DB_STDOPT) != CL_SUCCESS)
		r = MM_ERR_INVALID;
	(void)unlink(path);
	mm_close(&fd);
	free(path);
	return r;
}

/* What cannot be read here only costs speed: without the twins all mails are
 * scanned as a whole. */
static int load_twins(struct mm_engine *engine, const char *folder)
{
	struct mm_bound bound;
	int r = 0;

	engine->parts_alone = mm_bound_read(folder, &bound) == 0 &&
			      !bound.untwinned;
	engine->names = bound.names;
	if (engine->parts_alone && bound.twins.len > 0)
		r = load_lines(engine, &bound.twins);
	mm_bound_clear(&bound);
	return r;
}

static int load(const struct mm_conf *conf, const char *folder, bool twins,
		struct mm_engine **engine_r, struct mm_buf *error)
{
	struct mm_engine *engine = mm_xcalloc(1, sizeof(*engine));
	unsigned int count = 0;
	cl_error_t rc;
	int r;

	if ((engine->clamav = cl_engine_new()) == NULL) {
		r = MM_ERR_NOMEM;
		goto out;
	}
	mm_engine_hook(engine);
	if ((r = set_limits(engine, conf)) < 0) {
		r = explain(error, folder, "a limit is not accepted");
		goto out;
	}
	engine->signatures_time = newest_file(folder);
	rc = cl_load(folder, engine->clamav, &count, CL_DB_STDOPT);
	if (twins && rc == CL_SUCCESS && count > 0 &&
	    (r = load_twins(engine, folder)) < 0)
		goto out;
	if (rc == CL_SUCCESS && count > 0)
		rc = cl_engine_compile(engine->clamav);
	if (rc != CL_SUCCESS || count == 0) {
		r = explain(error, folder, rc != CL_SUCCESS
			    ? cl_strerror(rc) : "no signatures");
		goto out;
	}
	engine->signatures = count;
	*engine_r = engine;
	engine = NULL;
	r = 0;
out:
	mm_engine_free(&engine);
	return r;
}

int mm_engine_load(const struct mm_conf *conf, const char *folder,
		   struct mm_engine **engine_r, struct mm_buf *error)
{
	static bool initialised;
	int r;

	*engine_r = NULL;
	mm_engine_message_reset();
	if (!initialised && cl_init(CL_INIT_DEFAULT) != CL_SUCCESS)
		return explain(error, folder, "libclamav does not start");
	initialised = true;
	r = load(conf, folder, true, engine_r, error);
	if (r < 0 && error->len == 0) {
		/* Not the signatures, but what was made of them. */
		mm_engine_message_reset();
		r = load(conf, folder, false, engine_r, error);
	}
	return r;
}

void mm_engine_free(struct mm_engine **engine)
{
	if (*engine == NULL)
		return;
	if ((*engine)->clamav != NULL)
		cl_engine_free((*engine)->clamav);
	free((*engine)->tmpdir);
	free(*engine);
	*engine = NULL;
}

uint32_t mm_engine_signatures(const struct mm_engine *engine)
{
	return engine->signatures;
}

int64_t mm_engine_signatures_time(const struct mm_engine *engine)
{
	return engine->signatures_time;
}

bool mm_engine_parts_alone(const struct mm_engine *engine)
{
	return engine->parts_alone;
}

bool mm_engine_wants_names(const struct mm_engine *engine)
{
	return engine->names;
}

void mm_engine_set_flat(struct mm_engine *engine, bool flat)
{
	engine->flat = flat;
}

int mm_engine_set_tmpdir(struct mm_engine *engine, const char *path)
{
	if (cl_engine_set_str(engine->clamav, CL_ENGINE_TMPDIR, path) !=
	    CL_SUCCESS)
		return MM_ERR_NOMEM;
	free(engine->tmpdir);
	engine->tmpdir = mm_xstrdup(path);
	return 0;
}
