#ifndef MM_EXIM_HOST_H
#define MM_EXIM_HOST_H

#include <stdint.h>

/*
 * What apply.c may do to the message in Exim's hands. local_scan.c, which
 * alone sees Exim's structures, carries it out.
 */
struct mm_host;

/* text is one header line with its newline; above the first Received. */
void mm_host_add_header(struct mm_host *host, const char *text);

/* index counts the request's headers. */
void mm_host_set_header(struct mm_host *host, uint32_t index,
			const char *text);
void mm_host_delete_header(struct mm_host *host, uint32_t index);

/* Every occurrence of exactly this address; unknown ones are ignored. */
void mm_host_remove_recipient(struct mm_host *host, const char *address);

/* The body has been replaced. */
void mm_host_body_changed(struct mm_host *host, int lines, int zeros);

#endif
