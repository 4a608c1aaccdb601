/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/sys.h"
#include "jail/jail.h"
#include "jail/reference.h"

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
static int read_names(const struct ctr__entry *dir, struct ctr__strv *names)
{
	int fd = ctr__entry_open(dir, O_RDONLY | O_DIRECTORY);
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
		if (ctr__strv_add(left, path) < 0)
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
	r = read_names(dir, &names);
	r = r < 0 ? ctr__jail_error(a->err, r, "read the directory", dir->path)
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

/* ---- links ---- */

/* Takes "." and ".." out of an absolute path, as far as its text tells; "" is the root. */
static void normalize(char *path)
{
	const char *rest = path, *part;
	size_t n = 0;

	for (int length; (length = ctr__path_next(&rest, &part)) > 0;) {
		if (length == 1 && part[0] == '.')
			continue;
		if (length == 2 && part[0] == '.' && part[1] == '.') {
			while (n && path[--n] != '/')
				;
			continue;
		}
		path[n++] = '/';
		memmove(path + n, part, (size_t)length);
		n += (size_t)length;
	}
	path[n] = '\0';
}

/* Where a link leads, as a new string; NULL: no memory. Too long for a frame of the stack. */
static char *leads_to(const struct ctr__entry *link)
{
	const int above = (int)(strrchr(link->path, '/') - link->path);
	char *path;

	if (asprintf(&path, "%.*s/%s", link->target[0] == '/' ? 0 : above, link->path,
		     link->target) < 0)
		return NULL;
	normalize(path);
	return path;
}

static bool is_inside(const char *path, const char *top)
{
	const size_t n = strlen(top);

	return strncmp(path, top, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* The links of an extra lead to other parts of what a distribution has. */
static int follow_link(const struct ctr__adding *a, struct ctr__entry *link, const char *reason)
{
	struct ctr__adding named = *a;
	struct ctr__entry *entry;
	const char *why;

	ctr__writers_add(&named.writers, &a->jail->list, link);
	if (ctr__reference_add(&named, link->path, CTR__REFERENCE_FILE, &entry, &why) == 0)
		return add_entry(a, entry, reason);
	return 0; /* a directory, or nothing: the link is all there is to keep of it */
}

static int add_link(const struct ctr__adding *a, struct ctr__entry *link, const char *reason)
{
	_cleanup_free_ char *to = NULL;

	if (ctr__list_add_reason(&a->jail->list, link, NULL, "%s", reason) < 0)
		return ctr__error_nomem(a->err);
	if (a->follows)
		return follow_link(a, link, reason);
	to = leads_to(link);
	if (!to)
		return ctr__error_nomem(a->err);
	if (strlen(to) >= PATH_MAX || is_inside(to, a->top))
		return 0; /* nowhere, or it comes anyway */
	return ctr__reference_leave_out(
		a, to[0] ? to : "/", link,
		"a link leads to it, out of the directory that is included");
}

/* ---- what is in a directory ---- */

/* A further name of a file that whoever could give it that name may not read. */
static bool is_foreign(const struct ctr__adding *a, const struct ctr__entry *file)
{
	struct ctr__writers writers = { .n = 0 };

	if (file->st.stx_nlink < 2)
		return false;
	ctr__writers_add_namers(&writers, &a->jail->list, ctr__list_parent(&a->jail->list, file));
	return !ctr__writers_can_read(&writers, &a->jail->list, file);
}

/* What is not taken, though it is there; NULL for all else. */
static const char *why_not(const struct ctr__adding *a, const struct ctr__entry *entry)
{
	if (entry->kind == CTR_JAIL_DEVICE)
		return "it is a device, which is only included by its own path";
	if (entry->kind == CTR_JAIL_FILE && is_foreign(a, entry))
		return "it is a hard link to a file that the directory's owner may not read";
	return NULL;
}

static int add_inside(const struct ctr__adding *a, struct ctr__strv *left, const char *path,
		      const char *reason)
{
	struct ctr__list *list = &a->jail->list;
	const size_t n = list->n;
	struct ctr__entry *entry;
	const char *why;
	int r = ctr__list_add_name(list, path, &entry);

	if (r == -EOPNOTSUPP)
		return 0; /* a socket, a named pipe or a disk */
	if (r < 0)
		return ctr__jail_error(a->err, r, "look at", path);
	why = list->n > n ? why_not(a, entry) : NULL;
	if (why) {
		ctr__list_cut(list, n);
		return ctr__reference_leave_out(a, path, NULL, why);
	}
	if (entry->kind == CTR_JAIL_LINK)
		return add_link(a, entry, reason);
	return entry->kind == CTR_JAIL_DIRECTORY ? add_directory(a, left, entry)
						 : add_entry(a, entry, reason);
}

static int add_next(const struct ctr__adding *a, struct ctr__strv *left, const char *reason)
{
	_cleanup_free_ char *path = left->v[left->n - 1];

	left->v[--left->n] = NULL;
	return add_inside(a, left, path, reason);
}

/*
 * The top, and all that is in it. Directories may lie in each other deeper than a stack is, and
 * one descriptor for each level may be more than there are: what is left to do is a list of
 * paths, and each is looked up in its directory again, by what the list knows of that.
 */
static int add_whole(const struct ctr__adding *a, struct ctr__entry *top, const char *reason)
{
	struct ctr__adding whole = *a;
	struct ctr__strv left = { 0 };
	int r;

	whole.top = top->path;
	r = add_directory(&whole, &left, top);
	while (r == 0 && left.n)
		r = add_next(&whole, &left, reason);
	ctr__strv_clear(&left);
	return r;
}

/* ---- what the caller names ---- */

static int refuse(const struct ctr__adding *a, const char *path, int r, const char *why)
{
	if (why)
		return ctr__error_set(a->err, CTR_E_INVALID, -r, "add", path,
				      "a symbolic link of another user leads there, and %s: name "
				      "the path itself",
				      why);
	if (r == -EOPNOTSUPP)
		return ctr__error_value(a->err, "path", path,
					"a file, a link, a directory or a character device");
	if (r == -ENOENT || r == -ENOTDIR)
		return ctr__error_set(a->err, CTR_E_NOT_FOUND, -r, "add", path, NULL);
	if (r == -EISDIR)
		return ctr__error_value(a->err, "path", path, "a part of the root directory");
	return ctr__jail_error(a->err, r, "look at", path);
}

int ctr__tree_add(const struct ctr__adding *a, const char *path, const char *reason)
{
	struct ctr__entry *entry;
	const char *why;
	int r = ctr__reference_add_named(a, path, &entry, &why);

	if (r < 0)
		return refuse(a, path, r, why);
	return entry->kind == CTR_JAIL_DIRECTORY ? add_whole(a, entry, reason)
						 : add_entry(a, entry, reason);
}
