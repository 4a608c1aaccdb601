/* SPDX-License-Identifier: MIT */
/**
 * container.h - start a container, wait for its end, kill it
 *
 * A container is a child process of the caller and a handle to it. The handle has a descriptor
 * for event loops, and nothing else in the calling process is affected: no signal handler, no
 * reaping of other children, no thread. The processes, mounts and control group of the
 * container are removed with it, whether it exits, is killed, or its handle is freed.
 *
 * ctr_container_stats(), freeze, thaw, signal_all, update, kill, kill_all and time_left_ms may be
 * called in any threads while another one is blocked in ctr_container_wait(); once the container
 * has ended freeze, thaw, signal_all and update fail with CTR_E_STATE. All else is for one thread
 * at a time, and ctr_container_free() for the last one.
 *
 * A handle works only in the process that started the container. In a copy that fork(2) made
 * ctr_container_free() closes descriptors and frees memory, and ends nothing; so an atexit(3)
 * handler or a destructor that runs in the copy does no harm. The functions with a ctr_error
 * fail with CTR_E_STATE there, ctr_container_time_left_ms() and the functions that take a
 * descriptor return -1, and the others say what was known when the copy was made.
 */
#ifndef MINICTR_CONTAINER_H
#define MINICTR_CONTAINER_H

#include <stdint.h>
#include <sys/types.h>

#include <minictr/error.h>
#include <minictr/limits.h>
#include <minictr/spec.h>
#include <minictr/usage.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctr_container ctr_container;

/* How a container has ended. */
#define CTR_END_NONE 0		/* it has not, or nobody knows any more */
#define CTR_END_EXITED 1	/* the program exited */
#define CTR_END_SIGNALLED 2	/* the program was ended by a signal */
#define CTR_END_OUT_OF_MEMORY 3 /* not well, after processes were killed at its memory limit */
#define CTR_END_WALL_LIMIT 4	/* killed at ctr_spec_set_wall_limit_ms() */
#define CTR_END_CPU_LIMIT 5	/* killed at ctr_spec_set_cpu_limit_ms() */
#define CTR_END_OUTPUT_LIMIT 6	/* failed at ctr_spec_set_output_limit(): see there */

/**
 * ctr_spawn() - start a container once
 * @spec: unchanged; may be freed afterwards
 * @err:  filled on failure only; may be NULL
 *
 * Returns once the program has been executed or once starting it has failed; in that case
 * nothing is left behind. To start the same container repeatedly, compile a plan:
 * ctr_plan_compile(), ctr_plan_spawn().
 *
 * Return: the container, the caller's to free, or NULL with what
 * ctr_plan_compile() gives, or
 *   CTR_E_NOT_FOUND       execve(2) did not find the program
 *   CTR_E_NOT_EXECUTABLE  execve(2) refused the program
 *   CTR_E_SYSTEM          a step failed: the error names it
 *   CTR_E_TIMEOUT         the set-up took longer than the spec allows
 *   CTR_E_KILLED          the child was killed during its set-up
 *   CTR_E_NOMEM           out of memory
 *
 * Threads: any; one at a time for each @spec. The calling thread waits until
 *          the program has been executed, others go on.
 * Kernel:  clone(2), pidfd_open(2), namespaces(7), execve(2).
 * Since:   0.1
 */
ctr_container *ctr_spawn(const ctr_spec *spec, ctr_error *err);

/**
 * ctr_container_free() - end a container and free its handle
 * @container: may be NULL. If it still runs it is killed, with all its
 *             processes, and waited for, unless it was detached
 *
 * Processes that were killed can take long to be gone: one may be stuck in the kernel, or
 * be held by a tracer outside. After 30 seconds this call returns all the same. What is
 * left, a process to be waited for and a control group to be removed, is then taken care of
 * by the next ctr_spawn(), ctr_plan_spawn() or ctr_container_free() in this process that
 * finds it gone. To be told whether anything is left, call ctr_container_kill_all() and
 * ctr_container_wait() first.
 *
 * Threads: one at a time for each @container.
 * Kernel:  pidfd_send_signal(2), waitid(2).
 * Since:   0.1
 */
