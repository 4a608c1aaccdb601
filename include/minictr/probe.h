/* SPDX-License-Identifier: MIT */
/**
 * probe.h - what this host can do for the caller
 *
 * Each feature is tried once, as the caller and by the same means that containers are made
 * with, in children that end at once; nothing is left. The results hold for this container or
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

/* The whole. */
#define CTR_FEATURE_RUN 0 /* a container with the defaults of ctr_spec_new() */

/* Namespaces: made as the caller or, without CAP_SYS_ADMIN, in a user namespace. */
#define CTR_FEATURE_NS_MOUNT 1
#define CTR_FEATURE_NS_PID 2
#define CTR_FEATURE_NS_UTS 3
#define CTR_FEATURE_NS_IPC 4
#define CTR_FEATURE_NS_NET 5
#define CTR_FEATURE_NS_CGROUP 6
#define CTR_FEATURE_NS_USER 7 /* with an id mapped, and capabilities in it */
#define CTR_FEATURE_NS_TIME 8
#define CTR_FEATURE_USERNS_FOR_USERS 9 /* made by a process without capabilities */
#define CTR_FEATURE_ID_RANGES 10       /* more ids than one can be mapped; value: how many */

/* File systems: mounted as a container of the caller's would have them. */
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

/* What guards. */
#define CTR_FEATURE_SECCOMP 25	      /* a filter of system calls */
#define CTR_FEATURE_SECCOMP_NOTIFY 26 /* one that asks another process */
#define CTR_FEATURE_LANDLOCK 27	      /* value: its ABI */
#define CTR_FEATURE_APPARMOR 28
#define CTR_FEATURE_SELINUX 29

/* Control groups: what is in one that the caller has made. */
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
#define CTR_FEATURE_MEMFD_EXEC 43 /* executing a memory file, as an init is */

/* The caller itself. */
#define CTR_FEATURE_SHARED_CHILD 44 /* a spawn costs the same in a large program */
#define CTR_FEATURE_UNCONFINED 45   /* no sign of an enclosing container */

/* What is counted for each user of the host, containers included; value: how many there may be. */
#define CTR_FEATURE_INOTIFY 46 /* one more inotify instance */

/**
 * ctr_probe_new() - try everything once
 * @err: filled on failure only; may be NULL
 *
 * It takes some tens of milliseconds. Control groups are made and removed. Two children
 * execute something, one of them a container: they raise SIGCHLD when they end, as any
 * container does.
 *
 * Return: the answers, the caller's to free, or NULL with
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
 * ctr_probe_free() - free the answers
 * @probe: may be NULL
 *
 * Threads: one at a time for each @probe.
 * Since:   0.1
 */
void ctr_probe_free(ctr_probe *probe);

/**
 * ctr_probe_get() - whether a feature works
 * @probe:   borrowed
 * @feature: CTR_FEATURE_*
 *
 * Return: 1 if it works, 0 if not, -1 if there is no such feature.
 *
 * Threads: any.
 * Since:   0.1
 */
int ctr_probe_get(const ctr_probe *probe, uint32_t feature);

/**
 * ctr_probe_value() - the number that belongs to a feature
 * @probe:   borrowed
 * @feature: CTR_FEATURE_*
 *
 * Return: the number, 0 or more, or -1 if it has none.
 *
 * Threads: any.
 * Since:   0.1
 */
int64_t ctr_probe_value(const ctr_probe *probe, uint32_t feature);

/**
 * ctr_probe_why() - what was tried, and what came of it
 * @probe:   borrowed
 * @feature: CTR_FEATURE_*
 *
 * What ctr_text_escape() names in texts of the host becomes \xNN.
 *
 * Return: one line, which lives as long as @probe; NULL if there is no such feature.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_probe_why(const ctr_probe *probe, uint32_t feature);

/**
 * ctr_probe_hint() - what to do about a feature that does not work
 * @probe:   borrowed
 * @feature: CTR_FEATURE_*
 *
 * Return: one line, which lives as long as @probe; NULL if the feature works, nothing
 * is known, or there is no such feature.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_probe_hint(const ctr_probe *probe, uint32_t feature);

/**
 * ctr_probe_name() - the name of a feature
 * @feature: CTR_FEATURE_*: from 0 upwards without gaps
 *
 * Return: such as "pid_namespace", static; NULL past the last one.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_probe_name(uint32_t feature);

/**
 * ctr_probe_json() - all answers as one line of JSON
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
