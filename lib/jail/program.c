/* SPDX-License-Identifier: MIT */
#include "jail/program.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/sys.h"

static int check(const char *path)
{
	struct statx st;
	int r = sys_statx(AT_FDCWD, path, 0, STATX_TYPE | STATX_MODE, &st);

	return r == 0 && S_ISREG(st.stx_mode) && st.stx_mode & 0111 ? 0 : -ENOENT;
}

int ctr__program_search(const char *search, const char *name, char path[PATH_MAX])
{
	for (size_t n; *search; search += n + (search[n] == ':')) {
		n = strcspn(search, ":");
		if (search[0] == '/' &&
		    snprintf(path, PATH_MAX, "%.*s/%s", (int)n, search, name) < PATH_MAX &&
		    check(path) == 0)
			return 0;
	}
	return -ENOENT;
}
