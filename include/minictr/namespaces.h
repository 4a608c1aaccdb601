/* SPDX-License-Identifier: MIT */
/**
 * namespaces.h - which namespaces a container has, and their names
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

/* Whether a container has a namespace of its own, see ctr_spec_set_namespace(). */
#define CTR_NS_MODE_AUTO 0
#define CTR_NS_MODE_NEW 1  /* a new one */
#define CTR_NS_MODE_HOST 2 /* the caller's */

/**
 * ctr_spec_set_namespace() - a new namespace, or the caller's
 * @spec: changed only on success
 * @kind: one of CTR_NS_USER, PID, UTS, IPC, NET and CGROUP. The mount namespace is always new
 * @mode: CTR_NS_MODE_AUTO, the default, CTR_NS_MODE_NEW or CTR_NS_MODE_HOST
 * @err:  filled on failure only; may be NULL
 *
 * CTR_NS_MODE_AUTO stands for a new one, except for the user namespace: there is a new one if
 * the caller does not have CAP_SYS_ADMIN, if there is a map of ids, or if the caller does not
 * have CAP_NET_ADMIN and the container gets a new network namespace, whose loopback interface
 * could not be brought up otherwise.
 *
 * In a new user namespace without a map of ids, see ctr_spec_get_idmap(), the ids of
 * ctr_process_set_user(), 0 by default, are the caller's effective ones outside, and there are no
 * others: files of all other users and groups belong to 65534. Capabilities are over what the
 * container has, not over the host. No privilege is needed, where the kernel lets ordinary users
 * make user namespaces. The caller's supplementary groups stay, for nobody may leave groups then,
 * and compiling fails with CTR_E_INVALID for supplementary groups of the process.
 *
 * In a new user namespace a container can't mount the proc, sysfs or mqueue of a namespace that
 * it shares with the host. It gets the host's mount instead, with the same parts masked or
 * read-only.
 *
 * Without a PID namespace the container's processes are known by a control
 * group. If the caller may make none, as most users other than root may not,
 * they are known by the process group of the first process: those that leave
 * it, by setsid(2) or setpgid(2) as daemons and shells with job control do,
 * are not killed with the container.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  not one of those namespaces, or @mode is unknown
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
 * In a user namespace that it joins, the container has the ids of that namespace. Compiling
 * reads them: a child enters the namespace for that. The caller must be its owner, the user who
 * made it, or have CAP_SYS_ADMIN in the user namespace that it was made in. Namespaces that are
 * not joined are new, and belong to it. Joined ones that belong to it are joined from within, all
 * others before. Supplementary groups are as in a new one: where the namespace denies
 * setgroups(2), those of a caller without CAP_SETGID stay. The container is set up by the helper,
 * see ctr_spec_set_child(), whose memory processes inside can't reach.
 *
 * A container with a new user namespace may not enter other namespaces, for
 * which CAP_SYS_ADMIN counts where they belong. The thread that spawns the
 * container enters them just before the child is made, which is born there, and
 * returns just after; other threads stay where they are. Signals are blocked
 * meanwhile. Entering an IPC namespace applies the thread's semadj values, see
 * semop(2), SEM_UNDO.
 *
 * In a PID namespace that it joins, the container is not the first process and has no init by
 * default. Its processes are known by a control group, as where it has the PID namespace of the
 * host, and it ends with its first process at the latest. Processes inside can't reach the
 * memory of the caller: the child is set up by the helper, see ctr_spec_set_child(). Compiling
 * fails with CTR_E_UNSUPPORTED for a container with a new user namespace.
 *
 * Compiling a spec that joins a user namespace fails with
 *   CTR_E_INVALID  it is the caller's; there is a map of ids, or ctr_spec_set_disable_userns(),
 * which are for a new one; the map of the namespace lacks the user or a group; or supplementary
 * groups where setgroups(2) is denied CTR_E_STATE    it has no map of ids yet CTR_E_SYSTEM   EPERM:
 * it belongs to somebody else
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  not one of those namespaces, or @fd is not of that kind
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
 * Return: 0, or -1 with
 *   CTR_E_INVALID  not one of those namespaces, or @path is not of that kind
 *   CTR_E_SYSTEM   @path could not be opened
 *
 * Threads: one at a time for each @spec.
 * Kernel:  setns(2), ioctl_ns(2).
 * Since:   0.1
 */
int ctr_spec_join_namespace_path(ctr_spec *spec, uint32_t kind, const char *path, ctr_error *err);

/* ---- the user namespace ---- */

/**
 * ctr_spec_get_idmap() - the ids of the container's user namespace
 * @spec: the map is changed through ctr_idmap_add_uids() and its like
 *
 * With at least one range the container has a user namespace of its own with these ids. Callers
 * without CAP_SETUID or CAP_SETGID use newuidmap(1) and newgidmap(1) and may map only the ids
 * granted to them in /etc/subuid and /etc/subgid; compiling the spec says so. The child never
 * shares the caller's memory then: it waits until the caller has mapped its ids. Supplementary
 * groups are possible, and the caller's are left.
 *
 * Compiling fails with CTR_E_INVALID for a user or group that the map does not have, and with
 * CTR_NS_MODE_HOST for the user namespace; with CTR_E_UNSUPPORTED for ids that are not the caller's
 * to map.
 *
 * Return: the map, which @spec owns: don't free it; NULL only for a @spec that is NULL.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  user_namespaces(7), subuid(5), newuidmap(1).
 * Since:   0.1
 */
ctr_idmap *ctr_spec_get_idmap(ctr_spec *spec);

/**
 * ctr_spec_set_disable_userns() - let the container make no user namespaces
 * @spec:    changed only on success
 * @enabled: non-zero: none can be made in it, whatever it may call
 * @err:     filled on failure only; may be NULL
 *
 * By default the filter of system calls refuses them already without CAP_SYS_ADMIN; this
 * is the kernel's own limit. Compiling fails with CTR_E_INVALID when the container has no user
 * namespace of its own, and when it has CAP_SYS_RESOURCE, which could undo it.
 *
 * Return: 0.
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
 * The default is "container" in a UTS namespace of the container's own, which another name
 * needs. In a namespace of the host or of another container the name there stays.
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
 * Needs a UTS namespace of the container's own.
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
