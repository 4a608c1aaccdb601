/* SPDX-License-Identifier: MIT */
/*
 * Files of the host that a plan uses, such as the sources of binds. They are looked for
 * once, by the caller, with all links and ".." on the way. The child opens the path that
 * the kernel has for what was found, which no link and no ".." leads through.
 */
#ifndef CTR_COMPILE_SOURCE_H
#define CTR_COMPILE_SOURCE_H

#include <limits.h>
#include <minictr/error.h>
#include <stdbool.h>

/*
 * Opens an absolute path of the host (O_PATH), and stores the path that the child opens.
 * /proc/self/fd/N is the caller's descriptor N. what: for the error. The descriptor or -1.
 */
int ctr__source_open(const char *what, const char *path, char canonical[PATH_MAX], ctr_error *err);

/* The same for a file that is open: its path, or -1. name: what it is called in the error. */
int ctr__source_find(const char *what, const char *name, int fd, char canonical[PATH_MAX],
		     ctr_error *err);

/* Whether it has one: false too where that can't be found out. */
bool ctr__source_has_path(int fd, char canonical[PATH_MAX]);

#endif
