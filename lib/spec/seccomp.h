/* SPDX-License-Identifier: MIT */
/* Which system calls a program may make: the part of a process that seccomp.c fills. */
#ifndef CTR_SPEC_SECCOMP_H
#define CTR_SPEC_SECCOMP_H

#include <linux/filter.h>
#include <stddef.h>

enum ctr__seccomp_kind {
	CTR__SECCOMP_DEFAULT,
	CTR__SECCOMP_NONE,
	CTR__SECCOMP_LOG,
	CTR__SECCOMP_JSON,
	CTR__SECCOMP_BPF,
};

struct ctr__seccomp {
	enum ctr__seccomp_kind kind;
	char *text;		   /* JSON */
	char *origin;		   /* the file it is from; NULL: none */
	struct sock_filter *insns; /* BPF */
	size_t n;
};

/* Into one that is all zeros; 0 or -errno, what was copied then is there to be cleared. */
int ctr__seccomp_copy(struct ctr__seccomp *to, const struct ctr__seccomp *from);

void ctr__seccomp_clear(struct ctr__seccomp *seccomp);

#endif
