#ifndef MM_INSPECT_OFFICE_TEXT_H
#define MM_INSPECT_OFFICE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* A symbolic link file (.slk): does it hold Excel 4.0 macros? */
bool mm_office_slk_macro(const unsigned char *data, size_t len);

/* A table in text: does a cell hold a formula that calls a program, such as
 * =cmd|'/c calc'!A0? */
bool mm_office_dde_formula(const unsigned char *data, size_t len);

/* An Excel 4.0 macro sheet without a compound file around it. */
bool mm_office_bare_macro_sheet(const unsigned char *data, size_t len);

#endif
