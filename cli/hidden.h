/* SPDX-License-Identifier: MIT */
#ifndef MINICTR_CLI_HIDDEN_H
#define MINICTR_CLI_HIDDEN_H

#include "draft.h"

/* Remember a mount, and say on standard error which ones a later one hides. */
int hidden_note(struct draft *draft, const struct opt *opt, const char *value, const char *target);
void hidden_warn(const struct draft *draft);
void hidden_free(struct draft *draft);

/* An absolute path without "." and empty components; one with ".." stays as it is. */
void simplify_path(char *path);

#endif
