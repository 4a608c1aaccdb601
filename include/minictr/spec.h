/* SPDX-License-Identifier: MIT */
/**
 * spec.h - what a container is to be, as data
 *
 * A spec is filled by setters and handed to ctr_spawn() or
 * ctr_plan_compile(), which leave it as it is. Strings are copied and
 * descriptors duplicated.
 *
 * A setter that fails changes nothing else, but the spec keeps its error: until
 * ctr_spec_clear_error(), compiling, spawning and cloning fail with that first error. So no
 * limit and no protection is lost because the result of a setter was not looked at. The same
 * holds for its limits and its map of ids. Every setter takes NULL for @spec, as ctr_spec_new()
 * returns it on failure: it fails, with CTR_E_INVALID if @err does not hold an error already. So
 * a program may leave the checks of setters to that of ctr_spawn(). That is about setters: where
 * NULL or -1 is a value, such as ctr_spec_set_rootfs(spec, NULL) for the host's files or
 * ctr_spec_set_fd(spec, 0, -1) for /dev/null, look at the result of what made the value.
 *
 * What a new spec stands for, each with its setter as the way out:
 * - root: the host's files, read-only, with a /proc, a minimal /dev and an
 *   empty /tmp and /run of its own;
 * - new mount, PID, UTS, IPC, network (loopback only) and cgroup namespaces;
 * - user and group 0, no supplementary groups, umask 022, working directory /;
 * - environment: PATH, HOME, and TERM when there is a terminal;
 * - descriptors 0, 1 and 2 of the caller, /dev/null for those it has closed;
 * - no_new_privs, a session of its own, default signal dispositions and an
 *   empty signal mask;
 * - killed when the thread that spawned it ends.
 */
#ifndef MINICTR_SPEC_H
#define MINICTR_SPEC_H

#include <stddef.h>
#include <stdint.h>

#include <minictr/caps.h>
#include <minictr/cgroup.h>
#include <minictr/error.h>
#include <minictr/landlock.h>
#include <minictr/limits.h>
#include <minictr/mount.h>
#include <minictr/namespace.h>
#include <minictr/userns.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctr_spec ctr_spec;

/* Whether a container has a namespace of its own. */
#define CTR_NS_MODE_NEW 0  /* a new one */
#define CTR_NS_MODE_HOST 1 /* the caller's */

/* Whether ctr_spec_set_accounting() has a container counted. */
#define CTR_ACCOUNTING_OFF 0
#define CTR_ACCOUNTING_ON 1
#define CTR_ACCOUNTING_AUTO 2 /* where the caller may make control groups */

#define CTR_SECCOMP_DEFAULT 0 /* a filter of the library's, by the capabilities */
#define CTR_SECCOMP_NONE 1    /* all system calls are let through */
#define CTR_SECCOMP_LOG 2     /* so they are, and what the default refuses is logged */

/* AUTO: a new one if the caller lacks CAP_SYS_ADMIN or a map of ids is set; else the caller's. */
#define CTR_USERNS_AUTO 0
#define CTR_USERNS_NEW 1
#define CTR_USERNS_HOST 2 /* the caller's */

/* What is mounted without being asked for. */
#define CTR_BASE_PROC (1u << 0)	 /* /proc, with its dangerous parts masked or read-only */
#define CTR_BASE_DEV (1u << 1)	 /* minimal /dev with pts, shm and mqueue */
#define CTR_BASE_SYS (1u << 2)	 /* /sys, read-only, with its dangerous parts masked */
#define CTR_BASE_TMP (1u << 3)	 /* empty /tmp and /run; only with the default root */
#define CTR_BASE_HOSTS (1u << 4) /* /etc/hosts with localhost and the host name */
#define CTR_BASE_ALL (CTR_BASE_PROC | CTR_BASE_DEV | CTR_BASE_SYS | CTR_BASE_TMP | CTR_BASE_HOSTS)

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
 * it. Failures of its limits and of its map of ids stay: ctr_limits_clear_error() and
 * ctr_idmap_clear_error() forget those.
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
 * ctr_spec_check() - find out whether a spec can be compiled
 * @spec: unchanged
 * @err:  filled on failure only; may be NULL
 *
 * Return: 0, or -1 with what ctr_plan_compile() would give.
 *
 * Threads: one at a time for each @spec.
 * Since:   0.1
 */
int ctr_spec_check(const ctr_spec *spec, ctr_error *err);

/* ---- the program ---- */

/**
 * ctr_spec_add_arg() - append one argument; the first names the program
 * @spec: changed only on success
 * @arg:  copied; the first must not be empty
 * @err:  filled on failure only; may be NULL
 *
 * A first argument without a slash is looked up in the container's PATH,
 * inside the container's root.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @arg is NULL, or empty and the first
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  execve(2).
 * Since:   0.1
 */
int ctr_spec_add_arg(ctr_spec *spec, const char *arg, ctr_error *err);

/**
 * ctr_spec_set_env() - set one environment variable
 * @spec:  changed only on success
 * @name:  copied; not empty, without '='
 * @value: copied
 * @err:   filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @name or @value is NULL, or @name is not a name
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  environ(7).
 * Since:   0.1
 */
int ctr_spec_set_env(ctr_spec *spec, const char *name, const char *value, ctr_error *err);

/**
 * ctr_spec_unset_env() - remove one environment variable, defaults included
 * @spec: changed only on success
 * @name: its name; one that is not set is no error
 * @err:  filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @name is not a name
 *
 * Threads: one at a time for each @spec.
 * Kernel:  environ(7).
 * Since:   0.1
 */
int ctr_spec_unset_env(ctr_spec *spec, const char *name, ctr_error *err);

/**
 * ctr_spec_inherit_env() - take variables over from the caller, as they are now
 * @spec: changed only on success
 * @name: one variable, which stays unset if the caller has none of that
 *        name; NULL takes all
 * @err:  filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @name is not a name
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec; nobody may change the environment
 *          of the process meanwhile, see getenv(3).
 * Kernel:  environ(7).
 * Since:   0.1
 */
int ctr_spec_inherit_env(ctr_spec *spec, const char *name, ctr_error *err);

/**
 * ctr_spec_set_cwd() - set the working directory
 * @spec: changed only on success
 * @path: absolute path in the container, copied; must exist there
 * @err:  filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @path is NULL or relative
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  chdir(2).
 * Since:   0.1
 */
int ctr_spec_set_cwd(ctr_spec *spec, const char *path, ctr_error *err);

