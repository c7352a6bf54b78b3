/*
 * The inspection of one message: facts, no opinion.
 * Process: inspector (as users.inspector, in its jail), pool (canary only),
 * and one-shot mode. Must never leave a message "clean" of which a byte was
 * not scanned.
 */
#include "mamorid/inspect/inspect.h"

#include <malloc.h>
#include <string.h>

#include "core/err.h"
#include "core/text.h"
#include "mamorid/inspect/format.h"
#include "mamorid/inspect/mime.h"

struct inspection {
	struct mm_engine *engine;
	const struct mm_conf *conf;
	mm_deadline deadline;
	struct mm_mail mail;
	struct mm_report *report;
	uint64_t unpacked;
	int pass_leaf;		/* the leaf being scanned, -1: the whole */
	bool stop;
	bool locked;		/* an encrypted member, part unknown */
};

void mm_inspect_init(void)
{
	/* Keeps freed memory for the next scan instead of returning it to the
	 * kernel: a third less CPU with large signature sets. */
	mallopt(M_MMAP_THRESHOLD, 1 << 30);
	mallopt(M_TRIM_THRESHOLD, 1 << 30);
	mm_mime_init();
}

/* A finding at a part, or at the whole message for leaf -1. */
static void add(struct inspection *in, int leaf, enum mm_kind kind,
		const char *detail)
{
	struct mm_finding finding = { .kind = kind, .detail = detail };
	const struct mm_leaf *part;

	if (leaf < 0) {
		mm_report_whole(in->report, kind, detail);
		return;
	}
	part = &in->mail.leaves[leaf];
	finding.part = part->part;
	finding.name = part->name;
	finding.mime_type = part->mime_type;
	finding.type = part->type;
	finding.size = part->size;
	finding.in_body = part->in_body;
	mm_report_add(in->report, &finding);
}

static void stop_with(struct inspection *in, int leaf, const char *limit)
{
	in->stop = true;
	add(in, leaf, MM_KIND_LIMIT, limit);
}

/* The part whose decoded content a layer is, preferably one that was not met
 * before. */
static int leaf_of_layer(struct inspection *in, const struct mm_layer *layer,
			 const unsigned char *data)
{
	unsigned char hash[MM_LEAF_HASH];
	bool hashed = false;
	int found = -1;

	if (data == NULL || layer->size == 0)
		return -1;
	for (size_t i = 0; i < in->mail.count; i++) {
		const struct mm_leaf *leaf = &in->mail.leaves[i];

		if (leaf->size != layer->size)
			continue;
		if (!hashed)
			mm_mime_hash(data, layer->size, hash);
		hashed = true;
		if (memcmp(leaf->hash, hash, sizeof(hash)) != 0)
			continue;
		found = (int)i;
		if (!leaf->seen)
			break;
	}
	return found;
}

/* libclamav gives text parts other line ends and one more at the end. */
static int leaf_of_text(struct inspection *in, const struct mm_layer *layer,
			const unsigned char *data)
{
	unsigned char hash[MM_LEAF_HASH];
	bool hashed = false;

	if (data == NULL || layer->parent == NULL ||
	    strcmp(layer->parent->type, "mail") != 0)
		return -1;
	for (size_t i = 0; i < in->mail.count; i++) {
		const struct mm_leaf *leaf = &in->mail.leaves[i];

		if (leaf->seen || !leaf->in_body)
			continue;
		if (!hashed)
			mm_mime_text_hash(data, layer->size, hash);
		hashed = true;
		if (memcmp(leaf->text_hash, hash, sizeof(hash)) == 0)
			return (int)i;
	}
	return -1;
}

static void name_leaf(struct inspection *in, struct mm_layer *layer,
		      const unsigned char *data)
{
	struct mm_leaf *leaf;
	int i;

	layer->leaf = layer->parent != NULL ? layer->parent->leaf : -1;
	if (in->pass_leaf >= 0)
		i = layer->level == 0 ? in->pass_leaf : layer->leaf;
	else if ((i = leaf_of_layer(in, layer, data)) < 0)
		i = leaf_of_text(in, layer, data);
	if (i < 0)
		return;
	layer->leaf = i;
	leaf = &in->mail.leaves[i];
	if (!leaf->seen || leaf->type[0] == '\0')
		memcpy(leaf->type, layer->type, sizeof(leaf->type));
	leaf->seen = true;
}

/* Decoded parts of a mail and rewritten copies are not "unpacked". */
static void count_unpacked(struct inspection *in, const struct mm_layer *layer)
{
	if (layer->parent == NULL || layer->normalized ||
	    strcmp(layer->parent->type, "mail") == 0)
		return;
	in->unpacked += layer->size;
	if (in->unpacked > in->conf->limits_unpacked_size)
		stop_with(in, layer->leaf, "unpacked size");
}

