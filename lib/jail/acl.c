/* SPDX-License-Identifier: MIT */
#include "jail/acl.h"

#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <stdio.h>

#include "base/sys.h"

#define NAME "system.posix_acl_access"
#define ENTRIES_MAX 255

struct list {
	struct posix_acl_xattr_header header;
	struct posix_acl_xattr_entry entries[ENTRIES_MAX];
};

/* fgetxattr(2) refuses a descriptor of O_PATH; a host without /proc is asked by the path. */
static long read_list(int fd, const char *path, struct list *list)
{
	char self[32];
	long n;

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	n = sys_getxattr(self, NAME, list, sizeof(*list));
	return n == -ENOENT ? sys_lgetxattr(path, NAME, list, sizeof(*list)) : n;
}

/* What each can do whom an entry with this tag names; all, if there is none. */
static unsigned rights_of(const struct list *list, size_t n, unsigned tag, unsigned mask)
{
	unsigned rights = 07;

	for (size_t i = 0; i < n; i++)
		if (list->entries[i].e_tag == tag)
			rights &= list->entries[i].e_perm & mask;
	return rights;
}

/* A user with an entry has no rights as one of the group; others are neither. */
static unsigned narrow(const struct list *list, size_t n, unsigned mode)
{
	const unsigned mask = rights_of(list, n, ACL_MASK, 07);
	const unsigned users = rights_of(list, n, ACL_USER, mask);
	const unsigned groups = rights_of(list, n, ACL_GROUP, mask);
	const unsigned group = rights_of(list, n, ACL_GROUP_OBJ, mask) & users;

	return (mode & ~077u) | (mode & group << 3) | (mode & users & groups);
}

static bool has_none(long r)
{
	return r == -ENODATA || r == -EOPNOTSUPP || r == -ENOSYS || r == -ENOENT;
}

bool ctr__acl_narrow(int fd, const char *path, uint16_t *mode)
{
	struct list list;
	const long size = read_list(fd, path, &list);

	if (size < 0 && !has_none(size)) { /* there may be one: nobody knows what it says */
		*mode &= (uint16_t)~077;
		return true;
	}
	if (size < (long)sizeof(list.header))
		return false;
	*mode = (uint16_t)narrow(
		&list, ((size_t)size - sizeof(list.header)) / sizeof(list.entries[0]), *mode);
	return true;
}
