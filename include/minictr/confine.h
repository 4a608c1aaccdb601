/* SPDX-License-Identifier: MIT */
/**
 * confine.h - what a container's program is kept from, as data
 *
 * Privileges, system calls and security modules of a process: see minictr/process.h.
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
#define CTR_SECCOMP_NONE 1    /* all system calls are let through */
#define CTR_SECCOMP_LOG 2     /* all calls are allowed; those that the default refuses are logged */

/* ---- privileges ---- */

/**
 * ctr_process_set_no_new_privs() - allow or forbid gaining privileges by execve(2)
 * @process: changed only on success
 * @enabled: 0 lets them; anything else, the default, does not
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0; it can't fail.
 *
 * Threads: one at a time for each @process.
 * Kernel:  prctl(2), PR_SET_NO_NEW_PRIVS.
 * Since:   0.1
 */
int ctr_process_set_no_new_privs(ctr_process *process, int enabled, ctr_error *err);

/**
 * ctr_process_add_cap() - grant the container a capability
 * @process: changed only on success
 * @name:    such as "CAP_NET_ADMIN" or "net_admin", or "ALL": all that the caller has
 * @err:     filled on failure only; may be NULL
 *
 * The initial set is ctr_caps_default(), restricted to the capabilities of the caller. Root
 * inside has the resulting set; other users have none, see ctr_process_add_ambient_cap(). To
 * compile a spec with a name that the caller has not got itself fails with CTR_E_UNSUPPORTED.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  there is none of that name
 *
 * Threads: one at a time for each @process.
 * Kernel:  capabilities(7), PR_CAPBSET_DROP, capset(2).
 * Since:   0.1
 */
int ctr_process_add_cap(ctr_process *process, const char *name, ctr_error *err);

/**
 * ctr_process_drop_cap() - take a capability from the container
 * @process: changed only on success
 * @name:    as ctr_process_add_cap() takes it
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  there is none of that name
 *
 * Threads: one at a time for each @process.
 * Kernel:  capabilities(7), PR_CAPBSET_DROP, capset(2).
 * Since:   0.1
 */
int ctr_process_drop_cap(ctr_process *process, const char *name, ctr_error *err);

/**
 * ctr_process_add_ambient_cap() - give a capability to a user other than root
 * @process: changed only on success
 * @name:    as ctr_process_add_cap() takes it, which it includes
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  there is none of that name
 *
 * Threads: one at a time for each @process.
 * Kernel:  capabilities(7), PR_CAP_AMBIENT.
 * Since:   0.1
 */
int ctr_process_add_ambient_cap(ctr_process *process, const char *name, ctr_error *err);

/**
 * ctr_process_set_securebits() - what being root, and changing ids, means for capabilities
 * @process: changed only on success
 * @bits:    SECBIT_* of linux/securebits.h, all but SECBIT_KEEP_CAPS; the others are cleared
 * @err:     filled on failure only; may be NULL
 *
 * With SECBIT_NOROOT and SECBIT_NOROOT_LOCKED root in the container is an ordinary user: it
 * gains no capability by executing a program and has only the ambient ones. A spec in which
 * they are not set leaves the caller's.
 *
 * When the spec is compiled: CTR_E_INVALID for SECBIT_NO_CAP_AMBIENT_RAISE together with
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
 * ctr_process_set_seccomp() - which system calls it may make
 * @process: changed only on success
 * @mode:    CTR_SECCOMP_DEFAULT, CTR_SECCOMP_NONE or CTR_SECCOMP_LOG
 * @err:     filled on failure only; may be NULL
 *
 * The default filter lets through what programs need, and what the container's capabilities are
 * for. Calls that are not for containers fail with EPERM, those that it does not know with
 * ENOSYS, sockets other than UNIX, IP, netlink and packet sockets with EAFNOSUPPORT; a call for
 * another architecture kills the process.
 *
 * CTR_SECCOMP_LOG is for finding out what a program needs: the kernel writes a line for each
 * call that the default filter would refuse, to the audit log or else to its own, if "log" is
 * in /proc/sys/kernel/seccomp/actions_logged; all calls are let through.
 *
 * Of all calls of the ctr_spec_set_seccomp*() family, the last one takes effect.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  no such @mode
 *
 * Threads: one at a time for each @process.
 * Kernel:  seccomp(2).
 * Since:   0.1
 */
