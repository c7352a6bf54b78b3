#ifndef MM_INSPECT_PDF_H
#define MM_INSPECT_PDF_H

#include "mamorid/inspect/walk.h"

/* Analyzer: JavaScript, launch actions, rich media and names of embedded
 * programs in PDF, also in object streams. */
void mm_pdf_analyze(struct mm_walk *walk, const struct mm_item *item);

#endif
