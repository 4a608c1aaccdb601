/* SPDX-License-Identifier: MIT */
/**
 * chroot.h - the root directory of the calling process
 *
 * There are two ways for the calling process to get another root: the plain call, which only
 * hides files, and replacing the root of the mount namespace, after which the old root is
 * unreachable.
 */
#ifndef MINICTR_CHROOT_H
#define MINICTR_CHROOT_H

#include <minictr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * ctr_chroot() - change the root directory and go to it
 * @root: path of a directory
 * @err:  filled on failure only; may be NULL
 *
 * Afterwards the working directory is the new "/". This hides files; it is
 * not a boundary, because a privileged process can leave a chroot at any time. For a
 * boundary use ctr_pivot_root() in a mount namespace.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @root is NULL or empty
 *   CTR_E_SYSTEM   chroot(2) failed, or a filter refuses chdir(2), which is checked
 *                  first; nothing has changed
 *
 * Threads: one at a time; the root is shared by the threads of a process.
 * Kernel:  chroot(2), path_resolution(7).
 * Since:   0.1
 */
int ctr_chroot(const char *root, ctr_error *err);

/**
 * ctr_pivot_root() - make a directory the root of the mount namespace
 * @root: path of a directory; it need not be a mount point
 * @err:  filled on failure only; may be NULL
 *
 * Attaches a recursive bind of @root in the caller's mount namespace, makes
 * it the root and detaches the old one with everything below it. First call
 * ctr_unshare(CTR_NS_MOUNT) and make the old mounts private. Otherwise this
 * changes the host.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @root is NULL or empty
 *   CTR_E_SYSTEM   a mount call failed, and nothing has changed. Whether a filter refuses
 *                  the calls that follow pivot_root(2) is checked first
 *
 * Threads: one at a time.
 * Kernel:  pivot_root(2), open_tree(2), move_mount(2), umount2(2).
 * Since:   0.1
 */
int ctr_pivot_root(const char *root, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
