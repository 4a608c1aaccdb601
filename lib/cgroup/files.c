/* SPDX-License-Identifier: MIT */
#include "cgroup/files.h"

#include <errno.h>
#include <minictr/cgroup.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/parse.h"
#include "base/sys.h"
#include "cgroup/device.h"
#include "cgroup/shares.h"

#define LIST_MAX 4200

/* What is done while limits are turned into settings. */
struct settle {
	struct ctr__recipe *recipe;
	const ctr_limits *limits;
	ctr_error *err;
	size_t n_limits; /* how many settings are of limits that have a setter */
};

/* ---- settings ---- */

static int add_setting(struct settle *s, size_t hierarchy, const char *file, const char *text)
{
	struct ctr__recipe *r = s->recipe;
	struct ctr__setting new = {
		.hierarchy = hierarchy,
		.file = strdup(file),
		.text = strdup(text),
	};
	struct ctr__setting *grown;

	grown = new.file &&new.text ? reallocarray(r->settings, r->n_settings + 1, sizeof(*grown))
				    : NULL;
	if (!grown) {
		free(new.file);
		free(new.text);
		return ctr__error_nomem(s->err);
	}
	r->settings = grown;
	grown[r->n_settings++] = new;
	return 0;
}

static size_t index_of(const struct settle *s, const struct ctr__hierarchy *h)
{
	return (size_t)(h - s->recipe->layout.v);
}

/* By the name that is mounted; v2 is NULL for a controller that v2 has no more. */
static const struct ctr__hierarchy *use(struct settle *s, const char *v1, const char *v2)
{
	const char *name = v2 && !ctr__layout_has(v1) ? v2 : v1;

	return ctr__layout_use(&s->recipe->layout, name, s->err);
}

/* The files on v1 and v2; NULL where that version can't do it. h may be NULL: it was refused. */
static int set(struct settle *s, const struct ctr__hierarchy *h, const char *v1_file,
	       const char *v2_file, const char *text)
{
	if (!h)
		return -1;
	return add_setting(s, index_of(s, h), h->v2 ? v2_file : v1_file, text);
}

static int set_number(struct settle *s, const struct ctr__hierarchy *h, const char *v1_file,
		      const char *v2_file, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return set(s, h, v1_file, v2_file, text);
}

/* ---- memory ---- */

/* On v1 the limit of both together can't be below that of the memory, which goes first. */
static int set_swap(struct settle *s, const struct ctr__hierarchy *h)
{
	const ctr_limits *l = s->limits;

	if (h->v2)
		return set_number(s, h, NULL, "memory.swap.max", l->swap_max);
	if (!l->memory_max)
		return ctr__error_set(s->err, CTR_E_INVALID, 0, "swap limit", NULL,
				      "cgroup v1 limits memory and swap together: set a limit on "
				      "memory too");
	return set_number(s, h, "memory.memsw.limit_in_bytes", NULL, l->memory_max + l->swap_max);
}

static int set_oom_group(struct settle *s, const struct ctr__hierarchy *h)
{
	if (h->v2)
		return set_number(s, h, NULL, "memory.oom.group", s->limits->oom_group);
	if (!s->limits->oom_group)
		return 0;
	return ctr__error_set(s->err, CTR_E_UNSUPPORTED, 0, "kill the group when out of memory",
			      NULL,
			      "the memory controller of this host is cgroup v1, which kills a"
			      " single process");
}

static int settle_memory(struct settle *s)
{
	const ctr_limits *l = s->limits;
	const struct ctr__hierarchy *h;

	if (!l->memory_max && !l->memory_low && !l->set_swap_max && !l->set_oom_group)
		return 0;
	h = use(s, "memory", "memory");
	if (!h)
		return -1;
	if (l->memory_max && set_number(s, h, "memory.limit_in_bytes", "memory.max", l->memory_max))
		return -1;
	if (l->memory_low &&
	    set_number(s, h, "memory.soft_limit_in_bytes", "memory.low", l->memory_low))
		return -1;
	if (l->set_oom_group && set_oom_group(s, h))
		return -1;
	return l->set_swap_max ? set_swap(s, h) : 0;
}

/* ---- CPU ---- */

