/* SPDX-License-Identifier: MIT */
/*
 * usage: bench_spawn TITLE ROOTFS PROGRAM ROUNDS RESIDENT-MIB MOUNTS THREADS
 *
 * In process: what a spawn costs, in turn with its peers. The floor does by
 * hand, in raw system calls, what the spec asks the library for: mount, PID
 * and UTS namespaces, a root of its own, proc, a host name, a session of its
 * own, no groups, no_new_privs, no descriptor or signal setting of the caller's.
 */
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/measure.h"
#include "bench/spawn.h"

#define STACK_SIZE (64 * 1024)

static const char *root, *program;
static ctr_spec *bare_spec, *full_spec;
static ctr_plan *bare_plan, *full_plan, *host_plan, *lean_plan, *shared_plan, *helper_plan,
	*user_plan, *prepared_plan;
static char path[4096]; /* of the program, on the host */

/* ---- the floor ---- */

/* What keeps the caller's own state from the program, and the program from its caller's. */
static void guard(void)
{
	const struct sigaction action = { .sa_handler = SIG_DFL };

	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &action, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	umask(0);
}

static void give_up_privileges(void)
{
	sigset_t none;

	sigemptyset(&none);
	syscall(SYS_setgroups, 0, NULL);
	syscall(SYS_setresgid, 0, 0, 0);
	syscall(SYS_setresuid, 0, 0, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	umask(022);
	close_range(3, ~0u, 0);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int floor_child(void *argument)
{
	struct mount_attr private = { .propagation = MS_PRIVATE };
	char *const argv[] = { (char *)(uintptr_t)program, NULL }, *const envp[] = { NULL };
	int tree, fs, mnt;

	(void)argument;
	guard();
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
	give_up_privileges();
	execve(program, argv, envp);
	_exit(127);
}

static void run_floor(void *data)
{
	static char *stack;
	int status, pid;
	sigset_t all, old;

	(void)data;
	if (!stack)
		stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	pid = clone(floor_child, stack + STACK_SIZE,
		    CLONE_VM | CLONE_VFORK | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | SIGCHLD,
		    NULL);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status)
		die("floor", "failed");
}

/* ---- the run ---- */

static void occupy(size_t mib)
{
	char *memory = malloc((mib << 20) + 1);

	if (!memory)
		die("resident memory", "out of memory");
	memset(memory, 1, mib << 20);
	__asm__ volatile("" : : "r"(memory) : "memory");
}

/* In a mount namespace of our own, where the machine doesn't see them. */
static void add_mounts(int n)
{
	char target[64];

	if (n == 0)
		return;
	if (unshare(CLONE_NEWNS) || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) ||
	    mount("bench", "/mnt", "tmpfs", 0, NULL))
		die("mounts", "can't be made");
	for (int i = 0; i < n; i++) {
		snprintf(target, sizeof(target), "/mnt/%d", i);
		if (mkdir(target, 0755) || mount("/mnt", target, "none", MS_BIND, NULL))
			die("mounts", "can't be made");
	}
}

/* Its network namespace is made before, untimed. */
static uint64_t sample_prepared(void *plan)
{
	ctr_error *err = ctr_error_new();
	uint64_t began;

	if (ctr_plan_prepare_networks(plan, 1, err))
		fail("ctr_plan_prepare_networks", err);
	ctr_error_free(err);
	began = now_ns();
	run_plan(plan);
	return now_ns() - began;
}

static void measure_all(const char *title, int rounds)
{
	struct subject subjects[] = {
		{ .name = "floor: raw system calls", .run = run_floor, .data = NULL },
		{ .name = "ctr_spawn, same isolation", .run = run_spawn, .data = bare_spec },
		{ .name = "ctr_plan_spawn, same isolation", .run = run_plan, .data = bare_plan },
		{ .name = "posix_spawn, no isolation", .run = run_posix_spawn, .data = path },
		{ .name = "ctr_spawn, all defaults", .run = run_spawn, .data = full_spec },
		{ .name = "ctr_plan_spawn, all defaults", .run = run_plan, .data = full_plan },
		{ .name = "ctr_plan_spawn, prepared network",
		  .sample = sample_prepared,
		  .data = prepared_plan },
		{ .name = "ctr_plan_spawn, host's network", .run = run_plan, .data = host_plan },
		{ .name = "ctr_plan_spawn, host's network, no init",
		  .run = run_plan,
		  .data = lean_plan },
		{ .name = "ctr_plan_spawn, no init", .run = run_plan, .data = shared_plan },
		{ .name = "ctr_plan_spawn, no init, by the helper",
		  .run = run_plan,
		  .data = helper_plan },
		{ .name = "ctr_plan_spawn, all defaults, user",
		  .run = run_plan,
		  .data = user_plan },
	};

	measure(title, subjects, sizeof(subjects) / sizeof(subjects[0]), rounds);
}

static void make_specs(void)
{
	ctr_spec *spec = make_full(root, program, 0, 1);
	ctr_spec *user_spec = make_spec(root, program);

	bare_spec = make_spec(root, program);
	make_bare(bare_spec);
	full_spec = make_spec(root, program);
	bare_plan = make_plan(bare_spec);
	full_plan = make_plan(full_spec);
	prepared_plan = make_plan(full_spec);
	host_plan = make_plan(make_full(root, program, 1, 0));
	lean_plan = make_plan(make_full(root, program, 0, 0));
	shared_plan = make_plan(spec);
	ctr_spec_set_child(spec, CTR_CHILD_HELPER, NULL);
	helper_plan = make_plan(spec);
	ctr_spec_free(spec);
	ctr_process_set_user(ctr_spec_get_process(user_spec), 54321, 54321, NULL);
	user_plan = make_plan(user_spec);
	ctr_spec_free(user_spec);
}

int main(int argc, char **argv)
{
	if (argc != 7) {
		fprintf(stderr,
			"usage: bench_spawn TITLE ROOTFS PROGRAM ROUNDS RESIDENT-MIB MOUNTS\n");
		return 2;
	}
	root = argv[2];
	program = argv[3];
	snprintf(path, sizeof(path), "%s%s", root, program);
	occupy((size_t)atoi(argv[5]));
	add_mounts(atoi(argv[6]));

	make_specs();
	measure_all(argv[1], atoi(argv[4]));
	return 0;
}
