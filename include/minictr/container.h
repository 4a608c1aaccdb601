/* SPDX-License-Identifier: MIT */
/**
 * container.h - start a container, wait for its end, kill it
 *
 * A container is a child process of the caller and a handle to it. The handle has a descriptor
 * for event loops, and nothing else in the calling process is affected: no signal handler, no
 * reaping of other children, no thread. The processes, mounts and control group of the
 * container are removed with it, whether it exits, is killed, or its handle is freed.
 *
 * While a thread is blocked in ctr_container_wait(), other threads may call
 * ctr_container_stats(), _freeze(), _thaw(), _send_signal_all(), _update(), _send_signal(),
 * _kill_all() and _time_left_ms(). When the container has ended, _freeze(), _thaw(),
 * _send_signal_all() and _update() fail with CTR_E_STATE. All other functions may be called by one
 * thread at a time, and ctr_container_free() only by the last one.
 *
 * A handle works only in the process that started the container. In a copy of the process that
 * fork(2) has created, ctr_container_free() closes descriptors and frees memory, but ends nothing.
 * An atexit(3) handler or a destructor that runs in the copy therefore does no harm. In the copy,
 * functions with a ctr_error fail with CTR_E_STATE, ctr_container_time_left_ms() and the functions
 * that return a descriptor return -1, and all others return what was known when the copy was
 * created.
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
#define CTR_END_NONE 0		/* still running, or the status was lost */
#define CTR_END_EXITED 1	/* the program exited */
#define CTR_END_SIGNALLED 2	/* the program was killed by a signal */
#define CTR_END_OUT_OF_MEMORY 3 /* failed after processes were killed at its memory limit */
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
 * Return: the container, which the caller frees, or NULL with an error of ctr_plan_compile() or
 *   CTR_E_NOT_FOUND       execve(2) did not find the program
 *   CTR_E_NOT_EXECUTABLE  execve(2) refused the program
 *   CTR_E_SYSTEM          a step failed: the error names it
 *   CTR_E_TIMEOUT         the set-up took longer than the spec allows
 *   CTR_E_KILLED          the child was killed during its set-up
 *   CTR_E_NOMEM           out of memory
 *
 * Threads: any; one at a time for each @spec. The calling thread waits until
 *          the program has been executed; others continue.
 * Kernel:  clone(2), pidfd_open(2), namespaces(7), execve(2).
 * Since:   0.1
 */
ctr_container *ctr_spawn(const ctr_spec *spec, ctr_error *err);

/**
 * ctr_container_free() - end a container and free its handle
 * @container: may be NULL. If it is still running, all its processes are
 *             killed and waited for, unless it was detached
 *
 * Killed processes can take a long time to disappear: one may be stuck in the kernel, or a tracer
 * outside may hold it. This call returns after 30 seconds in any case. The next ctr_spawn(),
 * ctr_plan_spawn() or ctr_container_free() of this process then waits for the process and removes
 * the control group, as soon as that is possible. To find out whether anything is left, call
 * ctr_container_kill_all() and ctr_container_wait() first.
 *
 * Since Linux 6.11 this call also removes the mounts of the container, and with them the content
 * of its tmpfs. ctr_container_wait() does not wait for that. Until then the kernel keeps the file
 * systems that are mounted in the container.
 *
 * Threads: one at a time for each @container.
 * Kernel:  pidfd_send_signal(2), waitid(2).
 * Since:   0.1
 */
void ctr_container_free(ctr_container *container);

/**
 * ctr_container_pid() - get the process id of the container's first process
 * @container: borrowed
 *
 * With an init this is the id of the init: see ctr_container_program_pid().
 *
 * Return: the id in the caller's PID namespace. It is no longer valid after
 * ctr_container_wait() has returned 1.
 *
 * Threads: any.
 * Since:   0.1
 */
pid_t ctr_container_pid(const ctr_container *container);

/**
 * ctr_container_program_pid() - get the process id of the program
 * @container: borrowed
 *
 * With an init, see ctr_process_set_init(), the init is the first process and the program is its
 * child. Without one the program is the first process. The init waits for the program, so the id
 * may belong to another process once the program has ended, even right after ctr_spawn(). Use
 * ctr_container_send_signal() to send signals.
 *
 * Return: the id in the caller's PID namespace. The program may have ended already.
 *
 * Threads: any.
 * Kernel:  unix(7), SCM_CREDENTIALS.
 * Since:   0.1
 */
pid_t ctr_container_program_pid(const ctr_container *container);

