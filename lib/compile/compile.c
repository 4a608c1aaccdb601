/* SPDX-License-Identifier: MIT */
#include "compile/compile.h"

#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/export.h"
#include "base/sys.h"
#include "compile/program.h"
#include "plan/helper.h"
#include "plan/launch.h"
#include "primitives/namespace.h"

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

static int add_umask(struct ctr__compile *c, uint32_t mask, unsigned modes)
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
	return ctr__error_value(err, names->hostname ? "host name" : "domain name", name,
				"a new UTS namespace: this would rename the host or another "
				"container");
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

static int count_namespaces(struct ctr__compile *c)
{
	const uint32_t later = CTR_NS_CGROUP | CTR_NS_USER; /* group.c and userns.c decide */

	for (size_t i = 0; i < CTR__NS_COUNT; i++) {
		const struct ctr__ns *ns = &c->spec->namespaces.v[i];

		if (ns->fd >= 0) {
			c->plan->ns_fds[i] = ctr__fd_dup(ns->fd, 0);
			if (c->plan->ns_fds[i] < 0)
				return ctr__error_sys(c->err, -c->plan->ns_fds[i],
						      "duplicate a descriptor", ns->origin);
		} else if (ctr__ns_is_new(ns) && !(ns->kind & later)) {
			c->plan->namespaces |= ctr__ns_clone_flags(ns->kind);
		}
	}
	c->plan->own_pid_ns = c->plan->namespaces & CLONE_NEWPID;
	return 0;
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
	if (count_namespaces(c))
		return -1;
	plan->init = wants_init(c);
	if (ctr__compile_user_ns(c) || ctr__compile_check_user_ns(c) || ctr__compile_seccomp(c))
		return -1;
	return ctr__compile_group(c);
}

/* ---- first steps ---- */

static int add_join(struct ctr__compile *c, size_t i)
{
	const struct ctr__ns *ns = &c->spec->namespaces.v[i];
	struct ctr__step step = { .kind = CTR__STEP_SETNS, .modes = CTR__MODE_RUN };

	step.setns.fd = c->plan->ns_fds[i];
	step.setns.types = ctr__ns_clone_flags(ns->kind);
	/* It takes CAP_SYS_ADMIN where the namespace belongs, which is outside. */
	step.setns.by_parent = c->plan->own_user_ns;
	step.setns.origin = ctr__steps_strdup(&c->plan->steps, ns->origin);
	return step.setns.origin ? ctr__compile_add(c, &step) : ctr__error_nomem(c->err);
}

/* One that can't be looked at is taken for another. */
static bool is_own_pid_ns(int fd)
{
	struct statx own, other;
	struct ctr__file_id own_id, other_id;

	if (sys_statx(AT_FDCWD, "/proc/self/ns/pid", 0, STATX_INO, &own) < 0 ||
	    sys_statx(fd, "", AT_EMPTY_PATH, STATX_INO, &other) < 0)
		return false;
	own_id = ctr__file_id_of(&own);
	other_id = ctr__file_id_of(&other);
	return ctr__file_id_equal(&own_id, &other_id);
}

/* The new process is to be the leader of a session and so on: it comes before the steps for that.
 */
static int join_pid_ns(struct ctr__compile *c, size_t i)
{
	struct ctr__step successor = { .kind = CTR__STEP_SUCCESSOR, .modes = CTR__MODE_RUN };

	if (c->plan->own_user_ns)
		return ctr__error_set(c->err, CTR_E_UNSUPPORTED, EPERM, "join the PID namespace",
				      c->spec->namespaces.v[i].origin,
				      "it belongs to another user namespace than the container: as "
				      "root, use the host's user namespace");
	successor.successor.leaves_parent = !is_own_pid_ns(c->plan->ns_fds[i]);
	return add_join(c, i) || ctr__compile_add(c, &successor) ? -1 : 0;
}

/* Either that of PIDs, or all others. */
static int add_joins(struct ctr__compile *c, bool pid)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < CTR__NS_COUNT; i++) {
		const struct ctr__ns *ns = &c->spec->namespaces.v[i];

		if (ns->fd < 0 || (ns->kind == CTR_NS_PID) != pid)
			continue;
		r = pid ? join_pid_ns(c, i) : add_join(c, i);
	}
	return r;
}

/* The user keyring is one for each user id of a user namespace: user-keyring(7). */
static int add_keyring(struct ctr__compile *c)
{
	struct ctr__step step = { .kind = CTR__STEP_KEYRING, .modes = CTR__MODE_RUN };
	bool lets;

	if (!c->process->attr.keyring)
		return 0;
	if (ctr__compile_lets_keyctl(c, &lets))
		return -1;
	if (lets && !c->plan->own_user_ns)
		step.name = "keyctl(2) reaches the user keyring";
	return ctr__compile_add(c, &step);
}

