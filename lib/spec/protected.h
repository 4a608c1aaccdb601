/* SPDX-License-Identifier: MIT */
/* The paths of /proc and /sys that every container has masked or read-only. */
#ifndef CTR_SPEC_PROTECTED_H
#define CTR_SPEC_PROTECTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ctr__protected {
	const char *path;
	bool read_only;	    /* else masked */
	bool may_be_absent; /* not every kernel has it; what else is absent ends the container */
};

#define CTR__PROTECTED_COUNT 17 /* at most 32: a spec has a bit for each */

extern const struct ctr__protected ctr__protected[CTR__PROTECTED_COUNT];

/* The bit of a path, or of all of them if it is NULL; 0 if it is none of them. */
uint32_t ctr__protected_bits(const char *path);

#endif
