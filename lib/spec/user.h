/* SPDX-License-Identifier: MIT */
/* Whom a program runs as: the part of a process that user.c fills. */
#ifndef CTR_SPEC_USER_H
#define CTR_SPEC_USER_H

#include <stddef.h>
#include <stdint.h>

#include "base/strv.h"

struct ctr__user {
	uint32_t uid, gid;
	char *name;  /* or a number, to look up; NULL: it is uid and gid */
	char *group; /* of name; NULL: its primary one */
	uint32_t *groups;
	size_t n_groups;
	struct ctr__strv group_names; /* more groups, to look up */
};

/* Into one that is all zeros; 0 or -errno, what was copied then is there to be cleared. */
int ctr__user_copy(struct ctr__user *to, const struct ctr__user *from);

void ctr__user_clear(struct ctr__user *user);

#endif