static int add_session(struct ctr__compile *c)
{
	const struct ctr__step step = {
		.kind = CTR__STEP_NEW_SESSION,
		.modes = CTR__MODE_RUN,
		.name = c->plan->process_group
				? "no control group: kill what stays in its process group"
				: NULL,
	};

	return c->process->attr.new_session ? ctr__compile_add(c, &step) : 0;
}

static int add_oom_score_adj(struct ctr__compile *c)
{
	struct ctr__step step = { .kind = CTR__STEP_OOM_SCORE_ADJ, .modes = CTR__MODE_RUN };
	char text[16];

	if (!c->process->attr.set_oom_score_adj)
		return 0;
	snprintf(text, sizeof(text), "%d", c->process->attr.oom_score_adj);
	step.name = ctr__steps_strdup(&c->plan->steps, text);
	return step.name ? ctr__compile_add(c, &step) : ctr__error_nomem(c->err);
}

static int add_first_steps(struct ctr__compile *c)
{
	if (ctr__compile_simple(c, CTR__STEP_RESET_SIGNALS, CTR__MODE_ALL) ||
	    ctr__compile_simple(c, CTR__STEP_SCHEDULING, CTR__MODE_ALL))
		return -1;
	if (ctr__compile_map(c))
		return -1;
	if (c->process->attr.die_with_parent &&
	    ctr__compile_simple(c, CTR__STEP_DIE_WITH_PARENT, CTR__MODE_RUN))
		return -1;
	if (add_joins(c, true) || ctr__compile_simple(c, CTR__STEP_NO_CORE_DUMP, CTR__MODE_ALL) ||
	    ctr__compile_group_steps(c))
		return -1;
	if (add_session(c))
		return -1;
	if (add_keyring(c) || add_oom_score_adj(c))
		return -1;
	return ctr__compile_lsm(c) || add_joins(c, false) || add_umask(c, 0, CTR__MODE_ALL) ? -1
											    : 0;
}

/* ---- files ---- */

static int add_file_steps(struct ctr__compile *c)
{
	const struct ctr__step private = {
		.kind = CTR__STEP_PROPAGATION,
		.modes = CTR__MODE_BUILD,
		.flags = { .target = "/", .propagation = MS_PRIVATE, .recursive = true },
	};

	/* Before anything is mounted: nothing may spread to the host. */
	if (ctr__compile_add(c, &private) ||
	    ctr__compile_simple(c, CTR__STEP_KEEP_TEMPLATE, CTR__MODE_TEMPLATE) ||
	    ctr__compile_mount_steps(c))
		return -1;
	return ctr__compile_simple(c, CTR__STEP_PIVOT_ROOT, CTR__MODE_BUILD);
}

/* ---- the process ---- */

const char *ctr__compile_hostname(const ctr_spec *spec)
{
	const struct ctr__ns *uts = ctr__spec_ns(spec, CTR_NS_UTS);

	if (spec->namespaces.hostname || !ctr__ns_is_new(uts))
		return spec->namespaces.hostname;
	return "container";
}

static int add_uts_steps(struct ctr__compile *c)
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

static int add_cwd_step(struct ctr__compile *c)
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

/*
 * By a pidfd in it the init sees the caller's end. With CAP_SYS_PTRACE where the caller is, the
 * program could take that pidfd, and by it what the caller has open: then it is the end of the
 * calling thread that counts.
 */
static bool may_know_caller(const struct ctr__compile *c)
{
	return c->plan->init && c->plan->die_with_parent &&
	       (c->plan->own_user_ns || !(c->caps.bounding >> CAP_SYS_PTRACE & 1));
}

/* What the FDS and the CLOSE step need. */
static int add_fds_step(struct ctr__compile *c, enum ctr__step_kind kind)
{
	ctr_plan *plan = c->plan;
	int *targets = ctr__steps_alloc(&plan->steps, plan->n_fds, sizeof(*targets));
	struct ctr__step step = { .kind = kind, .modes = CTR__MODE_RUN };

	if (!targets)
		return ctr__error_nomem(c->err);
	for (size_t i = 0; i < plan->n_fds; i++)
		targets[i] = plan->fds[i].target;
	step.fds.targets = targets;
	step.fds.n = plan->n_fds;
	step.fds.fd_floor = plan->fd_floor;
	step.fds.keep_channel = plan->listener;
	step.fds.keep_parent = may_know_caller(c);
	return ctr__compile_add(c, &step);
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
		return ctr__error_set(c->err, CTR_E_INVALID, 0, "limit on output", NULL,
				      "it conflicts with the resource limit fsize: set only one of "
				      "them");
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

static int add_process_steps(struct ctr__compile *c)
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
	if (add_tty_step(c) || ctr__compile_landlock(c) || add_fds_step(c, CTR__STEP_FDS) ||
	    add_rlimit_steps(c) || ctr__compile_privileges(c) ||
	    add_umask(c, c->process->attr.umask, CTR__MODE_RUN) || ctr__compile_add(c, &mask))
		return -1;
	return ctr__compile_verify(c);
}

