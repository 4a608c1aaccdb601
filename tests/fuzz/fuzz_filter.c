/* SPDX-License-Identifier: MIT */
/*
 * Programs of filters: what primitives/seccomp_run.c finds that one may do to a call, against an
 * interpreter that does what the kernel's documentation of classic BPF says, for one call at a
 * time. The input is the call, then the program: see take_call() and take_insn().
 */
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "primitives/seccomp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INSNS_MAX = 128, WORDS = sizeof(struct seccomp_data) / 4, CELLS = 16, ROUNDS = 24 };

#define WORD_OF(member) (offsetof(struct seccomp_data, member) / 4)

/* ---- the input ---- */

struct input {
	const uint8_t *at;
	size_t left;
};

/* Little-endian; zeros follow the end. */
static uint64_t take(struct input *in, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = 0; i < bytes && in->left; i++, in->left--)
		value |= (uint64_t)*in->at++ << 8 * i;
	return value;
}

/* All that the kernel takes of a filter: seccomp_check_filter(). */
static const uint16_t codes[] = {
	BPF_LD | BPF_W | BPF_ABS,
	BPF_LD | BPF_W | BPF_LEN,
	BPF_LDX | BPF_W | BPF_LEN,
	BPF_RET | BPF_K,
	BPF_RET | BPF_A,
	BPF_ALU | BPF_ADD | BPF_K,
	BPF_ALU | BPF_ADD | BPF_X,
	BPF_ALU | BPF_SUB | BPF_K,
	BPF_ALU | BPF_SUB | BPF_X,
	BPF_ALU | BPF_MUL | BPF_K,
	BPF_ALU | BPF_MUL | BPF_X,
	BPF_ALU | BPF_DIV | BPF_K,
	BPF_ALU | BPF_DIV | BPF_X,
	BPF_ALU | BPF_AND | BPF_K,
	BPF_ALU | BPF_AND | BPF_X,
	BPF_ALU | BPF_OR | BPF_K,
	BPF_ALU | BPF_OR | BPF_X,
	BPF_ALU | BPF_XOR | BPF_K,
	BPF_ALU | BPF_XOR | BPF_X,
	BPF_ALU | BPF_LSH | BPF_K,
	BPF_ALU | BPF_LSH | BPF_X,
	BPF_ALU | BPF_RSH | BPF_K,
	BPF_ALU | BPF_RSH | BPF_X,
	BPF_ALU | BPF_NEG,
	BPF_LD | BPF_IMM,
	BPF_LDX | BPF_IMM,
	BPF_MISC | BPF_TAX,
	BPF_MISC | BPF_TXA,
	BPF_LD | BPF_MEM,
	BPF_LDX | BPF_MEM,
	BPF_ST,
	BPF_STX,
	BPF_JMP | BPF_JA,
	BPF_JMP | BPF_JEQ | BPF_K,
	BPF_JMP | BPF_JEQ | BPF_X,
	BPF_JMP | BPF_JGE | BPF_K,
	BPF_JMP | BPF_JGE | BPF_X,
	BPF_JMP | BPF_JGT | BPF_K,
	BPF_JMP | BPF_JGT | BPF_X,
	BPF_JMP | BPF_JSET | BPF_K,
	BPF_JMP | BPF_JSET | BPF_X,
};

#define CODES (sizeof(codes) / sizeof(codes[0]))

/* One byte says which arguments are known. */
static struct ctr__call take_call(struct input *in)
{
	struct ctr__call call = { .known = (unsigned)take(in, 1) & 0x3f };

	call.nr = (int)take(in, 2);
	for (size_t i = 0; i < 6; i++)
		call.args[i] = take(in, 8);
	return call;
}

static uint32_t action_of(uint32_t k)
{
	static const uint32_t actions[] = { SECCOMP_RET_ALLOW,	      SECCOMP_RET_USER_NOTIF,
					    SECCOMP_RET_ERRNO,	      SECCOMP_RET_LOG,
					    SECCOMP_RET_TRACE,	      SECCOMP_RET_TRAP,
					    SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD };

	return actions[k % 8] | k >> 16;
}

