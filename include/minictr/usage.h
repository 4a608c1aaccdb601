/* SPDX-License-Identifier: MIT */
/**
 * usage.h - what a container has used
 *
 * A set of counters, each of which may be unknown: hosts differ in what they account, and a
 * container counts only where it has a control group, see ctr_spec_set_accounting(). New kinds
 * are added at the end.
 *
 * CTR_USAGE_MAX_RSS_BYTES is at least what the caller had resident at the start: the kernel
 * counts that in. CTR_USAGE_MEMORY_PEAK_BYTES, of a group, does not have that fault.
 *
 * CTR_USAGE_WALL_US: Linux does not record when a process ended. An init notes when the
 * program ended, see ctr_process_set_init(). Without one the end is the moment at which
 * ctr_container_wait() first saw it: a caller that waits late gets a time that is too long.
 *
 * What is counted of a container begins when its program is about to be executed; making the
 * container is not counted. With an init the CPU time of the init is counted too, less than a
 * millisecond. A profile or program for seccomp that refuses clock_gettime(2) or getrusage(2)
 * moves the beginning to when it was loaded, one system call before. Memory that the kernel uses
 * for namespaces and mounts belongs to the group from the start, and is counted there.
 */
#ifndef MINICTR_USAGE_H
#define MINICTR_USAGE_H

#include <stdint.h>

#include <minictr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctr_usage ctr_usage;

#define CTR_USAGE_WALL_US 0		/* from the program's execution to its end, see below */
#define CTR_USAGE_CPU_US 1		/* CPU time of all processes */
#define CTR_USAGE_USER_US 2		/* of it, in programs */
#define CTR_USAGE_SYSTEM_US 3		/* of it, in the kernel */
#define CTR_USAGE_THROTTLED_US 4	/* kept waiting by a limit on CPU time */
#define CTR_USAGE_MEMORY_BYTES 5	/* memory now, page cache included */
#define CTR_USAGE_MEMORY_PEAK_BYTES 6	/* the most it was */
#define CTR_USAGE_PAGE_CACHE_BYTES 7	/* of the memory now, page cache */
#define CTR_USAGE_OOM_KILLS 8		/* processes killed at the limit on memory */
#define CTR_USAGE_PIDS 9		/* processes and threads now */
#define CTR_USAGE_PIDS_PEAK 10		/* the most there were */
#define CTR_USAGE_IO_READ_BYTES 11	/* read from devices */
#define CTR_USAGE_IO_WRITE_BYTES 12	/* written to devices */
#define CTR_USAGE_CPU_PRESSURE_US 13	/* some process waited for a CPU */
#define CTR_USAGE_MEMORY_PRESSURE_US 14 /* some process waited for memory */
#define CTR_USAGE_IO_PRESSURE_US 15	/* some process waited for a device */
#define CTR_USAGE_PIDS_REFUSED 16	/* forks that the limit on processes refused */
/* Of the first process and all that it waited for, at the end, by getrusage(2): no group. */
#define CTR_USAGE_MAX_RSS_BYTES 17	  /* most memory that one process had resident */
#define CTR_USAGE_VOLUNTARY_SWITCHES 18	  /* it gave up a CPU, to wait */
#define CTR_USAGE_INVOLUNTARY_SWITCHES 19 /* another process got the CPU */
#define CTR_USAGE_MINOR_FAULTS 20	  /* page faults without input or output */
#define CTR_USAGE_MAJOR_FAULTS 21	  /* page faults that read from a device */

/**
 * ctr_usage_new() - make an empty set of numbers
 * @err: filled on failure only; may be NULL
 *
 * Return: the set, the caller's to free, or NULL with
 *   CTR_E_NOMEM  out of memory
 *
 * Threads: any.
 * Since:   0.1
 */
ctr_usage *ctr_usage_new(ctr_error *err);

/**
 * ctr_usage_free() - free a set of numbers
 * @usage: may be NULL
 *
 * Threads: one at a time for each @usage.
 * Since:   0.1
 */
void ctr_usage_free(ctr_usage *usage);

/**
 * ctr_usage_get() - one of the numbers
 * @usage: borrowed
 * @what:  CTR_USAGE_*
 * @value: where it is stored; 0 if it is not known
 *
 * Return: 1 if it is known, 0 if not.
 *
 * Threads: one at a time for each @usage.
 * Since:   0.1
 */
int ctr_usage_get(const ctr_usage *usage, uint32_t what, uint64_t *value);

/**
 * ctr_usage_name() - the name of one of the numbers
 * @what: CTR_USAGE_*
 *
 * Return: such as "memory_peak_bytes", static; NULL past the last one.
 *
 * Threads: any.
 * Since:   0.1
 */
const char *ctr_usage_name(uint32_t what);

#ifdef __cplusplus
}
#endif

#endif
