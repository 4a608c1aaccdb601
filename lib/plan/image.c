/* SPDX-License-Identifier: MIT */
#include "plan/image.h"

#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "plan/fds.h"

/* Goes over all there is twice: without a base it only finds out how much that is. */
struct writer {
	char *base; /* of the file from there on */
	size_t from;
	size_t used;
};

/* Everything in it begins where anything can. */
static size_t aligned(size_t at)
{
	const size_t align = 16;

	return (at + align - 1) & ~(align - 1);
}

/* Where it will be in the helper. */
static void *put(struct writer *w, const void *from, size_t size)
{
	const size_t at = aligned(w->used);

	w->used = at + size;
	if (w->base && size)
		memcpy(w->base + (at - w->from), from, size);
	return (void *)(CTR__IMAGE_ADDRESS + at); // NOLINT(performance-no-int-to-ptr)
}

/* What was put, on this side. */
static void *here(const struct writer *w, const void *there)
{
	return w->base + ((uintptr_t)there - CTR__IMAGE_ADDRESS - w->from);
}

static void put_text(struct writer *w, const char **text)
{
	if (*text)
		*text = put(w, *text, strlen(*text) + 1);
}

/* A list of them that ends in a NULL; NULL: there is none. */
static void put_texts(struct writer *w, char *const **list)
{
	char *const *from = *list;
	size_t n = 0;

	if (!from)
		return;
	while (from[n])
		n++;
	*list = put(w, from, (n + 1) * sizeof(*from));
	for (size_t i = 0; i < n; i++) {
		char *text = put(w, from[i], strlen(from[i]) + 1);

		if (w->base)
			((char **)here(w, *list))[i] = text;
	}
}

static void put_options(struct writer *w, struct ctr__step_mount *mount)
{
	for (size_t i = 0; i < CTR__MOUNT_OPTIONS_MAX; i++) {
		put_text(w, &mount->options[i][0]);
		put_text(w, &mount->options[i][1]);
	}
}

static void put_more_options(struct writer *w, struct ctr__step_mount *mount)
{
	const char *const(*from)[2] = mount->more;

	mount->more = put(w, from, mount->n_more * sizeof(*from));
	for (size_t i = 0; i < mount->n_more; i++) {
		const char *option[2] = { from[i][0], from[i][1] };

		put_text(w, &option[0]);
		put_text(w, &option[1]);
		if (w->base)
			memcpy((const char *(*)[2])here(w, mount->more) + i, option,
			       sizeof(option));
	}
}

static void put_groups(struct writer *w, struct ctr__step_ids *ids)
{
	ids->groups = put(w, ids->groups, ids->n_groups * sizeof(*ids->groups));
}

/* ---- what each kind of step refers to ---- */

static void put_name(struct writer *w, struct ctr__step *step)
{
	put_text(w, &step->name);
}

static void put_path(struct writer *w, struct ctr__step *step)
{
	put_text(w, &step->path);
}

static void put_bind(struct writer *w, struct ctr__step *step)
{
	put_text(w, &step->bind.source);
	put_text(w, &step->bind.target);
	step->bind.note = step->bind.given = NULL;
}

static void put_mount(struct writer *w, struct ctr__step *step)
{
	put_text(w, &step->mount.type);
	put_text(w, &step->mount.target);
	put_text(w, &step->mount.source);
	put_options(w, &step->mount);
	put_more_options(w, &step->mount);
}

static void put_target(struct writer *w, struct ctr__step *step)
{
	put_text(w, &step->target.path);
}

static void put_layer(struct writer *w, struct ctr__step *step)
{
	put_text(w, &step->layer.path);
	put_text(w, &step->layer.instead);
}

static void put_file(struct writer *w, struct ctr__step *step)
{
	put_text(w, &step->file.target);
	put_text(w, &step->file.name);
	step->file.text = put(w, step->file.text, step->file.length);
}

static void put_flags(struct writer *w, struct ctr__step *step)
{
	put_text(w, &step->flags.target);
}

static void put_map(struct writer *w, struct ctr__step *step)
{
	put_text(w, &step->map.uids);
	put_text(w, &step->map.gids);
}

static void put_ids(struct writer *w, struct ctr__step *step)
{
	put_groups(w, &step->ids);
}

static void put_verify(struct writer *w, struct ctr__step *step)
{
	step->verify.caps.names = NULL;
	put_groups(w, &step->verify.ids);
}

static void put_filter(struct writer *w, struct ctr__step *step)
{
	struct ctr__step_filter *filter = &step->filter;

	filter->v = put(w, filter->v, filter->n * sizeof(*filter->v));
	filter->origin = NULL;
}

