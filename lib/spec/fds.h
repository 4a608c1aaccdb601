/* SPDX-License-Identifier: MIT */
/* The descriptors that a program gets: the part of a process that fds.c fills. */
#ifndef CTR_SPEC_FDS_H
#define CTR_SPEC_FDS_H

#include <minictr/error.h>
#include <stdbool.h>
#include <stddef.h>

#define CTR__FD_MAX 65535

enum ctr__fd_source {
	CTR__FD_INHERIT, /* the caller's descriptor of that number at the spawn */
	CTR__FD_NULL,	 /* /dev/null */
	CTR__FD_GIVEN,	 /* the duplicate in fd */
};

struct ctr__fd {
	int target;
	enum ctr__fd_source source;
	int fd;
	bool directory; /* it may be one */
};

struct ctr__fds {
	struct ctr__fd *v; /* ascending by target */
	size_t n;
};

/* The caller's 0, 1 and 2, into one that is all zeros; 0 or -errno. */
int ctr__fds_inherit_standard(struct ctr__fds *fds);

/* Into one that is all zeros; 0 or -errno, what was copied then is there to be cleared. */
int ctr__fds_copy(struct ctr__fds *to, const struct ctr__fds *from);

void ctr__fds_clear(struct ctr__fds *fds);

/* -1 with an error that says why a directory is not passed to a program. */
int ctr__fds_refuse_directory(int fd, ctr_error *err);

#endif
