#ifndef MM_INSPECT_ENCRYPTED_H
#define MM_INSPECT_ENCRYPTED_H

#include "mamorid/inspect/walk.h"

/* Analyzer: content that nobody can look into without a key: Office and
 * OpenDocument files, OpenPGP, S/MIME. Archives tell in archive.h and zip.h. */
void mm_encrypted_analyze(struct mm_walk *walk, const struct mm_item *item);

/* The detail of a finding: what libclamav's alert "Heuristics.Encrypted.*"
 * says, or a layer type of its own ("zip", "arj"); NULL for any other.
 * Static. */
const char *mm_encrypted_alert(const char *name);
const char *mm_encrypted_type(const char *type);

/* Is a compound file or a part of it encrypted: its package as a whole, or
 * Excel's, Word's or PowerPoint's own streams? */
bool mm_encrypted_office(const unsigned char *data, size_t len);

/* At the end of a walk: members that libclamav listed as encrypted, in formats
 * for which it has no alert. */
void mm_encrypted_report(struct mm_walk *walk);

#endif
