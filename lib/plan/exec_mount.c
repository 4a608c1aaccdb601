/* SPDX-License-Identifier: MIT */
/* The steps that have to do with files. Child code: see run.h. */
#include <dirent.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/dirent.h"
#include "base/path.h"
#include "base/sys.h"
#include "plan/run.h"

#define ATTACH (MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH)

static int open_target(const struct ctr__run *run, const char *path, int flags)
{
	if (run->root < 0) /* the container has none yet: the path is the caller's */
		return sys_openat(AT_FDCWD, path, flags | O_CLOEXEC, 0);
	if (run->direct)
		return ctr__path_open(run->root, path, flags);
	return ctr__path_open_plain(run->root, path, flags);
}

/*
 * For what is to be hidden or protected in a mount: it is found in the tree that was
 * attached, for by its name another one may be found a moment later, which lacks it.
 */
static int open_in_mounted(const struct ctr__run *run, const char *path)
{
	const char *rest = path;

	if (run->mounted < 0)
		return open_target(run, path, O_PATH);
	for (const char *at = run->mounted_at; *at; at++, rest++)
		if (*rest != *at)
			return open_target(run, path, O_PATH);
	if (*rest != '/')
		return open_target(run, path, O_PATH);
	return ctr__path_open_plain(run->mounted, rest, O_PATH);
}

void ctr__forget_mounted(struct ctr__run *run)
{
	ctr__fd_close(run->mounted);
	run->mounted = -1;
}

/* Takes the tree over. */
static int attach_and_keep(struct ctr__run *run, int tree, const char *path)
{
	int target = open_target(run, path, O_PATH);
	int r = target < 0 ? target : sys_move_mount(tree, "", target, "", ATTACH);

	ctr__fd_close(target);
	if (r < 0 || run->direct) {
		sys_close(tree);
		return r < 0 ? r : 0;
	}
	run->mounted = tree;
	run->mounted_at = path;
	return 0;
}

/* Both descriptors are closed; errors among them are passed through. */
static int attach(int tree, int target)
{
	int r = target < 0 ? target : tree;

	if (tree >= 0 && target >= 0)
		r = sys_move_mount(tree, "", target, "", ATTACH);
	ctr__fd_close(tree);
	ctr__fd_close(target);
	return r < 0 ? r : 0;
}

static int set_attrs(int tree, const struct mount_attr *attr, bool recursive)
{
	if (!attr->attr_set && !attr->propagation)
		return 0;
	return sys_mount_setattr(tree, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), attr);
}

static int clone_with(int dir, const char *path, const struct mount_attr *attr, unsigned flags)
{
	int tree = sys_open_tree(dir, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags);
	int r;

	if (tree < 0)
		return tree;
	r = set_attrs(tree, attr, flags & AT_RECURSIVE);
	if (r < 0) {
		sys_close(tree);
		return r;
	}
	return tree;
}

/* A detached copy of the mount at dir/path. */
static int clone_tree(int dir, const char *path, uint64_t attrs, unsigned flags)
{
	const struct mount_attr attr = { .attr_set = attrs };

	return clone_with(dir, path, &attr, flags);
}

/*
 * -ESTALE if the file is not the one that the parent looked at; but a file system that may be
 * gone may also have given way to another one.
 */
static int check_id(int fd, const struct ctr__step_bind *bind)
{
	struct ctr__file_id found;
	struct statx st;
	int r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_INO, &st);

	if (r < 0 || bind->may_be_gone)
		return r;
	found = ctr__file_id_of(&st);
	if (!ctr__file_id_equal(&found, &bind->id) || S_ISDIR(st.stx_mode) != bind->directory)
		return -ESTALE;
	return 0;
}

static int clone_checked(int source, const struct ctr__step_bind *bind,
			 const struct mount_attr *attr, unsigned recursive)
{
	int r = check_id(source, bind);

	return r < 0 ? r : clone_with(source, "", attr, AT_EMPTY_PATH | recursive);
}

/*
 * One that the parent makes, or the child before it has other mounts, is a peer of the host's
 * mount, where that is shared: what the child mounted in it would be mounted on the host.
 */
