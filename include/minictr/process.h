/* SPDX-License-Identifier: MIT */
/**
 * process.h - what a container's program is, as data
 *
 * Which program, with which arguments, environment and descriptors, for which user, and what
 * attributes it starts with. minictr/confine.h has what it is kept from. Strings are copied and
 * descriptors duplicated.
 *
 * A setter that fails changes nothing else, but the process keeps its error, as a spec does:
 * see minictr/spec.h. Every setter takes NULL for @process, as ctr_spec_get_process() returns it
 * for NULL.
 *
 * What a new process stands for, each with its setter as the way out:
 * - no arguments: at least the first is to be set;
 * - environment: PATH, HOME, and TERM when there is a terminal; working directory /;
 * - descriptors 0, 1 and 2 of the caller, /dev/null for those it has closed;
 * - user and group 0, no supplementary groups, umask 022;
 * - no_new_privs, a short list of capabilities, the default filter of system calls;
 * - an init before the program, if it is in a new PID namespace;
 * - a session and a session keyring of its own, default signal dispositions and an empty
 *   signal mask;
 * - killed when the caller ends.
 */
#ifndef MINICTR_PROCESS_H
#define MINICTR_PROCESS_H

#include <stddef.h>
#include <stdint.h>

#include <minictr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctr_process ctr_process;

/**
 * ctr_process_new() - make a process with the defaults above
 * @err: filled on failure only; may be NULL
 *
 * The program of a container is the process of its spec, see ctr_spec_get_process().
 *
 * Return: the process, the caller's to free, or NULL with
 *   CTR_E_NOMEM  out of memory
 *
 * Threads: any.
 * Since:   0.1
 */
ctr_process *ctr_process_new(ctr_error *err);

/**
 * ctr_process_clone() - copy a process
 * @process: unchanged; may be the one of a spec
 * @err:     filled on failure only; may be NULL
 *
 * Return: an independent copy, the caller's to free, or NULL with
 *   CTR_E_NOMEM   out of memory
 *   CTR_E_SYSTEM  a descriptor could not be duplicated
 *   any other     a setter of @process has failed with it
 *
 * Threads: one at a time for each @process.
 * Kernel:  fcntl(2), F_DUPFD_CLOEXEC.
 * Since:   0.1
 */
ctr_process *ctr_process_clone(const ctr_process *process, ctr_error *err);

/**
 * ctr_process_clear_error() - forget that a setter has failed
 * @process: may be NULL
 *
 * What the setter was to change is as it was before, so this is for callers that can do without
 * it.
 *
 * Threads: one at a time for each @process.
 * Since:   0.1
 */
void ctr_process_clear_error(ctr_process *process);

/**
 * ctr_process_free() - free a process
 * @process: may be NULL; not one that a spec owns
 *
 * Threads: one at a time for each @process.
 * Since:   0.1
 */
void ctr_process_free(ctr_process *process);

/* ---- the program ---- */

/**
 * ctr_process_add_arg() - append one argument; the first names the program
 * @process: changed only on success
 * @arg:     copied; the first must not be empty
 * @err:     filled on failure only; may be NULL
 *
 * A first argument without a slash is looked up in the container's PATH,
 * inside the container's root.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @arg is NULL, or empty and the first
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @process.
 * Kernel:  execve(2).
 * Since:   0.1
 */
int ctr_process_add_arg(ctr_process *process, const char *arg, ctr_error *err);

/**
 * ctr_process_set_args() - set all arguments; the first names the program
 * @process: changed only on success
 * @argv:    copied; its end is a NULL, and the first must not be empty
 * @err:     filled on failure only; may be NULL
 *
 * They take the place of the arguments so far. See ctr_process_add_arg() for the first.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @argv is NULL or has none, or the first is empty
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @process.
 * Kernel:  execve(2).
 * Since:   0.1
 */
int ctr_process_set_args(ctr_process *process, char *const *argv, ctr_error *err);

