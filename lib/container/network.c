/* SPDX-License-Identifier: MIT */
#include "container/network.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/export.h"
#include "base/maker.h"
#include "base/sys.h"
#include "container/explain.h"
#include "plan/launch.h"

#define READY_MAX 1024

static const struct ctr__step steps[] = {
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

static int launch(const ctr_plan *plan, int channel, ctr_error *err)
{
	struct ctr__outcome outcome;
	struct ctr__launch l;
	int r;

	ctr__launch_init(&l, steps, sizeof(steps) / sizeof(steps[0]), CTR__MODE_TEMPLATE);
	l.namespaces = CLONE_NEWNET;
	l.share_memory = ctr__launch_can_share();
	l.timeout_ms = plan->timeout_ms;
	l.slots[CTR__SLOT_CHANNEL] = channel;
	r = ctr__launch(&l, &outcome);
	ctr__fd_close(outcome.left);
	if (r < 0)
		return ctr__explain_clone(plan, -r, err);
	return outcome.kind == CTR__OUTCOME_DONE ? 0 : explain(&outcome, err);
}

static int make(const ctr_plan *plan, ctr_error *err)
{
	int ends[2];
	int r = sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);

	if (r < 0)
		return ctr__error_sys(err, -r, "open a socket pair", NULL);
	r = launch(plan, ends[1], err);
	if (r == 0) {
		r = ctr__fd_receive(ends[0]);
		if (r < 0)
			ctr__error_sys(err, -r, "receive a network namespace", NULL);
	}
	sys_close(ends[0]);
	sys_close(ends[1]);
	return r < 0 ? -1 : r;
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
