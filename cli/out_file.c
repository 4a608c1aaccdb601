/* SPDX-License-Identifier: MIT */
#include "out_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exposed.h"
#include "host_path.h"
#include "print.h"

enum { LINKS_MAX = 40 }; /* as the kernel has it, path_resolution(7) */

static int fail(const struct out_file *file)
{
	return print_failure(file->option, file->path, errno);
}

static int refuse(const struct out_file *file, const char *cause)
{
	return print_refusal(file->option, file->path, "%s", cause);
}

/* ---- the directory ---- */

/* A path on its way to a directory. */
struct walk {
	const struct out_file *file;
	const struct draft *draft;
	int dir;    /* where it has come to */
	char *text; /* allocated */
	char *rest; /* in it: what is left; NULL: nothing */
	int links;
};

static int enter(struct walk *w, int dir)
{
	if (dir < 0)
		return fail(w->file);
	close(w->dir);
	w->dir = dir;
	return 0;
}

static int open_start(const char *path)
{
	return open(path[0] == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* In a user namespace root's files can be shown as those of nobody: so are those of "/". */
static bool is_ours(uid_t owner)
{
	struct stat root;

	if (owner == 0 || owner == geteuid())
		return true;
	return stat("/", &root) == 0 && owner == root.st_uid;
}

/* The link's text takes its place in the path. */
static int put_target(struct walk *w, const char *target)
{
	char *text;

	if (asprintf(&text, "%s/%s", target, w->rest ? w->rest : "") < 0)
		return print_failure(w->file->option, w->file->path, ENOMEM);
	free(w->text);
	w->text = text;
	w->rest = text;
	return target[0] == '/' ? enter(w, open_start(target)) : 0;
}

static int follow(struct walk *w, const char *name, int link, const struct stat *st)
{
	char target[PATH_MAX];
	ssize_t n;

	if (!is_ours(st->st_uid) || exposed_has(w->draft, w->dir))
		return print_refusal(w->file->option, w->file->path,
				     "%s is a symbolic link that the container or another user "
				     "can have made: name the directory itself",
				     name);
	if (++w->links > LINKS_MAX)
		return print_failure(w->file->option, w->file->path, ELOOP);
	n = readlinkat(link, "", target, sizeof(target) - 1);
	if (n < 0)
		return fail(w->file);
	target[n] = '\0';
	return put_target(w, target);
}

static int take_component(struct walk *w, const char *name)
{
	int fd = openat(w->dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), rc;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISLNK(st.st_mode))
		return enter(w, fd);
	rc = follow(w, name, fd, &st);
	close(fd);
	return rc;
}

static int walk_all(struct walk *w)
{
	while (w->rest) {
		/* The text may be freed for that of a link. */
		char name[NAME_MAX + 1];
		const char *next = strsep(&w->rest, "/");

		if (strlen(next) > NAME_MAX)
			return print_failure(w->file->option, w->file->path, ENAMETOOLONG);
		memcpy(name, next, strlen(next) + 1);
		if (*name && take_component(w, name) < 0)
			return -1;
	}
	return 0;
}

/* All before the last component. */
static char *directory_of(const struct out_file *file)
{
	return strndup(file->path, (size_t)(file->name - file->path));
}

static int open_directory(struct out_file *file, const struct draft *draft)
{
	struct walk w = { .file = file, .draft = draft };
	int rc;

	w.text = directory_of(file);
	w.rest = w.text;
	if (!w.text)
		return fail(file);
	w.dir = open_start(file->path);
	rc = w.dir < 0 ? fail(file) : walk_all(&w);
	free(w.text);
	file->dir = w.dir;
	return rc;
}

/* ---- the file ---- */

static const char *name_of_kind(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFLNK:
		return "it is a symbolic link";
	case S_IFDIR:
		return "it is a directory";
	case S_IFIFO:
		return "it is a FIFO";
	case S_IFSOCK:
		return "it is a socket";
	default:
		return "it is a device";
	}
}

static int check_kind(const struct out_file *file, const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return print_refusal(
			file->option, file->path,
			"%s, expected a regular file, a new one, or an open descriptor "
			"as /dev/fd/N",
			name_of_kind(st->st_mode));
	if (st->st_nlink > 1)
		return refuse(file, "this file has another name, too, under which it would be "
				    "overwritten: remove one of them");
	return 0;
}

static int accept_file(const struct out_file *file, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail(file);
	if (check_kind(file, &st) < 0)
		return -1;
	return ftruncate(fd, 0) < 0 ? fail(file) : 0;
}

/* Looked at before it is opened: to open a device or a FIFO can have an effect. */
static int open_file(const struct out_file *file)
{
	struct stat st;
	int fd;

	if (fstatat(file->dir, file->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    check_kind(file, &st) < 0)
		return -1;
	fd = openat(file->dir, file->name,
		    O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);
	if (fd < 0)
		return fail(file);
	if (accept_file(file, fd) == 0)
		return fd;
	close(fd);
	return -1;
}

/* ---- before the launch ---- */

static int check_descriptor(const struct out_file *file)
{
	if (!is_inherited(file->fd))
		return refuse(file, "no such descriptor is open");
	if ((fcntl(file->fd, F_GETFL) & O_ACCMODE) == O_RDONLY)
		return refuse(file, "not open for writing");
	return 0;
}

static int check_name(const struct out_file *file)
{
	const char *name = file->name;

	if (*name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
		return 0;
	return refuse(file, *file->path ? "it is a directory, expected a file"
					: "expected the path of a file");
}

int out_file_prepare(struct out_file *file, const struct draft *draft)
{
	const char *slash = strrchr(file->path, '/');
	int fd;

	file->name = slash ? slash + 1 : file->path;
	file->dir = -1;
	file->fd = host_path_descriptor(file->path);
	if (file->fd >= 0)
		return check_descriptor(file);
	if (check_name(file) < 0 || open_directory(file, draft) < 0)
		return -1;
	fd = open_file(file);
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

/* ---- after the end ---- */

/* A descriptor of the caller's may be one that does not block. */
static int write_all(int fd, const char *text, size_t size)
{
	while (size > 0) {
		struct pollfd watch = { .fd = fd, .events = POLLOUT };
		ssize_t n = write(fd, text, size);

		if (n < 0 && errno == EAGAIN)
			poll(&watch, 1, -1);
		else if (n < 0 && errno != EINTR)
			return -1;
		text += n > 0 ? n : 0;
		size -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* What it was written to must be what the path leads to, or somebody reads a forgery. */
static int check_directory(const struct out_file *file)
{
	char *path = directory_of(file);
	struct stat held, now;
	int rc = -1;

	if (path)
		rc = stat(*path ? path : ".", &now);
	free(path);
	if (rc == 0 && fstat(file->dir, &held) == 0 && held.st_dev == now.st_dev &&
	    held.st_ino == now.st_ino)
		return 0;
	return refuse(file, "its directory was moved or replaced while the container ran, and the "
			    "file is where that is now");
}

int out_file_write(const struct out_file *file, const char *text, size_t size)
{
	int fd, rc;

	signal(SIGPIPE, SIG_IGN);
	if (file->fd >= 0)
		return write_all(file->fd, text, size) < 0 ? fail(file) : 0;
	fd = open_file(file);
	if (fd < 0)
		return -1;
	rc = write_all(fd, text, size);
	rc |= close(fd); /* a file system of the network reports late */
	return rc < 0 ? fail(file) : check_directory(file);
}

void out_file_close(struct out_file *file)
{
	if (file->option && file->dir >= 0)
		close(file->dir);
	file->dir = -1;
}
