/* SPDX-License-Identifier: MIT */
/* Who the program is: names are looked up in the container's own files. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/passwd.h"
#include "base/sys.h"
#include "compile/compile.h"
#include "primitives/credentials.h"

#define FILE_MAX (1 << 20) /* bytes; some 20,000 users */

/* ---- the files ---- */

/* Why a file has no text: only names need it to have one. */
enum absence { PRESENT, MISSING, MASKED, UNKNOWN };

struct accounts {
	const char *path;
	char *memory;
	struct ctr__span text;
	enum absence absence;
	bool loaded;
};

static int refuse_file(struct ctr__compile *c, const char *path, int r)
{
	return ctr__error_sys(c->err, -r, "look up names in the container's", path);
}

static int refuse_kind(struct ctr__compile *c, const char *path)
{
	return ctr__error_set(c->err, CTR_E_INVALID, 0, "look up names in the container's", path,
			      "it is not a regular file");
}

static int read_all(struct ctr__compile *c, struct accounts *a, int fd)
{
	int r = ctr__file_read(fd, FILE_MAX, &a->memory, &a->text.n);

	if (r == -ENOMEM)
		return ctr__error_nomem(c->err);
	if (r == -EFBIG)
		return ctr__error_set(c->err, CTR_E_INVALID, 0, "look up names in the container's",
				      a->path, "it is larger than %d bytes", FILE_MAX);
	if (r < 0)
		return refuse_file(c, a->path, r);
	a->text.at = a->memory;
	return 0;
}

static int read_found(struct ctr__compile *c, struct accounts *a, const struct ctr__view_hit *hit)
{
	_cleanup_fd_ int fd = -1;
	struct statx st;
	int r;

	if (!hit->directory && hit->owner->kind == CTR__VIEW_MASKED) {
		a->absence = MASKED;
		return 0;
	}
	if (hit->directory || hit->fd < 0)
		return refuse_kind(c, a->path);
	r = sys_statx(hit->fd, "", AT_EMPTY_PATH, STATX_TYPE, &st);
	if (r < 0)
		return refuse_file(c, a->path, r);
	if (!S_ISREG(st.stx_mode)) /* to open others may wait, or have effects */
		return refuse_kind(c, a->path);
	fd = ctr__view_open(hit);
	return fd < 0 ? refuse_file(c, a->path, fd) : read_all(c, a, fd);
}

static int load(struct ctr__compile *c, struct accounts *a)
{
	struct ctr__view_hit hit;
	int r;

	if (a->loaded)
		return 0;
	a->loaded = true;
	r = ctr__view_find(&c->view, a->path, &hit);
	if (r == -ENOENT || r == -ENOTDIR) {
		a->absence = MISSING;
		return 0;
	}
	if (r < 0)
		return refuse_file(c, a->path, r);
	if (hit.state == CTR__VIEW_FOUND)
		r = read_found(c, a, &hit);
	else
		a->absence = hit.state == CTR__VIEW_MISSING ? MISSING : UNKNOWN;
	ctr__fd_close(hit.fd);
	return r;
}

static int refuse_name(struct ctr__compile *c, const char *what, const char *name,
		       const struct accounts *a)
{
	if (a->absence == MISSING)
		return ctr__error_set(c->err, CTR_E_INVALID, 0, what, name,
				      "the container has no %s to look it up in: give the number",
				      a->path);
	if (a->absence == MASKED)
		return ctr__error_set(c->err, CTR_E_INVALID, 0, what, name,
				      "the container's %s is masked: give the number", a->path);
	if (a->absence == UNKNOWN)
		return ctr__error_set(c->err, CTR_E_INVALID, 0, what, name,
				      "the container's %s is in a file system that cannot be read "
				      "before it is mounted: give the number",
				      a->path);
	return ctr__error_set(c->err, CTR_E_INVALID, 0, what, name,
			      "there is no such name in %s of the container", a->path);
}

/* ---- looking up ---- */

struct search {
	struct ctr__compile *c;
	struct accounts passwd, group;
	struct ctr__passwd entry; /* the user's line, if it has one */
	bool has_entry;
	uint32_t *groups;
	size_t n, room;
};

static int find_entry(struct search *s)
{
	const char *user = s->c->process->user.name;
	const struct ctr__span name = ctr__span_of(user);
	uint32_t *uid = &s->c->user.uid;

	if (load(s->c, &s->passwd))
		return -1;
	if (ctr__id_read(name, uid)) {
		s->has_entry = ctr__passwd_find_uid(s->passwd.text, *uid, &s->entry);
		return 0;
	}
	s->has_entry = ctr__passwd_find_name(s->passwd.text, name, &s->entry);
	if (!s->has_entry)
		return refuse_name(s->c, "user", user, &s->passwd);
	*uid = s->entry.uid;
	return 0;
}

static int find_group(struct search *s, const char *what, const char *name, uint32_t *gid)
{
	if (ctr__id_read(ctr__span_of(name), gid))
		return 0;
	if (load(s->c, &s->group))
		return -1;
	if (!ctr__group_find_name(s->group.text, ctr__span_of(name), gid))
		return refuse_name(s->c, what, name, &s->group);
	return 0;
}