/**
 * ctr_spec_set_fd() - give the program an open descriptor
 * @spec:   changed only on success
 * @target: its number in the program, 0 to 65535
 * @source: a descriptor of the caller, duplicated now; -1 puts /dev/null
 *          there
 * @err:    filled on failure only; may be NULL
 *
 * A second call for the same @target replaces the first. No descriptor
 * reaches the program but 0, 1, 2 and those named here.
 *
 * A directory is a way out of any root: from its descriptor openat(2) reaches
 * every file above and below it. It is therefore refused here, among the
 * descriptors 0, 1 and 2 that a program inherits, and by
 * ctr_plan_spawn_fds(). A descriptor of a mount, of open_tree(2), or of
 * /proc/self/root is a directory too. Other kinds are passed as they are, and
 * give the program what they stand for: a UNIX socket can bring further
 * descriptors, a file can be opened again through /proc/self/fd with the
 * program's rights, and a descriptor of a process or a namespace can be used
 * by programs with the capabilities that this takes.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @target is out of range, or @source is not open or is a
 *                  directory
 *   CTR_E_NOMEM    out of memory
 *   CTR_E_SYSTEM   @source could not be duplicated
 *
 * Threads: one at a time for each @spec.
 * Kernel:  dup(2), close_range(2), statx(2).
 * Since:   0.1
 */
int ctr_spec_set_fd(ctr_spec *spec, int target, int source, ctr_error *err);

/**
 * ctr_spec_set_dir_fd() - give the program an open directory, a way out of its root
 * @spec:   changed only on success
 * @target: its number in the program, 0 to 65535
 * @source: a directory of the caller, duplicated now, opened for reading or
 *          with O_PATH; -1 puts /dev/null there, for ctr_plan_spawn_fds() to
 *          replace by a directory
 * @err:    filled on failure only; may be NULL
 *
 * As ctr_spec_set_fd(), which refuses directories: the program can open every
 * file that its user and capabilities allow, on the host, from there. To show
 * the directory without that, use ctr_spec_add_bind().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @target is out of range, or @source is not open or is no
 *                  directory
 *   CTR_E_NOMEM    out of memory
 *   CTR_E_SYSTEM   @source could not be duplicated
 *
 * Threads: one at a time for each @spec.
 * Kernel:  dup(2), close_range(2), statx(2).
 * Since:   0.1
 */
int ctr_spec_set_dir_fd(ctr_spec *spec, int target, int source, ctr_error *err);

/**
 * ctr_spec_set_user() - set the user and the group
 * @spec: changed only on success
 * @uid:  user id, not 4294967295
 * @gid:  group id, not 4294967295
 * @err:  filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  an id is 4294967295, which the kernel reads as "unchanged"
 *
 * Threads: one at a time for each @spec.
 * Kernel:  setresuid(2), setresgid(2).
 * Since:   0.1
 */
int ctr_spec_set_user(ctr_spec *spec, uint32_t uid, uint32_t gid, ctr_error *err);

/**
 * ctr_spec_set_user_name() - set the user and the group, by name or number
 * @spec:  changed only on success
 * @user:  a name, or a decimal number up to 4294967294; copied
 * @group: the same for the group; copied; NULL: the user's own
 * @err:   filled on failure only; may be NULL
 *
 * Names are looked up when the spec is compiled, in /etc/passwd and /etc/group as the
 * container will see them, mounts included: the host's name services are not asked. Digits are
 * a number, never a name. In these files the first line that fits counts, and one that is
 * malformed is passed over.
 *
 * The user's line gives its group, where none is given (0 for a number without a line), its home
 * directory, which HOME is set to if it is absolute and the user can enter it (else HOME is
 * /tmp), and its name. The groups in
 * /etc/group that list this name are added to those of ctr_spec_add_group(); not so in a user
 * namespace of one id, which can't have them.
 *
 * Compiling fails with CTR_E_INVALID if a name is not found, if one of the files is no regular
 * file or larger than 1 MiB, and if there come to be more than 65536 groups; with CTR_E_SYSTEM
 * if one can't be read. A number needs none of the files to exist.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @user or @group is too large a number, or can't be a name: NULL (@user),
 *                  empty, longer than 255 bytes, with a blank, a control character, ':' or
 *                  ',', or beginning with '+', '-' or '#'
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  setresuid(2), setresgid(2), setgroups(2).
 * Since:   0.1
 */
int ctr_spec_set_user_name(ctr_spec *spec, const char *user, const char *group, ctr_error *err);

/**
 * ctr_spec_add_group() - append a supplementary group
 * @spec: changed only on success
 * @gid:  group id, not 4294967295
 * @err:  filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @gid is 4294967295, or there are 65536 already
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  setgroups(2).
 * Since:   0.1
 */
int ctr_spec_add_group(ctr_spec *spec, uint32_t gid, ctr_error *err);

/**
 * ctr_spec_add_group_name() - append a supplementary group, by name or number
 * @spec:  changed only on success
 * @group: a name, or a decimal number up to 4294967294; copied
 * @err:   filled on failure only; may be NULL
 *
 * Looked up as ctr_spec_set_user_name() tells.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @group is too large a number, or can't be a name, or there are 65536
 *                  already
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  setgroups(2).
 * Since:   0.1
 */
int ctr_spec_add_group_name(ctr_spec *spec, const char *group, ctr_error *err);

/**
 * ctr_spec_set_umask() - set the file mode creation mask
 * @spec: changed only on success
 * @mask: 0 to 0777
 * @err:  filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @mask is above 0777
 *
 * Threads: one at a time for each @spec.
 * Kernel:  umask(2).
 * Since:   0.1
 */
int ctr_spec_set_umask(ctr_spec *spec, uint32_t mask, ctr_error *err);

/**
 * ctr_spec_set_rlimit() - set a resource limit; others are the caller's
 * @spec:     changed only on success
 * @resource: RLIMIT_* of getrlimit(2)
 * @soft:     soft limit; UINT64_MAX for none
 * @hard:     hard limit, at least @soft; UINT64_MAX for none
 * @err:      filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @resource is unknown, or @soft is above @hard
 *
 * Threads: one at a time for each @spec.
 * Kernel:  prlimit(2).
 * Since:   0.1
 */
int ctr_spec_set_rlimit(ctr_spec *spec, int resource, uint64_t soft, uint64_t hard, ctr_error *err);

