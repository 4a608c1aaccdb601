/* SPDX-License-Identifier: MIT */
/*
 * A filter that decides by ranges of call numbers: its program is a tree of comparisons, which
 * the kernel loads in a fraction of the time that a comparison with each number takes it.
 */
#ifndef CTR_PRIMITIVES_SECCOMP_TREE_H
#define CTR_PRIMITIVES_SECCOMP_TREE_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What can be asked about the lower 32 bits of an argument, which is all of an int. */
struct ctr__tree_question {
	unsigned arg;
	bool bits; /* whether it has any of the bits of the only value; else whether it is one */
	const uint32_t *values;
	size_t n;
};

/* What becomes of a call: SECCOMP_RET_*. */
struct ctr__tree_answer {
	const struct ctr__tree_question *question; /* NULL: none, and it is yes */
	uint32_t yes, no;
};

/* Calls from a number on, up to the next range. */
struct ctr__tree_range {
	uint32_t first;
	unsigned answer; /* index */
};

#define CTR__TREE_ANSWERS_MAX 16

struct ctr__tree {
	uint32_t arch, foreign; /* AUDIT_ARCH_*, and what becomes of all calls of others */
	const struct ctr__tree_answer *answers;
	size_t n_answers;
	const struct ctr__tree_range *ranges; /* by number, from 0 on; neighbours differ */
	size_t n_ranges;
};

/* Its program; *insns is to be freed. 0, -ENOMEM, or -E2BIG: the kernel would not take it. */
int ctr__tree_compile(const struct ctr__tree *tree, struct sock_filter **insns, size_t *n);

#endif
