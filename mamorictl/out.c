/*
 * Answers as text for people and as JSON for programs. All texts may come from
 * mails: none reaches the terminal or a JSON string unescaped.
 */
#include "mamorictl/out.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/err.h"
#include "core/text.h"
#include "core/wire.h"
#include "mamorictl/ctl.h"

#define TEXT_SHOWN_MAX 300u
#define JSON_TEXT_MAX (64u << 20)
#define COLUMN_MAX 40u
#define ROWS_MAX 1000000u

/* Printable form of a value; the caller clears out. */
static const char *printable(struct mm_buf *out, const char *text)
{
	mm_buf_init(out, 8 * TEXT_SHOWN_MAX);
	mm_ctl_must(mm_text_printable(out, text, strlen(text),
				      TEXT_SHOWN_MAX));
	return mm_buf_str(out);
}

void mm_out_text(const char *text)
{
	struct mm_buf out;

	fputs(printable(&out, text), stdout);
	mm_buf_clear(&out);
}

int mm_rows_decode(struct mm_rows *rows)
{
	struct mm_pairs *more;
	struct mm_wire in, field;
	uint16_t tag;
	int r;

	mm_wire_init(&in, rows->bytes.data, rows->bytes.len);
	while ((r = mm_wire_next(&in, &tag, &field)) == 1) {
		if (tag != MM_TAG_ROW)
			continue;
		if (rows->count == ROWS_MAX)
			return MM_ERR_LIMIT;
		if ((rows->count & (rows->count - 1)) == 0) {
			more = realloc(rows->list, sizeof(*more) *
				       (rows->count == 0 ? 1
							 : 2 * rows->count));
			if (more == NULL)
				return MM_ERR_NOMEM;
			rows->list = more;
		}
		r = mm_pairs_decode(field.pos, mm_wire_left(&field),
				    &rows->list[rows->count++]);
		if (r < 0)
			return r;
	}
	return r;
}

void mm_rows_clear(struct mm_rows *rows)
{
	while (rows->count > 0)
		mm_pairs_clear(&rows->list[--rows->count]);
	free(rows->list);
	rows->list = NULL;
	mm_buf_clear(&rows->bytes);
}

static bool is_time(const char *name)
{
	static const char *const names[] = { "time", "created", "started",
					     "until", "next" };
	const size_t len = strlen(name);
	size_t i;

	if (len > 5 && strcmp(name + len - 5, "_time") == 0)
		return true;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void age_text(char *out, size_t size, int64_t seconds)
{
	const bool ago = seconds >= 0;
	const char *unit = "s";

	if (!ago)
		seconds = -seconds;
	if (seconds >= 2 * 86400) {
		seconds /= 86400;
		unit = "d";
	} else if (seconds >= 2 * 3600) {
		seconds /= 3600;
		unit = "h";
	} else if (seconds >= 120) {
		seconds /= 60;
		unit = "min";
	}
	(void)snprintf(out, size, ago ? " (%" PRId64 " %s ago)"
				      : " (in %" PRId64 " %s)", seconds, unit);
}

/* A value as people read it; the caller clears out. */
static const char *shown(struct mm_buf *out, const struct mm_pair *pair)
{
	char when[64], age[48] = "";
	uint64_t num;
	struct tm tm;
	time_t at;

	if (!is_time(pair->name) ||
	    mm_text_number(pair->value, 1, INT32_MAX * UINT64_C(2), &num) < 0)
		return printable(out, pair->value);
	at = (time_t)num;
	mm_buf_init(out, sizeof(when) + sizeof(age));
	if (localtime_r(&at, &tm) == NULL ||
	    strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm) == 0)
		return printable(out, pair->value);
	age_text(age, sizeof(age), (int64_t)(time(NULL) - at));
	mm_ctl_must(mm_buf_printf(out, "%s%s", when, age));
	return mm_buf_str(out);
}

/* Columns on a terminal: characters, not bytes. */
static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text != '\0'; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void print_padded(const char *text, size_t width)
{
	size_t have = width_of(text);

	printf("%s%*s", text, have < width ? (int)(width - have) : 0, "");
}

static bool is_kind(const struct mm_pair *pair)
{
	return strcmp(pair->name, "row") == 0;
}

static bool same_names(const struct mm_pairs *a, const struct mm_pairs *b)
{
	size_t i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
		if (strcmp(a->list[i].name, b->list[i].name) != 0 ||
		    (is_kind(&a->list[i]) &&
		     strcmp(a->list[i].value, b->list[i].value) != 0))
			return false;
	return true;
}

static void print_kind(const struct mm_pairs *row)
{
	const char *kind = mm_pairs_get(row, "row");

	if (kind != NULL) {
		mm_out_text(kind);
		fputs(":\n", stdout);
	}
}

static void print_block(const struct mm_pairs *row)
{
	struct mm_buf out;
	size_t i, width = 0;

	print_kind(row);
	for (i = 0; i < row->count; i++)
		if (strlen(row->list[i].name) > width)
			width = strlen(row->list[i].name);
	for (i = 0; i < row->count; i++) {
		if (is_kind(&row->list[i]))
			continue;
		fputs("  ", stdout);
		print_padded(printable(&out, row->list[i].name), width + 2);
		mm_buf_clear(&out);
		puts(shown(&out, &row->list[i]));
		mm_buf_clear(&out);
	}
}

/* The widest of one column, its name included; what is wider than most sticks
 * out. */
static size_t column_width(const struct mm_pairs *rows, size_t count, size_t i)
{
	size_t width = strlen(rows[0].list[i].name), n, len;
	struct mm_buf out;

	for (n = 0; n < count; n++) {
		len = width_of(shown(&out, &rows[n].list[i]));
		mm_buf_clear(&out);
		if (len > width)
			width = len;
	}
	return width < COLUMN_MAX ? width : COLUMN_MAX;
}

static void print_table(const struct mm_pairs *rows, size_t count)
{
	size_t width[MM_PAIRS_MAX] = { 0 }, i, n;
	struct mm_buf out;

	print_kind(&rows[0]);
	for (i = 0; i < rows[0].count; i++) {
		if (is_kind(&rows[0].list[i]))
			continue;
		width[i] = column_width(rows, count, i) + 2;
		print_padded(printable(&out, rows[0].list[i].name), width[i]);
		mm_buf_clear(&out);
	}
	putchar('\n');
	for (n = 0; n < count; n++) {
		for (i = 0; i < rows[n].count; i++) {
			if (is_kind(&rows[n].list[i]))
				continue;
			print_padded(shown(&out, &rows[n].list[i]),
				     i + 1 == rows[n].count ? 0 : width[i]);
			mm_buf_clear(&out);
		}
		putchar('\n');
	}
}

void mm_out_rows(const struct mm_rows *rows)
{
	size_t i, n;

	for (i = 0; i < rows->count; i += n) {
		for (n = 1; i + n < rows->count &&
			    same_names(&rows->list[i], &rows->list[i + n]);)
			n++;
		if (i > 0)
			putchar('\n');
		if (n > 1 || mm_pairs_get(&rows->list[i], "row") == NULL)
			print_table(&rows->list[i], n);
		else
			print_block(&rows->list[i]);
	}
}
