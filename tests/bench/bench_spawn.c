/* SPDX-License-Identifier: MIT */
/*
 * In process: what a spawn costs, interleaved with its peers in one run.
 *
 * The floor does by hand, in raw system calls, what the spec asks the library
 * for: mount, PID and UTS namespaces, a root of its own, proc, a host name.
 */
#include <linux/mount.h>
#include <minictr.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STACK_SIZE (64 * 1024)

static const char *root, *program;
static ctr_spec *bare_spec, *full_spec;
static ctr_plan *bare_plan, *full_plan;

static void die(const char *what, const ctr_error *err)
{
	fprintf(stderr, "bench: %s: %s\n", what, ctr_error_message(err));
	exit(1);
}

/* ---- the floor ---- */

static int floor_child(void *argument)
{
	struct mount_attr private = { .propagation = MS_PRIVATE };
	char *const argv[] = { (char *)(uintptr_t)program, NULL }, *const envp[] = { NULL };
	int tree, fs, mnt;

	(void)argument;
	syscall(SYS_mount_setattr, -1, "/", AT_RECURSIVE, &private, sizeof(private));
	tree = (int)syscall(SYS_open_tree, -1, root,
			    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	syscall(SYS_move_mount, tree, "", -1, "/", MOVE_MOUNT_F_EMPTY_PATH);
	fchdir(tree);
	fs = (int)syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC);
	syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	mnt = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	syscall(SYS_move_mount, mnt, "", tree, "proc", MOVE_MOUNT_F_EMPTY_PATH);
	syscall(SYS_pivot_root, ".", ".");
	umount2(".", MNT_DETACH);
	chdir("/");
	sethostname("box", 3);
	execve(program, argv, envp);
	_exit(127);
}

static void run_floor(void)
{
	static char *stack;
	int status, pid;

	if (!stack)
		stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	pid = clone(floor_child, stack + STACK_SIZE,
		    CLONE_VM | CLONE_VFORK | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | SIGCHLD,
		    NULL);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status)
		die("floor", NULL);
}

/* ---- the peers ---- */

static void run_posix_spawn(void)
{
	static char path[4096];
	char *const argv[] = { path, NULL }, *const envp[] = { NULL };
	int status;
	pid_t pid;

	snprintf(path, sizeof(path), "%s%s", root, program);
	if (posix_spawn(&pid, path, NULL, NULL, argv, envp) || waitpid(pid, &status, 0) < 0)
		die("posix_spawn", NULL);
}

static void finish(ctr_container *c, ctr_error *err, const char *what)
{
	if (!c || ctr_container_wait(c, -1, err) != 1 || ctr_container_exit_code(c) != 0)
		die(what, err);
	ctr_container_free(c);
}

static void run_spawn(const ctr_spec *spec)
{
	ctr_error *err = ctr_error_new();

	finish(ctr_spawn(spec, err), err, "ctr_spawn");
	ctr_error_free(err);
}

static void run_plan(const ctr_plan *plan)
{
	ctr_error *err = ctr_error_new();

	finish(ctr_plan_spawn(plan, err), err, "ctr_plan_spawn");
	ctr_error_free(err);
}

static void run_bare_spawn(void)
{
	run_spawn(bare_spec);
}

static void run_bare_plan(void)
{
	run_plan(bare_plan);
}

static void run_full_spawn(void)
{
	run_spawn(full_spec);
}

static void run_full_plan(void)
{
	run_plan(full_plan);
}

/* ---- the run ---- */

static struct subject {
	const char *name;
	void (*run)(void);
	uint64_t *ns;
} subjects[] = {
	{ "floor: raw system calls", run_floor, NULL },
	{ "ctr_spawn, same isolation", run_bare_spawn, NULL },
	{ "ctr_plan_spawn, same isolation", run_bare_plan, NULL },
	{ "posix_spawn, no isolation", run_posix_spawn, NULL },
	{ "ctr_spawn, all defaults", run_full_spawn, NULL },
	{ "ctr_plan_spawn, all defaults", run_full_plan, NULL },
};

#define SUBJECTS (sizeof(subjects) / sizeof(subjects[0]))

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void measure(int rounds)
{
	for (int i = 0; i < rounds; i++) {
		for (size_t k = 0; k < SUBJECTS; k++) {
			uint64_t begin = now_ns();

			subjects[k].run();
			subjects[k].ns[i] = now_ns() - begin;
		}
	}
}

static void print(int rounds)
{
	double floor_us = 0;

	printf("%-34s %10s %10s %8s\n", "", "median us", "p99 us", "/ floor");
	for (size_t k = 0; k < SUBJECTS; k++) {
		uint64_t *ns = subjects[k].ns;
		double median;

		qsort(ns, (size_t)rounds, sizeof(*ns), by_value);
		median = (double)ns[rounds / 2] / 1000;
		if (k == 0)
			floor_us = median;
		printf("%-34s %10.0f %10.0f %8.2f\n", subjects[k].name, median,
		       (double)ns[rounds * 99 / 100] / 1000, median / floor_us);
	}
}

static ctr_spec *make_spec(ctr_error *err)
{
	ctr_spec *spec = ctr_spec_new(err);

	if (!spec || ctr_spec_set_rootfs(spec, root, err) || ctr_spec_add_arg(spec, program, err) ||
	    ctr_spec_set_hostname(spec, "box", err))
		die("spec", err);
	return spec;
}

/* As little isolation as the floor has. */
static void make_bare(ctr_spec *spec, ctr_error *err)
{
	if (ctr_spec_set_base_mounts(spec, 0, err) || ctr_spec_add_proc(spec, "/proc", 0, err) ||
	    ctr_spec_set_namespace(spec, CTR_NS_NET, CTR_NS_MODE_HOST, err) ||
	    ctr_spec_set_namespace(spec, CTR_NS_IPC, CTR_NS_MODE_HOST, err) ||
	    ctr_spec_set_namespace(spec, CTR_NS_CGROUP, CTR_NS_MODE_HOST, err))
		die("spec", err);
}

static void occupy(size_t mib)
{
	char *memory = malloc(mib << 20);

	if (!memory)
		die("out of memory", NULL);
	memset(memory, 1, mib << 20);
	__asm__ volatile("" : : "r"(memory) : "memory");
}

int main(int argc, char **argv)
{
	ctr_error *err = ctr_error_new();
	const int rounds = argc > 3 ? atoi(argv[3]) : 300;

	if (argc < 3) {
		fprintf(stderr, "usage: bench_spawn ROOTFS PROGRAM [ROUNDS [RESIDENT-MIB]]\n");
		return 2;
	}
	root = argv[1];
	program = argv[2];
	if (argc > 4)
		occupy((size_t)atoi(argv[4]));

	bare_spec = make_spec(err);
	make_bare(bare_spec, err);
	full_spec = make_spec(err);
	bare_plan = ctr_plan_compile(bare_spec, err);
	full_plan = ctr_plan_compile(full_spec, err);
	if (!bare_plan || !full_plan)
		die("compile", err);
	for (size_t k = 0; k < SUBJECTS; k++)
		subjects[k].ns = calloc((size_t)rounds, sizeof(uint64_t));

	measure(10 < rounds ? 10 : rounds);
	measure(rounds);
	print(rounds);
	return 0;
}