/**
 * ctr_process_set_program_fd() - execute the file that a descriptor has open
 * @process: changed only on success
 * @fd:      an open descriptor of a program, duplicated: the caller may close it after this call.
 *           One that was opened with O_PATH will do. -1, the default: the first argument names
 *           the program
 * @err:     filled on failure only; may be NULL
 *
 * As fexecve(3): the arguments are as they were set, the first one included, which is then only
 * what the program calls itself. The file need not be in the container; the loader that it names
 * must be there.
 *
 * What is executed is a copy, made when the spec is compiled, and shared by all containers of a
 * plan. Nobody can write the copy, so the container can't change the file of the host by
 * /proc/self/exe. The copy is a sealed file in memory; where those can't be executed
 * (vm.memfd_noexec is 2), and the caller has CAP_SYS_ADMIN, it is on a read-only tmpfs that is
 * mounted nowhere. It takes as much memory as the file has bytes until the plan is freed, and twice
 * that while the spec is compiled. It has the owner of the file, if the caller may set that, and
 * its permissions, so that the user of the container needs the same permission to execute it; but
 * neither set-user-ID bits nor file capabilities.
 *
 * The program does not get the descriptor, and /proc/self/exe leads to the copy. A script is
 * refused: its interpreter would have to open it by a path.
 *
 * Compiling fails with CTR_E_NOT_EXECUTABLE if the file is no regular file, has no permission
 * to be executed, can't be read by the caller, is on a file system mounted noexec, is a script, or
 * is not a program for this machine; and with CTR_E_UNSUPPORTED if there is no place for the copy.
 * A filter of system calls of the spec has to let execveat(2) through.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @fd is not open
 *   CTR_E_SYSTEM   the descriptor could not be duplicated
 *
 * Threads: one at a time for each @process.
 * Kernel:  execveat(2), AT_EMPTY_PATH; memfd_create(2).
 * Since:   0.1
 */
int ctr_process_set_program_fd(ctr_process *process, int fd, ctr_error *err);

/**
 * ctr_process_set_env() - set one environment variable
 * @process: changed only on success
 * @name:    copied; not empty, without '='
 * @value:   copied
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @name or @value is NULL, or @name is not a name
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @process.
 * Kernel:  environ(7).
 * Since:   0.1
 */
int ctr_process_set_env(ctr_process *process, const char *name, const char *value, ctr_error *err);

/**
 * ctr_process_unset_env() - remove one environment variable, defaults included
 * @process: changed only on success
 * @name:    its name; one that is not set is no error
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @name is not a name
 *
 * Threads: one at a time for each @process.
 * Kernel:  environ(7).
 * Since:   0.1
 */
int ctr_process_unset_env(ctr_process *process, const char *name, ctr_error *err);

/**
 * ctr_process_inherit_env() - take one variable over from the caller, as it is now
 * @process: changed only on success
 * @name:    its name; it stays unset if the caller has none of that name
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @name is not a name
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @process; no other thread may change
 *          the environment during the call, see getenv(3).
 * Kernel:  environ(7).
 * Since:   0.1
 */
int ctr_process_inherit_env(ctr_process *process, const char *name, ctr_error *err);

/**
 * ctr_process_inherit_all_env() - take all variables over from the caller, as they are now
 * @process: changed only on success
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_NOMEM  out of memory
 *
 * Threads: one at a time for each @process; no other thread may change
 *          the environment during the call, see getenv(3).
 * Kernel:  environ(7).
 * Since:   0.1
 */
int ctr_process_inherit_all_env(ctr_process *process, ctr_error *err);

/**
 * ctr_process_set_cwd() - set the working directory
 * @process: changed only on success
 * @path:    absolute path in the container, copied; must exist there
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @path is NULL or relative
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @process.
 * Kernel:  chdir(2).
 * Since:   0.1
 */
int ctr_process_set_cwd(ctr_process *process, const char *path, ctr_error *err);

/**
 * ctr_process_set_check_args() - refuse arguments that name files which the default root hides
 * @process: changed only on success
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
 * Threads: one at a time for each @process.
 * Kernel:  path_resolution(7).
 * Since:   0.1
 */
int ctr_process_set_check_args(ctr_process *process, int enabled, ctr_error *err);

/* ---- its descriptors ---- */

/**
 * ctr_process_set_fd() - give the program an open descriptor
 * @process: changed only on success
 * @target:  its number in the program, 0 to 65535
 * @source:  a descriptor of the caller, duplicated now; -1 puts /dev/null
 *           there
 * @err:     filled on failure only; may be NULL
 *
 * A second call for the same @target replaces the first. No descriptor
 * reaches the program but 0, 1, 2 and those named here.
 *
 * A directory is a way out of any root: from its descriptor openat(2) reaches
 * every file above and below it. It is therefore refused here, among the
 * descriptors 0, 1 and 2 that a program inherits, and by
 * ctr_plan_spawn_with(). A descriptor of a mount, of open_tree(2), or of
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
 * Threads: one at a time for each @process.
 * Kernel:  dup(2), close_range(2), statx(2).
 * Since:   0.1
 */
int ctr_process_set_fd(ctr_process *process, int target, int source, ctr_error *err);

