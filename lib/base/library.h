/* SPDX-License-Identifier: MIT */
/*
 * Libraries that few programs need: libminictr.so loads each when it is first used, so that a
 * program that only spawns does not wait for them to start. libminictr.a is linked with them.
 */
#ifndef CTR_BASE_LIBRARY_H
#define CTR_BASE_LIBRARY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include <minictr/error.h>

struct ctr__library {
	const char *file;	  /* as the loader looks for it */
	const char *const *names; /* of functions */
	size_t n;
	void *functions;	/* pointers to these, in the same order */
	const char *needed_for; /* for people */
	pthread_mutex_t lock;
	bool opened;
	char why[256]; /* why it can't be used; empty: it can */
};

/* Finds all of its functions, the first time: 0, or -1 with the reason. It is never unloaded. */
int ctr__library_load(struct ctr__library *library, ctr_error *err);

#endif
