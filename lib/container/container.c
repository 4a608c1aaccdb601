/* SPDX-License-Identifier: MIT */
#include "container/container.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/export.h"
#include "base/fd.h"
#include "base/maker.h"
#include "base/sys.h"
#include "base/wait.h"
#include "container/end.h"
#include "container/remains.h"
#include "plan/init.h"

#define DEAD_BOUND_MS 30000 /* for what was killed to be gone */
#define HELD_BOUND_MS 100   /* for a tracer to let go of what has ended */
#define LOOK_AGAIN_US 10000

/* ---- whose it is ---- */

static bool is_copy(const ctr_container *c)
{
	return c->maker != ctr__maker();
}

static int refuse_copy(const ctr_container *c, const char *step, ctr_error *err)
{
	if (!is_copy(c))
		return 0;
	return ctr__error_set(err, CTR_E_STATE, 0, step, NULL,
			      "it belongs to another process, of which this one is a forked copy");
}

/* ---- its end ---- */

static uint64_t microseconds(const struct timeval *t)
{
	return (uint64_t)t->tv_sec * 1000000 + (uint64_t)t->tv_usec;
}

static void take_off(struct timeval *t, const struct timeval *before)
{
	const uint64_t now = microseconds(t), then = microseconds(before);
	const uint64_t left = now > then ? now - then : 0;

	t->tv_sec = (time_t)(left / 1000000);
	t->tv_usec = (suseconds_t)(left % 1000000);
}

/* The largest memory is no sum: the caller's stays in it. */
static void take_off_set_up(ctr_container *c)
{
	const struct rusage *before = &c->set_up;

	take_off(&c->usage.ru_utime, &before->ru_utime);
	take_off(&c->usage.ru_stime, &before->ru_stime);
	c->usage.ru_minflt -= before->ru_minflt;
	c->usage.ru_majflt -= before->ru_majflt;
	c->usage.ru_nvcsw -= before->ru_nvcsw;
	c->usage.ru_nivcsw -= before->ru_nivcsw;
}

/* The child shares our clock, as far as kernels do not err. */
static int64_t time_of(const struct ctr__mark *mark)
{
	const int64_t at = mark->at.tv_sec * 1000000 + mark->at.tv_nsec / 1000;
	const int64_t now = ctr__now_us();

	return at > 0 && at < now ? at : now;
}

void ctr__container_begin(ctr_container *container, const struct ctr__mark *joined,
			  const struct ctr__mark *execute)
{
	struct rusage in_group = execute->used;

	container->id.began_us = time_of(execute);
	container->set_up = execute->used;
	take_off(&in_group.ru_utime, &joined->used.ru_utime);
	take_off(&in_group.ru_stime, &joined->used.ru_stime);
	if (container->id.cgroup)
		ctr__usage_add_cpu(&container->id.before, microseconds(&in_group.ru_utime),
				   microseconds(&in_group.ru_stime));
	container->ended = false;
}

/*
 * A tracer is the first to be told of an end. It gets a moment to let go of the process; and
 * one that belongs to the container is killed.
 */
static int collect_held(ctr_container *c, int timeout_ms)
{
	int64_t end = timeout_ms < 0 || timeout_ms > HELD_BOUND_MS ? HELD_BOUND_MS : timeout_ms;
	int r;

	if (c->id.own_cgroup && !c->id.own_pid_ns && ctr_cgroup_kill(c->id.cgroup, NULL) == 0)
		end = HELD_BOUND_MS;
	end += ctr__now_ms();
	do {
		ctr__pause_ms(1);
		r = ctr__end_collect(c->id.pidfd, &c->status, &c->usage);
	} while (r == 0 && ctr__left_ms(end));
	return r;
}

