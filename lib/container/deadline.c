/* SPDX-License-Identifier: MIT */
/* Limits on time: until when a container may run, and how long it may take to die. */
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/export.h"
#include "base/wait.h"
#include "container/container.h"

#define LOOK_AGAIN_US 10000

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

void ctr__deadline_after_kill(ctr_container *c)
{
	int64_t not_yet = 0;

	atomic_compare_exchange_strong(&c->dead_by_ms, &not_yet,
				       ctr__now_ms() + CTR__DEAD_BOUND_MS);
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
void ctr__deadline_arm_event(const ctr_container *c)
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

	if (container->ended || ctr__container_is_copy(container))
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

int ctr__deadline_poll(ctr_container *c, int timeout_ms)
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
