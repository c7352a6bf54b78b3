/*
 * What a URL in a document runs, and lists of words.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Pure functions.
 */
#include "mamorid/inspect/html_url.h"

#include <string.h>

bool mm_html_is_one_of(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (word[0] == (*list)[0] && strcmp(word, *list) == 0)
			return true;
	return false;
}

static bool begins(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool begins_one(const char *text, const char *const *list)
{
	for (; *list != NULL; list++)
		if (begins(text, *list))
			return true;
	return false;
}

/* Links that go nowhere, left in newsletters by web designers. */
static bool is_idle(const char *code)
{
	static const char *const idle[] = {
		"", ";", "void(0)", "void(0);", "void0", "void0;", "//",
		"void(null)", "void(null);", "returnfalse;", "false;", "{}",
		NULL
	};

	return mm_html_is_one_of(code, idle);
}

static const char *const script_schemes[] = {
	"javascript:", "vbscript:", "livescript:", "mocha:", "jscript:", NULL
};

static const char *const active_data[] = {
	"data:text/html", "data:image/svg", "data:application/xhtml",
	"data:text/xml", "data:application/xml", "data:text/javascript",
	"data:application/javascript", "data:application/x-javascript",
	"data:application/hta", NULL
};

unsigned int mm_html_url_facts(const char *url, bool shown)
{
	if (begins_one(url, script_schemes))
		return is_idle(strchr(url, ':') + 1) ? 0 : MM_HTML_URL;
	if (!shown && begins_one(url, active_data))
		return MM_HTML_DATA;
	return 0;
}

unsigned int mm_html_list_facts(const char *list)
{
	unsigned int facts = 0;

	for (; list != NULL; list = strchr(list, ';')) {
		list += *list == ';';
		facts |= mm_html_url_facts(list, false);
	}
	return facts;
}

unsigned int mm_html_refresh_facts(const char *content)
{
	const char *url = strstr(content, "url=");

	if (url == NULL)
		return 0;
	url += 4;
	url += strspn(url, "'\"");
	return mm_html_url_facts(url, false);
}

bool mm_html_is_program(const char *value)
{
	static const char *const types[] = {
		"application/x-shockwave-flash", "application/x-java",
		"application/java", "application/x-oleobject",
		"application/x-silverlight", "application/hta",
		"text/x-scriptlet", "text/x-component",
		"application/x-director", "application/futuresplash", NULL
	};
	static const char *const extensions[] = {
		".swf", ".class", ".jar", ".hta", ".htc", ".sct", ".dcr",
		".xap", ".cab", ".ocx", ".exe", NULL
	};
	size_t len = strcspn(value, "?#");

	if (begins_one(value, types))
		return true;
	for (size_t i = 0; extensions[i] != NULL; i++) {
		size_t suffix = strlen(extensions[i]);

		if (len > suffix && strncmp(value + len - suffix,
					    extensions[i], suffix) == 0)
			return true;
	}
	return false;
}
