/* SPDX-License-Identifier: MIT */
#include "cgroup/libcgroup.h"

#include <errno.h>
#include <libcgroup.h>
#include <linux/magic.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "base/sys.h"

static void be_silent(void *data, int level, const char *format, va_list args)
{
	(void)data, (void)level, (void)format, (void)args;
}

/*
 * cgroup_init() reads /proc/cgroups and /proc/mounts. It loses their errno, and keeps
 * some memory for good, when it has no descriptor for them.
 */
static int try_descriptors(void)
{
	_cleanup_fd_ int first = sys_openat(AT_FDCWD, "/proc/cgroups", O_RDONLY | O_CLOEXEC, 0);
	_cleanup_fd_ int second = sys_openat(AT_FDCWD, "/proc/mounts", O_RDONLY | O_CLOEXEC, 0);
	_cleanup_fd_ int third = sys_openat(AT_FDCWD, "/proc/cgroups", O_RDONLY | O_CLOEXEC, 0);

	return first < 0 ? first : second < 0 ? second : third < 0 ? third : 0;
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
	if (cgroup_get_subsys_mount_point("pids", &mount_point) == ECGROUPNOTINITIALIZED) {
		r = try_descriptors();
		cgroup_set_logger(be_silent, CGROUP_LOG_ERROR, NULL);
		if (r == 0)
			cgroup_init(); /* what it has not found, it says when asked for */
	}
	free(mount_point);
	pthread_mutex_unlock(&lock);
	return r;
}

static bool is_cgroup(int dir)
{
	struct statfs st;

	return fstatfs(dir, &st) == 0 && ((uint32_t)st.f_type == CGROUP_SUPER_MAGIC ||
					  (uint32_t)st.f_type == CGROUP2_SUPER_MAGIC);
}

/* It never looks again: something else may be mounted there by now. */
static int see_mount(const char *path, int (*see)(int dir, const char *mount, void *data),
		     void *data)
{
	_cleanup_fd_ int dir = sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

	return dir >= 0 && is_cgroup(dir) ? see(dir, path, data) : 0;
}

int ctr__libcgroup_each(int (*see)(int dir, const char *mount, void *data), void *data)
{
	struct cgroup_mount_point mount;
	void *iterator = NULL;
	int r = init_libcgroup(), more;

	if (r < 0)
		return r;
	for (more = cgroup_get_controller_begin(&iterator, &mount); r == 0 && more == 0;
	     more = cgroup_get_controller_next(&iterator, &mount))
		r = see_mount(mount.path, see, data);
	cgroup_get_controller_end(&iterator);
	return r;
}
