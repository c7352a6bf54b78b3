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
#include "mamorid/inspect/analyze.h"
#include "mamorid/inspect/archive.h"
#include "mamorid/inspect/base64_cut.h"
#include "mamorid/inspect/bound.h"
#include "mamorid/inspect/encrypted.h"
#include "mamorid/inspect/format.h"
#include "mamorid/inspect/give_up.h"
#include "mamorid/inspect/limits.h"
#include "mamorid/inspect/mime.h"
#include "mamorid/inspect/mime_bounds.h"
#include "mamorid/inspect/office.h"
#include "mamorid/inspect/parts.h"
#include "mamorid/inspect/plain_mail.h"
#include "mamorid/inspect/readings.h"
#include "mamorid/inspect/smime.h"
#include "mamorid/inspect/walk.h"

#define ZIP64_SIZE 0xffffffffu	/* the real one is elsewhere: zip.h */

struct inspection {
	struct mm_engine *engine;
	struct mm_walk *walk;
	struct mm_mail mail;
	const struct mm_item *base;	/* what this pass scans, NULL: all */
	struct mm_base64_cuts *cuts;	/* of this pass, or NULL */
	bool bound;		/* a part wants its mail around it */
	bool again;		/* all layers have been looked at */
	struct mm_kept_list kept;
};

void mm_inspect_init(void)
{
	/* Keeps freed memory for the next scan instead of returning it to the
	 * kernel: a third less CPU with large signature sets. */
	mallopt(M_MMAP_THRESHOLD, 1 << 30);
	mallopt(M_TRIM_THRESHOLD, 1 << 30);
	mm_mime_init();
	mm_smime_init();
}

static bool in_mail(const struct mm_layer *layer)
{
	return layer->parent != NULL &&
	       strcmp(layer->parent->type, "mail") == 0;
}

/* The part and the depth of a layer. */
static void place(struct inspection *in, struct mm_layer *layer,
		  const unsigned char *data)
{
	const struct mm_layer *parent = layer->parent;
	struct mm_leaf *leaf;
	int i = -1;

	layer->leaf = parent != NULL ? parent->leaf : -1;
	layer->depth = parent != NULL ? parent->depth : 0;
	if (parent != NULL && !layer->normalized && !in_mail(layer))
		layer->depth++;
	/* What a part has packed is that part's, also when another one has the
	 * same bytes. */
	if (in->base == NULL && (layer->depth == 0 || layer->leaf < 0))
		i = mm_parts_match(&in->mail, layer, data);
	else if (parent == NULL)
		i = in->base->leaf;
	if (in->base != NULL && parent == NULL)
		layer->depth = in->base->depth;
	else if (i >= 0)
		layer->depth = 0;
	if (i < 0)
		return;
	layer->leaf = i;
	leaf = &in->mail.leaves[i];
	if (layer->depth > 0)
		return;
	if (!leaf->seen || leaf->type[0] == '\0')
		memcpy(leaf->type, layer->type, sizeof(leaf->type));
	leaf->seen = true;
}

/* A mail in this one that libclamav is about to take apart. */
static bool too_much(struct inspection *in, const struct mm_layer *layer,
		     const unsigned char *data)
{
	const struct mm_conf *conf = mm_walk_conf(in->walk);
	const char *limit;

	if (strcmp(layer->type, "mail") != 0 || data == NULL ||
	    (in->base == NULL && layer->parent == NULL))
		return false;
	limit = mm_mime_bounds(data, layer->size, conf->limits_parts,
			       conf->limits_headers);
	if (limit != NULL)
		mm_walk_stop(in->walk, layer->leaf, limit);
	return limit != NULL;
}

static struct mm_item item_of(const struct inspection *in,
			      const struct mm_layer *layer,
			      const unsigned char *data)
{
	struct mm_item item = {
		.data = data,
		.len = layer->size,
		.type = layer->type,
		.name = "",
		.mime_type = "",
		.leaf = layer->leaf,
		.depth = layer->depth,
		.joined = layer->parent != NULL &&
			  strcmp(layer->parent->type, "tnef") == 0,
	};
	const struct mm_leaf *leaf;

	if (layer->leaf >= 0) {
		leaf = &in->mail.leaves[layer->leaf];
		item.name = leaf->name;
		item.in_body = leaf->in_body;
		if (layer->depth == 0)
			item.mime_type = leaf->mime_type;
	}
	if (in->base != NULL && in->base->name[0] != '\0')
		item.name = in->base->name;
	return item;
}

