/* SPDX-License-Identifier: MIT */
/*
 * Runs in the container, static: writes what it sees of itself to descriptor
 * 3, as text that is the same for each container of the same spec.
 * Arguments: the host's namespaces, as "pid:[123]".
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static void print_lines(const char *path, const char *const *names, size_t n)
{
	char line[4096];
	FILE *in = fopen(path, "re");

	if (!in)
		printf("%s: none\n", path);
	while (in && fgets(line, sizeof(line), in))
		for (size_t i = 0; i < n; i++)
			if (strncmp(line, names[i], strlen(names[i])) == 0)
				printf("%s", line);
	if (in)
		fclose(in);
}

/* It is masked by a null device: that of its own /dev, or the host's where none could be made. */
static bool is_masked(const char *root, const char *target)
{
	return strcmp(root, "/null") == 0 && strcmp(target, "/dev/null") != 0;
}

/* Without the numbers of the mount, of its parent, of the device and of a peer group. */
static void print_mounts(void)
{
	char line[4096], root[PATH_MAX], target[PATH_MAX], rest[4096];
	FILE *in = fopen("/proc/self/mountinfo", "re");

	while (in && fgets(line, sizeof(line), in)) {
		if (sscanf(line, "%*d %*d %*s %4095s %4095s %4095[^\n]", root, target, rest) != 3)
			continue;
		if (is_masked(root, target))
			rest[strcspn(rest, "-")] = '\0';
		printf("mount %s %s %s\n", root, target, rest);
	}
	if (in)
		fclose(in);
}

static void print_link(const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	printf("%s %.*s\n", path, n < 0 ? 0 : (int)n, target);
}

/* Pipes and sockets have other numbers each time. */
static void print_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *e;

	while (dir && (e = readdir(dir))) {
		char target[PATH_MAX];
		ssize_t n = readlinkat(dirfd(dir), e->d_name, target, sizeof(target) - 1);

		if (n < 0 || atoi(e->d_name) == dirfd(dir))
			continue;
		target[n] = '\0';
		target[strcspn(target, "[")] = '\0';
		printf("fd %s %s\n", e->d_name, target);
	}
	if (dir)
		closedir(dir);
}

static void print_namespaces(int n, char **hosts)
{
	static const char *const names[] = { "mnt", "pid", "uts", "ipc", "net", "cgroup", "user" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[64], link[64];
		const char *whose = "own";
		ssize_t length;

		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		length = readlink(path, link, sizeof(link) - 1);
		link[length < 0 ? 0 : length] = '\0';
		for (int k = 0; k < n; k++)
			if (strcmp(hosts[k], link) == 0)
				whose = "the host's";
		printf("namespace %s %s\n", names[i], whose);
	}
}

/* The group's own name is random. */
static void print_cgroups(void)
{
	char line[4096];
	FILE *in = fopen("/proc/self/cgroup", "re");

	while (in && fgets(line, sizeof(line), in)) {
		char *own = strstr(line, "/minictr-");

		if (own)
			*own = '\0';
		printf("cgroup %s%s", line, own ? " (own)\n" : "");
	}
	if (in)
		fclose(in);
}

static void print_file(const char *path)
{
	static const char *const any[] = { "" };

	print_lines(path, any, 1);
}

static void print_process(void)
{
	char name[256] = "";
	int sig = 0;

	gethostname(name, sizeof(name) - 1);
	printf("host name %s\n", name);
	(void)!getdomainname(name, sizeof(name) - 1);
	printf("domain name %s\n", name);
	prctl(PR_GET_PDEATHSIG, &sig);
	printf("parent death signal %d\n", sig);
	printf("dumpable %d\n", prctl(PR_GET_DUMPABLE));
	printf("session leader %d, nice %d\n", getsid(0) == getpid(), getpriority(PRIO_PROCESS, 0));
}

/* 1 to 9 in a PID namespace of its own. */
static void print_pid(void)
{
	if (getpid() < 10)
		printf("pid %d\n", (int)getpid());
	else
		printf("pid beyond 9\n");
}

/* Landlock, if its rules allow reading only, and what root gains by executing. */
static void print_confinement(void)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	printf("null device %s\n", fd < 0 ? strerror(errno) : "may be written");
	if (fd >= 0)
		close(fd);
	printf("securebits %x\n", (unsigned)prctl(PR_GET_SECUREBITS));
}

static void print_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (sock < 0 || ioctl(sock, SIOCGIFFLAGS, &request) < 0)
		printf("no loopback interface\n");
	else
		printf("loopback flags %x\n", (unsigned)request.ifr_flags);
	close(sock);
}

int main(int argc, char **argv)
{
	static const char *const status[] = {
		"Umask:",  "Uid:",    "Gid:",	 "Groups:",	"Threads:", "SigBlk:",
		"SigIgn:", "SigCgt:", "CapInh:", "CapPrm:",	"CapEff:",  "CapBnd:",
		"CapAmb:", "SigPnd:", "ShdPnd:", "NoNewPrivs:", "Seccomp:",
	};

	if (dup2(3, STDOUT_FILENO) < 0 || close(3))
		return 1;
	print_pid();
	print_loopback();
	print_lines("/proc/self/status", status, sizeof(status) / sizeof(status[0]));
	print_process();
	print_confinement();
	print_fds();
	print_namespaces(argc - 1, argv + 1);
	print_mounts();
	print_cgroups();
	print_link("/proc/self/cwd");
	print_link("/proc/self/root");
	print_file("/proc/self/limits");
	print_file("/proc/self/oom_score_adj");
	print_file("/proc/self/coredump_filter");
	for (char **e = environ; *e; e++)
		printf("env %s\n", *e);
	return fflush(stdout) ? 1 : 0;
}
