/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/export.h"
#include "base/maker.h"
#include "base/sys.h"
#include "compile/plan.h"
#include "container/container.h"
#include "container/enter.h"
#include "container/explain.h"
#include "container/given.h"
#include "container/remains.h"
#include "plan/launch.h"

/* What one spawn has open besides the container's own. */
struct spawn {
	const ctr_plan *plan;
	unsigned mode;
	int channel[2];			/* ours, the child's */
	int status;			/* the init's end of its socket */
	int signals;			/* what it reads signals from */
	int events;			/* and waits for all by */
	const struct ctr__given *given; /* by the caller, for this container */
	struct ctr__strv env;		/* of the program, if that is not the plan's */
	int *sources;
	int *trees; /* -1: not made yet */
	int *taken; /* the child's own descriptors */
	bool *layered;
	struct ctr__enter enter;
	int64_t deadline; /* of all waits: ctr__now_ms() */
	ctr_error *err;
};

static void fill_launch(const struct spawn *s, struct ctr__launch *launch)
{
	const ctr_plan *plan = s->plan;

	ctr__launch_init(launch, plan->steps.v, plan->steps.n, s->mode);
	launch->sources = s->sources;
	launch->argv = s->given->args;
	launch->envp = s->env.v;
	launch->trees = s->trees;
	launch->taken = s->taken;
	launch->layered = s->layered;
	launch->n_trees = s->trees ? plan->n_trees : 0;
	launch->n_taken = plan->n_taken;
	launch->n_layers = plan->n_layers;
	launch->n_sources = s->sources ? plan->n_fds : 0;
	launch->helper = plan->helper;
	launch->fd_floor = plan->fd_floor;
	launch->share_memory = plan->share_memory;
	launch->slots[CTR__SLOT_CHANNEL] = s->channel[1];
}

static int open_channel(struct spawn *s, ctr_error *err)
{
	int r = sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s->channel);

	return r < 0 ? ctr__error_sys(err, -r, "open a socket pair", NULL) : 0;
}

/* Out of the way of the descriptors that the program gets. */
static int raise_fd(const struct spawn *s, int *fd, ctr_error *err)
{
	*fd = ctr__fd_raise(*fd, s->plan->fd_floor);
	return *fd < 0 ? ctr__error_sys(err, -*fd, "duplicate a descriptor", NULL) : 0;
}

static void spawn_clear(struct spawn *s)
{
	ctr__fd_close(s->channel[0]);
	ctr__fd_close(s->channel[1]);
	ctr__fd_close(s->status);
	ctr__fd_close(s->signals);
	ctr__fd_close(s->events);
	for (size_t i = 0; s->trees && i < s->plan->n_trees; i++)
		ctr__fd_close(s->trees[i]);
	free(s->trees);
	free(s->taken);
	free(s->layered);
	free(s->sources);
	ctr__strv_clear(&s->env);
}

/* For what the child has to remember of its steps. */
static int make_room(struct spawn *s, ctr_error *err)
{
	s->taken = calloc(s->plan->n_taken + 1, sizeof(*s->taken));
	s->layered = calloc(s->plan->n_layers + 1, sizeof(*s->layered));
	return s->taken && s->layered ? 0 : ctr__error_nomem(err);
}

/* What the caller does while the child waits for it: 0, or -1 with the error. */
static int act(const struct spawn *s, const struct ctr__outcome *at)
{
	const ctr_plan *plan = s->plan;

	if (plan->steps.v[at->step].kind != CTR__STEP_AWAIT_IDS)
		return 0;
	return ctr__mapping_write(&plan->mapping, at->pid, s->deadline, s->err);
}

/* From stop to stop. If the child WAITS after the last one, then for what could not be done. */
static int walk(const struct spawn *s, struct ctr__launching *l, struct ctr__outcome *outcome)
{
	int r;

	do
		r = ctr__launch_next(l, s->deadline, outcome);
	while (r == 0 && outcome->kind == CTR__OUTCOME_WAITS && act(s, outcome) == 0);
	return r;
}

