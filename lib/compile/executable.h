/* SPDX-License-Identifier: MIT */
/* Whether the kernel would execute a file of the container's, and what else it takes for that. */
#ifndef CTR_COMPILE_EXECUTABLE_H
#define CTR_COMPILE_EXECUTABLE_H

#include <minictr/error.h>
#include <stdbool.h>
#include <stdint.h>

#include "compile/program.h"
#include "compile/view.h"

/*
 * What a look at a file gives: 0 if nothing speaks against executing it,
 * CTR__LOOK_REFUSED with the error filled in, or -errno if it could not be looked at.
 */
enum { CTR__LOOK_REFUSED = 1 };

struct ctr__look {
	const struct ctr__view *view;
	const char *program; /* what is to be run, for the error */
	const char *cwd;     /* where it will be, "" for the root */
	struct ctr__program_info *info;
	ctr_error *err;
	int depth;
};

/* Fills the error in: CTR__LOOK_REFUSED. */
__attribute__((format(printf, 3, 4))) int ctr__look_refuse(const struct ctr__look *l, int errnum,
							   const char *hint, ...);

/* Whether -errno is about the file's name, as opposed to the state of the machine. */
bool ctr__look_is_absent(int r);

/*
 * Finds a file: 0 with a hit to be freed, its descriptor closed; CTR__LOOK_REFUSED or -errno. A
 * hit is large, and interpreters are looked at within each other: so it is not on the stack.
 */
int ctr__look_find(const struct ctr__look *l, const char *path, struct ctr__view_hit **hit);

/* Whether what is in a file of that size can be executed; it is open for reading. */
int ctr__look_content(struct ctr__look *l, int file, uint64_t file_size);

/* Whether what was found can be executed. */
int ctr__look_check(struct ctr__look *l, const char *path, const struct ctr__view_hit *hit);

#endif
