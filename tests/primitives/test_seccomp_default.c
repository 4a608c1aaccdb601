/* SPDX-License-Identifier: MIT */
/*
 * The default filter, which is a tree of ranges, answers as the one that libseccomp makes of the
 * same names, and as a tree of any size has to.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/arch.h"
#include "primitives/effect.h"
#include "primitives/seccomp.h"
#include "primitives/seccomp_reference.h"
#include "primitives/seccomp_tree.h"
#include "support/suite.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ARGS 6
#define CAPS (CAP_LAST_CAP + 1)

/* ---- running a program ---- */

struct program {
	struct sock_filter *insns;
	size_t n;
};

/* Asserts write to a file, even those that hold: none of them is in what is done often. */
static bool compare(const struct sock_filter *insn, uint32_t a)
{
	switch (insn->code) {
	case BPF_JMP | BPF_K | BPF_JEQ:
		return a == insn->k;
	case BPF_JMP | BPF_K | BPF_JGT:
		return a > insn->k;
	case BPF_JMP | BPF_K | BPF_JGE:
		return a >= insn->k;
	case BPF_JMP | BPF_K | BPF_JSET:
		return a & insn->k;
	default:
		ck_abort_msg("an instruction with code %#x", insn->code);
	}
}

/* What it returns. *looked: whether it has loaded an argument. */
static uint32_t run(const struct program *p, const struct seccomp_data *data, bool *looked)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < p->n; pc++) {
		const struct sock_filter *insn = &p->insns[pc];

		switch (insn->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			*looked |= insn->k >= offsetof(struct seccomp_data, args);
			memcpy(&a, (const char *)data + insn->k, sizeof(a));
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= insn->k;
			break;
		case BPF_RET | BPF_K:
			return insn->k;
		case BPF_JMP | BPF_JA:
			pc += insn->k;
			break;
		default:
			pc += compare(insn, a) ? insn->jt : insn->jf;
		}
	}
	ck_abort_msg("the program has no end");
}

static uint32_t answer(const struct program *p, const struct seccomp_data *data)
{
	bool looked = false;

	return run(p, data, &looked);
}

/* ---- both filters ---- */

struct both {
	struct program tree, reference;
	uint64_t caps;
	bool log;
};

static struct both make(uint64_t caps, bool log)
{
	struct both both = { .caps = caps, .log = log };

	ck_assert_int_eq(ctr__seccomp_build(caps, log, &both.tree.insns, &both.tree.n), 0);
	ck_assert_int_eq(seccomp_reference(caps, log, &both.reference.insns, &both.reference.n), 0);
	return both;
}

static void release(struct both *both)
{
	free(both->tree.insns);
	free(both->reference.insns);
}

static void compare_call(const struct both *both, const struct seccomp_data *data)
{
	const uint32_t tree = answer(&both->tree, data);
	const uint32_t reference = answer(&both->reference, data);

	if (tree == reference)
		return;
	ck_abort_msg("call %d of %#x with %#llx %#llx, capabilities %#llx, log %d: %#x instead of "
		     "%#x",
		     data->nr, data->arch, data->args[0], data->args[1],
		     (unsigned long long)both->caps, both->log, tree, reference);
}

/* ---- which calls ---- */

struct numbers {
	uint32_t v[8192];
	size_t n;
};

static void add(struct numbers *numbers, uint32_t first, uint32_t count)
{
	ck_assert_uint_le(numbers->n + count, COUNT(numbers->v));
	for (uint32_t i = 0; i < count; i++)
		numbers->v[numbers->n++] = first + i;
}

/* What a program compares with, and the neighbours of that. */
static void add_constants(struct numbers *numbers, const struct program *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (BPF_CLASS(p->insns[i].code) == BPF_JMP)
			add(numbers, p->insns[i].k - 1, 3);
}

/* All that there are, x32's, and where anything can change. */
static void find_calls(struct numbers *numbers, const struct both *both)
{
	numbers->n = 0;
	add(numbers, 0, 700);
	add(numbers, 0x3fffff00, 0x100 + 700);
	add(numbers, 0x7fffff00, 0x200);
	add(numbers, 0xffffff00, 0x100);
	add_constants(numbers, &both->tree);
	add_constants(numbers, &both->reference);
}

/* Each bit, each constant, and some of anything; all of them with other bits above. */
static void find_values(struct numbers *numbers, const struct both *both)
{
	uint32_t random = 1;

	numbers->n = 0;
	add(numbers, 0, 64);
	for (int bit = 0; bit < 32; bit++)
		add(numbers, 1u << bit, 1);
	for (int i = 0; i < 100; i++)
		add(numbers, random = random * 1664525 + 1013904223, 1);
	add_constants(numbers, &both->tree);
	add_constants(numbers, &both->reference);
}

static const uint64_t above[] = { 0, 0x100000000, 0x8000000000000000, 0xffffffff00000000 };

