/* SPDX-License-Identifier: MIT */
#ifndef CTR_COMPILE_BINFMT_H
#define CTR_COMPILE_BINFMT_H

#include <stdbool.h>

/*
 * Whether the administrator has registered a handler for files in other formats, which then
 * run too: Documentation/admin-guide/binfmt-misc.rst of the kernel. Which files it takes is
 * not looked at.
 */
bool ctr__binfmt_has_handler(void);

#endif
