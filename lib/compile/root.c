/* SPDX-License-Identifier: MIT */
/*
 * The default root: which of the host's file systems it shows, and how. Through a read-only
 * overlay of each, for a program can connect to the sockets and open the FIFOs of a read-only
 * bind: see exec_overlay.c.
 */
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/passwd.h"
#include "base/proc_text.h"
#include "base/sys.h"
#include "compile/compile.h"
#include "spec/hidden.h"

#define MOUNTINFO "/proc/self/mountinfo"
#define MOUNTINFO_MAX (16u << 20)

/* ---- kinds of file systems, by their names in /proc/filesystems ---- */

static bool is_one_of(const char *type, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(type, names[i]) == 0)
			return true;
	return false;
}

/* Of the kernel's own: they hold neither sockets nor FIFOs, and most take no overlay. */
static bool is_kernels_own(const char *type)
{
	static const char *const names[] = {
		"sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "hugetlbfs", "selinuxfs",
	};

	return is_one_of(type, names, sizeof(names) / sizeof(names[0]));
}

/*
 * What tells of the host, or leads to it: through the links of a proc, a program that can become
 * any user gets at the files of all processes. Those on /proc and /sys are guarded.
 */
static bool tells_of_host(const char *type, const char *path)
{
	static const char *const names[] = {
		"proc",	    "debugfs", "tracefs", "bpf",     "pstore",	"securityfs",  "efivarfs",
		"configfs", "fusectl", "nfsd",	  "smackfs", "resctrl", "binfmt_misc", "rpc_pipefs",
	};

	return is_one_of(type, names, sizeof(names) / sizeof(names[0])) ||
	       (strcmp(type, "sysfs") == 0 && strcmp(path, "/sys") != 0);
}

/* The same as ctr__fd_may_block() knows, which would have to wait for some to say so. */
static bool may_block(const char *type)
{
	static const char *const names[] = {
		"nfs",	"nfs4", "cifs",	  "smb3", "smbfs",   "9p",	 "ceph",   "afs",
		"coda", "gpfs", "lustre", "fuse", "fuseblk", "virtiofs", "autofs",
	};

	return is_one_of(type, names, sizeof(names) / sizeof(names[0])) ||
	       strncmp(type, "fuse.", 5) == 0;
}

/* ---- whether the kernel shows a directory by an overlay ---- */

static bool is_on_device(const char *path, const struct statx *st)
{
	struct statx other;

	return sys_statx(AT_FDCWD, path, AT_NO_AUTOMOUNT, STATX_TYPE, &other) < 0 ||
	       (other.stx_dev_major == st->stx_dev_major &&
		other.stx_dev_minor == st->stx_dev_minor);
}

/* A directory of another file system than dir's: what it holds does not matter. */
static int open_other(int dir)
{
	static const char *const paths[] = { "/dev", "/sys", "/run", "/dev/shm", "/tmp" };
	struct statx st;
	int r = sys_statx(dir, "", AT_EMPTY_PATH, STATX_TYPE, &st);

	for (size_t i = 0; r >= 0 && i < sizeof(paths) / sizeof(paths[0]); i++)
		if (!is_on_device(paths[i], &st))
			return sys_openat(AT_FDCWD, paths[i], O_PATH | O_CLOEXEC, 0);
	return r < 0 ? r : -EINVAL;
}

static int create_overlay(int context, int dir, int other)
{
	char lower[64];
	int r;

	snprintf(lower, sizeof(lower), "/proc/self/fd/%d:/proc/self/fd/%d", dir, other);
	r = sys_fsconfig(context, FSCONFIG_SET_STRING, "lowerdir", lower);
	return r < 0 ? r : sys_fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL);
}

/* Makes one that is mounted nowhere, to see whether the child will be able to. 0 or -errno. */
static int try_overlay(int dir)
{
	_cleanup_fd_ int other = open_other(dir);
	_cleanup_fd_ int context = -1;

	if (other < 0)
		return other;
	context = sys_fsopen("overlay", FSOPEN_CLOEXEC);
	return context < 0 ? context : create_overlay(context, dir, other);
}

