/* SPDX-License-Identifier: MIT */
/* The descriptors of the program, and where one of a pool waits for them. */
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/sys.h"
#include "compile/compile.h"

/*
 * By a pidfd in it the init sees the caller's end. With CAP_SYS_PTRACE where the caller is, the
 * program could take that pidfd, and by it what the caller has open: then it is the end of the
 * calling thread that counts.
 */
bool ctr__compile_may_know_caller(const struct ctr__compile *c)
{
	return c->plan->init && c->plan->die_with_parent &&
	       (c->plan->own_user_ns || !(c->caps.bounding >> CAP_SYS_PTRACE & 1));
}

static int fill_fds(struct ctr__compile *c, struct ctr__step_fds *fds)
{
	ctr_plan *plan = c->plan;
	int *targets = ctr__steps_alloc(&plan->steps, plan->n_fds, sizeof(*targets));

	if (!targets)
		return ctr__error_nomem(c->err);
	for (size_t i = 0; i < plan->n_fds; i++)
		targets[i] = plan->fds[i].target;
	*fds = (struct ctr__step_fds){
		.targets = targets,
		.n = plan->n_fds,
		.fd_floor = plan->fd_floor,
		.keep_channel = plan->listener,
		.keep_parent = ctr__compile_may_know_caller(c),
		.keep_program = plan->program >= 0,
		.program = plan->program,
	};
	return 0;
}

int ctr__compile_fds_step(struct ctr__compile *c, enum ctr__step_kind kind)
{
	struct ctr__step step = { .kind = kind, .modes = CTR__MODE_RUN };

	if (fill_fds(c, &step.fds))
		return -1;
	return ctr__compile_add(c, &step);
}

/* Behind the filter of system calls and the init where it can: what is left takes the least time.
 */
int ctr__compile_gate(struct ctr__compile *c)
{
	struct ctr__step step = {
		.kind = CTR__STEP_GATE,
		.modes = CTR__MODE_POOLED,
		.gate = {
			.terminal = c->plan->tty,
			.behind_init = c->in_init,
			.measure = ctr__compile_lets_measure(c),
			.program = c->program,
		},
	};

	if (c->gated)
		return 0;
	c->gated = true;
	return fill_fds(c, &step.gate.fds) ? -1 : ctr__compile_add(c, &step);
}

static int copy_fd(struct ctr__compile *c, const struct ctr__fd *from)
{
	struct ctr__fd *to = &c->plan->fds[c->plan->n_fds];

	*to = *from;
	to->fd = from->fd < 0 ? -1 : ctr__fd_dup(from->fd, 0);
	if (from->fd >= 0 && to->fd < 0)
		return ctr__error_sys(c->err, -to->fd, "duplicate a descriptor", NULL);
	c->plan->n_fds++;
	return 0;
}

/* Each source is moved above all targets for a moment: one number at least is needed there. */
static int check_fd_limit(const struct ctr__compile *c)
{
	struct rlimit64 limit;
	int r = sys_prlimit(RLIMIT_NOFILE, NULL, &limit);

	if (r < 0)
		return ctr__error_sys(c->err, -r, "read the limit on open descriptors", NULL);
	if ((uint64_t)c->plan->fd_floor < limit.rlim_cur)
		return 0;
	return ctr__error_set(
		c->err, CTR_E_SYSTEM, EMFILE, "place a descriptor", NULL,
		"target %d is above the caller's limit on open descriptors, %llu: see ulimit -n",
		c->plan->fd_floor - 1, (unsigned long long)limit.rlim_cur);
}

int ctr__compile_fds(struct ctr__compile *c)
{
	const ctr_spec *spec = c->spec;
	ctr_plan *plan = c->plan;

	plan->fds = calloc(spec->process.fds.n + 1, sizeof(*plan->fds));
	if (!plan->fds)
		return ctr__error_nomem(c->err);
	for (size_t i = 0; i < spec->process.fds.n; i++)
		if (copy_fd(c, &spec->process.fds.v[i]))
			return -1;
	plan->fd_floor = STDERR_FILENO + 1;
	if (plan->n_fds && plan->fds[plan->n_fds - 1].target >= plan->fd_floor)
		plan->fd_floor = plan->fds[plan->n_fds - 1].target + 1;
	if (check_fd_limit(c))
		return -1;
	plan->null_fd = ctr__fd_open_null(O_RDWR);
	return plan->null_fd < 0 ? ctr__error_sys(c->err, -plan->null_fd, "open", "/dev/null") : 0;
}
