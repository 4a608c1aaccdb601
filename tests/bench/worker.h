/* SPDX-License-Identifier: MIT */
/*
 * A process that takes samples when it is told to: so subjects that need another process, with
 * more open descriptors or in another mount namespace, take turns like all others.
 */
#ifndef TESTS_BENCH_WORKER_H
#define TESTS_BENCH_WORKER_H

#include <stdint.h>
#include <sys/types.h>

struct worker {
	pid_t pid;
	int order, answer;
};

/* What it does before its first sample; and what it then times, with what that returned. */
struct work {
	void *(*prepare)(void *data);
	void (*run)(void *prepared);
};

void worker_start(struct worker *worker, const struct work *work, void *data);

/* As sample() of a subject. */
uint64_t worker_sample(void *worker);

void worker_end(struct worker *worker);

#endif
