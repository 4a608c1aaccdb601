/* SPDX-License-Identifier: MIT */
#include "cgroup/usage.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/export.h"
#include "base/parse.h"
#include "base/sys.h"
#include "cgroup/layout.h"

#define TEXT_MAX                                                                                   \
	(15 * 1024)	  /* on the stack, for what was counted is read when memory is short too */
#define US_PER_TICK 10000 /* USER_HZ is 100 on every architecture that we know of */

enum {
	CPU = CTR__COUNTER_CPU,
	CPUACCT = CTR__COUNTER_CPUACCT,
	MEMORY = CTR__COUNTER_MEMORY,
	PIDS = CTR__COUNTER_PIDS,
	BLKIO = CTR__COUNTER_BLKIO,
	V2 = CTR__COUNTER_V2,
};

/* In the order of their files, for each is read once. */
static const struct source {
	unsigned of; /* CTR__COUNTER_* */
	const char *file;
	const char *key; /* what stands before the number; NULL: it is all there is */
	unsigned what;
	unsigned mul, div;
	bool sum; /* of all lines that have the key */
} sources[] = {
	{ V2, "cpu.stat", "usage_usec ", CTR_USAGE_CPU_US, 1, 1, false },
	{ V2, "cpu.stat", "user_usec ", CTR_USAGE_USER_US, 1, 1, false },
	{ V2, "cpu.stat", "system_usec ", CTR_USAGE_SYSTEM_US, 1, 1, false },
	{ V2, "cpu.stat", "throttled_usec ", CTR_USAGE_THROTTLED_US, 1, 1, false },
	{ V2, "memory.current", NULL, CTR_USAGE_MEMORY_BYTES, 1, 1, false },
	{ V2, "memory.peak", NULL, CTR_USAGE_MEMORY_PEAK_BYTES, 1, 1, false },
	{ V2, "memory.stat", "\nfile ", CTR_USAGE_PAGE_CACHE_BYTES, 1, 1, false },
	{ V2, "memory.events", "oom_kill ", CTR_USAGE_OOM_KILLS, 1, 1, false },
	{ V2, "memory.events.local", "oom ", CTR__USAGE_OOM, 1, 1, false },
	{ V2, "pids.current", NULL, CTR_USAGE_PIDS, 1, 1, false },
	{ V2, "pids.peak", NULL, CTR_USAGE_PIDS_PEAK, 1, 1, false },
	{ V2, "pids.events", "max ", CTR_USAGE_PIDS_REFUSED, 1, 1, false },
	{ V2, "io.stat", "rbytes=", CTR_USAGE_IO_READ_BYTES, 1, 1, true },
	{ V2, "io.stat", "wbytes=", CTR_USAGE_IO_WRITE_BYTES, 1, 1, true },
	{ V2, "cpu.pressure", "total=", CTR_USAGE_CPU_PRESSURE_US, 1, 1, false },
	{ V2, "memory.pressure", "total=", CTR_USAGE_MEMORY_PRESSURE_US, 1, 1, false },
	{ V2, "io.pressure", "total=", CTR_USAGE_IO_PRESSURE_US, 1, 1, false },
	{ CPU, "cpu.stat", "throttled_time ", CTR_USAGE_THROTTLED_US, 1, 1000, false },
	{ CPUACCT, "cpuacct.usage", NULL, CTR_USAGE_CPU_US, 1, 1000, false },
	{ CPUACCT, "cpuacct.stat", "user ", CTR_USAGE_USER_US, US_PER_TICK, 1, false },
	{ CPUACCT, "cpuacct.stat", "system ", CTR_USAGE_SYSTEM_US, US_PER_TICK, 1, false },
	{ MEMORY, "memory.usage_in_bytes", NULL, CTR_USAGE_MEMORY_BYTES, 1, 1, false },
	{ MEMORY, "memory.max_usage_in_bytes", NULL, CTR_USAGE_MEMORY_PEAK_BYTES, 1, 1, false },
	{ MEMORY, "memory.stat", "total_cache ", CTR_USAGE_PAGE_CACHE_BYTES, 1, 1, false },
	{ MEMORY, "memory.oom_control", "oom_kill ", CTR_USAGE_OOM_KILLS, 1, 1, false },
	{ MEMORY, "memory.oom_control", "oom_kill ", CTR__USAGE_OOM, 1, 1, false },
	{ PIDS, "pids.current", NULL, CTR_USAGE_PIDS, 1, 1, false },
	{ PIDS, "pids.peak", NULL, CTR_USAGE_PIDS_PEAK, 1, 1, false },
	{ PIDS, "pids.events", "max ", CTR_USAGE_PIDS_REFUSED, 1, 1, false },
	{ BLKIO, "blkio.throttle.io_service_bytes_recursive", " Read ", CTR_USAGE_IO_READ_BYTES, 1,
	  1, true },
	{ BLKIO, "blkio.throttle.io_service_bytes_recursive", " Write ", CTR_USAGE_IO_WRITE_BYTES,
	  1, 1, true },
};

#define SOURCES (sizeof(sources) / sizeof(sources[0]))