/* What the kernel says of a file system, or of itself, and not of this moment. */
static const char *why_no_overlay(int r)
{
	if (r == -ENODEV)
		return "the kernel has no overlayfs";
	return r == -EINVAL ? "no overlay can be made of this file system" : NULL;
}

/* ---- what is hidden ---- */

bool ctr__compile_hides(const struct ctr__compile *c, unsigned index)
{
	return !c->spec->mounts.rootfs && !(c->spec->mounts.shown >> index & 1) &&
	       (!ctr__hidden[index].for_root_only || c->privileged);
}

static bool is_hidden(const struct ctr__compile *c, const char *path)
{
	for (unsigned i = 0; i < CTR__HIDDEN_COUNT; i++)
		if (ctr__compile_hides(c, i) && ctr__path_is_below(path, ctr__hidden[i].path))
			return true;
	return false;
}

/* By what every container gets. */
static bool is_covered(const struct ctr__compile *c, const char *path)
{
	static const struct {
		const char *path;
		uint32_t base;
	} covers[] = {
		{ "/dev", CTR_BASE_DEV },
		{ "/proc", CTR_BASE_PROC },
		{ "/tmp", CTR_BASE_TMP },
		{ "/run", CTR_BASE_TMP },
	};

	for (size_t i = 0; i < sizeof(covers) / sizeof(covers[0]); i++)
		if ((c->spec->mounts.base & covers[i].base) &&
		    ctr__path_is_below(path, covers[i].path))
			return true;
	return false;
}

/* ---- what is mounted ---- */

struct listed {
	uint64_t id;
	struct ctr__proc_mount mount;
};

struct list {
	char *text;
	struct listed *v;
	size_t n;
};

static int read_mountinfo(char **text)
{
	_cleanup_fd_ int fd = sys_openat(AT_FDCWD, "/proc/self/mountinfo", O_RDONLY | O_CLOEXEC, 0);
	size_t length;

	return fd < 0 ? fd : ctr__file_read(fd, MOUNTINFO_MAX, text, &length);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct listed *)a)->mount.target,
		      ((const struct listed *)b)->mount.target);
}

static int parse_mountinfo(struct list *list)
{
	char *rest = list->text, *line;
	size_t lines = 1;

	for (const char *p = rest; *p; p++)
		lines += *p == '\n';
	list->v = calloc(lines, sizeof(*list->v));
	if (!list->v)
		return -ENOMEM;
	while ((line = strsep(&rest, "\n")) != NULL) {
		struct listed *l = &list->v[list->n];
		const char *digits = line;

		if (ctr__take_digits(&digits, &l->id) && ctr__proc_read_mount(line, &l->mount))
			list->n++;
	}
	qsort(list->v, list->n, sizeof(*list->v), by_path);
	return 0;
}

/* ---- what is shown of it ---- */

static bool is_below_one(const struct ctr__compile *c, const char *path)
{
	for (size_t i = 0; i < c->host.n; i++)
		if (c->host.v[i].left_out && ctr__path_is_below(path, c->host.v[i].path))
			return true;
	return false;
}

static int add_shown(struct ctr__compile *c, const struct listed *l, struct ctr__shown *shown)
{
	shown->path = ctr__steps_strdup(&c->plan->steps, l->mount.target);
	if (!shown->path)
		return ctr__error_nomem(c->err);
	c->host.v[c->host.n++] = *shown;
	return 0;
}

/* Whether it is the one that its path leads to, and no other one is mounted over it. */
static int look_at(int fd, const struct listed *l, struct ctr__shown *shown, bool *visible)
{
	struct statx st;
	int r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_MNT_ID, &st);

	if (r < 0)
		return r;
	*visible = st.stx_mnt_id == l->id;
	shown->directory = S_ISDIR(st.stx_mode);
	shown->covers = strcmp(l->mount.type, "nsfs") == 0 ||
			(!S_ISDIR(st.stx_mode) && !S_ISREG(st.stx_mode));
	return 0;
}

