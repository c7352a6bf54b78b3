#ifndef MM_MAMORID_LOGSINK_H
#define MM_MAMORID_LOGSINK_H

#include <stddef.h>

#include "core/conf.h"
#include "mamorid/log.h"

/* Where the master writes lines: file, syslog, standard error. */

/* Open by the configuration, again for a rotated file. A file that cannot be
 * opened is told on the other ways and is no reason to stop: 0 or MM_ERR_SYS.
 * to_stderr: also there. */
int mm_logsink_open(const struct mm_conf *conf, int to_stderr);

/* Write one line of a role: control bytes are replaced, since roles are not
 * trusted to have done so. */
void mm_logsink_put(enum mm_log_level level, const char *line, size_t len);

#endif
