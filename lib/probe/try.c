/* SPDX-License-Identifier: MIT */
/* What is tried in children: each a plan of a few steps that ends there. */
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/wait.h"
#include "container/container.h"
#include "container/explain.h"
#include "plan/helper.h"
#include "plan/launch.h"
#include "primitives/userns.h"
#include "probe/probe.h"

#define NEW_TIME 0x00000080 /* CLONE_NEWTIME, which glibc has not had for long */
#define NOBODY 65534
#define STEPS_MAX 8
#define BOUND_MS 3000 /* for what hangs */

#define GUARDED (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

/* Where it is tried. */
enum place {
	AS_CALLER,
	AS_CONTAINER, /* as its containers are made: without CAP_SYS_ADMIN in a user namespace */
	IN_USER_NS,
};

struct trial {
	uint32_t feature;
	enum place place;
	unsigned long namespaces;		  /* CLONE_NEW* that the child is made in */
	const struct ctr__step *steps[STEPS_MAX]; /* up to NULL */
	const char *success;
	const char *(*hint)(int errnum); /* of what is its own; NULL: none */
};

struct result {
	int errnum; /* 0: it works; -1: it was killed */
	int failed; /* which step; -1: no child could be made */
	bool in_user_ns;
	struct ctr__step steps[STEPS_MAX];
};

/* ---- hints ---- */

static const char *proc_hint(int errnum)
{
	return errnum == EPERM
		       ? "something is mounted over parts of the caller's /proc, as in another "
			 "container, so the kernel shows no other one in a user namespace: give "
			 "the outer container an unmasked /proc, such as by docker's "
			 "--security-opt systempaths=unconfined"
		       : NULL;
}

static const char *sysfs_hint(int errnum)
{
	return errnum == EPERM
		       ? "something is mounted over parts of the caller's /sys, or it is "
			 "read-only, as in another container: do without one, as containers "
			 "do by default"
		       : NULL;
}

static const char *overlay_hint(int errnum)
{
	switch (errnum) {
	case ENODEV:
		return "the kernel lacks it: load it with \"modprobe overlay\"";
	case EPERM:
		return "user namespaces may mount it since Linux 5.11, unless a security module "
		       "forbids it";
	default:
		return NULL;
	}
}

static const char *fs_hint(int errnum)
{
	return errnum == ENODEV ? "the kernel was built without it" : NULL;
}

static const char *devices_hint(int errnum)
{
	return errnum == ENOENT || errnum == ENODEV || errnum == EACCES
		       ? "the caller's /dev must have null, zero, full, random, urandom and tty, "
			 "as the kernel names them"
		       : NULL;
}

static const char *idmap_hint(int errnum)
{
	switch (errnum) {
	case EINVAL:
		return "this file system can't in this kernel: keep files that belong to the "
		       "container's ids";
	case EPERM:
		return "only the user that mounted the file system may do that: root, for the host's";
	default:
		return NULL;
	}
}

static const char *seccomp_hint(int errnum)
{
	switch (errnum) {
	case ENOSYS:
	case EINVAL:
		return "the kernel was built without CONFIG_SECCOMP_FILTER, or a filter of another "
		       "container hides it";
	case EBUSY:
		return "a filter above, such as another container's, has a listener, and there "
		       "may be one only";
	default:
		return NULL;
	}
}

static const char *landlock_hint(int errnum)
{
	switch (errnum) {
	case ENOSYS:
		return "the kernel was built without CONFIG_SECURITY_LANDLOCK, or a filter of "
		       "another container hides it";
	case EOPNOTSUPP:
		return "it is switched off: add landlock to lsm= on the kernel's command line";
	default:
		return NULL;
	}
}

static const char *ids_hint(int errnum)
{
	return errnum == EINVAL || errnum == EPERM
		       ? "no other user is known in the caller's own user namespace: try it outside"
		       : NULL;
}

static const char *memfd_hint(int errnum)
{
	return errnum == EACCES
		       ? "memory files may not be executed where /proc/sys/vm/memfd_noexec is 2: "
			 "the helper is executed from a tmpfs then, which takes CAP_SYS_ADMIN"
		       : NULL;
}

/* ---- steps ---- */

