/* SPDX-License-Identifier: MIT */
#include "spec/program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/export.h"
#include "base/fd.h"
#include "base/path.h"
#include "spec/process.h"

int ctr__program_copy(struct ctr__program *to, const struct ctr__program *from)
{
	to->check_args = from->check_args;
	if (from->by_fd) {
		to->fd = ctr__fd_dup(from->fd, 0);
		if (to->fd < 0)
			return to->fd;
		to->by_fd = true;
		to->number = from->number;
	}
	if (ctr__strv_copy(&to->args, &from->args) || ctr__strv_copy(&to->env, &from->env) ||
	    ctr__strv_copy(&to->unset, &from->unset))
		return -ENOMEM;
	return ctr__text_copy(&to->cwd, from->cwd);
}

static void drop_fd(struct ctr__program *program)
{
	if (program->by_fd)
		ctr__fd_close(program->fd);
	program->by_fd = false;
}

void ctr__program_clear(struct ctr__program *program)
{
	ctr__strv_clear(&program->args);
	ctr__strv_clear(&program->env);
	ctr__strv_clear(&program->unset);
	free(program->cwd);
	drop_fd(program);
}

/* ---- arguments ---- */

static int refuse_program(const char *name, ctr_error *err)
{
	return ctr__error_value(err, "program", name, "a name or a path");
}

CTR_EXPORT int ctr_process_add_arg(ctr_process *process, const char *arg, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	if (!arg || (!*arg && process->program.args.n == 0))
		return refuse_program(arg, err);
	return ctr__strv_add(&process->program.args, arg) ? ctr__error_nomem(err) : 0;
}

CTR_EXPORT int ctr_process_set_args(ctr_process *process, char *const *argv, ctr_error *err)
{
	struct ctr__strv args = { 0 };

	if (ctr__process_begin(process, &err))
		return -1;
	if (!argv || !argv[0] || !*argv[0])
		return refuse_program(argv ? argv[0] : NULL, err);
	for (; *argv; argv++)
		if (ctr__strv_add(&args, *argv)) {
			ctr__strv_clear(&args);
			return ctr__error_nomem(err);
		}
	ctr__strv_clear(&process->program.args);
	process->program.args = args;
	return 0;
}

CTR_EXPORT int ctr_process_set_program_fd(ctr_process *process, int fd, ctr_error *err)
{
	int copy = -1;

	if (ctr__process_begin(process, &err))
		return -1;
	if (fd < -1)
		return ctr__error_int(err, "program", fd, "an open descriptor, or -1");
	if (fd >= 0)
		copy = ctr__fd_dup(fd, 0);
	if (copy == -EBADF)
		return ctr__error_int(err, "program", fd, "an open descriptor, or -1");
	if (fd >= 0 && copy < 0)
		return ctr__error_sys(err, -copy, "duplicate a descriptor", NULL);
	drop_fd(&process->program);
	process->program.by_fd = fd >= 0;
	process->program.fd = copy;
	process->program.number = fd;
	return 0;
}

CTR_EXPORT int ctr_process_set_check_args(ctr_process *process, int enabled, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	process->program.check_args = enabled;
	return 0;
}

/* ---- environment ---- */

static int check_env_name(const char *name, ctr_error *err)
{
	if (!name || !*name || strchr(name, '='))
		return ctr__error_value(err, "environment variable", name,
					"a name that is not empty, without \"=\"");
	return 0;
}

static void drop_env(struct ctr__strv *list, const char *name)
{
	size_t at = ctr__strv_find_env(list, name, strlen(name));

	if (at < list->n)
		ctr__strv_remove(list, at);
}

CTR_EXPORT int ctr_process_set_env(ctr_process *process, const char *name, const char *value,
				   ctr_error *err)
{
	_cleanup_free_ char *text = NULL;

	if (ctr__process_begin(process, &err))
		return -1;
	if (check_env_name(name, err))
		return -1;
	if (!value)
		return ctr__error_value(err, "value of an environment variable", NULL, "a string");
	if (asprintf(&text, "%s=%s", name, value) < 0) {
		text = NULL;
		return ctr__error_nomem(err);
	}
	if (ctr__strv_set_env(&process->program.env, text, strlen(name)))
		return ctr__error_nomem(err);
	drop_env(&process->program.unset, name);
	return 0;
}

CTR_EXPORT int ctr_process_unset_env(ctr_process *process, const char *name, ctr_error *err)
{
	_cleanup_free_ char *text = NULL;

	if (ctr__process_begin(process, &err))
		return -1;
	if (check_env_name(name, err))
		return -1;
	if (asprintf(&text, "%s=", name) < 0) {
		text = NULL;
		return ctr__error_nomem(err);
	}
	if (ctr__strv_set_env(&process->program.unset, text, strlen(name)))
		return ctr__error_nomem(err);
	drop_env(&process->program.env, name);
	return 0;
}

static int inherit_each(ctr_process *process, ctr_error *err)
{
	for (char **e = environ; e && *e; e++) {
		const char *equals = strchr(*e, '=');
		_cleanup_free_ char *name = NULL;

		if (!equals || equals == *e)
			continue;
		name = strndup(*e, (size_t)(equals - *e));
		if (!name)
			return ctr__error_nomem(err);
		if (ctr_process_set_env(process, name, equals + 1, err))
			return -1;
	}
	return 0;
}

static void swap_strv(struct ctr__strv *a, struct ctr__strv *b)
{
	const struct ctr__strv other = *a;

	*a = *b;
	*b = other;
}

/* All of them, or none. */
static int inherit_all(ctr_process *process, ctr_error *err)
{
	struct ctr__strv env = { 0 }, unset = { 0 };
	int r;

	if (ctr__strv_copy(&env, &process->program.env) ||
	    ctr__strv_copy(&unset, &process->program.unset))
		r = ctr__error_nomem(err);
	else if ((r = inherit_each(process, err)) < 0) {
		swap_strv(&env, &process->program.env);
		swap_strv(&unset, &process->program.unset);
	}
	ctr__strv_clear(&env);
	ctr__strv_clear(&unset);
	return r;
}

CTR_EXPORT int ctr_process_inherit_env(ctr_process *process, const char *name, ctr_error *err)
{
	const char *value;

	if (ctr__process_begin(process, &err))
		return -1;
	if (check_env_name(name, err))
		return -1;
	value = getenv(name);
	return value ? ctr_process_set_env(process, name, value, err) : 0;
}

CTR_EXPORT int ctr_process_inherit_all_env(ctr_process *process, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	return inherit_all(process, err);
}

/* ---- working directory ---- */

CTR_EXPORT int ctr_process_set_cwd(ctr_process *process, const char *path, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	if (!ctr__path_is_absolute(path))
		return ctr__error_value(err, "working directory", path, "an absolute path");
	return ctr__text_replace(&process->program.cwd, path) ? ctr__error_nomem(err) : 0;
}