static bool on_layer(void *context, struct mm_layer *layer,
		     const unsigned char *data)
{
	struct inspection *in = context;
	const char *detail;
	enum mm_kind kind;

	if (in->stop)
		return true;
	name_leaf(in, layer, data);
	count_unpacked(in, layer);
	if (!in->stop && in->deadline != MM_DEADLINE_NONE &&
	    mm_now_ms() >= in->deadline)
		stop_with(in, layer->leaf, "scan time");
	if (mm_format_opaque(layer->type, data, layer->size, &kind, &detail))
		add(in, layer->leaf, kind, detail);
	return in->stop;
}

static void on_hit(void *context, const struct mm_layer *layer,
		   const char *name)
{
	struct inspection *in = context;

	add(in, layer->leaf, mm_report_kind(name), name);
}

static void on_member(void *context, const struct mm_layer *layer,
		      const char *name, uint64_t size, bool encrypted)
{
	struct inspection *in = context;

	if (!in->stop && size > in->conf->limits_unpacked_size)
		stop_with(in, layer->leaf, "unpacked size");
	if (encrypted && layer->leaf >= 0)
		in->mail.leaves[layer->leaf].locked = true;
	else if (encrypted)
		in->locked = true;
	if (mm_format_macro_sheet(name))
		add(in, layer->leaf, MM_KIND_MACRO, "macro: xlm");
}

/* libclamav lists an encrypted member of every format, but raises an alert of
 * its own for some formats only. */
static void report_locked(struct inspection *in)
{
	for (size_t i = 0; i < in->mail.count; i++)
		if (in->mail.leaves[i].locked &&
		    !mm_report_has(in->report, MM_KIND_ENCRYPTED,
				   in->mail.leaves[i].part))
			add(in, (int)i, MM_KIND_ENCRYPTED,
			    "encrypted: archive");
	if (in->locked && !mm_report_has(in->report, MM_KIND_ENCRYPTED, ""))
		add(in, -1, MM_KIND_ENCRYPTED, "encrypted: archive");
}

static void pass(struct inspection *in, int leaf, const unsigned char *data,
		 size_t len)
{
	struct mm_scan_sink sink = {
		.context = in,
		.layer = on_layer,
		.hit = on_hit,
		.member = on_member,
	};
	struct mm_buf error;
	int r;

	mm_buf_init(&error, MM_TEXT_MAX);
	in->pass_leaf = leaf;
	r = mm_engine_scan(in->engine, data, len, in->deadline, &sink, &error);
	if (r == MM_ERR_TIMEOUT)
		stop_with(in, leaf, "scan time");
	else if (r < 0)
		add(in, leaf, MM_KIND_ERROR, error.len > 0 ? mm_buf_str(&error)
							   : mm_err_text(r));
	mm_buf_clear(&error);
}

/* A forwarded mail that came encoded needs the same first line as the whole
 * message does. */
static void pass_message_leaf(struct inspection *in, int leaf)
{
	const struct mm_leaf *part = &in->mail.leaves[leaf];
	struct mm_source source;
	int r;

	r = mm_source_from_memory(&source, part->data, part->size, SIZE_MAX);
	if (r == 0)
		pass(in, leaf, source.data, source.len);
	else
		add(in, leaf, MM_KIND_ERROR, mm_err_text(r));
	mm_source_clear(&source);
}

static void pass_leaves(struct inspection *in)
{
	for (size_t i = 0; i < in->mail.count && !in->stop; i++) {
		struct mm_leaf *leaf = &in->mail.leaves[i];

		if (leaf->seen || leaf->size == 0)
			continue;
		if (mm_text_has_prefix(leaf->mime_type, "message/"))
			pass_message_leaf(in, (int)i);
		else
			pass(in, (int)i, leaf->data, leaf->size);
	}
}

static void describe(struct inspection *in)
{
	struct mm_findings *findings = &in->report->findings;

	findings->parts = (uint32_t)in->mail.count;
	mm_report_text(&findings->from, in->mail.from);
	mm_report_text(&findings->subject, in->mail.subject);
	mm_report_text(&findings->date, in->mail.date);
	mm_report_text(&findings->message_id, in->mail.message_id);
	if (in->mail.limit != NULL)
		add(in, -1, MM_KIND_LIMIT, in->mail.limit);
}

void mm_inspect(struct mm_engine *engine, const struct mm_conf *conf,
		const struct mm_source *source, mm_deadline deadline,
		struct mm_report *report)
{
	struct mm_mime_limits limits = {
		.parts = conf->limits_parts,
		.deadline = deadline,
	};
	struct inspection in = {
		.engine = engine,
		.conf = conf,
		.deadline = deadline,
		.report = report,
	};
	int64_t start = mm_now_ms();

	report->findings.size = source->message_size;
	mm_mime_read(source->data + source->prefix,
		     source->len - source->prefix, &limits, &in.mail);
	describe(&in);
	if (source->too_large) {
		add(&in, -1, MM_KIND_LIMIT, "message size");
	} else {
		pass(&in, -1, source->data, source->len);
		pass_leaves(&in);
		report_locked(&in);
	}
	report->findings.scan_ms = (uint32_t)(mm_now_ms() - start);
	mm_report_finish(report);
	mm_mime_clear(&in.mail);
}
