/* SPDX-License-Identifier: MIT */
/* What no other step does, for probes. Child code: see run.h. */
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>

#include "base/sys.h"
#include "plan/run.h"

/* ---- system calls ---- */

static int try_pidfd(const struct ctr__step_try *t)
{
	int fd = sys_pidfd_open(sys_getpid(), 0);
	int r = fd < 0 ? fd : sys_pidfd_send_signal(fd, 0);

	(void)t;
	ctr__fd_close(fd);
	return r;
}

static int try_openat2(const struct ctr__step_try *t)
{
	const struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int fd = sys_openat2(AT_FDCWD, "/", &how);

	(void)t;
	ctr__fd_close(fd);
	return fd < 0 ? fd : 0;
}

/* Of descriptors that nobody has: RLIMIT_NOFILE is less. */
static int try_close_range(const struct ctr__step_try *t)
{
	(void)t;
	return sys_close_range(~0u - 1, ~0u, 0);
}

/* ---- mounts ---- */

static int try_overlay_dirs(const struct ctr__step_try *t)
{
	static const char *const names[] = {
		CTR__TRY_DIR "/lower",
		CTR__TRY_DIR "/upper",
		CTR__TRY_DIR "/work",
	};
	int r = 0;

	(void)t;
	for (size_t i = 0; r >= 0 && i < sizeof(names) / sizeof(names[0]); i++)
		r = sys_mkdirat(AT_FDCWD, names[i], 0700);
	return r;
}

static int try_send_user_ns(const struct ctr__step_try *t)
{
	int fd = sys_openat(AT_FDCWD, "/proc/self/ns/user", O_RDONLY | O_CLOEXEC, 0);
	int r = fd < 0 ? fd : ctr__fd_send(t->fd, fd);

	ctr__fd_close(fd);
	return r;
}

/* The descriptor of a mount that is attached nowhere is closed; an error is passed through. */
static int set_idmap(int tree, int user_ns)
{
	const struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_IDMAP,
		.userns_fd = (uint64_t)user_ns,
	};
	int r = tree < 0 ? tree : sys_mount_setattr(tree, "", AT_EMPTY_PATH, &attr);

	ctr__fd_close(tree);
	return r;
}

static int try_idmap_tmpfs(const struct ctr__step_try *t)
{
	int context = sys_fsopen("tmpfs", FSOPEN_CLOEXEC);
	int r = context < 0 ? context : sys_fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL);

	if (r >= 0)
		r = set_idmap(sys_fsmount(context, FSMOUNT_CLOEXEC, 0), t->fd);
	ctr__fd_close(context);
	return r;
}

static int try_idmap_root(const struct ctr__step_try *t)
{
	/* With all below: in a user namespace no mount is uncovered by leaving out another. */
	const unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE;

	return set_idmap(sys_open_tree(AT_FDCWD, "/", flags), t->fd);
}

/* ---- what guards ---- */

static int load_filter(const struct sock_filter *filter, size_t n, unsigned flags)
{
	const struct sock_fprog program = {
		.len = (unsigned short)n,
		.filter = (struct sock_filter *)(uintptr_t)filter,
	};

	return (int)ctr__sys_new(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, (long)&program, 0, 0);
}

/* That it is loaded is one thing, that it filters is another: getppid(2) gets an errno. */
static int try_seccomp(const struct ctr__step_try *t)
{
	static const struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EDOM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	int r = load_filter(filter, sizeof(filter) / sizeof(filter[0]), 0);

	(void)t;
	if (r < 0)
		return r;
	return ctr__sys_new(SYS_getppid, 0, 0, 0, 0, 0) == -EDOM ? 0 : -ENOTRECOVERABLE;
}

static int try_seccomp_notify(const struct ctr__step_try *t)
{
	static const struct sock_filter filter[] = {
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	int fd = load_filter(filter, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER);

	(void)t;
	ctr__fd_close(fd);
	return fd < 0 ? fd : 0;
}

/* A rule set that refuses nothing but to make devices, which this child won't. */
static int try_landlock(const struct ctr__step_try *t)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_BLOCK,
	};
	int fd = (int)ctr__sys_new(SYS_landlock_create_ruleset, (long)&attr,
				   sizeof(attr.handled_access_fs), 0, 0, 0);
	int r = fd < 0 ? fd : (int)ctr__sys_new(SYS_landlock_restrict_self, fd, 0, 0, 0, 0);

	(void)t;
	ctr__fd_close(fd);
	return r;
}

int ctr__do_try(struct ctr__run *run, const struct ctr__step *step)
{
	static int (*const table[CTR__TRY_COUNT])(const struct ctr__step_try *) = {
		[CTR__TRY_PIDFD] = try_pidfd,
		[CTR__TRY_OPENAT2] = try_openat2,
		[CTR__TRY_CLOSE_RANGE] = try_close_range,
		[CTR__TRY_OVERLAY_DIRS] = try_overlay_dirs,
		[CTR__TRY_SEND_USER_NS] = try_send_user_ns,
		[CTR__TRY_IDMAP_TMPFS] = try_idmap_tmpfs,
		[CTR__TRY_IDMAP_ROOT] = try_idmap_root,
		[CTR__TRY_SECCOMP] = try_seccomp,
		[CTR__TRY_SECCOMP_NOTIFY] = try_seccomp_notify,
		[CTR__TRY_LANDLOCK] = try_landlock,
	};

	(void)run;
	return table[step->try.which](&step->try);
}