/* ---- descriptors ---- */

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
	return ctr__error_set(c->err, CTR_E_SYSTEM, EMFILE, "place a descriptor", NULL,
			      "target %d is above the caller's limit on open descriptors, "
			      "%llu: see ulimit -n",
			      c->plan->fd_floor - 1, (unsigned long long)limit.rlim_cur);
}

static int prepare_fds(struct ctr__compile *c)
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

/* ---- the environment ---- */

static int add_default(struct ctr__compile *c, struct ctr__strv *env, const char *text)
{
	const size_t n = strcspn(text, "=");

	if (ctr__strv_find_env(env, text, n) < env->n ||
	    ctr__strv_find_env(&c->process->program.unset, text, n) < c->process->program.unset.n)
		return 0;
	return ctr__strv_add(env, text) ? ctr__error_nomem(c->err) : 0;
}

static int add_home(struct ctr__compile *c, struct ctr__strv *env)
{
	_cleanup_free_ char *text = NULL;

	if (asprintf(&text, "HOME=%s", c->user.home) < 0) {
		text = NULL;
		return ctr__error_nomem(c->err);
	}
	return add_default(c, env, text);
}

static int make_env(struct ctr__compile *c, struct ctr__strv *env)
{
	if (ctr__strv_copy(env, &c->process->program.env))
		return ctr__error_nomem(c->err);
	if (add_default(c, env,
			"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin") ||
	    add_home(c, env))
		return -1;
	return c->process->attr.tty ? add_default(c, env, "TERM=xterm") : 0;
}

static const char *env_value(const struct ctr__strv *env, const char *name)
{
	size_t at = ctr__strv_find_env(env, name, strlen(name));

	return at < env->n ? env->v[at] + strlen(name) + 1 : NULL;
}

/* ---- the program ---- */

/* Copies the strings into the plan. */
static int copy_strings(struct ctr__compile *c, char **to, const struct ctr__strv *from)
{
	for (size_t i = 0; i < from->n; i++) {
		to[i] = ctr__steps_strdup(&c->plan->steps, from->v[i]);
		if (!to[i])
			return ctr__error_nomem(c->err);
	}
	return 0;
}

/*
 * Not in the caller's session, where it would be in the background; nor where all are killed by
 * the init's process group.
 */
static bool has_group(const struct ctr__compile *c)
{
	return c->process->attr.tty ||
	       (c->process->attr.new_session && !c->plan->process_group && !c->no_group);
}

static int add_init_step(struct ctr__compile *c)
{
	const struct ctr__step step = {
		.kind = CTR__STEP_INIT,
		.modes = CTR__MODE_RUN,
		.init = {
			.tty = c->process->attr.tty,
			.group = has_group(c),
			.clock = !c->no_clock,
			.measure = ctr__compile_lets_measure(c),
			.with_parent = may_know_caller(c),
		},
	};

	return c->plan->init ? ctr__compile_add(c, &step) : 0;
}

static int fill_exec(struct ctr__compile *c, const char *path, const struct ctr__strv *env,
		     const struct ctr__program_info *info)
{
	struct ctr__step step = { .kind = CTR__STEP_EXEC, .modes = CTR__MODE_RUN };
	struct ctr__step look = { .kind = CTR__STEP_LOOK, .modes = CTR__MODE_RUN };
	const size_t n_args = c->process->program.args.n;
	char **argv = ctr__steps_alloc(&c->plan->steps, n_args + 1, sizeof(*argv));
	char **envp = ctr__steps_alloc(&c->plan->steps, env->n + 1, sizeof(*envp));

	look.path = ctr__steps_strdup(&c->plan->steps, path);
	if (!argv || !envp || !look.path)
		return ctr__error_nomem(c->err);
	if (copy_strings(c, argv, &c->process->program.args) || copy_strings(c, envp, env) ||
	    add_fds_step(c, CTR__STEP_CLOSE))
		return -1;
	if (ctr__compile_add(c, &look) || ctr__compile_filter(c) || add_init_step(c))
		return -1;
	step.exec.at = c->execveat;
	step.exec.measure = !c->plan->init && ctr__compile_lets_measure(c);
	step.exec.path = look.path;
	if (ctr__compile_lacking(c, info->caps, &step.exec.lacks))
		return -1;
	step.exec.argv = argv;
	step.exec.envp = envp;
	return ctr__compile_add(c, &step);
}

