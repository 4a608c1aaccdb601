/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_pool ROOTFS PROGRAM ROUNDS
 *
 * From taking a container of a pool to its end. The pool is refilled in between, and the handle is
 * freed, untimed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench/measure.h"
#include "bench/spawn.h"

enum { READY = 4 };

static uint64_t sample_pool(void *pool)
{
	ctr_error *err = ctr_error_new();
	uint64_t began, took;
	ctr_container *c;

	if (ctr_pool_refill(pool, 0, err) != 0)
		fail("refill", err);
	began = now_ns();
	c = ctr_pool_take(pool, NULL, err);
	if (!c || ctr_container_wait(c, -1, err) != 1 || ctr_container_exit_code(c) != 0)
		fail("ctr_pool_take", err);
	took = now_ns() - began;
	ctr_container_free(c);
	ctr_error_free(err);
	return took;
}

static ctr_pool *make_pool(const ctr_spec *spec)
{
	const ctr_plan *plan = make_plan(spec);
	ctr_error *err = ctr_error_new();
	ctr_pool *pool = ctr_pool_new(plan, READY, err);

	if (!pool)
		fail("pool", err);
	ctr_error_free(err);
	return pool;
}

int main(int argc, char **argv)
{
	char path[4096];

	if (argc != 4) {
		fprintf(stderr, "usage: bench_pool ROOTFS PROGRAM ROUNDS\n");
		return 2;
	}
	snprintf(path, sizeof(path), "%s%s", argv[1], argv[2]);

	struct subject subjects[] = {
		{ .name = "posix_spawn", .run = run_posix_spawn, .data = path },
		{ .name = "ctr_pool_take",
		  .sample = sample_pool,
		  .data = make_pool(make_full(argv[1], argv[2], 1, 1)) },
		{ .name = "ctr_pool_take, no init",
		  .sample = sample_pool,
		  .data = make_pool(make_full(argv[1], argv[2], 0, 1)) },
	};

	measure("pool", subjects, sizeof(subjects) / sizeof(subjects[0]), atoi(argv[3]));
	return 0;
}
