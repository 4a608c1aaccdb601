/* SPDX-License-Identifier: MIT */
/* The init: lib/helper/init.c, built into the library. */
#ifndef CTR_COMPILE_INIT_H
#define CTR_COMPILE_INIT_H

#include "helper/init.h"

/* A sealed, executable memory file, close-on-exec and at least min; or -errno. */
int ctr__init_open(int min);

#endif
