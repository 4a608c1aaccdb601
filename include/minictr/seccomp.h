/* SPDX-License-Identifier: MIT */
/**
 * seccomp.h - filters of system calls for the calling process
 *
 * These functions load filters into the calling thread, like those that a container gets with the
 * ctr_process_set_seccomp*() functions. A filter cannot be removed again, and children inherit it.
 * Further filters are evaluated too, and the strictest result wins.
 */
#ifndef MINICTR_SECCOMP_H
#define MINICTR_SECCOMP_H

#include <stddef.h>
#include <stdint.h>

#include <minictr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * ctr_seccomp_load_default() - filter system calls as for a container
 * @caps: bits of the capabilities whose calls are allowed, such as ctr_caps_default()
 * @err:  filled on failure only; may be NULL
 *
 * This loads the filter of CTR_SECCOMP_DEFAULT, see ctr_process_set_seccomp().
 *
 * Return: 0, or -1 with
 *   CTR_E_NOMEM    out of memory
 *   CTR_E_SYSTEM   seccomp(2) failed: EACCES if the caller has neither no_new_privs, see
 *                  ctr_set_no_new_privs(), nor CAP_SYS_ADMIN
 *
 * Threads: any; affects the calling thread.
 * Kernel:  seccomp(2).
 * Since:   0.1
 */
int ctr_seccomp_load_default(uint64_t caps, ctr_error *err);

/**
 * ctr_seccomp_load_json() - filter system calls by a profile
 * @text: a profile, see ctr_process_set_seccomp_json()
 * @caps: bits of the capabilities to which its includes and excludes refer
 * @err:  filled on failure only; may be NULL
 *
 * With the flag SECCOMP_FILTER_FLAG_TSYNC the filter applies to all threads of the process.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @text is not a profile, or it has SCMP_ACT_NOTIFY, which needs a listener
 *   CTR_E_NOMEM    out of memory
 *   CTR_E_SYSTEM   seccomp(2) failed: EACCES as for ctr_seccomp_load_default(); ESRCH if
 *                  another thread has a filter that this one does not have
 *
 * Threads: any; affects the calling thread.
 * Kernel:  seccomp(2).
 * Since:   0.1
 */
int ctr_seccomp_load_json(const char *text, uint64_t caps, ctr_error *err);

/**
 * ctr_seccomp_load_bpf() - filter system calls by a program
 * @program:        an array of struct sock_filter of linux/filter.h
 * @n_instructions: number of instructions, 1 to 4096
 * @err:            filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @program is NULL, it has no or too many instructions, or it returns
 *                  SECCOMP_RET_USER_NOTIF
 *   CTR_E_SYSTEM   seccomp(2) failed: EINVAL for a program that the kernel does not accept,
 *                  EACCES as for ctr_seccomp_load_default()
 *
 * Threads: any; affects the calling thread.
 * Kernel:  seccomp(2).
 * Since:   0.1
 */
int ctr_seccomp_load_bpf(const void *program, size_t n_instructions, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
