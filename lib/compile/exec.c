/* SPDX-License-Identifier: MIT */
/* The program: its environment, its file, and its execution. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "compile/compile.h"
#include "compile/program.h"

#define COPY_NAME_MAX 200 /* memfd_create(2): 249 */

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
			.with_parent = ctr__compile_may_know_caller(c),
		},
	};

	c->in_init = c->plan->init;
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
	if (c->plan->program < 0)
		c->program = look.path;
	if (copy_strings(c, argv, &c->process->program.args) || copy_strings(c, envp, env) ||
	    ctr__compile_fds_step(c, CTR__STEP_CLOSE))
		return -1;
	if ((c->plan->program < 0 && ctr__compile_add(c, &look)) || ctr__compile_filter(c) ||
	    add_init_step(c) || ctr__compile_gate(c))
		return -1;
	step.exec.by_fd = c->plan->program >= 0;
	step.exec.fd = c->plan->program;
	step.exec.at = c->execveat;
	step.exec.measure = !c->plan->init && ctr__compile_lets_measure(c);
	step.exec.path = look.path;
	if (ctr__compile_lacking(c, info->caps, &step.exec.lacks))
		return -1;
	step.exec.argv = argv;
	step.exec.envp = envp;
	return ctr__compile_add(c, &step);
}

/* What the copy is called: as the program calls itself, if a file can have that name. */
static const char *name_of_copy(const char *arg)
{
	const char *slash = strrchr(arg, '/'), *name = slash ? slash + 1 : arg;
	const bool usable = *name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
			    strlen(name) <= COPY_NAME_MAX;

	return usable ? name : "program";
}

static int copy_program(struct ctr__compile *c, char *path, struct ctr__program_info *info)
{
	const struct ctr__program *program = &c->process->program;

	snprintf(path, PATH_MAX, "descriptor %d", program->number);
	c->plan->program = ctr__program_copy_fd(&c->view, path, name_of_copy(program->args.v[0]),
						program->fd, c->plan->fd_floor, info, c->err);
	return c->plan->program < 0 ? -1 : 0;
}

static int find_program(struct ctr__compile *c, const struct ctr__strv *env, char *path,
			struct ctr__program_info *info)
{
	const char *cwd = c->process->program.cwd ? c->process->program.cwd : "";
	_cleanup_fd_ int fd = -1;

	if (c->process->program.by_fd)
		return copy_program(c, path, info);
	if (ctr__program_is_descriptor(c->process->program.args.v[0]))
		return ctr__error_set(
			c->err, CTR_E_NOT_EXECUTABLE, 0, "execute", c->process->program.args.v[0],
			"the path leads to a descriptor of the process that opens it: "
			"give the path of the program in the container, or pass its "
			"descriptor to ctr_process_set_program_fd()");
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

int ctr__compile_exec(struct ctr__compile *c)
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
