/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_threads ROOTFS PROGRAM ROUNDS [COMMAND...]
 *
 * Spawns from many threads: the time of a batch, divided by the spawns in it, so that a thousand
 * divided by it is the number of spawns in a millisecond. COMMAND makes a container of the same
 * program, and each thread runs it.
 */
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/measure.h"
#include "bench/spawn.h"

#define THREADS_MAX 8
#define SPAWNS 4 /* of each thread in a batch */

struct batch {
	int threads;
	void (*run)(void *data);
	void *data;
};

static void run_command(void *data)
{
	char *const *argv = data;
	int status;
	pid_t pid;

	if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) ||
	    waitpid(pid, &status, 0) != pid || status != 0)
		die(argv[0], "failed");
}

static void *spawn_some(void *data)
{
	const struct batch *b = data;

	for (int i = 0; i < SPAWNS; i++)
		b->run(b->data);
	return NULL;
}

static uint64_t run_batch(void *data)
{
	const struct batch *b = data;
	const uint64_t began = now_ns();
	pthread_t ids[THREADS_MAX];

	for (int i = 0; i < b->threads; i++)
		if (pthread_create(&ids[i], NULL, spawn_some, data))
			die("threads", "can't be created");
	for (int i = 0; i < b->threads; i++)
		pthread_join(ids[i], NULL);
	return (now_ns() - began) / (uint64_t)(b->threads * SPAWNS);
}

int main(int argc, char **argv)
{
	static char path[4096];
	ctr_spec *bare;
	ctr_plan *host;

	if (argc < 4) {
		fprintf(stderr, "usage: bench_threads ROOTFS PROGRAM ROUNDS [COMMAND...]\n");
		return 2;
	}
	snprintf(path, sizeof(path), "%s%s", argv[1], argv[2]);
	bare = make_spec(argv[1], argv[2]);
	make_bare(bare);
	host = make_plan(make_full(argv[1], argv[2], 0, 0));

	struct batch batches[] = {
		{ 8, run_posix_spawn, path },
		{ 8, run_plan, make_plan(bare) },
		{ 1, run_plan, host },
		{ 2, run_plan, host },
		{ 8, run_plan, host },
		{ 8, run_plan, make_plan(make_spec(argv[1], argv[2])) },
		{ 8, run_command, &argv[4] },
	};
	struct subject subjects[] = {
		{ .name = "posix_spawn, 8 threads" },
		{ .name = "ctr_plan_spawn, same isolation as the floor, 8 threads" },
		{ .name = "ctr_plan_spawn, host's network, no init, 1 thread" },
		{ .name = "ctr_plan_spawn, host's network, no init, 2 threads" },
		{ .name = "ctr_plan_spawn, host's network, no init, 8 threads" },
		{ .name = "ctr_plan_spawn, all defaults, 8 threads" },
		{ .name = argc > 4 ? argv[4] : NULL },
	};
	const size_t n = sizeof(subjects) / sizeof(subjects[0]) - (argc > 4 ? 0 : 1);
	char name[64];

	for (size_t i = 0; i < n; i++) {
		subjects[i].sample = run_batch;
		subjects[i].data = &batches[i];
	}
	if (argc > 4) {
		snprintf(name, sizeof(name), "%s, host's network, 8 threads", argv[4]);
		subjects[n - 1].name = name;
	}
	measure("many threads: time of one spawn", subjects, n, atoi(argv[3]));
	return 0;
}
