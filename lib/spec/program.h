/* SPDX-License-Identifier: MIT */
/* What is executed: the part of a process that program.c fills. */
#ifndef CTR_SPEC_PROGRAM_H
#define CTR_SPEC_PROGRAM_H

#include <stdbool.h>

#include "base/strv.h"

struct ctr__program {
	struct ctr__strv args;
	struct ctr__strv env;	/* NAME=VALUE */
	struct ctr__strv unset; /* NAME=: defaults that are not wanted */
	char *cwd;
	bool check_args;
	bool by_fd; /* the file that fd has open, and not the one that the first argument names */
	int fd;	    /* owned; only if by_fd */
	int number; /* the caller's, for people */
};

/* Into one that is all zeros; 0 or -errno, what was copied then is there to be cleared. */
int ctr__program_copy(struct ctr__program *to, const struct ctr__program *from);

void ctr__program_clear(struct ctr__program *program);

#endif
