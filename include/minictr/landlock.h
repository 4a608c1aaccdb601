/* SPDX-License-Identifier: MIT */
/**
 * landlock.h - restrict the files that a process may use, by path
 *
 * Landlock is an additional restriction: whatever mounts, modes and capabilities refuse stays
 * refused. As soon as there are rules, all access that none of them allows is refused. A rule
 * applies below its path, including the mounts there. Files that are already open stay usable.
 *
 * The rights consist of these rights of landlock(7):
 * - READ: READ_FILE and READ_DIR;
 * - EXECUTE: EXECUTE; the kernel reads what it executes, so READ is needed as well;
 * - WRITE: WRITE_FILE, TRUNCATE, MAKE_REG, MAKE_DIR, MAKE_SYM, MAKE_FIFO, MAKE_SOCK,
 *   REMOVE_FILE, REMOVE_DIR; REFER, with which files can be moved and linked between
 *   directories; and IOCTL_DEV, ioctl(2) on device files.
 *
 * No right includes MAKE_CHAR and MAKE_BLOCK, so device files cannot be created.
 *
 * The kernel gained these rights over time. Without TRUNCATE (ABI 3, Linux 6.2) a file that may
 * only be read could be truncated, so Landlock is not used there: CTR_E_UNSUPPORTED. Without
 * IOCTL_DEV (ABI 5, Linux 6.10) ioctl(2) is allowed on any device that may be opened. From ABI 6 on
 * (Linux 6.12) the process can neither connect to abstract UNIX sockets outside nor signal
 * processes outside. On older kernels only namespaces prevent that.
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
 * ctr_landlock_abi() - get the version of the kernel's Landlock
 * @err: filled on failure only; may be NULL
 *
 * Return: 3 or more, or -1 with
 *   CTR_E_UNSUPPORTED  the kernel does not have it, it is switched off, or it is too old
 *   CTR_E_SYSTEM       landlock_create_ruleset(2) failed
 *
 * Threads: any.
 * Kernel:  landlock(7).
 * Since:   0.1
 */
int ctr_landlock_abi(ctr_error *err);

/**
 * ctr_landlock_restrict() - permanently restrict the files that the calling thread may use
 * @paths:  absolute paths that exist; symbolic links are followed; may be NULL if @n is 0
 * @access: for each path, the access that is allowed below it: bits of CTR_LANDLOCK_*
 * @n:      number of paths; 0: no file can be opened any more
 * @err:    filled on failure only; may be NULL
 *
 * Children and executed programs inherit the restriction. Call ctr_set_no_new_privs() first.
 * The thread cannot mount anything afterwards.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID      a path is NULL or relative, or bits are unknown or missing
 *   CTR_E_UNSUPPORTED  the kernel's Landlock is missing or too old
 *   CTR_E_SYSTEM       a path cannot be opened; or EPERM: there is neither no_new_privs nor
 *                      CAP_SYS_ADMIN; nothing is restricted then. Or ENOTRECOVERABLE: the
 *                      kernel reported success, but the restriction is not in effect
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
