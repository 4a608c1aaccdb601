/* SPDX-License-Identifier: MIT */
/**
 * plan.h - a spec, compiled: the steps that make the container
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
 * Opens the root file system and the sources of binds, finds the program in
 * the container's own view of files and looks at what it is.
 *
 * Return: the plan, the caller's to free, or NULL with
 *   CTR_E_INVALID         a value or a combination can't be used
 *   CTR_E_NOT_FOUND       the program does not exist in the container
 *   CTR_E_NOT_EXECUTABLE  the program can't be run, or what it needs to run
 *                         (an interpreter, a loader) is missing
 *   CTR_E_UNSUPPORTED     this host can't do what the spec asks for
 *   CTR_E_SYSTEM          a path could not be opened
 *   CTR_E_NOMEM           out of memory
 *
 * Threads: any; one at a time for each @spec.
 * Kernel:  openat2(2), memfd_create(2).
 * Since:   0.1
 */
ctr_plan *ctr_plan_compile(const ctr_spec *spec, ctr_error *err);

/**
 * ctr_plan_free() - free a plan; its containers go on
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
 * ctr_plan_count() - how many steps a plan has
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
 * @index: 0 to ctr_plan_count() - 1, in the order in which they are done
 * @text:  where the line is stored, always terminated; may be NULL if @size
 *         is 0
 * @size:  room in @text, in bytes
 *
 * What ctr_text_escape() names in paths, names and arguments becomes \xNN.
 *
 * Return: the length of the whole line as snprintf(3) does; 0 if there is no
 * such step.
 *
 * Threads: any.
 * Since:   0.1
 */
size_t ctr_plan_describe(const ctr_plan *plan, size_t index, char *text, size_t size);

/**
 * ctr_plan_spawn() - start a container from a plan
 * @plan: borrowed
 * @err:  filled on failure only; may be NULL
 *
 * The first call keeps the mounts that are the same for every container in
 * a mount namespace, which later calls start from.
 *
 * Return: the container, the caller's to free, or NULL as ctr_spawn() does.
 *
 * Threads: any, the same @plan included.
 * Kernel:  clone(2), setns(2), unshare(2).
 * Since:   0.1
 */
ctr_container *ctr_plan_spawn(const ctr_plan *plan, ctr_error *err);

/**
 * ctr_plan_spawn_with() - start a container from a plan, with what is for this one alone
 * @plan:  borrowed
 * @fds:   descriptors of the caller: this container has @fds[N] as its descriptor N,
 *         whatever the plan has there; -1 leaves the plan's. May be NULL when @n_fds is 0
 * @n_fds: how many, such as 3 for standard input, output and error
 * @args:  all arguments of the program, the first of which is its name; its end is a NULL.
 *         NULL: those of the plan. Which program is executed does not change
 * @env:   environment variables NAME=VALUE, each in addition to those of the plan or in the
 *         place of the one of that name; its end is a NULL. NULL: none
 * @err:   filled on failure only; may be NULL
 *
 * So containers of one plan can each have their own pipes or files, arguments and environment.
 * The descriptors are the caller's to close, when this has returned.
 *
 * Return: the container, the caller's to free, or NULL as ctr_plan_spawn() does, or with
 *   CTR_E_INVALID  one of @fds is not open; or is a directory, where the spec did not
 *                  say so by ctr_process_set_dir_fd(); or takes the place of what the plan
 *                  does not have: it has 0, 1 and 2, unless they are a terminal, and those
 *                  of ctr_process_set_fd() and ctr_process_set_dir_fd(). @args has no first
 *                  argument. One of @env has no name, or no "="
 *
 * Threads: any, the same @plan included.
 * Kernel:  clone(2), setns(2), unshare(2), dup(2), execve(2).
 * Since:   0.1
 */
ctr_container *ctr_plan_spawn_with(const ctr_plan *plan, const int *fds, size_t n_fds,
				   char *const *args, char *const *env, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
