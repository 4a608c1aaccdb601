/* SPDX-License-Identifier: MIT */
#include "container/template.h"

#include <sched.h>

#include "base/clock.h"
#include "base/error.h"
#include "container/explain.h"
#include "container/remains.h"
#include "container/spawn.h"
#include "plan/keep.h"

/* In the order of the steps that keep them. */
struct kept {
	int mounts, network; /* -1: none */
};

static int explain(const struct ctr__spawn *s, const struct ctr__outcome *outcome,
		   const struct kept *kept)
{
	if (outcome->kind != CTR__OUTCOME_DONE)
		return ctr__explain_outcome(s->plan, outcome, s->err);
	return ctr__error_sys(s->err, kept->mounts < 0 ? -kept->mounts : -kept->network,
			      "receive the template", NULL);
}

static int launch(struct ctr__spawn *s, struct kept *kept)
{
	struct ctr__outcome outcome;
	struct ctr__launch l;
	int fds[2] = { -1, -1 };
	const size_t n = s->plan->template->has_network ? 2 : 1;
	int r;

	ctr__spawn_fill_launch(s, &l);
	l.namespaces = CLONE_NEWNS;
	l.timeout_ms = (uint32_t)ctr__left_ms(s->deadline);
	r = ctr__keep(&l, fds, n, &outcome);
	if (outcome.left >= 0)
		ctr__remains_keep(outcome.left, NULL);
	*kept = (struct kept){ fds[0], fds[1] };
	if (r < 0)
		return ctr__explain_clone(s->plan, -r, s->err);
	if (fds[0] >= 0 && (n == 1 || fds[1] >= 0))
		return 0;
	ctr__fd_close(fds[0]);
	ctr__fd_close(fds[1]);
	return explain(s, &outcome, kept);
}

static int build(const ctr_plan *plan, int64_t deadline, ctr_error *err)
{
	struct kept kept;
	struct ctr__spawn s;
	int r;

	ctr__spawn_init(&s, plan, CTR__MODE_TEMPLATE, err);
	s.deadline = deadline;
	r = ctr__spawn_make_room(&s) || ctr__spawn_make_trees(&s) ? -1 : launch(&s, &kept);
	ctr__spawn_clear(&s);
	if (r < 0)
		return -1;
	plan->template->network = kept.network;
	return kept.mounts;
}

int ctr__template_get(const ctr_plan *plan, int64_t deadline, ctr_error *err)
{
	struct ctr__template *template = plan->template;
	int fd = atomic_load(&template->fd);

	if (fd >= 0)
		return fd;
	pthread_mutex_lock(&template->lock);
	fd = atomic_load(&template->fd);
	if (fd < 0) {
		fd = build(plan, deadline, err);
		atomic_store(&template->fd, fd);
	}
	pthread_mutex_unlock(&template->lock);
	return fd;
}
