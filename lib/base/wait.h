/* SPDX-License-Identifier: MIT */
#ifndef CTR_BASE_WAIT_H
#define CTR_BASE_WAIT_H

#include <stdint.h>

/*
 * Waits until fd can be read, or its other end is closed: 1; 0: the time is up, or -errno.
 * -1 is no bound. However many signals interrupt it, it ends at the time that it was given.
 */
int ctr__wait_readable(int fd, int64_t timeout_ms);

/* The same for either of two: 1, 2 or 3, by which; 0 or -errno. */
int ctr__wait_either(int first, int second, int64_t timeout_ms);

/* Waits that long. */
void ctr__pause_ms(int64_t ms);

#endif
