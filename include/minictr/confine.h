/* SPDX-License-Identifier: MIT */
/**
 * confine.h - restrictions of a container's program
 *
 * These setters of a process, see minictr/process.h, are about its privileges, its system calls
 * and the security modules of the kernel.
 */
#ifndef MINICTR_CONFINE_H
#define MINICTR_CONFINE_H

#include <stddef.h>
#include <stdint.h>

#include <minictr/caps.h>
#include <minictr/error.h>
#include <minictr/landlock.h>
#include <minictr/process.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which filter of system calls. */
#define CTR_SECCOMP_DEFAULT 0 /* the library's filter, adapted to the capabilities */
#define CTR_SECCOMP_NONE 1    /* no filter: all system calls are allowed */
#define CTR_SECCOMP_LOG 2     /* all calls are allowed; those that the default refuses are logged */

/* ---- privileges ---- */

/**
 * ctr_process_set_no_new_privs() - allow or forbid gaining privileges by execve(2)
 * @process: changed only on success
 * @enabled: 1, the default: no program gains privileges by being executed; 0: set-user-ID bits
 *           and file capabilities take effect
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0, or -1 if @process is NULL.
 *
 * Threads: one at a time for each @process.
 * Kernel:  prctl(2), PR_SET_NO_NEW_PRIVS.
 * Since:   0.1
 */
int ctr_process_set_no_new_privs(ctr_process *process, int enabled, ctr_error *err);

/**
 * ctr_process_add_cap() - grant the container a capability
 * @process: changed only on success
 * @name:    such as "CAP_NET_ADMIN" or "net_admin", or "ALL": all capabilities of the caller
 * @err:     filled on failure only; may be NULL
 *
 * The default set is ctr_caps_default(), restricted to the capabilities of the caller. Root
 * inside has the resulting set. Other users have none, see ctr_process_add_ambient_cap().
 * Compiling fails with CTR_E_UNSUPPORTED if the caller does not have a capability that was added
 * by its name.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @name is not a capability
 *
 * Threads: one at a time for each @process.
 * Kernel:  capabilities(7), PR_CAPBSET_DROP, capset(2).
 * Since:   0.1
 */
int ctr_process_add_cap(ctr_process *process, const char *name, ctr_error *err);

/**
 * ctr_process_drop_cap() - remove a capability from the container
 * @process: changed only on success
 * @name:    as for ctr_process_add_cap(); "ALL" removes all
 * @err:     filled on failure only; may be NULL
 *
 * For the default set see ctr_process_add_cap().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @name is not a capability
 *
 * Threads: one at a time for each @process.
 * Kernel:  capabilities(7), PR_CAPBSET_DROP, capset(2).
 * Since:   0.1
 */
int ctr_process_drop_cap(ctr_process *process, const char *name, ctr_error *err);

/**
 * ctr_process_add_ambient_cap() - give a capability to a user other than root
 * @process: changed only on success
 * @name:    as for ctr_process_add_cap(), which need not be called as well
 * @err:     filled on failure only; may be NULL
 *
 * By default a user other than root has no capabilities.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @name is not a capability
 *
 * Threads: one at a time for each @process.
 * Kernel:  capabilities(7), PR_CAP_AMBIENT.
 * Since:   0.1
 */
int ctr_process_add_ambient_cap(ctr_process *process, const char *name, ctr_error *err);

/**
 * ctr_process_set_securebits() - set how root and changes of user id affect capabilities
 * @process: changed only on success
 * @bits:    SECBIT_* of linux/securebits.h, except SECBIT_KEEP_CAPS; bits that are not given
 *           are cleared
 * @err:     filled on failure only; may be NULL
 *
 * By default the bits are those of the caller. With SECBIT_NOROOT and SECBIT_NOROOT_LOCKED root
 * in the container is an ordinary user: it gains no capability by executing a program and has
 * only the ambient ones.
 *
 * Compiling fails with CTR_E_INVALID for SECBIT_NO_CAP_AMBIENT_RAISE together with
 * ctr_process_add_ambient_cap().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @bits has unknown bits, or SECBIT_KEEP_CAPS
 *
 * Threads: one at a time for each @process.
 * Kernel:  capabilities(7), PR_SET_SECUREBITS(2const).
 * Since:   0.1
 */
