/*
 * The table of analyzers. Process: inspector (as users.inspector, in its
 * jail), and one-shot mode.
 */
#include "mamorid/inspect/analyze.h"

#include "mamorid/inspect/archive.h"
#include "mamorid/inspect/encoded_text.h"
#include "mamorid/inspect/encrypted.h"
#include "mamorid/inspect/executable.h"
#include "mamorid/inspect/html.h"
#include "mamorid/inspect/name.h"
#include "mamorid/inspect/office.h"
#include "mamorid/inspect/office_xml.h"
#include "mamorid/inspect/onenote.h"
#include "mamorid/inspect/pdf.h"
#include "mamorid/inspect/readings.h"
#include "mamorid/inspect/zip.h"
#include "mamorid/inspect/smime.h"
#include "mamorid/inspect/tnef.h"

static void (*const analyzers[])(struct mm_walk *walk,
				 const struct mm_item *item) = {
	mm_archive_analyze,
	mm_zip_analyze,
	mm_encrypted_analyze,
	mm_name_analyze,
	mm_executable_analyze,
	mm_html_analyze,
	mm_readings_analyze,
	mm_encoded_text_analyze,
	mm_smime_analyze,
	mm_tnef_analyze,
	mm_office_analyze,
	mm_pdf_analyze,
	mm_onenote_analyze,
};

void mm_analyze(struct mm_walk *walk, const struct mm_item *item)
{
	size_t i;

	if (item->data == NULL)
		return;
	for (i = 0; i < sizeof(analyzers) / sizeof(analyzers[0]); i++)
		if (!mm_walk_stopped(walk, item->leaf))
			analyzers[i](walk, item);
}

void mm_analyze_member(struct mm_walk *walk, const struct mm_item *archive,
		       const char *member, uint64_t size)
{
	(void)size;
	mm_name_member(walk, archive, member);
	mm_executable_member(walk, archive, member);
	mm_office_member(walk, archive, member);
}
