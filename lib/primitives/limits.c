/* SPDX-License-Identifier: MIT */
#include "primitives/limits.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/export.h"
#include "base/parse.h"
#include "base/sys.h"

#define MEMORY_MIN 65536
#define BYTES_MAX (1ULL << 63)
#define PIDS_MAX 4194304  /* PID_MAX_LIMIT of 64-bit kernels, proc(5) */
#define CPU_LIST_MAX 8192 /* numbers in a list: CONFIG_NR_CPUS at most */

/* ---- the object ---- */

CTR_EXPORT ctr_limits *ctr_limits_new(ctr_error *err)
{
	ctr_limits *limits = calloc(1, sizeof(*limits));

	if (!limits)
		ctr__error_nomem(err);
	return limits;
}

void ctr__limits_clear(ctr_limits *limits)
{
	free(limits->cpuset_cpus);
	free(limits->cpuset_mems);
	free(limits->io);
	free(limits->hugetlb);
	ctr__strv_clear(&limits->values);
	*limits = (ctr_limits){ 0 };
}

CTR_EXPORT void ctr_limits_free(ctr_limits *limits)
{
	if (!limits)
		return;
	ctr__limits_clear(limits);
	free(limits);
}

static int copy_array(void *to, const void *from, size_t n, size_t size)
{
	void *copy = n ? reallocarray(NULL, n, size) : NULL;

	if (n && !copy)
		return -ENOMEM;
	if (n)
		memcpy(copy, from, n * size);
	*(void **)to = copy;
	return 0;
}

static int copy_text(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return from && !*to ? -ENOMEM : 0;
}

int ctr__limits_copy(ctr_limits *to, const ctr_limits *from)
{
	*to = *from;
	to->cpuset_cpus = to->cpuset_mems = NULL;
	to->io = NULL;
	to->hugetlb = NULL;
	to->values = (struct ctr__strv){ 0 };
	if (copy_text(&to->cpuset_cpus, from->cpuset_cpus) ||
	    copy_text(&to->cpuset_mems, from->cpuset_mems) ||
	    copy_array(&to->io, from->io, from->n_io, sizeof(*from->io)) ||
	    copy_array(&to->hugetlb, from->hugetlb, from->n_hugetlb, sizeof(*from->hugetlb)) ||
	    ctr__strv_copy(&to->values, &from->values)) {
		ctr__limits_clear(to);
		return -ENOMEM;
	}
	return 0;
}

/* ---- numbers ---- */

CTR_EXPORT int ctr_limits_set_memory_max(ctr_limits *limits, uint64_t bytes, ctr_error *err)
{
	if ((bytes && bytes < MEMORY_MIN) || bytes > BYTES_MAX)
		return ctr__error_number(err, "memory limit", bytes,
					 "65536 (64k) to 2^63 bytes, or 0: none");
	limits->memory_max = bytes;
	return 0;
}

CTR_EXPORT int ctr_limits_set_memory_low(ctr_limits *limits, uint64_t bytes, ctr_error *err)
{
	if (bytes > BYTES_MAX)
		return ctr__error_number(err, "memory reservation", bytes, "at most 2^63 bytes");
	limits->memory_low = bytes;
	return 0;
}

CTR_EXPORT int ctr_limits_set_swap_max(ctr_limits *limits, uint64_t bytes, ctr_error *err)
{
	if (bytes > BYTES_MAX && bytes != UINT64_MAX)
		return ctr__error_number(err, "swap limit", bytes,
					 "at most 2^63 bytes, or UINT64_MAX: none");
	limits->set_swap_max = bytes != UINT64_MAX;
	limits->swap_max = limits->set_swap_max ? bytes : 0;
	return 0;
}

CTR_EXPORT int ctr_limits_set_pids_max(ctr_limits *limits, uint64_t max, ctr_error *err)
{
	if (max > PIDS_MAX)
		return ctr__error_number(err, "pids limit", max, "0 (none) to 4194304");
	limits->pids_max = max;
	return 0;
}