/**
 * ctr_spec_set_priority() - set the nice value
 * @spec: changed only on success
 * @nice: -20 (most favoured) to 19
 * @err:  filled on failure only; may be NULL
 *
 * Without it the nice value is the one of the caller, and so are SCHED_BATCH and
 * SCHED_IDLE. A real-time policy is not inherited: SCHED_FIFO, SCHED_RR and
 * SCHED_DEADLINE become SCHED_OTHER before a control group is joined.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @nice is out of range
 *
 * Threads: one at a time for each @spec.
 * Kernel:  setpriority(2).
 * Since:   0.1
 */
int ctr_spec_set_priority(ctr_spec *spec, int nice, ctr_error *err);

/**
 * ctr_spec_set_signal_mask() - set the signals that are blocked at the start
 * @spec: changed only on success
 * @mask: bit N-1 stands for signal N; 0, the default, blocks none
 * @err:  filled on failure only; may be NULL
 *
 * Return: 0; it can't fail.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  sigprocmask(2).
 * Since:   0.1
 */
int ctr_spec_set_signal_mask(ctr_spec *spec, uint64_t mask, ctr_error *err);

/**
 * ctr_spec_set_seccomp() - which system calls it may make
 * @spec: changed only on success
 * @mode: CTR_SECCOMP_DEFAULT, CTR_SECCOMP_NONE or CTR_SECCOMP_LOG
 * @err:  filled on failure only; may be NULL
 *
 * The default filter lets through what programs need, and what the container's capabilities
 * are for. Calls that are not for containers fail with EPERM, those that it does not know
 * with ENOSYS, sockets but those of UNIX, IP, netlink and packets with EAFNOSUPPORT; a call
 * of another architecture ends the process.
 *
 * CTR_SECCOMP_LOG is for finding out what a program needs: the kernel writes a line for each
 * call that the default filter would refuse, to the audit log or else to its own, if "log" is
 * in /proc/sys/kernel/seccomp/actions_logged; all calls are let through.
 *
 * The last one of this function and the other ctr_spec_set_seccomp_*() holds.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  no such @mode
 *
 * Threads: one at a time for each @spec.
 * Kernel:  seccomp(2).
 * Since:   0.1
 */
int ctr_spec_set_seccomp(ctr_spec *spec, uint32_t mode, ctr_error *err);

/**
 * ctr_spec_set_seccomp_json() - filter system calls by a profile
 * @spec: changed only on success
 * @text: at most 1 MiB of JSON, copied: the "seccomp" of the OCI's runtime specification,
 *        with docker's additions (archMap, includes, excludes)
 * @err:  filled on failure only; may be NULL
 *
 * All of it is checked now; the filter is made when the spec is compiled, for the
 * container's bounding set of capabilities. What it says is the last word: nothing of the
 * default filter is added to it. Calls of other architectures than the host's own and those
 * that it names end the process. Arguments are compared as 64 bits; of one that has several
 * comparisons in one rule, any is enough. Names that are not known are skipped.
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
 * Threads: one at a time for each @spec.
 * Kernel:  seccomp(2).
 * Since:   0.1
 */
int ctr_spec_set_seccomp_json(ctr_spec *spec, const char *text, ctr_error *err);

/**
 * ctr_spec_set_seccomp_file() - filter system calls by a profile in a file
 * @spec: changed only on success
 * @path: a regular file of the host's, read now: it may change or go away afterwards
 * @err:  filled on failure only; may be NULL
 *
 * See ctr_spec_set_seccomp_json().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @path is NULL or empty, not a regular file, larger than 1 MiB, or not a
 *                  profile
 *   CTR_E_NOMEM    out of memory
 *   CTR_E_SYSTEM   the file could not be read
 *
 * Threads: one at a time for each @spec.
 * Kernel:  seccomp(2).
 * Since:   0.1
 */
int ctr_spec_set_seccomp_file(ctr_spec *spec, const char *path, ctr_error *err);

/**
 * ctr_spec_set_seccomp_bpf() - filter system calls by a program
 * @spec:           changed only on success
 * @program:        an array of struct sock_filter of linux/filter.h, copied
 * @n_instructions: how many, 1 to 4096
 * @err:            filled on failure only; may be NULL
 *
 * Whether it is a program the kernel says when a container starts. For what it must let
 * through see ctr_spec_set_seccomp_json(). If one of its instructions returns
 * SECCOMP_RET_USER_NOTIF there is a listener, see ctr_container_take_seccomp_fd().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @program is NULL, or it has no or too many instructions
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  seccomp(2).
 * Since:   0.1
 */
int ctr_spec_set_seccomp_bpf(ctr_spec *spec, const void *program, size_t n_instructions,
			     ctr_error *err);

/**
 * ctr_spec_set_userns() - whether it has a user namespace of its own
 * @spec: changed only on success
 * @mode: CTR_USERNS_AUTO, the default, CTR_USERNS_NEW or CTR_USERNS_HOST
 * @err:  filled on failure only; may be NULL
 *
 * Without a map of ids, see ctr_spec_get_idmap(), the ids of ctr_spec_set_user() in a new one,
 * 0 by default, are the caller's effective ones outside, and there are no others: files of all
 * other users and groups belong to 65534. Capabilities are over what the container has, not over
 * the host. No privilege is needed, where the kernel lets ordinary users make user namespaces. The
 * caller's supplementary groups stay, for nobody may leave groups then.
 *
 * CTR_USERNS_AUTO makes a new one if the caller does not have CAP_SYS_ADMIN, if there is a map
 * of ids, or if the caller does not have CAP_NET_ADMIN and the container gets a new network
 * namespace, whose loopback interface could not be brought up otherwise.
 *
 * Compiling fails with CTR_E_INVALID for supplementary groups, unless there is a map.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  no such @mode
 *
 * Threads: one at a time for each @spec.
 * Kernel:  user_namespaces(7).
 * Since:   0.1
 */
int ctr_spec_set_userns(ctr_spec *spec, uint32_t mode, ctr_error *err);

/**
 * ctr_spec_get_idmap() - the ids of the container's user namespace
 * @spec: the map is changed through ctr_idmap_add_uids() and its like
 *
 * With at least one range the container has a user namespace of its own with these ids. Who
 * lacks CAP_SETUID or CAP_SETGID gets the help of newuidmap(1) and newgidmap(1), and only
 * the ids that /etc/subuid and /etc/subgid give to it; compiling the spec says so. The child
 * never shares the caller's memory then: it waits until the caller has mapped its ids.
 * Supplementary groups are possible, and the caller's are left.
 *
 * Compiling fails with CTR_E_INVALID for a user or group that the map does not have, and with
 * CTR_USERNS_HOST; with CTR_E_UNSUPPORTED for ids that are not the caller's to map.
 *
 * Return: the map, which @spec owns: don't free it; NULL only for a @spec that is NULL.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  user_namespaces(7), subuid(5), newuidmap(1).
 * Since:   0.1
 */