static bool on_layer(void *context, struct mm_layer *layer,
		     const unsigned char *data)
{
	struct inspection *in = context;
	struct mm_item item;

	if (mm_walk_stopped(in->walk, layer->leaf)) {
		(void)mm_give_up(true);
		return true;
	}
	/* The part itself is scanned later. */
	if (in->cuts != NULL && layer->level == 1 &&
	    mm_base64_is_rest(in->cuts, &in->mail, data, layer->size))
		return true;
	place(in, layer, data);
	if (in->again)
		return false;
	if (too_much(in, layer, data))
		return true;
	/* Decoded parts of a mail and rewritten copies are not "unpacked". */
	if (layer->parent != NULL && !layer->normalized && !in_mail(layer) &&
	    !mm_walk_unpacked(in->walk, layer->leaf, layer->size))
		return true;
	if (layer->depth > mm_walk_conf(in->walk)->limits_depth) {
		mm_walk_stop(in->walk, layer->leaf, MM_LIMIT_DEPTH);
		return true;
	}
	item = item_of(in, layer, data);
	mm_analyze(in->walk, &item);
	mm_kept_layer(&in->kept, &item, layer->level, layer->normalized);
	return mm_walk_stopped(in->walk, layer->leaf);
}

static void on_hit(void *context, const struct mm_layer *layer,
		   const char *name)
{
	struct inspection *in = context;
	const char *detail = mm_encrypted_alert(name);
	const enum mm_kind kind = mm_report_kind(name);

	if (detail == NULL)
		detail = mm_office_alert(name);
	if (detail == NULL)
		detail = mm_report_limit(name);
	if (mm_text_has_prefix(name, MM_BOUND_NAME))
		in->bound = true;
	/* The scan goes on after a hit, so that a second virus counts. */
	else if (kind != MM_KIND_VIRUS || !mm_engine_allows(in->engine, name))
		mm_walk_find_part(in->walk, layer->leaf, kind,
				  detail != NULL ? detail : name);
}

static void on_member(void *context, const struct mm_layer *layer,
		      const char *name, uint64_t size, bool encrypted)
{
	struct inspection *in = context;
	const struct mm_item item = item_of(in, layer, NULL);
	const char *locked = mm_encrypted_type(layer->type);

	/* What looks like an archive in a program need not be one. */
	if (size > mm_walk_conf(in->walk)->limits_unpacked_size &&
	    size != ZIP64_SIZE && !mm_format_is_program(layer->type) &&
	    !mm_walk_stopped(in->walk, layer->leaf))
		mm_walk_stop(in->walk, layer->leaf, MM_LIMIT_UNPACKED);
	if (encrypted && locked != NULL)
		mm_walk_find(in->walk, &item, MM_KIND_ENCRYPTED, locked);
	else if (encrypted && layer->leaf >= 0)
		in->mail.leaves[layer->leaf].locked = true;
	else if (encrypted)
		in->mail.locked = true;
	mm_kept_member(&in->kept, layer->level, size, encrypted);
	mm_analyze_member(in->walk, &item, name, size);
}

/* base is NULL for the whole message. */
static void pass(struct inspection *in, const struct mm_item *base,
		 const unsigned char *data, size_t len)
{
	const int leaf = base == NULL ? -1 : base->leaf;
	struct mm_scan_sink sink = {
		.context = in,
		.layer = on_layer,
		.hit = on_hit,
		.member = on_member,
	};
	struct mm_buf error;
	bool given_up;
	int r;

	mm_buf_init(&error, MM_TEXT_MAX);
	in->base = base;
	r = mm_engine_scan(in->engine, data, len, mm_walk_deadline(in->walk),
			   &sink, &error);
	given_up = mm_give_up(false);
	mm_kept_end(&in->kept);
	if (r == MM_ERR_TIMEOUT)
		mm_walk_stop(in->walk, leaf, MM_LIMIT_TIME);
	else if (r < 0 && !given_up)
		mm_walk_find_part(in->walk, leaf, MM_KIND_ERROR,
				  error.len > 0 ? mm_buf_str(&error)
						: mm_err_text(r));
	mm_buf_clear(&error);
}

/* A forwarded mail that came encoded needs the same first line as the whole
 * message does. */
static void pass_message(struct inspection *in, const struct mm_item *item)
{
	struct mm_source source;
	int r;

	r = mm_source_from_memory(&source, item->data, item->len, SIZE_MAX);
	if (r == 0)
		pass(in, item, source.data, source.len);
	else
		mm_walk_find(in->walk, item, MM_KIND_ERROR, mm_err_text(r));
	mm_source_clear(&source);
}

static void pass_leaves(struct inspection *in)
{
	for (size_t i = 0; i < in->mail.count; i++) {
		const struct mm_leaf *leaf = &in->mail.leaves[i];
		const struct mm_item item = {
			.data = leaf->data,
			.len = leaf->size,
			.type = "",
			.name = leaf->name,
			.mime_type = leaf->mime_type,
			.leaf = (int)i,
			.in_body = leaf->in_body,
		};

		if (mm_walk_stopped(in->walk, (int)i))
			return;
		if (leaf->seen || leaf->size == 0)
			continue;
		if (mm_parts_may_be_mail(leaf->mime_type))
			pass_message(in, &item);
		else
			pass(in, &item, item.data, item.len);
		/* Next to nothing is no layer to libclamav. */
		if (!leaf->seen)
			mm_analyze(in->walk, &item);
	}
}