static void put_landlock(struct writer *w, struct ctr__step *step)
{
	put_text(w, &step->landlock.path);
}

static void put_lsm(struct writer *w, struct ctr__step *step)
{
	put_text(w, &step->lsm.file);
	put_text(w, &step->lsm.text);
	put_text(w, &step->lsm.label);
}

static void put_targets(struct writer *w, struct ctr__step *step)
{
	struct ctr__step_fds *fds = &step->fds;

	fds->targets = put(w, fds->targets, fds->n * sizeof(*fds->targets));
}

static void put_gate(struct writer *w, struct ctr__step *step)
{
	struct ctr__step_gate *gate = &step->gate;

	gate->fds.targets = put(w, gate->fds.targets, gate->fds.n * sizeof(*gate->fds.targets));
	put_text(w, &gate->program);
}

static void put_exec(struct writer *w, struct ctr__step *step)
{
	put_text(w, &step->exec.path);
	put_texts(w, &step->exec.argv);
	put_texts(w, &step->exec.envp);
	step->exec.lacks = NULL;
}

/* What only tells people about a step is left out: nobody asks there. */
static void drop_name(struct writer *w, struct ctr__step *step)
{
	(void)w;
	step->name = NULL;
}

static void drop_names(struct writer *w, struct ctr__step *step)
{
	(void)w;
	step->caps.names = NULL;
}

static void drop_origin(struct writer *w, struct ctr__step *step)
{
	(void)w;
	step->setns.origin = NULL;
}

static void drop_what(struct writer *w, struct ctr__step *step)
{
	(void)w;
	step->try.what = NULL;
}

