/* SPDX-License-Identifier: MIT */
/*
 * What is made of a file system that goes away with the old root, the stage: an overlay of a
 * directory of the host, and files of the container's own. Child code: see run.h.
 *
 * A read-only bind lets a program connect to the UNIX sockets and open the FIFOs in it, for
 * neither writes to the file system. An overlay has inodes of its own for both, which nobody
 * listens to.
 */
#include <linux/mount.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

#include "base/sys.h"
#include "plan/run.h"

/*
 * The overlay's two directories, as they are called in the stage. An overlay that has no
 * upper directory needs two lower ones, and the second must lie outside of the first.
 */
#define HOST "host"
#define EMPTY "empty"

/* An overlay has flags of its own: those of the mount that it shows are added. */
static int add_attrs_of(int tree, uint64_t *attrs)
{
	static const struct {
		long flag; /* statfs(2) */
		uint64_t attr;
	} kept[] = {
		{ ST_NOSUID, MOUNT_ATTR_NOSUID },
		{ ST_NODEV, MOUNT_ATTR_NODEV },
		{ ST_NOEXEC, MOUNT_ATTR_NOEXEC },
	};
	struct statfs st;
	int r = sys_fstatfs(tree, &st);

	for (size_t i = 0; r >= 0 && i < sizeof(kept) / sizeof(kept[0]); i++)
		*attrs |= st.f_flags & kept[i].flag ? kept[i].attr : 0;
	return r;
}

/*
 * Over the old root, for an overlay is made of what is mounted in the namespace of its maker:
 * before Linux 6.15 a detached mount will not do. It goes away with the old root.
 */
static int make_stage(struct ctr__run *run)
{
	static const struct ctr__step_mount m = {
		.type = "tmpfs",
		.attrs = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
		.options = { { "mode", "0755" }, { "size", "2m" } },
	};
	int stage = ctr__fs_new(&m);
	int r = stage;

	if (r >= 0)
		r = sys_mkdirat(stage, HOST, 0755);
	if (r >= 0)
		r = sys_mkdirat(stage, EMPTY, 0755);
	if (r >= 0)
		r = sys_move_mount(stage, "", run->host, "",
				   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
	if (r < 0) {
		ctr__fd_close(stage);
		return r;
	}
	run->stage = stage;
	run->covered++;
	return 0;
}

/* By names in the stage, in which we are: no path of the host's, whatever bytes it has. */
static int make_overlay(uint64_t attrs)
{
	const struct ctr__step_mount m = {
		.type = "overlay",
		.attrs = attrs,
		.options = {
			{ "lowerdir", HOST ":" EMPTY },
			{ "redirect_dir", "nofollow" },
			{ "metacopy", "off" },
			{ "xino", "off" },
		},
	};

	return ctr__fs_new(&m);
}

int ctr__overlay_new(struct ctr__run *run, int tree, uint64_t attrs)
{
	int r = run->stage < 0 ? make_stage(run) : 0;

	if (r >= 0)
		r = add_attrs_of(tree, &attrs);
	if (r >= 0)
		r = sys_fchdir(run->stage);
	if (r >= 0)
		r = sys_move_mount(tree, "", run->stage, HOST, MOVE_MOUNT_F_EMPTY_PATH);
	sys_close(tree);
	if (r < 0)
		return r;
	/* The overlay has a mount of its own of it; the next one is mounted over this one. */
	return make_overlay(attrs);
}

static int write_text(int fd, const char *text, size_t length)
{
	while (length) {
		long n = sys_write(fd, text, length);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? (int)n : -EIO;
		text += n;
		length -= (size_t)n;
	}
	return 0;
}

static int write_file(int stage, const struct ctr__step_file *file)
{
	int fd = sys_openat(stage, file->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	int r = fd < 0 ? fd : write_text(fd, file->text, file->length);

	ctr__fd_close(fd);
	return r;
}

/* No tree is touched: it lives in memory, and is cloned from where it is attached. */
int ctr__file_new(struct ctr__run *run, const struct ctr__step_file *file)
{
	const struct mount_attr attr = {
		.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
			    MOUNT_ATTR_NOEXEC,
	};
	int r = run->stage < 0 ? make_stage(run) : 0, tree;

	if (r >= 0)
		r = write_file(run->stage, file);
	if (r < 0)
		return r;
	tree = sys_open_tree(run->stage, file->name, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	r = tree < 0 ? tree : sys_mount_setattr(tree, "", AT_EMPTY_PATH, &attr);
	if (r >= 0)
		return tree;
	ctr__fd_close(tree);
	return r;
}
