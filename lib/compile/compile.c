/* SPDX-License-Identifier: MIT */
/* From a spec to a plan. */
#include "compile/compile.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/export.h"
#include "base/sys.h"
#include "plan/helper.h"
#include "plan/launch.h"

#ifdef CTR_NO_DEFAULT_INIT /* of a build whose children share memory in all tests that can */
#define DEFAULT_INIT false
#else
#define DEFAULT_INIT true
#endif

/* However short a limit on the time is: a set-up on a busy machine takes that long. */
#define SETUP_BOUND_MIN_MS 2000

int ctr__compile_add(struct ctr__compile *c, const struct ctr__step *step)
{
	if (ctr__leaves_out(step))
		return 0;
	return ctr__steps_add(&c->plan->steps, step) ? ctr__error_nomem(c->err) : 0;
}

int ctr__compile_note_blocking(struct ctr__compile *c, int fd, const char *path)
{
	bool may_block = false;
	int r = ctr__fd_may_block(fd, &may_block);

	if (r < 0)
		return ctr__error_sys(c->err, -r, "look at the file system of", path);
	if (!may_block || c->may_block)
		return 0;
	c->may_block = ctr__steps_strdup(&c->plan->steps, path);
	return c->may_block ? 0 : ctr__error_nomem(c->err);
}

int ctr__compile_simple(struct ctr__compile *c, enum ctr__step_kind kind, unsigned modes)
{
	const struct ctr__step step = { .kind = kind, .modes = modes };

	return ctr__compile_add(c, &step);
}

int ctr__compile_umask(struct ctr__compile *c, uint32_t mask, unsigned modes)
{
	const struct ctr__step step = {
		.kind = CTR__STEP_UMASK,
		.modes = modes,
		.umask = mask,
	};

	return ctr__compile_add(c, &step);
}

/* ---- before anything is made ---- */

static int check_names(const ctr_spec *spec, ctr_error *err)
{
	const struct ctr__namespaces *names = &spec->namespaces;
	const char *name = names->hostname ? names->hostname : names->domainname;

	if (!name || ctr__ns_is_new(ctr__spec_ns(spec, CTR_NS_UTS)))
		return 0;
	return ctr__error_value(
		err, names->hostname ? "host name" : "domain name", name,
		"a new UTS namespace: this would rename the host or another container");
}

static int check_tty(const ctr_spec *spec, ctr_error *err)
{
	const struct ctr__fds *fds = &spec->process.fds;

	if (!spec->process.attr.tty)
		return 0;
	if (!(spec->mounts.base & CTR_BASE_DEV))
		return ctr__error_set(err, CTR_E_INVALID, 0, "terminal", NULL,
				      "it comes from the container's /dev/pts, and the base mount "
				      "of /dev is switched off");
	if (!spec->process.attr.new_session)
		return ctr__error_set(err, CTR_E_INVALID, 0, "terminal", NULL,
				      "a new terminal requires a new session");
	for (size_t i = 0; i < fds->n && fds->v[i].target <= STDERR_FILENO; i++)
		if (fds->v[i].source != CTR__FD_INHERIT)
			return ctr__error_set(err, CTR_E_INVALID, 0, "terminal", NULL,
					      "it becomes descriptor %d, which is set to "
					      "something else",
					      fds->v[i].target);
	return 0;
}

static int check_spec(const ctr_spec *spec, ctr_error *err)
{
	if (!spec->process.program.args.n)
		return ctr__error_set(err, CTR_E_INVALID, 0, "program", NULL,
				      "the spec has none: add its name or path as the first "
				      "argument");
	return check_names(spec, err) || check_tty(spec, err) ? -1 : 0;
}

/* SIGXFSZ tells of too much output, and does nothing to a first process: pid_namespaces(7). */
static bool wants_init(const struct ctr__compile *c)
{
	const bool by_default = DEFAULT_INIT && c->process->attr.init == CTR__INIT_AUTO;

	if (c->process->attr.init == CTR__INIT_ON)
		return true;
	return c->plan->own_pid_ns && (by_default || c->spec->resources.output_limit);
}

