/* SPDX-License-Identifier: MIT */
/* What is hidden or protected in the container. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/fd.h"
#include "compile/compile.h"
#include "compile/mounts.h"
#include "spec/protected.h"

/* The cover of a file is a /dev/null: in a template the container's own. */
static bool masks_by_host(const struct ctr__compile *c, enum ctr__step_kind kind)
{
	return kind == CTR__STEP_MASK && !(c->spec->mounts.base & CTR_BASE_DEV);
}

static int add_path_item(struct ctr__compile *c, enum ctr__step_kind kind,
			 const struct ctr__view_hit *hit, bool may_be_absent)
{
	struct ctr__mount_item item = { .step = { .kind = kind, .may_be_absent = may_be_absent } };

	item.step.path = ctr__steps_strdup(&c->plan->steps, hit->path);
	if (!item.step.path)
		return ctr__error_nomem(c->err);
	item.target = item.step.path;
	item.per_run = hit->owner->per_run;
	item.needs_host = masks_by_host(c, kind);
	return ctr__compile_item(c, &item);
}

/* What can't be looked into stays so. */
static int note_mask(struct ctr__compile *c, const struct ctr__view_hit *hit)
{
	const struct ctr__view_entry entry = {
		.kind = CTR__VIEW_MASKED,
		.fd = -1,
		.directory = hit->directory,
		.noexec = true,
		.read_only = true,
		.per_run = hit->owner->per_run,
	};

	return hit->state == CTR__VIEW_FOUND ? ctr__compile_entry(c, hit->path, &entry) : 0;
}

int ctr__compile_mask(struct ctr__compile *c, const char *path, const struct ctr__view_entry *entry,
		      bool may_be_absent)
{
	struct ctr__mount_item item = {
		.step = { .kind = CTR__STEP_MASK, .may_be_absent = may_be_absent },
		.per_run = entry->per_run,
		.needs_host = masks_by_host(c, CTR__STEP_MASK),
	};

	item.step.path = item.target = ctr__steps_strdup(&c->plan->steps, path);
	if (!item.target)
		return ctr__error_nomem(c->err);
	return ctr__compile_item(c, &item) ? -1 : ctr__compile_entry(c, path, entry);
}

/* Hides or protects a path. */
int ctr__compile_protection(struct ctr__compile *c, enum ctr__step_kind kind, const char *target,
			    bool may_be_absent)
{
	struct ctr__view_hit hit;
	int r = ctr__view_find(&c->view, target, &hit);

	if (r == -ENOTDIR && may_be_absent) /* below a file there is nothing, either */
		return 0;
	if (r < 0)
		return ctr__error_sys(c->err, -r, "protect", target);
	ctr__fd_close(hit.fd);
	if (hit.state == CTR__VIEW_MISSING)
		return may_be_absent ? 0 : ctr__error_sys(c->err, ENOENT, "protect", target);
	if (!hit.path[0])
		return ctr__error_value(c->err, "mask", target, "a path below /");
	if (add_path_item(c, kind, &hit, may_be_absent))
		return -1;
	return kind == CTR__STEP_MASK ? note_mask(c, &hit) : 0;
}

static int add_guard(struct ctr__compile *c, const struct ctr__protected *p, const char *path,
		     bool per_run)
{
	const enum ctr__step_kind kind = p->read_only ? CTR__STEP_READ_ONLY : CTR__STEP_MASK;
	struct ctr__mount_item item = {
		.step = { .kind = kind, .may_be_absent = p->may_be_absent },
		.per_run = per_run,
	};

	item.step.path = ctr__steps_strdup(&c->plan->steps, path);
	if (!item.step.path)
		return ctr__error_nomem(c->err);
	item.target = item.step.path;
	item.needs_host = masks_by_host(c, kind);
	return ctr__compile_item(c, &item);
}

/*
 * Those of the default protections that lie below dir, in what was mounted last; but what the
 * spec takes out. They are not looked for by their paths: on the way there somebody may
 * exchange directories and links meanwhile.
 */
int ctr__compile_guard(struct ctr__compile *c, const char *dir)
{
	const char *target = ctr__compile_last_item(c)->target;
	const bool per_run = ctr__compile_last_item(c)->per_run;
	char path[PATH_MAX];

	for (unsigned i = 0; i < CTR__PROTECTED_COUNT; i++) {
		const struct ctr__protected *p = &ctr__protected[i];

		if ((c->spec->mounts.unmasked >> i & 1) || !ctr__path_is_below(p->path, dir))
			continue;
		if ((size_t)snprintf(path, sizeof(path), "%s%s", target, p->path + strlen(dir)) >=
		    sizeof(path))
			return ctr__error_sys(c->err, ENAMETOOLONG, "protect", target);
		if (add_guard(c, p, path, per_run))
			return -1;
	}
	return 0;
}
