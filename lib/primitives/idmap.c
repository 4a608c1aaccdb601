/* SPDX-License-Identifier: MIT */
/* Which ids of a user namespace are which outside, as data. */
#include "primitives/idmap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/export.h"

#define RANGES_MAX 340 /* UID_GID_MAP_MAX_EXTENTS, user_namespaces(7) */

CTR_EXPORT ctr_idmap *ctr_idmap_new(ctr_error *err)
{
	ctr_idmap *map = calloc(1, sizeof(*map));

	if (map)
		map->failed = ctr_error_new();
	if (map && map->failed)
		return map;
	free(map);
	ctr__error_nomem(err);
	return NULL;
}

void ctr__idmap_clear(ctr_idmap *map)
{
	free(map->uids.v);
	free(map->gids.v);
	*map = (ctr_idmap){ .failed = map->failed };
}

CTR_EXPORT void ctr_idmap_free(ctr_idmap *map)
{
	if (!map)
		return;
	ctr_error_free(map->failed);
	ctr__idmap_clear(map);
	free(map);
}

CTR_EXPORT void ctr_idmap_clear_error(ctr_idmap *map)
{
	if (map)
		ctr_error_clear(map->failed);
}

int ctr__id_ranges_append(struct ctr__id_ranges *ranges, const struct ctr__id_range *range)
{
	struct ctr__id_range *grown = reallocarray(ranges->v, ranges->n + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	ranges->v = grown;
	ranges->v[ranges->n++] = *range;
	return 0;
}

static int copy_ranges(struct ctr__id_ranges *to, const struct ctr__id_ranges *from)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < from->n; i++)
		r = ctr__id_ranges_append(to, &from->v[i]);
	return r;
}

int ctr__idmap_copy(ctr_idmap *to, const ctr_idmap *from)
{
	ctr_idmap copy = { .failed = to->failed };

	if (copy_ranges(&copy.uids, &from->uids) || copy_ranges(&copy.gids, &from->gids)) {
		ctr__idmap_clear(&copy);
		return -ENOMEM;
	}
	*to = copy;
	return 0;
}

bool ctr__idmap_is_empty(const ctr_idmap *map)
{
	return !map->uids.n && !map->gids.n;
}

const struct ctr__id_ranges *ctr__idmap_uids(const ctr_idmap *map)
{
	return map->uids.n ? &map->uids : &map->gids;
}

const struct ctr__id_ranges *ctr__idmap_gids(const ctr_idmap *map)
{
	return map->gids.n ? &map->gids : &map->uids;
}

bool ctr__id_ranges_have(const struct ctr__id_ranges *ranges, uint32_t inside)
{
	for (size_t i = 0; i < ranges->n; i++)
		if (inside - ranges->v[i].inside < ranges->v[i].count)
			return true;
	return false;
}

uint32_t ctr__id_ranges_first(const struct ctr__id_ranges *ranges)
{
	return ctr__id_ranges_have(ranges, 0) ? 0 : ranges->v[0].inside;
}

bool ctr__id_ranges_are_own(const struct ctr__id_ranges *ranges, uint32_t outside)
{
	return ranges->n == 1 && ranges->v[0].count == 1 && ranges->v[0].outside == outside;
}

bool ctr__idmap_is_own(const ctr_idmap *map)
{
	return ctr__id_ranges_are_own(ctr__idmap_uids(map), geteuid()) &&
	       ctr__id_ranges_are_own(ctr__idmap_gids(map), getegid());
}

/* ---- ranges ---- */

static bool overlap(uint32_t a, uint32_t n, uint32_t b, uint32_t m)
{
	return a < (uint64_t)b + m && b < (uint64_t)a + n;
}

static bool fits(const struct ctr__id_range *r)
{
	return r->count && r->inside <= UINT32_MAX - r->count &&
	       r->outside <= UINT32_MAX - r->count;
}

static bool overlaps(const struct ctr__id_ranges *ranges, const struct ctr__id_range *r)
{
	for (size_t i = 0; i < ranges->n; i++) {
		const struct ctr__id_range *old = &ranges->v[i];

		if (overlap(old->inside, old->count, r->inside, r->count) ||
		    overlap(old->outside, old->count, r->outside, r->count))
			return true;
	}
	return false;
}

bool ctr__id_ranges_take(const struct ctr__id_ranges *ranges, const struct ctr__id_range *range)
{
	return fits(range) && !overlaps(ranges, range) && ranges->n < RANGES_MAX;
}

static int refuse(ctr_error *err, const char *what, const struct ctr__id_range *r,
		  const char *expected)
{
	char text[48];

	snprintf(text, sizeof(text), "%u:%u:%u", r->inside, r->outside, r->count);
	return ctr__error_value(err, what, text, expected);
}

static int add_range(struct ctr__id_ranges *ranges, const char *what, const struct ctr__id_range *r,
		     ctr_error *err)
{
	if (!fits(r))
		return refuse(err, what, r, "at least one id, and none above 4294967294");
	if (overlaps(ranges, r))
		return refuse(err, what, r,
			      "ids that no other range has, neither inside nor outside");
	if (ranges->n == RANGES_MAX)
		return refuse(err, what, r, "at most 340 ranges");
	return ctr__id_ranges_append(ranges, r) ? ctr__error_nomem(err) : 0;
}

CTR_EXPORT int ctr_idmap_add_uids(ctr_idmap *map, uint32_t inside, uint32_t outside, uint32_t count,
				  ctr_error *err)
{
	const struct ctr__id_range range = { inside, outside, count };

	if (ctr__idmap_begin(map, &err))
		return -1;
	return add_range(&map->uids, "range of user ids", &range, err);
}

CTR_EXPORT int ctr_idmap_add_gids(ctr_idmap *map, uint32_t inside, uint32_t outside, uint32_t count,
				  ctr_error *err)
{
	const struct ctr__id_range range = { inside, outside, count };

	if (ctr__idmap_begin(map, &err))
		return -1;
	return add_range(&map->gids, "range of group ids", &range, err);
}
