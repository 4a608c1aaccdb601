/* SPDX-License-Identifier: MIT */
/*
 * BPF_PROG_TYPE_CGROUP_DEVICE: called when a member opens or makes a device node, with
 * struct bpf_cgroup_dev_ctx of linux/bpf.h; what it returns is whether that is allowed.
 */
#include "cgroup/device.h"

#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/sys.h"

/* What registers hold, from the beginning on. */
enum {
	RESULT = BPF_REG_0,
	CONTEXT = BPF_REG_1,
	ACCESS = BPF_REG_2, /* bits of BPF_DEVCG_ACC_* */
	TYPE = BPF_REG_3,   /* BPF_DEVCG_DEV_* */
	MAJOR = BPF_REG_4,
	MINOR = BPF_REG_5,
	SCRATCH = BPF_REG_1, /* the context is read once */
};

#define HEAD 6	   /* instructions before the first rule */
#define RULE_MAX 8 /* of a rule, at most */
#define TAIL 2

struct code {
	struct bpf_insn insn[HEAD + CTR__DEVICE_RULES_MAX * RULE_MAX + TAIL];
	size_t n;
};

static void add(struct code *c, unsigned op, unsigned dst, unsigned src, int off, int imm)
{
	c->insn[c->n++] = (struct bpf_insn){
		.code = (uint8_t)op,
		.dst_reg = dst & 0xf,
		.src_reg = src & 0xf,
		.off = (int16_t)off,
		.imm = imm,
	};
}

static void add_load(struct code *c, unsigned to, size_t offset)
{
	add(c, BPF_LDX | BPF_MEM | BPF_W, to, CONTEXT, (int)offset, 0);
}

static void add_move(struct code *c, unsigned to, int value)
{
	add(c, BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value);
}

static void add_exit(struct code *c)
{
	add(c, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* The upper half of the first field is the access, the lower the type. */
static void add_head(struct code *c)
{
	add_load(c, ACCESS, offsetof(struct bpf_cgroup_dev_ctx, access_type));
	add(c, BPF_ALU | BPF_MOV | BPF_X, TYPE, ACCESS, 0, 0);
	add(c, BPF_ALU | BPF_AND | BPF_K, TYPE, 0, 0, 0xffff);
	add(c, BPF_ALU | BPF_RSH | BPF_K, ACCESS, 0, 0, 16);
	add_load(c, MAJOR, offsetof(struct bpf_cgroup_dev_ctx, major));
	add_load(c, MINOR, offsetof(struct bpf_cgroup_dev_ctx, minor));
}

/* To the next rule if the register is not what this one wants; the distance comes later. */
static void add_unless(struct code *c, unsigned reg, int value)
{
	add(c, BPF_JMP | BPF_JNE | BPF_K, reg, 0, 0, value);
}

static void add_rule(struct code *c, const struct ctr__device_rule *rule)
{
	const size_t first = c->n;

	if (rule->type)
		add_unless(c, TYPE, rule->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
	if (rule->major >= 0)
		add_unless(c, MAJOR, rule->major);
	if (rule->minor >= 0)
		add_unless(c, MINOR, rule->minor);
	/* Nothing may be asked for that the rule does not give. */
	add(c, BPF_ALU | BPF_MOV | BPF_X, SCRATCH, ACCESS, 0, 0);
	add(c, BPF_ALU | BPF_AND | BPF_K, SCRATCH, 0, 0, (int)~rule->access);
	add_unless(c, SCRATCH, 0);
	add_move(c, RESULT, 1);
	add_exit(c);
	for (size_t i = first; i < c->n; i++)
		if (c->insn[i].code == (BPF_JMP | BPF_JNE | BPF_K))
			c->insn[i].off = (int16_t)(c->n - i - 1);
}

static int sys_bpf(int command, union bpf_attr *attr)
{
	return (int)ctr__sys3(SYS_bpf, command, (long)attr, sizeof(*attr));
}

int ctr__device_program_load(const struct ctr__device_rule *rules, size_t n)
{
	_cleanup_free_ struct code *code = malloc(sizeof(*code));
	union bpf_attr attr;

	if (!code)
		return -ENOMEM;
	code->n = 0;
	add_head(code);
	for (size_t i = 0; i < n; i++)
		add_rule(code, &rules[i]);
	add_move(code, RESULT, 0);
	add_exit(code);

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insns = (uintptr_t)code->insn;
	attr.insn_cnt = (uint32_t)code->n;
	attr.license = (uintptr_t) "MIT";
	return sys_bpf(BPF_PROG_LOAD, &attr);
}

int ctr__device_program_attach(int program, int group, int replaces)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)group;
	attr.attach_bpf_fd = (uint32_t)program;
	attr.attach_type = BPF_CGROUP_DEVICE;
	attr.attach_flags = BPF_F_ALLOW_MULTI;
	if (replaces >= 0) {
		attr.attach_flags |= BPF_F_REPLACE;
		attr.replace_bpf_fd = (uint32_t)replaces;
	}
	return sys_bpf(BPF_PROG_ATTACH, &attr);
}
