/* SPDX-License-Identifier: MIT */
/* Limits of a group: set when it is made and later, and read back. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/export.h"
#include "base/fd.h"
#include "base/parse.h"
#include "base/sys.h"
#include "cgroup/cgroup.h"
#include "cgroup/device.h"

#define MEMORY "memory.limit_in_bytes"
#define MEMORY_AND_SWAP "memory.memsw.limit_in_bytes"

/* Every group has that file, as long as it is there. */
static bool is_gone(const struct ctr__member *m)
{
	struct statx st;

	return sys_statx(m->dir, "cgroup.procs", 0, STATX_TYPE, &st) == -ENOENT;
}

static int explain_setting(const struct ctr__member *m, const struct ctr__setting *setting,
			   int errnum, ctr_error *err)
{
	char what[256];

	snprintf(what, sizeof(what), "set %s of the control group to", setting->file);
	if (errnum == ENOENT && is_gone(m))
		return ctr__error_set(err, CTR_E_SYSTEM, ENODEV, what, setting->text,
				      "the control group was removed");
	if (errnum == ENOENT)
		return ctr__error_set(err, CTR_E_UNSUPPORTED, ENOENT, what, setting->text,
				      "this kernel has no such file: it was built, or booted, "
				      "without that part of the controller");
	return ctr__error_sys(err, errnum, what, setting->text);
}

static int attach_devices(ctr_cgroup *group, const struct ctr__member *m, int program,
			  ctr_error *err)
{
	int copy = ctr__fd_dup(program, 0), r;

	if (copy < 0)
		return ctr__error_sys(err, -copy, "keep the device rules", NULL);
	r = ctr__device_program_attach(copy, m->dir, group->devices);
	if (r < 0) {
		sys_close(copy);
		return ctr__error_sys(err, -r, "set the device rules of control group", m->path);
	}
	ctr__fd_close(group->devices);
	group->devices = copy;
	return 0;
}

/* ---- memory and swap on v1 ---- */

static int write_number(const struct ctr__member *m, const char *file, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return ctr__fd_write_file(m->dir, file, text);
}

/*
 * The limit on both together can't be below that on memory: what grows goes first. It moves
 * along, so that as much swap is left as there was.
 */
static int change_memory(const struct ctr__member *m, const char *text)
{
	uint64_t now = 0, swap = 0, wanted;
	int r = ctr__limit_read(m->dir, false, CTR_LIMIT_SWAP_MAX, &swap);

	if (r == -ENOENT || (r == 0 && swap == UINT64_MAX))
		return ctr__fd_write_file(m->dir, MEMORY, text);
	if (r == 0)
		r = ctr__limit_read(m->dir, false, CTR_LIMIT_MEMORY_MAX, &now);
	if (r < 0)
		return r;
	if (!ctr__take_digits(&text, &wanted))
		return -EINVAL;
	if (wanted < now) {
		r = write_number(m, MEMORY, wanted);
		return r < 0 ? r : write_number(m, MEMORY_AND_SWAP, wanted + swap);
	}
	r = write_number(m, MEMORY_AND_SWAP, wanted + swap);
	return r < 0 ? r : write_number(m, MEMORY, wanted);
}

/* With a limit on both among what is set, which comes next, that one is the caller's. */
static int change_both(const struct ctr__member *m, const char *memory, const char *both)
{
	int r = ctr__fd_write_file(m->dir, MEMORY, memory);

	if (r != -EINVAL)
		return r;
	r = ctr__fd_write_file(m->dir, MEMORY_AND_SWAP, both);
	return r < 0 ? r : ctr__fd_write_file(m->dir, MEMORY, memory);
}

static int change(const struct ctr__member *m, const struct ctr__recipe *recipe, size_t at)
{
	const struct ctr__setting *now = &recipe->settings[at], *next = now + 1;

	if (strcmp(now->file, MEMORY) != 0)
		return ctr__fd_write_file(m->dir, now->file, now->text);
	if (at + 1 < recipe->n_settings && strcmp(next->file, MEMORY_AND_SWAP) == 0)
		return change_both(m, now->text, next->text);
	return change_memory(m, now->text);
}

/* ---- all that is set ---- */

static const struct ctr__member *member_in(const ctr_cgroup *group, const char *mount)
{
	for (size_t i = 0; i < group->n; i++) {
		const struct ctr__member *m = &group->members[i];

		if (strlen(mount) == m->mount_length &&
		    strncmp(m->path, mount, m->mount_length) == 0)
			return m;
	}
	return NULL;
}

