/* SPDX-License-Identifier: MIT */
#include "plan/direct.h"

#include "base/error.h"
#include "base/sys.h"
#include "plan/run.h"

/* Returns 0, or -errno with the index of the step that failed. */
static int do_in_root(const struct ctr__step *steps, size_t n, size_t *failed)
{
	struct ctr__run run = {
		.direct = true,
		.host = -1,
		.devices = -1,
		.empty = -1,
		.null = -1,
		.stage = -1,
		.mounted = -1,
		.ruleset = -1,
	};
	int r = 0;

	*failed = 0;
	run.root = sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (run.root < 0)
		return run.root;
	for (size_t i = 0; r >= 0 && i < n; i++) {
		*failed = i;
		r = ctr__step_do(&run, &steps[i]);
	}
	sys_close(run.root);
	ctr__fd_close(run.host);
	ctr__fd_close(run.devices);
	ctr__fd_close(run.empty);
	ctr__fd_close(run.null);
	ctr__fd_close(run.ruleset);
	return r;
}

int ctr__steps_direct(const struct ctr__step *steps, size_t n, const char *object, ctr_error *err)
{
	char text[1024];
	size_t failed;
	int r = do_in_root(steps, n, &failed);

	if (r >= 0)
		return 0;
	ctr__step_describe(&steps[failed], text, sizeof(text));
	return ctr__error_sys(err, -r, text, object);
}

int ctr__step_direct(const struct ctr__step *step, const char *object, ctr_error *err)
{
	return ctr__steps_direct(step, 1, object, err);
}

int ctr__step_try(const struct ctr__step *step)
{
	size_t failed;

	return do_in_root(step, 1, &failed);
}