/* That it has ended is certain. */
static int collect(ctr_container *c, int timeout_ms, ctr_error *err)
{
	int r = ctr__end_collect(c->id.pidfd, &c->status, &c->usage);

	if (r == 0)
		r = collect_held(c, timeout_ms);
	if (r < 0 && r != -ECHILD)
		return ctr__error_sys(err, -r, "wait for the container", NULL);
	c->reaped = r == 1;
	if (c->reaped)
		take_off_set_up(c);
	c->held = r == 0;
	c->lost = !c->reaped && !ctr__end_ask(c->id.pidfd, c->id.pid, &c->status);
	return 0;
}

/* The init knows the program's own end; its exit code can't tell 130 from SIGINT. */
static void read_init_status(ctr_container *c)
{
	struct ctr__init_record record;

	if (c->status_fd < 0)
		return;
	if (sys_read(c->status_fd, &record, sizeof(record)) == sizeof(record)) {
		c->status = (int)record.status;
		c->ended_us = record.at_us;
		c->lost = false;
	}
}

static int clean_up(ctr_container *c, ctr_error *err)
{
	int r = 0;

	if (!c->id.own_cgroup || c->removed)
		return 0;
	if (!c->id.own_pid_ns)
		r = ctr_cgroup_kill(c->id.cgroup, err);
	if (ctr__cgroup_remove(c->id.cgroup, r ? NULL : err))
		return -1;
	c->removed = true;
	return r;
}

static int report_lost(const ctr_container *c, ctr_error *err)
{
	if (c->held)
		return ctr__error_set(err, CTR_E_LOST, 0, "wait for the container", NULL,
				      "it has ended, but a tracer holds it, and the caller may not "
				      "look at it");
	return ctr__error_set(
		err, CTR_E_LOST, ECHILD, "wait for the container", NULL,
		"it has ended, but the caller ignores SIGCHLD or waits for any child, "
		"and this kernel (before Linux 6.15) keeps no second copy");
}

/* ---- limits on time ---- */

static int64_t wall_left_us(const ctr_container *c)
{
	return c->id.began_us + c->wall_limit_us - ctr__now_us();
}

/* All CPUs together can use it up that fast; 0: it is used up. */
static int64_t cpu_left_us(const ctr_container *c)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	const uint64_t before = c->id.before.value[CTR_USAGE_CPU_US];
	uint64_t used;

	if (!ctr__cgroup_counts(c->id.cgroup, CTR_USAGE_CPU_US, &used))
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

/* Since all of it was killed: how long it may still take to die. INT64_MAX: it was not. */
static int64_t dying_left_us(const ctr_container *c)
{
	const int64_t by = atomic_load(&c->dead_by_ms);

	return by ? ctr__left_ms(by) * 1000 : INT64_MAX;
}

static void start_dying(ctr_container *c)
{
	int64_t not_yet = 0;

	atomic_compare_exchange_strong(&c->dead_by_ms, &not_yet, ctr__now_ms() + DEAD_BOUND_MS);
	ctr__event_arm(&c->event, dying_left_us(c));
}

/* Microseconds until it is to be looked at again, though it has not ended; INT64_MAX: never. */
static int64_t look_left_us(const ctr_container *c)
{
	const int64_t left = dying_left_us(c);
	uint32_t over;

	return left == INT64_MAX && !c->over ? time_left_us(c, &over) : left;
}

/*
 * A program that has nearly used up its CPU time, and sleeps, would have the caller look all the
 * time. And somebody may have killed it since the time was looked at.
 */
static void arm_event(const ctr_container *c)
{
	int64_t left;

	if (!ctr__event_is_open(&c->event))
		return;
	left = look_left_us(c);
	if (c->cpu_limit_us && left < LOOK_AGAIN_US)
		left = LOOK_AGAIN_US;
	ctr__event_arm(&c->event, left);
	if (dying_left_us(c) < left)
		ctr__event_arm(&c->event, dying_left_us(c));
}

CTR_EXPORT int ctr_container_time_left_ms(const ctr_container *container)
{
	int64_t left;

	if (container->ended || is_copy(container))
		return -1;
	left = look_left_us(container);
	return left == INT64_MAX ? -1 : left ? to_ms(left) : 0;
}

/*
 * Kills it if a limit is reached; microseconds until that is to be looked at again. What ends
 * before anybody has looked has not reached one.
 */