static const struct ctr__step make_private = {
	.kind = CTR__STEP_PROPAGATION,
	.flags = { .target = "/", .propagation = MS_PRIVATE, .recursive = true },
};
static const struct ctr__step new_mount_ns = { .kind = CTR__STEP_UNSHARE, .unshare = CLONE_NEWNS };
static const struct ctr__step new_pid_ns = { .kind = CTR__STEP_UNSHARE, .unshare = CLONE_NEWPID };
static const struct ctr__step new_uts_ns = { .kind = CTR__STEP_UNSHARE, .unshare = CLONE_NEWUTS };
static const struct ctr__step new_ipc_ns = { .kind = CTR__STEP_UNSHARE, .unshare = CLONE_NEWIPC };
static const struct ctr__step new_net_ns = { .kind = CTR__STEP_UNSHARE, .unshare = CLONE_NEWNET };
static const struct ctr__step new_cgroup_ns = { .kind = CTR__STEP_UNSHARE,
						.unshare = CLONE_NEWCGROUP };
static const struct ctr__step new_user_ns = { .kind = CTR__STEP_UNSHARE, .unshare = CLONE_NEWUSER };
static const struct ctr__step new_time_ns = { .kind = CTR__STEP_UNSHARE, .unshare = NEW_TIME };

static const struct ctr__step set_hostname = { .kind = CTR__STEP_HOSTNAME, .name = "probe" };
static const struct ctr__step loopback_up = { .kind = CTR__STEP_LOOPBACK };
static const struct ctr__step no_new_privs = { .kind = CTR__STEP_NO_NEW_PRIVS };
static const struct ctr__step become_nobody = {
	.kind = CTR__STEP_IDS, .ids = { .uid = NOBODY, .gid = NOBODY, .keep_groups = true }
};

static const struct ctr__step mount_proc = {
	.kind = CTR__STEP_MOUNT,
	.mount = { .type = "proc", .target = CTR__TRY_DIR, .attrs = GUARDED },
};
static const struct ctr__step mount_sysfs = {
	.kind = CTR__STEP_MOUNT,
	.mount = { .type = "sysfs", .target = CTR__TRY_DIR, .attrs = GUARDED },
};
static const struct ctr__step mount_tmpfs = {
	.kind = CTR__STEP_MOUNT,
	.mount = { .type = "tmpfs",
		   .target = CTR__TRY_DIR,
		   .attrs = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
		   .options = { { "mode", "0755" }, { "size", "64k" } } },
};
static const struct ctr__step mount_devpts = {
	.kind = CTR__STEP_MOUNT,
	.mount = { .type = "devpts",
		   .target = CTR__TRY_DIR,
		   .attrs = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC,
		   .options = { { "ptmxmode", "0666" }, { "mode", "0620" } } },
};
static const struct ctr__step mount_mqueue = {
	.kind = CTR__STEP_MOUNT,
	.mount = { .type = "mqueue", .target = CTR__TRY_DIR, .attrs = GUARDED },
};
static const struct ctr__step mount_overlay = {
	.kind = CTR__STEP_MOUNT,
	.mount = { .type = "overlay",
		   .target = CTR__TRY_DIR,
		   .attrs = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
		   .options = { { "lowerdir", CTR__TRY_DIR "/lower" },
				{ "upperdir", CTR__TRY_DIR "/upper" },
				{ "workdir", CTR__TRY_DIR "/work" } } },
};
static const struct ctr__step make_overlay_dirs = {
	.kind = CTR__STEP_TRY,
	.try = { .which = CTR__TRY_OVERLAY_DIRS, .what = "make directories in a tmpfs" },
};
static const struct ctr__step bind_root = {
	.kind = CTR__STEP_BIND,
	.bind = { .source = "/",
		  .target = CTR__TRY_DIR,
		  .attrs = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID,
		  .recursive = true },
};
static const struct ctr__step make_dev = { .kind = CTR__STEP_DEV, .path = CTR__TRY_DIR };