static int find_program(struct ctr__compile *c, const struct ctr__strv *env, char *path,
			struct ctr__program_info *info)
{
	const char *cwd = c->process->program.cwd ? c->process->program.cwd : "";
	_cleanup_fd_ int fd = -1;

	if (ctr__program_is_descriptor(c->process->program.args.v[0]))
		return ctr__error_set(c->err, CTR_E_NOT_EXECUTABLE, 0, "execute",
				      c->process->program.args.v[0],
				      "a program by descriptor is not supported yet: give its path "
				      "in the container");
	if (ctr__program_find(&c->view, c->process->program.args.v[0], cwd, env_value(env, "PATH"),
			      path, &fd, info, c->err))
		return -1;
	return fd < 0 ? 0 : ctr__compile_note_blocking(c, fd, path);
}

static int check_arg(struct ctr__compile *c, const char *arg)
{
	struct ctr__view_hit hit;

	if (arg[0] != '/' || ctr__view_find(&c->view, arg, &hit) < 0)
		return 0;
	ctr__fd_close(hit.fd);
	return ctr__view_refuse_hidden(&c->view, &hit, CTR_E_INVALID, "use the argument", arg,
				       c->err);
}

/* Files of the host's that the program is told of, but does not see. */
static int check_args(struct ctr__compile *c)
{
	for (size_t i = 1; c->process->program.check_args && i < c->process->program.args.n; i++)
		if (check_arg(c, c->process->program.args.v[i]))
			return -1;
	return 0;
}

static int add_exec_step(struct ctr__compile *c)
{
	struct ctr__program_info info = { 0 };
	struct ctr__strv env = { 0 };
	char path[PATH_MAX];
	int r = -1;

	if (!make_env(c, &env) && !find_program(c, &env, path, &info) && !check_args(c))
		r = fill_exec(c, path, &env, &info);
	c->plan->machine = info.machine;
	ctr__strv_clear(&env);
	return r;
}

/* ---- the whole ---- */

/* Whoever has started a set-user-ID program chooses its descriptors, limits and signals. */
static int check_caller(const struct ctr__compile *c)
{
	if (!getauxval(AT_SECURE) || c->spec->secure_execution)
		return 0;
	return ctr__error_set(c->err, CTR_E_STATE, 0, "start a container", NULL,
			      "the calling program has more privileges than the user who "
			      "started it (set-user-ID, set-group-ID or file capabilities): "
			      "if it is designed for that, allow it with "
			      "ctr_spec_set_secure_execution()");
}

static int compile_steps(struct ctr__compile *c)
{
	if (check_caller(c) || check_spec(c->spec, c->err) || copy_settings(c) || prepare_fds(c) ||
	    ctr__compile_mounts(c) || ctr__compile_user(c))
		return -1;
	if (add_first_steps(c) || add_file_steps(c) || add_uts_steps(c))
		return -1;
	if ((c->plan->namespaces & CLONE_NEWNET) &&
	    ctr__compile_simple(c, CTR__STEP_LOOPBACK, CTR__MODE_RUN))
		return -1;
	return add_cwd_step(c) || add_process_steps(c) || add_exec_step(c) ? -1 : 0;
}

/* A process in it could read the memory of a child that shares it with the caller. */
static bool joins_pid_ns(const ctr_spec *spec)
{
	return ctr__spec_ns(spec, CTR_NS_PID)->fd >= 0;
}

/* The reason that a caller can do least about comes first. */
static void why_helper(const struct ctr__compile *c, char *text, size_t size)
{
	if (c->may_block)
		snprintf(text, size, "this may block: %s", c->may_block);
	else if (c->plan->mapping.uids)
		snprintf(text, size, "it waits for its ids");
	else if (c->plan->stoppable && !c->spec->helper_child)
		snprintf(text, size, "other processes of user %u could stop it", c->user.uid);
	else if (c->plan->init)
		snprintf(text, size, "it becomes the init");
	else if (joins_pid_ns(c->spec))
		snprintf(text, size, "it joins a PID namespace");
	else
		snprintf(text, size, "memory is not shared");
}

