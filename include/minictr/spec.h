/* SPDX-License-Identifier: MIT */
/**
 * spec.h - the description of a container
 *
 * A spec is filled by setters and handed to ctr_spawn() or ctr_plan_compile(), which do not
 * modify it. Strings are copied and descriptors duplicated. Its setters are in headers by
 * theme: minictr/mounts.h for its files, minictr/namespaces.h, and minictr/resources.h for
 * limits. What runs in it is its process, see ctr_spec_get_process().
 *
 * A setter that fails changes nothing else, but the spec keeps its error. Until
 * ctr_spec_clear_error() is called, compiling, spawning and cloning fail with the first such
 * error. A limit or a protection can therefore not get lost if the result of a setter is not
 * checked. This is also true for the setters of the spec's process, its limits and its map of
 * ids. Every setter accepts NULL for @spec, which ctr_spec_new() returns on failure. The setter
 * then fails, with CTR_E_INVALID unless @err already holds an error. A program may therefore
 * check only the result of ctr_spawn(). This applies to setters only. For some parameters NULL or
 * -1 is a valid value, such as ctr_spec_set_rootfs(spec, NULL) for the host's files, or
 * ctr_process_set_fd(process, 0, -1) for /dev/null. Check the functions that produce such a
 * value.
 *
 * These are the defaults of a new spec. Each can be changed with its setter:
 * - The process has the defaults of ctr_process_new().
 * - The root consists of the host's files, read-only, without home directories and secrets. It
 *   has a private /proc, a minimal /dev, and an empty /tmp and /run.
 * - Dangerous files in /proc and /sys are masked or read-only.
 * - The mount, PID, UTS, IPC, network (loopback only) and cgroup namespaces are new. There is a
 *   new user namespace if the caller needs one to create the others.
 * - There are no limits, and no control group is created for accounting.
 */
#ifndef MINICTR_SPEC_H
#define MINICTR_SPEC_H

#include <stdint.h>

#include <minictr/error.h>
#include <minictr/process.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctr_spec ctr_spec;

/* How the child is created, see ctr_spec_set_child(). */
#define CTR_CHILD_AUTO 0
#define CTR_CHILD_HELPER 1

/**
 * ctr_spec_new() - create a spec with the defaults above
 * @err: filled on failure only; may be NULL
 *
 * Return: the spec, which the caller frees, or NULL with
 *   CTR_E_NOMEM  out of memory
 *
 * Threads: any.
 * Since:   0.1
 */
ctr_spec *ctr_spec_new(ctr_error *err);

/**
 * ctr_spec_clone() - copy a spec
 * @spec: borrowed
 * @err:  filled on failure only; may be NULL
 *
 * Return: an independent copy, which the caller frees, or NULL with
 *   CTR_E_NOMEM   out of memory
 *   CTR_E_SYSTEM  a descriptor could not be duplicated
 *   any other     the error of a setter of @spec that has failed
 *
 * Threads: one at a time for each @spec.
 * Kernel:  fcntl(2), F_DUPFD_CLOEXEC.
 * Since:   0.1
 */
ctr_spec *ctr_spec_clone(const ctr_spec *spec, ctr_error *err);

/**
 * ctr_spec_clear_error() - forget that a setter has failed
 * @spec: may be NULL
 *
 * A setter that fails changes no setting. Call this function if the program can do without the
 * change. A spec shares one error with its process, its limits and its map of ids. Each function
 * that clears the error, such as ctr_process_clear_error(), clears it for all of them.
 *
 * Threads: one at a time for each @spec.
 * Since:   0.1
 */
void ctr_spec_clear_error(ctr_spec *spec);

/**
 * ctr_spec_free() - free a spec
 * @spec: may be NULL
 *
 * Threads: one at a time for each @spec.
 * Since:   0.1
 */
void ctr_spec_free(ctr_spec *spec);

