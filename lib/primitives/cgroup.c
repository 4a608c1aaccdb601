/* SPDX-License-Identifier: MIT */
/*
 * libcgroup makes and removes groups; limits and membership go through
 * descriptors, for there it has no call or loses the errno.
 */
#include "primitives/cgroup.h"

#include <dirent.h>
#include <libcgroup.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"

#define BOUND_MS 1000
#define DEPTH_MAX 64 /* of groups in groups; a descriptor each while they are removed */

/* The group's directory in one hierarchy. */
struct member {
	struct cgroup *handle; /* libcgroup's */
	char *path;
	size_t mount_length; /* how much of path is where the hierarchy is mounted */
	int dir;
	int join; /* the file to write "0" to */
};

struct ctr__cgroup {
	struct member members[CTR__HIERARCHIES_MAX];
	size_t n;
};

/* ---- creation ---- */

/* Unlike a counter, a random name needs no state and no retry. */
static int make_name(char *name, size_t size, ctr_error *err)
{
	uint64_t random;
	long n = sys_getrandom(&random, sizeof(random), 0);

	if (n < 0)
		return ctr__error_sys(err, (int)-n, "name a control group", NULL);
	snprintf(name, size, "minictr-%d-%016llx", (int)sys_getpid(), (unsigned long long)random);
	return 0;
}

/* libcgroup loses the errno; the directory itself tells what is wrong. */
static int explain_create(const char *path, ctr_error *err)
{
	char parent[PATH_MAX];
	int r;

	snprintf(parent, sizeof(parent), "%.*s", (int)(strrchr(path, '/') - path), path);
	r = access(parent, W_OK) ? errno : EIO;
	return ctr__error_set(
		err, CTR_E_SYSTEM, r, "create a control group", path, "%s",
		r == EACCES || r == EROFS
			? "this needs root, or a control group delegated to the caller"
			: "its parent, or the number of groups, allows no more");
}

/* On v2 libcgroup also gives the controllers to the group's parents. */
static int create(struct member *m, const struct ctr__hierarchy *h, const char *name,
		  ctr_error *err)
{
	m->handle = cgroup_new_cgroup(name);
	if (!m->handle)
		return ctr__error_nomem(err);
	for (size_t i = 0; i < (h->v2 ? h->n_controllers : 1); i++)
		if (!cgroup_add_controller(m->handle, h->controllers[i]))
			return ctr__error_nomem(err);
	return cgroup_create_cgroup(m->handle, 1) ? explain_create(m->path, err) : 0;
}

