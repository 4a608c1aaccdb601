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

/*
 * Makes the default filter for a container with these capabilities; *insns is to be freed.
 * 0 or -errno. It takes milliseconds. log: it refuses nothing, and the kernel tells of what
 * it would refuse.
 */
int ctr__seccomp_build(uint64_t caps, bool log, struct sock_filter **insns, size_t *n);

/* The one that was made when the library was built, for this set of capabilities. */
extern const uint64_t ctr__seccomp_caps;
extern const struct ctr__step_filter ctr__seccomp_default;

/* Those of the capabilities that the filter depends on. */
uint64_t ctr__seccomp_relevant(uint64_t caps);

/* The program of a filter of libseccomp's (scmp_filter_ctx); to be freed. 0 or -errno. */
int ctr__seccomp_export(void *ctx, struct sock_filter **insns, size_t *n);

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
