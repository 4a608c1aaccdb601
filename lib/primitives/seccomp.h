/* SPDX-License-Identifier: MIT */
/* The default filter of system calls, as the kernel loads it: seccomp(2). */
#ifndef CTR_PRIMITIVES_SECCOMP_H
#define CTR_PRIMITIVES_SECCOMP_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/step.h"

/*
 * Makes the filter for a container with these capabilities; *insns is to be freed. 0 or
 * -errno. It takes milliseconds.
 */
int ctr__seccomp_build(uint64_t caps, struct sock_filter **insns, size_t *n);

/* The one that was made when the library was built, for this set of capabilities. */
extern const uint64_t ctr__seccomp_caps;
extern const struct ctr__step_filter ctr__seccomp_default;

/* Those of the capabilities that the filter depends on. */
uint64_t ctr__seccomp_relevant(uint64_t caps);

#endif