int ctr__bind_clone(int host, const struct ctr__step_bind *bind)
{
	const unsigned recursive = bind->recursive ? AT_RECURSIVE : 0;
	const struct mount_attr attr = {
		.attr_set = bind->attrs | (bind->idmap ? MOUNT_ATTR_IDMAP : 0),
		.propagation = bind->tree || bind->taken ? MS_PRIVATE : 0,
		.userns_fd = (uint64_t)bind->userns,
	};
	int source, tree;

	if (bind->by_fd)
		return clone_with(bind->fd, "", &attr, AT_EMPTY_PATH | recursive);
	if (!bind->id.ino) /* a path as a primitive or a probe has it */
		return clone_with(AT_FDCWD, bind->source, &attr, recursive);
	source = host < 0 ? ctr__path_open_direct(bind->source, O_PATH)
			  : ctr__path_open_plain(host, bind->source, O_PATH);
	if (source < 0)
		return source;
	tree = clone_checked(source, bind, &attr, recursive);
	sys_close(source);
	return tree;
}

static int take_source(struct ctr__run *run, const struct ctr__step_bind *bind)
{
	int tree;

	if (bind->taken)
		return run->taken[bind->taken - 1];
	tree = bind->tree ? run->trees[bind->tree - 1] : ctr__bind_clone(run->host, bind);
	return tree >= 0 && bind->overlay ? ctr__overlay_new(run, tree, bind->attrs) : tree;
}

/*
 * A copy of "/" with all below it has to be made while nothing covers that: the container's
 * root would be part of it.
 */
int ctr__do_take(struct ctr__run *run, const struct ctr__step *step)
{
	int tree = ctr__bind_clone(run->host, &step->bind);

	if (tree < 0)
		return tree;
	run->taken[step->bind.taken - 1] = tree;
	return 0;
}

/* A file system that somebody has unmounted since, and taken the mount point away. */
static bool is_gone(const struct ctr__run *run, const struct ctr__step_bind *bind, int r)
{
	return bind->may_be_gone && r == -ENOENT &&
	       ctr__path_open_plain(run->host, bind->source, O_PATH) == -ENOENT;
}

/* Remembers what is to be the root until the program runs. */
static int note_root(struct ctr__run *run)
{
	struct statx st;
	int r = sys_statx(run->root, "", AT_EMPTY_PATH, STATX_MNT_ID, &st);

	run->root_mount = st.stx_mnt_id;
	return r;
}

static int mount_of_root(uint64_t *id)
{
	struct statx st;
	int r = sys_statx(AT_FDCWD, "/", 0, STATX_MNT_ID, &st);

	*id = r < 0 ? 0 : st.stx_mnt_id;
	return r;
}

/*
 * Of a namespace, a copy. -ENOTRECOVERABLE if it is said to be in there and is not: what follows
 * would be done to the mounts of the host, or of the namespace itself.
 */
static int enter_mounts(int fd)
{
	uint64_t host, entered, copied;
	int r = mount_of_root(&host);

	if (r >= 0)
		r = sys_setns(fd, CLONE_NEWNS);
	if (r >= 0)
		r = mount_of_root(&entered);
	if (r >= 0)
		r = sys_unshare(CLONE_NEWNS);
	if (r >= 0)
		r = mount_of_root(&copied);
	if (r < 0)
		return r;
	return host == entered || entered == copied ? -ENOTRECOVERABLE : 0;
}

/* All that is shown of the host has been copied by now. */
int ctr__do_join_blank(struct ctr__run *run, const struct ctr__step *step)
{
	int r = enter_mounts(run->slots[CTR__SLOT_TEMPLATE]);

	(void)step;
	run->blank = r >= 0;
	return r;
}

int ctr__do_join_template(struct ctr__run *run, const struct ctr__step *step)
{
	int r = enter_mounts(run->slots[CTR__SLOT_TEMPLATE]);

	(void)step;
	if (r >= 0)
		r = ctr__own_fds(run);
	if (r < 0)
		return r;
	run->root = sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	return run->root < 0 ? run->root : note_root(run);
}

