/* SPDX-License-Identifier: MIT */
/* The calls of landlock(7), and what of them is newer than the headers that some builds have. */
#ifndef CTR_BASE_LANDLOCK_H
#define CTR_BASE_LANDLOCK_H

#include <linux/landlock.h>

#include "base/sys.h"

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif
#ifndef LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
#define LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0)
#define LANDLOCK_SCOPE_SIGNAL (1ULL << 1)
#endif

/* struct landlock_ruleset_attr of ABI 6; an older kernel takes it as long as the tail is zero. */
struct ctr__landlock_ruleset {
	uint64_t fs, net, scoped;
};

/* The number of the ABI, or -errno: ENOSYS if there is none, EOPNOTSUPP if it is switched off. */
static inline int sys_landlock_abi(void)
{
	return (int)ctr__sys_new(SYS_landlock_create_ruleset, 0, 0, LANDLOCK_CREATE_RULESET_VERSION,
				 0, 0);
}

static inline int sys_landlock_create_ruleset(const struct ctr__landlock_ruleset *attr)
{
	return (int)ctr__sys_new(SYS_landlock_create_ruleset, (long)attr, sizeof(*attr), 0, 0, 0);
}

static inline int sys_landlock_add_path(int ruleset, const struct landlock_path_beneath_attr *attr)
{
	return (int)ctr__sys_new(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
				 (long)attr, 0, 0);
}

static inline int sys_landlock_restrict_self(int ruleset)
{
	return (int)ctr__sys_new(SYS_landlock_restrict_self, ruleset, 0, 0, 0, 0);
}

#endif
