/* SPDX-License-Identifier: MIT */
/* What a program has used, as its parent is told at its end. */
#include "base/clock.h"
#include "base/export.h"
#include "container/container.h"

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
void ctr__container_take_off_set_up(ctr_container *c)
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

void ctr__container_count_final(ctr_container *c)
{
	ctr__usage_set(&c->final, CTR_USAGE_WALL_US, (uint64_t)(ended_us(c) - c->id.began_us));
	if (c->reaped)
		count_process(c);
	ctr__identity_count(&c->id, &c->final);
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
