/* SPDX-License-Identifier: MIT */
#include "container/spawn.h"

#include <sched.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/export.h"
#include "base/sys.h"
#include "container/explain.h"
#include "container/remains.h"
#include "container/template.h"

void ctr__spawn_init(struct ctr__spawn *s, const ctr_plan *plan, unsigned mode, ctr_error *err)
{
	*s = (struct ctr__spawn){
		.plan = plan,
		.mode = mode,
		.channel = { -1, -1 },
		.status = -1,
		.signals = -1,
		.events = -1,
		.helper = plan->helper,
		.entry = { .leaf = -1, .born_into = -1 },
		.deadline = ctr__now_ms() + plan->timeout_ms,
		.err = err,
	};
}

/* What the child has copies of. */
static void close_childs(struct ctr__spawn *s)
{
	ctr__fd_close(ctr__fd_take(&s->channel[1]));
	ctr__fd_close(ctr__fd_take(&s->status));
	ctr__fd_close(ctr__fd_take(&s->signals));
	ctr__fd_close(ctr__fd_take(&s->events));
	for (size_t i = 0; s->trees && i < s->plan->n_trees; i++)
		ctr__fd_close(ctr__fd_take(&s->trees[i]));
}

void ctr__spawn_clear(struct ctr__spawn *s)
{
	close_childs(s);
	ctr__fd_close(s->channel[0]);
	free(s->trees);
	free(s->taken);
	free(s->layered);
	free(s->sources);
	ctr__strv_clear(&s->env);
}

/* ---- the child ---- */

void ctr__spawn_fill_launch(const struct ctr__spawn *s, struct ctr__launch *launch)
{
	const ctr_plan *plan = s->plan;

	ctr__launch_init(launch, plan->steps.v, plan->steps.n, s->mode);
	launch->sources = s->sources;
	launch->argv = ctr__given_args(s->given);
	launch->envp = s->env.v;
	launch->trees = s->trees;
	launch->taken = s->taken;
	launch->layered = s->layered;
	launch->n_trees = s->trees ? plan->n_trees : 0;
	launch->n_taken = plan->n_taken;
	launch->n_layers = plan->n_layers;
	launch->n_sources = s->sources ? plan->n_fds : 0;
	launch->helper = s->helper;
	launch->fd_floor = plan->fd_floor;
	launch->share_memory = plan->share_memory && !(s->mode & CTR__MODE_POOLED);
	launch->slots[CTR__SLOT_CHANNEL] = s->channel[1];
}

static const struct ctr__step *step_at(const struct ctr__spawn *s,
				       const struct ctr__outcome *outcome)
{
	return &s->plan->steps.v[outcome->step];
}

static bool is_at_gate(const struct ctr__spawn *s, const struct ctr__outcome *outcome)
{
	return outcome->kind == CTR__OUTCOME_WAITS && step_at(s, outcome)->kind == CTR__STEP_GATE;
}

/* What the caller does while the child waits for it: 0, or -1 with the error. */
static int act(const struct ctr__spawn *s, const struct ctr__outcome *at)
{
	if (step_at(s, at)->kind != CTR__STEP_AWAIT_IDS)
		return 0;
	return ctr__mapping_write(&s->plan->mapping, at->pid, s->deadline, s->err);
}

/*
 * From stop to stop. If the child WAITS after the last one, then at the gate, or for what could
 * not be done.
 */
static int walk(struct ctr__spawn *s, struct ctr__outcome *outcome)
{
	int r;

	do
		r = ctr__launch_next(&s->launching, s->deadline, outcome);
	while (r == 0 && outcome->kind == CTR__OUTCOME_WAITS && !is_at_gate(s, outcome) &&
	       act(s, outcome) == 0);
	return r;
}

static void end_launch(struct ctr__spawn *s)
{
	const int left = ctr__launch_end(&s->launching);

	if (left >= 0)
		ctr__remains_keep(left, NULL);
}

/*
 * Makes the child and follows it to the execution of the program, to its end, or to the gate of a
 * pool, where it stays. 0, or -errno: there is none.
 */
static int launch_child(struct ctr__spawn *s, const struct ctr__launch *launch,
			struct ctr__outcome *outcome)
{
	uint64_t old;
	int r;

	ctr__launch_block(&old);
	r = ctr__launch_begin(&s->launching, launch);
	if (r == 0)
		r = walk(s, outcome);
	if (r < 0 || !is_at_gate(s, outcome))
		end_launch(s);
	ctr__launch_unblock(&old);
	return r;
}