/**
 * ctr_container_pidfd() - get a descriptor that becomes readable at the end
 * @container: borrowed
 *
 * Use it with poll(2), epoll(7) and event loops. When it is readable,
 * ctr_container_wait() does not block, but it may remove a control group.
 *
 * Return: a descriptor that the container owns.
 *
 * Threads: any.
 * Kernel:  pidfd_open(2).
 * Since:   0.1
 */
int ctr_container_pidfd(const ctr_container *container);

/**
 * ctr_container_event_fd() - get a descriptor that becomes readable when there is something to do
 * @container: borrowed
 * @err:       filled on failure only; may be NULL
 *
 * Use it with poll(2), epoll(7) and event loops, which then need no timer. It is readable when the
 * container has ended, and when a time limit has to be checked. Call ctr_container_wait() with a
 * timeout of 0 in both cases: it enforces the limit. If it returns 0, the container has not ended,
 * and the descriptor becomes readable again when the limit has to be checked next; for a limit on
 * CPU time this takes at least 10 milliseconds. After the end the descriptor stays readable, so
 * remove it from the loop. ctr_container_pidfd() is for loops without time limits. The first call
 * creates the descriptor; later calls return the same one.
 *
 * Return: a descriptor that the container owns, close-on-exec; or -1 with
 *   CTR_E_SYSTEM  it could not be created
 *   CTR_E_NOMEM   out of memory
 *   CTR_E_STATE   the container was detached, or this process is a forked copy
 *
 * Threads: one at a time for each @container; ctr_container_kill_all() may run at the
 *          same time.
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
 * Return: a descriptor, which the caller closes; -1 if there is none or it was
 * taken before.
 *
 * Threads: one at a time for each @container.
 * Kernel:  pty(7).
 * Since:   0.1
 */
int ctr_container_take_tty(ctr_container *container);

/**
 * ctr_container_take_seccomp_fd() - take the listener of its filter of system calls
 * @container: one whose filter has a listener: SCMP_ACT_NOTIFY of a profile, or
 *             SECCOMP_RET_USER_NOTIF
 *
 * A call that the filter sends to the listener blocks until the owner of the descriptor has
 * answered with ioctl(2), SECCOMP_IOCTL_NOTIF_RECV and SECCOMP_IOCTL_NOTIF_SEND. When the
 * descriptor is closed, such calls fail with ENOSYS, including those that are blocked. The program
 * that takes the descriptor must answer. If it is never taken, the program in the container blocks
 * until the container is freed. Check SECCOMP_IOCTL_NOTIF_ID_VALID before trusting data that was
 * read from the memory of the calling process: see seccomp_unotify(2).
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
 * @timeout_ms: time limit in milliseconds; 0: only check; -1: no time limit
 * @err:        filled on failure only; may be NULL
 *
 * May be called again; it then returns the same result immediately. When it returns 1, no
 * process of the container is left, and its control group has been removed. Without a PID
 * namespace and a control group, see ctr_spec_set_namespace(), its process group has been killed.
 * A signal handler of the caller does not end the wait.
 *
 * A container that ended before this call checked it has not reached a time limit, however
 * late the call is. The kernel notifies a tracer (ptrace(2)) of an end before the caller, and
 * this call does not wait for the tracer. The process cannot be reaped yet in this case, so the
 * values of getrusage(2) are not known. A later start or free of a container in this process
 * reaps it.
 *
 * Return: 1 when it has ended, 0 when the time is up, or -1 with
 *   CTR_E_INVALID  @timeout_ms is below -1
 *   CTR_E_LOST     it has ended, but the status is not known. Either other code in the
 *                  process has waited for it or SIGCHLD is ignored, and the kernel is older
 *                  than 6.15. Or a tracer holds it, and the caller may not inspect it
 *   CTR_E_TIMEOUT  all its processes were killed 30 seconds ago, by ctr_container_kill_all()
 *                  or at a time limit, and the first of them has not ended; call again to
 *                  check whether it has
 *   CTR_E_SYSTEM   a system call failed
 *   CTR_E_STATE    the container was detached, or this process is a forked copy
 *
 * Threads: one at a time for each @container.
 * Kernel:  poll(2), waitid(2) with P_PIDFD, PIDFD_GET_INFO.
 * Since:   0.1
 */
int ctr_container_wait(ctr_container *container, int timeout_ms, ctr_error *err);

