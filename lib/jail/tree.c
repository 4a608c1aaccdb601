/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/strv.h"
#include "base/sys.h"
#include "jail/jail.h"

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int read_stream(DIR *stream, struct ctr__strv *names)
{
	const struct dirent *d;
	int r = 0;

	errno = 0;
	while (r == 0 && (d = readdir(stream)))
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			r = ctr__strv_add(names, d->d_name);
	return r < 0 ? r : -errno;
}

/* In an order of their own, so that the same files give the same list. */
static int read_names(const char *path, struct ctr__strv *names)
{
	int fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	int r;

	if (!stream) {
		ctr__fd_close(fd);
		return fd < 0 ? fd : -ENOMEM;
	}
	r = read_stream(stream, names);
	closedir(stream);
	if (names->n)
		qsort(names->v, names->n, sizeof(*names->v), compare);
	return r;
}

/* The last of those that are left is the next one. */
static int leave(const struct ctr__adding *a, struct ctr__strv *left, const char *dir,
		 const struct ctr__strv *names)
{
	for (size_t i = names->n; i-- > 0;) {
		_cleanup_free_ char *path = NULL;

		if (asprintf(&path, "%s/%s", dir, names->v[i]) < 0) {
			path = NULL;
			return ctr__error_nomem(a->err);
		}
		if (ctr__strv_add(left, path))
			return ctr__error_nomem(a->err);
	}
	return 0;
}

static int add_directory(const struct ctr__adding *a, struct ctr__strv *left,
			 struct ctr__entry *dir)
{
	struct ctr__strv names = { 0 };
	int r;

	if (dir->examined)
		return 0;
	dir->examined = a->jail->list.call;
	r = read_names(dir->path, &names);
	r = r < 0 ? ctr__error_sys(a->err, -r, "read the directory", dir->path)
		  : leave(a, left, dir->path, &names);
	ctr__strv_clear(&names);
	return r;
}

static int add_entry(const struct ctr__adding *a, struct ctr__entry *entry, const char *reason)
{
	if (ctr__list_add_reason(&a->jail->list, entry, NULL, "%s", reason) < 0)
		return ctr__error_nomem(a->err);
	return ctr__examine(a, entry);
}

static bool is_link(const struct ctr__adding *a, const char *path)
{
	const struct ctr__entry *entry = ctr__list_find(&a->jail->list, path);

	return entry && entry->kind == CTR_JAIL_LINK;
}

/* inside: found in a directory that was asked for, where not all is of use. */
static int add(const struct ctr__adding *a, struct ctr__strv *left, const char *path,
	       const char *reason, bool inside)
{
	struct ctr__entry *entry;
	int r = ctr__list_add(&a->jail->list, path, &entry);

	if (r == -EOPNOTSUPP && inside)
		return 0; /* a socket, a named pipe or a disk */
	if (r < 0 && inside && is_link(a, path))
		return 0; /* it leads nowhere: that is all there is to keep of it */
	if (r == -EOPNOTSUPP)
		return ctr__error_value(a->err, "path", path,
					"a file, a link, a directory or a character device");
	if (r == -ENOENT || r == -ENOTDIR)
		return ctr__error_set(a->err, CTR_E_NOT_FOUND, -r, "add", path, NULL);
	if (r == -EISDIR)
		return ctr__error_value(a->err, "path", path, "a part of the root directory");
	if (r < 0)
		return ctr__error_sys(a->err, -r, "look at", path);
	if (entry->kind != CTR_JAIL_DIRECTORY)
		return add_entry(a, entry, reason);
	return inside && is_link(a, path) ? 0 : add_directory(a, left, entry);
}

static int add_next(const struct ctr__adding *a, struct ctr__strv *left, const char *reason)
{
	_cleanup_free_ char *path = left->v[left->n - 1];

	left->v[--left->n] = NULL;
	return add(a, left, path, reason, true);
}

/* Directories may lie in each other deeper than a stack is: what is left to do is a list. */
int ctr__tree_add(const struct ctr__adding *a, const char *path, const char *reason)
{
	struct ctr__strv left = { 0 };
	int r = add(a, &left, path, reason, false);

	while (r == 0 && left.n)
		r = add_next(a, &left, reason);
	ctr__strv_clear(&left);
	return r;
}
