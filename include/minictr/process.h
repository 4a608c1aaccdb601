/* SPDX-License-Identifier: MIT */
/**
 * process.h - the description of a container's program
 *
 * These setters choose the program, its arguments, environment and descriptors, its user, and
 * its attributes. The setters in minictr/confine.h restrict it. Strings are copied and
 * descriptors duplicated.
 *
 * A setter that fails changes nothing else, but the process keeps its error, as a spec does:
 * see minictr/spec.h. Every setter accepts NULL for @process, which ctr_spec_get_process()
 * returns for NULL.
 *
 * These are the defaults of a new process. Each can be changed with its setter:
 * - There are no arguments. At least the first must be set.
 * - The environment consists of PATH, HOME, and TERM if the program has a new terminal. The
 *   working directory is /.
 * - Descriptors 0, 1 and 2 are those of the caller, or /dev/null if the caller has closed them.
 * - User and group are 0. There are no supplementary groups. The umask is 022.
 * - Resource limits, the nice value and the OOM score adjustment are those of the caller.
 * - no_new_privs is set. The capabilities are ctr_caps_default(), as far as the caller has them.
 *   The library's filter of system calls is used.
 * - Process 1 is an init, if the PID namespace is new.
 * - The program has a new session and a new session keyring, no terminal, the default action for
 *   each signal, and no blocked signals.
 * - The container is killed when the caller ends.
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
 * ctr_process_new() - create a process with the defaults above
 * @err: filled on failure only; may be NULL
 *
 * Each spec already has a process, which ctr_spec_get_process() returns.
 *
 * Return: the process, which the caller frees, or NULL with
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
 * Return: an independent copy, which the caller frees, or NULL with
 *   CTR_E_NOMEM   out of memory
 *   CTR_E_SYSTEM  a descriptor could not be duplicated
 *   any other     the error of a setter of @process that has failed
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
 * A setter that fails changes no setting. Call this function if the program can do without the
 * change.
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
 * By default there are no arguments, and a spec cannot be compiled without one. A first argument
 * without a slash is looked up in the container's PATH, inside the container's root.
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
 * @argv:    copied; ends with NULL; the first must not be empty
 * @err:     filled on failure only; may be NULL
 *
 * They replace the earlier arguments; by default there are none. See ctr_process_add_arg() for
 * the first one.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @argv is NULL or contains no argument, or the first is empty
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
 * The default environment has these variables:
 * - PATH is /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin.
 * - HOME is the user's home directory, see ctr_process_set_user_name(), or /tmp.
 * - TERM is xterm, but is set only with ctr_process_set_tty().
 *
 * A variable that is set replaces the default one.
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
 * ctr_process_unset_env() - remove one environment variable, even a default one
 * @process: changed only on success
 * @name:    its name; it is not an error if it is not set
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
 * ctr_process_inherit_env() - copy one environment variable from the caller
 * @process: changed only on success
 * @name:    its name; nothing is changed if the caller does not have it
 * @err:     filled on failure only; may be NULL
 *
 * The value is read during the call. By default no variable of the caller is inherited.
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
 * ctr_process_inherit_all_env() - copy all environment variables from the caller
 * @process: changed only on success
 * @err:     filled on failure only; may be NULL
 *
 * The values are read during the call. By default no variable of the caller is inherited.
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
 * @path:    absolute path in the container, copied; must exist there; "/" by default
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
 * @enabled: 1: compiling the spec fails if an argument after the first is the absolute path of
 *           a file that exists on the host and that only the default root hides, see
 *           ctr_spec_unmask(); 0, the default: arguments are not checked
 * @err:     filled on failure only; may be NULL
 *
 * The program and the working directory are always checked. The error names the volume that
 * would show the file.
 *
 * Return: 0, or -1 if @process is NULL.
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
 * A second call for the same @target replaces the first. The program has only descriptors 0, 1
 * and 2, which are those of the caller by default, and the ones that are set here.
 *
 * A directory is a way out of any root, because openat(2) with its descriptor
 * reaches every file above and below it. Directories are therefore refused here,
 * among the descriptors 0, 1 and 2 that a program inherits, and by
 * ctr_plan_spawn_with(). Descriptors of open_tree(2) and of /proc/self/root are
 * directories too. Other kinds are passed on without a check, and give the
 * program access to the object. A UNIX socket can receive further descriptors.
 * A file can be opened again through /proc/self/fd, with the program's rights.
 * With the necessary capabilities, a program can enter a process or a namespace
 * by its descriptor.
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
 * ctr_process_set_dir_fd() - give the program an open directory outside its root
 * @process: changed only on success
 * @target:  its number in the program, 0 to 65535
 * @source:  a directory of the caller, duplicated now, opened for reading or
 *           with O_PATH; -1 puts /dev/null there, which ctr_plan_spawn_with()
 *           may replace by a directory
 * @err:     filled on failure only; may be NULL
 *
 * This works like ctr_process_set_fd(), which refuses directories. By default the
 * program has no directory open. With this descriptor it can open every file of
 * the host that its user and capabilities allow. To show only the directory
 * itself, use ctr_spec_add_bind().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @target is out of range, or @source is not open or is not
 *                  a directory
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
 * @uid:     user id, not 4294967295; 0 by default
 * @gid:     group id, not 4294967295; 0 by default
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
 * @group:   the same for the group; copied; NULL: the group of the user's passwd entry
 * @err:     filled on failure only; may be NULL
 *
 * Names are looked up when the spec is compiled, in /etc/passwd and /etc/group as the container
 * will see them, mounts included. The host's name services are not used. A value that consists
 * of digits is a number, never a name. In these files the first matching line is used; malformed
 * lines are skipped. The default is user 0 and group 0.
 *
 * The user's line in /etc/passwd supplies these values:
 * - the group, if @group is NULL (0 for a number without a line);
 * - the home directory: HOME is set to it if it is absolute and the user can enter it, and to
 *   /tmp otherwise;
 * - the user name: the groups in /etc/group that list it are added to those of
 *   ctr_process_add_group(). They are not added in a user namespace with one id, which cannot
 *   have them.
 *
 * Compiling fails with CTR_E_INVALID if a name is not found, if one of the files is larger than
 * 1 MiB or is not a regular file, and if there would be more than 65536 groups. It fails with
 * CTR_E_SYSTEM if a file cannot be read. If only numbers are given, the files need not exist.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @user is NULL, or @user or @group is too large a number or not a valid
 *                  name: a name is not empty, has at most 255 bytes, contains no blank, no
 *                  control character, no ':' and no ',', and does not begin with '+', '-' or
 *                  '#'
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
 * By default there are no supplementary groups.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @gid is 4294967295, or there are 65536 groups already
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
 * The name is looked up as described at ctr_process_set_user_name(). By default there are no
 * supplementary groups.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @group is too large a number or not a valid name, or there are 65536
 *                  groups already
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
 * @mask:    0 to 0777; 022 by default
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
 * ctr_process_set_rlimit() - set a resource limit
 * @process:  changed only on success
 * @resource: RLIMIT_* of getrlimit(2)
 * @soft:     soft limit; UINT64_MAX for none
 * @hard:     hard limit, at least @soft; UINT64_MAX for none
 * @err:      filled on failure only; may be NULL
 *
 * By default each resource limit is that of the caller.
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
 * @nice:    -20 (highest priority) to 19 (lowest)
 * @err:     filled on failure only; may be NULL
 *
 * By default the nice value is that of the caller. SCHED_BATCH and SCHED_IDLE are inherited as
 * well. A real-time policy is never inherited: SCHED_FIFO, SCHED_RR and SCHED_DEADLINE become
 * SCHED_OTHER before the container joins a control group.
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
 * ctr_process_set_oom_score_adj() - set how likely the program is killed when memory is short
 * @process:    changed only on success
 * @adjustment: -1000 (never) to 1000 (before all others)
 * @err:        filled on failure only; may be NULL
 *
 * By default the value is that of the caller. A lower value requires CAP_SYS_RESOURCE over the
 * host. Without it, or in a new user namespace, the spawn fails with EACCES.
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
 * Return: 0, or -1 if @process is NULL.
 *
 * Threads: one at a time for each @process.
 * Kernel:  sigprocmask(2).
 * Since:   0.1
 */
