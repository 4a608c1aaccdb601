/* SPDX-License-Identifier: MIT */
/* How it has ended. */
#include <signal.h>
#include <sys/wait.h>

#include "base/export.h"
#include "container/container.h"

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
