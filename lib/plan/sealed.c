/* SPDX-License-Identifier: MIT */
#include "plan/sealed.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/sys.h"
#include "base/wait.h"
#include "plan/run.h"

#define SEAL_BOUND_MS 1000
#define TMPFS_ROOM 65536 /* for what is not the content of the file */

/* Of whom it is, or of the caller. */
static int set_owner(int fd, const struct ctr__sealed *file)
{
	int r = file->has_owner ? sys_fchownat(fd, "", file->uid, file->gid, AT_EMPTY_PATH) : 0;

	if (r < 0 && r != -EPERM && r != -EINVAL)
		return r;
	return sys_fchmod(fd, file->mode); /* whatever the umask */
}

int ctr__sealed_open_in_memory(const struct ctr__sealed *file)
{
	_cleanup_fd_ int fd = ctr__file_new_in_memory(file->name, true);
	int r = fd < 0 ? fd : ctr__file_write(fd, file->content, file->size);

	if (r >= 0)
		r = set_owner(fd, file);
	if (r >= 0)
		r = ctr__file_seal(fd, false);
	return r < 0 ? r : ctr__fd_take(&fd);
}

static int write_into(int dir, const struct ctr__sealed *file)
{
	_cleanup_fd_ int fd =
		sys_openat(dir, file->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0500);
	int r = fd < 0 ? fd : ctr__file_write(fd, file->content, file->size);

	return r < 0 ? r : set_owner(fd, file);
}

/* A process that another thread forks meanwhile has a copy of what it was written through. */
static int seal(int mount)
{
	const struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
	const int64_t end = ctr__now_ms() + SEAL_BOUND_MS;
	int r;

	while ((r = sys_mount_setattr(mount, "", AT_EMPTY_PATH, &attr)) == -EBUSY &&
	       ctr__left_ms(end) > 0)
		ctr__pause_ms(1);
	return r;
}

/*
 * Nobody can reach the mount: it is attached nowhere, and ceases to be one when it is closed here.
 * It stays read-only for as long as the file is open or executed.
 */
static int open_in_tmpfs(const struct ctr__sealed *file)
{
	char size[32];
	const struct ctr__step_mount tmpfs = {
		.type = "tmpfs",
		.attrs = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
		.options = { { "mode", "0755" }, { "size", size } },
	};
	_cleanup_fd_ int mount = -1;
	int r;

	snprintf(size, sizeof(size), "%zu", file->size + TMPFS_ROOM);
	mount = ctr__fs_new(&tmpfs);
	r = mount < 0 ? mount : write_into(mount, file);
	if (r >= 0)
		r = seal(mount);
	return r < 0 ? r : sys_openat(mount, file->name, O_RDONLY | O_CLOEXEC, 0);
}

int ctr__sealed_open(const struct ctr__sealed *file, int min)
{
	int fd = ctr__sealed_open_in_memory(file);

	if (fd == -EACCES) { /* vm.memfd_noexec is 2 */
		fd = open_in_tmpfs(file);
		if (fd == -EPERM || fd == -ENOSYS || fd == -ENODEV)
			fd = -EACCES;
	}
	return ctr__fd_raise(fd, min);
}
