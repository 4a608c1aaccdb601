/* SPDX-License-Identifier: MIT */
/**
 * mounts.h - the files of a container: its root, what is mounted there, what is masked
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

/* What is mounted by default. */
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
 * @path: a directory of the host, copied; a relative one is taken from what
 *        the working directory is now; opened when the spec is compiled;
 *        NULL for the default root, the host's own files read-only
 * @err:  filled on failure only; may be NULL
 *
 * A mount point that @path lacks is made there when a container starts, as a
 * directory with mode 0755 or as an empty file, and stays there. It belongs to
 * root inside, or to the first user of the map of ids. With
 * ctr_spec_set_read_only(), and in a directory that root inside may not change,
 * it is made in a layer of the container's own instead. A layer covers the
 * directory that lacks the mount point, shows its entries, and is read-only.
 * CTR_MOUNT_NO_CREATE refuses a mount whose mount point is missing.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @path is empty
 *   CTR_E_SYSTEM   the working directory has no path
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
 * @enabled: non-zero: read-only, what is mounted on it by the spec excepted;
 *           0, the default: as it is on the host. The default root is
 *           read-only in any case
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0; it can't fail.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  mount_setattr(2).
 * Since:   0.1
 */
int ctr_spec_set_read_only(ctr_spec *spec, int enabled, ctr_error *err);

/**
 * ctr_spec_set_base_mounts() - choose what is mounted by default
 * @spec:   changed only on success
 * @mounts: CTR_BASE_* bits; CTR_BASE_ALL by default
 * @err:    filled on failure only; may be NULL
 *
 * CTR_BASE_HOSTS mounts a read-only file on the /etc/hosts of the root, which stays as it is.
 * With a network namespace of the container's own the file has localhost and the host name
 * inside; with one that was there before it has the lines of the caller's /etc/hosts first.
 * Nothing is mounted if a mount of the spec has the target /etc/hosts, or if the root has no
 * such file and is not read-only.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @mounts has an unknown bit
 *
 * Threads: one at a time for each @spec.
 * Since:   0.1
 */
int ctr_spec_set_base_mounts(ctr_spec *spec, uint32_t mounts, ctr_error *err);

