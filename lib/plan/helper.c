/* SPDX-License-Identifier: MIT */
#include "plan/helper.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/sys.h"
#include "base/wait.h"
#include "plan/run.h"

#define SEAL_BOUND_MS 1000

/* helper_blob.c */
extern const char ctr__helper_begin[] __attribute__((visibility("hidden")));
extern const uint64_t ctr__helper_size __attribute__((visibility("hidden")));

static int open_in_memory(void)
{
	return ctr__file_in_memory(CTR__HELPER_NAME, ctr__helper_begin, ctr__helper_size, true,
				   false);
}

static int write_into(int dir)
{
	_cleanup_fd_ int fd =
		sys_openat(dir, CTR__HELPER_NAME, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0500);
	int r = fd < 0 ? fd : ctr__file_write(fd, ctr__helper_begin, ctr__helper_size);

	return r < 0 ? r : sys_fchmod(fd, 0555); /* whatever the umask */
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
static int open_in_tmpfs(void)
{
	const struct ctr__step_mount tmpfs = {
		.type = "tmpfs",
		.attrs = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
		.options = { { "mode", "0755" }, { "size", "1m" } },
	};
	_cleanup_fd_ int mount = ctr__fs_new(&tmpfs);
	int r = mount < 0 ? mount : write_into(mount);

	if (r >= 0)
		r = seal(mount);
	return r < 0 ? r : sys_openat(mount, CTR__HELPER_NAME, O_RDONLY | O_CLOEXEC, 0);
}

int ctr__helper_open_in_memory(int min)
{
	return ctr__fd_raise(open_in_memory(), min);
}

/* Not writable, so that no container changes what the next one executes: CVE-2019-5736. */
int ctr__helper_open(int min)
{
	int fd = open_in_memory();

	if (fd == -EACCES) { /* vm.memfd_noexec is 2 */
		fd = open_in_tmpfs();
		if (fd == -EPERM || fd == -ENOSYS || fd == -ENODEV)
			fd = -EACCES;
	}
	return ctr__fd_raise(fd, min);
}