int ctr_process_set_seccomp(ctr_process *process, uint32_t mode, ctr_error *err);

/**
 * ctr_process_set_seccomp_json() - filter system calls by a profile
 * @process: changed only on success
 * @text:    at most 1 MiB of JSON, copied: the "seccomp" of the OCI's runtime specification,
 *           with docker's additions (archMap, includes, excludes)
 * @err:     filled on failure only; may be NULL
 *
 * All of it is checked now; the filter is made when the spec is compiled, for the container's
 * bounding set of capabilities. The profile replaces the default filter completely. Calls of
 * other architectures than the host's own and those that it names end the process. Arguments
 * are compared as 64 bits; if a rule compares one argument several times, one match is enough.
 * Unknown names are ignored.
 *
 * A rule with SCMP_ACT_NOTIFY makes a listener, see ctr_container_take_seccomp_fd().
 *
 * Compiling fails with CTR_E_INVALID if the filter comes to more than 4096 instructions, and
 * if it refuses, or asks about, a call without which the container can't be started:
 * execve(2) and execveat(2) both.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @text is NULL, not JSON, or not a profile: the message names the place
 *   CTR_E_NOMEM    out of memory
 *   CTR_E_SYSTEM   libseccomp could not be asked
 *
 * Threads: one at a time for each @process.
 * Kernel:  seccomp(2).
 * Since:   0.1
 */
int ctr_process_set_seccomp_json(ctr_process *process, const char *text, ctr_error *err);

/**
 * ctr_process_set_seccomp_file() - filter system calls by a profile in a file
 * @process: changed only on success
 * @path:    a regular file of the host's, read now: it may change or go away afterwards
 * @err:     filled on failure only; may be NULL
 *
 * See ctr_process_set_seccomp_json().
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
 * ctr_process_set_seccomp_bpf() - filter system calls by a program
 * @process:        changed only on success
 * @program:        an array of struct sock_filter of linux/filter.h, copied
 * @n_instructions: how many, 1 to 4096
 * @err:            filled on failure only; may be NULL
 *
 * Whether it is a program the kernel says when a container starts. For what it must let
 * through see ctr_process_set_seccomp_json(). If one of its instructions returns
 * SECCOMP_RET_USER_NOTIF there is a listener, see ctr_container_take_seccomp_fd().
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
 * @path:    absolute path in the container, copied; it has to exist there
 * @access:  what is allowed there: bits of CTR_LANDLOCK_READ, _WRITE and _EXECUTE
 * @err:     filled on failure only; may be NULL
 *
 * With one rule or more everything is refused that none of them allows: see landlock.h. The
 * program, its interpreter and its libraries need rules with CTR_LANDLOCK_READ and _EXECUTE
 * too; for the first two that is checked when the spec is compiled. A container with rules
 * can't mount anything, and from Linux 6.12 on it can send no signal out of itself and
 * connect to no abstract UNIX socket that it has not made.
 *
 * When the spec is compiled: CTR_E_UNSUPPORTED where the kernel has no landlock that will do,
 * CTR_E_SYSTEM with ENOENT for a @path that is not there.
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
 * @profile: the name of one that is loaded in the kernel, copied; NULL, the default: what
 *           follows from the caller's own
 * @err:     filled on failure only; may be NULL
 *
 * It takes effect when the program is executed. With no_new_privs a
 * caller that is confined itself can only choose a profile that allows less than its own.
 *
 * When the spec is compiled: CTR_E_UNSUPPORTED where AppArmor is not active, unless it is
 * "unconfined" that is asked for. When it is spawned: CTR_E_SYSTEM, ENOENT if there is no
 * such profile.
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
 * ctr_process_set_selinux() - the SELinux context that the container is in
 * @process: changed only on success
 * @context: USER:ROLE:TYPE[:LEVEL], copied; NULL, the default: what the policy says
 * @err:     filled on failure only; may be NULL
 *
 * It takes effect when the program is executed. With no_new_privs
 * the policy has to allow that transition.
 *
 * When the spec is compiled: CTR_E_UNSUPPORTED where SELinux is not active. When it is
 * spawned: CTR_E_SYSTEM, EINVAL if the policy has no such context.
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
