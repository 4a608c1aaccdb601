/* SPDX-License-Identifier: MIT */
/* What a container starts with: its handle, its group, descriptors, and what its init needs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/maker.h"
#include "base/sys.h"
#include "container/explain.h"
#include "container/spawn.h"

/* ---- what the child needs ---- */

static int open_channel(struct ctr__spawn *s)
{
	int r = sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s->channel);

	return r < 0 ? ctr__error_sys(s->err, -r, "open a socket pair", NULL) : 0;
}

/* Out of the way of the descriptors that the program gets. */
static int raise_fd(const struct ctr__spawn *s, int *fd)
{
	*fd = ctr__fd_raise(*fd, s->plan->fd_floor);
	return *fd < 0 ? ctr__error_sys(s->err, -*fd, "duplicate a descriptor", NULL) : 0;
}

int ctr__spawn_make_room(struct ctr__spawn *s)
{
	s->taken = calloc(s->plan->n_taken + 1, sizeof(*s->taken));
	s->layered = calloc(s->plan->n_layers + 1, sizeof(*s->layered));
	return s->taken && s->layered ? 0 : ctr__error_nomem(s->err);
}

static const struct ctr__step_bind *tree_of(const struct ctr__step *step, unsigned mode)
{
	const bool mounts = step->kind == CTR__STEP_ROOT || step->kind == CTR__STEP_BIND;

	return mounts && step->bind.tree && (step->modes & mode) ? &step->bind : NULL;
}

/* What the child can't open, or not with these owners. */
int ctr__spawn_make_trees(struct ctr__spawn *s)
{
	const ctr_plan *plan = s->plan;

	s->trees = calloc(plan->n_trees + 1, sizeof(*s->trees));
	if (!s->trees)
		return ctr__error_nomem(s->err);
	for (size_t i = 0; i < plan->n_trees; i++)
		s->trees[i] = -1;
	for (size_t i = 0; i < plan->steps.n; i++) {
		const struct ctr__step_bind *bind = tree_of(&plan->steps.v[i], s->mode);
		int fd = bind ? ctr__bind_clone(-1, bind) : -1;

		if (!bind)
			continue;
		if (fd < 0)
			return ctr__explain_step(&plan->steps.v[i], -fd, s->err);
		s->trees[bind->tree - 1] = fd;
	}
	return 0;
}

/* ---- the program's descriptors ---- */

static bool is_pooled(const struct ctr__spawn *s)
{
	return s->mode & CTR__MODE_POOLED;
}

/* A descriptor, or -errno. */
static int source_of(const struct ctr__spawn *s, const struct ctr__fd *fd)
{
	const int given = ctr__given_fd(s->given, fd->target);
	int r;

	if (ctr__given_is_terminal(s->plan, fd->target))
		return fd->target;
	if (given >= 0)
		return given;
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

static int choose_sources(struct ctr__spawn *s)
{
	for (size_t i = 0; i < s->plan->n_fds; i++) {
		s->sources[i] = source_of(s, &s->plan->fds[i]);
		if (s->sources[i] < 0)
			return ctr__error_sys(s->err, -s->sources[i], "look at a descriptor", NULL);
		if (!ctr__given_is_terminal(s->plan, s->plan->fds[i].target) &&
		    check_inherited(&s->plan->fds[i], s->sources[i], s->err))
			return -1;
	}
	return 0;
}

/* A child that waits has nothing of the caller's open. */
static int make_sources(struct ctr__spawn *s)
{
	s->sources = calloc(s->plan->n_fds + 1, sizeof(*s->sources));
	if (!s->sources)
		return ctr__error_nomem(s->err);
	if (!is_pooled(s))
		return choose_sources(s);
	for (size_t i = 0; i < s->plan->n_fds; i++)
		s->sources[i] = ctr__given_is_terminal(s->plan, s->plan->fds[i].target)
					? s->plan->fds[i].target
					: s->plan->null_fd;
	return 0;
}

/* Standard output and error, where they are the caller's files. */
static int watch_outputs(const struct ctr__spawn *s)
{
	const ctr_plan *plan = s->plan;

	if (!plan->output_limit || plan->tty)
		return 0;
	for (size_t i = 0; i < plan->n_fds; i++) {
		const int target = plan->fds[i].target;
		int r;

		if (target != STDOUT_FILENO && target != STDERR_FILENO)
			continue;
		r = ctr__outputs_watch(&s->container->outputs, (size_t)(target - STDOUT_FILENO),
				       s->sources[i]);
		if (r < 0)
			return ctr__error_sys(s->err, -r, "keep a descriptor of the output", NULL);
	}
	return 0;
}

/* ---- the init ---- */

/*
 * The kernel says who sends, by a number of the caller's PID namespace: unix(7). Neither side
 * waits for the other one: a program that traces the init could fill the socket.
 */
static int open_status(struct ctr__spawn *s)
{
	const int on = 1;
	int ends[2];
	int r = sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends);

	if (r < 0)
		return ctr__error_sys(s->err, -r, "open a socket pair", NULL);
	s->container->status_fd = ends[0];
	s->status = ends[1];
	r = sys_setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	return r < 0 ? ctr__error_sys(s->err, -r, "set a socket up", NULL)
		     : raise_fd(s, &s->status);
}

/* It gives whoever reads it that one's own signals; the container's limits may leave no room. */
static int open_signals(struct ctr__spawn *s)
{
	const uint64_t all = UINT64_MAX;

	s->signals = sys_signalfd(&all);
	return s->signals < 0 ? ctr__error_sys(s->err, -s->signals, "open a signalfd", NULL)
			      : raise_fd(s, &s->signals);
}