/* Whatever the arguments of a call are, as far as all have the same value. */
static void compare_numbers(const struct both *both, uint32_t arch)
{
	static struct numbers calls;

	find_calls(&calls, both);
	for (size_t i = 0; i < calls.n; i++)
		for (size_t j = 0; j < COUNT(above); j++) {
			struct seccomp_data data = { .nr = (int)calls.v[i], .arch = arch };

			for (size_t k = 0; k < ARGS; k++)
				data.args[k] = above[j] | (above[j] ? 0 : 1);
			compare_call(both, &data);
		}
}

/* One argument of a call at a time. */
static void compare_arguments(const struct both *both, int nr)
{
	static struct numbers values;

	find_values(&values, both);
	for (size_t arg = 0; arg < ARGS; arg++)
		for (size_t i = 0; i < values.n; i++)
			for (size_t j = 0; j < COUNT(above); j++) {
				struct seccomp_data data = { .nr = nr, .arch = CTR__AUDIT_ARCH };

				data.args[arg] = above[j] | values.v[i];
				compare_call(both, &data);
			}
}

static const int by_arguments[] = { SYS_ioctl,	     SYS_fcntl, SYS_socket, SYS_socketpair,
				    SYS_personality, SYS_clone, SYS_clone3 };

static bool is_by_arguments(int nr)
{
	for (size_t i = 0; i < COUNT(by_arguments); i++)
		if (by_arguments[i] == nr)
			return true;
	return false;
}

static void compare_all(uint64_t caps, bool log)
{
	struct both both = make(caps, log);

	compare_numbers(&both, CTR__AUDIT_ARCH);
	for (size_t i = 0; i < COUNT(by_arguments); i++)
		compare_arguments(&both, by_arguments[i]);
	release(&both);
}

/* ---- the tests ---- */

START_TEST(test_default__is_the_reference_without_capabilities)
{
	compare_all(0, _i);
}
END_TEST

START_TEST(test_default__is_the_reference_with_the_default_ones)
{
	compare_all(ctr_caps_default(), _i);
}
END_TEST

START_TEST(test_default__is_the_reference_with_all)
{
	compare_all(UINT64_MAX, _i);
}
END_TEST

START_TEST(test_default__is_the_reference_with_one)
{
	if (suite_is_slow() && _i % 4)
		return;
	compare_all(1ull << _i, false);
}
END_TEST

START_TEST(test_default__is_the_reference_with_all_but_one)
{
	if (suite_is_slow() && _i % 4)
		return;
	compare_all(~(1ull << _i), false);
}
END_TEST

/* Every architecture that is known, some that are not, and one bit off. */
START_TEST(test_default__is_the_reference_for_other_architectures)
{
	static const uint32_t known[] = {
		0,
		AUDIT_ARCH_X86_64,
		AUDIT_ARCH_I386,
		AUDIT_ARCH_AARCH64,
		AUDIT_ARCH_ARM,
		AUDIT_ARCH_RISCV64,
		AUDIT_ARCH_PPC64LE,
		AUDIT_ARCH_S390X,
		AUDIT_ARCH_MIPSEL64,
		UINT32_MAX,
	};
	struct both both = make(_i ? UINT64_MAX : ctr_caps_default(), _i == 2);

	for (size_t i = 0; i < COUNT(known); i++)
		compare_numbers(&both, known[i]);
	for (int bit = 0; bit < 32; bit++)
		compare_numbers(&both, CTR__AUDIT_ARCH ^ (1u << bit));
	release(&both);
}
END_TEST

START_TEST(test_default__knows_the_architecture)
{
	ck_assert_uint_eq(CTR__AUDIT_ARCH, seccomp_arch_native());
}
END_TEST

/*
 * The kernel keeps a list of calls that are allowed whatever their arguments are, and does not
 * run the filter for these. It finds them by following the program, up to the first argument.
 */
START_TEST(test_default__looks_at_few_arguments)
{
	struct program p;

	ck_assert_int_eq(ctr__seccomp_build(ctr_caps_default(), false, &p.insns, &p.n), 0);
	ck_assert_uint_eq(p.insns[0].code, BPF_LD | BPF_W | BPF_ABS);
	ck_assert_uint_eq(p.insns[0].k, offsetof(struct seccomp_data, arch));
	for (int nr = 0; nr < 700; nr++) {
		const struct seccomp_data data = { .nr = nr, .arch = CTR__AUDIT_ARCH };
		bool looked = false;

		run(&p, &data, &looked);
		ck_assert_msg(looked == (is_by_arguments(nr) && nr != SYS_clone3), "call %d", nr);
	}
	free(p.insns);
}
END_TEST

/* The kernel converts, compiles and tries it at each start, which takes as long as it is large. */
START_TEST(test_default__is_small)
{
	struct program p;

	ck_assert_int_eq(ctr__seccomp_build(1ull << _i, false, &p.insns, &p.n), 0);
	ck_assert_uint_le(p.n, 128);
	free(p.insns);
}
END_TEST