static int find_ids(struct search *s)
{
	const ctr_spec *spec = s->c->spec;
	struct ctr__ids *user = &s->c->user;

	if (!spec->process.user.name) {
		user->uid = spec->process.user.uid;
		user->gid = spec->process.user.gid;
		return 0;
	}
	if (find_entry(s))
		return -1;
	if (spec->process.user.group)
		return find_group(s, "group", spec->process.user.group, &user->gid);
	user->gid = s->has_entry ? s->entry.gid : 0;
	return 0;
}

/* A longer one could not be executed with. */
static bool has_home(const struct search *s)
{
	const struct ctr__span home = s->entry.home;

	return s->has_entry && home.n && home.n < PATH_MAX && *home.at == '/';
}

static int find_home(struct search *s)
{
	struct ctr__ids *user = &s->c->user;
	char *home;

	user->home = NULL;
	if (!has_home(s))
		return 0;
	home = ctr__steps_alloc(&s->c->plan->steps, s->entry.home.n + 1, 1);
	if (!home)
		return ctr__error_nomem(s->c->err);
	memcpy(home, s->entry.home.at, s->entry.home.n);
	user->home = home;
	return 0;
}

/* ---- supplementary groups ---- */

static int add_group(struct search *s, uint32_t gid)
{
	const size_t room = s->room ? 2 * s->room : 32;
	uint32_t *grown;

	if (s->n == s->room) {
		grown = reallocarray(s->groups, room, sizeof(*grown));
		if (!grown)
			return ctr__error_nomem(s->c->err);
		s->groups = grown;
		s->room = room;
	}
	s->groups[s->n++] = gid;
	return 0;
}

static int add_asked(struct search *s)
{
	const ctr_spec *spec = s->c->spec;
	uint32_t gid;

	for (size_t i = 0; i < spec->process.user.n_groups; i++)
		if (add_group(s, spec->process.user.groups[i]))
			return -1;
	for (size_t i = 0; i < spec->process.user.group_names.n; i++)
		if (find_group(s, "supplementary group", spec->process.user.group_names.v[i],
			       &gid) ||
		    add_group(s, gid))
			return -1;
	return 0;
}

/* Those that list the user. */
static int add_listed(struct search *s)
{
	struct ctr__span rest;
	uint32_t gid;

	if (!s->has_entry)
		return 0;
	if (load(s->c, &s->group))
		return -1;
	rest = s->group.text;
	while (ctr__group_next_of(&rest, s->entry.name, &gid))
		if (add_group(s, gid))
			return -1;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* As the kernel keeps them: in order; and each once. */
static void tidy(struct search *s)
{
	size_t kept = 0;

	if (s->n)
		qsort(s->groups, s->n, sizeof(*s->groups), compare);
	for (size_t i = 0; i < s->n; i++)
		if (i == 0 || s->groups[i] != s->groups[kept - 1])
			s->groups[kept++] = s->groups[i];
	s->n = kept;
}

static int set_groups(struct search *s)
{
	uint32_t *copy;

	if (s->n > CTR__GROUPS_MAX)
		return ctr__error_set(
			s->c->err, CTR_E_INVALID, 0, "supplementary groups",
			s->c->process->user.name,
			"there are %zu, including those in %s of the container, and the"
			" kernel allows at most %d",
			s->n, s->group.path, CTR__GROUPS_MAX);
	copy = ctr__steps_alloc(&s->c->plan->steps, s->n, sizeof(*copy));
	if (!copy)
		return ctr__error_nomem(s->c->err);
	if (s->n)
		memcpy(copy, s->groups, s->n * sizeof(*copy));
	s->c->user.groups = copy;
	s->c->user.n_groups = s->n;
	return 0;
}

/* A user namespace of one id has none, and asked-for ones have been refused. */
static int find_groups(struct search *s)
{
	if (s->c->keep_groups)
		return 0;
	if (add_asked(s) || add_listed(s))
		return -1;
	tidy(s);
	return set_groups(s);
}

static int find_user(struct ctr__compile *c)
{
	struct search s = {
		.c = c,
		.passwd.path = "/etc/passwd",
		.group.path = "/etc/group",
	};
	const int r = find_ids(&s) || find_home(&s) || find_groups(&s) ? -1 : 0;

	free(s.passwd.memory);
	free(s.group.memory);
	free(s.groups);
	return r;
}

/* ---- the whole ---- */

int ctr__compile_user(struct ctr__compile *c)
{
	const struct ctr__ids *user = &c->user;

	if (find_user(c) || ctr__compile_check_mapped(c) || ctr__compile_home(c))
		return -1;
	c->caps.permitted = user->uid ? c->caps.ambient : c->caps.bounding;
	/*
	 * Generously, for the caller may be somebody else by the time of the spawn. In a user
	 * namespace of one id it stays who it is for the host, and what maps that has to be
	 * dumpable: proc(5); with more the child shares no memory.
	 */
	c->plan->changes_ids =
		!c->plan->own_user_ns && (user->uid || user->gid || geteuid() || getegid());
	/* kill(2) asks for the user id alone; and root can do worse than to stop it. */
	c->plan->stoppable = !c->plan->own_user_ns && user->uid;
	return 0;
}
