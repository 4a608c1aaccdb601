/* SPDX-License-Identifier: MIT */
/* The first steps, before those for files: signals, ids, groups, the session. */
#include <stdio.h>

#include "base/error.h"
#include "compile/compile.h"

/* The user keyring is one for each user id of a user namespace: user-keyring(7). */
static int add_keyring(struct ctr__compile *c)
{
	struct ctr__step step = { .kind = CTR__STEP_KEYRING, .modes = CTR__MODE_RUN };
	bool lets;

	if (!c->process->attr.keyring)
		return 0;
	if (ctr__compile_lets_keyctl(c, &lets))
		return -1;
	if (lets && (!c->plan->own_user_ns || c->plan->joins_user_ns))
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

/* Its user namespace, and what has to be done before it is in there. */
static int add_user_ns(struct ctr__compile *c)
{
	/* For a process that can't be traced, as some are from then on, only root can write it. */
	if (add_oom_score_adj(c))
		return -1;
	return c->plan->joins_user_ns ? ctr__compile_join_user_ns(c) : ctr__compile_map(c);
}

int ctr__compile_first_steps(struct ctr__compile *c)
{
	if (ctr__compile_simple(c, CTR__STEP_RESET_SIGNALS, CTR__MODE_ALL) ||
	    ctr__compile_simple(c, CTR__STEP_SCHEDULING, CTR__MODE_ALL) || add_user_ns(c))
		return -1;
	if (c->process->attr.die_with_parent &&
	    ctr__compile_simple(c, CTR__STEP_DIE_WITH_PARENT, CTR__MODE_RUN))
		return -1;
	if (ctr__compile_processes(c) ||
	    ctr__compile_simple(c, CTR__STEP_NO_CORE_DUMP, CTR__MODE_ALL) ||
	    ctr__compile_group_steps(c))
		return -1;
	if (add_session(c) || add_keyring(c) || ctr__compile_lsm(c) || ctr__compile_joins(c))
		return -1;
	return ctr__compile_umask(c, 0, CTR__MODE_ALL);
}