/* The bounds are those of kernel/sched/core.c: 1 ms, and 1 s for a period. */
CTR_EXPORT int ctr_limits_set_cpu_max(ctr_limits *limits, uint64_t quota_us, uint64_t period_us,
				      ctr_error *err)
{
	if (period_us < 1000 || period_us > 1000000)
		return ctr__error_number(err, "CPU period", period_us,
					 "1000 to 1000000 microseconds");
	if ((quota_us && quota_us < 1000) || quota_us > UINT64_MAX / 1000 / 1024)
		return ctr__error_number(err, "CPU quota", quota_us,
					 "1000 or more microseconds, or 0: none");
	limits->cpu_quota_us = quota_us;
	limits->cpu_period_us = quota_us ? period_us : 0;
	return 0;
}

CTR_EXPORT int ctr_limits_set_cpu_shares(ctr_limits *limits, uint64_t shares, ctr_error *err)
{
	if (shares && (shares < 2 || shares > 262144))
		return ctr__error_number(err, "CPU shares", shares, "2 to 262144, or 0: unset");
	limits->cpu_shares = shares;
	return 0;
}

CTR_EXPORT int ctr_limits_set_io_weight(ctr_limits *limits, uint64_t weight, ctr_error *err)
{
	if (weight && (weight < 10 || weight > 1000))
		return ctr__error_number(err, "io weight", weight, "10 to 1000, or 0: unset");
	limits->io_weight = weight;
	return 0;
}

/* ---- lists of CPUs and nodes ---- */

/* Takes "N" or "N-M" off the list; false at its end and where it is none. */
static bool next_range(const char **list, uint64_t *first, uint64_t *last)
{
	const char *p = *list;

	if (!ctr__take_digits(&p, first))
		return false;
	*last = *first;
	if (*p == '-' && (p++, !ctr__take_digits(&p, last)))
		return false;
	if (*first > *last || *last >= CPU_LIST_MAX || (*p && *p != ','))
		return false;
	*list = p + (*p == ',' && p[1]);
	return true;
}

bool ctr__is_cpu_list(const char *list)
{
	uint64_t first, last;

	if (!list || !*list || strlen(list) > 4096)
		return false;
	while (*list)
		if (!next_range(&list, &first, &last))
			return false;
	return true;
}

static bool holds(const char *list, uint64_t number)
{
	uint64_t first, last;

	while (next_range(&list, &first, &last))
		if (number >= first && number <= last)
			return true;
	return false;
}

int ctr__cpu_list_outside(const char *list, const char *within)
{
	uint64_t first, last;

	while (next_range(&list, &first, &last))
		for (uint64_t i = first; i <= last; i++)
			if (!holds(within, i))
				return (int)i;
	return -1;
}

static int set_list(char **to, const char *what, const char *list, ctr_error *err)
{
	char *copy;

	if (list && !ctr__is_cpu_list(list))
		return ctr__error_value(err, what, list, "numbers and ranges, such as 0-3,8");
	if (copy_text(&copy, list))
		return ctr__error_nomem(err);
	free(*to);
	*to = copy;
	return 0;
}

CTR_EXPORT int ctr_limits_set_cpuset_cpus(ctr_limits *limits, const char *list, ctr_error *err)
{
	return set_list(&limits->cpuset_cpus, "list of CPUs", list, err);
}

CTR_EXPORT int ctr_limits_set_cpuset_mems(ctr_limits *limits, const char *list, ctr_error *err)
{
	return set_list(&limits->cpuset_mems, "list of memory nodes", list, err);
}

/* ---- devices ---- */

/* "MAJOR:MINOR" and a newline. */
static bool read_device(const char *text, unsigned *major, unsigned *minor)
{
	uint64_t a, b;

	if (!ctr__take_digits(&text, &a) || *text++ != ':' || !ctr__take_digits(&text, &b))
		return false;
	*major = (unsigned)a;
	*minor = (unsigned)b;
	return true;
}

/* A partition is not a queue of its own: the disk that it lies on. */
static int find_disk(unsigned *major, unsigned *minor)
{
	char path[64], text[32];
	int n;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/partition", *major, *minor);
	if (access(path, F_OK))
		return 0;
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/../dev", *major, *minor);
	n = ctr__fd_read_file(AT_FDCWD, path, text, sizeof(text));
	if (n < 0)
		return n;
	return read_device(text, major, minor) ? 0 : -EIO;
}

