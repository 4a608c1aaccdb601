/* SPDX-License-Identifier: MIT */
#include "container/container.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/export.h"
#include "base/fd.h"
#include "base/maker.h"
#include "container/remains.h"

bool ctr__container_is_copy(const ctr_container *c)
{
	return c->maker != ctr__maker();
}

int ctr__container_refuse_copy(const ctr_container *c, const char *step, ctr_error *err)
{
	if (!ctr__container_is_copy(c))
		return 0;
	return ctr__error_set(err, CTR_E_STATE, 0, step, NULL,
			      "it belongs to another process, of which this one is a forked copy");
}

/* Whether it has ended, nobody has to wait for it any more, and its group is gone. */
static bool leaves_nothing(const ctr_container *c)
{
	if (c->detached || ctr__container_is_copy(c))
		return true;
	return c->ended && !c->held && (!c->id.own_cgroup || c->removed);
}

/* Of one that was started, which lives, or was not taken care of when it ended. */
static void end_all(ctr_container *c)
{
	if (ctr__container_is_copy(c))
		return;
	if (!c->ended && !c->detached) {
		ctr_container_kill_all(c, NULL);
		ctr_container_wait(c, CTR__DEAD_BOUND_MS, NULL);
	}
	if (c->ended)
		ctr__container_clean_up(c, NULL);
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
	ctr__fd_close(container->mounts_fd);
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

CTR_EXPORT const char *ctr_container_machine(const ctr_container *container)
{
	return container->machine;
}

CTR_EXPORT int ctr_container_event_fd(ctr_container *container, ctr_error *err)
{
	int fd;

	if (ctr__container_refuse_copy(container, "make an event descriptor", err))
		return -1;
	if (container->detached)
		return ctr__error_set(err, CTR_E_STATE, 0, "make an event descriptor", NULL,
				      "it was detached: ctr_container_pidfd() is readable at its "
				      "end");
	fd = ctr__event_open(&container->event, container->id.pidfd);
	if (fd < 0)
		return ctr__error_sys(err, -fd, "make an event descriptor", NULL);
	if (!container->ended)
		ctr__deadline_arm_event(container);
	return fd;
}

CTR_EXPORT int ctr_container_take_tty(ctr_container *container)
{
	return ctr__container_is_copy(container) ? -1 : ctr__fd_take(&container->tty);
}

CTR_EXPORT int ctr_container_take_seccomp_fd(ctr_container *container)
{
	return ctr__container_is_copy(container) ? -1 : ctr__fd_take(&container->seccomp_fd);
}

static int refuse_detach(ctr_error *err, const char *why)
{
	return ctr__error_set(err, CTR_E_STATE, 0, "detach the container", NULL, "%s", why);
}

CTR_EXPORT int ctr_container_detach(ctr_container *container, ctr_error *err)
{
	if (ctr__container_refuse_copy(container, "detach the container", err))
		return -1;
	if (container->ended)
		return refuse_detach(err, "it has ended");
	if (container->die_with_parent)
		return refuse_detach(
			err, "it is killed when the caller ends: switch that off in the spec");
	if (container->id.own_cgroup)
		return refuse_detach(err, "its control group would never be removed");
	if (container->wall_limit_us || container->cpu_limit_us)
		return refuse_detach(err, "its time limit could no longer be enforced");
	ctr__fd_close(ctr__fd_take(&container->mounts_fd));
	container->detached = true;
	return 0;
}
