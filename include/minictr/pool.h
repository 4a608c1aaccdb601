/* SPDX-License-Identifier: MIT */
/**
 * pool.h - containers that stand ready: all of the set-up is done before they are needed
 *
 * Each child of a pool has done everything that does not depend on the container at hand, and
 * waits. Taking one gives it its descriptors, arguments, environment, control group and limits,
 * and has it execute the program. That takes little longer than posix_spawn(3).
 */
#ifndef MINICTR_POOL_H
#define MINICTR_POOL_H

#include <stddef.h>

#include <minictr/container.h>
#include <minictr/error.h>
#include <minictr/given.h>
#include <minictr/plan.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctr_pool ctr_pool;

/**
 * ctr_pool_new() - create a pool, and prepare its children
 * @plan: borrowed; must not be freed before the pool
 * @n:    how many children stand ready, 1 to 1024
 * @err:  filled on failure only; may be NULL
 *
 * A child that waits has two processes, or one without an init. It takes some 0.3 MiB of memory and
 * five descriptors of the caller. If the plan creates a control group for each container, the
 * child is already in its group. The children end when the pool is freed and when the caller's
 * process ends. Without an init, a container that dies with the caller also ends when the thread
 * ends that prepared its child.
 *
 * Return: the pool, which the caller frees, or NULL with an error of ctr_plan_spawn() or
 *   CTR_E_INVALID  @n is out of range; or the plan has more than 253 descriptors
 *
 * Threads: any.
 * Kernel:  clone(2), memfd_create(2).
 * Since:   0.1
 */
ctr_pool *ctr_pool_new(const ctr_plan *plan, size_t n, ctr_error *err);

/**
 * ctr_pool_free() - end the children that wait, and free the pool
 * @pool: may be NULL
 *
 * Containers that were taken from it continue. In a forked copy of the process this ends nothing.
 *
 * Threads: one at a time for each @pool.
 * Kernel:  pidfd_send_signal(2).
 * Since:   0.1
 */
void ctr_pool_free(ctr_pool *pool);

/**
 * ctr_pool_take() - start the program in a child that stands ready
 * @pool:  borrowed
 * @given: what this container gets; borrowed. NULL: nothing beside the plan's
 * @err:   filled on failure only; may be NULL
 *
 * A child that has ended is not used. A child whose files were replaced is not used either: the
 * paths of the root file system and of the sources of binds are compared with what they were when
 * the plan was compiled, unless all containers of the plan start from the same mounts. The file of
 * the program is compared with what it was when the child was prepared, by its size and its time
 * of change, too. Libraries and other files are not compared. If no child stands ready, this
 * prepares one. It does not prepare others: ctr_pool_refill() does.
 *
 * Return: the container, which the caller frees, or NULL with an error of ctr_plan_spawn_with() or
 *   CTR_E_STATE  this process is a forked copy of the one that created the pool
 *
 * Threads: any, the same @pool included.
 * Kernel:  unix(7), execve(2).
 * Since:   0.1
 */
ctr_container *ctr_pool_take(ctr_pool *pool, const ctr_given *given, ctr_error *err);

/**
 * ctr_pool_refill() - prepare children until enough stand ready
 * @pool: borrowed
 * @max:  how many at most; 0: as many as are missing
 * @err:  filled on failure only; may be NULL
 *
 * Call it when there is time, such as while a container runs. Children that have ended are removed
 * first.
 *
 * Return: how many are still missing, or -1 with an error of ctr_pool_new() or
 *   CTR_E_STATE  this process is a forked copy of the one that created the pool
 *
 * Threads: any, the same @pool included.
 * Kernel:  clone(2).
 * Since:   0.1
 */
int ctr_pool_refill(ctr_pool *pool, size_t max, ctr_error *err);

/**
 * ctr_pool_count() - get how many children stand ready
 * @pool: borrowed; NULL: 0
 *
 * Return: their number; some of them may have ended.
 *
 * Threads: any, the same @pool included.
 * Kernel:  none.
 * Since:   0.1
 */
size_t ctr_pool_count(ctr_pool *pool);

#ifdef __cplusplus
}
#endif

#endif
