#ifndef MM_MAMORICTL_STORY_H
#define MM_MAMORICTL_STORY_H

#include "mamorictl/exim_log.h"
#include "mamorictl/out.h"

/* What is known of one mail: rows of an answer, and lines of Exim's log. */
struct mm_story {
	const struct mm_pairs *mail;
	const struct mm_rows *rows; /* of all mails of the answer */
	size_t first; /* of its findings and recipients */
	size_t end;
	const struct mm_exim_lines *lines;
	const char *note; /* why the log says nothing, or NULL */
};

/* The text of a row's pair, "" without. */
const char *mm_story_get(const struct mm_pairs *row, const char *name);

/* A number of a row, 0 without. */
int64_t mm_story_num(const struct mm_pairs *row, const char *name);

/* Is the row of this kind, about the story's mail? */
bool mm_story_is(const struct mm_story *story, const struct mm_pairs *row,
		 const char *kind);

/* The copy in quarantine of a recipient: its row or NULL. */
const struct mm_pairs *mm_story_copy(const struct mm_story *story,
				     const char *recipient);

/* Print for people, in the order of time. */
void mm_story_print(const struct mm_story *story);

/* The same as an object. */
struct cJSON *mm_story_json(const struct mm_story *story);

#endif