int ctr_process_set_securebits(ctr_process *process, uint32_t bits, ctr_error *err);

/* ---- system calls ---- */

/**
 * ctr_process_set_seccomp() - choose which system calls the program may make
 * @process: changed only on success
 * @mode:    CTR_SECCOMP_DEFAULT, the default, CTR_SECCOMP_NONE or CTR_SECCOMP_LOG
 * @err:     filled on failure only; may be NULL
 *
 * The default filter allows the calls that programs need, and those that the container's
 * capabilities are meant for. Known calls that are not meant for containers fail with EPERM, and
 * unknown calls with ENOSYS. Sockets other than UNIX, IP, netlink and packet sockets fail with
 * EAFNOSUPPORT. A call for another architecture kills the process. docs/seccomp.md lists all
 * calls.
 *
 * CTR_SECCOMP_LOG helps to find out what a program needs. All calls are allowed, and the kernel
 * logs each call that the default filter would refuse: to the audit log if auditd is running, and
 * to the kernel log otherwise. "log" must be in /proc/sys/kernel/seccomp/actions_logged.
 *
 * If several ctr_process_set_seccomp*() functions are called, the last call takes effect.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @mode is unknown
 *
 * Threads: one at a time for each @process.
 * Kernel:  seccomp(2).
 * Since:   0.1
 */
int ctr_process_set_seccomp(ctr_process *process, uint32_t mode, ctr_error *err);

/**
 * ctr_process_set_seccomp_json() - filter system calls by a profile
 * @process: changed only on success
 * @text:    at most 1 MiB of JSON, copied: the "seccomp" object of the OCI runtime specification,
 *           with docker's additions (archMap, includes, excludes)
 * @err:     filled on failure only; may be NULL
 *
 * By default the filter is CTR_SECCOMP_DEFAULT. The profile replaces it completely. The whole text
 * is checked now. The filter is generated when the spec is compiled, for the container's bounding
 * set of capabilities. A call kills the process if its architecture is neither the host's own nor
 * named in the profile. Arguments are compared as 64 bits. If a rule compares one argument several
 * times, one match is enough. Unknown names of calls are ignored.
 *
 * A rule with SCMP_ACT_NOTIFY creates a listener, see ctr_container_take_seccomp_fd().
 *
 * Compiling fails with CTR_E_INVALID if the filter needs more than 4096 instructions. It also
 * fails if the filter refuses a call, or sends a call to the listener, that starting the
 * container requires, such as both execve(2) and execveat(2).
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @text is NULL, not JSON, or not a profile: the message names the place
 *   CTR_E_NOMEM    out of memory
 *   CTR_E_SYSTEM   libseccomp failed
 *
 * Threads: one at a time for each @process.
 * Kernel:  seccomp(2).
 * Since:   0.1
 */
int ctr_process_set_seccomp_json(ctr_process *process, const char *text, ctr_error *err);

/**
 * ctr_process_set_seccomp_file() - filter system calls by a profile in a file
 * @process: changed only on success
 * @path:    a regular file of the host. It is read now, so it may change afterwards
 * @err:     filled on failure only; may be NULL
 *
 * By default the filter is CTR_SECCOMP_DEFAULT. See ctr_process_set_seccomp_json().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @path is NULL or empty, not a regular file, larger than 1 MiB, or not a
 *                  profile
 *   CTR_E_NOMEM    out of memory
 *   CTR_E_SYSTEM   the file could not be read
 *
 * Threads: one at a time for each @process.
 * Kernel:  seccomp(2).
 * Since:   0.1
 */
