/* SPDX-License-Identifier: MIT */
/* Whether there is a user namespace, and which ids it has. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "compile/compile.h"
#include "primitives/caps.h"
#include "primitives/mount.h"

static bool has_admin(uint64_t permitted)
{
	return permitted >> CAP_SYS_ADMIN & 1;
}

/* To bring the loopback interface up takes CAP_NET_ADMIN where the network belongs. */
static bool lacks_net_admin(const ctr_spec *spec, uint64_t permitted)
{
	const struct ctr__ns *net = ctr__spec_ns(spec, CTR_NS_NET);

	return ctr__ns_is_new(net) && !(permitted >> CAP_NET_ADMIN & 1);
}

static bool wants_user_ns(struct ctr__compile *c, uint64_t permitted)
{
	const ctr_spec *spec = c->spec;
	const int mode = ctr__spec_ns(spec, CTR_NS_USER)->mode;

	if (mode == CTR_NS_MODE_HOST)
		return false;
	if (mode == CTR_NS_MODE_NEW || !ctr__idmap_is_empty(&spec->idmap) || !has_admin(permitted))
		return true;
	if (!lacks_net_admin(spec, permitted) || ctr__userns_off(EPERM))
		return false;
	c->plan->for_net_admin = true;
	return true;
}

static bool wants_idmapped_mounts(const ctr_spec *spec)
{
	for (size_t i = 0; i < spec->mounts.n; i++)
		if (spec->mounts.v[i].kind == CTR__MOUNT_BIND &&
		    (spec->mounts.v[i].flags & CTR_MOUNT_IDMAP))
			return true;
	return spec->mounts.rootfs_idmap;
}

static int refuse(struct ctr__compile *c, const char *what, const char *why)
{
	return ctr__error_set(c->err, CTR_E_INVALID, 0, what, NULL, "%s", why);
}

/* What is for a user namespace alone, where there is none. */
static int check_none(struct ctr__compile *c)
{
	if (!ctr__idmap_is_empty(&c->spec->idmap))
		return refuse(c, "map of ids",
			      "it needs a new user namespace, and the spec chooses the host's");
	if (c->spec->namespaces.disable_userns)
		return refuse(
			c, "no more user namespaces",
			"the limit belongs to a user namespace, and the container has no new one");
	if (wants_idmapped_mounts(c->spec))
		return refuse(c, "idmapped mount",
			      "idmapped mounts need a user namespace, and this container has none");
	return 0;
}

static int open_for_mounts(struct ctr__compile *c)
{
	if (c->plan->joins_user_ns)
		return ctr__compile_dup_ns(c, ctr__spec_ns(c->spec, CTR_NS_USER));
	return ctr__mapping_open(&c->plan->mapping, c->err);
}

static int check_idmapped_mounts(struct ctr__compile *c, bool admin)
{
	if (!wants_idmapped_mounts(c->spec))
		return 0;
	if (!c->plan->mapping.uids && !c->plan->joins_user_ns)
		return refuse(c, "idmapped mount",
			      "idmapped mounts need a map of ids, and this container has only the "
			      "caller's own id");
	if (!admin)
		return ctr__error_set(
			c->err, CTR_E_UNSUPPORTED, EPERM, "idmapped mount", NULL,
			"only root (CAP_SYS_ADMIN) can create an idmapped mount of the host's "
			"files");
	c->plan->userns_fd = open_for_mounts(c);
	return c->plan->userns_fd < 0 ? -1 : 0;
}

/* What writes the map may be another program, and so may be slow: no memory is shared then. */
static int prepare_map(struct ctr__compile *c, bool admin)
{
	if (!ctr__idmap_is_empty(&c->spec->idmap)) {
		c->map = &c->spec->idmap;
		if (!ctr__idmap_is_own(c->map) &&
		    ctr__mapping_make(&c->plan->mapping, c->map, c->err))
			return -1;
	}
	/* The host's files are root's to open, which the child is not any more. */
	c->trees = c->plan->mapping.uids && admin;
	return check_idmapped_mounts(c, admin);
}