/* What the analyzers have unpacked, and what comes out of that. */
static void pass_unpacked(struct inspection *in)
{
	struct mm_item item;

	while (mm_walk_next(in->walk, &item) &&
	       !mm_walk_stopped(in->walk, item.leaf))
		if (item.len > 0)
			pass(in, &item, item.data, item.len);
}

/* A message of the simplest form, whose parts are scanned by themselves. */
static bool is_plain(const struct inspection *in, const unsigned char *data,
		     size_t len)
{
	return (in->mail.count == 1 || !mm_engine_wants_names(in->engine)) &&
	       mm_plain_mail(data, len, &in->mail);
}

/* Look at the message without what its parts show by themselves. False when
 * that does not do. */
static bool pass_short(struct inspection *in, const struct mm_source *source)
{
	struct mm_base64_cuts cuts;
	const unsigned char *data = source->data;
	size_t len = source->len;
	bool plain;
	bool good = false;

	if (!mm_engine_parts_alone(in->engine) ||
	    mm_base64_cut(source, &in->mail, &cuts) < 0)
		return false;
	if (cuts.count > 0) {
		data = cuts.data;
		len = cuts.len;
	}
	plain = is_plain(in, data + source->prefix, len - source->prefix);
	if (plain || cuts.count > 0) {
		in->cuts = &cuts;
		mm_engine_set_flat(in->engine, plain);
		pass(in, NULL, data, len);
		mm_engine_set_flat(in->engine, false);
		in->cuts = NULL;
		good = plain || mm_base64_all_met(&cuts);
	}
	mm_base64_cuts_clear(&cuts);
	return good;
}

/* The whole message and each part that is not seen in it, with no part taken
 * apart or read twice if that can be helped. What a pass over all of it would
 * find is found: the mail is of one reading, or libclamav shows that it
 * decodes what was cut as GMime did; and a signature for which it matters in
 * which mail a part lies has the whole of it scanned after all. */
static void pass_all(struct inspection *in, const struct mm_source *source)
{
	bool good = pass_short(in, source);

	if (!good && !mm_walk_stopped(in->walk, -1))
		pass(in, NULL, source->data, source->len);
	pass_leaves(in);
	in->again = good;
	if (good && in->bound && !mm_walk_stopped(in->walk, -1))
		pass(in, NULL, source->data, source->len);
	in->again = false;
	mm_readings(in->walk, source->data + source->prefix,
		    source->len - source->prefix);
	pass_unpacked(in);
}

static void describe(struct inspection *in, struct mm_findings *findings)
{
	findings->parts = (uint32_t)in->mail.count;
	for (size_t i = 0; i < in->mail.count; i++)
		findings->attachments += !in->mail.leaves[i].in_body;
	mm_report_text(&findings->from, in->mail.from);
	mm_report_text(&findings->subject, in->mail.subject);
	mm_report_text(&findings->date, in->mail.date);
	mm_report_text(&findings->message_id, in->mail.message_id);
	if (in->mail.refused)
		mm_walk_stop(in->walk, -1, in->mail.limit);
	else if (in->mail.limit != NULL)
		mm_walk_find_part(in->walk, -1, MM_KIND_LIMIT, in->mail.limit);
}

void mm_inspect(struct mm_engine *engine, const struct mm_conf *conf,
		const struct mm_source *source, mm_deadline deadline,
		struct mm_report *report)
{
	struct mm_mime_limits limits = {
		.parts = conf->limits_parts,
		.headers = conf->limits_headers,
		.deadline = deadline,
	};
	struct inspection in = { .engine = engine };
	int64_t start = mm_now_ms();

	report->findings.size = source->message_size;
	mm_mime_read(source->data + source->prefix,
		     source->len - source->prefix, &limits, &in.mail);
	in.walk = mm_walk_new(conf, deadline, &in.mail, report);
	in.kept.walk = in.walk;
	describe(&in, &report->findings);
	if (source->too_large) {
		mm_walk_find_part(in.walk, -1, MM_KIND_LIMIT,
				  MM_LIMIT_MESSAGE);
	} else if (!in.mail.refused) {
		pass_all(&in, source);
		mm_encrypted_report(in.walk);
	}
	report->findings.scan_ms = (uint32_t)(mm_now_ms() - start);
	mm_report_finish(report);
	mm_walk_free(&in.walk);
	mm_mime_clear(&in.mail);
}
