/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_binds ROOTFS PROGRAM ROUNDS
 * What bind mounts add to a spawn: of /usr, read-only, on directories that the root has.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "bench/measure.h"
#include "bench/spawn.h"

static const int numbers[] = { 0, 100, 1000 };

#define NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

static void add_bind(ctr_spec *spec, const char *root, int i, ctr_error *err)
{
	char path[4096], target[32];

	snprintf(target, sizeof(target), "/mnt/%d", i);
	snprintf(path, sizeof(path), "%s%s", root, target);
	mkdir(path, 0755);
	if (ctr_spec_add_bind(spec, "/usr", target, CTR_MOUNT_READ_ONLY, err))
		fail("bind", err);
}

static ctr_spec *with_binds(char **argv, int n)
{
	ctr_spec *spec = make_full(argv[1], argv[2], 0, 0);
	ctr_error *err = ctr_error_new();
	char path[4096];

	snprintf(path, sizeof(path), "%s/mnt", argv[1]);
	mkdir(path, 0755);
	for (int i = 0; i < n; i++)
		add_bind(spec, argv[1], i, err);
	ctr_error_free(err);
	return spec;
}

int main(int argc, char **argv)
{
	struct subject subjects[2 * NUMBERS] = { 0 };
	static char names[2 * NUMBERS][48];

	if (argc != 4) {
		fprintf(stderr, "usage: bench_binds ROOTFS PROGRAM ROUNDS\n");
		return 2;
	}
	for (size_t i = 0; i < NUMBERS; i++) {
		ctr_spec *spec = with_binds(argv, numbers[i]);
		struct subject *spawn = &subjects[i], *plan = &subjects[NUMBERS + i];

		snprintf(names[i], sizeof(names[i]), "ctr_spawn, %d binds", numbers[i]);
		snprintf(names[NUMBERS + i], sizeof(names[i]), "ctr_plan_spawn, %d binds",
			 numbers[i]);
		*spawn = (struct subject){ .name = names[i], .run = run_spawn, .data = spec };
		*plan = (struct subject){ .name = names[NUMBERS + i],
					  .run = run_plan,
					  .data = make_plan(spec) };
	}
	measure("binds", subjects, 2 * NUMBERS, atoi(argv[3]));
	return 0;
}