static const struct ctr__step try_seccomp = {
	.kind = CTR__STEP_TRY,
	.try = { .which = CTR__TRY_SECCOMP, .what = "load a filter of system calls" },
};
static const struct ctr__step try_seccomp_notify = {
	.kind = CTR__STEP_TRY,
	.try = { .which = CTR__TRY_SECCOMP_NOTIFY, .what = "load a filter with a listener" },
};
static const struct ctr__step try_landlock = {
	.kind = CTR__STEP_TRY,
	.try = { .which = CTR__TRY_LANDLOCK, .what = "restrict itself by a landlock rule set" },
};
static const struct ctr__step try_pidfd = {
	.kind = CTR__STEP_TRY,
	.try = { .which = CTR__TRY_PIDFD, .what = "send a signal through a pidfd" },
};
static const struct ctr__step try_openat2 = {
	.kind = CTR__STEP_TRY,
	.try = { .which = CTR__TRY_OPENAT2, .what = "open a path inside a root" },
};
static const struct ctr__step try_close_range = {
	.kind = CTR__STEP_TRY,
	.try = { .which = CTR__TRY_CLOSE_RANGE, .what = "close a range of descriptors" },
};

/* What others are blamed on is first. */
static const struct trial trials[] = {
	{ .feature = CTR_FEATURE_NS_USER,
	  .place = IN_USER_NS,
	  .steps = { &new_uts_ns, &set_hostname },
	  .success = "made one, mapped an id and used a capability" },
	{ .feature = CTR_FEATURE_NS_MOUNT,
	  .place = AS_CONTAINER,
	  .steps = { &new_mount_ns, &make_private },
	  .success = "made one" },
	{ .feature = CTR_FEATURE_NS_PID,
	  .place = AS_CONTAINER,
	  .steps = { &new_pid_ns },
	  .success = "made one" },
	{ .feature = CTR_FEATURE_NS_UTS,
	  .place = AS_CONTAINER,
	  .steps = { &new_uts_ns, &set_hostname },
	  .success = "made one" },
	{ .feature = CTR_FEATURE_NS_IPC,
	  .place = AS_CONTAINER,
	  .steps = { &new_ipc_ns },
	  .success = "made one" },
	{ .feature = CTR_FEATURE_NS_NET,
	  .place = AS_CONTAINER,
	  .steps = { &new_net_ns, &loopback_up },
	  .success = "made one" },
	{ .feature = CTR_FEATURE_NS_CGROUP,
	  .place = AS_CONTAINER,
	  .steps = { &new_cgroup_ns },
	  .success = "made one" },
	{ .feature = CTR_FEATURE_NS_TIME,
	  .place = AS_CONTAINER,
	  .steps = { &new_time_ns },
	  .success = "made one" },
	{ .feature = CTR_FEATURE_PROC,
	  .place = AS_CONTAINER,
	  .namespaces = CLONE_NEWNS | CLONE_NEWPID,
	  .steps = { &make_private, &mount_proc },
	  .success = "mounted one",
	  .hint = proc_hint },
	{ .feature = CTR_FEATURE_SYSFS,
	  .place = AS_CONTAINER,
	  .namespaces = CLONE_NEWNS | CLONE_NEWNET,
	  .steps = { &make_private, &mount_sysfs },
	  .success = "mounted one",
	  .hint = sysfs_hint },
	{ .feature = CTR_FEATURE_TMPFS,
	  .place = AS_CONTAINER,
	  .namespaces = CLONE_NEWNS,
	  .steps = { &make_private, &mount_tmpfs },
	  .success = "mounted one",
	  .hint = fs_hint },
	{ .feature = CTR_FEATURE_DEVPTS,
	  .place = AS_CONTAINER,
	  .namespaces = CLONE_NEWNS,
	  .steps = { &make_private, &mount_devpts },
	  .success = "mounted one",
	  .hint = fs_hint },
	{ .feature = CTR_FEATURE_MQUEUE,
	  .place = AS_CONTAINER,
	  .namespaces = CLONE_NEWNS | CLONE_NEWIPC,
	  .steps = { &make_private, &mount_mqueue },
	  .success = "mounted one",
	  .hint = fs_hint },
	{ .feature = CTR_FEATURE_OVERLAY,
	  .place = AS_CONTAINER,
	  .namespaces = CLONE_NEWNS,
	  .steps = { &make_private, &mount_tmpfs, &make_overlay_dirs, &mount_overlay },
	  .success = "mounted one on a tmpfs",
	  .hint = overlay_hint },
	{ .feature = CTR_FEATURE_BIND,
	  .place = AS_CONTAINER,
	  .namespaces = CLONE_NEWNS,
	  .steps = { &make_private, &bind_root },
	  .success = "mounted / once more, read-only with all below" },
	{ .feature = CTR_FEATURE_DEVICES,
	  .place = AS_CONTAINER,
	  .namespaces = CLONE_NEWNS,
	  .steps = { &make_private, &make_dev },
	  .success = "made a /dev with null, zero, full, random, urandom and tty",
	  .hint = devices_hint },
	{ .feature = CTR_FEATURE_USERNS_PROC,
	  .place = IN_USER_NS,
	  .namespaces = CLONE_NEWNS | CLONE_NEWPID,
	  .steps = { &make_private, &mount_proc },
	  .success = "mounted one",
	  .hint = proc_hint },
	{ .feature = CTR_FEATURE_USERNS_SYSFS,
	  .place = IN_USER_NS,
	  .namespaces = CLONE_NEWNS | CLONE_NEWNET,
	  .steps = { &make_private, &mount_sysfs },
	  .success = "mounted one",
	  .hint = sysfs_hint },
	{ .feature = CTR_FEATURE_USERNS_TMPFS,
	  .place = IN_USER_NS,
	  .namespaces = CLONE_NEWNS,
	  .steps = { &make_private, &mount_tmpfs },
	  .success = "mounted one",
	  .hint = fs_hint },
	{ .feature = CTR_FEATURE_USERNS_OVERLAY,
	  .place = IN_USER_NS,
	  .namespaces = CLONE_NEWNS,
	  .steps = { &make_private, &mount_tmpfs, &make_overlay_dirs, &mount_overlay },
	  .success = "mounted one on a tmpfs",
	  .hint = overlay_hint },
	{ .feature = CTR_FEATURE_SECCOMP,
	  .steps = { &no_new_privs, &try_seccomp },
	  .success = "a filter refused a system call",
	  .hint = seccomp_hint },
	{ .feature = CTR_FEATURE_SECCOMP_NOTIFY,
	  .steps = { &no_new_privs, &try_seccomp_notify },
	  .success = "got a listener",
	  .hint = seccomp_hint },
	{ .feature = CTR_FEATURE_LANDLOCK,
	  .steps = { &no_new_privs, &try_landlock },
	  .success = "a process restricted itself",
	  .hint = landlock_hint },
	{ .feature = CTR_FEATURE_PIDFD,
	  .steps = { &try_pidfd },
	  .success = "sent a signal through one" },
	{ .feature = CTR_FEATURE_OPENAT2,
	  .steps = { &try_openat2 },
	  .success = "opened a path inside a root" },
	{ .feature = CTR_FEATURE_CLOSE_RANGE,
	  .steps = { &try_close_range },
	  .success = "closed a range" },
};