/* As in one that unshare(1) has made for an ordinary user. */
static bool is_in_denied_one(void)
{
	char text[8];

	return ctr__fd_read_file(AT_FDCWD, "/proc/self/setgroups", text, sizeof(text)) > 0 &&
	       strcmp(text, "deny\n") == 0;
}

static int check_groups(struct ctr__compile *c, const char *why)
{
	if (!c->keep_groups || (!c->process->user.n_groups && !c->process->user.group_names.n))
		return 0;
	return refuse(c, "supplementary groups", why);
}

static int check_one_group(struct ctr__compile *c)
{
	return check_groups(
		c, "a user namespace with one id has no supplementary groups: leave them out");
}

/* newgidmap(1) lets nobody leave groups by mapping one's own alone: CVE-2018-7169. */
static bool may_set_groups(const struct ctr__compile *c)
{
	const struct ctr__mapping *m = &c->plan->mapping;

	return m->uids && !is_in_denied_one() &&
	       !(m->gid_helper &&
		 ctr__id_ranges_are_own(ctr__idmap_gids(&c->spec->idmap), getegid()));
}

static int use_user_ns(struct ctr__compile *c, bool admin)
{
	c->plan->own_user_ns = true;
	c->plan->namespaces |= CLONE_NEWUSER;
	c->once = true; /* a template would belong to another user namespace */
	if (prepare_map(c, admin))
		return -1;
	c->keep_groups = !may_set_groups(c);
	return check_one_group(c);
}

static int use_callers(struct ctr__compile *c)
{
	c->keep_groups = is_in_denied_one();
	return check_none(c) || check_one_group(c) ? -1 : 0;
}

/* ---- one that is there ---- */

/* What changes it would change it for all that are in it. */
static int check_joined(struct ctr__compile *c, const struct ctr__ns *ns)
{
	if (ctr__compile_is_callers("/proc/self/ns/user", ns->fd))
		return ctr__error_set(c->err, CTR_E_INVALID, 0, "join the user namespace",
				      ns->origin,
				      "it is the caller's: use CTR_NS_MODE_HOST for it");
	if (!ctr__idmap_is_empty(&c->spec->idmap))
		return refuse(c, "map of ids",
			      "it is for a new user namespace, and the one that the container "
			      "joins has its own");
	if (c->spec->namespaces.disable_userns)
		return refuse(c, "no more user namespaces",
			      "the limit belongs to a user namespace, and the container joins one "
			      "that others are in");
	return 0;
}

static int read_joined(struct ctr__compile *c, const struct ctr__ns *ns)
{
	if (ctr__userns_read(ns->fd, ns->origin, &c->joined_map, &c->keep_groups, c->err))
		return -1;
	if (!c->joined_map.uids.n || !c->joined_map.gids.n)
		return ctr__error_set(c->err, CTR_E_STATE, 0, "join the user namespace", ns->origin,
				      "it has no map of ids yet");
	c->map = &c->joined_map;
	return check_groups(c, "in the user namespace that the container joins setgroups(2) is "
			       "denied: leave them out");
}

static int join_user_ns(struct ctr__compile *c, uint64_t permitted)
{
	const struct ctr__ns *ns = ctr__spec_ns(c->spec, CTR_NS_USER);

	if (check_joined(c, ns) || read_joined(c, ns))
		return -1;
	c->plan->own_user_ns = true;
	c->once = true; /* a template would belong to another user namespace */
	c->leave_groups = c->keep_groups && permitted >> CAP_SETGID & 1 && !is_in_denied_one();
	c->trees = c->admin;
	return check_idmapped_mounts(c, c->admin);
}

/* ---- the whole ---- */

