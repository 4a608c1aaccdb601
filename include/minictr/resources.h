/* SPDX-License-Identifier: MIT */
/**
 * resources.h - what a container may use, and for how long
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

/* Whether ctr_spec_set_accounting() has a container counted. */
#define CTR_ACCOUNTING_OFF 0
#define CTR_ACCOUNTING_ON 1
#define CTR_ACCOUNTING_AUTO 2 /* where the caller may make control groups */

/**
 * ctr_spec_get_limits() - what the container may use
 * @spec: its setters fill the limits; a new spec has none
 *
 * A container with limits runs in a control group of its own, which it joins
 * before its program starts, and which is removed when it has ended.
 *
 * Return: the limits, to be changed by ctr_limits_set_pids_max() and the like;
 * they belong to @spec and are valid as long as it exists.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  cgroups(7).
 * Since:   0.1
 */
ctr_limits *ctr_spec_get_limits(ctr_spec *spec);

/**
 * ctr_spec_set_wall_limit_ms() - limit how long it may run
 * @spec: changed only on success
 * @ms:   milliseconds from the program's execution; 0, the default: no limit
 * @err:  filled on failure only; may be NULL
 *
 * When the time is up, ctr_container_wait() kills all its processes; see
 * ctr_container_event_fd() for event loops.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @ms is more than a year
 *
 * Threads: one at a time for each @spec.
 * Kernel:  clock_gettime(2), CLOCK_MONOTONIC.
 * Since:   0.1
 */
int ctr_spec_set_wall_limit_ms(ctr_spec *spec, uint64_t ms, ctr_error *err);

/**
 * ctr_spec_set_cpu_limit_ms() - limit how much CPU time it may use
 * @spec: changed only on success
 * @ms:   milliseconds of all its processes together; 0, the default: no limit
 * @err:  filled on failure only; may be NULL
 *
 * Enforced like ctr_spec_set_wall_limit_ms(), by the CPU time that its control group accounts.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @ms is more than a year
 *
 * Threads: one at a time for each @spec.
 * Kernel:  cpu.stat, or cpuacct.usage: cgroups(7).
 * Since:   0.1
 */
int ctr_spec_set_cpu_limit_ms(ctr_spec *spec, uint64_t ms, ctr_error *err);

/**
 * ctr_spec_set_output_limit() - limit how much it may write to a file
 * @spec:  changed only on success
 * @bytes: the most that any one file may become by its writing; 0, the default: no limit
 * @err:   filled on failure only; may be NULL
 *
 * A write beyond it fails with EFBIG, and SIGXFSZ ends the process. A first process ignores
 * that signal, so there is an init, see ctr_process_set_init(). For output to pipes and terminals
 * it does nothing: there the reader counts.
 *
 * CTR_END_OUTPUT_LIMIT is reported when the program was ended by SIGXFSZ, when it exited with
 * 128 + SIGXFSZ, as a shell does whose program was, and when it failed (another exit status
 * than 0, or any signal) and its standard output or error is a file that was smaller than
 * @bytes at the start and has @bytes at the end. So a program that ignores the signal, as
 * those in Python do, is recognised when it writes to a file that the caller has given it as
 * descriptor 1 or 2. One that fails for such a write to another file is not: its end is
 * CTR_END_EXITED. Nor is one that exits with 0.
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
 * ctr_spec_set_accounting() - count what the container uses
 * @spec:    changed only on success
 * @enabled: CTR_ACCOUNTING_ON: it gets a control group in every hierarchy that counts or
 *           freezes, limits or not; CTR_ACCOUNTING_AUTO: the same if the caller may make
 *           such groups, else as off; CTR_ACCOUNTING_OFF, the default: only where it has
 *           a limit
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
 * ctr_spec_set_cgroup() - use a control group that is there
 * @spec:  changed only on success
 * @group: used by the spec and its plans and containers, also when the caller frees it
 * @err:   filled on failure only; may be NULL
 *
 * Without this call each container has its own group, if it needs one. One group for many
 * containers, one after the other, costs less than one for each. Limits are those of the group;
 * several at a time share them. What a container has used is told as the difference to its start:
 * so while others are in the group their use counts too, in the numbers, for the limit on CPU time,
 * and for being out of memory; freezing, signals to all and updates concern all in the group. On v1
 * a group that is frozen goes on when a container in it is killed. The group stays when the
 * container has ended.
 *
 * Whether there are numbers is the group's affair too: ctr_spec_set_accounting() adds none.
 *
 * Compiling such a spec fails with CTR_E_INVALID if it has limits too, a parent for groups,
 * or the host's PID namespace, or a limit on CPU time while the group counts none.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @group is NULL; or the error that @err holds already, which says why
 *
 * Threads: one at a time for each @spec.
 * Kernel:  clone(2), CLONE_INTO_CGROUP; cgroups(7).
 * Since:   0.1
 */
int ctr_spec_set_cgroup(ctr_spec *spec, ctr_cgroup *group, ctr_error *err);

/**
 * ctr_spec_set_cgroup_parent() - choose where the container's group is made
 * @spec: changed only on success
 * @path: the group to make it in, from the root of each hierarchy, such as
 *        "/jobs"; copied. It must exist and, on cgroup v2, have no process in
 *        it. NULL, the default: the group that the caller is in when the spec is
 *        compiled, or on cgroup v2 the nearest one above it that can hold
 *        others and is the caller's to change
 * @err:  filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @path is not absolute, or leads upwards
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  cgroups(7), "no internal processes".
 * Since:   0.1
 */
int ctr_spec_set_cgroup_parent(ctr_spec *spec, const char *path, ctr_error *err);

/**
 * ctr_spec_set_delegate() - let the container divide its group
 * @spec:    changed only on success
 * @enabled: 1: what ctr_spec_add_cgroup() shows can be written, so that containers can be
 *           made inside; 0, the default: it is read-only
 * @err:     filled on failure only; may be NULL
 *
 * The container's own limits are safe only if its user cannot write them. Root inside, without
 * a user namespace, can change them, including device rules on v1. On cgroup v2, where a group
 * that is divided holds no processes, the container starts in the group "leaf" inside its own.
 *
 * Compiling fails with CTR_E_INVALID for a group that is shared, and if the cgroup namespace
 * is not the container's own.
 *
 * Return: 0.
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
