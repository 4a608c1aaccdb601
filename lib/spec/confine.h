/* SPDX-License-Identifier: MIT */
/* What a program is kept from, but for system calls: the part of a process that confine.c fills. */
#ifndef CTR_SPEC_CONFINE_H
#define CTR_SPEC_CONFINE_H

#include <minictr/confine.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ctr__landlock_rule {
	char *path;
	uint32_t access; /* CTR_LANDLOCK_* */
};

struct ctr__confine {
	uint64_t caps;	       /* the bounding set */
	uint64_t caps_asked;   /* by name: the caller must have them */
	uint64_t caps_ambient; /* for users other than root */
	struct ctr__landlock_rule *rules;
	size_t n_rules;
	char *apparmor, *selinux; /* NULL: not set */
	uint32_t securebits;
	bool set_securebits;
	bool no_new_privs;
};

/* Into one that is all zeros; 0 or -errno, what was copied then is there to be cleared. */
int ctr__confine_copy(struct ctr__confine *to, const struct ctr__confine *from);

void ctr__confine_clear(struct ctr__confine *confine);

#endif
