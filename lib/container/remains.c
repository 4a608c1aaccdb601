/* SPDX-License-Identifier: MIT */
#include "container/remains.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/fd.h"
#include "base/maker.h"
#include "base/sys.h"
#include "container/end.h"

struct remains {
	struct remains *next;
	unsigned maker;
	int pidfd;
	ctr_cgroup *group;
};

/* No lock: a thread may hold that while another one forks, and then nobody gives it back. */
static _Atomic(struct remains *) first;

static void push(struct remains *r)
{
	r->next = atomic_load(&first);
	while (!atomic_compare_exchange_weak(&first, &r->next, r))
		;
}

void ctr__remains_keep(int pidfd, ctr_cgroup *group)
{
	struct remains *r = malloc(sizeof(*r));

	if (!r) {
		ctr__fd_close(pidfd);
		ctr_cgroup_free(group);
		return;
	}
	*r = (struct remains){ .maker = ctr__maker(), .pidfd = pidfd, .group = group };
	push(r);
}

/* Whether nothing is left of it; in a copy of the process that is not for us to do. */
static bool is_cleared(const struct remains *r)
{
	struct rusage usage;
	int status;

	if (r->maker != ctr__maker())
		return true;
	if (ctr__end_collect(r->pidfd, &status, &usage) == 0)
		return false;
	if (!r->group)
		return true;
	return ctr_cgroup_list(r->group, NULL, 0, NULL) <= 0 &&
	       ctr__cgroup_remove(r->group, NULL) == 0;
}

/* Takes all of them first: two that clear at the same time have none in common. */
void ctr__remains_clear(void)
{
	struct remains *r = atomic_exchange(&first, NULL), *next;

	for (; r; r = next) {
		next = r->next;
		if (!is_cleared(r)) {
			push(r);
			continue;
		}
		ctr__fd_close(r->pidfd);
		ctr_cgroup_free(r->group);
		free(r);
	}
}
