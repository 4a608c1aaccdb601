/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_HOST_PATH_H
#define MINICTR_CLI_HOST_PATH_H

#include <stdbool.h>

#include "opt.h"

/* @path, the value of @opt, as an absolute one to free(3); NULL with a message. */
char *host_path(const struct opt *opt, const char *path);

/*
 * The number of an open descriptor that @path names: /dev/stdin, /dev/stdout, /dev/stderr,
 * /dev/fd/N or /proc/self/fd/N; -1 for any other path. To open such a path again would be
 * another thing: it starts at the beginning of a file, and waits where a FIFO has no writer.
 */
int host_path_descriptor(const char *path);

/* What minictr opened for itself is close-on-exec; what its caller gave it can't be. */
bool is_inherited(int fd);

#endif
