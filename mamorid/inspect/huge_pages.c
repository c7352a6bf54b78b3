/*
 * The signatures in huge pages. A scan looks at places all over them: with a
 * gigabyte in small pages the search for the pages takes a third of its time.
 * Process: pool, after loading. Must never count on a kernel that does it.
 */
#include "mamorid/inspect/huge_pages.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

#define HUGE_PAGE ((uintptr_t)2 << 20)
/* Smaller areas would only grow: a huge page takes room for its gaps. */
#define AREA_MIN ((uintptr_t)16 << 20)

/* A line of /proc/self/maps that is private memory without a file. */
static int own_memory(const char *line, uintptr_t *begin_r, uintptr_t *end_r)
{
	unsigned long inode;
	char rights[5];

	return sscanf(line, "%lx-%lx %4s %*x %*s %lu", begin_r, end_r, rights,
		      &inode) == 4 &&
	       inode == 0 && strcmp(rights, "rw-p") == 0 &&
	       strstr(line, "[stack") == NULL;
}

static void collapse(uintptr_t begin, uintptr_t end)
{
	begin = (begin + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
	end &= ~(HUGE_PAGE - 1);
	/* Also for the kernel's own thread, which comes back for the rest. */
	(void)madvise((void *)begin, end - begin, MADV_HUGEPAGE);
	/* One by one: the first that cannot be had would end it for all. */
	for (; begin < end; begin += HUGE_PAGE)
		(void)madvise((void *)begin, HUGE_PAGE, MADV_COLLAPSE);
}

void mm_huge_pages_collapse(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	uintptr_t begin, end;
	char line[512];

	if (maps == NULL)
		return;
	while (fgets(line, sizeof(line), maps) != NULL)
		if (own_memory(line, &begin, &end) && end - begin >= AREA_MIN)
			collapse(begin, end);
	(void)fclose(maps);
}
