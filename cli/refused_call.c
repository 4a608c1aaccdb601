/* SPDX-License-Identifier: MIT */
#include "refused_call.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/*
 * Nothing but this log tells: SIGSYS has the call in its siginfo_t, which the process itself, a
 * tracer or a core file can see, and waitid(2) does not hand on. Without auditd(8) the kernel
 * writes a line for each process that a filter ends:
 *
 *   6,941,13076235145,-;audit: type=1326 audit(1796062918.960:883): auid=4294967295 uid=0 gid=0
 *   ses=4294967295 pid=23723 comm="k" exe="/t/k" sig=31 arch=40000003 syscall=20 compat=1 ...
 *
 * Names in it have no blanks: where a file's name has one, all of it is in hexadecimal.
 */
#define INIT_PID_NS 0xEFFFFFFCu /* PROC_PID_INIT_INO, include/linux/proc_ns.h */
#define X32_BIT 0x40000000u	/* of the number, asm/unistd.h */

/* A thread of the kernel writes the line, perhaps after the process has ended. */
enum { RECORD_SIZE = 8192, TURNS = 10, TURN_MS = 10, CLOCK_SLACK_S = 1 };

/* ---- a line ---- */

static const struct {
	unsigned long arch; /* AUDIT_ARCH_*, linux/audit.h */
	const char *name;
} machines[] = {
	{ 0xc000003e, "x86-64" }, { 0x40000003, "i386" },    { 0xc00000b7, "aarch64" },
	{ 0x40000028, "arm" },	  { 0xc00000f3, "riscv64" }, { 0, NULL },
};

static void name_machine(struct refused_call *call, unsigned long arch)
{
	size_t i = 0;

	while (machines[i].name && machines[i].arch != arch)
		i++;
	if (machines[i].name)
		snprintf(call->machine, sizeof(call->machine), "%s", machines[i].name);
	else
		snprintf(call->machine, sizeof(call->machine), "%lx", arch);
	if (i == 0 && call->number & X32_BIT) {
		snprintf(call->machine, sizeof(call->machine), "x32");
		call->number &= ~(unsigned long)X32_BIT;
	}
}

static bool read_member(const char *line, const char *name, int base, unsigned long *value)
{
	const char *at = strstr(line, name);
	char *end;

	if (!at)
		return false;
	errno = 0;
	*value = strtoul(at + strlen(name), &end, base);
	return errno == 0 && (*end == ' ' || *end == '\n' || *end == '.');
}

/* What user programs write to the log has another facility than the kernel's own, 0. */
static bool is_kernels(const char *line)
{
	char *end;
	const unsigned long priority = strtoul(line, &end, 10);

	return *end == ',' && priority >> 3 == 0;
}

static bool read_line(const char *line, pid_t pid, time_t since, struct refused_call *call)
{
	const char *text = strchr(line, ';');
	unsigned long at, of, sig, arch;

	if (!text || !is_kernels(line) ||
	    strncmp(text, ";audit: type=1326 ", strlen(";audit: type=1326 ")) != 0)
		return false;
	if (!read_member(text, " audit(", 10, &at) || !read_member(text, " pid=", 10, &of) ||
	    !read_member(text, " sig=", 10, &sig) || !read_member(text, " arch=", 16, &arch) ||
	    !read_member(text, " syscall=", 10, &call->number))
		return false;
	if (of != (unsigned long)pid || sig != SIGSYS || (time_t)at < since)
		return false;
	name_machine(call, arch);
	return true;
}

/* ---- the log ---- */

/* Up to its end: whether there is a line, and the last one. A reader is told of lost ones. */
static bool read_log(int fd, pid_t pid, time_t since, struct refused_call *call)
{
	struct refused_call found;
	bool any = false;
	char line[RECORD_SIZE];
	ssize_t n;

	while ((n = read(fd, line, sizeof(line) - 1)) > 0 || (n < 0 && errno == EPIPE)) {
		line[n > 0 ? n : 0] = '\0';
		if (!read_line(line, pid, since, &found))
			continue;
		*call = found;
		any = true;
	}
	return any;
}

static bool await_line(int fd, pid_t pid, time_t since, struct refused_call *call)
{
	struct pollfd watch = { .fd = fd, .events = POLLIN };
	bool found = read_log(fd, pid, since, call);

	for (int turn = 0; !found && turn < TURNS; turn++) {
		poll(&watch, 1, TURN_MS);
		found = read_log(fd, pid, since, call);
	}
	return found;
}

/* The log has numbers of the first PID namespace. */
static bool is_in_first_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == INIT_PID_NS;
}

bool refused_call_find(pid_t pid, time_t since, struct refused_call *call)
{
	bool found;
	int fd;

	if (!is_in_first_namespace())
		return false;
	fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	found = await_line(fd, pid, since - CLOCK_SLACK_S, call);
	close(fd);
	return found;
}

const char *refused_call_native(void)
{
#if defined(__x86_64__) && !defined(__ILP32__)
	return "x86-64";
#elif defined(__aarch64__)
	return "aarch64";
#else
	return "";
#endif
}