/**
 * ctr_spec_set_rootfs_idmap() - let files of the root have the owners that they have on disk
 * @spec:    changed only on success
 * @enabled: non-zero: the root file system is mounted with the map of
 *           ctr_spec_get_idmap(): what belongs to root on the disk belongs to root
 *           inside, and what root inside creates belongs to root on the disk
 * @err:     filled on failure only; may be NULL
 *
 * For binds there is CTR_MOUNT_IDMAP. Compiling fails with CTR_E_INVALID without a map, and
 * with CTR_E_UNSUPPORTED if the caller lacks CAP_SYS_ADMIN; the spawn fails with CTR_E_SYSTEM where
 * the file system does not know such mounts.
 *
 * Return: 0.
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
 * Mounts are made in the order in which they were added, after the base
 * mounts. A @target that does not exist is made, see ctr_spec_set_rootfs().
 * Nothing is made in a bind that can be written: compiling fails there. A later
 * mount that covers @target hides this one, which ctr_plan_describe() says.
 *
 * A device file as @source needs CTR_MOUNT_ALLOW_DEV, except /dev/null: it is shown as an
 * empty file, as a masked one is.
 *
 * Links and ".." in @source are followed once, when the spec is compiled, from the caller's
 * root directory. "/" is that directory, with all that is mounted below it.
 * "/proc/self/fd/N" is what descriptor N of the caller has open, if that has a path in the
 * caller's mount namespace. If another file is there when a container starts, the start
 * fails with ESTALE.
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
 * As ctr_spec_add_bind(), but the container shows this very file, whatever has become of its
 * path: the file may have been moved or covered since, or may never have had a path, as a
 * detached mount of open_tree(2) or fsmount(2) has none. Only a deleted file can't be shown. What
 * is mounted on a directory, or below it, comes along unless CTR_MOUNT_NOT_RECURSIVE is set. The
 * spec keeps the duplicate until it is freed, a clone of the spec has another one, and so has a
 * plan. Meanwhile the file system of the file is busy.
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
 * ctr_spec_add_tmpfs() - mount an empty file system that lives in memory
 * @spec:       changed only on success
 * @target:     absolute path in the container, copied
 * @size_bytes: most that it may hold; 0 for a fifth of the machine's memory, which /tmp and
 *              /run of the default root have too
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
 * @type:   its type, one of /proc/filesystems, copied. Those that show namespaces or control
 *          groups have functions of their own, such as ctr_spec_add_proc()
 * @source: what it is made from, copied: for many types a device, for others a word that only
 *          /proc/mounts shows. NULL: the type. A path of the host's is looked up when the spec
 *          is compiled
 * @target: absolute path in the container, made if it does not exist; copied
 * @flags:  CTR_MOUNT_* bits
 * @err:    filled on failure only; may be NULL
 *
 * Its options are added after it, by ctr_spec_add_mount_option(). The set-up of the container
 * may wait for such a file system, so the child is set up by the helper, see
 * ctr_spec_set_child(). What is in it is not known before the container exists: a program in
 * it can't be checked when the spec is compiled. In a user namespace the kernel allows few
 * types, such as tmpfs and overlay.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @type is NULL, empty or one with a function of its own; @target is NULL or
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
 * @value: its value, copied; NULL: it has none
 * @err:   filled on failure only; may be NULL
 *
 * There may be any number. The kernel reads a path in a value as the child does, in the host's
 * files: it should be absolute, without symbolic links and "..".
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
 * @flags:  CTR_MOUNT_*
 * @err:    filled on failure only; may be NULL
 *
 * The same parts of it as of /proc are masked or read-only, unless the base mount of /proc
 * is switched off, see ctr_spec_set_base_mounts(): then it is as the kernel has it.
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
 * ctr_spec_add_sysfs() - mount sysfs in one more place
 * @spec:   changed only on success
 * @target: absolute path in the container, copied
 * @flags:  CTR_MOUNT_*
 * @err:    filled on failure only; may be NULL
 *
 * It is read-only, and its firmware masked, unless the base mount of /sys is switched off,
 * see ctr_spec_set_base_mounts(): then it is as @flags say.
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
 * ctr_spec_add_devpts() - mount a set of pseudoterminals in one more place
 * @spec:   changed only on success
 * @target: absolute path in the container, copied
 * @flags:  CTR_MOUNT_*
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
 * ctr_spec_add_mqueue() - mount POSIX message queues in one more place
 * @spec:   changed only on success
 * @target: absolute path in the container, copied
 * @flags:  CTR_MOUNT_*
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
 * What is mounted is the group as "/" of each hierarchy that it is in, and switches
 * accounting on, see ctr_spec_set_accounting(): on a host with cgroup v2 alone that
 * hierarchy on @target, else a directory there for each, such as @target/memory and, for
 * v2, @target/unified.
 *
 * Java and other runtimes read their limits there, and without it take those of the host. On
 * v1 they want cpuset, cpu, cpuacct and memory, which are all shown. One that the group is
 * not in is shown from the caller's own group on, and is read-only whatever is asked for.
 *
 * Compiling fails with CTR_E_INVALID if the cgroup namespace is not the container's own.
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
 * ctr_spec_add_dev() - mount a minimal /dev in one more place
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
 * @target: absolute path in the container, copied; one that does not exist
 *          needs no hiding and is no error
 * @err:    filled on failure only; may be NULL
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
 * ctr_spec_unmask() - leave out one of the default protections of files
 * @spec: changed only on success
 * @path: of the protection, exactly as the library has it; NULL: all of /proc and /sys
 * @err:  filled on failure only; may be NULL
 *
 * Masked are /proc/acpi, asound, interrupts, kcore, keys, latency_stats, sched_debug, scsi,
 * timer_list and timer_stats, /sys/firmware and /sys/devices/virtual/powercap; read-only are
 * /proc/bus, fs, irq, sys and sysrq-trigger. With /proc/sys writable root in the container
 * can change the host.
 *
 * The default root hides /home, /root, /srv, /mnt, /media and /boot. If the caller is
 * root or has capabilities, the default root also hides what only root may read: /etc/shadow,
 * /etc/shadow-, /etc/gshadow, /etc/gshadow-, /etc/sudoers, /etc/sudoers.d, /etc/ssh/ssh_host_*_key
 * and /etc/ssl/private. A mount on or below such a path shows what is mounted there.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @path is none of those: the error lists them
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
