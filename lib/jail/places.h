/* SPDX-License-Identifier: MIT */
/*
 * Directories in which libraries are looked for: what is known of each, and how much one call
 * may cost. A small file can name thousands of directories for hundreds of libraries.
 */
#ifndef CTR_JAIL_PLACES_H
#define CTR_JAIL_PLACES_H

#include <stdbool.h>
#include <stddef.h>

struct ctr__places {
	void *known; /* tsearch(3) */
	size_t cost, limit;
};

/* What costs how much: a look at a directory, and at a name that another library needs. */
#define CTR__COST_PLACE 64
#define CTR__COST_NAME 1

/* A call begins: nothing is known, and so much may be spent. */
void ctr__places_begin(struct ctr__places *places);

/* One more file is read, which has a share. */
void ctr__places_add_file(struct ctr__places *places);

/* False if that is more than any program costs. */
bool ctr__places_spend(struct ctr__places *places, size_t cost);

/* Whether a path is no directory that can be searched; looked at once in a call. */
bool ctr__places_is_absent(struct ctr__places *places, const char *dir);

void ctr__places_clear(struct ctr__places *places);

#endif