static int set_quota(struct settle *s, const struct ctr__hierarchy *h)
{
	const ctr_limits *l = s->limits;
	char text[64];

	if (h->v2) {
		snprintf(text, sizeof(text), "%llu %llu", (unsigned long long)l->cpu_quota_us,
			 (unsigned long long)l->cpu_period_us);
		return set(s, h, NULL, "cpu.max", text);
	}
	if (set_number(s, h, "cpu.cfs_period_us", NULL, l->cpu_period_us))
		return -1;
	return set_number(s, h, "cpu.cfs_quota_us", NULL, l->cpu_quota_us);
}

static int settle_cpu(struct settle *s)
{
	const uint64_t shares = s->limits->cpu_shares;
	const struct ctr__hierarchy *h;

	if (!shares && !s->limits->cpu_quota_us)
		return 0;
	h = use(s, "cpu", "cpu");
	if (!h)
		return -1;
	if (shares && set_number(s, h, "cpu.shares", "cpu.weight",
				 h->v2 ? ctr__weight_of_shares(shares) : shares))
		return -1;
	return s->limits->cpu_quota_us ? set_quota(s, h) : 0;
}

/* ---- CPUs and nodes ---- */

/* What the parent group has to give: v1 wants both files filled, and neither takes more. */
static int set_one_list(struct settle *s, const struct ctr__hierarchy *h, const char *file,
			const char *list, const char *what)
{
	char from[64], all[LIST_MAX];
	int r, bad;

	/* Of a group that is there the other list stays, and the kernel knows what it may have. */
	if (s->recipe->changes)
		return list ? add_setting(s, index_of(s, h), file, list) : 0;

	snprintf(from, sizeof(from), h->v2 ? "%s.effective" : "cpuset.effective_%s",
		 h->v2 ? file : file + strlen("cpuset."));
	r = ctr__layout_read_parent(h, from, all, sizeof(all));
	if (r < 0)
		return ctr__error_sys(s->err, -r, "read of the parent group", from);
	bad = list ? ctr__cpu_list_outside(list, all) : -1;
	if (bad >= 0)
		return ctr__error_set(s->err, CTR_E_INVALID, 0, what, list,
				      "%d is not available (available: %s)", bad, all);
	if (!list && h->v2)
		return 0;
	if (add_setting(s, index_of(s, h), file, list ? list : all))
		return -1;
	s->recipe->settings[s->recipe->n_settings - 1].implied = !list;
	return 0;
}

static int settle_cpuset(struct settle *s)
{
	const ctr_limits *l = s->limits;
	const struct ctr__hierarchy *h;

	if (!l->cpuset_cpus && !l->cpuset_mems)
		return 0;
	h = use(s, "cpuset", "cpuset");
	if (!h || set_one_list(s, h, "cpuset.cpus", l->cpuset_cpus, "list of CPUs"))
		return -1;
	return set_one_list(s, h, "cpuset.mems", l->cpuset_mems, "list of memory nodes");
}

/* ---- input and output ---- */

static int set_io_max(struct settle *s, const struct ctr__hierarchy *h,
		      const struct ctr__limit_io *io, int what)
{
	static const char *const v1_files[CTR__IO_KINDS] = {
		[CTR_IO_READ_BPS] = "blkio.throttle.read_bps_device",
		[CTR_IO_WRITE_BPS] = "blkio.throttle.write_bps_device",
		[CTR_IO_READ_IOPS] = "blkio.throttle.read_iops_device",
		[CTR_IO_WRITE_IOPS] = "blkio.throttle.write_iops_device",
	};
	static const char *const v2_words[CTR__IO_KINDS] = {
		[CTR_IO_READ_BPS] = "rbps=",
		[CTR_IO_WRITE_BPS] = "wbps=",
		[CTR_IO_READ_IOPS] = "riops=",
		[CTR_IO_WRITE_IOPS] = "wiops=",
	};
	char text[96];

	snprintf(text, sizeof(text), "%u:%u %s%llu", io->major, io->minor,
		 h->v2 ? v2_words[what] : "", (unsigned long long)io->max[what]);
	return set(s, h, v1_files[what], "io.max", text);
}

/* The weight is BFQ's, whose files take the same 1 to 1000 on both. */
static int settle_io(struct settle *s)
{
	const ctr_limits *l = s->limits;
	const struct ctr__hierarchy *h;

	if (!l->io_weight && !l->n_io)
		return 0;
	h = use(s, "blkio", "io");
	if (!h)
		return -1;
	if (l->io_weight && set_number(s, h, "blkio.bfq.weight", "io.bfq.weight", l->io_weight))
		return -1;
	for (size_t i = 0; i < l->n_io; i++)
		for (int what = 0; what < CTR__IO_KINDS; what++)
			if (l->io[i].max[what] && set_io_max(s, h, &l->io[i], what))
				return -1;
	return 0;
}