static int no_member(const char *what, ctr_error *err)
{
	return ctr__error_set(err, CTR_E_STATE, 0, "change the limit", what,
			      "the group is not in that hierarchy: it needs a limit of that kind, "
			      "or accounting, from its start");
}

static int apply_setting(ctr_cgroup *group, const struct ctr__recipe *recipe, size_t at,
			 struct ctr__undo *undo, ctr_error *err)
{
	const struct ctr__setting *s = &recipe->settings[at];
	const struct ctr__member *m = member_in(group, recipe->layout.v[s->hierarchy].mount);
	int r;

	if (!m)
		return no_member(s->file, err);
	if (undo && (ctr__undo_note(undo, m, s->file) ||
		     (strcmp(s->file, MEMORY) == 0 && ctr__undo_note(undo, m, MEMORY_AND_SWAP))))
		return ctr__error_nomem(err);
	r = undo ? change(m, recipe, at) : ctr__fd_write_file(m->dir, s->file, s->text);
	if (r < 0)
		return explain_setting(m, s, -r, err);
	if (undo)
		ctr__undo_written(undo);
	return 0;
}

static int apply(ctr_cgroup *group, const struct ctr__recipe *recipe, struct ctr__undo *undo,
		 ctr_error *err)
{
	const struct ctr__member *m;

	for (size_t i = 0; i < recipe->n_settings; i++)
		if (apply_setting(group, recipe, i, undo, err))
			return -1;
	if (!recipe->has_devices)
		return 0;
	m = member_in(group, recipe->layout.v[recipe->devices_hierarchy].mount);
	return m ? attach_devices(group, m, recipe->devices, err) : no_member("devices", err);
}

int ctr__cgroup_apply(ctr_cgroup *group, const struct ctr__recipe *recipe, bool changes,
		      ctr_error *err)
{
	struct ctr__undo undo = { 0 };
	int r = apply(group, recipe, changes ? &undo : NULL, err);
	const char *file = r ? ctr__undo_all(&undo) : NULL;

	if (file)
		ctr__error_hint(err, "%s was already changed and could not be restored", file);
	ctr__undo_clear(&undo);
	return r;
}

CTR_EXPORT int ctr_cgroup_update(ctr_cgroup *group, const ctr_limits *limits, ctr_error *err)
{
	struct ctr__recipe recipe = { .changes = true };
	int r = ctr__layout_ready(err) ? -1 : ctr__recipe_add_limits(&recipe, limits, err);

	if (r == 0) {
		pthread_mutex_lock(&group->update);
		r = ctr__cgroup_apply(group, &recipe, true, err);
		pthread_mutex_unlock(&group->update);
	}
	ctr__recipe_clear(&recipe);
	return r;
}

/* ---- reading back ---- */

static int no_file(const char *file, ctr_error *err)
{
	return ctr__error_set(err, CTR_E_STATE, ENOENT, "read of the control group", file,
			      "it is in no hierarchy that has this file");
}

CTR_EXPORT int ctr_cgroup_get_value(const ctr_cgroup *group, const char *file, char *text,
				    size_t size, ctr_error *err)
{
	if (!file || !*file || strchr(file, '/') || *file == '.')
		return ctr__error_value(err, "file of a control group", file,
					"one such as memory.stat");
	for (size_t i = 0; i < group->n; i++) {
		int n = ctr__fd_read_file(group->members[i].dir, file, text, size);

		if (n >= 0)
			return n;
		if (n != -ENOENT)
			return ctr__error_sys(err, -n, "read of the control group", file);
	}
	return no_file(file, err);
}

CTR_EXPORT int ctr_cgroup_get_limit(const ctr_cgroup *group, uint32_t what, uint64_t *value,
				    ctr_error *err)
{
	const char *file = "";

	if (!ctr__limit_file(what, false))
		return ctr__error_number(err, "kind of limit", what, "CTR_LIMIT_*");
	for (size_t i = 0; i < group->n; i++) {
		const struct ctr__member *m = &group->members[i];
		int r = ctr__limit_read(m->dir, m->v2, what, value);

		file = ctr__limit_file(what, m->v2);
		if (r == 0)
			return 0;
		if (r != -ENOENT)
			return ctr__error_sys(err, -r, "read of the control group", file);
	}
	return no_file(file, err);
}
