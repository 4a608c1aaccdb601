/* SPDX-License-Identifier: MIT */
/**
 * landlock.h - which files a process may use, by path, without any mount
 *
 * An extra layer of refusals: what mounts, modes and capabilities refuse stays refused. With
 * rules everything is refused that none of them allows, below each path and in what is
 * mounted there. Files that are already open stay usable.
 *
 * What the rights stand for, by the names of landlock(7):
 * - READ: READ_FILE and READ_DIR;
 * - EXECUTE: EXECUTE; the kernel reads what it executes, so READ is needed as well;
 * - WRITE: WRITE_FILE, TRUNCATE, MAKE_REG, MAKE_DIR, MAKE_SYM, MAKE_FIFO, MAKE_SOCK,
 *   REMOVE_FILE, REMOVE_DIR; REFER, with which files can be moved and linked between
 *   directories; and IOCTL_DEV, ioctl(2) on device files.
 *
 * MAKE_CHAR and MAKE_BLOCK are allowed by none: no device file can be made.
 *
 * The kernel gained these rights over time. Without TRUNCATE (ABI 3, Linux 6.2) a file that may
 * only be read could be emptied, so nothing is done there at all: CTR_E_UNSUPPORTED. Without
 * IOCTL_DEV (ABI 5, Linux 6.10) ioctl(2) is allowed on any device that may be opened. From ABI 6 on
 * (Linux 6.12) abstract UNIX sockets and processes outside can't be connected to or signalled
 * either; before, namespaces alone keep them apart.
 */
#ifndef MINICTR_LANDLOCK_H
#define MINICTR_LANDLOCK_H

#include <stddef.h>
#include <stdint.h>

#include <minictr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CTR_LANDLOCK_READ (1u << 0)
#define CTR_LANDLOCK_WRITE (1u << 1)
#define CTR_LANDLOCK_EXECUTE (1u << 2)

/**
 * ctr_landlock_abi() - what version of landlock the kernel has
 * @err: filled on failure only; may be NULL
 *
 * Return: 3 or more, or -1 with
 *   CTR_E_UNSUPPORTED  it has none, it is switched off, or it is too old
 *   CTR_E_SYSTEM       landlock_create_ruleset(2) failed
 *
 * Threads: any.
 * Kernel:  landlock(7).
 * Since:   0.1
 */
int ctr_landlock_abi(ctr_error *err);

/**
 * ctr_landlock_restrict() - let the calling thread use some files only, for good
 * @paths:  absolute paths that exist; symbolic links are followed; may be NULL if @n is 0
 * @access: for each, what is allowed there and below: bits of CTR_LANDLOCK_*
 * @n:      how many; with 0 nothing can be opened any more
 * @err:    filled on failure only; may be NULL
 *
 * Children inherit it, and programs that are executed. Call ctr_set_no_new_privs() before.
 * The thread can't mount anything afterwards.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID      a path is NULL or relative, or bits are unknown or missing
 *   CTR_E_UNSUPPORTED  the kernel has no landlock that will do
 *   CTR_E_SYSTEM       a path can't be opened; or EPERM: there is neither no_new_privs nor
 *                      CAP_SYS_ADMIN; nothing is restricted then. Or ENOTRECOVERABLE: the
 *                      kernel has agreed, and yet a root could be exchanged afterwards
 *
 * Threads: affects the calling thread only, and those that it makes.
 * Kernel:  landlock(7), landlock_restrict_self(2).
 * Since:   0.1
 */
int ctr_landlock_restrict(const char *const *paths, const uint32_t *access, size_t n,
			  ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
