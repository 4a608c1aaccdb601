/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_HOST_PATH_H
#define MINICTR_CLI_HOST_PATH_H

#include "opt.h"

/* @path, the value of @opt, as an absolute one to free(3); NULL with a message. */
char *host_path(const struct opt *opt, const char *path);

#endif
