/* SPDX-License-Identifier: MIT */
/**
 * namespace.h - namespaces of the calling thread
 *
 * These functions do in the calling thread what ctr_spawn() does in its child.
 */
#ifndef MINICTR_NAMESPACE_H
#define MINICTR_NAMESPACE_H

#include <stdint.h>

#include <minictr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One bit for each kind of namespace, see namespaces(7). */
#define CTR_NS_MOUNT (1u << 0)
#define CTR_NS_PID (1u << 1)
#define CTR_NS_UTS (1u << 2)
#define CTR_NS_IPC (1u << 3)
#define CTR_NS_NET (1u << 4)
#define CTR_NS_CGROUP (1u << 5)
#define CTR_NS_USER (1u << 6)
#define CTR_NS_TIME (1u << 7)

/**
 * ctr_unshare() - move the calling thread to new namespaces
 * @namespaces: CTR_NS_* bits. PID and TIME take effect for later
 *              children, not for the caller
 * @err:        filled on failure only; may be NULL
 *
 * A new mount namespace starts as a copy whose mounts still propagate as
 * before: see ctr_mount_set_propagation().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @namespaces is 0 or has an unknown bit
 *   CTR_E_SYSTEM   unshare(2) failed
 *
 * Threads: any; affects the calling thread only.
 * Kernel:  unshare(2).
 * Since:   0.1
 */
int ctr_unshare(uint32_t namespaces, ctr_error *err);

/**
 * ctr_setns() - move the calling thread into existing namespaces
 * @fd:         a pidfd (the namespaces of that process) or an open
 *              /proc/PID/ns/ file; borrowed
 * @namespaces: with a pidfd any CTR_NS_* bits; with a namespace file exactly
 *              one bit, which must be the kind of the file
 * @err:        filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @namespaces is 0 or has an unknown bit, or @fd is a
 *                  namespace of another kind
 *   CTR_E_SYSTEM   setns(2) failed
 *
 * Threads: any; affects the calling thread only.
 * Kernel:  setns(2), pidfd_open(2), ioctl_ns(2).
 * Since:   0.1
 */
int ctr_setns(int fd, uint32_t namespaces, ctr_error *err);

/**
 * ctr_set_hostname() - set the host name of the caller's UTS namespace
 * @name: 1 to 64 bytes: letters, digits, '-', '.', '_'
 * @err:  filled on failure only; may be NULL
 *
 * Without an earlier ctr_unshare(CTR_NS_UTS) this changes the name of the host.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @name is not a host name
 *   CTR_E_SYSTEM   sethostname(2) failed
 *
 * Threads: any; the name is shared by all in the namespace.
 * Kernel:  sethostname(2), uts_namespaces(7).
 * Since:   0.1
 */
int ctr_set_hostname(const char *name, ctr_error *err);

/**
 * ctr_set_domainname() - set the NIS domain name of the caller's UTS namespace
 * @name: 1 to 64 bytes: letters, digits, '-', '.', '_'
 * @err:  filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @name is not a domain name
 *   CTR_E_SYSTEM   setdomainname(2) failed
 *
 * Threads: any; the name is shared by all in the namespace.
 * Kernel:  setdomainname(2), uts_namespaces(7).
 * Since:   0.1
 */
int ctr_set_domainname(const char *name, ctr_error *err);

/**
 * ctr_loopback_up() - bring up the interface "lo" of the caller's network
 * @err: filled on failure only; may be NULL
 *
 * In a new network namespace this interface is down.
 *
 * Return: 0, or -1 with
 *   CTR_E_SYSTEM   the socket or its ioctl failed
 *
 * Threads: any; the interface is shared by all in the namespace.
 * Kernel:  network_namespaces(7), netdevice(7).
 * Since:   0.1
 */
int ctr_loopback_up(ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
