/* SPDX-License-Identifier: MIT */
#ifndef CTR_BASE_CLEANUP_H
#define CTR_BASE_CLEANUP_H

#include <stdlib.h>

#include "base/fd.h"

static inline void ctr__free_cleanup(void *p)
{
	free(*(void **)p);
}

static inline void ctr__fd_cleanup(const int *fd)
{
	ctr__fd_close(*fd);
}

/* The pointer, which *p then no longer owns. */
static inline char *ctr__text_take(char **p)
{
	char *text = *p;

	*p = NULL;
	return text;
}

#define _cleanup_free_ __attribute__((cleanup(ctr__free_cleanup)))
#define _cleanup_fd_ __attribute__((cleanup(ctr__fd_cleanup)))

#endif
