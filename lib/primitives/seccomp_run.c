/* SPDX-License-Identifier: MIT */
/*
 * What a filter does to a call, found out before a kernel sees it: its program is followed
 * along all paths that the known arguments leave open. Jumps lead forward only, so that is
 * one pass. What is not followed (scratch memory, sums) is taken for anything at all.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/arch.h"
#include "base/error.h"
#include "primitives/seccomp.h"

struct value {
	bool known;
	uint32_t bits;
};

/* What is in the registers when an instruction is come to. */
struct state {
	bool reached;
	struct value a, x;
};

struct walk {
	const struct sock_filter *insns;
	size_t n;
	struct state *states; /* one for each */
	struct seccomp_data data;
	unsigned known; /* of its arguments */
	unsigned outcomes;
};

static const struct value anything = { 0 };

static struct value constant(uint32_t bits)
{
	return (struct value){ .known = true, .bits = bits };
}

static struct value join_values(struct value a, struct value b)
{
	return a.known && b.known && a.bits == b.bits ? a : anything;
}

static void reach(struct walk *w, size_t at, const struct state *from)
{
	struct state *to;

	if (at >= w->n) { /* which the kernel does not take */
		w->outcomes |= CTR__MAY_REFUSE;
		return;
	}
	to = &w->states[at];
	if (to->reached) {
		to->a = join_values(to->a, from->a);
		to->x = join_values(to->x, from->x);
		return;
	}
	*to = *from;
	to->reached = true;
}

static struct value load(const struct walk *w, uint32_t offset)
{
	const size_t args = offsetof(struct seccomp_data, args);
	const bool is_arg = offset >= args;
	uint32_t bits;

	if (offset % 4 || offset >= sizeof(w->data))
		return anything;
	if (is_arg ? !(w->known >> (offset - args) / 8 & 1)
		   : offset >= offsetof(struct seccomp_data, instruction_pointer))
		return anything;
	memcpy(&bits, (const char *)&w->data + offset, sizeof(bits));
	return constant(bits);
}

static struct value loaded(const struct walk *w, const struct sock_filter *insn)
{
	switch (BPF_MODE(insn->code)) {
	case BPF_IMM:
		return constant(insn->k);
	case BPF_ABS:
		return load(w, insn->k);
	case BPF_LEN:
		return constant(sizeof(w->data));
	default:
		return anything;
	}
}

/* Comparisons with a mask, which libseccomp makes, take this one. */
static struct value calculated(const struct sock_filter *insn, struct value a)
{
	if (insn->code != (BPF_ALU | BPF_AND | BPF_K))
		return anything;
	if (insn->k == 0)
		return constant(0);
	return a.known ? constant(a.bits & insn->k) : anything;
}

static bool holds(uint16_t code, uint32_t a, uint32_t b)
{
	switch (BPF_OP(code)) {
	case BPF_JEQ:
		return a == b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	default: /* BPF_JSET */
		return a & b;
	}
}

static void jump(struct walk *w, size_t at, const struct sock_filter *insn,
		 const struct state *state)
{
	const struct value b = BPF_SRC(insn->code) == BPF_X ? state->x : constant(insn->k);
	const bool known = state->a.known && b.known;
	const bool yes = known && holds(insn->code, state->a.bits, b.bits);

	if (BPF_OP(insn->code) == BPF_JA) {
		reach(w, at + 1 + insn->k, state);
		return;
	}
	if (!known || yes)
		reach(w, at + 1 + insn->jt, state);
	if (!known || !yes)
		reach(w, at + 1 + insn->jf, state);
}

static unsigned outcome_of(uint32_t action)
{
	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
	case SECCOMP_RET_LOG:
		return CTR__MAY_PASS;
	case SECCOMP_RET_USER_NOTIF:
		return CTR__MAY_NOTIFY;
	default:
		return CTR__MAY_REFUSE;
	}
}

static unsigned returned(const struct sock_filter *insn, struct value a)
{
	if (BPF_RVAL(insn->code) == BPF_K)
		return outcome_of(insn->k);
	return a.known ? outcome_of(a.bits) : CTR__MAY_PASS | CTR__MAY_NOTIFY | CTR__MAY_REFUSE;
}

/* A division by a register that is zero returns 0, which ends the thread. */
static bool may_end(const struct sock_filter *insn, struct value x)
{
	return insn->code == (BPF_ALU | BPF_DIV | BPF_X) && (!x.known || x.bits == 0);
}

static void follow(struct walk *w, size_t at)
{
	const struct sock_filter *insn = &w->insns[at];
	struct state state = w->states[at];

	switch (BPF_CLASS(insn->code)) {
	case BPF_RET:
		w->outcomes |= returned(insn, state.a);
		return;
	case BPF_JMP:
		jump(w, at, insn, &state);
		return;
	case BPF_LD:
		state.a = loaded(w, insn);
		break;
	case BPF_LDX:
		state.x = loaded(w, insn);
		break;
	case BPF_ALU:
		if (may_end(insn, state.x)) {
			w->outcomes |= CTR__MAY_REFUSE;
			if (state.x.known)
				return;
		}
		state.a = calculated(insn, state.a);
		break;
	case BPF_MISC:
		if (BPF_MISCOP(insn->code) == BPF_TAX)
			state.x = state.a;
		else
			state.a = state.x;
		break;
	default: /* what is stored is not followed */
		break;
	}
	reach(w, at + 1, &state);
}

int ctr__seccomp_outcomes(const struct sock_filter *insns, size_t n, const struct ctr__call *call,
			  unsigned *outcomes)
{
	const struct state begin = { 0 };
	struct walk w = {
		.insns = insns,
		.n = n,
		.states = calloc(n, sizeof(*w.states)),
		.data = { .nr = call->nr, .arch = CTR__AUDIT_ARCH },
		.known = call->known,
	};

	if (!w.states)
		return -ENOMEM;
	for (size_t i = 0; i < sizeof(call->args) / sizeof(call->args[0]); i++)
		w.data.args[i] = call->args[i];
	reach(&w, 0, &begin);
	for (size_t at = 0; at < n; at++)
		if (w.states[at].reached)
			follow(&w, at);
	free(w.states);
	*outcomes = w.outcomes;
	return 0;
}

bool ctr__seccomp_notifies(const struct sock_filter *insns, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (insns[i].code == (BPF_RET | BPF_K) && outcome_of(insns[i].k) == CTR__MAY_NOTIFY)
			return true;
	return false;
}

int ctr__seccomp_check_size(const void *insns, size_t n, ctr_error *err)
{
	if (!insns)
		return ctr__error_value(err, "program of a filter", NULL, "its instructions");
	if (n < 1 || n > CTR__SECCOMP_INSNS_MAX)
		return ctr__error_number(err, "instructions of a filter", n, "1 to 4096");
	return 0;
}
