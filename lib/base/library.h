/* SPDX-License-Identifier: MIT */
/*
 * Libraries that few programs need: libminictr.so loads each when it is first used, so that a
 * program that only spawns does not wait for them to start. libminictr.a is linked with them.
 */
#ifndef CTR_BASE_LIBRARY_H
#define CTR_BASE_LIBRARY_H

#include <stddef.h>

#include <minictr/error.h>

struct ctr__library {
	const char *file;	  /* as the loader looks for it */
	const char *const *names; /* of functions */
	size_t n;
	void *functions; /* pointers to these, in the same order */
	char why[256];	 /* why it can't be used; empty: it can */
};

/* Finds all of its functions, or says why not. It is never unloaded. */
void ctr__library_open(struct ctr__library *library);

/* What came of that: 0 or -1. */
int ctr__library_check(const struct ctr__library *library, ctr_error *err);

#endif
