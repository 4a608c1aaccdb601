/* SPDX-License-Identifier: MIT */
/**
 * usage.h - the resources that a container has used
 *
 * A ctr_usage is a set of counters, each of which may be unknown. Hosts differ in what they
 * account, and most counters need a control group, see ctr_spec_set_accounting(). New kinds
 * are added at the end.
 *
 * CTR_USAGE_MAX_RSS_BYTES is at least the resident memory of the caller at the start, because
 * the kernel includes it. CTR_USAGE_MEMORY_PEAK_BYTES, from a group, is more accurate.
 *
 * CTR_USAGE_WALL_US: Linux does not record when a process ended. An init notes when the
 * program ended, see ctr_process_set_init(). Without one the end is the moment at which
 * ctr_container_wait() first saw it: a caller that waits late gets a time that is too long.
 *
 * Counting begins just before the program is executed, so the set-up of the container is not
 * counted. With an init the CPU time of the init is included, which is less than a millisecond. If
 * a seccomp filter refuses clock_gettime(2) or getrusage(2), counting begins when the filter is
 * loaded, one system call earlier. Memory that the kernel uses for namespaces and mounts belongs
 * to the group from the start, and is included.
 */
#ifndef MINICTR_USAGE_H
#define MINICTR_USAGE_H

#include <stdint.h>

#include <minictr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctr_usage ctr_usage;

#define CTR_USAGE_WALL_US 0		/* from the program's execution to its end, see above */
#define CTR_USAGE_CPU_US 1		/* CPU time of all processes */
#define CTR_USAGE_USER_US 2		/* the part of it in programs */
#define CTR_USAGE_SYSTEM_US 3		/* the part of it in the kernel */
#define CTR_USAGE_THROTTLED_US 4	/* time spent waiting because of a CPU limit */
#define CTR_USAGE_MEMORY_BYTES 5	/* memory now, page cache included */
#define CTR_USAGE_MEMORY_PEAK_BYTES 6	/* peak of that memory */
#define CTR_USAGE_PAGE_CACHE_BYTES 7	/* page cache now */
#define CTR_USAGE_OOM_KILLS 8		/* processes killed at the memory limit */
#define CTR_USAGE_PIDS 9		/* processes and threads now */
#define CTR_USAGE_PIDS_PEAK 10		/* peak number of them */
#define CTR_USAGE_IO_READ_BYTES 11	/* read from devices */
#define CTR_USAGE_IO_WRITE_BYTES 12	/* written to devices */
#define CTR_USAGE_CPU_PRESSURE_US 13	/* some process waited for a CPU */
#define CTR_USAGE_MEMORY_PRESSURE_US 14 /* some process waited for memory */
#define CTR_USAGE_IO_PRESSURE_US 15	/* some process waited for a device */
#define CTR_USAGE_PIDS_REFUSED 16	/* forks that the limit on processes refused */
/* From getrusage(2) at the end, for the first process and all that it waited for. */
#define CTR_USAGE_MAX_RSS_BYTES 17	  /* peak resident memory of one process */
#define CTR_USAGE_VOLUNTARY_SWITCHES 18	  /* it gave up a CPU to wait */
#define CTR_USAGE_INVOLUNTARY_SWITCHES 19 /* another process got the CPU */
#define CTR_USAGE_MINOR_FAULTS 20	  /* page faults without input or output */
#define CTR_USAGE_MAJOR_FAULTS 21	  /* page faults that read from a device */

/**
 * ctr_usage_new() - create an empty set of counters
 * @err: filled on failure only; may be NULL
 *
 * Return: the set, which the caller frees, or NULL with
 *   CTR_E_NOMEM  out of memory
 *
 * Threads: any.
 * Since:   0.1
 */
ctr_usage *ctr_usage_new(ctr_error *err);

/**
 * ctr_usage_free() - free a set of counters
 * @usage: may be NULL
 *
 * Threads: one at a time for each @usage.
 * Since:   0.1
 */
void ctr_usage_free(ctr_usage *usage);

/**
 * ctr_usage_get() - get a counter
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
 * ctr_usage_name() - get the name of a counter
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