/* ---- a trial ---- */

static void launch_clear(struct ctr__launch *l)
{
	ctr__launch_init(l, NULL, 0, CTR__MODE_TEMPLATE);
	l->share_memory = ctr__launch_can_share();
	l->timeout_ms = BOUND_MS;
}

static size_t gather_steps(const struct ctr__probing *p, const struct trial *t, struct result *r)
{
	size_t n = 0;

	if (r->in_user_ns)
		r->steps[n++] = (struct ctr__step){ .kind = CTR__STEP_MAP_IDS,
						    .map = { .uids = p->uids, .gids = p->gids } };
	for (size_t i = 0; t->steps[i] && n < STEPS_MAX; i++)
		r->steps[n++] = *t->steps[i];
	for (size_t i = 0; i < n; i++)
		r->steps[i].modes = CTR__MODE_TEMPLATE;
	return n;
}

static bool changes_ids(const struct trial *t)
{
	for (size_t i = 0; i < STEPS_MAX && t->steps[i]; i++)
		if (t->steps[i]->kind == CTR__STEP_IDS)
			return true;
	return false;
}

static void take_outcome(const struct ctr__outcome *outcome, struct result *result)
{
	result->failed = outcome->step;
	if (outcome->kind == CTR__OUTCOME_FAILED)
		result->errnum = outcome->errnum;
	else if (outcome->kind == CTR__OUTCOME_TIMEOUT || outcome->kind == CTR__OUTCOME_STOPPED)
		result->errnum = ETIMEDOUT;
	else if (outcome->kind == CTR__OUTCOME_KILLED)
		result->errnum = -1;
}

