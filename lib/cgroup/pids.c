/* SPDX-License-Identifier: MIT */
/* The processes of a group, each once, in however many of its hierarchies it is. */
#include <errno.h>
#include <stdlib.h>

#include "cgroup/cgroup.h"

static int compare(const void *a, const void *b)
{
	const pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return x < y ? -1 : x > y;
}

/* Among those of the directories before; in one directory each is listed once. */
static bool has(const struct ctr__pids *pids, pid_t pid)
{
	return pids->sorted &&
	       bsearch(&pid, pids->v, pids->sorted, sizeof(*pids->v), compare) != NULL;
}

static bool add(struct ctr__pids *pids, pid_t pid)
{
	if (pids->n == pids->room) {
		const size_t room = pids->room ? 2 * pids->room : 64;
		pid_t *grown = reallocarray(pids->v, room, sizeof(*grown));

		if (!grown)
			return false;
		pids->v = grown;
		pids->room = room;
	}
	pids->v[pids->n++] = pid;
	return true;
}

struct reading {
	struct ctr__pids *pids;
	void (*see)(pid_t pid, void *data);
	void *data;
	bool failed;
};

/* Those that can't be seen from here are all 0, and only v2 lists them. */
static void see_new(pid_t pid, void *data)
{
	struct reading *r = data;

	if (pid && has(r->pids, pid))
		return;
	if (pid && !add(r->pids, pid))
		r->failed = true;
	if (r->see)
		r->see(pid, r->data);
}

int ctr__pids_read(struct ctr__pids *pids, int dir, void (*see)(pid_t pid, void *data), void *data)
{
	struct reading reading = { .pids = pids, .see = see, .data = data };
	int r = ctr__cgroup_each_pid(dir, see_new, &reading);

	if (pids->n)
		qsort(pids->v, pids->n, sizeof(*pids->v), compare);
	pids->sorted = pids->n;
	return reading.failed ? -ENOMEM : r;
}

void ctr__pids_clear(struct ctr__pids *pids)
{
	free(pids->v);
	*pids = (struct ctr__pids){ 0 };
}

int ctr__cgroup_each_member(const ctr_cgroup *group, void (*see)(pid_t pid, void *data), void *data,
			    const struct ctr__member **failed)
{
	struct ctr__pids pids = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < group->n; i++) {
		*failed = &group->members[i];
		r = ctr__pids_read(&pids, group->members[i].dir, see, data);
	}
	ctr__pids_clear(&pids);
	return r;
}