int ctr_process_set_signal_mask(ctr_process *process, uint64_t mask, ctr_error *err);

/**
 * ctr_process_set_init() - choose whether the program runs below a small init
 * @process: changed only on success
 * @enabled: 0: the program is the first process; any other value: the library's init is the
 *           first process, and the program is its child
 * @err:     filled on failure only; may be NULL
 *
 * By default there is an init if the container has a new PID namespace, unless its filter of
 * system calls refuses calls that the init makes: see docs/seccomp.md.
 *
 * The kernel does not deliver signals to PID 1 that it has no handler for, except SIGKILL and
 * SIGSTOP from outside. PID 1 also inherits every orphan of its namespace. In a program that is
 * PID 1, Ctrl-C may therefore do nothing, abort(3) ends with SIGSEGV, and orphans that end stay
 * as zombies. The init forwards signals, reaps orphans, and reports exactly how the program ended.
 * Unless ctr_process_set_die_with_parent() is off, the init ends when the caller's process ends,
 * whatever the program does, and all processes of its namespace end with it. The init has the
 * program's user, capabilities and filter of system calls. It cannot be traced without
 * CAP_SYS_PTRACE.
 *
 * With ctr_spec_set_output_limit() there is always an init. For a user other than root, the init
 * counts towards RLIMIT_NPROC. The init also ends with the calling thread, and not only with the
 * caller's process, if the program has CAP_SYS_PTRACE in the caller's user namespace or if the
 * calling thread is the first one of its process.
 *
 * Turn the init off for a program that is made to be PID 1, such as a supervisor, or to save a
 * process and the time of its start, see docs/performance.md. The init does not count towards a
 * pids limit in the spec, because the group is created with a limit that is higher by one. It
 * does count in a group that was chosen with ctr_spec_set_cgroup().
 *
 * Return: 0, or -1 if @process is NULL.
 *
 * Threads: one at a time for each @process.
 * Kernel:  pid_namespaces(7), memfd_create(2), signalfd(2).
 * Since:   0.1
 */
