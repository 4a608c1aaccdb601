/* SPDX-License-Identifier: MIT */
/*
 * The default filter as libseccomp makes it: a second implementation, one comparison for each
 * call, which the tree of lib/primitives/seccomp_tree.c is compared with. It shares the names of
 * calls with the library. Values of arguments are repeated here.
 */
#include "primitives/seccomp_reference.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "primitives/seccomp_names.h"

#ifndef F_SETDELEG
#define F_SETDELEG 1040
#endif

/* ---- by their arguments ---- */

static const uint32_t families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET };
static const uint32_t personalities[] = { 0, 8, 0x20000, 0x20008, 0xffffffff };
static const uint32_t requests[] = { TIOCSTI, TIOCLINUX };
static const uint32_t commands[] = { F_SETLEASE, F_NOTIFY, F_SETDELEG };

#define NAMESPACES                                                                                 \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |             \
	 CLONE_NEWPID | CLONE_NEWNET)

static const uint64_t namespaces[] = {
	CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
	CLONE_NEWUSER, CLONE_NEWPID,	CLONE_NEWNET,
};

/* Calls that are refused with some values of an argument; only: with all but these. */
static const struct condition {
	uint32_t nr;
	unsigned arg;
	bool only;
	int errnum;
	const uint32_t *values;
	size_t n;
} conditions[] = {
	{ SYS_ioctl, 1, false, EPERM, requests, COUNT(requests) },
	{ SYS_fcntl, 1, false, EPERM, commands, COUNT(commands) },
	{ SYS_socket, 0, true, EAFNOSUPPORT, families, COUNT(families) },
	{ SYS_socketpair, 0, true, EAFNOSUPPORT, families, COUNT(families) },
	{ SYS_personality, 0, true, ENOSYS, personalities, COUNT(personalities) },
};

/* Whose architecture and call it is; of each condition its call, a load, values, the answer. */
#define HEAD                                                                                       \
	(3 + 3 * COUNT(conditions) + COUNT(requests) + COUNT(commands) + 2 * COUNT(families) +     \
	 COUNT(personalities))

/* ---- rules ---- */

/* What is being made: for which capabilities, and whether it only tells what it would refuse. */
struct making {
	scmp_filter_ctx ctx;
	uint64_t caps;
	bool log;
};

static bool has(uint64_t caps, int cap)
{
	return caps >> cap & 1;
}

static uint32_t refused(const struct making *m, int errnum)
{
	return m->log ? SCMP_ACT_LOG : SCMP_ACT_ERRNO((uint32_t)errnum);
}

/* Where it only tells, that is what happens to all that has no rule. */
static bool needs_rule(const struct making *m, uint32_t action)
{
	return !m->log || action != SCMP_ACT_LOG;
}

/* A name that this machine does not know needs no rule. */
static int add(const struct making *m, uint32_t action, const char *name)
{
	int nr = number_of(name);
	int r;

	if (nr < 0 || !needs_rule(m, action))
		return 0;
	r = seccomp_rule_add(m->ctx, action, nr, 0);
	return r == -EEXIST ? 0 : r;
}

static int add_list(const struct making *m, uint32_t action, const char *names)
{
	char name[32];
	int r = 0;

	while (r == 0 && *names) {
		const size_t n = strcspn(names, " ");

		snprintf(name, sizeof(name), "%.*s", (int)n, names);
		r = add(m, action, name);
		names += n + (names[n] == ' ');
	}
	return r;
}

static bool is_allowed(uint64_t caps, const char *name)
{
	for (size_t i = 0; i < COUNT(with_cap); i++)
		if (has(caps, with_cap[i].cap) && strcmp(with_cap[i].name, name) == 0)
			return true;
	return false;
}

static int add_with_caps(const struct making *m)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(with_cap); i++)
		if (has(m->caps, with_cap[i].cap))
			r = add(m, SCMP_ACT_ALLOW, with_cap[i].name);
	for (size_t i = 0; r == 0 && i < COUNT(with_cap); i++)
		if (!is_allowed(m->caps, with_cap[i].name))
			r = add(m, refused(m, EPERM), with_cap[i].name);
	return r;
}

/* An argument of a call, as libseccomp takes a comparison with it. */
static int add_if(const struct making *m, uint32_t action, const char *name, enum scmp_compare op,
		  uint64_t a, uint64_t b)
{
	const struct scmp_arg_cmp first = { .arg = 0, .op = op, .datum_a = a, .datum_b = b };
	int nr = number_of(name);

	if (nr < 0 || !needs_rule(m, action))
		return 0;
	return seccomp_rule_add_array(m->ctx, action, nr, 1, &first);
}

