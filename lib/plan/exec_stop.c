/* SPDX-License-Identifier: MIT */
/* Stops: the helper waits there until the one that launches it has done its part. */
#include <sys/socket.h>

#include "base/sys.h"
#include "plan/channel.h"
#include "plan/run.h"

static int say(const struct ctr__run *run)
{
	struct ctr__word word = { .step = run->report->step };
	struct iovec iov = { .iov_base = &word, .iov_len = sizeof(word) };
	const struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	const long n = sys_sendmsg(run->slots[CTR__SLOT_LAUNCH], &msg, MSG_NOSIGNAL);

	return n < 0 ? (int)n : 0;
}

/*
 * It can't be waited for by the hang-up alone: a process that was forked meanwhile has a copy of
 * the other end.
 */
static int await_answer(const struct ctr__run *run)
{
	struct pollfd fds[] = {
		{ .fd = run->slots[CTR__SLOT_LAUNCH], .events = POLLIN },
		{ .fd = run->slots[CTR__SLOT_PARENT], .events = POLLIN },
	};
	char answer;
	int r;

	do
		r = sys_poll(fds, 2, NULL);
	while (r == -EINTR);
	if (r < 0)
		return r;
	if (fds[1].revents || sys_read(fds[0].fd, &answer, 1) != 1)
		return -ESRCH;
	return 0;
}

int ctr__do_stop(struct ctr__run *run, const struct ctr__step *step)
{
	int r = say(run);

	(void)step;
	if (r == 0)
		r = await_answer(run);
	return r == -EPIPE || r == -ECONNRESET ? -ESRCH : r;
}
