/* SPDX-License-Identifier: MIT */
#include "orchestrator/container.h"

#include <limits.h>
#include <linux/ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/export.h"
#include "base/fd.h"
#include "base/parse.h"
#include "base/sys.h"
#include "orchestrator/init.h"

#define FREE_BOUND_MS 30000
#define LOOK_AGAIN_US 10000

/* linux/pidfd.h of Linux 6.15, in its first size. */
struct pidfd_info {
	uint64_t mask;
	uint64_t cgroupid;
	uint32_t ids[11];
	int32_t exit_code;
};

#define INFO_EXIT (1ULL << 3)
#define GET_INFO _IOWR(0xff, 11, struct pidfd_info)

void ctr__container_begin(ctr_container *container)
{
	container->began_us = ctr__now_us();
	container->ended = false;
}

static uint64_t microseconds(const struct timeval *t)
{
	return (uint64_t)t->tv_sec * 1000000 + (uint64_t)t->tv_usec;
}

/* 1: it has ended, 0: the time is up, or -errno. */
static int poll_end(int pidfd, int timeout_ms)
{
	const int64_t end = ctr__now_ms() + timeout_ms;
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	int r;

	do {
		const struct timespec t = ctr__timespec_of_ms(ctr__left_ms(end));

		r = sys_poll(&p, 1, timeout_ms < 0 ? NULL : &t);
	} while (r == -EINTR);
	return r;
}

/* With SIGCHLD ignored, or a handler that waits for any child, the kernel still knows. */
static bool ask_pidfd(ctr_container *c)
{
	struct pidfd_info info = { .mask = INFO_EXIT };

	if (sys_ioctl(c->pidfd, GET_INFO, &info) < 0 || !(info.mask & INFO_EXIT))
		return false;
	c->status = info.exit_code;
	return true;
}

static int status_of(const siginfo_t *info)
{
	if (info->si_code == CLD_EXITED)
		return info->si_status << 8;
	return info->si_status | (info->si_code == CLD_DUMPED ? 0x80 : 0);
}

static int collect(ctr_container *c, ctr_error *err)
{
	siginfo_t info = { 0 };
	int r;

	do
		r = sys_waitid(P_PIDFD, c->pidfd, &info, WEXITED | __WALL, &c->usage);
	while (r == -EINTR);
	if (r == 0)
		c->status = status_of(&info);
	else if (r == -ECHILD)
		c->lost = !ask_pidfd(c);
	else
		return ctr__error_sys(err, -r, "wait for the container", NULL);
	c->ended = true;
	return 0;
}

/* The init knows the program's own end; its exit code can't tell 130 from SIGINT. */
static void read_init_status(ctr_container *c)
{
	struct ctr__init_record record;

	if (c->status_fd < 0)
		return;
	if (sys_read(c->status_fd, &record, sizeof(record)) == sizeof(record) &&
	    record.kind == CTR__INIT_ENDED) {
		c->status = record.value;
		c->lost = false;
	}
}

static int clean_up(ctr_container *c, ctr_error *err)
{
	int r = 0;

	if (!c->own_cgroup)
		return 0;
	if (!c->own_pid_ns)
		r = ctr_cgroup_kill(c->cgroup, err);
	if (ctr_cgroup_remove(c->cgroup, r ? NULL : err))
		return -1;
	c->own_cgroup = false;
	return r;
}

static int report_lost(ctr_error *err)
{
	return ctr__error_set(
		err, CTR_E_LOST, ECHILD, "wait for the container", NULL,
		"it has ended, but the caller ignores SIGCHLD or waits for any child, "
		"and this kernel (before Linux 6.15) keeps no second copy");
}

/* ---- limits on time ---- */

static int64_t wall_left_us(const ctr_container *c)
{
	return c->began_us + c->wall_limit_us - ctr__now_us();
}

/* All CPUs together can use it up that fast; 0: it is used up. */
static int64_t cpu_left_us(const ctr_container *c)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	const uint64_t before = c->before.value[CTR_USAGE_CPU_US];
	uint64_t used;

	if (!ctr__cgroup_counts(c->cgroup, CTR_USAGE_CPU_US, &used))
		return LOOK_AGAIN_US; /* it could not be read just now */
	used -= before < used ? before : used;
	if (used >= c->cpu_limit_us)
		return 0;
	return (int64_t)(c->cpu_limit_us - used) / (cpus > 0 ? cpus : 1) + 1;
}