static uint32_t constant_for(uint16_t code, uint32_t k, size_t left)
{
	switch (BPF_CLASS(code)) {
	case BPF_LD:
	case BPF_LDX:
		return BPF_MODE(code) == BPF_ABS   ? k % WORDS * 4
		       : BPF_MODE(code) == BPF_MEM ? k % CELLS
						   : k;
	case BPF_ST:
	case BPF_STX:
		return k % CELLS;
	case BPF_RET:
		return action_of(k);
	case BPF_JMP:
		return BPF_OP(code) == BPF_JA ? k % (uint32_t)left : k;
	default: /* no division by zero, no shift out of the word */
		return code == (BPF_ALU | BPF_DIV | BPF_K)		    ? k | 1
		       : BPF_OP(code) == BPF_LSH || BPF_OP(code) == BPF_RSH ? k % 32
									    : k;
	}
}

/* left: how many follow. A byte each for code, jt and jf, four for k, made to what is allowed. */
static struct sock_filter take_insn(struct input *in, size_t left)
{
	struct sock_filter insn = { .code = codes[take(in, 1) % CODES] };
	const uint8_t yes = (uint8_t)take(in, 1), no = (uint8_t)take(in, 1);

	if (left == 0)
		insn.code = BPF_RET | BPF_K;
	else if (BPF_CLASS(insn.code) == BPF_JMP && BPF_OP(insn.code) != BPF_JA) {
		insn.jt = (uint8_t)(yes % left);
		insn.jf = (uint8_t)(no % left);
	}
	insn.k = constant_for(insn.code, (uint32_t)take(in, 4), left);
	return insn;
}

/* ---- the interpreter ---- */

struct machine {
	uint32_t a, x, cells[CELLS];
	uint32_t words[WORDS]; /* struct seccomp_data */
};

static uint32_t calculate(const struct sock_filter *insn, uint32_t a, uint32_t b)
{
	switch (BPF_OP(insn->code)) {
	case BPF_ADD:
		return a + b;
	case BPF_SUB:
		return a - b;
	case BPF_MUL:
		return a * b;
	case BPF_DIV:
		return a / b;
	case BPF_AND:
		return a & b;
	case BPF_OR:
		return a | b;
	case BPF_XOR:
		return a ^ b;
	case BPF_LSH:
		return a << (b & 31);
	case BPF_RSH:
		return a >> (b & 31);
	default: /* BPF_NEG */
		return -a;
	}
}

static bool compare(uint16_t code, uint32_t a, uint32_t b)
{
	switch (BPF_OP(code)) {
	case BPF_JEQ:
		return a == b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	default:
		return (a & b) != 0;
	}
}

static uint32_t load(const struct machine *m, const struct sock_filter *insn)
{
	switch (BPF_MODE(insn->code)) {
	case BPF_ABS:
		return m->words[insn->k / 4];
	case BPF_LEN:
		return sizeof(struct seccomp_data);
	case BPF_MEM:
		return m->cells[insn->k];
	default:
		return insn->k;
	}
}

/* What the program returns. A division by zero returns 0, which ends the thread. */
static uint32_t run(const struct sock_filter *insn, struct machine *m)
{
	for (;; insn++) {
		const uint32_t b = BPF_SRC(insn->code) == BPF_X ? m->x : insn->k;

		switch (BPF_CLASS(insn->code)) {
		case BPF_RET:
			return BPF_RVAL(insn->code) == BPF_A ? m->a : insn->k;
		case BPF_LD:
			m->a = load(m, insn);
			break;
		case BPF_LDX:
			m->x = load(m, insn);
			break;
		case BPF_ST:
			m->cells[insn->k] = m->a;
			break;
		case BPF_STX:
			m->cells[insn->k] = m->x;
			break;
		case BPF_ALU:
			if (BPF_OP(insn->code) == BPF_DIV && b == 0)
				return 0;
			m->a = calculate(insn, m->a, b);
			break;
		case BPF_JMP:
			if (BPF_OP(insn->code) == BPF_JA)
				insn += insn->k;
			else
				insn += compare(insn->code, m->a, b) ? insn->jt : insn->jf;
			break;
		default:
			if (BPF_MISCOP(insn->code) == BPF_TAX)
				m->x = m->a;
			else
				m->a = m->x;
		}
	}
}

