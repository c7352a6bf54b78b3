#ifndef MM_INSPECT_IO_WATCH_H
#define MM_INSPECT_IO_WATCH_H

#include "core/buf.h"

/* Begin to watch the file calls of this process, libraries included: every
 * failed or short write, and every failure to create or open something under
 * folder (the temporary folder; must outlive the watch), is counted. */
void mm_io_watch_begin(const char *folder);

/* End the watch. Returns the number of failures; the first one is appended to
 * text ("write: No space left on device") unless text is NULL. */
unsigned int mm_io_watch_end(struct mm_buf *text);

#endif
