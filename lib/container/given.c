/* SPDX-License-Identifier: MIT */
#include "container/given.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sys.h"

/* ---- descriptors ---- */

/* The terminal step has put the terminal there by the time that the program gets it. */
bool ctr__given_is_terminal(const ctr_plan *plan, int target)
{
	return plan->tty && target <= STDERR_FILENO;
}

/* The entry of the plan that a descriptor of the caller's can take the place of, or NULL. */
static const struct ctr__fd *find_given(const ctr_plan *plan, size_t target)
{
	if (target > CTR__FD_MAX || ctr__given_is_terminal(plan, (int)target))
		return NULL;
	for (size_t i = 0; i < plan->n_fds; i++)
		if ((size_t)plan->fds[i].target == target)
			return &plan->fds[i];
	return NULL;
}

static int check_given(const struct ctr__fd *entry, int fd, ctr_error *err)
{
	char text[16];
	int r;

	snprintf(text, sizeof(text), "%d", fd);
	if (sys_fcntl(fd, F_GETFD, 0) < 0)
		return ctr__error_value(err, "source descriptor", text,
					"an open descriptor, or -1");
	r = ctr__fd_is_directory(fd);
	if (r < 0)
		return ctr__error_sys(err, -r, "look at a descriptor", NULL);
	return r && !entry->directory ? ctr__fds_refuse_directory(fd, err) : 0;
}

static int check_fds(const ctr_plan *plan, const int *fds, size_t n_fds, ctr_error *err)
{
	for (size_t i = 0; i < n_fds; i++) {
		const struct ctr__fd *entry;

		if (fds[i] == -1)
			continue;
		entry = find_given(plan, i);
		if (!entry)
			return ctr__error_number(err, "target descriptor", i,
						 "one that the plan has");
		if (check_given(entry, fds[i], err))
			return -1;
	}
	return 0;
}

/* ---- arguments and environment ---- */

/* The length of NAME in NAME=VALUE, or 0. */
static size_t name_length(const char *text)
{
	const char *equals = strchr(text, '=');

	return equals ? (size_t)(equals - text) : 0;
}

static int check_env(char *const *env, ctr_error *err)
{
	for (; env && *env; env++)
		if (!name_length(*env))
			return ctr__error_value(err, "environment variable", *env, "NAME=VALUE");
	return 0;
}

int ctr__given_check(const struct ctr__given *given, const ctr_plan *plan, ctr_error *err)
{
	if (given->args && !given->args[0])
		return ctr__error_value(err, "program", NULL, "a name or a path");
	if (check_env(given->env, err))
		return -1;
	return check_fds(plan, given->fds, given->n_fds, err);
}

static char *const *env_of(const ctr_plan *plan)
{
	return plan->steps.v[plan->steps.n - 1].exec.envp; /* to execute is the last step */
}

int ctr__given_env(const struct ctr__given *given, const ctr_plan *plan, struct ctr__strv *env,
		   ctr_error *err)
{
	int r = 0;

	if (!given->env)
		return 0;
	for (char *const *p = env_of(plan); r == 0 && *p; p++)
		r = ctr__strv_add(env, *p);
	for (char *const *p = given->env; r == 0 && *p; p++)
		r = ctr__strv_set_env(env, *p, name_length(*p));
	return r ? ctr__error_nomem(err) : 0;
}
