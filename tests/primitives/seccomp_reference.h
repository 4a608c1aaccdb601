/* SPDX-License-Identifier: MIT */
#ifndef TESTS_PRIMITIVES_SECCOMP_REFERENCE_H
#define TESTS_PRIMITIVES_SECCOMP_REFERENCE_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As ctr__seccomp_build(). */
int seccomp_reference(uint64_t caps, bool log, struct sock_filter **insns, size_t *n);

#endif