/* ---- huge pages ---- */

static int set_hugetlb(struct settle *s, const struct ctr__limit_hugetlb *limit)
{
	const unsigned long long size = limit->page_bytes;
	char path[96], v1[64], v2[64], name[24];
	int r;

	snprintf(path, sizeof(path), "/sys/kernel/mm/hugepages/hugepages-%llukB", size >> 10);
	r = sys_access(path, F_OK);
	if (r < 0) {
		snprintf(name, sizeof(name), "%llu", size);
		return ctr__error_set(s->err, CTR_E_INVALID, -r, "size of huge pages", name,
				      "this host has no huge pages of this size: see "
				      "/sys/kernel/mm/hugepages");
	}
	/* mem_fmt() of mm/hugetlb_cgroup.c */
	if (size >= 1ULL << 30)
		snprintf(name, sizeof(name), "%lluGB", size >> 30);
	else if (size >= 1ULL << 20)
		snprintf(name, sizeof(name), "%lluMB", size >> 20);
	else
		snprintf(name, sizeof(name), "%lluKB", size >> 10);
	snprintf(v1, sizeof(v1), "hugetlb.%s.limit_in_bytes", name);
	snprintf(v2, sizeof(v2), "hugetlb.%s.max", name);
	return set_number(s, use(s, "hugetlb", "hugetlb"), v1, v2, limit->bytes);
}

static int settle_hugetlb(struct settle *s)
{
	for (size_t i = 0; i < s->limits->n_hugetlb; i++)
		if (set_hugetlb(s, &s->limits->hugetlb[i]))
			return -1;
	return 0;
}

/* ---- devices ---- */

static int set_devices_v1(struct settle *s)
{
	const struct ctr__hierarchy *h = ctr__layout_use(&s->recipe->layout, "devices", s->err);
	char text[CTR__DEVICE_TEXT_SIZE];

	if (!h || add_setting(s, index_of(s, h), "devices.deny", "a"))
		return -1;
	for (size_t i = 0; i < s->limits->n_devices; i++) {
		ctr__device_rule_text(&s->limits->devices[i], text);
		if (add_setting(s, index_of(s, h), "devices.allow", text))
			return -1;
	}
	return 0;
}

/* The kernel takes it from root only, and that is known before there is a group. */
static int set_devices_v2(struct settle *s)
{
	const struct ctr__hierarchy *h = ctr__layout_use(&s->recipe->layout, CTR__CGROUP2, s->err);
	int program;

	if (!h)
		return -1;
	program = ctr__device_program_load(s->limits->devices, s->limits->n_devices);
	if (program == -EPERM || program == -EACCES)
		return ctr__error_set(
			s->err, CTR_E_SYSTEM, -program, "load the device rules", NULL,
			"on cgroup v2 device rules are a BPF program, which needs root "
			"(CAP_SYS_ADMIN, or CAP_BPF)");
	if (program < 0)
		return ctr__error_sys(s->err, -program, "load the device rules", NULL);
	s->recipe->has_devices = true;
	s->recipe->devices = program;
	s->recipe->devices_hierarchy = index_of(s, h);
	return 0;
}

static int settle_devices(struct settle *s)
{
	if (!s->limits->n_devices)
		return 0;
	return ctr__layout_has("devices") ? set_devices_v1(s) : set_devices_v2(s);
}

/* ---- files as they are ---- */

/* Files of which one shows, or undoes, what is written to the other. */
static bool is_same_file(const char *a, const char *b)
{
	if (strcmp(a, "cpu.weight.nice") == 0)
		a = "cpu.weight";
	if (strncmp(a, "devices.", 8) == 0)
		return strncmp(b, "devices.", 8) == 0;
	return strcmp(a, b) == 0;
}

/* The device that a line is about; 0: none, for the line is all there is of the file. */
static size_t device_length(const char *line)
{
	const size_t n = strcspn(line, " ");

	return memchr(line, ':', n) ? n : 0;
}

static bool is_same_line(const char *a, const char *b)
{
	const size_t n = device_length(a);

	return device_length(b) == n && strncmp(a, b, n) == 0;
}

