/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_precision [SECONDS]
 *
 * Whether limits on CPU time do what they say, as the kernel counts it, and
 * whether groups that come and go leave something behind. Exits with 1 if a
 * figure is out of its bounds.
 */
#include <dirent.h>
#include <fcntl.h>
#include <minictr.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/measure.h"

#define SHARES 3
#define SHARES_TOLERANCE 0.05
#define QUOTA_TOLERANCE 0.03
#define SETTLE_MS 300

#define GROUPS 1000
#define SAMPLE 100
#define WARM_UP 500 /* until the kernel is at work on removed ones */
#define COST_RATIO_MAX 1.25

static ctr_error *err;
static int failures;

static void judge(const char *name, double measured, double low, double high)
{
	failures += figure("precision", name, measured, low, high);
}

static void judge_near(const char *name, double measured, double expected, double tolerance)
{
	judge(name, measured, expected * (1 - tolerance), expected * (1 + tolerance));
}

/* ---- busy processes ---- */

struct burner {
	ctr_cgroup *group;
	pid_t pid;
	int gate;
	uint64_t before_us, used_us;
};

static void burn(int cpu, const int gate[2])
{
	cpu_set_t set;
	char c;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || sched_setaffinity(0, sizeof(set), &set) ||
	    read(gate[0], &c, 1) != 1)
		_exit(1);
	for (;;)
		__asm__ volatile("");
}

/* It waits at its gate, for all are to begin together. */
static void start(struct burner *b, const ctr_limits *limits, int cpu)
{
	int gate[2];

	b->group = ctr_cgroup_create(NULL, limits, 1, err);
	if (!b->group)
		die("group", ctr_error_message(err));
	if (pipe2(gate, O_CLOEXEC) || (b->pid = fork()) < 0)
		die("busy process", "can't be started");
	if (b->pid == 0)
		burn(cpu, gate);
	close(gate[0]);
	b->gate = gate[1];
	if (ctr_cgroup_add(b->group, b->pid, err))
		die("group", ctr_error_message(err));
}

static void stop(struct burner *b)
{
	kill(b->pid, SIGKILL);
	waitpid(b->pid, NULL, 0);
	close(b->gate);
	if (ctr_cgroup_remove(b->group, err))
		die("group", ctr_error_message(err));
	ctr_cgroup_free(b->group);
}

static uint64_t used_us(const struct burner *b)
{
	ctr_usage *usage = ctr_usage_new(err);
	uint64_t us;

	if (!usage || ctr_cgroup_stats(b->group, usage, err) ||
	    !ctr_usage_get(usage, CTR_USAGE_CPU_US, &us))
		die("CPU time", "is not counted here");
	ctr_usage_free(usage);
	return us;
}

static void pause_ms(long ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	while (nanosleep(&t, &t))
		;
}

/* What each uses when all are busy, for so long; how long it really was, in microseconds. */
static double observe(struct burner *burners, int n, int seconds)
{
	uint64_t began;

	for (int i = 0; i < n; i++)
		if (write(burners[i].gate, "", 1) != 1)
			die("busy process", "has gone");
	pause_ms(SETTLE_MS);
	began = now_ns();
	for (int i = 0; i < n; i++)
		burners[i].before_us = used_us(&burners[i]);
	pause_ms(seconds * 1000L);
	for (int i = 0; i < n; i++)
		burners[i].used_us = used_us(&burners[i]) - burners[i].before_us;
	return (double)(now_ns() - began) / 1000;
}

static void measure_shares(int cpu, int seconds)
{
	struct burner burners[SHARES] = { 0 };
	double sum = 0, weights = (1 << SHARES) - 1;
	char name[64];

	for (int i = 0; i < SHARES; i++) {
		ctr_limits *limits = ctr_limits_new(err);

		if (ctr_limits_set_cpu_shares(limits, 1024u << i, err))
			die("shares", ctr_error_message(err));
		start(&burners[i], limits, cpu);
		ctr_limits_free(limits);
	}
	observe(burners, SHARES, seconds);
	for (int i = 0; i < SHARES; i++) {
		stop(&burners[i]);
		sum += (double)burners[i].used_us;
	}
	for (int i = 0; i < SHARES; i++) {
		snprintf(name, sizeof(name), "part of a CPU, %d of shares 1:2:4", 1 << i);
		judge_near(name, (double)burners[i].used_us / sum, (1 << i) / weights,
			   SHARES_TOLERANCE);
	}
}

