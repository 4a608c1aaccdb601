/* SPDX-License-Identifier: MIT */
#include "container/end.h"

#include <linux/ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "base/parse.h"
#include "base/sys.h"

/* linux/pidfd.h of Linux 6.15, in its first size. */
struct pidfd_info {
	uint64_t mask;
	uint64_t cgroupid;
	uint32_t ids[11];
	int32_t exit_code;
};

#define INFO_EXIT (1ULL << 3)
#define GET_INFO _IOWR(0xff, 11, struct pidfd_info)

/* /proc/PID/stat, proc(5): its fields after the name, whose first one is the state. */
#define FIELD_STATE 3
#define FIELD_WCHAN 35
#define FIELD_EXIT_CODE 52

static int status_of(const siginfo_t *info)
{
	if (info->si_code == CLD_EXITED)
		return info->si_status << 8;
	return info->si_status | (info->si_code == CLD_DUMPED ? 0x80 : 0);
}

int ctr__end_collect(int pidfd, int *status, struct rusage *usage)
{
	siginfo_t info = { 0 };
	int r;

	do
		r = sys_waitid(P_PIDFD, pidfd, &info, WEXITED | WNOHANG | __WALL, usage);
	while (r == -EINTR);
	if (r < 0 || info.si_pid == 0)
		return r;
	*status = status_of(&info);
	return 1;
}

/* Once it was waited for: with SIGCHLD ignored, or by a handler that waits for any child. */
static bool ask_pidfd(int pidfd, int *status)
{
	struct pidfd_info info = { .mask = INFO_EXIT };

	if (sys_ioctl(pidfd, GET_INFO, &info) < 0 || !(info.mask & INFO_EXIT))
		return false;
	*status = info.exit_code;
	return true;
}

/* What follows the state, "Z": after the name, which may have anything in it. */
static const char *find_field(const char *text, int field)
{
	const char *at = strrchr(text, ')');

	for (int i = FIELD_STATE - 1; at && i < field; i++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	return at;
}

static bool read_field(const char *text, int field, uint64_t *value)
{
	const char *at = find_field(text, field);

	return at && ctr__take_digits(&at, value);
}

/*
 * A zombie that a tracer holds is not waited for yet, so the id is still its own. Where the
 * caller may not look, both numbers are 0; else the first one is not, for it does not run.
 */
static bool ask_proc(pid_t pid, int *status)
{
	char path[32], text[1024];
	uint64_t waits, code;
	const char *state;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (ctr__fd_read_file(AT_FDCWD, path, text, sizeof(text)) < 0)
		return false;
	state = find_field(text, FIELD_STATE);
	if (!state || *state != 'Z' || !read_field(text, FIELD_WCHAN, &waits) ||
	    !read_field(text, FIELD_EXIT_CODE, &code) || (!waits && !code))
		return false;
	*status = (int)code;
	return true;
}

bool ctr__end_ask(int pidfd, pid_t pid, int *status)
{
	return ask_pidfd(pidfd, status) || ask_proc(pid, status);
}
