/* SPDX-License-Identifier: MIT */
#include "orchestrator/remains.h"

#include <stdlib.h>

#include "base/fd.h"
#include "base/maker.h"
#include "base/sys.h"
#include "orchestrator/end.h"

struct remains {
	struct remains *next;
	unsigned maker;
	int pidfd;
	ctr_cgroup *group;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(struct remains *) first; /* changed with the lock held */

void ctr__remains_keep(int pidfd, ctr_cgroup *group)
{
	struct remains *r = malloc(sizeof(*r));

	if (!r) {
		ctr__fd_close(pidfd);
		ctr_cgroup_free(group);
		return;
	}
	pthread_mutex_lock(&lock);
	*r = (struct remains){ first, ctr__maker(), pidfd, group };
	first = r;
	pthread_mutex_unlock(&lock);
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
	       ctr_cgroup_remove(r->group, NULL) == 0;
}

static void clear_all(void)
{
	struct remains *kept = NULL, *r;

	while ((r = first)) {
		first = r->next;
		if (is_cleared(r)) {
			ctr__fd_close(r->pidfd);
			ctr_cgroup_free(r->group);
			free(r);
			continue;
		}
		r->next = kept;
		kept = r;
	}
	first = kept;
}

/* Who holds the lock does the same, or did when this process was copied. */
void ctr__remains_clear(void)
{
	if (!first || pthread_mutex_trylock(&lock) != 0)
		return;
	clear_all();
	pthread_mutex_unlock(&lock);
}
