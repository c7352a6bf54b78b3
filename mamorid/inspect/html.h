#ifndef MM_INSPECT_HTML_H
#define MM_INSPECT_HTML_H

#include "mamorid/inspect/walk.h"

/* Analyzer: scripts and their like in HTML, XHTML and SVG, in the body, in
 * attachments, and wherever else a document turns up. */
void mm_html_analyze(struct mm_walk *walk, const struct mm_item *item);

#endif