int ctr__do_set_flags(struct ctr__run *run, const struct ctr__step *step)
{
	const struct mount_attr attr = {
		.attr_set = step->flags.set,
		.attr_clr = step->flags.clear,
		.propagation = step->flags.propagation,
	};
	const unsigned recursive = step->flags.recursive ? AT_RECURSIVE : 0;
	const size_t layer = step->flags.layer;
	int target, r;

	if (layer && !run->layered[layer - 1])
		return 0;
	target = open_target(run, step->flags.target, O_PATH);
	if (target < 0)
		return target;
	r = sys_mount_setattr(target, "", AT_EMPTY_PATH | recursive, &attr);
	sys_close(target);
	return r;
}

/*
 * What else is the host's is found from here, once a root covers "/": whatever went up to
 * "/" by ".." or a link would come out in the container's.
 */
static int keep_host(struct ctr__run *run)
{
	if (run->host >= 0)
		return 0;
	run->host = sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (run->host < 0)
		return run->host;
	run->devices = sys_openat(AT_FDCWD, "/dev", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	return 0; /* not everybody wants devices */
}

/* The root is mounted over the old one, in a mount namespace that only we see. */
int ctr__do_root(struct ctr__run *run, const struct ctr__step *step)
{
	/* A root that was copied before is for an empty namespace, and not to cover the host's. */
	int r = step->bind.taken && !run->blank ? -ENOTRECOVERABLE : keep_host(run);
	int tree = r < 0 ? r : take_source(run, &step->bind);

	if (tree < 0)
		return tree;
	r = sys_move_mount(tree, "", run->host, "", ATTACH);
	if (r < 0) {
		sys_close(tree);
		return r;
	}
	ctr__fd_close(run->root);
	run->root = tree;
	return 0;
}

static int copy_link(int from, int to, const char *name)
{
	char target[PATH_MAX];
	long n = sys_readlinkat(from, name, target, sizeof(target) - 1);

	if (n < 0)
		return (int)n;
	target[n] = '\0';
	return sys_symlinkat(target, to, name);
}

static int copy_entry(int from, int to, const char *name)
{
	struct statx st;
	int target, r;

	r = sys_statx(from, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &st);
	if (r < 0)
		return r;
	if (S_ISLNK(st.stx_mode))
		return copy_link(from, to, name);
	target = ctr__path_make(to, name, S_ISDIR(st.stx_mode));
	if (target < 0)
		return target;
	return attach(clone_tree(from, name, 0, AT_RECURSIVE | AT_SYMLINK_NOFOLLOW), target);
}

static int copy_entries(int from, int to)
{
	_Alignas(struct ctr__dirent) char room[4096];
	long n;

	while ((n = sys_getdents64(from, room, sizeof(room))) > 0) {
		for (long at = 0; at < n;) {
			const struct ctr__dirent *e = ctr__dirent_at(room, at);
			int r = ctr__is_dots(e->name) ? 0 : copy_entry(from, to, e->name);

			if (r < 0)
				return r;
			at += e->length;
		}
	}
	return (int)n;
}

static int set_option(int context, const char *const option[2])
{
	return sys_fsconfig(context, option[1] ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, option[0],
			    option[1]);
}

static int create_fs(int context, const struct ctr__step_mount *m)
{
	int r = sys_fsconfig(context, FSCONFIG_SET_STRING, "source",
			     m->source ? m->source : m->type);

	for (size_t i = 0; r >= 0 && i < CTR__MOUNT_OPTIONS_MAX && m->options[i][0]; i++)
		r = set_option(context, m->options[i]);
	for (size_t i = 0; r >= 0 && i < m->n_more; i++)
		r = set_option(context, m->more[i]);
	return r < 0 ? r : sys_fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL);
}

int ctr__fs_new(const struct ctr__step_mount *m)
{
	int context = sys_fsopen(m->type, FSOPEN_CLOEXEC);
	int r;

	if (context < 0)
		return context;
	r = create_fs(context, m);
	if (r >= 0)
		r = sys_fsmount(context, FSMOUNT_CLOEXEC, (unsigned)m->attrs);
	sys_close(context);
	return r;
}

static int new_tmpfs(const char *mode, const char *size, uint64_t attrs)
{
	const struct ctr__step_mount m = {
		.type = "tmpfs",
		.attrs = attrs,
		.options = { { "mode", mode }, { "size", size } },
	};

	return ctr__fs_new(&m);
}

