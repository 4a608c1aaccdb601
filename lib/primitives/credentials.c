/* SPDX-License-Identifier: MIT */
#include <minictr/credentials.h>

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/export.h"
#include "base/sys.h"
#include "plan/direct.h"
#include "primitives/credentials.h"

int ctr__check_id(const char *what, uint32_t id, ctr_error *err)
{
	if (id == UINT32_MAX)
		return ctr__error_value(
			err, what, "4294967295",
			"at most 4294967294; the kernel reads this one as \"unchanged\"");
	return 0;
}

CTR_EXPORT int ctr_set_no_new_privs(ctr_error *err)
{
	const struct ctr__step step = { .kind = CTR__STEP_NO_NEW_PRIVS };

	return ctr__step_direct(&step, NULL, err);
}

static int check_ids(uint32_t uid, uint32_t gid, const uint32_t *groups, size_t n_groups,
		     ctr_error *err)
{
	if (ctr__check_id("user id", uid, err) || ctr__check_id("group id", gid, err))
		return -1;
	if (n_groups > CTR__GROUPS_MAX)
		return ctr__error_set(err, CTR_E_INVALID, 0, "supplementary groups", NULL,
				      "there are %zu, expected at most %d", n_groups,
				      CTR__GROUPS_MAX);
	for (size_t i = 0; i < n_groups; i++)
		if (ctr__check_id("supplementary group", groups[i], err))
			return -1;
	return 0;
}

/* What is set before the user id, which may be refused when these have been changed. */
struct groups_before {
	uint32_t gids[3];
	uint32_t *v;
	int n;
};

static int note_groups(struct groups_before *before)
{
	int r = sys_getresgid(before->gids);

	before->n = r < 0 ? r : sys_getgroups(0, NULL);
	if (before->n <= 0)
		return before->n;
	before->v = malloc((size_t)before->n * sizeof(*before->v));
	if (!before->v)
		return -ENOMEM;
	before->n = sys_getgroups((size_t)before->n, before->v);
	return before->n < 0 ? before->n : 0;
}

/* A process that could set them may set them back. */
static void restore_groups(const struct groups_before *before)
{
	sys_setgroups((size_t)before->n, before->v);
	sys_setresgid(before->gids[0], before->gids[1], before->gids[2]);
}

static int set_ids(const struct ctr__step *step, ctr_error *err)
{
	struct groups_before before = { .n = 0 };
	int r = note_groups(&before);

	if (r < 0)
		r = r == -ENOMEM ? ctr__error_nomem(err)
				 : ctr__error_sys(err, -r, "read the caller's groups", NULL);
	else if (ctr__step_direct(step, NULL, err)) {
		restore_groups(&before);
		r = -1;
	}
	free(before.v);
	return r;
}

CTR_EXPORT int ctr_set_ids(uint32_t uid, uint32_t gid, const uint32_t *groups, size_t n_groups,
			   ctr_error *err)
{
	const struct ctr__step step = {
		.kind = CTR__STEP_IDS,
		.ids = { .uid = uid, .gid = gid, .groups = groups, .n_groups = n_groups },
	};

	if (check_ids(uid, gid, groups, n_groups, err))
		return -1;
	return set_ids(&step, err);
}
