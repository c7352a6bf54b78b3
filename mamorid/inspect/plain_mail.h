#ifndef MM_INSPECT_PLAIN_MAIL_H
#define MM_INSPECT_PLAIN_MAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "mamorid/inspect/mime.h"

/*
 * Is this a mail in which libclamav sees the same parts as GMime: a plain
 * text, or a flat multipart of one plain text and base64 attachments, written
 * as RFC 2045 and 2046 have it and without anything that libclamav looks for
 * in texts (encodings without MIME, bounces, HTML)? Then it need not take the
 * mail apart itself, which costs it a folder, a file a part, and a list of all
 * lines. What is in doubt is not plain. data may lack full lines of base64
 * (base64_cut.h).
 */
bool mm_plain_mail(const unsigned char *data, size_t len,
		   const struct mm_mail *mail);

#endif
