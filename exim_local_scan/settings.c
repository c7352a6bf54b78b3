/*
 * The module's few settings, from the environment that Exim's
 * add_environment sets. Exim clears what a caller brings along, so nobody but
 * the operator can set them. Runs in Exim's receiving process.
 */
#include "exim_local_scan/settings.h"

#include <stdlib.h>
#include <string.h>

#include "core/text.h"

void mm_settings_read(struct mm_settings *settings_r)
{
	const char *path = getenv("MAMORI_SOCKET");
	const char *limit = getenv("MAMORI_DEADLINE_MS");
	const char *failure = getenv("MAMORI_ON_FAILURE");
	uint64_t ms = MM_DEADLINE_MS_DEFAULT;

	memset(settings_r, 0, sizeof(*settings_r));
	settings_r->socket = MM_SOCKET_DEFAULT;
	if (path != NULL && *path == '/')
		settings_r->socket = path;
	else if (path != NULL)
		settings_r->problem = "MAMORI_SOCKET";
	if (limit != NULL && mm_text_number(limit, MM_DEADLINE_MS_MIN,
					    MM_DEADLINE_MS_MAX, &ms) < 0) {
		ms = MM_DEADLINE_MS_DEFAULT;
		settings_r->problem = "MAMORI_DEADLINE_MS";
	}
	settings_r->deadline_ms = (int64_t)ms;
	if (failure != NULL && strcmp(failure, "accept") == 0)
		settings_r->accept_on_failure = true;
	else if (failure != NULL && strcmp(failure, "defer") != 0)
		settings_r->problem = "MAMORI_ON_FAILURE";
}
