/* SPDX-License-Identifier: MIT */
/*
 * Where the calls pass through. The child of the library's comes here too, in
 * memory that it shares: no libc in what it reaches, nor anything that libc
 * would have to know of. The helper has a copy, and none of the rest.
 */
#include <signal.h>
#include <sys/mman.h>

#include "base/sys.h"
#include "fault/fault.h"

/* The program has been started: what its init does from then on is the life of a container. */
static bool started;

#ifdef FAULT_HELPER
struct fault *fault;

/* An init lets go of the image when it has started the program, and nobody else does. */
static void note_start(long nr)
{
	started = started || nr == SYS_munmap;
}

static void find_memory(void)
{
	long at = ctr__sys_machine(SYS_mmap, 0, sizeof(*fault), PROT_READ | PROT_WRITE, MAP_SHARED,
				   FAULT_FD, 0);

	if (at > 0)
		fault = (struct fault *)at;
}
#else
static void note_start(long nr)
{
	(void)nr;
}

static void find_memory(void)
{
}
#endif

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

static enum fault_side this_side(void)
{
	return machine(SYS_getpid, 0, 0, 0) == fault->parent ? FAULT_PARENT : FAULT_CHILD;
}

/*
 * How often a process waits, and what several children do at the same time, is not the same each
 * time. A call of another kind than was counted could be one that can't fail.
 */
static bool is_other(enum fault_side side, long n, long nr)
{
	return fault->errnum != FAULT_KILL && fault->calls[side][n] != nr;
}

/* Counts a call; the errno that it shall fail with, or 0. */
static int next(long nr)
{
	enum fault_side side;
	long n;

	if (!fault)
		find_memory();
	note_start(nr);
	if (started || !fault || !fault->on)
		return 0;
	side = this_side();
	n = __atomic_add_fetch(&fault->n[side], 1, __ATOMIC_SEQ_CST);
	if (fault->at == FAULT_COUNT && n < FAULT_CALLS_MAX)
		fault->calls[side][n] = (short)nr;
	if (n != fault->at || side != fault->side || is_other(side, n, nr))
		return 0;
	fault->hit = true;
	fault->nr = nr;
	if (fault->errnum == FAULT_KILL)
		die(side == FAULT_CHILD);
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
