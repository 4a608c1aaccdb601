/* SPDX-License-Identifier: MIT */
/*
 * Where the calls pass through. The child of the library's comes here too, in
 * memory that it shares: no libc in what it reaches, nor anything that libc
 * would have to know of.
 */
#include <dlfcn.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/sys.h"
#include "fault/fault.h"

static long machine(long nr, long a, long b, long c)
{
	return ctr__sys_machine(nr, a, b, c, 0, 0, 0);
}

/* PID 1 of a PID namespace can't kill itself, but a fault of its own does. */
static void die(bool child)
{
	if (child)
		__builtin_trap();
	machine(SYS_kill, fault->parent, SIGKILL, 0);
}

static bool in_child(void)
{
	return machine(SYS_getpid, 0, 0, 0) != fault->parent;
}

/* Counts a call; the errno that it shall fail with, or 0. */
static int next(long nr)
{
	long n;

	if (!fault || !fault->on)
		return 0;
	n = __atomic_add_fetch(&fault->n, 1, __ATOMIC_SEQ_CST);
	if (fault->at == 0 && n < FAULT_CALLS_MAX)
		fault->calls[n] = (struct fault_call){ (short)nr, in_child() };
	if (n != fault->at)
		return 0;
	fault->hit = true;
	fault->in_child = in_child();
	fault->nr = nr;
	if (fault->errnum == FAULT_KILL)
		die(fault->in_child);
	return fault->errnum;
}

long ctr__sys(long nr, long a, long b, long c, long d, long e, long f)
{
	int errnum = next(nr);

	if (errnum == 0)
		return ctr__sys_machine(nr, a, b, c, d, e, f);
	if (nr == SYS_close) /* close(2): it is closed even if it fails */
		ctr__sys_machine(nr, a, b, c, d, e, f);
	return -errnum;
}

long ctr__sys_fault(long nr)
{
	return -next(nr);
}

/* ---- what the parent alone does: libc's functions, in place of them ---- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

static bool fails(long nr)
{
	int errnum = next(nr);

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