/* Microseconds until a limit can be reached, INT64_MAX if there is none, 0 if one is. */
static int64_t time_left_us(const ctr_container *c, uint32_t *over)
{
	int64_t wall = c->wall_limit_us ? wall_left_us(c) : INT64_MAX;
	int64_t cpu;

	*over = CTR_END_WALL_LIMIT;
	if (wall <= 0)
		return 0;
	cpu = c->cpu_limit_us ? cpu_left_us(c) : INT64_MAX;
	if (cpu < wall)
		*over = CTR_END_CPU_LIMIT;
	return cpu < wall ? cpu : wall;
}

static int to_ms(int64_t us)
{
	return us / 1000 + 1 < INT_MAX ? (int)(us / 1000 + 1) : INT_MAX;
}

CTR_EXPORT int ctr_container_time_left_ms(const ctr_container *container)
{
	uint32_t over;
	int64_t left;

	if (container->ended || container->over)
		return -1;
	left = time_left_us(container, &over);
	return left == INT64_MAX ? -1 : left ? to_ms(left) : 0;
}

/* Kills it if a limit is reached; else how long to wait until that is looked at again. */
static int enforce(ctr_container *c, int timeout_ms)
{
	uint32_t over;
	int64_t left = c->over ? INT64_MAX : time_left_us(c, &over);

	if (left == 0) {
		ctr_container_kill_all(c, NULL);
		c->over = over;
		left = INT64_MAX;
	}
	if (c->over && timeout_ms == 0)
		return 1; /* it takes a moment to die */
	if (left == INT64_MAX || (timeout_ms >= 0 && to_ms(left) > timeout_ms))
		return timeout_ms;
	return to_ms(left);
}

/* As poll_end(), while the limits on time are kept. */
static int poll_within_limits(ctr_container *c, int timeout_ms)
{
	const int64_t end = ctr__now_ms() + timeout_ms;
	int64_t left = timeout_ms;
	int r;

	do {
		r = poll_end(c->pidfd, enforce(c, (int)left));
		if (timeout_ms >= 0)
			left = ctr__left_ms(end);
	} while (r == 0 && left != 0);
	return r;
}

/* ---- what the group counts ---- */

void ctr__container_use_group(ctr_container *container)
{
	ctr__cgroup_usage(container->cgroup, &container->before, CTR__USAGE_SUMS);
	container->peak_fd = ctr__cgroup_restart_peak(container->cgroup, &container->peak_known);
}

/* Of a group that others have used, the most at any time says nothing of this container. */
static uint32_t countable(const ctr_container *c)
{
	const uint32_t peaks = 1u << CTR_USAGE_MEMORY_PEAK_BYTES | 1u << CTR_USAGE_PIDS_PEAK;

	if (c->own_cgroup)
		return CTR__USAGE_ALL;
	if (c->peak_known && c->peak_fd < 0)
		return ~(1u << CTR_USAGE_PIDS_PEAK);
	return ~peaks;
}

