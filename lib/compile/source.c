/* SPDX-License-Identifier: MIT */
#include "compile/source.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/sys.h"

/* Without "." and empty components. 1 if it has "..", which is not for text to resolve. */
static int simplify(const char *path, char simple[PATH_MAX])
{
	const char *name;
	size_t used = 0;
	int n;

	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	while ((n = ctr__path_next(&path, &name)) > 0) {
		if (n == 1 && name[0] == '.')
			continue;
		if (n == 2 && name[0] == '.' && name[1] == '.')
			return 1;
		simple[used++] = '/';
		memcpy(simple + used, name, (size_t)n);
		used += (size_t)n;
	}
	if (!used)
		simple[used++] = '/';
	simple[used] = '\0';
	return n;
}

/* The kernel's path of what is open: proc(5), /proc/pid/fd. */
static int read_path(int fd, char path[PATH_MAX])
{
	char name[48];
	long n;

	snprintf(name, sizeof(name), "/proc/thread-self/fd/%d", fd);
	n = sys_readlinkat(AT_FDCWD, name, path, PATH_MAX);
	if (n >= PATH_MAX)
		return -ENAMETOOLONG;
	if (n >= 0)
		path[n] = '\0';
	return n < 0 ? (int)n : 0;
}

/* 0 for the same file in the same mount: in another namespace a path leads to other mounts. */
static int compare(int a, int b)
{
	struct statx one, other;
	int r = sys_statx(a, "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID, &one);

	if (r >= 0)
		r = sys_statx(b, "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID, &other);
	if (r < 0)
		return r;
	return one.stx_mnt_id == other.stx_mnt_id && ctr__same_file(&one, &other) ? 0 : -ESTALE;
}

static int refuse_pathless(const char *what, const char *path, int r, ctr_error *err)
{
	return ctr__error_set(
		err, CTR_E_INVALID, -r, what, path,
		"it is open, but has no path among the caller's files: it was deleted, is "
		"covered by a mount, is in another mount namespace, or never had a path");
}

/* Text that the kernel gives for what has no path may look like a path: open it to see. */
static int check_path(const char *what, const char *path, int fd, const char *canonical,
		      ctr_error *err)
{
	_cleanup_fd_ int again = -1;
	int r;

	if (canonical[0] != '/')
		return refuse_pathless(what, path, 0, err);
	again = ctr__path_open_direct(canonical, O_PATH);
	r = again < 0 ? again : compare(fd, again);
	if (r == -ENOENT || r == -ENOTDIR || r == -ELOOP || r == -ESTALE)
		return refuse_pathless(what, path, r, err);
	return r < 0 ? ctr__error_sys(err, -r, what, canonical) : 0;
}

bool ctr__source_has_path(int fd, char canonical[PATH_MAX])
{
	_cleanup_fd_ int again = -1;

	if (read_path(fd, canonical) < 0 || canonical[0] != '/')
		return false;
	again = ctr__path_open_direct(canonical, O_PATH);
	return again >= 0 && compare(fd, again) == 0;
}

static int refuse_without_proc(const char *what, const char *path, int r, ctr_error *err)
{
	return ctr__error_set(
		err, CTR_E_SYSTEM, -r, what, path,
		"it contains \"..\" or a symbolic link, or is a descriptor, and /proc, which "
		"is needed to resolve it, cannot be read here");
}

int ctr__source_find(const char *what, const char *name, int fd, char canonical[PATH_MAX],
		     ctr_error *err)
{
	int r = read_path(fd, canonical);

	if (r < 0)
		return refuse_without_proc(what, name, r, err);
	return check_path(what, name, fd, canonical, err);
}

static int open_through_links(const char *what, const char *path, char canonical[PATH_MAX],
			      ctr_error *err)
{
	_cleanup_fd_ int fd = sys_openat(AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);

	if (fd < 0)
		return ctr__error_sys(err, -fd, what, path);
	if (ctr__source_find(what, path, fd, canonical, err))
		return -1;
	return ctr__fd_take(&fd);
}

int ctr__source_open(const char *what, const char *path, char canonical[PATH_MAX], ctr_error *err)
{
	int r = simplify(path, canonical);
	int fd = r == 0 ? ctr__path_open_direct(path, O_PATH) : -ELOOP;

	if (r < 0)
		return ctr__error_sys(err, -r, what, path);
	if (fd == -ELOOP)
		return open_through_links(what, path, canonical, err);
	return fd < 0 ? ctr__error_sys(err, -fd, what, path) : fd;
}
