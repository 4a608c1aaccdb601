/* SPDX-License-Identifier: MIT */
/**
 * cgroup.h - control groups, with or without a container
 *
 * A ctr_cgroup is one group with a directory in each hierarchy that it needs,
 * whether those are of cgroup v1, v2, or both as on hybrid hosts. It can be used
 * without a container, for any processes, or be given to specs, so that many
 * containers use it one after the other, or together: that is cheaper than a
 * group for each.
 */
#ifndef MINICTR_CGROUP_H
#define MINICTR_CGROUP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <minictr/error.h>
#include <minictr/limits.h>
#include <minictr/usage.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctr_cgroup ctr_cgroup;

/* Limits that ctr_cgroup_get_limit() reads. */
#define CTR_LIMIT_MEMORY_MAX 0	  /* bytes */
#define CTR_LIMIT_MEMORY_LOW 1	  /* bytes */
#define CTR_LIMIT_SWAP_MAX 2	  /* bytes of swap; on v1 less what the memory may have */
#define CTR_LIMIT_PIDS_MAX 3	  /* processes and threads */
#define CTR_LIMIT_CPU_QUOTA_US 4  /* CPU time in each period */
#define CTR_LIMIT_CPU_PERIOD_US 5 /* microseconds */
#define CTR_LIMIT_CPU_SHARES 6	  /* on v2 the nearest to the weight */
#define CTR_LIMIT_IO_WEIGHT 7	  /* of the BFQ scheduler */

/**
 * ctr_cgroup_find() - find where new groups with a controller would be created
 * @controller: "memory", "pids", "cpu", "cpuset", "io" or "blkio", ...; "cgroup2" for the
 *              v2 hierarchy, whatever it has
 * @path:       filled with the directory that a new group would lie in, in which the
 *              caller may make one; may be NULL
 * @size:       bytes that there is room for, PATH_MAX is enough
 * @err:        filled on failure only; may be NULL
 *
 * Return: 1 or 2, the version of cgroups, or -1 with
 *   CTR_E_UNSUPPORTED  not mounted, or v2 and neither the caller's group nor one
 *                      above may be divided by the caller: the hint says what to do
 *   CTR_E_SYSTEM       the caller's own group is not visible, or on v1 not its to
 *                      divide (EACCES); ENAMETOOLONG
 *   CTR_E_INVALID      no controller of that name is known
 *   CTR_E_NOMEM        out of memory
 *
 * Threads: any.
 * Kernel:  cgroups(7), /proc/self/cgroup, /proc/self/mounts.
 * Since:   0.1
 */
int ctr_cgroup_find(const char *controller, char *path, size_t size, ctr_error *err);

/**
 * ctr_cgroup_create() - make a control group
 * @path:       a name: a group of that name, where groups of the caller's belong; a path
 *              that begins with "/": that group, as seen from the root of each hierarchy,
 *              in a group that exists; NULL: a name that no other has
 * @limits:     copied; may be NULL
 * @accounting: 1 to have it in all hierarchies that count or can freeze, 0 only in those
 *              of its limits
 * @err:        filled on failure only; may be NULL
 *
 * Return: the group, the caller's to free, or NULL with
 *   CTR_E_INVALID      a name with other characters than A-Z a-z 0-9 _ . -, one that begins
 *                      with a dot or a dash, or is longer than 255 bytes; a limit that this
 *                      machine can't have; neither limits nor accounting
 *   CTR_E_UNSUPPORTED  a controller is not mounted or not delegated
 *   CTR_E_SYSTEM       EEXIST: there is such a group; EACCES, or another
 *   CTR_E_NOMEM        out of memory
 * and nothing is left.
 *
 * Threads: any.
 * Kernel:  cgroups(7); mkdir(2) in each hierarchy.
 * Since:   0.1
 */
ctr_cgroup *ctr_cgroup_create(const char *path, const ctr_limits *limits, int accounting,
			      ctr_error *err);

/**
 * ctr_cgroup_open() - open an existing group
 * @path: of the group, beginning with "/", as seen from the root of each hierarchy
 * @err:  filled on failure only; may be NULL
 *
 * It is the group in all hierarchies that have one of this path. A group owned by another user
 * can be inspected; moving processes into it needs more permissions.
 *
 * Return: the group, the caller's to free, or NULL with
 *   CTR_E_INVALID  not the absolute path of a group below the root
 *   CTR_E_SYSTEM   ENOENT: no hierarchy has such a group; EACCES, or another
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: any.
 * Kernel:  cgroups(7).
 * Since:   0.1
 */
ctr_cgroup *ctr_cgroup_open(const char *path, ctr_error *err);

/**
 * ctr_cgroup_free() - free the handle of a group
 * @group: may be NULL
 *
 * The group itself stays, with what is in it: see ctr_cgroup_remove(). Specs and
 * containers that use it go on doing so.
 *
 * Threads: any; no other call may use this handle any more.
 * Since:   0.1
 */
