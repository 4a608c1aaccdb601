/* SPDX-License-Identifier: MIT */
/*
 * One descriptor for all that a container wants to be looked at for: its end, by its pidfd, and
 * a limit on time, by a timer. An epoll(7) descriptor is readable when one of its own is.
 */
#ifndef CTR_CONTAINER_EVENT_H
#define CTR_CONTAINER_EVENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct ctr__event {
	int epoll;	  /* -1: nobody has asked for it */
	atomic_int timer; /* the same; other threads arm it */
};

void ctr__event_init(struct ctr__event *event);

/* Makes it, if that has not been done; the descriptor, or -errno. */
int ctr__event_open(struct ctr__event *event, int pidfd);

bool ctr__event_is_open(const struct ctr__event *event);

/* Makes the descriptor readable after left_us microseconds (at least one); INT64_MAX: never. */
void ctr__event_arm(const struct ctr__event *event, int64_t left_us);

void ctr__event_close(struct ctr__event *event);

#endif