void ctr_container_free(ctr_container *container);

/**
 * ctr_container_pid() - the process id of the container's first process
 * @container: borrowed
 *
 * With an init it is the init's: see ctr_container_program_pid().
 *
 * Return: the id in the caller's PID namespace. It is no longer valid after
 * ctr_container_wait() has returned 1.
 *
 * Threads: any.
 * Since:   0.1
 */
pid_t ctr_container_pid(const ctr_container *container);

/**
 * ctr_container_program_pid() - the process id of the program
 * @container: borrowed
 *
 * With an init, see ctr_process_set_init(), the first process is that, and the program is its
 * child. Without one the program is the first process. The init waits for the program, so once
 * that has ended its number may be another process's, as soon as ctr_spawn() has returned:
 * send signals by ctr_container_send_signal().
 *
 * Return: the id in the caller's PID namespace. The program may have ended already.
 *
 * Threads: any.
 * Kernel:  unix(7), SCM_CREDENTIALS.
 * Since:   0.1
 */
pid_t ctr_container_program_pid(const ctr_container *container);

/**
 * ctr_container_pidfd() - a descriptor that polls readable at the end
 * @container: borrowed
 *
 * For poll(2), epoll(7) and event loops: when it is readable
 * ctr_container_wait() does not block, though it may remove a control group.
 *
 * Return: a descriptor that the container owns.
 *
 * Threads: any.
 * Kernel:  pidfd_open(2).
 * Since:   0.1
 */
int ctr_container_pidfd(const ctr_container *container);

/**
 * ctr_container_event_fd() - a descriptor that polls readable when there is something to do
 * @container: borrowed
 * @err:       filled on failure only; may be NULL
 *
 * For poll(2), epoll(7) and event loops, which need no timer beside it: it is readable when the
 * container has ended, and when a limit on time is to be looked at. Then call
 * ctr_container_wait() with 0, which keeps the limit. If that returns 0, which is no error, the
 * container has not ended: the descriptor becomes readable again at the next time to look, which
 * for a limit on CPU time is at the soonest in 10 milliseconds. After the end it stays readable,
 * so take it out of the loop then. ctr_container_pidfd() is for loops that know of no limit.
 * The descriptor is made by the first call; later calls return the same one.
 *
 * Return: a descriptor that the container owns, close-on-exec; or -1 with
 *   CTR_E_SYSTEM  it could not be made
 *   CTR_E_NOMEM   out of memory
 *   CTR_E_STATE   the container was detached, or this process is a forked copy
 *
 * Threads: one at a time for each @container; ctr_container_kill_all() may run beside it.
 * Kernel:  epoll(7), timerfd_create(2).
 * Since:   0.1
 */
int ctr_container_event_fd(ctr_container *container, ctr_error *err);

/**
 * ctr_container_take_tty() - take the controlling side of its terminal
 * @container: one of a spec with ctr_process_set_tty()
 *
 * Data written to it is read by the program, and vice versa.
 *
 * Return: a descriptor, from now on the caller's to close; -1 if there is
 * none or it was taken before.
 *
 * Threads: one at a time for each @container.
 * Kernel:  pty(7).
 * Since:   0.1
 */
int ctr_container_take_tty(ctr_container *container);

/**
 * ctr_container_take_seccomp_fd() - take the listener of its filter of system calls
 * @container: one whose filter asks about calls: SCMP_ACT_NOTIFY of a profile, or
 *             SECCOMP_RET_USER_NOTIF
 *
 * A call that the filter asks about waits until the owner of the descriptor has answered by
 * ioctl(2), SECCOMP_IOCTL_NOTIF_RECV and SECCOMP_IOCTL_NOTIF_SEND; when it is closed such
 * calls fail with ENOSYS, waiting ones too. Whoever takes it has to answer, and who never
 * takes it lets the program wait until the container is freed. Before it trusts what it reads
 * of the caller's memory it has to ask SECCOMP_IOCTL_NOTIF_ID_VALID: see seccomp_unotify(2).
 *
 * Before Linux 6.11 poll(2) reports no POLLHUP for the descriptor until the container has been
 * waited for. A loop that answers must therefore poll ctr_container_pidfd() as well, which is
 * readable when the container has ended.
 *
 * Return: a descriptor that the caller closes, close-on-exec; -1 if there is none, or if it
 * was taken before.
 *
 * Threads: one at a time for each @container.
 * Kernel:  seccomp_unotify(2).
 * Since:   0.1
 */
