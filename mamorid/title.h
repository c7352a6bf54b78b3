#ifndef MM_MAMORID_TITLE_H
#define MM_MAMORID_TITLE_H

/* The name that ps and top show. Call once in main, before getopt. */
void mm_title_init(int argc, char **argv);

/* Show "mamorid: ROLE", cut to the room that the arguments had. Forked
 * processes inherit it. The original arguments must no longer be in use. */
void mm_title_set(const char *role);

#endif
