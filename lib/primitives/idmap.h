/* SPDX-License-Identifier: MIT */
#ifndef CTR_PRIMITIVES_IDMAP_H
#define CTR_PRIMITIVES_IDMAP_H

#include <minictr/userns.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

struct ctr__id_range {
	uint32_t inside, outside, count;
};

struct ctr__id_ranges {
	struct ctr__id_range *v;
	size_t n;
};

struct ctr_idmap {
	ctr_error *failed; /* the first failure of a setter */
	struct ctr__id_ranges uids, gids;
};

/* At the beginning of each setter: ctr__error_begin(). */
static inline int ctr__idmap_begin(ctr_idmap *map, ctr_error **err)
{
	return ctr__error_begin(map ? map->failed : NULL, "map of ids", err);
}

/* Without failures. */
int ctr__idmap_copy(ctr_idmap *to, const ctr_idmap *from);
void ctr__idmap_clear(ctr_idmap *map);
bool ctr__idmap_is_empty(const ctr_idmap *map);

/* Those of the one kind, or of the other if there are none. */
const struct ctr__id_ranges *ctr__idmap_uids(const ctr_idmap *map);
const struct ctr__id_ranges *ctr__idmap_gids(const ctr_idmap *map);

int ctr__id_ranges_append(struct ctr__id_ranges *ranges, const struct ctr__id_range *range);
/* Whether one more fits: no empty one, none that overlaps, and not too many. */
bool ctr__id_ranges_take(const struct ctr__id_ranges *ranges, const struct ctr__id_range *range);
bool ctr__id_ranges_have(const struct ctr__id_ranges *ranges, uint32_t inside);

/* Root there, if there is one, for it makes a container's files; of ranges that are not none. */
uint32_t ctr__id_ranges_first(const struct ctr__id_ranges *ranges);

/* Whether they are the one id outside. */
bool ctr__id_ranges_are_own(const struct ctr__id_ranges *ranges, uint32_t outside);

/* Whether it is one id of each kind, the caller's own: that needs nobody's help. */
bool ctr__idmap_is_own(const ctr_idmap *map);

#endif
