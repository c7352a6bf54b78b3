#ifndef MM_TEST_INSPECT_READINGS_SAMPLES_H
#define MM_TEST_INSPECT_READINGS_SAMPLES_H

/*
 * Oddly built mails from templates. In a template {name} stands for a payload
 * in the form of that name (see forms below). Each is tried with EICAR, which
 * must be found, and with a harmless payload, which must not.
 */
#include "tests/unit/inspect/inspect_fixture.h"

#define HARMLESS \
	"a harmless payload, as long as the other: $0123456789-ABCDEFGHIJKLMN"

static void put(struct mm_buf *out, const void *data, size_t len)
{
	assert_int_equal(mm_buf_put(out, data, len), 0);
}

static void put_text(struct mm_buf *out, const char *text)
{
	put(out, text, strlen(text));
}

static void put_char(struct mm_buf *out, unsigned int c)
{
	const unsigned char byte = (unsigned char)c;

	put(out, &byte, 1);
}

static const unsigned char *bytes_of(const struct mm_buf *buf)
{
	return (const unsigned char *)buf->data;
}

/* in as one line of base64. */
static void base64_of(struct mm_buf *out, const void *in, size_t len)
{
	unsigned char text[512];

	assert_true(len < 300);
	put(out, text, (size_t)EVP_EncodeBlock(text, in, (int)len));
}

/* The letters of base64 with something behind every so many of them. */
static void spread(struct mm_buf *out, const struct mm_buf *in, size_t step,
		   const char *between)
{
	struct mm_buf text;

	mm_buf_init(&text, 4096);
	base64_of(&text, in->data, in->len);
	for (size_t i = 0; i < text.len; i++) {
		put_char(out, bytes_of(&text)[i]);
		if ((i + 1) % step == 0 && i + 1 < text.len)
			put_text(out, between);
	}
	mm_buf_clear(&text);
}

/* Chunks of so many bytes, each padded. */
static void chunks(struct mm_buf *out, const struct mm_buf *in, size_t size,
		   const char *between)
{
	for (size_t i = 0; i < in->len; i += size) {
		base64_of(out, in->data + i,
			  in->len - i < size ? in->len - i : size);
		put_text(out, between);
	}
}

/* All bytes escaped, ten in a line, and something before, inside or behind
 * each. */
static void quoted(struct mm_buf *out, const struct mm_buf *in,
		   const char *digits, const char *first, const char *inside,
		   const char *last)
{
	for (size_t i = 0; i < in->len; i++) {
		if (i % 10 == 0)
			put_text(out, first);
		put_char(out, '=');
		put_char(out, (unsigned char)digits[bytes_of(in)[i] >> 4]);
		put_char(out, (unsigned char)digits[bytes_of(in)[i] & 0xf]);
		if (i % 10 == 4)
			put_text(out, inside);
		if (i % 10 == 9)
			put_text(out, last);
	}
}

static void form_uu(struct mm_buf *out, const struct mm_buf *in)
{
	for (size_t i = 0; i < in->len; i += 45) {
		const size_t len = in->len - i < 45 ? in->len - i : 45;

		put_char(out, (unsigned int)(0x20 + len));
		for (size_t k = 0; k < len; k += 3) {
			unsigned int bits = 0;

			for (size_t n = 0; n < 3; n++)
				bits = bits << 8 |
				       (k + n < len ? bytes_of(in)[i + k + n]
						    : 0u);
			for (int shift = 18; shift >= 0; shift -= 6)
				put_char(out, (bits >> shift & 0x3f) == 0
						      ? '`'
						      : 0x20 + (bits >> shift &
								0x3f));
		}
		put_char(out, '\n');
	}
}

static void form_yenc(struct mm_buf *out, const struct mm_buf *in)
{
	for (size_t i = 0; i < in->len; i++) {
		unsigned int c = (bytes_of(in)[i] + 42u) & 0xff;

		if (c == 0 || c == '\n' || c == '\r' || c == '=') {
			put_char(out, '=');
			c = (c + 64) & 0xff;
		}
		put_char(out, c);
		if (i % 32 == 31)
			put_char(out, '\n');
	}
}