int ctr_container_take_seccomp_fd(ctr_container *container);

/**
 * ctr_container_wait() - wait for the end
 * @container:  borrowed
 * @timeout_ms: how long, in milliseconds; 0 only looks, -1 waits for ever
 * @err:        filled on failure only; may be NULL
 *
 * May be called again; it then returns the same result immediately. When it returns 1 no
 * process of the container is left, and neither is its control group. Without
 * either, see ctr_spec_set_namespace(), its process group has been killed. A
 * signal handler of the caller does not end the wait.
 *
 * A container that ended before this call looked at it has not met a limit on time, however
 * late the call is. A tracer (ptrace(2)) is told of an end before the caller is; this call
 * does not wait for the tracer. The process can then not be waited for yet, so the numbers of
 * getrusage(2) are not known; ctr_container_free() leaves it to a later start or free in
 * this process to wait for it.
 *
 * Return: 1 when it has ended, 0 when the time is up, or -1 with
 *   CTR_E_INVALID  @timeout_ms is below -1
 *   CTR_E_LOST     it has ended, and the status can't be known: somebody else in the process
 *                  has waited for it, or SIGCHLD is ignored, and the kernel is older than
 *                  6.15; or a tracer holds it, and the caller may not look at it
 *   CTR_E_TIMEOUT  all its processes were killed 30 seconds ago, by ctr_container_kill_all()
 *                  or at a limit on time, and the first of them has not ended; call again to
 *                  learn whether it has
 *   CTR_E_SYSTEM   a system call failed
 *   CTR_E_STATE    the container was detached, or this process is a forked copy
 *
 * Threads: one at a time for each @container.
 * Kernel:  poll(2), waitid(2) with P_PIDFD, PIDFD_GET_INFO.
 * Since:   0.1
 */
int ctr_container_wait(ctr_container *container, int timeout_ms, ctr_error *err);

/**
 * ctr_container_time_left_ms() - how long until a limit on time may be reached
 * @container: borrowed
 *
 * The library has no thread of its own: a limit on time is kept by
 * ctr_container_wait(), while it waits or when it only looks. An event loop
 * that polls ctr_container_pidfd() takes this as its timeout, and calls
 * ctr_container_wait() with 0 when the time is up. ctr_container_event_fd() needs no
 * timeout. After all processes were killed it is
 * the time until ctr_container_wait() fails with CTR_E_TIMEOUT.
 *
 * Return: milliseconds; 0 if a limit has been reached, -1 if there is none.
 *
 * Threads: any, also beside a ctr_container_wait() that blocks.
 * Kernel:  clock_gettime(2), cgroups(7).
 * Since:   0.1
 */
int ctr_container_time_left_ms(const ctr_container *container);

/**
 * ctr_container_end() - how it has ended
 * @container: one that ctr_container_wait() has seen the end of
 *
 * Return: CTR_END_*. CTR_END_OUT_OF_MEMORY is reported only if the container has a control
 * group that limits or accounts memory.
 *
 * Threads: one at a time for each @container.
 * Since:   0.1
 */
uint32_t ctr_container_end(const ctr_container *container);

/**
 * ctr_container_end_name() - the word for an end
 * @end: CTR_END_*
 *
 * Return: such as "out_of_memory", static; NULL if @end is not a CTR_END_* value.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_container_end_name(uint32_t end);

/**
 * ctr_container_exit_code() - the exit code of the program
 * @container: one that ctr_container_wait() has seen the end of
 *
 * Return: 0 to 255; -1 if it was ended by a signal or has not been waited
 * for.
 *
 * Threads: one at a time for each @container.
 * Since:   0.1
 */
int ctr_container_exit_code(const ctr_container *container);

