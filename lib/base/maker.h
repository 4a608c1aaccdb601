/* SPDX-License-Identifier: MIT */
#ifndef CTR_BASE_MAKER_H
#define CTR_BASE_MAKER_H

/*
 * A number for the calling process. A copy of it that fork(2) makes gets another number, even
 * one with the same process id in another PID namespace; a thread, or a child that shares the
 * memory, has the same. So an object that keeps it knows whether it was copied.
 */
unsigned ctr__maker(void);

#endif
