#ifndef MM_INSPECT_GIVE_UP_H
#define MM_INSPECT_GIVE_UP_H

#include <stdbool.h>

/* There is no way to end a scan of libclamav. With yes zlib fails to inflate
 * from here on, in this process, so that a scan of which nothing more is wanted
 * ends soon, whatever it has still to unpack; how it ends then means nothing.
 * Returns what was said before. */
bool mm_give_up(bool yes);

#endif
