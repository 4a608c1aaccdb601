/* SPDX-License-Identifier: MIT */
#include "base/wait.h"

#include "base/clock.h"
#include "base/sys.h"

int ctr__wait_readable(int fd, int64_t timeout_ms)
{
	const int64_t end = ctr__now_ms() + timeout_ms;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int r;

	do {
		const struct timespec t = ctr__timespec_of_ms(ctr__left_ms(end));

		r = sys_poll(&p, 1, timeout_ms < 0 ? NULL : &t);
	} while (r == -EINTR);
	return r;
}

void ctr__pause_ms(int64_t ms)
{
	const int64_t end = ctr__now_us() + ms * 1000;
	const struct timespec t = { .tv_sec = end / 1000000, .tv_nsec = end % 1000000 * 1000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}