static const char *const names[CTR__USAGE_COUNT] = {
	[CTR_USAGE_WALL_US] = "wall_us",
	[CTR_USAGE_CPU_US] = "cpu_us",
	[CTR_USAGE_USER_US] = "user_us",
	[CTR_USAGE_SYSTEM_US] = "system_us",
	[CTR_USAGE_THROTTLED_US] = "throttled_us",
	[CTR_USAGE_MEMORY_BYTES] = "memory_bytes",
	[CTR_USAGE_MEMORY_PEAK_BYTES] = "memory_peak_bytes",
	[CTR_USAGE_PAGE_CACHE_BYTES] = "page_cache_bytes",
	[CTR_USAGE_OOM_KILLS] = "oom_kills",
	[CTR_USAGE_PIDS] = "pids",
	[CTR_USAGE_PIDS_PEAK] = "pids_peak",
	[CTR_USAGE_IO_READ_BYTES] = "io_read_bytes",
	[CTR_USAGE_IO_WRITE_BYTES] = "io_write_bytes",
	[CTR_USAGE_CPU_PRESSURE_US] = "cpu_pressure_us",
	[CTR_USAGE_MEMORY_PRESSURE_US] = "memory_pressure_us",
	[CTR_USAGE_IO_PRESSURE_US] = "io_pressure_us",
	[CTR_USAGE_PIDS_REFUSED] = "pids_refused",
	[CTR_USAGE_MAX_RSS_BYTES] = "max_rss_bytes",
	[CTR_USAGE_VOLUNTARY_SWITCHES] = "voluntary_switches",
	[CTR_USAGE_INVOLUNTARY_SWITCHES] = "involuntary_switches",
	[CTR_USAGE_MINOR_FAULTS] = "minor_faults",
	[CTR_USAGE_MAJOR_FAULTS] = "major_faults",
};

/* ---- the object ---- */

CTR_EXPORT ctr_usage *ctr_usage_new(ctr_error *err)
{
	ctr_usage *usage = calloc(1, sizeof(*usage));

	if (!usage)
		ctr__error_nomem(err);
	return usage;
}

CTR_EXPORT void ctr_usage_free(ctr_usage *usage)
{
	free(usage);
}

CTR_EXPORT int ctr_usage_get(const ctr_usage *usage, uint32_t what, uint64_t *value)
{
	*value = 0;
	if (!ctr_usage_name(what) || !usage->known[what])
		return 0;
	*value = usage->value[what];
	return 1;
}

CTR_EXPORT const char *ctr_usage_name(uint32_t what)
{
	return what < CTR__USAGE_COUNT ? names[what] : NULL;
}

void ctr__usage_set(ctr_usage *usage, unsigned what, uint64_t value)
{
	usage->known[what] = true;
	usage->value[what] = value;
}

/* ---- the files ---- */

/* With a newline before the first line, as the others have one. */
static bool read_text(int dir, const char *file, char text[TEXT_MAX])
{
	text[0] = '\n';
	return ctr__fd_read_file(dir, file, text + 1, TEXT_MAX - 1) >= 0;
}

/* A key is at the beginning of a line, or contains a blank or "=" that sets it off. */
static const char *find_key(const char *text, const char *key)
{
	const char *at = text;

	while ((at = strstr(at, key))) {
		if (*key == ' ' || *key == '\n' || at[-1] == '\n' || at[-1] == ' ')
			return at + strlen(key);
		at++;
	}
	return NULL;
}

static bool find_number(const struct source *source, const char *text, uint64_t *value)
{
	const char *at = source->key ? find_key(text, source->key) : text + 1;
	bool found = false;
	uint64_t one;

	*value = 0;
	for (; at && ctr__take_digits(&at, &one); found = true) {
		*value += one;
		if (!source->sum || !(at = find_key(at, source->key)))
			return true;
	}
	return found || (source->sum && !at); /* no device, nothing read */
}

static bool is_counted(const struct source *source, unsigned counters)
{
	return counters & 1u << source->of;
}

static uint64_t in_unit(const struct source *source, uint64_t value)
{
	return value * source->mul / source->div;
}

void ctr__usage_read(ctr_usage *usage, int dir, unsigned counters, uint32_t wanted)
{
	char text[TEXT_MAX];
	const char *last = "";
	bool readable = false;

	for (size_t i = 0; i < SOURCES; i++) {
		const struct source *s = &sources[i];
		uint64_t value;

		if (!is_counted(s, counters) || !(wanted & 1u << s->what))
			continue;
		if (strcmp(s->file, last) != 0)
			readable = read_text(dir, s->file, text);
		last = s->file;
		if (readable && find_number(s, text, &value))
			ctr__usage_set(usage, s->what, in_unit(s, value));
	}
}

bool ctr__usage_read_one(int dir, unsigned counters, unsigned what, uint64_t *value)
{
	char text[TEXT_MAX];

	for (size_t i = 0; i < SOURCES; i++) {
		const struct source *s = &sources[i];

		if (s->what != what || !is_counted(s, counters) || !read_text(dir, s->file, text) ||
		    !find_number(s, text, value))
			continue;
		*value = in_unit(s, *value);
		return true;
	}
	return false;
}

void ctr__usage_subtract(ctr_usage *usage, const ctr_usage *before)
{
	for (unsigned what = 0; what < CTR__USAGE_COUNT; what++) {
		uint64_t *value = &usage->value[what];

		if (CTR__USAGE_SUMS & 1u << what && usage->known[what] && before->known[what])
			*value -= before->value[what] < *value ? before->value[what] : *value;
	}
}

void ctr__usage_add_cpu(ctr_usage *usage, uint64_t user_us, uint64_t system_us)
{
	ctr__usage_set(usage, CTR_USAGE_USER_US, usage->value[CTR_USAGE_USER_US] + user_us);
	ctr__usage_set(usage, CTR_USAGE_SYSTEM_US, usage->value[CTR_USAGE_SYSTEM_US] + system_us);
	ctr__usage_set(usage, CTR_USAGE_CPU_US,
		       usage->value[CTR_USAGE_CPU_US] + user_us + system_us);
}

void ctr__usage_merge(ctr_usage *usage, const ctr_usage *more)
{
	for (unsigned what = 0; what < CTR__USAGE_COUNT; what++)
		if (more->known[what])
			ctr__usage_set(usage, what, more->value[what]);
}