/* A caller that limits the time waits no longer for a program that never comes to run. */
static uint32_t setup_bound_ms(const ctr_spec *spec)
{
	uint64_t bound = spec->resources.wall_limit_ms;

	if (!bound || bound > spec->setup_timeout_ms)
		return spec->setup_timeout_ms;
	if (bound < SETUP_BOUND_MIN_MS)
		bound = SETUP_BOUND_MIN_MS;
	return bound < spec->setup_timeout_ms ? (uint32_t)bound : spec->setup_timeout_ms;
}

static int copy_settings(struct ctr__compile *c)
{
	const ctr_spec *spec = c->spec;
	ctr_plan *plan = c->plan;

	plan->timeout_ms = setup_bound_ms(spec);
	plan->wall_limit_ms = spec->resources.wall_limit_ms;
	plan->cpu_limit_ms = spec->resources.cpu_limit_ms;
	plan->output_limit = spec->resources.output_limit;
	plan->tty = spec->process.attr.tty;
	plan->die_with_parent = spec->process.attr.die_with_parent;
	if (ctr__compile_namespaces(c))
		return -1;
	plan->init = wants_init(c);
	if (ctr__compile_user_ns(c) || ctr__compile_check_user_ns(c) || ctr__compile_seccomp(c))
		return -1;
	return ctr__compile_group(c);
}

/* ---- files ---- */

static int add_file_steps(struct ctr__compile *c)
{
	const struct ctr__step private = {
		.kind = CTR__STEP_PROPAGATION,
		.modes = CTR__MODE_BUILD,
		.flags = { .target = "/", .propagation = MS_PRIVATE, .recursive = true },
	};

	ctr__compile_choose_blank(c);
	/* Before anything is mounted: nothing may spread to the host. */
	if ((c->plan->blank < 0 && ctr__compile_add(c, &private)) ||
	    ctr__compile_simple(c, CTR__STEP_KEEP_TEMPLATE, CTR__MODE_TEMPLATE) ||
	    ctr__compile_mount_steps(c))
		return -1;
	return ctr__compile_simple(c, CTR__STEP_PIVOT_ROOT, CTR__MODE_BUILD);
}

/* ---- the whole ---- */

/* Whoever has started a set-user-ID program chooses its descriptors, limits and signals. */
static int check_caller(const struct ctr__compile *c)
{
	if (!getauxval(AT_SECURE) || c->spec->secure_execution)
		return 0;
	return ctr__error_set(
		c->err, CTR_E_STATE, 0, "start a container", NULL,
		"the calling program has more privileges than the user who started it "
		"(set-user-ID, set-group-ID or file capabilities): if it is designed for that, "
		"allow it with ctr_spec_set_secure_execution()");
}

static int compile_steps(struct ctr__compile *c)
{
	if (check_caller(c) || check_spec(c->spec, c->err) || copy_settings(c) ||
	    ctr__compile_fds(c) || ctr__compile_mounts(c) || ctr__compile_user(c))
		return -1;
	if (ctr__compile_first_steps(c) || add_file_steps(c) || ctr__compile_uts(c))
		return -1;
	if ((c->plan->namespaces & CLONE_NEWNET) &&
	    (ctr__compile_simple(c, CTR__STEP_LOOPBACK, CTR__MODE_RUN) || ctr__compile_networks(c)))
		return -1;
	return ctr__compile_cwd(c) || ctr__compile_process(c) || ctr__compile_exec(c) ? -1 : 0;
}

/* The reason that a caller can do least about comes first. */
static void why_helper(const struct ctr__compile *c, char *text, size_t size)
{
	if (c->may_block)
		snprintf(text, size, "this may block: %s", c->may_block);
	else if (c->plan->joins_user_ns)
		snprintf(text, size, "it joins a user namespace");
	else if (c->plan->mapping.uids)
		snprintf(text, size, "it waits for its ids");
	else if (c->plan->stoppable && !c->spec->helper_child)
		snprintf(text, size, "other processes of user %u could stop it", c->user.uid);
	else if (c->plan->init)
		snprintf(text, size, "it becomes the init");
	else if (ctr__compile_joins_pid_ns(c))
		snprintf(text, size, "it joins a PID namespace");
	else
		snprintf(text, size, "memory is not shared");
}

