/*
 * Paths in an Office package.
 * Process: inspector (as users.inspector, in its jail). Pure functions.
 */
#include "mamorid/inspect/clean_path.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mamorid/xalloc.h"

#define FOLDER "_rels/"
#define SUFFIX ".rels"

static size_t folder_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

char *mm_path_source(const char *relations)
{
	const size_t len = strlen(relations);
	const size_t folder = folder_len(relations);
	const size_t outer = folder < sizeof(FOLDER) - 1
			     ? 0 : folder - (sizeof(FOLDER) - 1);

	if (len < folder + sizeof(SUFFIX) - 1 ||
	    strcasecmp(relations + len - (sizeof(SUFFIX) - 1), SUFFIX) != 0 ||
	    folder < sizeof(FOLDER) - 1 ||
	    strncasecmp(relations + outer, FOLDER, sizeof(FOLDER) - 1) != 0 ||
	    (outer > 0 && relations[outer - 1] != '/'))
		return NULL;
	return mm_xasprintf("%.*s%.*s", (int)outer, relations,
			    (int)(len - folder - (sizeof(SUFFIX) - 1)),
			    relations + folder);
}

char *mm_path_relations(const char *part)
{
	const size_t folder = folder_len(part);

	return mm_xasprintf("%.*s" FOLDER "%s" SUFFIX, (int)folder, part,
			    part + folder);
}

char *mm_path_resolve(const char *part, const char *target)
{
	const size_t base = target[0] == '/' ? 0 : folder_len(part);
	char *path = mm_xcalloc(base + strlen(target) + 2, 1);
	size_t used = base;

	memcpy(path, part, base);
	while (*target != '\0') {
		const size_t len = strcspn(target, "/");

		if (len == 2 && memcmp(target, "..", 2) == 0) {
			if (used == 0) {
				free(path);
				return NULL;
			}
			path[used - 1] = '\0';
			used = folder_len(path);
		} else if (len > 0 && !(len == 1 && target[0] == '.')) {
			memcpy(path + used, target, len);
			used += len;
			if (target[len] == '/')
				path[used++] = '/';
		}
		path[used] = '\0';
		target += len + (target[len] == '/');
	}
	return path;
}
