/* SPDX-License-Identifier: MIT */
/* Who the program is to be. */
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/export.h"
#include "orchestrator/spec.h"
#include "primitives/process.h"

void ctr__spec_clear_user(ctr_spec *spec)
{
	free(spec->groups);
}

void ctr__spec_forget_user(ctr_spec *copy)
{
	copy->groups = NULL;
	copy->n_groups = 0;
}

static int add_group(ctr_spec *spec, uint32_t gid)
{
	uint32_t *grown = reallocarray(spec->groups, spec->n_groups + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	spec->groups = grown;
	spec->groups[spec->n_groups++] = gid;
	return 0;
}

int ctr__spec_copy_user(ctr_spec *to, const ctr_spec *from, ctr_error *err)
{
	for (size_t i = 0; i < from->n_groups; i++)
		if (add_group(to, from->groups[i]))
			return ctr__error_nomem(err);
	return 0;
}

CTR_EXPORT int ctr_spec_set_user(ctr_spec *spec, uint32_t uid, uint32_t gid, ctr_error *err)
{
	if (ctr__check_id("user id", uid, err) || ctr__check_id("group id", gid, err))
		return -1;
	spec->uid = uid;
	spec->gid = gid;
	return 0;
}

CTR_EXPORT int ctr_spec_add_group(ctr_spec *spec, uint32_t gid, ctr_error *err)
{
	if (ctr__check_id("supplementary group", gid, err))
		return -1;
	if (spec->n_groups >= CTR__GROUPS_MAX)
		return ctr__error_set(err, CTR_E_INVALID, 0, "supplementary groups", NULL,
				      "there are %d already, the most that the kernel takes",
				      CTR__GROUPS_MAX);
	return add_group(spec, gid) ? ctr__error_nomem(err) : 0;
}
