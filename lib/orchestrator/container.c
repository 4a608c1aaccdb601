/* SPDX-License-Identifier: MIT */
#include "orchestrator/container.h"

#include <linux/ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#include "base/error.h"
#include "base/export.h"
#include "base/fd.h"
#include "base/sys.h"
#include "orchestrator/init.h"

#define FREE_BOUND_MS 30000

/* linux/pidfd.h of Linux 6.15, in its first size. */
struct pidfd_info {
	uint64_t mask;
	uint64_t cgroupid;
	uint32_t ids[11];
	int32_t exit_code;
};

#define INFO_EXIT (1ULL << 3)
#define GET_INFO _IOWR(0xff, 11, struct pidfd_info)

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* 1: it has ended, 0: the time is up, or -errno. */
static int poll_end(int pidfd, int timeout_ms)
{
	const int64_t end = now_ms() + timeout_ms;
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	int r;

	do {
		const int64_t left = end > now_ms() ? end - now_ms() : 0;
		const struct timespec t = {
			.tv_sec = left / 1000,
			.tv_nsec = left % 1000 * 1000000,
		};

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

	if (c->cgroup && !c->own_pid_ns)
		r = ctr__cgroup_kill(c->cgroup, err);
	if (c->cgroup && ctr__cgroup_rmdir(c->cgroup, r ? NULL : err))
		r = -1;
	return r;
}

static int report_lost(ctr_error *err)
{
	return ctr__error_set(
		err, CTR_E_LOST, ECHILD, "wait for the container", NULL,
		"it has ended, but the caller ignores SIGCHLD or waits for any child, "
		"and this kernel (before Linux 6.15) keeps no second copy");
}

static int wait_end(ctr_container *c, int timeout_ms, ctr_error *err)
{
	int r = poll_end(c->pidfd, timeout_ms);

	if (r < 0)
		return ctr__error_sys(err, -r, "wait for the container", NULL);
	if (r == 0)
		return 0;
	if (collect(c, err))
		return -1;
	read_init_status(c);
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
	ctr__fd_close(container->status_fd);
	ctr__cgroup_free(container->cgroup);
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

static uint64_t microseconds(const struct timeval *t)
{
	return (uint64_t)t->tv_sec * 1000000 + (uint64_t)t->tv_usec;
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
	if (container->own_pid_ns || !container->cgroup)
		return 0;
	return ctr__cgroup_kill(container->cgroup, err);
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
	if (container->cgroup)
		return refuse_detach(err, "nobody would remove its control group");
	container->detached = true;
	return 0;
}
