#ifndef MM_CORE_PROTO_H
#define MM_CORE_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/address.h"
#include "core/buf.h"
#include "core/deadline.h"
#include "core/proto_pairs.h"

/*
 * What goes over the sockets. Every message is a field list (core/wire.h)
 * that begins with its version. Frame types, who sends what, and which
 * descriptors go along:
 *
 *   scan.sock     module -> gate       SCAN      fds: request memfd, body
 *                 gate -> module       VERDICT   fds: verdict memfd
 *                                                [, new body memfd]
 *                 gate -> root         STORY     fds: rows memfd
 *   inspect.sock  gate, courier, root  INSPECT   fds: header memfd, body
 *                 inspector ->         FINDINGS  fds: findings memfd
 *                 gate, root           REWRITE   see core/proto_rewrite.h
 *                 inspector ->         REWRITTEN
 *   keeper.sock   gate -> keeper       RECORD    fds: record memfd,
 *                                                header memfd, body
 *                                    HISTORY   see core/proto_history.h
 *                 courier -> keeper    OUTBOX_NEXT, OUTBOX_DONE
 *                 keeper -> courier    OUTBOX_ITEM fds: item memfd
 *                                                [, stored message]
 *   control.sock  mamorictl -> keeper  CTL_*: see core/proto_pairs.h
 *
 * A request that cannot be served is answered by MM_FRAME_ERROR with an
 * error list. All request types are even, all answers odd.
 */
#define MM_PROTO_VERSION 1u
#define MM_PROTO_VERSION_OLDEST 1u

enum mm_frame_type {
	MM_FRAME_ERROR = 1,
	MM_FRAME_OK = 3,
	MM_FRAME_SCAN = 0x10,
	MM_FRAME_VERDICT = 0x11,
	MM_FRAME_STORY = 0x13,	/* to a dry run: fds: rows memfd */
	MM_FRAME_INSPECT = 0x20,
	MM_FRAME_FINDINGS = 0x21,
	MM_FRAME_REWRITE = 0x22,
	MM_FRAME_REWRITTEN = 0x23,
	MM_FRAME_RECORD = 0x30,
	MM_FRAME_RECORDED = 0x31,
	MM_FRAME_HISTORY = 0x32,	/* not answered */
	MM_FRAME_OUTBOX_NEXT = 0x40,	/* answered when a row is due */
	MM_FRAME_OUTBOX_ITEM = 0x41,
	MM_FRAME_OUTBOX_DONE = 0x42,	/* answered OK */
	MM_FRAME_CTL_STATUS = 0x50,
	MM_FRAME_CTL_RELOAD = 0x52,
	MM_FRAME_CTL_QUARANTINE_LIST = 0x54,
	MM_FRAME_CTL_QUARANTINE_SHOW = 0x56,
	MM_FRAME_CTL_QUARANTINE_RELEASE = 0x58,
	MM_FRAME_CTL_QUARANTINE_DELETE = 0x5a,
	MM_FRAME_CTL_SETTINGS_SHOW = 0x60,
	MM_FRAME_CTL_SETTINGS_CHANGE = 0x62,
	MM_FRAME_CTL_SETTINGS_DELETE = 0x64,
	MM_FRAME_CTL_SETTINGS_NAMES = 0x66,
	MM_FRAME_CTL_SETTINGS_EXPORT = 0x68,
	MM_FRAME_CTL_SETTINGS_IMPORT = 0x6a, /* fds: sealed memfd */
	MM_FRAME_CTL_USAGE = 0x6c,
	MM_FRAME_CTL_WHY = 0x70,
	MM_FRAME_CTL_HISTORY = 0x72,
	MM_FRAME_CTL_ABUSE = 0x74,
	MM_FRAME_CTL_DIGEST = 0x76,
	MM_FRAME_CTL_ROWS = 0x51,	/* fds: rows memfd [, message] */
};