static void launch(const struct ctr__launch *l, struct result *result)
{
	struct ctr__outcome outcome;
	int r = ctr__launch(l, &outcome);

	ctr__fd_close(outcome.left);
	if (r < 0)
		result->errnum = -r;
	else
		take_outcome(&outcome, result);
}

static void try(const struct ctr__probing *p, const struct trial *t, struct result *result)
{
	struct ctr__launch l;

	*result = (struct result){
		.failed = -1,
		.in_user_ns =
			t->place == IN_USER_NS || (t->place == AS_CONTAINER && !p->privileged),
	};
	launch_clear(&l);
	l.steps = result->steps;
	l.n_steps = gather_steps(p, t, result);
	l.namespaces = t->namespaces | (result->in_user_ns ? CLONE_NEWUSER : 0);
	l.changes_ids = changes_ids(t);
	/* Others with such an id could stop it, and with it the caller whose memory it shares. */
	l.share_memory = l.share_memory && !l.changes_ids;
	launch(&l, result);
}

/* ---- what came of it ---- */

/* Whether it is for a user namespace that can't be made, or in which nothing is allowed. */
static bool is_user_ns_to_blame(const struct ctr__probing *p, const struct trial *t,
				const struct result *r)
{
	if (changes_ids(t) || t->feature == CTR_FEATURE_NS_USER)
		return true;
	return r->in_user_ns && !p->probe->v[CTR_FEATURE_NS_USER].works;
}

static const char *explain(const struct ctr__probing *p, const struct trial *t,
			   const struct result *r)
{
	const struct ctr__step *failed = r->failed < 0 ? NULL : &r->steps[r->failed];
	const bool makes = !failed || failed->kind == CTR__STEP_UNSHARE;
	const char *hint = NULL;

	if (r->errnum < 0)
		return "a filter of system calls around the caller kills for it";
	if (is_user_ns_to_blame(p, t, r))
		hint = ctr__userns_off(EPERM);
	if (!hint && makes)
		return ctr__explain_namespaces(r->errnum);
	if (!hint && t->hint)
		hint = t->hint(r->errnum);
	return hint ? hint : ctr__explain_hint(failed, r->errnum);
}

static void describe(const struct result *r, char *text, size_t size)
{
	if (r->failed >= 0)
		ctr__step_describe_line(&r->steps[r->failed], text, size);
	else
		snprintf(text, size, "make a child");
}

static void judge(const struct ctr__probing *p, const struct trial *t, const struct result *r)
{
	const char *where =
		r->in_user_ns && t->feature != CTR_FEATURE_NS_USER ? ", in a user namespace" : "";
	const char *hint;
	char what[256];

	if (r->errnum == 0) {
		ctr__probe_works(p, t->feature, "%s%s", t->success, where);
		return;
	}
	describe(r, what, sizeof(what));
	hint = explain(p, t, r);
	/* What may be said of an errno in general comes by way of an error. */
	ctr__error_set(p->err, CTR_E_SYSTEM, r->errnum < 0 ? 0 : r->errnum, what, NULL,
		       hint ? "%s" : NULL, hint);
	ctr__probe_fails(p, t->feature, ctr_error_hint(p->err), "%s%s: %s", what, where,
			 r->errnum < 0 ? "the child was killed" : ctr__error_text(r->errnum));
}

static bool try_and_judge(const struct ctr__probing *p, const struct trial *t)
{
	struct result result;

	try(p, t, &result);
	judge(p, t, &result);
	return result.errnum == 0;
}

static void copy_finding(const struct ctr__probing *p, uint32_t from, uint32_t to)
{
	p->probe->v[to] = p->probe->v[from];
}

/* ---- user namespaces ---- */

/* Without CAP_SYS_ADMIN the caller is such a user itself. */
static void try_as_user(const struct ctr__probing *p)
{
	static const struct trial as_nobody = {
		.feature = CTR_FEATURE_USERNS_FOR_USERS,
		.place = AS_CALLER,
		.steps = { &become_nobody, &new_user_ns, &new_uts_ns, &set_hostname },
		.success = "made one as user 65534, and used a capability",
		.hint = ids_hint,
	};

	if (p->privileged)
		try_and_judge(p, &as_nobody);
	else
		copy_finding(p, CTR_FEATURE_NS_USER, CTR_FEATURE_USERNS_FOR_USERS);
}