int ctr__compile_user_ns(struct ctr__compile *c)
{
	uint64_t permitted;
	int r = ctr__caps_permitted(&permitted);

	if (r < 0)
		return ctr__error_sys(c->err, -r, "read the caller's capabilities", NULL);
	c->admin = has_admin(permitted);
	c->permitted = permitted;
	c->privileged = permitted || geteuid() == 0;
	if (c->plan->joins_user_ns)
		r = join_user_ns(c, permitted);
	else if (wants_user_ns(c, permitted))
		r = use_user_ns(c, c->admin);
	else
		r = use_callers(c);
	if (r)
		return -1;
	/* The process that makes or joins one has them all there: user_namespaces(7). */
	return ctr__compile_caps(c, c->plan->own_user_ns ? ctr__caps_of_kernel() : permitted);
}

/* ---- steps ---- */

static int refuse_unmapped(struct ctr__compile *c, const char *what, uint32_t id)
{
	return ctr__error_number(c->err, what, id, "one that the map of ids has");
}

int ctr__compile_check_mapped(struct ctr__compile *c)
{
	const struct ctr__id_ranges *uids, *gids;

	if (!c->map)
		return 0;
	uids = ctr__idmap_uids(c->map);
	gids = ctr__idmap_gids(c->map);
	if (!ctr__id_ranges_have(uids, c->user.uid))
		return refuse_unmapped(c, "user id", c->user.uid);
	if (!ctr__id_ranges_have(gids, c->user.gid))
		return refuse_unmapped(c, "group id", c->user.gid);
	for (size_t i = 0; i < c->user.n_groups; i++)
		if (!ctr__id_ranges_have(gids, c->user.groups[i]))
			return refuse_unmapped(c, "supplementary group", c->user.groups[i]);
	return 0;
}

static const char *name_own(struct ctr__compile *c, uint32_t inside, uint32_t outside)
{
	char text[64];

	snprintf(text, sizeof(text), "%u %u 1", inside, outside);
	return ctr__steps_strdup(&c->plan->steps, text);
}

/* Lines as words: "0 1000 1, 1 100000 65536". */
static const char *name_lines(struct ctr__compile *c, const char *lines)
{
	char *text = ctr__steps_alloc(&c->plan->steps, 2 * strlen(lines) + 1, 1);
	char *to = text;

	for (const char *p = lines; text && *p; p++) {
		if (*p == '\n' && p[1])
			*to++ = ',';
		if (*p != '\n' || p[1])
			*to++ = *p == '\n' ? ' ' : *p;
	}
	return text;
}

static void fill_map(struct ctr__compile *c, struct ctr__step *step)
{
	const struct ctr__mapping *m = &c->plan->mapping;

	step->kind = m->uids ? CTR__STEP_AWAIT_IDS : CTR__STEP_MAP_IDS;
	if (m->uids) {
		step->map.uids = name_lines(c, m->uids);
		step->map.gids = name_lines(c, m->gids);
		step->map.uid = ctr__id_ranges_first(ctr__idmap_uids(&c->spec->idmap));
		step->map.gid = ctr__id_ranges_first(ctr__idmap_gids(&c->spec->idmap));
	} else {
		step->map.uids = name_own(c, c->user.uid, geteuid());
		step->map.gids = name_own(c, c->user.gid, getegid());
	}
}

int ctr__compile_map(struct ctr__compile *c)
{
	struct ctr__step step = { .modes = CTR__MODE_RUN };

	if (!c->plan->own_user_ns)
		return 0;
	fill_map(c, &step);
	if (!step.map.uids || !step.map.gids)
		return ctr__error_nomem(c->err);
	if (ctr__compile_add(c, &step))
		return -1;
	return c->spec->namespaces.disable_userns
		       ? ctr__compile_simple(c, CTR__STEP_NO_USER_NS, CTR__MODE_RUN)
		       : 0;
}

/* Whoever has it can raise the limit again: sysctl's own rule for those of a user namespace. */
int ctr__compile_check_user_ns(struct ctr__compile *c)
{
	if (!c->spec->namespaces.disable_userns || !(c->caps.bounding >> CAP_SYS_RESOURCE & 1))
		return 0;
	return refuse(
		c, "no more user namespaces",
		"with CAP_SYS_RESOURCE the container could undo the limit: drop this capability");
}
