/*
 * Which part of the mail a layer is, told by its content: libclamav knows the
 * bytes, GMime knows the names. Process: inspector, and one-shot mode.
 */
#include "mamorid/inspect/parts.h"

#include <string.h>
#include <strings.h>

/* Bytes that are compared for one mail: parts that are nearly alike would each
 * be compared with each. One that is not recognised is scanned once more. */
#define COMPARED_MAX ((size_t)1 << 30)

static bool same(struct mm_mail *mail, const struct mm_leaf *leaf,
		 const unsigned char *data, size_t len)
{
	if (len == 0)
		return true;
	if (leaf->data[0] != data[0] ||
	    leaf->data[len - 1] != data[len - 1] ||
	    len > COMPARED_MAX - mail->compared)
		return false;
	mail->compared += len;
	return memcmp(leaf->data, data, len) == 0;
}

static int match_content(struct mm_mail *mail, const struct mm_layer *layer,
			 const unsigned char *data)
{
	int found = -1;

	for (size_t i = 0; i < mail->count; i++) {
		const struct mm_leaf *leaf = &mail->leaves[i];

		if (leaf->size != layer->size ||
		    !same(mail, leaf, data, leaf->size))
			continue;
		found = (int)i;
		if (!leaf->seen)
			break;
	}
	return found;
}

static bool line_ends(const unsigned char *data, size_t len)
{
	while (len > 0 && data[len - 1] == '\n')
		len--;
	return len == 0;
}

/* But for line ends at the very end? So most texts are. */
static bool same_text(struct mm_mail *mail, const struct mm_leaf *leaf,
		      const unsigned char *data, size_t len)
{
	const size_t less = leaf->size < len ? leaf->size : len;

	return line_ends(data + less, len - less) &&
	       line_ends(leaf->data + less, leaf->size - less) &&
	       same(mail, leaf, data, less);
}

/* Of few mails it is ever asked for. */
static const unsigned char *text_hash(struct mm_leaf *leaf)
{
	if (!leaf->hashed)
		mm_mime_text_hash(leaf->data, leaf->size, leaf->text_hash);
	leaf->hashed = true;
	return leaf->text_hash;
}

static bool is_text(const struct mm_leaf *leaf)
{
	return leaf->in_body ||
	       strncasecmp(leaf->mime_type, "text/", 5) == 0;
}

/* libclamav gives text parts other line ends and one more at the end. */
static int match_text(struct mm_mail *mail, const struct mm_layer *layer,
		      const unsigned char *data)
{
	unsigned char hash[MM_LEAF_HASH];
	bool hashed = false;

	if (layer->parent == NULL || strcmp(layer->parent->type, "mail") != 0)
		return -1;
	for (size_t i = 0; i < mail->count; i++)
		if (!mail->leaves[i].seen && is_text(&mail->leaves[i]) &&
		    same_text(mail, &mail->leaves[i], data, layer->size))
			return (int)i;
	for (size_t i = 0; i < mail->count; i++) {
		struct mm_leaf *leaf = &mail->leaves[i];

		if (leaf->seen || !is_text(leaf))
			continue;
		if (!hashed)
			mm_mime_text_hash(data, layer->size, hash);
		hashed = true;
		if (memcmp(text_hash(leaf), hash, sizeof(hash)) == 0)
			return (int)i;
	}
	return -1;
}

int mm_parts_match(struct mm_mail *mail, const struct mm_layer *layer,
		   const unsigned char *data)
{
	int found;

	if (data == NULL || layer->size == 0)
		return -1;
	found = match_content(mail, layer, data);
	return found < 0 ? match_text(mail, layer, data) : found;
}

bool mm_parts_may_be_mail(const char *mime_type)
{
	static const char *const others[] = {
		"message/delivery-status", "message/disposition-notification",
		"message/feedback-report",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcasecmp(mime_type, others[i]) == 0)
			return false;
	return strncasecmp(mime_type, "message/", 8) == 0;
}
