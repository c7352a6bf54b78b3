/*
 * Process titles: the arguments' memory is written over, as sendmail and
 * OpenSSH have always done. Any role.
 */
#include "mamorid/title.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

static struct {
	char *start;
	size_t room;
} title;

void mm_title_init(int argc, char **argv)
{
	char *end;
	int i;

	if (argc < 1)
		return;
	end = argv[0];
	for (i = 0; i < argc && argv[i] == end; i++)
		end += strlen(argv[i]) + 1;
	title.start = argv[0];
	title.room = (size_t)(end - argv[0]);
}

void mm_title_set(const char *role)
{
	char name[16];

	if (title.room == 0)
		return;
	memset(title.start, 0, title.room);
	(void)snprintf(title.start, title.room, "mamorid: %s", role);
	(void)snprintf(name, sizeof(name), "mm-%s", role);
	(void)prctl(PR_SET_NAME, name);
}
