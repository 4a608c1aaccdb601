/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_end ROOTFS PROGRAM ROUNDS
 *
 * From the end of a program to the return of what waits for it: on a quiet machine, and with a
 * busy process on each CPU. The program writes when it ends.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/measure.h"
#include "bench/spawn.h"

#define CPUS_MAX 64

static int ends[2]; /* of the pipe that the program writes to */
static char path[4096];

/* ---- busy processes ---- */

static pid_t start_busy(int cpu)
{
	pid_t pid = fork();
	cpu_set_t set;

	if (pid < 0)
		die("busy process", "can't be started");
	if (pid > 0)
		return pid;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || sched_setaffinity(0, sizeof(set), &set))
		_exit(1);
	for (;;)
		__asm__ volatile("");
}

static int start_all_busy(pid_t pids[CPUS_MAX])
{
	cpu_set_t set;
	int n = 0;

	if (sched_getaffinity(0, sizeof(set), &set))
		die("CPUs", "are not known");
	for (int cpu = 0; cpu < CPU_SETSIZE && n < CPUS_MAX; cpu++)
		if (CPU_ISSET(cpu, &set))
			pids[n++] = start_busy(cpu);
	return n;
}

static void end_all_busy(const pid_t *pids, int n)
{
	for (int i = 0; i < n; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
}

/* ---- what is measured ---- */

static uint64_t since_end(uint64_t now)
{
	uint64_t ended;

	if (read(ends[0], &ended, sizeof(ended)) != sizeof(ended))
		die("program", "has not told when it ended");
	return now - ended;
}

static uint64_t end_of_process(void *actions)
{
	static char what[] = "time";
	char *const argv[] = { path, what, NULL }, *const envp[] = { NULL };
	uint64_t now;
	int status;
	pid_t pid;

	if (posix_spawn(&pid, path, actions, NULL, argv, envp) || waitpid(pid, &status, 0) != pid)
		die("posix_spawn", "failed");
	now = now_ns();
	return since_end(now);
}

static uint64_t end_of_container(void *plan)
{
	ctr_error *err = ctr_error_new();
	ctr_container *c = ctr_plan_spawn(plan, err);
	uint64_t now;

	if (!c || ctr_container_wait(c, -1, err) != 1)
		fail("ctr_plan_spawn", err);
	now = now_ns();
	ctr_container_free(c);
	ctr_error_free(err);
	return since_end(now);
}

static ctr_plan *telling(ctr_spec *spec)
{
	ctr_error *err = ctr_error_new();

	add_argument(spec, "time");
	if (ctr_process_set_fd(ctr_spec_get_process(spec), 1, ends[1], err))
		fail("spec", err);
	ctr_error_free(err);
	return make_plan(spec);
}

static void measure_ends(const char *title, char **argv, int rounds)
{
	ctr_spec *bare = make_spec(argv[1], argv[2]);
	posix_spawn_file_actions_t actions;

	make_bare(bare);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 1);

	struct subject subjects[] = {
		{ .name = "posix_spawn and waitpid", .sample = end_of_process, .data = &actions },
		{ .name = "ctr_plan_spawn, same isolation as the floor",
		  .sample = end_of_container,
		  .data = telling(bare) },
		{ .name = "ctr_plan_spawn, all defaults, no init",
		  .sample = end_of_container,
		  .data = telling(make_full(argv[1], argv[2], 0, 1)) },
		{ .name = "ctr_plan_spawn, all defaults",
		  .sample = end_of_container,
		  .data = telling(make_full(argv[1], argv[2], 1, 1)) },
	};

	measure(title, subjects, sizeof(subjects) / sizeof(subjects[0]), rounds);
	posix_spawn_file_actions_destroy(&actions);
}

int main(int argc, char **argv)
{
	pid_t busy[CPUS_MAX];
	int rounds, n;

	if (argc != 4) {
		fprintf(stderr, "usage: bench_end ROOTFS PROGRAM ROUNDS\n");
		return 2;
	}
	rounds = atoi(argv[3]);
	snprintf(path, sizeof(path), "%s%s", argv[1], argv[2]);
	if (pipe2(ends, O_CLOEXEC))
		die("pipe", "can't be made");
	measure_ends("end of the program to the return of wait", argv, rounds);
	n = start_all_busy(busy);
	measure_ends("the same, all CPUs busy", argv, rounds);
	end_all_busy(busy, n);
	return 0;
}