/* Bounds that every decoder enforces. */
#define MM_TRACE_MAX 64u		/* trace id: Exim's message id */
#define MM_TEXT_MAX 4096u		/* any short text */
#define MM_HEADER_MAX (16u << 20)	/* one message's header block */
#define MM_REQUEST_MAX (32u << 20)	/* a scan request */
#define MM_RECIPIENTS_MAX 100000u
#define MM_HEADERS_MAX 1100000u
#define MM_FINDINGS_MAX 1000u
#define MM_LIST_MAX (16u << 20)		/* findings, record, rows */

/* ---- scan.sock ------------------------------------------------------- */

/* How Exim got the message. */
enum mm_scan_flag {
	MM_SCAN_SMTP = 1,	/* over SMTP, -bs and -bS included */
	MM_SCAN_BATCHED = 2,	/* -bS */
	MM_SCAN_TLS = 4,
	MM_SCAN_WIREFORMAT = 8,	/* the body has CRLF line ends */
	MM_SCAN_DRY_RUN = 16,	/* tell what would be done, and do nothing:
				 * root's requests only, and all of them */
};

struct mm_header {
	char type;		/* Exim's type letter, ' ' if none */
	const char *text;	/* "Name: value\n", folded lines inside; no NUL
				 * is added, len counts */
	size_t len;
};

/* Views into the decoded bytes, or the caller's own when encoding. Strings
 * that do not apply are NULL. */
struct mm_scan_request {
	uint32_t version;
	const char *trace;
	const char *sender;	/* envelope sender, "" for the null sender */
	const char **recipients;
	const char **options;	/* of each, RFC 3461: "NOTIFY=NEVER ORCPT=...";
				 * members or the whole may be NULL */
	size_t nrecipients;
	const char *mail_command; /* what the client sent as MAIL, if Exim's
				 * configuration keeps it; foreign text */
	const char *result;	/* the X-Mamori-Result line that a local
				 * process brought along: worth nothing unless
				 * it is our courier */
	struct mm_header *headers; /* in order, deleted ones left out */
	size_t nheaders;
	const char *auth_id;	/* $authenticated_id */
	const char *host_address;
	const char *host_name;
	const char *helo;
	const char *protocol;	/* $received_protocol */
	const char *tls_cipher;
	const char *login;	/* originator's login name, local mail */
	uint32_t uid;		/* originator's uid, or the pending mark's */
	uint32_t exim_uid;
	uint32_t port;		/* $received_port, 0 if local */
	uint32_t refused;	/* recipients that Exim did not take */
	uint32_t flags;		/* enum mm_scan_flag */
	mm_deadline deadline;	/* the module's own; answer well before it */
	uint64_t body_offset;	/* where the body begins in the passed file */
	bool pending;		/* a re-scan of mail accepted unscanned */
};

/* Append the request to buf (use MM_REQUEST_MAX). 0, MM_ERR_LIMIT,
 * MM_ERR_NOMEM. */
MM_CHECK int mm_scan_request_encode(struct mm_buf *buf,
				    const struct mm_scan_request *req);

/* Decode len bytes at data, which must outlive *req_r. Fills it from zero;
 * release with mm_scan_request_clear() also after an error.
 * 0, MM_ERR_VERSION, MM_ERR_FORMAT, MM_ERR_LIMIT, MM_ERR_NOMEM. */
MM_CHECK int mm_scan_request_decode(const void *data, size_t len,
				    struct mm_scan_request *req_r);
void mm_scan_request_clear(struct mm_scan_request *req);

enum mm_action {
	MM_ACTION_ACCEPT = 1,
	MM_ACTION_REJECT = 2,	/* 5xx; the module turns it into DISCARD for
				 * local submissions */
	MM_ACTION_DEFER = 3,	/* 4xx; pending for local submissions */
	MM_ACTION_DISCARD = 4,	/* 250, all recipients dropped */
};

enum mm_edit_type {
	MM_EDIT_ADD_HEADER = 1,		/* text; above the first Received */
	MM_EDIT_SET_HEADER = 2,		/* index, text */
	MM_EDIT_DELETE_HEADER = 3,	/* index */
	MM_EDIT_REMOVE_RECIPIENT = 4,	/* text: exactly as in the request */
};

