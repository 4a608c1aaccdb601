/* SPDX-License-Identifier: MIT */
#include "base/wait.h"

#include "base/clock.h"
#include "base/sys.h"

static int wait_for(struct pollfd *fds, unsigned n, int64_t timeout_ms)
{
	const int64_t end = ctr__now_ms() + timeout_ms;
	int r;

	do {
		const struct timespec t = ctr__timespec_of_ms(ctr__left_ms(end));

		r = sys_poll(fds, n, timeout_ms < 0 ? NULL : &t);
	} while (r == -EINTR);
	return r;
}

int ctr__wait_readable(int fd, int64_t timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return wait_for(&p, 1, timeout_ms);
}

int ctr__wait_either(int first, int second, int64_t timeout_ms)
{
	struct pollfd fds[] = {
		{ .fd = first, .events = POLLIN },
		{ .fd = second, .events = POLLIN },
	};
	int r = wait_for(fds, 2, timeout_ms);

	return r <= 0 ? r : (fds[0].revents ? 1 : 0) | (fds[1].revents ? 2 : 0);
}

void ctr__pause_ms(int64_t ms)
{
	const int64_t end = ctr__now_us() + ms * 1000;
	const struct timespec t = { .tv_sec = end / 1000000, .tv_nsec = end % 1000000 * 1000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}
