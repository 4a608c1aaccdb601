/* SPDX-License-Identifier: MIT */
#include "cgroup/name.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/parse.h"
#include "base/proc_text.h"
#include "base/sys.h"

#define PREFIX "minictr-"

/*
 * A process: numbers are used again, but not within the same tick of the clock. Both are
 * as a namespace shows them, so they are compared within the same ones only.
 */
struct owner {
	uint64_t pid_ns; /* inode; 0: not known, so never judged */
	uint64_t time_ns;
	uint64_t pid;
	uint64_t started; /* in clock ticks since the system was started */
};

static bool read_stat(const char *path, struct ctr__proc_stat *stat)
{
	char text[1024];

	return ctr__fd_read_file(AT_FDCWD, path, text, sizeof(text)) >= 0 &&
	       ctr__proc_read_stat(text, stat);
}

static uint64_t inode_of(const char *path)
{
	struct statx st = { 0 };

	sys_statx(AT_FDCWD, path, 0, STATX_INO, &st);
	return st.stx_ino;
}

/* ---- the caller's ---- */

static struct owner self(void)
{
	struct owner owner = {
		.pid_ns = inode_of("/proc/self/ns/pid"),
		.time_ns = inode_of("/proc/self/ns/time"),
		.pid = (uint64_t)sys_getpid(),
	};
	struct ctr__proc_stat stat;

	if (read_stat("/proc/self/stat", &stat))
		owner.started = stat.started;
	else
		owner.pid_ns = 0;
	return owner;
}

int ctr__cgroup_name(char *name, size_t size, ctr_error *err)
{
	const struct owner owner = self();
	uint64_t random;
	long n = sys_getrandom(&random, sizeof(random), 0);

	if (n < 0)
		return ctr__error_sys(err, (int)-n, "name a control group", NULL);
	snprintf(name, size, PREFIX "%llu-%llu-%llu-%llu-%016llx", (unsigned long long)owner.pid_ns,
		 (unsigned long long)owner.time_ns, (unsigned long long)owner.pid,
		 (unsigned long long)owner.started, (unsigned long long)random);
	return 0;
}

/* ---- another's ---- */

static bool take_number(const char **p, uint64_t *value)
{
	if (!ctr__take_digits(p, value) || **p != '-')
		return false;
	(*p)++;
	return true;
}

static bool read_name(const char *name, struct owner *owner)
{
	const char *p = name + strlen(PREFIX);

	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
		return false;
	return take_number(&p, &owner->pid_ns) && take_number(&p, &owner->time_ns) &&
	       take_number(&p, &owner->pid) && take_number(&p, &owner->started) &&
	       strlen(p) == 16 && strspn(p, "0123456789abcdef") == 16;
}

/* Whether /proc is that of our PID namespace: then its numbers are those of kill(2). */
static bool proc_is_ours(void)
{
	char link[32], pid[32];
	long n = sys_readlinkat(AT_FDCWD, "/proc/self", link, sizeof(link) - 1);

	link[n > 0 ? n : 0] = '\0';
	snprintf(pid, sizeof(pid), "%d", (int)sys_getpid());
	return strcmp(link, pid) == 0;
}

/*
 * kill(2) first: /proc may hide what belongs to others, proc(5), hidepid. A first thread
 * that has ended is a zombie for as long as others go on.
 */
static bool is_dead(const struct owner *owner)
{
	struct ctr__proc_stat stat;
	char path[64];

	if (sys_kill((pid_t)owner->pid, 0) == -ESRCH)
		return true;
	snprintf(path, sizeof(path), "/proc/%llu/stat", (unsigned long long)owner->pid);
	if (!proc_is_ours() || !read_stat(path, &stat))
		return false;
	if (stat.started != owner->started)
		return true;
	return (stat.state == 'Z' || stat.state == 'X') && stat.threads <= 1;
}

bool ctr__cgroup_name_is_dead(const char *name)
{
	struct owner owner;

	if (!read_name(name, &owner) || owner.pid == 0 || owner.pid > INT32_MAX)
		return false;
	return owner.pid_ns && owner.pid_ns == inode_of("/proc/self/ns/pid") &&
	       owner.time_ns == inode_of("/proc/self/ns/time") && is_dead(&owner);
}
