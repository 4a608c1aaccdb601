/* SPDX-License-Identifier: MIT */
/*
 * The socket between the one that launches a child and the helper that walks its steps. The child
 * says where it is and waits for an answer; that it executes the program, or ends, closes its end.
 * How far it came otherwise is in its report: run.h.
 */
#ifndef CTR_PLAN_CHANNEL_H
#define CTR_PLAN_CHANNEL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct ctr__word {
	int32_t step; /* the one that it is at: a stop, or that makes a successor */
	int32_t pid;  /* of the successor, as the sender sees it; else 0 */
};

/* What lets a child go on that waits at the gate of a pool. Descriptors come with it. */
struct ctr__order {
	uint64_t argv, envp; /* where the child has them; 0: the plan's */
	uint64_t joined;     /* 1: it has just been put into its control group */
};

#define CTR__ORDER_FDS_MAX 253 /* SCM_MAX_FD: unix(7) */

/* Ours and the child's, which is at least fd_floor; 0 or -errno. */
int ctr__channel_open(int ends[2], int fd_floor);

/*
 * What was said, and the process that has said it, as the kernel knows it: 1, and 0: there is
 * nobody any more to say something. -EAGAIN: nothing; -EPROTO: what is no word; or -errno.
 */
int ctr__channel_receive(int channel, pid_t *from, struct ctr__word *word);

/* Lets the child go on; that it has ended meanwhile is no error. */
int ctr__channel_answer(int channel);
int ctr__channel_order(int channel, const struct ctr__order *order, const int *fds, size_t n);

#endif
