/* SPDX-License-Identifier: MIT */
/* The order of the mounts, and what of them a template holds. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/path.h"
#include "base/sys.h"
#include "compile/compile.h"
#include "primitives/mount.h"

/*
 * The template holds what is not made per run, so those mounts come first in
 * it. That must not change what covers what, nor need the host's files later.
 */
static bool allows_template(const struct ctr__compile *c, size_t i)
{
	const struct ctr__mount_item *item = &c->items[i];

	if (item->per_run)
		return !item->needs_host;
	for (size_t k = 0; item->step.kind != CTR__STEP_MAKE_TARGET && k < i; k++)
		if (c->items[k].per_run && ctr__path_is_below(c->items[k].target, item->target))
			return false;
	return true;
}

static int make_template(struct ctr__compile *c)
{
	static const char handle[] = "/proc/self/ns/mnt"; /* what a template is known by */
	struct ctr__template *template;
	struct statx st;
	int r;

	if (c->once)
		return 0;
	r = sys_statx(AT_FDCWD, handle, 0, STATX_TYPE, &st);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return ctr__error_sys(c->err, -r, "look at", handle);
	for (size_t i = 0; i < c->n_items; i++)
		if (!allows_template(c, i))
			return 0;
	template = calloc(1, sizeof(*template));
	if (!template)
		return ctr__error_nomem(c->err);
	pthread_mutex_init(&template->lock, NULL);
	atomic_init(&template->fd, -1);
	c->plan->template = template;
	return 0;
}

static unsigned modes_of(const struct ctr__compile *c, bool per_run)
{
	if (!c->plan->template)
		return CTR__MODE_ONESHOT;
	return per_run ? CTR__MODE_RUN : CTR__MODE_BUILD;
}

/* What mount points are made in becomes read-only, if what it stands for is. */
static bool wants_seal(const struct ctr__mount_item *item)
{
	return item->step.kind == CTR__STEP_DEV || item->step.kind == CTR__STEP_LAYER;
}

static int seal(struct ctr__compile *c, struct ctr__mount_item *item)
{
	struct ctr__step step;

	ctr__mount_fill_read_only(&step, item->target);
	if (item->step.kind == CTR__STEP_LAYER)
		step.flags.layer = item->step.layer.number;
	step.modes = modes_of(c, item->per_run);
	item->sealed = true;
	return ctr__compile_add(c, &step);
}

static bool covers(const struct ctr__mount_item *item, const struct ctr__mount_item *earlier)
{
	return item->step.kind != CTR__STEP_MAKE_TARGET && item->step.kind != CTR__STEP_LAYER &&
	       ctr__path_is_below(earlier->target, item->target);
}

/* Seals, of the first n items, those that item is about to put out of reach; NULL: all. */
static int seal_before(struct ctr__compile *c, size_t n, const struct ctr__mount_item *item,
		       bool per_run)
{
	for (size_t i = 0; i < n; i++) {
		struct ctr__mount_item *earlier = &c->items[i];

		if (!wants_seal(earlier) || earlier->sealed ||
		    (c->plan->template && earlier->per_run != per_run))
			continue;
		if ((!item || covers(item, earlier)) && seal(c, earlier))
			return -1;
	}
	return 0;
}

static int emit(struct ctr__compile *c, bool per_run)
{
	for (size_t i = 0; i < c->n_items; i++) {
		struct ctr__mount_item *item = &c->items[i];

		if (item->per_run != per_run && c->plan->template)
			continue;
		if (seal_before(c, i, item, item->per_run))
			return -1;
		item->step.modes = modes_of(c, per_run);
		if (ctr__compile_add(c, &item->step))
			return -1;
	}
	return seal_before(c, c->n_items, NULL, per_run);
}

/* What of the host has to be copied before there is a root. */
static int take_early(struct ctr__compile *c)
{
	for (size_t i = 0; i < c->n_items; i++) {
		struct ctr__step step = c->items[i].step;

		if (step.kind != CTR__STEP_BIND || !step.bind.taken)
			continue;
		step.kind = CTR__STEP_TAKE;
		step.modes = modes_of(c, false);
		if (ctr__compile_add(c, &step))
			return -1;
	}
	return 0;
}

/* The network that a shared sysfs shows: not the host's, and empty once this child has ended. */
static int leave_network(struct ctr__compile *c)
{
	const struct ctr__step step = {
		.kind = CTR__STEP_UNSHARE,
		.modes = CTR__MODE_TEMPLATE,
		.unshare = CLONE_NEWNET,
	};

	return c->plan->template && c->empty_network ? ctr__compile_add(c, &step) : 0;
}

int ctr__compile_mount_steps(struct ctr__compile *c)
{
	const struct ctr__step join = {
		.kind = CTR__STEP_JOIN_TEMPLATE,
		.modes = CTR__MODE_JOINED,
	};

	if (make_template(c) || leave_network(c) || take_early(c) || emit(c, false))
		return -1;
	if (!c->plan->template)
		return 0;
	return ctr__compile_add(c, &join) ? -1 : emit(c, true);
}
