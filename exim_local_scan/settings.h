#ifndef MM_EXIM_SETTINGS_H
#define MM_EXIM_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

/* Exim's own local_scan_timeout is 5 minutes and jumps out of the module: the
 * deadline stays well below it. */
#define MM_DEADLINE_MS_DEFAULT 60000u
#define MM_DEADLINE_MS_MIN 1000u
#define MM_DEADLINE_MS_MAX 240000u
#define MM_SOCKET_DEFAULT "/run/mamori/scan.sock"

struct mm_settings {
	const char *socket;
	int64_t deadline_ms;
	bool accept_on_failure;
	const char *problem;	/* a variable that was ignored, or NULL */
};

/* Read MAMORI_SOCKET, MAMORI_DEADLINE_MS and MAMORI_ON_FAILURE. A value that
 * is not allowed counts as absent and is named in problem. The strings belong
 * to the environment. */
void mm_settings_read(struct mm_settings *settings_r);

#endif
