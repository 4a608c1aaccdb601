/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_alive ROOTFS PROGRAM ROUNDS NETWORK TITLE NUMBER...
 *
 * What one more container costs while others are alive, as many as each NUMBER says, in rising
 * order. NETWORK: "own" or "host". How many there are is the same for the whole machine, so the
 * numbers can't take turns: each has a row for posix_spawn.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "bench/measure.h"
#include "bench/spawn.h"

#define NUMBERS_MAX 8

static ctr_container **alive;
static int n_alive;

static void start_until(const ctr_plan *plan, int number)
{
	ctr_error *err = ctr_error_new();

	alive = realloc(alive, (size_t)(number + 1) * sizeof(*alive));
	if (!alive)
		die("containers", "out of memory");
	for (; n_alive < number; n_alive++) {
		alive[n_alive] = ctr_plan_spawn(plan, err);
		if (!alive[n_alive])
			fail("ctr_plan_spawn", err);
	}
	ctr_error_free(err);
}

static void end_all(void)
{
	ctr_error *err = ctr_error_new();

	for (int i = 0; i < n_alive; i++)
		if (ctr_container_kill_all(alive[i], err))
			fail("kill", err);
	for (int i = 0; i < n_alive; i++) {
		if (ctr_container_wait(alive[i], -1, err) != 1)
			fail("wait", err);
		ctr_container_free(alive[i]);
	}
	free(alive);
	ctr_error_free(err);
}

/* Each has a descriptor or two. */
static void allow_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		die("descriptors", "their limit is not known");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		die("descriptors", "can't be so many");
}

static void measure_beside(const char *title, const char *number, char *path, ctr_plan *plan,
			   int rounds)
{
	char names[2][96];
	struct subject subjects[] = {
		{ .name = names[0], .run = run_posix_spawn, .data = path },
		{ .name = names[1], .run = run_plan, .data = plan },
	};

	snprintf(names[0], sizeof(names[0]), "posix_spawn, %s alive", number);
	snprintf(names[1], sizeof(names[1]), "ctr_plan_spawn, no init, %s alive", number);
	measure(title, subjects, 2, rounds);
}

int main(int argc, char **argv)
{
	static char path[4096];
	ctr_spec *waiting;
	ctr_plan *plan, *waiting_plan;
	int own;

	if (argc < 7 || argc > 6 + NUMBERS_MAX) {
		fprintf(stderr,
			"usage: bench_alive ROOTFS PROGRAM ROUNDS NETWORK TITLE NUMBER...\n");
		return 2;
	}
	own = strcmp(argv[4], "own") == 0;
	waiting = make_full(argv[1], argv[2], 0, own);
	add_argument(waiting, "wait");
	waiting_plan = make_plan(waiting);
	plan = make_plan(make_full(argv[1], argv[2], 0, own));
	snprintf(path, sizeof(path), "%s%s", argv[1], argv[2]);
	allow_descriptors();
	for (int i = 6; i < argc; i++) {
		start_until(waiting_plan, atoi(argv[i]));
		measure_beside(argv[5], argv[i], path, plan, atoi(argv[3]));
	}
	end_all();
	return 0;
}