static int launch_child(const struct spawn *s, const struct ctr__launch *launch,
			struct ctr__outcome *outcome)
{
	struct ctr__launching l;
	uint64_t old;
	int r, left;

	ctr__launch_block(&old);
	r = ctr__launch_begin(&l, launch);
	if (r == 0)
		r = walk(s, &l, outcome);
	left = ctr__launch_end(&l);
	ctr__launch_unblock(&old);
	if (left >= 0)
		ctr__remains_keep(left, NULL);
	return r;
}

static const struct ctr__step_bind *tree_of(const struct ctr__step *step, unsigned mode)
{
	const bool mounts = step->kind == CTR__STEP_ROOT || step->kind == CTR__STEP_BIND;

	return mounts && step->bind.tree && (step->modes & mode) ? &step->bind : NULL;
}

/* What the child can't open, or not with these owners. */
static int make_trees(struct spawn *s, ctr_error *err)
{
	const ctr_plan *plan = s->plan;

	s->trees = calloc(plan->n_trees + 1, sizeof(*s->trees));
	if (!s->trees)
		return ctr__error_nomem(err);
	for (size_t i = 0; i < plan->n_trees; i++)
		s->trees[i] = -1;
	for (size_t i = 0; i < plan->steps.n; i++) {
		const struct ctr__step_bind *bind = tree_of(&plan->steps.v[i], s->mode);
		int fd = bind ? ctr__bind_clone(-1, bind) : -1;

		if (!bind)
			continue;
		if (fd < 0)
			return ctr__explain_step(&plan->steps.v[i], -fd, err);
		s->trees[bind->tree - 1] = fd;
	}
	return 0;
}

/* ---- the template ---- */

static int build_template(const ctr_plan *plan, int64_t deadline, ctr_error *err)
{
	const struct ctr__given nothing = { 0 };
	struct spawn s = {
		.plan = plan,
		.mode = CTR__MODE_TEMPLATE,
		.given = &nothing,
		.channel = { -1, -1 },
		.status = -1,
		.signals = -1,
		.events = -1,
		.deadline = deadline,
	};
	struct ctr__launch launch;
	struct ctr__outcome outcome;
	int r;

	if (make_room(&s, err) || make_trees(&s, err) || open_channel(&s, err)) {
		spawn_clear(&s);
		return -1;
	}
	fill_launch(&s, &launch);
	launch.namespaces = CLONE_NEWNS;
	r = launch_child(&s, &launch, &outcome);
	if (r < 0) {
		ctr__explain_clone(plan, -r, err);
	} else if (outcome.kind != CTR__OUTCOME_DONE) {
		r = ctr__explain_outcome(plan, &outcome, err);
	} else {
		r = ctr__fd_receive(s.channel[0]);
		if (r < 0)
			ctr__error_sys(err, -r, "receive the template", NULL);
	}
	spawn_clear(&s);
	return r < 0 ? -1 : r;
}

static int get_template(const ctr_plan *plan, int64_t deadline, ctr_error *err)
{
	struct ctr__template *template = plan->template;
	int fd = atomic_load(&template->fd);

	if (fd >= 0)
		return fd;
	pthread_mutex_lock(&template->lock);
	fd = atomic_load(&template->fd);
	if (fd < 0) {
		fd = build_template(plan, deadline, err);
		atomic_store(&template->fd, fd);
	}
	pthread_mutex_unlock(&template->lock);
	return fd;
}

/* ---- what a container starts with ---- */

