/* SPDX-License-Identifier: MIT */
/* Directories of the host that the container can write: links in them can be of its making. */
#ifndef MINICTR_CLI_EXPOSED_H
#define MINICTR_CLI_EXPOSED_H

#include <stdbool.h>

#include "draft.h"

/* @path, on the host, is shown writable by @opt; one that does not exist does not matter. */
int exposed_note(struct draft *draft, const struct opt *opt, const char *path);

/* Whether the directory @dir is one of them, or lies below one. */
bool exposed_has(const struct draft *draft, int dir);

void exposed_free(struct draft *draft);

#endif
