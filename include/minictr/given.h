/* SPDX-License-Identifier: MIT */
/**
 * given.h - what one container of a plan gets that the others do not
 *
 * A plan is the same for all of its containers. These are the values that can differ from one
 * container to the next: descriptors, arguments, environment variables, the control group and
 * limits. The object can be used for any number of containers.
 *
 * After a setter has failed, functions that use the object fail with the first such error, until
 * ctr_given_clear_error() is called.
 */
#ifndef MINICTR_GIVEN_H
#define MINICTR_GIVEN_H

#include <stdint.h>

#include <minictr/cgroup.h>
#include <minictr/error.h>
#include <minictr/limits.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctr_given ctr_given;

/**
 * ctr_given_new() - create an empty set of values
 * @err: filled on failure only; may be NULL
 *
 * Return: the object, which the caller frees, or NULL with
 *   CTR_E_NOMEM  out of memory
 *
 * Threads: any.
 * Kernel:  none.
 * Since:   0.1
 */
ctr_given *ctr_given_new(ctr_error *err);

/**
 * ctr_given_free() - free it
 * @given: may be NULL
 *
 * Threads: one at a time for each @given.
 * Kernel:  none.
 * Since:   0.1
 */
void ctr_given_free(ctr_given *given);

/**
 * ctr_given_clear_error() - forget that a setter has failed
 * @given: may be NULL
 *
 * Threads: one at a time for each @given.
 * Kernel:  none.
 * Since:   0.1
 */
void ctr_given_clear_error(ctr_given *given);

/**
 * ctr_given_set_fd() - give the container a descriptor
 * @given:  changed only on success
 * @target: number in the container. The plan must have it: it has 0, 1 and 2, unless they are a
 *          terminal, and those of ctr_process_set_fd() and ctr_process_set_dir_fd()
 * @source: descriptor of the caller, which must be open when the container is started. It is not
 *          copied: the caller may close it after that. -1: that of the plan
 * @err:    filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a number is out of range, unless @err already holds an error, which is kept
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @given.
 * Kernel:  dup(2).
 * Since:   0.1
 */
int ctr_given_set_fd(ctr_given *given, int target, int source, ctr_error *err);

/**
 * ctr_given_set_args() - replace the arguments of the program
 * @given: changed only on success
 * @args:  all arguments, beginning with the name of the program; ends with NULL; copied. NULL:
 *         those of the plan. The program that is executed does not change
 * @err:   filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @args has no first argument, unless @err already holds an error, which is kept
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @given.
 * Kernel:  execve(2).
 * Since:   0.1
 */
int ctr_given_set_args(ctr_given *given, char *const *args, ctr_error *err);

/**
 * ctr_given_set_env() - add an environment variable, or replace that of the plan
 * @given: changed only on success
 * @name:  without "="; copied
 * @value: copied
 * @err:   filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @name is NULL, is empty or has a "=", or @value is NULL, unless @err already
 *                  holds an error, which is kept
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @given.
 * Kernel:  execve(2).
 * Since:   0.1
 */
int ctr_given_set_env(ctr_given *given, const char *name, const char *value, ctr_error *err);

/**
 * ctr_given_set_cgroup() - choose the control group
 * @given: changed only on success
 * @group: stays valid for @given and its containers after the caller frees it. NULL: that of
 *         the plan
 * @err:   filled on failure only; may be NULL
 *
 * What ctr_spec_set_cgroup() says about the group applies here, too. The plan must not create a
 * group for each container, and must have a PID namespace of its own.
 *
 * Return: 0, or -1 if @given is NULL or one of its setters has failed.
 *
 * Threads: one at a time for each @given.
 * Kernel:  cgroups(7).
 * Since:   0.1
 */
int ctr_given_set_cgroup(ctr_given *given, ctr_cgroup *group, ctr_error *err);

/**
 * ctr_given_get_limits() - get the limits, to set them
 * @given: may be NULL
 *
 * They replace limits of the plan, which must create a control group for each container.
 *
 * Return: the limits, which belong to @given, or NULL if that is NULL.
 *
 * Threads: one at a time for each @given.
 * Kernel:  cgroups(7).
 * Since:   0.1
 */
ctr_limits *ctr_given_get_limits(ctr_given *given);

/**
 * ctr_given_set_wall_limit_ms() - replace the limit on time
 * @given: changed only on success
 * @ms:    milliseconds, 0 (none) to 31536000000
 * @err:   filled on failure only; may be NULL
 *
 * See ctr_spec_set_wall_limit_ms().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @ms is out of range, unless @err already holds an error, which is kept
 *
 * Threads: one at a time for each @given.
 * Kernel:  none.
 * Since:   0.1
 */
int ctr_given_set_wall_limit_ms(ctr_given *given, uint64_t ms, ctr_error *err);

/**
 * ctr_given_set_cpu_limit_ms() - replace the limit on CPU time
 * @given: changed only on success
 * @ms:    milliseconds, 0 (none) to 31536000000
 * @err:   filled on failure only; may be NULL
 *
 * See ctr_spec_set_cpu_limit_ms(). The container must be in a control group that counts CPU time.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @ms is out of range, unless @err already holds an error, which is kept
 *
 * Threads: one at a time for each @given.
 * Kernel:  cgroups(7), cpu.stat or cpuacct.usage.
 * Since:   0.1
 */
int ctr_given_set_cpu_limit_ms(ctr_given *given, uint64_t ms, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
