/*
 * Names of settings files. Foreign names become single path components that
 * cannot leave their folder; two names never share a file but by case.
 */
#include "core/settings_path.h"

#include <string.h>

#include "core/address.h"
#include "core/err.h"

#define LOCAL_MAX 64u
#define DOMAIN_MAX 253u
#define LABEL_MAX 63u

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool mm_settings_is_domain(const char *domain)
{
	size_t label = 0;
	const char *p;

	if (strlen(domain) > DOMAIN_MAX)
		return false;
	for (p = domain; *p != '\0'; p++) {
		if (*p == '.') {
			if (label == 0 || p[-1] == '-')
				return false;
			label = 0;
		} else if (!is_alnum(*p) && (*p != '-' || label == 0)) {
			return false;
		} else if (++label > LABEL_MAX) {
			return false;
		}
	}
	return label > 0 && p[-1] != '-';
}

bool mm_settings_is_address(const char *address)
{
	const char *domain = mm_address_domain(address);
	char low[DOMAIN_MAX + 1];
	size_t i;

	if (!mm_address_is_plain(address) ||
	    (size_t)(domain - 1 - address) > LOCAL_MAX ||
	    strlen(domain) > DOMAIN_MAX)
		return false;
	/* One '@' and no comma: neither needs quotes in any of our lists. */
	if (strchr(address, '@') != domain - 1 || strchr(address, ',') != NULL)
		return false;
	for (i = 0; domain[i] != '\0'; i++)
		low[i] = lower(domain[i]);
	low[i] = '\0';
	return mm_settings_is_domain(low);
}

static bool is_bare(char c, size_t i)
{
	return is_alnum(c) || c == '-' || c == '_' || (c == '.' && i > 0);
}

int mm_settings_encode(struct mm_buf *out, const char *name, size_t len)
{
	size_t i;
	int r = 0;

	for (i = 0; i < len && r == 0; i++) {
		const char c = lower(name[i]);

		r = is_bare(c, i)
			    ? mm_buf_put(out, &c, 1)
			    : mm_buf_printf(out, "%%%02X",
					    (unsigned int)(unsigned char)c);
	}
	return r;
}

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

int mm_settings_decode(struct mm_buf *out, const char *text, size_t len)
{
	const size_t start = out->len;
	struct mm_buf again;
	size_t i;
	int r = 0;

	for (i = 0; i < len && r == 0; i++) {
		int high, low;
		char c = text[i];

		if (c == '%') {
			high = i + 2 < len ? hex(text[i + 1]) : -1;
			low = high < 0 ? -1 : hex(text[i + 2]);
			if (low < 0)
				r = MM_ERR_INVALID;
			c = (char)(high * 16 + low);
			i += 2;
		}
		if (r == 0)
			r = c == '\0' ? MM_ERR_INVALID : mm_buf_put(out, &c, 1);
	}
	if (r < 0)
		return r;
	mm_buf_init(&again, MM_SETTINGS_PATH_MAX);
	r = mm_settings_encode(&again, mm_buf_str(out) + start,
			       out->len - start);
	if (r == 0 &&
	    (again.len != len || memcmp(mm_buf_str(&again), text, len) != 0))
		r = MM_ERR_INVALID;
	mm_buf_clear(&again);
	return r;
}

const char *mm_settings_folder(enum mm_level level)
{
	return level == MM_LEVEL_ACCOUNT ? "accounts"
	       : level == MM_LEVEL_ALIAS ? "aliases"
	       : level == MM_LEVEL_LIST	 ? "lists"
					 : NULL;
}

static int put_domain(struct mm_buf *out, const char *domain)
{
	char low[DOMAIN_MAX + 1];
	size_t i;

	if (strlen(domain) > DOMAIN_MAX)
		return MM_ERR_INVALID;
	for (i = 0; domain[i] != '\0'; i++)
		low[i] = lower(domain[i]);
	low[i] = '\0';
	return mm_settings_is_domain(low) ? mm_buf_puts(out, low)
					  : MM_ERR_INVALID;
}

static int put_address(struct mm_buf *out, enum mm_level level,
		       const char *address)
{
	const char *domain = mm_address_domain(address);
	int r;

	if (!mm_settings_is_address(address))
		return MM_ERR_INVALID;
	if ((r = put_domain(out, domain)) < 0 ||
	    (r = mm_buf_printf(out, "/%s/", mm_settings_folder(level))) < 0 ||
	    (r = mm_settings_encode(out, address,
				    (size_t)(domain - 1 - address))) < 0)
		return r;
	return mm_buf_puts(out, ".yaml");
}

int mm_settings_path(struct mm_buf *out, enum mm_level level, const char *name)
{
	int r;

	switch (level) {
	case MM_LEVEL_SERVER:
		return mm_buf_puts(out, MM_SETTINGS_SERVER_FILE);
	case MM_LEVEL_DOMAIN:
	case MM_LEVEL_GATE:
		if ((r = put_domain(out, name)) < 0)
			return r;
		return mm_buf_puts(out, level == MM_LEVEL_GATE
						? "/gate.yaml"
						: "/domain.yaml");
	case MM_LEVEL_LOGIN:
		if (*name == '\0' || strlen(name) > LOCAL_MAX)
			return MM_ERR_INVALID;
		if ((r = mm_buf_puts(out, MM_SETTINGS_LOGINS "/")) < 0 ||
		    (r = mm_settings_encode(out, name, strlen(name))) < 0)
			return r;
		return mm_buf_puts(out, ".yaml");
	default:
		return put_address(out, level, name);
	}
}