/* ---- the start ---- */

/* Namespaces of a user namespace that it joins can be made only in there. */
static unsigned long born_into(const struct ctr__spawn *s)
{
	if (s->plan->joins_user_ns)
		return 0;
	if (!(s->mode & CTR__MODE_ONESHOT) || s->plan->blank >= 0)
		return s->plan->namespaces;
	return s->plan->namespaces | CLONE_NEWNS;
}

static int fill_start(struct ctr__spawn *s, struct ctr__launch *l)
{
	ctr__spawn_fill_launch(s, l);
	l->namespaces = born_into(s);
	l->changes_ids = s->plan->changes_ids;
	l->groups = s->entry.files;
	l->n_groups = s->entry.n;
	l->leaf = s->entry.leaf;
	l->group_dir = s->entry.born_into;
	l->status = s->container->status_fd;
	l->slots[CTR__SLOT_STATUS] = s->status;
	l->slots[CTR__SLOT_SIGNALS] = s->signals;
	l->slots[CTR__SLOT_EVENTS] = s->events;
	l->slots[CTR__SLOT_TEMPLATE] = s->plan->blank;
	if (!(s->mode & CTR__MODE_JOINED))
		return 0;
	l->slots[CTR__SLOT_TEMPLATE] = ctr__template_get(s->plan, s->deadline, s->err);
	return l->slots[CTR__SLOT_TEMPLATE] < 0 ? -1 : 0;
}

/*
 * The last process in a mount namespace removes its mounts on the way out, and its parent would
 * wait for that: some milliseconds on a busy machine, for the kernel synchronizes all CPUs. What
 * is held is removed when the handle is freed. -1: the kernel is older than Linux 6.11, or the
 * caller may not.
 */
static int hold_mounts(int pidfd)
{
	const int fd = sys_pidfd_get_mnt_ns(pidfd);

	return fd < 0 ? -1 : ctr__fd_raise(fd, 0);
}

/* 0: it executes the program, or is at the gate. */
static int settle(struct ctr__spawn *s, const struct ctr__outcome *outcome)
{
	ctr_container *c = s->container;

	if (is_at_gate(s, outcome)) {
		c->mounts_fd = hold_mounts(s->launching.pidfd);
		return ctr__enter_check(&s->enter, s->err);
	}
	if (outcome->kind != CTR__OUTCOME_DONE && ctr__enter_check(&s->enter, s->err))
		return -1;
	if (outcome->kind == CTR__OUTCOME_WAITS) /* which is told already */
		return -1;
	if (outcome->kind != CTR__OUTCOME_DONE)
		return ctr__explain_outcome(s->plan, outcome, s->err);
	c->id.pid = c->id.program_pid = outcome->pid;
	if (outcome->program)
		c->id.program_pid = outcome->program;
	c->id.pidfd = outcome->pidfd;
	if (c->mounts_fd < 0)
		c->mounts_fd = hold_mounts(c->id.pidfd);
	ctr__container_begin(c, &outcome->joined, &outcome->execute);
	return 0;
}

int ctr__spawn_begin(struct ctr__spawn *s)
{
	struct ctr__outcome outcome;
	struct ctr__launch l;
	int r;

	if (fill_start(s, &l))
		return -1;
	ctr__enter_prepare(&s->enter, s->plan, &l);
	r = launch_child(s, &l, &outcome);
	ctr__enter_clear(&s->enter);
	if (r < 0 && ctr__enter_explain(&s->enter, -r, s->err))
		return -1;
	if (r < 0)
		return ctr__explain_clone(s->plan, -r, s->err);
	close_childs(s);
	return settle(s, &outcome);
}

/* ---- what it has sent ---- */

static int take_terminal(const struct ctr__spawn *s)
{
	ctr_container *c = s->container;

	if (!s->plan->tty)
		return 0;
	c->tty = ctr__fd_receive(s->channel[0]);
	return c->tty < 0 ? ctr__error_sys(s->err, -c->tty, "receive the terminal", NULL) : 0;
}

static int take_listener(const struct ctr__spawn *s)
{
	ctr_container *c = s->container;

	if (!s->plan->listener)
		return 0;
	c->seccomp_fd = ctr__fd_receive(s->channel[0]);
	return c->seccomp_fd < 0 ? ctr__error_sys(s->err, -c->seccomp_fd,
						  "receive the listener of the filter", NULL)
				 : 0;
}