static int open_events(struct ctr__spawn *s)
{
	s->events = sys_epoll_create1(EPOLL_CLOEXEC);
	return s->events < 0 ? ctr__error_sys(s->err, -s->events, "open an epoll descriptor", NULL)
			     : raise_fd(s, &s->events);
}

static int prepare_init(struct ctr__spawn *s)
{
	if (!s->plan->init)
		return 0;
	return open_status(s) || open_signals(s) || open_events(s) ? -1 : 0;
}

/* ---- the control group ---- */

/* What a group was used for before does not count for this one. */
static int use_group(struct ctr__spawn *s, ctr_cgroup *group)
{
	struct ctr__identity *id = &s->container->id;

	/* A child that is stopped before it has executed would hold the caller up for ever. */
	if (ctr__cgroup_is_frozen(group))
		return ctr__error_set(s->err, CTR_E_STATE, 0, "start in control group",
				      ctr_cgroup_path(group, 0), "it is frozen: thaw it");
	id->cgroup = ctr__cgroup_use(group);
	ctr__identity_use_group(id);
	ctr__cgroup_entry(id->cgroup, &s->entry);
	return 0;
}

static ctr_cgroup *shared_group(const struct ctr__spawn *s)
{
	return s->given && s->given->cgroup ? s->given->cgroup : s->plan->shared;
}

static int make_group(struct ctr__spawn *s)
{
	const ctr_plan *plan = s->plan;
	struct ctr__identity *id = &s->container->id;

	id->cgroup = ctr__cgroup_new(&plan->recipe, NULL, plan->cgroup_optional ? NULL : s->err);
	id->own_cgroup = id->cgroup;
	if (!id->cgroup)
		return plan->cgroup_optional ? 0 : -1;
	ctr__cgroup_entry(id->cgroup, &s->entry);
	return 0;
}

/* A child that waits is in no group that is not its own. */
static int prepare_group(struct ctr__spawn *s)
{
	if (s->plan->cgroup)
		return make_group(s);
	return shared_group(s) && !is_pooled(s) ? use_group(s, shared_group(s)) : 0;
}

/* What the caller gives it in the place of the plan's. */
static int give_limits(struct ctr__spawn *s)
{
	ctr_container *c = s->container;
	const ctr_given *given = s->given;
	uint64_t used;

	if (!given)
		return 0;
	if (!ctr__limits_is_empty(&given->limits) &&
	    ctr__identity_update(&c->id, &given->limits, s->err))
		return -1;
	if (given->set_wall_limit)
		c->wall_limit_us = (int64_t)given->wall_limit_ms * 1000;
	if (given->set_cpu_limit)
		c->cpu_limit_us = given->cpu_limit_ms * 1000;
	if (!given->set_cpu_limit || !given->cpu_limit_ms ||
	    (c->id.cgroup && ctr__cgroup_counts(c->id.cgroup, CTR_USAGE_CPU_US, &used)))
		return 0;
	return ctr__error_set(s->err, CTR_E_INVALID, 0, "limit CPU time", NULL,
			      "the container is in no control group that counts CPU time");
}

/* ---- all of it ---- */

static ctr_container *container_new(const ctr_plan *plan)
{
	ctr_container *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->maker = ctr__maker();
	ctr__event_init(&c->event);
	ctr__identity_init(&c->id);
	c->id.init = plan->init;
	c->tty = c->seccomp_fd = c->status_fd = c->mounts_fd = -1;
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

int ctr__spawn_prepare(struct ctr__spawn *s)
{
	const ctr_plan *plan = s->plan;

	s->container = container_new(plan);
	if (!s->container)
		return ctr__error_nomem(s->err);
	if (prepare_group(s) || give_limits(s))
		return -1;
	if ((plan->tty || plan->listener) && open_channel(s))
		return -1;
	if (plan->listener && raise_fd(s, &s->channel[1]))
		return -1;
	if (prepare_init(s) || ctr__spawn_make_room(s) || ctr__spawn_make_trees(s) ||
	    make_sources(s) || ctr__given_env(s->given, plan, &s->env, s->err))
		return -1;
	return is_pooled(s) ? 0 : watch_outputs(s);
}

/* ---- for one of a pool ---- */

/* By the caller, for the child may have given up the right to it. */
static int put_into_group(struct ctr__spawn *s, pid_t pid)
{
	char text[16];
	const size_t length = (size_t)snprintf(text, sizeof(text), "%d", (int)pid);
	long n = 0;

	for (size_t i = 0; n >= 0 && i < s->entry.n; i++)
		n = sys_write(s->entry.files[i], text, length);
	if (n >= 0 || n == -ESRCH) /* it has ended: what follows says so */
		return 0;
	return ctr__error_sys(s->err, (int)-n, "start in control group",
			      ctr_cgroup_path(s->container->id.cgroup, 0));
}

static int join_group(struct ctr__spawn *s)
{
	const struct ctr__launching *l = &s->launching;

	if (!shared_group(s))
		return 0;
	if (use_group(s, shared_group(s)) || put_into_group(s, l->pid))
		return -1;
	return l->program ? put_into_group(s, l->program) : 0;
}

int ctr__spawn_prepare_order(struct ctr__spawn *s)
{
	if (join_group(s) || give_limits(s) || choose_sources(s) ||
	    ctr__given_env(s->given, s->plan, &s->env, s->err))
		return -1;
	return watch_outputs(s);
}
