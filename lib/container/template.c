/* SPDX-License-Identifier: MIT */
#include "container/template.h"

#include <sched.h>

#include "base/error.h"
#include "container/explain.h"
#include "container/spawn.h"

static int receive_one(const struct ctr__spawn *s)
{
	const int fd = ctr__fd_receive(s->channel[0]);

	return fd < 0 ? ctr__error_sys(s->err, -fd, "receive the template", NULL) : fd;
}

/* In the order of the steps that keep them. */
static int receive(const struct ctr__spawn *s, const struct ctr__outcome *outcome)
{
	struct ctr__template *template = s->plan->template;
	int fd;

	if (outcome->kind != CTR__OUTCOME_DONE)
		return ctr__explain_outcome(s->plan, outcome, s->err);
	fd = receive_one(s);
	if (fd < 0 || !template->has_network)
		return fd;
	template->network = receive_one(s);
	if (template->network >= 0)
		return fd;
	ctr__fd_close(fd);
	return -1;
}

static int build(const ctr_plan *plan, int64_t deadline, ctr_error *err)
{
	struct ctr__spawn s;
	struct ctr__launch launch;
	struct ctr__outcome outcome;
	int r;

	ctr__spawn_init(&s, plan, CTR__MODE_TEMPLATE, err);
	s.deadline = deadline;
	if (ctr__spawn_make_room(&s) || ctr__spawn_make_trees(&s) || ctr__spawn_open_channel(&s)) {
		ctr__spawn_clear(&s);
		return -1;
	}
	ctr__spawn_fill_launch(&s, &launch);
	launch.namespaces = CLONE_NEWNS;
	r = ctr__spawn_launch(&s, &launch, &outcome);
	r = r < 0 ? ctr__explain_clone(plan, -r, err) : receive(&s, &outcome);
	ctr__spawn_clear(&s);
	return r;
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