ctr_idmap *ctr_spec_get_idmap(ctr_spec *spec);

/**
 * ctr_spec_set_rootfs_idmap() - let files of the root have the owners that they have on disk
 * @spec:    changed only on success
 * @enabled: non-zero: the root file system is mounted with the map of
 *           ctr_spec_get_idmap(): what belongs to root on the disk belongs to root
 *           inside, and what root inside creates belongs to root on the disk
 * @err:     filled on failure only; may be NULL
 *
 * For binds there is CTR_MOUNT_IDMAP. Compiling fails with CTR_E_INVALID without a map, and
 * with CTR_E_UNSUPPORTED if the caller lacks CAP_SYS_ADMIN; the spawn fails with CTR_E_SYSTEM where
 * the file system does not know such mounts.
 *
 * Return: 0.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  mount_setattr(2), MOUNT_ATTR_IDMAP.
 * Since:   0.1
 */
int ctr_spec_set_rootfs_idmap(ctr_spec *spec, int enabled, ctr_error *err);

/**
 * ctr_spec_set_disable_userns() - let the container make no user namespaces
 * @spec:    changed only on success
 * @enabled: non-zero: none can be made in it, whatever it may call
 * @err:     filled on failure only; may be NULL
 *
 * By default the filter of system calls refuses them already without CAP_SYS_ADMIN; this
 * is the kernel's own limit. Compiling fails with CTR_E_INVALID when the container has no user
 * namespace of its own, and when it has CAP_SYS_RESOURCE, which could undo it.
 *
 * Return: 0.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  namespaces(7), /proc/sys/user/max_user_namespaces.
 * Since:   0.1
 */
int ctr_spec_set_disable_userns(ctr_spec *spec, int enabled, ctr_error *err);

/**
 * ctr_spec_add_cap() - let the container have a capability
 * @spec: changed only on success
 * @name: such as "CAP_NET_ADMIN" or "net_admin", or "ALL": all that the caller has
 * @err:  filled on failure only; may be NULL
 *
 * The container begins with ctr_caps_default(), as far as the caller has those. Root inside
 * has what is then in the set, another user nothing, see ctr_spec_add_ambient_cap(). To
 * compile a spec with a name that the caller has not got itself fails with
 * CTR_E_UNSUPPORTED.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  there is none of that name
 *
 * Threads: one at a time for each @spec.
 * Kernel:  capabilities(7), PR_CAPBSET_DROP, capset(2).
 * Since:   0.1
 */
int ctr_spec_add_cap(ctr_spec *spec, const char *name, ctr_error *err);

/**
 * ctr_spec_drop_cap() - take a capability from the container
 * @spec: changed only on success
 * @name: as ctr_spec_add_cap() takes it
 * @err:  filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  there is none of that name
 *
 * Threads: one at a time for each @spec.
 * Kernel:  capabilities(7), PR_CAPBSET_DROP, capset(2).
 * Since:   0.1
 */
int ctr_spec_drop_cap(ctr_spec *spec, const char *name, ctr_error *err);

/**
 * ctr_spec_add_ambient_cap() - let the container's user have one without being root
 * @spec: changed only on success
 * @name: as ctr_spec_add_cap() takes it, which it includes
 * @err:  filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  there is none of that name
 *
 * Threads: one at a time for each @spec.
 * Kernel:  capabilities(7), PR_CAP_AMBIENT.
 * Since:   0.1
 */
int ctr_spec_add_ambient_cap(ctr_spec *spec, const char *name, ctr_error *err);

/**
 * ctr_spec_set_keyring() - whose session keyring it has
 * @spec: changed only on success
 * @own:  1, the default: a new, empty one; 0: the caller's, with the keys in it
 * @err:  filled on failure only; may be NULL
 *
 * The user keyring, user-keyring(7), belongs to a user id in a user namespace. A
 * container without a user namespace shares it with the host's user of its id,
 * and reads its keys if its filter lets keyctl(2) through. The default filter
 * does not, whatever capabilities are added.
 *
 * Return: 0; it can't fail.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  session-keyring(7), keyctl(2).
 * Since:   0.1
 */
int ctr_spec_set_keyring(ctr_spec *spec, int own, ctr_error *err);

/**
 * ctr_spec_set_no_new_privs() - whether set-user-ID programs may gain rights
 * @spec:    changed only on success
 * @enabled: 0 lets them; anything else, the default, does not
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0; it can't fail.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  prctl(2), PR_SET_NO_NEW_PRIVS.
 * Since:   0.1
 */
int ctr_spec_set_no_new_privs(ctr_spec *spec, int enabled, ctr_error *err);

/**
 * ctr_spec_set_init() - say whether the program is run below a small init
 * @spec:    changed only on success
 * @enabled: 0: the program is the first process; else the library's init is, and the program
 *           is its child
 * @err:     filled on failure only; may be NULL
 *
 * By default there is an init where the container has a PID namespace of its own, unless its
 * filter of system calls refuses what the init calls: see docs/seccomp.md.
 *
 * A program that is PID 1 gets no signal that it has no handler for, except SIGKILL and SIGSTOP
 * from outside, and it inherits every orphan of its namespace. So Ctrl-C may do nothing,
 * abort(3) ends in SIGSEGV, and ended processes stay. The init forwards signals, reaps orphans,
 * and reports the program's exact end. With ctr_spec_set_die_with_parent() it ends
 * with the caller's process, and its namespace with it, whatever the program does. It has the
 * program's user, capabilities and filter of system calls, and can't be traced without
 * CAP_SYS_PTRACE.
 *
 * With ctr_spec_set_output_limit() there is an init in any case. It counts for the resource
 * limit RLIMIT_NPROC of a user other than root. If the program has CAP_SYS_PTRACE in the
 * caller's user namespace, or the calling thread is the first one of its process, the init ends
 * with the calling thread as well.
 *
 * Switch it off for a program that is made to be PID 1, such as a supervisor, and to save a
 * process and some 0.2 ms. The init takes no place of a pids limit in the spec: the group is
 * made with one place more. In a group of the caller's, ctr_spec_set_cgroup(), it takes one.
 *
 * Return: 0; it can't fail.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  pid_namespaces(7), memfd_create(2), signalfd(2).
 * Since:   0.1
 */
int ctr_spec_set_init(ctr_spec *spec, int enabled, ctr_error *err);