static int describe_child(struct ctr__compile *c)
{
	const struct ctr__step namespaces = {
		.kind = CTR__STEP_UNSHARE,
		.unshare = c->plan->namespaces | CLONE_NEWNS,
	};
	char text[128], why[PATH_MAX + 32], line[sizeof(text) + sizeof(why) + 48];

	ctr__step_describe(&namespaces, text, sizeof(text));
	why_helper(c, why, sizeof(why));
	if (c->plan->share_memory)
		snprintf(line, sizeof(line), "clone a child that shares memory, %s", text);
	else
		snprintf(line, sizeof(line), "clone a child that executes the helper (%s), %s", why,
			 text);
	c->plan->child_line = ctr__steps_strdup(&c->plan->steps, line);
	return c->plan->child_line ? 0 : ctr__error_nomem(c->err);
}

static int choose_child(struct ctr__compile *c)
{
	ctr_plan *plan = c->plan;

	plan->share_memory = ctr__launch_can_share() && !c->spec->helper_child && !c->may_block &&
			     !plan->mapping.uids && !plan->stoppable && !plan->init &&
			     !joins_pid_ns(c->spec);
	if (plan->share_memory)
		return 0;
	plan->helper = ctr__helper_open(plan->fd_floor);
	if (plan->helper == -EACCES)
		return ctr__error_set(
			c->err, CTR_E_UNSUPPORTED, EACCES, "make the helper", NULL,
			"this host does not allow files in memory to be executed, and "
			"without CAP_SYS_ADMIN there is no other place for the helper: "
			"see the sysctl vm.memfd_noexec");
	if (plan->helper == -EFBIG)
		return ctr__error_set(c->err, CTR_E_SYSTEM, EFBIG, "make the helper", NULL,
				      "the caller's limit on the size of files is smaller than the "
				      "helper: see ulimit -f");
	return plan->helper < 0 ? ctr__error_sys(c->err, -plan->helper, "make the helper", NULL)
				: 0;
}

static ctr_plan *plan_new(void)
{
	ctr_plan *plan = calloc(1, sizeof(*plan));

	if (!plan)
		return NULL;
	plan->null_fd = plan->helper = plan->userns_fd = -1;
	for (size_t i = 0; i < CTR__NS_COUNT; i++)
		plan->ns_fds[i] = -1;
	return plan;
}

ctr_plan *ctr__plan_compile(const ctr_spec *spec, bool once, ctr_error *err)
{
	struct ctr__compile c = { .spec = spec, .err = err, .once = once };
	int r;

	if (ctr__spec_check(spec, err))
		return NULL;
	c.process = &spec->process;
	c.plan = plan_new();
	if (!c.plan) {
		ctr__error_nomem(err);
		return NULL;
	}
	r = compile_steps(&c);
	if (r == 0)
		r = choose_child(&c) || describe_child(&c) ? -1 : 0;
	ctr__view_clear(&c.view);
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

static void template_free(struct ctr__template *template)
{
	if (!template)
		return;
	ctr__fd_close(atomic_load(&template->fd));
	pthread_mutex_destroy(&template->lock);
	free(template);
}

CTR_EXPORT void ctr_plan_free(ctr_plan *plan)
{
	if (!plan)
		return;
	template_free(plan->template);
	ctr__fd_close(plan->null_fd);
	ctr__fd_close(plan->helper);
	ctr__fd_close(plan->userns_fd);
	ctr__mapping_clear(&plan->mapping);
	for (size_t i = 0; i < CTR__NS_COUNT; i++)
		ctr__fd_close(plan->ns_fds[i]);
	for (size_t i = 0; i < plan->n_fds; i++)
		ctr__fd_close(plan->fds[i].fd);
	free(plan->fds);
	ctr__recipe_clear(&plan->recipe);
	ctr_cgroup_free(plan->shared);
	ctr__steps_clear(&plan->steps);
	free(plan);
}

/* ---- for people ---- */

CTR_EXPORT size_t ctr_plan_count(const ctr_plan *plan)
{
	size_t n = 1;

	for (size_t i = 0; i < plan->steps.n; i++)
		n += (plan->steps.v[i].modes & CTR__MODE_ONESHOT) != 0;
	return n;
}

CTR_EXPORT size_t ctr_plan_describe(const ctr_plan *plan, size_t index, char *text, size_t size)
{
	struct ctr__buf b;

	if (index == 0) {
		ctr__buf_init(&b, text, size);
		ctr__buf_add_escaped(&b, plan->child_line); /* it may name a path */
		return b.len;
	}
	for (size_t i = 0; i < plan->steps.n; i++)
		if ((plan->steps.v[i].modes & CTR__MODE_ONESHOT) && --index == 0)
			return ctr__step_describe_line(&plan->steps.v[i], text, size);
	if (size)
		text[0] = '\0';
	return 0;
}
