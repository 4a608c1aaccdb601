/* SPDX-License-Identifier: MIT */
/* What the default root hides of the host's files; docs/security.md has the same table. */
#ifndef CTR_SPEC_HIDDEN_H
#define CTR_SPEC_HIDDEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CTR__HIDDEN_PATH_MAX 64

struct ctr__hidden {
	const char *path;   /* its last component may have one "*"; CTR__HIDDEN_PATH_MAX at most */
	bool for_root_only; /* only root may read it: hidden where the caller has privileges */
};

#define CTR__HIDDEN_COUNT 14 /* at most 32: a spec has a bit for each */

extern const struct ctr__hidden ctr__hidden[CTR__HIDDEN_COUNT];

/* The bit of a path; 0 if it is none of them. */
uint32_t ctr__hidden_bits(const char *path);

/* Whether a name is one that the last component of such a path stands for. */
bool ctr__hidden_matches(const char *pattern, const char *name);

#endif
