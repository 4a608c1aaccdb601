/* SPDX-License-Identifier: MIT */
/**
 * limits.h - limits on the resources of a group of processes, as data
 *
 * Setters fill a set of limits. It is used for a container through its spec
 * (ctr_spec_get_limits()), for a running container (ctr_container_update()), or for a separate
 * group (ctr_cgroup_create()). By default no limit is set. A limit that is not set keeps the
 * default of the kernel: unlimited. Whether this host can enforce a limit is checked when the
 * limits are used, before anything is created. A limit that cannot be enforced is an error and is
 * never ignored. Names and units are the same on cgroup v1 and v2.
 *
 * A setter that fails changes nothing else, but the limits keep its error. Until
 * ctr_limits_clear_error() is called, functions that use the limits fail with the first such
 * error. Every setter accepts NULL for @limits. It then fails, with CTR_E_INVALID unless @err
 * already holds an error.
 */
#ifndef MINICTR_LIMITS_H
#define MINICTR_LIMITS_H

#include <stdint.h>

#include <minictr/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctr_limits ctr_limits;

/* Kinds of limits on the input and output of a device. */
#define CTR_IO_READ_BPS 0   /* bytes read a second */
#define CTR_IO_WRITE_BPS 1  /* bytes written a second */
#define CTR_IO_READ_IOPS 2  /* reads a second */
#define CTR_IO_WRITE_IOPS 3 /* writes a second */

/**
 * ctr_limits_new() - create an empty set of limits
 * @err: filled on failure only; may be NULL
 *
 * Return: the limits, which the caller frees, or NULL with
 *   CTR_E_NOMEM  out of memory
 *
 * Threads: any.
 * Since:   0.1
 */
ctr_limits *ctr_limits_new(ctr_error *err);

/**
 * ctr_limits_free() - free a set of limits
 * @limits: may be NULL; not one that a spec owns
 *
 * Threads: one at a time for each @limits.
 * Since:   0.1
 */
void ctr_limits_free(ctr_limits *limits);

/**
 * ctr_limits_clear_error() - forget that a setter has failed
 * @limits: may be NULL
 *
 * Threads: one at a time for each @limits.
 * Since:   0.1
 */
void ctr_limits_clear_error(ctr_limits *limits);

/**
 * ctr_limits_set_memory_max() - limit the memory
 * @limits: changed only on success
 * @bytes:  limit for all processes together, page cache included; 0, the
 *          default: no limit. The kernel rounds down to whole pages
 * @err:    filled on failure only; may be NULL
 *
 * At the limit page cache is dropped and pages are swapped out. If that is not
 * enough, a process is killed.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @bytes is less than 65536, or above 2^63
 *
 * Threads: one at a time for each @limits.
 * Kernel:  memory.max, or memory.limit_in_bytes: cgroups(7).
 * Since:   0.1
 */
int ctr_limits_set_memory_max(ctr_limits *limits, uint64_t bytes, ctr_error *err);

/**
 * ctr_limits_set_memory_low() - protect an amount of memory
 * @limits: changed only on success
 * @bytes:  amount that is reclaimed only as a last resort when the machine is
 *          short of memory; 0, the default: none
 * @err:    filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @bytes is above 2^63
 *
 * Threads: one at a time for each @limits.
 * Kernel:  memory.low, or memory.soft_limit_in_bytes: cgroups(7).
 * Since:   0.1
 */
int ctr_limits_set_memory_low(ctr_limits *limits, uint64_t bytes, ctr_error *err);

/**
 * ctr_limits_set_swap_max() - limit the use of swap
 * @limits: changed only on success
 * @bytes:  amount of swap, in addition to the memory; UINT64_MAX, the default: no
 *          limit; 0: no swap
 * @err:    filled on failure only; may be NULL
 *
 * On cgroup v1, which limits memory and swap together, a limit on memory must
 * be set too.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @bytes is above 2^63 and not UINT64_MAX
 *
 * Threads: one at a time for each @limits.
 * Kernel:  memory.swap.max, or memory.memsw.limit_in_bytes: cgroups(7).
 * Since:   0.1
 */
int ctr_limits_set_swap_max(ctr_limits *limits, uint64_t bytes, ctr_error *err);

/**
 * ctr_limits_set_pids_max() - limit the number of processes and threads
 * @limits: changed only on success
 * @max:    number of processes and threads; 0, the default: no limit
 * @err:    filled on failure only; may be NULL
 *
 * At the limit fork(2) and clone(2) fail with EAGAIN.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @max is above 4194304
 *
 * Threads: one at a time for each @limits.
 * Kernel:  pids.max: cgroups(7).
 * Since:   0.1
 */
