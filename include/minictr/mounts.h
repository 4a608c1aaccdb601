/* SPDX-License-Identifier: MIT */
/**
 * mounts.h - the files of a container: its root, its mounts, and the paths that are masked
 */
#ifndef MINICTR_MOUNTS_H
#define MINICTR_MOUNTS_H

#include <stdint.h>

#include <minictr/error.h>
#include <minictr/mount.h>
#include <minictr/spec.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The mounts that a container has by default. */
#define CTR_BASE_PROC (1u << 0)	 /* /proc, with its dangerous parts masked or read-only */
#define CTR_BASE_DEV (1u << 1)	 /* minimal /dev with pts, shm and mqueue */
#define CTR_BASE_SYS (1u << 2)	 /* /sys, read-only, with its dangerous parts masked */
#define CTR_BASE_TMP (1u << 3)	 /* empty /tmp and /run; only with the default root */
#define CTR_BASE_HOSTS (1u << 4) /* /etc/hosts with localhost and the host name */
#define CTR_BASE_ALL (CTR_BASE_PROC | CTR_BASE_DEV | CTR_BASE_SYS | CTR_BASE_TMP | CTR_BASE_HOSTS)

/* ---- the root ---- */

/**
 * ctr_spec_set_rootfs() - set the root file system
 * @spec: changed only on success
 * @path: a directory of the host, copied; a relative path is resolved from the
 *        current working directory; opened when the spec is compiled; NULL, the
 *        default: the default root, which shows the host's files read-only
 * @err:  filled on failure only; may be NULL
 *
 * A mount point that does not exist in @path is created there when a container
 * starts, as a directory with mode 0755 or as an empty file, and stays there. It
 * belongs to root inside, or to the first user of the map of ids. With
 * ctr_spec_set_read_only(), and in a directory that root inside may not change,
 * it is created in a private layer instead. A layer covers the directory, shows
 * its entries, and is read-only. CTR_MOUNT_NO_CREATE refuses a mount whose mount
 * point is missing.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @path is empty
 *   CTR_E_SYSTEM   the path of the working directory is not known
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  open_tree(2), pivot_root(2).
 * Since:   0.1
 */
int ctr_spec_set_rootfs(ctr_spec *spec, const char *path, ctr_error *err);

/**
 * ctr_spec_set_read_only() - make the root file system read-only
 * @spec:    changed only on success
 * @enabled: non-zero: read-only, except for the mounts of the spec; 0, the
 *           default: as on the host. The default root is always read-only
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0, or -1 if @spec is NULL.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  mount_setattr(2).
 * Since:   0.1
 */
int ctr_spec_set_read_only(ctr_spec *spec, int enabled, ctr_error *err);

/**
 * ctr_spec_set_base_mounts() - choose the default mounts
 * @spec:   changed only on success
 * @mounts: CTR_BASE_* bits; CTR_BASE_ALL by default
 * @err:    filled on failure only; may be NULL
 *
 * CTR_BASE_HOSTS mounts a read-only file over the /etc/hosts of the root, which itself is not
 * changed. With a new network namespace the file contains localhost and the host name inside. With
 * an existing network namespace it begins with the lines of the caller's /etc/hosts. Nothing is
 * mounted if a mount of the spec has the target /etc/hosts, or if the root is writable and does
 * not have this file.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @mounts has an unknown bit
 *
 * Threads: one at a time for each @spec.
 * Since:   0.1
 */
int ctr_spec_set_base_mounts(ctr_spec *spec, uint32_t mounts, ctr_error *err);

/**
 * ctr_spec_set_rootfs_idmap() - map owners so that files of the root appear as they are on disk
 * @spec:    changed only on success
 * @enabled: non-zero: the root file system is mounted with the map of ctr_spec_get_idmap().
 *           Files that belong to root on disk belong to root inside, and files that root
 *           inside creates belong to root on disk. 0, the default: owners on disk are ids
 *           of the host
 * @err:     filled on failure only; may be NULL
 *
 * For binds use CTR_MOUNT_IDMAP. Compiling fails with CTR_E_INVALID without a map, and with
 * CTR_E_UNSUPPORTED if the caller does not have CAP_SYS_ADMIN. The spawn fails with CTR_E_SYSTEM
 * if the file system does not support idmapped mounts.
 *
 * Return: 0, or -1 if @spec is NULL.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  mount_setattr(2), MOUNT_ATTR_IDMAP.
 * Since:   0.1
 */
