/* SPDX-License-Identifier: MIT */
#include "container/network.h"

#include <sched.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/export.h"
#include "base/maker.h"
#include "base/sys.h"
#include "container/explain.h"
#include "container/remains.h"
#include "plan/keep.h"

#define READY_MAX 1024

static const struct ctr__step steps[] = {
	{ .kind = CTR__STEP_RESET_SIGNALS, .modes = CTR__MODE_TEMPLATE },
	{ .kind = CTR__STEP_NO_CORE_DUMP, .modes = CTR__MODE_TEMPLATE },
	{ .kind = CTR__STEP_LOOPBACK, .modes = CTR__MODE_TEMPLATE },
	{ .kind = CTR__STEP_KEEP_NETWORK, .modes = CTR__MODE_TEMPLATE },
};

/* ---- making one ---- */

static int explain(const struct ctr__outcome *outcome, ctr_error *err)
{
	if (outcome->kind == CTR__OUTCOME_FAILED && outcome->step >= 0)
		return ctr__explain_step(&steps[outcome->step], outcome->errnum, err);
	return ctr__error_set(err, CTR_E_KILLED, 0, "prepare a network namespace", NULL,
			      "the child that makes it was killed");
}

static int make(const ctr_plan *plan, ctr_error *err)
{
	struct ctr__outcome outcome;
	struct ctr__launch l;
	int fd, r;

	ctr__launch_init(&l, steps, sizeof(steps) / sizeof(steps[0]), CTR__MODE_TEMPLATE);
	l.namespaces = CLONE_NEWNET;
	l.share_memory = ctr__launch_can_share();
	l.timeout_ms = plan->timeout_ms;
	r = ctr__keep(&l, &fd, 1, &outcome);
	if (outcome.left >= 0)
		ctr__remains_keep(outcome.left, NULL);
	if (r < 0)
		return ctr__explain_clone(plan, -r, err);
	if (outcome.kind != CTR__OUTCOME_DONE)
		return explain(&outcome, err);
	return fd < 0 ? ctr__error_sys(err, -fd, "receive a network namespace", NULL) : fd;
}

/* ---- those that are ready ---- */

/* A forked copy has the same descriptors: both would use one namespace. */
static bool is_copy(const struct ctr__networks *networks)
{
	return networks->maker != ctr__maker();
}

int ctr__networks_take(const ctr_plan *plan)
{
	struct ctr__networks *networks = plan->networks;
	int fd = -1;

	if (!networks || is_copy(networks))
		return -1;
	pthread_mutex_lock(&networks->lock);
	if (networks->n)
		fd = networks->ready[--networks->n];
	pthread_mutex_unlock(&networks->lock);
	return fd;
}

/* 1: more are wanted, 0: there are enough, and fd was not needed, or -1 with the error. */
static int keep(struct ctr__networks *networks, int fd, size_t n, ctr_error *err)
{
	int *grown;
	int r = 0;

	pthread_mutex_lock(&networks->lock);
	if (networks->n < n) {
		grown = reallocarray(networks->ready, networks->n + 1, sizeof(*grown));
		networks->ready = grown ? grown : networks->ready;
		r = grown ? 1 : ctr__error_nomem(err);
	}
	if (r == 1)
		networks->ready[networks->n++] = fd;
	pthread_mutex_unlock(&networks->lock);
	if (r != 1)
		sys_close(fd);
	return r;
}

static bool has(struct ctr__networks *networks, size_t n)
{
	bool enough;

	pthread_mutex_lock(&networks->lock);
	enough = networks->n >= n;
	pthread_mutex_unlock(&networks->lock);
	return enough;
}

static int check(const ctr_plan *plan, size_t n, ctr_error *err)
{
	if (!plan)
		return ctr__error_missing(err, "plan");
	if (n > READY_MAX)
		return ctr__error_number(err, "number of network namespaces", n, "0 to 1024");
	if (!plan->networks)
		return ctr__error_set(err, CTR_E_INVALID, 0, "prepare a network namespace", NULL,
				      "the plan creates none, or creates it in a user namespace, "
				      "which each container has for itself");
	if (!is_copy(plan->networks))
		return 0;
	return ctr__error_set(err, CTR_E_STATE, 0, "prepare a network namespace", NULL,
			      "the plan belongs to another process, of which this one is a "
			      "forked copy");
}

CTR_EXPORT int ctr_plan_prepare_networks(const ctr_plan *plan, size_t n, ctr_error *err)
{
	int r = 1;

	if (check(plan, n, err))
		return -1;
	while (r == 1 && !has(plan->networks, n)) {
		const int fd = make(plan, err);

		r = fd < 0 ? -1 : keep(plan->networks, fd, n, err);
	}
	return r < 0 ? -1 : 0;
}
