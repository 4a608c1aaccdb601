/* SPDX-License-Identifier: MIT */
/**
 * credentials.h - ids of the calling process, and no_new_privs
 *
 * These functions do for the calling process what a spec does for a container.
 */
#ifndef MINICTR_CREDENTIALS_H
#define MINICTR_CREDENTIALS_H

#include <stddef.h>
#include <stdint.h>

#include <minictr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * ctr_set_no_new_privs() - never gain privileges by execve(2) again
 * @err: filled on failure only; may be NULL
 *
 * Can't be undone; children inherit it.
 *
 * Return: 0, or -1 with
 *   CTR_E_SYSTEM   prctl(2) failed
 *
 * Threads: any; affects the calling thread.
 * Kernel:  prctl(2), PR_SET_NO_NEW_PRIVS.
 * Since:   0.1
 */
int ctr_set_no_new_privs(ctr_error *err);

/**
 * ctr_set_ids() - become another user, for good
 * @uid:      real, effective and saved user id; not 4294967295
 * @gid:      real, effective and saved group id; not 4294967295
 * @groups:   supplementary groups; may be NULL if @n_groups is 0
 * @n_groups: number of groups; 0: the process has no supplementary groups afterwards
 * @err:      filled on failure only; may be NULL
 *
 * When the ids change, the kernel clears the signal of PR_SET_PDEATHSIG and makes the process
 * non-dumpable, see PR_SET_DUMPABLE. Set both again afterwards if you need them.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  an id is 4294967295, or @n_groups is above 65536
 *   CTR_E_SYSTEM   setgroups(2), setresgid(2) or setresuid(2) failed; ids
 *                  that had already been changed were restored
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: affects the calling thread only, unlike setuid(3). Call it while
 *          the process has one thread.
 * Kernel:  setgroups(2), setresgid(2), setresuid(2), credentials(7).
 * Since:   0.1
 */
int ctr_set_ids(uint32_t uid, uint32_t gid, const uint32_t *groups, size_t n_groups,
		ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
