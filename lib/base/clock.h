/* SPDX-License-Identifier: MIT */
#ifndef CTR_BASE_CLOCK_H
#define CTR_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Time that only goes on, whatever is done to the clock: CLOCK_MONOTONIC, clock_gettime(2). */
static inline int64_t ctr__now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static inline int64_t ctr__now_ms(void)
{
	return ctr__now_us() / 1000;
}

/* What is left of the time until end, in milliseconds; 0: none. */
static inline int64_t ctr__left_ms(int64_t end)
{
	const int64_t now = ctr__now_ms();

	return end > now ? end - now : 0;
}

static inline struct timespec ctr__timespec_of_ms(int64_t ms)
{
	return (struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
}

#endif
