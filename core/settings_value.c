/*
 * Texts of shared settings: checked, and brought into the one form in which
 * they compare. They come from customers by way of panels.
 */
#include "core/rules.h"
#include "core/settings_value.h"

#include <stdlib.h>
#include <string.h>

#include "core/conf_value.h"
#include "core/err.h"
#include "core/network.h"
#include "core/settings_path.h"
#include "core/template.h"
#include "core/text.h"

#define RELAY_BITS_V4 8u
#define RELAY_BITS_V6 16u
#define NAME_MAX_LEN 64u
#define FOLDER_MAX_LEN 255u
#define WORD_MAX_LEN 255u

static int refuse(struct mm_buf *why, const char *text)
{
	(void)!mm_buf_puts(why, text);
	return MM_ERR_INVALID;
}

bool mm_setting_is_name(const char *name)
{
	const size_t len = strlen(name);

	return len > 0 && len <= NAME_MAX_LEN &&
	       name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_")] ==
		       '\0';
}

static bool is_sender(const char *text)
{
	return text[0] == '*' && text[1] == '@'
		       ? mm_settings_is_domain(text + 2)
		       : mm_settings_is_address(text) && *text != '*';
}

static bool is_network(const char *text)
{
	struct mm_network network;

	return mm_network_parse(text, &network) == 0;
}

/* Whole regions of the net would make the server an open relay. Exim never
 * finds an IPv4 address in its IPv6 form (RFC 4291 2.5.5.2). */
static int check_relay(const char *text, struct mm_buf *why)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct mm_network network;

	if (mm_network_parse(text, &network) < 0)
		return refuse(why, "not an IP address or network");
	if (network.bits < (network.v6 ? RELAY_BITS_V6 : RELAY_BITS_V4))
		return refuse(why, "wider than /8, or /16 of IPv6: that would "
				   "be an open relay");
	if (network.v6 && memcmp(network.bytes, mapped, sizeof(mapped)) == 0)
		return refuse(why, "write IPv4 addresses as such");
	return 0;
}

/* RFC 3501 leaves names to the server: no hierarchy tricks, no wildcards. */
static bool is_folder(const char *text)
{
	return *text != '\0' && strlen(text) <= FOLDER_MAX_LEN &&
	       *text != '/' && *text != '.' && *text != '~' &&
	       strpbrk(text, "*%\\\"") == NULL && strstr(text, "..") == NULL &&
	       strstr(text, "//") == NULL;
}

static bool is_separator(const char *text)
{
	return strlen(text) == 1 && strchr("+-=_.", *text) != NULL;
}

/* Before it is stored, not when the first mail needs it. */
static int check_notice(const char *text, struct mm_buf *why)
{
	struct mm_template tpl;
	int r = mm_template_parse(&tpl, text);

	mm_template_clear(&tpl);
	if (r < 0 && r != MM_ERR_NOMEM)
		r = refuse(why, "not a template: needs \"Subject: \", an empty "
				"line and a body, with the placeholders of "
				"mamori-notices(5)");
	return r;
}

static int check_item(enum mm_setting_item item, const char *text,
		      struct mm_buf *why)
{
	uint64_t num;

	switch (item) {
	case MM_ITEM_ADDRESS:
		return mm_settings_is_address(text)
			       ? 0
			       : refuse(why, "not a mail address");
	case MM_ITEM_SENDER:
		return is_sender(text)
			       ? 0
			       : refuse(why,
					"neither a mail address nor *@domain");
	case MM_ITEM_DOMAIN:
		return mm_settings_is_domain(text)
			       ? 0
			       : refuse(why, "not a domain name");
	case MM_ITEM_HOST:
		return mm_settings_is_domain(text) ||
				       (is_network(text) &&
					strchr(text, '/') == NULL)
			       ? 0
			       : refuse(why,
					"neither a host name nor an address");
	case MM_ITEM_NETWORK:
		return check_relay(text, why);
	case MM_ITEM_FOLDER:
		return is_folder(text) ? 0 : refuse(why, "not a folder name");
	case MM_ITEM_SEPARATOR:
		return is_separator(text) ? 0
					  : refuse(why, "not one of + - = _ .");
	case MM_ITEM_SWITCH:
		return mm_conf_read_bool(text, &num, why);
	case MM_ITEM_PRESET:
		return mm_rule_name_ok(text)
			       ? 0
			       : refuse(why, "not 1 to 40 of a-z, 0-9 and -");
	case MM_ITEM_WORD:
		return *text != '\0' && strlen(text) <= WORD_MAX_LEN
			       ? 0
			       : refuse(why, "not a word of 1 to 255 bytes");
	case MM_ITEM_NOTICE:
		return check_notice(text, why);
	default:
		return *text != '\0' ? 0 : refuse(why, "an empty text");
	}
}

