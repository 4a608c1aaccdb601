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

/*
 * Opens an absolute path of the host (O_PATH), and stores the path that the child opens.
 * /proc/self/fd/N is the caller's descriptor N. what: for the error. The descriptor or -1.
 */
int ctr__source_open(const char *what, const char *path, char canonical[PATH_MAX], ctr_error *err);

#endif
