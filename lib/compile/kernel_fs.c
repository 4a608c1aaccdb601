/* SPDX-License-Identifier: MIT */
/* File systems that show the container's namespaces: proc, sysfs, mqueue. */
#include <linux/capability.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include "base/error.h"
#include "base/sys.h"
#include "compile/compile.h"
#include "compile/mounts.h"
#include "primitives/mount.h"
#include "spec/protected.h"

/* A file system that shows one of the container's namespaces. */
struct kernel_fs {
	enum ctr__mount_kind kind;
	uint32_t ns;
	const char *name, *what;
	char *hosts; /* where the host has it */
	void (*fill)(struct ctr__step *, const char *, uint32_t);
};

static char hosts_proc[] = "/proc", hosts_sys[] = "/sys", hosts_mqueue[] = "/dev/mqueue";

static const struct kernel_fs proc_fs = {
	.kind = CTR__MOUNT_PROC,
	.ns = CTR_NS_PID,
	.name = "PID",
	.what = "mount proc on",
	.hosts = hosts_proc,
	.fill = ctr__mount_fill_proc,
};
static const struct kernel_fs sys_fs = {
	.kind = CTR__MOUNT_SYSFS,
	.ns = CTR_NS_NET,
	.name = "network",
	.what = "mount sysfs on",
	.hosts = hosts_sys,
	.fill = ctr__mount_fill_sysfs,
};
static const struct kernel_fs mqueue_fs = {
	.kind = CTR__MOUNT_MQUEUE,
	.ns = CTR_NS_IPC,
	.name = "IPC",
	.what = "mount mqueue on",
	.hosts = hosts_mqueue,
	.fill = ctr__mount_fill_mqueue,
};

/* Whether the container's user namespace owns such a namespace: else it may mount none of it. */
static bool owns(const struct ctr__compile *c, uint32_t kind)
{
	return !c->plan->own_user_ns || c->inside & kind;
}

/* The host's, with all that lies on it, whose namespace the container shares. */
static int add_bound(struct ctr__compile *c, const struct kernel_fs *fs, char *target,
		     uint32_t flags)
{
	const struct ctr__mount bind = {
		.kind = fs->kind,
		.source = fs->hosts,
		.target = target,
		.flags = flags | CTR_MOUNT_NOEXEC,
	};

	return ctr__compile_bind(c, &bind);
}

static int refuse_joined(struct ctr__compile *c, const struct kernel_fs *fs, const char *target)
{
	return ctr__error_set(c->err, CTR_E_UNSUPPORTED, EPERM, fs->what, target,
			      "the container joins a %s namespace that its user namespace does "
			      "not own: leave the mount out, or use --userns host as root",
			      fs->name);
}

static int refuse_absent(struct ctr__compile *c, const struct kernel_fs *fs, const char *target)
{
	return ctr__error_set(
		c->err, CTR_E_UNSUPPORTED, ENOENT, fs->what, target,
		"in a user namespace the host's own mount shows the host's %s namespace, and "
		"nothing is mounted at %s",
		fs->name, fs->hosts);
}

static int add_kernel_fs(struct ctr__compile *c, const struct kernel_fs *fs,
			 const struct ctr__mount *m, uint32_t flags)
{
	if (owns(c, fs->ns))
		return ctr__compile_fs(c, fs->what, m->target, flags, fs->fill);
	if (ctr__spec_ns(c->spec, fs->ns)->fd >= 0)
		return refuse_joined(c, fs, m->target);
	if (sys_access(fs->hosts, F_OK) < 0)
		return refuse_absent(c, fs, m->target);
	return add_bound(c, fs, m->target, flags);
}

/* In one more place, and no more than on /proc: who switches that off is to know better. */
int ctr__compile_proc(struct ctr__compile *c, const struct ctr__mount *m)
{
	if (add_kernel_fs(c, &proc_fs, m, m->flags))
		return -1;
	return c->spec->mounts.base & CTR_BASE_PROC ? ctr__compile_guard(c, "/proc") : 0;
}

