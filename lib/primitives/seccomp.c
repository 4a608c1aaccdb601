/* SPDX-License-Identifier: MIT */
/*
 * The default filter: what becomes of a call, by its number (the table that the build makes from
 * seccomp_names.h), the capabilities, and some arguments.
 */
#include "primitives/seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/arch.h"
#include "primitives/seccomp_tree.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#ifndef F_SETDELEG /* Linux 6.19 */
#define F_SETDELEG 1040
#endif

/* ---- arguments ---- */

/*
 * All of these are an int, or a word whose upper half has no flags: the kernel reads 32 bits, and
 * so does the filter. One that compares 64 can be bypassed (CVE-2019-10063).
 */

/* AF_PACKET takes CAP_NET_RAW. Others have hardly a use in a container, and many bugs. */
static const uint32_t families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET };

/* Those of Linux, with and without the layouts of old programs; and the question for it. */
static const uint32_t personalities[] = { 0, 8, 0x20000, 0x20008, 0xffffffff };

/* clone(2): new namespaces. The flags of clone3(2) lie in memory, which no filter can read. */
static const uint32_t namespaces[] = { CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
				       CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET };

/* ioctl(2): typing into the caller's terminal. */
static const uint32_t requests[] = { TIOCSTI, TIOCLINUX };

/*
 * fcntl(2): leases and delegations, for which a descriptor that only reads is enough. A process
 * that opens the file for writing, on the host too, then waits until the container gives it up,
 * for /proc/sys/fs/lease-break-time at most, and the container can take the next one. dnotify,
 * which inotify(7) has replaced, holds directories of the host without a limit on their number.
 * F_SETSIG and F_SETOWN_EX choose the signal for either, but for O_ASYNC too, which programs need.
 */
static const uint32_t commands[] = { F_SETLEASE, F_NOTIFY, F_SETDELEG };

#ifdef __s390x__
#define FLAGS_OF_CLONE 1
#else
#define FLAGS_OF_CLONE 0
#endif

static const struct ctr__tree_question questions[] = {
	[CTR__CALL_NAMESPACES] = { FLAGS_OF_CLONE, true, namespaces, COUNT(namespaces) },
	[CTR__CALL_REQUEST] = { 1, false, requests, COUNT(requests) },
	[CTR__CALL_COMMAND] = { 1, false, commands, COUNT(commands) },
	[CTR__CALL_FAMILY] = { 0, false, families, COUNT(families) },
	[CTR__CALL_PERSONALITY] = { 0, false, personalities, COUNT(personalities) },
};

/* ---- answers ---- */

#define FAIL(errnum) (SECCOMP_RET_ERRNO | (errnum))

static const struct ctr__tree_answer answers[] = {
	[CTR__CALL_UNKNOWN] = { NULL, FAIL(ENOSYS), 0 },
	[CTR__CALL_ALLOWED] = { NULL, SECCOMP_RET_ALLOW, 0 },
	[CTR__CALL_REFUSED] = { NULL, FAIL(EPERM), 0 },
	[CTR__CALL_FOREIGN] = { NULL, SECCOMP_RET_KILL_PROCESS, 0 },
	[CTR__CALL_NAMESPACES] = { &questions[CTR__CALL_NAMESPACES], FAIL(EPERM),
				   SECCOMP_RET_ALLOW },
	[CTR__CALL_REQUEST] = { &questions[CTR__CALL_REQUEST], FAIL(EPERM), SECCOMP_RET_ALLOW },
	[CTR__CALL_COMMAND] = { &questions[CTR__CALL_COMMAND], FAIL(EPERM), SECCOMP_RET_ALLOW },
	[CTR__CALL_FAMILY] = { &questions[CTR__CALL_FAMILY], SECCOMP_RET_ALLOW,
			       FAIL(EAFNOSUPPORT) },
	[CTR__CALL_PERSONALITY] = { &questions[CTR__CALL_PERSONALITY], SECCOMP_RET_ALLOW,
				    FAIL(ENOSYS) },
};

/* What refuses would only tell. */
static struct ctr__tree_answer logged(struct ctr__tree_answer answer)
{
	if (answer.yes != SECCOMP_RET_ALLOW)
		answer.yes = SECCOMP_RET_LOG;
	if (answer.no != SECCOMP_RET_ALLOW)
		answer.no = SECCOMP_RET_LOG;
	return answer;
}

static enum ctr__seccomp_call call_of(const struct ctr__seccomp_range *range, uint64_t caps,
				      bool log)
{
	if (range->caps & caps)
		return CTR__CALL_ALLOWED;
	if (log && (range->call == CTR__CALL_REFUSED || range->call == CTR__CALL_FOREIGN))
		return CTR__CALL_UNKNOWN; /* to which the same happens */
	return range->call;
}

/* Returns how many there are: neighbours that come to the same are one. */
static size_t find_ranges(const struct ctr__seccomp_table *table, uint64_t caps, bool log,
			  struct ctr__tree_range *to)
{
	size_t n = 0;

	for (size_t i = 0; i < table->n; i++) {
		const enum ctr__seccomp_call call = call_of(&table->ranges[i], caps, log);

		if (n && to[n - 1].answer == call)
			continue;
		to[n++] = (struct ctr__tree_range){ table->ranges[i].first, call };
	}
	return n;
}

int ctr__seccomp_make(const struct ctr__seccomp_table *table, uint64_t caps, bool log,
		      struct sock_filter **insns, size_t *n)
{
	struct ctr__tree_range *ranges = calloc(table->n, sizeof(*ranges));
	struct ctr__tree_answer tells[COUNT(answers)];
	const struct ctr__tree tree = {
		.arch = CTR__AUDIT_ARCH,
		.foreign = log ? SECCOMP_RET_LOG : SECCOMP_RET_KILL_PROCESS,
		.answers = log ? tells : answers,
		.n_answers = COUNT(answers),
		.ranges = ranges,
		.n_ranges = ranges ? find_ranges(table, caps, log, ranges) : 0,
	};
	int r = -ENOMEM;

	for (size_t i = 0; i < COUNT(answers); i++)
		tells[i] = logged(answers[i]);
	*insns = NULL;
	if (ranges)
		r = ctr__tree_compile(&tree, insns, n);
	free(ranges);
	return r;
}
