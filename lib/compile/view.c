/* SPDX-License-Identifier: MIT */
#include "compile/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/sys.h"
#include "primitives/landlock.h"

#define LINKS_MAX 40 /* path_resolution(7) */

bool ctr__path_is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

int ctr__view_add(struct ctr__view *view, const char *target, const struct ctr__view_entry *entry)
{
	struct ctr__view_entry *grown = reallocarray(view->v, view->n + 1, sizeof(*grown));
	char *copy = grown ? strdup(target) : NULL;

	if (grown)
		view->v = grown;
	if (!copy) {
		ctr__fd_close(entry->fd);
		return -ENOMEM;
	}
	view->v[view->n] = *entry;
	view->v[view->n++].target = copy;
	return ctr__index_add(entry->kind == CTR__VIEW_LAYER ? &view->layers : &view->shown, copy,
			      view->n - 1);
}

void ctr__view_clear(struct ctr__view *view)
{
	for (size_t i = 0; i < view->n; i++) {
		ctr__fd_close(view->v[i].fd);
		free(view->v[i].target);
	}
	free(view->v);
	ctr__index_clear(&view->shown);
	ctr__index_clear(&view->layers);
	*view = (struct ctr__view){ 0 };
}

/* The last that was mounted over a path; layers, which show what was there before, left out. */
static const struct ctr__view_entry *shown_by(const struct ctr__view *view, const char *path)
{
	const size_t i = ctr__index_above(&view->shown, path, 0);

	return i == CTR__INDEX_NONE ? NULL : &view->v[i];
}

/*
 * What a path lies on: the innermost layer, for a layer shows what is mounted
 * below it too; unless what shows the path is mounted in or over that layer.
 */
static const struct ctr__view_entry *owner_of(const struct ctr__view *view, const char *path)
{
	const struct ctr__view_entry *shown = shown_by(view, path);
	const size_t i = ctr__index_innermost(&view->layers, path, strlen(shown->target),
					      (size_t)(shown - view->v));

	return i == CTR__INDEX_NONE ? shown : &view->v[i];
}

static bool comes_after(const struct ctr__view *view, size_t i, const struct ctr__view_entry *e)
{
	return i != CTR__INDEX_NONE && &view->v[i] > e;
}

/* Whether a path exists only because something was mounted there, after what it lies on. */
static bool is_implied(const struct ctr__view *view, const struct ctr__view_entry *owner,
		       const char *path)
{
	return comes_after(view, ctr__index_last_below(&view->shown, path), owner) ||
	       comes_after(view, ctr__index_last_below(&view->layers, path), owner);
}

struct looked {
	int fd;
	bool directory, link, unknown;
};

static int look_in_tree(const struct ctr__view_entry *e, const char *rest, struct looked *found)
{
	struct statx st;
	int r;

	found->fd =
		*rest ? ctr__path_open(e->fd, rest, O_PATH | O_NOFOLLOW) : ctr__fd_dup(e->fd, 0);
	if (found->fd < 0)
		return found->fd;
	r = sys_statx(found->fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &st);
	if (r < 0) {
		ctr__fd_close(ctr__fd_take(&found->fd));
		return r;
	}
	found->directory = S_ISDIR(st.stx_mode);
	found->link = S_ISLNK(st.stx_mode);
	return 0;
}

/* One path whose parent is canonical and exists. */
static int look(const struct ctr__view *view, const char *path, struct looked *found)
{
	const struct ctr__view_entry *e = shown_by(view, path);
	const char *rest = path + strlen(e->target);
	int r = -ENOENT;

	*found = (struct looked){ .fd = -1 };
	if (e->kind == CTR__VIEW_OPAQUE && *rest) {
		found->unknown = true;
		return 0;
	}
	if (e->kind == CTR__VIEW_TREE)
		r = look_in_tree(e, rest + (*rest == '/'), found);
	else if (!*rest) {
		found->directory = e->directory;
		return 0;
	}
	if (r == -ENOENT && is_implied(view, e, path)) {
		found->directory = true;
		return 0;
	}
	return r;
}

/* Too large for a stack. */
struct walk {
	const struct ctr__view *view;
	struct ctr__view_hit *hit;
	char rest[2 * PATH_MAX]; /* still to go */
	char candidate[PATH_MAX];
	char text[PATH_MAX]; /* of a link; or of a whole path */
	int links;
};

