/* SPDX-License-Identifier: MIT */
/**
 * mount.h - mounts in the mount namespace of the caller
 *
 * Targets are absolute and are resolved inside the caller's root directory
 * without following magic links. A missing target is an error here; a spec
 * creates missing targets. Nothing is mounted when a call fails. Every mount is nosuid
 * and nodev unless a flag says otherwise.
 */
#ifndef MINICTR_MOUNT_H
#define MINICTR_MOUNT_H

#include <stdint.h>

#include <minictr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Flags of a mount. */
#define CTR_MOUNT_READ_ONLY (1u << 0)	  /* including the mounts below it */
#define CTR_MOUNT_NOEXEC (1u << 1)	  /* programs in it cannot be executed */
#define CTR_MOUNT_NOSYMFOLLOW (1u << 2)	  /* symbolic links are not followed */
#define CTR_MOUNT_ALLOW_SUID (1u << 3)	  /* honour set-user-ID and file capabilities */
#define CTR_MOUNT_ALLOW_DEV (1u << 4)	  /* device files work */
#define CTR_MOUNT_NOT_RECURSIVE (1u << 5) /* without the mounts below the source */
#define CTR_MOUNT_IDMAP (1u << 6)	  /* ctr_spec_add_bind(): owners by the map of ids */
#define CTR_MOUNT_NO_CREATE (1u << 7)	  /* ctr_spec_add_...(): the mount point must exist */

/* How mounts and unmounts propagate, see mount_namespaces(7). */
#define CTR_PROPAGATION_PRIVATE 1
#define CTR_PROPAGATION_SLAVE 2
#define CTR_PROPAGATION_SHARED 3
#define CTR_PROPAGATION_UNBINDABLE 4

/**
 * ctr_mount_bind() - bind-mount a file or directory
 * @source: path of the file or directory, resolved as by open(2)
 * @target: absolute path; a directory for a directory, a file for a file
 * @flags:  CTR_MOUNT_*
 * @err:    filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a path is NULL or empty, @target is relative, or @flags
 *                  has an unknown bit
 *   CTR_E_SYSTEM   a mount call failed
 *
 * Threads: any.
 * Kernel:  open_tree(2), mount_setattr(2), move_mount(2).
 * Since:   0.1
 */
int ctr_mount_bind(const char *source, const char *target, uint32_t flags, ctr_error *err);

/**
 * ctr_mount_bind_idmapped() - show a file or directory with other owners
 * @source: path of the file or directory, resolved as by open(2)
 * @target: absolute path; a directory for a directory, a file for a file
 * @flags:  CTR_MOUNT_*
 * @userns: a user namespace, for example of ctr_userns_create(); borrowed. A file
 *          that on disk belongs to an id inside it is shown with the id outside,
 *          and vice versa for new files
 * @err:    filled on failure only; may be NULL
 *
 * The file system of @source must support idmapped mounts (ext4, xfs, btrfs, tmpfs,
 * overlay and others do). So must the file systems that are mounted below it.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID      a path is NULL or empty, @target is relative, @flags has
 *                      an unknown bit, or @userns is not a user namespace
 *   CTR_E_UNSUPPORTED  the file system does not support idmapped mounts
 *   CTR_E_SYSTEM       a mount call failed
 *
 * Threads: any.
 * Kernel:  open_tree(2), mount_setattr(2) with MOUNT_ATTR_IDMAP, move_mount(2).
 * Since:   0.1
 */
int ctr_mount_bind_idmapped(const char *source, const char *target, uint32_t flags, int userns,
			    ctr_error *err);

/**
 * ctr_mount_tmpfs() - mount an empty file system in memory
 * @target:     absolute path of a directory
 * @size_bytes: maximum size of its contents; 0: a fifth of the machine's memory
 * @mode:       permission bits of its root directory, such as 01777
 * @flags:      CTR_MOUNT_*
 * @err:        filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path, a mode above 07777, or an unknown flag
 *   CTR_E_SYSTEM   a mount call failed
 *
 * Threads: any.
 * Kernel:  fsopen(2), fsconfig(2), fsmount(2), move_mount(2), tmpfs(5).
 * Since:   0.1
 */
int ctr_mount_tmpfs(const char *target, uint64_t size_bytes, uint32_t mode, uint32_t flags,
		    ctr_error *err);

/**
 * ctr_mount_proc() - mount the processes of the caller's PID namespace
 * @target: absolute path of a directory, usually "/proc"
 * @flags:  CTR_MOUNT_*; noexec is always set
 * @err:    filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path or an unknown flag
 *   CTR_E_SYSTEM   a mount call failed
 *
 * Threads: any.
 * Kernel:  proc(5), pid_namespaces(7), fsopen(2), move_mount(2).
 * Since:   0.1
 */
int ctr_mount_proc(const char *target, uint32_t flags, ctr_error *err);