int ctr__compile_sysfs(struct ctr__compile *c, const struct ctr__mount *m)
{
	const bool guarded = c->spec->mounts.base & CTR_BASE_SYS;
	const uint32_t flags = m->flags | (guarded ? CTR_MOUNT_READ_ONLY : 0);

	if (add_kernel_fs(c, &sys_fs, m, flags))
		return -1;
	return guarded ? ctr__compile_guard(c, "/sys") : 0;
}

int ctr__compile_mqueue(struct ctr__compile *c, const struct ctr__mount *m)
{
	return add_kernel_fs(c, &mqueue_fs, m, m->flags);
}

/* ---- those that every container gets ---- */

int ctr__compile_base_proc(struct ctr__compile *c)
{
	int r;

	if (owns(c, CTR_NS_PID))
		r = ctr__compile_fs(c, "mount proc on", "/proc", 0, ctr__mount_fill_proc);
	else
		r = add_bound(c, &proc_fs, hosts_proc, 0);
	return r || ctr__compile_refuse_link(c, "/proc") ? -1 : ctr__compile_guard(c, "/proc");
}

/*
 * Of a new network namespace, in which nothing inside can make interfaces: a template has its
 * sysfs, which shows an empty one. That of the host, or one that is joined, has to be shown.
 */
static bool may_share_sysfs(const struct ctr__compile *c)
{
	return ctr__ns_is_new(ctr__spec_ns(c->spec, CTR_NS_NET)) &&
	       !(c->process->confine.caps >> CAP_NET_ADMIN & 1);
}

static int add_new_sysfs(struct ctr__compile *c)
{
	if (ctr__compile_fs(c, "mount sysfs on", "/sys", CTR_MOUNT_READ_ONLY,
			    ctr__mount_fill_sysfs))
		return -1;
	if (may_share_sysfs(c)) {
		ctr__compile_share_last(c);
		c->empty_network = true;
	}
	return 0;
}

/* sysfs(5) shows a network namespace. */
static int add_base_sys(struct ctr__compile *c)
{
	int r;

	if (owns(c, CTR_NS_NET))
		r = add_new_sysfs(c);
	else
		r = add_bound(c, &sys_fs, hosts_sys, CTR_MOUNT_READ_ONLY);
	return r || ctr__compile_refuse_link(c, "/sys") ? -1 : ctr__compile_guard(c, "/sys");
}

/* Where the host has no sysfs on /sys there is nothing to protect. */
static bool has_sysfs(const struct ctr__compile *c)
{
	struct ctr__view_hit hit;
	struct statfs st;
	int r = ctr__view_find(&c->view, "/sys", &hit);

	if (r < 0 || hit.fd < 0)
		return r < 0;
	r = sys_fstatfs(hit.fd, &st);
	sys_close(hit.fd);
	return r < 0 || st.f_type == SYSFS_MAGIC;
}

/* In the host's own tree, where nobody exchanges directories. */
static int guard_hosts_sys(struct ctr__compile *c)
{
	const bool mounted = has_sysfs(c);

	for (unsigned i = 0; i < CTR__PROTECTED_COUNT; i++) {
		const struct ctr__protected *p = &ctr__protected[i];

		if ((c->spec->mounts.unmasked >> i & 1) || !ctr__path_is_below(p->path, "/sys"))
			continue;
		if (ctr__compile_protection(c, p->read_only ? CTR__STEP_READ_ONLY : CTR__STEP_MASK,
					    p->path, p->may_be_absent || !mounted))
			return -1;
	}
	return 0;
}

int ctr__compile_base_sys(struct ctr__compile *c)
{
	return c->spec->mounts.rootfs ? add_base_sys(c) : guard_hosts_sys(c);
}

int ctr__compile_base_mqueue(struct ctr__compile *c)
{
	if (owns(c, CTR_NS_IPC))
		return ctr__compile_fs(c, "mount mqueue on", "/dev/mqueue", 0,
				       ctr__mount_fill_mqueue);
	return sys_access(hosts_mqueue, F_OK) < 0 ? 0 : add_bound(c, &mqueue_fs, hosts_mqueue, 0);
}
