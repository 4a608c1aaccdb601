/* SPDX-License-Identifier: MIT */
/* Filters of system calls, as the kernel loads them: seccomp(2). */
#ifndef CTR_PRIMITIVES_SECCOMP_H
#define CTR_PRIMITIVES_SECCOMP_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <minictr/error.h>

#include "plan/step.h"

#define CTR__SECCOMP_INSNS_MAX 4096 /* BPF_MAXINSNS, which the kernel takes */

/* ---- seccomp.c ---- */

/* What the default filter does with a call. */
enum ctr__seccomp_call {
	CTR__CALL_UNKNOWN,
	CTR__CALL_ALLOWED,
	CTR__CALL_REFUSED,
	CTR__CALL_FOREIGN, /* of another architecture, which has its own range of numbers */
	/* By an argument. */
	CTR__CALL_NAMESPACES,
	CTR__CALL_REQUEST,
	CTR__CALL_COMMAND,
	CTR__CALL_FAMILY,
	CTR__CALL_PERSONALITY,
};

/* Calls from a number on, up to the next range. */
struct ctr__seccomp_range {
	uint32_t first;
	enum ctr__seccomp_call call;
	uint64_t caps; /* with any of these it is allowed */
};

struct ctr__seccomp_table {
	const struct ctr__seccomp_range *ranges; /* by number, from 0 on */
	size_t n;
};

/*
 * Makes the default filter of a table for a container with these capabilities; *insns is to be
 * freed. 0 or -errno. log: it refuses nothing, and the kernel tells of what it would refuse.
 */
int ctr__seccomp_make(const struct ctr__seccomp_table *table, uint64_t caps, bool log,
		      struct sock_filter **insns, size_t *n);

/* ---- made by the build: seccomp_print.c ---- */

extern const struct ctr__seccomp_table ctr__seccomp_table;

static inline int ctr__seccomp_build(uint64_t caps, bool log, struct sock_filter **insns, size_t *n)
{
	return ctr__seccomp_make(&ctr__seccomp_table, caps, log, insns, n);
}

/* ---- seccomp_profile.c ---- */

/* What a profile comes to: to be freed. */
struct ctr__profile {
	struct sock_filter *insns;
	size_t n;
	unsigned flags; /* SECCOMP_FILTER_FLAG_* */
};

/*
 * A profile in the form of docker's and the OCI's: the whole of it is checked, and if
 * profile is not NULL the filter for a process with these capabilities is made. origin
 * is the file that it is from, for errors; NULL: none.
 */
int ctr__seccomp_profile(const char *text, const char *origin, uint64_t caps,
			 struct ctr__profile *profile, ctr_error *err);

/* Reads the file of one, at most 1 MiB; *text is to be freed. */
int ctr__seccomp_read(const char *path, char **text, ctr_error *err);

/* ---- seccomp_run.c ---- */

/* A call of which some arguments are known: bit i of known says that args[i] is one. */
struct ctr__call {
	int nr;
	unsigned known;
	uint64_t args[6];
};

/* What a filter can do to a call: these bits. */
#define CTR__MAY_PASS (1u << 0)	  /* it is made, perhaps with a line in a log */
#define CTR__MAY_NOTIFY (1u << 1) /* somebody is asked, and waited for */
#define CTR__MAY_REFUSE (1u << 2) /* anything else, the end of the process included */

/* 0 with what it may do to the call in *outcomes, or -ENOMEM. */
int ctr__seccomp_outcomes(const struct sock_filter *insns, size_t n, const struct ctr__call *call,
			  unsigned *outcomes);

/* Whether an instruction of it says that somebody is to be asked. */
bool ctr__seccomp_notifies(const struct sock_filter *insns, size_t n);

/* Whether there may be so many instructions. */
int ctr__seccomp_check_size(const void *insns, size_t n, ctr_error *err);

#endif