/* The lines of a template, each like any other line. */
static int check_lines(const char *text, size_t len, struct mm_buf *why)
{
	const char *const end = text + len;
	const char *eol;
	int r = 0;

	if (len > MM_SETTINGS_TEXT_MAX)
		return refuse(why, "longer than 16384 bytes");
	for (; text < end && r == 0; text = eol + (eol < end)) {
		eol = memchr(text, '\n', (size_t)(end - text));
		if (eol == NULL)
			eol = end;
		r = mm_conf_check_line(text, (size_t)(eol - text), why);
	}
	return r;
}

static bool is_caseless(enum mm_setting_item item)
{
	return item == MM_ITEM_ADDRESS || item == MM_ITEM_SENDER ||
	       item == MM_ITEM_DOMAIN || item == MM_ITEM_HOST ||
	       item == MM_ITEM_NETWORK;
}

int mm_setting_text(enum mm_setting_item item, const char *text, size_t len,
		    char **copy_r, struct mm_buf *why)
{
	uint64_t num = 0;
	char *copy;
	int r;

	r = item == MM_ITEM_NOTICE ? check_lines(text, len, why)
				   : mm_conf_check_line(text, len, why);
	if (r < 0)
		return r;
	copy = calloc(1, len + 1);
	if (copy == NULL)
		return MM_ERR_NOMEM;
	if (len > 0)
		memcpy(copy, text, len);
	if (is_caseless(item))
		mm_text_lower(copy);
	if (strlen(copy) != len)
		r = refuse(why, "a NUL byte inside");
	else
		r = check_item(item, copy, why);
	if (r == 0 && item == MM_ITEM_SWITCH) {
		r = mm_conf_read_bool(copy, &num, why);
		free(copy);
		copy = strdup(num != 0 ? "yes" : "no");
		if (copy == NULL)
			return MM_ERR_NOMEM;
	}
	if (r < 0)
		free(copy);
	else
		*copy_r = copy;
	return r;
}

static int out_of_bounds(enum mm_setting i, struct mm_buf *why)
{
	const struct mm_setting_row *row = &mm_setting_rows[i];
	const bool time = row->type == MM_TYPE_DURATION;

	(void)!mm_buf_printf(why, "not from %llu to %llu%s",
			     (unsigned long long)row->min,
			     (unsigned long long)row->max,
			     time ? " seconds" : "");
	return MM_ERR_INVALID;
}

int mm_setting_number(enum mm_setting i, const char *text, uint64_t *num_r,
		      struct mm_buf *why)
{
	static const struct {
		char letter;
		uint64_t factor;
	} units[] = { { 's', 1 },
		      { 'm', 60 },
		      { 'h', 3600 },
		      { 'd', 86400 },
		      { 'w', 604800 } };
	const struct mm_setting_row *row = &mm_setting_rows[i];
	const size_t len = strlen(text);
	uint64_t num = 0, factor = 1;
	char digits[24];
	size_t k, n = len;

	if (row->type == MM_TYPE_DURATION && len > 0)
		for (k = 0; k < sizeof(units) / sizeof(*units); k++)
			if (units[k].letter == text[len - 1]) {
				factor = units[k].factor;
				n = len - 1;
			}
	if (n == 0 || n >= sizeof(digits) || strspn(text, "0123456789") < n ||
	    (*text == '0' && n > 1))
		return refuse(
			why,
			row->type == MM_TYPE_DURATION
				? "not a time: a number with s, m, h, d or w"
				: "not a number");
	memcpy(digits, text, n);
	digits[n] = '\0';
	if (mm_text_number(digits, 0, UINT64_MAX, &num) < 0 ||
	    num > UINT64_MAX / factor || num * factor < row->min ||
	    num * factor > row->max)
		return out_of_bounds(i, why);
	*num_r = num * factor;
	return 0;
}
