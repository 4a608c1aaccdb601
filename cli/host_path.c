/* SPDX-License-Identifier: MIT */
#include <errno.h>
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
