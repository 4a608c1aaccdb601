/* SPDX-License-Identifier: MIT */
#include "primitives/landlock.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/export.h"
#include "base/landlock.h"
#include "base/path.h"
#include "plan/direct.h"

#define ACCESS_ALL (CTR_LANDLOCK_READ | CTR_LANDLOCK_WRITE | CTR_LANDLOCK_EXECUTE)

#define READ_RIGHTS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_RIGHTS                                                                               \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                           \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |                            \
	 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |                              \
	 LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER |   \
	 LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_IOCTL_DEV)

/* Refused whatever the rules say. */
#define NOBODYS_RIGHTS (LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK)

#define ALL_RIGHTS (READ_RIGHTS | WRITE_RIGHTS | LANDLOCK_ACCESS_FS_EXECUTE | NOBODYS_RIGHTS)

enum { ABI_TRUNCATE = 3, ABI_IOCTL_DEV = 5, ABI_SCOPE = 6 };

static int refuse_none(int abi, ctr_error *err)
{
	static const char step[] = "look for landlock";

	if (abi == -EOPNOTSUPP)
		return ctr__error_set(err, CTR_E_UNSUPPORTED, -abi, step, NULL,
				      "it is switched off: add landlock to lsm= on the kernel's "
				      "command line");
	if (abi == -ENOSYS)
		return ctr__error_set(err, CTR_E_UNSUPPORTED, -abi, step, NULL,
				      "this kernel was built without it, or the filter of another "
				      "container hides it");
	if (abi < 0)
		return ctr__error_sys(err, -abi, step, NULL);
	return ctr__error_set(err, CTR_E_UNSUPPORTED, 0, step, NULL,
			      "this kernel has version %d, which cannot prevent the "
			      "truncation of files: Linux 6.2 or newer is needed",
			      abi);
}

CTR_EXPORT int ctr_landlock_abi(ctr_error *err)
{
	int abi = sys_landlock_abi();

	return abi < ABI_TRUNCATE ? refuse_none(abi, err) : abi;
}

int ctr__landlock_fill(struct ctr__step *step, ctr_error *err)
{
	int abi = ctr_landlock_abi(err);

	*step = (struct ctr__step){ .kind = CTR__STEP_LANDLOCK };
	if (abi < 0)
		return -1;
	step->landlock.handled = ALL_RIGHTS;
	if (abi < ABI_IOCTL_DEV)
		step->landlock.handled &= ~LANDLOCK_ACCESS_FS_IOCTL_DEV;
	if (abi >= ABI_SCOPE)
		step->landlock.scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | LANDLOCK_SCOPE_SIGNAL;
	return 0;
}

static uint64_t rights_of(uint32_t access)
{
	uint64_t rights = 0;

	if (access & CTR_LANDLOCK_READ)
		rights |= READ_RIGHTS;
	if (access & CTR_LANDLOCK_WRITE)
		rights |= WRITE_RIGHTS;
	if (access & CTR_LANDLOCK_EXECUTE)
		rights |= LANDLOCK_ACCESS_FS_EXECUTE;
	return rights;
}

void ctr__landlock_fill_rule(struct ctr__step *rule, const struct ctr__step *filled,
			     const char *path, uint32_t access)
{
	*rule = *filled;
	rule->kind = CTR__STEP_LANDLOCK_RULE;
	rule->landlock.path = path;
	rule->landlock.rights = rights_of(access) & filled->landlock.handled;
}

int ctr__landlock_check(const char *path, uint32_t access, ctr_error *err)
{
	if (!ctr__path_is_absolute(path))
		return ctr__error_value(err, "landlock path", path, "an absolute path");
	if (access & ~ACCESS_ALL)
		return ctr__error_bits(err, "landlock access", access & ~ACCESS_ALL);
	if (!access)
		return ctr__error_set(err, CTR_E_INVALID, 0, "landlock access", path,
				      "a rule that allows nothing: leave it out");
	return 0;
}

CTR_EXPORT int ctr_landlock_restrict(const char *const *paths, const uint32_t *access, size_t n,
				     ctr_error *err)
{
	struct ctr__step last, *steps;
	int rc;

	for (size_t i = 0; i < n; i++)
		if (ctr__landlock_check(paths[i], access[i], err))
			return -1;
	if (ctr__landlock_fill(&last, err))
		return -1;
	steps = calloc(n + 1, sizeof(*steps));
	if (!steps)
		return ctr__error_nomem(err);
	for (size_t i = 0; i < n; i++)
		ctr__landlock_fill_rule(&steps[i], &last, paths[i], access[i]);
	steps[n] = last;
	rc = ctr__steps_direct(steps, n + 1, NULL, err);
	free(steps);
	return rc;
}