/* ---- what must hold ---- */

static unsigned outcome_of(uint32_t returned)
{
	const uint32_t action = returned & SECCOMP_RET_ACTION_FULL;

	if (action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG)
		return CTR__MAY_PASS;
	return action == SECCOMP_RET_USER_NOTIF ? CTR__MAY_NOTIFY : CTR__MAY_REFUSE;
}

static void put_64(uint32_t words[2], uint64_t value)
{
	memcpy(words, &value, sizeof(value));
}

/* What is not known of the call is a constant of the program, or next to one: there it branches. */
static uint32_t guess(const struct sock_filter *insns, size_t n, size_t round, size_t word)
{
	const size_t choice = round * 31 + word * 17 + round * word;

	return insns[choice % n].k + (uint32_t)(choice / n % 3) - 1;
}

static struct machine machine_for(const struct sock_filter *insns, size_t n,
				  const struct ctr__call *call, size_t round)
{
	struct machine m = { 0 };

	for (size_t i = 0; i < WORDS; i++)
		m.words[i] = guess(insns, n, round, i);
	m.words[WORD_OF(nr)] = (uint32_t)call->nr;
	m.words[WORD_OF(arch)] = seccomp_arch_native();
	for (size_t i = 0; i < 6; i++)
		if (call->known >> i & 1)
			put_64(&m.words[WORD_OF(args) + 2 * i], call->args[i]);
	return m;
}

/* Whether there is nothing in it that the walker takes for anything at all. */
static bool is_followed(const struct sock_filter *insn)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
	case BPF_LDX:
		return BPF_MODE(insn->code) != BPF_MEM &&
		       (BPF_MODE(insn->code) != BPF_ABS || insn->k / 4 < 2 ||
			insn->k / 4 >= WORD_OF(args));
	case BPF_ALU:
		return insn->code == (BPF_ALU | BPF_AND | BPF_K);
	case BPF_ST:
	case BPF_STX:
		return false;
	default:
		return true;
	}
}

static bool reads_registers_first(const struct sock_filter *insns)
{
	return insns[0].code != (BPF_LD | BPF_W | BPF_ABS) || insns[1].code != (BPF_LDX | BPF_IMM);
}

/* One path alone: a call that is known whole, and registers that are set at the start. */
static bool is_decided(const struct sock_filter *insns, size_t n, const struct ctr__call *call)
{
	if (call->known != 0x3f || n < 3 || reads_registers_first(insns))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_followed(&insns[i]))
			return false;
	return true;
}

static void check(const struct sock_filter *insns, size_t n, const struct ctr__call *call)
{
	unsigned found, seen = 0;

	fuzz_require(ctr__seccomp_outcomes(insns, n, call, &found) == 0, "there is memory");
	for (size_t round = 0; round < ROUNDS; round++) {
		struct machine m = machine_for(insns, n, call, round);

		seen |= outcome_of(run(insns, &m));
	}
	fuzz_require(!(seen & ~found), "what happens to a call was found beforehand");
	if (is_decided(insns, n, call))
		fuzz_require(seen == found,
			     "of a call that is known, no more is found than happens");
}

/* Bytes as they are, which the kernel would refuse: only that they are looked at in bounds. */
static void check_bytes(const uint8_t *data, size_t size, const struct ctr__call *call)
{
	const size_t n = size / sizeof(struct sock_filter);
	struct sock_filter *insns = malloc(n * sizeof(*insns) + 1);
	unsigned found;

	fuzz_require(insns, "there is memory");
	memcpy(insns, data, n * sizeof(*insns));
	if (n)
		fuzz_require(ctr__seccomp_outcomes(insns, n, call, &found) == 0, "there is memory");
	ctr__seccomp_notifies(insns, n);
	free(insns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	const struct ctr__call call = take_call(&in);
	struct sock_filter insns[INSNS_MAX];
	size_t n = in.left / 7 + 1;

	n = n < INSNS_MAX ? n : INSNS_MAX;
	for (size_t i = 0; i < n; i++)
		insns[i] = take_insn(&in, n - 1 - i);
	check(insns, n, &call);
	check_bytes(data, size, &call);
	return 0;
}