/* Whether a limit that has a setter writes there: which of them is meant can't be known. */
static bool is_set_by_a_limit(const struct settle *s, const char *file, const char *line)
{
	for (size_t i = 0; i < s->n_limits; i++) {
		const struct ctr__setting *is = &s->recipe->settings[i];

		if (!is->implied && is_same_file(file, is->file) && is_same_line(line, is->text))
			return true;
	}
	return false;
}

static int set_line(struct settle *s, const struct ctr__hierarchy *h, const char *file,
		    const char *line)
{
	if (is_set_by_a_limit(s, file, line))
		return ctr__error_set(s->err, CTR_E_INVALID, 0, "file of a control group", file,
				      "another limit sets it too: leave one of them out");
	return add_setting(s, index_of(s, h), file, line);
}

/* A file that takes several lines takes one with each write. */
static int set_lines(struct settle *s, const char *file, char *lines)
{
	const struct ctr__controller *c = ctr__controller_find(file, strcspn(file, "."));
	const struct ctr__hierarchy *h;
	char *line;

	if (!c)
		return ctr__error_value(s->err, "file of a control group", file,
					"a controller before the dot");
	h = use(s, c->v1, c->v2);
	while (h && (line = strsep(&lines, "\n")))
		if (set_line(s, h, file, line))
			return -1;
	return h ? 0 : -1;
}

static int settle_values(struct settle *s)
{
	s->n_limits = s->recipe->n_settings;
	for (size_t i = 0; i < s->limits->values.n; i++) {
		_cleanup_free_ char *copy = strdup(s->limits->values.v[i]);
		char *value = copy;
		const char *file;

		if (!copy)
			return ctr__error_nomem(s->err);
		file = strsep(&value, "=");
		if (set_lines(s, file, value))
			return -1;
	}
	return 0;
}

/* ---- reading back ---- */

static const struct limit_file {
	const char *v1, *v2;
	unsigned word; /* of v2's line */
} limit_files[] = {
	[CTR_LIMIT_MEMORY_MAX] = { "memory.limit_in_bytes", "memory.max", 0 },
	[CTR_LIMIT_MEMORY_LOW] = { "memory.soft_limit_in_bytes", "memory.low", 0 },
	[CTR_LIMIT_SWAP_MAX] = { "memory.memsw.limit_in_bytes", "memory.swap.max", 0 },
	[CTR_LIMIT_PIDS_MAX] = { "pids.max", "pids.max", 0 },
	[CTR_LIMIT_CPU_QUOTA_US] = { "cpu.cfs_quota_us", "cpu.max", 0 },
	[CTR_LIMIT_CPU_PERIOD_US] = { "cpu.cfs_period_us", "cpu.max", 1 },
	[CTR_LIMIT_CPU_SHARES] = { "cpu.shares", "cpu.weight", 0 },
	[CTR_LIMIT_IO_WEIGHT] = { "blkio.bfq.weight", "io.bfq.weight", 1 },
};

const char *ctr__limit_file(uint32_t what, bool v2)
{
	if (what >= sizeof(limit_files) / sizeof(limit_files[0]))
		return NULL;
	return v2 ? limit_files[what].v2 : limit_files[what].v1;
}

/* "max", "-1", and v1's largest number, a page less than 2^63, are no limit. */
static int read_limit(const char *text, uint64_t *value)
{
	*value = UINT64_MAX;
	if (strncmp(text, "max", 3) == 0 || strncmp(text, "-1", 2) == 0)
		return 0;
	if (!ctr__take_digits(&text, value))
		return -EIO;
	if (*value >= (1ULL << 63) - 65536)
		*value = UINT64_MAX;
	return 0;
}

static int read_file_limit(int dir, const char *file, unsigned word, uint64_t *value)
{
	char text[256], *rest = text;
	int r = ctr__fd_read_file(dir, file, text, sizeof(text));

	if (r < 0)
		return r;
	while (word-- > 0)
		strsep(&rest, " ");
	return read_limit(rest ? rest : "", value);
}

