/* SPDX-License-Identifier: MIT */
#include "fault/fault.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/sys.h"

struct fault *fault;

void fault_init(void)
{
	int fd = memfd_create("fault", 0);

	if (fd < 0 || ftruncate(fd, sizeof(*fault)) != 0 || dup2(fd, FAULT_FD) != FAULT_FD)
		abort();
	close(fd);
	fault = mmap(NULL, sizeof(*fault), PROT_READ | PROT_WRITE, MAP_SHARED, FAULT_FD, 0);
	if (fault == MAP_FAILED)
		abort();
}

void fault_begin(enum fault_side side, long at, int errnum)
{
	fault->n[FAULT_PARENT] = fault->n[FAULT_CHILD] = 0;
	fault->side = side;
	fault->at = at;
	fault->errnum = errnum;
	fault->parent = getpid();
	fault->hit = false;
	fault->nr = 0;
	fault->on = true;
}

void fault_end(void)
{
	fault->on = false;
}

/*
 * These can't fail for what they are asked here, whatever state the machine is
 * in: a lie about them would be a leak of the injector's own making.
 */
static bool cannot_fail(enum fault_side side, long nr)
{
	switch (nr) {
	case SYS_munmap:
	case SYS_rt_sigprocmask:
	case SYS_getpid:
	case SYS_getppid:
	case SYS_getpgid: /* of a child of our own */
	case SYS_umask:
	case SYS_pidfd_send_signal: /* to a child of our own */
	case SYS_exit:
		return true;
	case SYS_prctl: /* the dumpable flag */
		return side == FAULT_PARENT;
	default:
		return false;
	}
}

static const struct {
	long nr;
	const char *name;
	int errnos[4];
} calls[] = {
	{ FAULT_MALLOC, "malloc", { ENOMEM } },
	{ FAULT_FOPEN, "fopen", { EMFILE, ENOMEM, EACCES } },
	{ SYS_clone3, "clone3", { EAGAIN, ENOMEM, EPERM } },
	{ SYS_close, "close", { EINTR, EIO } },
	{ SYS_waitid, "waitid", { EINTR } },
	{ SYS_ppoll, "ppoll", { EINTR, ENOMEM } },
	{ SYS_getdents64, "getdents64", { ENOENT, EIO } },
	{ SYS_rt_sigaction, "rt_sigaction", { EINVAL } },
	{ SYS_mprotect, "mprotect", { ENOMEM } },
	{ SYS_mmap, "mmap", { ENOMEM, EPERM } },
	{ SYS_prctl, "prctl", { EPERM, EIO } }, /* EINVAL: behind the last capability */
	{ SYS_close_range, "close_range", { ENOMEM, EMFILE } },
	{ SYS_getrandom, "getrandom", { EINTR, ENOSYS } },
	{ SYS_openat, "openat", { 0 } },
	{ SYS_openat2, "openat2", { 0 } },
	{ SYS_open_tree, "open_tree", { 0 } },
	{ SYS_move_mount, "move_mount", { 0 } },
	{ SYS_mount_setattr, "mount_setattr", { 0 } },
	{ SYS_fsopen, "fsopen", { 0 } },
	{ SYS_fsconfig, "fsconfig", { 0 } },
	{ SYS_fsmount, "fsmount", { 0 } },
	{ SYS_umount2, "umount2", { 0 } },
	{ SYS_pivot_root, "pivot_root", { 0 } },
	{ SYS_statx, "statx", { EACCES, ENOMEM, EIO } }, /* by descriptor: no ENOENT */
	{ SYS_fcntl, "fcntl", { 0 } },
	{ SYS_dup3, "dup3", { 0 } },
	{ SYS_setns, "setns", { 0 } },
	{ SYS_unshare, "unshare", { 0 } },
	{ SYS_execve, "execve", { 0 } },
	{ SYS_execveat, "execveat", { 0 } },
	{ SYS_mkdirat, "mkdirat", { 0 } },
	{ SYS_unlinkat, "unlinkat", { EBUSY, EACCES, EIO } }, /* gone is as good as removed */
	{ SYS_bpf, "bpf", { 0 } },
	{ SYS_symlinkat, "symlinkat", { 0 } },
	{ SYS_write, "write", { 0 } },
	{ SYS_read, "read", { 0 } },
	{ SYS_ioctl, "ioctl", { 0 } },
	{ SYS_pread64, "pread64", { 0 } },
	{ SYS_prlimit64, "prlimit64", { 0 } },
	{ SYS_pipe2, "pipe2", { 0 } },
	{ SYS_socketpair, "socketpair", { 0 } },
	{ SYS_pidfd_open, "pidfd_open", { 0 } },
	{ SYS_renameat2, "renameat2", { 0 } },
	{ SYS_fchmod, "fchmod", { 0 } },
	{ SYS_utimensat, "utimensat", { 0 } },
	{ SYS_copy_file_range, "copy_file_range", { 0 } },
	{ SYS_readlinkat, "readlinkat", { 0 } },
	{ SYS_flock, "flock", { EINTR, ENOLCK, EAGAIN } },
};

static size_t find(long nr)
{
	size_t i = 0;

	while (i < sizeof(calls) / sizeof(calls[0]) && calls[i].nr != nr)
		i++;
	return i;
}

const int *fault_errnos(enum fault_side side, long nr)
{
	static const int none[] = { 0 };
	static const int all[] = { EPERM,  ENOENT, EACCES, EMFILE, ENOSPC, EAGAIN,
				   ENOMEM, EINTR,  EIO,	   ENOSYS, 0 };
	const size_t i = find(nr);

	if (cannot_fail(side, nr))
		return none;
	if (i == sizeof(calls) / sizeof(calls[0]) || !calls[i].errnos[0])
		return all;
	return calls[i].errnos;
}

const char *fault_name(long nr)
{
	static char number[32];
	const size_t i = find(nr);

	if (i < sizeof(calls) / sizeof(calls[0]))
		return calls[i].name;
	snprintf(number, sizeof(number), "system call %ld", nr);
	return number;
}
