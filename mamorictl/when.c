/*
 * Times on the command line.
 */
#include "mamorictl/when.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "core/err.h"
#include "core/text.h"

#define DIGITS_MAX 11u	/* of an age or of seconds since the epoch */

static int64_t factor_of(char unit)
{
	switch (unit) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	case 'w':
		return 7 * 86400;
	default:
		return 0;
	}
}

static bool read_age(const char *text, int64_t *when_r)
{
	const size_t len = strspn(text, "0123456789");
	char digits[DIGITS_MAX + 1] = "";
	uint64_t num;

	if (len == 0 || len > DIGITS_MAX || factor_of(text[len]) == 0 ||
	    text[len + 1] != '\0')
		return false;
	memcpy(digits, text, len);
	if (mm_text_number(digits, 0, UINT64_MAX, &num) < 0)
		return false;
	*when_r = (int64_t)time(NULL) - (int64_t)num * factor_of(text[len]);
	/* Before the epoch there is no mail either. */
	if (*when_r < 0)
		*when_r = 0;
	return true;
}

static bool read_date(const char *text, int64_t *when_r)
{
	static const char *const forms[] = {
		"%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S",
		"%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S",
	};
	const char *end;
	struct tm tm;
	int month;
	size_t i;
	time_t when;

	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		memset(&tm, 0, sizeof(tm));
		end = strptime(text, forms[i], &tm);
		if (end == NULL || *end != '\0')
			continue;
		tm.tm_isdst = -1;
		month = tm.tm_mon;
		when = mktime(&tm);
		/* mktime() would make 2 March of 30 February. */
		if (when < 0 || tm.tm_mon != month)
			return false;
		*when_r = (int64_t)when;
		return true;
	}
	return false;
}

int mm_when_read(const char *text, int64_t *when_r)
{
	uint64_t num;

	if (read_age(text, when_r) || read_date(text, when_r))
		return 0;
	if (*text == '@' && strlen(text) <= DIGITS_MAX &&
	    mm_text_number(text + 1, 0, INT64_MAX, &num) == 0) {
		*when_r = (int64_t)num;
		return 0;
	}
	return MM_ERR_INVALID;
}
