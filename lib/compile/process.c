/* SPDX-License-Identifier: MIT */
/* What the process is to be like, after the files: names, directory, limits, rights. */
#include <errno.h>
#include <sys/resource.h>

#include "base/error.h"
#include "base/fd.h"
#include "compile/compile.h"

const char *ctr__compile_hostname(const ctr_spec *spec)
{
	const struct ctr__ns *uts = ctr__spec_ns(spec, CTR_NS_UTS);

	if (spec->namespaces.hostname || !ctr__ns_is_new(uts))
		return spec->namespaces.hostname;
	return "container";
}

int ctr__compile_uts(struct ctr__compile *c)
{
	const char *hostname = ctr__compile_hostname(c->spec);
	struct ctr__step step = { .modes = CTR__MODE_RUN };

	if (hostname) {
		step.kind = CTR__STEP_HOSTNAME;
		step.name = ctr__steps_strdup(&c->plan->steps, hostname);
		if (!step.name)
			return ctr__error_nomem(c->err);
		if (ctr__compile_add(c, &step))
			return -1;
	}
	if (c->spec->namespaces.domainname) {
		step.kind = CTR__STEP_DOMAINNAME;
		step.name = ctr__steps_strdup(&c->plan->steps, c->spec->namespaces.domainname);
		if (!step.name)
			return ctr__error_nomem(c->err);
		return ctr__compile_add(c, &step);
	}
	return 0;
}

static const char cwd_text[] = "go to working directory";

static int refuse_cwd(struct ctr__compile *c, int r)
{
	return ctr__error_set(c->err, CTR_E_SYSTEM, r, cwd_text, c->process->program.cwd,
			      r == ENOENT ? "it does not exist in the container" : NULL);
}

int ctr__compile_cwd(struct ctr__compile *c)
{
	struct ctr__step step = { .kind = CTR__STEP_CHDIR, .modes = CTR__MODE_RUN };
	struct ctr__view_hit hit;
	int r;

	if (!c->process->program.cwd)
		return 0;
	r = ctr__view_find(&c->view, c->process->program.cwd, &hit);
	if (r < 0)
		return refuse_cwd(c, -r);
	r = hit.fd < 0 ? 0 : ctr__compile_note_blocking(c, hit.fd, c->process->program.cwd);
	ctr__fd_close(hit.fd);
	if (r)
		return -1;
	if (ctr__view_refuse_hidden(&c->view, &hit, CTR_E_SYSTEM, cwd_text, c->process->program.cwd,
				    c->err))
		return -1;
	if (hit.state == CTR__VIEW_MISSING)
		return refuse_cwd(c, ENOENT);
	if (hit.state == CTR__VIEW_FOUND && !hit.directory)
		return refuse_cwd(c, ENOTDIR);
	step.path = ctr__steps_strdup(&c->plan->steps, c->process->program.cwd);
	return step.path ? ctr__compile_add(c, &step) : ctr__error_nomem(c->err);
}

static int add_tty_step(struct ctr__compile *c)
{
	const struct ctr__step step = {
		.kind = CTR__STEP_TERMINAL,
		.modes = CTR__MODE_RUN,
		.terminal = {
			.uid = c->user.uid,
			.rows = c->process->attr.rows,
			.columns = c->process->attr.columns,
			.fd_floor = c->plan->fd_floor,
		},
	};

	return c->process->attr.tty ? ctr__compile_add(c, &step) : 0;
}

/* The kernel keeps a limit on output for each file, and tells by SIGXFSZ: getrlimit(2). */
static int add_output_step(struct ctr__compile *c)
{
	const bool twice =
		c->spec->resources.output_limit && c->process->attr.rlimits[RLIMIT_FSIZE].set;
	const uint64_t max = c->spec->resources.output_limit;
	const struct ctr__step step = {
		.kind = CTR__STEP_RLIMIT,
		.modes = CTR__MODE_RUN,
		.rlimit = {
			.resource = RLIMIT_FSIZE,
			.limit = { .rlim_cur = max, .rlim_max = max },
		},
	};

	if (twice)
		return ctr__error_set(
			c->err, CTR_E_INVALID, 0, "limit on output", NULL,
			"it conflicts with the resource limit fsize: set only one of them");
	return max && ctr__compile_add(c, &step) ? -1 : 0;
}

static int add_rlimit_steps(struct ctr__compile *c)
{
	if (add_output_step(c))
		return -1;
	for (int i = 0; i < CTR__RLIMITS; i++) {
		const struct ctr__step step = {
			.kind = CTR__STEP_RLIMIT,
			.modes = CTR__MODE_RUN,
			.rlimit = {
				.resource = i,
				.inherited = !c->process->attr.rlimits[i].set,
				.limit = c->process->attr.rlimits[i].limit,
			},
		};

		if ((c->process->attr.rlimits[i].set || i == RLIMIT_CORE) &&
		    ctr__compile_add(c, &step))
			return -1;
	}
	return 0;
}

int ctr__compile_process(struct ctr__compile *c)
{
	const struct ctr__step nice = {
		.kind = CTR__STEP_PRIORITY,
		.modes = CTR__MODE_RUN,
		.priority = c->process->attr.nice,
	};
	const struct ctr__step mask = {
		.kind = CTR__STEP_SIGNAL_MASK,
		.modes = CTR__MODE_RUN,
		.signal_mask = c->process->attr.signal_mask,
	};

	if (c->process->attr.set_nice && ctr__compile_add(c, &nice))
		return -1;
	if (add_tty_step(c) || ctr__compile_landlock(c) ||
	    ctr__compile_fds_step(c, CTR__STEP_FDS) || add_rlimit_steps(c) ||
	    ctr__compile_privileges(c) ||
	    ctr__compile_umask(c, c->process->attr.umask, CTR__MODE_RUN) ||
	    ctr__compile_add(c, &mask))
		return -1;
	return ctr__compile_verify(c);
}
