/* SPDX-License-Identifier: MIT */
/*
 * A load for a limit to meet, static, so that it runs in any root:
 *	load touch MIB		has so much memory, each page of it written
 *	load write FILE MIB	writes a file through the page cache; each MiB is synced, for
 *				v1 does not slow down who dirties more than its limit
 *	load spin MS		computes for so long, by the clock
 *	load work MS		computes for so much CPU time
 *	load tire US		the same, and then sleeps for ever
 *	load read FILE KIB	reads without page cache
 *	load fork N		has N children at once; tells how many it got
 *	load flee N		has N chains of processes that fork and exit without pause
 *	load count FILE		writes a growing number into it, for ever
 *	load cpus		tells which CPUs it may run on
 *	load tsc		tells how often a millisecond the processor's counter counts
 *	load abort		calls abort(3)
 *	load traced SIGNAL	lets its parent trace it and sends itself a signal; 3: it went on
 *	load thread SIGNAL	the same of one of its threads
 *	load held CODE	exits with CODE while a child traces it, which does not let go of it
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MIB (1ul << 20)

static int fail(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	return 1;
}

static int touch(size_t size)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return fail("mmap");
	for (size_t i = 0; i < size; i += 4096)
		p[i] = 1;
	return 0;
}

static int write_file(const char *path, size_t size)
{
	static char block[MIB];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0)
		return fail(path);
	for (size_t done = 0; done < size; done += MIB)
		if (write(fd, block, MIB) != (ssize_t)MIB || fdatasync(fd))
			return fail("write");
	return close(fd) ? fail("close") : 0;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int spin(double seconds)
{
	const double end = now() + seconds;

	while (now() < end)
		;
	return 0;
}

static double seconds_used(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

/* What the process had used before it executed this is not counted. */
static int work(double seconds)
{
	const double began = seconds_used();

	while (seconds_used() - began < seconds)
		;
	return 0;
}

static int tire(double seconds)
{
	work(seconds);
	for (;;)
		pause();
}

static int read_direct(const char *path, size_t size)
{
	void *block = aligned_alloc(4096, 65536);
	int fd = open(path, O_RDONLY | O_DIRECT);

	if (fd < 0 || !block)
		return fail(path);
	for (size_t done = 0; done < size; done += 65536)
		if (read(fd, block, 65536) != 65536)
			return fail("read");
	return 0;
}

static int fork_many(int n)
{
	int made = 0;

	for (; made < n; made++) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (pid == 0)
			for (;;)
				pause();
	}
	printf("%d\n", made);
	fflush(stdout);
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	return 0;
}

/* Each process that is listed as a member has left its place to another one soon. */
static int flee(int chains)
{
	for (int i = 0; i < chains; i++)
		if (fork() == 0)
			for (;;)
				if (fork() > 0)
					_exit(0);
	for (;;)
		pause();
}

static int count(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	if (fd < 0)
		return fail(path);
	for (unsigned long long i = 1;; i++) {
		if (pwrite(fd, &i, sizeof(i), 0) != sizeof(i))
			return fail("write");
		usleep(200);
	}
}

static int print_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set))
		return fail("sched_getaffinity");
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &set))
			printf("%d ", i);
	printf("\n");
	return 0;
}

static void handle(int sig)
{
	_exit(sig == SIGUSR2 ? 7 : 8);
}

static int be_traced(void *sig)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		return fail("ptrace");
	syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), (int)(long)sig);
	_exit(3);
}

static int trace_thread(long sig)
{
	static char stack[65536];

	if (clone(be_traced, stack + sizeof(stack) / 2, CLONE_VM | CLONE_THREAD | CLONE_SIGHAND,
		  (void *)sig) < 0)
		return fail("clone");
	for (;;)
		pause();
}

/* The child is in the way of whoever waits for its parent. */
static int be_held(int code)
{
	int ends[2];
	char byte = 0;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail("pipe");
	child = fork();
	if (child == 0) {
		if (ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) < 0)
			_exit(fail("ptrace"));
		(void)!write(ends[1], "x", 1);
		for (;;)
			pause();
	}
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		return fail("wait for the tracer");
	return code;
}

static int print_tsc(void)
{
#ifdef __x86_64__
	struct timespec from, to;
	unsigned long long before, ticks;
	double ms;

	clock_gettime(CLOCK_MONOTONIC, &from);
	before = __builtin_ia32_rdtsc();
	usleep(200000);
	ticks = __builtin_ia32_rdtsc() - before;
	clock_gettime(CLOCK_MONOTONIC, &to);
	ms = (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
	printf("%.0f\n", (double)ticks / ms);
	return 0;
#else
	return 1;
#endif
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const char *path = argc > 2 ? argv[2] : "";
	const long n = argc > 2 ? atol(argv[argc - 1]) : 0;

	if (strcmp(what, "touch") == 0)
		return touch((size_t)n * MIB);
	if (strcmp(what, "write") == 0)
		return write_file(path, (size_t)n * MIB);
	if (strcmp(what, "spin") == 0)
		return spin((double)n / 1e3);
	if (strcmp(what, "work") == 0)
		return work((double)n / 1e3);
	if (strcmp(what, "tire") == 0)
		return tire((double)n / 1e6);
	if (strcmp(what, "read") == 0)
		return read_direct(path, (size_t)n * 1024);
	if (strcmp(what, "fork") == 0)
		return fork_many((int)n);
	if (strcmp(what, "flee") == 0)
		return flee((int)n);
	if (strcmp(what, "count") == 0)
		return count(path);
	if (strcmp(what, "cpus") == 0)
		return print_cpus();
	signal(SIGUSR2, handle);
	if (strcmp(what, "tsc") == 0)
		return print_tsc();
	if (strcmp(what, "abort") == 0)
		abort();
	if (strcmp(what, "traced") == 0)
		return be_traced((void *)n);
	if (strcmp(what, "thread") == 0)
		return trace_thread(n);
	if (strcmp(what, "held") == 0)
		return be_held((int)n);
	if (strcmp(what, "uid") == 0)
		return printf("%u\n", (unsigned)geteuid()) < 0;
	fprintf(stderr,
		"usage: load touch|write|spin|tire|read|fork|flee|count|cpus|abort|traced|thread|held|uid ...\n");
	return 2;
}
