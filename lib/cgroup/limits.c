/* SPDX-License-Identifier: MIT */
#include "cgroup/limits.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
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

	if (limits)
		limits->failed = ctr_error_new();
	if (limits && limits->failed)
		return limits;
	free(limits);
	ctr__error_nomem(err);
	return NULL;
}

void ctr__limits_clear(ctr_limits *limits)
{
	free(limits->cpuset_cpus);
	free(limits->cpuset_mems);
	free(limits->io);
	free(limits->hugetlb);
	free(limits->devices);
	ctr__strv_clear(&limits->values);
	*limits = (ctr_limits){ .failed = limits->failed };
}

CTR_EXPORT void ctr_limits_free(ctr_limits *limits)
{
	if (!limits)
		return;
	ctr_error_free(limits->failed);
	ctr__limits_clear(limits);
	free(limits);
}

CTR_EXPORT void ctr_limits_clear_error(ctr_limits *limits)
{
	if (limits)
		ctr_error_clear(limits->failed);
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

int ctr__limits_copy(ctr_limits *to, const ctr_limits *from)
{
	ctr_error *failed = to->failed;

	*to = *from;
	to->failed = failed;
	to->cpuset_cpus = to->cpuset_mems = NULL;
	to->io = NULL;
	to->hugetlb = NULL;
	to->devices = NULL;
	to->values = (struct ctr__strv){ 0 };
	if (ctr__text_copy(&to->cpuset_cpus, from->cpuset_cpus) ||
	    ctr__text_copy(&to->cpuset_mems, from->cpuset_mems) ||
	    copy_array(&to->io, from->io, from->n_io, sizeof(*from->io)) ||
	    copy_array(&to->hugetlb, from->hugetlb, from->n_hugetlb, sizeof(*from->hugetlb)) ||
	    copy_array(&to->devices, from->devices, from->n_devices, sizeof(*from->devices)) ||
	    ctr__strv_copy(&to->values, &from->values)) {
		ctr__limits_clear(to);
		return -ENOMEM;
	}
	return 0;
}

bool ctr__limits_is_empty(const ctr_limits *l)
{
	return !l->memory_max && !l->memory_low && !l->set_swap_max && !l->set_oom_group &&
	       !l->pids_max && !l->cpu_quota_us && !l->cpu_shares && !l->io_weight &&
	       !l->cpuset_cpus && !l->cpuset_mems && !l->n_io && !l->n_hugetlb && !l->n_devices &&
	       !l->values.n;
}

/* ---- numbers ---- */

CTR_EXPORT int ctr_limits_set_memory_max(ctr_limits *limits, uint64_t bytes, ctr_error *err)
{
	if (ctr__limits_begin(limits, &err))
		return -1;
	if ((bytes && bytes < MEMORY_MIN) || bytes > BYTES_MAX)
		return ctr__error_number(err, "memory limit", bytes,
					 "65536 (64k) to 2^63 bytes, or 0: none");
	limits->memory_max = bytes;
	return 0;
}

CTR_EXPORT int ctr_limits_set_memory_low(ctr_limits *limits, uint64_t bytes, ctr_error *err)
{
	if (ctr__limits_begin(limits, &err))
		return -1;
	if (bytes > BYTES_MAX)
		return ctr__error_number(err, "memory reservation", bytes, "at most 2^63 bytes");
	limits->memory_low = bytes;
	return 0;
}

CTR_EXPORT int ctr_limits_set_swap_max(ctr_limits *limits, uint64_t bytes, ctr_error *err)
{
	if (ctr__limits_begin(limits, &err))
		return -1;
	if (bytes > BYTES_MAX && bytes != UINT64_MAX)
		return ctr__error_number(err, "swap limit", bytes,
					 "at most 2^63 bytes, or UINT64_MAX: none");
	limits->set_swap_max = bytes != UINT64_MAX;
	limits->swap_max = limits->set_swap_max ? bytes : 0;
	return 0;
}

CTR_EXPORT int ctr_limits_set_oom_group(ctr_limits *limits, int enabled, ctr_error *err)
{
	if (ctr__limits_begin(limits, &err))
		return -1;
	limits->set_oom_group = true;
	limits->oom_group = enabled;
	return 0;
}

CTR_EXPORT int ctr_limits_set_pids_max(ctr_limits *limits, uint64_t max, ctr_error *err)
{
	if (ctr__limits_begin(limits, &err))
		return -1;
	if (max > PIDS_MAX)
		return ctr__error_number(err, "pids limit", max, "0 (none) to 4194304");
	limits->pids_max = max;
	return 0;
}

ctr_limits ctr__limits_with_init(const ctr_limits *limits, bool init)
{
	ctr_limits with = *limits;

	if (init && with.pids_max && with.pids_max < PIDS_MAX)
		with.pids_max++;
	return with;
}

/* The bounds are those of kernel/sched/core.c: 1 ms, and 1 s for a period. */
CTR_EXPORT int ctr_limits_set_cpu_max(ctr_limits *limits, uint64_t quota_us, uint64_t period_us,
				      ctr_error *err)
{
	if (ctr__limits_begin(limits, &err))
		return -1;
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
	if (ctr__limits_begin(limits, &err))
		return -1;
	if (shares && (shares < 2 || shares > 262144))
		return ctr__error_number(err, "CPU shares", shares, "2 to 262144, or 0: unset");
	limits->cpu_shares = shares;
	return 0;
}

CTR_EXPORT int ctr_limits_set_io_weight(ctr_limits *limits, uint64_t weight, ctr_error *err)
{
	if (ctr__limits_begin(limits, &err))
		return -1;
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
	if (ctr__text_copy(&copy, list))
		return ctr__error_nomem(err);
	free(*to);
	*to = copy;
	return 0;
}

CTR_EXPORT int ctr_limits_set_cpuset_cpus(ctr_limits *limits, const char *list, ctr_error *err)
{
	if (ctr__limits_begin(limits, &err))
		return -1;
	return set_list(&limits->cpuset_cpus, "list of CPUs", list, err);
}

CTR_EXPORT int ctr_limits_set_cpuset_mems(ctr_limits *limits, const char *list, ctr_error *err)
{
	if (ctr__limits_begin(limits, &err))
		return -1;
	return set_list(&limits->cpuset_mems, "list of memory nodes", list, err);
}

/* ---- block devices ---- */

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
	n = sys_access(path, F_OK);
	if (n < 0)
		return n == -ENOENT ? 0 : n;
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

	if (ctr__limits_begin(limits, &err))
		return -1;
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

	if (ctr__limits_begin(limits, &err))
		return -1;
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

/*
 * What the library does with a group itself: writing there would escape it, be undone by it,
 * or leave it waiting. "*" is the rest of a name.
 */
static const struct {
	const char *file, *why;
} kept_files[] = {
	{ "cgroup.freeze", "its members are frozen by the library: use ctr_container_freeze() and "
			   "ctr_container_thaw()" },
	{ "freezer.*", "its members are frozen by the library: use ctr_container_freeze() and "
		       "ctr_container_thaw()" },
	{ "cgroup.kill", "its members are killed by the library: use ctr_container_kill_all()" },
	{ "cgroup.procs", "its members are chosen by the library: use ctr_cgroup_add()" },
	{ "cgroup.threads", "its members are chosen by the library: use ctr_cgroup_add()" },
	{ "tasks", "its members are chosen by the library: use ctr_cgroup_add()" },
	{ "release_agent", "it makes the kernel run a program of the host when a group is empty" },
	{ "notify_on_release",
	  "it makes the kernel run a program of the host when a group is empty" },
	{ "cgroup.*", "it is about the group itself, which the library makes and removes" },
	{ "cpuacct.*", "it is a counter, and a write would reset what the library reports" },
	{ "memory.max_usage_in_bytes",
	  "it is a counter, and a write would reset what the library reports" },
	{ "memory.peak", "it is a counter, and a write would reset what the library reports" },
};

static const char *why_kept(const char *file)
{
	for (size_t i = 0; i < sizeof(kept_files) / sizeof(kept_files[0]); i++) {
		const char *kept = kept_files[i].file;
		const size_t n = strcspn(kept, "*");

		if (kept[n] ? strncmp(file, kept, n) == 0 : strcmp(file, kept) == 0)
			return kept_files[i].why;
	}
	return NULL;
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
	return true;
}

CTR_EXPORT int ctr_limits_set_value(ctr_limits *limits, const char *file, const char *value,
				    ctr_error *err)
{
	const char *why = file ? why_kept(file) : NULL;
	_cleanup_free_ char *text = NULL;
	size_t at;

	if (ctr__limits_begin(limits, &err))
		return -1;
	if (why)
		return ctr__error_set(err, CTR_E_INVALID, 0, "file of a control group", file, "%s",
				      why);
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

/* A word in a line of a file of the kernel's. */
static bool is_word(const char *word)
{
	if (!word || !*word || strlen(word) > 64)
		return false;
	for (const char *p = word; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("_.-", *p))
			return false;
	return true;
}

static void put_max(char *text, size_t size, const char *key, uint32_t max)
{
	if (max == UINT32_MAX)
		snprintf(text, size, "%s=max", key);
	else
		snprintf(text, size, "%s=%u", key, max);
}

CTR_EXPORT int ctr_limits_set_rdma_max(ctr_limits *limits, const char *device, uint32_t handles,
				       uint32_t objects, ctr_error *err)
{
	char text[192], first[32], second[32];

	if (ctr__limits_begin(limits, &err))
		return -1;
	if (!is_word(device))
		return ctr__error_value(err, "RDMA device", device, "a name such as mlx5_0");
	put_max(first, sizeof(first), "hca_handle", handles);
	put_max(second, sizeof(second), "hca_object", objects);
	snprintf(text, sizeof(text), "%s %s %s", device, first, second);
	return ctr_limits_set_value(limits, "rdma.max", text, err);
}

CTR_EXPORT int ctr_limits_set_misc_max(ctr_limits *limits, const char *resource, uint64_t max,
				       ctr_error *err)
{
	char text[128];

	if (ctr__limits_begin(limits, &err))
		return -1;
	if (!is_word(resource))
		return ctr__error_value(err, "misc resource", resource, "a name such as sev");
	snprintf(text, sizeof(text), "%s %llu", resource, (unsigned long long)max);
	return ctr_limits_set_value(limits, "misc.max", text, err);
}

/* ---- which devices ---- */

static const struct {
	char letter;
	unsigned bit;
} accesses[] = {
	{ 'r', BPF_DEVCG_ACC_READ },
	{ 'w', BPF_DEVCG_ACC_WRITE },
	{ 'm', BPF_DEVCG_ACC_MKNOD },
};

#define ACCESSES (sizeof(accesses) / sizeof(accesses[0]))
#define ACCESS_ALL (BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE | BPF_DEVCG_ACC_MKNOD)

/* A number that a device can have, of the given bits, or "*". */
static bool take_device_number(const char **p, int bits, int *number)
{
	uint64_t value;

	*number = -1;
	if (**p == '*') {
		(*p)++;
		return true;
	}
	if (!ctr__take_digits(p, &value) || value >> bits)
		return false;
	*number = (int)value;
	return true;
}

static bool read_access(const char *text, unsigned *access)
{
	*access = 0;
	for (; *text; text++) {
		size_t i = 0;

		while (i < ACCESSES && accesses[i].letter != *text)
			i++;
		if (i == ACCESSES || *access & accesses[i].bit)
			return false;
		*access |= accesses[i].bit;
	}
	return *access;
}

/* linux/kdev_t.h: 12 bits of a device are its major number, 20 its minor one. */
static bool read_rule(const char *text, struct ctr__device_rule *rule)
{
	const char *p = text ? text : "";

	*rule = (struct ctr__device_rule){ 0, -1, -1, ACCESS_ALL };
	if (strcmp(p, "a") == 0)
		return true;
	if (*p != 'c' && *p != 'b')
		return false;
	rule->type = *p++;
	if (*p++ != ' ' || !take_device_number(&p, 12, &rule->major) || *p++ != ':' ||
	    !take_device_number(&p, 20, &rule->minor) || *p++ != ' ')
		return false;
	return read_access(p, &rule->access);
}

static void put_number(char *text, size_t size, int number)
{
	if (number < 0)
		snprintf(text, size, "*");
	else
		snprintf(text, size, "%d", number);
}

void ctr__device_rule_text(const struct ctr__device_rule *rule, char *text)
{
	char major[16], minor[16], access[ACCESSES + 1], *p = access;

	if (!rule->type) {
		snprintf(text, CTR__DEVICE_TEXT_SIZE, "a");
		return;
	}
	put_number(major, sizeof(major), rule->major);
	put_number(minor, sizeof(minor), rule->minor);
	for (size_t i = 0; i < ACCESSES; i++)
		if (rule->access & accesses[i].bit)
			*p++ = accesses[i].letter;
	*p = '\0';
	snprintf(text, CTR__DEVICE_TEXT_SIZE, "%c %s:%s %s", rule->type, major, minor, access);
}

/* Of the same devices, as v1 takes them for one rule. */
static struct ctr__device_rule *find_rule(const ctr_limits *limits,
					  const struct ctr__device_rule *rule)
{
	for (size_t i = 0; i < limits->n_devices; i++) {
		struct ctr__device_rule *r = &limits->devices[i];

		if (r->type == rule->type && r->major == rule->major && r->minor == rule->minor)
			return r;
	}
	return NULL;
}

CTR_EXPORT int ctr_limits_allow_device(ctr_limits *limits, const char *rule, ctr_error *err)
{
	struct ctr__device_rule new, *grown, *same;

	if (ctr__limits_begin(limits, &err))
		return -1;
	if (!read_rule(rule, &new))
		return ctr__error_value(err, "device rule", rule,
					"one such as \"c 10:229 rwm\", or a");
	same = find_rule(limits, &new);
	if (same) {
		same->access |= new.access;
		return 0;
	}
	if (limits->n_devices == CTR__DEVICE_RULES_MAX)
		return ctr__error_value(err, "device rule", rule, "256 at most");
	grown = reallocarray(limits->devices, limits->n_devices + 1, sizeof(*grown));
	if (!grown)
		return ctr__error_nomem(err);
	limits->devices = grown;
	grown[limits->n_devices++] = new;
	return 0;
}

/* The kernel's admin-guide/devices. */
CTR_EXPORT int ctr_limits_allow_default_devices(ctr_limits *limits, ctr_error *err)
{
	static const char *const rules[] = {
		"c 1:3 rwm",   /* null */
		"c 1:5 rwm",   /* zero */
		"c 1:7 rwm",   /* full */
		"c 1:8 rwm",   /* random */
		"c 1:9 rwm",   /* urandom */
		"c 5:0 rwm",   /* tty */
		"c 5:2 rwm",   /* ptmx */
		"c 136:* rwm", /* pts */
	};
	struct ctr__device_rule *before, *changed;
	size_t n;

	if (ctr__limits_begin(limits, &err))
		return -1;
	n = limits->n_devices;
	if (copy_array(&before, limits->devices, n, sizeof(*before)))
		return ctr__error_nomem(err);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (ctr_limits_allow_device(limits, rules[i], err))
			goto undo;
	free(before);
	return 0;

undo:
	changed = limits->devices;
	limits->devices = before;
	limits->n_devices = n;
	free(changed);
	return -1;
}