/* Puts a link's target before what is still to go. */
static int follow(struct walk *w, int link)
{
	size_t left = strlen(w->rest) + 1;
	long n;

	if (++w->links > LINKS_MAX)
		return -ELOOP;
	n = sys_readlinkat(link, "", w->text, sizeof(w->text));
	if (n < 0)
		return (int)n;
	if ((size_t)n >= sizeof(w->text) || (size_t)n + 1 + left > sizeof(w->rest))
		return -ENAMETOOLONG;
	if (w->text[0] == '/')
		w->hit->path[0] = '\0';
	memmove(w->rest + n + 1, w->rest, left);
	memcpy(w->rest, w->text, (size_t)n);
	w->rest[n] = '/';
	return 0;
}

static bool has_dotdot(const char *path)
{
	const char *name;
	int n;

	while ((n = ctr__path_next(&path, &name)) > 0)
		if (n == 2 && name[0] == '.' && name[1] == '.')
			return true;
	return false;
}

/* "name" and all that is still to go, without empty components and "." ones. */
static int copy_rest(const struct walk *w, const char *name, char *to, size_t size)
{
	const char *p = w->rest, *part;
	size_t used = (size_t)snprintf(to, size, "%s", name);
	int n;

	while (used < size && (n = ctr__path_next(&p, &part)) != 0) {
		if (n < 0)
			return n;
		if (n == 1 && part[0] == '.')
			continue;
		used += (size_t)snprintf(to + used, size - used, "/%.*s", n, part);
	}
	return used < size ? 0 : -ENAMETOOLONG;
}

/* Ends the walk at hit->path, with name and what follows not there. */
static int end_missing(struct walk *w, const char *name)
{
	int r = copy_rest(w, name, w->hit->rest, sizeof(w->hit->rest));

	if (r < 0)
		return r;
	if (has_dotdot(w->hit->rest))
		return -ENOENT;
	w->hit->state = CTR__VIEW_MISSING;
	w->hit->directory = true;
	return 0;
}

static int end_unknown(struct walk *w, const char *candidate)
{
	size_t n = (size_t)snprintf(w->hit->path, sizeof(w->hit->path), "%s%s", candidate, w->rest);

	if (has_dotdot(w->rest))
		return -ENOENT;
	w->hit->state = CTR__VIEW_UNKNOWN;
	return n >= sizeof(w->hit->path) ? -ENAMETOOLONG : 0;
}

/* The last one of all that a path is in, which covers those before it; NULL: none. */
static const struct ctr__view_entry *last_over(const struct ctr__view *view, const char *path,
					       size_t min_length)
{
	const size_t shown = ctr__index_above(&view->shown, path, min_length);
	const size_t layer = ctr__index_above(&view->layers, path, min_length);

	if (shown == CTR__INDEX_NONE || (layer != CTR__INDEX_NONE && layer > shown))
		return layer == CTR__INDEX_NONE ? NULL : &view->v[layer];
	return &view->v[shown];
}

/*
 * What is mounted in a file system that can't be looked into is known all the same, as long
 * as the way there has no links. 1 if there is such a mount on the way: it goes on from there.
 */
static int skip_unknown(struct walk *w, const char *candidate)
{
	const struct ctr__view_entry *found;
	char *full = w->text;
	size_t n;

	if (copy_rest(w, candidate, full, sizeof(w->text)) < 0 || has_dotdot(w->rest))
		return 0;
	found = last_over(w->view, full, strlen(candidate));
	if (!found)
		return 0;
	n = strlen(found->target);
	memcpy(w->hit->path, found->target, n + 1);
	memmove(w->rest, full + n, strlen(full + n) + 1);
	w->hit->directory = found->directory;
	ctr__fd_close(ctr__fd_take(&w->hit->fd));
	return 1;
}

static bool at_end(const char *rest)
{
	return rest[strspn(rest, "/")] == '\0';
}

/* Goes one component further. 1: go on; 0: the walk has ended; -errno. */
static int step_into(struct walk *w, const char *name)
{
	const char *candidate = w->candidate;
	struct looked found;
	int r;

	if ((size_t)snprintf(w->candidate, sizeof(w->candidate), "%s/%s", w->hit->path, name) >=
	    sizeof(w->candidate))
		return -ENAMETOOLONG;
	r = look(w->view, candidate, &found);
	if (r == -ENOENT)
		return end_missing(w, name);
	if (r == 0 && found.unknown)
		return skip_unknown(w, candidate) ? 1 : end_unknown(w, candidate);
	if (r == 0 && found.link) {
		r = follow(w, found.fd);
		ctr__fd_close(found.fd);
		return r < 0 ? r : 1;
	}
	if (r == 0 && !found.directory && !at_end(w->rest))
		r = -ENOTDIR;
	if (r < 0) {
		ctr__fd_close(found.fd);
		return r;
	}
	memcpy(w->hit->path, candidate, strlen(candidate) + 1);
	ctr__fd_close(w->hit->fd);
	w->hit->fd = found.fd;
	w->hit->directory = found.directory;
	return 1;
}

