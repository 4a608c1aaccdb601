/* SPDX-License-Identifier: MIT */
#include "exposed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "print.h"

enum { DEEPEST = 4096 };

struct exposed {
	struct exposed *before;
	char *path;
};

int exposed_note(struct draft *draft, const struct opt *opt, const char *path)
{
	struct exposed *new = calloc(1, sizeof(*new));

	if (new)
		new->path = strdup(path);
	if (!new || !new->path) {
		free(new);
		return print_failure(opt->name, path, ENOMEM);
	}
	new->before = draft->exposed;
	draft->exposed = new;
	return 0;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool is_exposed(const struct draft *draft, const struct stat *dir)
{
	struct stat st;

	for (const struct exposed *e = draft->exposed; e; e = e->before)
		if (stat(e->path, &st) == 0 && is_same(&st, dir))
			return true;
	return false;
}

/* Up to the root, which is above itself. What can't be looked at counts as exposed. */
bool exposed_has(const struct draft *draft, int dir)
{
	struct stat here, above;
	int fd = openat(dir, ".", O_PATH | O_DIRECTORY | O_CLOEXEC), up;
	bool found = fd < 0 || fstat(fd, &here) < 0 || is_exposed(draft, &here);

	for (int depth = 0; !found; depth++, here = above) {
		up = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(fd);
		fd = up;
		if (fd < 0 || fstat(fd, &above) < 0 || depth > DEEPEST)
			found = true;
		else if (is_same(&here, &above))
			break;
		else
			found = is_exposed(draft, &above);
	}
	if (fd >= 0)
		close(fd);
	return found;
}

void exposed_free(struct draft *draft)
{
	while (draft->exposed) {
		struct exposed *e = draft->exposed;

		draft->exposed = e->before;
		free(e->path);
		free(e);
	}
}