static int64_t enforce(ctr_container *c)
{
	uint32_t over;
	int64_t left = c->over ? INT64_MAX : time_left_us(c, &over);

	if (left == 0 && ctr__wait_readable(c->id.pidfd, 0) == 0) {
		ctr_container_kill_all(c, NULL);
		c->over = over;
	}
	if (c->over || left > dying_left_us(c))
		left = dying_left_us(c);
	return left;
}

/* How long to wait until then. */
static int look_after_ms(ctr_container *c, int timeout_ms)
{
	const int64_t left = enforce(c);

	if (c->over && timeout_ms == 0)
		return 1; /* it takes a moment to die */
	if (left == INT64_MAX || (timeout_ms >= 0 && to_ms(left) > timeout_ms))
		return timeout_ms;
	return to_ms(left);
}

/* As ctr__wait_readable(), while the limits on time are kept; -ETIME if it was killed and is still
 * there. */
static int poll_within_limits(ctr_container *c, int timeout_ms)
{
	const int64_t end = ctr__now_ms() + timeout_ms;
	int64_t left = timeout_ms;
	int r;

	do {
		r = ctr__wait_readable(c->id.pidfd, look_after_ms(c, (int)left));
		if (r == 0 && dying_left_us(c) == 0)
			return -ETIME;
		if (timeout_ms >= 0)
			left = ctr__left_ms(end);
	} while (r == 0 && left != 0);
	return r;
}

/* The init says when the program ended; the kernel tells of no other process when it did. */
static int64_t ended_us(const ctr_container *c)
{
	return c->ended_us > c->id.began_us && c->ended_us < c->seen_us ? c->ended_us : c->seen_us;
}

/* What wait4(2) gives; a group that counts knows better. */
static void count_process(ctr_container *c)
{
	const struct rusage *r = &c->usage;
	const uint64_t user = microseconds(&r->ru_utime);
	const uint64_t system = microseconds(&r->ru_stime);

	ctr__usage_set(&c->final, CTR_USAGE_CPU_US, user + system);
	ctr__usage_set(&c->final, CTR_USAGE_USER_US, user);
	ctr__usage_set(&c->final, CTR_USAGE_SYSTEM_US, system);
	ctr__usage_set(&c->final, CTR_USAGE_MAX_RSS_BYTES, (uint64_t)r->ru_maxrss * 1024);
	ctr__usage_set(&c->final, CTR_USAGE_VOLUNTARY_SWITCHES, (uint64_t)r->ru_nvcsw);
	ctr__usage_set(&c->final, CTR_USAGE_INVOLUNTARY_SWITCHES, (uint64_t)r->ru_nivcsw);
	ctr__usage_set(&c->final, CTR_USAGE_MINOR_FAULTS, (uint64_t)r->ru_minflt);
	ctr__usage_set(&c->final, CTR_USAGE_MAJOR_FAULTS, (uint64_t)r->ru_majflt);
}

/* Before the group is gone, and with it what it has counted. */
static void count_final(ctr_container *c)
{
	ctr__usage_set(&c->final, CTR_USAGE_WALL_US, (uint64_t)(ended_us(c) - c->id.began_us));
	if (c->reaped)
		count_process(c);
	ctr__identity_count(&c->id, &c->final);
}

static int report_stuck(ctr_error *err)
{
	return ctr__error_set(
		err, CTR_E_TIMEOUT, 0, "wait for the container", NULL,
		"it was killed %d seconds ago and has not ended: one of its processes "
		"is stuck in the kernel, or a tracer outside does not let go of it",
		DEAD_BOUND_MS / 1000);
}

