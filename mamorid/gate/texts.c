/*
 * Texts that stand in changed mails, in the recipient's language. File names
 * and signature names are foreign: nothing in them controls, reorders or can be
 * clicked, and they never become markup.
 */
#include "mamorid/gate/texts.h"

#include <string.h>

#include "core/text.h"

#define NAME_BYTES_MAX 300u
#define NAMES_MAX 20u

static bool is_english(const char *language)
{
	return strcmp(language, "en") == 0;
}

static int put_foreign(struct mm_buf *out, const char *text)
{
	return *text == '\0' ? mm_buf_puts(out, "?")
			     : mm_text_foreign(out, text, NAME_BYTES_MAX);
}

static const char *why(const struct mm_finding *finding, bool english)
{
	switch (finding->kind) {
	case MM_KIND_VIRUS:
		return english ? "it contains a virus" : "ウイルスが検出された";
	case MM_KIND_MACRO:
	case MM_KIND_SCRIPT:
		return english ? "it contains active content"
			       : "マクロ等の実行可能なコードが検出された";
	case MM_KIND_EXECUTABLE:
		return english ? "it is a program"
			       : "実行可能なファイルである";
	default:
		return english ? "it could not be checked"
			       : "検査できなかった";
	}
}

int mm_text_removed(struct mm_buf *out, const struct mm_finding *finding,
		    const char *language)
{
	const bool english = is_english(language);
	const bool named = finding->name != NULL && *finding->name != '\0';
	const char *what = finding->in_body ? "本文の一部"
					    : "名前のない添付ファイル";
	int r;

	if (english)
		r = mm_buf_puts(out, named ? "The file \"" : "A part");
	else
		r = mm_buf_puts(out, named ? "添付ファイル「" : what);
	if (r == 0 && named)
		r = put_foreign(out, finding->name);
	if (r == 0 && english)
		r = mm_buf_printf(out, "%s of this mail was removed by the "
				       "mail server:\n%s",
				  named ? "\"" : "", why(finding, true));
	else if (r == 0)
		r = mm_buf_printf(out, "%sは、%sため、\n"
				       "メールサーバーが取り除きました。",
				  named ? "」" : "", why(finding, false));
	if (r == 0 && finding->kind == MM_KIND_VIRUS &&
	    (r = mm_buf_puts(out, english ? " ("
						 : "\n（ウイルス名: ")) == 0 &&
	    (r = put_foreign(out, finding->detail)) == 0)
		r = mm_buf_puts(out, english ? ")" : "）");
	return r < 0 ? r : mm_buf_puts(out, english ? ".\n" : "\n");
}

static unsigned int kind_bit(enum mm_kind kind)
{
	static const unsigned int bits[] = {
		[MM_KIND_VIRUS] = MM_RULE_VIRUS,
		[MM_KIND_ENCRYPTED] = MM_RULE_ENCRYPTED,
		[MM_KIND_MACRO] = MM_RULE_MACRO,
		[MM_KIND_SCRIPT] = MM_RULE_SCRIPT,
		[MM_KIND_EXECUTABLE] = MM_RULE_EXECUTABLE,
		[MM_KIND_AMBIGUOUS] = MM_RULE_AMBIGUOUS,
		[MM_KIND_LIMIT] = MM_RULE_LIMIT,
		[MM_KIND_ERROR] = 0,
	};

	return bits[kind];
}

static bool is_named_before(const struct mm_findings *findings, size_t i,
			    unsigned int kinds)
{
	size_t k;

	for (k = 0; k < i; k++)
		if ((kind_bit(findings->list[k].kind) & kinds) != 0 &&
		    strcmp(findings->list[k].name, findings->list[i].name) == 0)
			return true;
	return false;
}

static int put_files(struct mm_buf *out, const struct mm_findings *findings,
		     unsigned int kinds)
{
	size_t i, count = 0;
	int r = 0;

	for (i = 0; findings != NULL && i < findings->count && r == 0; i++) {
		if ((kind_bit(findings->list[i].kind) & kinds) == 0 ||
		    is_named_before(findings, i, kinds))
			continue;
		if (count++ == NAMES_MAX)
			return mm_buf_puts(out, ", ...");
		if (count > 1)
			r = mm_buf_puts(out, ", ");
		if (r == 0)
			r = put_foreign(out, findings->list[i].name);
	}
	return r < 0 || count > 0 ? r : mm_buf_puts(out, "?");
}

int mm_text_stamp(struct mm_buf *out, const struct mm_rule *rule,
		  const struct mm_findings *findings, const char *language)
{
	static const char place[] = "{files}";
	const char *text = is_english(language) ? rule->stamp.en
						: rule->stamp.ja;
	const char *pos;
	int r = 0;

	if (text == NULL)
		text = rule->stamp.en != NULL ? rule->stamp.en
					      : rule->stamp.ja;
	if (text == NULL)
		return 0;
	while ((pos = strstr(text, place)) != NULL && r == 0) {
		r = mm_buf_put(out, text, (size_t)(pos - text));
		if (r == 0)
			r = put_files(out, findings, rule->findings);
		text = pos + strlen(place);
	}
	if (r == 0)
		r = mm_buf_puts(out, text);
	if (r == 0 && out->len > 0 && out->data[out->len - 1] != '\n')
		r = mm_buf_puts(out, "\n");
	return r;
}
