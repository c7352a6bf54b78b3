#ifndef MM_INSPECT_HUGE_PAGES_H
#define MM_INSPECT_HUGE_PAGES_H

/* Put the large areas of this process's own memory into huge pages, where the
 * kernel can (MADV_HUGEPAGE since Linux 2.6.38, MADV_COLLAPSE since 6.1). Once,
 * when the signatures are loaded and before the first fork. Takes half a second
 * for a gigabyte. There is no failure: pages that stay small only cost time. */
void mm_huge_pages_collapse(void);

#endif
