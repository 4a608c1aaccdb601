/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host_path.h"
#include "print.h"

/* The library wants absolute ones; NULL with errno. */
static char *path_from_cwd(const char *path)
{
	char *cwd, *joined;

	if (path[0] == '/')
		return strdup(path);
	cwd = getcwd(NULL, 0);
	if (!cwd)
		return NULL;
	if (cwd[0] != '/') { /* "(unreachable)": it is outside our root */
		free(cwd);
		errno = ENOENT;
		return NULL;
	}
	if (asprintf(&joined, "%s/%s", strcmp(cwd, "/") == 0 ? "" : cwd, path) < 0)
		joined = NULL;
	free(cwd);
	return joined;
}

char *host_path(const struct opt *opt, const char *path)
{
	char *absolute;

	if (*path == '\0') {
		print_refusal(opt->name, path, "the path on the host is empty");
		return NULL;
	}
	absolute = path_from_cwd(path);
	if (!absolute)
		print_failure("find the working directory for a relative path", path, errno);
	return absolute;
}

/* ---- open descriptors ---- */

enum { LARGEST_FD_DIGITS = 6 };

/* Takes a component off *path, if it is this one. */
static bool takes(const char **path, const char *name)
{
	const char *start = *path + strspn(*path, "/");
	const size_t n = strlen(name);

	if (start == *path || strncmp(start, name, n) != 0 || (start[n] && start[n] != '/'))
		return false;
	*path = start + n;
	return true;
}

static bool takes_directory(const char **path)
{
	const char *from = *path;

	if (takes(path, "dev") && takes(path, "fd"))
		return true;
	*path = from;
	return takes(path, "proc") && (takes(path, "self") || takes(path, "thread-self")) &&
	       takes(path, "fd");
}

int host_path_descriptor(const char *path)
{
	static const char *const names[] = { "stdin", "stdout", "stderr" };
	const char *rest = path;
	size_t digits;

	for (int fd = 0; fd < 3; fd++, rest = path)
		if (takes(&rest, "dev") && takes(&rest, names[fd]) && !*rest)
			return fd;
	if (!takes_directory(&rest))
		return -1;
	rest += strspn(rest, "/");
	digits = strspn(rest, "0123456789");
	if (digits == 0 || digits > LARGEST_FD_DIGITS || rest[digits])
		return -1;
	return (int)strtoul(rest, NULL, 10);
}

bool is_inherited(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	return flags >= 0 && !(flags & FD_CLOEXEC);
}
