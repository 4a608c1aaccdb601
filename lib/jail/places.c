/* SPDX-License-Identifier: MIT */
#include "jail/places.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/sys.h"

/*
 * All libraries of a distribution, included as one directory, cost some 20 looks for each; a
 * call that costs all of this takes some tenths of a second.
 */
#define LIMIT (100000ul * CTR__COST_PLACE)
#define SHARE (1000ul * CTR__COST_PLACE)

struct place {
	bool absent;
	char dir[];
};

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct place *)a)->dir, ((const struct place *)b)->dir);
}

void ctr__places_begin(struct ctr__places *places)
{
	ctr__places_clear(places);
	places->limit = LIMIT;
}

void ctr__places_add_file(struct ctr__places *places)
{
	places->limit += SHARE;
}

bool ctr__places_spend(struct ctr__places *places, size_t cost)
{
	places->cost += cost;
	return places->cost <= places->limit;
}

static bool look_at(const char *dir)
{
	struct statx st;
	int r = sys_statx(AT_FDCWD, dir, 0, STATX_TYPE, &st);

	if (r < 0)
		return r == -ENOENT || r == -ENOTDIR || r == -EACCES || r == -ELOOP ||
		       r == -ENAMETOOLONG;
	return !S_ISDIR(st.stx_mode);
}

/* Without memory for it nothing is remembered. */
bool ctr__places_is_absent(struct ctr__places *places, const char *dir)
{
	const size_t n = strlen(dir) + 1;
	struct place *place = malloc(sizeof(*place) + n), **node;
	bool absent;

	if (!place)
		return look_at(dir);
	memcpy(place->dir, dir, n);
	node = (struct place **)tsearch(place, &places->known, compare);
	if (node && *node != place) {
		free(place);
		return (*node)->absent;
	}
	absent = place->absent = look_at(dir);
	if (!node)
		free(place);
	return absent;
}

void ctr__places_clear(struct ctr__places *places)
{
	tdestroy(places->known, free);
	*places = (struct ctr__places){ .known = NULL };
}