static void octal(char text[5], unsigned mode)
{
	for (int i = 3; i >= 0; i--, mode >>= 3)
		text[i] = (char)('0' + (mode & 7));
	text[4] = '\0';
}

/* A tmpfs that looks like the directory at fd, attached over it. */
static int cover(int dir)
{
	struct statx st;
	char mode[5];
	int layer, r;

	r = sys_statx(dir, "", AT_EMPTY_PATH, STATX_MODE | STATX_UID | STATX_GID, &st);
	if (r < 0)
		return r;
	octal(mode, st.stx_mode & 07777);
	layer = new_tmpfs(mode, CTR__TMPFS_SIZE, MOUNT_ATTR_NODEV);
	if (layer < 0)
		return layer;
	r = sys_fchownat(layer, "", st.stx_uid, st.stx_gid, AT_EMPTY_PATH);
	if (r == -EINVAL) /* an owner that the user namespace has no number for */
		r = 0;
	if (r >= 0)
		r = sys_move_mount(layer, "", dir, "", ATTACH);
	if (r >= 0)
		r = copy_entries(dir, layer);
	if (r < 0) {
		sys_close(layer);
		return r;
	}
	return layer;
}

static int make_target(const struct ctr__run *run, const char *path, bool directory)
{
	int fd = ctr__path_make(run->root, path, directory);

	ctr__fd_close(fd);
	return fd < 0 ? fd : 0;
}

/* With the rights that root has inside: the owner, the mount or the file system may say no. */
static bool may_not(int r)
{
	return r == -EACCES || r == -EPERM || r == -EROFS || r == -EOVERFLOW;
}

