#ifndef MM_MAMORID_GENERATION_H
#define MM_MAMORID_GENERATION_H

#include <stdbool.h>
#include <stdint.h>

#include "mamorid/proc.h"

struct mm_pairs;

/*
 * Pool generations, in the master. At most one serves (current) and one loads
 * (next); older ones finish their scans and leave.
 *
 *	reload -> next loads -> READY: current retires, next becomes current
 *			     -> REFUSED or dies: current goes on
 */
struct mm_generation {
	uint32_t number;	/* 0: none */
	struct mm_proc *proc;
	uint64_t workers;
	uint64_t signatures;
	int64_t signatures_time;
	uint64_t crashed;	/* workers lost, since it serves */
	char sandbox[256];
};

struct mm_generations {
	struct mm_procs *procs;
	struct mm_generation current;
	struct mm_generation next;
	uint32_t last;		/* number given last */
	bool serial;
	bool again;		/* asked to reload while one loads */
	uint64_t reloads;
	uint64_t refused;
};

void mm_generations_init(struct mm_generations *gens, struct mm_procs *procs,
			 bool serial);

/* Load the signatures anew; joins a load that has not begun to read. Returns
 * the number of the generation that will have them. */
uint32_t mm_generations_reload(struct mm_generations *gens);

/* What a pool says of itself. */
void mm_generations_ready(struct mm_generations *gens, struct mm_proc *proc,
			  const struct mm_pairs *pairs);
void mm_generations_refused(struct mm_generations *gens, struct mm_proc *proc,
			    const struct mm_pairs *pairs);
void mm_generations_workers(struct mm_generations *gens, struct mm_proc *proc,
			    const struct mm_pairs *pairs);

/* Are these so few, beside those in service, that somebody must have lost
 * them? percent is the setting signatures.shrink. */
bool mm_generation_shrunk(uint64_t serving, uint64_t fresh, uint64_t percent);

/* A pool process has ended. */
void mm_generations_ended(struct mm_generations *gens, struct mm_proc *proc);

#endif