/* v1: tasks, which moves one thread and takes no lock of the whole system. */
static int open_files(struct member *m, bool v2, ctr_error *err)
{
	m->dir = sys_openat(AT_FDCWD, m->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	if (m->dir < 0)
		return ctr__error_sys(err, -m->dir, "open the control group", m->path);
	m->join = sys_openat(m->dir, v2 ? "cgroup.procs" : "tasks", O_RDWR | O_CLOEXEC, 0);
	if (m->join < 0)
		return ctr__error_sys(err, -m->join, "open the members of control group", m->path);
	return 0;
}

static int make_member(struct ctr__cgroup *group, const struct ctr__hierarchy *h, const char *name,
		       ctr_error *err)
{
	struct member *m = &group->members[group->n++];
	const char *slash = strcmp(h->parent, "/") == 0 ? "" : "/";

	*m = (struct member){ .mount_length = strlen(h->mount), .dir = -1, .join = -1 };
	if (asprintf(&m->path, "%s%s%s%s", h->mount, h->parent, slash, name) < 0) {
		m->path = NULL;
		return ctr__error_nomem(err);
	}
	if (create(m, h, m->path + m->mount_length + 1, err))
		return -1;
	return open_files(m, h->v2, err);
}

static int explain_setting(const struct ctr__setting *setting, int errnum, ctr_error *err)
{
	char what[256];

	snprintf(what, sizeof(what), "set %s of the control group to", setting->file);
	if (errnum == ENOENT)
		return ctr__error_set(err, CTR_E_UNSUPPORTED, ENOENT, what, setting->text,
				      "this kernel has no such file: it was built, or booted, "
				      "without that part of the controller");
	return ctr__error_sys(err, errnum, what, setting->text);
}

static int apply(const struct ctr__cgroup *group, const struct ctr__recipe *recipe, ctr_error *err)
{
	for (size_t i = 0; i < recipe->n_settings; i++) {
		const struct ctr__setting *setting = &recipe->settings[i];
		int r = ctr__fd_write_file(group->members[setting->hierarchy].dir, setting->file,
					   setting->text);

		if (r < 0)
			return explain_setting(setting, -r, err);
	}
	return 0;
}

static int make(struct ctr__cgroup *group, const struct ctr__recipe *recipe, ctr_error *err)
{
	char name[64];

	if (make_name(name, sizeof(name), err))
		return -1;
	for (size_t i = 0; i < recipe->layout.n; i++)
		if (make_member(group, &recipe->layout.v[i], name, err))
			return -1;
	return apply(group, recipe, err);
}

struct ctr__cgroup *ctr__cgroup_new(const struct ctr__recipe *recipe, ctr_error *err)
{
	struct ctr__cgroup *group = calloc(1, sizeof(*group));

	if (!group) {
		ctr__error_nomem(err);
		return NULL;
	}
	if (make(group, recipe, err)) {
		ctr__cgroup_free(group);
		return NULL;
	}
	return group;
}

/* ---- membership ---- */

size_t ctr__cgroup_join_fds(const struct ctr__cgroup *group, int fds[CTR__HIERARCHIES_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < group->n; i++)
		fds[n++] = group->members[i].join;
	return n;
}

static void pause_ms(long ms)
{
	const struct timespec t = { .tv_nsec = ms * 1000000 };

	nanosleep(&t, NULL);
}

/* ---- use ---- */

void ctr__cgroup_usage(const struct ctr__cgroup *group, ctr_usage *usage)
{
	for (size_t i = 0; i < group->n; i++)
		ctr__usage_read(usage, group->members[i].dir);
}

bool ctr__cgroup_cpu(const struct ctr__cgroup *group, uint64_t *cpu_us)
{
	for (size_t i = 0; i < group->n; i++)
		if (ctr__usage_read_cpu(group->members[i].dir, cpu_us))
			return true;
	return false;
}

/* ---- changes ---- */

static const struct member *member_in(const struct ctr__cgroup *group, const char *mount)
{
	for (size_t i = 0; i < group->n; i++) {
		const struct member *m = &group->members[i];

		if (strlen(mount) == m->mount_length &&
		    strncmp(m->path, mount, m->mount_length) == 0)
			return m;
	}
	return NULL;
}

/* On v1 memory can't be more than memory and swap together, which then has to grow first. */
static int change(const struct member *m, const struct ctr__recipe *recipe, size_t at)
{
	const struct ctr__setting *now = &recipe->settings[at], *next = now + 1;
	int r = ctr__fd_write_file(m->dir, now->file, now->text);

	if (r != -EINVAL || at + 1 == recipe->n_settings ||
	    strcmp(next->file, "memory.memsw.limit_in_bytes") != 0)
		return r;
	r = ctr__fd_write_file(m->dir, next->file, next->text);
	return r < 0 ? r : ctr__fd_write_file(m->dir, now->file, now->text);
}

static int change_all(const struct ctr__cgroup *group, const struct ctr__recipe *recipe,
		      ctr_error *err)
{
	for (size_t i = 0; i < recipe->n_settings; i++) {
		const struct ctr__setting *s = &recipe->settings[i];
		const struct member *m = member_in(group, recipe->layout.v[s->hierarchy].mount);
		int r;

		if (!m)
			return ctr__error_set(err, CTR_E_STATE, 0, "change the limit", s->file,
					      "the container has no control group in that "
					      "hierarchy: it needs a limit of that kind, or "
					      "accounting, from its start");
		r = change(m, recipe, i);
		if (r < 0)
			return explain_setting(s, -r, err);
	}
	return 0;
}

int ctr__cgroup_update(const struct ctr__cgroup *group, const ctr_limits *limits, ctr_error *err)
{
	struct ctr__recipe recipe = { 0 };
	int r = ctr__recipe_add_limits(&recipe, limits, err);

	if (r == 0)
		r = change_all(group, &recipe, err);
	ctr__recipe_clear(&recipe);
	return r;
}

/* ---- stop and go ---- */

static const struct freezer {
	const char *file, *stop, *go;
	const char *state, *stopped; /* where it is read that all have stopped, and the text */
} freezers[] = {
	{ "cgroup.freeze", "1", "0", "cgroup.events", "frozen 1" },
	{ "freezer.state", "FROZEN", "THAWED", "freezer.state", "FROZEN" },
};

static const struct member *find_freezer(const struct ctr__cgroup *group,
					 const struct freezer **freezer)
{
	struct statx st;

	for (size_t i = 0; i < group->n; i++)
		for (size_t k = 0; k < sizeof(freezers) / sizeof(freezers[0]); k++) {
			*freezer = &freezers[k];
			if (sys_statx(group->members[i].dir, freezers[k].file, 0, STATX_TYPE,
				      &st) == 0)
				return &group->members[i];
		}
	return NULL;
}

static int no_freezer(ctr_error *err)
{
	return ctr__error_set(err, CTR_E_STATE, 0, "freeze the container", NULL,
			      "it has no control group that can be frozen: switch accounting on in "
			      "its spec");
}

static bool has_stopped(const struct member *m, const struct freezer *freezer)
{
	char text[256];

	return ctr__fd_read_file(m->dir, freezer->state, text, sizeof(text)) >= 0 &&
	       strstr(text, freezer->stopped);
}

int ctr__cgroup_freeze(const struct ctr__cgroup *group, ctr_error *err)
{
	const struct freezer *freezer;
	const struct member *m = find_freezer(group, &freezer);
	int r;

	if (!m)
		return no_freezer(err);
	r = ctr__fd_write_file(m->dir, freezer->file, freezer->stop);
	if (r < 0)
		return ctr__error_sys(err, -r, "freeze control group", m->path);
	for (int waited = 0; waited < BOUND_MS; waited++) {
		if (has_stopped(m, freezer))
			return 0;
		pause_ms(1);
	}
	ctr__fd_write_file(m->dir, freezer->file, freezer->go);
	return ctr__error_set(err, CTR_E_TIMEOUT, 0, "freeze control group", m->path,
			      "some of its processes could not be stopped within a second");
}

int ctr__cgroup_thaw(const struct ctr__cgroup *group, ctr_error *err)
{
	const struct freezer *freezer;
	const struct member *m = find_freezer(group, &freezer);
	int r;

	if (!m)
		return no_freezer(err);
	r = ctr__fd_write_file(m->dir, freezer->file, freezer->go);
	return r < 0 ? ctr__error_sys(err, -r, "thaw control group", m->path) : 0;
}

/* ---- the end ---- */

/* Returns how many members got the signal, or -errno. */
static int kill_listed(const struct member *m)
{
	int fd = sys_openat(m->dir, "cgroup.procs", O_RDONLY | O_CLOEXEC, 0);
	FILE *members = fd < 0 ? NULL : fdopen(fd, "r");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	int n = 0;

	if (fd < 0)
		return fd;
	if (!members) {
		sys_close(fd);
		return -ENOMEM;
	}
	for (; getline(&line, &size, members) > 0; n++) {
		const pid_t pid = (pid_t)strtol(line, NULL, 10);

		if (pid > 0) /* 0 is a member that can't be seen from here */
			sys_kill(pid, SIGKILL);
	}
	fclose(members);
	return n;
}

/*
 * Members can only come from members: a pass that kills all and finds none the
 * next time has been complete, however fast they fork.
 */
int ctr__cgroup_kill(const struct ctr__cgroup *group, ctr_error *err)
{
	int n = 1;

	ctr__fd_write_file(group->members[0].dir, "cgroup.kill", "1"); /* v2: all at once */
	for (int waited = 0; n > 0 && waited < BOUND_MS; waited++) {
		n = kill_listed(&group->members[0]);
		if (n > 0)
			pause_ms(1);
	}
	if (n < 0)
		return ctr__error_sys(err, -n, "read the members of control group",
				      group->members[0].path);
	if (n > 0)
		return ctr__error_set(err, CTR_E_TIMEOUT, 0, "kill all in control group",
				      group->members[0].path, "processes are left after a second");
	return 0;
}

/* Groups that a member has made in its own; the innermost go first. Takes dir over. */
static void remove_below(int dir, int depth)
{
	DIR *entries = fdopendir(dir);
	const struct dirent *e;

	if (!entries) {
		ctr__fd_close(dir);
		return;
	}
	while (depth < DEPTH_MAX && (e = readdir(entries))) {
		int below;

		if (e->d_type != DT_DIR || strcmp(e->d_name, ".") == 0 ||
		    strcmp(e->d_name, "..") == 0)
			continue;
		below = sys_openat(dir, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
				   0);
		if (below >= 0)
			remove_below(below, depth + 1);
		sys_unlinkat(dir, e->d_name, AT_REMOVEDIR);
	}
	closedir(entries);
}

/*
 * CGFLAG_DELETE_EMPTY_ONLY succeeds for a busy group too; and the last member
 * leaves a moment after it could be waited for. So look, and try again.
 */
static int remove_directory(const struct member *m)
{
	for (int waited = 0; waited < BOUND_MS; waited++) {
		if (waited > 0)
			remove_below(sys_openat(m->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0),
				     0);
		cgroup_delete_cgroup_ext(m->handle, CGFLAG_DELETE_EMPTY_ONLY);
		if (access(m->path, F_OK))
			return errno == ENOENT ? 0 : -errno;
		pause_ms(1);
	}
	return -EBUSY;
}

int ctr__cgroup_rmdir(const struct ctr__cgroup *group, ctr_error *err)
{
	int result = 0;

	for (size_t i = 0; i < group->n; i++) {
		int r = remove_directory(&group->members[i]);

		if (r < 0)
			result = ctr__error_set(err, CTR_E_SYSTEM, -r, "remove the control group",
						group->members[i].path,
						"processes or groups are left in it");
	}
	return result;
}

static void member_clear(struct member *m)
{
	if (m->handle && m->path && access(m->path, F_OK) == 0)
		remove_directory(m);
	ctr__fd_close(m->dir);
	ctr__fd_close(m->join);
	if (m->handle)
		cgroup_free(&m->handle);
	free(m->path);
}

void ctr__cgroup_free(struct ctr__cgroup *group)
{
	if (!group)
		return;
	for (size_t i = 0; i < group->n; i++)
		member_clear(&group->members[i]);
	free(group);
}
