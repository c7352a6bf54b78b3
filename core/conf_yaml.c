/*
 * libyaml's events without the parts of YAML that give one text two meanings:
 * no anchors, aliases or tags. Runs in every process that reads the
 * configuration, as root in the master. The only file that calls libyaml.
 */
#include "core/conf_yaml.h"

#include <string.h>

#include "core/err.h"
#include "core/text.h"

#define KEY_SHOWN_MAX 64u	/* bytes of a foreign key in an error */

int mm_yaml_open(struct mm_yaml *in, const char *name, const char *text,
		 size_t len, struct mm_buf *error)
{
	memset(in, 0, sizeof(*in));
	in->name = name;
	in->error = error;
	if (!yaml_parser_initialize(&in->parser))
		return MM_ERR_NOMEM;
	/* Told the encoding, libyaml does not look for a byte order mark. */
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	in->text = text;
	yaml_parser_set_encoding(&in->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&in->parser, (const yaml_char_t *)text,
				     len);
	return 0;
}

void mm_yaml_close(struct mm_yaml *in)
{
	if (in->event_live)
		yaml_event_delete(&in->event);
	in->event_live = false;
	yaml_parser_delete(&in->parser);
}

int mm_yaml_fail(struct mm_yaml *in, yaml_mark_t mark, const char *what,
		 const char *key)
{
	mm_buf_reset(in->error);
	/* The code tells the failure even when its text does not fit. */
	(void)!mm_buf_printf(in->error, "%s:%zu:%zu: ", in->name,
			     mark.line + 1, mark.column + 1);
	if (key != NULL) {
		(void)!mm_text_printable(in->error, key, strlen(key),
					 KEY_SHOWN_MAX);
		(void)!mm_buf_puts(in->error, ": ");
	}
	(void)!mm_buf_puts(in->error, what);
	return MM_ERR_INVALID;
}

int mm_yaml_fail_here(struct mm_yaml *in, const char *what, const char *key)
{
	return mm_yaml_fail(in, in->event.start_mark, what, key);
}

/* libyaml's reader tells a byte offset, its other layers a mark. */
static int fail_parser(struct mm_yaml *in)
{
	const char *what = in->parser.problem;
	yaml_mark_t mark = in->parser.problem_mark;
	size_t i;

	if (in->parser.error == YAML_MEMORY_ERROR)
		return MM_ERR_NOMEM;
	if (in->parser.error == YAML_READER_ERROR) {
		memset(&mark, 0, sizeof(mark));
		for (i = 0; i < in->parser.problem_offset; i++) {
			mark.column++;
			if (in->text[i] == '\n') {
				mark.line++;
				mark.column = 0;
			}
		}
	}
	return mm_yaml_fail(in, mark, what == NULL ? "not YAML" : what, NULL);
}

int mm_yaml_next(struct mm_yaml *in)
{
	const yaml_event_t *event = &in->event;
	const yaml_char_t *anchor = NULL, *tag = NULL;

	if (in->event_live)
		yaml_event_delete(&in->event);
	in->event_live = false;
	if (!yaml_parser_parse(&in->parser, &in->event))
		return fail_parser(in);
	in->event_live = true;
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return mm_yaml_fail_here(in, "aliases are not allowed", NULL);
	case YAML_SCALAR_EVENT:
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
		break;
	default:
		break;
	}
	if (anchor != NULL)
		return mm_yaml_fail_here(in, "anchors are not allowed", NULL);
	if (tag != NULL)
		return mm_yaml_fail_here(in, "tags are not allowed", NULL);
	return 0;
}

bool mm_yaml_is_scalar(const struct mm_yaml *in)
{
	return in->event.type == YAML_SCALAR_EVENT;
}

const char *mm_yaml_text(const struct mm_yaml *in)
{
	return (const char *)in->event.data.scalar.value;
}

size_t mm_yaml_len(const struct mm_yaml *in)
{
	return in->event.data.scalar.length;
}

bool mm_yaml_is_null(const struct mm_yaml *in)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };
	size_t i;

	if (!mm_yaml_is_scalar(in) ||
	    in->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(mm_yaml_text(in), words[i]) == 0)
			return true;
	return false;
}
