/* SPDX-License-Identifier: MIT */
#include "container/event.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/sys.h"

void ctr__event_init(struct ctr__event *event)
{
	event->epoll = -1;
	atomic_init(&event->timer, -1);
}

int ctr__event_open(struct ctr__event *event, int pidfd)
{
	_cleanup_fd_ int epoll = -1, timer = -1;
	int r;

	if (event->epoll >= 0)
		return event->epoll;
	epoll = sys_epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0)
		return epoll;
	timer = sys_timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (timer < 0)
		return timer;
	r = sys_epoll_add(epoll, pidfd);
	if (r == 0)
		r = sys_epoll_add(epoll, timer);
	if (r < 0)
		return r;
	atomic_store(&event->timer, ctr__fd_take(&timer));
	event->epoll = ctr__fd_take(&epoll);
	return event->epoll;
}

bool ctr__event_is_open(const struct ctr__event *event)
{
	return atomic_load(&event->timer) >= 0;
}

/* All zeros stop a timer: timerfd_settime(2). What it has told before is forgotten. */
void ctr__event_arm(const struct ctr__event *event, int64_t left_us)
{
	const int timer = atomic_load(&event->timer);
	struct itimerspec in = { .it_value = { 0 } };

	if (timer < 0)
		return;
	if (left_us < 1)
		left_us = 1;
	if (left_us != INT64_MAX) {
		in.it_value.tv_sec = left_us / 1000000;
		in.it_value.tv_nsec = left_us % 1000000 * 1000;
	}
	sys_timerfd_settime(timer, &in);
}

void ctr__event_close(struct ctr__event *event)
{
	ctr__fd_close(event->epoll);
	ctr__fd_close(atomic_load(&event->timer));
	ctr__event_init(event);
}
