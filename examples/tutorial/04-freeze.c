/* SPDX-License-Identifier: 0BSD */
/* Freezes, thaws and kills a busy process, through its control group. */
#include <inttypes.h>
#include <minictr.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

_Noreturn static void stop(const ctr_error *err)
{
	fprintf(stderr, "04-freeze: %s\n", ctr_error_message(err));
	exit(125);
}

static pid_t spin(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			;
	}
	return pid;
}

static uint64_t cpu_us(const ctr_cgroup *group, ctr_usage *usage)
{
	uint64_t us;

	ctr_cgroup_stats(group, usage, NULL);
	ctr_usage_get(usage, CTR_USAGE_CPU_US, &us);
	return us;
}

static void wait_for_more(const ctr_cgroup *group, ctr_usage *usage)
{
	for (uint64_t before = cpu_us(group, usage); cpu_us(group, usage) < before + 10000;)
		usleep(1000);
}

int main(void)
{
	ctr_error *err = ctr_error_new();
	ctr_usage *usage = ctr_usage_new(err);
	ctr_cgroup *group = usage ? ctr_cgroup_create(NULL, NULL, 1, err) : NULL;
	int status;

	if (!group)
		stop(err);
	pid_t pid = spin();
	if (ctr_cgroup_add(group, pid, err))
		stop(err);
	wait_for_more(group, usage);
	printf("running: %d process\n", ctr_cgroup_list(group, NULL, 0, err));

	if (ctr_cgroup_freeze(group, err))
		stop(err);
	uint64_t before = cpu_us(group, usage);
	usleep(100000);
	printf("frozen: %" PRIu64 " ms of CPU time\n", (cpu_us(group, usage) - before) / 1000);

	if (ctr_cgroup_thaw(group, err))
		stop(err);
	wait_for_more(group, usage);
	printf("thawed: it goes on\n");

	if (ctr_cgroup_kill(group, err) || waitpid(pid, &status, 0) != pid)
		stop(err);
	printf("killed: signal %d, %d processes\n", WTERMSIG(status),
	       ctr_cgroup_list(group, NULL, 0, err));
	return ctr_cgroup_remove(group, err) ? 125 : 0;
}