int ctr_spec_set_rootfs_idmap(ctr_spec *spec, int enabled, ctr_error *err);

/* ---- mounts ---- */

/**
 * ctr_spec_add_bind() - show a host file or directory inside the container
 * @spec:   changed only on success
 * @source: absolute host path, copied; opened when the spec is compiled
 * @target: absolute path in the container, copied; resolved inside its root
 * @flags:  CTR_MOUNT_*, or 0: recursive, writable, nosuid, nodev. CTR_MOUNT_IDMAP: see
 *          ctr_spec_set_rootfs_idmap()
 * @err:    filled on failure only; may be NULL
 *
 * By default there are only the base mounts. Other mounts are created after them, in the order in
 * which they were added. A @target that does not exist is created, see ctr_spec_set_rootfs().
 * Nothing is created in a writable bind: compiling fails if a mount point is missing there. A
 * later mount that covers @target hides this one, and ctr_plan_describe() reports it.
 *
 * A device file as @source requires CTR_MOUNT_ALLOW_DEV. The exception is /dev/null, which is
 * shown as an empty file, like a masked file.
 *
 * Links and ".." in @source are followed once, when the spec is compiled, from the caller's root
 * directory. "/" is that directory, with everything that is mounted below it. "/proc/self/fd/N"
 * is the file or directory that descriptor N of the caller has open, if it has a path in the
 * caller's mount namespace. If @source is another file when a container starts, the start fails
 * with ESTALE.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a path is NULL or relative, or @flags has an unknown bit
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  open_tree(2), mount_setattr(2), move_mount(2).
 * Since:   0.1
 */
int ctr_spec_add_bind(ctr_spec *spec, const char *source, const char *target, uint32_t flags,
		      ctr_error *err);

/**
 * ctr_spec_add_bind_fd() - show the file or directory that a descriptor has open
 * @spec:   changed only on success
 * @source: an open descriptor of a file or a directory, duplicated: the caller may close it after
 *          this call. One that was opened with O_PATH will do, and what it was opened for does
 *          not matter
 * @target: absolute path in the container, copied; resolved inside its root
 * @flags:  as for ctr_spec_add_bind()
 * @err:    filled on failure only; may be NULL
 *
 * Like ctr_spec_add_bind(), but the container shows the file that is open, even if it has been
 * moved or covered since, or never had a path, like a detached mount of open_tree(2) or
 * fsmount(2). Only a deleted file cannot be shown. Mounts on a directory or below it are shown too,
 * unless CTR_MOUNT_NOT_RECURSIVE is set. The spec keeps the duplicate until it is freed. A clone of
 * the spec and a plan have their own duplicates. The file system of the file is busy as long as
 * one of them is open.
 *
 * Detached mounts are shown by copies of them, so that any number of containers can show the same
 * one: Linux 6.15 and later make such copies.
 *
 * Only with CAP_SYS_ADMIN in the user namespace that owns the mount namespace of the caller does
 * the kernel clone a mount by a descriptor. For other callers, and in a user namespace of one id,
 * the file is mounted by the path that it has when the spec is compiled, and only if it is still
 * this very file when the container starts: if it has been moved or deleted by then, the start
 * fails. Compiling fails with CTR_E_INVALID where the file has no path, as one in another mount
 * namespace.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @source is not open or is neither a file nor a directory, such as a pipe or a
 *                  socket; @target is NULL or relative; or @flags has an unknown bit
 *   CTR_E_SYSTEM   the descriptor could not be duplicated
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  open_tree(2), mount_setattr(2), move_mount(2); fcntl(2), F_DUPFD_CLOEXEC.
 * Since:   0.1
 */
int ctr_spec_add_bind_fd(ctr_spec *spec, int source, const char *target, uint32_t flags,
			 ctr_error *err);