struct mm_edit {
	enum mm_edit_type type;
	uint32_t index;		/* into the request's headers */
	const char *text;	/* a header text ends in "\n", <= 32000 bytes */
};

#define MM_EDITS_MAX (MM_RECIPIENTS_MAX + 1000u)

struct mm_scan_verdict {
	uint32_t version;
	enum mm_action action;
	const char *reply;	/* SMTP text for reject and defer, without the
				 * three digits; ASCII, lines < 400 bytes */
	const char *log;	/* for Exim's main log, one printable line */
	struct mm_edit *edits;
	size_t nedits;
};

/* As for the request (use MM_LIST_MAX). */
MM_CHECK int mm_scan_verdict_encode(struct mm_buf *buf,
				    const struct mm_scan_verdict *verdict);
MM_CHECK int mm_scan_verdict_decode(const void *data, size_t len,
				    struct mm_scan_verdict *verdict_r);
void mm_scan_verdict_clear(struct mm_scan_verdict *verdict);

/* ---- inspect.sock ---------------------------------------------------- */

/* Travels as the frame's payload. The header memfd holds the raw header
 * lines, LF line ends, without the blank line; the body is read from
 * body_offset on. */
struct mm_inspect_request {
	uint32_t version;
	const char *trace;
	mm_deadline deadline;
	uint64_t body_offset;
	bool wireformat;
	uint32_t scan_ms;	/* longest scan, from when it begins; 0: as the
				 * scanner is configured */
	const char *allowed; /* virus names that do not count, lines, or NULL */
};
#define MM_ALLOWED_MAX 16384u
MM_CHECK int mm_inspect_request_encode(struct mm_buf *buf,
				       const struct mm_inspect_request *req);
MM_CHECK int mm_inspect_request_decode(const void *data, size_t len,
				       struct mm_inspect_request *req_r);

enum mm_verdict {
	MM_VERDICT_CLEAN = 1,
	MM_VERDICT_INFECTED = 2,
	MM_VERDICT_NOT_CHECKED = 3,
};

enum mm_kind {
	MM_KIND_VIRUS = 1,
	MM_KIND_ENCRYPTED = 2,
	MM_KIND_MACRO = 3,
	MM_KIND_SCRIPT = 4,
	MM_KIND_EXECUTABLE = 5,
	MM_KIND_AMBIGUOUS = 6,
	MM_KIND_LIMIT = 7,
	MM_KIND_ERROR = 8,
};

/* "clean", "infected", "not-checked"; "virus", "encrypted", ... */
const char *mm_verdict_name(enum mm_verdict verdict);
const char *mm_kind_name(enum mm_kind kind);

struct mm_finding {
	const char *part;	/* "1.2", "" for the whole message */
	const char *name;	/* of the file as the user sees it, or "" */
	const char *mime_type;	/* as declared */
	const char *type;	/* as found, e.g. "zip" */
	uint64_t size;		/* decoded bytes */
	enum mm_kind kind;
	const char *detail;	/* virus name, or the reason */
	bool in_body;		/* a body part, not an attachment */
};

struct mm_findings {
	uint32_t version;
	enum mm_verdict verdict;
	struct mm_finding *list;
	size_t count;
	uint32_t parts; /* leaf parts seen, */
	uint32_t attachments; /* and those that are not text to read */
	const char *from;	/* decoded From and Subject, UTF-8, may be "" */
	const char *subject;
	const char *date;	/* the Date header's text */
	const char *message_id;
	uint64_t size;		/* bytes of the message */
	uint32_t scan_ms;
};

/* As for the scan request (use MM_LIST_MAX). */
MM_CHECK int mm_findings_encode(struct mm_buf *buf,
				const struct mm_findings *findings);
MM_CHECK int mm_findings_decode(const void *data, size_t len,
				struct mm_findings *findings_r);
void mm_findings_clear(struct mm_findings *findings);

/* ---- keeper.sock ----------------------------------------------------- */