/**
 * ctr_spec_set_tty() - give the program a terminal of its own
 * @spec:    changed only on success
 * @enabled: non-zero: a new pseudoterminal from the container's /dev/pts
 *           becomes its descriptors 0, 1 and 2 and its controlling terminal;
 *           ctr_container_take_tty() gives the other side
 * @rows:    height in characters; 0 if unknown
 * @columns: width in characters; 0 if unknown
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0; it can't fail.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  pty(7), pts(4), ioctl_tty(2).
 * Since:   0.1
 */
int ctr_spec_set_tty(ctr_spec *spec, int enabled, uint16_t rows, uint16_t columns, ctr_error *err);

/**
 * ctr_spec_set_new_session() - whether the program leads a new session
 * @spec:    changed only on success
 * @enabled: 0 leaves it in the caller's session, with the caller's
 *           controlling terminal, into which it may then push input; anything
 *           else, the default, does not
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0; it can't fail.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  setsid(2), ioctl_tty(2).
 * Since:   0.1
 */
int ctr_spec_set_new_session(ctr_spec *spec, int enabled, ctr_error *err);

/**
 * ctr_spec_set_die_with_parent() - whether the container outlives its caller
 * @spec:    changed only on success
 * @enabled: 0: it goes on (for detached use); anything else, the default: it
 *           is killed when the *thread* that spawned it ends
 * @err:     filled on failure only; may be NULL
 *
 * The kernel ties this to the thread, not the process: a program that spawns
 * from short-lived threads switches it off.
 *
 * Return: 0; it can't fail.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  prctl(2), PR_SET_PDEATHSIG.
 * Since:   0.1
 */
int ctr_spec_set_die_with_parent(ctr_spec *spec, int enabled, ctr_error *err);

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
 * Only a child that does not share memory may block, so only for that the
 * bound matters. It is one for all that the set-up waits for. A limit on wall
 * time that is shorter bounds the set-up too, but never to less than 2 seconds.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @timeout_ms is 0 or above 2147483647
 *
 * Threads: one at a time for each @spec.
 * Kernel:  poll(2), pidfd_open(2).
 * Since:   0.1
 */
int ctr_spec_set_setup_timeout_ms(ctr_spec *spec, uint32_t timeout_ms, ctr_error *err);

/* ---- files ---- */

/**
 * ctr_spec_set_rootfs() - set the root file system
 * @spec: changed only on success
 * @path: a directory of the host, copied; a relative one is taken from what
 *        the working directory is now; opened when the spec is compiled;
 *        NULL for the default root, the host's own files read-only
 * @err:  filled on failure only; may be NULL
 *
 * A mount point that @path lacks is made there when a container starts, as a
 * directory with mode 0755 or as an empty file, and stays there. It belongs to
 * root inside, or to the first user of the map of ids. With
 * ctr_spec_set_read_only(), and in a directory that root inside may not change,
 * it is made in a layer of the container's own instead. A layer covers the
 * directory that lacks the mount point, shows its entries, and is read-only.
 * CTR_MOUNT_NO_CREATE refuses a mount whose mount point is missing.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @path is empty
 *   CTR_E_SYSTEM   the working directory has no path
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  open_tree(2), pivot_root(2).
 * Since:   0.1
 */
int ctr_spec_set_rootfs(ctr_spec *spec, const char *path, ctr_error *err);

/**
 * ctr_spec_set_read_only() - make the root file system read-only
 * @spec:    changed only on success
 * @enabled: non-zero: read-only, what is mounted on it by the spec excepted;
 *           0, the default: as it is on the host. The default root is
 *           read-only in any case
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0; it can't fail.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  mount_setattr(2).
 * Since:   0.1
 */
int ctr_spec_set_read_only(ctr_spec *spec, int enabled, ctr_error *err);

/**
 * ctr_spec_set_base_mounts() - choose what is mounted without being asked for
 * @spec:   changed only on success
 * @mounts: CTR_BASE_* bits; CTR_BASE_ALL by default
 * @err:    filled on failure only; may be NULL
 *
 * CTR_BASE_HOSTS mounts a read-only file on the /etc/hosts of the root, which stays as it is.
 * With a network namespace of the container's own the file has localhost and the host name
 * inside; with one that was there before it has the lines of the caller's /etc/hosts first.
 * Nothing is mounted if a mount of the spec has the target /etc/hosts, or if the root has no
 * such file and is not read-only.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @mounts has an unknown bit
 *
 * Threads: one at a time for each @spec.
 * Since:   0.1
 */
int ctr_spec_set_base_mounts(ctr_spec *spec, uint32_t mounts, ctr_error *err);

/**
 * ctr_spec_add_bind() - show a host file or directory inside the container
 * @spec:   changed only on success
 * @source: absolute host path, copied; opened when the spec is compiled
 * @target: absolute path in the container, copied; resolved inside its root
 * @flags:  CTR_MOUNT_*, or 0: recursive, writable, nosuid, nodev. CTR_MOUNT_IDMAP: see
 *          ctr_spec_set_rootfs_idmap()
 * @err:    filled on failure only; may be NULL
 *
 * Mounts are made in the order in which they were added, after the base
 * mounts. A @target that does not exist is made, see ctr_spec_set_rootfs().
 * Nothing is made in a bind that can be written: compiling fails there. A later
 * mount that covers @target hides this one, which ctr_plan_describe() says.
 *
 * A device file as @source needs CTR_MOUNT_ALLOW_DEV, except /dev/null: it is shown as an
 * empty file, as a masked one is.
 *
 * Links and ".." in @source are followed once, when the spec is compiled, from the caller's
 * root directory. "/" is that directory, with all that is mounted below it.
 * "/proc/self/fd/N" is what descriptor N of the caller has open, if that has a path in the
 * caller's mount namespace. If another file is there when a container starts, the start
 * fails with ESTALE.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a path is NULL or relative, or @flags has an unknown bit
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  open_tree(2), mount_setattr(2), move_mount(2).
 * Since:   0.1
 */
int ctr_spec_add_bind(ctr_spec *spec, const char *source, const char *target, uint32_t flags,
		      ctr_error *err);

/**
 * ctr_spec_add_tmpfs() - mount an empty file system that lives in memory
 * @spec:       changed only on success
 * @target:     absolute path in the container, copied
 * @size_bytes: most that it may hold; 0 for a fifth of the machine's memory, which /tmp and
 *              /run of the default root have too
 * @mode:       permission bits of its root directory, such as 01777
 * @flags:      CTR_MOUNT_*, or 0: writable, nosuid, nodev
 * @err:        filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path, a mode above 07777, or an unknown flag
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  tmpfs(5), fsopen(2), fsmount(2).
 * Since:   0.1
 */