static void go_up(struct walk *w)
{
	char *slash = strrchr(w->hit->path, '/');

	if (slash)
		*slash = '\0';
	w->hit->directory = true;
	ctr__fd_close(ctr__fd_take(&w->hit->fd));
}

/* Takes the next component off w->rest: 1, or 0 at the end, or -errno. */
static int next_name(struct walk *w, char name[NAME_MAX + 1])
{
	const char *p = w->rest, *start;
	int n = ctr__path_next(&p, &start);

	if (n <= 0)
		return n;
	memcpy(name, start, (size_t)n);
	name[n] = '\0';
	memmove(w->rest, p, strlen(p) + 1);
	return 1;
}

static int walk(struct walk *w)
{
	char name[NAME_MAX + 1];
	int r;

	while ((r = next_name(w, name)) > 0) {
		if (strcmp(name, ".") == 0)
			continue;
		if (strcmp(name, "..") == 0) {
			go_up(w);
			continue;
		}
		r = step_into(w, name);
		if (r <= 0)
			return r;
	}
	return r;
}

/* The root, and what ".." led to, have not been opened on the way. */
static int look_again(const struct ctr__view *view, struct ctr__view_hit *hit)
{
	struct looked found;
	int r = look(view, hit->path, &found);

	hit->fd = found.fd;
	return r;
}

int ctr__view_find(const struct ctr__view *view, const char *path, struct ctr__view_hit *hit)
{
	_cleanup_free_ struct walk *w = NULL;
	size_t n = strlen(path);
	int r;

	hit->state = CTR__VIEW_FOUND;
	hit->path[0] = hit->rest[0] = '\0';
	hit->fd = -1;
	hit->directory = true;
	hit->owner = NULL;
	if (n >= PATH_MAX)
		return -ENAMETOOLONG;
	w = malloc(sizeof(*w)); /* clearing it would cost more than most walks */
	if (!w)
		return -ENOMEM;
	w->view = view;
	w->hit = hit;
	w->links = 0;
	memcpy(w->rest, path, n + 1);
	r = walk(w);
	if (r < 0) {
		ctr__fd_close(ctr__fd_take(&hit->fd));
		return r;
	}
	hit->owner = owner_of(view, hit->path);
	return hit->fd < 0 && hit->state != CTR__VIEW_UNKNOWN ? look_again(view, hit) : 0;
}

const char *ctr__view_hides(const struct ctr__view *view, const struct ctr__view_hit *hit)
{
	const struct ctr__view_entry *e;
	char path[2 * PATH_MAX];
	struct statx st;

	if (hit->state != CTR__VIEW_MISSING)
		return NULL;
	snprintf(path, sizeof(path), "%s/%s", hit->path, hit->rest);
	e = shown_by(view, path);
	if (!e->hidden || e->may_block)
		return e->hidden;
	return sys_statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &st) < 0 ? NULL
										   : e->hidden;
}

int ctr__view_refuse_hidden(const struct ctr__view *view, const struct ctr__view_hit *hit, int code,
			    const char *step, const char *object, ctr_error *err)
{
	const char *hides = ctr__view_hides(view, hit);
	char path[2 * PATH_MAX];

	if (!hides)
		return 0;
	snprintf(path, sizeof(path), "%s/%s", hit->path, hit->rest);
	return ctr__error_set(err, code, ENOENT, step, object,
			      "it is below %s, which the default root hides; to show it, use "
			      "-v %s:%s:ro",
			      hides, path, path);
}

bool ctr__view_may_execute(const struct ctr__view *view, const char *path)
{
	const uint32_t needed = CTR_LANDLOCK_READ | CTR_LANDLOCK_EXECUTE;
	uint32_t access = 0;

	for (size_t i = 0; i < view->n_rules; i++)
		if (ctr__path_is_below(path, view->rules[i].path))
			access |= view->rules[i].access;
	return view->n_rules == 0 || (access & needed) == needed;
}

int ctr__view_open(const struct ctr__view_hit *hit)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", hit->fd);
	return sys_openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
}
