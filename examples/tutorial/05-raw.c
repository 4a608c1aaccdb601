/* SPDX-License-Identifier: 0BSD */
/*
 * "05-raw ROOTFS CMD [ARG...]" runs the lecture's container, step by step. It uses only system
 * calls, except for the control group, because its files differ from host to host.
 */
#include <linux/sched.h>
#include <minictr.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIDS = 20 };

static ctr_cgroup *make_group(ctr_error *err)
{
	ctr_limits *limits = ctr_limits_new(err);
	ctr_cgroup *group = NULL;

	if (limits && !ctr_limits_set_pids_max(limits, PIDS, err))
		group = ctr_cgroup_create(NULL, limits, 0, err);
	ctr_limits_free(limits);
	return group;
}

static int set_up(const char *root)
{
	if (sethostname("container", 9))
		return -1;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -1;
	if (mount(root, root, NULL, MS_BIND | MS_REC, NULL) || chdir(root))
		return -1;
	if (syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/"))
		return -1;
	return mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

static void child(const ctr_cgroup *group, char **argv)
{
	if (ctr_cgroup_add(group, 0, NULL) || set_up(argv[0])) {
		perror("05-raw: set up");
		_exit(125);
	}
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	_exit(127);
}

int main(int argc, char **argv)
{
	struct clone_args args = {
		.flags = CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWNS,
		.exit_signal = SIGCHLD,
	};
	ctr_error *err = ctr_error_new();
	ctr_cgroup *group;
	int status;

	if (argc < 3)
		return fprintf(stderr, "usage: 05-raw ROOTFS CMD [ARG...]\n"), 2;
	if (!(group = make_group(err)))
		return fprintf(stderr, "05-raw: %s\n", ctr_error_message(err)), 125;
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		child(group, argv + 1);
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("05-raw: clone");
		status = 125 << 8;
	}
	if (ctr_cgroup_remove(group, err))
		return fprintf(stderr, "05-raw: %s\n", ctr_error_message(err)), 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
