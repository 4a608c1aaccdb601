/* SPDX-License-Identifier: MIT */
/* The part of a spec that confine.c fills: for spec.c to copy and free. */
#ifndef CTR_SPEC_CONFINE_H
#define CTR_SPEC_CONFINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ctr__landlock_rule {
	char *path;
	uint32_t access; /* CTR_LANDLOCK_* */
};

struct ctr__confine {
	struct ctr__landlock_rule *rules;
	size_t n_rules;
	char *apparmor, *selinux; /* NULL: not set */
	uint32_t securebits;
	bool set_securebits;
	uint32_t unmasked; /* see protected.h */
	uint32_t shown;	   /* see hidden.h */
};

/* Into one that is all zeros; 0 or -ENOMEM, what was copied then is there to be cleared. */
int ctr__confine_copy(struct ctr__confine *to, const struct ctr__confine *from);

void ctr__confine_clear(struct ctr__confine *confine);

#endif
