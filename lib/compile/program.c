/* SPDX-License-Identifier: MIT */
#include "compile/program.h"

#include <minictr/program.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/export.h"
#include "base/path.h"
#include "base/sys.h"
#include "compile/executable.h"

static int report(const struct ctr__look *l, int r, const char *search)
{
	if (r == CTR__LOOK_REFUSED)
		return -1;
	if (r == -ENOENT && search)
		return ctr__error_set(l->err, CTR_E_NOT_FOUND, ENOENT, "execute", l->program,
				      "it is in none of the directories of the container's PATH, "
				      "%s",
				      search);
	if ((r == -ENOENT || r == -ENOTDIR) && l->program[0] != '/')
		return ctr__error_set(
			l->err, CTR_E_NOT_FOUND, -r, "execute", l->program,
			"a relative path starts at the working directory inside, %s: set it "
			"with -w, or use the absolute path; a volume (-v) shows files that are "
			"missing there",
			*l->cwd ? l->cwd : "/");
	if (r == -ENOENT || r == -ENOTDIR)
		return ctr__error_set(l->err, CTR_E_NOT_FOUND, -r, "execute", l->program,
				      "there is no such file in the root file system");
	if (r == -ENOMEM)
		return ctr__error_nomem(l->err);
	ctr__look_refuse(l, -r,
			 r == -ELOOP
				 ? "its symbolic links form a loop"
				 : "the file, or another one that it needs, cannot be inspected");
	return -1;
}

static int try_path(struct ctr__look *l, const char *path, int *fd)
{
	_cleanup_free_ struct ctr__view_hit *hit = NULL;
	int r = ctr__look_find(l, path, &hit);

	if (r)
		return r;
	*l->info = (struct ctr__program_info){ 0 };
	r = ctr__look_check(l, path, hit);
	if (r) {
		ctr__fd_close(hit->fd);
		return r;
	}
	*fd = hit->fd;
	return 0;
}

/* One place of a PATH value: dir is n bytes, empty for the working directory. */
static int join_path(char *path, const char *cwd, const char *dir, int n, const char *name)
{
	int length;

	if (n == 0)
		length = snprintf(path, PATH_MAX, "%s/%s", cwd, name);
	else if (dir[0] == '/')
		length = snprintf(path, PATH_MAX, "%.*s/%s", n, dir, name);
	else
		length = snprintf(path, PATH_MAX, "%s/%.*s/%s", cwd, n, dir, name);
	return length < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/*
 * As execvp(3) does, but for the files that it would hand to a shell. What is
 * wrong with the first file that is refused is told only if no other will do.
 */
static int search_path(struct ctr__look *l, const char *cwd, const char *search, char *path,
		       int *fd)
{
	struct ctr__look silent = {
		.view = l->view, .program = l->program, .cwd = cwd, .info = l->info
	};
	char refused[PATH_MAX] = "";
	bool denied = false;
	int n;

	for (const char *p = search;; p += n + 1) {
		int r;

		n = (int)strcspn(p, ":");
		r = join_path(path, cwd, p, n, l->program);
		silent.depth = 0;
		if (r == 0)
			r = try_path(&silent, path, fd);
		if (r != CTR__LOOK_REFUSED && !ctr__look_is_absent(r))
			return r;
		denied |= r == -EACCES;
		if (r == CTR__LOOK_REFUSED && !refused[0])
			memcpy(refused, path, strlen(path) + 1);
		if (!p[n])
			break;
	}
	if (!refused[0])
		return denied ? -EACCES : -ENOENT;
	memcpy(path, refused, strlen(refused) + 1);
	return try_path(l, path, fd);
}

int ctr__program_find(const struct ctr__view *view, const char *name, const char *cwd,
		      const char *search, char *path, int *fd, struct ctr__program_info *info,
		      ctr_error *err)
{
	struct ctr__program_info unused = { 0 };
	struct ctr__look l = {
		.view = view,
		.program = name,
		.cwd = cwd,
		.info = info ? info : &unused,
		.err = err,
	};
	const bool absolute = name[0] == '/';
	int r;

	*fd = -1;
	if (!strchr(name, '/')) {
		if (!search || !*search)
			return report(&l, -ENOENT, "which is not set");
		r = search_path(&l, cwd, search, path, fd);
		return r ? report(&l, r, search) : 0;
	}
	r = snprintf(path, PATH_MAX, "%s%s%s", absolute ? "" : cwd, absolute ? "" : "/", name);
	r = r < PATH_MAX ? try_path(&l, path, fd) : -ENAMETOOLONG;
	return r ? report(&l, r, NULL) : 0;
}

/* Takes the next component off *path, if it is this one, or a number where name is "0". */
static bool takes(const char **path, const char *name)
{
	const char *start, *rest = *path;
	const int n = ctr__path_next(&rest, &start);
	const bool is_number = n > 0 && strspn(start, "0123456789") == (size_t)n;

	if (n <= 0)
		return false;
	if (n == 1 && start[0] == '.') {
		*path = rest;
		return takes(path, name);
	}
	if (strcmp(name, "0") == 0
		    ? !is_number
		    : strlen(name) != (size_t)n || memcmp(name, start, (size_t)n) != 0)
		return false;
	*path = rest;
	return true;
}

bool ctr__program_is_descriptor(const char *name)
{
	const char *path = name;

	if (name[0] != '/')
		return false;
	if (takes(&path, "dev"))
		return takes(&path, "stdin") || takes(&path, "stdout") || takes(&path, "stderr") ||
		       (takes(&path, "fd") && takes(&path, "0"));
	return takes(&path, "proc") &&
	       (takes(&path, "self") || takes(&path, "thread-self") || takes(&path, "0")) &&
	       takes(&path, "fd") && takes(&path, "0");
}

/* The view of a root that nothing is mounted on. */
static int open_view(struct ctr__view *view, const char *root, ctr_error *err)
{
	struct ctr__view_entry entry = { .kind = CTR__VIEW_TREE, .directory = true };

	entry.fd = sys_openat(AT_FDCWD, root, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (entry.fd < 0)
		return ctr__error_sys(err, -entry.fd, "open the root directory", root);
	return ctr__view_add(view, "", &entry) ? ctr__error_nomem(err) : 0;
}

static int find_in(const struct ctr__view *view, const char *name, const char *search,
		   char found[PATH_MAX], ctr_error *err)
{
	_cleanup_fd_ int fd = -1;

	return ctr__program_find(view, name, "", search, found, &fd, NULL, err);
}

CTR_EXPORT int ctr_program_find(const char *root, const char *name, const char *search, char *path,
				size_t size, ctr_error *err)
{
	struct ctr__view view = { 0 };
	char found[PATH_MAX];
	int r;

	if (!root || !*root)
		return ctr__error_value(err, "root directory", root, "the path of a directory");
	if (!name || !*name)
		return ctr__error_value(err, "program", name, "its path or its name");
	if (!strchr(name, '/') && (!search || !*search))
		return ctr__error_value(err, "program", name, "a path, for there is no PATH value");
	r = open_view(&view, root, err);
	if (r == 0)
		r = find_in(&view, name, search, found, err);
	ctr__view_clear(&view);
	if (r == 0 && size && snprintf(path, size, "%s", found) >= (int)size)
		return ctr__error_value(err, "program", found, "a path that fits its room");
	return r;
}
