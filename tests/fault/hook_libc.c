/* SPDX-License-Identifier: MIT */
/* What the parent alone does: libc's functions, in place of them. */
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/sys.h"
#include "fault/fault.h"

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

static bool fails(long nr)
{
	int errnum = (int)-ctr__sys_fault(nr);

	if (errnum)
		errno = errnum;
	return errnum != 0;
}

void *malloc(size_t size)
{
	return fails(FAULT_MALLOC) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return fails(FAULT_MALLOC) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
	return fails(FAULT_MALLOC) ? NULL : __libc_realloc(old, size);
}

/* The next definition after ours. ISO C can't convert what dlsym(3) gives. */
#define REAL(name) ((__typeof__(&name))(intptr_t)dlsym(RTLD_NEXT, #name))

FILE *fopen(const char *path, const char *mode)
{
	return fails(FAULT_FOPEN) ? NULL : REAL(fopen)(path, mode);
}