/* RFC 1741: name "e.dat", no checksums, a data fork alone. */
static void form_binhex(struct mm_buf *out, const struct mm_buf *in)
{
	static const char letters[] = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMN"
				      "PQRSTUVXYZ[`abcdefhijklmpqr";
	struct mm_buf file;
	unsigned int bits = 0, count = 0;

	mm_buf_init(&file, 4096);
	put(&file, "\5e.dat\0TEXTTEXT\0\0\0\0\0", 20);
	put_char(&file, (unsigned int)in->len);
	put(&file, "\0\0\0\0\0\0", 6);
	put(&file, in->data, in->len);
	put(&file, "\0\0\0", 3);
	put_char(out, ':');
	for (size_t i = 0; i < file.len; i++) {
		bits = bits << 8 | bytes_of(&file)[i];
		for (count += 8; count >= 6; count -= 6)
			put_char(out,
				 (unsigned char)
					 letters[bits >> (count - 6) & 0x3f]);
		if (i % 40 == 39)
			put_char(out, '\n');
	}
	put_text(out, ":\n");
	mm_buf_clear(&file);
}

/* Every character as UTF-16 in the base64 of UTF-7. */
static void form_utf7(struct mm_buf *out, const struct mm_buf *in)
{
	struct mm_buf wide;

	mm_buf_init(&wide, 4096);
	for (size_t i = 0; i < in->len; i++) {
		put_char(&wide, 0);
		put_char(&wide, bytes_of(in)[i]);
	}
	put_char(out, '+');
	for (size_t i = 0; i < wide.len; i += 132)
		base64_of(out, wide.data + i,
			  wide.len - i < 132 ? wide.len - i : 132);
	while (out->data[out->len - 1] == '=')
		mm_buf_truncate(out, out->len - 1);
	put_char(out, '-');
	mm_buf_clear(&wide);
}

static void form_utf16(struct mm_buf *out, const struct mm_buf *in)
{
	struct mm_buf wide;

	mm_buf_init(&wide, 4096);
	put(&wide, "\xff\xfe", 2);
	for (size_t i = 0; i < in->len; i++) {
		put_char(&wide, bytes_of(in)[i]);
		put_char(&wide, 0);
	}
	base64_of(out, wide.data, wide.len);
	mm_buf_clear(&wide);
}

static void form_url(struct mm_buf *out, const struct mm_buf *in)
{
	struct mm_buf text;

	mm_buf_init(&text, 4096);
	/* Bytes for whose sake both letters are there. */
	put_text(&text, "\xfb\xff\xbe");
	put(&text, in->data, in->len);
	base64_of(out, text.data, text.len);
	for (size_t i = 0; i < out->len; i++)
		if (out->data[i] == '+' || out->data[i] == '/')
			out->data[i] = out->data[i] == '+' ? '-' : '_';
	mm_buf_clear(&text);
}

static void form_plain(struct mm_buf *out, const struct mm_buf *in)
{
	put(out, in->data, in->len);
}

static const struct {
	const char *name;
	size_t step;
	const char *between;
} spread_forms[] = {
	{ "base64", 76, "\n" },	   { "six", 6, "\n" },
	{ "dots", 1, "." },	   { "dot4", 4, "." },
	{ "controls", 3, "\x01" }, { "spaces", 2, " " },
	{ "equals", 4, "=" },	   { "equals3", 3, "=" },
	{ "cr", 40, "\r" },	   { "lineequals", 4, "=\n" },
	{ "star", 5, "*" },	   { "junkline", 40, "\n-junk line here-\n" },
};

static const struct {
	const char *name;
	size_t size;
	const char *between;
} chunk_forms[] = {
	{ "bytes", 1, "" },
	{ "pairs", 2, "\n" },
	{ "sevens", 7, "\n" },
	{ "fives", 5, "\n\n" },
};

#define UPPER "0123456789ABCDEF"
#define LOWER "0123456789abcdef"

static const struct {
	const char *name;
	const char *digits;
	const char *first, *inside, *last;
} quoted_forms[] = {
	{ "quoted", UPPER, "", "", "=\n" },
	{ "lower", LOWER, "", "", "=\n" },
	{ "softblank", UPPER, "", "", "= \t\n" },
	{ "softcr", UPPER, "", "", "=\r" },
	{ "softcrs", UPPER, "", "", "=\r\r\n" },
	{ "left", UPPER, " \t", "", "=\n" },
	{ "hard", UPPER, "", "", "\n" },
	{ "lone", UPPER, "", "=", "=\n" },
	{ "lone2", UPPER, "", "=2", "=\n" },
	{ "lonex", UPPER, "", "=0x", "=\n" },
	{ "at", UPPER, "", "=@", "=\n" },
	{ "raw", UPPER, "", "\x12", "=\n" },
	{ "eight", UPPER, "", "\xaa", "=\n" },
};

