/*
 * Finds content that is encrypted: Office and OpenDocument files, OpenPGP and
 * S/MIME messages; and gives libclamav's words for it the same form.
 * Process: inspector (as users.inspector, in its jail), and one-shot mode.
 * Must never take what is only signed for encrypted.
 */
#include "mamorid/inspect/encrypted.h"

#include <string.h>
#include <strings.h>

#include "core/text.h"
#include "mamorid/inspect/format.h"

#define ARMOR_HEAD ((size_t)4096)
#define MANIFEST_MAX ((size_t)1 << 20)

const char *mm_encrypted_alert(const char *name)
{
	static const char prefix[] = "Heuristics.Encrypted.";
	static const struct {
		const char *name;
		const char *detail;
	} alerts[] = {
		{ "Zip", "encrypted: zip" }, { "7Zip", "encrypted: 7z" },
		{ "PDF", "encrypted: pdf" }, { "RAR", "encrypted: rar" },
		{ "ARJ", "encrypted: arj" }, { "EGG", "encrypted: egg" },
		{ "Doc", "encrypted: office" },
	};

	if (!mm_text_has_prefix(name, prefix))
		return NULL;
	for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++)
		if (strcasecmp(name + sizeof(prefix) - 1, alerts[i].name) == 0)
			return alerts[i].detail;
	return NULL;
}

const char *mm_encrypted_type(const char *type)
{
	static const struct {
		const char *type;
		const char *detail;
	} types[] = {
		{ "zip", "encrypted: zip" }, { "ooxml_", "encrypted: zip" },
		{ "7z", "encrypted: 7z" }, { "arj", "encrypted: arj" },
		{ "rar", "encrypted: rar" }, { "alz", "encrypted: alz" },
		{ "egg", "encrypted: egg" }, { "lha_lzh", "encrypted: lzh" },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (mm_text_has_prefix(type, types[i].type))
			return types[i].detail;
	return NULL;
}

/* OpenDocument encrypts member by member, and says so in one that is not. */
static bool is_open_document(const struct mm_item *item)
{
	static const char space[] = "opendocument:xmlns:manifest";
	static const char mark[] = "encryption-data";

	return item->len > sizeof(space) && item->len <= MANIFEST_MAX &&
	       item->data[0] == '<' &&
	       memmem(item->data, item->len, space,
		      sizeof(space) - 1) != NULL &&
	       memmem(item->data, item->len, mark, sizeof(mark) - 1) != NULL;
}

/* ContentInfo of RFC 5652: a sequence that begins with the type of what it
 * holds: enveloped, encrypted, or authenticated and enveloped (RFC 5083). */
static bool is_smime(const struct mm_item *item)
{
	static const unsigned char pkcs7[] = {
		0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7,
	};
	static const unsigned char auth[] = {
		0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1,
		23,
	};
	const unsigned char *data = item->data;
	size_t pos;

	if (item->len < 24 || data[0] != 0x30)
		return false;
	pos = 2 + (data[1] > 0x80 ? data[1] & 0x7fu : 0u);
	if (pos > 10)
		return false;
	if (memcmp(data + pos, auth, sizeof(auth)) == 0)
		return true;
	return memcmp(data + pos, pkcs7, sizeof(pkcs7)) == 0 &&
	       (data[pos + sizeof(pkcs7)] == 3 ||
		data[pos + sizeof(pkcs7)] == 6);
}

static bool line_begins(const struct mm_item *item, const unsigned char *pos)
{
	return pos == item->data || pos[-1] == '\n' || pos[-1] == '\r';
}

/* RFC 9580, 6.2: a line of its own. Such a line in a text that only speaks of
 * it has no end line behind it. */
static bool is_pgp_armor(const struct mm_item *item)
{
	static const char begin[] = "-----BEGIN PGP MESSAGE-----";
	static const char end[] = "-----END PGP MESSAGE-----";
	const unsigned char *stop = item->data + item->len;
	const unsigned char *pos = item->data;
	size_t window = item->len;

	if (!item->in_body && window > ARMOR_HEAD)
		window = ARMOR_HEAD;
	pos = memmem(pos, window, begin, sizeof(begin) - 1);
	while (pos != NULL && !line_begins(item, pos)) {
		pos++;
		pos = memmem(pos, window - (size_t)(pos - item->data), begin,
			     sizeof(begin) - 1);
	}
	if (pos == NULL)
		return false;
	while ((pos = memmem(pos, (size_t)(stop - pos), end,
			     sizeof(end) - 1)) != NULL) {
		if (line_begins(item, pos))
			return true;
		pos++;
	}
	return false;
}

static bool ends_with(const char *text, const char *tail)
{
	const size_t len = strlen(text);
	const size_t tail_len = strlen(tail);

	return len >= tail_len && strcasecmp(text + len - tail_len, tail) == 0;
}

/* A session key's packet (RFC 9580, 5.1 and 5.3), where the name or type lets
 * one expect it: the bytes alone are no proof. */
static bool is_pgp_binary(const struct mm_item *item)
{
	const unsigned char *data = item->data;
	unsigned int tag;
	size_t pos;

	if (!ends_with(item->name, ".pgp") && !ends_with(item->name, ".gpg") &&
	    !mm_text_has_prefix(item->mime_type, "application/pgp"))
		return false;
	if (item->len < 8 || (data[0] & 0x80) == 0)
		return false;
	if ((data[0] & 0x40) != 0) {
		tag = data[0] & 0x3f;
		pos = data[1] < 192 ? 2 : data[1] < 224 ? 3 : 6;
	} else {
		tag = data[0] >> 2 & 0xf;
		pos = (size_t)1 + ((size_t)1 << (data[0] & 3));
	}
	if (pos >= 7)
		return false;
	return (tag == 1 && (data[pos] == 3 || data[pos] == 6)) ||
	       (tag == 3 && data[pos] >= 4 && data[pos] <= 6);
}

void mm_encrypted_analyze(struct mm_walk *walk, const struct mm_item *item)
{
	if (item->len == 0)
		return;
	if (mm_format_of(item->data, item->len) == MM_FORMAT_OLE &&
	    mm_encrypted_office(item->data, item->len))
		mm_walk_find(walk, item, MM_KIND_ENCRYPTED,
			     "encrypted: office");
	if (item->depth > 0 && is_open_document(item))
		mm_walk_find(walk, item, MM_KIND_ENCRYPTED,
			     "encrypted: opendocument");
	/* A mail as a whole is none of these; its parts are. */
	if (item->leaf < 0 && strcmp(item->type, "mail") == 0)
		return;
	if (is_smime(item))
		mm_walk_find(walk, item, MM_KIND_ENCRYPTED,
			     "encrypted: s/mime");
	if (is_pgp_armor(item) || is_pgp_binary(item))
		mm_walk_find(walk, item, MM_KIND_ENCRYPTED, "encrypted: pgp");
}

void mm_encrypted_report(struct mm_walk *walk)
{
	const struct mm_report *report = mm_walk_report(walk);
	const struct mm_mail *mail = mm_walk_mail(walk);

	for (size_t i = 0; i < mail->count; i++)
		if (mail->leaves[i].locked &&
		    !mm_report_has(report, MM_KIND_ENCRYPTED,
				   mail->leaves[i].part))
			mm_walk_find_part(walk, (int)i, MM_KIND_ENCRYPTED,
					  "encrypted: archive");
	if (mail->locked && !mm_report_has(report, MM_KIND_ENCRYPTED, ""))
		mm_walk_find_part(walk, -1, MM_KIND_ENCRYPTED,
				  "encrypted: archive");
}
