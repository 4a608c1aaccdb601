/* SPDX-License-Identifier: MIT */
#include "probe/probe.h"

#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/export.h"
#include "base/json_string.h"
#include "base/sys.h"
#include "primitives/caps.h"

static const char *const names[CTR__FEATURES] = {
	[CTR_FEATURE_RUN] = "run",
	[CTR_FEATURE_NS_MOUNT] = "mount_namespace",
	[CTR_FEATURE_NS_PID] = "pid_namespace",
	[CTR_FEATURE_NS_UTS] = "uts_namespace",
	[CTR_FEATURE_NS_IPC] = "ipc_namespace",
	[CTR_FEATURE_NS_NET] = "network_namespace",
	[CTR_FEATURE_NS_CGROUP] = "cgroup_namespace",
	[CTR_FEATURE_NS_USER] = "user_namespace",
	[CTR_FEATURE_NS_TIME] = "time_namespace",
	[CTR_FEATURE_USERNS_FOR_USERS] = "userns_for_users",
	[CTR_FEATURE_ID_RANGES] = "id_ranges",
	[CTR_FEATURE_PROC] = "proc",
	[CTR_FEATURE_SYSFS] = "sysfs",
	[CTR_FEATURE_TMPFS] = "tmpfs",
	[CTR_FEATURE_DEVPTS] = "devpts",
	[CTR_FEATURE_MQUEUE] = "mqueue",
	[CTR_FEATURE_OVERLAY] = "overlay",
	[CTR_FEATURE_BIND] = "bind",
	[CTR_FEATURE_USERNS_PROC] = "userns_proc",
	[CTR_FEATURE_USERNS_SYSFS] = "userns_sysfs",
	[CTR_FEATURE_USERNS_TMPFS] = "userns_tmpfs",
	[CTR_FEATURE_USERNS_OVERLAY] = "userns_overlay",
	[CTR_FEATURE_IDMAP] = "idmapped_tmpfs",
	[CTR_FEATURE_IDMAP_ROOT] = "idmapped_root",
	[CTR_FEATURE_DEVICES] = "devices",
	[CTR_FEATURE_SECCOMP] = "seccomp",
	[CTR_FEATURE_SECCOMP_NOTIFY] = "seccomp_notify",
	[CTR_FEATURE_LANDLOCK] = "landlock",
	[CTR_FEATURE_APPARMOR] = "apparmor",
	[CTR_FEATURE_SELINUX] = "selinux",
	[CTR_FEATURE_CGROUP] = "cgroup",
	[CTR_FEATURE_CGROUP_MEMORY] = "cgroup_memory",
	[CTR_FEATURE_CGROUP_PIDS] = "cgroup_pids",
	[CTR_FEATURE_CGROUP_CPU] = "cgroup_cpu",
	[CTR_FEATURE_CGROUP_CPUSET] = "cgroup_cpuset",
	[CTR_FEATURE_CGROUP_IO] = "cgroup_io",
	[CTR_FEATURE_CGROUP_FREEZE] = "cgroup_freeze",
	[CTR_FEATURE_CGROUP_KILL] = "cgroup_kill",
	[CTR_FEATURE_CGROUP_CLONE] = "cgroup_clone",
	[CTR_FEATURE_CLONE3] = "clone3",
	[CTR_FEATURE_PIDFD] = "pidfd",
	[CTR_FEATURE_OPENAT2] = "openat2",
	[CTR_FEATURE_CLOSE_RANGE] = "close_range",
	[CTR_FEATURE_MEMFD_EXEC] = "memfd_exec",
	[CTR_FEATURE_SHARED_CHILD] = "shared_child",
	[CTR_FEATURE_UNCONFINED] = "unconfined",
	[CTR_FEATURE_INOTIFY] = "inotify",
};

/* ---- findings ---- */

void ctr__probe_works(const struct ctr__probing *p, uint32_t feature, const char *why, ...)
{
	struct ctr__finding *f = &p->probe->v[feature];
	va_list args;

	f->works = true;
	va_start(args, why);
	vsnprintf(f->why, sizeof(f->why), why, args);
	va_end(args);
}

