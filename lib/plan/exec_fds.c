/* SPDX-License-Identifier: MIT */
/*
 * Descriptors: the child's own table of them, those that the program gets, and no others. Child
 * code: see run.h.
 */
#include <fcntl.h>
#include <linux/close_range.h>

#include "base/sys.h"
#include "plan/run.h"

/*
 * A child that shares its memory begins with the caller's table, for a copy of it costs as much
 * as the caller has open: some 10,000 descriptors take longer to copy, and to close, than all
 * else. So up to here nothing may be opened, closed or changed.
 */
bool ctr__leaves_fds(const struct ctr__step *step)
{
	switch (step->kind) {
	case CTR__STEP_RESET_SIGNALS:
	case CTR__STEP_SCHEDULING:
	case CTR__STEP_DIE_WITH_PARENT:
	case CTR__STEP_NO_CORE_DUMP:
	case CTR__STEP_NEW_SESSION:
	case CTR__STEP_KEYRING:
	case CTR__STEP_JOIN_CGROUP:
	case CTR__STEP_JOIN_LEAF:
	case CTR__STEP_UNSHARE:
	case CTR__STEP_SETNS:
	case CTR__STEP_JOIN_TEMPLATE: /* which calls ctr__own_fds() itself */
	case CTR__STEP_UMASK:
		return true;
	default:
		return false;
	}
}

/*
 * The copy has only what the run still needs: close_range(2), CLOSE_RANGE_UNSHARE. Where a filter
 * that the caller is in says so of a call that it has not let through, what follows would change
 * the caller's descriptors; so one that is to be gone is looked for.
 */
int ctr__own_fds(struct ctr__run *run)
{
	const unsigned end = run->fds_end;
	int r;

	if (!end)
		return 0;
	run->fds_end = 0;
	r = sys_close_range(end, ~0u, CLOSE_RANGE_UNSHARE);
	if (r < 0)
		return r;
	r = sys_fcntl(run->beyond, F_GETFD, 0);
	if (r == -EBADF)
		return 0;
	return r < 0 ? r : -ENOTRECOVERABLE;
}

/* What lies among the targets is moved above them first, so that none overwrites a source. */
static int gather_sources(int *sources, const struct ctr__step_fds *fds)
{
	for (size_t i = 0; i < fds->n; i++) {
		if (sources[i] == fds->targets[i] || sources[i] >= fds->fd_floor)
			continue;
		sources[i] = ctr__fd_dup(sources[i], fds->fd_floor);
		if (sources[i] < 0)
			return sources[i];
	}
	return 0;
}

static int place(int source, int target)
{
	int r = source == target ? sys_fcntl(target, F_SETFD, 0) : sys_dup3(source, target, 0);

	return r < 0 ? r : 0;
}

int ctr__do_fds(struct ctr__run *run, const struct ctr__step *step)
{
	const struct ctr__step_fds *fds = &step->fds;
	int r = gather_sources(run->sources, fds);

	for (size_t i = 0; r >= 0 && i < fds->n; i++)
		r = place(run->sources[i], fds->targets[i]);
	return r < 0 ? r : 0;
}

/* Closes from *first up to kept, and goes on behind it. */
static int close_up_to(unsigned *first, int kept)
{
	int r = 0;

	if (kept < 0 || (unsigned)kept < *first)
		return 0;
	if (*first < (unsigned)kept)
		r = sys_close_range(*first, (unsigned)kept - 1, 0);
	*first = (unsigned)kept + 1;
	return r;
}

/* -1 if all are below. */
static int lowest_from(const int *fds, size_t n, unsigned first)
{
	int lowest = -1;

	for (size_t i = 0; i < n; i++)
		if (fds[i] >= 0 && (unsigned)fds[i] >= first && (lowest < 0 || fds[i] < lowest))
			lowest = fds[i];
	return lowest;
}

static int close_others_from(unsigned first, const int *kept, size_t n)
{
	int r = 0, next;

	while (r >= 0 && (next = lowest_from(kept, n, first)) >= 0)
		r = close_up_to(&first, next);
	return r < 0 ? r : sys_close_range(first, ~0u, 0);
}

int ctr__close_others(const int *kept, size_t n)
{
	return close_others_from(0, kept, n);
}

/*
 * Close-on-exec would be too late: while execve(2) looks up the program and
 * its interpreter, an image could lead it through /proc/self/fd to the host.
 */
int ctr__do_close(struct ctr__run *run, const struct ctr__step *step)
{
	const struct ctr__step_fds *fds = &step->fds;
	const int kept[] = {
		run->slots[CTR__SLOT_LAUNCH],
		fds->keep_channel ? run->slots[CTR__SLOT_CHANNEL] : -1,
		fds->keep_parent || run->mode & CTR__MODE_POOLED ? run->slots[CTR__SLOT_PARENT]
								 : -1,
		fds->keep_program ? fds->program : -1,
		run->slots[CTR__SLOT_STATUS],
		run->slots[CTR__SLOT_SIGNALS],
		run->slots[CTR__SLOT_EVENTS],
	};
	unsigned first = 0;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < fds->n; i++)
		r = close_up_to(&first, fds->targets[i]);
	return r < 0 ? r : close_others_from(first, kept, sizeof(kept) / sizeof(kept[0]));
}
