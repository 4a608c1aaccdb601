/* SPDX-License-Identifier: MIT */
/* Who the program is. */
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "orchestrator/compile.h"

static int set_groups(struct ctr__compile *c, const uint32_t *groups, size_t n)
{
	uint32_t *copy = ctr__steps_alloc(&c->plan->steps, n, sizeof(*copy));

	if (!copy)
		return ctr__error_nomem(c->err);
	if (n)
		memcpy(copy, groups, n * sizeof(*copy));
	c->user.groups = copy;
	c->user.n_groups = n;
	return 0;
}

static int find_user(struct ctr__compile *c)
{
	c->user.uid = c->spec->uid;
	c->user.gid = c->spec->gid;
	c->user.home = c->user.uid ? "/" : "/root";
	return set_groups(c, c->spec->groups, c->spec->n_groups);
}

int ctr__compile_user(struct ctr__compile *c)
{
	const struct ctr__identity *user = &c->user;

	if (find_user(c))
		return -1;
	c->caps.permitted = user->uid ? c->caps.ambient : c->caps.bounding;
	/*
	 * Generously, for the caller may be somebody else by the time of the spawn. In a user
	 * namespace it stays who it is for the host, and what maps ids has to be dumpable: proc(5).
	 */
	c->plan->changes_ids =
		!c->plan->own_user_ns && (user->uid || user->gid || geteuid() || getegid());
	return 0;
}