/* clone(2) by its flags; those of clone3(2) lie in memory, which no filter can read. */
static int add_clone(const struct making *m)
{
	int r;

	if (has(m->caps, CAP_SYS_ADMIN)) {
		r = add(m, SCMP_ACT_ALLOW, "clone");
		return r < 0 ? r : add(m, SCMP_ACT_ALLOW, "clone3");
	}
	r = add_if(m, SCMP_ACT_ALLOW, "clone", SCMP_CMP_MASKED_EQ, NAMESPACES, 0);
	for (size_t i = 0; r == 0 && i < COUNT(namespaces); i++)
		r = add_if(m, refused(m, EPERM), "clone", SCMP_CMP_MASKED_EQ, namespaces[i],
			   namespaces[i]);
	return r;
}

/* What the head refuses of these is refused before. */
static int add_conditions(const struct making *m)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(conditions); i++)
		if (conditions[i].only)
			r = seccomp_rule_add(m->ctx, SCMP_ACT_ALLOW, (int)conditions[i].nr, 0);
	return r;
}

static int add_rules(const struct making *m)
{
	int r = seccomp_attr_set(m->ctx, SCMP_FLTATR_ACT_BADARCH,
				 m->log ? SCMP_ACT_LOG : SCMP_ACT_KILL_PROCESS);

	if (r == 0)
		r = seccomp_attr_set(m->ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a binary tree */
	for (size_t i = 0; r == 0 && i < COUNT(always); i++)
		r = add_list(m, SCMP_ACT_ALLOW, always[i]);
	if (r == 0)
		r = add_with_caps(m);
	if (r == 0)
		r = add_list(m, refused(m, EPERM), never);
	if (r == 0)
		r = add_clone(m);
	return r == 0 ? add_conditions(m) : r;
}

/* ---- the program ---- */

#define LOWER_HALF (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0)

/* What libseccomp made, behind so many instructions of ours. */
static int read_program(scmp_filter_ctx ctx, size_t head, struct sock_filter **insns, size_t *n)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);
	off_t size;
	int r;

	if (fd < 0)
		return -errno;
	r = seccomp_export_bpf(ctx, fd);
	size = r == 0 ? lseek(fd, 0, SEEK_CUR) : 0;
	*n = head + (size_t)size / sizeof(**insns);
	*insns = r == 0 ? calloc(*n, sizeof(**insns)) : NULL;
	if (r == 0 && !*insns)
		r = -ENOMEM;
	if (r == 0 && pread(fd, *insns + head, (size_t)size, 0) != size)
		r = -EIO;
	close(fd);
	if (r < 0) {
		free(*insns);
		*insns = NULL;
	}
	return r;
}

static struct sock_filter load_word(size_t offset)
{
	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

static struct sock_filter is_equal(uint32_t value, size_t yes, size_t no)
{
	return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, (uint8_t)yes,
					    (uint8_t)no);
}

/* end: where the head ends, for what it does not refuse. */
static struct sock_filter *put_condition(struct sock_filter *to, const struct sock_filter *end,
					 const struct condition *c, uint32_t action)
{
	const struct sock_filter *answer = to + 2 + c->n;

	*to = is_equal(c->nr, 0, (size_t)(answer - to));
	to++;
	*to++ = load_word(offsetof(struct seccomp_data, args[c->arg]) + LOWER_HALF);
	for (size_t i = 0; i < c->n; i++, to++) {
		const size_t to_answer = (size_t)(answer - to - 1), to_end = (size_t)(end - to - 1);

		*to = c->only ? is_equal(c->values[i], to_end, 0)
			      : is_equal(c->values[i], to_answer, i + 1 < c->n ? 0 : to_end);
	}
	*to++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
	return to;
}

/*
 * Before libseccomp's. The kernel reads 32 bits of these arguments, and so does this;
 * libseccomp would compare 64 (CVE-2019-10063). Another architecture has other numbers.
 */
static void put_head(const struct making *m, struct sock_filter *insns)
{
	const struct sock_filter *end = insns + HEAD;
	struct sock_filter *to = insns;

	*to++ = load_word(offsetof(struct seccomp_data, arch));
	*to++ = is_equal(seccomp_arch_native(), 0, HEAD - 2);
	*to++ = load_word(offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < COUNT(conditions); i++)
		to = put_condition(to, end, &conditions[i], refused(m, conditions[i].errnum));
}

int seccomp_reference(uint64_t caps, bool log, struct sock_filter **insns, size_t *n)
{
	struct making m = {
		.ctx = seccomp_init(log ? SCMP_ACT_LOG : SCMP_ACT_ERRNO(ENOSYS)),
		.caps = caps,
		.log = log,
	};
	int r = m.ctx ? add_rules(&m) : -ENOMEM;

	*insns = NULL;
	if (r == 0)
		r = read_program(m.ctx, HEAD, insns, n);
	if (r == 0 && *insns)
		put_head(&m, *insns);
	seccomp_release(m.ctx);
	return r;
}
