/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_hosts ROOTFS PROGRAM ROUNDS
 *
 * What a spawn costs a host program that has many descriptors open, or many mounts around it.
 * Each is a process of its own, and all take turns.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/measure.h"
#include "bench/spawn.h"
#include "bench/worker.h"

static char **arguments; /* of main() */

struct host {
	const char *name;
	const struct work *work;
	int descriptors, mounts;
	struct worker worker;
};

static void open_descriptors(int n)
{
	const struct rlimit many = { (rlim_t)n + 1024, (rlim_t)n + 1024 };

	if (n && setrlimit(RLIMIT_NOFILE, &many))
		die("descriptors", "can't be so many");
	for (int i = 0; i < n; i++)
		if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0)
			die("descriptors", "can't be opened");
}

/* In a mount namespace of its own, where the others don't see them. */
static void add_mounts(int n)
{
	char path[64];

	if (n && (unshare(CLONE_NEWNS) || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) ||
		  mount("bench", "/mnt", "tmpfs", 0, NULL)))
		die("mounts", "can't be made");
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "/mnt/%d", i);
		if (mkdir(path, 0755) || mount("/mnt", path, "none", MS_BIND, NULL))
			die("mounts", "can't be made");
	}
}

static void become(const struct host *host)
{
	open_descriptors(host->descriptors);
	add_mounts(host->mounts);
}

static ctr_spec *bare(void)
{
	ctr_spec *spec = make_spec(arguments[1], arguments[2]);

	make_bare(spec);
	return spec;
}

static void *prepare_path(void *host)
{
	static char path[4096];

	become(host);
	snprintf(path, sizeof(path), "%s%s", arguments[1], arguments[2]);
	return path;
}

static void *prepare_spec(void *host)
{
	become(host);
	return bare();
}

static void *prepare_plan(void *host)
{
	become(host);
	return make_plan(bare());
}

static void *prepare_full_plan(void *host)
{
	become(host);
	return make_plan(make_spec(arguments[1], arguments[2]));
}

static const struct work posix_work = { prepare_path, run_posix_spawn },
			 spawn_work = { prepare_spec, run_spawn },
			 plan_work = { prepare_plan, run_plan },
			 full_work = { prepare_full_plan, run_plan };

static struct host descriptors[] = {
	{ .name = "posix_spawn, none", .work = &posix_work },
	{ .name = "posix_spawn, 1,000", .work = &posix_work, .descriptors = 1000 },
	{ .name = "posix_spawn, 10,000", .work = &posix_work, .descriptors = 10000 },
	{ .name = "ctr_plan_spawn, same isolation as the floor, none", .work = &plan_work },
	{ .name = "ctr_plan_spawn, same isolation as the floor, 1,000",
	  .work = &plan_work,
	  .descriptors = 1000 },
	{ .name = "ctr_plan_spawn, same isolation as the floor, 10,000",
	  .work = &plan_work,
	  .descriptors = 10000 },
	{ .name = "ctr_plan_spawn, all defaults, none", .work = &full_work },
	{ .name = "ctr_plan_spawn, all defaults, 1,000", .work = &full_work, .descriptors = 1000 },
	{ .name = "ctr_plan_spawn, all defaults, 10,000",
	  .work = &full_work,
	  .descriptors = 10000 },
};

static struct host mounts[] = {
	{ .name = "posix_spawn", .work = &posix_work },
	{ .name = "ctr_spawn, same isolation as the floor, few", .work = &spawn_work },
	{ .name = "ctr_spawn, same isolation as the floor, 1,000",
	  .work = &spawn_work,
	  .mounts = 1000 },
	{ .name = "ctr_plan_spawn, same isolation as the floor, few", .work = &plan_work },
	{ .name = "ctr_plan_spawn, same isolation as the floor, 1,000",
	  .work = &plan_work,
	  .mounts = 1000 },
};

#define HOSTS_MAX 16

static void measure_hosts(const char *title, struct host *hosts, size_t n, int rounds)
{
	struct subject subjects[HOSTS_MAX] = { 0 };

	for (size_t i = 0; i < n; i++) {
		worker_start(&hosts[i].worker, hosts[i].work, &hosts[i]);
		subjects[i] = (struct subject){ .name = hosts[i].name,
						.sample = worker_sample,
						.data = &hosts[i].worker };
	}
	measure(title, subjects, n, rounds);
	for (size_t i = 0; i < n; i++)
		worker_end(&hosts[i].worker);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int main(int argc, char **argv)
{
	int rounds;

	if (argc != 4) {
		fprintf(stderr, "usage: bench_hosts ROOTFS PROGRAM ROUNDS\n");
		return 2;
	}
	arguments = argv;
	rounds = atoi(argv[3]);
	measure_hosts("open descriptors of the host", descriptors, COUNT(descriptors), rounds);
	measure_hosts("mounts of the host", mounts, COUNT(mounts), rounds);
	return 0;
}