int ctr__do_layer(struct ctr__run *run, const struct ctr__step *step)
{
	const struct ctr__step_layer *l = &step->layer;
	const bool is_root = l->path[1] == '\0';
	int r = l->instead ? make_target(run, l->instead, l->directory) : -EROFS;
	int dir, layer;

	if (!may_not(r))
		return r;
	dir = open_target(run, l->path, O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		return dir;
	layer = cover(dir);
	sys_close(dir);
	if (layer < 0)
		return layer;
	if (l->number)
		run->layered[l->number - 1] = true;
	if (is_root) {
		sys_close(run->root);
		run->root = layer;
		run->covered++;
		return 0;
	}
	sys_close(layer);
	return 0;
}

int ctr__do_make_target(struct ctr__run *run, const struct ctr__step *step)
{
	return make_target(run, step->target.path, step->target.directory);
}

int ctr__do_bind(struct ctr__run *run, const struct ctr__step *step)
{
	const struct ctr__step_bind *bind = &step->bind;
	int tree = take_source(run, bind);

	if (tree < 0)
		return is_gone(run, bind, tree) ? 0 : tree;
	return attach_and_keep(run, tree, bind->target);
}

int ctr__do_mount(struct ctr__run *run, const struct ctr__step *step)
{
	int tree = ctr__fs_new(&step->mount);

	if (tree < 0)
		return tree;
	return attach_and_keep(run, tree, step->mount.target);
}

/* In the caller's /dev; on a copy of a template, and for a primitive, in that of "/". */
static int clone_by_name(const struct ctr__run *run, const char *path, uint64_t attrs)
{
	if (run->host < 0 || run->blank)
		return clone_tree(run->root, path, attrs, AT_SYMLINK_NOFOLLOW);
	if (run->devices < 0)
		return run->devices;
	return clone_tree(run->devices, path + strlen("dev/"), attrs, AT_SYMLINK_NOFOLLOW);
}

static bool is_device(const struct statx *st, unsigned major, unsigned minor)
{
	return S_ISCHR(st->stx_mode) && st->stx_rdev_major == major && st->stx_rdev_minor == minor;
}

/*
 * A bind of the caller's own device, never of what an image calls so. Read-only:
 * that guards the inode, which is the host's; the device itself can be written.
 */
static int clone_device(struct ctr__run *run, const char *path, unsigned major, unsigned minor)
{
	const uint64_t attrs = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	int r = run->root < 0 ? keep_host(run) : 0;
	int tree = r < 0 ? r : clone_by_name(run, path, attrs);
	struct statx st;

	if (tree < 0)
		return tree;
	r = sys_statx(tree, "", AT_EMPTY_PATH, STATX_TYPE, &st);
	if (r == 0 && !is_device(&st, major, minor))
		r = -ENODEV;
	if (r < 0) {
		sys_close(tree);
		return r;
	}
	return tree;
}

/* Documentation/admin-guide/devices.txt */
static const struct device {
	const char *path; /* in the caller's root; the name in /dev follows "dev/" */
	unsigned major, minor;
} devices[] = {
	{ "dev/null", 1, 3 },	{ "dev/zero", 1, 5 },	 { "dev/full", 1, 7 },
	{ "dev/random", 1, 8 }, { "dev/urandom", 1, 9 }, { "dev/tty", 5, 0 },
};

static const char *name_of(const struct device *device)
{
	return device->path + strlen("dev/");
}

/*
 * A node of the container's own. Looked at again, for a filter that the caller is in may say of
 * a call that it has succeeded; and for a primitive the umask is the caller's.
 */
static int make_node(int dev, const struct device *device)
{
	return sys_mknodat(dev, name_of(device), S_IFCHR | 0666,
			   device->major << 8 | device->minor);
}

static int check_node(int dev, const struct device *device)
{
	const char *name = name_of(device);
	struct statx st;
	int r = sys_statx(dev, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE | STATX_MODE, &st);

	if (r < 0)
		return r;
	if (!is_device(&st, device->major, device->minor))
		return -ENODEV;
	return (st.stx_mode & 07777) == 0666 ? 0 : sys_fchmodat(dev, name, 0666);
}

/*
 * No node may be made without CAP_MKNOD, in a user namespace, or where a control group for
 * devices or a security module forbids that: there the caller's own is bound.
 */
static int add_device(struct ctr__run *run, int dev, const struct device *device, bool bind)
{
	int r = bind ? -EPERM : make_node(dev, device);

	if (r != -EPERM && r != -EACCES)
		return r < 0 ? r : check_node(dev, device);
	return attach(clone_device(run, device->path, device->major, device->minor),
		      ctr__path_make(dev, name_of(device), false));
}

static int fill_dev(struct ctr__run *run, int dev, bool binds)
{
	static const char *const links[][2] = {
		{ "/proc/self/fd", "fd" },	 { "/proc/self/fd/0", "stdin" },
		{ "/proc/self/fd/1", "stdout" }, { "/proc/self/fd/2", "stderr" },
		{ "pts/ptmx", "ptmx" },
	};
	static const char *const dirs[] = { "pts", "shm", "mqueue" };
	int r = 0;

	for (size_t i = 0; r >= 0 && i < sizeof(dirs) / sizeof(dirs[0]); i++)
		r = sys_mkdirat(dev, dirs[i], 0755);
	for (size_t i = 0; r >= 0 && i < sizeof(links) / sizeof(links[0]); i++)
		r = sys_symlinkat(links[i][0], dev, links[i][1]);
	for (size_t i = 0; r >= 0 && i < sizeof(devices) / sizeof(devices[0]); i++)
		r = add_device(run, dev, &devices[i], binds);
	return r;
}

int ctr__do_dev(struct ctr__run *run, const struct ctr__step *step)
{
	int dev = new_tmpfs("0755", "1m", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
	int target, r;

	if (dev < 0)
		return dev;
	target = open_target(run, step->path, O_PATH);
	r = target < 0 ? target : sys_move_mount(dev, "", target, "", ATTACH);
	ctr__fd_close(target);
	if (r >= 0) {
		r = fill_dev(run, dev, step->binds);
		if (r < 0 && run->direct)
			sys_umount2(step->path, MNT_DETACH);
	}
	sys_close(dev);
	return r;
}

int ctr__do_file(struct ctr__run *run, const struct ctr__step *step)
{
	int tree = ctr__file_new(run, &step->file);

	return tree < 0 ? tree : attach_and_keep(run, tree, step->file.target);
}

/* Nothing but the absence of a path is forgiven, and that only where the step says so. */
static int absent(const struct ctr__step *step, int r)
{
	return r == -ENOENT && step->may_be_absent ? 0 : r;
}

/*
 * One empty file system for all masks: making and ending one costs more than
 * the rest. It is cloned from where it was attached first, for open_tree(2)
 * clones what is in the caller's mount namespace.
 */
static int mask_directory(struct ctr__run *run, int target)
{
	const bool first = run->empty < 0;
	const uint64_t attrs =
		MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	int tree = first ? new_tmpfs("0555", "4k", attrs)
			 : clone_tree(run->empty, "", 0, AT_EMPTY_PATH);
	int r;

	if (tree < 0)
		return tree;
	r = sys_move_mount(tree, "", target, "", ATTACH);
	if (r >= 0 && first)
		run->empty = tree;
	else
		sys_close(tree);
	return r;
}

/* The same with the null device: a clone of the first one takes no look for it, and no check. */
static int mask_file(struct ctr__run *run, int target)
{
	const bool first = run->null < 0;
	int tree = first ? clone_device(run, "dev/null", 1, 3)
			 : clone_tree(run->null, "", 0, AT_EMPTY_PATH);
	int r;

	if (tree < 0)
		return tree;
	r = sys_move_mount(tree, "", target, "", ATTACH);
	if (r >= 0 && first)
		run->null = tree;
	else
		sys_close(tree);
	return r;
}

int ctr__do_mask(struct ctr__run *run, const struct ctr__step *step)
{
	int target = open_in_mounted(run, step->path);
	struct statx st;
	int r;

	if (target == -ENOTDIR && step->may_be_absent) /* below a file there is nothing, either */
		return 0;
	if (target < 0)
		return absent(step, target);
	r = sys_statx(target, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &st);
	if (r == 0)
		r = S_ISDIR(st.stx_mode) ? mask_directory(run, target) : mask_file(run, target);
	sys_close(target);
	return r;
}

int ctr__do_read_only(struct ctr__run *run, const struct ctr__step *step)
{
	int target = open_in_mounted(run, step->path);

	if (target < 0)
		return absent(step, target);
	return attach(clone_tree(target, "", MOUNT_ATTR_RDONLY, AT_EMPTY_PATH | AT_RECURSIVE),
		      target);
}

/*
 * The topmost mount there, with all below, if any is, and if it is not locked in a user
 * namespace, mount_namespaces(7): EINVAL says either.
 */
int ctr__do_uncover(struct ctr__run *run, const struct ctr__step *step)
{
	int target = open_target(run, step->path, O_PATH | O_DIRECTORY), r;

	if (target < 0)
		return target;
	r = sys_fchdir(target);
	sys_close(target);
	if (r >= 0)
		r = sys_umount2(".", MNT_DETACH | UMOUNT_NOFOLLOW);
	return r < 0 && r != -EINVAL ? r : sys_chdir("/");
}

/*
 * umount2(2) takes a path only. UMOUNT_NOFOLLOW guards its last component;
 * the ones before were resolved by the same process a moment ago.
 */
int ctr__do_unmount(struct ctr__run *run, const struct ctr__step *step)
{
	(void)run;
	return sys_umount2(step->path, MNT_DETACH | UMOUNT_NOFOLLOW);
}

/*
 * pivot_root(2), "pivot_root(".", ".")": the old root ends up over the new one,
 * and what covered it there, over that. Each unmount takes the topmost away.
 */
int ctr__do_pivot_root(struct ctr__run *run, const struct ctr__step *step)
{
	int r = sys_fchdir(run->root);

	(void)step;
	if (r < 0)
		return r;
	r = note_root(run);
	if (r >= 0)
		r = sys_pivot_root(".", ".");
	if (r < 0) {
		if (run->direct)
			sys_umount2(".", MNT_DETACH);
		return r;
	}
	for (int i = 0; r >= 0 && i <= run->covered; i++)
		r = sys_umount2(".", MNT_DETACH);
	return r < 0 ? r : sys_chdir("/");
}

/* chroot(2) by the path: if it fails, the working directory is still the caller's. */
int ctr__do_chroot(struct ctr__run *run, const struct ctr__step *step)
{
	int r = sys_chroot(step->path);

	(void)run;
	return r < 0 ? r : sys_chdir("/");
}