int ctr_spec_add_tmpfs(ctr_spec *spec, const char *target, uint64_t size_bytes, uint32_t mode,
		       uint32_t flags, ctr_error *err);

/**
 * ctr_spec_add_proc() - mount the container's processes in one more place
 * @spec:   changed only on success
 * @target: absolute path in the container, copied
 * @flags:  CTR_MOUNT_*
 * @err:    filled on failure only; may be NULL
 *
 * The same parts of it as of /proc are masked or read-only, unless the base mount of /proc
 * is switched off, see ctr_spec_set_base_mounts(): then it is as the kernel has it.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path or an unknown flag
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  proc(5), pid_namespaces(7).
 * Since:   0.1
 */
int ctr_spec_add_proc(ctr_spec *spec, const char *target, uint32_t flags, ctr_error *err);

/**
 * ctr_spec_add_sysfs() - mount sysfs in one more place
 * @spec:   changed only on success
 * @target: absolute path in the container, copied
 * @flags:  CTR_MOUNT_*
 * @err:    filled on failure only; may be NULL
 *
 * It is read-only, and its firmware masked, unless the base mount of /sys is switched off,
 * see ctr_spec_set_base_mounts(): then it is as @flags say.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path or an unknown flag
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  sysfs(5).
 * Since:   0.1
 */
int ctr_spec_add_sysfs(ctr_spec *spec, const char *target, uint32_t flags, ctr_error *err);

/**
 * ctr_spec_add_devpts() - mount a set of pseudoterminals in one more place
 * @spec:   changed only on success
 * @target: absolute path in the container, copied
 * @flags:  CTR_MOUNT_*
 * @err:    filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path or an unknown flag
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  pts(4).
 * Since:   0.1
 */
int ctr_spec_add_devpts(ctr_spec *spec, const char *target, uint32_t flags, ctr_error *err);

/**
 * ctr_spec_add_mqueue() - mount POSIX message queues in one more place
 * @spec:   changed only on success
 * @target: absolute path in the container, copied
 * @flags:  CTR_MOUNT_*
 * @err:    filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path or an unknown flag
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  mq_overview(7).
 * Since:   0.1
 */
int ctr_spec_add_mqueue(ctr_spec *spec, const char *target, uint32_t flags, ctr_error *err);

/**
 * ctr_spec_add_cgroup() - show the container its control group
 * @spec:   changed only on success
 * @target: absolute path in the container, such as "/sys/fs/cgroup"; copied
 * @flags:  CTR_MOUNT_*; read-only also without it, unless ctr_spec_set_delegate() is on
 * @err:    filled on failure only; may be NULL
 *
 * What is mounted is the group as "/" of each hierarchy that it is in, and switches
 * accounting on, see ctr_spec_set_accounting(): on a host with cgroup v2 alone that
 * hierarchy on @target, else a directory there for each, such as @target/memory and, for
 * v2, @target/unified.
 *
 * Java and other runtimes read their limits there, and without it take those of the host. On
 * v1 they want cpuset, cpu, cpuacct and memory, which are all shown. One that the group is
 * not in is shown from the caller's own group on, and is read-only whatever is asked for.
 *
 * Compiling fails with CTR_E_INVALID if the cgroup namespace is not the container's own.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path or an unknown flag
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  cgroups(7), cgroup_namespaces(7).
 * Since:   0.1
 */
int ctr_spec_add_cgroup(ctr_spec *spec, const char *target, uint32_t flags, ctr_error *err);

/**
 * ctr_spec_add_dev() - mount a minimal /dev in one more place
 * @spec:   changed only on success
 * @target: absolute path in the container, copied
 * @err:    filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  see ctr_mount_dev().
 * Since:   0.1
 */
int ctr_spec_add_dev(ctr_spec *spec, const char *target, ctr_error *err);

/**
 * ctr_spec_add_mask() - hide a file or directory of the container
 * @spec:   changed only on success
 * @target: absolute path in the container, copied; one that does not exist
 *          needs no hiding and is no error
 * @err:    filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  a bad path
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  see ctr_mount_mask().
 * Since:   0.1
 */
int ctr_spec_add_mask(ctr_spec *spec, const char *target, ctr_error *err);

/**
 * ctr_spec_unmask() - leave out one of the default protections of files
 * @spec: changed only on success
 * @path: of the protection, exactly as the library has it; NULL: all of /proc and /sys
 * @err:  filled on failure only; may be NULL
 *
 * Masked are /proc/acpi, asound, interrupts, kcore, keys, latency_stats, sched_debug, scsi,
 * timer_list and timer_stats, /sys/firmware and /sys/devices/virtual/powercap; read-only are
 * /proc/bus, fs, irq, sys and sysrq-trigger. With /proc/sys writable root in the container
 * can change the host.
 *
 * The default root hides /home, /root, /srv, /mnt, /media and /boot. If the caller is
 * root or has capabilities, the default root also hides what only root may read: /etc/shadow,
 * /etc/shadow-, /etc/gshadow, /etc/gshadow-, /etc/sudoers, /etc/sudoers.d, /etc/ssh/ssh_host_*_key
 * and /etc/ssl/private. A mount on or below such a path shows what is mounted there.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @path is none of those: the error lists them
 *
 * Threads: one at a time for each @spec.
 * Kernel:  proc(5), sysfs(5).
 * Since:   0.1
 */
int ctr_spec_unmask(ctr_spec *spec, const char *path, ctr_error *err);

/**
 * ctr_spec_set_check_args() - refuse arguments that name files which the default root hides
 * @spec:    changed only on success
 * @enabled: 1: compiling the spec fails if an argument after the first is an absolute path
 *           of a file of the host that the program would not see for that reason alone, see
 *           ctr_spec_unmask(); 0, the default: arguments are only text
 * @err:     filled on failure only; may be NULL
 *
 * The program and the working directory are always checked. The error has the volume that
 * shows the file.
 *
 * Return: 0.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  path_resolution(7).
 * Since:   0.1
 */
int ctr_spec_set_check_args(ctr_spec *spec, int enabled, ctr_error *err);

/* ---- further confinement ---- */

/**
 * ctr_spec_add_landlock_rule() - let files below a path be used, and no others
 * @spec:   changed only on success
 * @path:   absolute path in the container, copied; it has to exist there
 * @access: what is allowed there: bits of CTR_LANDLOCK_READ, _WRITE and _EXECUTE
 * @err:    filled on failure only; may be NULL
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
 * Threads: one at a time for each @spec.
 * Kernel:  landlock(7).
 * Since:   0.1
 */
