/* SPDX-License-Identifier: MIT */
/*
 * The program is written from its end to its start. Jumps lead forward only, so that the place
 * of whatever one leads to is known when it is written. A place is counted from the end: an
 * instruction that has been written keeps its own.
 */
#include "primitives/seccomp_tree.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>

#define INSNS_MAX 4096 /* BPF_MAXINSNS, which the kernel takes */
#define JUMP_MAX 255   /* of a comparison, which has 8 bits for each way */
#define LOWER_HALF (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0)

struct writer {
	const struct ctr__tree *tree;
	struct sock_filter insns[INSNS_MAX];
	size_t n; /* how many there are, at the end of insns[]: the place of the first one */
	bool full;
	size_t places[CTR__TREE_ANSWERS_MAX]; /* of answers; 0: not written yet */
};

static const struct sock_filter *at(const struct writer *w, size_t place)
{
	return &w->insns[INSNS_MAX - place];
}

/* Each of these returns the place of what it has written. */
static size_t put(struct writer *w, struct sock_filter insn)
{
	if (w->n == INSNS_MAX) {
		w->full = true;
		return w->n;
	}
	w->n++;
	w->insns[INSNS_MAX - w->n] = insn;
	return w->n;
}

/* There may be one near already. */
static size_t put_return(struct writer *w, uint32_t action)
{
	for (size_t place = w->n; place > 0 && w->n - place < JUMP_MAX; place--)
		if (at(w, place)->code == (BPF_RET | BPF_K) && at(w, place)->k == action)
			return place;
	return put(w, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* A place that has the same effect, and from which so many instructions may yet be written. */
static size_t within_reach(struct writer *w, size_t place, size_t more)
{
	if (w->n - place + more <= JUMP_MAX)
		return place;
	if (BPF_CLASS(at(w, place)->code) == BPF_RET)
		return put(w, *at(w, place));
	return put(w, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)(w->n - place)));
}

static size_t put_jump(struct writer *w, uint16_t comparison, uint32_t value, size_t yes, size_t no)
{
	yes = within_reach(w, yes, 1);
	no = within_reach(w, no, 0);
	return put(w, (struct sock_filter)BPF_JUMP((uint16_t)(BPF_JMP | BPF_K | comparison), value,
						   (uint8_t)(w->n - yes), (uint8_t)(w->n - no)));
}

static size_t put_load(struct writer *w, size_t offset)
{
	return put(w, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static size_t put_question(struct writer *w, const struct ctr__tree_answer *answer)
{
	const struct ctr__tree_question *question = answer->question;
	const size_t yes = put_return(w, answer->yes);
	size_t next = put_return(w, answer->no);

	for (size_t i = question->n; i > 0; i--)
		next = put_jump(w, question->bits ? BPF_JSET : BPF_JEQ, question->values[i - 1],
				yes, next);
	return put_load(w, offsetof(struct seccomp_data, args[question->arg]) + LOWER_HALF);
}

static size_t put_answer(struct writer *w, unsigned index)
{
	const struct ctr__tree_answer *answer = &w->tree->answers[index];

	if (!w->places[index])
		w->places[index] =
			answer->question ? put_question(w, answer) : put_return(w, answer->yes);
	return w->places[index];
}

/* One number between two ranges of the same answer takes one comparison instead of two. */
static bool is_exception(const struct ctr__tree_range *range)
{
	return range[1].first + 1 == range[2].first && range[0].answer == range[2].answer;
}

/* The ranges from one to before another, which are halved until one is left. */
static size_t put_ranges(struct writer *w, size_t from, size_t to)
{
	const struct ctr__tree_range *ranges = w->tree->ranges;
	const size_t middle = from + (to - from) / 2;
	size_t below, above;

	if (to - from == 1)
		return put_answer(w, ranges[from].answer);
	if (to - from == 3 && is_exception(&ranges[from])) {
		above = put_answer(w, ranges[from].answer);
		return put_jump(w, BPF_JEQ, ranges[from + 1].first,
				put_answer(w, ranges[from + 1].answer), above);
	}
	above = put_ranges(w, middle, to);
	below = put_ranges(w, from, middle);
	return put_jump(w, BPF_JGE, ranges[middle].first, above, below);
}

/*
 * The architecture comes first: numbers mean something in one alone. No argument is loaded before
 * a number asks for it: the kernel keeps a list of calls that are allowed without looking at any,
 * for which it does not run the program.
 */
static void put_all(struct writer *w)
{
	const size_t foreign = put_return(w, w->tree->foreign);
	const size_t first = put_ranges(w, 0, w->tree->n_ranges);

	if (first != w->n)
		put(w, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)(w->n - first)));
	put_load(w, offsetof(struct seccomp_data, nr));
	put_jump(w, BPF_JEQ, w->tree->arch, w->n, foreign);
	put_load(w, offsetof(struct seccomp_data, arch));
}

int ctr__tree_compile(const struct ctr__tree *tree, struct sock_filter **insns, size_t *n)
{
	struct writer *w = calloc(1, sizeof(*w));
	int r = -ENOMEM;

	*insns = NULL;
	if (!w)
		return r;
	w->tree = tree;
	put_all(w);
	*n = w->n;
	if (!w->full)
		*insns = malloc(w->n * sizeof(**insns));
	if (*insns) {
		memcpy(*insns, at(w, w->n), w->n * sizeof(**insns));
		r = 0;
	}
	if (w->full)
		r = -E2BIG;
	free(w);
	return r;
}