/* With so many shares that what else runs on that CPU does not matter. */
static void measure_quota(int cpu, int seconds)
{
	ctr_limits *limits = ctr_limits_new(err);
	struct burner burner = { 0 };
	double wall_us;

	if (ctr_limits_set_cpu_max(limits, 50000, 100000, err) ||
	    ctr_limits_set_cpu_shares(limits, 262144, err))
		die("quota", ctr_error_message(err));
	start(&burner, limits, cpu);
	wall_us = observe(&burner, 1, seconds);
	stop(&burner);
	judge_near("CPUs, 50 ms in 100 ms", (double)burner.used_us / wall_us, 0.5, QUOTA_TOLERANCE);
	ctr_limits_free(limits);
}

/* ---- groups that come and go ---- */

static double create_and_remove_us(const char *name, const ctr_limits *limits)
{
	const uint64_t began = now_ns();
	ctr_cgroup *group = ctr_cgroup_create(name, limits, 1, err);

	if (!group || ctr_cgroup_remove(group, err))
		die("group", ctr_error_message(err));
	ctr_cgroup_free(group);
	return (double)(now_ns() - began) / 1000;
}

static int count_below(const char *path, const char *prefix)
{
	const struct dirent *e;
	DIR *dir = opendir(path);
	int n = 0;

	if (!dir)
		die(path, "can't be read");
	while ((e = readdir(dir)))
		n += strncmp(e->d_name, prefix, strlen(prefix)) == 0;
	closedir(dir);
	return n;
}

/* Next to one more group, which tells where they were. */
static int count_left(const char *prefix, const ctr_limits *limits)
{
	ctr_cgroup *group = ctr_cgroup_create(NULL, limits, 1, err);
	const char *path;
	int left = 0;

	if (!group)
		die("group", ctr_error_message(err));
	for (size_t i = 0; (path = ctr_cgroup_path(group, i)); i++) {
		char *parent = strndup(path, (size_t)(strrchr(path, '/') - path));

		left += count_below(parent, prefix);
		free(parent);
	}
	if (ctr_cgroup_remove(group, err))
		die("group", ctr_error_message(err));
	ctr_cgroup_free(group);
	return left;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *us)
{
	qsort(us, SAMPLE, sizeof(*us), by_value);
	return us[SAMPLE / 2];
}

static void measure_groups(void)
{
	static double us[GROUPS];
	ctr_limits *limits = ctr_limits_new(err);
	char prefix[32], name[64];

	if (ctr_limits_set_memory_max(limits, 64 << 20, err) ||
	    ctr_limits_set_pids_max(limits, 50, err))
		die("limits", ctr_error_message(err));
	snprintf(prefix, sizeof(prefix), "bench-%d-", (int)getpid());
	for (int i = -WARM_UP; i < GROUPS; i++) {
		snprintf(name, sizeof(name), "%s%d", prefix, i + WARM_UP);
		us[i < 0 ? 0 : i] = create_and_remove_us(name, limits);
	}
	judge("the last 100 of 1000 groups : the first", median(us + GROUPS - SAMPLE) / median(us),
	      0, COST_RATIO_MAX);
	judge("directories left of them", count_left(prefix, limits), 0, 0);
	ctr_limits_free(limits);
}

int main(int argc, char **argv)
{
	const int seconds = argc > 1 ? atoi(argv[1]) : 5;
	const int cpu = sched_getcpu();

	err = ctr_error_new();
	measure_shares(cpu, seconds);
	measure_quota(cpu, seconds);
	measure_groups();
	ctr_error_free(err);
	return failures > 0;
}
