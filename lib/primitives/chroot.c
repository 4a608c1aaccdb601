/* SPDX-License-Identifier: MIT */
#include <minictr/chroot.h>

#include <errno.h>
#include <sys/mount.h>

#include "base/error.h"
#include "base/export.h"
#include "base/sys.h"
#include "plan/direct.h"

/*
 * What takes back the mount of a new root, and what comes after the root has changed, which can't
 * be taken back: each is tried first without effect, for there is no empty path.
 */
static int try_chdir(ctr_error *err)
{
	int r = sys_chdir("");

	return r == -ENOENT ? 0 : ctr__error_sys(err, -r, "go to the new root", NULL);
}

static int try_calls(ctr_error *err)
{
	int r = sys_umount2("", MNT_DETACH);

	if (r != -ENOENT)
		return ctr__error_sys(err, -r, "let go of the old root", NULL);
	r = sys_fchdir(-1);
	if (r != -EBADF)
		return ctr__error_sys(err, -r, "go to the new root", NULL);
	return try_chdir(err);
}

CTR_EXPORT int ctr_chroot(const char *root, ctr_error *err)
{
	const struct ctr__step step = { .kind = CTR__STEP_CHROOT, .path = root };

	if (!root || !*root)
		return ctr__error_value(err, "root directory", root, "the path of a directory");
	if (try_chdir(err))
		return -1;
	return ctr__step_direct(&step, root, err);
}

CTR_EXPORT int ctr_pivot_root(const char *root, ctr_error *err)
{
	const struct ctr__step steps[] = {
		{ .kind = CTR__STEP_ROOT, .bind = { .source = root, .recursive = true } },
		{ .kind = CTR__STEP_PIVOT_ROOT },
	};
	int cwd, r;

	if (!root || !*root)
		return ctr__error_value(err, "root directory", root, "the path of a directory");
	if (try_calls(err))
		return -1;
	cwd = sys_openat(AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	r = ctr__steps_direct(steps, sizeof(steps) / sizeof(steps[0]), root, err);
	if (r && cwd >= 0)
		sys_fchdir(cwd);
	ctr__fd_close(cwd);
	return r;
}