static const struct {
	const char *name;
	void (*put)(struct mm_buf *out, const struct mm_buf *in);
} other_forms[] = {
	{ "plain", form_plain }, { "uu", form_uu },
	{ "yenc", form_yenc },	 { "binhex", form_binhex },
	{ "utf7", form_utf7 },	 { "utf16", form_utf16 },
	{ "url", form_url },
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static bool put_form(struct mm_buf *out, const char *name,
		     const struct mm_buf *in)
{
	for (size_t i = 0; i < COUNT(spread_forms); i++)
		if (strcmp(name, spread_forms[i].name) == 0)
			return spread(out, in, spread_forms[i].step,
				      spread_forms[i].between),
			       true;
	for (size_t i = 0; i < COUNT(chunk_forms); i++)
		if (strcmp(name, chunk_forms[i].name) == 0)
			return chunks(out, in, chunk_forms[i].size,
				      chunk_forms[i].between),
			       true;
	for (size_t i = 0; i < COUNT(quoted_forms); i++)
		if (strcmp(name, quoted_forms[i].name) == 0)
			return quoted(out, in, quoted_forms[i].digits,
				      quoted_forms[i].first,
				      quoted_forms[i].inside,
				      quoted_forms[i].last),
			       true;
	for (size_t i = 0; i < COUNT(other_forms); i++)
		if (strcmp(name, other_forms[i].name) == 0)
			return other_forms[i].put(out, in), true;
	return false;
}

/* Text with {name} for a form; "{0}" for a NUL byte. */
static UNUSED void expand(struct mm_buf *out, const char *text,
			  const struct mm_buf *payload)
{
	struct mm_buf form;
	char name[16];
	size_t len;

	for (; *text != '\0'; text++) {
		len = strcspn(text, "}");
		if (*text != '{' || len > sizeof(name) || text[len] == '\0') {
			put_char(out, (unsigned char)*text);
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)len - 1, text + 1);
		mm_buf_init(&form, 65536);
		if (strcmp(name, "0") == 0)
			put_char(out, 0);
		else if (put_form(&form, name, payload))
			put(out, form.data, form.len);
		else
			fail_msg("no form %s", name);
		mm_buf_clear(&form);
		text += len;
	}
}

struct sample {
	const char *name;
	const char *text;
	const char *ambiguous; /* what the finding begins with, or NULL */
};

static UNUSED bool has_detail(const struct mm_report *report, enum mm_kind kind,
			      const char *detail)
{
	for (size_t i = 0; i < report->findings.count; i++)
		if (report->findings.list[i].kind == kind &&
		    strncmp(report->findings.list[i].detail, detail,
			    strlen(detail)) == 0)
			return true;
	return false;
}

static bool as_wanted(const struct mm_report *report,
		      const struct sample *sample, bool infected)
{
	if (infected)
		return report->findings.verdict == MM_VERDICT_INFECTED &&
		       has_detail(report, MM_KIND_VIRUS, EICAR_NAME);
	if (report->findings.verdict != MM_VERDICT_CLEAN)
		return false;
	if (sample->ambiguous == NULL)
		return report->findings.count == 0;
	return has_detail(report, MM_KIND_AMBIGUOUS, sample->ambiguous);
}

static UNUSED bool try_sample(const struct sample *sample, bool infected)
{
	static const char head[] = "From: a@example.com\nSubject: s\n";
	struct mm_report report;
	struct mm_buf payload;
	struct mm_buf mail;
	bool ok;

	fix_eicar(&payload);
	if (!infected) {
		mm_buf_reset(&payload);
		put_text(&payload, HARMLESS);
	}
	mm_buf_init(&mail, MAIL_MAX);
	/* Some are about the very first line. */
	if (sample->text[0] != '^')
		put_text(&mail, head);
	expand(&mail, sample->text + (sample->text[0] == '^'), &payload);
	fix_inspect(engine, &conf, mail.data, mail.len, &report);
	ok = as_wanted(&report, sample, infected);
	if (!ok) {
		print_message("%s payload, %s wanted\n",
			      infected ? "bad" : "harmless",
			      sample->ambiguous == NULL ? "nothing ambiguous"
							: sample->ambiguous);
		fix_print(sample->name, &report);
	}
	mm_report_clear(&report);
	mm_buf_clear(&mail);
	mm_buf_clear(&payload);
	return ok;
}

/* All of them are tried before the test fails. */
static UNUSED void try_samples(const struct sample *samples, size_t count)
{
	size_t failed = 0;

	for (size_t i = 0; i < count; i++) {
		failed += !try_sample(&samples[i], true);
		failed += !try_sample(&samples[i], false);
	}
	assert_int_equal(failed, 0);
}

#endif