static int wait_end(ctr_container *c, int timeout_ms, ctr_error *err)
{
	int r = poll_within_limits(c, timeout_ms);

	if (r == 0)
		arm_event(c);
	else
		ctr__event_arm(&c->event, INT64_MAX);
	if (r == -ETIME)
		return report_stuck(err);
	if (r < 0)
		return ctr__error_sys(err, -r, "wait for the container", NULL);
	if (r == 0)
		return 0;
	ctr__identity_kill_process_group(&c->id);
	if (!c->seen_us)
		c->seen_us = ctr__now_us();
	if (collect(c, timeout_ms, err))
		return -1;
	read_init_status(c);
	ctr__outputs_note(&c->outputs);
	count_final(c);
	atomic_store(&c->ended, true);
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
	if (refuse_copy(container, "wait for the container", err))
		return -1;
	if (container->detached)
		return ctr__error_set(err, CTR_E_STATE, 0, "wait for the container", NULL,
				      "it was detached");
	if (!container->ended)
		r = wait_end(container, timeout_ms, err);
	else if (clean_up(container, err)) /* which an earlier call could not do */
		r = -1;
	return r == 1 && container->lost ? report_lost(container, err) : r;
}

/* Whether it has ended, nobody has to wait for it any more, and its group is gone. */
static bool leaves_nothing(const ctr_container *c)
{
	if (c->detached || is_copy(c))
		return true;
	return c->ended && !c->held && (!c->id.own_cgroup || c->removed);
}

/* Of one that was started, which lives, or was not taken care of when it ended. */
static void end_all(ctr_container *c)
{
	if (is_copy(c))
		return;
	if (!c->ended && !c->detached) {
		ctr_container_kill_all(c, NULL);
		ctr_container_wait(c, DEAD_BOUND_MS, NULL);
	}
	if (c->ended)
		clean_up(c, NULL);
	if (leaves_nothing(c))
		return;
	ctr__remains_keep(ctr__fd_take(&c->id.pidfd), c->id.own_cgroup ? c->id.cgroup : NULL);
	if (c->id.own_cgroup)
		c->id.cgroup = NULL;
}

CTR_EXPORT void ctr_container_free(ctr_container *container)
{
	if (!container)
		return;
	end_all(container);
	ctr__fd_close(container->tty);
	ctr__fd_close(container->seccomp_fd);
	ctr__fd_close(container->status_fd);
	ctr__event_close(&container->event);
	ctr__outputs_clear(&container->outputs);
	ctr__identity_clear(&container->id);
	free(container);
	ctr__remains_clear();
}

CTR_EXPORT pid_t ctr_container_pid(const ctr_container *container)
{
	return container->id.pid;
}

CTR_EXPORT pid_t ctr_container_program_pid(const ctr_container *container)
{
	return container->id.program_pid;
}

CTR_EXPORT int ctr_container_pidfd(const ctr_container *container)
{
	return container->id.pidfd;
}

CTR_EXPORT int ctr_container_event_fd(ctr_container *container, ctr_error *err)
{
	int fd;

	if (refuse_copy(container, "make an event descriptor", err))
		return -1;
	if (container->detached)
		return ctr__error_set(err, CTR_E_STATE, 0, "make an event descriptor", NULL,
				      "it was detached: ctr_container_pidfd() is readable at its "
				      "end");
	fd = ctr__event_open(&container->event, container->id.pidfd);
	if (fd < 0)
		return ctr__error_sys(err, -fd, "make an event descriptor", NULL);
	if (!container->ended)
		arm_event(container);
	return fd;
}

CTR_EXPORT int ctr_container_take_tty(ctr_container *container)
{
	return is_copy(container) ? -1 : ctr__fd_take(&container->tty);
}