/**
 * ctr_container_time_left_ms() - get the time until a time limit may be reached
 * @container: borrowed
 *
 * The library has no threads: ctr_container_wait() enforces time limits, while it waits or when it
 * only checks. An event loop that polls ctr_container_pidfd() uses this time as its timeout, and
 * calls ctr_container_wait() with 0 when the time is up. An event loop that polls
 * ctr_container_event_fd() needs no timeout. After all processes were killed, this is the time
 * until ctr_container_wait() fails with CTR_E_TIMEOUT.
 *
 * Return: milliseconds; 0 if a limit has been reached, -1 if there is none.
 *
 * Threads: any, even while ctr_container_wait() blocks.
 * Kernel:  clock_gettime(2), cgroups(7).
 * Since:   0.1
 */
int ctr_container_time_left_ms(const ctr_container *container);

/**
 * ctr_container_end() - get how the container has ended
 * @container: one for which ctr_container_wait() has returned 1
 *
 * Return: CTR_END_*. CTR_END_OUT_OF_MEMORY is reported only if the container has a control
 * group that limits or accounts memory.
 *
 * Threads: one at a time for each @container.
 * Since:   0.1
 */
uint32_t ctr_container_end(const ctr_container *container);

/**
 * ctr_container_end_name() - get the word for an end
 * @end: CTR_END_*
 *
 * Return: such as "out_of_memory", static; NULL if @end is not a CTR_END_* value.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_container_end_name(uint32_t end);

/**
 * ctr_container_exit_code() - get the exit code of the program
 * @container: one for which ctr_container_wait() has returned 1
 *
 * Return: 0 to 255; -1 if a signal killed it or it has not been waited for.
 *
 * Threads: one at a time for each @container.
 * Since:   0.1
 */
int ctr_container_exit_code(const ctr_container *container);

/**
 * ctr_container_exit_signal() - get the signal that killed the program
 * @container: one for which ctr_container_wait() has returned 1
 *
 * Return: the number of the signal; 0 if it exited or has not been waited for.
 *
 * Threads: one at a time for each @container.
 * Since:   0.1
 */
int ctr_container_exit_signal(const ctr_container *container);

/**
 * ctr_container_machine() - get the architecture of the program
 * @container: borrowed
 *
 * SIGSYS kills a program for another architecture than the host's own, such as "i386", at its
 * first system call, unless the filter of system calls allows it. For a script this is the
 * architecture of its interpreter.
 *
 * Return: "x86-64", "i386", "x32", "aarch64", "arm" or another name, static; NULL if it is not
 * known, because the file could not be read.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_container_machine(const ctr_container *container);

/**
 * ctr_container_user_time_us() - get the CPU time spent in programs
 * @container: one for which ctr_container_wait() has returned 1
 *
 * Return: microseconds since the program was executed, of the first process and all that it
 * waited for; 0 if other code of the caller has waited for the process.
 *
 * Threads: one at a time for each @container.
 * Kernel:  getrusage(2).
 * Since:   0.1
 */
uint64_t ctr_container_user_time_us(const ctr_container *container);

/**
 * ctr_container_system_time_us() - get the CPU time spent in the kernel
 * @container: one for which ctr_container_wait() has returned 1
 *
 * Return: microseconds since the program was executed, of the first process and all that it
 * waited for; 0 if other code of the caller has waited for the process.
 *
 * Threads: one at a time for each @container.
 * Kernel:  getrusage(2).
 * Since:   0.1
 */
uint64_t ctr_container_system_time_us(const ctr_container *container);

/**
 * ctr_container_max_rss_bytes() - get the peak resident memory of one process
 * @container: one for which ctr_container_wait() has returned 1
 *
 * Return: the peak of the largest process, in bytes, but never less than the resident memory of
 * the caller at the start, which the kernel includes; 0 if other code of the process has taken the
 * status. CTR_USAGE_MEMORY_PEAK_BYTES, from a control group, is more accurate.
 *
 * Threads: one at a time for each @container.
 * Kernel:  getrusage(2).
 * Since:   0.1
 */
uint64_t ctr_container_max_rss_bytes(const ctr_container *container);

/**
 * ctr_container_stats() - read what the container uses, or has used
 * @container: borrowed
 * @usage:     overwritten
 * @err:       filled on failure only; may be NULL
 *
 * After ctr_container_wait() has returned 1, the values are those at the end. Without a control
 * group only the time is known and, after the end, the values of getrusage(2).
 *
 * Return: 0, or -1 with
 *   CTR_E_STATE  this process is a forked copy
 *
 * Threads: any, even while ctr_container_wait() blocks.
 * Kernel:  cgroups(7).
 * Since:   0.1
 */
int ctr_container_stats(const ctr_container *container, ctr_usage *usage, ctr_error *err);

