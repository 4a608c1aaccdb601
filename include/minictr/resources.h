/* SPDX-License-Identifier: MIT */
/**
 * resources.h - limits on the resources and the time of a container
 */
#ifndef MINICTR_RESOURCES_H
#define MINICTR_RESOURCES_H

#include <stdint.h>

#include <minictr/cgroup.h>
#include <minictr/error.h>
#include <minictr/limits.h>
#include <minictr/spec.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whether the resources that a container uses are counted, see ctr_spec_set_accounting(). */
#define CTR_ACCOUNTING_OFF 0
#define CTR_ACCOUNTING_ON 1
#define CTR_ACCOUNTING_AUTO 2 /* if the caller may create control groups */

/**
 * ctr_spec_get_limits() - get the limits of the container
 * @spec: may be NULL; a new spec has no limits
 *
 * A container with limits runs in a separate control group. It joins the group
 * before its program starts, and the group is removed when it has ended.
 *
 * Return: the limits, which can be changed by ctr_limits_set_pids_max() and the other setters.
 * They belong to @spec and are valid as long as it exists. NULL if @spec is NULL.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  cgroups(7).
 * Since:   0.1
 */
ctr_limits *ctr_spec_get_limits(ctr_spec *spec);

/**
 * ctr_spec_set_wall_limit_ms() - limit how long the container may run
 * @spec: changed only on success
 * @ms:   milliseconds from the program's execution; 0, the default: no limit
 * @err:  filled on failure only; may be NULL
 *
 * When the time is up, ctr_container_wait() kills all processes of the container. For event loops
 * see ctr_container_event_fd().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @ms is longer than a year
 *
 * Threads: one at a time for each @spec.
 * Kernel:  clock_gettime(2), CLOCK_MONOTONIC.
 * Since:   0.1
 */
int ctr_spec_set_wall_limit_ms(ctr_spec *spec, uint64_t ms, ctr_error *err);

/**
 * ctr_spec_set_cpu_limit_ms() - limit how much CPU time the container may use
 * @spec: changed only on success
 * @ms:   milliseconds, summed over all processes; 0, the default: no limit
 * @err:  filled on failure only; may be NULL
 *
 * Enforced like ctr_spec_set_wall_limit_ms(), by the CPU time that its control group accounts.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @ms is longer than a year
 *
 * Threads: one at a time for each @spec.
 * Kernel:  cpu.stat, or cpuacct.usage: cgroups(7).
 * Since:   0.1
 */
int ctr_spec_set_cpu_limit_ms(ctr_spec *spec, uint64_t ms, ctr_error *err);

/**
 * ctr_spec_set_output_limit() - limit how large the program may make a file
 * @spec:  changed only on success
 * @bytes: size to which the program may extend any file by writing; 0, the default: no limit
 * @err:   filled on failure only; may be NULL
 *
 * A write beyond the limit fails with EFBIG, and SIGXFSZ kills the process. Because process 1
 * ignores that signal, an init is used, see ctr_process_set_init(). The limit does not apply to
 * pipes and terminals: there the reader has to count.
 *
 * CTR_END_OUTPUT_LIMIT is reported in these cases:
 * - SIGXFSZ killed the program.
 * - The program exited with 128 + SIGXFSZ, as a shell does after SIGXFSZ killed its program.
 * - The program failed, by any other exit status than 0 or by any signal, and its standard output
 *   or error is a file that was smaller than @bytes at the start and has @bytes at the end.
 *
 * The last case covers programs that ignore the signal, as those in Python do, if the caller has
 * given them the file as descriptor 1 or 2. If such a program fails because of another file, or
 * exits with 0, its end is CTR_END_EXITED.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @bytes is 2^63 or more
 *
 * Threads: one at a time for each @spec.
 * Kernel:  getrlimit(2), RLIMIT_FSIZE.
 * Since:   0.1
 */
int ctr_spec_set_output_limit(ctr_spec *spec, uint64_t bytes, ctr_error *err);

/**
 * ctr_spec_set_accounting() - count the resources that the container uses
 * @spec:    changed only on success
 * @enabled: CTR_ACCOUNTING_ON: the container gets a control group in every hierarchy that counts
 *           or freezes, even without limits; CTR_ACCOUNTING_AUTO: the same if the caller may
 *           create such groups, otherwise as off; CTR_ACCOUNTING_OFF, the default: only in
 *           hierarchies with a limit
 * @err:     filled on failure only; may be NULL
 *
 * On cgroup v2, which has a single hierarchy, any limit enables all accounting.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @enabled is not one of these
 *
 * Threads: one at a time for each @spec.
 * Kernel:  cgroups(7).
 * Since:   0.1
 */
int ctr_spec_set_accounting(ctr_spec *spec, int enabled, ctr_error *err);

/**
 * ctr_spec_set_cgroup() - use an existing control group
 * @spec:  changed only on success
 * @group: stays valid for the spec, its plans and its containers after the caller frees it
 * @err:   filled on failure only; may be NULL
 *
 * By default each container has its own group, if it needs one. One group for many containers, one
 * after the other, costs less than a group for each. The limits are those of the group; several
 * containers at a time share them.
 *
 * The usage of a container is the difference between its end and its start. While other processes
 * are in the group, their use is included: in the usage, in the CPU time limit, and in the
 * detection of CTR_END_OUT_OF_MEMORY. Freezing, signals to all processes and updates affect all
 * processes of the group. On v1 a frozen group is thawed when a container in it is killed. The
 * group is not removed when the container has ended. The group also determines which counters
 * exist: ctr_spec_set_accounting() adds none.
 *
 * Compiling fails with CTR_E_INVALID if the spec also has limits, a parent for groups or the
 * host's PID namespace, or if it has a CPU time limit and the group does not count CPU time.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @group is NULL, unless @err already holds an error, which is kept
 *
 * Threads: one at a time for each @spec.
 * Kernel:  clone(2), CLONE_INTO_CGROUP; cgroups(7).
 * Since:   0.1
 */
int ctr_spec_set_cgroup(ctr_spec *spec, ctr_cgroup *group, ctr_error *err);

/**
 * ctr_spec_set_cgroup_parent() - choose where the container's group is created
 * @spec: changed only on success
 * @path: the parent group, from the root of each hierarchy, such as "/jobs";
 *        copied. It must exist and, on cgroup v2, contain no processes. NULL, the
 *        default: the group that the caller is in when the spec is compiled, or,
 *        on cgroup v2, the nearest ancestor that can have child groups and that
 *        the caller may modify
 * @err:  filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @path is not absolute, or contains ".."
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  cgroups(7), "no internal processes".
 * Since:   0.1
 */
int ctr_spec_set_cgroup_parent(ctr_spec *spec, const char *path, ctr_error *err);

/**
 * ctr_spec_set_delegate() - let the container create groups in its own group
 * @spec:    changed only on success
 * @enabled: 1: the mounts of ctr_spec_add_cgroup() are writable, so that containers can be
 *           created inside; 0, the default: they are read-only
 * @err:     filled on failure only; may be NULL
 *
 * The container's own limits are safe only if its user cannot write them. Root inside, without
 * a user namespace, can change them, including device rules on v1. On cgroup v2 the container
 * starts in the group "leaf" inside its own, because a group with child groups must not contain
 * processes.
 *
 * Compiling fails with CTR_E_INVALID if the group is shared, or if the cgroup namespace is not
 * new.
 *
 * Return: 0, or -1 if @spec is NULL.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  cgroups(7), "no internal processes"; cgroup_namespaces(7).
 * Since:   0.1
 */
int ctr_spec_set_delegate(ctr_spec *spec, int enabled, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
