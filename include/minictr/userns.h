/* SPDX-License-Identifier: MIT */
/**
 * userns.h - user namespaces and their maps of ids
 *
 * A map assigns ids outside to the ids inside a user namespace. Callers that may not
 * write the map themselves, see user_namespaces(7), use newuidmap(1) and newgidmap(1) for the
 * ids granted to them in /etc/subuid and /etc/subgid.
 *
 * A setter that fails changes nothing else, but the map keeps its error. Until
 * ctr_idmap_clear_error() is called, functions that use the map fail with the first such error.
 * Every setter accepts NULL for @map. It then fails, with CTR_E_INVALID unless @err already holds
 * an error.
 */
#ifndef MINICTR_USERNS_H
#define MINICTR_USERNS_H

#include <stdint.h>

#include <minictr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctr_idmap ctr_idmap;

/**
 * ctr_idmap_new() - create an empty map
 * @err: filled on failure only; may be NULL
 *
 * Return: the map, which the caller frees; NULL with
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: any.
 * Since:   0.1
 */
ctr_idmap *ctr_idmap_new(ctr_error *err);

/**
 * ctr_idmap_free() - free a map
 * @map: may be NULL
 *
 * Threads: one at a time for each @map.
 * Since:   0.1
 */
void ctr_idmap_free(ctr_idmap *map);

/**
 * ctr_idmap_clear_error() - forget that a setter has failed
 * @map: may be NULL
 *
 * Threads: one at a time for each @map.
 * Since:   0.1
 */
void ctr_idmap_clear_error(ctr_idmap *map);

/**
 * ctr_idmap_add_uids() - map a range of user ids
 * @map:     changed only on success
 * @inside:  the first id in the namespace
 * @outside: the first id in the caller's user namespace
 * @count:   number of consecutive ids, at least 1
 * @err:     filled on failure only; may be NULL
 *
 * If no range of group ids is added, those of users are used for groups too, and vice versa.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  the range is empty, goes beyond 4294967294, overlaps
 *                  another one inside or outside, or is the 341st. The kernel also
 *                  limits the map to 4095 bytes of text, which fewer ranges may exceed
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @map.
 * Kernel:  user_namespaces(7).
 * Since:   0.1
 */
int ctr_idmap_add_uids(ctr_idmap *map, uint32_t inside, uint32_t outside, uint32_t count,
		       ctr_error *err);

/**
 * ctr_idmap_add_gids() - map a range of group ids
 * @map:     changed only on success
 * @inside:  the first id in the namespace
 * @outside: the first id in the caller's user namespace
 * @count:   number of consecutive ids, at least 1
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  the range is empty, goes beyond 4294967294, overlaps
 *                  another one inside or outside, or is the 341st. The kernel also
 *                  limits the map to 4095 bytes of text, which fewer ranges may exceed
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @map.
 * Kernel:  user_namespaces(7).
 * Since:   0.1
 */
int ctr_idmap_add_gids(ctr_idmap *map, uint32_t inside, uint32_t outside, uint32_t count,
		       ctr_error *err);

/**
 * ctr_idmap_add_ranges() - map the caller to 0 and its subordinate ranges to the ids from 1 on
 * @map: empty; changed only on success
 * @err: filled on failure only; may be NULL
 *
 * The caller's effective ids become 0. The ids that /etc/subuid and /etc/subgid grant
 * to the caller, by user id or by its name in /etc/passwd, become the ids from 1 on.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID      @map is not empty
 *   CTR_E_UNSUPPORTED  one of the files has no range for the caller
 *   CTR_E_SYSTEM       one of the files cannot be read
 *   CTR_E_NOMEM        out of memory
 *
 * Threads: one at a time for each @map.
 * Kernel:  subuid(5), subgid(5).
 * Since:   0.1
 */
int ctr_idmap_add_ranges(ctr_idmap *map, ctr_error *err);

/**
 * ctr_userns_map() - map the ids of a process's user namespace
 * @map: not empty
 * @pid: a process of the caller, in a user namespace that the process or the caller has
 *       created and that has no ids yet
 * @err: filled on failure only; may be NULL
 *
 * newuidmap(1) and newgidmap(1) are executed if the caller does not have CAP_SETUID or
 * CAP_SETGID. The process must not be reaped during the call. The user ids are written first, and
 * the kernel accepts each map only once. If the group ids are refused, the namespace already has
 * its user ids, so end the process.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID      @map is empty, or longer than the kernel accepts
 *   CTR_E_UNSUPPORTED  the caller may not map the ids, or newuidmap(1) is not installed;
 *                      the message names the reason
 *   CTR_E_SYSTEM       the kernel, or newuidmap(1), refused
 *   CTR_E_TIMEOUT      newuidmap(1) took more than 30 s
 *   CTR_E_KILLED       newuidmap(1) was killed as it started
 *   CTR_E_NOMEM        out of memory
 *
 * Threads: any.
 * Kernel:  user_namespaces(7), newuidmap(1).
 * Since:   0.1
 */
int ctr_userns_map(const ctr_idmap *map, int32_t pid, ctr_error *err);

/**
 * ctr_userns_create() - create a user namespace with these ids
 * @map: not empty
 * @err: filled on failure only; may be NULL
 *
 * The namespace contains no process. Join it with ctr_setns(), or pass it to
 * ctr_mount_bind_idmapped(). It disappears with its last descriptor and process.
 *
 * Return: a descriptor, close-on-exec, which the caller closes; -1 with
 *   CTR_E_INVALID      @map is empty, or longer than the kernel accepts
 *   CTR_E_UNSUPPORTED  as for ctr_userns_map(), or this host forbids user
 *                      namespaces; the message names the reason
 *   CTR_E_SYSTEM       clone3(2), or what ctr_userns_map() does, failed
 *   CTR_E_TIMEOUT      newuidmap(1) took more than 30 s
 *   CTR_E_KILLED       the child that creates it was killed
 *   CTR_E_NOMEM        out of memory
 *
 * Threads: any.
 * Kernel:  clone3(2), user_namespaces(7).
 * Since:   0.1
 */
int ctr_userns_create(const ctr_idmap *map, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
