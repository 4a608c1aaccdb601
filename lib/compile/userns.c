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
		return refuse(c, "no more user namespaces",
			      "the limit belongs to a user namespace, and the container has "
			      "no new one");
	if (wants_idmapped_mounts(c->spec))
		return refuse(c, "idmapped mount",
			      "idmapped mounts need a user namespace, and this container has "
			      "none");
	return 0;
}

static int check_idmapped_mounts(struct ctr__compile *c, bool admin)
{
	if (!wants_idmapped_mounts(c->spec))
		return 0;
	if (!c->plan->mapping.uids)
		return refuse(c, "idmapped mount",
			      "idmapped mounts need a map of ids, and this container has only"
			      " the caller's own id");
	if (!admin)
		return ctr__error_set(
			c->err, CTR_E_UNSUPPORTED, EPERM, "idmapped mount", NULL,
			"only root (CAP_SYS_ADMIN) can create an idmapped mount of the "
			"host's files");
	c->plan->userns_fd = ctr__mapping_open(&c->plan->mapping, c->err);
	return c->plan->userns_fd < 0 ? -1 : 0;
}

/* What writes the map may be another program, and so may be slow: no memory is shared then. */
static int prepare_map(struct ctr__compile *c, bool admin)
{
	if (!ctr__idmap_is_empty(&c->spec->idmap) && !ctr__idmap_is_own(&c->spec->idmap) &&
	    ctr__mapping_make(&c->plan->mapping, &c->spec->idmap, c->err))
		return -1;
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

static int refuse_groups(struct ctr__compile *c)
{
	if (!c->keep_groups || (!c->process->user.n_groups && !c->process->user.group_names.n))
		return 0;
	return refuse(c, "supplementary groups",
		      "a user namespace with one id has no supplementary groups: "
		      "leave them out");
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
	return refuse_groups(c);
}

static int use_callers(struct ctr__compile *c)
{
	c->keep_groups = is_in_denied_one();
	return check_none(c) || refuse_groups(c) ? -1 : 0;
}

int ctr__compile_user_ns(struct ctr__compile *c)
{
	uint64_t permitted;
	int r = ctr__caps_permitted(&permitted);

	if (r < 0)
		return ctr__error_sys(c->err, -r, "read the caller's capabilities", NULL);
	c->admin = has_admin(permitted);
	c->privileged = permitted || geteuid() == 0;
	if (!wants_user_ns(c, permitted))
		return use_callers(c) ? -1 : ctr__compile_caps(c, permitted);
	/* The first process of a new one has them all there: user_namespaces(7). */
	return use_user_ns(c, c->admin) ? -1 : ctr__compile_caps(c, ctr__caps_of_kernel());
}

/* ---- steps ---- */

static int refuse_unmapped(struct ctr__compile *c, const char *what, uint32_t id)
{
	return ctr__error_number(c->err, what, id, "one that the map of ids has");
}

static int check_mapped(struct ctr__compile *c)
{
	const struct ctr__id_ranges *uids = ctr__idmap_uids(&c->spec->idmap);
	const struct ctr__id_ranges *gids = ctr__idmap_gids(&c->spec->idmap);

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

/* Root there, if there is one, for it makes the container's files. */
static uint32_t first_of(const struct ctr__id_ranges *ranges)
{
	return ctr__id_ranges_have(ranges, 0) ? 0 : ranges->v[0].inside;
}

static void fill_map(struct ctr__compile *c, struct ctr__step *step)
{
	const struct ctr__mapping *m = &c->plan->mapping;

	step->kind = m->uids ? CTR__STEP_AWAIT_IDS : CTR__STEP_MAP_IDS;
	if (m->uids) {
		step->map.uids = name_lines(c, m->uids);
		step->map.gids = name_lines(c, m->gids);
		step->map.uid = first_of(ctr__idmap_uids(&c->spec->idmap));
		step->map.gid = first_of(ctr__idmap_gids(&c->spec->idmap));
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
	if (!ctr__idmap_is_empty(&c->spec->idmap) && check_mapped(c))
		return -1;
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
	return refuse(c, "no more user namespaces",
		      "with CAP_SYS_RESOURCE the container could undo the limit: drop"
		      " this capability");
}
