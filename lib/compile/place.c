/* SPDX-License-Identifier: MIT */
/* Mount points: where a mount goes, and what has to be made for it. */
#include <errno.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "compile/compile.h"
#include "compile/mounts.h"

int ctr__compile_item(struct ctr__compile *c, const struct ctr__mount_item *item)
{
	struct ctr__mount_item *grown = reallocarray(c->items, c->n_items + 1, sizeof(*grown));

	if (!grown)
		return ctr__error_nomem(c->err);
	c->items = grown;
	c->items[c->n_items++] = *item;
	return 0;
}

int ctr__compile_entry(struct ctr__compile *c, const char *target,
		       const struct ctr__view_entry *entry)
{
	return ctr__view_add(&c->view, target, entry) ? ctr__error_nomem(c->err) : 0;
}

/* To be freed; NULL: out of memory. */
char *ctr__compile_join(const char *first, const char *second, const char *third)
{
	char *text;

	return asprintf(&text, "%s%s%s", first, second, third) < 0 ? NULL : text;
}

static bool can_make_in(const struct ctr__view_hit *hit)
{
	const struct ctr__view_entry *owner = hit->owner;

	if (owner->kind == CTR__VIEW_EMPTY)
		return !owner->hidden; /* one empty directory stands for all that are hidden */
	/* A layer shows what was there before as it was: nothing can be made in that. */
	return owner->kind == CTR__VIEW_LAYER &&
	       (strcmp(hit->path, owner->target) == 0 || hit->fd < 0);
}

/* Files made in a covered directory are lost: nobody may lose a volume's that way. */
static int refuse_writable_bind(struct ctr__compile *c, const char *what, const char *target)
{
	return ctr__error_set(
		c->err, CTR_E_SYSTEM, ENOENT, what, target,
		"it is in a writable bind, in which nothing is created automatically: create it in the source");
}

static int refuse_to_create(struct ctr__compile *c, const char *what, const char *target)
{
	return ctr__error_set(
		c->err, CTR_E_SYSTEM, ENOENT, what, target,
		"the mount point does not exist in the container, and create=none forbids creating it");
}

/*
 * A layer for the mount point at made. A root that can be written gets it only where the mount
 * point cannot be made in the root itself: what the program writes beside it must not be lost.
 */
static int add_layer(struct ctr__compile *c, const struct ctr__view_hit *hit, const char *what,
		     const char *target, const struct ctr__step_target *made)
{
	const struct ctr__view_entry *owner = hit->owner;
	const bool writable = !owner->read_only;
	const struct ctr__view_entry entry = {
		.kind = CTR__VIEW_LAYER,
		.fd = -1,
		.directory = true,
		.read_only = owner->read_only,
	};
	struct ctr__mount_item item = { .step = { .kind = CTR__STEP_LAYER } };

	if (owner->kind != CTR__VIEW_LAYER && owner->target[0] && writable)
		return refuse_writable_bind(c, what, target);
	item.step.layer.path = ctr__steps_strdup(&c->plan->steps, hit->path[0] ? hit->path : "/");
	if (!item.step.layer.path)
		return ctr__error_nomem(c->err);
	if (writable) {
		item.step.layer.instead = made->path;
		item.step.layer.directory = made->directory;
		item.step.layer.number = ++c->plan->n_layers;
	}
	item.target = item.step.layer.path;
	return ctr__compile_entry(c, hit->path, &entry) ? -1 : ctr__compile_item(c, &item);
}