int ctr__limit_read(int dir, bool v2, uint32_t what, uint64_t *value)
{
	const struct limit_file *file = &limit_files[what];
	uint64_t memory;
	int r = read_file_limit(dir, v2 ? file->v2 : file->v1, v2 ? file->word : 0, value);

	if (r < 0 || *value == UINT64_MAX)
		return r;
	if (what == CTR_LIMIT_CPU_SHARES && v2)
		*value = ctr__shares_of_weight(*value);
	if (what != CTR_LIMIT_SWAP_MAX || v2)
		return 0;
	r = read_file_limit(dir, "memory.limit_in_bytes", 0, &memory);
	*value -= r == 0 && memory < *value ? memory : *value;
	return r;
}

/* ---- all of them ---- */

int ctr__recipe_add_limits(struct ctr__recipe *recipe, const ctr_limits *limits, ctr_error *err)
{
	struct settle s = { .recipe = recipe, .limits = limits, .err = err };

	if (!limits)
		return ctr__error_missing(err, "limits");
	if (ctr__error_check(limits->failed, err))
		return -1;
	if (settle_memory(&s) || settle_cpu(&s) || settle_cpuset(&s) || settle_io(&s) ||
	    settle_hugetlb(&s) || settle_devices(&s))
		return -1;
	if (limits->pids_max &&
	    set_number(&s, use(&s, "pids", "pids"), "pids.max", "pids.max", limits->pids_max))
		return -1;
	return settle_values(&s);
}

/* On v2 all that is given to a group is counted, and any can be frozen. */
int ctr__recipe_add_accounting(struct ctr__recipe *recipe, ctr_error *err)
{
	static const char *const names[] = { "memory",	"cpuacct", "blkio", "pids",
					     "freezer", "cpu",	   "io" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (ctr__layout_has(names[i]) && !ctr__layout_use(&recipe->layout, names[i], err))
			return -1;
	if (recipe->layout.n || !ctr__layout_has(CTR__CGROUP2))
		return 0;
	return ctr__layout_use(&recipe->layout, CTR__CGROUP2, err) ? 0 : -1; /* can be frozen */
}

/* Whether there is one of v1, and the caller may make groups in it. */
static bool can_have_cpuset(const struct ctr__recipe *recipe)
{
	struct ctr__layout layout = { .wanted_parent = recipe->layout.wanted_parent };
	const struct ctr__hierarchy *h = ctr__layout_use(&layout, "cpuset", NULL);
	bool can = h && !h->v2 && ctr__hierarchy_can_make(h);

	ctr__layout_clear(&layout);
	return can;
}

int ctr__recipe_add_shown(struct ctr__recipe *recipe, ctr_error *err)
{
	struct settle s = { .recipe = recipe, .err = err };
	const struct ctr__hierarchy *h;
	bool can;

	for (size_t i = 0; i < recipe->n_settings; i++)
		if (strncmp(recipe->settings[i].file, "cpuset.", 7) == 0)
			return 0;
	can = can_have_cpuset(recipe);
	if (!can) /* one no is not believed: a call may fail once for want of memory */
		can = can_have_cpuset(recipe);
	if (!can)
		return 0;
	h = ctr__layout_use(&recipe->layout, "cpuset", err);
	if (!h || set_one_list(&s, h, "cpuset.cpus", NULL, NULL))
		return -1;
	return set_one_list(&s, h, "cpuset.mems", NULL, NULL);
}

int ctr__recipe_add_cpu_time(struct ctr__recipe *recipe, ctr_error *err)
{
	const char *name = ctr__layout_has("cpuacct") ? "cpuacct" : "cpu";

	return ctr__layout_use(&recipe->layout, name, err) ? 0 : -1;
}

/* v1 kills what is stopped; without a freezer any hierarchy tells who they are. */
int ctr__recipe_add_members(struct ctr__recipe *recipe, ctr_error *err)
{
	const char *name = ctr__layout_has("freezer") ? "freezer" : CTR__CGROUP2;

	if (recipe->layout.n)
		return 0;
	if (!ctr__layout_has(name))
		name = "pids";
	return ctr__layout_use(&recipe->layout, name, err) ? 0 : -1;
}

void ctr__recipe_clear(struct ctr__recipe *recipe)
{
	for (size_t i = 0; i < recipe->n_settings; i++) {
		free(recipe->settings[i].file);
		free(recipe->settings[i].text);
	}
	free(recipe->settings);
	if (recipe->has_devices)
		ctr__fd_close(recipe->devices);
	ctr__layout_clear(&recipe->layout);
	*recipe = (struct ctr__recipe){ 0 };
}