int ctr_limits_set_pids_max(ctr_limits *limits, uint64_t max, ctr_error *err);

/**
 * ctr_limits_set_cpu_max() - limit the CPU time in each period
 * @limits:    changed only on success
 * @quota_us:  microseconds of CPU time, summed over all CPUs, in each period; at
 *             least 1000; 0, the default: no limit
 * @period_us: length of a period in microseconds, 1000 to 1000000
 * @err:       filled on failure only; may be NULL
 *
 * Half a CPU is 50000 in 100000, and two CPUs are 200000 in 100000.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  out of range
 *
 * Threads: one at a time for each @limits.
 * Kernel:  cpu.max, or cpu.cfs_quota_us and cpu.cfs_period_us: sched(7).
 * Since:   0.1
 */
int ctr_limits_set_cpu_max(ctr_limits *limits, uint64_t quota_us, uint64_t period_us,
			   ctr_error *err);

/**
 * ctr_limits_set_cpu_shares() - set the relative CPU weight
 * @limits: changed only on success
 * @shares: 2 to 262144, in the unit of docker and cgroup v1; 0, the default:
 *          keep the kernel's default, which is 1024
 * @err:    filled on failure only; may be NULL
 *
 * On cgroup v2 they become a weight: 2, 1024 and 262144 become 1, 100 and 10000,
 * and values in between are interpolated (quadratic in the logarithms).
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  out of range
 *
 * Threads: one at a time for each @limits.
 * Kernel:  cpu.weight, or cpu.shares: cgroups(7).
 * Since:   0.1
 */
int ctr_limits_set_cpu_shares(ctr_limits *limits, uint64_t shares, ctr_error *err);

/**
 * ctr_limits_set_cpuset_cpus() - choose the CPUs to run on
 * @limits: changed only on success
 * @list:   numbers and ranges, such as "0-3,8"; copied. NULL, the default: all CPUs
 * @err:    filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @list is not such a list
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @limits.
 * Kernel:  cpuset.cpus: cpuset(7).
 * Since:   0.1
 */
int ctr_limits_set_cpuset_cpus(ctr_limits *limits, const char *list, ctr_error *err);

/**
 * ctr_limits_set_cpuset_mems() - choose the NUMA nodes to allocate memory from
 * @limits: changed only on success
 * @list:   numbers and ranges, such as "0-1"; copied. NULL, the default: all nodes
 * @err:    filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @list is not such a list
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @limits.
 * Kernel:  cpuset.mems: cpuset(7).
 * Since:   0.1
 */
int ctr_limits_set_cpuset_mems(ctr_limits *limits, const char *list, ctr_error *err);

/**
 * ctr_limits_set_io_weight() - set the relative weight for input and output
 * @limits: changed only on success
 * @weight: 10 to 1000, in the unit of docker and cgroup v1; 0, the default: keep the
 *          kernel's default
 * @err:    filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  out of range
 *
 * Threads: one at a time for each @limits.
 * Kernel:  io.bfq.weight, or blkio.bfq.weight: the BFQ scheduler.
 * Since:   0.1
 */
int ctr_limits_set_io_weight(ctr_limits *limits, uint64_t weight, ctr_error *err);

/**
 * ctr_limits_set_io_max() - limit input and output of one device
 * @limits: changed only on success
 * @device: path of a block device; of a partition, the whole disk is limited,
 *          because the kernel supports nothing finer
 * @what:   CTR_IO_READ_BPS, CTR_IO_WRITE_BPS, CTR_IO_READ_IOPS or
 *          CTR_IO_WRITE_IOPS
 * @max:    limit per second; 0, the default: no limit
 * @err:    filled on failure only; may be NULL
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @device is not a block device, or @what is unknown
 *   CTR_E_SYSTEM   @device cannot be inspected
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @limits.
 * Kernel:  io.max, or blkio.throttle.*: cgroups(7).
 * Since:   0.1
 */
int ctr_limits_set_io_max(ctr_limits *limits, const char *device, int what, uint64_t max,
			  ctr_error *err);

/**
 * ctr_limits_set_hugetlb_max() - limit huge pages of one size
 * @limits:     changed only on success
 * @page_bytes: size of such a page, such as 2097152; a power of two
 * @bytes:      limit for the memory in pages of that size
 * @err:        filled on failure only; may be NULL
 *
 * By default there is no limit.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @page_bytes is not a power of two, or is below 65536
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @limits.
 * Kernel:  hugetlb.SIZE.max, or hugetlb.SIZE.limit_in_bytes: cgroups(7).
 * Since:   0.1
 */
int ctr_limits_set_hugetlb_max(ctr_limits *limits, uint64_t page_bytes, uint64_t bytes,
			       ctr_error *err);