static void read_peak(const ctr_container *c, ctr_usage *usage)
{
	char text[32];
	const char *p = text;
	uint64_t peak;
	long n = c->peak_fd < 0 ? 0 : sys_pread(c->peak_fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return;
	text[n] = '\0';
	if (ctr__take_digits(&p, &peak))
		ctr__usage_set(usage, CTR_USAGE_MEMORY_PEAK_BYTES, peak);
}

static void count_group(const ctr_container *c, ctr_usage *usage)
{
	ctr_usage counted = { 0 };

	if (!c->cgroup)
		return;
	ctr__cgroup_usage(c->cgroup, &counted, countable(c));
	ctr__usage_subtract(&counted, &c->before);
	read_peak(c, &counted);
	ctr__usage_merge(usage, &counted);
}

/* Before the group is gone, and with it what it has counted. */
static void count_final(ctr_container *c)
{
	const uint64_t user = microseconds(&c->usage.ru_utime);
	const uint64_t system = microseconds(&c->usage.ru_stime);

	ctr__usage_set(&c->final, CTR_USAGE_WALL_US, (uint64_t)(ctr__now_us() - c->began_us));
	if (!c->lost) {
		ctr__usage_set(&c->final, CTR_USAGE_CPU_US, user + system);
		ctr__usage_set(&c->final, CTR_USAGE_USER_US, user);
		ctr__usage_set(&c->final, CTR_USAGE_SYSTEM_US, system);
		ctr__usage_set(&c->final, CTR_USAGE_MEMORY_PEAK_BYTES,
			       (uint64_t)c->usage.ru_maxrss * 1024);
	}
	count_group(c, &c->final);
}

static int wait_end(ctr_container *c, int timeout_ms, ctr_error *err)
{
	int r = poll_within_limits(c, timeout_ms);

	if (r < 0)
		return ctr__error_sys(err, -r, "wait for the container", NULL);
	if (r == 0)
		return 0;
	if (collect(c, err))
		return -1;
	read_init_status(c);
	ctr__outputs_note(&c->outputs);
	count_final(c);
	return clean_up(c, err) ? -1 : 1;
}

CTR_EXPORT int ctr_container_wait(ctr_container *container, int timeout_ms, ctr_error *err)
{
	char text[16];
	int r = 1;

	if (timeout_ms < -1) {
		snprintf(text, sizeof(text), "%d", timeout_ms);
		return ctr__error_value(err, "time to wait", text, "-1 or more milliseconds");
	}
	if (container->detached)
		return ctr__error_set(err, CTR_E_STATE, 0, "wait for the container", NULL,
				      "it was detached");
	if (!container->ended)
		r = wait_end(container, timeout_ms, err);
	return r == 1 && container->lost ? report_lost(err) : r;
}

CTR_EXPORT void ctr_container_free(ctr_container *container)
{
	if (!container)
		return;
	if (!container->ended && !container->detached) {
		ctr_container_kill_all(container, NULL);
		ctr_container_wait(container, FREE_BOUND_MS, NULL);
	}
	ctr__fd_close(container->pidfd);
	ctr__fd_close(container->tty);
	ctr__fd_close(container->seccomp_fd);
	ctr__fd_close(container->status_fd);
	ctr__fd_close(container->peak_fd);
	ctr__outputs_clear(&container->outputs);
	if (container->own_cgroup)
		ctr_cgroup_remove(container->cgroup, NULL);
	ctr_cgroup_free(container->cgroup);
	free(container);
}

CTR_EXPORT pid_t ctr_container_pid(const ctr_container *container)
{
	return container->pid;
}

CTR_EXPORT int ctr_container_pidfd(const ctr_container *container)
{
	return container->pidfd;
}

CTR_EXPORT int ctr_container_take_tty(ctr_container *container)
{
	return ctr__fd_take(&container->tty);
}

CTR_EXPORT int ctr_container_take_seccomp_fd(ctr_container *container)
{
	return ctr__fd_take(&container->seccomp_fd);
}

static bool knows_status(const ctr_container *c)
{
	return c->ended && !c->lost;
}

CTR_EXPORT int ctr_container_exit_code(const ctr_container *container)
{
	if (!knows_status(container) || !WIFEXITED(container->status))
		return -1;
	return WEXITSTATUS(container->status);
}

CTR_EXPORT int ctr_container_signal(const ctr_container *container)
{
	if (!knows_status(container) || !WIFSIGNALED(container->status))
		return 0;
	return WTERMSIG(container->status);
}

CTR_EXPORT uint64_t ctr_container_user_time_us(const ctr_container *container)
{
	return microseconds(&container->usage.ru_utime);
}

CTR_EXPORT uint64_t ctr_container_system_time_us(const ctr_container *container)
{
	return microseconds(&container->usage.ru_stime);
}

CTR_EXPORT uint64_t ctr_container_max_rss_bytes(const ctr_container *container)
{
	return (uint64_t)container->usage.ru_maxrss * 1024;
}

CTR_EXPORT int ctr_container_kill(const ctr_container *container, int sig, ctr_error *err)
{
	char text[32];
	int r = sys_pidfd_send_signal(container->pidfd, sig);

	if (r >= 0)
		return 0;
	snprintf(text, sizeof(text), "signal %d", sig);
	return ctr__error_set(err, CTR_E_SYSTEM, -r, "send to the container", text,
			      r == -ESRCH ? "it has ended" : NULL);
}

/* The death of a PID namespace's first process is the death of all in it. */
CTR_EXPORT int ctr_container_kill_all(const ctr_container *container, ctr_error *err)
{
	int r = container->ended ? -ESRCH : sys_pidfd_send_signal(container->pidfd, SIGKILL);

	if (r < 0 && r != -ESRCH)
		return ctr__error_sys(err, -r, "kill the container", NULL);
	if (!container->cgroup)
		return 0;
	ctr__cgroup_thaw_to_die(container->cgroup);
	if (container->own_pid_ns)
		return 0;
	return ctr_cgroup_kill(container->cgroup, err);
}

/* ---- use and control ---- */

/*
 * By its signal, or by the exit status with which a shell tells of that of its program, or
 * when it failed after one of its outputs had become as large as it may.
 */
static bool met_output_limit(const ctr_container *c)
{
	const int code = ctr_container_exit_code(c);

	if (!c->outputs.limit)
		return false;
	if (ctr_container_signal(c) == SIGXFSZ || code == 128 + SIGXFSZ)
		return true;
	return c->outputs.met && code != 0;
}

CTR_EXPORT uint32_t ctr_container_end(const ctr_container *container)
{
	if (!knows_status(container))
		return CTR_END_NONE;
	if (container->over)
		return container->over;
	if (container->final.value[CTR__USAGE_OOM] && container->final.value[CTR_USAGE_OOM_KILLS] &&
	    ctr_container_exit_code(container) != 0)
		return CTR_END_OUT_OF_MEMORY;
	if (met_output_limit(container))
		return CTR_END_OUTPUT_LIMIT;
	return WIFSIGNALED(container->status) ? CTR_END_SIGNALLED : CTR_END_EXITED;
}

CTR_EXPORT const char *ctr_container_end_name(uint32_t end)
{
	static const char *const names[] = {
		[CTR_END_NONE] = "none",
		[CTR_END_EXITED] = "exited",
		[CTR_END_SIGNALLED] = "signalled",
		[CTR_END_OUT_OF_MEMORY] = "out_of_memory",
		[CTR_END_WALL_LIMIT] = "wall_limit",
		[CTR_END_CPU_LIMIT] = "cpu_limit",
		[CTR_END_OUTPUT_LIMIT] = "output_limit",
	};

	return end < sizeof(names) / sizeof(names[0]) ? names[end] : NULL;
}

CTR_EXPORT int ctr_container_stats(const ctr_container *container, ctr_usage *usage, ctr_error *err)
{
	(void)err;
	*usage = container->final;
	if (container->ended)
		return 0;
	ctr__usage_set(usage, CTR_USAGE_WALL_US, (uint64_t)(ctr__now_us() - container->began_us));
	count_group(container, usage);
	return 0;
}

static int need_group(const ctr_container *c, const char *step, ctr_error *err)
{
	if (c->ended)
		return ctr__error_set(err, CTR_E_STATE, 0, step, NULL, "it has ended");
	if (!c->cgroup)
		return ctr__error_set(err, CTR_E_STATE, 0, step, NULL,
				      "it has no control group: switch accounting on in its spec");
	return 0;
}

CTR_EXPORT int ctr_container_freeze(const ctr_container *container, ctr_error *err)
{
	if (need_group(container, "freeze the container", err))
		return -1;
	return ctr_cgroup_freeze(container->cgroup, err);
}

CTR_EXPORT int ctr_container_thaw(const ctr_container *container, ctr_error *err)
{
	if (need_group(container, "thaw the container", err))
		return -1;
	return ctr_cgroup_thaw(container->cgroup, err);
}

CTR_EXPORT int ctr_container_signal_all(const ctr_container *container, int sig, ctr_error *err)
{
	if (need_group(container, "signal all in the container", err))
		return -1;
	return ctr_cgroup_signal(container->cgroup, sig, err);
}

CTR_EXPORT int ctr_container_update(const ctr_container *container, const ctr_limits *limits,
				    ctr_error *err)
{
	if (need_group(container, "change the container's limits", err))
		return -1;
	return ctr_cgroup_update(container->cgroup, limits, err);
}

static int refuse_detach(ctr_error *err, const char *why)
{
	return ctr__error_set(err, CTR_E_STATE, 0, "detach the container", NULL, "%s", why);
}

CTR_EXPORT int ctr_container_detach(ctr_container *container, ctr_error *err)
{
	if (container->ended)
		return refuse_detach(err, "it has ended");
	if (container->die_with_parent)
		return refuse_detach(err, "it dies with the caller: switch that off in the spec");
	if (container->own_cgroup)
		return refuse_detach(err, "nobody would remove its control group");
	if (container->wall_limit_us || container->cpu_limit_us)
		return refuse_detach(err, "nobody would keep its limit on time");
	container->detached = true;
	return 0;
}
