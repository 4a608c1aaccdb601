/* SPDX-License-Identifier: MIT */
/*
 * The gate of a pool: the helper has done all that can be done ahead, and waits for the order to
 * execute the program. The order brings descriptors, and may bring arguments and an environment.
 * Child code: see run.h.
 */
#include <linux/prctl.h>
#include <string.h>
#include <sys/socket.h>

#include "base/sys.h"
#include "plan/channel.h"
#include "plan/run.h"

/* One that is not there is the same as one that is not there later: execve(2) tells of it. */
static void look(const struct ctr__step_gate *gate, struct statx *st)
{
	*st = (struct statx){ 0 };
	if (gate->program)
		sys_statx(AT_FDCWD, gate->program, 0, STATX_INO | STATX_SIZE | STATX_CTIME, st);
}

static bool is_same(const struct statx *a, const struct statx *b)
{
	return ctr__same_file(a, b) && a->stx_size == b->stx_size &&
	       a->stx_ctime.tv_sec == b->stx_ctime.tv_sec &&
	       a->stx_ctime.tv_nsec == b->stx_ctime.tv_nsec;
}

/* How many descriptors came along, into fds in their order; or -errno. */
static int unpack(struct msghdr *msg, int *fds, size_t max)
{
	const struct cmsghdr *header = CMSG_FIRSTHDR(msg);
	size_t n;

	if (msg->msg_flags & MSG_CTRUNC) /* the limit on descriptors leaves no room */
		return -EMFILE;
	if (!header)
		return 0;
	n = (header->cmsg_len - CMSG_LEN(0)) / sizeof(*fds);
	if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS || n > max)
		return -EPROTO;
	memcpy(fds, CMSG_DATA(header), n * sizeof(*fds));
	return (int)n;
}

static int receive(const struct ctr__run *run, struct ctr__order *order, int *fds)
{
	struct iovec iov = { .iov_base = order, .iov_len = sizeof(*order) };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(CTR__ORDER_FDS_MAX * sizeof(int))];
	} control;
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	long n;

	do
		n = sys_recvmsg(run->slots[CTR__SLOT_LAUNCH], &msg, MSG_CMSG_CLOEXEC);
	while (n == -EINTR);
	if (n == 0 || n == -ECONNRESET)
		return -ESRCH;
	if (n < 0)
		return (int)n;
	return n == sizeof(*order) ? unpack(&msg, fds, CTR__ORDER_FDS_MAX) : -EPROTO;
}

/* In the order of the targets; a terminal is in its place, and stays there. */
static int take_fds(struct ctr__run *run, const struct ctr__step_gate *gate, const int *fds,
		    size_t n)
{
	size_t used = 0;

	for (size_t i = 0; i < gate->fds.n; i++) {
		const int target = gate->fds.targets[i];

		if (gate->terminal && target <= STDERR_FILENO)
			run->sources[i] = target;
		else if (used < n)
			run->sources[i] = fds[used++];
		else
			return -EPROTO;
	}
	return used == n ? 0 : -EPROTO;
}

static int await_order(struct ctr__run *run, const struct ctr__step_gate *gate,
		       struct ctr__order *order)
{
	int fds[CTR__ORDER_FDS_MAX];
	int r = ctr__stop_await(run);

	if (r >= 0)
		r = receive(run, order, fds);
	return r < 0 ? r : take_fds(run, gate, fds, (size_t)r);
}

/* The time that it has waited is not the program's. */
static void follow(struct ctr__run *run, const struct ctr__step_gate *gate,
		   const struct ctr__order *order)
{
	if (order->argv)
		run->argv = (char *const *)order->argv; // NOLINT(performance-no-int-to-ptr)
	if (order->envp)
		run->envp = (char *const *)order->envp; // NOLINT(performance-no-int-to-ptr)
	if (order->joined && gate->behind_init)
		run->report->joined = run->report->execute;
	else if (order->joined && gate->measure)
		ctr__measure(&run->report->joined);
	if (gate->measure)
		sys_clock_gettime(CLOCK_MONOTONIC, &run->report->execute.at);
}

/*
 * The kernel's signal for the end of the parent comes with the end of the thread that made this
 * child. While it waits, it sees the end of the process.
 */
static int outlive_thread(const struct ctr__run *run, const struct ctr__step_gate *gate, int *death)
{
	int r = sys_prctl(PR_GET_PDEATHSIG, (unsigned long)death);

	if (gate->behind_init || run->main_thread)
		*death = 0;
	return r < 0 || !*death ? r : sys_prctl(PR_SET_PDEATHSIG, 0);
}

/* It is asked for the parent once more: PR_SET_PDEATHSIG(2const). */
static int die_with_thread(struct ctr__run *run, int death)
{
	const struct ctr__step step = { .kind = CTR__STEP_DIE_WITH_PARENT };

	return death ? ctr__step_do(run, &step) : 0;
}

static int wait_to_be_taken(struct ctr__run *run, const struct ctr__step_gate *gate,
			    struct ctr__order *order)
{
	int death = 0;
	int r = run->image_size ? outlive_thread(run, gate, &death) : -EINVAL;

	if (r >= 0)
		r = ctr__stop_say(run, 0);
	if (r >= 0)
		r = await_order(run, gate, order);
	return r < 0 ? r : die_with_thread(run, death);
}

int ctr__do_gate(struct ctr__run *run, const struct ctr__step *step)
{
	const struct ctr__step_gate *gate = &step->gate;
	const struct ctr__step fds = { .fds = gate->fds };
	struct ctr__order order;
	struct statx before, after;
	int r;

	look(gate, &before);
	r = wait_to_be_taken(run, gate, &order);
	if (r < 0)
		return r;
	look(gate, &after);
	if (!is_same(&before, &after))
		return -ESTALE;
	follow(run, gate, &order);
	/* What else is open is close-on-exec, and leads to nothing but what the program gets. */
	return ctr__do_fds(run, &fds);
}