static struct ctr__limit_io *io_of(ctr_limits *limits, unsigned major, unsigned minor)
{
	struct ctr__limit_io *grown;

	for (size_t i = 0; i < limits->n_io; i++)
		if (limits->io[i].major == major && limits->io[i].minor == minor)
			return &limits->io[i];
	grown = reallocarray(limits->io, limits->n_io + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	limits->io = grown;
	grown[limits->n_io] = (struct ctr__limit_io){ .major = major, .minor = minor };
	return &grown[limits->n_io++];
}

CTR_EXPORT int ctr_limits_set_io_max(ctr_limits *limits, const char *device, int what, uint64_t max,
				     ctr_error *err)
{
	struct ctr__limit_io *io;
	unsigned major, minor;
	struct statx st;
	int r;

	if (!device || !*device)
		return ctr__error_value(err, "device", device, "the path of a block device");
	if (what < 0 || what >= CTR__IO_KINDS)
		return ctr__error_number(err, "kind of io limit", (uint64_t)what, "CTR_IO_*");
	r = sys_statx(AT_FDCWD, device, 0, STATX_TYPE, &st);
	if (r < 0)
		return ctr__error_sys(err, -r, "look at the device", device);
	if (!S_ISBLK(st.stx_mode))
		return ctr__error_value(err, "device", device, "a block device, such as /dev/sda");
	major = st.stx_rdev_major;
	minor = st.stx_rdev_minor;
	r = find_disk(&major, &minor);
	if (r < 0)
		return ctr__error_sys(err, -r, "find the disk of partition", device);
	io = io_of(limits, major, minor);
	if (!io)
		return ctr__error_nomem(err);
	io->max[what] = max;
	return 0;
}

/* ---- huge pages, and files as they are ---- */

CTR_EXPORT int ctr_limits_set_hugetlb_max(ctr_limits *limits, uint64_t page_bytes, uint64_t bytes,
					  ctr_error *err)
{
	struct ctr__limit_hugetlb *grown;
	size_t i = 0;

	if (page_bytes < 65536 || (page_bytes & (page_bytes - 1)))
		return ctr__error_number(err, "size of huge pages", page_bytes,
					 "a power of two, such as 2097152 (2m)");
	while (i < limits->n_hugetlb && limits->hugetlb[i].page_bytes != page_bytes)
		i++;
	if (i == limits->n_hugetlb) {
		grown = reallocarray(limits->hugetlb, i + 1, sizeof(*grown));
		if (!grown)
			return ctr__error_nomem(err);
		limits->hugetlb = grown;
		limits->n_hugetlb++;
	}
	limits->hugetlb[i] = (struct ctr__limit_hugetlb){ page_bytes, bytes };
	return 0;
}

/* CONTROLLER.WHAT, and nothing that leads out of the directory. */
static bool is_file_name(const char *file)
{
	const char *dot = file ? strchr(file, '.') : NULL;

	if (!dot || dot == file || !dot[1] || strlen(file) > 128)
		return false;
	for (const char *p = file; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '.' && *p != '_' && *p != '-')
			return false;
	return strncmp(file, "cgroup.", 7) != 0;
}

CTR_EXPORT int ctr_limits_set_value(ctr_limits *limits, const char *file, const char *value,
				    ctr_error *err)
{
	_cleanup_free_ char *text = NULL;
	size_t at;

	if (!is_file_name(file))
		return ctr__error_value(err, "file of a control group", file,
					"CONTROLLER.WHAT, such as memory.high");
	if (value && asprintf(&text, "%s=%s", file, value) < 0) {
		text = NULL;
		return ctr__error_nomem(err);
	}
	at = ctr__strv_find_env(&limits->values, file, strlen(file));
	if (text && ctr__strv_add(&limits->values, text))
		return ctr__error_nomem(err);
	if (at < limits->values.n - (text ? 1 : 0))
		ctr__strv_remove(&limits->values, at);
	return 0;
}
