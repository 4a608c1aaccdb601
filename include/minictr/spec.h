/* SPDX-License-Identifier: MIT */
/**
 * spec.h - the description of a container
 *
 * A spec is filled by setters and handed to ctr_spawn() or ctr_plan_compile(), which do not
 * modify it. Strings are copied and descriptors duplicated. Its setters are in headers by
 * theme: minictr/mounts.h for its files, minictr/namespaces.h, and minictr/resources.h for
 * limits. What runs in it is its process, see ctr_spec_get_process().
 *
 * A setter that fails changes nothing else, but the spec keeps its error: until
 * ctr_spec_clear_error(), compiling, spawning and cloning fail with that first error. So no
 * limit and no protection is lost because the result of a setter was not looked at. That goes
 * for the setters of its process, its limits and its map of ids too. Every setter takes NULL for
 * @spec, as ctr_spec_new() returns it on failure: it fails, with CTR_E_INVALID if @err does not
 * hold an error already. So a program may leave the checks of setters to that of ctr_spawn(). That
 * is about setters: where NULL or -1 is a value, such as ctr_spec_set_rootfs(spec, NULL) for the
 * host's files or ctr_process_set_fd(process, 0, -1) for /dev/null, look at the result of what
 * made the value.
 *
 * What a new spec stands for, each with its setter as the way out:
 * - the process of ctr_process_new(), with its defaults;
 * - root: the host's files, read-only, with a /proc, a minimal /dev and an
 *   empty /tmp and /run of its own;
 * - new mount, PID, UTS, IPC, network (loopback only) and cgroup namespaces, and a new user
 *   namespace where the caller needs one to make them.
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

/* How the child is made, see ctr_spec_set_child(). */
#define CTR_CHILD_AUTO 0
#define CTR_CHILD_HELPER 1

/**
 * ctr_spec_new() - make a spec with the defaults above
 * @err: filled on failure only; may be NULL
 *
 * Return: the spec, the caller's to free, or NULL with
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
 * Return: an independent copy, the caller's to free, or NULL with
 *   CTR_E_NOMEM   out of memory
 *   CTR_E_SYSTEM  a descriptor could not be duplicated
 *   any other     a setter of @spec has failed with it
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
 * What the setter was to change is as it was before, so this is for callers that can do without
 * it. A spec and its process, limits and map of ids have one error together: each function that
 * clears it, such as ctr_process_clear_error(), does so for all of them.
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
 * Return: 0, or -1 with what ctr_plan_compile() would give.
 *
 * Threads: one at a time for each @spec.
 * Since:   0.1
 */
int ctr_spec_check(const ctr_spec *spec, ctr_error *err);

/**
 * ctr_spec_get_process() - what runs in the container
 * @spec: one with a process as its setters left it, with the defaults of ctr_process_new() at first
 *
 * Return: the process, to be changed by ctr_process_set_args() and the like; it is the spec's
 * and lasts as long as it. NULL if @spec is NULL.
 *
 * Threads: one at a time for each @spec.
 * Since:   0.1
 */
ctr_process *ctr_spec_get_process(ctr_spec *spec);

/**
 * ctr_spec_set_child() - choose how the container is set up
 * @spec: changed only on success
 * @mode: CTR_CHILD_AUTO: the child shares the caller's memory until it executes the
 *        program, unless it must not wait there; CTR_CHILD_HELPER: it never does
 * @err:  filled on failure only; may be NULL
 *
 * A child that shares the caller's memory must not wait, because the calling thread waits
 * for it without a bound. So a child that might wait executes the helper first, a small
 * program that the library contains, and is set up there. The caller then waits no longer than
 * ctr_spec_set_setup_timeout_ms() says. CTR_CHILD_AUTO chooses the helper for a container
 * with an init, where a file system may block, where somebody else writes the map of ids, and
 * where the program's user is neither root nor in a user namespace: any process with that
 * user id can stop the child. Neither way depends on how much memory the caller has.
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
 * ctr_spec_set_setup_timeout_ms() - bound the set-up of a child that may block
 * @spec:       changed only on success
 * @timeout_ms: milliseconds, at least 1; the default is 30000
 * @err:        filled on failure only; may be NULL
 *
 * The limit applies only to a child that does not share the caller's memory; other children
 * never block. There is one limit for everything that the set-up waits for. A limit on wall time
 * that is shorter bounds the set-up too, but never to less than 2 seconds.
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
 * ctr_spec_set_secure_execution() - start containers from a set-user-ID program
 * @spec:    changed only on success
 * @allowed: non-zero: also where the calling program has more rights than the
 *           user who started it
 * @err:     filled on failure only; may be NULL
 *
 * By default compiling and spawning fail with CTR_E_STATE in a program that is
 * set-user-ID or set-group-ID, that has file capabilities, or that a security
 * module has given other rights, see AT_SECURE in getauxval(3). The user who
 * started it chooses its descriptors, working directory, resource limits and
 * signals, and may send it signals, and every path of the spec is opened with
 * the rights of the program. A program that allows this has to take care of
 * all of that.
 *
 * Return: 0.
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
