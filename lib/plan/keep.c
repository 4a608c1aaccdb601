/* SPDX-License-Identifier: MIT */
#include "plan/keep.h"

#include <sys/socket.h>

#include "base/sys.h"

int ctr__keep(struct ctr__launch *launch, int *fds, size_t n, struct ctr__outcome *outcome)
{
	int ends[2];
	int r = sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);

	*outcome = (struct ctr__outcome){ .pidfd = -1, .left = -1 };
	if (r < 0)
		return r;
	launch->slots[CTR__SLOT_CHANNEL] = ends[1];
	r = ctr__launch(launch, outcome);
	sys_close(ends[1]);
	for (size_t i = 0; i < n; i++)
		fds[i] = r == 0 && outcome->kind == CTR__OUTCOME_DONE ? ctr__fd_receive(ends[0])
								      : -ECHILD;
	sys_close(ends[0]);
	return r;
}
