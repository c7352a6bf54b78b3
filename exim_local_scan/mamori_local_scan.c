/*
 * The whole module as one source file: what mamori_local_scan.so is built
 * from, and what LOCAL_SCAN_SOURCE names when Exim itself is built from
 * source; see mamori-exim(7). local_scan.c comes last, because Exim's header
 * defines short names for everything behind it.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "core/err.c"
#include "core/buf.c"
#include "core/wire.c"
#include "core/deadline.c"
#include "core/frame.c"
#include "core/fdutil.c"
#include "core/text.c"
#include "core/proto_list.c"
#include "core/proto_scan.c"
#include "core/proto_control.c"

#include "exim_local_scan/settings.c"
#include "exim_local_scan/outcome.c"
#include "exim_local_scan/envelope.c"
#include "exim_local_scan/body.c"
#include "exim_local_scan/client.c"
#include "exim_local_scan/apply.c"
#include "exim_local_scan/local_scan.c"
