#ifndef MM_CORE_PROTO_HISTORY_H
#define MM_CORE_PROTO_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/proto.h"

/*
 * keeper.sock: what became of a mail, for `mamorictl why`.
 *
 *   gate -> keeper   HISTORY   the payload; no answer
 *
 * A mail with more recipients than a frame holds goes as several frames, each
 * of which names its first recipient; only the one that begins at 0 has the
 * rest of the story.
 */

struct mm_history_recipient {
	const char *address;
	const char *outcome; /* "deliver", "junk", "quarantine", ... */
	const char *edits; /* "strip,tag", or "" */
	const char *rules; /* names of those that matched: "a,b", or "" */
	const char *notices; /* to its mailboxes, by template, or "" */
	bool local; /* its mailbox is on this server */
	bool copy; /* one is in quarantine */
	bool variant; /* it gets a mail of its own */
};

struct mm_history {
	uint32_t version;
	const char *trace;
	int64_t time; /* seconds since the epoch */
	const char *direction;
	const char *account; /* mailbox that sends, or "" */
	const char *login; /* authenticated or local one, or "" */
	const char *sender; /* envelope sender */
	const char *host;
	const char *helo;
	uint64_t uid; /* the originator's, for local mail */
	const char *message_id;
	const char *from; /* decoded, like the subject */
	const char *subject;
	uint64_t size;
	const char *verdict;
	const char *action; /* what Exim was told */
	const char *reason;
	const char *spam; /* the spam engine's verdict, or "" */
	const char *notices; /* to others than the recipients:
				 * "TEMPLATE ADDRESS, ...", or "" */
	uint64_t content; /* the same for the same body; 0: not known */
	uint64_t invalid; /* recipients that Exim refused */
	uint64_t total; /* recipients in all */
	uint64_t ms;
	bool bounce; /* made by this Exim */
	bool held; /* not let out: the account is held */
	const char *findings; /* MM_TAG_ROW fields, see below */
	size_t findings_len;
	uint64_t first; /* number of recipients[0] in the mail */
	struct mm_history_recipient *recipients;
	size_t nrecipients;
};

/* Longer texts are cut when encoding, at a character's end. */
#define MM_HISTORY_TEXT_MAX 500u
#define MM_HISTORY_FINDINGS_MAX 20u
#define MM_HISTORY_FINDINGS_BYTES 16384u

/* Append one finding to out (MM_HISTORY_FINDINGS_BYTES): a row of the pairs
 * "row" (finding), "kind", "part", "name" and "detail". Errors as
 * mm_buf_put(); out is unchanged then. */
MM_CHECK int mm_history_put_finding(struct mm_buf *out,
				    const struct mm_finding *finding);

/* Append the payload of one frame to buf (empty, of MM_FRAME_MAX) with as many
 * recipients as it holds, from number first on; *next_r is the first one that
 * it does not. 0, MM_ERR_LIMIT, MM_ERR_NOMEM. */
MM_CHECK int mm_history_encode(struct mm_buf *buf,
			       const struct mm_history *history, size_t first,
			       size_t *next_r);

/* Decode len bytes at data, which must outlive *history_r. Strings that are
 * missing are "". Release with mm_history_clear() also after an error. 0,
 * MM_ERR_VERSION, MM_ERR_FORMAT, MM_ERR_LIMIT, MM_ERR_NOMEM. */
MM_CHECK int mm_history_decode(const void *data, size_t len,
			       struct mm_history *history_r);
void mm_history_clear(struct mm_history *history);

#endif