/* The user namespace that a child of these steps ends in: a descriptor, or -1. */
static int keep_user_ns(const struct ctr__probing *p, enum place place,
			const struct ctr__step *const *steps)
{
	struct trial t = { .place = place };
	struct ctr__step send = {
		.kind = CTR__STEP_TRY,
		.try = { .which = CTR__TRY_SEND_USER_NS, .what = "hand over its namespace" },
	};
	struct result result;
	int ends[2], fd;
	size_t n = 0;

	if (sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	send.try.fd = ends[1];
	for (; steps[n]; n++)
		t.steps[n] = steps[n];
	t.steps[n] = &send;
	try(p, &t, &result);
	fd = result.errnum ? -1 : ctr__fd_receive(ends[0]);
	sys_close(ends[0]);
	sys_close(ends[1]);
	return fd < 0 ? -1 : fd;
}

/* Mounts get the ids of a user namespace inside the one that they are made in. */
static int make_inner_ns(const struct ctr__probing *p)
{
	const struct ctr__step map = { .kind = CTR__STEP_MAP_IDS,
				       .map = { .uids = "0 0 1", .gids = "0 0 1" } };
	const struct ctr__step join = {
		.kind = CTR__STEP_SETNS,
		.setns = { p->user_ns, CLONE_NEWUSER, "descriptor", false, false },
	};
	const struct ctr__step *const inside[] = { &join, &new_user_ns, &map, NULL };

	return keep_user_ns(p, AS_CALLER, inside);
}

/* Root mounts in its own namespace: the first of them is inside that. */
static void make_user_namespaces(struct ctr__probing *p)
{
	static const struct ctr__step *const none[] = { NULL };

	p->user_ns = keep_user_ns(p, IN_USER_NS, none);
	if (p->user_ns >= 0 && !p->privileged)
		p->inner_ns = make_inner_ns(p);
}

static void try_idmap(const struct ctr__probing *p, uint32_t feature, enum ctr__try which,
		      const char *success)
{
	const struct ctr__step join = {
		.kind = CTR__STEP_SETNS,
		.setns = { p->user_ns, CLONE_NEWUSER, "descriptor", false, false },
	};
	const struct ctr__step map = {
		.kind = CTR__STEP_TRY,
		.try = { .which = which,
			 .what = "give a mount the ids of a user namespace",
			 .fd = p->privileged ? p->user_ns : p->inner_ns },
	};
	struct trial t = {
		.feature = feature,
		.place = AS_CALLER,
		.success = success,
		.hint = idmap_hint,
	};
	size_t n = 0;

	if (map.try.fd < 0) {
		ctr__probe_fails(p, feature, ctr__userns_off(EPERM),
				 "there is no user namespace to take ids from");
		return;
	}
	if (!p->privileged)
		t.steps[n++] = &join;
	t.steps[n++] = &new_mount_ns;
	t.steps[n++] = &make_private;
	t.steps[n] = &map;
	try_and_judge(p, &t);
}

static void try_idmaps(struct ctr__probing *p)
{
	make_user_namespaces(p);
	try_idmap(p, CTR_FEATURE_IDMAP, CTR__TRY_IDMAP_TMPFS, "gave a tmpfs other ids");
	try_idmap(p, CTR_FEATURE_IDMAP_ROOT, CTR__TRY_IDMAP_ROOT,
		  "gave a mount of the file system of / other ids");
	ctr__fd_close(ctr__fd_take(&p->user_ns));
	ctr__fd_close(ctr__fd_take(&p->inner_ns));
}

/* ---- a memory file ---- */

/* The helper is one; it has nothing to do but to start. */
static void try_memfd(const struct ctr__probing *p)
{
	static char name[] = CTR__HELPER_NAME;
	static char *const argv[] = { name, NULL };
	static const struct ctr__step reset_signals = {
		.kind = CTR__STEP_RESET_SIGNALS,
		.modes = CTR__MODE_TEMPLATE,
	};
	static const struct ctr__step execute = {
		.kind = CTR__STEP_EXEC,
		.exec = { .path = "a memory file", .argv = argv },
	};
	const struct trial t = {
		.feature = CTR_FEATURE_MEMFD_EXEC,
		.success = "executed one",
		.hint = memfd_hint,
	};
	_cleanup_fd_ int fd = ctr__helper_open_in_memory(STDERR_FILENO + 1);
	struct result result = { .failed = 0, .errnum = fd < 0 ? -fd : 0, .steps = { execute } };
	struct ctr__launch l;

	launch_clear(&l);
	l.steps = &reset_signals;
	l.n_steps = 1;
	l.share_memory = false;
	l.helper = fd;
	if (fd >= 0)
		launch(&l, &result);
	result.failed = 0;
	judge(p, &t, &result);
}

/* ---- the whole ---- */

static ctr_spec *spec_of(const char *const *words, ctr_error *err)
{
	ctr_spec *spec = ctr_spec_new(err);
	ctr_process *process = ctr_spec_get_process(spec);
	int r = spec ? ctr_spec_set_setup_timeout_ms(spec, BOUND_MS, err) : -1;

	for (int fd = 0; r == 0 && fd <= STDERR_FILENO; fd++)
		r = ctr_process_set_fd(process, fd, -1, err);
	for (; r == 0 && *words; words++)
		r = ctr_process_add_arg(process, *words, err);
	if (r == 0)
		return spec;
	ctr_spec_free(spec);
	return NULL;
}

/* 0 if it ran and said so; -1 with the error. */
static int run_one(const char *const *words, ctr_error *err)
{
	ctr_spec *spec = spec_of(words, err);
	ctr_container *container = spec ? ctr_spawn(spec, err) : NULL;
	int r = container ? ctr_container_wait(container, BOUND_MS, err) : -1;

	if (r < 0 && container && ctr_error_code(err) == CTR_E_LOST)
		r = 0; /* a caller that ignores SIGCHLD: it ran, and ended */
	else if (r == 0)
		r = ctr__error_set(err, CTR_E_TIMEOUT, ETIMEDOUT, "run", words[0], NULL);
	else if (r > 0)
		r = ctr_container_exit_code(container) == 0
			    ? 0
			    : ctr__error_set(err, CTR_E_KILLED, 0, "run", words[0],
					     "it did not end by itself, or failed");
	ctr_container_free(container);
	ctr_spec_free(spec);
	return r;
}

/* By what a host may have to be executed: the files of "/" are the container's. */
static void try_run(const struct ctr__probing *p)
{
	static const char *const programs[][3] = {
		{ "true" },
		{ "busybox", "true" },
		{ "sh", "-c", ":" },
	};

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		const char *const words[] = { programs[i][0], programs[i][1], programs[i][2],
					      NULL };

		if (run_one(words, p->err) == 0) {
			ctr__probe_works(p, CTR_FEATURE_RUN, "ran \"%s\" in a container", words[0]);
			return;
		}
		if (ctr_error_code(p->err) != CTR_E_NOT_FOUND)
			break;
	}
	ctr__probe_error(p, CTR_FEATURE_RUN, p->err);
}

