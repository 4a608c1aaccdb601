/* SPDX-License-Identifier: MIT */
#include "container/enter.h"

#include <sched.h>

#include "base/error.h"
#include "base/sys.h"
#include "container/explain.h"
#include "container/network.h"

static bool is_entered(const struct ctr__step *step)
{
	return step->kind == CTR__STEP_SETNS && step->setns.by_parent;
}

static const char *file_of(unsigned long type)
{
	switch (type) {
	case CLONE_NEWNET:
		return "net";
	case CLONE_NEWUTS:
		return "uts";
	case CLONE_NEWIPC:
		return "ipc";
	default:
		return "cgroup";
	}
}

/* The last one entered is left first. */
static void leave(void *data)
{
	struct ctr__enter *enter = data;

	while (enter->n > 0) {
		const int fd = enter->own[--enter->n];
		const int r = sys_setns(fd, 0);

		if (r < 0)
			enter->lost = -r;
		sys_close(fd);
	}
}

static int open_own(unsigned long type)
{
	int dir = sys_openat(AT_FDCWD, "/proc/thread-self/ns", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	int fd;

	if (dir < 0)
		return dir;
	fd = sys_openat(dir, file_of(type), O_RDONLY | O_CLOEXEC, 0);
	sys_close(dir);
	return fd;
}

static int enter_one(struct ctr__enter *enter, const struct ctr__step_setns *ns)
{
	int own = open_own(ns->types);
	int r = own < 0 ? own : sys_setns(ns->fd, (int)ns->types);

	if (r < 0) {
		ctr__fd_close(own);
		return r;
	}
	enter->own[enter->n++] = own;
	return 0;
}

static int enter_network(struct ctr__enter *enter)
{
	const struct ctr__step_setns network = { .fd = enter->network, .types = CLONE_NEWNET };

	return enter->network < 0 ? 0 : enter_one(enter, &network);
}

static int enter_all(void *data)
{
	struct ctr__enter *enter = data;
	const struct ctr__steps *steps = &enter->plan->steps;
	int r = enter_network(enter);

	if (r < 0)
		return r;
	for (size_t i = 0; i < steps->n; i++) {
		r = is_entered(&steps->v[i]) ? enter_one(enter, &steps->v[i].setns) : 0;
		if (r == 0)
			continue;
		enter->failed = &steps->v[i];
		leave(enter);
		return r;
	}
	return 0;
}

void ctr__enter_prepare(struct ctr__enter *enter, const ctr_plan *plan, struct ctr__launch *launch)
{
	bool enters;

	*enter = (struct ctr__enter){ .plan = plan, .network = ctr__networks_take(plan) };
	enters = enter->network >= 0;
	if (enters)
		launch->namespaces &= ~(unsigned long)CLONE_NEWNET;
	for (size_t i = 0; i < plan->steps.n; i++)
		enters = enters || is_entered(&plan->steps.v[i]);
	if (!enters)
		return;
	launch->enter = enter_all;
	launch->leave = leave;
	launch->enter_data = enter;
}

void ctr__enter_clear(struct ctr__enter *enter)
{
	ctr__fd_close(enter->network);
	enter->network = -1;
}

int ctr__enter_explain(const struct ctr__enter *enter, int errnum, ctr_error *err)
{
	if (ctr__enter_check(enter, err))
		return -1;
	return enter->failed ? ctr__explain_step(enter->failed, errnum, err) : 0;
}

int ctr__enter_check(const struct ctr__enter *enter, ctr_error *err)
{
	if (!enter->lost)
		return 0;
	return ctr__error_set(err, CTR_E_SYSTEM, enter->lost, "return to the caller's namespaces",
			      NULL,
			      "the calling thread is still in a namespace that the container "
			      "joins: end the thread");
}
