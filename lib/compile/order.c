/* SPDX-License-Identifier: MIT */
/* The order of the mounts, and what of them a template holds. */
#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/path.h"
#include "base/sys.h"
#include "compile/compile.h"
#include "plan/blank.h"
#include "primitives/mount.h"

/* ---- of many mounts, those that lie below a path ---- */

static bool is_per_run(const struct ctr__mount_item *item)
{
	return item->per_run;
}

/* What mount points are made in becomes read-only, if what it stands for is. */
static bool wants_seal(const struct ctr__mount_item *item)
{
	return item->step.kind == CTR__STEP_DEV || item->step.kind == CTR__STEP_LAYER;
}

static int index_items(struct ctr__compile *c, bool (*wants)(const struct ctr__mount_item *),
		       struct ctr__index *index)
{
	for (size_t i = 0; i < c->n_items; i++)
		if (wants(&c->items[i]) && ctr__index_add(index, c->items[i].target, i))
			return ctr__error_nomem(c->err);
	return 0;
}

/* Whether there is one before the item of that number. */
static bool has_below(const struct ctr__index *index, const char *path, size_t number)
{
	const size_t first = ctr__index_first_below(index, path);

	return first != CTR__INDEX_NONE && first < number;
}

/* ---- a container that starts from no mounts ---- */

static bool is_bind(const struct ctr__mount_item *item)
{
	return item->step.kind == CTR__STEP_BIND || item->step.kind == CTR__STEP_ROOT;
}

/*
 * What is shown of the host is copied before, and the rest does not need it. An overlay is made
 * of mounts that are attached; where something may be gone, it takes the host to know.
 */
static bool suits_blank(const struct ctr__mount_item *item)
{
	/* Files are masked by that null device, and the host's is out of reach. */
	if (item->step.kind != CTR__STEP_ROOT && ctr__path_is_below("/dev/null", item->target) &&
	    item->step.kind != CTR__STEP_DEV)
		return false;
	if (is_bind(item))
		return !item->step.bind.overlay && !item->step.bind.may_be_gone;
	if (item->step.kind == CTR__STEP_DEV)
		return !item->step.binds;
	return !item->needs_host;
}

/*
 * setns(2) takes both of the first. It has to make its devices, which a control group can refuse:
 * not one that is new, below the caller's own, and has no rule for devices.
 */
static bool may_start_blank(const struct ctr__compile *c)
{
	const uint64_t needed = UINT64_C(1) << CAP_SYS_ADMIN | UINT64_C(1) << CAP_SYS_CHROOT |
				UINT64_C(1) << CAP_MKNOD;

	return c->once && !c->plan->own_user_ns && (c->permitted & needed) == needed &&
	       !c->spec->resources.limits.n_devices && !c->spec->resources.cgroup &&
	       !c->spec->resources.cgroup_parent;
}

void ctr__compile_choose_blank(struct ctr__compile *c)
{
	bool suits = may_start_blank(c);

	for (size_t i = 0; suits && i < c->n_items; i++)
		suits = suits_blank(&c->items[i]);
	c->plan->blank = suits ? ctr__blank_of_many() : -1;
	for (size_t i = 0; c->plan->blank >= 0 && i < c->n_items; i++) {
		struct ctr__step_bind *bind = &c->items[i].step.bind;

		if (is_bind(&c->items[i]) && !bind->tree && !bind->taken)
			bind->taken = ++c->plan->n_taken;
	}
}

static int join_blank(struct ctr__compile *c)
{
	const struct ctr__step step = { .kind = CTR__STEP_JOIN_BLANK, .modes = CTR__MODE_RUN };

	return c->plan->blank < 0 ? 0 : ctr__compile_add(c, &step);
}

/* ---- the template ---- */

/*
 * The template holds what is not made per run, so those mounts come first in
 * it. That must not change what covers what, nor need the host's files later.
 */
static bool allows_template(const struct ctr__compile *c, const struct ctr__index *per_run,
			    size_t i)
{
	const struct ctr__mount_item *item = &c->items[i];

	if (item->per_run)
		return !item->needs_host;
	return item->step.kind == CTR__STEP_MAKE_TARGET || !has_below(per_run, item->target, i);
}

/* 1 if all items do, 0 if not, or -1. */
static int all_allow_template(struct ctr__compile *c)
{
	struct ctr__index per_run = { 0 };
	int r = index_items(c, is_per_run, &per_run) ? -1 : 1;

	for (size_t i = 0; r > 0 && i < c->n_items; i++)
		r = allows_template(c, &per_run, i);
	ctr__index_clear(&per_run);
	return r;
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
	r = all_allow_template(c);
	if (r <= 0)
		return r;
	template = calloc(1, sizeof(*template));
	if (!template)
		return ctr__error_nomem(c->err);
	pthread_mutex_init(&template->lock, NULL);
	atomic_init(&template->fd, -1);
	template->network = -1;
	c->plan->template = template;
	return 0;
}

static unsigned modes_of(const struct ctr__compile *c, bool per_run)
{
	if (!c->plan->template)
		return CTR__MODE_ONESHOT;
	return per_run ? CTR__MODE_RUN : CTR__MODE_BUILD;
}

/* ---- the steps ---- */

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
	if (item && !has_below(&c->seals, item->target, n))
		return 0;
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

		if (!is_bind(&c->items[i]) || !step.bind.taken)
			continue;
		if (step.kind == CTR__STEP_ROOT)
			step.bind.target = "/";
		step.kind = CTR__STEP_TAKE;
		step.modes = modes_of(c, false);
		if (ctr__compile_add(c, &step))
			return -1;
	}
	return 0;
}

/*
 * The network that a shared sysfs shows: not the host's, and kept, for without any user it would
 * lose its loopback interface.
 */
static int leave_network(struct ctr__compile *c)
{
	const struct ctr__step step = {
		.kind = CTR__STEP_UNSHARE,
		.modes = CTR__MODE_TEMPLATE,
		.unshare = CLONE_NEWNET,
	};

	if (!c->plan->template || !c->empty_network)
		return 0;
	c->plan->template->has_network = true;
	return ctr__compile_add(c, &step) ||
			       ctr__compile_simple(c, CTR__STEP_KEEP_NETWORK, CTR__MODE_TEMPLATE)
		       ? -1
		       : 0;
}

int ctr__compile_mount_steps(struct ctr__compile *c)
{
	const struct ctr__step join = {
		.kind = CTR__STEP_JOIN_TEMPLATE,
		.modes = CTR__MODE_JOINED,
	};

	if (index_items(c, wants_seal, &c->seals) || make_template(c) || leave_network(c) ||
	    take_early(c) || join_blank(c) || emit(c, false))
		return -1;
	if (!c->plan->template)
		return 0;
	return ctr__compile_add(c, &join) ? -1 : emit(c, true);
}