/* Namespaces of a user namespace that it joins are made by a step of its own. */
static void describe_namespaces(const struct ctr__compile *c, struct ctr__buf *b)
{
	const struct ctr__step namespaces = {
		.kind = CTR__STEP_UNSHARE,
		.unshare = c->plan->namespaces | CLONE_NEWNS,
	};
	char text[128];

	if (c->plan->joins_user_ns)
		return;
	ctr__step_describe(&namespaces, text, sizeof(text));
	ctr__buf_add(b, ", %s", text);
}

static int describe_child(struct ctr__compile *c)
{
	char why[PATH_MAX + 32], line[sizeof(why) + 176];
	struct ctr__buf b;

	why_helper(c, why, sizeof(why));
	ctr__buf_init(&b, line, sizeof(line));
	if (c->plan->share_memory)
		ctr__buf_add(&b, "clone a child that shares memory");
	else
		ctr__buf_add(&b, "clone a child that executes the helper (%s)", why);
	describe_namespaces(c, &b);
	c->plan->child_line = ctr__steps_strdup(&c->plan->steps, line);
	return c->plan->child_line ? 0 : ctr__error_nomem(c->err);
}

/* Processes in a namespace that is joined could read memory that is shared with the caller. */
static int choose_child(struct ctr__compile *c)
{
	ctr_plan *plan = c->plan;

	plan->share_memory = ctr__launch_can_share() && !c->spec->helper_child && !c->may_block &&
			     !plan->mapping.uids && !plan->stoppable && !plan->init &&
			     !plan->joins_user_ns && !ctr__compile_joins_pid_ns(c);
	if (plan->share_memory)
		return 0;
	plan->helper = ctr__helper_open(plan->fd_floor);
	if (plan->helper == -EACCES)
		return ctr__error_set(
			c->err, CTR_E_UNSUPPORTED, EACCES, "make the helper", NULL,
			"this host does not allow files in memory to be executed, and without "
			"CAP_SYS_ADMIN there is no other place for the helper: see the sysctl "
			"vm.memfd_noexec");
	if (plan->helper == -EFBIG)
		return ctr__error_set(
			c->err, CTR_E_SYSTEM, EFBIG, "make the helper", NULL,
			"the caller's limit on the size of files is smaller than the helper: "
			"see ulimit -f");
	return plan->helper < 0 ? ctr__error_sys(c->err, -plan->helper, "make the helper", NULL)
				: 0;
}

ctr_plan *ctr__plan_compile(const ctr_spec *spec, bool once, ctr_error *err)
{
	struct ctr__compile c = { .spec = spec, .err = err, .once = once };
	int r;

	if (ctr__spec_check(spec, err))
		return NULL;
	c.process = &spec->process;
	c.plan = ctr__plan_new();
	if (!c.plan) {
		ctr__error_nomem(err);
		return NULL;
	}
	r = compile_steps(&c);
	if (r == 0)
		r = choose_child(&c) || describe_child(&c) ? -1 : 0;
	ctr__view_clear(&c.view);
	ctr__index_clear(&c.seals);
	ctr__idmap_clear(&c.joined_map);
	free(c.items);
	free(c.host.v);
	if (r == 0)
		return c.plan;
	ctr_plan_free(c.plan);
	return NULL;
}

CTR_EXPORT ctr_plan *ctr_plan_compile(const ctr_spec *spec, ctr_error *err)
{
	return ctr__plan_compile(spec, false, err);
}

CTR_EXPORT int ctr_spec_check(const ctr_spec *spec, ctr_error *err)
{
	ctr_plan *plan = ctr_plan_compile(spec, err);

	ctr_plan_free(plan);
	return plan ? 0 : -1;
}
