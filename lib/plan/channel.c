/* SPDX-License-Identifier: MIT */
#include "plan/channel.h"

#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/sys.h"

static int prepare(int ends[2], int fd_floor)
{
	const int on = 1;
	int r = sys_setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));

	if (r < 0)
		return r;
	ends[1] = ctr__fd_raise(ends[1], fd_floor);
	return ends[1] < 0 ? ends[1] : 0;
}

int ctr__channel_open(int ends[2], int fd_floor)
{
	int r = sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);

	if (r < 0)
		return r;
	r = prepare(ends, fd_floor);
	if (r < 0) {
		sys_close(ends[0]);
		ctr__fd_close(ends[1]);
	}
	return r;
}

/* 0: the kernel has not said it. */
static pid_t sender_of(struct msghdr *msg)
{
	const struct cmsghdr *header = CMSG_FIRSTHDR(msg);
	struct ucred sender;

	if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_CREDENTIALS)
		return 0;
	memcpy(&sender, CMSG_DATA(header), sizeof(sender));
	return sender.pid;
}

int ctr__channel_receive(int channel, pid_t *from, struct ctr__word *word)
{
	struct iovec iov = { .iov_base = word, .iov_len = sizeof(*word) };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	const long n = sys_recvmsg(channel, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	if (n <= 0)
		return n == -ECONNRESET ? 0 : (int)n; /* it left an answer unread */
	/* A descriptor that comes along has no room: MSG_CTRUNC. */
	if (n != sizeof(*word) || msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		return -EPROTO;
	*from = sender_of(&msg);
	return 1;
}

static int send_message(int channel, const struct msghdr *msg)
{
	const long n = sys_sendmsg(channel, msg, MSG_NOSIGNAL | MSG_DONTWAIT);

	return n >= 0 || n == -EPIPE || n == -ECONNRESET ? 0 : (int)n;
}

int ctr__channel_answer(int channel)
{
	const struct iovec iov = { .iov_base = (char[]){ 0 }, .iov_len = 1 };
	const struct msghdr msg = { .msg_iov = (struct iovec *)(uintptr_t)&iov, .msg_iovlen = 1 };

	return send_message(channel, &msg);
}

int ctr__channel_order(int channel, const struct ctr__order *order, const int *fds, size_t n)
{
	const struct iovec iov = { (void *)(uintptr_t)order, sizeof(*order) };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(CTR__ORDER_FDS_MAX * sizeof(int))];
	} control;
	struct msghdr msg = { .msg_iov = (struct iovec *)(uintptr_t)&iov, .msg_iovlen = 1 };

	if (n > CTR__ORDER_FDS_MAX)
		return -E2BIG;
	if (n) {
		memset(&control, 0, sizeof(control));
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(n * sizeof(*fds));
		control.header.cmsg_len = CMSG_LEN(n * sizeof(*fds));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		memcpy(CMSG_DATA(&control.header), fds, n * sizeof(*fds));
	}
	return send_message(channel, &msg);
}
