/* SPDX-License-Identifier: MIT */
/**
 * namespaces.h - the namespaces of a container, and the names in them
 */
#ifndef MINICTR_NAMESPACES_H
#define MINICTR_NAMESPACES_H

#include <stdint.h>

#include <minictr/error.h>
#include <minictr/namespace.h>
#include <minictr/spec.h>
#include <minictr/userns.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which namespace of a kind a container has, see ctr_spec_set_namespace(). */
#define CTR_NS_MODE_AUTO 0
#define CTR_NS_MODE_NEW 1  /* a new one */
#define CTR_NS_MODE_HOST 2 /* the caller's */

/**
 * ctr_spec_set_namespace() - choose a new namespace or the caller's
 * @spec: changed only on success
 * @kind: one of CTR_NS_USER, PID, UTS, IPC, NET and CGROUP; the mount namespace is always new
 * @mode: CTR_NS_MODE_AUTO, the default, CTR_NS_MODE_NEW or CTR_NS_MODE_HOST
 * @err:  filled on failure only; may be NULL
 *
 * CTR_NS_MODE_AUTO means a new namespace, except for the user namespace. The container has a new
 * user namespace in these cases:
 * - The caller does not have CAP_SYS_ADMIN.
 * - There is a map of ids, see ctr_spec_get_idmap().
 * - The caller does not have CAP_NET_ADMIN, and the container gets a new network namespace, whose
 *   loopback interface could not be brought up otherwise.
 *
 * In a new user namespace without a map of ids, the user and group of ctr_process_set_user(), 0
 * by default, are the caller's effective user and group outside. No other ids exist: files of all
 * other users and groups belong to 65534. Capabilities apply to the container's own resources, not
 * to the host. No privilege is needed if the kernel allows ordinary users to create user
 * namespaces. The caller's supplementary groups are kept, because the kernel does not allow
 * dropping them in this case. Compiling fails with CTR_E_INVALID if the process has supplementary
 * groups.
 *
 * In a new user namespace a container cannot mount the proc, sysfs or mqueue of a namespace that
 * it shares with the host. It gets the host's mount instead, with the same parts masked or
 * read-only.
 *
 * Without a PID namespace the library finds the container's processes by a control group. Most
 * users other than root may not create one. The library then finds them by the process group of
 * the first process. Processes that leave this group with setsid(2) or setpgid(2), as daemons and
 * shells with job control do, are not killed with the container.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @kind is not one of these namespaces, or @mode is unknown
 *
 * Threads: one at a time for each @spec.
 * Kernel:  namespaces(7), user_namespaces(7).
 * Since:   0.1
 */
int ctr_spec_set_namespace(ctr_spec *spec, uint32_t kind, int mode, ctr_error *err);

/**
 * ctr_spec_join_namespace_fd() - use an existing namespace
 * @spec: changed only on success
 * @kind: one of CTR_NS_USER, PID, UTS, IPC, NET and CGROUP
 * @fd:   an open /proc/PID/ns/ file of that kind, duplicated now
 * @err:  filled on failure only; may be NULL
 *
 * By default a container joins no namespace, see ctr_spec_set_namespace().
 *
 * In a user namespace that the container joins, it has the ids of that namespace. Compiling reads
 * them: a child enters the namespace for that. The caller must be its owner, the user who created
 * it, or have CAP_SYS_ADMIN in the user namespace that it was created in. Namespaces that are not
 * joined are new, and belong to it. Joined namespaces that belong to it are joined from within,
 * all others before. Supplementary groups are handled as in a new user namespace: where
 * setgroups(2) is denied, those of a caller without CAP_SETGID stay. The owner of the user
 * namespace, and processes with capabilities in it, can control the container. They cannot reach
 * the memory of the caller, because the helper sets up the container, see ctr_spec_set_child().
 * Compiling fails if the spec also has what only a new user namespace can have: a map of ids, or
 * ctr_spec_set_disable_userns().
 *
 * Joining requires CAP_SYS_ADMIN in the user namespace that owns the namespace. A container with
 * a new user namespace does not have that, so the thread that spawns the container enters the
 * namespace just before it creates the child, and returns just afterwards. The child is created
 * in the namespace. Other threads are not affected. Signals are blocked during this time. Entering
 * an IPC namespace applies the thread's semadj values, see semop(2), SEM_UNDO.
 *
 * In a PID namespace that the container joins, its program is not the first process, and there is
 * no init by default. As in the host's PID namespace, the library finds its processes by a control
 * group, and the container ends with its first process at the latest. Processes inside cannot
 * reach the memory of the caller, because the helper sets up the child, see ctr_spec_set_child().
 * Compiling fails with CTR_E_UNSUPPORTED if the container also has a new user namespace.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @kind is not one of these namespaces, or @fd is not of that kind
 *   CTR_E_SYSTEM   @fd could not be duplicated
 *
 * Threads: one at a time for each @spec.
 * Kernel:  setns(2), ioctl_ns(2).
 * Since:   0.1
 */