/**
 * ctr_mount_sysfs() - mount sysfs for the caller's network namespace
 * @target: absolute path of a directory, usually "/sys"
 * @flags:  CTR_MOUNT_*; noexec is always set
 * @err:    filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path or an unknown flag
 *   CTR_E_SYSTEM   a mount call failed
 *
 * Threads: any.
 * Kernel:  sysfs(5), network_namespaces(7), fsopen(2), move_mount(2).
 * Since:   0.1
 */
int ctr_mount_sysfs(const char *target, uint32_t flags, ctr_error *err);

/**
 * ctr_mount_devpts() - mount a new set of pseudoterminals
 * @target: absolute path of a directory, usually "/dev/pts"
 * @flags:  CTR_MOUNT_*; noexec is always set, nodev never
 * @err:    filled on failure only; may be NULL
 *
 * Terminals are created with "ptmx" in that directory, which has mode 0666; a
 * slave gets mode 0620.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path or an unknown flag
 *   CTR_E_SYSTEM   a mount call failed
 *
 * Threads: any.
 * Kernel:  pts(4), fsopen(2), move_mount(2).
 * Since:   0.1
 */
int ctr_mount_devpts(const char *target, uint32_t flags, ctr_error *err);

/**
 * ctr_mount_mqueue() - mount the POSIX message queues of the caller's IPC
 * namespace
 * @target: absolute path of a directory, usually "/dev/mqueue"
 * @flags:  CTR_MOUNT_*; noexec is always set
 * @err:    filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path or an unknown flag
 *   CTR_E_SYSTEM   a mount call failed
 *
 * Threads: any.
 * Kernel:  mq_overview(7), ipc_namespaces(7), fsopen(2), move_mount(2).
 * Since:   0.1
 */
int ctr_mount_mqueue(const char *target, uint32_t flags, ctr_error *err);

/**
 * ctr_mount_dev() - mount a minimal, read-only /dev
 * @target: absolute path of a directory, usually "/dev"
 * @err:    filled on failure only; may be NULL
 *
 * This mounts a small tmpfs. It contains the devices null, zero, full, random, urandom
 * and tty; the links fd, stdin, stdout, stderr and ptmx; and the empty directories pts,
 * shm and mqueue as mount points. The devices are new nodes with mode 0666. Where the
 * kernel does not let the caller make a node, because of a missing CAP_MKNOD, a user
 * namespace or a control group, it is a bind of the caller's device, which is checked
 * to be the device of that name.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path
 *   CTR_E_SYSTEM   a mount call failed, or a device file is not the
 *                  expected device (ENODEV)
 *
 * Threads: any.
 * Kernel:  null(4), random(4), tty(4), mknod(2), open_tree(2), move_mount(2).
 * Since:   0.1
 */
int ctr_mount_dev(const char *target, ctr_error *err);

/**
 * ctr_mount_set_flags() - change some flags of a mount and keep the others
 * @target:    absolute path of a mount point
 * @set:       CTR_MOUNT_READ_ONLY, NOEXEC and NOSYMFOLLOW to switch on;
 *             CTR_MOUNT_NOT_RECURSIVE to leave the mounts below as they are
 * @clear:     the same bits to switch off
 * @err:       filled on failure only; may be NULL
 *
 * Flags that are in neither keep their value, unlike with a remount by mount(2).
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path, a bit that is unknown or in both
 *   CTR_E_SYSTEM   mount_setattr(2) failed
 *
 * Threads: any.
 * Kernel:  mount_setattr(2).
 * Since:   0.1
 */
int ctr_mount_set_flags(const char *target, uint32_t set, uint32_t clear, ctr_error *err);

/**
 * ctr_mount_set_propagation() - set how mounts below a mount point propagate
 * @target:      absolute path of a mount point
 * @propagation: CTR_PROPAGATION_*
 * @recursive:   non-zero: also for all mounts below it
 * @err:         filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path or an unknown @propagation
 *   CTR_E_SYSTEM   mount_setattr(2) failed
 *
 * Threads: any.
 * Kernel:  mount_setattr(2), mount_namespaces(7).
 * Since:   0.1
 */
int ctr_mount_set_propagation(const char *target, uint32_t propagation, int recursive,
			      ctr_error *err);

/**
 * ctr_mount_mask() - hide a file or directory
 * @target: absolute path
 * @err:    filled on failure only; may be NULL
 *
 * A directory is covered by an empty read-only one, a file by the caller's
 * /dev/null, which is checked to be the null device.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path
 *   CTR_E_SYSTEM   a mount call failed
 *
 * Threads: any.
 * Kernel:  open_tree(2), fsmount(2), move_mount(2).
 * Since:   0.1
 */
int ctr_mount_mask(const char *target, ctr_error *err);

/**
 * ctr_unmount() - unmount a mount point and everything below it
 * @target: absolute path of a mount point
 * @err:    filled on failure only; may be NULL
 *
 * The mount is detached immediately and disappears when its last user is gone.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path
 *   CTR_E_SYSTEM   umount2(2) failed
 *
 * Threads: any.
 * Kernel:  umount2(2), MNT_DETACH and UMOUNT_NOFOLLOW.
 * Since:   0.1
 */
int ctr_unmount(const char *target, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