/**
 * ctr_spec_add_tmpfs() - mount an empty file system in memory
 * @spec:       changed only on success
 * @target:     absolute path in the container, copied
 * @size_bytes: maximum size of its contents; 0: a fifth of the machine's memory, which is also
 *              the size of /tmp and /run in the default root
 * @mode:       permission bits of its root directory, such as 01777
 * @flags:      CTR_MOUNT_*, or 0: writable, nosuid, nodev
 * @err:        filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path, a mode above 07777, or an unknown flag
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  tmpfs(5), fsopen(2), fsmount(2).
 * Since:   0.1
 */
int ctr_spec_add_tmpfs(ctr_spec *spec, const char *target, uint64_t size_bytes, uint32_t mode,
		       uint32_t flags, ctr_error *err);

/**
 * ctr_spec_add_mount() - mount a new file system of any type
 * @spec:   changed only on success
 * @type:   a type that /proc/filesystems lists, copied. Types that show namespaces or control
 *          groups have separate functions, such as ctr_spec_add_proc()
 * @source: source of the file system, copied: a device for many types, and for others a word
 *          that only /proc/mounts shows. NULL: the type. A path of the host is looked up when
 *          the spec is compiled
 * @target: absolute path in the container, created if it does not exist; copied
 * @flags:  CTR_MOUNT_* bits, or 0: writable, nosuid, nodev
 * @err:    filled on failure only; may be NULL
 *
 * Add options of the file system afterwards, with ctr_spec_add_mount_option(). Such a file
 * system may block, so the helper sets up the child, see ctr_spec_set_child(). Its contents are
 * not known before the container exists, so a program in it cannot be checked when the spec is
 * compiled. In a user namespace the kernel allows few types, such as tmpfs and overlay.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @type is NULL, empty or a type with a separate function; @target is NULL or
 *                  relative; or @flags has unknown bits
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  fsopen(2), fsconfig(2), fsmount(2), move_mount(2).
 * Since:   0.1
 */
int ctr_spec_add_mount(ctr_spec *spec, const char *type, const char *source, const char *target,
		       uint32_t flags, ctr_error *err);

/**
 * ctr_spec_add_mount_option() - add an option to the mount that was added last
 * @spec:  changed only on success
 * @key:   its name, copied
 * @value: its value, copied; NULL: the option has no value
 * @err:   filled on failure only; may be NULL
 *
 * By default a mount has no options. It may have any number. The child resolves a path in a value
 * among the host's files, so the path should be absolute, without symbolic links and "..".
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @key is NULL or empty, or the last call that added a mount was not
 *                  ctr_spec_add_mount()
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  fsconfig(2), FSCONFIG_SET_STRING and FSCONFIG_SET_FLAG.
 * Since:   0.1
 */
int ctr_spec_add_mount_option(ctr_spec *spec, const char *key, const char *value, ctr_error *err);

/**
 * ctr_spec_add_proc() - mount another proc file system
 * @spec:   changed only on success
 * @target: absolute path in the container, copied
 * @flags:  CTR_MOUNT_*, or 0: nosuid, nodev; noexec is always set
 * @err:    filled on failure only; may be NULL
 *
 * The same parts as in /proc are masked or read-only. If the base mount of /proc is switched off,
 * see ctr_spec_set_base_mounts(), there is no such protection.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path or an unknown flag
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  proc(5), pid_namespaces(7).
 * Since:   0.1
 */
int ctr_spec_add_proc(ctr_spec *spec, const char *target, uint32_t flags, ctr_error *err);

/**
 * ctr_spec_add_sysfs() - mount another sysfs
 * @spec:   changed only on success
 * @target: absolute path in the container, copied
 * @flags:  CTR_MOUNT_*, or 0: nosuid, nodev; noexec is always set
 * @err:    filled on failure only; may be NULL
 *
 * It is read-only, and its firmware is masked. If the base mount of /sys is switched off, see
 * ctr_spec_set_base_mounts(), there is no such protection, and @flags decide.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path or an unknown flag
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  sysfs(5).
 * Since:   0.1
 */
int ctr_spec_add_sysfs(ctr_spec *spec, const char *target, uint32_t flags, ctr_error *err);

