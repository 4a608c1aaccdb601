/* SPDX-License-Identifier: MIT */
/*
 * What is hidden in the default root: the host's files that hidden.h lists, and its sockets
 * where no overlay keeps them apart.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/path.h"
#include "base/sys.h"
#include "compile/compile.h"
#include "spec/hidden.h"

/* Nobody takes away what is looked at here and hidden later: it is the host's own tree. */
static int hide_hit(struct ctr__compile *c, const struct ctr__view_hit *hit, const char *what)
{
	const struct ctr__view_entry entry = {
		.kind = hit->directory ? CTR__VIEW_EMPTY : CTR__VIEW_MASKED,
		.fd = -1,
		.directory = hit->directory,
		.noexec = true,
		.read_only = true,
		.hidden = what,
	};

	return ctr__compile_mask(c, hit->path, &entry, false);
}

/* It has to be absent twice: one look that failed would leave a secret where it is. */
static int check_absent(struct ctr__compile *c, const struct ctr__view_hit *hit, const char *path)
{
	struct statx st;
	int r;

	if (hit->owner->kind != CTR__VIEW_TREE)
		return 0;
	r = sys_statx(AT_FDCWD, path, 0, STATX_TYPE, &st);
	return r == -ENOENT ? 0 : ctr__error_sys(c->err, r < 0 ? -r : ENOENT, "hide", path);
}

/* Where the caller can't go twice nobody inside can: 0 then, with nothing found. */
static int find_twice(struct ctr__compile *c, const char *path, struct ctr__view_hit *hit)
{
	int r = ctr__view_find(&c->view, path, hit);

	if (r == -EACCES || r == -ELOOP)
		r = ctr__view_find(&c->view, path, hit);
	if (r == -EACCES || r == -ELOOP) {
		hit->state = CTR__VIEW_UNKNOWN;
		return 0;
	}
	return r < 0 ? ctr__error_sys(c->err, -r, "hide", path) : 0;
}

static int hide_path(struct ctr__compile *c, const char *path, const char *what)
{
	struct ctr__view_hit hit;

	if (find_twice(c, path, &hit))
		return -1;
	ctr__fd_close(hit.fd);
	if (hit.state == CTR__VIEW_MISSING)
		return check_absent(c, &hit, path);
	if (hit.state != CTR__VIEW_FOUND || !hit.path[0] || hit.owner->hidden ||
	    hit.owner->kind == CTR__VIEW_MASKED)
		return 0;
	return hide_hit(c, &hit, what);
}

/* All names in a directory that the last component of a path of the table stands for. */
static int hide_names(struct ctr__compile *c, DIR *dir, const char *pattern)
{
	const char *slash = strrchr(pattern, '/');
	const struct dirent *entry;
	char path[CTR__HIDDEN_PATH_MAX + NAME_MAX + 1];

	while ((errno = 0, entry = readdir(dir)) != NULL) {
		if (!ctr__hidden_matches(slash + 1, entry->d_name))
			continue;
		snprintf(path, sizeof(path), "%.*s/%s", (int)(slash - pattern), pattern,
			 entry->d_name);
		if (hide_path(c, path, pattern))
			return -1;
	}
	return errno ? ctr__error_sys(c->err, errno, "read the names of", pattern) : 0;
}

static int hide_pattern(struct ctr__compile *c, const char *pattern)
{
	char path[CTR__HIDDEN_PATH_MAX + 1];
	struct ctr__view_hit hit;
	DIR *dir = NULL;
	int r, fd;

	snprintf(path, sizeof(path), "%.*s", (int)(strrchr(pattern, '/') - pattern), pattern);
	if (find_twice(c, path, &hit))
		return -1;
	if (hit.state != CTR__VIEW_FOUND || hit.fd < 0) {
		ctr__fd_close(hit.fd);
		return hit.state == CTR__VIEW_MISSING ? check_absent(c, &hit, path) : 0;
	}
	fd = ctr__path_open_plain(hit.fd, ".", O_RDONLY | O_DIRECTORY);
	ctr__fd_close(hit.fd);
	if (fd >= 0)
		dir = fdopendir(fd);
	if (!dir) {
		ctr__fd_close(fd);
		return ctr__error_sys(c->err, fd < 0 ? -fd : errno, "read the names of", path);
	}
	r = hide_names(c, dir, pattern);
	closedir(dir);
	return r;
}

