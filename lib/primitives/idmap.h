/* SPDX-License-Identifier: MIT */
#ifndef CTR_PRIMITIVES_IDMAP_H
#define CTR_PRIMITIVES_IDMAP_H

#include <minictr/userns.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct ctr__id_range {
	uint32_t inside, outside, count;
};

struct ctr__id_ranges {
	struct ctr__id_range *v;
	size_t n;
};

struct ctr_idmap {
	struct ctr__id_ranges uids, gids;
};

int ctr__idmap_copy(ctr_idmap *to, const ctr_idmap *from);
void ctr__idmap_clear(ctr_idmap *map);
bool ctr__idmap_is_empty(const ctr_idmap *map);

/* Those of the one kind, or of the other if there are none. */
const struct ctr__id_ranges *ctr__idmap_uids(const ctr_idmap *map);
const struct ctr__id_ranges *ctr__idmap_gids(const ctr_idmap *map);

int ctr__id_ranges_append(struct ctr__id_ranges *ranges, const struct ctr__id_range *range);
bool ctr__id_ranges_have(const struct ctr__id_ranges *ranges, uint32_t inside);

/* Whether it is one id of each kind, the caller's own: that needs nobody's help. */
bool ctr__idmap_is_own(const ctr_idmap *map);

/* A map, ready to be written for one process after the other. */
struct ctr__mapping {
	char *uids, *gids;	/* as the kernel takes them: user_namespaces(7) */
	const char *uid_helper; /* a program that may write them; NULL: the caller may */
	const char *gid_helper;
};

/* newuidmap or newgidmap, where such a program usually is; NULL: nowhere. */
const char *ctr__mapping_helper(const char *name);

/* Refuses what is not the caller's to map. */
int ctr__mapping_make(struct ctr__mapping *mapping, const ctr_idmap *map, ctr_error *err);
void ctr__mapping_clear(struct ctr__mapping *mapping);

/* For a process that nobody else reaps. */
int ctr__mapping_write(const struct ctr__mapping *mapping, pid_t pid, uint32_t timeout_ms,
		       ctr_error *err);

/* A user namespace with these ids and nobody in it: a descriptor, or -1. */
int ctr__mapping_open(const struct ctr__mapping *mapping, ctr_error *err);

#endif