/**
 * ctr_container_exit_signal() - the signal that ended the program
 * @container: one that ctr_container_wait() has seen the end of
 *
 * Return: the number of the signal; 0 if it exited by itself or has not been
 * waited for.
 *
 * Threads: one at a time for each @container.
 * Since:   0.1
 */
int ctr_container_exit_signal(const ctr_container *container);

/**
 * ctr_container_machine() - the kind of machine that its program is made for
 * @container: borrowed
 *
 * A program that is made for another machine than the host's own, such as "i386", is ended by
 * SIGSYS at its first system call, unless the filter of system calls is one that allows it. For a
 * script this is the machine of its interpreter.
 *
 * Return: "x86-64", "i386", "x32", "aarch64", "arm" or another name, static; NULL if it is not
 * known, as where the file could not be read.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_container_machine(const ctr_container *container);

/**
 * ctr_container_user_time_us() - CPU time spent in programs
 * @container: one that ctr_container_wait() has seen the end of
 *
 * Return: microseconds since the program was executed, of the first process and all that it
 * waited for; 0 if the process was waited for by another part of the caller.
 *
 * Threads: one at a time for each @container.
 * Kernel:  getrusage(2).
 * Since:   0.1
 */
uint64_t ctr_container_user_time_us(const ctr_container *container);

/**
 * ctr_container_system_time_us() - CPU time spent in the kernel
 * @container: one that ctr_container_wait() has seen the end of
 *
 * Return: microseconds since the program was executed, of the first process and all that it
 * waited for; 0 if the process was waited for by another part of the caller.
 *
 * Threads: one at a time for each @container.
 * Kernel:  getrusage(2).
 * Since:   0.1
 */
uint64_t ctr_container_system_time_us(const ctr_container *container);

/**
 * ctr_container_max_rss_bytes() - most memory that one process had resident
 * @container: one that ctr_container_wait() has seen the end of
 *
 * Return: the peak of the largest process, in bytes, but never less than the resident memory of
 * the caller at the start, which the kernel includes; 0 if the status was taken by another
 * part of the process. CTR_USAGE_MEMORY_PEAK_BYTES, from a control group, is more accurate.
 *
 * Threads: one at a time for each @container.
 * Kernel:  getrusage(2).
 * Since:   0.1
 */
uint64_t ctr_container_max_rss_bytes(const ctr_container *container);

/**
 * ctr_container_stats() - what it uses, or has used
 * @container: borrowed
 * @usage:     overwritten
 * @err:       filled on failure only; may be NULL
 *
 * After ctr_container_wait() has seen its end, the numbers are those of then.
 * Without a control group there is the time, and, after the end, what
 * getrusage(2) gives.
 *
 * Return: 0, or -1 with
 *   CTR_E_STATE  this process is a forked copy
 *
 * Threads: any, also beside a ctr_container_wait() that blocks.
 * Kernel:  cgroups(7).
 * Since:   0.1
 */
int ctr_container_stats(const ctr_container *container, ctr_usage *usage, ctr_error *err);

/**
 * ctr_container_freeze() - stop all its processes
 * @container: one with a control group that can be frozen, see
 *             ctr_spec_set_accounting()
 * @err:       filled on failure only; may be NULL
 *
 * Returns when all of them have stopped. Time limits keep running meanwhile.
 *
 * Return: 0, or -1 with
 *   CTR_E_STATE    it has ended, or has no such group, or this process is a forked copy
 *   CTR_E_TIMEOUT  a process could not be stopped; they all go on
 *   CTR_E_SYSTEM   a system call failed
 *
 * Threads: any, also beside a ctr_container_wait() that blocks.
 * Kernel:  cgroup.freeze, or freezer.state: cgroups(7).
 * Since:   0.1
 */
int ctr_container_freeze(const ctr_container *container, ctr_error *err);

/**
 * ctr_container_thaw() - resume its processes
 * @container: one with a control group that can be frozen
 * @err:       filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_STATE   it has ended, or has no such group, or this process is a forked copy
 *   CTR_E_SYSTEM  a system call failed
 *
 * Threads: any, also beside a ctr_container_wait() that blocks.
 * Kernel:  cgroup.freeze, or freezer.state: cgroups(7).
 * Since:   0.1
 */
