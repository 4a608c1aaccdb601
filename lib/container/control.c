/* SPDX-License-Identifier: MIT */
/* What any process may do to a container that knows which one it is, by the handle. */
#include "base/error.h"
#include "base/export.h"
#include "container/container.h"

CTR_EXPORT int ctr_container_send_signal(const ctr_container *container, int sig, ctr_error *err)
{
	if (ctr__container_refuse_copy(container, "send a signal to the container", err))
		return -1;
	return ctr__identity_send_signal(&container->id, sig, err);
}

CTR_EXPORT int ctr_container_kill_all(ctr_container *container, ctr_error *err)
{
	if (ctr__container_refuse_copy(container, "kill the container", err))
		return -1;
	if (!container->ended && ctr__identity_kill(&container->id, err))
		return -1;
	ctr__deadline_after_kill(container);
	return ctr__identity_kill_rest(&container->id, err);
}

CTR_EXPORT int ctr_container_stats(const ctr_container *container, ctr_usage *usage, ctr_error *err)
{
	if (ctr__container_refuse_copy(container, "count what the container uses", err))
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
	if (ctr__container_refuse_copy(c, step, err))
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
