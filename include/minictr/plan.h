/* SPDX-License-Identifier: MIT */
/**
 * plan.h - a compiled spec: the steps that create the container
 *
 * Every error that can be detected in advance is reported when the spec is compiled, before any
 * process exists. A plan does not change afterwards and may be spawned any number of times,
 * from any threads.
 */
#ifndef MINICTR_PLAN_H
#define MINICTR_PLAN_H

#include <stddef.h>

#include <minictr/container.h>
#include <minictr/error.h>
#include <minictr/given.h>
#include <minictr/spec.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctr_plan ctr_plan;

/**
 * ctr_plan_compile() - check a spec and turn it into steps
 * @spec: unchanged; may be freed afterwards
 * @err:  filled on failure only; may be NULL
 *
 * This opens the root file system and the sources of binds, finds the program
 * among the files that the container will see, and checks that it can be executed.
 *
 * Return: the plan, which the caller frees, or NULL with
 *   CTR_E_INVALID         a value or a combination cannot be used
 *   CTR_E_NOT_FOUND       the program does not exist in the container
 *   CTR_E_NOT_EXECUTABLE  the program cannot be executed, or its interpreter or
 *                         loader is missing
 *   CTR_E_UNSUPPORTED     this host does not support what the spec requests
 *   CTR_E_SYSTEM          a path could not be opened
 *   CTR_E_NOMEM           out of memory
 *
 * Threads: any; one at a time for each @spec.
 * Kernel:  openat2(2), memfd_create(2).
 * Since:   0.1
 */
ctr_plan *ctr_plan_compile(const ctr_spec *spec, ctr_error *err);

/**
 * ctr_plan_free() - free a plan; its containers continue
 * @plan: may be NULL
 *
 * In a forked copy of the process this ends nothing for the original, and the copy of a plan
 * can start containers.
 *
 * Threads: one at a time for each @plan.
 * Since:   0.1
 */
void ctr_plan_free(ctr_plan *plan);

/**
 * ctr_plan_count() - get the number of steps of a plan
 * @plan: borrowed
 *
 * Return: the number of lines that ctr_plan_describe() has.
 *
 * Threads: any.
 * Since:   0.1
 */
size_t ctr_plan_count(const ctr_plan *plan);

/**
 * ctr_plan_describe() - describe a step in one line
 * @plan:  borrowed
 * @index: 0 to ctr_plan_count() - 1, in the order in which they are executed
 * @text:  where the line is stored, always terminated; may be NULL if @size
 *         is 0
 * @size:  room in @text, in bytes
 *
 * Paths, names and arguments are escaped, see ctr_text_escape().
 *
 * Return: the length of the whole line, like snprintf(3); 0 if there is no
 * such step.
 *
 * Threads: any.
 * Since:   0.1
 */
size_t ctr_plan_describe(const ctr_plan *plan, size_t index, char *text, size_t size);

/**
 * ctr_plan_prepare_networks() - create network namespaces for later containers of a plan
 * @plan: borrowed
 * @n:    how many stand ready afterwards, at least; 0 to 1024
 * @err:  filled on failure only; may be NULL
 *
 * Creating a network namespace takes about as long as all mounts of a container. A container that
 * is started from the plan, or prepared by a pool, uses one that stands ready, or else creates its
 * own. Each is used once and takes about 0.1 MiB of memory and a descriptor. Call this function
 * when there is time, such as while a container runs.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @n is out of range; or containers of the plan have no network namespace of their
 *                  own, or have a user namespace, which has to own it
 *   CTR_E_STATE    this process is a forked copy of the one that compiled the plan
 *   CTR_E_SYSTEM   a namespace could not be created
 *
 * Threads: any, the same @plan included.
 * Kernel:  network_namespaces(7), setns(2).
 * Since:   0.1
 */
int ctr_plan_prepare_networks(const ctr_plan *plan, size_t n, ctr_error *err);

/**
 * ctr_plan_spawn() - start a container from a plan
 * @plan: borrowed
 * @err:  filled on failure only; may be NULL
 *
 * The first call keeps a mount namespace with the mounts that are the same for every container.
 * Later calls start from a copy of it.
 *
 * Return: the container, which the caller frees, or NULL with an error of ctr_spawn().
 *
 * Threads: any, the same @plan included.
 * Kernel:  clone(2), setns(2), unshare(2).
 * Since:   0.1
 */
ctr_container *ctr_plan_spawn(const ctr_plan *plan, ctr_error *err);

/**
 * ctr_plan_spawn_with() - start a container from a plan, with values that are its own
 * @plan:  borrowed
 * @given: descriptors, arguments, environment variables, a control group and limits: given.h;
 *         borrowed. NULL: nothing beside the plan's
 * @err:   filled on failure only; may be NULL
 *
 * The caller may close the descriptors when this function has returned.
 *
 * Return: the container, which the caller frees, or NULL with an error of ctr_plan_spawn(), or the
 * first failure of a setter of @given, or
 *   CTR_E_INVALID  a descriptor of @given is not open; or it is a directory, and the spec did not
 *                  allow one with ctr_process_set_dir_fd(); or it replaces a descriptor that the
 *                  plan does not have. Or @given has a control group or limits that the plan does
 *                  not allow: see ctr_given_set_cgroup() and ctr_given_get_limits()
 *
 * Threads: any, the same @plan included.
 * Kernel:  clone(2), setns(2), unshare(2), dup(2), execve(2).
 * Since:   0.1
 */
ctr_container *ctr_plan_spawn_with(const ctr_plan *plan, const ctr_given *given, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
