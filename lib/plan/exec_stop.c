/* SPDX-License-Identifier: MIT */
/*
 * Stops: the helper waits there until the one that launches it has done its part. And its
 * successor, a process that the caller has to know of before it goes on. Child code: see run.h.
 */
#include <linux/prctl.h>
#include <sys/socket.h>

#include "base/sys.h"
#include "plan/channel.h"
#include "plan/run.h"

int ctr__stop_say(const struct ctr__run *run, int pid)
{
	struct ctr__word word = { .step = run->report->step, .pid = pid };
	struct iovec iov = { .iov_base = &word, .iov_len = sizeof(word) };
	const struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	const long n = sys_sendmsg(run->slots[CTR__SLOT_LAUNCH], &msg, MSG_NOSIGNAL);

	if (n == -EPIPE || n == -ECONNRESET)
		return -ESRCH;
	return n < 0 ? (int)n : 0;
}

/*
 * It can't be waited for by the hang-up alone: a process that was forked meanwhile has a copy of
 * the other end.
 */
int ctr__stop_await(const struct ctr__run *run)
{
	struct pollfd fds[] = {
		{ .fd = run->slots[CTR__SLOT_LAUNCH], .events = POLLIN },
		{ .fd = run->slots[CTR__SLOT_PARENT], .events = POLLIN },
	};
	int r;

	do
		r = sys_poll(fds, 2, NULL);
	while (r == -EINTR);
	if (r < 0)
		return r;
	return fds[1].revents ? -ESRCH : 0;
}

static int await_answer(const struct ctr__run *run)
{
	int r = ctr__stop_await(run);
	char answer;
	long n;

	if (r < 0)
		return r;
	do
		n = sys_read(run->slots[CTR__SLOT_LAUNCH], &answer, 1);
	while (n == -EINTR);
	if (n < 0 && n != -ECONNRESET)
		return (int)n;
	return n == 1 ? 0 : -ESRCH;
}

int ctr__do_stop(struct ctr__run *run, const struct ctr__step *step)
{
	int r = ctr__stop_say(run, 0);

	(void)step;
	return r < 0 ? r : await_answer(run);
}

/* ---- the successor ---- */

/* The signal by which a process dies with its parent is not passed on to its children. */
static int begin(const struct ctr__run *run, const struct ctr__step_successor *s, int death)
{
	int r = death ? sys_prctl(PR_SET_PDEATHSIG, (unsigned long)death) : 0;

	if (r >= 0)
		r = await_answer(run);
	if (r < 0)
		return r;
	/* A parent of another PID namespace has no number. */
	return s->leaves_parent && sys_getppid() != 0 ? -ENOTRECOVERABLE : 0;
}

/*
 * setns(2) puts the children of a process into a PID namespace, not the process. The child that
 * goes on is the caller's, as this one is, and in a group that this one leads until the caller
 * knows of it: so it is found, and can be told from others, whatever happens to this one.
 */
int ctr__do_successor(struct ctr__run *run, const struct ctr__step *step)
{
	volatile int32_t tid = 0; /* the kernel writes it in the child */
	int death = 0, pid, r;
	const struct clone_args args = {
		.flags = CLONE_PARENT | CLONE_CHILD_SETTID,
		.child_tid = (uintptr_t)&tid,
	};

	if (!run->image_size) /* in there it could be traced: no memory of the caller's */
		return -EINVAL;
	r = sys_prctl(PR_GET_PDEATHSIG, (unsigned long)&death);
	if (r >= 0)
		r = sys_prctl(PR_SET_DUMPABLE, 0);
	if (r >= 0)
		r = sys_setpgid(0, 0);
	if (r < 0)
		return r;
	pid = sys_clone3(&args);
	if (pid == 0)
		return tid ? begin(run, &step->successor, death) : -ENOTRECOVERABLE;
	r = pid < 0 ? pid : ctr__stop_say(run, pid);
	if (r < 0) /* the caller ends the successor with us */
		return r;
	sys_exit(0);
}