/**
 * ctr_process_set_dir_fd() - give the program an open directory, a way out of its root
 * @process: changed only on success
 * @target:  its number in the program, 0 to 65535
 * @source:  a directory of the caller, duplicated now, opened for reading or
 *           with O_PATH; -1 puts /dev/null there, for ctr_plan_spawn_with() to
 *           replace by a directory
 * @err:     filled on failure only; may be NULL
 *
 * As ctr_process_set_fd(), which refuses directories: the program can open every
 * file that its user and capabilities allow, on the host, from there. To show
 * the directory without that, use ctr_spec_add_bind().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @target is out of range, or @source is not open or is no
 *                  directory
 *   CTR_E_NOMEM    out of memory
 *   CTR_E_SYSTEM   @source could not be duplicated
 *
 * Threads: one at a time for each @process.
 * Kernel:  dup(2), close_range(2), statx(2).
 * Since:   0.1
 */
int ctr_process_set_dir_fd(ctr_process *process, int target, int source, ctr_error *err);

/* ---- its user ---- */

/**
 * ctr_process_set_user() - set the user and the group
 * @process: changed only on success
 * @uid:     user id, not 4294967295
 * @gid:     group id, not 4294967295
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  an id is 4294967295, which the kernel reads as "unchanged"
 *
 * Threads: one at a time for each @process.
 * Kernel:  setresuid(2), setresgid(2).
 * Since:   0.1
 */
int ctr_process_set_user(ctr_process *process, uint32_t uid, uint32_t gid, ctr_error *err);

/**
 * ctr_process_set_user_name() - set the user and the group, by name or number
 * @process: changed only on success
 * @user:    a name, or a decimal number up to 4294967294; copied
 * @group:   the same for the group; copied; NULL: the user's own
 * @err:     filled on failure only; may be NULL
 *
 * Names are looked up when the spec is compiled, in /etc/passwd and /etc/group as the container
 * will see them, mounts included: the host's name services are not asked. Digits are a number,
 * never a name. In these files the first matching line is used; malformed lines are skipped.
 *
 * The user's line gives its group, where none is given (0 for a number without a line), its home
 * directory, which HOME is set to if it is absolute and the user can enter it (else HOME is
 * /tmp), and its name. The groups in
 * /etc/group that list this name are added to those of ctr_process_add_group(); not so in a user
 * namespace of one id, which can't have them.
 *
 * Compiling fails with CTR_E_INVALID if a name is not found, if one of the files is no regular
 * file or larger than 1 MiB, and if there would be more than 65536 groups; with CTR_E_SYSTEM
 * if one can't be read. A number needs none of the files to exist.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @user or @group is too large a number, or can't be a name: NULL (@user),
 *                  empty, longer than 255 bytes, with a blank, a control character, ':' or
 *                  ',', or beginning with '+', '-' or '#'
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @process.
 * Kernel:  setresuid(2), setresgid(2), setgroups(2).
 * Since:   0.1
 */
int ctr_process_set_user_name(ctr_process *process, const char *user, const char *group,
			      ctr_error *err);

/**
 * ctr_process_add_group() - append a supplementary group
 * @process: changed only on success
 * @gid:     group id, not 4294967295
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @gid is 4294967295, or there are 65536 already
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @process.
 * Kernel:  setgroups(2).
 * Since:   0.1
 */
int ctr_process_add_group(ctr_process *process, uint32_t gid, ctr_error *err);

/**
 * ctr_process_add_group_name() - append a supplementary group, by name or number
 * @process: changed only on success
 * @group:   a name, or a decimal number up to 4294967294; copied
 * @err:     filled on failure only; may be NULL
 *
 * Looked up as ctr_process_set_user_name() tells.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @group is too large a number, or can't be a name, or there are 65536
 *                  already
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @process.
 * Kernel:  setgroups(2).
 * Since:   0.1
 */
int ctr_process_add_group_name(ctr_process *process, const char *group, ctr_error *err);

/* ---- its attributes ---- */

/**
 * ctr_process_set_umask() - set the file mode creation mask
 * @process: changed only on success
 * @mask:    0 to 0777
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @mask is above 0777
 *
 * Threads: one at a time for each @process.
 * Kernel:  umask(2).
 * Since:   0.1
 */
int ctr_process_set_umask(ctr_process *process, uint32_t mask, ctr_error *err);

/**
 * ctr_process_set_rlimit() - set a resource limit; those that are not set are inherited
 * @process:  changed only on success
 * @resource: RLIMIT_* of getrlimit(2)
 * @soft:     soft limit; UINT64_MAX for none
 * @hard:     hard limit, at least @soft; UINT64_MAX for none
 * @err:      filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @resource is unknown, or @soft is above @hard
 *
 * Threads: one at a time for each @process.
 * Kernel:  prlimit(2).
 * Since:   0.1
 */
int ctr_process_set_rlimit(ctr_process *process, int resource, uint64_t soft, uint64_t hard,
			   ctr_error *err);

