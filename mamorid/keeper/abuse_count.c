/*
 * Counting what senders send. Keeper, uid mamori-keeper. Never reads a clock
 * or a file, so that it can be tested with any time.
 */
#include "mamorid/keeper/abuse_count.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mamorid/xalloc.h"

#define STEPS 12
#define RING (STEPS + 1) /* the step under way is not whole yet */
#define HEADS 4096u
#define CONTENTS 8 /* different ones of a sender that are followed */
#define COUNTED MM_ABUSE_BULK /* kinds that are counted as they come */

struct step {
	int64_t number; /* of the step since the epoch: else it is empty */
	uint64_t sums[COUNTED];
	uint64_t bounced;
};

struct content {
	uint64_t content;
	int64_t numbers[RING];
	uint64_t recipients[RING];
};

struct sender {
	struct sender *next;
	char *who;
	int64_t last;
	int64_t noted;
	struct step steps[RING];
	struct content contents[CONTENTS];
};

struct mm_abuse_counts {
	struct sender *heads[HEADS];
	int64_t step_s;
	size_t count;
	size_t max;
};

const char *mm_abuse_name(enum mm_abuse_kind kind)
{
	static const char *const names[] = { "messages", "recipients",
					     "invalid", "viruses", "bulk" };

	return (size_t)kind < MM_ABUSE_KINDS ? names[kind] : "";
}

struct mm_abuse_counts *mm_abuse_counts_new(uint64_t window_s, size_t max)
{
	struct mm_abuse_counts *counts = mm_xcalloc(1, sizeof(*counts));

	counts->step_s = window_s < STEPS ? 1 : (int64_t)(window_s / STEPS);
	counts->max = max == 0 ? 1 : max;
	return counts;
}

static struct sender **head_of(const struct mm_abuse_counts *counts,
			       const char *who)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (; *who != '\0'; who++)
		hash = (hash ^ (unsigned char)*who) * 16777619u;
	return (struct sender **)(uintptr_t)&counts->heads[hash % HEADS];
}

static struct sender *find(const struct mm_abuse_counts *counts,
			   const char *who)
{
	struct sender *sender = *head_of(counts, who);

	while (sender != NULL && strcmp(sender->who, who) != 0)
		sender = sender->next;
	return sender;
}

static void drop(struct mm_abuse_counts *counts, struct sender *sender)
{
	struct sender **link = head_of(counts, sender->who);

	while (*link != sender)
		link = &(*link)->next;
	*link = sender->next;
	free(sender->who);
	free(sender);
	counts->count--;
}

void mm_abuse_counts_free(struct mm_abuse_counts *counts)
{
	size_t i;

	if (counts == NULL)
		return;
	for (i = 0; i < HEADS; i++)
		while (counts->heads[i] != NULL)
			drop(counts, counts->heads[i]);
	free(counts);
}

static void drop_quietest(struct mm_abuse_counts *counts)
{
	struct sender *sender, *quiet = NULL;
	size_t i;

	for (i = 0; i < HEADS; i++)
		for (sender = counts->heads[i]; sender != NULL;
		     sender = sender->next)
			if (quiet == NULL || sender->last < quiet->last)
				quiet = sender;
	if (quiet != NULL)
		drop(counts, quiet);
}

static struct sender *find_or_add(struct mm_abuse_counts *counts,
				  const char *who)
{
	struct sender *sender = find(counts, who), **head;

	if (sender != NULL)
		return sender;
	if (counts->count >= counts->max)
		drop_quietest(counts);
	head = head_of(counts, who);
	sender = mm_xcalloc(1, sizeof(*sender));
	sender->who = mm_xstrdup(who);
	sender->next = *head;
	*head = sender;
	counts->count++;
	return sender;
}

/* Is a step's number within the window that ends with step now? */
static bool counts_for(int64_t number, int64_t now)
{
	return number > 0 && number <= now && number > now - RING;
}

static uint64_t content_sum(const struct content *content, int64_t now)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < RING; i++)
		if (counts_for(content->numbers[i], now))
			sum += content->recipients[i];
	return sum;
}

/* The content's place; a new one takes that of the least. */
static struct content *content_of(struct sender *sender, uint64_t content,
				  int64_t now)
{
	struct content *least = &sender->contents[0];
	uint64_t sum, lowest = UINT64_MAX;
	size_t i;

	for (i = 0; i < CONTENTS; i++) {
		if (sender->contents[i].content == content)
			return &sender->contents[i];
		sum = content_sum(&sender->contents[i], now);
		if (sum < lowest) {
			lowest = sum;
			least = &sender->contents[i];
		}
	}
	memset(least, 0, sizeof(*least));
	least->content = content;
	return least;
}

