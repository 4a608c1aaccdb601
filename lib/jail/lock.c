/* SPDX-License-Identifier: MIT */
#include "jail/lock.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/sys.h"

#define TRIES 16 /* each is lost to a writer that has removed the file meanwhile */

/* Where only the user can make files, and no container is: -errno if there is no such place. */
static int open_runtime(void)
{
	const uid_t uid = geteuid();
	char path[64];
	struct statx st;
	int fd, r;

	snprintf(path, sizeof(path), uid == 0 ? "/run" : "/run/user/%u", uid);
	fd = ctr__path_open_direct(path, O_PATH | O_DIRECTORY);
	if (fd < 0)
		return fd;
	r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st);
	if (r == 0 && (st.stx_uid != uid || st.stx_mode & (S_IWGRP | S_IWOTH)))
		r = -EACCES;
	if (r == 0)
		return fd;
	ctr__fd_close(fd);
	return r;
}

static int open_file(const struct ctr__lock *lock)
{
	return sys_openat(lock->dir, lock->name,
			  O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
}

static bool is_ours(const struct statx *st)
{
	return S_ISREG(st->stx_mode) && st->stx_uid == geteuid() && st->stx_nlink == 1 &&
	       !(st->stx_mode & 077);
}

/* Whether what is locked has its name still: the last writer may have removed it. */
static bool has_name(const struct ctr__lock *lock, const struct statx *locked)
{
	struct statx named;

	return sys_statx(lock->dir, lock->name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &named) ==
		       0 &&
	       ctr__same_file(locked, &named);
}

/* 0, -EAGAIN if a writer has it, -ESTALE if it has to be tried again, or another -errno. */
static int try(struct ctr__lock *lock)
{
	struct statx st;
	int r = lock->fd = open_file(lock);

	if (r >= 0)
		r = sys_statx(lock->fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st);
	if (r == -ELOOP || (r == 0 && !is_ours(&st))) {
		/* Another user has put it there. */
		r = sys_unlinkat(lock->dir, lock->name, 0);
		return r == 0 || r == -ENOENT ? -ESTALE : r;
	}
	if (r == 0)
		r = sys_flock(lock->fd, LOCK_EX | LOCK_NB);
	return r == 0 && !has_name(lock, &st) ? -ESTALE : r;
}

static int take(struct ctr__lock *lock)
{
	int r = -ESTALE;

	for (int i = 0; r == -ESTALE && i < TRIES; i++) {
		r = try(lock);
		if (r == 0)
			return 0;
		ctr__fd_close(lock->fd);
		lock->fd = -1;
	}
	return r == -ESTALE ? -EAGAIN : r;
}

int ctr__lock_take(struct ctr__lock *lock, int root, const struct statx *id)
{
	int r;

	*lock = (struct ctr__lock){ .dir = open_runtime(), .fd = -1 };
	snprintf(lock->name, sizeof(lock->name), "minictr-jail-%x-%x-%llx.lock", id->stx_dev_major,
		 id->stx_dev_minor, (unsigned long long)id->stx_ino);
	r = lock->dir < 0 ? lock->dir : take(lock);
	if (r == 0 || r == -EAGAIN)
		return r;
	/* There is none, or nothing can be made in it. */
	ctr__fd_close(lock->dir);
	snprintf(lock->name, sizeof(lock->name), ".minictr-jail-lock");
	lock->dir = ctr__fd_dup(root, 3);
	return lock->dir < 0 ? lock->dir : take(lock);
}

void ctr__lock_release(struct ctr__lock *lock)
{
	if (lock->fd >= 0)
		sys_unlinkat(lock->dir, lock->name, 0);
	ctr__fd_close(lock->fd);
	ctr__fd_close(lock->dir);
	*lock = (struct ctr__lock){ .dir = -1, .fd = -1 };
}
