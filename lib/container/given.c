/* SPDX-License-Identifier: MIT */
#include "container/given.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/export.h"
#include "base/sys.h"
#include "spec/resources.h"

/* ---- the object ---- */

CTR_EXPORT ctr_given *ctr_given_new(ctr_error *err)
{
	ctr_given *given = calloc(1, sizeof(*given));

	if (given)
		given->failed = given->limits.failed = ctr_error_new();
	if (given && given->failed)
		return given;
	free(given);
	ctr__error_nomem(err);
	return NULL;
}

CTR_EXPORT void ctr_given_free(ctr_given *given)
{
	if (!given)
		return;
	free(given->fds);
	ctr__strv_clear(&given->args);
	ctr__strv_clear(&given->env);
	ctr_cgroup_free(given->cgroup);
	ctr__limits_clear(&given->limits);
	ctr_error_free(given->failed);
	free(given);
}

CTR_EXPORT void ctr_given_clear_error(ctr_given *given)
{
	if (given)
		ctr_error_clear(given->failed);
}

/* At the beginning of each setter: ctr__error_begin(). */
static int begin(ctr_given *given, ctr_error **err)
{
	return ctr__error_begin(given ? given->failed : NULL, "given values", err);
}

static int make_room(ctr_given *given, size_t n, ctr_error *err)
{
	int *grown;

	if (n <= given->n_fds)
		return 0;
	grown = reallocarray(given->fds, n, sizeof(*grown));
	if (!grown)
		return ctr__error_nomem(err);
	for (size_t i = given->n_fds; i < n; i++)
		grown[i] = -1;
	given->fds = grown;
	given->n_fds = n;
	return 0;
}

CTR_EXPORT int ctr_given_set_fd(ctr_given *given, int target, int source, ctr_error *err)
{
	if (begin(given, &err))
		return -1;
	if (target < 0 || target > CTR__FD_MAX)
		return ctr__error_int(err, "target descriptor", target, "one that the plan has");
	if (source < -1)
		return ctr__error_int(err, "source descriptor", source,
				      "an open descriptor, or -1");
	if (make_room(given, (size_t)target + 1, err))
		return -1;
	given->fds[target] = source;
	return 0;
}

CTR_EXPORT int ctr_given_set_args(ctr_given *given, char *const *args, ctr_error *err)
{
	struct ctr__strv copy = { 0 };
	int r = 0;

	if (begin(given, &err))
		return -1;
	if (args && !args[0])
		return ctr__error_value(err, "program", NULL, "a name or a path");
	for (size_t i = 0; r == 0 && args && args[i]; i++)
		r = ctr__strv_add(&copy, args[i]);
	if (r) {
		ctr__strv_clear(&copy);
		return ctr__error_nomem(err);
	}
	ctr__strv_clear(&given->args);
	given->args = copy;
	return 0;
}

CTR_EXPORT int ctr_given_set_env(ctr_given *given, const char *name, const char *value,
				 ctr_error *err)
{
	_cleanup_free_ char *text = NULL;

	if (begin(given, &err))
		return -1;
	if (!name || !*name || strchr(name, '='))
		return ctr__error_value(err, "environment variable", name, "a name without \"=\"");
	if (!value)
		return ctr__error_missing(err, "value of the environment variable");
	if (asprintf(&text, "%s=%s", name, value) < 0) {
		text = NULL;
		return ctr__error_nomem(err);
	}
	return ctr__strv_set_env(&given->env, text, strlen(name)) ? ctr__error_nomem(err) : 0;
}

CTR_EXPORT int ctr_given_set_cgroup(ctr_given *given, ctr_cgroup *group, ctr_error *err)
{
	if (begin(given, &err))
		return -1;
	ctr__cgroup_use(group);
	ctr_cgroup_free(given->cgroup);
	given->cgroup = group;
	return 0;
}

CTR_EXPORT ctr_limits *ctr_given_get_limits(ctr_given *given)
{
	return given ? &given->limits : NULL;
}

CTR_EXPORT int ctr_given_set_wall_limit_ms(ctr_given *given, uint64_t ms, ctr_error *err)
{
	if (begin(given, &err) || ctr__wall_limit_set(&given->wall_limit_ms, ms, err))
		return -1;
	given->set_wall_limit = true;
	return 0;
}