static int choose_how(struct ctr__compile *c, int fd, const struct listed *l,
		      struct ctr__shown *shown)
{
	int r;

	shown->plain = is_kernels_own(l->mount.type);
	if (!shown->directory || shown->plain)
		return add_shown(c, l, shown); /* a file that is no socket needs no overlay */
	r = try_overlay(fd);
	shown->note = r < 0 ? why_no_overlay(r) : NULL;
	if (r < 0 && !shown->note)
		return ctr__error_sys(c->err, -r, "try an overlay of", l->mount.target);
	return add_shown(c, l, shown);
}

/* Unmounted, with its mount point removed, since the list was read: it says so twice. */
static bool is_gone(const char *path)
{
	struct statx st;

	return sys_statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &st) == -ENOENT;
}

static int show_mount(struct ctr__compile *c, const struct listed *l)
{
	const char *path = l->mount.target;
	struct ctr__shown shown = {
		.left_out = may_block(l->mount.type) || tells_of_host(l->mount.type, path),
	};
	_cleanup_fd_ int fd = -1;
	bool visible;
	int r;

	if (!path[1] || is_covered(c, path) || is_below_one(c, path))
		return 0;
	if (shown.left_out) /* before it is hidden, for which it would be looked at */
		return add_shown(c, l, &shown);
	if (is_hidden(c, path))
		return 0;
	fd = sys_openat(AT_FDCWD, path, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
	if (fd == -ENOENT && is_gone(path))
		return 0;
	r = fd < 0 ? fd : look_at(fd, l, &shown, &visible);
	if (r < 0)
		return ctr__error_sys(c->err, -r, "look at the mount", path);
	return visible ? choose_how(c, fd, l, &shown) : 0;
}

static int show_mounts(struct ctr__compile *c, const struct list *list)
{
	c->host.v = calloc(list->n + 1, sizeof(*c->host.v));
	if (!c->host.v)
		return ctr__error_nomem(c->err);
	for (size_t i = 0; i < list->n; i++)
		if (show_mount(c, &list->v[i]))
			return -1;
	return 0;
}

static int show_below(struct ctr__compile *c)
{
	struct list list = { 0 };
	int r = read_mountinfo(&list.text);

	if (r >= 0)
		r = parse_mountinfo(&list);
	if (r < 0)
		r = ctr__error_sys(c->err, -r, "read the host's mounts from", MOUNTINFO);
	else
		r = show_mounts(c, &list);
	free(list.v);
	free(list.text);
	return r;
}

/* ---- the root itself ---- */

/* Both have to say so: one alone is a failure. */
static bool has_no_proc(void)
{
	return sys_access("/proc/self", F_OK) == -ENOENT && sys_access(MOUNTINFO, F_OK) == -ENOENT;
}

static const char *why_plain(const struct ctr__compile *c)
{
	if (!c->admin)
		return "overlays of the host's files need CAP_SYS_ADMIN";
	if (c->plan->own_user_ns && !c->trees)
		return "in this user namespace an overlay can't be made";
	return has_no_proc() ? "/proc is not mounted" : NULL;
}

int ctr__compile_host_root(struct ctr__compile *c)
{
	_cleanup_fd_ int root = -1;
	int r;

	if (c->spec->mounts.rootfs)
		return 0;
	c->host.note = why_plain(c);
	if (c->host.note)
		return 0;
	root = sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	r = root < 0 ? root : try_overlay(root);
	c->host.note = r < 0 ? why_no_overlay(r) : NULL;
	if (c->host.note)
		return 0;
	if (r < 0)
		return ctr__error_sys(c->err, -r, "try an overlay of", "/");
	c->host.overlay = true;
	return show_below(c);
}
