#ifndef MM_KEEPER_ABUSE_COUNT_H
#define MM_KEEPER_ABUSE_COUNT_H

#include <stddef.h>
#include <stdint.h>

/*
 * What senders have sent in a sliding window. Pure: times are given, seconds
 * since the epoch, and nothing is read or written. The window is kept in
 * steps of a twelfth, so that a sum covers it whole and up to a twelfth more.
 */
enum mm_abuse_kind {
	MM_ABUSE_MESSAGES,
	MM_ABUSE_RECIPIENTS,
	MM_ABUSE_INVALID, /* refused recipients, and own bounces back */
	MM_ABUSE_VIRUSES,
	MM_ABUSE_BULK, /* recipients of the content that had the most */
	MM_ABUSE_KINDS
};

/* "messages", "recipients", "invalid", "viruses", "bulk". */
const char *mm_abuse_name(enum mm_abuse_kind kind);

struct mm_abuse_counts;

/* One thing to count; BULK follows from recipients and content. */
struct mm_abuse_sent {
	int64_t time;
	uint64_t messages;
	uint64_t recipients;
	uint64_t invalid; /* refused recipients */
	uint64_t bounced; /* at most as many count as there are recipients */
	uint64_t viruses;
	uint64_t content; /* 0: not known */
};

/* At most so many senders are remembered; beyond, the one that has been quiet
 * for the longest is forgotten. Ends the process when out of memory. */
struct mm_abuse_counts *mm_abuse_counts_new(uint64_t window_s, size_t max);
void mm_abuse_counts_free(struct mm_abuse_counts *counts);

void mm_abuse_count(struct mm_abuse_counts *counts, const char *who,
		    const struct mm_abuse_sent *sent);

/* Sums of the window that ends now; all 0 for who is not known. */
void mm_abuse_sums(const struct mm_abuse_counts *counts, const char *who,
		   int64_t now, uint64_t sums_r[MM_ABUSE_KINDS]);

/* Begin anew for a sender. */
void mm_abuse_forget(struct mm_abuse_counts *counts, const char *who);

/* A time that the caller notes for a sender that is known, and 0 before. */
int64_t mm_abuse_noted(const struct mm_abuse_counts *counts, const char *who);
void mm_abuse_note(struct mm_abuse_counts *counts, const char *who,
		   int64_t when);

/* Each sender with a sum above 0, in no order. */
void mm_abuse_each(const struct mm_abuse_counts *counts, int64_t now,
		   void (*visit)(void *context, const char *who,
				 const uint64_t sums[MM_ABUSE_KINDS]),
		   void *context);

/* The first kind whose sum is above its limit (0: none), or -1. */
int mm_abuse_over(const uint64_t sums[MM_ABUSE_KINDS],
		  const uint64_t limits[MM_ABUSE_KINDS]);

#endif
