/* SPDX-License-Identifier: MIT */
#include "spec/resources.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/export.h"
#include "base/strv.h"
#include "spec/spec.h"

#define TIME_LIMIT_MAX_MS 31536000000 /* a year */

int ctr__resources_copy(struct ctr__resources *to, const struct ctr__resources *from)
{
	to->wall_limit_ms = from->wall_limit_ms;
	to->cpu_limit_ms = from->cpu_limit_ms;
	to->output_limit = from->output_limit;
	to->accounting = from->accounting;
	to->delegate = from->delegate;
	to->cgroup = ctr__cgroup_use(from->cgroup);
	if (ctr__text_copy(&to->cgroup_parent, from->cgroup_parent))
		return -ENOMEM;
	return ctr__limits_copy(&to->limits, &from->limits);
}

void ctr__resources_clear(struct ctr__resources *resources)
{
	ctr__limits_clear(&resources->limits);
	ctr_cgroup_free(resources->cgroup);
	free(resources->cgroup_parent);
}

/* ---- control groups ---- */

CTR_EXPORT ctr_limits *ctr_spec_get_limits(ctr_spec *spec)
{
	return spec ? &spec->resources.limits : NULL;
}

CTR_EXPORT int ctr_spec_set_accounting(ctr_spec *spec, int enabled, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (enabled < CTR_ACCOUNTING_OFF || enabled > CTR_ACCOUNTING_AUTO)
		return ctr__error_int(err, "accounting", enabled, "one of CTR_ACCOUNTING_...");
	spec->resources.accounting = enabled;
	return 0;
}

CTR_EXPORT int ctr_spec_set_cgroup_parent(ctr_spec *spec, const char *path, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (path && strcmp(path, "/") != 0 && !ctr__is_cgroup_path(path))
		return ctr__error_value(err, "parent of the control group", path,
					"an absolute path below the root of the hierarchies");
	return ctr__text_replace(&spec->resources.cgroup_parent, path) ? ctr__error_nomem(err) : 0;
}

CTR_EXPORT int ctr_spec_set_delegate(ctr_spec *spec, int enabled, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	spec->resources.delegate = enabled;
	return 0;
}

CTR_EXPORT int ctr_spec_set_cgroup(ctr_spec *spec, ctr_cgroup *group, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (!group)
		return ctr__error_missing(err, "control group");
	ctr__cgroup_use(group);
	ctr_cgroup_free(spec->resources.cgroup);
	spec->resources.cgroup = group;
	return 0;
}

/* ---- limits that are watched ---- */

CTR_EXPORT int ctr_spec_set_output_limit(ctr_spec *spec, uint64_t bytes, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	if (bytes > INT64_MAX)
		return ctr__error_number(err, "limit on output", bytes, "at most 2^63 - 1 bytes");
	spec->resources.output_limit = bytes;
	return 0;
}

static int set_time_limit(uint64_t *to, const char *what, uint64_t ms, ctr_error *err)
{
	if (ms > TIME_LIMIT_MAX_MS)
		return ctr__error_number(err, what, ms, "0 (none) to 31536000000 milliseconds");
	*to = ms;
	return 0;
}

int ctr__wall_limit_set(uint64_t *to, uint64_t ms, ctr_error *err)
{
	return set_time_limit(to, "wall time limit", ms, err);
}

int ctr__cpu_limit_set(uint64_t *to, uint64_t ms, ctr_error *err)
{
	return set_time_limit(to, "CPU time limit", ms, err);
}

CTR_EXPORT int ctr_spec_set_wall_limit_ms(ctr_spec *spec, uint64_t ms, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return ctr__wall_limit_set(&spec->resources.wall_limit_ms, ms, err);
}

CTR_EXPORT int ctr_spec_set_cpu_limit_ms(ctr_spec *spec, uint64_t ms, ctr_error *err)
{
	if (ctr__spec_begin(spec, &err))
		return -1;
	return ctr__cpu_limit_set(&spec->resources.cpu_limit_ms, ms, err);
}
