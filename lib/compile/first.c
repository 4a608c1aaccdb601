/* SPDX-License-Identifier: MIT */
/* The first steps, before those for files: signals, ids, namespaces that are joined. */
#include <errno.h>
#include <stdio.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/sys.h"
#include "compile/compile.h"
#include "primitives/namespace.h"

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
				      "its user namespace is not the container's: as root, use the "
				      "host's user namespace");
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

int ctr__compile_first_steps(struct ctr__compile *c)
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
	return ctr__compile_lsm(c) || add_joins(c, false) || ctr__compile_umask(c, 0, CTR__MODE_ALL)
		       ? -1
		       : 0;
}