CTR_EXPORT int ctr_container_take_seccomp_fd(ctr_container *container)
{
	return is_copy(container) ? -1 : ctr__fd_take(&container->seccomp_fd);
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

CTR_EXPORT int ctr_container_exit_signal(const ctr_container *container)
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

CTR_EXPORT int ctr_container_send_signal(const ctr_container *container, int sig, ctr_error *err)
{
	if (refuse_copy(container, "send a signal to the container", err))
		return -1;
	return ctr__identity_send_signal(&container->id, sig, err);
}

CTR_EXPORT int ctr_container_kill_all(ctr_container *container, ctr_error *err)
{
	if (refuse_copy(container, "kill the container", err))
		return -1;
	if (!container->ended && ctr__identity_kill(&container->id, err))
		return -1;
	start_dying(container);
	return ctr__identity_kill_rest(&container->id, err);
}

/* ---- use and control ---- */

/* And did not come to its end just before. */
static bool was_killed(const ctr_container *c)
{
	return WIFSIGNALED(c->status) && WTERMSIG(c->status) == SIGKILL;
}

/*
 * By its signal, or by the exit status with which a shell tells of that of its program, or
 * when it failed after one of its outputs had become as large as it may.
 */
static bool met_output_limit(const ctr_container *c)
{
	const int code = ctr_container_exit_code(c);

	if (!c->outputs.limit)
		return false;
	if (ctr_container_exit_signal(c) == SIGXFSZ || code == 128 + SIGXFSZ)
		return true;
	return c->outputs.met && code != 0;
}

CTR_EXPORT const char *ctr_container_machine(const ctr_container *container)
{
	return container->machine;
}

CTR_EXPORT uint32_t ctr_container_end(const ctr_container *container)
{
	if (!knows_status(container))
		return CTR_END_NONE;
	if (container->over && was_killed(container))
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
	if (refuse_copy(container, "count what the container uses", err))
		return -1;
	*usage = (ctr_usage){ 0 };
	if (!container->ended)
		ctr__identity_stats(&container->id, usage);
	/* Its group may have gone while it was read. */
	if (container->ended)
		*usage = container->final;
	return 0;
}

static int refuse_ended(const ctr_container *c, const char *step, ctr_error *err)
{
	if (refuse_copy(c, step, err))
		return -1;
	return c->ended ? ctr__error_set(err, CTR_E_STATE, 0, step, NULL, "it has ended") : 0;
}

/* A thread that waits may have removed the group meanwhile. */
static int unless_ended(const ctr_container *c, int r, const char *step, ctr_error *err)
{
	return r < 0 && c->ended ? refuse_ended(c, step, err) : r;
}

CTR_EXPORT int ctr_container_freeze(const ctr_container *container, ctr_error *err)
{
	const char *step = "freeze the container";

	if (refuse_ended(container, step, err))
		return -1;
	return unless_ended(container, ctr__identity_freeze(&container->id, err), step, err);
}

CTR_EXPORT int ctr_container_thaw(const ctr_container *container, ctr_error *err)
{
	const char *step = "thaw the container";

	if (refuse_ended(container, step, err))
		return -1;
	return unless_ended(container, ctr__identity_thaw(&container->id, err), step, err);
}

CTR_EXPORT int ctr_container_send_signal_all(const ctr_container *container, int sig,
					     ctr_error *err)
{
	const char *step = "signal all in the container";
	int r;

	if (refuse_ended(container, step, err))
		return -1;
	r = ctr__identity_send_signal_all(&container->id, sig, err);
	return unless_ended(container, r, step, err);
}

CTR_EXPORT int ctr_container_update(const ctr_container *container, const ctr_limits *limits,
				    ctr_error *err)
{
	const char *step = "change the container's limits";
	int r;

	if (refuse_ended(container, step, err))
		return -1;
	r = ctr__identity_update(&container->id, limits, err);
	return unless_ended(container, r, step, err);
}

static int refuse_detach(ctr_error *err, const char *why)
{
	return ctr__error_set(err, CTR_E_STATE, 0, "detach the container", NULL, "%s", why);
}

CTR_EXPORT int ctr_container_detach(ctr_container *container, ctr_error *err)
{
	if (refuse_copy(container, "detach the container", err))
		return -1;
	if (container->ended)
		return refuse_detach(err, "it has ended");
	if (container->die_with_parent)
		return refuse_detach(err, "it dies with the caller: switch that off in the spec");
	if (container->id.own_cgroup)
		return refuse_detach(err, "nobody would remove its control group");
	if (container->wall_limit_us || container->cpu_limit_us)
		return refuse_detach(err, "nobody would keep its limit on time");
	container->detached = true;
	return 0;
}
