/* SPDX-License-Identifier: MIT */
/*
 * libcgroup knows where controllers are mounted, where the caller is, and
 * makes and removes groups; limits and membership go through descriptors, for
 * there it has no call or loses the errno.
 */
#include "primitives/cgroup.h"

#include <dirent.h>
#include <libcgroup.h>
#include <limits.h>
#include <linux/magic.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"

#define CONTROLLER "pids"
#define BOUND_MS 1000
#define DEPTH_MAX 64 /* of groups in groups; a descriptor each while they are removed */

struct ctr__cgroup {
	struct cgroup *handle; /* libcgroup's */
	char *path;	       /* of its directory */
	int dir;
	int join;
};

static void be_silent(void *data, int level, const char *format, va_list args)
{
	(void)data, (void)level, (void)format, (void)args;
}

/*
 * Not again if the host program uses libcgroup itself: that would replace what
 * it has read. Its default logger writes to standard output.
 */
static int init_libcgroup(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	char *mount_point = NULL;
	int r = 0;

	pthread_mutex_lock(&lock);
	if (cgroup_get_subsys_mount_point(CONTROLLER, &mount_point) == ECGROUPNOTINITIALIZED) {
		cgroup_set_logger(be_silent, CGROUP_LOG_ERROR, NULL);
		r = cgroup_init();
	}
	free(mount_point);
	pthread_mutex_unlock(&lock);
	return r;
}

static int unsupported(ctr_error *err)
{
	return ctr__error_set(err, CTR_E_UNSUPPORTED, 0, "create a control group", CONTROLLER,
			      "this controller is not mounted; a limit on processes, and a "
			      "container in the host's PID namespace, need it");
}

/* Unlike a counter, a random name needs no state and no retry. */
static int make_name(const char *parent, char *name, size_t size)
{
	uint64_t random;
	long n = sys_getrandom(&random, sizeof(random), 0);
	const char *slash = strcmp(parent, "/") == 0 ? "" : "/";

	if (n < 0)
		return (int)n;
	snprintf(name, size, "%s%sminictr-%d-%016llx", parent + (parent[0] == '/'), slash,
		 (int)sys_getpid(), (unsigned long long)random);
	return strstr(name, "..") ? -EXDEV : 0;
}

static int find_place(char **mount_point, char *name, size_t size, ctr_error *err)
{
	_cleanup_free_ char *parent = NULL;
	int r;

	if (init_libcgroup() || cgroup_get_subsys_mount_point(CONTROLLER, mount_point) ||
	    cgroup_get_current_controller_path(sys_getpid(), CONTROLLER, &parent))
		return unsupported(err);
	r = make_name(parent, name, size);
	if (r < 0)
		return ctr__error_set(err, CTR_E_SYSTEM, -r, "create a control group", parent,
				      "the caller's own group is not visible from here");
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

static int create(struct ctr__cgroup *group, const char *name, ctr_error *err)
{
	int r = ECGFAIL;

	group->handle = cgroup_new_cgroup(name);
	if (!group->handle)
		return ctr__error_nomem(err);
	if (cgroup_add_controller(group->handle, CONTROLLER))
		r = cgroup_create_cgroup(group->handle, 1);
	return r ? explain_create(group->path, err) : 0;
}

/* v1: tasks, which moves one thread and takes no lock of the whole system. */
static const char *join_file(int dir)
{
	struct statfs st;

	if (sys_fstatfs(dir, &st) == 0 && (uint32_t)st.f_type == CGROUP2_SUPER_MAGIC)
		return "cgroup.procs";
	return "tasks";
}

static int open_files(struct ctr__cgroup *group, ctr_error *err)
{
	group->dir =
		sys_openat(AT_FDCWD, group->path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
	if (group->dir < 0)
		return ctr__error_sys(err, -group->dir, "open the control group", group->path);
	group->join = sys_openat(group->dir, join_file(group->dir), O_RDWR | O_CLOEXEC, 0);
	if (group->join < 0)
		return ctr__error_sys(err, -group->join, "open the members of control group",
				      group->path);
	return 0;
}

static int limit(const struct ctr__cgroup *group, uint64_t pids_max, ctr_error *err)
{
	char text[24];
	int r;

	if (!pids_max)
		return 0;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)pids_max);
	r = ctr__fd_write_file(group->dir, "pids.max", text);
	return r < 0 ? ctr__error_sys(err, -r, "set pids.max of control group", group->path) : 0;
}

struct ctr__cgroup *ctr__cgroup_new(uint64_t pids_max, ctr_error *err)
{
	_cleanup_free_ char *mount_point = NULL;
	char name[PATH_MAX];
	struct ctr__cgroup *group;

	if (find_place(&mount_point, name, sizeof(name), err))
		return NULL;
	group = calloc(1, sizeof(*group));
	if (!group) {
		ctr__error_nomem(err);
		return NULL;
	}
	group->dir = group->join = -1;
	if (asprintf(&group->path, "%s/%s", mount_point, name) < 0) {
		group->path = NULL;
		ctr__error_nomem(err);
	} else if (!create(group, name, err) && !open_files(group, err) &&
		   !limit(group, pids_max, err)) {
		return group;
	}
	ctr__cgroup_free(group);
	return NULL;
}

int ctr__cgroup_join_fd(const struct ctr__cgroup *group)
{
	return group->join;
}

static void pause_ms(long ms)
{
	const struct timespec t = { .tv_nsec = ms * 1000000 };

	nanosleep(&t, NULL);
}

/* Returns how many members got the signal, or -errno. */
static int kill_listed(const struct ctr__cgroup *group)
{
	int fd = sys_openat(group->dir, "cgroup.procs", O_RDONLY | O_CLOEXEC, 0);
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

	for (int waited = 0; n > 0 && waited < BOUND_MS; waited++) {
		n = kill_listed(group);
		if (n > 0)
			pause_ms(1);
	}
	if (n < 0)
		return ctr__error_sys(err, -n, "read the members of control group", group->path);
	if (n > 0)
		return ctr__error_set(err, CTR_E_TIMEOUT, 0, "kill all in control group",
				      group->path, "processes are left after a second");
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
static int remove_directory(const struct ctr__cgroup *group)
{
	for (int waited = 0; waited < BOUND_MS; waited++) {
		if (waited > 0)
			remove_below(
				sys_openat(group->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0),
				0);
		cgroup_delete_cgroup_ext(group->handle, CGFLAG_DELETE_EMPTY_ONLY);
		if (access(group->path, F_OK))
			return errno == ENOENT ? 0 : -errno;
		pause_ms(1);
	}
	return -EBUSY;
}

int ctr__cgroup_rmdir(const struct ctr__cgroup *group, ctr_error *err)
{
	int r = remove_directory(group);

	if (r < 0)
		return ctr__error_set(err, CTR_E_SYSTEM, -r, "remove the control group",
				      group->path, "processes or groups are left in it");
	return 0;
}

void ctr__cgroup_free(struct ctr__cgroup *group)
{
	if (!group)
		return;
	if (group->handle && group->path && access(group->path, F_OK) == 0)
		remove_directory(group);
	ctr__fd_close(group->dir);
	ctr__fd_close(group->join);
	if (group->handle)
		cgroup_free(&group->handle);
	free(group->path);
	free(group);
}
