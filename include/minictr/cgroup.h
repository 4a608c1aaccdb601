/* SPDX-License-Identifier: MIT */
/**
 * cgroup.h - control groups, with or without a container
 *
 * A ctr_cgroup is one group with a directory in each hierarchy that it needs. The
 * hierarchies are of cgroup v1, of v2, or of both on hybrid hosts. A group can be
 * used for any processes without a container. It can also be used by specs, so that
 * many containers share it, in turn or at the same time, which is cheaper than a
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
#define CTR_LIMIT_SWAP_MAX 2	  /* bytes of swap; on v1 computed from the combined limit */
#define CTR_LIMIT_PIDS_MAX 3	  /* processes and threads */
#define CTR_LIMIT_CPU_QUOTA_US 4  /* CPU time in each period */
#define CTR_LIMIT_CPU_PERIOD_US 5 /* microseconds */
#define CTR_LIMIT_CPU_SHARES 6	  /* on v2 the nearest value for the weight */
#define CTR_LIMIT_IO_WEIGHT 7	  /* of the BFQ scheduler */

/**
 * ctr_cgroup_find() - find where new groups with a controller would be created
 * @controller: "memory", "pids", "cpu", "cpuset", "io" or "blkio", ...; "cgroup2" for the
 *              v2 hierarchy, whatever controllers it has
 * @path:       filled with the directory in which the caller may create a new group; may
 *              be NULL
 * @size:       size of @path in bytes, PATH_MAX is enough
 * @err:        filled on failure only; may be NULL
 *
 * Return: 1 or 2, the version of cgroups, or -1 with
 *   CTR_E_UNSUPPORTED  the controller is not mounted; or on v2 the caller may not create
 *                      groups in its own group or in one above it. The hint says what to do
 *   CTR_E_SYSTEM       the caller's own group is not visible; or on v1 the caller may not
 *                      create groups in it (EACCES); or ENAMETOOLONG
 *   CTR_E_INVALID      @controller is unknown
 *   CTR_E_NOMEM        out of memory
 *
 * Threads: any.
 * Kernel:  cgroups(7), /proc/self/cgroup, /proc/self/mounts.
 * Since:   0.1
 */
int ctr_cgroup_find(const char *controller, char *path, size_t size, ctr_error *err);

/**
 * ctr_cgroup_create() - create a control group
 * @path:       a name: create a group with this name where ctr_cgroup_find() finds a place;
 *              a path that begins with "/": create this group, as seen from the root of each
 *              hierarchy, in an existing parent; NULL: choose a unique name
 * @limits:     copied; may be NULL
 * @accounting: 1: create it in all hierarchies that count or can freeze; 0: only in those of
 *              its limits
 * @err:        filled on failure only; may be NULL
 *
 * Return: the group, which the caller frees, or NULL with
 *   CTR_E_INVALID      the name has other characters than A-Z a-z 0-9 _ . -, begins with a dot
 *                      or a dash, or is longer than 255 bytes; or this machine cannot have a
 *                      limit; or there are neither limits nor accounting
 *   CTR_E_UNSUPPORTED  a controller is not mounted or not delegated
 *   CTR_E_SYSTEM       EEXIST: the group exists; EACCES, or another
 *   CTR_E_NOMEM        out of memory
 * In that case nothing is left behind.
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
 * The result refers to the group with this path in all hierarchies that have one. A group of
 * another user can be inspected. Moving processes into it needs more permissions.
 *
 * Return: the group, which the caller frees, or NULL with
 *   CTR_E_INVALID  @path is not the absolute path of a group below the root
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
 * The group itself and its processes stay, see ctr_cgroup_remove(). Specs and
 * containers can continue to use it.
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
 * Groups inside it that have no processes are removed, even if the call fails. The accounting data
 * of the group is lost. As long as the group contains processes in one hierarchy, it stays in all
 * of them.
 *
 * Return: 0, even if it has already been removed, or -1 with
 *   CTR_E_STATE   this process is a forked copy of the one that opened @group
 *   CTR_E_SYSTEM  EBUSY: it still contained processes after a second. Or another error, after
 *                 which the group may be left in that hierarchy only
 *
 * Threads: any.
 * Kernel:  rmdir(2), cgroups(7).
 * Since:   0.1
 */
int ctr_cgroup_remove(const ctr_cgroup *group, ctr_error *err);

/**
 * ctr_cgroup_path() - get a directory of the group
 * @group: borrowed
 * @index: 0 is the first hierarchy of the group
 *
 * Return: an absolute path, which is valid as long as the handle; NULL if @index is too large.
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
 * Children that the process has already forked are not moved.
 *
 * Return: 0, or -1 with
 *   CTR_E_SYSTEM  ESRCH: the process does not exist; EACCES, EPERM: the caller may not move it;
 *                 ENODEV: the group was removed; EBUSY: a v2 group that enables controllers for
 *                 child groups cannot contain processes; ENOSPC: a v1 cpuset group without CPUs
 * In that case the process is moved back in the hierarchies in which it had been moved. If that
 * fails, the hint names a hierarchy in which it had to stay. Threads that were in several v1
 * groups return to the group of the first thread.
 *
 * Threads: any.
 * Kernel:  cgroup.procs: cgroups(7).
 * Since:   0.1
 */
