/* SPDX-License-Identifier: MIT */
/* What HOME is set to: the home of the user inside, if that user can enter it. */
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "compile/compile.h"

/* The user as the owners of files are numbered: outside, but for a root that is mapped. */
struct visitor {
	const struct ctr__compile *c;
	const struct ctr__id_ranges *uids, *gids; /* NULL: inside and outside are the same */
	uint32_t uid, gid;
	bool one_id; /* a user namespace of the caller's id alone */
};

static uint32_t outside(const struct ctr__id_ranges *ranges, uint32_t inside)
{
	for (size_t i = 0; ranges && i < ranges->n; i++) {
		const struct ctr__id_range *r = &ranges->v[i];

		if (inside >= r->inside && inside - r->inside < r->count)
			return r->outside + (inside - r->inside);
	}
	return inside;
}

static bool is_mapped(const struct ctr__id_ranges *ranges, uint32_t id)
{
	for (size_t i = 0; ranges && i < ranges->n; i++)
		if (id >= ranges->v[i].outside && id - ranges->v[i].outside < ranges->v[i].count)
			return true;
	return !ranges;
}

static struct visitor visitor_of(const struct ctr__compile *c)
{
	struct visitor v = { .c = c, .one_id = c->plan->own_user_ns && !c->map };

	if (c->map && !c->spec->mounts.rootfs_idmap) {
		v.uids = ctr__idmap_uids(c->map);
		v.gids = ctr__idmap_gids(c->map);
	}
	v.uid = v.one_id ? geteuid() : outside(v.uids, c->user.uid);
	v.gid = v.one_id ? getegid() : outside(v.gids, c->user.gid);
	return v;
}

/* In a user namespace capabilities are over files whose owners it knows: capabilities(7). */
static bool has_capability(const struct visitor *v, const struct statx *st)
{
	const struct ctr__step_caps *caps = &v->c->caps;
	const uint64_t has = v->c->user.uid ? caps->ambient : caps->bounding;

	if (!(has >> CAP_DAC_OVERRIDE & 1) && !(has >> CAP_DAC_READ_SEARCH & 1))
		return false;
	if (v->one_id)
		return st->stx_uid == v->uid && st->stx_gid == v->gid;
	return is_mapped(v->uids, st->stx_uid) && is_mapped(v->gids, st->stx_gid);
}

static bool has_group(const struct visitor *v, uint32_t gid)
{
	const struct ctr__ids *user = &v->c->user;

	for (size_t i = 0; !v->one_id && i < user->n_groups; i++)
		if (outside(v->gids, user->groups[i]) == gid)
			return true;
	return gid == v->gid;
}

static bool may_search(const struct visitor *v, const struct statx *st)
{
	unsigned mode = st->stx_mode;

	if (has_capability(v, st))
		return true;
	if (st->stx_uid == v->uid)
		mode >>= 6;
	else if (has_group(v, st->stx_gid))
		mode >>= 3;
	return mode & 1;
}

/* One directory of the container's; what is hidden is none. */
static bool may_enter_one(const struct visitor *v, const char *path, struct ctr__view_hit *hit)
{
	struct statx st;
	int r = ctr__view_find(&v->c->view, path, hit);
	bool may = r == 0 && hit->state == CTR__VIEW_FOUND && hit->directory &&
		   hit->owner->kind != CTR__VIEW_MASKED && !hit->owner->hidden;

	if (may && hit->fd >= 0)
		may = sys_statx(hit->fd, "", AT_EMPTY_PATH,
				STATX_TYPE | STATX_MODE | STATX_UID | STATX_GID, &st) == 0 &&
		      may_search(v, &st);
	if (r == 0)
		ctr__fd_close(hit->fd);
	return may;
}

/* All that lead to it too, by the path without links. */
static bool may_enter(const struct visitor *v, const char *home)
{
	struct ctr__view_hit hit;
	char path[PATH_MAX];

	if (!may_enter_one(v, home, &hit))
		return false;
	memcpy(path, hit.path, strlen(hit.path) + 1);
	for (char *slash = strrchr(path, '/'); slash; slash = strrchr(path, '/')) {
		*slash = '\0';
		if (!may_enter_one(v, path, &hit))
			return false;
	}
	return true;
}

/* A look that fails says no, so one no is not believed: a call may fail once for want of memory. */
static bool may_surely_not_enter(const struct visitor *v, const char *home)
{
	const bool may = may_enter(v, home);

	return !may && !may_enter(v, home);
}

/* With the caller's own id inside, but no word on who that is. */
static int use_callers(struct ctr__compile *c)
{
	_cleanup_free_ char *home = NULL;

	if (!c->plan->own_user_ns || c->process->user.name || !c->user.uid ||
	    c->user.uid != geteuid())
		return 0;
	if (ctr__caller_home(&home, NULL) || !home || *home != '/')
		return 0;
	c->user.home = ctr__steps_strdup(&c->plan->steps, home);
	return c->user.home ? 0 : ctr__error_nomem(c->err);
}

int ctr__compile_home(struct ctr__compile *c)
{
	const struct visitor v = visitor_of(c);

	if (!c->user.home && use_callers(c))
		return -1;
	if (!c->user.home) /* a number without a line, which is nobody in particular */
		c->user.home = c->user.uid ? "/" : "/root";
	if (may_surely_not_enter(&v, c->user.home))
		c->user.home = "/tmp";
	return 0;
}