/* What hidden.h lists. */
static int hide_table(struct ctr__compile *c)
{
	for (unsigned i = 0; i < CTR__HIDDEN_COUNT; i++) {
		const char *path = ctr__hidden[i].path;

		if (!ctr__compile_hides(c, i))
			continue;
		if (strchr(path, '*') ? hide_pattern(c, path) : hide_path(c, path, path))
			return -1;
	}
	return 0;
}

/* ---- sockets of the host's that no overlay keeps apart ---- */

#define UNIX_SOCKETS_MAX (16u << 20)
#define SOCKET_MASKS_MAX 4096u /* of a root: each is a mount */

static bool shows_plainly(const struct ctr__compile *c)
{
	for (size_t i = 0; i < c->host.n; i++)
		if (c->host.v[i].note)
			return true;
	return c->host.note;
}

/* 1 if there is such a socket, which has its mask now; 0 if there is none; -1. */
static int mask_socket(struct ctr__compile *c, const char *path)
{
	const struct ctr__view_entry entry = { .kind = CTR__VIEW_MASKED, .fd = -1 };
	struct ctr__view_hit hit;
	struct statx st = { 0 };
	int r = ctr__view_find(&c->view, path, &hit);

	if (r == -EACCES || r == -ENOENT || r == -ENOTDIR || r == -ELOOP)
		return 0; /* nor does the program get there */
	if (r == 0 && hit.state == CTR__VIEW_FOUND && hit.fd >= 0 && !hit.owner->overlay &&
	    hit.owner->kind == CTR__VIEW_TREE)
		r = sys_statx(hit.fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &st);
	ctr__fd_close(hit.fd);
	if (r < 0)
		return ctr__error_sys(c->err, -r, "look at the socket", path);
	if (!S_ISSOCK(st.stx_mode))
		return 0;
	return ctr__compile_mask(c, hit.path, &entry, true) ? -1 : 1;
}

/* The eighth field: unix(7) has no manual of it, net/unix/af_unix.c has. */
static const char *socket_path(const char *line)
{
	for (int i = 0; i < 7 && line; i++) {
		line += strspn(line, " ");
		line = strchr(line, ' ');
	}
	line = line ? line + strspn(line, " ") : NULL;
	return line && *line == '/' ? line : NULL;
}

static int mask_listed(struct ctr__compile *c, char *text)
{
	unsigned masks = 0;
	char *line;

	while ((line = strsep(&text, "\n")) != NULL) {
		const char *path = socket_path(line);
		int r = path ? mask_socket(c, path) : 0;

		if (r < 0)
			return -1;
		masks += (unsigned)r;
		if (masks > SOCKET_MASKS_MAX)
			return ctr__error_set(c->err, CTR_E_UNSUPPORTED, 0, "mask the sockets of",
					      "/",
					      "there are more than %u: use another root "
					      "file system",
					      SOCKET_MASKS_MAX);
	}
	return 0;
}

/* Each that is bound to a path, in the caller's network namespace, is listed there. */
static int mask_sockets(struct ctr__compile *c)
{
	_cleanup_fd_ int fd = -1;
	_cleanup_free_ char *text = NULL;
	size_t length;
	int r;

	if (!shows_plainly(c))
		return 0;
	fd = sys_openat(AT_FDCWD, "/proc/net/unix", O_RDONLY | O_CLOEXEC, 0);
	if (fd == -ENOENT && sys_access("/proc/self", F_OK) == -ENOENT)
		return 0;
	r = fd < 0 ? fd : ctr__file_read(fd, UNIX_SOCKETS_MAX, &text, &length);
	return r < 0 ? ctr__error_sys(c->err, -r, "read", "/proc/net/unix") : mask_listed(c, text);
}

int ctr__compile_hidden(struct ctr__compile *c)
{
	return hide_table(c) || mask_sockets(c) ? -1 : 0;
}
