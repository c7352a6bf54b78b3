/*
 * Carries out a request for another message: cleans the documents that are to
 * be cleaned, and has the plan that this leaves done.
 * Process: inspector (as users.inspector, in its jail). No I/O of its own.
 * Must never take a document for clean that was not looked at again.
 */
#include "mamorid/inspect/rewrite_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/err.h"
#include "mamorid/xalloc.h"

static const struct mm_leaf *find_leaf(const struct mm_mail *mail,
				       const char *part)
{
	for (size_t i = 0; i < mail->count; i++)
		if (strcmp(mail->leaves[i].part, part) == 0)
			return &mail->leaves[i];
	return NULL;
}

static int clean_one(struct mm_rewrite_run *run, const struct mm_mail *mail,
		     size_t i)
{
	const struct mm_leaf *leaf = find_leaf(mail,
					       run->request->ops[i].part);
	struct mm_buf *document = &run->documents[i];
	const char *why = "";
	int r;

	if (leaf == NULL)
		return MM_ERR_NOTFOUND;
	r = mm_clean(leaf->data, leaf->size, &run->clean, document, &why);
	if (r == MM_ERR_NOMEM || r == MM_ERR_TIMEOUT)
		return r;
	if (r == 0 && run->accept(run->context, leaf->name, document,
				  run->reasons[i])) {
		run->outcomes[i].done = MM_REWRITE_CLEAN;
		return 0;
	}
	if (r < 0)
		(void)snprintf(run->reasons[i], sizeof(run->reasons[i]), "%s",
			       why);
	mm_buf_clear(document);
	return 0;
}

static int clean_all(struct mm_rewrite_run *run, const unsigned char *data,
		     size_t len)
{
	const struct mm_rewrite_request *req = run->request;
	struct mm_mail mail = { .leaves = NULL };
	bool read = false;
	int r = 0;

	for (size_t i = 0; i < req->nops && r == 0; i++) {
		if (req->ops[i].kind != MM_REWRITE_CLEAN)
			continue;
		if (!read)
			mm_mime_read(data, len, &run->mime, &mail);
		read = true;
		r = mail.limit != NULL ? MM_ERR_LIMIT
				       : clean_one(run, &mail, i);
	}
	if (read)
		mm_mime_clear(&mail);
	return r;
}

static int carry_out(struct mm_rewrite_run *run, const unsigned char *data,
		     size_t len)
{
	const struct mm_rewrite_request *req = run->request;
	struct mm_removal *removals = mm_xcalloc(req->nops + 1,
						 sizeof(*removals));
	const struct mm_rewrite_plan plan = {
		.removals = removals,
		.count = req->nops,
		.stamp = req->stamp,
	};
	int r;

	for (size_t i = 0; i < req->nops; i++) {
		removals[i].part = req->ops[i].part;
		removals[i].text = req->ops[i].text;
		if (run->outcomes[i].done == MM_REWRITE_CLEAN)
			removals[i].document = &run->documents[i];
	}
	r = mm_rewrite(data, len, &run->mime, &plan, &run->message,
		       &run->done);
	free(removals);
	return r;
}

int mm_rewrite_run(struct mm_rewrite_run *run, const unsigned char *data,
		   size_t len, size_t max)
{
	const size_t count = run->request->nops;
	int r;

	mm_buf_init(&run->message, max);
	run->outcomes = mm_xcalloc(count + 1, sizeof(*run->outcomes));
	run->documents = mm_xcalloc(count + 1, sizeof(*run->documents));
	run->reasons = mm_xcalloc(count + 1, sizeof(*run->reasons));
	for (size_t i = 0; i < count; i++) {
		run->outcomes[i].done = MM_REWRITE_REMOVE;
		run->outcomes[i].reason = run->reasons[i];
		mm_buf_init(&run->documents[i], max);
	}
	r = clean_all(run, data, len);
	if (r == 0)
		r = carry_out(run, data, len);
	if (mm_deadline_left(run->mime.deadline) == 0)
		r = MM_ERR_TIMEOUT;
	return r;
}

void mm_rewrite_run_clear(struct mm_rewrite_run *run)
{
	for (size_t i = 0; run->documents != NULL &&
	     i < run->request->nops; i++)
		mm_buf_clear(&run->documents[i]);
	free(run->documents);
	free(run->reasons);
	free(run->outcomes);
	run->documents = NULL;
	run->reasons = NULL;
	run->outcomes = NULL;
	mm_buf_clear(&run->message);
}
