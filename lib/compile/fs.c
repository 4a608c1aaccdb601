/* SPDX-License-Identifier: MIT */
/* File systems that are new in the container: a tmpfs, a minimal /dev, a file, any other. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "compile/compile.h"
#include "compile/mounts.h"
#include "compile/source.h"
#include "primitives/mount.h"

int ctr__compile_mount(struct ctr__compile *c, const struct ctr__step *step,
		       const struct ctr__place *place, enum ctr__view_kind kind, uint32_t flags)
{
	const struct ctr__view_entry entry = {
		.kind = kind,
		.fd = -1,
		.directory = true,
		.noexec = flags & CTR_MOUNT_NOEXEC,
		.read_only = flags & CTR_MOUNT_READ_ONLY,
		.per_run = true,
	};
	const struct ctr__mount_item item = {
		.step = *step,
		.target = place->path,
		.per_run = true,
	};

	return ctr__compile_entry(c, place->path, &entry) ? -1 : ctr__compile_item(c, &item);
}

int ctr__compile_tmpfs(struct ctr__compile *c, const char *target, uint64_t size_bytes,
		       uint32_t mode, uint32_t flags)
{
	struct ctr__tmpfs_text *text = ctr__steps_alloc(&c->plan->steps, 1, sizeof(*text));
	struct ctr__place place;
	struct ctr__step step;

	if (!text)
		return ctr__error_nomem(c->err);
	if (ctr__compile_place(c, true, "mount tmpfs on", target, &place))
		return -1;
	ctr__mount_fill_tmpfs(&step, text, place.path, size_bytes, mode, flags);
	return ctr__compile_mount(c, &step, &place, CTR__VIEW_EMPTY, flags);
}

int ctr__compile_fs(struct ctr__compile *c, const char *what, const char *target, uint32_t flags,
		    void (*fill)(struct ctr__step *, const char *, uint32_t))
{
	struct ctr__place place;
	struct ctr__step step;

	if (ctr__compile_place(c, true, what, target, &place))
		return -1;
	fill(&step, place.path, flags);
	return ctr__compile_mount(c, &step, &place, CTR__VIEW_OPAQUE, flags);
}

/* What a minimal /dev comes with, the links left out: fill_dev() of exec_mount.c. */
static int note_dev_entries(struct ctr__compile *c, const char *dev, bool per_run)
{
	static const struct {
		const char *name;
		bool directory;
	} entries[] = {
		{ "pts", true },   { "shm", true },	{ "mqueue", true },
		{ "null", false }, { "zero", false },	{ "full", false },
		{ "tty", false },  { "random", false }, { "urandom", false },
	};
	char path[PATH_MAX + 16];

	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		const struct ctr__view_entry entry = {
			.kind = CTR__VIEW_MADE,
			.fd = -1,
			.directory = entries[i].directory,
			.noexec = true,
			.per_run = per_run,
		};

		snprintf(path, sizeof(path), "%s/%s", dev, entries[i].name);
		if (ctr__compile_entry(c, path, &entry))
			return -1;
	}
	return 0;
}

int ctr__compile_dev(struct ctr__compile *c, const char *target)
{
	struct ctr__place place;
	struct ctr__mount_item item = { .step = { .kind = CTR__STEP_DEV }, .needs_host = true };
	struct ctr__view_entry entry = {
		.kind = CTR__VIEW_EMPTY,
		.fd = -1,
		.directory = true,
		.noexec = true,
		.read_only = true,
	};

	if (ctr__compile_place(c, true, "mount the device files on", target, &place))
		return -1;
	item.step.path = item.target = place.path;
	/* A node of the container's own would not have the label that devices have. */
	item.step.binds = c->process->confine.selinux;
	item.per_run = place.per_run;
	entry.per_run = place.per_run;
	if (ctr__compile_entry(c, place.path, &entry) || ctr__compile_item(c, &item))
		return -1;
	return note_dev_entries(c, place.path, place.per_run);
}

int ctr__compile_file(struct ctr__compile *c, const char *target, const char *name,
		      const char *text)
{
	struct ctr__mount_item item = { .step = { .kind = CTR__STEP_FILE } };
	const struct ctr__view_entry entry = {
		.kind = CTR__VIEW_MADE,
		.fd = -1,
		.noexec = true,
		.read_only = true,
	};
	struct ctr__place place;

	if (ctr__compile_place(c, false, "show a file on", target, &place))
		return -1;
	item.step.file.target = item.target = place.path;
	item.step.file.name = name;
	item.step.file.text = ctr__steps_strdup(&c->plan->steps, text);
	if (!item.step.file.text)
		return ctr__error_nomem(c->err);
	item.step.file.length = strlen(text);
	item.per_run = place.per_run;
	return ctr__compile_entry(c, place.path, &entry) ? -1 : ctr__compile_item(c, &item);
}

/* As the kernel has it, for the child opens no path that a link or ".." is in. */
static const char *source_text(struct ctr__compile *c, const char *source)
{
	_cleanup_fd_ int fd = -1;
	char path[PATH_MAX];

	if (source[0] != '/')
		return ctr__steps_strdup(&c->plan->steps, source);
	fd = ctr__source_open("look at the source of the mount", source, path, c->err);
	return fd < 0 ? NULL : ctr__steps_strdup(&c->plan->steps, path);
}

static int copy_options(struct ctr__compile *c, struct ctr__step_mount *to,
			const struct ctr__mount *m)
{
	const char *(*copy)[2] = ctr__steps_alloc(&c->plan->steps, m->n_options + 1, sizeof(*copy));

	if (!copy)
		return ctr__error_nomem(c->err);
	for (size_t i = 0; i < m->n_options; i++)
		for (int part = 0; part < 2; part++) {
			const char *text = m->options[i][part];

			copy[i][part] = text ? ctr__steps_strdup(&c->plan->steps, text) : NULL;
			if (text && !copy[i][part])
				return ctr__error_nomem(c->err);
		}
	to->more = copy;
	to->n_more = m->n_options;
	return 0;
}

int ctr__compile_other(struct ctr__compile *c, const struct ctr__mount *m)
{
	struct ctr__step step = { .kind = CTR__STEP_MOUNT };
	struct ctr__place place;

	if (ctr__compile_place(c, true, "mount on", m->target, &place))
		return -1;
	step.mount.type = ctr__steps_strdup(&c->plan->steps, m->type);
	if (!step.mount.type)
		return ctr__error_nomem(c->err);
	step.mount.target = place.path;
	step.mount.attrs = ctr__mount_attrs(m->flags);
	if (m->source && !(step.mount.source = source_text(c, m->source)))
		return -1;
	if (copy_options(c, &step.mount, m))
		return -1;
	if (!c->may_block)
		c->may_block = step.mount.type;
	return ctr__compile_mount(c, &step, &place, CTR__VIEW_OPAQUE, m->flags);
}