int ctr_container_thaw(const ctr_container *container, ctr_error *err);

/**
 * ctr_container_send_signal_all() - send a signal to all its processes
 * @container: one with a control group
 * @sig:       a signal number
 * @err:       filled on failure only; may be NULL
 *
 * Processes forked during the call may miss the signal unless the container is frozen.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  no such signal
 *   CTR_E_STATE    it has ended, or has no control group, or this process is a forked copy
 *   CTR_E_SYSTEM   a system call failed
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: any, also beside a ctr_container_wait() that blocks.
 * Kernel:  kill(2), cgroup.procs: cgroups(7).
 * Since:   0.1
 */
int ctr_container_send_signal_all(const ctr_container *container, int sig, ctr_error *err);

/**
 * ctr_container_update() - change its limits while it runs
 * @container: one with a control group
 * @limits:    limits that are set are changed; all others stay as they are
 * @err:       filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID      as when a spec is compiled
 *   CTR_E_UNSUPPORTED  this host can't enforce the limit
 *   CTR_E_STATE        it has ended, has no group in the hierarchy of a limit, or this
 *                      process is a forked copy
 *   CTR_E_SYSTEM       the kernel refused: EBUSY for less memory than is in use
 *   CTR_E_NOMEM        out of memory
 *
 * Threads: any, also beside a ctr_container_wait() that blocks.
 * Kernel:  cgroups(7).
 * Since:   0.1
 */
int ctr_container_update(const ctr_container *container, const ctr_limits *limits, ctr_error *err);

/**
 * ctr_container_send_signal() - send a signal to the container's first process
 * @container: borrowed
 * @sig:       a signal number; 0 only asks whether it is there
 * @err:       filled on failure only; may be NULL
 *
 * With an init, see ctr_process_set_init(), the init passes it on to the program; but SIGKILL ends
 * all, SIGSTOP stops the init alone, and SIGCHLD is not passed on. To stop the program send
 * SIGTSTP, or use ctr_container_freeze(). Without an init a program that is PID 1 of its
 * namespace gets a signal other than SIGKILL and SIGSTOP only if it has a handler for it.
 *
 * Return: 0, or -1 with
 *   CTR_E_SYSTEM  pidfd_send_signal(2) failed: ESRCH if it has ended
 *   CTR_E_STATE   this process is a forked copy
 *
 * Threads: any, also beside a ctr_container_wait() that blocks.
 * Kernel:  pidfd_send_signal(2), pid_namespaces(7).
 * Since:   0.1
 */
int ctr_container_send_signal(const ctr_container *container, int sig, ctr_error *err);

/**
 * ctr_container_kill_all() - kill every process of the container
 * @container: borrowed
 * @err:       filled on failure only; may be NULL
 *
 * Without a PID namespace and a control group it kills the process group of
 * the first process, see ctr_spec_set_namespace().
 *
 * Return: 0, also if it has ended already, or -1 with
 *   CTR_E_SYSTEM   a system call failed
 *   CTR_E_TIMEOUT  processes were still left after five seconds
 *   CTR_E_STATE    this process is a forked copy
 *
 * Threads: any, also beside a ctr_container_wait() that blocks.
 * Kernel:  pid_namespaces(7), pidfd_send_signal(2), cgroups(7).
 * Since:   0.1
 */
int ctr_container_kill_all(ctr_container *container, ctr_error *err);

/**
 * ctr_container_detach() - let go of a container
 * @container: it goes on by itself: free no longer kills it and wait is
 *             refused
 * @err:       filled on failure only; may be NULL
 *
 * The spec must have had ctr_process_set_die_with_parent() off, no limit that needs a control
 * group, because nothing would remove the group, and no time limit.
 *
 * Return: 0, or -1 with
 *   CTR_E_STATE  it would die with the caller, has a control group or a limit
 *                on time, or has ended; or this process is a forked copy
 *
 * Threads: one at a time for each @container.
 * Since:   0.1
 */
int ctr_container_detach(ctr_container *container, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