/**
 * ctr_spec_check() - check a spec without compiling it
 * @spec: unchanged
 * @err:  filled on failure only; may be NULL
 *
 * Return: 0, or -1 with the error that ctr_plan_compile() would return.
 *
 * Threads: one at a time for each @spec.
 * Since:   0.1
 */
int ctr_spec_check(const ctr_spec *spec, ctr_error *err);

/**
 * ctr_spec_get_process() - get the process that runs in the container
 * @spec: may be NULL. Its process has the defaults of ctr_process_new() until a setter changes it
 *
 * Return: the process, which can be changed by ctr_process_set_args() and the other setters. It
 * belongs to @spec and is valid as long as @spec exists. NULL if @spec is NULL.
 *
 * Threads: one at a time for each @spec.
 * Since:   0.1
 */
ctr_process *ctr_spec_get_process(ctr_spec *spec);

/**
 * ctr_spec_set_child() - choose how the container is set up
 * @spec: changed only on success
 * @mode: CTR_CHILD_AUTO, the default: the child shares the caller's memory until it executes the
 *        program, if it never has to wait before that. CTR_CHILD_HELPER: it always executes the
 *        helper first
 * @err:  filled on failure only; may be NULL
 *
 * The kernel suspends the calling thread as long as a child shares its memory, without a time
 * limit. A child that may have to wait therefore first executes the helper, a small program that
 * the library contains. The helper sets up the container, and the caller waits for it no longer
 * than ctr_spec_set_setup_timeout_ms() allows. CTR_CHILD_AUTO uses the helper for a container
 * - with an init;
 * - with a file system that may block;
 * - with ids that another process maps, see ctr_spec_get_idmap();
 * - with a user that is not root and no user namespace, because any process with that user id
 *   could stop the child.
 *
 * With either kind of child the time of a spawn does not depend on the size of the caller's
 * memory.
 *
 * The kernel sends SIGCHLD for a helper that ends before it has become the program.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @mode is unknown
 *
 * Threads: one at a time for each @spec.
 * Kernel:  clone(2), CLONE_VM and CLONE_VFORK; memfd_create(2), or fsopen(2) where the
 *          sysctl vm.memfd_noexec forbids that.
 * Since:   0.1
 */
int ctr_spec_set_child(ctr_spec *spec, int mode, ctr_error *err);

/**
 * ctr_spec_set_setup_timeout_ms() - limit the time of the set-up
 * @spec:       changed only on success
 * @timeout_ms: milliseconds, at least 1; the default is 30000
 * @err:        filled on failure only; may be NULL
 *
 * The limit applies only to a child that does not share the caller's memory; other children
 * never block. There is one limit for the whole set-up. A shorter wall limit, see
 * ctr_spec_set_wall_limit_ms(), applies to the set-up too, but is at least 2 seconds there.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @timeout_ms is 0 or above 2147483647
 *
 * Threads: one at a time for each @spec.
 * Kernel:  poll(2), pidfd_open(2).
 * Since:   0.1
 */
int ctr_spec_set_setup_timeout_ms(ctr_spec *spec, uint32_t timeout_ms, ctr_error *err);

/**
 * ctr_spec_set_secure_execution() - allow containers in a set-user-ID program
 * @spec:    changed only on success
 * @allowed: non-zero: containers can be started even if the calling program has more
 *           privileges than the user who started it; 0, the default: they cannot
 * @err:     filled on failure only; may be NULL
 *
 * By default compiling and spawning fail with CTR_E_STATE in a program that is
 * set-user-ID or set-group-ID, that has file capabilities, or that a security
 * module has given other rights, see AT_SECURE in getauxval(3). The user who
 * started such a program chooses its descriptors, working directory, resource
 * limits and signal settings, and may send it signals. Every path of the spec is
 * opened with the rights of the program. A program that allows this must handle
 * all of these risks.
 *
 * Return: 0, or -1 if @spec is NULL.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  getauxval(3).
 * Since:   0.1
 */
int ctr_spec_set_secure_execution(ctr_spec *spec, int allowed, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