/* A descriptor, or -errno. */
static int source_of(const struct spawn *s, const struct ctr__fd *fd)
{
	const size_t target = (size_t)fd->target;
	int r;

	if (ctr__given_is_terminal(s->plan, fd->target))
		return fd->target;
	if (s->given->fds && target < s->given->n_fds && s->given->fds[target] >= 0)
		return s->given->fds[target];
	switch (fd->source) {
	case CTR__FD_INHERIT:
		r = ctr__fd_is_inheritable(fd->target);
		if (r < 0)
			return r;
		return r ? fd->target : s->plan->null_fd;
	case CTR__FD_GIVEN:
		return fd->fd;
	default:
		return s->plan->null_fd;
	}
}

/* Only what comes from outside the plan can be a directory that nobody has named. */
static int check_inherited(const struct ctr__fd *fd, int source, ctr_error *err)
{
	int r;

	if (fd->source != CTR__FD_INHERIT || source != fd->target)
		return 0;
	r = ctr__fd_is_directory(source);
	if (r < 0)
		return ctr__error_sys(err, -r, "look at a descriptor", NULL);
	return r ? ctr__fds_refuse_directory(source, err) : 0;
}

static int choose_sources(struct spawn *s, ctr_error *err)
{
	s->sources = calloc(s->plan->n_fds + 1, sizeof(*s->sources));
	if (!s->sources)
		return ctr__error_nomem(err);
	for (size_t i = 0; i < s->plan->n_fds; i++) {
		s->sources[i] = source_of(s, &s->plan->fds[i]);
		if (s->sources[i] < 0)
			return ctr__error_sys(err, -s->sources[i], "look at a descriptor", NULL);
		if (!ctr__given_is_terminal(s->plan, s->plan->fds[i].target) &&
		    check_inherited(&s->plan->fds[i], s->sources[i], err))
			return -1;
	}
	return 0;
}

/* Standard output and error, where they are the caller's files. */
static int watch_outputs(const struct spawn *s, ctr_container *c, ctr_error *err)
{
	const ctr_plan *plan = s->plan;

	if (!plan->output_limit || plan->tty)
		return 0;
	for (size_t i = 0; i < plan->n_fds; i++) {
		const int target = plan->fds[i].target;
		int r;

		if (target != STDOUT_FILENO && target != STDERR_FILENO)
			continue;
		r = ctr__outputs_watch(&c->outputs, (size_t)(target - STDOUT_FILENO),
				       s->sources[i]);
		if (r < 0)
			return ctr__error_sys(err, -r, "keep a descriptor of the output", NULL);
	}
	return 0;
}

/*
 * The kernel says who sends, by a number of the caller's PID namespace: unix(7). Neither side
 * waits for the other one: a program that traces the init could fill the socket.
 */
static int open_status(struct spawn *s, ctr_container *c, ctr_error *err)
{
	const int on = 1;
	int ends[2];
	int r = sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends);

	if (r < 0)
		return ctr__error_sys(err, -r, "open a socket pair", NULL);
	c->status_fd = ends[0];
	s->status = ends[1];
	r = sys_setsockopt(c->status_fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	return r < 0 ? ctr__error_sys(err, -r, "set a socket up", NULL)
		     : raise_fd(s, &s->status, err);
}

/* It gives whoever reads it that one's own signals; the container's limits may leave no room. */
static int open_signals(struct spawn *s, ctr_error *err)
{
	const uint64_t all = UINT64_MAX;

	s->signals = sys_signalfd(&all);
	return s->signals < 0 ? ctr__error_sys(err, -s->signals, "open a signalfd", NULL)
			      : raise_fd(s, &s->signals, err);
}

static int open_events(struct spawn *s, ctr_error *err)
{
	s->events = sys_epoll_create1(EPOLL_CLOEXEC);
	return s->events < 0 ? ctr__error_sys(err, -s->events, "open an epoll descriptor", NULL)
			     : raise_fd(s, &s->events, err);
}

