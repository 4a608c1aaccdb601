/* SPDX-License-Identifier: MIT */
/* The end of a container, for its parent. */
#include <errno.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/export.h"
#include "base/sys.h"
#include "base/wait.h"
#include "container/container.h"
#include "container/end.h"
#include "plan/init.h"

#define HELD_BOUND_MS 100 /* for a tracer to let go of what has ended */

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
		ctr__container_take_off_set_up(c);
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

int ctr__container_clean_up(ctr_container *c, ctr_error *err)
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

static int report_stuck(ctr_error *err)
{
	return ctr__error_set(err, CTR_E_TIMEOUT, 0, "wait for the container", NULL,
			      "it was killed %d seconds ago and has not ended: one of its "
			      "processes is stuck in the kernel, or a tracer outside holds it",
			      CTR__DEAD_BOUND_MS / 1000);
}

static int wait_end(ctr_container *c, int timeout_ms, ctr_error *err)
{
	int r = ctr__deadline_poll(c, timeout_ms);

	if (r == 0)
		ctr__deadline_arm_event(c);
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
	ctr__container_count_final(c);
	atomic_store(&c->ended, true);
	return ctr__container_clean_up(c, err) ? -1 : 1;
}

CTR_EXPORT int ctr_container_wait(ctr_container *container, int timeout_ms, ctr_error *err)
{
	char text[16];
	int r = 1;

	if (timeout_ms < -1) {
		snprintf(text, sizeof(text), "%d", timeout_ms);
		return ctr__error_value(err, "time to wait", text, "-1 or more milliseconds");
	}
	if (ctr__container_refuse_copy(container, "wait for the container", err))
		return -1;
	if (container->detached)
		return ctr__error_set(err, CTR_E_STATE, 0, "wait for the container", NULL,
				      "it was detached");
	if (!container->ended)
		r = wait_end(container, timeout_ms, err);
	else if (ctr__container_clean_up(container, err)) /* which an earlier call could not do */
		r = -1;
	return r == 1 && container->lost ? report_lost(container, err) : r;
}