int ctr_spec_add_landlock_rule(ctr_spec *spec, const char *path, uint32_t access, ctr_error *err);

/**
 * ctr_spec_set_apparmor() - the AppArmor profile that the container is under
 * @spec:    changed only on success
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
 * Threads: one at a time for each @spec.
 * Kernel:  apparmor(7), proc_pid_attr(5).
 * Since:   0.1
 */
int ctr_spec_set_apparmor(ctr_spec *spec, const char *profile, ctr_error *err);

/**
 * ctr_spec_set_selinux() - the SELinux context that the container is in
 * @spec:    changed only on success
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
 * Threads: one at a time for each @spec.
 * Kernel:  selinux(8), proc_pid_attr(5).
 * Since:   0.1
 */
int ctr_spec_set_selinux(ctr_spec *spec, const char *context, ctr_error *err);

/**
 * ctr_spec_set_securebits() - what being root, and changing ids, means for capabilities
 * @spec: changed only on success
 * @bits: SECBIT_* of linux/securebits.h, all but SECBIT_KEEP_CAPS; the others are cleared
 * @err:  filled on failure only; may be NULL
 *
 * With SECBIT_NOROOT and SECBIT_NOROOT_LOCKED root in the container is a user as any other
 * one: by executing a program it gains no capability, and has the ambient ones only.
 * A spec in which they are not set leaves the caller's.
 *
 * When the spec is compiled: CTR_E_INVALID for SECBIT_NO_CAP_AMBIENT_RAISE together with
 * ctr_spec_add_ambient_cap().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @bits has unknown bits, or SECBIT_KEEP_CAPS
 *
 * Threads: one at a time for each @spec.
 * Kernel:  capabilities(7), PR_SET_SECUREBITS(2const).
 * Since:   0.1
 */
int ctr_spec_set_securebits(ctr_spec *spec, uint32_t bits, ctr_error *err);

/* ---- isolation ---- */

/**
 * ctr_spec_set_namespace() - a new namespace, or the caller's
 * @spec:      changed only on success
 * @kind: one of CTR_NS_PID, UTS, IPC, NET and CGROUP. The mount
 *             namespace is always new
 * @mode:      CTR_NS_MODE_NEW or CTR_NS_MODE_HOST
 * @err:       filled on failure only; may be NULL
 *
 * In a user namespace of its own a container can't mount the proc, sysfs or
 * mqueue of a namespace that it shares with the host. It gets the host's mount
 * instead, with the same parts masked or read-only.
 *
 * Without a PID namespace the container's processes are known by a control
 * group. If the caller may make none, as most users other than root may not,
 * they are known by the process group of the first process: those that leave
 * it, by setsid(2) or setpgid(2) as daemons and shells with job control do,
 * are not killed with the container.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID      not one of those namespaces, or @mode is unknown
 *
 * Threads: one at a time for each @spec.
 * Kernel:  namespaces(7).
 * Since:   0.1
 */
int ctr_spec_set_namespace(ctr_spec *spec, uint32_t kind, int mode, ctr_error *err);

/**
 * ctr_spec_join_namespace_fd() - use an existing namespace
 * @spec:      changed only on success
 * @kind: one of CTR_NS_UTS, IPC, NET and CGROUP
 * @fd:        an open /proc/PID/ns/ file of that kind, duplicated now
 * @err:       filled on failure only; may be NULL
 *
 * A container with a user namespace of its own may not enter the namespace, for
 * which CAP_SYS_ADMIN counts where it belongs. The thread that spawns the
 * container enters it just before the child is made, which is born there, and
 * returns just after; other threads stay where they are. Signals are blocked
 * meanwhile. Entering an IPC namespace applies the thread's semadj values, see
 * semop(2), SEM_UNDO.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID      not one of those namespaces, or @fd is not of that kind
 *   CTR_E_UNSUPPORTED  CTR_NS_PID: a process that stems from the caller's
 *                      memory must not be seen by those inside
 *   CTR_E_SYSTEM       @fd could not be duplicated
 *
 * Threads: one at a time for each @spec.
 * Kernel:  setns(2), ioctl_ns(2).
 * Since:   0.1
 */
int ctr_spec_join_namespace_fd(ctr_spec *spec, uint32_t kind, int fd, ctr_error *err);

/**
 * ctr_spec_join_namespace_path() - use an existing namespace, by its file
 * @spec:      changed only on success
 * @kind: one of CTR_NS_UTS, IPC, NET and CGROUP
 * @path:      such as /proc/PID/ns/net or /run/netns/NAME; opened now
 * @err:       filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID      not one of those namespaces, or @path is not of that kind
 *   CTR_E_UNSUPPORTED  CTR_NS_PID, see ctr_spec_join_namespace_fd()
 *   CTR_E_SYSTEM       @path could not be opened
 *
 * Threads: one at a time for each @spec.
 * Kernel:  setns(2), ioctl_ns(2).
 * Since:   0.1
 */
int ctr_spec_join_namespace_path(ctr_spec *spec, uint32_t kind, const char *path, ctr_error *err);

/**
 * ctr_spec_set_hostname() - set the host name inside
 * @spec: changed only on success
 * @name: 1 to 64 bytes: letters, digits, '-', '.', '_'; copied
 * @err:  filled on failure only; may be NULL
 *
 * The default is "container" in a UTS namespace of the container's own, which another name
 * needs. In a namespace of the host or of another container the name there stays.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @name is not a host name
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  sethostname(2), uts_namespaces(7).
 * Since:   0.1
 */
int ctr_spec_set_hostname(ctr_spec *spec, const char *name, ctr_error *err);

/**
 * ctr_spec_set_domainname() - set the NIS domain name inside
 * @spec: changed only on success
 * @name: 1 to 64 bytes: letters, digits, '-', '.', '_'; copied
 * @err:  filled on failure only; may be NULL
 *
 * Needs a UTS namespace of the container's own.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @name is not a domain name
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  setdomainname(2), uts_namespaces(7).
 * Since:   0.1
 */
int ctr_spec_set_domainname(ctr_spec *spec, const char *name, ctr_error *err);

/* ---- control groups ---- */

/**
 * ctr_spec_get_limits() - what the container may use
 * @spec: one with limits as its setters left them, none at first
 *
 * A container with limits runs in a control group of its own, which it joins
 * before its program starts, and which is removed when it has ended.
 *
 * Return: the limits, to be changed by ctr_limits_set_pids_max() and the like;
 * they are the spec's and last as long as it.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  cgroups(7).
 * Since:   0.1
 */
