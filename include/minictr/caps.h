/* SPDX-License-Identifier: MIT */
/**
 * caps.h - capabilities: the privileges of root, one by one
 *
 * Capabilities are given by their names, such as CAP_NET_ADMIN, or as sets of bits, in which the
 * number of a bit is the number of the capability.
 */
#ifndef MINICTR_CAPS_H
#define MINICTR_CAPS_H

#include <stdint.h>

#include <minictr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * ctr_caps_default() - get the default capabilities of a container
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
 * ctr_caps_number() - get the number of a capability
 * @name: such as "CAP_NET_ADMIN" or "net_admin", in either case
 * @err:  filled on failure only; may be NULL
 *
 * Return: 0 to 63, or -1 with
 *   CTR_E_INVALID  @name is not a capability
 *
 * Threads: any.
 * Since:   0.1
 */
int ctr_caps_number(const char *name, ctr_error *err);

/**
 * ctr_caps_name() - get the name of a capability
 * @number: 0 is the first
 *
 * Return: such as "CAP_NET_ADMIN", static; NULL if @number is not a capability.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_caps_name(int number);

/**
 * ctr_caps_limit() - permanently drop all capabilities except some
 * @keep:    the bits of the capabilities that the thread keeps, if it has them: permitted,
 *           effective and in the bounding set
 * @ambient: the bits of those in @keep that programs of a user other than root also get when
 *           they are executed
 * @err:     filled on failure only; may be NULL
 *
 * Afterwards the inheritable set is the same as the ambient set. The flags of the thread, such as
 * PR_SET_KEEPCAPS and the securebits, are not changed. A later ctr_set_ids() from root to another
 * user therefore removes the remaining capabilities, including the ambient ones. To give some to a
 * program of another user, set SECBIT_NO_SETUID_FIXUP with prctl(2), then call ctr_set_ids(), and
 * call this function last.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @ambient has bits that @keep does not have
 *   CTR_E_SYSTEM   EPERM: the thread does not have CAP_SETPCAP and its bounding set has other
 *                  bits than @keep, or no capability may become ambient; nothing has changed
 *                  then. Or capset(2) or prctl(2) failed, perhaps because of a filter of system
 *                  calls: some capabilities may have been dropped, so end the process
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