void ctr__probe_fails(const struct ctr__probing *p, uint32_t feature, const char *hint,
		      const char *why, ...)
{
	struct ctr__finding *f = &p->probe->v[feature];
	struct ctr__buf b;
	va_list args;

	f->works = false;
	ctr__buf_init(&b, f->hint, sizeof(f->hint));
	ctr__buf_add_escaped(&b, hint ? hint : "");
	va_start(args, why);
	vsnprintf(f->why, sizeof(f->why), why, args);
	va_end(args);
}

void ctr__probe_error(const struct ctr__probing *p, uint32_t feature, const ctr_error *err)
{
	const int errnum = ctr_error_errno(err);
	char what[400];
	struct ctr__buf b;

	ctr__buf_init(&b, what, sizeof(what));
	ctr__buf_add_escaped(&b, ctr_error_step(err));
	if (*ctr_error_object(err)) {
		ctr__buf_add(&b, " \"");
		ctr__buf_add_escaped(&b, ctr_error_object(err));
		ctr__buf_add(&b, "\"");
	}
	ctr__probe_fails(p, feature, ctr_error_hint(err), "%s: %s", what,
			 errnum ? ctr__error_text(errnum) : "can't be done");
}

/* ---- the object ---- */

static void find_out(struct ctr__probing *p)
{
	uint64_t caps;

	for (size_t i = 0; i < CTR__FEATURES; i++)
		p->probe->v[i].value = -1;
	ctr__caps_permitted(&caps);
	p->privileged = caps >> CAP_SYS_ADMIN & 1;
	snprintf(p->uids, sizeof(p->uids), "0 %u 1", geteuid());
	snprintf(p->gids, sizeof(p->gids), "0 %u 1", getegid());
	ctr__probe_children(p);
	ctr__probe_groups(p);
	ctr__probe_host(p);
}

CTR_EXPORT ctr_probe *ctr_probe_new(ctr_error *err)
{
	struct ctr__probing p = {
		.probe = calloc(1, sizeof(*p.probe)),
		.err = ctr_error_new(),
		.user_ns = -1,
		.inner_ns = -1,
	};

	if (p.probe && p.err) {
		find_out(&p);
	} else {
		ctr__error_nomem(err);
		free(p.probe);
		p.probe = NULL;
	}
	ctr_error_free(p.err);
	return p.probe;
}

CTR_EXPORT void ctr_probe_free(ctr_probe *probe)
{
	free(probe);
}

CTR_EXPORT const char *ctr_probe_name(uint32_t feature)
{
	return feature < CTR__FEATURES ? names[feature] : NULL;
}

CTR_EXPORT int ctr_probe_get(const ctr_probe *probe, uint32_t feature)
{
	return feature < CTR__FEATURES ? probe->v[feature].works : -1;
}

CTR_EXPORT int64_t ctr_probe_value(const ctr_probe *probe, uint32_t feature)
{
	return feature < CTR__FEATURES ? probe->v[feature].value : -1;
}

CTR_EXPORT const char *ctr_probe_why(const ctr_probe *probe, uint32_t feature)
{
	return feature < CTR__FEATURES ? probe->v[feature].why : NULL;
}

CTR_EXPORT const char *ctr_probe_hint(const ctr_probe *probe, uint32_t feature)
{
	if (feature >= CTR__FEATURES || !*probe->v[feature].hint)
		return NULL;
	return probe->v[feature].hint;
}

static void add_finding(struct ctr__buf *b, const ctr_probe *probe, uint32_t feature)
{
	const struct ctr__finding *f = &probe->v[feature];

	ctr__buf_add(b, "%s{\"name\":\"%s\",\"works\":%s,\"why\":", feature ? "," : "",
		     names[feature], f->works ? "true" : "false");
	ctr__json_add_string(b, f->why);
	ctr__buf_add(b, ",\"hint\":");
	if (*f->hint)
		ctr__json_add_string(b, f->hint);
	else
		ctr__buf_add(b, "null");
	if (f->value >= 0)
		ctr__buf_add(b, ",\"value\":%lld}", (long long)f->value);
	else
		ctr__buf_add(b, ",\"value\":null}");
}

CTR_EXPORT size_t ctr_probe_json(const ctr_probe *probe, char *text, size_t size)
{
	struct ctr__buf b;

	ctr__buf_init(&b, text, size);
	ctr__buf_add(&b, "{\"features\":[");
	for (uint32_t i = 0; i < CTR__FEATURES; i++)
		add_finding(&b, probe, i);
	ctr__buf_add(&b, "]}");
	return b.len;
}