ctr_limits *ctr_spec_get_limits(ctr_spec *spec);

/**
 * ctr_spec_set_accounting() - count what the container uses
 * @spec:    changed only on success
 * @enabled: CTR_ACCOUNTING_ON: it gets a control group in every hierarchy that counts or
 *           freezes, limits or not; CTR_ACCOUNTING_AUTO: the same if the caller may make
 *           such groups, else as off; CTR_ACCOUNTING_OFF, the default: only where it has
 *           a limit
 * @err:     filled on failure only; may be NULL
 *
 * On cgroup v2, where there is one hierarchy, a container with any limit has
 * all of it.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @enabled is not one of these
 *
 * Threads: one at a time for each @spec.
 * Kernel:  cgroups(7).
 * Since:   0.1
 */
int ctr_spec_set_accounting(ctr_spec *spec, int enabled, ctr_error *err);

/**
 * ctr_spec_set_wall_limit_ms() - limit how long it may run
 * @spec: changed only on success
 * @ms:   milliseconds from the program's execution; 0, the default: no limit
 * @err:  filled on failure only; may be NULL
 *
 * When the time is up, ctr_container_wait() kills all its processes; see
 * ctr_container_event_fd() for event loops.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @ms is more than a year
 *
 * Threads: one at a time for each @spec.
 * Kernel:  clock_gettime(2), CLOCK_MONOTONIC.
 * Since:   0.1
 */
int ctr_spec_set_wall_limit_ms(ctr_spec *spec, uint64_t ms, ctr_error *err);

/**
 * ctr_spec_set_cpu_limit_ms() - limit how much CPU time it may use
 * @spec: changed only on success
 * @ms:   milliseconds of all its processes together; 0, the default: no limit
 * @err:  filled on failure only; may be NULL
 *
 * Kept as ctr_spec_set_wall_limit_ms() is, by the time that its control group
 * counts.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @ms is more than a year
 *
 * Threads: one at a time for each @spec.
 * Kernel:  cpu.stat, or cpuacct.usage: cgroups(7).
 * Since:   0.1
 */
int ctr_spec_set_cpu_limit_ms(ctr_spec *spec, uint64_t ms, ctr_error *err);

/**
 * ctr_spec_set_output_limit() - limit how much it may write to a file
 * @spec:  changed only on success
 * @bytes: the most that any one file may become by its writing; 0, the default: no limit
 * @err:   filled on failure only; may be NULL
 *
 * A write beyond it fails with EFBIG, and SIGXFSZ ends the process. A first process ignores
 * that signal, so there is an init, see ctr_spec_set_init(). For output to pipes and terminals
 * it does nothing: there the reader counts.
 *
 * CTR_END_OUTPUT_LIMIT is reported when the program was ended by SIGXFSZ, when it exited with
 * 128 + SIGXFSZ, as a shell does whose program was, and when it failed (another exit status
 * than 0, or any signal) and its standard output or error is a file that was smaller than
 * @bytes at the start and has @bytes at the end. So a program that ignores the signal, as
 * those in Python do, is recognised when it writes to a file that the caller has given it as
 * descriptor 1 or 2. One that fails for such a write to another file is not: its end is
 * CTR_END_EXITED. Nor is one that exits with 0.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @bytes is 2^63 or more
 *
 * Threads: one at a time for each @spec.
 * Kernel:  getrlimit(2), RLIMIT_FSIZE.
 * Since:   0.1
 */
int ctr_spec_set_output_limit(ctr_spec *spec, uint64_t bytes, ctr_error *err);

/**
 * ctr_spec_set_cgroup() - use a control group that is there
 * @spec:  changed only on success
 * @group: used by the spec and its plans and containers, also when the caller frees it
 * @err:   filled on failure only; may be NULL
 *
 * Without this call each container has its own group, if it needs one. One group for many
 * containers, one after the other, costs less than one for each. Limits are those of the group;
 * several at a time share them. What a container has used is told as the difference to its start:
 * so while others are in the group their use counts too, in the numbers, for the limit on CPU time,
 * and for being out of memory; freezing, signals to all and updates concern all in the group. On v1
 * a group that is frozen goes on when a container in it is killed. The group stays when the
 * container has ended.
 *
 * Whether there are numbers is the group's affair too: ctr_spec_set_accounting() adds none.
 *
 * Compiling such a spec fails with CTR_E_INVALID if it has limits too, a parent for groups,
 * or the host's PID namespace, or a limit on CPU time while the group counts none.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @group is NULL; or the error that @err holds already, which says why
 *
 * Threads: one at a time for each @spec.
 * Kernel:  clone(2), CLONE_INTO_CGROUP; cgroups(7).
 * Since:   0.1
 */
int ctr_spec_set_cgroup(ctr_spec *spec, ctr_cgroup *group, ctr_error *err);

/**
 * ctr_spec_set_delegate() - let the container divide its group
 * @spec:    changed only on success
 * @enabled: 1: what ctr_spec_add_cgroup() shows can be written, so that containers can be
 *           made inside; 0, the default: it is read-only
 * @err:     filled on failure only; may be NULL
 *
 * Its limits stay out of its reach only as far as its user may not write them: root inside,
 * in the host's user namespace, may, and device rules of v1 too. On cgroup v2, where a group that
 * is divided holds no processes, the container starts in the group "leaf" inside its own.
 *
 * Compiling fails with CTR_E_INVALID for a group that is shared, and if the cgroup namespace
 * is not the container's own.
 *
 * Return: 0.
 *
 * Threads: one at a time for each @spec.
 * Kernel:  cgroups(7), "no internal processes"; cgroup_namespaces(7).
 * Since:   0.1
 */
int ctr_spec_set_delegate(ctr_spec *spec, int enabled, ctr_error *err);

/**
 * ctr_spec_set_cgroup_parent() - choose where the container's group is made
 * @spec: changed only on success
 * @path: the group to make it in, from the root of each hierarchy, such as
 *        "/jobs"; copied. It must exist and, on cgroup v2, have no process in
 *        it. NULL, the default: the group that the caller is in when the spec is
 *        compiled, or on cgroup v2 the nearest one above it that can hold
 *        others and is the caller's to change
 * @err:  filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @path is not absolute, or leads upwards
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @spec.
 * Kernel:  cgroups(7), "no internal processes".
 * Since:   0.1
 */
int ctr_spec_set_cgroup_parent(ctr_spec *spec, const char *path, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