int ctr_process_set_seccomp_file(ctr_process *process, const char *path, ctr_error *err);

/**
 * ctr_process_set_seccomp_bpf() - filter system calls by a BPF program
 * @process:        changed only on success
 * @program:        an array of struct sock_filter of linux/filter.h, copied
 * @n_instructions: number of instructions, 1 to 4096
 * @err:            filled on failure only; may be NULL
 *
 * By default the filter is CTR_SECCOMP_DEFAULT. The kernel validates the program when a container
 * starts. The calls that it must allow are described at ctr_process_set_seccomp_json(). If one of
 * its instructions returns SECCOMP_RET_USER_NOTIF there is a listener, see
 * ctr_container_take_seccomp_fd().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @program is NULL, or it has no or too many instructions
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @process.
 * Kernel:  seccomp(2).
 * Since:   0.1
 */
int ctr_process_set_seccomp_bpf(ctr_process *process, const void *program, size_t n_instructions,
				ctr_error *err);

/* ---- security modules ---- */

/**
 * ctr_process_add_landlock_rule() - allow access to files below a path and deny all others
 * @process: changed only on success
 * @path:    absolute path in the container, copied; it must exist there
 * @access:  the access that is allowed: bits of CTR_LANDLOCK_READ, _WRITE and _EXECUTE
 * @err:     filled on failure only; may be NULL
 *
 * By default there are no rules, and Landlock is not used. As soon as there is a rule, all access
 * to files that no rule allows is refused: see landlock.h. The program, its interpreter and its
 * libraries need rules with CTR_LANDLOCK_READ and _EXECUTE, too. For the program and the
 * interpreter this is checked when the spec is compiled. A container with rules cannot mount
 * anything. From Linux 6.12 on it can neither send signals to processes outside nor connect to
 * abstract UNIX sockets that it has not created.
 *
 * Compiling fails with CTR_E_UNSUPPORTED if the kernel's Landlock is missing or too old, and with
 * CTR_E_SYSTEM and ENOENT if @path does not exist.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @path is NULL or relative, or @access has unknown bits or none
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @process.
 * Kernel:  landlock(7).
 * Since:   0.1
 */
int ctr_process_add_landlock_rule(ctr_process *process, const char *path, uint32_t access,
				  ctr_error *err);

/**
 * ctr_process_set_apparmor() - set the AppArmor profile
 * @process: changed only on success
 * @profile: the name of a profile that is loaded in the kernel, copied; NULL, the default: the
 *           profile that follows from the caller's own
 * @err:     filled on failure only; may be NULL
 *
 * The profile takes effect when the program is executed. With no_new_privs a caller that is
 * confined itself can only choose a profile that allows less than its own.
 *
 * Compiling fails with CTR_E_UNSUPPORTED if AppArmor is not active, unless @profile is
 * "unconfined". Spawning fails with CTR_E_SYSTEM and ENOENT if the profile does not exist.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @profile is empty or too long, or has control characters
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @process.
 * Kernel:  apparmor(7), proc_pid_attr(5).
 * Since:   0.1
 */
int ctr_process_set_apparmor(ctr_process *process, const char *profile, ctr_error *err);

/**
 * ctr_process_set_selinux() - set the SELinux context
 * @process: changed only on success
 * @context: USER:ROLE:TYPE[:LEVEL], copied; NULL, the default: the context that the policy chooses
 * @err:     filled on failure only; may be NULL
 *
 * The context takes effect when the program is executed. With no_new_privs the policy must allow
 * that transition.
 *
 * Compiling fails with CTR_E_UNSUPPORTED if SELinux is not active. Spawning fails with
 * CTR_E_SYSTEM and EINVAL if the policy does not have the context.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @context has another form
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @process.
 * Kernel:  selinux(8), proc_pid_attr(5).
 * Since:   0.1
 */
int ctr_process_set_selinux(ctr_process *process, const char *context, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