static int make_target(struct ctr__compile *c, const struct ctr__view_hit *hit, bool directory,
		       const char *what, const char *target, struct ctr__place *place)
{
	struct ctr__mount_item item = { .step = { .kind = CTR__STEP_MAKE_TARGET } };
	const bool in_place = can_make_in(hit);
	_cleanup_free_ char *path = NULL;

	if (hit->owner->kind == CTR__VIEW_OPAQUE || hit->owner->kind == CTR__VIEW_MADE ||
	    hit->owner->kind == CTR__VIEW_MASKED)
		return ctr__error_sys(c->err, ENOENT, what, target);
	if (c->no_create)
		return refuse_to_create(c, what, target);
	place->per_run = in_place && hit->owner->per_run;
	path = ctr__compile_join(hit->path, "/", hit->rest);
	place->path = path ? ctr__steps_strdup(&c->plan->steps, path) : NULL;
	if (!place->path)
		return ctr__error_nomem(c->err);
	item.target = place->path;
	item.per_run = place->per_run;
	item.step.target.path = place->path;
	item.step.target.directory = directory;
	if (!in_place && add_layer(c, hit, what, target, &item.step.target))
		return -1;
	return ctr__compile_item(c, &item);
}

static int use_target(struct ctr__compile *c, const struct ctr__view_hit *hit, bool directory,
		      const char *what, const char *target, struct ctr__place *place)
{
	if (!hit->path[0])
		return ctr__error_value(c->err, what, target,
					"a path below /; the root itself is set by the root "
					"file system");
	if (hit->state == CTR__VIEW_FOUND && hit->directory != directory)
		return ctr__error_set(c->err, CTR_E_SYSTEM, directory ? ENOTDIR : EISDIR, what,
				      target, "%s",
				      directory ? "a directory can't be mounted on a file"
						: "a file can't be mounted on a directory");
	place->path = ctr__steps_strdup(&c->plan->steps, hit->path);
	place->per_run = hit->owner->per_run;
	return place->path ? 0 : ctr__error_nomem(c->err);
}

static bool may_enter(const char *directory)
{
	_cleanup_fd_ int fd = -1;
	char path[PATH_MAX + 2];

	snprintf(path, sizeof(path), "%s/.", directory);
	fd = sys_openat(AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);
	return fd != -EACCES;
}

/* Nothing in a root that may not be entered can be found, whatever it was looked for. */
static int refuse_place(const struct ctr__compile *c, int errnum, const char *what,
			const char *target)
{
	const char *root = c->spec->mounts.rootfs ? c->spec->mounts.rootfs : "/";

	if (errnum == EACCES && !may_enter(root))
		return ctr__error_set(
			c->err, CTR_E_SYSTEM, EACCES, "enter the root file system", root,
			"the caller does not have execute permission (x) on the directory");
	return ctr__error_sys(c->err, errnum, what, target);
}

int ctr__compile_place(struct ctr__compile *c, bool directory, const char *what, const char *target,
		       struct ctr__place *place)
{
	struct ctr__view_hit hit;
	int r = ctr__view_find(&c->view, target, &hit);

	if (r < 0)
		return refuse_place(c, -r, what, target);
	if (hit.fd >= 0 && ctr__compile_note_blocking(c, hit.fd, target))
		r = -1;
	else if (hit.state == CTR__VIEW_MISSING)
		r = make_target(c, &hit, directory, what, target, place);
	else
		r = use_target(c, &hit, directory, what, target, place);
	ctr__fd_close(hit.fd);
	return r;
}

const struct ctr__mount_item *ctr__compile_last_item(const struct ctr__compile *c)
{
	return &c->items[c->n_items - 1];
}

void ctr__compile_share_last(struct ctr__compile *c)
{
	struct ctr__mount_item *item = &c->items[c->n_items - 1];
	struct ctr__view_entry *entry = &c->view.v[c->view.n - 1];

	item->per_run = entry->per_run = false;
}

/*
 * A link there would lead what the kernel writes, or we, to the wrong place. Asked of the
 * mount itself, for a look beforehand says little of what is there a moment later.
 */
int ctr__compile_refuse_link(struct ctr__compile *c, const char *target)
{
	if (strcmp(ctr__compile_last_item(c)->target, target) == 0)
		return 0;
	return ctr__error_set(c->err, CTR_E_INVALID, ELOOP, "mount on", target,
			      "it is a symbolic link in the root file system, expected a "
			      "directory");
}
