/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_limits ROOTFS PROGRAM ROUNDS [KIND]
 *
 * What a control group adds to a spawn: one that is made for each container,
 * and one that is made once. KIND, a name from the table, leaves the others out
 * and is for profiles.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/measure.h"
#include "bench/spawn.h"

#define KINDS_MAX 8
#define SUBJECTS_MAX (2 + 4 * KINDS_MAX)

#define FRESH_V1_US 1200
#define FRESH_V2_US 250
#define REUSED_US 200

static void must(int result, const char *what)
{
	if (result)
		die("limits", what);
}

static void limit_pids(ctr_limits *limits)
{
	must(ctr_limits_set_pids_max(limits, 50, NULL), "pids");
}

static void limit_usual(ctr_limits *limits)
{
	limit_pids(limits);
	must(ctr_limits_set_memory_max(limits, 64 << 20, NULL), "memory");
	must(ctr_limits_set_cpu_max(limits, 100000, 100000, NULL), "cpu");
}

static void limit_all(ctr_limits *limits)
{
	char all[32];

	snprintf(all, sizeof(all), "0-%ld", sysconf(_SC_NPROCESSORS_ONLN) - 1);
	limit_usual(limits);
	must(ctr_limits_set_cpuset_cpus(limits, all, NULL), "cpuset");
	must(ctr_limits_allow_default_devices(limits, NULL), "devices");
}

/* A child that is born on another CPU is moved there when it joins. */
static void limit_to_one_cpu(ctr_limits *limits)
{
	limit_all(limits);
	must(ctr_limits_set_cpuset_cpus(limits, "0", NULL), "cpuset");
}

/* On hybrid hosts the controller that v1 most often leaves to v2. */
static void limit_hugetlb(ctr_limits *limits)
{
	must(ctr_limits_set_hugetlb_max(limits, 2 << 20, 64 << 20, NULL), "hugetlb");
}

struct kind {
	const char *name;
	void (*limit)(ctr_limits *limits);
	int accounting;
	const char *only_v2; /* a controller that has to be there; NULL: none */

	ctr_cgroup *group;
	size_t hierarchies;
	int version;
};

static struct kind kinds[] = {
	{ .name = "pids", .limit = limit_pids },
	{ .name = "memory, pids, cpu", .limit = limit_usual },
	{ .name = "and accounting", .limit = limit_usual, .accounting = 1 },
	{ .name = "and cpuset, devices", .limit = limit_all, .accounting = 1 },
	{ .name = "and only CPU 0", .limit = limit_to_one_cpu, .accounting = 1 },
	{ .name = "hugetlb, v2", .limit = limit_hugetlb, .only_v2 = "hugetlb" },
};

/* Each with the same spawn without a group, and with what may be added to it. */
static struct subject subjects[SUBJECTS_MAX];
static struct pair {
	const struct subject *base;
	double bound_us;
} pairs[SUBJECTS_MAX];
static size_t n;

static void add(void (*run)(void *data), void *data, const char *kind, const char *how,
		double bound_us)
{
	struct subject *s = &subjects[n];
	char *name;

	if (asprintf(&name, "%s, %s", kind, how) < 0)
		die("limits", "out of memory");
	*s = (struct subject){ .name = name, .run = run, .data = data };
	pairs[n].base = run == run_plan ? &subjects[0] : &subjects[1];
	pairs[n++].bound_us = bound_us;
}

static ctr_spec *bare(char **argv)
{
	ctr_spec *spec = make_spec(argv[1], argv[2]);

	make_bare(spec);
	return spec;
}

static void make_group(struct kind *k)
{
	ctr_error *err = ctr_error_new();
	ctr_limits *limits = ctr_limits_new(err);

	k->limit(limits);
	k->group = ctr_cgroup_create(NULL, limits, k->accounting, err);
	if (!k->group)
		fail(k->name, err);
	while (ctr_cgroup_path(k->group, k->hierarchies))
		k->hierarchies++;
	k->version = ctr_cgroup_find(k->only_v2 ? k->only_v2 : "pids", NULL, 0, NULL);
	ctr_limits_free(limits);
	ctr_error_free(err);
}

static void add_kind(struct kind *k, char **argv)
{
	ctr_spec *fresh = bare(argv), *reused = bare(argv);
	double bound;
	char *name;

	make_group(k);
	bound = k->version == 2 ? FRESH_V2_US : FRESH_V1_US;
	k->limit(ctr_spec_get_limits(fresh));
	ctr_spec_set_accounting(fresh, k->accounting, NULL);
	ctr_spec_set_cgroup(reused, k->group, NULL);
	if (asprintf(&name, "%s (%zu)", k->name, k->hierarchies) < 0)
		die("limits", "out of memory");
	add(run_plan, make_plan(fresh), name, "plan", bound);
	add(run_spawn, fresh, name, "spawn", bound);
	add(run_plan, make_plan(reused), name, "reused, plan", REUSED_US);
	add(run_spawn, reused, name, "reused, spawn", REUSED_US);
}

static void add_kinds(char **argv, const char *only)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct kind *k = &kinds[i];

		if (only && strcmp(only, k->name) != 0)
			continue;
		if (k->only_v2 && ctr_cgroup_find(k->only_v2, NULL, 0, NULL) != 2) {
			printf("left out, not here: %s\n", k->name);
			continue;
		}
		add_kind(k, argv);
	}
}

static void print_added(void)
{
	for (size_t i = 2; i < n; i++)
		figure("added by a group", subjects[i].name,
		       subjects[i].median_us - pairs[i].base->median_us, 0, pairs[i].bound_us);
}

static void remove_groups(void)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].group && ctr_cgroup_remove(kinds[i].group, NULL))
			die(kinds[i].name, "the group can't be removed");
}

int main(int argc, char **argv)
{
	ctr_spec *spec;

	if (argc != 4 && argc != 5) {
		fprintf(stderr, "usage: bench_limits ROOTFS PROGRAM ROUNDS [KIND]\n");
		return 2;
	}
	spec = bare(argv);
	add(run_plan, make_plan(spec), "no group", "plan", 0);
	add(run_spawn, spec, "no group", "spawn", 0);
	add_kinds(argv, argv[4]);
	measure("limits (in so many hierarchies)", subjects, n, atoi(argv[3]));
	print_added();
	remove_groups();
	return 0;
}