/* What a group was used for before does not count for this one. */
static int prepare_group(ctr_container *c, const ctr_plan *plan, ctr_error *err)
{
	if (plan->cgroup) {
		c->id.cgroup =
			ctr__cgroup_new(&plan->recipe, NULL, plan->cgroup_optional ? NULL : err);
		c->id.own_cgroup = c->id.cgroup;
		return c->id.cgroup || plan->cgroup_optional ? 0 : -1;
	}
	if (!plan->shared)
		return 0;
	/* A child that is stopped before it has executed would hold the caller up for ever. */
	if (ctr__cgroup_is_frozen(plan->shared))
		return ctr__error_set(err, CTR_E_STATE, 0, "start in control group",
				      ctr_cgroup_path(plan->shared, 0), "it is frozen: thaw it");
	c->id.cgroup = ctr__cgroup_use(plan->shared);
	ctr__identity_use_group(&c->id);
	return 0;
}

static int prepare(struct spawn *s, ctr_container *c, ctr_error *err)
{
	const ctr_plan *plan = s->plan;

	if (prepare_group(c, plan, err))
		return -1;
	if ((plan->tty || plan->listener) && open_channel(s, err))
		return -1;
	if (plan->listener && raise_fd(s, &s->channel[1], err))
		return -1;
	if (plan->init && (open_status(s, c, err) || open_signals(s, err) || open_events(s, err)))
		return -1;
	if (make_room(s, err) || make_trees(s, err) || choose_sources(s, err) ||
	    ctr__given_env(s->given, plan, &s->env, err))
		return -1;
	return watch_outputs(s, c, err);
}

/* ---- the start ---- */

/* Namespaces of a user namespace that it joins can be made only in there. */
static unsigned long born_into(const struct spawn *s)
{
	if (s->plan->joins_user_ns)
		return 0;
	if (s->mode != CTR__MODE_ONESHOT || s->plan->blank >= 0)
		return s->plan->namespaces;
	return s->plan->namespaces | CLONE_NEWNS;
}

static int launch(struct spawn *s, ctr_container *c, ctr_error *err)
{
	const ctr_plan *plan = s->plan;
	struct ctr__outcome outcome;
	struct ctr__entry entry = { .leaf = -1, .born_into = -1 };
	struct ctr__launch l;
	int r;

	fill_launch(s, &l);
	l.namespaces = born_into(s);
	l.changes_ids = plan->changes_ids;
	l.slots[CTR__SLOT_TEMPLATE] = plan->blank;
	if (s->mode == CTR__MODE_JOINED &&
	    (l.slots[CTR__SLOT_TEMPLATE] = get_template(plan, s->deadline, err)) < 0)
		return -1;
	if (c->id.cgroup)
		ctr__cgroup_entry(c->id.cgroup, &entry);
	l.groups = entry.files;
	l.n_groups = entry.n;
	l.leaf = entry.leaf;
	l.group_dir = entry.born_into;
	l.slots[CTR__SLOT_STATUS] = s->status;
	l.slots[CTR__SLOT_SIGNALS] = s->signals;
	l.slots[CTR__SLOT_EVENTS] = s->events;

	ctr__enter_prepare(&s->enter, plan, &l);
	r = launch_child(s, &l, &outcome);
	if (r < 0 && ctr__enter_explain(&s->enter, -r, err))
		return -1;
	if (r < 0)
		return ctr__explain_clone(plan, -r, err);
	if (outcome.kind != CTR__OUTCOME_DONE && ctr__enter_check(&s->enter, err))
		return -1;
	if (outcome.kind == CTR__OUTCOME_WAITS) /* which is told already */
		return -1;
	if (outcome.kind != CTR__OUTCOME_DONE)
		return ctr__explain_outcome(plan, &outcome, err);
	c->id.pid = c->id.program_pid = outcome.pid;
	c->id.pidfd = outcome.pidfd;
	ctr__container_begin(c, &outcome.joined, &outcome.execute);
	return 0;
}

static int take_terminal(const struct spawn *s, ctr_container *c, ctr_error *err)
{
	if (!s->plan->tty)
		return 0;
	c->tty = ctr__fd_receive(s->channel[0]);
	return c->tty < 0 ? ctr__error_sys(err, -c->tty, "receive the terminal", NULL) : 0;
}