/**
 * ctr_process_set_priority() - set the nice value
 * @process: changed only on success
 * @nice:    -20 (most favoured) to 19
 * @err:     filled on failure only; may be NULL
 *
 * Without it the nice value is the one of the caller, and so are SCHED_BATCH and
 * SCHED_IDLE. A real-time policy is not inherited: SCHED_FIFO, SCHED_RR and
 * SCHED_DEADLINE become SCHED_OTHER before a control group is joined.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @nice is out of range
 *
 * Threads: one at a time for each @process.
 * Kernel:  setpriority(2).
 * Since:   0.1
 */
int ctr_process_set_priority(ctr_process *process, int nice, ctr_error *err);

/**
 * ctr_process_set_oom_score_adj() - set how likely it is killed when memory is short
 * @process:    changed only on success
 * @adjustment: -1000 (never) to 1000 (before all others)
 * @err:        filled on failure only; may be NULL
 *
 * Without it the value is the one of the caller. To go below that takes CAP_SYS_RESOURCE over
 * the host: without it, or in a user namespace of its own, the spawn fails with EACCES.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @adjustment is out of range
 *
 * Threads: one at a time for each @process.
 * Kernel:  proc_pid_oom_score_adj(5).
 * Since:   0.1
 */
int ctr_process_set_oom_score_adj(ctr_process *process, int adjustment, ctr_error *err);

/**
 * ctr_process_set_signal_mask() - set the signals that are blocked at the start
 * @process: changed only on success
 * @mask:    bit N-1 stands for signal N; 0, the default, blocks none
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0; it can't fail.
 *
 * Threads: one at a time for each @process.
 * Kernel:  sigprocmask(2).
 * Since:   0.1
 */
int ctr_process_set_signal_mask(ctr_process *process, uint64_t mask, ctr_error *err);

/**
 * ctr_process_set_init() - say whether the program is run below a small init
 * @process: changed only on success
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
 * and reports the program's exact end. With ctr_process_set_die_with_parent() it ends
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
 * Threads: one at a time for each @process.
 * Kernel:  pid_namespaces(7), memfd_create(2), signalfd(2).
 * Since:   0.1
 */
int ctr_process_set_init(ctr_process *process, int enabled, ctr_error *err);

/**
 * ctr_process_set_tty() - give the program a terminal of its own
 * @process: changed only on success
 * @enabled: non-zero: a new pseudoterminal from the container's /dev/pts
 *           becomes its descriptors 0, 1 and 2 and its controlling terminal;
 *           ctr_container_take_tty() gives the other side
 * @rows:    height in characters; 0 if unknown
 * @columns: width in characters; 0 if unknown
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0; it can't fail.
 *
 * Threads: one at a time for each @process.
 * Kernel:  pty(7), pts(4), ioctl_tty(2).
 * Since:   0.1
 */
int ctr_process_set_tty(ctr_process *process, int enabled, uint16_t rows, uint16_t columns,
			ctr_error *err);

/**
 * ctr_process_set_new_session() - whether the program leads a new session
 * @process: changed only on success
 * @enabled: 0 leaves it in the caller's session, with the caller's
 *           controlling terminal, into which it may then push input; anything
 *           else, the default, does not
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0; it can't fail.
 *
 * Threads: one at a time for each @process.
 * Kernel:  setsid(2), ioctl_tty(2).
 * Since:   0.1
 */
int ctr_process_set_new_session(ctr_process *process, int enabled, ctr_error *err);

/**
 * ctr_process_set_die_with_parent() - whether the container outlives its caller
 * @process: changed only on success
 * @enabled: 0: it goes on (for detached use); anything else, the default: it
 *           is killed when the *thread* that spawned it ends
 * @err:     filled on failure only; may be NULL
 *
 * The kernel ties this to the thread, not the process: a program that spawns
 * from short-lived threads switches it off.
 *
 * Return: 0; it can't fail.
 *
 * Threads: one at a time for each @process.
 * Kernel:  prctl(2), PR_SET_PDEATHSIG.
 * Since:   0.1
 */
int ctr_process_set_die_with_parent(ctr_process *process, int enabled, ctr_error *err);

/**
 * ctr_process_set_keyring() - choose the session keyring
 * @process: changed only on success
 * @own:     1, the default: a new, empty one; 0: the caller's, with the keys in it
 * @err:     filled on failure only; may be NULL
 *
 * The user keyring, user-keyring(7), belongs to a user id in a user namespace. A
 * container without a user namespace shares it with the host's user of its id,
 * and reads its keys if its filter lets keyctl(2) through. The default filter
 * does not, whatever capabilities are added.
 *
 * Return: 0; it can't fail.
 *
 * Threads: one at a time for each @process.
 * Kernel:  session-keyring(7), keyctl(2).
 * Since:   0.1
 */
int ctr_process_set_keyring(ctr_process *process, int own, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