void ctr_cgroup_free(ctr_cgroup *group);

/**
 * ctr_cgroup_remove() - remove a group from the system
 * @group: borrowed; must still be freed afterwards
 * @err:   filled on failure only; may be NULL
 *
 * Groups inside that have no processes go with it, also when it fails. The data that the group has
 * counted is lost. While processes are in it in one hierarchy, it stays in all of them.
 *
 * Return: 0, also if it has already been removed, or -1 with
 *   CTR_E_STATE   this process is a forked copy of the one that opened @group
 *   CTR_E_SYSTEM  EBUSY: processes are in it, and still were after a second. Or another,
 *                 after which the group may be left in that hierarchy only
 *
 * Threads: any.
 * Kernel:  rmdir(2), cgroups(7).
 * Since:   0.1
 */
int ctr_cgroup_remove(const ctr_cgroup *group, ctr_error *err);

/**
 * ctr_cgroup_path() - a directory of the group
 * @group: borrowed
 * @index: 0 is the first hierarchy that it is in
 *
 * Return: an absolute path, which lives as long as the handle; NULL if there are not
 * that many.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_cgroup_path(const ctr_cgroup *group, size_t index);

/**
 * ctr_cgroup_add() - move a process into the group
 * @group: borrowed
 * @pid:   with all its threads; 0: the calling process
 * @err:   filled on failure only; may be NULL
 *
 * What the process has forked before stays where it is.
 *
 * Return: 0, or -1 with
 *   CTR_E_SYSTEM  ESRCH: no such process; EACCES, EPERM: not the caller's to move; ENODEV:
 *                 the group is gone; EBUSY: a v2 group that gives controllers to groups
 *                 inside it holds no processes; ENOSPC: a cpuset group of v1 without CPUs
 * In the hierarchies in which it had been moved, it was then moved back. Where that failed,
 * the hint names one in which it had to stay. Threads that were in several groups of v1 come
 * back to that of the first thread.
 *
 * Threads: any.
 * Kernel:  cgroup.procs: cgroups(7).
 * Since:   0.1
 */
int ctr_cgroup_add(const ctr_cgroup *group, pid_t pid, ctr_error *err);

/**
 * ctr_cgroup_list() - the processes in the group, in any hierarchy, and in groups inside
 * @group: borrowed
 * @pids:  filled with as many as there is room for; may be NULL when @room is 0
 * @room:  how many @pids can hold
 * @err:   filled on failure only; may be NULL
 *
 * Return: how many there are, which may be more than @room, or -1 with
 *   CTR_E_SYSTEM  a system call failed
 *   CTR_E_NOMEM   out of memory
 *
 * Threads: any.
 * Kernel:  cgroup.procs: cgroups(7). Processes that the caller's PID namespace does not
 *          show are 0 on v2, and left out on v1.
 * Since:   0.1
 */
int ctr_cgroup_list(const ctr_cgroup *group, pid_t *pids, size_t room, ctr_error *err);

/**
 * ctr_cgroup_update() - change limits
 * @group:  borrowed
 * @limits: limits that are set are changed; all others stay as they are
 * @err:    filled on failure only; may be NULL
 *
 * If it fails, those before the one that it tells of are set back to what they were. Where that
 * can't be done, as for a file that can't be read, the hint names one. Device rules replace
 * earlier ones: on v1 one by one, so that for a moment less is allowed; on v2 only those set
 * through the same handle, others go on to hold as well.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID      a limit that this machine can't have
 *   CTR_E_UNSUPPORTED  this host can't enforce the limit
 *   CTR_E_STATE        the group has no directory in the hierarchy of a limit
 *   CTR_E_SYSTEM       the kernel refused: EBUSY for less memory than is in use
 *   CTR_E_NOMEM        out of memory
 *
 * Threads: any.
 * Kernel:  cgroups(7).
 * Since:   0.1
 */
int ctr_cgroup_update(ctr_cgroup *group, const ctr_limits *limits, ctr_error *err);

/**
 * ctr_cgroup_get_limit() - read a limit back from the kernel
 * @group: borrowed
 * @what:  CTR_LIMIT_*
 * @value: the limit; UINT64_MAX if the kernel has none
 * @err:   filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  no such @what
 *   CTR_E_STATE    the group is not in the hierarchy of that controller, or this kernel
 *                  lacks the file
 *   CTR_E_SYSTEM   a system call failed
 *
 * Threads: any.
 * Kernel:  cgroups(7).
 * Since:   0.1
 */
int ctr_cgroup_get_limit(const ctr_cgroup *group, uint32_t what, uint64_t *value, ctr_error *err);

