/* SPDX-License-Identifier: MIT */
/* The mounts of a spec, after those that every container gets. */
#include <errno.h>

#include "base/error.h"
#include "base/path.h"
#include "compile/compile.h"
#include "compile/mounts.h"
#include "primitives/mount.h"

static int add_spec_mount(struct ctr__compile *c, const struct ctr__mount *m)
{
	switch (m->kind) {
	case CTR__MOUNT_BIND:
		return ctr__compile_bind(c, m);
	case CTR__MOUNT_TMPFS:
		return ctr__compile_tmpfs(c, m->target, m->size_bytes, m->mode, m->flags);
	case CTR__MOUNT_PROC:
		return ctr__compile_proc(c, m);
	case CTR__MOUNT_SYSFS:
		return ctr__compile_sysfs(c, m);
	case CTR__MOUNT_DEVPTS:
		return ctr__compile_fs(c, "mount devpts on", m->target, m->flags,
				       ctr__mount_fill_devpts);
	case CTR__MOUNT_MQUEUE:
		return ctr__compile_mqueue(c, m);
	case CTR__MOUNT_CGROUP:
		return ctr__compile_cgroup(c, m);
	case CTR__MOUNT_DEV:
		return ctr__compile_dev(c, m->target);
	case CTR__MOUNT_MASK:
		return ctr__compile_protection(c, CTR__STEP_MASK, m->target, true);
	case CTR__MOUNT_OTHER:
		return ctr__compile_other(c, m);
	}
	return 0;
}

static bool is_mount(const struct ctr__mount_item *item)
{
	return item->step.kind == CTR__STEP_BIND || item->step.kind == CTR__STEP_MOUNT;
}

static bool covers(const struct ctr__mount_item *item)
{
	return is_mount(item) || item->step.kind == CTR__STEP_DEV;
}

static void note_hidden_by(struct ctr__compile *c, const struct ctr__index *covering, size_t i)
{
	const size_t last = ctr__index_above(covering, c->items[i].target, 0);

	if (is_mount(&c->items[i]) && last != CTR__INDEX_NONE && last > i)
		c->items[i].step.hidden_by = c->items[last].target;
}

/* Which of the mounts that were asked for, from the first on, nobody will see. */
static int note_hidden(struct ctr__compile *c, size_t first)
{
	struct ctr__index covering = { 0 };
	int r = 0;

	for (size_t i = first; r == 0 && i < c->n_items; i++)
		if (covers(&c->items[i]))
			r = ctr__index_add(&covering, c->items[i].target, i);
	for (size_t i = first; r == 0 && i < c->n_items; i++)
		note_hidden_by(c, &covering, i);
	ctr__index_clear(&covering);
	return r ? ctr__error_nomem(c->err) : 0;
}

int ctr__compile_mounts(struct ctr__compile *c)
{
	size_t first;

	if (ctr__compile_host_root(c) || ctr__compile_first_mounts(c) || ctr__compile_hidden(c) ||
	    ctr__compile_names(c))
		return -1;
	first = c->n_items;
	for (size_t i = 0; i < c->spec->mounts.n; i++) {
		c->no_create = c->spec->mounts.v[i].flags & CTR_MOUNT_NO_CREATE;
		if (add_spec_mount(c, &c->spec->mounts.v[i]))
			return -1;
	}
	return note_hidden(c, first);
}