#define MM_NOTICE_NAME_MAX 40u	  /* of a template: mm_text_is_name() */
#define MM_NOTICE_TEXT_MAX 16384u /* a template of a domain's own */
/* Language and wording are found in the settings when it is sent. */
struct mm_notice {
	const char *name; /* of the template */
	const char *to;
	const char *about; /* whose mail it was, addresses, lines; NULL: to's */
};

/* What must be on disk before the verdict: a quarantine copy for some
 * recipients and the notices. Both lists may be empty. */
struct mm_record {
	uint32_t version;
	const char *trace;
	const char *sender;
	const char **recipients; /* the whole envelope */
	size_t nrecipients;
	const char *account;	/* authenticated or owning account, or NULL */
	const char *direction;	/* "inbound", "outbound", "local" */
	const char *reason;	/* "virus", "crashed", "limit", ... */
	const char *done; /* "strip,quarantine": mamori-notices(5) */
	bool quarantine;	/* keep a copy for every recipient */
	uint64_t body_offset;
	const char *findings;	/* encoded mm_findings, findings_len bytes */
	size_t findings_len;
	struct mm_notice *notices;
	size_t nnotices;
	const char *variant;	/* encoded mm_variant (core/proto_variant.h):
				 * the message is to be injected for those */
	size_t variant_len;	/* 0: it is not */
};

MM_CHECK int mm_record_encode(struct mm_buf *buf,
			      const struct mm_record *record);
MM_CHECK int mm_record_decode(const void *data, size_t len,
			      struct mm_record *record_r);
void mm_record_clear(struct mm_record *record);

enum mm_outbox_kind {
	MM_OUTBOX_NOTICE = 1,
	MM_OUTBOX_RELEASE = 2,
	MM_OUTBOX_VARIANT = 3,
};

/* One thing to inject. A notice carries its record or facts; a release and a
 * variant the stored message as the frame's second descriptor, and a variant
 * those of its recipients who have not got it, as an encoded mm_variant. */
struct mm_outbox_item {
	uint32_t version;
	uint64_t id;
	enum mm_outbox_kind kind;
	const char *trace;
	const char *to;
	const char *sender;	/* envelope sender to use, "" for null */
	const char *notice; /* its template's name; NULL for a release */
	const char *language; /* "ja", "en", or NULL for the server's */
	const char *text; /* a template in the file's place, or NULL */
	int64_t created;	/* when it happened, seconds since the epoch */
	const char *record;	/* encoded, record_len bytes */
	size_t record_len;
	const char *allowed; /* of a release: for mm_inspect_request */
	const char *facts; /* encoded mm_pairs: values of placeholders */
	size_t facts_len;
};

#define MM_OUTBOX_RCPTS_MAX 50u	/* of one variant row */

MM_CHECK int mm_outbox_item_encode(struct mm_buf *buf,
				   const struct mm_outbox_item *item);
MM_CHECK int mm_outbox_item_decode(const void *data, size_t len,
				   struct mm_outbox_item *item_r);

enum mm_outbox_outcome {
	MM_OUTBOX_SENT = 1,
	MM_OUTBOX_RETRY = 2,	/* try again later */
	MM_OUTBOX_REFUSED = 3,	/* for good: the row goes, logged */
};

/* A variant's recipient to whom it was not sent. */
struct mm_outbox_left {
	const char *to;
	enum mm_outbox_outcome outcome;
	const char *text;
};

struct mm_outbox_done {
	uint32_t version;
	uint64_t id;
	enum mm_outbox_outcome outcome;
	const char *text;	/* the MTA's reply or the reason */
	struct mm_outbox_left *left; /* with SENT: but not to these */
	size_t nleft;
};

MM_CHECK int mm_outbox_done_encode(struct mm_buf *buf,
				   const struct mm_outbox_done *done);
MM_CHECK int mm_outbox_done_decode(const void *data, size_t len,
				   struct mm_outbox_done *done_r);
void mm_outbox_done_clear(struct mm_outbox_done *done);

#endif