int ctr__probe_clone_into(int group_dir)
{
	struct ctr__outcome outcome;
	struct ctr__launch l;
	int r;

	launch_clear(&l);
	l.groups = &group_dir;
	l.n_groups = 1;
	l.group_dir = group_dir;
	r = ctr__launch(&l, &outcome);
	ctr__fd_close(outcome.left);
	return r < 0 ? r : outcome.kind == CTR__OUTCOME_DONE ? 0 : -EINTR;
}

/* Nothing else can be tried then. */
static void give_up(const struct ctr__probing *p)
{
	static const uint32_t others[] = {
		CTR_FEATURE_USERNS_FOR_USERS,
		CTR_FEATURE_IDMAP,
		CTR_FEATURE_IDMAP_ROOT,
		CTR_FEATURE_MEMFD_EXEC,
	};
	static const char why[] = "not tried: no child can be made, see clone3";

	for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++)
		ctr__probe_fails(p, trials[i].feature, NULL, why);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		ctr__probe_fails(p, others[i], NULL, why);
}

void ctr__probe_children(struct ctr__probing *p)
{
	static const struct trial child = { .feature = CTR_FEATURE_CLONE3,
					    .success = "made a child" };

	try_run(p);
	if (!try_and_judge(p, &child)) {
		give_up(p);
		return;
	}
	for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++)
		try_and_judge(p, &trials[i]);
	try_as_user(p);
	try_idmaps(p);
	try_memfd(p);
}
