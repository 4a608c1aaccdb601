/* SPDX-License-Identifier: MIT */
/* The steps that confine further what mounts and capabilities leave. Child code: see run.h. */
#include <limits.h>
#include <linux/prctl.h>
#include <linux/securebits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/landlock.h"
#include "base/path.h"
#include "plan/run.h"

/* ---- landlock ---- */

/* What a rule for something else than a directory may speak of: landlock(7). */
#define RIGHTS_OF_FILES                                                                            \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |                              \
	 LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_TRUNCATE |                              \
	 LANDLOCK_ACCESS_FS_IOCTL_DEV)

/* The rule set that the rules before this step have begun, or a new one. */
static int open_ruleset(struct ctr__run *run, const struct ctr__step_landlock *l)
{
	const struct ctr__landlock_ruleset attr = { .fs = l->handled, .scoped = l->scoped };

	if (run->ruleset < 0)
		run->ruleset = sys_landlock_create_ruleset(&attr);
	return run->ruleset;
}

static int add_path(int ruleset, int path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = rights, .parent_fd = path };
	struct statx st;
	int r = sys_statx(path, "", AT_EMPTY_PATH, STATX_TYPE, &st);

	if (r < 0)
		return r;
	if (!S_ISDIR(st.stx_mode))
		rule.allowed_access &= RIGHTS_OF_FILES;
	return sys_landlock_add_path(ruleset, &rule);
}

int ctr__do_landlock_rule(struct ctr__run *run, const struct ctr__step *step)
{
	const struct ctr__step_landlock *l = &step->landlock;
	int ruleset = open_ruleset(run, l);
	int path, r;

	if (ruleset < 0)
		return ruleset;
	path = l->plain ? ctr__path_open_plain(run->root, l->path, O_PATH)
			: ctr__path_open(run->root, l->path, O_PATH);
	if (path < 0)
		return path;
	r = add_path(ruleset, path, l->rights);
	sys_close(path);
	return r;
}

/*
 * Whoever is confined may exchange no root: EPERM. It would be EBUSY or EINVAL else, for a root
 * can't be exchanged with itself, pivot_root(2). So one call without effect shows that it holds.
 * Any other answer is that of a filter of system calls, which says nothing of landlock.
 */
int ctr__do_landlock(struct ctr__run *run, const struct ctr__step *step)
{
	int ruleset = open_ruleset(run, &step->landlock);
	int r;

	if (ruleset < 0)
		return ruleset;
	r = sys_landlock_restrict_self(ruleset);
	sys_close(ruleset);
	run->ruleset = -1;
	if (r < 0)
		return r;
	r = sys_pivot_root("/", "/");
	return r == 0 || r == -EBUSY || r == -EINVAL ? -ENOTRECOVERABLE : 0;
}

/* ---- labels of security modules ---- */

/* What is pending begins with the label; a mode or a range may follow, and a line's end. */
static bool shows(const char *pending, const struct ctr__step_lsm *lsm)
{
	const char after = pending[lsm->n_verified];

	if (memcmp(pending, lsm->label, lsm->n_verified) != 0)
		return false;
	return after == '\0' || after == '\n' || after == ' ' || after == ':';
}

static int verify_label(const struct ctr__step_lsm *lsm)
{
	char pending[CTR__LSM_LABEL_MAX + 64] = "";
	int n = ctr__fd_read_file(AT_FDCWD, lsm->file, pending, sizeof(pending));

	if (n < 0)
		return n;
	return shows(pending, lsm) ? 0 : -ENOTRECOVERABLE;
}

int ctr__do_lsm(struct ctr__run *run, const struct ctr__step *step)
{
	int r = ctr__fd_write_file(AT_FDCWD, step->lsm.file, step->lsm.text);

	(void)run;
	return r < 0 ? r : verify_label(&step->lsm);
}

/* ---- securebits ---- */

/*
 * Before the ids change, for that may take the right to do it; so PR_SET_KEEPCAPS, which
 * is one of the bits, stays as it is until execve(2) clears it.
 */
int ctr__do_securebits(struct ctr__run *run, const struct ctr__step *step)
{
	int keep = sys_prctl(PR_GET_KEEPCAPS, 0);

	(void)run;
	if (keep < 0)
		return keep;
	return sys_prctl(PR_SET_SECUREBITS, step->securebits | (keep ? SECBIT_KEEP_CAPS : 0u));
}

int ctr__verify_securebits(const struct ctr__step_verify *v)
{
	int bits = sys_prctl(PR_GET_SECUREBITS, 0);

	if (bits < 0)
		return bits;
	if (v->has_securebits && ((uint32_t)bits & ~(uint32_t)SECBIT_KEEP_CAPS) != v->securebits)
		return -ENOTRECOVERABLE;
	return 0;
}