/**
 * ctr_cgroup_get_value() - read a file of the group
 * @group: borrowed
 * @file:  such as "memory.stat"
 * @text:  filled with what it holds, and a NUL, as far as there is room
 * @size:  bytes that there is room for, at least 1
 * @err:   filled on failure only; may be NULL
 *
 * Return: how many bytes were read, or -1 with
 *   CTR_E_INVALID  not the name of a file of a group
 *   CTR_E_STATE    the group has no such file
 *   CTR_E_SYSTEM   a system call failed
 *
 * Threads: any.
 * Kernel:  cgroups(7).
 * Since:   0.1
 */
int ctr_cgroup_get_value(const ctr_cgroup *group, const char *file, char *text, size_t size,
			 ctr_error *err);

/**
 * ctr_cgroup_stats() - read the current and past usage of the group
 * @group: borrowed
 * @usage: overwritten
 * @err:   filled on failure only; may be NULL
 *
 * Totals and peaks count from the creation of the group, but peak memory, where the kernel
 * supports it, from the last start of a container in it.
 *
 * Return: 0. What none of its hierarchies counts is not known to @usage.
 *
 * Threads: any.
 * Kernel:  cgroups(7).
 * Since:   0.1
 */
int ctr_cgroup_stats(const ctr_cgroup *group, ctr_usage *usage, ctr_error *err);

/**
 * ctr_cgroup_freeze() - stop all processes in the group
 * @group: borrowed
 * @err:   filled on failure only; may be NULL
 *
 * In each of its hierarchies that can do that. Returns when all of them have stopped.
 *
 * Return: 0, or -1 with
 *   CTR_E_STATE    none of its hierarchies can do that
 *   CTR_E_TIMEOUT  a process could not be stopped within a second, or was in none of those
 *                  hierarchies by then; they all go on
 *   CTR_E_SYSTEM   a system call failed
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: any.
 * Kernel:  cgroup.freeze, or freezer.state: cgroups(7).
 * Since:   0.1
 */
int ctr_cgroup_freeze(const ctr_cgroup *group, ctr_error *err);

/**
 * ctr_cgroup_thaw() - resume all processes in the group
 * @group: borrowed
 * @err:   filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_STATE   none of its hierarchies can do that
 *   CTR_E_SYSTEM  a system call failed
 *
 * Threads: any.
 * Kernel:  cgroup.freeze, or freezer.state: cgroups(7).
 * Since:   0.1
 */
int ctr_cgroup_thaw(const ctr_cgroup *group, ctr_error *err);

/**
 * ctr_cgroup_send_signal() - send a signal to every process in the group
 * @group: borrowed
 * @sig:   a signal number
 * @err:   filled on failure only; may be NULL
 *
 * To those in groups inside, too, and once to each, in however many hierarchies it is. What is
 * forked meanwhile may miss it, unless the group
 * is frozen.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  no such signal
 *   CTR_E_SYSTEM   EPERM: none of them is the caller's to signal; or another
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: any.
 * Kernel:  kill(2), cgroup.procs: cgroups(7).
 * Since:   0.1
 */
int ctr_cgroup_send_signal(const ctr_cgroup *group, int sig, ctr_error *err);

/**
 * ctr_cgroup_kill() - kill every process in the group
 * @group: borrowed
 * @err:   filled on failure only; may be NULL
 *
 * Those in groups inside, too, also if they fork without pause, and also if they are
 * frozen: the group goes on then. Returns when none is left in any of its hierarchies. On cgroup
 * v1 a caller in another PID namespace does not see processes outside of it: those stay.
 *
 * Return: 0, or -1 with
 *   CTR_E_TIMEOUT  processes were still left after five seconds
 *   CTR_E_STATE    this process is a forked copy of the one that opened @group
 *   CTR_E_SYSTEM   EPERM: none of them is the caller's to kill; or another
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: any.
 * Kernel:  cgroup.kill, freezer.state, kill(2): cgroups(7).
 * Since:   0.1
 */
int ctr_cgroup_kill(ctr_cgroup *group, ctr_error *err);

/**
 * ctr_cgroup_gc() - remove the groups of callers that are dead
 * @kill:    1 to kill the processes that are in them first, 0 to leave those groups alone
 * @removed: how many groups, one for each hierarchy, were removed; may be NULL
 * @busy:    how many were left, for there are processes in them; may be NULL
 * @err:     filled on failure only; may be NULL
 *
 * A caller that was killed can't remove what it had. The names that the library gives to groups
 * tell whose they are: PID namespace, process and when it was started. Groups of other PID
 * namespaces, and groups that the caller named, are left alone.
 *
 * Return: 0, or -1 with
 *   CTR_E_SYSTEM  a group could not be read or removed; all others were. Or, with
 *                 nothing done, EMFILE, ENFILE: no descriptor to look for groups with
 *   CTR_E_NOMEM   out of memory
 *
 * Threads: any.
 * Kernel:  cgroups(7), /proc/PID/stat.
 * Since:   0.1
 */
int ctr_cgroup_gc(int kill, uint64_t *removed, uint64_t *busy, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
