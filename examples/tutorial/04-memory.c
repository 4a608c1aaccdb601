/* SPDX-License-Identifier: 0BSD */
/*
 * Writes 64 MiB to a file and then allocates 64 MiB of memory, each in a process of a control
 * group that has 32 MiB.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <minictr.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MIB = 1 << 20, LIMIT = 32, WORK = 64 };

/* Written data stays in memory as page cache until the memory is needed. */
static int write_much(void)
{
	static const char block[MIB];
	int fd = open("file", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	for (int i = 0; i < WORK; i++)
		if (write(fd, block, MIB) != MIB || fdatasync(fd))
			return 1;
	return 0;
}

static int take_much(void)
{
	volatile char *memory = malloc(WORK * MIB);

	for (size_t i = 0; memory && i < WORK * MIB; i += 4096)
		memory[i] = 'x'; /* the kernel allocates each page when it is first used */
	return 1;
}

/* Runs a function in a process of the group. Returns the status from waitpid(2). */
static int run_in(const ctr_cgroup *group, int (*work)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(ctr_cgroup_add(group, 0, NULL) ? 125 : work());
	return waitpid(pid, &status, 0) == pid ? status : -1;
}

static uint64_t used(const ctr_cgroup *group, ctr_usage *usage, uint32_t what)
{
	uint64_t value;

	ctr_cgroup_stats(group, usage, NULL);
	ctr_usage_get(usage, what, &value);
	return value;
}

int main(void)
{
	ctr_error *err = ctr_error_new();
	ctr_limits *limits = ctr_limits_new(err);
	ctr_usage *usage = ctr_usage_new(err);
	ctr_cgroup *group;

	if (!limits || !usage || ctr_limits_set_swap_max(limits, 0, err) ||
	    ctr_limits_set_memory_max(limits, LIMIT * MIB, err) ||
	    !(group = ctr_cgroup_create(NULL, limits, 1, err)))
		return fprintf(stderr, "04-memory: %s\n", ctr_error_message(err)), 125;
	int status = run_in(group, write_much);
	uint64_t memory = used(group, usage, CTR_USAGE_MEMORY_BYTES) / MIB;
	uint64_t cache = used(group, usage, CTR_USAGE_PAGE_CACHE_BYTES) / MIB;
	printf("a file of %d MiB: exit code %d\n", WORK, WEXITSTATUS(status));
	printf("%s its limit: %" PRIu64 " MiB, of it page cache: %" PRIu64 " MiB\n",
	       memory <= LIMIT ? "within" : "beyond", memory, cache);
	fflush(stdout); /* otherwise the next child would print these lines, too */
	status = run_in(group, take_much);
	printf("memory of %d MiB: signal %d, killed for lack of memory: %" PRIu64 "\n", WORK,
	       WTERMSIG(status), used(group, usage, CTR_USAGE_OOM_KILLS));
	return ctr_cgroup_remove(group, err) ? 125 : 0;
}
