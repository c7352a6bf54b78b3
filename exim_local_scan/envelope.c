/*
 * What the module knows about header lines and the spooled body before it
 * asks: which lines are ours, the pending mark, the body's line ends. Runs in
 * Exim's receiving process; knows nothing of Exim's headers.
 */
#include "exim_local_scan/envelope.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/err.h"
#include "core/proto.h"
#include "core/text.h"

#define OURS "X-Mamori-"
#define MARK "X-Mamori-Pending"
#define RESULT "X-Mamori-Result"
#define ORCPT_MAX 500
#define LOGIN_CHARS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

/* Exim panics on an added header above 32 KiB. */
#define HEADER_TEXT_MAX 32000u

bool mm_header_is_ours(const char *text, size_t len)
{
	return len >= strlen(OURS) &&
	       strncasecmp(text, OURS, strlen(OURS)) == 0;
}

const char *mm_short_text(const char *text)
{
	return text != NULL && strlen(text) < MM_TEXT_MAX ? text : NULL;
}

bool mm_header_is_result(const char *text)
{
	const size_t len = strlen(RESULT);

	return strncasecmp(text, RESULT, len) == 0 && text[len] == ':';
}

/* Exim's bits of a recipient's dsn_flags, the same in every version that has
 * DSN (rf_notify_... in its macros.h). */
static const struct {
	unsigned int bit;
	const char *word;
} notify[] = {
	{ 0x02, "NEVER" },
	{ 0x04, "SUCCESS" },
	{ 0x08, "FAILURE" },
	{ 0x10, "DELAY" },
};

int mm_dsn_options(struct mm_buf *out, unsigned int flags, const char *orcpt)
{
	const char *before = "NOTIFY=", *pos = orcpt;
	size_t i;
	int r = 0;

	for (i = 0; i < sizeof(notify) / sizeof(notify[0]) && r == 0; i++) {
		if ((flags & notify[i].bit) == 0)
			continue;
		r = mm_buf_printf(out, "%s%s", before, notify[i].word);
		before = ",";
	}
	while (pos != NULL && *pos > ' ' && *pos <= '~')
		pos++;
	if (r == 0 && pos != NULL && *pos == '\0' && pos > orcpt &&
	    pos - orcpt <= ORCPT_MAX)
		r = mm_buf_printf(out, "%sORCPT=%s", out->len > 0 ? " " : "",
				  orcpt);
	return r;
}

/* Copy the text from pos up to one of stop, at most size - 1 bytes; returns
 * where it ended or NULL. */
static const char *copy_until(const char *pos, const char *end,
			      const char *stop, char *out, size_t size)
{
	size_t n = 0;

	while (pos < end && *pos != '\0' && strchr(stop, *pos) == NULL) {
		if (n + 1 == size)
			return NULL;
		out[n++] = *pos++;
	}
	out[n] = '\0';
	return pos;
}

static const char *skip(const char *pos, const char *end, const char *word)
{
	size_t len = strlen(word);

	if (pos == NULL || (size_t)(end - pos) < len ||
	    memcmp(pos, word, len) != 0)
		return NULL;
	return pos + len;
}

int mm_mark_parse(const char *text, size_t len, struct mm_mark *mark_r)
{
	const char *end = text + len;
	const char *pos;
	char digits[12];
	uint64_t uid;
	size_t name = strlen(MARK);

	memset(mark_r, 0, sizeof(*mark_r));
	if (len <= name || strncasecmp(text, MARK, name) != 0 ||
	    strchr(": \t", text[name]) == NULL || text[name] == '\0')
		return 0;
	if ((pos = skip(text + name, end, ": uid=")) == NULL ||
	    (pos = copy_until(pos, end, ";", digits, sizeof(digits))) == NULL ||
	    mm_text_number(digits, 0, UINT32_MAX, &uid) < 0 ||
	    (pos = skip(pos, end, "; login=")) == NULL ||
	    (pos = copy_until(pos, end, "\n", mark_r->login,
			      sizeof(mark_r->login))) == NULL ||
	    mark_r->login[strspn(mark_r->login, LOGIN_CHARS)] != '\0' ||
	    (pos = skip(pos, end, "\n")) == NULL || pos != end)
		return MM_ERR_FORMAT;
	mark_r->uid = (uint32_t)uid;
	return 1;
}

void mm_mark_set(struct mm_mark *mark_r, uint32_t uid, const char *login)
{
	memset(mark_r, 0, sizeof(*mark_r));
	mark_r->uid = uid;
	if (login != NULL && strlen(login) <= MM_LOGIN_MAX &&
	    login[strspn(login, LOGIN_CHARS)] == '\0')
		memcpy(mark_r->login, login, strlen(login));
}

/* Is there a CRLF in these bytes, the first of which follows last? */
static bool has_crlf(const char *bytes, size_t len, char last)
{
	const char *end = bytes + len;
	const char *lf = bytes;

	while ((lf = memchr(lf, '\n', (size_t)(end - lf))) != NULL) {
		if ((lf > bytes ? lf[-1] : last) == '\r')
			return true;
		lf++;
	}
	return false;
}

/* Exim turns every CRLF into LF unless it spools the wire format. There a
 * client may send bare LFs too, so one CRLF anywhere tells. */
int mm_body_is_wireformat(int fd, off_t offset)
{
	char chunk[16384];
	char last = '\0';
	ssize_t n;

	for (;;) {
		n = pread(fd, chunk, sizeof(chunk), offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return MM_ERR_SYS;
		if (n == 0)
			return 0;
		if (has_crlf(chunk, (size_t)n, last))
			return 1;
		last = chunk[n - 1];
		offset += n;
	}
}

bool mm_header_is_valid(const char *text)
{
	size_t len = strlen(text);
	size_t i = 0;

	if (len == 0 || len > HEADER_TEXT_MAX || text[len - 1] != '\n' ||
	    strchr(text, '\r') != NULL)
		return false;
	while (text[i] > ' ' && text[i] < 0x7f && text[i] != ':')
		i++;
	if (i == 0 || text[i] != ':')
		return false;
	for (; i + 1 < len; i++)
		if (text[i] == '\n' && text[i + 1] != ' ' &&
		    text[i + 1] != '\t')
			return false;
	return true;
}
