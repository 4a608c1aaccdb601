/* SPDX-License-Identifier: MIT */
#include "plan/fds.h"

int ctr__step_fd(const struct ctr__step *step)
{
	switch (step->kind) {
	case CTR__STEP_SETNS:
		return step->setns.by_parent ? -1 : step->setns.fd;
	case CTR__STEP_ROOT:
	case CTR__STEP_BIND:
	case CTR__STEP_TAKE:
		return step->bind.idmap ? step->bind.userns : -1;
	case CTR__STEP_EXEC:
		return step->exec.by_fd ? step->exec.fd : -1;
	case CTR__STEP_TRY:
		return step->try.fd > 0 ? step->try.fd : -1;
	default:
		return -1;
	}
}

static void count_in(unsigned *end, int fd)
{
	if (fd >= 0 && (unsigned)fd >= *end)
		*end = (unsigned)fd + 1;
}

static void count_all(unsigned *end, const int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		count_in(end, fds[i]);
}

/* What only some steps use of what is made for each run. */
static void count_used(unsigned *end, const struct ctr__run *run, const struct ctr__step *step)
{
	switch (step->kind) {
	case CTR__STEP_DIE_WITH_PARENT:
		count_in(end, run->slots[CTR__SLOT_PARENT]);
		break;
	case CTR__STEP_JOIN_TEMPLATE:
	case CTR__STEP_JOIN_BLANK:
		count_in(end, run->slots[CTR__SLOT_TEMPLATE]);
		break;
	case CTR__STEP_JOIN_CGROUP:
		count_all(end, run->groups, run->n_groups);
		break;
	case CTR__STEP_JOIN_LEAF:
		count_in(end, run->leaf);
		break;
	default:
		count_in(end, ctr__step_fd(step));
	}
}

unsigned ctr__fds_end(const struct ctr__run *run, const struct ctr__image_counts *counts,
		      bool helper)
{
	bool used = helper;
	unsigned end = STDERR_FILENO + 1;

	count_all(&end, run->sources, counts->sources);
	count_all(&end, run->trees, counts->trees);
	count_in(&end, run->slots[CTR__SLOT_CHANNEL]);
	if (helper)
		count_all(&end, run->slots, CTR__SLOT_COUNT);
	for (size_t i = 0; i < run->n_steps; i++) {
		if (!(run->steps[i].modes & run->mode))
			continue;
		used = used || !ctr__leaves_fds(&run->steps[i]);
		if (used)
			count_used(&end, run, &run->steps[i]);
	}
	return end;
}
