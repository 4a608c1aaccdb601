/* SPDX-License-Identifier: MIT */
/**
 * probe.h - test which features this host supports for the caller
 *
 * Each feature is tested once, as the caller and with the system calls that containers need, in
 * children that end immediately. Nothing is left behind. The results hold for this container or
 * user session, whatever the version of the kernel. They can become stale: probe again after a
 * change of the configuration.
 */
#ifndef MINICTR_PROBE_H
#define MINICTR_PROBE_H

#include <stddef.h>
#include <stdint.h>

#include <minictr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctr_probe ctr_probe;

/* Overall. */
#define CTR_FEATURE_RUN 0 /* a container with the defaults of ctr_spec_new() */

/* Namespaces: created as the caller or, without CAP_SYS_ADMIN, in a user namespace. */
#define CTR_FEATURE_NS_MOUNT 1
#define CTR_FEATURE_NS_PID 2
#define CTR_FEATURE_NS_UTS 3
#define CTR_FEATURE_NS_IPC 4
#define CTR_FEATURE_NS_NET 5
#define CTR_FEATURE_NS_CGROUP 6
#define CTR_FEATURE_NS_USER 7 /* with an id mapped, and capabilities in it */
#define CTR_FEATURE_NS_TIME 8
#define CTR_FEATURE_USERNS_FOR_USERS 9 /* created without any capability */
#define CTR_FEATURE_ID_RANGES 10       /* more ids than one can be mapped; value: how many */

/* File systems, mounted as in a container of the caller. */
#define CTR_FEATURE_PROC 11
#define CTR_FEATURE_SYSFS 12
#define CTR_FEATURE_TMPFS 13
#define CTR_FEATURE_DEVPTS 14
#define CTR_FEATURE_MQUEUE 15
#define CTR_FEATURE_OVERLAY 16
#define CTR_FEATURE_BIND 17 /* recursive and read-only */

/* The same in a user namespace. */
#define CTR_FEATURE_USERNS_PROC 18
#define CTR_FEATURE_USERNS_SYSFS 19
#define CTR_FEATURE_USERNS_TMPFS 20
#define CTR_FEATURE_USERNS_OVERLAY 21

/* Mounts that show other owners. */
#define CTR_FEATURE_IDMAP 22	  /* of a tmpfs */
#define CTR_FEATURE_IDMAP_ROOT 23 /* of the file system of "/" */

/* The devices that a container's /dev has. */
#define CTR_FEATURE_DEVICES 24

/* Protections. */
#define CTR_FEATURE_SECCOMP 25	      /* a filter of system calls */
#define CTR_FEATURE_SECCOMP_NOTIFY 26 /* one with a listener */
#define CTR_FEATURE_LANDLOCK 27	      /* value: its ABI */
#define CTR_FEATURE_APPARMOR 28
#define CTR_FEATURE_SELINUX 29

/* Control groups: features of a group that the caller has created. */
#define CTR_FEATURE_CGROUP 30 /* some hierarchy; value: 1 for v1, 2 for v2, 3 for both */
#define CTR_FEATURE_CGROUP_MEMORY 31
#define CTR_FEATURE_CGROUP_PIDS 32
#define CTR_FEATURE_CGROUP_CPU 33
#define CTR_FEATURE_CGROUP_CPUSET 34
#define CTR_FEATURE_CGROUP_IO 35
#define CTR_FEATURE_CGROUP_FREEZE 36
#define CTR_FEATURE_CGROUP_KILL 37  /* cgroup.kill */
#define CTR_FEATURE_CGROUP_CLONE 38 /* CLONE_INTO_CGROUP */

/* System calls, which filters of other containers may hide. */
#define CTR_FEATURE_CLONE3 39
#define CTR_FEATURE_PIDFD 40
#define CTR_FEATURE_OPENAT2 41
#define CTR_FEATURE_CLOSE_RANGE 42
#define CTR_FEATURE_MEMFD_EXEC 43 /* executing a file in memory, as for the helper */

/* The caller itself. */
#define CTR_FEATURE_SHARED_CHILD 44 /* a child can share the caller's memory */
#define CTR_FEATURE_UNCONFINED 45   /* no sign of an enclosing container */

/* Resources that the kernel counts for each user of the host; value: the limit. */
#define CTR_FEATURE_INOTIFY 46 /* another inotify instance */

/**
 * ctr_probe_new() - test all features once
 * @err: filled on failure only; may be NULL
 *
 * This takes some tens of milliseconds. It creates control groups and removes them. Two children
 * execute a program, one of them in a container. The kernel sends SIGCHLD when they end, as for
 * any container.
 *
 * Return: the results, which the caller frees, or NULL with
 *   CTR_E_NOMEM  out of memory
 * A feature that this host lacks is not a failure.
 *
 * Threads: any.
 * Kernel:  clone(2), unshare(2), fsopen(2), mount_setattr(2), seccomp(2), landlock(7),
 *          cgroups(7), proc(5).
 * Since:   0.1
 */
ctr_probe *ctr_probe_new(ctr_error *err);

/**
 * ctr_probe_free() - free the results
 * @probe: may be NULL
 *
 * Threads: one at a time for each @probe.
 * Since:   0.1
 */
void ctr_probe_free(ctr_probe *probe);

/**
 * ctr_probe_get() - check whether a feature works
 * @probe:   borrowed
 * @feature: CTR_FEATURE_*
 *
 * Return: 1 if it works, 0 if not, -1 if @feature is unknown.
 *
 * Threads: any.
 * Since:   0.1
 */
int ctr_probe_get(const ctr_probe *probe, uint32_t feature);

/**
 * ctr_probe_value() - get the number of a feature
 * @probe:   borrowed
 * @feature: CTR_FEATURE_*
 *
 * Return: the number, 0 or more, or -1 if the feature has no number.
 *
 * Threads: any.
 * Since:   0.1
 */
int64_t ctr_probe_value(const ctr_probe *probe, uint32_t feature);

/**
 * ctr_probe_why() - get what was tested, and the result
 * @probe:   borrowed
 * @feature: CTR_FEATURE_*
 *
 * Texts of the host are escaped, see ctr_text_escape().
 *
 * Return: one line, which is valid as long as @probe; NULL if @feature is unknown.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_probe_why(const ctr_probe *probe, uint32_t feature);

/**
 * ctr_probe_hint() - get what to do about a feature that does not work
 * @probe:   borrowed
 * @feature: CTR_FEATURE_*
 *
 * Return: one line, which is valid as long as @probe; NULL if the feature works, if no remedy is
 * known, or if @feature is unknown.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_probe_hint(const ctr_probe *probe, uint32_t feature);

/**
 * ctr_probe_name() - get the name of a feature
 * @feature: CTR_FEATURE_*: from 0 upwards without gaps
 *
 * Return: such as "pid_namespace", static; NULL past the last one.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_probe_name(uint32_t feature);

/**
 * ctr_probe_json() - get all results as one line of JSON
 * @probe: borrowed
 * @text:  where it is stored, always terminated; may be NULL if @size is 0
 * @size:  room in @text, in bytes
 *
 * An object with the member "features": an array of objects with the members "name",
 * "works" (true or false), "why", "hint" (null if there is none) and "value" (null if
 * there is none), in the order of their numbers.
 *
 * Return: the length of the whole text as snprintf(3) does.
 *
 * Threads: any.
 * Since:   0.1
 */
size_t ctr_probe_json(const ctr_probe *probe, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
