/* SPDX-License-Identifier: MIT */
#include "primitives/cgroup_name.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/parse.h"
#include "base/sys.h"

#define PREFIX "minictr-"

/* A process: numbers are used again, but not within the same tick of the clock. */
struct owner {
	uint64_t pid_ns; /* inode of the namespace that pid is a number of; 0: not known */
	uint64_t pid;
	uint64_t started; /* in clock ticks since the system was started */
};

/* ---- /proc/PID/stat, proc_pid_stat(5) ---- */

/* The fields after the name, which may hold anything. */
static bool read_stat(uint64_t pid, char *state, uint64_t *started)
{
	char path[64], text[1024];
	const char *p;

	snprintf(path, sizeof(path), "/proc/%llu/stat", (unsigned long long)pid);
	if (ctr__fd_read_file(AT_FDCWD, path, text, sizeof(text)) < 0)
		return false;
	p = strrchr(text, ')');
	if (!p || p[1] != ' ')
		return false;
	*state = p[2];
	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	if (!p)
		return false;
	p++;
	return ctr__take_digits(&p, started);
}

static uint64_t own_pid_ns(void)
{
	struct statx st;

	if (sys_statx(AT_FDCWD, "/proc/self/ns/pid", 0, STATX_INO, &st) < 0)
		return 0;
	return st.stx_ino;
}

/* ---- the caller's ---- */

/* A forked copy of the process begins anew. */
static struct owner self(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static struct owner known;
	const uint64_t pid = (uint64_t)sys_getpid();
	struct owner owner;
	char state;

	pthread_mutex_lock(&lock);
	if (known.pid != pid) {
		known = (struct owner){ .pid_ns = own_pid_ns(), .pid = pid };
		if (!read_stat(pid, &state, &known.started))
			known.pid_ns = 0;
	}
	owner = known;
	pthread_mutex_unlock(&lock);
	return owner;
}

int ctr__cgroup_name(char *name, size_t size, ctr_error *err)
{
	const struct owner owner = self();
	uint64_t random;
	long n = sys_getrandom(&random, sizeof(random), 0);

	if (n < 0)
		return ctr__error_sys(err, (int)-n, "name a control group", NULL);
	snprintf(name, size, PREFIX "%llu-%llu-%llu-%016llx", (unsigned long long)owner.pid_ns,
		 (unsigned long long)owner.pid, (unsigned long long)owner.started,
		 (unsigned long long)random);
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
	return take_number(&p, &owner->pid_ns) && take_number(&p, &owner->pid) &&
	       take_number(&p, &owner->started) && strlen(p) == 16 &&
	       strspn(p, "0123456789abcdef") == 16;
}

/* kill(2) first: /proc may hide what belongs to others, proc(5), hidepid. */
static bool is_dead(const struct owner *owner)
{
	uint64_t started;
	char state;

	if (sys_kill((pid_t)owner->pid, 0) == -ESRCH)
		return true;
	if (!read_stat(owner->pid, &state, &started))
		return false;
	return started != owner->started || state == 'Z' || state == 'X';
}

bool ctr__cgroup_name_is_dead(const char *name)
{
	struct owner owner;

	if (!read_name(name, &owner) || owner.pid == 0 || owner.pid > INT32_MAX)
		return false;
	return owner.pid_ns && owner.pid_ns == self().pid_ns && is_dead(&owner);
}
