/* SPDX-License-Identifier: MIT */
#ifndef CTR_JAIL_PROGRAM_H
#define CTR_JAIL_PROGRAM_H

#include <limits.h>

/* Where programs usually are: for scripts that nobody gave a PATH for. */
#define CTR__USUAL_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* The first regular file of that name that is executable, in a PATH value: 0 or -ENOENT. */
int ctr__program_search(const char *search, const char *name, char path[PATH_MAX]);

#endif
