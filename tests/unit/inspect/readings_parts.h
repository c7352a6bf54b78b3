#ifndef MM_TEST_INSPECT_READINGS_PARTS_H
#define MM_TEST_INSPECT_READINGS_PARTS_H

/* Pieces of mails with parts, and what their findings say. */
#include "tests/unit/inspect/readings_samples.h"

#define VERSION "MIME-Version: 1.0\n"
#define MIXED VERSION "Content-Type: multipart/mixed; "
#define TEXT "\nContent-Type: text/plain\n\nhello\n"
#define TYPE "Content-Type: application/octet-stream; name=e.dat\n"
#define BASE64 "Content-Transfer-Encoding: base64\n"
#define QUOTED "Content-Transfer-Encoding: quoted-printable\n"
#define FILE64 "\n" TYPE BASE64 "\n{base64}\n"

/* A mail whose second part has this header. */
#define PART(header, body) \
	MIXED "boundary=xx\n\n--xx" TEXT "--xx\n" header "\n" body "\n--xx--\n"

/* A mail with this parameter list, and this behind the dashes. */
#define BOUNDED(parameters, boundary) \
	MIXED parameters "\n\n--" boundary TEXT "--" boundary FILE64 \
			 "--" boundary "--\n"

#define WHY_TYPE "ambiguous: duplicate Content-Type"
#define WHY_CTE "ambiguous: duplicate Content-Transfer-Encoding"
#define WHY_ODD_CTE "ambiguous: Content-Transfer-Encoding"
#define WHY_HEADER "ambiguous: malformed header"
#define WHY_CONTROL "ambiguous: control character"
#define WHY_SEVERAL "ambiguous: several boundaries"
#define WHY_BOUNDARY "ambiguous: boundary"
#define WHY_STRUCTURE "ambiguous: structure"

#endif