static int take_listener(const struct spawn *s, ctr_container *c, ctr_error *err)
{
	if (!s->plan->listener)
		return 0;
	c->seccomp_fd = ctr__fd_receive(s->channel[0]);
	return c->seccomp_fd < 0 ? ctr__error_sys(err, -c->seccomp_fd,
						  "receive the listener of the filter", NULL)
				 : 0;
}

/* Others may hold the other end by the time of the end: never wait for them. */
static int settle_status(struct spawn *s, ctr_container *c, ctr_error *err)
{
	int r;

	if (c->status_fd < 0)
		return 0;
	sys_close(ctr__fd_take(&s->status));
	r = ctr__fd_receive_sender(c->status_fd);
	if (r < 0)
		return ctr__error_sys(err, -r, "learn who the program is", NULL);
	c->id.program_pid = r;
	return 0;
}

static ctr_container *container_new(const ctr_plan *plan)
{
	ctr_container *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->maker = ctr__maker();
	ctr__event_init(&c->event);
	ctr__identity_init(&c->id);
	c->id.init = plan->init;
	c->tty = c->seccomp_fd = c->status_fd = -1;
	c->id.own_pid_ns = plan->own_pid_ns;
	c->id.process_group = plan->process_group;
	c->die_with_parent = plan->die_with_parent;
	c->machine = plan->machine;
	c->wall_limit_us = (int64_t)plan->wall_limit_ms * 1000;
	c->cpu_limit_us = plan->cpu_limit_ms * 1000;
	ctr__outputs_init(&c->outputs, plan->output_limit);
	c->ended = true; /* until there is a process */
	return c;
}

static ctr_container *spawn(const ctr_plan *plan, unsigned mode, const struct ctr__given *given,
			    ctr_error *err)
{
	struct spawn s = {
		.plan = plan,
		.mode = mode,
		.given = given,
		.channel = { -1, -1 },
		.status = -1,
		.signals = -1,
		.events = -1,
		.deadline = ctr__now_ms() + plan->timeout_ms,
		.err = err,
	};
	ctr_container *c = container_new(plan);
	int r;

	ctr__remains_clear();
	if (!c) {
		ctr__error_nomem(err);
		return NULL;
	}
	r = prepare(&s, c, err);
	if (r == 0)
		r = launch(&s, c, err);
	if (r == 0) {
		r = ctr__enter_check(&s.enter, err) || take_terminal(&s, c, err) ||
		    take_listener(&s, c, err) || settle_status(&s, c, err);
	}
	spawn_clear(&s);
	if (r == 0)
		return c;
	ctr_container_free(c);
	return NULL;
}

CTR_EXPORT ctr_container *ctr_plan_spawn_with(const ctr_plan *plan, const int *fds, size_t n_fds,
					      char *const *args, char *const *env, ctr_error *err)
{
	const struct ctr__given given = { .fds = fds, .n_fds = n_fds, .args = args, .env = env };

	if (!plan)
		ctr__error_missing(err, "plan");
	if (!plan || ctr__given_check(&given, plan, err))
		return NULL;
	return spawn(plan, plan->template ? CTR__MODE_JOINED : CTR__MODE_ONESHOT, &given, err);
}

CTR_EXPORT ctr_container *ctr_plan_spawn(const ctr_plan *plan, ctr_error *err)
{
	return ctr_plan_spawn_with(plan, NULL, 0, NULL, NULL, err);
}

CTR_EXPORT ctr_container *ctr_spawn(const ctr_spec *spec, ctr_error *err)
{
	const struct ctr__given nothing = { 0 };
	ctr_plan *plan = ctr__plan_compile(spec, true, err);
	ctr_container *c;

	if (!plan)
		return NULL;
	c = spawn(plan, CTR__MODE_ONESHOT, &nothing, err);
	ctr_plan_free(plan);
	return c;
}
