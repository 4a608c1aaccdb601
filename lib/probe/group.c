/* SPDX-License-Identifier: MIT */
/* Control groups are tried by making one in each hierarchy, as a container's would be. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/fd.h"
#include "cgroup/cgroup.h"
#include "cgroup/files.h"
#include "probe/probe.h"

/* A controller, and a file of it that a group has if it is there. */
struct controller {
	uint32_t feature;
	const char *v1, *v2;
	const char *v1_file, *v2_file;
};

static const struct controller controllers[] = {
	{ CTR_FEATURE_CGROUP_MEMORY, "memory", "memory", "memory.limit_in_bytes", "memory.max" },
	{ CTR_FEATURE_CGROUP_PIDS, "pids", "pids", "pids.max", "pids.max" },
	{ CTR_FEATURE_CGROUP_CPU, "cpu", "cpu", "cpu.shares", "cpu.max" },
	{ CTR_FEATURE_CGROUP_CPUSET, "cpuset", "cpuset", "cpuset.cpus", "cpuset.cpus" },
	{ CTR_FEATURE_CGROUP_IO, "blkio", "io", "blkio.throttle.read_bps_device", "io.max" },
};

#define CONTROLLERS (sizeof(controllers) / sizeof(controllers[0]))
#define TEXT_MAX 512

/* One group, made for a moment. */
struct attempt {
	struct ctr__recipe recipe;
	const struct ctr__hierarchy *hierarchy;
	bool has_controller; /* v2: groups in that place are given it already */
	ctr_cgroup *group;
	char place[PATH_MAX]; /* the group that it is in, escaped */
};

static void end_attempt(struct attempt *a)
{
	if (a->group) {
		ctr_cgroup_remove(a->group, NULL);
		ctr_cgroup_free(a->group);
	}
	ctr__recipe_clear(&a->recipe);
}

/*
 * A controller is not given to groups inside for this: it could not be taken back, for
 * somebody else may have come to rely on it, whose limits would be gone.
 */
static int look_whether_given(struct attempt *a, struct ctr__hierarchy *h, ctr_error *err)
{
	char given[TEXT_MAX];
	int r;

	a->has_controller = true;
	if (!h->v2 || h->n_controllers == 0)
		return 0;
	r = ctr__layout_read_parent(h, "cgroup.subtree_control", given, sizeof(given));
	if (r < 0)
		return ctr__error_sys(err, -r, "read cgroup.subtree_control of", h->parent);
	a->has_controller = ctr__layout_has_word(given, h->controllers[0]);
	if (!a->has_controller)
		h->n_controllers = 0;
	return 0;
}

static int begin_attempt(struct attempt *a, const char *controller, ctr_error *err)
{
	struct ctr__hierarchy *h;
	struct ctr__buf b;

	*a = (struct attempt){ 0 };
	if (ctr__layout_ready(err))
		return -1;
	h = ctr__layout_use(&a->recipe.layout, controller, err);
	if (!h || look_whether_given(a, h, err))
		return -1;
	a->hierarchy = h;
	ctr__buf_init(&b, a->place, sizeof(a->place));
	ctr__buf_add_escaped(&b, h->mount);
	ctr__buf_add_escaped(&b, strcmp(h->parent, "/") == 0 ? "" : h->parent);
	a->group = ctr__cgroup_new(&a->recipe, NULL, err);
	return a->group ? 0 : -1;
}

/* Without the name of the group, which is a new one each time. */
static void fail(const struct ctr__probing *p, uint32_t feature, const struct attempt *a)
{
	if (a->hierarchy && !a->group)
		ctr__probe_fails(p, feature, ctr_error_hint(p->err), "make a group in %s: %s",
				 a->place, ctr__error_text(ctr_error_errno(p->err)));
	else
		ctr__probe_error(p, feature, p->err);
}

/* What it says is written back to it: that is how a limit is set. */
static int try_file(const struct attempt *a, const struct controller *c, ctr_error *err)
{
	const char *file = a->hierarchy->v2 ? c->v2_file : c->v1_file;
	const int dir = a->group->members[0].dir;
	char text[TEXT_MAX];
	int r = ctr__fd_read_file(dir, file, text, sizeof(text));

	if (r > 0)
		r = ctr__fd_write_file(dir, file, text);
	return r < 0 ? ctr__error_sys(err, -r, "set a limit by", file) : 0;
}

/* A line without a word changes nothing, but has to be allowed. */
static int try_to_give(const struct attempt *a, ctr_error *err)
{
	const struct ctr__hierarchy *h = a->hierarchy;
	char path[PATH_MAX];
	int r;

	snprintf(path, sizeof(path), "%s%s/cgroup.subtree_control", h->mount, h->parent);
	r = ctr__fd_write_file(AT_FDCWD, path, "\n");
	return r < 0 ? ctr__error_sys(err, -r, "give the controller to groups in", path) : 0;
}