int ctr_cgroup_add(const ctr_cgroup *group, pid_t pid, ctr_error *err);

/**
 * ctr_cgroup_list() - list the processes of the group and of groups inside it
 * @group: borrowed
 * @pids:  filled with at most @room process ids; may be NULL if @room is 0
 * @room:  number of elements of @pids
 * @err:   filled on failure only; may be NULL
 *
 * A process is listed if it is in the group in any hierarchy.
 *
 * Return: the number of processes, which may be more than @room, or -1 with
 *   CTR_E_SYSTEM  a system call failed
 *   CTR_E_NOMEM   out of memory
 *
 * Threads: any.
 * Kernel:  cgroup.procs: cgroups(7). Processes that the caller's PID namespace does not
 *          show are 0 on v2, and are omitted on v1.
 * Since:   0.1
 */
int ctr_cgroup_list(const ctr_cgroup *group, pid_t *pids, size_t room, ctr_error *err);

/**
 * ctr_cgroup_update() - change limits
 * @group:  borrowed
 * @limits: limits that are set are changed; all others stay as they are
 * @err:    filled on failure only; may be NULL
 *
 * On failure, limits that were already changed are restored. If a limit cannot be restored, for
 * example because its file cannot be read, the hint names it. Device rules replace earlier ones.
 * On v1 they are replaced one by one, so that for a moment fewer devices are allowed. On v2 only
 * the rules that were set through the same handle are replaced; others still apply.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID      this machine cannot have the limit
 *   CTR_E_UNSUPPORTED  this host cannot enforce the limit
 *   CTR_E_STATE        the group has no directory in the hierarchy of a limit
 *   CTR_E_SYSTEM       the kernel refused, such as EBUSY for less memory than is in use
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
 * @value: the limit; UINT64_MAX if there is none
 * @err:   filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @what is unknown
 *   CTR_E_STATE    the group is not in the hierarchy of that controller, or this kernel
 *                  does not have the file
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
 * @text:  filled with the contents of the file, cut if necessary, and a NUL
 * @size:  size of @text in bytes, at least 1
 * @err:   filled on failure only; may be NULL
 *
 * Return: the number of bytes that were read, or -1 with
 *   CTR_E_INVALID  @file is not the name of a file of a group
 *   CTR_E_STATE    the group does not have the file
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
 * Return: 0. A value that none of its hierarchies counts is not known in @usage.
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
 * The group is frozen in each of its hierarchies that can freeze processes. This call returns when
 * all of them have stopped.
 *
 * Return: 0, or -1 with
 *   CTR_E_STATE    none of its hierarchies can freeze processes
 *   CTR_E_TIMEOUT  a process could not be stopped within a second, or was in none of those
 *                  hierarchies; all processes were resumed
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
 *   CTR_E_STATE   none of its hierarchies can freeze processes
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
 * Processes in groups inside it receive the signal, too. Each process receives it once, however
 * many hierarchies it is in. Processes forked during the call may miss the signal unless the group
 * is frozen.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @sig is not a signal number
 *   CTR_E_SYSTEM   EPERM: the caller may not signal any of them; or another
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
 * Processes in groups inside it are killed, too. This works even if processes fork all the time,
 * and if they are frozen: a frozen group is thawed. This call returns when no process is left in
 * any of its hierarchies. On cgroup v1 a caller in another PID namespace does not see processes
 * outside of it, so these are not killed.
 *
 * Return: 0, or -1 with
 *   CTR_E_TIMEOUT  processes were still left after five seconds
 *   CTR_E_STATE    this process is a forked copy of the one that opened @group
 *   CTR_E_SYSTEM   EPERM: the caller may not kill any of them; or another
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: any.
 * Kernel:  cgroup.kill, freezer.state, kill(2): cgroups(7).
 * Since:   0.1
 */
int ctr_cgroup_kill(ctr_cgroup *group, ctr_error *err);

/**
 * ctr_cgroup_gc() - remove cgroups left behind by callers that have died
 * @kill:    1: kill processes in these groups first; 0: leave groups with processes alone
 * @removed: number of groups that were removed, counted for each hierarchy; may be NULL
 * @busy:    number of groups that were left because they contain processes; may be NULL
 * @err:     filled on failure only; may be NULL
 *
 * A caller that was killed cannot remove its groups. The names that the library gives to groups
 * identify the caller: its PID namespace, its process id and its start time. Groups of other PID
 * namespaces, and groups that the caller named, are left alone.
 *
 * Return: 0, or -1 with
 *   CTR_E_SYSTEM  a group could not be read or removed, but all others were removed. Or EMFILE
 *                 or ENFILE: there was no descriptor to search with, and nothing was removed
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