/**
 * ctr_container_freeze() - stop all processes of the container
 * @container: one with a control group that can be frozen, see
 *             ctr_spec_set_accounting()
 * @err:       filled on failure only; may be NULL
 *
 * Returns when all of them have stopped. Time limits keep running.
 *
 * Return: 0, or -1 with
 *   CTR_E_STATE    it has ended, or has no such group, or this process is a forked copy
 *   CTR_E_TIMEOUT  a process could not be stopped; all of them were resumed
 *   CTR_E_SYSTEM   a system call failed
 *
 * Threads: any, even while ctr_container_wait() blocks.
 * Kernel:  cgroup.freeze, or freezer.state: cgroups(7).
 * Since:   0.1
 */
int ctr_container_freeze(const ctr_container *container, ctr_error *err);

/**
 * ctr_container_thaw() - resume all processes of the container
 * @container: one with a control group that can be frozen
 * @err:       filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_STATE   it has ended, or has no such group, or this process is a forked copy
 *   CTR_E_SYSTEM  a system call failed
 *
 * Threads: any, even while ctr_container_wait() blocks.
 * Kernel:  cgroup.freeze, or freezer.state: cgroups(7).
 * Since:   0.1
 */
int ctr_container_thaw(const ctr_container *container, ctr_error *err);

/**
 * ctr_container_send_signal_all() - send a signal to all processes of the container
 * @container: one with a control group
 * @sig:       a signal number
 * @err:       filled on failure only; may be NULL
 *
 * Processes forked during the call may miss the signal unless the container is frozen.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @sig is not a signal number
 *   CTR_E_STATE    it has ended, or has no control group, or this process is a forked copy
 *   CTR_E_SYSTEM   a system call failed
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: any, even while ctr_container_wait() blocks.
 * Kernel:  kill(2), cgroup.procs: cgroups(7).
 * Since:   0.1
 */
int ctr_container_send_signal_all(const ctr_container *container, int sig, ctr_error *err);

/**
 * ctr_container_update() - change the limits of a running container
 * @container: one with a control group
 * @limits:    limits that are set are changed; all others stay as they are
 * @err:       filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID      as when a spec is compiled
 *   CTR_E_UNSUPPORTED  this host cannot enforce the limit
 *   CTR_E_STATE        it has ended, has no group in the hierarchy of a limit, or this
 *                      process is a forked copy
 *   CTR_E_SYSTEM       the kernel refused, such as EBUSY for less memory than is in use
 *   CTR_E_NOMEM        out of memory
 *
 * Threads: any, even while ctr_container_wait() blocks.
 * Kernel:  cgroups(7).
 * Since:   0.1
 */
int ctr_container_update(const ctr_container *container, const ctr_limits *limits, ctr_error *err);

/**
 * ctr_container_send_signal() - send a signal to the container's first process
 * @container: borrowed
 * @sig:       a signal number; 0 only checks whether the process exists
 * @err:       filled on failure only; may be NULL
 *
 * With an init, see ctr_process_set_init(), the init forwards the signal to the program. There are
 * exceptions: SIGKILL ends the whole container, SIGSTOP stops only the init, and SIGCHLD is not
 * forwarded. To stop the program, send SIGTSTP or use ctr_container_freeze(). Without an init, a
 * program that is PID 1 of its namespace receives a signal other than SIGKILL and SIGSTOP only if
 * it has a handler for it.
 *
 * Return: 0, or -1 with
 *   CTR_E_SYSTEM  pidfd_send_signal(2) failed: ESRCH if it has ended
 *   CTR_E_STATE   this process is a forked copy
 *
 * Threads: any, even while ctr_container_wait() blocks.
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
 * Return: 0, even if it has ended already, or -1 with
 *   CTR_E_SYSTEM   a system call failed
 *   CTR_E_TIMEOUT  processes were still left after five seconds
 *   CTR_E_STATE    this process is a forked copy
 *
 * Threads: any, even while ctr_container_wait() blocks.
 * Kernel:  pid_namespaces(7), pidfd_send_signal(2), cgroups(7).
 * Since:   0.1
 */
int ctr_container_kill_all(ctr_container *container, ctr_error *err);

/**
 * ctr_container_detach() - let a container continue without its handle
 * @container: it keeps running: ctr_container_free() no longer kills it, and
 *             ctr_container_wait() is refused
 * @err:       filled on failure only; may be NULL
 *
 * In its spec ctr_process_set_die_with_parent() must be off. It must have no limit that needs a
 * control group, because nothing would remove the group, and no time limit.
 *
 * Return: 0, or -1 with
 *   CTR_E_STATE  it would be killed with the caller, has a control group or a time limit, or has
 *                ended; or this process is a forked copy
 *
 * Threads: one at a time for each @container.
 * Since:   0.1
 */
int ctr_container_detach(ctr_container *container, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