int ctr_process_set_init(ctr_process *process, int enabled, ctr_error *err);

/**
 * ctr_process_set_tty() - give the program a new terminal
 * @process: changed only on success
 * @enabled: non-zero: a new pseudoterminal from the container's /dev/pts
 *           becomes its descriptors 0, 1 and 2 and its controlling terminal, and
 *           ctr_container_take_tty() returns the other side; 0, the default: no
 *           new terminal
 * @rows:    height in characters; 0 if unknown
 * @columns: width in characters; 0 if unknown
 * @err:     filled on failure only; may be NULL
 *
 * Return: 0, or -1 if @process is NULL.
 *
 * Threads: one at a time for each @process.
 * Kernel:  pty(7), pts(4), ioctl_tty(2).
 * Since:   0.1
 */
int ctr_process_set_tty(ctr_process *process, int enabled, uint16_t rows, uint16_t columns,
			ctr_error *err);

/**
 * ctr_process_set_new_session() - choose whether the program leads a new session
 * @process: changed only on success
 * @enabled: 1, the default: a new session without a controlling terminal; 0: the
 *           caller's session, with its controlling terminal
 * @err:     filled on failure only; may be NULL
 *
 * In the caller's session the program may push input into the caller's terminal, unless the
 * filter of system calls prevents it.
 *
 * Return: 0, or -1 if @process is NULL.
 *
 * Threads: one at a time for each @process.
 * Kernel:  setsid(2), ioctl_tty(2).
 * Since:   0.1
 */
int ctr_process_set_new_session(ctr_process *process, int enabled, ctr_error *err);

/**
 * ctr_process_set_die_with_parent() - choose whether the container outlives its caller
 * @process: changed only on success
 * @enabled: 1, the default: the container is killed when its caller ends; 0: it
 *           continues, for ctr_container_detach()
 * @err:     filled on failure only; may be NULL
 *
 * With an init, see ctr_process_set_init(), the container is killed when the caller's process
 * ends. Without one it is killed when the *thread* that spawned it ends, because the kernel ties
 * the signal to that thread. A program that spawns containers without an init from short-lived
 * threads should turn this off.
 *
 * Return: 0, or -1 if @process is NULL.
 *
 * Threads: one at a time for each @process.
 * Kernel:  prctl(2), PR_SET_PDEATHSIG.
 * Since:   0.1
 */
int ctr_process_set_die_with_parent(ctr_process *process, int enabled, ctr_error *err);

/**
 * ctr_process_set_keyring() - choose the session keyring
 * @process: changed only on success
 * @own:     1, the default: a new, empty keyring; 0: the caller's, with the keys in it
 * @err:     filled on failure only; may be NULL
 *
 * The user keyring, user-keyring(7), belongs to a user id in a user namespace. A
 * container without a user namespace shares it with the host's user that has the
 * same id. It can read the keys if its filter allows keyctl(2). The default filter
 * never does, whatever capabilities are added.
 *
 * Return: 0, or -1 if @process is NULL.
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