static void count_content(struct sender *sender,
			  const struct mm_abuse_sent *sent, int64_t number)
{
	struct content *content = content_of(sender, sent->content, number);
	const size_t i = (size_t)(number % RING);

	if (content->numbers[i] != number) {
		content->numbers[i] = number;
		content->recipients[i] = 0;
	}
	content->recipients[i] += sent->recipients;
}

void mm_abuse_count(struct mm_abuse_counts *counts, const char *who,
		    const struct mm_abuse_sent *sent)
{
	const int64_t number = sent->time / counts->step_s;
	struct sender *sender;
	struct step *step;

	if (sent->time <= 0)
		return;
	sender = find_or_add(counts, who);
	step = &sender->steps[number % RING];
	/* Of a window that is over already. */
	if (step->number > number)
		return;
	if (step->number != number) {
		memset(step, 0, sizeof(*step));
		step->number = number;
	}
	step->sums[MM_ABUSE_MESSAGES] += sent->messages;
	step->sums[MM_ABUSE_RECIPIENTS] += sent->recipients;
	step->sums[MM_ABUSE_INVALID] += sent->invalid;
	step->bounced += sent->bounced;
	step->sums[MM_ABUSE_VIRUSES] += sent->viruses;
	if (sent->content != 0)
		count_content(sender, sent, number);
	if (sender->last < sent->time)
		sender->last = sent->time;
}

static void sum_steps(const struct sender *sender, int64_t number,
		      uint64_t sums_r[MM_ABUSE_KINDS])
{
	uint64_t bounced = 0;
	size_t i, k;

	for (i = 0; i < RING; i++) {
		if (!counts_for(sender->steps[i].number, number))
			continue;
		for (k = 0; k < COUNTED; k++)
			sums_r[k] += sender->steps[i].sums[k];
		bounced += sender->steps[i].bounced;
	}
	/* More than were sent are of mails with a forged sender. */
	if (bounced > sums_r[MM_ABUSE_RECIPIENTS])
		bounced = sums_r[MM_ABUSE_RECIPIENTS];
	sums_r[MM_ABUSE_INVALID] += bounced;
}

static void sum_up(const struct sender *sender, int64_t number,
		   uint64_t sums_r[MM_ABUSE_KINDS])
{
	uint64_t sum;
	size_t i;

	memset(sums_r, 0, MM_ABUSE_KINDS * sizeof(*sums_r));
	sum_steps(sender, number, sums_r);
	for (i = 0; i < CONTENTS; i++) {
		sum = content_sum(&sender->contents[i], number);
		if (sum > sums_r[MM_ABUSE_BULK])
			sums_r[MM_ABUSE_BULK] = sum;
	}
}

void mm_abuse_sums(const struct mm_abuse_counts *counts, const char *who,
		   int64_t now, uint64_t sums_r[MM_ABUSE_KINDS])
{
	const struct sender *sender = find(counts, who);

	memset(sums_r, 0, MM_ABUSE_KINDS * sizeof(*sums_r));
	if (sender != NULL)
		sum_up(sender, now / counts->step_s, sums_r);
}

void mm_abuse_forget(struct mm_abuse_counts *counts, const char *who)
{
	struct sender *sender = find(counts, who);

	if (sender != NULL)
		drop(counts, sender);
}

int64_t mm_abuse_noted(const struct mm_abuse_counts *counts, const char *who)
{
	const struct sender *sender = find(counts, who);

	return sender == NULL ? 0 : sender->noted;
}

void mm_abuse_note(struct mm_abuse_counts *counts, const char *who,
		   int64_t when)
{
	struct sender *sender = find(counts, who);

	if (sender != NULL)
		sender->noted = when;
}

void mm_abuse_each(const struct mm_abuse_counts *counts, int64_t now,
		   void (*visit)(void *context, const char *who,
				 const uint64_t sums[MM_ABUSE_KINDS]),
		   void *context)
{
	uint64_t sums[MM_ABUSE_KINDS], any;
	const struct sender *sender;
	size_t i, k;

	for (i = 0; i < HEADS; i++)
		for (sender = counts->heads[i]; sender != NULL;
		     sender = sender->next) {
			sum_up(sender, now / counts->step_s, sums);
			for (any = 0, k = 0; k < MM_ABUSE_KINDS; k++)
				any += sums[k];
			if (any > 0)
				visit(context, sender->who, sums);
		}
}

int mm_abuse_over(const uint64_t sums[MM_ABUSE_KINDS],
		  const uint64_t limits[MM_ABUSE_KINDS])
{
	int i;

	for (i = 0; i < MM_ABUSE_KINDS; i++)
		if (limits[i] != 0 && sums[i] > limits[i])
			return i;
	return -1;
}