int ctr_spec_join_namespace_fd(ctr_spec *spec, uint32_t kind, int fd, ctr_error *err);

/**
 * ctr_spec_join_namespace_path() - use an existing namespace, by its file
 * @spec: changed only on success
 * @kind: one of CTR_NS_USER, PID, UTS, IPC, NET and CGROUP
 * @path: such as /proc/PID/ns/net or /run/netns/NAME; opened now
 * @err:  filled on failure only; may be NULL
 *
 * By default a container joins no namespace. See ctr_spec_join_namespace_fd().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @kind is not one of these namespaces, or @path is not of that kind
 *   CTR_E_SYSTEM   @path could not be opened
 *
 * Threads: one at a time for each @spec.
 * Kernel:  setns(2), ioctl_ns(2).
 * Since:   0.1
 */
int ctr_spec_join_namespace_path(ctr_spec *spec, uint32_t kind, const char *path, ctr_error *err);

/* ---- the user namespace ---- */

/**
 * ctr_spec_get_idmap() - get the map of ids of the container's user namespace
 * @spec: may be NULL; the map of a new spec is empty
 *
 * ctr_idmap_add_uids() and the other setters change the map. With at least one range the
 * container has a new user namespace with these ids. Callers without CAP_SETUID or CAP_SETGID use
 * newuidmap(1) and newgidmap(1) and may map only the ids granted to them in /etc/subuid and
 * /etc/subgid. The child then never shares the caller's memory, because it waits until the caller
 * has mapped its ids. The container may have supplementary groups, and those of the caller are
 * dropped.
 *
 * Compiling fails with CTR_E_INVALID if the map does not contain the user or a group of the
 * process, or if the user namespace is the host's. It fails with CTR_E_UNSUPPORTED for ids that
 * the caller may not map.
 *
 * Return: the map, which belongs to @spec: do not free it. NULL if @spec is NULL.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  user_namespaces(7), subuid(5), newuidmap(1).
 * Since:   0.1
 */
ctr_idmap *ctr_spec_get_idmap(ctr_spec *spec);

/**
 * ctr_spec_set_disable_userns() - prevent the container from creating user namespaces
 * @spec:    changed only on success
 * @enabled: non-zero: the kernel's limit forbids them, whatever system calls the container may
 *           make; 0, the default: only the filter of system calls refuses them
 * @err:     filled on failure only; may be NULL
 *
 * The default filter already refuses user namespaces to containers without CAP_SYS_ADMIN. This
 * function sets the kernel's own limit. Compiling fails with CTR_E_INVALID if the container has no
 * new user namespace, and if it has CAP_SYS_RESOURCE, which could undo the limit.
 *
 * Return: 0, or -1 if @spec is NULL.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  namespaces(7), /proc/sys/user/max_user_namespaces.
 * Since:   0.1
 */
int ctr_spec_set_disable_userns(ctr_spec *spec, int enabled, ctr_error *err);

/* ---- names ---- */

/**
 * ctr_spec_set_hostname() - set the host name inside
 * @spec: changed only on success
 * @name: 1 to 64 bytes: letters, digits, '-', '.', '_'; copied
 * @err:  filled on failure only; may be NULL
 *
 * The default is "container" in a new UTS namespace. In the UTS namespace of the host or of
 * another container the name is never changed, and compiling a spec with a name fails.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @name is not a host name
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  sethostname(2), uts_namespaces(7).
 * Since:   0.1
 */
int ctr_spec_set_hostname(ctr_spec *spec, const char *name, ctr_error *err);

/**
 * ctr_spec_set_domainname() - set the NIS domain name inside
 * @spec: changed only on success
 * @name: 1 to 64 bytes: letters, digits, '-', '.', '_'; copied
 * @err:  filled on failure only; may be NULL
 *
 * By default the name is that of the caller. A name requires a new UTS namespace.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @name is not a domain name
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  setdomainname(2), uts_namespaces(7).
 * Since:   0.1
 */
int ctr_spec_set_domainname(ctr_spec *spec, const char *name, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
