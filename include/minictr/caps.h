/* SPDX-License-Identifier: MIT */
/**
 * caps.h - capabilities: the privileges of root, one by one
 *
 * By their names, such as CAP_NET_ADMIN, and as sets of bits, in which the bit with the
 * number of a capability stands for it.
 */
#ifndef MINICTR_CAPS_H
#define MINICTR_CAPS_H

#include <stdint.h>

#include <minictr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * ctr_caps_default() - the default capabilities of a container
 *
 * Programs that expect to be root need these for the files and users of their own
 * container: CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, NET_BIND_SERVICE, SETFCAP, SETGID,
 * SETPCAP, SETUID and SYS_CHROOT.
 *
 * Return: the bits.
 *
 * Threads: any.
 * Since:   0.1
 */
uint64_t ctr_caps_default(void);

/**
 * ctr_caps_number() - the number of a capability
 * @name: such as "CAP_NET_ADMIN" or "net_admin", in either case
 * @err:  filled on failure only; may be NULL
 *
 * Return: 0 to 63, or -1 with
 *   CTR_E_INVALID  there is none of that name
 *
 * Threads: any.
 * Since:   0.1
 */
int ctr_caps_number(const char *name, ctr_error *err);

/**
 * ctr_caps_name() - the name of a capability
 * @number: 0 is the first
 *
 * Return: such as "CAP_NET_ADMIN", static; NULL if it has none.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_caps_name(int number);

/**
 * ctr_caps_limit() - give up all capabilities but some, for good
 * @keep:    the bits of those that stay, if the thread has them: permitted, effective and
 *           in the bounding set
 * @ambient: the bits of those, out of @keep, that programs have which another user than
 *           root executes
 * @err:     filled on failure only; may be NULL
 *
 * The inheritable set is the ambient one afterwards. The flags of the thread, such as that of
 * PR_SET_KEEPCAPS and the securebits, stay as they are. So ctr_set_ids() from root to another
 * user takes away what has stayed, the ambient ones too. To give some to a program of another
 * user, set SECBIT_NO_SETUID_FIXUP by prctl(2), then call ctr_set_ids(), and this function last.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @ambient has bits that @keep has not
 *   CTR_E_SYSTEM   EPERM: the thread lacks CAP_SETPCAP and its bounding set has others than
 *                  @keep, or nothing may become ambient; nothing has changed then. Or capset(2)
 *                  or prctl(2) failed, which a filter of system calls may cause: some may have
 *                  been given up, so end the process
 *
 * Threads: affects the calling thread only.
 * Kernel:  capabilities(7), capset(2), prctl(2).
 * Since:   0.1
 */
int ctr_caps_limit(uint64_t keep, uint64_t ambient, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