/* ---- trees of any size ---- */

static const uint32_t odd[] = { 5 };
static const struct ctr__tree_question is_odd = { 2, false, odd, 1 };
static const struct ctr__tree_answer tree_answers[] = {
	{ NULL, 1, 0 }, { NULL, 2, 0 }, { NULL, 3, 0 }, { &is_odd, 4, 5 }, { &is_odd, 1, 6 },
};

/* From 10 * i on, the answer of a range is one that its neighbours don't have. */
static unsigned answer_in(size_t i, unsigned seed)
{
	return (unsigned)((i * (i + seed) / 3 + i) % COUNT(tree_answers));
}

static size_t fill(struct ctr__tree_range *ranges, size_t n, unsigned seed)
{
	size_t made = 0;

	for (size_t i = 0; made < n; i++) {
		const uint32_t first = made ? (uint32_t)(10 * i - i % 2 * 9) : 0;

		if (made && ranges[made - 1].answer == answer_in(i, seed))
			continue;
		ranges[made++] = (struct ctr__tree_range){ first, answer_in(i, seed) };
	}
	return made;
}

static uint32_t expected(const struct ctr__tree *tree, const struct seccomp_data *data)
{
	const struct ctr__tree_answer *is = &tree_answers[tree->ranges[0].answer];

	for (size_t i = 0; i < tree->n_ranges; i++)
		if (tree->ranges[i].first <= (uint32_t)data->nr)
			is = &tree_answers[tree->ranges[i].answer];
	if (data->arch != tree->arch)
		return tree->foreign;
	return !is->question || data->args[2] == odd[0] ? is->yes : is->no;
}

static void check_tree(const struct ctr__tree *tree, const struct program *p)
{
	struct seccomp_data data = { 0 };

	for (size_t i = 0; i < tree->n_ranges; i++)
		for (uint32_t j = 0; j < 12; j++) {
			data.nr = (int)(tree->ranges[i].first + j / 4 - 1);
			data.arch = j % 4 == 3 ? 8 : 7;
			data.args[2] = 4 + j % 2;
			if (answer(p, &data) != expected(tree, &data))
				ck_abort_msg("%zu ranges, call %d, %d", tree->n_ranges, data.nr,
					     (int)j);
		}
}

/* More than the 255 instructions that a comparison can skip, in many ways. */
START_TEST(test_tree__jumps_as_far_as_it_has_to)
{
	static const size_t sizes[] = {
		1, 2, 3, 4, 5, 30, 100, 127, 128, 200, 256, 300, 700, 1500
	};
	struct ctr__tree_range *ranges = calloc(1500, sizeof(*ranges));

	for (size_t i = 0; i < COUNT(sizes); i++) {
		const struct ctr__tree tree = {
			.arch = 7,
			.foreign = 9,
			.answers = tree_answers,
			.n_answers = COUNT(tree_answers),
			.ranges = ranges,
			.n_ranges = fill(ranges, sizes[i], (unsigned)_i),
		};
		struct program p;

		ck_assert_int_eq(ctr__tree_compile(&tree, &p.insns, &p.n), 0);
		check_tree(&tree, &p);
		free(p.insns);
	}
	free(ranges);
}
END_TEST

START_TEST(test_tree__is_bounded)
{
	struct ctr__tree_range *ranges = calloc(5000, sizeof(*ranges));
	const struct ctr__tree tree = {
		.arch = 7,
		.answers = tree_answers,
		.n_answers = COUNT(tree_answers),
		.ranges = ranges,
		.n_ranges = fill(ranges, 5000, 0),
	};
	struct program p;

	ck_assert_int_eq(ctr__tree_compile(&tree, &p.insns, &p.n), -E2BIG);
	ck_assert_ptr_null(p.insns);
	free(ranges);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("seccomp_default");
	TCase *tc = suite_case(s, "seccomp_default");

	tcase_add_checked_fixture(tc, effect_begin, effect_end);
	tcase_add_loop_test(tc, test_default__is_the_reference_without_capabilities, 0, 2);
	tcase_add_loop_test(tc, test_default__is_the_reference_with_the_default_ones, 0, 2);
	tcase_add_loop_test(tc, test_default__is_the_reference_with_all, 0, 2);
	tcase_add_loop_test(tc, test_default__is_the_reference_with_one, 0, CAPS);
	tcase_add_loop_test(tc, test_default__is_the_reference_with_all_but_one, 0, CAPS);
	tcase_add_loop_test(tc, test_default__is_the_reference_for_other_architectures, 0, 3);
	tcase_add_test(tc, test_default__knows_the_architecture);
	tcase_add_test(tc, test_default__looks_at_few_arguments);
	tcase_add_loop_test(tc, test_default__is_small, 0, CAPS);
	tcase_add_loop_test(tc, test_tree__jumps_as_far_as_it_has_to, 0, 10);
	tcase_add_test(tc, test_tree__is_bounded);
	return suite_run(s);
}
