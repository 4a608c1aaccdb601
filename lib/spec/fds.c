/* SPDX-License-Identifier: MIT */
#include "spec/fds.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/export.h"
#include "spec/process.h"

/* In the place of one for that target, if there is one. */
static int put(struct ctr__fds *fds, const struct ctr__fd *fd)
{
	struct ctr__fd *grown;
	size_t at = fds->n;

	for (size_t i = 0; i < fds->n; i++)
		if (fds->v[i].target == fd->target) {
			ctr__fd_close(fds->v[i].fd);
			fds->v[i] = *fd;
			return 0;
		}
	grown = reallocarray(fds->v, fds->n + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	fds->v = grown;
	for (; at > 0 && grown[at - 1].target > fd->target; at--)
		grown[at] = grown[at - 1];
	grown[at] = *fd;
	fds->n++;
	return 0;
}

int ctr__fds_inherit_standard(struct ctr__fds *fds)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (put(fds, &(struct ctr__fd){ .target = fd, .fd = -1 }))
			return -ENOMEM;
	return 0;
}

static int copy_one(struct ctr__fds *to, const struct ctr__fd *from)
{
	struct ctr__fd copy = *from;

	copy.fd = from->fd < 0 ? -1 : ctr__fd_dup(from->fd, 0);
	if (from->fd >= 0 && copy.fd < 0)
		return copy.fd;
	if (!put(to, &copy))
		return 0;
	ctr__fd_close(copy.fd);
	return -ENOMEM;
}

int ctr__fds_copy(struct ctr__fds *to, const struct ctr__fds *from)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < from->n; i++)
		r = copy_one(to, &from->v[i]);
	return r;
}

void ctr__fds_clear(struct ctr__fds *fds)
{
	for (size_t i = 0; i < fds->n; i++)
		ctr__fd_close(fds->v[i].fd);
	free(fds->v);
}

int ctr__fds_refuse_directory(int fd, ctr_error *err)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", fd);
	return ctr__error_set(err, CTR_E_INVALID, 0, "descriptor", text,
			      "it is a directory, from which a program can open files outside "
			      "its root: close the descriptor, mount the directory, or pass it "
			      "explicitly as a directory");
}

/* The duplicate of a descriptor that is open, which is a directory if that is what is wanted. */
static int take_source(int source, bool directory, ctr_error *err)
{
	_cleanup_fd_ int fd = ctr__fd_dup(source, 0);
	int r;

	if (fd == -EBADF)
		return ctr__error_int(err, "source descriptor", source, "an open descriptor");
	if (fd < 0)
		return ctr__error_sys(err, -fd, "duplicate a descriptor", NULL);
	r = ctr__fd_is_directory(fd);
	if (r < 0)
		return ctr__error_sys(err, -r, "look at a descriptor", NULL);
	if (r && !directory)
		return ctr__fds_refuse_directory(source, err);
	if (!r && directory)
		return ctr__error_int(err, "source descriptor", source, "a directory");
	return ctr__fd_take(&fd);
}

static int set_fd(ctr_process *process, int target, int source, bool directory, ctr_error *err)
{
	struct ctr__fd fd = {
		.target = target, .source = CTR__FD_NULL, .fd = -1, .directory = directory
	};

	if (target < 0 || target > CTR__FD_MAX)
		return ctr__error_int(err, "target descriptor", target, "0 to 65535");
	if (source < -1)
		return ctr__error_int(err, "source descriptor", source,
				      "an open descriptor, or -1");
	if (source >= 0) {
		fd.source = CTR__FD_GIVEN;
		fd.fd = take_source(source, directory, err);
		if (fd.fd < 0)
			return -1;
	}
	if (!put(&process->fds, &fd))
		return 0;
	ctr__fd_close(fd.fd);
	return ctr__error_nomem(err);
}

CTR_EXPORT int ctr_process_set_fd(ctr_process *process, int target, int source, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	return set_fd(process, target, source, false, err);
}

CTR_EXPORT int ctr_process_set_dir_fd(ctr_process *process, int target, int source, ctr_error *err)
{
	if (ctr__process_begin(process, &err))
		return -1;
	return set_fd(process, target, source, true, err);
}