static void try_controller(const struct ctr__probing *p, const struct controller *c)
{
	struct attempt a;
	int r = begin_attempt(&a, ctr__layout_has(c->v1) ? c->v1 : c->v2, p->err);

	if (r == 0)
		r = a.has_controller ? try_file(&a, c, p->err) : try_to_give(&a, p->err);
	if (r == 0)
		ctr__probe_works(p, c->feature, "made a group in %s (v%d)%s", a.place,
				 a.hierarchy->v2 ? 2 : 1,
				 a.has_controller ? "" : ", which has the controller to give");
	else
		fail(p, c->feature, &a);
	end_attempt(&a);
}

static void try_freeze(const struct ctr__probing *p)
{
	struct attempt a;
	int r = begin_attempt(&a, ctr__layout_has("freezer") ? "freezer" : CTR__CGROUP2, p->err);

	if (r == 0)
		r = ctr_cgroup_freeze(a.group, p->err);
	if (r == 0)
		r = ctr_cgroup_thaw(a.group, p->err);
	if (r == 0)
		ctr__probe_works(p, CTR_FEATURE_CGROUP_FREEZE, "froze a group in %s (v%d)", a.place,
				 a.hierarchy->v2 ? 2 : 1);
	else
		fail(p, CTR_FEATURE_CGROUP_FREEZE, &a);
	end_attempt(&a);
}

static void try_kill(const struct ctr__probing *p, const struct attempt *a)
{
	int r = ctr__fd_write_file(a->group->members[0].dir, "cgroup.kill", "1");

	if (r == 0)
		ctr__probe_works(p, CTR_FEATURE_CGROUP_KILL, "killed all in a group in %s",
				 a->place);
	else
		ctr__probe_fails(p, CTR_FEATURE_CGROUP_KILL,
				 r == -ENOENT ? "it is there since Linux 5.14" : NULL,
				 "write cgroup.kill: %s", ctr__error_text(-r));
}

/* A child that is killed is not told from one that was never there: so this is first. */
static void try_clone(const struct ctr__probing *p, const struct attempt *a)
{
	int r = ctr__probe_clone_into(a->group->members[0].dir);

	if (r == 0)
		ctr__probe_works(p, CTR_FEATURE_CGROUP_CLONE, "a child was born in a group in %s",
				 a->place);
	else
		ctr__probe_fails(p, CTR_FEATURE_CGROUP_CLONE,
				 "the nearest group above both the caller and the new one has to "
				 "be the caller's to change",
				 "make a child in a group in %s: %s", a->place,
				 ctr__error_text(-r));
}

static void try_v2(const struct ctr__probing *p)
{
	struct attempt a;

	if (begin_attempt(&a, CTR__CGROUP2, p->err) == 0) {
		try_clone(p, &a);
		try_kill(p, &a);
	} else {
		fail(p, CTR_FEATURE_CGROUP_CLONE, &a);
		fail(p, CTR_FEATURE_CGROUP_KILL, &a);
	}
	end_attempt(&a);
}

/* ---- the layout ---- */

static void add_controllers(struct ctr__buf *b, const struct ctr__layout *layout, bool v2)
{
	const char *before = v2 ? "v2: " : "v1: ";
	size_t n = 0;

	for (size_t i = 0; i < layout->n; i++) {
		if (layout->v[i].v2 != v2)
			continue;
		for (size_t k = 0; k < layout->v[i].n_controllers; k++, n++)
			ctr__buf_add(b, "%s%s", n ? " " : before, layout->v[i].controllers[k]);
	}
	if (v2 && n == 0)
		ctr__buf_add(b, "v2: no controller");
}

/* Whether the caller may use them is another question: what is refused is added all the same. */
static void look_at_layout(const struct ctr__probing *p)
{
	struct ctr__finding *f = &p->probe->v[CTR_FEATURE_CGROUP];
	struct ctr__layout layout = { 0 };
	bool has_v1 = false, has_v2 = false;
	char text[TEXT_MAX];
	struct ctr__buf b;

	ctr__layout_use(&layout, CTR__CGROUP2, NULL);
	for (size_t i = 0; i < CONTROLLERS; i++) {
		const struct controller *c = &controllers[i];

		ctr__layout_use(&layout, ctr__layout_has(c->v1) ? c->v1 : c->v2, NULL);
	}
	for (size_t i = 0; i < layout.n; i++) {
		has_v1 |= !layout.v[i].v2;
		has_v2 |= layout.v[i].v2;
	}
	ctr__buf_init(&b, text, sizeof(text));
	if (has_v1)
		add_controllers(&b, &layout, false);
	if (has_v1 && has_v2)
		ctr__buf_add(&b, "; ");
	if (has_v2)
		add_controllers(&b, &layout, true);
	ctr__layout_clear(&layout);
	if (has_v1 || has_v2)
		ctr__probe_works(p, CTR_FEATURE_CGROUP, "mounted: %s", text);
	else
		ctr__probe_fails(p, CTR_FEATURE_CGROUP,
				 "mount one: mount -t cgroup2 none /sys/fs/cgroup",
				 "no cgroup hierarchy is mounted on this host");
	f->value = has_v1 || has_v2 ? (has_v1 ? 1 : 0) + (has_v2 ? 2 : 0) : -1;
}

void ctr__probe_groups(const struct ctr__probing *p)
{
	look_at_layout(p);
	for (size_t i = 0; i < CONTROLLERS; i++)
		try_controller(p, &controllers[i]);
	try_freeze(p);
	try_v2(p);
}
