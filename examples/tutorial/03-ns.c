/* SPDX-License-Identifier: 0BSD */
/*
 * "03-ns KIND[,KIND...] CMD [ARG...]" executes CMD in new namespaces of these kinds. In a new
 * user namespace CMD is user 0 inside and the caller outside.
 */
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned long long flag_of(const char *kind)
{
	static const struct {
		const char *name;
		unsigned long long flag;
	} kinds[] = {
		{ "uts", CLONE_NEWUTS },   { "pid", CLONE_NEWPID },	  { "mount", CLONE_NEWNS },
		{ "ipc", CLONE_NEWIPC },   { "net", CLONE_NEWNET },	  { "user", CLONE_NEWUSER },
		{ "time", CLONE_NEWTIME }, { "cgroup", CLONE_NEWCGROUP },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, kind) == 0)
			return kinds[i].flag;
	return 0;
}

static int write_file(const char *path, const char *format, unsigned id)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	int written = dprintf(fd, format, id);
	close(fd);
	return written < 0 ? -1 : 0;
}

static int map_ids(unsigned uid, unsigned gid)
{
	return write_file("/proc/self/uid_map", "0 %u 1\n", uid) ||
	       write_file("/proc/self/setgroups", "deny", 0) ||
	       write_file("/proc/self/gid_map", "0 %u 1\n", gid);
}

int main(int argc, char **argv)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	unsigned uid = geteuid(), gid = getegid();
	int status;

	if (argc < 3)
		return fprintf(stderr, "usage: 03-ns KIND[,KIND...] CMD [ARG...]\n"), 2;
	for (char *kind = strtok(argv[1], ","); kind; kind = strtok(NULL, ",")) {
		if (!flag_of(kind))
			return fprintf(stderr, "03-ns: no such kind: %s\n", kind), 2;
		args.flags |= flag_of(kind);
	}
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid < 0)
		return perror("clone3"), 125;
	if (pid == 0) {
		if ((args.flags & CLONE_NEWUSER) && map_ids(uid, gid))
			return perror("map ids"), 125;
		/* Otherwise new mounts would propagate to the host. */
		if ((args.flags & CLONE_NEWNS) && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
			return perror("make mounts private"), 125;
		execvp(argv[2], argv + 2);
		return perror(argv[2]), 127;
	}
	if (waitpid(pid, &status, 0) != pid)
		return perror("waitpid"), 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
