/* SPDX-License-Identifier: MIT */
/*
 * A program by a descriptor. What is executed is a copy: by /proc/self/exe a container could open
 * the host's file for writing (CVE-2019-5736), and whoever can write the file could change it
 * between two containers of a plan.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/sys.h"
#include "compile/executable.h"
#include "compile/program.h"
#include "plan/sealed.h"

#define SIZE_MAX_BYTES (UINT64_C(4) << 30)

/* What would have made fexecve(3) fail, and the copy does not have any more. */
static int check_file(const struct ctr__look *l, int fd, const struct statx *st)
{
	struct statfs fs;

	if (!S_ISREG(st->stx_mode))
		return ctr__look_refuse(l, EACCES, "it is not a regular file");
	if (!(st->stx_mode & 0111))
		return ctr__look_refuse(l, EACCES, "it is not executable: use chmod +x");
	if (sys_fstatfs(fd, &fs) == 0 && (fs.f_flags & ST_NOEXEC))
		return ctr__look_refuse(l, EACCES, "it is on a file system mounted noexec");
	if (st->stx_size > SIZE_MAX_BYTES)
		return ctr__look_refuse(l, EFBIG, "it is larger than 4 GiB, and is copied");
	return 0;
}

/* The file itself, for reading, whatever the descriptor was opened for. */
static int open_again(int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return sys_openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
}

/* What could not be said better by its errno. */
static int refuse_copy(const struct ctr__look *l, int r)
{
	if (r == -EACCES)
		ctr__error_set(
			l->err, CTR_E_UNSUPPORTED, EACCES, "copy the program", l->program,
			"this host does not allow files in memory to be executed, and without "
			"CAP_SYS_ADMIN there is no other place for the copy: see the sysctl "
			"vm.memfd_noexec");
	else if (r == -EFBIG)
		ctr__error_set(
			l->err, CTR_E_SYSTEM, EFBIG, "copy the program", l->program,
			"the caller's limit on the size of files is smaller than the copy: see "
			"ulimit -f");
	else
		ctr__error_sys(l->err, -r, "copy the program", l->program);
	return CTR__LOOK_REFUSED;
}

static int copy(const struct ctr__look *l, const struct statx *st, const char *name,
		const char *content, size_t size, int min)
{
	const struct ctr__sealed file = {
		.name = name,
		.content = content,
		.size = size,
		.mode = st->stx_mode & 0777,
		.has_owner = true,
		.uid = st->stx_uid,
		.gid = st->stx_gid,
	};
	int fd = ctr__sealed_open(&file, min);

	return fd < 0 ? -refuse_copy(l, fd) : fd;
}

static int read_whole(const struct ctr__look *l, int from, const struct statx *st, char **content,
		      size_t *size)
{
	_cleanup_fd_ int file = open_again(from);
	int r = file < 0 ? file : ctr__file_read(file, st->stx_size, content, size);

	if (r == -EACCES)
		return ctr__look_refuse(l, EACCES,
					"the caller may not read it, and a copy is executed");
	if (r == -EFBIG)
		return ctr__look_refuse(l, ETXTBSY, "it is being written");
	if (r < 0)
		ctr__error_sys(l->err, -r, "copy the program", l->program);
	return r < 0 ? CTR__LOOK_REFUSED : 0;
}

/* The copy is what is looked at: the file may change meanwhile. */
static int check_copy(struct ctr__look *l, int fd, const char *content, size_t size)
{
	if (size >= 2 && memcmp(content, "#!", 2) == 0)
		return ctr__look_refuse(
			l, ENOEXEC,
			"it is a script, which its interpreter opens by a path, and "
			"a descriptor has none in the container: give the path of a "
			"script that is there");
	return ctr__look_content(l, fd, size);
}

/* 0, CTR__LOOK_REFUSED or -errno. */
static int take(struct ctr__look *l, const char *in_memory, int from, int min, int *made)
{
	_cleanup_free_ char *content = NULL;
	_cleanup_fd_ int fd = -1;
	struct statx st;
	size_t size;
	int r = sys_statx(from, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st);

	if (r == 0)
		r = check_file(l, from, &st);
	if (r == 0)
		r = read_whole(l, from, &st, &content, &size);
	if (r)
		return r;
	fd = copy(l, &st, in_memory, content, size, min);
	if (fd < 0)
		return CTR__LOOK_REFUSED;
	r = check_copy(l, fd, content, size);
	if (r == 0)
		*made = ctr__fd_take(&fd);
	return r;
}

int ctr__program_copy_fd(const struct ctr__view *view, const char *name, const char *in_memory,
			 int fd, int min, struct ctr__program_info *info, ctr_error *err)
{
	struct ctr__look l = {
		.view = view,
		.program = name,
		.cwd = "",
		.info = info,
		.err = err,
	};
	int made = -1;
	int r = take(&l, in_memory, fd, min, &made);

	if (r < 0)
		return ctr__error_sys(err, -r, "look at the program", name);
	return r ? -1 : made;
}
