/* SPDX-License-Identifier: MIT */
#include <minictr/chroot.h>

#include "base/error.h"
#include "base/export.h"
#include "base/sys.h"
#include "plan/direct.h"

CTR_EXPORT int ctr_chroot(const char *root, ctr_error *err)
{
	const struct ctr__step step = { .kind = CTR__STEP_CHROOT, .path = root };

	if (!root || !*root)
		return ctr__error_value(err, "root directory", root, "the path of a directory");
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
	cwd = sys_openat(AT_FDCWD, ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	r = ctr__steps_direct(steps, sizeof(steps) / sizeof(steps[0]), root, err);
	if (r && cwd >= 0)
		sys_fchdir(cwd);
	ctr__fd_close(cwd);
	return r;
}