CTR_EXPORT int ctr_given_set_cpu_limit_ms(ctr_given *given, uint64_t ms, ctr_error *err)
{
	if (begin(given, &err) || ctr__cpu_limit_set(&given->cpu_limit_ms, ms, err))
		return -1;
	given->set_cpu_limit = true;
	return 0;
}

/* ---- descriptors ---- */

/* The terminal step has put the terminal there by the time that the program gets it. */
bool ctr__given_is_terminal(const ctr_plan *plan, int target)
{
	return plan->tty && target <= STDERR_FILENO;
}

int ctr__given_fd(const ctr_given *given, int target)
{
	return given && (size_t)target < given->n_fds ? given->fds[target] : -1;
}

/* The entry of the plan that a descriptor of the caller's can take the place of, or NULL. */
static const struct ctr__fd *find_given(const ctr_plan *plan, int target)
{
	if (ctr__given_is_terminal(plan, target))
		return NULL;
	for (size_t i = 0; i < plan->n_fds; i++)
		if (plan->fds[i].target == target)
			return &plan->fds[i];
	return NULL;
}

static int check_given(const struct ctr__fd *entry, int fd, ctr_error *err)
{
	int r;

	if (sys_fcntl(fd, F_GETFD, 0) < 0)
		return ctr__error_int(err, "source descriptor", fd, "an open descriptor, or -1");
	r = ctr__fd_is_directory(fd);
	if (r < 0)
		return ctr__error_sys(err, -r, "look at a descriptor", NULL);
	return r && !entry->directory ? ctr__fds_refuse_directory(fd, err) : 0;
}

static int check_fds(const ctr_given *given, const ctr_plan *plan, ctr_error *err)
{
	for (size_t i = 0; i < given->n_fds; i++) {
		const struct ctr__fd *entry;

		if (given->fds[i] == -1)
			continue;
		entry = find_given(plan, (int)i);
		if (!entry)
			return ctr__error_number(err, "target descriptor", i,
						 "one that the plan has");
		if (check_given(entry, given->fds[i], err))
			return -1;
	}
	return 0;
}

/* ---- groups and limits ---- */

static int refuse_group(const ctr_given *given, const char *why, ctr_error *err)
{
	return ctr__error_set(err, CTR_E_INVALID, 0, "start in control group",
			      ctr_cgroup_path(given->cgroup, 0), "%s", why);
}

static int check_group(const ctr_given *given, const ctr_plan *plan, ctr_error *err)
{
	if (given->cgroup && !plan->own_pid_ns)
		return refuse_group(given,
				    "the plan has no PID namespace of its own: processes of the "
				    "container could leave the group",
				    err);
	if (given->cgroup && plan->cgroup)
		return refuse_group(given, "the plan creates a group for each container", err);
	if (!ctr__limits_is_empty(&given->limits) && !plan->cgroup)
		return ctr__error_set(err, CTR_E_INVALID, 0, "set limits", NULL,
				      "the plan creates no control group for each container: set "
				      "limits in the spec, too, or use a group with limits");
	return 0;
}

int ctr__given_check(const ctr_given *given, const ctr_plan *plan, ctr_error *err)
{
	if (!given)
		return 0;
	if (ctr__error_check(given->failed, err))
		return -1;
	return check_fds(given, plan, err) || check_group(given, plan, err) ? -1 : 0;
}

/* ---- arguments and environment ---- */

char *const *ctr__given_args(const ctr_given *given)
{
	return given ? given->args.v : NULL;
}

static size_t name_length(const char *text)
{
	return (size_t)(strchr(text, '=') - text);
}

static char *const *env_of(const ctr_plan *plan)
{
	return plan->steps.v[plan->steps.n - 1].exec.envp; /* to execute is the last step */
}

int ctr__given_env(const ctr_given *given, const ctr_plan *plan, struct ctr__strv *env,
		   ctr_error *err)
{
	int r = 0;

	if (!given || !given->env.n)
		return 0;
	for (char *const *p = env_of(plan); r == 0 && *p; p++)
		r = ctr__strv_add(env, *p);
	for (size_t i = 0; r == 0 && i < given->env.n; i++)
		r = ctr__strv_set_env(env, given->env.v[i], name_length(given->env.v[i]));
	return r ? ctr__error_nomem(err) : 0;
}