static void put_step(struct writer *w, struct ctr__step *step)
{
	static void (*const table[])(struct writer *, struct ctr__step *) = {
#define STEP(kind, executor, put, object, hint, calls, text, detail, rest)                         \
	[CTR__STEP_##kind] = (put),
#include "plan/steps.def"
	};

	step->hidden_by = NULL;
	if ((unsigned)step->kind < CTR__STEP_COUNT && table[step->kind])
		table[step->kind](w, step);
}

static void put_data_of(struct writer *w, struct ctr__step *steps, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		put_step(w, &steps[i]);
}

/* The index of the step from which on there is an init, or 0. */
static size_t index_of_init(const struct ctr__run *run)
{
	for (size_t i = 0; i < run->n_steps; i++)
		if (run->steps[i].kind == CTR__STEP_INIT && run->steps[i].modes & run->mode)
			return i;
	return 0;
}

/* ---- descriptors ---- */

struct fds {
	const int *first; /* as the helper has it */
	size_t n;
};

static void put_fd(struct writer *w, struct fds *fds, int fd)
{
	if (fd < 0)
		return;
	if (w->base)
		memcpy(w->base + w->used, &fd, sizeof(fd));
	w->used += sizeof(fd);
	fds->n++;
}

static void put_some_fds(struct writer *w, struct fds *fds, const int *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put_fd(w, fds, v[i]);
}

static struct fds put_fds(struct writer *w, const struct ctr__run *run,
			  const struct ctr__image_counts *counts)
{
	struct fds fds = { .first = put(w, NULL, 0) };

	put_some_fds(w, &fds, run->slots, CTR__SLOT_COUNT);
	put_some_fds(w, &fds, run->sources, counts->sources);
	put_some_fds(w, &fds, run->groups, run->n_groups);
	put_some_fds(w, &fds, run->trees, counts->trees);
	put_fd(w, &fds, run->leaf);
	for (size_t i = 0; i < run->n_steps; i++)
		if (run->steps[i].modes & run->mode)
			put_fd(w, &fds, ctr__step_fd(&run->steps[i]));
	return fds;
}

/* ---- the whole ---- */

/* What the program's process may still need, and an init with it. */
static void put_late(struct writer *w, const struct ctr__run *run,
		     const struct ctr__image_counts *counts, struct ctr__run *copy)
{
	copy->sources = put(w, run->sources, counts->sources * sizeof(*run->sources));
	put_texts(w, &copy->argv);
	put_texts(w, &copy->envp);
}

static struct fds put_early(struct writer *w, const struct ctr__run *run,
			    const struct ctr__image_counts *counts, struct ctr__run *copy)
{
	copy->groups = put(w, run->groups, run->n_groups * sizeof(*run->groups));
	copy->trees = put(w, run->trees, counts->trees * sizeof(*run->trees));
	copy->taken = put(w, run->taken, counts->taken * sizeof(*run->taken));
	copy->layered = put(w, run->layered, counts->layered * sizeof(*run->layered));
	return put_fds(w, run, counts);
}

/*
 * What only steps before the init refer to lies in one piece, which it clears: paths of the host
 * are not for whoever looks into its memory. That is first the data of these steps, and then the
 * steps themselves.
 */
static void put_all(struct writer *w, const struct ctr__run *run,
		    const struct ctr__image_counts *counts, struct ctr__step *steps)
{
	const struct ctr__image *there = put(w, &(struct ctr__image){ 0 }, sizeof(*there));
	const size_t init = index_of_init(run);
	struct ctr__run copy = *run;
	struct ctr__image *image;
	struct fds fds;

	put_late(w, run, counts, &copy);
	copy.early = put(w, NULL, 0);
	put_data_of(w, steps, 0, init);
	fds = put_early(w, run, counts, &copy);
	copy.steps = put(w, steps, run->n_steps * sizeof(*steps));
	copy.early_size = (size_t)((const char *)(copy.steps + init) - copy.early);
	put_data_of(w, steps, init, run->n_steps);
	// NOLINTNEXTLINE(performance-no-int-to-ptr)
	copy.report = (void *)(CTR__IMAGE_ADDRESS + offsetof(struct ctr__image, report));
	copy.image_size = w->used + counts->spare;
	if (!w->base)
		return;
	memcpy(here(w, copy.steps), steps, run->n_steps * sizeof(*steps));
	image = here(w, there);
	image->layout = CTR__IMAGE_LAYOUT;
	image->size = w->used + counts->spare;
	image->fds = fds.first;
	image->n_fds = fds.n;
	image->run = copy;
	image->report = (struct ctr__report){ .step = -1 };
}

/* With the data of the steps' copies, which come to refer to what is put. */
static int write_all(struct writer *w, const struct ctr__run *run,
		     const struct ctr__image_counts *counts)
{
	const size_t size = run->n_steps * sizeof(struct ctr__step);
	_cleanup_free_ struct ctr__step *steps = malloc(size);

	if (!steps)
		return -ENOMEM;
	memcpy(steps, run->steps, size);
	put_all(w, run, counts, steps);
	return 0;
}

int ctr__image_make(struct ctr__image_file *image, const struct ctr__run *run,
		    const struct ctr__image_counts *counts)
{
	struct writer w = { 0 };
	_cleanup_free_ char *content = NULL;
	int r = write_all(&w, run, counts);

	if (r < 0)
		return r;
	content = calloc(1, w.used);
	if (!content)
		return -ENOMEM;
	w = (struct writer){ .base = content };
	r = write_all(&w, run, counts);
	if (r < 0)
		return r;
	/* It keeps its size: one that shrinks is a SIGBUS for each process that has mapped it. */
	r = ctr__file_in_memory("minictr-plan", content, w.used, counts->spare);
	if (r < 0)
		return r;
	*image = (struct ctr__image_file){
		.fd = r,
		.copy = (void *)content,
		.size = w.used,
		.used = w.used,
		.spare = counts->spare,
	};
	content = NULL;
	return 0;
}

int ctr__image_report(const struct ctr__image_file *image, struct ctr__report *report)
{
	const long n =
		sys_pread(image->fd, report, sizeof(*report), offsetof(struct ctr__image, report));

	if (n < 0)
		return (int)n;
	return n == sizeof(*report) ? 0 : -EIO;
}

static int write_at(int fd, const char *content, size_t size, size_t offset)
{
	for (size_t done = 0; done < size;) {
		const long n = sys_pwrite(fd, content + done, size - done, offset + done);

		if (n < 0)
			return (int)n;
		done += (size_t)n;
	}
	return 0;
}

int ctr__image_add_texts(struct ctr__image_file *image, char *const *list, uint64_t *there)
{
	const size_t from = aligned(image->used);
	struct writer w = { .from = from, .used = from };
	_cleanup_free_ char *content = NULL;
	char *const *texts = list;
	size_t size;
	int r;

	put_texts(&w, &texts);
	if (w.used > image->size + image->spare)
		return -E2BIG;
	size = w.used - from;
	content = calloc(1, size);
	if (!content)
		return -ENOMEM;
	w = (struct writer){ .base = content, .from = from, .used = from };
	texts = list;
	put_texts(&w, &texts);
	r = write_at(image->fd, content, size, from);
	if (r < 0)
		return r;
	image->used = w.used;
	*there = (uintptr_t)texts;
	return 0;
}

void ctr__image_free(struct ctr__image_file *image)
{
	free(image->copy);
	ctr__fd_close(image->fd);
	*image = (struct ctr__image_file){ .fd = -1 };
}