/**
 * ctr_spec_add_devpts() - mount another set of pseudoterminals
 * @spec:   changed only on success
 * @target: absolute path in the container, copied
 * @flags:  CTR_MOUNT_*, or 0: nosuid; noexec is always set, nodev never
 * @err:    filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path or an unknown flag
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  pts(4).
 * Since:   0.1
 */
int ctr_spec_add_devpts(ctr_spec *spec, const char *target, uint32_t flags, ctr_error *err);

/**
 * ctr_spec_add_mqueue() - mount the POSIX message queues at another place
 * @spec:   changed only on success
 * @target: absolute path in the container, copied
 * @flags:  CTR_MOUNT_*, or 0: nosuid, nodev; noexec is always set
 * @err:    filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path or an unknown flag
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  mq_overview(7).
 * Since:   0.1
 */
int ctr_spec_add_mqueue(ctr_spec *spec, const char *target, uint32_t flags, ctr_error *err);

/**
 * ctr_spec_add_cgroup() - show the container its control group
 * @spec:   changed only on success
 * @target: absolute path in the container, such as "/sys/fs/cgroup"; copied
 * @flags:  CTR_MOUNT_*; always read-only unless ctr_spec_set_delegate() is set
 * @err:    filled on failure only; may be NULL
 *
 * By default a container does not see its control group. This function mounts each hierarchy of the
 * group so that the group is "/", and enables accounting, see ctr_spec_set_accounting(). On a
 * host with cgroup v2 alone, the hierarchy is mounted on @target itself. Otherwise @target
 * contains a directory for each hierarchy, such as @target/memory and, for v2, @target/unified.
 *
 * Java and other runtimes read their limits there. Without this mount they use those of the host.
 * On v1 they need cpuset, cpu, cpuacct and memory, which are all shown. A hierarchy in which the
 * container has no group is shown from the caller's own group on, and is always read-only.
 *
 * Compiling fails with CTR_E_INVALID if the cgroup namespace is not new.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path or an unknown flag
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  cgroups(7), cgroup_namespaces(7).
 * Since:   0.1
 */
int ctr_spec_add_cgroup(ctr_spec *spec, const char *target, uint32_t flags, ctr_error *err);

/**
 * ctr_spec_add_dev() - mount another minimal /dev
 * @spec:   changed only on success
 * @target: absolute path in the container, copied
 * @err:    filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  see ctr_mount_dev().
 * Since:   0.1
 */
int ctr_spec_add_dev(ctr_spec *spec, const char *target, ctr_error *err);

/**
 * ctr_spec_add_mask() - hide a file or directory of the container
 * @spec:   changed only on success
 * @target: absolute path in the container, copied; a path that does not exist
 *          is ignored
 * @err:    filled on failure only; may be NULL
 *
 * ctr_spec_unmask() lists the paths that are hidden by default.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  see ctr_mount_mask().
 * Since:   0.1
 */
int ctr_spec_add_mask(ctr_spec *spec, const char *target, ctr_error *err);

/**
 * ctr_spec_unmask() - turn off one of the default protections of files
 * @spec: changed only on success
 * @path: path of the protection, exactly as below; NULL: all paths in /proc and /sys
 * @err:  filled on failure only; may be NULL
 *
 * By default these paths are masked: /proc/acpi, asound, interrupts, kcore, keys, latency_stats,
 * sched_debug, scsi, timer_list and timer_stats, /sys/firmware and
 * /sys/devices/virtual/powercap. These are read-only: /proc/bus, fs, irq, sys and sysrq-trigger.
 * If /proc/sys is writable, root in the container can change the host.
 *
 * The default root hides /home, /root, /srv, /mnt, /media and /boot. If the caller is
 * root or has capabilities, it also hides files that only root may read: /etc/shadow,
 * /etc/shadow-, /etc/gshadow, /etc/gshadow-, /etc/sudoers, /etc/sudoers.d, /etc/ssh/ssh_host_*_key
 * and /etc/ssl/private. A mount of the spec on or below such a path is visible.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @path is none of these paths; the error lists them
 *
 * Threads: one at a time for each @spec.
 * Kernel:  proc(5), sysfs(5).
 * Since:   0.1
 */
int ctr_spec_unmask(ctr_spec *spec, const char *path, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