/* Others may hold the other end by the time of the end: never wait for them. */
static int settle_status(const struct ctr__spawn *s)
{
	ctr_container *c = s->container;
	int r;

	if (c->status_fd < 0 || s->launching.program)
		return 0;
	r = ctr__fd_receive_sender(c->status_fd);
	if (r < 0)
		return ctr__error_sys(s->err, -r, "learn who the program is", NULL);
	c->id.program_pid = r;
	return 0;
}

ctr_container *ctr__spawn_finish(struct ctr__spawn *s)
{
	ctr_container *c = s->container;

	if (ctr__enter_check(&s->enter, s->err) || take_terminal(s) || take_listener(s) ||
	    settle_status(s)) {
		ctr__spawn_abandon(s);
		return NULL;
	}
	ctr__spawn_clear(s);
	return c;
}

void ctr__spawn_abandon(struct ctr__spawn *s)
{
	if (s->launching.waits) /* which one that never began does not */
		end_launch(s);
	ctr__spawn_clear(s);
	ctr_container_free(s->container);
}

/* ---- one of a pool ---- */

/* It has died before it followed the order, or the program was replaced. */
static bool is_of_no_use(const struct ctr__spawn *s, const struct ctr__outcome *outcome)
{
	if (outcome->step < 0 || step_at(s, outcome)->kind != CTR__STEP_GATE)
		return false;
	return outcome->kind == CTR__OUTCOME_KILLED ||
	       (outcome->kind == CTR__OUTCOME_FAILED && outcome->errnum == ESTALE);
}

/* Those in the places of the terminal are there. */
static size_t sources_to_send(const struct ctr__spawn *s, const int **fds)
{
	size_t first = 0;

	while (first < s->plan->n_fds &&
	       ctr__given_is_terminal(s->plan, s->plan->fds[first].target))
		first++;
	*fds = s->sources + first;
	return s->plan->n_fds - first;
}

int ctr__spawn_order(struct ctr__spawn *s, bool may_fail)
{
	const int *fds;
	const size_t n_fds = sources_to_send(s, &fds);
	struct ctr__outcome outcome;
	uint64_t old;
	int r;

	ctr__launch_block(&old);
	r = ctr__launch_order(&s->launching, ctr__given_args(s->given), s->env.v, fds, n_fds,
			      !s->container->id.own_cgroup && s->container->id.cgroup);
	if (r == 0)
		r = walk(s, &outcome);
	end_launch(s);
	ctr__launch_unblock(&old);
	if (r == -E2BIG)
		return ctr__error_set(s->err, CTR_E_SYSTEM, E2BIG, "start a child of the pool",
				      NULL, "the arguments and the environment are too large");
	if (r < 0)
		return ctr__error_sys(s->err, -r, "start a child of the pool", NULL);
	return may_fail && is_of_no_use(s, &outcome) ? 1 : settle(s, &outcome);
}

/* ---- for callers ---- */

static ctr_container *spawn(const ctr_plan *plan, unsigned mode, const ctr_given *given,
			    ctr_error *err)
{
	struct ctr__spawn s;

	ctr__remains_clear();
	ctr__spawn_init(&s, plan, mode, err);
	s.given = given;
	if (ctr__spawn_prepare(&s) == 0 && ctr__spawn_begin(&s) == 0)
		return ctr__spawn_finish(&s);
	ctr__spawn_abandon(&s);
	return NULL;
}

CTR_EXPORT ctr_container *ctr_plan_spawn_with(const ctr_plan *plan, const ctr_given *given,
					      ctr_error *err)
{
	if (!plan)
		ctr__error_missing(err, "plan");
	if (!plan || ctr__given_check(given, plan, err))
		return NULL;
	return spawn(plan, plan->template ? CTR__MODE_JOINED : CTR__MODE_ONESHOT, given, err);
}

CTR_EXPORT ctr_container *ctr_plan_spawn(const ctr_plan *plan, ctr_error *err)
{
	return ctr_plan_spawn_with(plan, NULL, err);
}

CTR_EXPORT ctr_container *ctr_spawn(const ctr_spec *spec, ctr_error *err)
{
	ctr_plan *plan = ctr__plan_compile(spec, true, err);
	ctr_container *c;

	if (!plan)
		return NULL;
	c = spawn(plan, CTR__MODE_ONESHOT, NULL, err);
	ctr_plan_free(plan);
	return c;
}