/**
 * ctr_limits_set_oom_group() - choose what the kernel kills at the memory limit
 * @limits:  changed only on success
 * @enabled: 1: when the kernel has to kill a process of the group, it kills all of them; 0, the
 *           default: it kills the process that uses the most memory
 * @err:     filled on failure only; may be NULL
 *
 * cgroup v1 does not support this, which is an error when the group is created. A container with
 * its own PID namespace ends anyway if its first process is killed.
 *
 * Return: 0, or -1 if @limits is NULL.
 *
 * Threads: one at a time for each @limits.
 * Kernel:  memory.oom.group: cgroups(7).
 * Since:   0.1
 */
int ctr_limits_set_oom_group(ctr_limits *limits, int enabled, ctr_error *err);

/**
 * ctr_limits_set_rdma_max() - limit the use of an RDMA device
 * @limits:  changed only on success
 * @device:  its name, such as "mlx5_0"; copied
 * @handles: limit for its handles; UINT32_MAX, the default: no limit
 * @objects: limit for its objects; UINT32_MAX, the default: no limit
 * @err:     filled on failure only; may be NULL
 *
 * This limits one device. For several devices, use ctr_limits_set_value().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @device is not a valid name
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @limits.
 * Kernel:  rdma.max: the kernel's admin-guide/cgroup-v2.
 * Since:   0.1
 */
int ctr_limits_set_rdma_max(ctr_limits *limits, const char *device, uint32_t handles,
			    uint32_t objects, ctr_error *err);

/**
 * ctr_limits_set_misc_max() - limit a resource of the misc controller
 * @limits:   changed only on success
 * @resource: a resource that misc.capacity of the host lists, such as "sev"; copied
 * @max:      the limit
 * @err:      filled on failure only; may be NULL
 *
 * By default there is no limit. This limits one resource. For several resources, use
 * ctr_limits_set_value().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @resource is not a valid name
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @limits.
 * Kernel:  misc.max: the kernel's admin-guide/cgroup-v2.
 * Since:   0.1
 */
int ctr_limits_set_misc_max(ctr_limits *limits, const char *resource, uint64_t max, ctr_error *err);

/**
 * ctr_limits_allow_device() - allow a device, and deny all devices that no rule allows
 * @limits: changed only on success
 * @rule:   in the format of devices.allow: c or b, MAJOR:MINOR, and any of r (read), w (write)
 *          and m (create a node), such as "c 10:229 rwm"; "*" stands for any number, and "a"
 *          for all devices
 * @err:    filled on failure only; may be NULL
 *
 * By default there are no rules, and only device nodes and mounts restrict the use of devices.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @rule is not a valid rule, or is the 257th
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @limits.
 * Kernel:  devices.allow, devices.deny of v1; on v2 bpf(2), BPF_PROG_TYPE_CGROUP_DEVICE.
 * Since:   0.1
 */
int ctr_limits_allow_device(ctr_limits *limits, const char *rule, ctr_error *err);

/**
 * ctr_limits_allow_default_devices() - allow the standard devices
 * @limits: changed only on success
 * @err:    filled on failure only; may be NULL
 *
 * The standard devices are those that CTR_BASE_DEV shows: null, zero, full, random, urandom, tty,
 * ptmx, and the terminals of devpts. For the default see ctr_limits_allow_device().
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  there are too many rules
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @limits.
 * Kernel:  as ctr_limits_allow_device().
 * Since:   0.1
 */
int ctr_limits_allow_default_devices(ctr_limits *limits, ctr_error *err);

/**
 * ctr_limits_set_value() - write a value to a file of the control group
 * @limits: changed only on success
 * @file:   its name, CONTROLLER.WHAT, such as "memory.high"; copied
 * @value:  the text to write, with a separate write for each line; copied. NULL, the
 *          default: nothing is written
 * @err:    filled on failure only; may be NULL
 *
 * Use this for limits without a setter. The file is that of the host's version
 * of the controller, and is written after all others. If another limit also
 * writes the file, the limits are refused when they are used, because one of the
 * two values would be lost. Lines about different devices are allowed.
 *
 * Files that the library manages are refused: all of cgroup.*, freezer.* and
 * cpuacct.*, tasks, release_agent, notify_on_release, and the counters
 * memory.max_usage_in_bytes and memory.peak.
 *
 * Return: 0, or -1 with
 *   CTR_E_INVALID  @file is not a valid name, or the library manages it
 *   CTR_E_NOMEM    out of memory
 *
 * Threads: one at a time for each @limits.
 * Kernel:  cgroups(7).
 * Since:   0.1
 */
int ctr_limits_set_value(ctr_limits *limits, const char *file, const char *value, ctr_error *err);

#ifdef __cplusplus
}
#endif

#endif
