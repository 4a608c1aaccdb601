/* SPDX-License-Identifier: 0BSD */
/*
 * Two groups compete for one CPU for a second. One has four times the weight of the other. The
 * program prints how much CPU time each of them got.
 */
#include <inttypes.h>
#include <minictr.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static ctr_cgroup *make_group(uint64_t shares, ctr_error *err)
{
	ctr_limits *limits = ctr_limits_new(err);
	ctr_cgroup *group = NULL;

	if (limits && !ctr_limits_set_cpu_shares(limits, shares, err))
		group = ctr_cgroup_create(NULL, limits, 1, err);
	ctr_limits_free(limits);
	return group;
}

/* Uses only the first CPU on which the caller may run. */
static int use_one_cpu(void)
{
	cpu_set_t set;
	int cpu = 0;

	if (sched_getaffinity(0, sizeof(set), &set))
		return -1;
	while (!CPU_ISSET(cpu, &set))
		cpu++;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

static int spin_in(const ctr_cgroup *group, ctr_error *err)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			;
	}
	return ctr_cgroup_add(group, pid, err);
}

static uint64_t cpu_ms(const ctr_cgroup *group, ctr_usage *usage)
{
	uint64_t us;

	ctr_cgroup_stats(group, usage, NULL);
	ctr_usage_get(usage, CTR_USAGE_CPU_US, &us);
	return us / 1000;
}

int main(void)
{
	ctr_error *err = ctr_error_new();
	ctr_usage *usage = ctr_usage_new(err);
	ctr_cgroup *light = make_group(256, err), *heavy = light ? make_group(1024, err) : NULL;

	if (!usage || !heavy || use_one_cpu() || spin_in(light, err) || spin_in(heavy, err))
		return fprintf(stderr, "04-weights: %s\n", ctr_error_message(err)), 125;
	sleep(1);
	uint64_t a = cpu_ms(light, usage), b = cpu_ms(heavy, usage);
	printf("256 shares: %" PRIu64 " ms, 1024 shares: %" PRIu64 " ms\n", a, b);
	printf("more than twice as much: %s\n", b > 2 * a ? "yes" : "no");
	if (ctr_cgroup_kill(light, err) || ctr_cgroup_kill(heavy, err))
		return fprintf(stderr, "04-weights: %s\n", ctr_error_message(err)), 125;
	while (wait(NULL) > 0)
		;
	return ctr_cgroup_remove(light, err) || ctr_cgroup_remove(heavy, err) ? 125 : 0;
}
