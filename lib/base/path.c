/* SPDX-License-Identifier: MIT */
#include "base/path.h"

#include <limits.h>

#include "base/dirent.h"
#include "base/sys.h"

bool ctr__path_is_absolute(const char *path)
{
	return path && path[0] == '/';
}

static int open_by(int root, const char *path, int flags, uint64_t resolve)
{
	const struct open_how how = {
		.flags = (unsigned)flags | O_CLOEXEC,
		.resolve = RESOLVE_NO_MAGICLINKS | resolve,
	};
	int fd = -EAGAIN;

	/* openat2(2): EAGAIN when a rename anywhere raced with a ".."; bounded. */
	for (int tries = 0; fd == -EAGAIN && tries < 128; tries++)
		fd = sys_openat2(root, path, &how);
	return fd;
}

int ctr__path_open(int root, const char *path, int flags)
{
	return open_by(root, path, flags, RESOLVE_IN_ROOT);
}

int ctr__path_open_unmagic(const char *path, int flags)
{
	return open_by(AT_FDCWD, path, flags, 0);
}

int ctr__path_open_direct(const char *path, int flags)
{
	return open_by(AT_FDCWD, path, flags, RESOLVE_NO_SYMLINKS);
}

int ctr__path_open_plain(int root, const char *path, int flags)
{
	return open_by(root, path, flags, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
}

int ctr__path_next(const char **path, const char **name)
{
	const char *p = *path;
	int length = 0;

	while (*p == '/')
		p++;
	*name = p;
	while (*p && *p != '/' && length <= NAME_MAX) {
		p++;
		length++;
	}
	if (length > NAME_MAX)
		return -ENAMETOOLONG;
	*path = p;
	return length;
}

static bool is_last(const char *rest)
{
	while (*rest == '/')
		rest++;
	return *rest == '\0';
}

static int make_entry(int dir, const char *name, bool directory)
{
	int r;

	if (directory) {
		r = sys_mkdirat(dir, name, 0755);
		return r == -EEXIST ? 0 : r;
	}
	r = sys_openat(dir, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (r == -EEXIST)
		return 0;
	if (r >= 0)
		sys_close(r);
	return r < 0 ? r : 0;
}

static int open_or_make(int dir, const char *name, bool directory)
{
	const int flags = O_PATH | (directory ? O_DIRECTORY : 0);
	int fd, r;

	if (ctr__is_dots(name)) /* in a directory that has just been made: nothing to mount on */
		return -EINVAL;
	fd = ctr__path_open_plain(dir, name, flags);
	if (fd != -ENOENT)
		return fd;
	r = make_entry(dir, name, directory);
	return r < 0 ? r : ctr__path_open_plain(dir, name, flags);
}

static int make_below(int root, const char *path, bool directory)
{
	char name[NAME_MAX + 1];
	const char *part;
	int dir = sys_fcntl(root, F_DUPFD_CLOEXEC, 0);
	int length, next;

	while (dir >= 0) {
		length = ctr__path_next(&path, &part);
		if (length == 0)
			return dir;
		for (int i = 0; i < length; i++)
			name[i] = part[i];
		if (length > 0)
			name[length] = '\0';
		next = length < 0 ? length : open_or_make(dir, name, directory || !is_last(path));
		sys_close(dir);
		dir = next;
	}
	return dir;
}

int ctr__path_make(int root, const char *path, bool directory)
{
	int fd = ctr__path_open_plain(root, path, O_PATH);

	return fd == -ENOENT ? make_below(root, path, directory) : fd;
}
