#ifndef MM_INSPECT_LIMITS_H
#define MM_INSPECT_LIMITS_H

/*
 * How the limits are called, in findings, logs and mamorid(8). Content of a
 * form that is not supported is "unsupported: WHAT", what cannot be read for
 * other reasons "damaged: WHAT".
 */
#define MM_LIMIT_MESSAGE "message size"
#define MM_LIMIT_UNPACKED "unpacked size"
#define MM_LIMIT_DEPTH "nesting depth"
#define MM_LIMIT_PARTS "parts" /* of a mail, members, files in text */
#define MM_LIMIT_HEADERS "headers" /* their number or size */
#define MM_LIMIT_LINES "lines"
#define MM_LIMIT_TEXT "encoded text" /* with too much else in it */
#define MM_LIMIT_READINGS "readings"
#define MM_LIMIT_OVERLAP "overlapping members"
#define MM_LIMIT_TIME "scan time"
#define MM_LIMIT_MEMORY "memory"
#define MM_LIMIT_ENGINE "scanner"
#define MM_LIMIT_UNSUPPORTED "unsupported: "
#define MM_LIMIT_DAMAGED "damaged: "

#endif
