/* SPDX-License-Identifier: MIT */
/*
 * One writer of a jail at a time. What is locked is a file that nobody else can open: other
 * users, and programs in the jail, could hold a lock on its directory for as long as they like.
 */
#ifndef CTR_JAIL_LOCK_H
#define CTR_JAIL_LOCK_H

#include <linux/stat.h>

struct ctr__lock {
	int dir, fd; /* -1: none */
	char name[64];
};

/* root: the directory of the jail, id what statx(2) says of it. 0, -EAGAIN, or another -errno. */
int ctr__lock_take(struct ctr__lock *lock, int root, const struct statx *id);

void ctr__lock_release(struct ctr__lock *lock);

#endif
